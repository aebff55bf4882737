"""The front of a paper: its title, and the abstract, headed, run in, or only recognised by its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from digest.pdf.extract.layout import PageLayout, PlacedLine
from digest.pdf.structure.numbering import plain, unspaced

_RUN_IN = re.compile(r"(?:abstract|summary)\s*(?:[.:—–-]+|\s(?=[A-Z]))\s*", re.IGNORECASE)
_MASTHEADS = (
    r"(?:the\s+)?(?:\w+\s+){0,3}journal (?:of|for|on|in)\b.{0,70}",
    r"(?:\w+\s+){0,2}transactions on\b.{0,70}",
    r"(?:the\s+)?(?:\w+\s+){0,2}(?:annals|proceedings|archives|bulletin|advances|acta|"
    r"zeitschrift|revista|revue|rivista) "
    r"(?:of|in|für|de|des|della?)\b.{0,70}",
    r"\w+ letters|(?:physical|\w+) review(?: letters| [a-ex])?",
    r".{0,60}\b(?:vol(?:ume)?\.?|issn|issue|no\.)\s*:?\s*\d.{0,60}",
    r"(?:university|universit(?:ä|é|à|a)[ts]?|universidade?|università|университет|(?:technische )?hochschule|faculty|"
    r"fakultät|department|institute?|école|school) (?:of |de |di |für |du |des |zu )?.{2,60}",
)
_KINDS_OF_WORK = (
    r"(?:original |research |review |regular |full )?(?:article|paper|letter|communication|report)|open access",
    r"technical (?:report|note)|working paper(?: series)?|preprint|white ?paper",
    r"(?:bachelor|master|magister|diplom|doktor|staatsexamens|abschluss|studien|seminar|haus|habilitations)(?:['’]?s)?"
    r"[ -]?"
    r"(?:arbeit|thesis|schrift|arbeit im .{0,60}|dissertation)?(?: (?:of|in) .{0,40})?",
    r"inaugural-?dissertation|thesis|dissertation",
    r"(?:ph\.? ?d\.?|doctoral|doctor of philosophy|mphil|m\.?sc\.?|b\.?sc\.?)\s*(?:thesis|dissertation)?",
    r"th[èe]se(?: de doctorat)?(?: de .{0,40})?|m[ée]moire(?: de .{0,40})?|tesis(?: doctoral| de .{0,40})?",
    r"tesi di .{0,40}",
    r"trabajo (?:de )?fin de .{0,30}|диссертация|(?:курсовая|дипломная|выпускная .{0,20}) работа",
    r"(?:硕士|博士|学士|本科)?(?:学位|毕业)论文|(?:硕士|博士)研究生.{0,8}论文",
)
_NO_TITLE = re.compile("|".join(f"(?:{pattern})" for pattern in (*_MASTHEADS, *_KINDS_OF_WORK)), re.IGNORECASE)
_CUE = re.compile(
    r"(?:additional\s+)?(?:key\s?words(?:\s+and\s+phrases)?|index\s+terms|pacs(?:\s+numbers?)?|ccs\s+concepts|"
    r"subject\s+headings|(?:\d{4}\s+)?msc|(?:\d{4}\s+)?mathematics\s+subject(?:\s+classifications?)?|"
    r"ams\s+subject\s+classifications?|"
    r"dated|jel(?:\s+(?:classifications?|codes?))?|categories\s+and\s+subject(?:\s+descriptors)?|general\s+terms|"
    r"mots[- ]cl[ée]s|schl(?:ü|ue)sselw(?:ö|oe)rter|palabras\s+clave|palavras[- ]chave|parole\s+chiave|"
    r"ключевые\s+слова|关键[词字]|關鍵[詞字])\s*",
    re.IGNORECASE,
)
_CUE_ENDS = re.compile(r"$|[(\[]?\d|[:.：;,•·|—–-]|\S{0,14}\s?\S{0,8}[:：]|\(\d{4}\)")
_MOST_KEYWORDS = 6  # lines

_FUNCTION = frozenset(
    ("the", "of", "and", "is", "are", "was", "in", "we", "that", "this", "to", "with", "for", "has", "by", "der", "die",
     "und", "le", "la", "les", "des", "est", "el", "los", "que")
)  # fmt: skip
_LEAST = 250  # characters of an abstract that has no heading


class AbstractSpan(NamedTuple):
    """Lines `first` to `last`; its text begins at offset `cut` of the first. `title` as printed, or empty."""

    first: int
    last: int
    cut: int
    title: str


def title(layout: PageLayout, end: int, expected_title: str) -> str:
    """The paper's title: the first of the large lines of page 1 before line `end`. A logo may be larger than it.

    `known`: what the PDF's metadata say, for a page that has nothing to choose from.
    """
    spots = [s for s in layout.spots[: end or len(layout.spots)] if s.line.page == 1]
    spots = [s for s in spots if s.line.y0 < 0.62 * max((t.line.y1 for t in spots), default=1) or end]
    if _is_printed(expected_title, spots):
        return expected_title.strip()
    spots = [s for s in spots if not _NO_TITLE.fullmatch(s.line.text.strip(" .*∗")) or len(spots) == 1]
    letters = [s for s in spots if sum(c.isalpha() for c in s.line.text) >= 3]
    if not letters:
        return expected_title.strip()
    size = max(s.line.style.size for s in letters)
    if size < layout.body.size + 0.8:
        bold = [s for s in letters if s.line.style.bold or s.line.text.isupper()]
        letters = bold or letters[:1]
        size = max(s.line.style.size for s in letters)
    least = max(0.7 * size, min(size, layout.body.size + 1))
    first = next(s for s in letters if s.line.style.size >= least)
    size = first.line.style.size
    lines = [first]
    for spot in spots[spots.index(first) + 1 :]:
        if not 0.93 * size <= spot.line.style.size <= 1.25 * size or spot.line.style.bold != first.line.style.bold:
            break
        if spot.line.y1 - lines[-1].line.y1 > 2.2 * size or len(lines) >= 6:
            break
        lines.append(spot)
    text = unspaced(" ".join(s.line.text for s in lines))
    text = re.sub(r"(?<=[a-z])- (?=[a-z])", "", text)
    return text.strip(" ∗*†") or expected_title.strip()


def _is_printed(expected_title: str, spots: Sequence[PlacedLine]) -> bool:
    """Whether the title that the PDF's metadata give stands in print, in letters larger than some of the page."""
    plain_title = plain(expected_title).replace(" ", "")
    if len(expected_title.split()) < 3 or len(plain_title) < 12 or _NO_TITLE.fullmatch(expected_title.strip()):
        return False
    return plain_title in plain(" ".join(s.line.text for s in spots[:40])).replace(" ", "")


def run_in_abstract(layout: PageLayout, end: int) -> AbstractSpan | None:
    """An abstract whose word begins its first line: `Abstract—We ...`, `AbstractSpan. We ...`."""
    for index, spot in enumerate(layout.spots[:end]):
        if spot.line.page > 2:
            return None
        match = _RUN_IN.match(spot.line.text)
        if match and len(spot.line.text) - match.end() > 8 and (spot.line.lead or match[0].strip()[-1:] in ".:—–-"):
            last = _end_of(layout, index, end, 1.9)
            return AbstractSpan(index, last, match.end(), plain(match[0]).title())
    return None


def bare_abstract(layout: PageLayout, end: int) -> AbstractSpan | None:
    """An abstract without a word to name it: the first block of long lines on page 1, before line `end`."""
    spots = layout.spots[:end]
    index = 0
    while index < len(spots) and spots[index].line.page <= 2:
        last = _end_of(layout, index, end, 1.25)
        block = spots[index : last + 1]
        if len(block) >= 3 and sum(len(s.line.text) for s in block) >= _LEAST and _is_prose(block):
            return AbstractSpan(index, last, 0, "")
        index = last + 1
    return None


def _is_prose(block: Sequence[PlacedLine]) -> bool:
    words = [w for s in block for w in s.line.text.split()]
    lower = sum(w.islower() for w in words)
    widths = [s.line.width for s in block[:-1]]
    return lower >= 0.5 * len(words) and min(widths) > 0.5 * max(widths)


def _end_of(layout: PageLayout, first: int, end: int, most: float) -> int:
    """The last line of the block that begins at `first`: one style, no keywords, no gap of more than `most` lines."""
    spots = layout.spots
    last = first
    while last + 1 < end:
        spot, after = spots[last], spots[last + 1]
        if abs(after.line.style.size - spot.line.style.size) > 0.5 or after.gap > most or is_cue(after):
            break
        if after.line.style.bold and not spot.line.style.bold:
            break
        if after.line.page != spot.line.page and (last == first or after.line.page > 2):
            break
        last += 1
    return last


def _is_names(text: str) -> bool:
    """Whether most words of a line begin with a capital: names, not sentences."""
    words = [w for w in text.split() if w[0].isalpha()]
    return sum(w[0].isupper() for w in words) > 0.6 * len(words)


def is_cue(spot: PlacedLine) -> bool:
    """Whether a line begins with the label `Keywords:`, `PACS numbers:`, `CCS Concepts` and the like."""
    line = spot.line
    match = _CUE.match(line.text)
    if match is None:
        return False
    return _CUE_ENDS.match(line.text, match.end()) is not None or 0 < line.lead <= match.end() + 2


def keywords(layout: PageLayout, lines: Sequence[int]) -> list[int]:
    """The lines of an abstract that are its keywords or classification, which papers print right behind it.

    Each label takes its own paragraph, up to white space or a line of running text, and never more than six lines.
    """
    gone: list[int] = []
    taking = 0
    for i in lines:
        spot = layout.spots[i]
        if is_cue(spot):
            taking = 1
        elif not taking or spot.gap > 1.45 or taking >= _MOST_KEYWORDS or _runs(spot):
            taking = 0
        else:
            taking += 1
        if taking:
            gone.append(i)
    return gone


def _runs(spot: PlacedLine) -> bool:
    """Whether a line is running text and no list of terms: few of its words end in a comma, and it has little words."""
    words = spot.line.text.split()
    if len(words) < 5:
        return False
    stops = sum(word[-1] in ",;•·→:" for word in words)
    return 4 * stops < len(words) and any(word.casefold() in _FUNCTION for word in words)


def leftovers(layout: PageLayout, front: Sequence[int], taken: Collection[int], least: int = 4) -> set[int]:
    """The lines of the front that are no running text, which has `least` lines or more: authors, addresses, dates."""
    gone: set[int] = set()
    run: list[int] = []
    for i in [*front, -1]:
        spot = layout.spots[i] if i >= 0 else None
        long = (
            spot is not None
            and layout.is_plain(spot.line.style)
            and spot.line.width > 0.7 * spot.column.width
            and not _is_names(spot.line.text)
        )
        if (
            spot is not None
            and i not in taken
            and (long or (run and spot.gap < 1.3 and layout.is_plain(spot.line.style)))
        ):
            run.append(i)
            continue
        if len(run) < least or not any(_runs(layout.spots[n]) for n in run):
            gone.update(run)
        run = []
        if i >= 0:
            gone.add(i)
    return gone
