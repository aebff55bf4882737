"""Text that is in the PDF and that no reader sees: white, tiny, invisible, transparent, covered, without contrast.

Such text may be meant for language models, so it is gone before anything else looks at the page. What a span says of
itself (transparency, size) settles most; for the rest a line is suspected by its colour and by what is painted before
and after it, and a rendering of the page decides. Legible light text on a dark ground stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from digest.pdf.extract.page_elements import DroppedText

_TRANSPARENT = 13  # of 255: less can't be seen
_TINY = 2.5  # points
_PALE = 0.62  # luminance up to which letters stand out from white paper
_DARK = 0.4  # luminance up to which they may stand out from what is painted under them
_CONTRAST = 24  # of 255: a smaller difference between letters and ground can't be read
_MAX_FILLS = 400  # painted areas of a page that are looked at one by one
_LOOK = itemgetter("color", "alpha", "size")
_SENTENCE = re.compile(r"(?:(?:[^\W\d_]{2,}(?:['’][^\W\d_]+)?|[aAI])[,;:]?\s+){5,}[^\W\d_]{2,}")
_HAN_SENTENCE = re.compile(r"[\u4e00-\u9fff，、。：；]{12,}")
_SMALL_WORDS = frozenset(
    " ".join(
        (
            "the a an and or of to in on is are be was this that these it its for with as by not do you your all any at i",  # noqa: E501
            "we must should please if le la les et de que der die das und ist nicht el los y en и в не на",
        )
    ).split()
)
_SCAN = 0.6  # of the page that a picture covers whose text an invisible layer repeats


Box = Sequence[float]
"""x0, y0, x1, y1."""


class FilledArea(NamedTuple):
    """An area painted over the page. `order` is its place among the page's blocks of text."""

    order: int
    box: Box
    luminance: float
    is_rectangle: bool


def share(cover: Box, box: Box) -> float:
    """How much of a box another one covers, 0 to 1."""
    x0, y0, x1, y1 = box
    width, height = min(cover[2], x1) - max(cover[0], x0), min(cover[3], y1) - max(cover[1], y0)
    area = (x1 - x0) * (y1 - y0)
    return width * height / area if width > 0 and height > 0 and area > 0 else 0.0


class GreyImage(NamedTuple):
    """A part of a page drawn in shades of grey, a pixel a point. `left` and `top` are where it is on the page."""

    left: int
    top: int
    width: int
    height: int
    stride: int
    samples: bytes


class Hidden(NamedTuple):
    """What was taken out of a page, and how many spans of an invisible layer of text (OCR) are read."""

    dropped: list[DroppedText]
    recognised: int


def without_hidden(
    content: Mapping[str, Any], page: int, pictures: Sequence[Box], draw: Callable[[Box], GreyImage]
) -> Hidden:
    """Empty every hidden span of a page's content in place, and say what was in it. `draw` is called
    at most twice, for the part of the page that it is given.

    Invisible text that lies on the ink of a picture of the whole page is the page's own, as OCR leaves it.
    """
    dropped: list[DroppedText] = []
    layer = _ocr_layer(content, pictures)
    if layer:
        grey = draw(_around(layer))
        inked = {id(span) for span in layer if _has_ink(span, grey)}
        layer = layer if len(inked) > 0.6 * len(layer) else []
    read = {id(span) for span in layer if id(span) in inked}
    suspects: list[Any] = []
    fills = list(_fills(content["blocks"]))
    large_pictures = [picture for picture in pictures if _is_large(picture)]
    for order, block in enumerate(content["blocks"]):
        for line in block.get("lines", ()):
            near = [fill for fill in fills if _meet(fill.box, line["bbox"])]
            on = [picture for picture in large_pictures if _meet(picture, line["bbox"])]
            if not near and not on and all(map(_is_plain, set(map(_LOOK, line["spans"])))):
                continue
            for span in line["spans"]:
                if not span["text"].strip() or id(span) in read:
                    continue
                reason = _surely_hidden(span, order, near)
                if reason:
                    dropped.append(_emptied(span, page, reason))
                elif _is_suspect(span, order, near, on):
                    suspects.append(span)
    if suspects:
        grey = draw(_around(suspects))
        dropped += [_emptied(span, page, "no contrast") for span in suspects if _is_faint(span, grey)]
    return Hidden(dropped, len(read))


def _ocr_layer(content: Mapping[str, Any], pictures: Sequence[Box]) -> list[Any]:
    """The invisible spans of a page that is one picture, where most of its text is invisible."""
    whole = (0.0, 0.0, float(content["width"]), float(content["height"]))
    if not any(share(picture, whole) > _SCAN for picture in pictures):
        return []
    spans = [
        span for block in content["blocks"] for line in block.get("lines", ()) for span in line["spans"]
        if span["text"].strip()
    ]  # fmt: skip
    invisible = [span for span in spans if span["alpha"] < _TRANSPARENT]
    most = 2 * sum(len(span["text"]) for span in invisible) > sum(len(span["text"]) for span in spans)
    return invisible if most else []


def _has_ink(span: Mapping[str, Any], grey: GreyImage) -> bool:
    """Whether the page, as drawn, shows letters where a span of the layer is."""
    rows = _pixels(span["bbox"], grey)
    return bool(rows) and max(map(max, rows)) - min(map(min, rows)) > _CONTRAST


def _is_plain(look: tuple[int, int, float]) -> bool:
    """Whether nothing that a span says of itself could hide it on white paper."""
    colour, alpha, size = look
    return alpha >= _TRANSPARENT and size >= _TINY and (colour == 0 or luminance(colour) <= _PALE)


def _meet(first: Box, second: Box) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def _is_large(box: Box) -> bool:
    """Whether an area can hide a line, or stand behind one; rules can't."""
    return box[2] - box[0] > 12 and box[3] - box[1] > 3


def _surely_hidden(span: Mapping[str, Any], order: int, fills: Sequence[FilledArea]) -> str:
    """Why a span can't be seen, by what is known without drawing the page; empty if it may be seen."""
    if span["alpha"] < _TRANSPARENT:
        return "invisible"
    if span["size"] < _TINY:
        return "tiny"
    box = _core(span)
    if any(f.order > order and f.is_rectangle and share(f.box, box) > 0.97 for f in fills[:_MAX_FILLS]):
        return "covered"
    return ""


def _emptied(span: Any, page: int, reason: str) -> DroppedText:
    text, span["text"] = span["text"], ""
    return DroppedText("hidden text", reason, text.strip(), page)


def reads_like_a_sentence(text: str) -> bool:
    """Whether hidden text has a sentence's run of words, small ones among them: no labels of a figure have."""
    if _HAN_SENTENCE.search(text):
        return True
    for match in _SENTENCE.finditer(text):
        words = match[0].split()
        small = sum(word.casefold().strip(",;:") in _SMALL_WORDS for word in words)
        lower = sum(word[0].islower() for word in words)
        if 2 * lower >= len(words) and small >= max(2, 0.12 * len(words)):
            return True
    return False


def luminance(colour: int) -> float:
    """How bright an sRGB colour looks, 0 to 1."""
    red, green, blue = colour >> 16 & 255, colour >> 8 & 255, colour & 255
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def _core(span: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """Where a span's small letters are: its box without the room that fonts leave above and below."""
    x0, y0, x1, y1 = span["bbox"]
    height = y1 - y0
    return x0 + 0.5, y0 + 0.3 * height, x1 - 0.5, y1 - 0.22 * height


def _fills(blocks: Sequence[Mapping[str, Any]]) -> Iterator[FilledArea]:
    """The opaque areas large enough to hide a line, or to stand behind one."""
    for order, block in enumerate(blocks):
        if block["type"] != 3 or block["stroked"] or block["alpha"] < 200:
            continue
        if _is_large(block["bbox"]):
            yield FilledArea(order, block["bbox"], luminance(block["color"]), bool(block["isrect"]))


def _is_suspect(span: Mapping[str, Any], order: int, fills: Sequence[FilledArea], pictures: Sequence[Box]) -> bool:
    """Whether a span may not be seen: light letters, something painted over it, or a ground of its own brightness.
    `fills` and `pictures` are those that meet its line."""
    text_luminance = luminance(span["color"])
    if text_luminance > (_DARK if fills or pictures else _PALE):
        return True
    if len(fills) > _MAX_FILLS:
        return True
    box = _core(span)
    for fill in fills:
        if (fill.order > order or fill.luminance < text_luminance + 0.35) and share(fill.box, box) > 0.4:
            return True
    return any(share(picture, box) > 0.4 for picture in pictures)


def _around(spans: Sequence[Mapping[str, Any]]) -> Box:
    """The box in which all spans are, with a little room."""
    left, top, right, bottom = zip(*(span["bbox"] for span in spans), strict=True)
    return min(left) - 2, min(top) - 2, max(right) + 2, max(bottom) + 2


def _pixels(box: Box, grey: GreyImage) -> list[bytes]:
    """The rows of pixels of a box of the page; none where it is outside of what was drawn."""
    x0, y0, x1, y1 = box
    left, right = max(0, int(x0) - grey.left), min(grey.width, int(x1) + 1 - grey.left)
    top, bottom = max(0, int(y0) - grey.top), min(grey.height, int(y1) + 1 - grey.top)
    if right <= left or bottom <= top:
        return []
    return [grey.samples[y * grey.stride + left : y * grey.stride + right] for y in range(top, bottom)]


def _is_faint(span: Mapping[str, Any], grey: GreyImage) -> bool:
    """Whether the page, as drawn, shows nothing where a span should be, or letters of the ground's own colour."""
    rows = _pixels(_core(span), grey)
    if not rows:
        return True
    if max(map(max, rows)) - min(map(min, rows)) <= _CONTRAST:
        return True
    ground = Counter[int]()
    for row in rows:
        ground.update(row)
    usual = ground.most_common(1)[0][0]
    return abs(255 * luminance(span["color"]) - usual) <= _CONTRAST and usual > 230
