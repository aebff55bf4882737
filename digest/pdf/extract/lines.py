"""pymupdf's pieces of lines -> printed lines: parts on one baseline joined, each with the style of most of its letters.

MuPDF gives a heading's number, the parts of a formula and words after a wide gap as lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, groupby, pairwise
from typing import Any, NamedTuple

from digest.pdf.extract.characters import clean_characters, unspaced
from digest.pdf.extract.page_elements import Cell, DroppedText, FontStyle, TextLine
from digest.pdf.extract.scripts import FRACTION, denominator, is_free, lowered, raised
from digest.pdf.extract.tex_fonts import is_extension, large_signs, with_ligatures

_SUPERSCRIPT, _ITALIC, _BOLD = 1, 2, 16  # bits of a span's flags
_OFF_LINE = 0.4  # points off a baseline: raised or lowered letters
_OPENS, _CLOSES = {1: "\ue000", -1: "\ue001"}, "\ue002"  # around letters that may belong to the piece before theirs
_SHIFTS = {sign: shift for shift, sign in _OPENS.items()}
_BOLD_NAME = re.compile(
    r"bold|black|heavy|medi(?!um)|demi|semib|cmbx|cmb\d|sfbx|lmroman\w*-?bold|-b\b|bx\d", re.IGNORECASE
)
_ITALIC_NAME = re.compile(r"ital|obli|slant|cmti|cmsl|sfti|sfsl|-it\b", re.IGNORECASE)
_MATHS_NAME = re.compile(
    r"^(?:cm(?:mi|sy|ex|bsy|mib)|ms[ab]m|eu[fsr][mb]|rsfs|lmmath|stix.*math|.*math|txsy|pxsy|txex|txmia|rtxmi|symbol"
    r"|mtsy|mtmi|mtex|esint|wasy|bbm|bbold|dsrom|stmary|lasy|newtxm|zptm|ntxmi|ntxsy|txm|pazom)",
    re.IGNORECASE,
)
_HEADING_NUMBER = re.compile(
    r"(?:(?:appendix|section|part)\s+)?(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Z](?:\.\d{1,2})*)[.:)]?|§\s*\d+\.?",
    re.IGNORECASE,
)
_SIGNS = frozenset("αβγδεζηθικλμνξπρστυφχψωϵϕΓΔΘΛΞΠΣΦΨΩ∑∏∫√≤≥≠≈≡∈∉⊂⊆∪∩∀∃∇∂∞→←↦⇒⇔±×÷∥⟨⟩∘⊗⊕∼∝ℓℝ²³")
_ELLIPSIS = re.compile(r"(?<![.…])(?<![.…] )\. \. \.(?! ?[.…])")
_HAN_GAP = re.compile(r"(?<=[\u3001-\u303f\u3400-\u9fff\uff01-\uff60]) (?=[\u3001-\u303f\u3400-\u9fff\uff01-\uff60])")
_LINE_NUMBERS = 12  # in a column, and
_FEW_LINE_NUMBERS = 5  # where they stand outside of all text, and
_FIRST_LINES = 20  # go on from a page before: labels of entries and page numbers begin lower
_NUMERATOR = re.compile(r"[=<>≤≥≈∼+−±×·⋅,(→≡∝|]\s?([⁰¹²³⁴-⁹]+)$")
_PLAIN_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_STAMP = re.compile(r"^\s*arXiv:\s*\S+", re.IGNORECASE)


class FontFace(NamedTuple):
    name: str
    bold: bool
    italic: bool
    maths: bool


@lru_cache(maxsize=4096)
def face(font: str, flags: int) -> FontFace:
    """What a font's name and flags say of it. Names lose their subset prefix (`ABCDEF+`)."""
    name = font.split("+", 1)[-1]
    bold = bool(flags & _BOLD) or bool(_BOLD_NAME.search(name))
    italic = bool(flags & _ITALIC) or bool(_ITALIC_NAME.search(name))
    return FontFace(name, bold, italic, bool(_MATHS_NAME.match(name)))


def printed_lines(
    blocks: Iterable[Mapping[str, Any]], page: int, limit: int
) -> tuple[list[TextLine], list[DroppedText]]:
    """The printed lines of a page in the order of its content, and what was left out of them."""
    pieces, dropped = _pieces(blocks, page, limit)
    pieces = _once(pieces)
    margin = _line_numbers(pieces)
    if margin:
        dropped += [DroppedText("line number", "a review's line numbers", pieces[i].text, page) for i in sorted(margin)]
    lines: list[TextLine] = []
    for index, piece in enumerate(pieces):
        if index in margin:
            continue
        if lines and _goes_on(lines[-1], piece):
            lines[-1] = _joined(lines[-1], piece)
        else:
            lines.append(piece)
    return [ln._replace(text=_settled(ln.text, "")) if ln.text[0] in _SHIFTS else ln for ln in lines], dropped


def _pieces(blocks: Iterable[Mapping[str, Any]], page: int, limit: int) -> tuple[list[TextLine], list[DroppedText]]:
    """MuPDF's lines with anything visible in them; those that do not run from left to right are dropped."""
    pieces: list[TextLine] = []
    dropped: list[DroppedText] = []
    for index, block in enumerate(blocks):
        for part in chain.from_iterable(map(_without_margin, block.get("lines", ()))):
            if len(pieces) + len(dropped) >= limit:
                return pieces, dropped
            piece = _line(part, page, index)
            if piece is None:
                continue
            if part["dir"][0] > 0.98:
                pieces.append(piece)
            else:
                kind = "arXiv stamp" if _STAMP.match(piece.text) else "rotated text"
                dropped.append(DroppedText(kind, "not in reading direction", piece.text, page))
    return pieces, dropped


def _without_margin(line: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """A line apart from the small number before it on its baseline, as a review's line numbers stand in the margin."""
    spans = line["spans"]
    number = spans[0]["text"].strip()
    if len(spans) < 2 or not number.isdecimal() or len(number) > 4 or spans[0]["size"] > 0.85 * spans[-1]["size"]:
        return (line,)
    first_text = next((i for i, span in enumerate(spans[1:], 1) if span["text"].strip()), 0)
    gap = spans[first_text]["bbox"][0] - spans[0]["bbox"][2] + (2 if spans[0]["text"].endswith(" ") else 0)
    if not first_text or gap < 2 or abs(spans[0]["origin"][1] - spans[first_text]["origin"][1]) > _OFF_LINE:
        return (line,)
    x0, y0, x1, y1 = line["bbox"]
    right = {**line, "spans": spans[first_text:], "bbox": (spans[first_text]["bbox"][0], y0, x1, y1)}
    return ({**line, "spans": spans[:1], "bbox": (x0, y0, spans[0]["bbox"][2], y1)}, right)


def _once(pieces: list[TextLine]) -> list[TextLine]:
    """The pieces without those printed twice, a little apart, to look bold."""
    at: dict[int, list[TextLine]] = {}
    unique_lines: list[TextLine] = []
    for piece in pieces:
        near = at.setdefault(round(piece.base / 3), [])
        neighbours = (*near, *at.get(round(piece.base / 3) - 1, ()), *at.get(round(piece.base / 3) + 1, ()))
        if any(_prints_again(piece, neighbour) for neighbour in neighbours):
            continue
        near.append(piece)
        unique_lines.append(piece)
    return unique_lines


def _prints_again(piece: TextLine, earlier: TextLine) -> bool:
    """Whether a piece stands on another one that says the same."""
    if abs(piece.base - earlier.base) > 1.6 or piece.x0 < earlier.x0 - 1.6 or piece.x1 > earlier.x1 + 1.6:
        return False
    if piece.text == earlier.text:
        return abs(piece.x0 - earlier.x0) < 1.6 and len(piece.text) > 1
    at = earlier.text.find(piece.text) if len(piece.text) > 3 else -1
    return at >= 0 and abs(earlier.x0 + earlier.width * at / len(earlier.text) - piece.x0) < 2 * earlier.style.size


def _line_numbers(pieces: Sequence[TextLine]) -> set[int]:
    """The pieces that are a review's line numbers: bare numbers one below the other, each one more than the last."""
    bare = [i for i, piece in enumerate(pieces) if piece.text.isdecimal() and len(piece.text) <= 4]
    if len(bare) < _FEW_LINE_NUMBERS:
        return set()
    text = [piece for i, piece in enumerate(pieces) if len(piece.text) > 20]
    left, right = min((p.x0 for p in text), default=0.0), max((p.x1 for p in text), default=0.0)
    indexes: set[int] = set()
    edges: dict[int, list[int]] = {}
    for i in bare:
        edges.setdefault(round(pieces[i].x1 / 3), []).append(i)
    for column in edges.values():
        column.sort(key=lambda i: pieces[i].y0)
        values = [int(pieces[i].text) for i in column]
        outside = all(pieces[i].x1 < left or pieces[i].x0 > right for i in column) and values[0] > _FIRST_LINES
        least = _FEW_LINE_NUMBERS if outside else _LINE_NUMBERS
        if len(column) >= least and sum(b - a == 1 for a, b in pairwise(values)) >= 0.8 * (len(values) - 1):
            indexes.update(column)
    return indexes


@lru_cache(maxsize=4096)
def is_large(font: str) -> bool:
    return is_extension(font.split("+", 1)[-1])


class GlyphRun(NamedTuple):
    """Neighbouring spans of one font and size: MuPDF gives each word, and each space, as a span of its own."""

    text: str
    font: str
    flags: int
    size: float
    base: float
    letters: int  # visible characters


def _runs(spans: Sequence[Mapping[str, Any]]) -> list[GlyphRun]:
    """The runs of a line that have visible characters; spaces go to the run before them, or else after."""
    runs: list[GlyphRun] = []
    texts: list[str] = []
    font, size, flags, base = "", -1.0, 0, 0.0
    for span in spans:
        text, level = span["text"], span["origin"][1]
        is_new_run = span["size"] != size or span["font"] != font or abs(level - base) > _OFF_LINE
        if (is_new_run or span["flags"] | _SUPERSCRIPT != flags) and text.strip():
            if size >= 0:
                runs += _run("".join(texts), font, flags, size, base)
                texts = []
            font, size, flags, base = span["font"], span["size"], span["flags"] | _SUPERSCRIPT, level
        texts.append(text)
    if size >= 0:
        runs += _run("".join(texts), font, flags, size, base)
    return runs


def _run(text: str, font: str, flags: int, size: float, base: float) -> tuple[GlyphRun, ...]:
    if font.startswith("Type3") and not text.isprintable():
        text = with_ligatures(text)
    elif is_large(font):
        text = large_signs(text)
    if not text.isascii() or not text.isprintable():
        text = clean_characters(text)
    letters = len(text) - text.count(" ")
    return (GlyphRun(text, font, flags & ~_SUPERSCRIPT, size, base, letters),) if letters else ()


def _line(piece: Mapping[str, Any], page: int, block: int) -> TextLine | None:
    """One of MuPDF's lines, or None when it has nothing visible."""
    spans = piece["spans"]
    runs = _runs(spans)
    if not runs:
        return None
    x0, y0, x1, y1 = piece["bbox"]
    marker = bool(spans[0]["flags"] & _SUPERSCRIPT)
    main = runs[0]
    if len(runs) == 1:
        text, style = _spaced(main.text), _style(main.font, main.flags, main.size)
        return TextLine(
            text=text, x0=x0, y0=y0, x1=x1, y1=y1, base=main.base, page=page, style=style, lead=0, capitals=False,
            marker=marker, maths=_maths(runs, text), block=block,
        )  # fmt: skip
    text, main = "".join(run.text for run in runs), _main(runs)
    capitals = _small_capitals(runs, text)
    if not capitals:
        runs = _with_scripts(runs, main)
        text = "".join(run.text for run in runs)
    size = max(run.size for run in runs) if capitals else main.size
    style = _style(main.font, main.flags, size)
    maths = _maths(runs, text)
    text = _spaced(_rejoined(runs) if capitals else text)
    marker = marker or _is_raised(runs[0], main)
    return TextLine(
        text=text, x0=x0, y0=y0, x1=x1, y1=y1, base=main.base, page=page, style=style, lead=_lead(runs),
        capitals=capitals, marker=marker, maths=maths, block=block,
    )  # fmt: skip


def _with_scripts(runs: Sequence[GlyphRun], main: GlyphRun) -> list[GlyphRun]:
    """The runs with raised and lowered letters written so that they keep their meaning."""
    nominal = max((run.size for run in runs if run.letters > 2 and abs(run.base - main.base) < 0.5), default=main.size)
    out: list[GlyphRun] = []
    before = ""
    groups = [
        (shift, list(group))
        for shift, group in groupby(runs, lambda run: _shift(run.size, run.base, nominal, main.base))
    ]
    for i, (shift, together) in enumerate(groups):
        text = _nested(together) if shift else "".join(run.text for run in together)
        if i and shift < 0 and groups[i - 1][0] > 0 and out[-1].text.endswith(FRACTION):
            out[-1] = out[-1]._replace(text=f"{out[-1].text}{denominator(text)}")
            before += text
            continue
        if shift > 0 and i + 1 < len(groups) and groups[i + 1][0] < 0 and is_free(before):
            text = f"{text.strip()}{FRACTION}"
        elif shift and not before.strip() and len(together) < len(runs):
            text = f"{_OPENS[shift]}{text.rstrip()}{_CLOSES} "[: None if text.endswith(" ") else -1]
        elif shift and before.strip():
            text = scripted(text, shift, before)
        else:
            out += together
            before += text
            continue
        if text[:1] in "^_" and before.endswith(" "):
            out[-1] = out[-1]._replace(text=out[-1].text.rstrip())
        out.append(together[0]._replace(text=text, letters=len(text) - text.count(" ")))
        before += text
    return out


def _nested(runs: Sequence[GlyphRun]) -> str:
    """Raised or lowered letters with those that are raised or lowered among them."""
    largest = max(runs, key=lambda run: run.size)
    text = ""
    for run in runs:
        shift = _shift(run.size, run.base, largest.size, largest.base)
        text += scripted(run.text, shift, text) if shift and text.strip() else run.text
    return text


def _shift(size: float, base: float, nominal: float, line: float) -> int:
    """1 for raised letters, -1 for lowered ones: small, and off the baseline."""
    if size > 0.9 * nominal:
        return 0
    return 1 if base < line - 0.12 * nominal else -1 if base > line + 0.05 * nominal else 0


def scripted(text: str, shift: int, before: str) -> str:
    """A part of a line, raised (1) or lowered (-1), behind `before`."""
    return raised(text, before) if shift > 0 else lowered(text, before)


def _settled(text: str, before: str) -> str:
    """The text of a piece whose first letters are raised or lowered, behind what stands before it on its line."""
    sign, text = text[0], text[1:]
    first, _, text_after = text.partition(_CLOSES)
    return (scripted(first, _SHIFTS[sign], before) if before else first) + text_after


def _spaced(text: str) -> str:
    if 3 * text.count(" ") > len(text):
        text = unspaced(text)
    if ". . ." in text:
        text = _ELLIPSIS.sub("…", text)
    if _HAN_GAP.search(text):
        text = _HAN_GAP.sub("", text)
    return " ".join(text.split()) if "  " in text else text.strip()


@lru_cache(maxsize=4096)
def _style(font: str, flags: int, size: float) -> FontStyle:
    look = face(font, flags)
    return FontStyle(look.name, round(size * 4) / 4, look.bold, look.italic)


def _main(runs: Sequence[GlyphRun]) -> GlyphRun:
    """The run that stands for its line: of the font and size that most of its characters have."""
    weights: dict[tuple[str, int, float], int] = {}
    for run in runs:
        key = (run.font, run.flags, run.size)
        weights[key] = weights.get(key, 0) + run.letters
    best = max(weights, key=weights.__getitem__)
    return next(run for run in runs if (run.font, run.flags, run.size) == best)


def _maths(runs: Sequence[GlyphRun], text: str) -> float:
    """The share of mathematics: letters of fonts made for it, or its signs in any font, each for three letters."""
    letters = share = 0
    for run in runs:
        letters += run.letters
        if face(run.font, run.flags).maths:
            share += run.letters
    if share or text.isascii():
        return share / letters
    return min(1.0, 3 * sum(map(_SIGNS.__contains__, text)) / letters)


def _lead(runs: Sequence[GlyphRun]) -> int:
    """How many characters at the start are bold or italic, where what follows is not; with a number before them."""
    looks = [face(run.font, run.flags) for run in runs]
    start = 0
    while start < len(runs) - 1 and (looks[start].maths or _HEADING_NUMBER.fullmatch(runs[start].text.strip())):
        start += 1
    first = looks[start]
    if not (first.bold or first.italic):
        return 0
    end = start
    while end < len(runs) and ((looks[end].bold if first.bold else looks[end].italic) or looks[end].maths):
        end += 1
    if end < len(runs) and _resumes(looks, runs, end, bold=first.bold):
        return 0
    return 0 if end == len(runs) else len(" ".join("".join(run.text for run in runs[:end]).split()))


def _resumes(looks: Sequence[FontFace], runs: Sequence[GlyphRun], end: int, *, bold: bool) -> bool:
    """Whether a line goes on as it began behind a few plain letters: a formula in a heading."""
    plain = [run.letters for look, run in zip(looks[end:], runs[end:], strict=True) if not _is_alike(look, bold)]
    alike = sum(run.letters for look, run in zip(looks, runs, strict=True) if _is_alike(look, bold) and not look.maths)
    last = next((look for look in reversed(looks) if not look.maths), looks[-1])
    return _is_alike(last, bold) and max(plain) <= 8 and sum(plain) < 0.5 * alike


def _is_alike(look: FontFace, bold: bool) -> bool:
    return look.maths or (look.bold if bold else look.italic)


def _is_raised(run: GlyphRun, main: GlyphRun) -> bool:
    """Whether a line begins with a superscript: small letters above the baseline."""
    return run.size < 0.85 * main.size and run.base < main.base - 0.15 * main.size and run.letters <= 3


def _small_capitals(runs: Sequence[GlyphRun], text: str) -> bool:
    """Capitals of two sizes, as ICLR and IEEE print their headings: the small ones are 65 to 90 % of the large."""
    if not text.isupper():
        return False
    sizes = [run.size for run in runs]
    return 0.65 <= min(sizes) / max(sizes) <= 0.9


def _rejoined(runs: Sequence[GlyphRun]) -> str:
    """Small capitals as words: the gap between the large and the small letters of a word is no space."""
    text, size = "", 0.0
    for run in runs:
        part = run.text
        if size and run.size < size * 0.92 and text[-1:].isupper() and part[:1] == " " and part[1:2].isupper():
            part = part[1:]
        text += part
        size = run.size
    return text


def _goes_on(line: TextLine, piece: TextLine) -> bool:
    """Whether a piece stands on the same printed line as the one before it, right behind it."""
    overlap = min(line.y1, piece.y1) - max(line.y0, piece.y0)
    if overlap < 0.5 * min(line.height, piece.height):
        return False
    gap = piece.x0 - line.x1
    size = max(line.style.size, piece.style.size)
    if _HEADING_NUMBER.fullmatch(line.text) and -1 <= gap <= 4 * size:
        return True
    if len(line.cells) > 2 and gap > 0.7 * size and len(piece.text.split()) > 5 and line.cells[-1].text[0].isdigit():
        return False  # text that is set beside a row of a table
    heading = line.style == piece.style and (line.style.bold or size >= 12)
    sentence = line.text[-1] in ".:,;?!" and len(line.text) > 12 and abs(line.base - piece.base) < 0.5
    most = 2.0 if heading or sentence else 1.2  # justified text is stretched most behind a full stop
    return -1.5 * size <= gap <= most * size and piece.x0 > line.x0 and piece.x1 > line.x1 - size


def _joined(line: TextLine, piece: TextLine) -> TextLine:
    gap = piece.x0 - line.x1
    size = max(line.style.size, piece.style.size)
    space = " " if gap > 0.12 * size else ""
    main = line if len(line.text) >= len(piece.text) else piece
    text = piece.text
    shift = _shift(piece.style.size, piece.base, line.style.size, line.base) if main is line else 0
    numerator = _NUMERATOR.search(line.text) if shift < 0 or text[0] == _OPENS[-1] else None
    if numerator is not None:
        lower, _, text_after = text.lstrip(_OPENS[-1]).partition(_CLOSES)
        upper = numerator[1].translate(_PLAIN_DIGITS)
        line = line._replace(text=f"{line.text[: numerator.start(1)]}{upper}{FRACTION}")
        text, space = denominator(lower) + text_after, ""
    elif text[0] in _SHIFTS or shift:
        text = _settled(text, line.text) if text[0] in _SHIFTS else scripted(text, shift, line.text)
        space = "" if text != piece.text else space
    total = len(line.text) + len(piece.text)
    return line._replace(
        text=line.text + space + text,
        x1=max(line.x1, piece.x1),
        y0=min(line.y0, piece.y0) if main is line else piece.y0,
        y1=max(line.y1, piece.y1) if main is line else piece.y1,
        base=main.base,
        marker=line.marker or (len(line.text) <= 3 and line.base < piece.base - 0.2 * size),
        style=main.style,
        capitals=line.capitals or piece.capitals,
        lead=_joined_lead(line, piece, len(space)),
        parts=line.parts + piece.parts,
        cells=(*(line.cells or (_cell(line),)), *(piece.cells or (_cell(piece),))),
        maths=(line.maths * len(line.text) + piece.maths * len(piece.text)) / total,
    )


def _cell(line: TextLine) -> Cell:
    return Cell(line.x0, line.x1, line.text)


def _joined_lead(line: TextLine, piece: TextLine, space: int) -> int:
    """The lead of two parts: a number's title may have one, and a bold part before a plain one is one."""
    if _HEADING_NUMBER.fullmatch(line.text):
        return len(line.text) + space + piece.lead if piece.lead else 0
    if line.lead:
        return line.lead
    is_set_apart = (line.style.bold and not piece.style.bold) or (line.style.italic and not piece.style.italic)
    return len(line.text) if is_set_apart else 0
