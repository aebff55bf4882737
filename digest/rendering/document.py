"""The small tree in which every message is written. Each platform has a renderer for it; none sees Markdown.

Text in a tree is plain text: a renderer gives it to the platform as data, so that nothing in a title, a paper or a
model's answer can break markup or mention anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    BOLD = "bold"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class TextRun:
    """A stretch of text in one style, linked where `url` is given."""

    text: str
    styles: frozenset[Style] = frozenset()
    url: str | None = None


TextRuns = tuple[TextRun, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is the message's own title, 2 a section, 3 a part."""

    level: int
    runs: TextRuns


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`muted`: small print (who, where, how made), shown quieter where the platform can."""

    runs: TextRuns
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A list item; `ordinal` is its number in an ordered list, None in a bulleted one."""

    runs: TextRuns
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class ItemList:
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    language: str = ""


InnerBlock = Heading | Paragraph | ItemList | Code


@dataclass(frozen=True, slots=True)
class Quote:
    """Set off from the rest. `collapsed`: may be shown closed where the platform can; `title` then stays visible."""

    blocks: tuple[InnerBlock, ...]
    collapsed: bool = False
    title: TextRuns = ()


Block = InnerBlock | Quote


@dataclass(frozen=True, slots=True)
class Button:
    """Opens `url`, or sends `action` (at most 64 bytes) back to the bot. Exactly one of the two is set."""

    label: str
    url: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One message to be. `summary` is its plain one-line form (notifications, screen readers); `buttons` are rows.

    A platform may need several messages for it: each after the first then begins with the line `continued`.
    """

    blocks: tuple[Block, ...]
    summary: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    continued: str = ""


def text_run(text: str, *styles: Style, url: str | None = None) -> TextRun:
    """A run, shortly."""
    return TextRun(text, frozenset(styles), url)


def plain_text(runs: TextRuns) -> str:
    """The text of runs without their styles."""
    return "".join(r.text for r in runs)
