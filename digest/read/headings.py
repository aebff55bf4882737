"""Which candidates are the headings, and their levels.

    outline names found in print | top level's numbering | its look | unnumbered ones of that look | lower levels

The numbering is the longest believable sequence 1, 2, 3 (or I, II, III) among candidates of one look. Where a paper has
no numbers, the look that most of the usual names (Introduction, Conclusion, ...) share is the top level.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from digest.model import SectionKind
from digest.read.anchors import anchored
from digest.read.candidates import Candidate, Look, candidates
from digest.read.layout import Layout
from digest.read.lines import Entry
from digest.read.titles import ANCHORS, Number, is_known, kind_of, plain

_LEAST = 2.0  # the weight below which a number alone makes no heading


class Heading(NamedTuple):
    """A heading on lines `first` to `last`; where it is run in, text begins at offset `cut` of the last."""

    first: int
    last: int
    cut: int
    number: str | None
    title: str
    page: int
    level: int
    kind: SectionKind


class Numbered(NamedTuple):
    """A candidate with one reading of its number."""

    candidate: Candidate
    number: Number
    title: str


def headings(layout: Layout, outline: Sequence[Entry], taken: Collection[int]) -> list[Heading]:
    """The headings in reading order."""
    found = candidates(layout, taken)
    names = anchored(outline, found)
    top = _top_chain(found, names)
    looks = _top_looks(found, top, names)
    first = min((c.first for c in found if _opens(c, top, looks)), default=0)
    chosen: dict[int, Heading] = {}
    for numbered in top:
        _add(chosen, numbered.candidate, 1, numbered.number.text, numbered.title)
    _add_unnumbered_top(chosen, found, looks, names, first)
    _add_appendices(chosen, found, looks, top, names)
    _add_lower(chosen, found, top, names, first)
    return [chosen[i] for i in sorted(chosen)]


def _add(chosen: dict[int, Heading], c: Candidate, level: int, number: str | None, title: str) -> None:
    title = title.strip(" .:—–") or title
    chosen[c.first] = Heading(c.first, c.last, c.cut, number, title, c.page, level, kind_of(title))


# --- the top level --------------------------------------------------------------------------------------------------


def _top_chain(found: Sequence[Candidate], names: dict[int, int]) -> list[Numbered]:
    """The best numbering of the top level, or nothing where a paper has none."""
    best: list[Numbered] = []
    best_score = 0.0
    for form in ("arabic", "roman"):
        numbered = [
            Numbered(c, n, title)
            for c in found
            if not c.cut
            for n, title in c.readings
            if n.form == form and n.depth == 1 and _worth(c, names) >= _LEAST
        ]
        chain, score = _best_chain(numbered, names)
        if score > best_score and _is_believable(chain):
            best, best_score = chain, score
    return best


def _worth(c: Candidate, names: dict[int, int]) -> float:
    return c.weight + (3 if c.first in names else 0)


def _best_chain(numbered: Sequence[Numbered], names: dict[int, int]) -> tuple[list[Numbered], float]:
    """The increasing sequence with the most weight; neighbours of one look count more, skipped numbers less."""
    scores: list[float] = []
    back: list[int | None] = []
    for i, item in enumerate(numbered):
        value = item.number.values[0]
        own = _worth(item.candidate, names)
        best, link = own - (0 if value <= 1 else 2.5 * (value - 1)), None
        for j in range(i):
            step = value - numbered[j].number.values[0]
            if step < 1 or step > 3:
                continue
            same = 2.0 if numbered[j].candidate.look.fits(item.candidate.look) else -2.0
            score = scores[j] + own + same - 3.5 * (step - 1)
            if score > best:
                best, link = score, j
        scores.append(best)
        back.append(link)
    if not scores:
        return [], 0.0
    at: int | None = max(range(len(scores)), key=scores.__getitem__)
    total = scores[at] if at is not None else 0.0
    chain: list[Numbered] = []
    while at is not None:
        chain.append(numbered[at])
        at = back[at]
    return chain[::-1], total


def _is_believable(chain: Sequence[Numbered]) -> bool:
    """Three in a row, two of which one has a usual name, or one that has it and stands out clearly."""
    known = sum(is_known(n.title) for n in chain)
    return len(chain) >= 3 or (len(chain) == 2 and known >= 1) or (known == 1 and chain[0].candidate.weight >= 4)


def _top_looks(found: Sequence[Candidate], top: Sequence[Numbered], names: dict[int, int]) -> list[Look]:
    """How headings of the top level look."""
    if top:
        counts: Counter[Look] = Counter()
        for item in top:
            counts[item.candidate.look] += 1
        return _merged(counts)
    return _voted_looks(found, names)


def _merged(counts: Counter[Look]) -> list[Look]:
    looks: list[Look] = []
    for look, _ in counts.most_common():
        if not any(look.fits(other) and look.capitals == other.capitals for other in looks):
            looks.append(look)
    return looks


def _voted_looks(found: Sequence[Candidate], names: dict[int, int]) -> list[Look]:
    """Without numbers: the look of the most usual names, and of the outline's first level."""
    votes: list[tuple[Look, set[str]]] = []
    for c in found:
        if c.cut or not (c.known or names.get(c.first) == 1) or c.weight < _LEAST:
            continue
        for look, titles in votes:
            if look.fits(c.look) and look.capitals == c.look.capitals:
                titles.add(plain(c.title))
                break
        else:
            votes.append((c.look, {plain(c.title)}))

    def strength(vote: tuple[Look, set[str]]) -> tuple[float, float]:
        look, titles = vote
        return sum(2.0 if t in ANCHORS else 0.5 if t == "abstract" else 1.0 for t in titles), look.style.size

    if not votes:
        return []
    best = max(votes, key=strength)
    return [best[0]] if strength(best)[0] >= 2 else []


def _opens(c: Candidate, top: Sequence[Numbered], looks: Sequence[Look]) -> bool:
    """Whether a candidate is where the paper's text begins: its abstract, or its first section."""
    if plain(c.title) == "abstract" or (top and c.first == top[0].candidate.first):
        return True
    return plain(c.title) == "introduction" and any(look.fits(c.look) for look in looks)


def _add_unnumbered_top(
    chosen: dict[int, Heading], found: Sequence[Candidate], looks: Sequence[Look], names: dict[int, int], first: int
) -> None:
    """Headings without a number: in the top level's look, or with a name that is always at the top."""
    for c in found:
        if c.first in chosen or c.first < first:
            continue
        kind = kind_of(c.title)
        if c.cut:
            if kind in (SectionKind.ACKNOWLEDGEMENTS, SectionKind.ABSTRACT):
                _add(chosen, c, 1, None, c.title)
            continue
        alike = any(look.fits(c.look) and look.capitals == c.look.capitals for look in looks)
        if (
            (kind in (SectionKind.REFERENCES, SectionKind.ACKNOWLEDGEMENTS, SectionKind.ABSTRACT) and c.weight >= 2)
            or (alike and not c.readings and c.weight > 0)
            or (not c.readings and names.get(c.first) == 1 and is_known(c.title))
        ):
            _add(chosen, c, 1, None, c.title)


# --- appendices -----------------------------------------------------------------------------------------------------


def _add_appendices(
    chosen: dict[int, Heading],
    found: Sequence[Candidate],
    looks: Sequence[Look],
    top: Sequence[Numbered],
    names: dict[int, int],
) -> None:
    """Lettered sections behind the last numbered one, and those that say that they are an appendix."""
    start = (
        top[-1].candidate.first
        if top
        else max((i for i, h in chosen.items() if h.kind is SectionKind.REFERENCES), default=10**9)
    )
    lettered: list[Numbered] = []
    is_roman = bool(top) and top[0].number.form == "roman"  # then letters number the second level
    for c in found:
        if c.first in chosen or c.cut or c.first < start:
            continue
        alike = any(look.fits(c.look) for look in looks) or names.get(c.first) == 1
        exactly = any(look.fits(c.look) and look.capitals == c.look.capitals for look in looks)
        for number, title in c.readings:
            if number.depth != 1:
                continue
            if number.form == "appendix" and (alike or c.weight >= 2):
                _add(chosen, c, 1, number.text, title or number.text)
                chosen[c.first] = chosen[c.first]._replace(kind=SectionKind.APPENDIX)
                break
            if number.form in ("letter", "supplement") and (exactly if is_roman else alike):
                lettered.append(Numbered(c, number, title))
    chain, _ = _best_chain(lettered, names)
    for item in chain if _starts(chain) else ():
        _add(chosen, item.candidate, 1, item.number.text, item.title)
        chosen[item.candidate.first] = chosen[item.candidate.first]._replace(kind=SectionKind.APPENDIX)


def _starts(chain: Sequence[Numbered]) -> bool:
    return bool(chain) and chain[0].number.values[0] == 1


# --- lower levels ---------------------------------------------------------------------------------------------------


def _add_lower(
    chosen: dict[int, Heading],
    found: Sequence[Candidate],
    top: Sequence[Numbered],
    names: dict[int, int],
    first: int,
) -> None:
    """Numbered headings below the top one that they stand under."""
    above: Heading | None = None
    for c in found:
        if c.first in chosen:
            above = chosen[c.first]
            continue
        if above is None or above.number is None:
            continue
        for number, title in c.readings:
            if number.depth >= 2 and _under(above.number, number):
                _add(chosen, c, number.depth, number.text, title)
                break


def _under(top: str, number: Number) -> bool:
    head = number.text.split(".")[0]
    return head == top.split()[-1].rstrip(".")


def tops(found: Iterable[Heading]) -> list[Heading]:
    return [h for h in found if h.level == 1]
