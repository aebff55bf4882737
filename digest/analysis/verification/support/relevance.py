"""Whether a statement and its quotation speak of the same thing at all: the words, names and numbers that they share.

What is common in the paper weighs little: every sentence of a paper about Adam may name Adam.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from digest.analysis.verification.support.lexicon import Hit
from digest.analysis.verification.support.wordings import Pair, Wording
from digest.models.analysis import Doubt, DoubtCode
from digest.text.paper_index import PaperIndex

_TABLES = ("terms", "measure", "alternatives")
_STOP = frozenset(
    """
a an the and or of in on at to for from by with as is are was were be been being it its this that these those which who
whom what when where while than then there their they them he she his her we our us you your i not no nor but if so such
into over under about between both each all any some more most less least can could may might must shall should will
would do does did done has have had having also only just even still yet very much many few one two first second third
authors author paper work method methods model models approach result results show shows shown find finds found use uses
used using based new however because since though although whether how why up out off per via within without through
during before after above below again further same other another
""".split()  # noqa: SIM905  one word list, easier to read so
)
_WORD = re.compile(r"[A-Za-z]{3,}")
_FEWEST = 3.0  # so much must be there to compare
_SHARE = 0.12
_COVERED = 0.4  # of what a clause speaks of


def unrelated_doubts(pair: Pair, passages: PaperIndex) -> Iterable[Doubt]:
    """The statement has enough to compare, and next to nothing of it stands in its quotation."""
    share = shared_weight(pair, passages)
    if share is not None and share < _SHARE:
        yield Doubt(DoubtCode.UNRELATED, "")


def shared_weight(pair: Pair, passages: PaperIndex) -> float | None:
    """How much of what the statement speaks of its quotation speaks of, 0 to 1; None: too little to compare."""
    ours = units(pair.statement)
    weights = {unit: _weight(unit, passages) for unit in ours}
    total = sum(weights.values())
    if total < _FEWEST or len(ours) < 3:
        return None
    theirs = units(pair.quotation)
    return sum(weight for unit, weight in weights.items() if unit in theirs) / total


def covers(pair: Pair, hit: Hit) -> bool:
    """Whether the statement speaks of what the clause with a word of the quotation speaks of. Where the clause is
    all there is, or too short to tell, something of the quotation is enough."""
    quotation = pair.quotation
    clause = quotation.clause(hit.start)
    limits = [0, *quotation.breaks, len(quotation.text)]
    inside = units(Wording(quotation.text[limits[clause] : limits[clause + 1]]))
    ours = units(pair.statement)
    if len(limits) == 2 or len(inside) < 3:
        return not ours or bool(ours & units(quotation))
    return len(inside & ours) >= _COVERED * len(inside)


def units(wording: Wording) -> frozenset[str]:
    """What a text speaks of: concepts of the word lists, stems of other words, names and numbers."""
    hits = wording.hits(*_TABLES)
    covered = [(h.start, h.end) for h in hits]
    result = {f"={concept}" for h in hits for concept in h.concepts}
    result |= {f"#{abs(q.value).normalize()}" for q in wording.quoted_quantities if not q.name and abs(q.value) > 2}
    names = [n for n in wording.names if not n.leads or re.search(r".[A-Z]|\d", n.text)]
    result |= {f"@{n.key.rstrip('s')}" for n in names}
    covered += [(n.start, n.end) for n in names]
    for match in _WORD.finditer(wording.text):
        word = match.group().lower()
        if word not in _STOP and not any(a <= match.start() < b for a, b in covered):
            result.add(f"~{stem(word)}")
    return frozenset(result)


def stem(word: str) -> str:
    """A rough stem: the first six letters of a longer word without its ending."""
    for ending in (
        "ations",
        "ation",
        "ingly",
        "ings",
        "ments",
        "ment",
        "ness",
        "ing",
        "ies",
        "ied",
        "ers",
        "ed",
        "es",
        "ly",
        "er",
        "s",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:6].rstrip("ei")


def _weight(unit: str, passages: PaperIndex) -> float:
    """How much it tells that two texts share the unit: little for a term of the trade or a name that stands everywhere
    in the paper, much for a rare one."""
    kind, word = unit[0], unit[1:]
    if kind == "=":
        return 0.5
    if kind == "@":
        return max(0.3, min(1.5, 1.5 - math.log10(max(1, passages.word_counts[word]))))
    return 1.0
