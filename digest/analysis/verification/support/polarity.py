"""Whether a statement says yes where its quotation says no, or up where it says down."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from digest.analysis.verification.support.lexicon import Hit
from digest.analysis.verification.support.relevance import covers
from digest.analysis.verification.support.wordings import Pair, Wording
from digest.models.analysis import Doubt, DoubtCode

_SIGNS = {
    "direction.up": ("amount", 1), "direction.down": ("amount", -1), "direction.better": ("merit", 1),
    "direction.worse": ("merit", -1), "direction.fast": ("speed", 1), "direction.slow": ("speed", -1),
    "direction.cheap": ("price", -1), "direction.costly": ("price", 1),
}  # fmt: skip
_COSTS = ("measure.cost", "measure.score.error", "measure.score.perplexity")
_NOT_COSTS = ("measure.cost.throughput",)
_ATTRIBUTE = re.compile(r"[^，。；、,;]{1,8}的")
_REACH = 12  # characters between a negation and the direction that it turns


@dataclass(frozen=True, slots=True)
class Turn:
    """A word of direction: what scale it is on, which way, and the measures that its clause speaks of."""

    hit: Hit
    scale: str  # "amount", "merit", "speed", "price"
    sign: int
    measures: frozenset[str]


def negation_doubts(pair: Pair) -> Iterable[Doubt]:
    """A negation on one side alone, where the statement says no more than its quotation."""
    if not pair.is_short:
        return
    tables = ("negation", "direction.not_worse")
    ours, theirs = pair.statement.hits(*tables), pair.quotation.hits(*tables)
    strong, quoted = _of(ours, "negation.strong"), _of(theirs, "negation.strong")
    if strong and not quoted and not _of(theirs, "negation.weak") and not _antonyms(pair.quotation):
        yield Doubt(DoubtCode.NEGATION, _shown(pair.statement, strong[0]))
    elif (
        quoted
        and covers(pair, quoted[0])
        and not strong
        and not _of(ours, "negation.weak")
        and not _antonyms(pair.statement)
    ):
        yield Doubt(DoubtCode.NEGATION, "", _shown(pair.quotation, quoted[0]))


def denial_doubts(pair: Pair) -> Iterable[Doubt]:
    """One text says that something rises or improves, the other that it does not."""
    if not pair.is_short:
        return
    (our_turns, denied), (quoted, quoted_denied) = _turns(pair.statement), _turns(pair.quotation)
    if (denied and _of(pair.quotation.hits("negation"), "negation.strong")) or (
        quoted_denied and _of(pair.statement.hits("negation"), "negation.strong")
    ):
        return
    for denial, counterpart in ((denied, quoted), (our_turns, quoted_denied)):
        for turn in denial:
            clash = next((t for t in counterpart if (t.scale, t.sign) == (turn.scale, turn.sign)), None)
            in_both = [
                t
                for t in (
                    *(our_turns if denial is denied else denied),
                    *(quoted_denied if denial is denied else quoted),
                )
                if (t.scale, t.sign) == (turn.scale, turn.sign)
            ]
            if clash is not None and not in_both:
                yield Doubt(DoubtCode.NEGATION, turn.hit.text, clash.hit.text)
                return


def _of(hits: list[Hit], concept: str) -> list[Hit]:
    return [hit for hit in hits if concept in hit.concepts]


def _is_attribute(wording: Wording, negation: Hit) -> bool:
    """Whether a Chinese negation belongs to an attribute: 不改变答案的扰动."""
    return len(negation.text) == 1 and bool(_ATTRIBUTE.match(wording.text, negation.end))


def _antonyms(wording: Wording) -> list[Hit]:
    """Words that deny without a negation: worse, inferior, 落后."""
    return [h for h in wording.hits("direction") if h.concepts & {"direction.worse", "direction.not_worse"}]


def _shown(wording: Wording, hit: Hit) -> str:
    """A word with what it stands beside, so that a reader sees what is meant."""
    if not wording.is_chinese:
        return hit.text
    return wording.text[hit.start : hit.end + 2] if len(hit.text) == 1 else hit.text


def direction_doubts(pair: Pair) -> Iterable[Doubt]:
    """All words of direction of the statement point one way, all of the quotation the other; or one word of a row that
    is the same otherwise does."""
    if not pair.is_short:
        return
    ours, theirs = turns(pair.statement), turns(pair.quotation)
    clash = _clash_of_all(ours, theirs) or _clash_of_measures(ours, theirs) or _clash_in_row(ours, theirs)
    if clash:
        yield Doubt(DoubtCode.DIRECTION, clash[0].hit.text, clash[1].hit.text)


def turns(wording: Wording) -> list[Turn]:
    """The words of direction of a text, without those that a negation stands before."""
    return _turns(wording)[0]


def _turns(wording: Wording) -> tuple[list[Turn], list[Turn]]:
    """The words of direction of a text: those that are said, and those that are denied."""
    hits = wording.hits("direction", "measure")
    negations = _of(wording.hits("negation", "direction.not_worse"), "negation.strong")
    negations = [n for n in negations if not _is_attribute(wording, n)]
    measured = [(wording.clause(h.start), c) for h in hits for c in h.concepts if c.startswith("measure.")]
    result: list[Turn] = []
    denied: list[Turn] = []
    for hit in hits:
        for concept in hit.concepts & _SIGNS.keys():
            scale, sign = _SIGNS[concept]
            clause = wording.clause(hit.start)
            measures = frozenset(m for c, m in measured if c == clause)
            if any(0 <= hit.start - n.end <= _REACH and wording.clause(n.start) == clause for n in negations):
                denied.append(Turn(hit, scale, sign, measures))  # "does not improve" is no claim of a fall
            else:
                result.append(Turn(hit, scale, sign, measures))
    return result, denied


def _clash_of_all(ours: list[Turn], theirs: list[Turn]) -> tuple[Turn, Turn] | None:
    for scale in ("amount", "merit", "speed", "price"):
        our_turns, quoted = [t for t in ours if t.scale == scale], [t for t in theirs if t.scale == scale]
        if (
            our_turns
            and quoted
            and {t.sign for t in our_turns} == {-1 * t.sign for t in quoted}
            and len({t.sign for t in our_turns}) == 1
            and (len(ours) == len(our_turns) or len(theirs) == len(quoted) or len(our_turns) == len(quoted))
        ):
            return our_turns[0], quoted[0]
    own_merit, quoted_merit = _merits(ours), _merits(theirs)
    if own_merit and quoted_merit and len(own_merit) == len(quoted_merit) == 1 and own_merit != quoted_merit:
        return ours[0], theirs[0]
    return None


def _merits(row: list[Turn]) -> set[int]:
    """Which ways a text points in good and bad, where every word of direction says so."""
    merits = {m for t in row if (m := _merit(t)) is not None}
    return merits if all(_merit(t) is not None for t in row) else set()


def _merit(turn: Turn) -> int | None:
    if turn.scale in ("merit", "speed"):
        return turn.sign
    if turn.scale == "price":
        return -turn.sign
    is_cost = any(m.startswith(_COSTS) and m not in _NOT_COSTS for m in turn.measures)
    is_score = any(m.startswith("measure.score") for m in turn.measures) and not is_cost
    return -turn.sign if is_cost else turn.sign if is_score else None


def _clash_of_measures(ours: list[Turn], theirs: list[Turn]) -> tuple[Turn, Turn] | None:
    """The same measure goes up in one text and down in the other."""
    for measure in {m for t in ours for m in t.measures}:
        our_turns = [t for t in ours if measure in t.measures and t.scale == "amount"]
        quoted = [t for t in theirs if measure in t.measures and t.scale == "amount"]
        if (
            our_turns
            and quoted
            and len({t.sign for t in our_turns}) == 1 == len({t.sign for t in quoted})
            and our_turns[0].sign != quoted[0].sign
        ):
            return our_turns[0], quoted[0]
    return None


def _clash_in_row(ours: list[Turn], theirs: list[Turn]) -> tuple[Turn, Turn] | None:
    """Two rows of the same scales and length of which one word differs: "rises and falls", "rises and rises"."""
    if len(ours) != len(theirs) or len(ours) < 2 or [t.scale for t in ours] != [t.scale for t in theirs]:
        return None
    different = [
        (our_turn, quoted) for our_turn, quoted in zip(ours, theirs, strict=True) if our_turn.sign != quoted.sign
    ]
    return different[0] if len(different) == 1 else None
