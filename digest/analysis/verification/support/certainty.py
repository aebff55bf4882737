"""Whether a statement is surer or wider than its quotation: doubts, exceptions and conditions dropped, a cause put in.

Asked only where the quotation itself doubts, limits or excepts: that a statement says more is no fault."""

from __future__ import annotations

from collections.abc import Iterable

from digest.analysis.verification.support.relevance import covers
from digest.analysis.verification.support.wordings import Pair
from digest.models.analysis import Doubt, DoubtCode

_FRAGMENT = 0.3  # a statement much shorter than its quotation may leave a half-sentence out


def certainty_doubts(pair: Pair) -> Iterable[Doubt]:
    """The quotation says "may", the statement says nothing of the kind; or the statement alone says "prove"."""
    doubts = [hit for hit in pair.quotation.named("hedge.doubt") if covers(pair, hit)]
    sure = pair.statement.named("hedge.sure")
    hedged = pair.statement.named("hedge.doubted")
    if doubts and not hedged and pair.is_short and pair.statement.size >= _FRAGMENT * pair.quotation.size:
        yield Doubt(DoubtCode.CERTAINTY, sure[0].text if sure else "", doubts[0].text)
    elif sure and (doubts or pair.quotation.named("hedge.doubted")) and not pair.quotation.named("hedge.sure"):
        weak = doubts or [h for h in pair.quotation.named("hedge.doubted") if h.text.lower().startswith("suggest")]
        if weak:
            yield Doubt(DoubtCode.CERTAINTY, sure[0].text, weak[0].text)


def scope_doubts(pair: Pair) -> Iterable[Doubt]:
    """The statement says "all" where the quotation stops short of it, or drops an exception of the quotation."""
    statement, quotation = pair.statement, pair.quotation
    exceptions = quotation.named("scope.exception")
    widest = statement.named("scope.widest")
    if (
        exceptions
        and not statement.named("scope.excepted")
        and (widest or statement.size >= _FRAGMENT * quotation.size)
    ):
        yield Doubt(DoubtCode.SCOPE, widest[0].text if widest else "", exceptions[0].text)
        return
    if statement.named("scope.excepted") and exceptions:
        return
    limits, every = quotation.named("scope.limit"), quotation.named("scope.all")
    if widest and limits and not statement.named("scope.limit") and pair.is_short:
        yield Doubt(DoubtCode.SCOPE, widest[0].text, limits[0].text)
    elif widest and not every and not limits and pair.is_short:
        yield Doubt(DoubtCode.SCOPE, widest[0].text)
    superlatives = statement.named("scope.superlative")
    if superlatives and not quotation.named("scope.superlative_like"):
        yield Doubt(DoubtCode.SCOPE, superlatives[0].text)
    first = statement.named("scope.first")
    if first and not quotation.named("scope.first_like") and not pair.around.named("scope.first_like"):
        yield Doubt(DoubtCode.SCOPE, first[0].text)


def cause_doubts(pair: Pair) -> Iterable[Doubt]:
    """The quotation speaks of an association, the statement of a cause."""
    causes, associations = pair.statement.named("cause.because"), pair.quotation.named("cause.association")
    both = pair.statement.named("cause.association") or pair.quotation.named("cause.because")
    if causes and associations and not both:
        yield Doubt(DoubtCode.CAUSE, causes[0].text, associations[0].text)


def condition_doubts(pair: Pair) -> Iterable[Doubt]:
    """The quotation holds under a condition that the statement drops, or the statement sets one of its own."""
    statement, quotation = pair.statement, pair.quotation
    conditions = quotation.named("condition.condition")
    if conditions and not statement.named("condition.condition_like") and pair.is_short:
        yield Doubt(DoubtCode.CONDITION, "", conditions[0].text)
    needing = statement.named("condition.needing") or [
        hit for hit in statement.named("scope.limited_only") if statement.text[: hit.start].strip() == ""
    ]
    if needing and not quotation.named("scope.only_like") and pair.is_short:
        yield Doubt(DoubtCode.CONDITION, needing[0].text)
