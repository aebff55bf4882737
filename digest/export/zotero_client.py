"""Sends papers to a Zotero library: fifty at a time, none twice, and as slowly as Zotero asks.

Limits and answers: https://www.zotero.org/support/dev/web_api/v3/basics and .../write_requests
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from digest.arxiv.retry import back_off, retry_after, retry_after_of
from digest.errors import PublishError
from digest.export.zotero_items import item
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.ports import Clock
from digest.settings import ZoteroSettings

AT_ONCE = 50  # items that one request may hold
ATTEMPTS = 4
LONGEST_WAIT = 60.0  # seconds; who asks for more is asked again by a person
_THERE_ALREADY = 412  # an item of that key exists


class ZoteroError(PublishError):
    """Zotero took nothing of a request. `notice` says why."""

    def __init__(self, notice: Notice, message: str) -> None:
        self.notice = notice
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class ZoteroResult:
    """What became of papers: new in the library, there before, and refused with Zotero's reasons."""

    new: int = 0
    known: int = 0
    refused: tuple[str, ...] = ()


class ZoteroClient:
    """One library. Nothing connects before it is used. `transport` is for tests."""

    def __init__(
        self,
        settings: ZoteroSettings,
        key: str,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings, self._clock = settings, clock
        headers = {"Zotero-API-Key": key, "Zotero-API-Version": "3"}
        self._client = httpx.AsyncClient(headers=headers, timeout=30.0, transport=transport, trust_env=False)

    async def add(self, papers: Sequence[Paper]) -> ZoteroResult:
        """Put papers into the library. Raises `ZoteroError`; what was sent before is there, and known next time."""
        total = ZoteroResult()
        for start in range(0, len(papers), AT_ONCE):
            some = await self._send(papers[start : start + AT_ONCE])
            total = ZoteroResult(total.new + some.new, total.known + some.known, (*total.refused, *some.refused))
        return total

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _send(self, papers: Sequence[Paper]) -> ZoteroResult:
        items = [item(paper, self._settings.collection) for paper in papers]
        url = f"{self._settings.base_url.rstrip('/')}/{self._settings.library}/items"
        for attempt in range(ATTEMPTS):
            try:
                response = await self._client.post(url, json=items)
            except httpx.HTTPError as error:
                wait, why = back_off(attempt + 1, 1.0, LONGEST_WAIT), self._unreachable(type(error).__name__)
            else:
                if response.status_code == 200:
                    await self._pause(response)
                    return _read(response, papers)
                wait, why = self._refusal(response, back_off(attempt + 1, 1.0, LONGEST_WAIT))
            if attempt + 1 == ATTEMPTS or wait > LONGEST_WAIT:
                raise why
            await self._clock.sleep(wait)
        raise AssertionError("unreachable")

    async def _pause(self, response: httpx.Response) -> None:
        """Zotero may ask for a pause after an answer that was fine."""
        wait = retry_after(response.headers.get("Backoff"), self._clock.now())
        if wait:
            await self._clock.sleep(min(wait, LONGEST_WAIT))

    def _refusal(self, response: httpx.Response, wait: float) -> tuple[float, ZoteroError]:
        """How long to wait before the next try, and what to say if there is none."""
        status = response.status_code
        if status in (429, 503) or status >= 500:
            asked_for = retry_after_of(response.headers, self._clock.now())
            return wait if asked_for is None else asked_for, self._unreachable(f"HTTP {status}")
        if status in (401, 403):
            message = f"Zotero refuses the key of {self._settings.key_env} for {self._settings.library}"
            raise ZoteroError(Notice.of("zotero.key"), message)
        if status == 404:
            raise ZoteroError(Notice.of("zotero.library"), f"Zotero has no library {self._settings.library}")
        raise self._unreachable(f"HTTP {status}")

    def _unreachable(self, why: str) -> ZoteroError:
        return ZoteroError(Notice.of("zotero.failed", why=why), f"Zotero could not be asked: {why}")


def _read(response: httpx.Response, papers: Sequence[Paper]) -> ZoteroResult:
    """What the answer says of each item, by its place in the request. Raises `ZoteroError` for one of another shape."""
    try:
        answer: Any = response.json()
        failed = {int(index): failure for index, failure in answer["failed"].items()}
        done = {int(index) for kind in ("success", "unchanged") for index in answer[kind]}
        already_there = [index for index, failure in failed.items() if failure["code"] == _THERE_ALREADY]
        refused = tuple(
            f"{papers[index].id}: {failure['message']}"
            for index, failure in failed.items()
            if index not in already_there
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise ZoteroError(Notice.of("zotero.failed", why="no JSON"), "Zotero's answer could not be read") from None
    return ZoteroResult(len(done), len(already_there), refused)
