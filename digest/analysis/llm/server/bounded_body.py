"""A limit on the size of whatever a model server sends, errors included: as decoded, whatever it says of its length."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import cast

import httpx2

LARGEST_BODY = 4 * 2**20  # bytes of an answer that comes whole: 200 times the longest that is asked for
LARGEST_STREAM = 64 * 2**20  # bytes of an event stream, which says much around each token

_AT_ONCE = 64 * 2**10  # bytes that are unpacked in one step


class UnreadableBodyError(Exception):
    """A server sent more than it may. The message is for the log."""


async def bound_body(response: httpx2.Response) -> None:
    """A response hook of `httpx2`: lets the body be read up to its limit, then raises `UnreadableBodyError`.

    We ask for bodies as they are; a server that packs them all the same is unpacked here, piece by piece, since a few
    bytes of gzip may hold gigabytes. Raises `UnreadableBodyError` at once for other encodings.
    """
    encoding = response.headers.pop("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise UnreadableBodyError(f"the answer is packed as {encoding[:20]!r}, which was not asked for")
    is_stream = response.headers.get("content-type", "").lower().startswith("text/event-stream")
    source = cast(httpx2.AsyncByteStream, response.stream)
    packed = encoding not in ("identity", "")
    response.stream = BoundedBody(source, LARGEST_STREAM if is_stream else LARGEST_BODY, packed=packed)


class BoundedBody(httpx2.AsyncByteStream):
    """A body of at most `limit` bytes, unpacked where it is `packed` by gzip or deflate."""

    def __init__(self, source: httpx2.AsyncByteStream, limit: int, *, packed: bool) -> None:
        self._source, self._left, self._limit, self._packed = source, limit, limit, packed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip and zlib alike
        async for chunk in self._source:
            if not self._packed:
                self._take(len(chunk))
                yield chunk
                continue
            while chunk and not unpack.eof:
                try:
                    piece = unpack.decompress(chunk, _AT_ONCE)
                except zlib.error:
                    raise UnreadableBodyError("the answer is packed, and can't be unpacked") from None
                chunk = unpack.unconsumed_tail
                self._take(len(piece))
                yield piece

    async def aclose(self) -> None:
        await self._source.aclose()

    def _take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise UnreadableBodyError(f"the answer did not end within {self._limit // 2**20} MB")
