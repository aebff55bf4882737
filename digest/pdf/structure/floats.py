"""Captions, and what stands in a figure or table: found around the caption, kept out of the running text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from digest.pdf.extract.layout import PageLayout, PlacedLine, is_numbers, side_by_side
from digest.pdf.extract.page_elements import Box
from digest.pdf.tables.grid import values
from digest.pdf.tables.loose_rows import loose_runs

_LABEL = re.compile(
    r"(?:supplementary\s+|supplemental\s+|extended\s+data\s+)?"
    r"(?P<kind>figure|figura|fig|table|tableau|tabelle|tabella|tabla|tabela|tab|algorithm|algorithme|alg|listing|scheme|"
    r"chart|plate|box|code|abbildung|abb|bild|рисунок|рис|таблица|табл|图|圖|表|算法)\.?\s*"
    r"(?P<number>(?:[A-Z]{1,2}[.\-]?)?\d{1,3}(?:[.\-]\d{1,2})?[a-z]?|[IVXL]{1,6}|[A-Z])(?P<sep>\s*[.:：|)]|\s*[—–-](?=\s|\w)|(?=\s|$))",
    re.IGNORECASE,
)
_KINDS = {**dict.fromkeys(("fig", "figura", "abbildung", "abb", "bild", "рисунок", "рис", "图", "圖"), "figure"),
          **dict.fromkeys(("tableau", "tabelle", "tabella", "tabla", "tabela", "таблица", "табл", "表"), "table"),
          "algorithme": "algorithm", "算法": "algorithm",
          "tab": "table", "alg": "algorithm", "listing": "algorithm", "code": "algorithm",
          "scheme": "figure", "chart": "figure", "plate": "figure", "box": "table"}  # fmt: skip
_MAX_LINES = 40


class Float(NamedTuple):
    """A figure, table or algorithm: the lines of its caption and of what it shows, as indices of the layout. Without a
    caption `first` and `last` are -1, and `number` is empty."""

    kind: str
    number: str
    page: int
    first: int
    last: int
    content: tuple[int, ...]

    @property
    def at(self) -> int:
        """The line at which it stands in the text: its caption, or what it shows if it has none."""
        return self.first if self.first >= 0 else self.content[0]


def find_captions(layout: PageLayout, taken: Collection[int]) -> list[Float]:
    """Every float by its caption, without what it shows yet. `taken`: lines that are something else already."""
    spots = layout.spots
    claimed: set[int] = set(taken)
    floats: list[Float] = []
    index = 0
    while index < len(spots):
        match = None if index in claimed else _label(layout, index)
        if match is None:
            index += 1
            continue
        last = _last_line(layout, index, claimed)
        claimed.update(range(index, last + 1))
        kind = match["kind"].casefold()
        floats.append(Float(_KINDS.get(kind, kind), match["number"], spots[index].line.page, index, last, ()))
        index = last + 1
    return floats


def filled_floats(
    layout: PageLayout, floats: Sequence[Float], taken: Collection[int], running: Collection[int]
) -> list[Float]:
    """The floats with what they show. `taken`: lines that are something else, headings among them; `running`: lines
    of running text, which no float shows unless a frame is drawn around them.

    A paper sets all its captions of one kind on the same side: what both sides could be is settled by the others.
    """
    inside = framed(layout)
    text = set(running) - inside
    odd = figure_text_lines(layout, {f.page for f in floats}) - text | (inside - set(running))
    claimed = {*taken, *(i for f in floats for i in range(f.first, f.last + 1))}
    sides = _usual_sides(layout, floats, odd, claimed)
    out: list[Float] = []
    for item in floats:
        above = _run(layout, item, -1, odd, claimed)
        below = _run(layout, item, 1, odd, claimed)
        usual, second_choice = (above, below) if sides.get(item.kind) == "above" else (below, above)
        content = usual or (second_choice if len(second_choice) >= 2 else [])
        claimed.update(content)
        out.append(item._replace(content=tuple(sorted(content))))
    return _with_loose(layout, out, loose_runs(layout, claimed, text))


def framed(layout: PageLayout) -> set[int]:
    """The lines inside a drawn frame or picture."""
    inside: set[int] = set()
    for i, spot in enumerate(layout.spots):
        line = spot.line
        if any(
            _holds(frame, line.x0, line.base) and frame[2] >= line.x1 - 4 for frame in layout.frames.get(line.page, ())
        ):
            inside.add(i)
    return inside


def _holds(frame: Box, x: float, y: float) -> bool:
    return frame[0] - 2 <= x <= frame[2] and frame[1] - 1 <= y <= frame[3] + 1


def _with_loose(layout: PageLayout, floats: Sequence[Float], runs: Sequence[list[int]]) -> list[Float]:
    """The floats, with each run of loose rows at the nearest caption of its page that shows nothing else; a run that
    no caption is left for is a table without a label."""
    out = list(floats)
    for run in runs:
        first, last = layout.spots[run[0]].line, layout.spots[run[-1]].line
        empty = [
            (min(abs(layout.spots[f.first].line.y0 - last.y1), abs(first.y0 - layout.spots[f.last].line.y1)), n)
            for n, f in enumerate(out)
            if f.page == first.page and f.first >= 0 and (not f.content or _shows_no_values(layout, f))
        ]
        touching = [n for n, f in enumerate(out) if (f.content and run[0] - 1 in f.content) or run[-1] + 1 in f.content]
        if empty or touching:
            n = touching[0] if touching else min(empty)[1]
            out[n] = out[n]._replace(content=tuple(sorted((*out[n].content, *run))))
        else:
            out.append(Float("table", "", first.page, -1, -1, tuple(run)))
    return out


def _usual_sides(
    layout: PageLayout, floats: Sequence[Float], odd: set[int], claimed: Collection[int]
) -> dict[str, str]:
    """For each kind of float, the side of the caption on which most of its content lies."""
    votes: dict[str, dict[str, float]] = {}
    for item in floats:
        above = len(_run(layout, item, -1, odd, claimed))
        below = len(_run(layout, item, 1, odd, claimed))
        usual = "above" if item.kind == "figure" else "below"
        count = votes.setdefault(item.kind, {usual: 0.5})
        if (above >= 2) != (below >= 2):
            side = "above" if above >= 2 else "below"
            count[side] = count.get(side, 0) + 1
    return {kind: max(count, key=count.__getitem__) for kind, count in votes.items()}


def _label(layout: PageLayout, index: int) -> re.Match[str] | None:
    """The label that a caption begins with; None for prose that happens to begin its line so."""
    spot = layout.spots[index]
    line = spot.line
    match = _LABEL.match(line.text)
    if match is None:
        return None
    set_apart = 0 < line.lead <= match.end() + 2 or abs(line.style.size - layout.body.size) > 0.4
    set_apart = set_apart or not layout.is_plain(line.style) or line.capitals
    above = layout.spots[index - 1] if index else None
    fresh = spot.gap >= 1.2 or spot.gap <= 0 or above is None or abs(above.line.style.size - line.style.size) > 0.4
    separator = match["sep"].strip()
    text_after = line.text[match.end() :].strip()
    if match["number"].isalpha() and len(match["number"]) == 1 and not separator:
        return None
    if separator in (":", "：", "|", "—", "–", "-") or not text_after:
        return match if fresh or set_apart else None
    if separator == ".":
        return match if set_apart or (fresh and spot.gap >= 1.3) else None
    lead_covers = 0 < match.end() - line.lead <= 3 or match.end() - 2 <= line.lead <= match.end() + 2
    return match if fresh and (lead_covers or (set_apart and not text_after[0].islower())) else None


def _last_line(layout: PageLayout, first: int, claimed: Collection[int]) -> int:
    spots = layout.spots
    last = first
    step = 0.0
    while last + 1 < len(spots) and last - first < _MAX_LINES and last + 1 not in claimed:
        line, after = spots[last].line, spots[last + 1].line
        distance = after.base - line.base
        if after.page != line.page or abs(after.style.size - line.style.size) > 0.45:
            break
        if not 0 < distance < 1.65 * max(line.style.size, 6) or (step and distance > 1.3 * step):
            break
        if min(after.x1, line.x1) <= max(after.x0, line.x0) or _begins_a_caption(spots[last + 1]):
            break
        if last + 2 < len(spots) and side_by_side(spots[last + 1], spots[last + 2]):
            break  # a row of the table
        bare = last == first and _LABEL.fullmatch(line.text) is not None
        if not bare and after.style.bold and not line.style.bold and not line.lead:
            break
        if not bare and after.x1 - after.x0 > 1.25 * max(ln.line.width for ln in spots[first : last + 1]) + 30:
            break
        step = step or distance
        last += 1
    return last


def _begins_a_caption(spot: PlacedLine) -> bool:
    match = _LABEL.match(spot.line.text)
    return match is not None and (bool(spot.line.lead) or match["sep"].strip() in (":", "：", "|", "."))


def _shows_no_values(layout: PageLayout, item: Float) -> bool:
    return item.kind == "table" and values([layout.spots[i].line for i in item.content]) < 2


# --- what a float shows ---------------------------------------------------------------------------------------------


def figure_text_lines(layout: PageLayout, pages: Collection[int]) -> set[int]:
    """Lines of some pages that don't look like text: cells side by side, small or foreign letters, bare numbers."""
    common = _text_fonts(layout)
    narrow = min((spot.column.width for spot in layout.spots), default=0.0)
    indexes: set[int] = set()
    above: PlacedLine | None = None
    for i, spot in enumerate(layout.spots):
        line = spot.line
        if line.page not in pages:
            continue
        if above is not None and side_by_side(spot, above):
            indexes.update((i - 1, i))
        above = spot
        small = line.style.size < 0.95 * layout.body.size
        across = layout.two_columns and spot.column.width > 1.6 * narrow
        foreign = line.style.font not in common and line.maths < 0.3
        if small or foreign or across or is_numbers(line.text):
            indexes.add(i)
    return indexes


def _text_fonts(layout: PageLayout) -> set[str]:
    """The fonts in which long lines are set."""
    letters: Counter[str] = Counter()
    for spot in layout.spots:
        if spot.line.width > 0.7 * spot.column.width:
            letters[spot.line.style.font] += len(spot.line.text)
    total = sum(letters.values())
    return {font for font, count in letters.items() if count >= 0.03 * total}


def _ends_sentence(spot: PlacedLine) -> bool:
    """The short last line of a paragraph, at the column's edge."""
    return spot.indent < 3 and spot.line.text[-1:] in ".?!" and len(spot.line.text) > 3


def _run(layout: PageLayout, item: Float, step: int, odd: set[int], claimed: Collection[int]) -> list[int]:
    """The scraps next to a caption in one direction of reading, on its side of the page and in its columns.

    A few short lines between scraps go with them.
    """
    spots = layout.spots
    column = spots[item.first].column
    top, bottom = spots[item.first].line.y0, spots[item.last].line.y1
    run: list[int] = []
    waiting: list[int] = []
    i = item.first - 1 if step < 0 else item.last + 1
    while 0 <= i < len(spots) and i not in claimed and len(waiting) <= 3:
        line = spots[i].line
        beyond = line.y0 > bottom if step < 0 else line.y1 < top
        if line.page != item.page or beyond:
            run += waiting  # nothing but the page's edge is behind them
            break
        if line.x0 < column.left - 15 or line.x1 > column.right + 15:
            break
        if i in odd:
            run += [*waiting, i]
            waiting = []
        elif line.width < 0.6 * spots[i].column.width and not _ends_sentence(spots[i]):
            waiting.append(i)
        else:
            break
        i += step
    return run
