"""What the check of a statement comes to: are its quotations in the paper, are its numbers, does what it points at
exist, and does anything in it stand against what it quotes?

FOUND says that the quoted words stand in the paper and that the statement's numbers do; it does not say that the
statement is true. The doubts of a found statement are words to compare, found by rule; no doubt is no proof either.
"""

from __future__ import annotations

from collections.abc import Sequence

from digest.analysis.verification.numbers import computed, first_unsupported_number, statement_quantities
from digest.analysis.verification.quotations import QuotationMatch, locate_quotation
from digest.analysis.verification.references import first_dangling_reference
from digest.analysis.verification.support.find_doubts import find_doubts
from digest.analysis.verification.support.origin import is_of_others
from digest.models.analysis import Compared, Evidence, QuotedPassage, Verdict
from digest.models.notice import Notice
from digest.text.paper_index import PaperIndex
from digest.text.quantities import quantities

MOST_QUOTATIONS = 3


def verify_statement(
    statement: str, quotes: str | Sequence[str], passages: PaperIndex, *, guard_names: bool = True
) -> Evidence:
    """Check one statement and its quotations, one to three, against a paper. Pure.

    The first of these that fails gives the verdict: each quotation's words, its numbers, signs and units; the
    statement's numbers; the sections, figures, tables, formulas, ... that the statement names. What is found is then
    compared with its quotations. `guard_names` is off for suggestions, which may name what the paper does not.
    """
    texts = [quotes] if isinstance(quotes, str) else list(quotes) or [""]
    if len(texts) > MOST_QUOTATIONS:
        too_many = Notice.of("check.quotes_many", most=MOST_QUOTATIONS, n=len(texts))
        return Evidence(texts[0], Verdict.QUOTATION_NOT_FOUND, why=too_many)
    matches = [(text, locate_quotation(text, passages)) for text in texts]
    verdict, why = _verdict(statement, matches, passages)
    first, *more = (_placed(text, quotation, passages) for text, quotation in matches)
    if verdict is not Verdict.FOUND:
        return Evidence(first.quote, verdict, first.section, first.page, first.passage, why, more=tuple(more))
    spans = [span for _, quotation in matches for span in quotation.spans]
    of_others = all(
        is_of_others(p.passage or "", passages.section_at(q.spans[0][0]))
        for p, (_, q) in zip((first, *more), matches, strict=True)
    )
    return Evidence(
        first.quote,
        verdict,
        first.section,
        first.page,
        first.passage,
        more=tuple(more),
        doubts=find_doubts(statement, spans, passages, of_others=of_others, guard_names=guard_names),
        of_others=of_others,
        computed=_computed(statement, spans, passages),
        compared=Compared.RULES,
    )


def _verdict(
    statement: str, matches: Sequence[tuple[str, QuotationMatch]], passages: PaperIndex
) -> tuple[Verdict, Notice | None]:
    for _, quotation in matches:
        if quotation.why is not None:
            verdict = Verdict.NUMBER_NOT_FOUND if quotation.is_numeric else Verdict.QUOTATION_NOT_FOUND
            return verdict, quotation.why
    quoted = " ".join(passages.cut(*span) for _, quotation in matches for span in quotation.spans)
    number = first_unsupported_number(statement, quoted, passages)
    if number is not None:
        return Verdict.NUMBER_NOT_FOUND, Notice.of("check.statement_number", number=number.text)
    pointer = first_dangling_reference(statement, passages)
    if pointer is not None:
        return Verdict.REFERENCE_NOT_FOUND, Notice.of("check.reference", reference=pointer.text)
    return Verdict.FOUND, None


def _computed(statement: str, spans: Sequence[tuple[int, int]], passages: PaperIndex) -> tuple[str, ...]:
    quoted = quantities(" ".join(passages.cut(*span) for span in spans))
    values = {abs(q.value) for q in quoted}
    numbers = (n for n in statement_quantities(statement) if abs(n.value) not in values)
    return tuple(number.text for number in numbers if computed(number, quoted))


def _placed(quote: str, quotation: QuotationMatch, passages: PaperIndex) -> QuotedPassage:
    if not quotation.spans:
        return QuotedPassage(quote, why=quotation.why)
    start = quotation.spans[0][0]
    section = passages.section_at(start)
    passage = " … ".join(passages.cut(*span) for span in quotation.spans)
    label = section.label if section and section.label else None
    return QuotedPassage(quote, label, passages.page_at(start), passage, quotation.why)
