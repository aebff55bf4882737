"""What the check of a statement comes to: is its quotation in the paper, are its numbers, does what it points at exist?

FOUND says that the quoted words stand in the paper and that the statement's numbers do; it does not say that the
statement is true, nor that the quotation supports it.
"""

from __future__ import annotations

from digest.analysis.verification.numbers import first_unsupported_number
from digest.analysis.verification.quotations import QuotationMatch, locate_quotation
from digest.analysis.verification.references import first_dangling_reference
from digest.models.model import Evidence, Notice, Verdict
from digest.text.paper_index import PaperIndex


def verify_statement(statement: str, quote: str, passages: PaperIndex) -> Evidence:
    """Check one statement and its quotation against a paper. Pure.

    The first of these that fails gives the verdict: the quotation's words, its numbers, signs and units; the
    statement's numbers; the sections, figures, tables, formulas, ... that the statement names.
    """
    quotation = locate_quotation(quote, passages)
    if quotation.why is not None:
        verdict = Verdict.NUMBER_NOT_FOUND if quotation.is_numeric else Verdict.QUOTATION_NOT_FOUND
        return _evidence(quote, verdict, quotation, passages, quotation.why)
    number = first_unsupported_number(statement, " ".join(passages.cut(*span) for span in quotation.spans), passages)
    if number is not None:
        why = Notice.of("check.statement_number", number=number.text)
        return _evidence(quote, Verdict.NUMBER_NOT_FOUND, quotation, passages, why)
    pointer = first_dangling_reference(statement, passages)
    if pointer is not None:
        why = Notice.of("check.reference", reference=pointer.text)
        return _evidence(quote, Verdict.REFERENCE_NOT_FOUND, quotation, passages, why)
    return _evidence(quote, Verdict.FOUND, quotation, passages, None)


def _evidence(
    quote: str, verdict: Verdict, quotation: QuotationMatch, passages: PaperIndex, why: Notice | None
) -> Evidence:
    if not quotation.spans:
        return Evidence(quote, verdict, why=why)
    start = quotation.spans[0][0]
    section = passages.section_at(start)
    passage = " … ".join(passages.cut(*span) for span in quotation.spans)
    label = section.label if section and section.label else None
    return Evidence(quote, verdict, label, passages.page_at(start), passage, why)
