"""What a child process is asked to do, and the frames in which it answers.

A frame is a tag of one byte, the payload's length in 8 bytes (big-endian), and the payload:

    N  how many pages the PDF has
    P  a page's lines: opaque to the parent, only ever given to another child
    R  a PaperText as JSON
    G  a picture: its description as a line of JSON, then the PNG
    E  a Notice as JSON: why there is nothing more

A frame cut off by the child's death is ignored. The child's standard input is the job as a line of JSON, then the PDF
(or page frames).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import NamedTuple

_HEAD = struct.Struct(">cQ")
ENDED = struct.Struct(">iQ")  # an `WorkerExit`, as the fork server tells it
COUNT, PAGE, RESULT, PICTURE, PROBLEM = b"N", b"P", b"R", b"G", b"E"


@dataclass(frozen=True, slots=True)
class WorkerJob:
    """One child's work. `task`: "read" a PDF, "assemble" the page frames of a child that died, "draw" its
    figure, read an "html" page."""

    task: str
    memory_mb: int
    cpu_seconds: int
    wall_seconds: int
    max_pages: int
    hidden_text: bool = True
    why: str = ""  # assemble: the Notice that says why not all pages were read, as JSON
    pages: int = 0  # assemble: how many pages the PDF says it has

    def as_line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> WorkerJob:
        return cls(**json.loads(line))


class WorkerExit(NamedTuple):
    """How a child ended: its exit code (negative: the signal), and its most resident memory in bytes."""

    code: int
    peak: int


def frame(tag: bytes, payload: bytes) -> bytes:
    return _HEAD.pack(tag, len(payload)) + payload


def frames(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The whole frames in `data`, in order."""
    at = 0
    while at + _HEAD.size <= len(data):
        tag, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if at + length > len(data):
            return
        yield tag, data[at : at + length]
        at += length
