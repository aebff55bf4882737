"""Whether a statement turns a comparison of its quotation round, or gives the numbers of one thing to another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import combinations

from digest.analysis.verification.support.exchanges import named_things
from digest.analysis.verification.support.polarity import Turn, turns
from digest.analysis.verification.support.wordings import Pair, Wording
from digest.models.analysis import Doubt, DoubtCode

_REFERENCE = re.compile(
    r"(?:\b(?:than|over|outperform\w*|surpass\w*|exceed\w*|beats?|behind|against|compared\s(?:to|with)|relative\sto|versus|vs\.?|ahead\sof|inferior\sto|superior\sto|trails?|lags?)"
    r"\s(?:(?:that|those)\sof\s|the\s|an?\s|our\s)*|比|与|较|相较于|相比|优于|劣于|逊于|不如|不及|好于|高于|低于|快于|慢于|胜过|超过|领先于?|落后于?|强于|弱于|差于|多于|少于)\s*(?:带|the\s)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A name or a number that both texts have, and where it stands in one of them."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared with what, and which way: "A is faster than B", "与 B 相比，A 更快"."""

    subjects: frozenset[str]
    references: frozenset[str]
    turn: Turn


def comparison_doubts(pair: Pair) -> Iterable[Doubt]:
    """A > B in the quotation, B > A in the statement."""
    if not pair.is_short:
        return
    keys = {t.key for t in _things(pair.statement, pair.proper)} & {t.key for t in _things(pair.quotation, pair.proper)}
    ours, theirs = _comparisons(pair.statement, keys, pair.proper), _comparisons(pair.quotation, keys, pair.proper)
    for comparison in ours:
        clashes = [(_clash(comparison, quoted), quoted) for quoted in theirs]
        if clashes and any(c is True for c, _ in clashes) and not any(c is False for c, _ in clashes):
            yield Doubt(DoubtCode.COMPARISON, comparison.turn.hit.text, clashes[0][1].turn.hit.text)
            return


def _clash(comparison: Comparison, quoted: Comparison) -> bool | None:
    """Whether two comparisons of the same things say the opposite; None where they compare other things."""
    if comparison.turn.scale != quoted.turn.scale and {comparison.turn.scale, quoted.turn.scale} != {"merit", "speed"}:
        return None
    turned = bool(comparison.subjects & quoted.references and comparison.references & quoted.subjects)
    same = bool(comparison.subjects & quoted.subjects and comparison.references & quoted.references)
    if turned is same:
        return None
    return (comparison.turn.sign == quoted.turn.sign) is turned


def is_consistent(pair: Pair) -> bool:
    """Whether the statement tells a comparison of the quotation from its other end: B is slower, A is faster."""
    keys = {t.key for t in _things(pair.statement, pair.proper)} & {t.key for t in _things(pair.quotation, pair.proper)}
    return any(
        comparison.subjects & quoted.references
        and comparison.references & quoted.subjects
        and comparison.turn.sign == -quoted.turn.sign
        for comparison in _comparisons(pair.statement, keys, pair.proper)
        for quoted in _comparisons(pair.quotation, keys, pair.proper)
    )


def _things(wording: Wording, proper: Set[str]) -> list[Thing]:
    """Names, and integers that stand before a word or a measure: the 1202-layer network."""
    names = [Thing(n.key, n.start, n.end) for n in named_things(wording, proper)]
    taken = [(n.start, n.end) for n in names]
    numbers = [
        Thing(f"#{q.raw.normalize()}", q.start, q.end)
        for q in wording.quoted_quantities
        if not q.name
        and not any(a <= q.start < b for a, b in taken)
        and re.match(r"[\s-]?(?:layer|层|head|头)", wording.text[q.end :])
    ]
    return sorted([*names, *numbers], key=lambda t: t.start)


def _comparisons(wording: Wording, keys: set[str], proper: Set[str]) -> list[Comparison]:
    compared = [t for t in _things(wording, proper) if t.key in keys]
    result = []
    for turn in turns(wording):
        clause = wording.sentence(turn.hit.start)
        near = [t for t in compared if wording.sentence(t.start) == clause]
        references = [t for t in near if _REFERENCE.search(wording.text[max(0, t.start - 28) : t.start])]
        references = [t for t in references if abs(t.start - turn.hit.start) < 60]
        if not references:
            continue
        subjects = [t for t in near if t not in references and t.start < max(turn.hit.start, references[0].end + 30)]
        subjects = subjects[:1] if wording.text.find("相比", 0, subjects[0].start if subjects else 0) < 0 else subjects
        if subjects:
            result.append(Comparison(frozenset(t.key for t in subjects), frozenset(t.key for t in references), turn))
    return result


# --- numbers given to other names


def binding_doubts(pair: Pair) -> Iterable[Doubt]:
    """Two names and two numbers that both texts have, given to one another there and exchanged here."""
    names = _once_in_both(_things(pair.statement, pair.proper), _things(pair.quotation, pair.proper))
    numbers = _once_in_both(_numbers(pair.statement), _numbers(pair.quotation))
    for first, second in combinations(numbers, 2):
        if first[0].key.partition(" ")[2] != second[0].key.partition(" ")[2]:
            continue  # of different units
        ours = _bound(pair.statement, [n for n, _ in names], first[0], second[0])
        theirs = _bound(pair.quotation, [n for _, n in names], first[1], second[1])
        if ours and theirs and ours == theirs[::-1]:
            yield Doubt(DoubtCode.COMPARISON, _cut(pair.statement, first[0]), _cut(pair.quotation, second[1]))
            return


def _bound(wording: Wording, names: Sequence[Thing], first: Thing, second: Thing) -> tuple[str, str] | None:
    """The names to which a text gives two numbers, None where that is not plain: "A 71, B 45", "71 for A and 45 for B",
    "71 and 45 for A and B"."""
    begin, end = min(first.start, second.start), max(first.end, second.end)
    sentence = wording.sentence(begin)
    names = [n for n in names if wording.sentence(n.start) == sentence]
    before = [n for n in names if n.end <= begin]
    between = [n for n in names if begin < n.start < end]
    behind = [n for n in names if n.start >= end]
    if len(between) == 1 and before and not (behind and behind[0].start - end < begin - before[-1].end):
        keys = before[-1].key, between[0].key
    elif len(between) == 1 and behind:
        keys = between[0].key, behind[0].key
    elif not between and len(behind) == 2:
        keys = behind[0].key, behind[1].key
    elif not between and not behind and len(before) >= 2:
        keys = before[-2].key, before[-1].key
    else:
        return None
    return keys if first.start < second.start else keys[::-1]


def _cut(wording: Wording, thing: Thing) -> str:
    return wording.text[thing.start : thing.end]


def _numbers(wording: Wording) -> list[Thing]:
    taken = [(n.start, n.end) for n in _things(wording, frozenset())]
    return [
        Thing(f"{q.value.normalize()} {q.unit}", q.start, q.end)
        for q in wording.quoted_quantities
        if not q.name and not q.spelled and not any(a <= q.start < b for a, b in taken)
    ]


def _once_in_both(ours: Sequence[Thing], theirs: Sequence[Thing]) -> list[tuple[Thing, Thing]]:
    """The things that stand exactly once in each of both texts."""
    key_lists, quoted = [t.key for t in ours], [t.key for t in theirs]
    return [
        (ours_item, theirs_item) for ours_item in ours for theirs_item in theirs
        if ours_item.key == theirs_item.key and key_lists.count(ours_item.key) == 1 == quoted.count(theirs_item.key)
    ]  # fmt: skip
