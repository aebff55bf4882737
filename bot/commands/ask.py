"""/ask: a question, answered from one paper alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.chat.request import CommandError, CommandReply
from bot.commands.context import CommandContext
from bot.commands.reply_documents import small_paragraph, text_document, text_paragraph, titled_document
from digest.analysis.analyst import PaperAnswer
from digest.arxiv.ids import ArxivId, leading_id
from digest.errors import InputError
from digest.i18n.translator import Translator
from digest.models.analysis import EXCERPT, AnalysisSource
from digest.models.paper import Paper
from digest.rendering import cards, phrasing
from digest.rendering.document import Block, Document, Paragraph, Quote, text_run

LONGEST = 500  # characters of a question


async def answer_question(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """Each sentence with its checked quotation, or that the paper does not tell; it counts as a paper asked for."""
    if " " not in ctx.request.argument.strip() or ctx.services.answer is None:
        raise CommandError("ask.usage")
    arxiv_id, question = _paper_and_question(ctx.request.argument)
    if not question:
        raise CommandError("ask.usage")
    answer, language = ctx.services.answer, ctx.texts.language
    key = ("ask", arxiv_id, question.casefold(), language)
    job = ctx.services.jobs.submit(key, lambda: answer(arxiv_id, question, language), ctx.request.person)
    yield CommandReply((text_document(ctx.texts("ask.working", id=str(arxiv_id))),), is_interim=True)
    paper, answered = await job
    yield CommandReply((_answer(question, paper, answered, ctx.texts),))


def _paper_and_question(text: str) -> tuple[ArxivId, str]:
    try:
        arxiv_id, question = leading_id(text)
    except InputError:
        raise CommandError("paper.no_id", text=text.split()[0]) from None
    return arxiv_id, question[:LONGEST]


def _answer(question: str, paper: Paper, answered: PaperAnswer, texts: Translator) -> Document:
    blocks: list[Block] = [text_paragraph(texts("ask.question", question=phrasing.clean(question)))]
    is_model = answered.analyst != EXCERPT
    read = _read(answered, texts)
    if not answered.statements:
        blocks.append(text_paragraph(texts("ask.not_told" if is_model else "ask.no_passage", read=read)))
    elif not is_model:
        blocks.append(text_paragraph(texts("ask.passages")))
    for statement in answered.statements:
        item = cards.statement_item(statement, paper, texts)
        quotes = phrasing.quotations(statement)
        if is_model:
            blocks.append(Paragraph(item))
            blocks += [Quote(tuple(Paragraph((text_run(quote),)) for quote in quotes))] if quotes else []
        else:
            blocks.append(Quote((Paragraph(item),)))
    blocks += [small_paragraph(phrasing.making_note(notice, texts)) for notice in answered.notices]
    is_abstract = answered.made_from is AnalysisSource.ABSTRACT
    source_words = texts("made.abstract") if is_abstract else texts("ask.full_text", read=read)
    by = texts("made.model", analyst=phrasing.clean(answered.analyst)) if is_model else texts("made.excerpt")
    blocks.append(small_paragraph(f"{source_words} · {by}"))
    return titled_document(phrasing.title(paper), blocks)


def _read(answered: PaperAnswer, texts: Translator) -> str:
    """What the answer was looked for in: the abstract, or these pages."""
    if answered.made_from is AnalysisSource.ABSTRACT:
        return texts("ask.read.abstract")
    pages = page_ranges(answered.pages_read)
    return texts("ask.read.pages", pages=pages, n=len(answered.pages_read)) if pages else texts("ask.read.text")


def page_ranges(pages: Sequence[int]) -> str:
    """Pages shortly: 1–8, 11."""
    ranges: list[list[int]] = []
    for page in sorted(set(pages)):
        if ranges and page == ranges[-1][-1] + 1:
            ranges[-1][1:] = [page]
        else:
            ranges.append([page])
    return ", ".join("–".join(map(str, pair)) for pair in ranges)
