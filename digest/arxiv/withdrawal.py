"""Whether a version of a paper takes the paper back, and the words that say so. Pure.

arXiv has no field for it: a withdrawn paper gets a version whose abstract is a notice, or a comment beside the old
abstract (https://info.arxiv.org/help/withdraw.html). A notice is short and speaks of the paper itself.
"""

from __future__ import annotations

import re

from digest.models.paper import Paper
from digest.text.latex.latex_to_text import latex_to_text

_LONGEST_NOTICE = 600  # characters of an abstract that is nothing but a notice
_WITHDRAWN = r"(?:withdrawn|retracted)(?!\s+from\s+(?!the\s+arxiv\b|arxiv\b))"
_PAPER = r"(?:paper|article|submission|manuscript|preprint|pre-print|work|version|note|draft|document|e-?print|letter)"
_NOTICE = re.compile(
    rf"\b(?:this|the|our|present)\s+{_PAPER}(?:\s*\([^)]*\))?\s+(?:has|have|had|was|is|are)\s+(?:now\s+|hereby\s+)?"
    rf"(?:been\s+|being\s+)?(?:temporarily\s+|permanently\s+)?{_WITHDRAWN}"
    rf"|(?:^|(?<=[.;!]\s))\W*(?:{_PAPER}\s+)?{_WITHDRAWN}\s*(?:[.:;,(—–-]|by\b|due\b|because\b|as\b|for\b|pending\b|at\b|since\b|$)"
    rf"|\b(?:we|the\s+authors?|i)\s+(?:have\s+|has\s+)?(?:hereby\s+)?(?:withdr[ae]ws?|withdrew|withdrawn|retracts?|retracted)"
    rf"\s+(?:this|the|our)\s+{_PAPER}\b"
    rf"|\b{_WITHDRAWN}\s+by\s+(?:the\s+)?(?:arxiv|authors?\b|submitter)",
    re.IGNORECASE,
)


def withdrawal_reason(paper: Paper) -> str:
    """The notice of a version that takes the paper back, in its own words on one line; empty for any other version."""
    abstract, comment = latex_to_text(paper.abstract), latex_to_text(paper.comment or "")
    match = _NOTICE.search(abstract)
    if match and (match.start() < 3 or len(abstract) <= _LONGEST_NOTICE):
        return _sentence(abstract, match.start())
    match = _NOTICE.search(comment)
    return _sentence(comment, match.start()) if match else ""


def _sentence(text: str, at: int) -> str:
    start = max(text.rfind(mark, 0, at) + len(mark) if mark in text[:at] else 0 for mark in (". ", "; ", "! "))
    return text[start:].strip()
