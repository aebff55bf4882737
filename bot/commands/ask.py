"""/ask: a question, answered from one paper alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.chat.request import CommandError, CommandReply
from bot.commands.context import CommandContext
from bot.commands.reply_documents import small_paragraph, text_document, text_paragraph, titled_document
from digest.analysis.analyst import PaperAnswer
from digest.arxiv.ids import ArxivId, leading_id
from digest.errors import InputError
from digest.i18n.translator import Translator
from digest.models.model import EXCERPT, AnalysisSource, Paper
from digest.rendering import cards, phrasing
from digest.rendering.document import Block, Document, Paragraph, Quote, text_run

LONGEST = 500  # characters of a question


async def answer_question(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Each sentence with its checked quotation, or that the paper does not tell; it counts as a paper asked for."""
    if " " not in ctx.request.argument.strip() or ctx.services.answer is None:
        raise CommandError("ask.usage")
    wanted, question = _paper_and_question(ctx.request.argument)
    if not question:
        raise CommandError("ask.usage")
    answer, language = ctx.services.answer, ctx.texts.language
    key = ("ask", wanted, question.casefold(), language)
    job = ctx.services.jobs.submit(key, lambda: answer(wanted, question, language), ctx.request.person)
    yield CommandReply((text_document(ctx.texts("ask.working", id=str(wanted))),), is_interim=True)
    paper, answered = await job
    yield CommandReply((_answer(question, paper, answered, ctx.texts),))


def _paper_and_question(text: str) -> tuple[ArxivId, str]:
    try:
        wanted, question = leading_id(text)
    except InputError:
        raise CommandError("paper.no_id", text=text.split()[0]) from None
    return wanted, question[:LONGEST]


def _answer(question: str, paper: Paper, answered: PaperAnswer, texts: Translator) -> Document:
    blocks: list[Block] = [text_paragraph(texts("ask.question", question=phrasing.clean(question)))]
    is_model = answered.analyst != EXCERPT
    if not answered.statements:
        blocks.append(text_paragraph(texts("ask.not_told" if is_model else "ask.no_passage")))
    elif not is_model:
        blocks.append(text_paragraph(texts("ask.passages")))
    for statement in answered.statements:
        said = cards.statement_item(statement, paper, texts)
        quote = phrasing.quotation(statement)
        if is_model:
            blocks.append(Paragraph(said))
            blocks += [Quote((Paragraph((text_run(quote),)),))] if quote else []
        else:
            blocks.append(Quote((Paragraph(said),)))
    blocks += [small_paragraph(phrasing.making_note(notice, texts)) for notice in answered.notices]
    made = texts("made.abstract") if answered.made_from is AnalysisSource.ABSTRACT else texts("ask.full_text")
    by = texts("made.model", analyst=phrasing.clean(answered.analyst)) if is_model else texts("made.excerpt")
    blocks.append(small_paragraph(f"{made} · {by}"))
    return titled_document(phrasing.title(paper), blocks)
