"""Zotero's API in memory, strict about what it is sent: https://www.zotero.org/support/dev/web_api/v3/write_requests"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx

KEY = "made-up-key"
LIBRARY = "users/12345"
# The fields of a preprint, from the API's own template (/items/new?itemType=preprint), and what every item has.
FIELDS = {
    *("title", "abstractNote", "genre", "repository", "archiveID", "place", "date", "series", "seriesNumber", "DOI"),
    *("citationKey", "url", "accessDate", "archive", "archiveLocation", "shortTitle", "language", "libraryCatalog"),
    *("callNumber", "rights", "extra", "key", "version", "itemType", "creators", "tags", "collections", "relations"),
}


@dataclass
class FakeZotero:
    """`transport` is what a client is given. `answers` are answers to give first, in order, in place of its own."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[httpx.Response] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)  # of its own answers
    lose_answers: int = 0  # so many requests are carried out, and their answers lost

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.answers:
            return self.answers.pop(0)
        if request.headers.get("Zotero-API-Version") != "3" or request.method != "POST":
            return httpx.Response(400, text="Not as the API wants it")
        if request.headers.get("Zotero-API-Key") != KEY:
            return httpx.Response(403, text="Invalid key")
        if request.url.path != f"/{LIBRARY}/items":
            return httpx.Response(404, text="Not found")
        items = json.loads(request.content)
        if len(items) > 50:
            return httpx.Response(413, text="Cannot add more than 50 items at a time")
        answer: dict[str, Any] = {"successful": {}, "success": {}, "unchanged": {}, "failed": {}}
        for place, item in enumerate(items):
            self._store(str(place), item, answer)
        if self.lose_answers:
            self.lose_answers -= 1
            raise httpx.ReadError("the connection ended", request=request)
        return httpx.Response(200, json=answer, headers=self.headers)

    def _store(self, place: str, item: dict[str, Any], answer: dict[str, Any]) -> None:
        problem = _problem(item)
        key = str(item.get("key"))
        if problem:
            answer["failed"][place] = {"key": key, "code": 400, "message": problem}
        elif key in self.items:
            message = f"Item {key} has been modified since specified version"
            answer["failed"][place] = {"key": key, "code": 412, "message": message}
        else:
            self.items[key] = item
            answer["success"][place] = key
            answer["successful"][place] = {"key": key, "version": 1, "data": item}


def _problem(item: dict[str, Any]) -> str:
    if strange := set(item) - FIELDS:
        return f"Invalid property {min(strange)!r}"
    if item.get("itemType") != "preprint" or not item.get("title"):
        return "itemType and title are needed"
    if not re.fullmatch(r"[23456789ABCDEFGHIJKLMNPQRSTUVWXYZ]{8}", str(item.get("key"))) or item.get("version") != 0:
        return "a new item has a key of eight signs and version 0"
    for creator in item["creators"]:
        if set(creator) not in ({"creatorType", "name"}, {"creatorType", "firstName", "lastName"}):
            return "a creator has either a name or firstName and lastName"
    return ""
