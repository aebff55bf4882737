"""Server-sent events, as model servers stream answers in them. Pure: bytes -> the data of events.

By the HTML standard's "Server-sent events", section 9.2.6, apart from ids and reconnection, which answers do not have.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

DONE = "[DONE]"  # the data with which OpenAI-like servers end a stream
LONGEST_EVENT = 4 * 2**20  # characters


class EventTooLongError(ValueError):
    """An event that does not end."""


class EventDecoder:
    """Takes a stream in pieces of any size; gives the data of each event that is complete, comments left out."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._line: list[str] = []
        self._pending = 0  # characters of the event that is not complete
        self._data: list[str] = []
        self._after_return = False

    def feed(self, piece: bytes) -> Iterator[str]:
        """The events that this piece completes. Raises `EventTooLongError`."""
        text = self._decoder.decode(piece)
        if self._after_return and text.startswith("\n"):  # a line break that was cut in two
            text = text[1:]
        if text:
            self._after_return = text.endswith("\r")
        self._pending += len(text)
        *lines, unfinished = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in lines:
            self._line.append(line)
            yield from self._take("".join(self._line))
            self._line = []
        self._line.append(unfinished)
        if self._pending > LONGEST_EVENT:
            raise EventTooLongError(f"an event did not end within {LONGEST_EVENT:,} characters")

    def end(self) -> Iterator[str]:
        """The event that the end of the stream completes: some servers leave out the last blank line."""
        yield from self._take("".join(self._line))
        yield from self._take("")
        self._line = []

    def _take(self, line: str) -> Iterator[str]:
        if not line:
            self._pending = 0
            if self._data:
                yield "\n".join(self._data)
            self._data = []
            return
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
