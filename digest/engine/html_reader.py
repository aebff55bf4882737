"""The parent's side: have a guarded child read one HTML page, and take back its text and facts."""

from __future__ import annotations

import asyncio
import json
import re
from concurrent.futures import Executor
from typing import Any

from digest.codec import DecodeError, decode
from digest.html.html_paper import HtmlPage
from digest.models.notice import Notice
from digest.pdf.sandbox import supervisor
from digest.pdf.sandbox.protocol import PROBLEM, RESULT
from digest.pdf.sandbox.serialisation import notice_from
from digest.settings import ReadingLimits

_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|article|meta|title|!--)", re.IGNORECASE)


async def read_html(data: bytes, limits: ReadingLimits, *, executor: Executor | None = None) -> HtmlPage | Notice:
    """Read a page without blocking the event loop, in a thread or wherever `executor` runs. Never raises for a bad
    page: the notice says why there is no text."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, read_html_bytes, data, limits)


def read_html_bytes(data: bytes, limits: ReadingLimits) -> HtmlPage | Notice:
    """Read a page; blocks until its child process has ended."""
    refusal = refused(data, limits.max_html_bytes)
    if refusal is not None:
        return refusal
    output = supervisor.run(supervisor.job_of("html", limits), data)
    for payload in output.of(RESULT):
        return _page(payload)
    for payload in output.of(PROBLEM):
        notice = notice_from(payload)
        return notice if notice.code.startswith("html.") else Notice.of("html.unreadable")
    return Notice.of("html.limits", seconds=limits.cpu_seconds, megabytes=limits.memory_mb)


def refused(data: bytes, max_bytes: int) -> Notice | None:
    """Why a page is not worth parsing, by its size and its first bytes; None if it is."""
    if len(data) > max_bytes:
        return Notice.of("html.too_large", megabytes=max(1, max_bytes // 1_000_000))
    if data[:5] == b"%PDF-" or not _MARKUP.search(data[:4096]):
        return Notice.of("html.not_html")
    return None


def _page(payload: bytes) -> HtmlPage | Notice:
    """What the child left: data from a process that read a hostile page, so every field is checked."""
    try:
        fields: Any = json.loads(payload)
        return decode(HtmlPage, fields)
    except (DecodeError, ValueError):
        return Notice.of("html.unreadable")
