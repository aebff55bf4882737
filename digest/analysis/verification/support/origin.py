"""Whose work a quotation speaks of: the paper's own, or earlier work that the paper describes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.analysis.verification.support.wordings import Pair, Wording
from digest.models.analysis import Doubt, DoubtCode
from digest.models.paper_text import Section, SectionKind

_CITATION = re.compile(
    r"\[\s*\d{1,3}[^\[\]]{0,20}\]|\bet al\b|\((?:[A-Z][^()]{0,80})?(?:19|20)\d\d[a-z]?\)|[A-Z][a-z]+ and others"
)
_HEADING = re.compile(
    r"\b(?:related|previous|prior|existing|earlier)\s+(?:works?|literature|research|studies|approaches|methods)"
    r"|^(?:\d[\d.]*\s*)?background\b|literature review",
    re.IGNORECASE,
)


def is_of_others(quotation: str, section: Section | None) -> bool:
    """Whether a passage describes earlier work: its section does, or it cites and says neither "we" nor "our"."""
    wording = Wording(quotation)
    if wording.named("others.ours"):
        return False
    if section is not None and section.kind is SectionKind.BODY and _HEADING.search(section.label or ""):
        return True
    return _CITATION.search(quotation) is not None and bool(wording.named("others.theirs") or _leads(quotation))


def _leads(quotation: str) -> bool:
    """Whether the passage begins with those it cites: `Hu et al. (2021) show`, `Liu and others report`."""
    match = _CITATION.search(quotation)
    return (
        match is not None
        and match.start() < 40
        and quotation[:1].isupper()
        and re.match(r"(?:The\s\w+\sof\s)?[A-Z][\w-]+(?:,?\s(?:and|&)\s[A-Z]?\w+)?\s", quotation) is not None
    )


def origin_doubts(pair: Pair, of_others: bool) -> Iterable[Doubt]:
    """The passage speaks of others, the statement says that it is this paper's."""
    if not of_others or pair.quotation.named("others.ours"):
        return
    claimed = pair.statement.named("others.claimed")
    if claimed and not pair.statement.named("others.attributed"):
        yield Doubt(DoubtCode.ORIGIN, claimed[0].text)
