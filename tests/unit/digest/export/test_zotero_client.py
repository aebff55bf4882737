"""Papers to Zotero: whole, once, and patiently."""

from dataclasses import replace

import httpx
import pytest

from digest.export.zotero_client import ZoteroClient, ZoteroError, ZoteroResult
from digest.models.paper import Paper
from digest.settings import ZoteroSettings
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.zotero import KEY, LIBRARY, FakeZotero

SETTINGS = ZoteroSettings(library=LIBRARY, collection="ABCD2345")


def paper(number: int) -> Paper:
    return Paper(
        f"2601.{number:05}", 1, f"Paper $\\alpha${number}", ("Ada Lovelace", "The Team"), "We do it.", ("cs.RO",)
    )


async def add(fake: FakeZotero, *papers: Paper, settings: ZoteroSettings = SETTINGS, key: str = KEY) -> ZoteroResult:
    zotero = ZoteroClient(settings, key, FakeClock(), fake.transport)
    try:
        return await zotero.add(papers)
    finally:
        await zotero.aclose()


async def test_papers_arrive_whole() -> None:
    """A preprint with its creators, DOI and collection."""
    fake = FakeZotero()

    assert await add(fake, paper(1)) == ZoteroResult(new=1)
    (item,) = fake.items.values()
    assert item["title"] == "Paper α1"
    assert item["archiveID"] == "arXiv:2601.00001"
    assert item["DOI"] == "10.48550/arXiv.2601.00001"
    assert item["collections"] == ["ABCD2345"]
    assert item["creators"] == [
        {"creatorType": "author", "firstName": "Ada", "lastName": "Lovelace"},
        {"creatorType": "author", "name": "The Team"},
    ]


async def test_a_paper_is_never_added_twice() -> None:
    """Sent again, or after an answer that was lost on its way, it is known."""
    fake = FakeZotero(lose_answers=1)

    assert await add(fake, paper(1), paper(2)) == ZoteroResult(known=2)
    assert await add(fake, paper(2), paper(3)) == ZoteroResult(new=1, known=1)
    assert len(fake.items) == 3


async def test_fifty_go_at_once() -> None:
    """More are parted."""
    fake = FakeZotero()

    assert await add(fake, *map(paper, range(1, 121))) == ZoteroResult(new=120)
    assert len(fake.requests) == 3


async def test_what_zotero_refuses_is_told() -> None:
    """With the paper and Zotero's reason; the others are there."""
    fake = FakeZotero()
    sent = await add(fake, paper(1), replace(paper(2), title=""))

    assert sent == ZoteroResult(1, 0, ("2601.00002: itemType and title are needed",))


async def test_a_pause_that_zotero_asks_for_is_kept() -> None:
    """Retry-After of a refusal, Backoff of an answer."""
    fake = FakeZotero(answers=[httpx.Response(429, headers={"Retry-After": "7"})], headers={"Backoff": "11"})
    clock = FakeClock()
    zotero = ZoteroClient(SETTINGS, KEY, clock, fake.transport)
    began = clock.monotonic()

    assert await zotero.add([paper(1)]) == ZoteroResult(new=1)
    assert clock.monotonic() - began >= 18
    await zotero.aclose()


@pytest.mark.parametrize(
    ("answers", "settings", "key", "code"),
    [
        ([], SETTINGS, "wrong", "zotero.key"),
        ([], replace(SETTINGS, library="groups/1"), KEY, "zotero.library"),
        ([httpx.Response(503, headers={"Retry-After": "900"})], SETTINGS, KEY, "zotero.failed"),
        ([httpx.Response(500)] * 4, SETTINGS, KEY, "zotero.failed"),
        ([httpx.Response(200, text="<html>")], SETTINGS, KEY, "zotero.failed"),
        ([httpx.Response(200, json={"failed": []})], SETTINGS, KEY, "zotero.failed"),
        ([httpx.Response(413, text="too large")], SETTINGS, KEY, "zotero.failed"),
    ],
)
async def test_what_goes_wrong_is_said_without_the_key(
    answers: list[httpx.Response], settings: ZoteroSettings, key: str, code: str
) -> None:
    with pytest.raises(ZoteroError) as raised:
        await add(FakeZotero(answers=list(answers)), paper(1), settings=settings, key=key)

    assert raised.value.notice.code == code
    assert key not in str(raised.value)
