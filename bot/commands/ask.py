"""/ask: a question, answered from one paper alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.chat.request import Answer, Context, Declined
from bot.commands.reply_documents import line, muted, page, prose
from digest.analysis.analyst import Answered
from digest.arxiv.ids import ArxivId, parse_id
from digest.errors import InputError
from digest.i18n.translator import Texts
from digest.models.model import EXCERPT, MadeFrom, Paper
from digest.rendering import cards
from digest.rendering import phrasing as wording
from digest.rendering.document import Block, Document, Paragraph, Quote, run

LONGEST = 500  # characters of a question


async def ask(ctx: Context) -> AsyncIterator[Answer]:
    """Each sentence with its checked quotation, or that the paper does not tell; it counts as a paper asked for."""
    first, _, question = ctx.call.argument.partition(" ")
    if not question or ctx.office.answer is None:
        raise Declined("ask.usage")
    wanted, question = _id(first), question[:LONGEST]
    answer, language = ctx.office.answer, ctx.texts.language
    key = ("ask", wanted, question.casefold(), language)
    job = ctx.office.jobs.share(key, lambda: answer(wanted, question, language), ctx.call.person)
    yield Answer((line(ctx.texts("ask.working", id=str(wanted))),), is_progress=True)
    paper, answered = await job
    yield Answer((_answer(question, paper, answered, ctx.texts),))


def _id(text: str) -> ArxivId:
    try:
        return parse_id(text)
    except InputError:
        raise Declined("paper.no_id", text=text) from None


def _answer(question: str, paper: Paper, answered: Answered, texts: Texts) -> Document:
    blocks: list[Block] = [prose(texts("ask.question", question=wording.clean(question)))]
    is_model = answered.analyst != EXCERPT
    if not answered.statements:
        blocks.append(prose(texts("ask.not_told" if is_model else "ask.no_passage")))
    elif not is_model:
        blocks.append(prose(texts("ask.passages")))
    for statement in answered.statements:
        said = cards.statement(statement, paper, texts)
        quote = wording.quotation(statement)
        if is_model:
            blocks.append(Paragraph(said))
            blocks += [Quote((Paragraph((run(quote),)),))] if quote else []
        else:
            blocks.append(Quote((Paragraph(said),)))
    blocks += [muted(wording.note(notice, texts)) for notice in answered.notices]
    made = texts("made.abstract") if answered.made_from is MadeFrom.ABSTRACT else texts("ask.full_text")
    by = texts("made.model", analyst=wording.clean(answered.analyst)) if is_model else texts("made.excerpt")
    blocks.append(muted(f"{made} · {by}"))
    return page(wording.title(paper), blocks)
