"""How moments and trees stand in columns."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

from digest.models.edition import Platform, Target


def encode_moment(moment: datetime) -> str:
    """A moment as text: ISO 8601 in UTC, always of the same length, so that texts compare as times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def decode_moment(text: str) -> datetime:
    """What `stamp` gave."""
    return datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def compress_text(text: str) -> bytes:
    """A long text as it is stored, about a quarter of its size."""
    return zlib.compress(text.encode())


def decompress_text(data: bytes) -> str:
    """What `packed` gave. Raises `ValueError` where the bytes are damaged."""
    try:
        return zlib.decompress(data).decode()
    except zlib.error as error:
        raise ValueError(str(error)) from error


def placeholders(values: Sequence[object]) -> str:
    """Question marks for the values of an SQL list."""
    return ", ".join("?" * len(values))


def target_of(platform: str, address: str) -> Target:
    return Target(Platform(platform), address)
