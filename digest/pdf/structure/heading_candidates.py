"""Lines that may be headings: short, set apart from the running text, or numbered. Nothing is decided here."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from digest.models.paper_text import SectionKind
from digest.pdf.extract.layout import PageLayout, PlacedLine, beside, is_numbers
from digest.pdf.extract.page_elements import FontStyle, TextLine
from digest.pdf.structure.numbering import HeadingNumber, is_known, numbers, section_kind, unspaced

_MAX_LINES = 4
_BITMAP = "Type3"
_LABELLED = re.compile(
    r"(?:key\s?words(?: and phrases)?|index terms|pacs(?: numbers)?|e-?mail|doi|url|mots[- ]cl[ée]s|schlüsselwörter|"
    r"palabras clave|palavras[- ]chave|ключевые слова|关键[词字]|關鍵[詞字])\s*[:.：—–-]",
    re.IGNORECASE,
)
_MAX_LENGTH = 220
_TITLE_WORD = re.compile(r"[^\W\d_]{3,}|[\u3400-\u9fff\uac00-\ud7af]+|\b[A-Z]{2}\b")
_FUNCTIONS = frozenset(
    ("exp", "log", "sin", "cos", "tan", "max", "min", "sup", "inf", "lim", "arg", "det", "dim", "ker", "mod", "gcd",
     "sinh", "cosh", "tanh", "argmax", "argmin", "sgn", "diag", "rank", "span", "const", "eff", "tot", "ext", "int")
)  # fmt: skip
_CHAPTER = re.compile(
    r"(?:chapter|kapitel|chapitre|cap[ií]tulo|capitolo|глава)\s+(\d{1,2}|[IVX]{1,5})\s*[.:]?|(\d{1,2})\.?\s+kapitel|"
    r"第\s*(\d{1,2})\s*章",
    re.IGNORECASE,
)


class HeadingStyle(NamedTuple):
    """What one style of headings has in common. `capitals`: printed in capitals, or in small ones."""

    style: FontStyle
    capitals: bool

    def fits(self, style: HeadingStyle) -> bool:
        """Whether two headings are of one style; sizes differ a little within a PDF."""
        a, b = self.style, style.style
        # Bitmap fonts have no names: MuPDF gives their objects, which may differ from page to page.
        same_font = a.font == b.font or (a.font.startswith(_BITMAP) and b.font.startswith(_BITMAP))
        return same_font and (a.bold, a.italic) == (b.bold, b.italic) and abs(a.size - b.size) <= 0.4

    def same(self, style: HeadingStyle) -> bool:
        """One style, and both in capitals or both not."""
        return self.capitals == style.capitals and self.fits(style)


class HeadingCandidate(NamedTuple):
    """Lines `first` to `last` of the layout as a heading. `cut`: where run-on text begins in the last line, or 0."""

    first: int
    last: int
    cut: int
    page: int
    title: str
    readings: tuple[tuple[HeadingNumber, str], ...]  # each way to read a number at its start, with the title behind it
    look: HeadingStyle
    weight: float  # how much it looks like a heading
    clear: bool  # white space stands above it
    closed: bool  # a run-in heading that ends in a full stop
    parts: int  # how many pieces its first line was joined from: the cells of a table's head, if many
    outlined: bool = False  # only the outline says that it is one: it is set in the text's own letters

    @property
    def known(self) -> bool:
        return is_known(self.title) or any(is_known(title) for _, title in self.readings)


def heading_candidates(layout: PageLayout, taken: Collection[int]) -> list[HeadingCandidate]:
    """Every candidate in reading order. `taken`: indices of lines that are something else (captions, contents)."""
    candidates: list[HeadingCandidate] = []
    spots = layout.spots
    index = 0
    while index < len(spots):
        candidate = None if index in taken else _candidate(layout, index, taken)
        if candidate is None:
            index += 1
        else:
            candidates.append(candidate)
            index = candidate.last + 1
    return candidates


def _candidate(layout: PageLayout, index: int, taken: Collection[int]) -> HeadingCandidate | None:
    spot = layout.spots[index]
    line = spot.line
    text = unspaced(line.text)
    readings = numbers(text)
    is_set_apart = _is_set_apart(layout, spot)
    runs_on = bool(line.lead) and _has_text_behind(line)
    if not (is_set_apart or runs_on or readings or is_known(text)):
        return None  # as most lines are
    if (
        line.maths > 0.6
        or _LABELLED.match(line.text)
        or not any(map(str.isalpha, line.text))
        or len(line.text) > _MAX_LENGTH
    ):
        return None
    if chapter := _chapter(layout, index, text, taken):
        return chapter
    if runs_on:
        return _run_in(layout, index, text)
    if not (is_set_apart and readings) and _is_in_a_row(layout, index):
        return None
    if not readings and not (_opens_a_title(text[0]) or text[0] in "“\"'(¿"):
        return None
    last = _last_line(layout, index, taken) if is_set_apart else index
    if last is None:
        return None
    text = unspaced(_title(layout.spots[index : last + 1]))
    if len(text) > _MAX_LENGTH:
        return None
    readings = numbers(text)
    if not _has_a_word(text):
        return None
    weight = _weight(layout, index, last, text, readings)
    return _made(layout, index, last, 0, text, readings, weight)


def _has_a_word(text: str) -> bool:
    """Whether a title has a word, which pieces of formulas have not: `B 0`, `M1 exp 1`."""
    return any(word.casefold() not in _FUNCTIONS for word in _TITLE_WORD.findall(text))


def _chapter(layout: PageLayout, index: int, text: str, taken: Collection[int]) -> HeadingCandidate | None:
    """A chapter whose number stands on a line of its own, above its title."""
    match = _CHAPTER.fullmatch(text)
    number = (match[1] or match[2] or match[3]) if match else None
    first = index + 1
    if number is None or first >= len(layout.spots) or first in taken:
        return None
    below = layout.spots[first]
    alike = below.line.style.bold == layout.spots[index].line.style.bold
    if below.line.page != layout.spots[index].line.page or not (alike and _is_set_apart(layout, below)):
        return None
    last = _last_line(layout, first, taken)
    if last is None or numbers(below.line.text):
        return None
    title = unspaced(_title(layout.spots[first : last + 1]))
    titled = f"{number} {title}"
    weight = _weight(layout, first, last, title, numbers(titled)) + 1
    look = _made(layout, first, last, 0, title, (), weight).look
    return _made(layout, index, last, 0, titled, numbers(titled), weight)._replace(look=look)


def outlined_candidate(layout: PageLayout, first: int, last: int) -> HeadingCandidate:
    """A candidate for lines that the outline names, though they look as the running text does."""
    text = unspaced(_title(layout.spots[first : last + 1]))
    return _made(layout, first, last, 0, text, numbers(text), 3.0)._replace(outlined=True)


def _opens_a_title(letter: str) -> bool:
    """A capital, a digit, or a letter of a script without capitals."""
    return letter.isdigit() or (letter.isalpha() and not letter.islower())


def _made(
    layout: PageLayout,
    first: int,
    last: int,
    cut: int,
    text: str,
    readings: Sequence[tuple[HeadingNumber, str]],
    weight: float,
) -> HeadingCandidate:
    spot = layout.spots[first]
    look = HeadingStyle(spot.line.style, spot.line.capitals or _is_upper(text))
    closed = bool(cut) and spot.line.text[:cut].rstrip()[-1:] in ".:"
    return HeadingCandidate(
        first=first,
        last=last,
        cut=cut,
        page=spot.line.page,
        title=text,
        readings=tuple(readings),
        look=look,
        weight=weight,
        clear=spot.gap >= 1.25,
        closed=closed,
        parts=spot.line.parts,
    )


def _run_in(layout: PageLayout, index: int, text: str) -> HeadingCandidate | None:
    """A heading whose text goes on in its line: its letters are set apart from the rest."""
    line = layout.spots[index].line
    lead = line.text[: line.lead].rstrip()
    if not 3 <= len(lead) <= 120 or layout.spots[index].gap < 1.05:
        return None
    readings = numbers(lead)
    if not readings and not is_known(lead):
        return None
    return _made(layout, index, index, line.lead, lead.rstrip(" .:—–-"), numbers(lead.rstrip(" .:—–-")), 1.0)


def _has_text_behind(line: TextLine) -> bool:
    """Whether running text goes on behind the letters that are set apart at a line's start."""
    closed = line.text[: line.lead].rstrip()[-1:] in ".:"
    return sum(map(str.isalpha, line.text[line.lead :])) > (1 if closed else 3)


def _is_in_a_row(layout: PageLayout, index: int) -> bool:
    """Whether a line is a cell of a table, or stands above numbers as the head of one does."""
    spot, spots = layout.spots[index], layout.spots
    if spot.line.parts > 3:
        return True
    neighbours = [spots[i] for i in (index - 1, index + 1) if 0 <= i < len(spots)]
    if any(beside(spot.line, neighbour.line) for neighbour in neighbours):
        return True
    after = spots[index + 1] if index + 1 < len(spots) else None
    return after is not None and after.line.page == spot.line.page and is_numbers(after.line.text)


def _title(spots: Sequence[PlacedLine]) -> str:
    text = spots[0].line.text
    for spot in spots[1:]:
        more = spot.line.text
        text = text[:-1] + more if text.endswith("-") and more[:1].islower() else f"{text} {more}"
    return text


def _is_set_apart(layout: PageLayout, spot: PlacedLine) -> bool:
    """Whether most of a line's letters look different from the running text."""
    line, body = spot.line, layout.body
    style = line.style
    if style.bold and not body.bold:
        return True
    if style.size >= body.size + 0.6 or line.capitals or (style.italic and not body.italic):
        return True
    if _is_upper(line.text):
        return True
    return style.font != body.font and style.size > 0.85 * body.size


def _is_upper(text: str) -> bool:
    if 9 * _small_letters(text[:20]) > len(text):
        return False  # without counting all of a line of running text
    upper = sum(map(str.isupper, text))
    return upper >= 4 and upper >= 9 * _small_letters(text)


def _small_letters(text: str) -> int:
    """How many small letters a text has, Greek ones apart: a formula in a heading of capitals keeps its letters."""
    small = sum(map(str.islower, text))
    return small if text.isascii() or not small else small - sum("α" <= letter <= "ω" for letter in text)


def _last_line(layout: PageLayout, index: int, taken: Collection[int]) -> int | None:
    """The last line of the heading that begins at `index`; None if so many lines follow alike that it is text."""
    spots = layout.spots
    last = index
    while last + 1 < len(spots) and last + 1 not in taken and _continues(spots[last], spots[last + 1], layout.pitch):
        last += 1
        if last - index >= _MAX_LINES:
            return None
    return last


def _continues(spot: PlacedLine, after: PlacedLine, pitch: float) -> bool:
    """Whether the next line belongs to the same heading: its style, right below, and no number of its own."""
    line, more = spot.line, after.line
    if more.page != line.page or (after.column != spot.column and not spot.is_centred):
        return False
    if (more.style.font, more.style.bold, more.style.italic) != (line.style.font, line.style.bold, line.style.italic):
        return False
    if (is_known(line.text) or section_kind(line.text) is SectionKind.APPENDIX) and numbers(more.text):
        return False  # `APPENDIX` above `A. Further Samples`
    if abs(more.style.size - line.style.size) > 0.4 or more.lead or more.capitals != line.capitals:
        return False
    if _is_upper(line.text) and sum(c.islower() for c in more.text) > 2:
        return False
    if not 0 < more.base - line.base < max(1.75 * line.style.size, 1.1 * pitch):
        return False
    return not any(n.depth > 1 or n.form in ("arabic", "appendix") for n, _ in numbers(more.text))


def _weight(
    layout: PageLayout, first: int, last: int, text: str, readings: Sequence[tuple[HeadingNumber, str]]
) -> float:
    spot, body = layout.spots[first], layout.body
    line = spot.line
    style = line.style
    weight = 0.0
    weight += 2 if style.bold and not body.bold else 0
    weight += 2 if style.size >= body.size + 0.8 else 0
    capitals = line.capitals or _is_upper(text)
    weight += 1.5 if capitals else 0
    weight += 1 if style.italic and not body.italic else 0
    nameless = style.font.startswith(_BITMAP)  # another font, which may well be bold
    weight += (1.5 if nameless else 0.5) if style.font != body.font else 0
    weight += 1 if spot.is_centred else 0
    weight += 2.5 if is_known(text) or any(is_known(title) for _, title in readings) else 0
    weight += 1 if spot.gap >= 1.25 else -1
    weight -= 2.5 if text[-1] in ".,;:" and not text.endswith("etc.") else 0
    weight -= 1.5 if len(text) > 100 else 0
    weight -= 2 if style.size < 0.93 * body.size and not capitals else 0
    title = readings[0][1] if readings else text
    weight -= 2 if title[:1].islower() else 0
    weight -= 3 if "=" in text else 0
    weight -= 1 if not _ends_alone(layout, last) else 0
    return weight


def _ends_alone(layout: PageLayout, last: int) -> bool:
    """Whether what follows stands clear of the heading, or begins anew."""
    if last + 1 >= len(layout.spots):
        return False
    after = layout.spots[last + 1]
    return after.gap >= 1.1 or layout.spots[last].line.style != after.line.style
