"""Text with formatting as Telegram takes it: plain text and entities, never markup that could fail to parse.

Places are counted in code points here, and in UTF-16 code units in what is sent
(https://core.telegram.org/bots/api#messageentity).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

from bot.chat.text_breaks import WORD_JOINER

MAX_UNITS = 4096  # of a message's text. Telegram counts code points here; UTF-16 units are the stricter bound
MAX_ENTITIES = 100  # further ones are silently ignored
MAX_ENTITY_BYTES = 9_500  # 10,000 are said to be the server's limit

# What begins an address, a name or a command: a word joiner (no width) after it, and none is found.
_DETECTED = re.compile(r"(?<!\w)(?:[@#/](?=\w)|\$(?=[^\W\d]))|(?<=[\w-])\.(?=[^\W\d_]{2})|:(?=//)")


def suppress_autolinks(texts: Sequence[str]) -> list[str]:
    """Texts that stand in a row, so that Telegram finds no link, mention, hashtag or command of its own in them: it
    takes `cs.AI` for a site, and a title's `@name` for a person."""
    positions = {match.end() for match in _DETECTED.finditer("".join(texts))}
    pieces, start = [], 0
    for text in texts:
        inside = sorted(p - start for p in positions if start < p <= start + len(text))
        cuts = [0, *inside, len(text)]
        pieces.append(WORD_JOINER.join(text[a:b] for a, b in pairwise(cuts)))
        start += len(text)
    return pieces


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True)
class EntitySpan:
    """A stretch of text, from `start` up to `end` in code points, in one of Telegram's entity types."""

    start: int
    end: int
    kind: str
    url: str | None = None
    language: str | None = None

    def entity(self, offset: int, length: int) -> dict[str, Any]:
        """The entity to be sent, placed in UTF-16 code units."""
        fields: dict[str, Any] = {"type": self.kind, "offset": offset, "length": length}
        if self.url is not None:
            fields["url"] = self.url
        if self.language:
            fields["language"] = self.language
        return fields


@dataclass(frozen=True, slots=True)
class FormattedText:
    """Text with spans, immutable. Spans stand in order of their start, the wider first."""

    text: str = ""
    spans: tuple[EntitySpan, ...] = ()

    @classmethod
    def of(
        cls, text: str, kind: str | None = None, url: str | None = None, language: str | None = None
    ) -> FormattedText:
        """A text that is all of one kind."""
        return cls(text, (EntitySpan(0, len(text), kind, url, language),) if kind and text else ())

    def __add__(self, appended: FormattedText) -> FormattedText:
        return join_formatted((self, appended))

    def within(self, kind: str) -> FormattedText:
        """The same, all of it inside a span of that kind."""
        return FormattedText(self.text, (EntitySpan(0, len(self.text), kind), *self.spans)) if self.text else self

    def __getitem__(self, part: slice) -> FormattedText:
        start, end, _ = part.indices(len(self.text))
        spans = tuple(
            replace(s, start=max(s.start, start) - start, end=min(s.end, end) - start)
            for s in self.spans
            if s.start < end and s.end > start
        )
        return FormattedText(self.text[start:end], spans)

    def stripped(self) -> FormattedText:
        """Without white space at its ends, which the server would take away and the spans would be wrong."""
        start = len(self.text) - len(self.text.lstrip())
        return self[start : max(start, len(self.text.rstrip()))]

    def entities(self) -> list[dict[str, Any]]:
        """The entities to be sent, none beginning or ending in white space, none empty."""
        units = list(accumulate((2 if ord(c) > 0xFFFF else 1 for c in self.text), initial=0))
        entities = []
        for span in self.spans:
            covered = self.text[span.start : span.end]
            start = span.start + len(covered) - len(covered.lstrip())
            end = span.end - len(covered) + len(covered.rstrip())
            if start < end:
                entities.append(span.entity(units[start], units[end] - units[start]))
        return entities

    def fits(self, units: int = MAX_UNITS, entities: int = MAX_ENTITIES, size: int = MAX_ENTITY_BYTES) -> bool:
        """Whether one message can carry it."""
        if utf16_length(self.text) > units or len(self.spans) > entities:
            return False
        return len(json.dumps(self.entities(), ensure_ascii=False).encode()) <= size


def join_formatted(parts: Iterable[FormattedText]) -> FormattedText:
    """All parts in a row. Spans are not merged: two that only touch could then overlap a third without nesting."""
    texts: list[str] = []
    spans: list[EntitySpan] = []
    length = 0
    for part in parts:
        spans += [replace(s, start=s.start + length, end=s.end + length) for s in part.spans]
        texts.append(part.text)
        length += len(part.text)
    return FormattedText("".join(texts), tuple(spans))
