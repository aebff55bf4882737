"""The polite client over real sockets on loopback, on a clock that tests move."""

import asyncio
import gzip
import itertools
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.arxiv.errors import FetchError
from digest.arxiv.http_client import ArxivHttpClient, redirect_target, user_agent
from digest.arxiv.retry import LONGEST_WAIT, back_off, retry_after, retry_after_of, retry_pause
from digest.arxiv.throttle import MIN_INTERVAL
from digest.i18n.translator import Translator
from digest.settings import HttpSettings
from tests.fakes.arxiv import FakeArxiv, Fault
from tests.fakes.clocks.still_clock import FakeClock
from tests.waiting import PATIENCE

SETTINGS = HttpSettings(connect_timeout=PATIENCE, read_timeout=PATIENCE, total_timeout=PATIENCE, max_attempts=4)
Connect = Callable[..., ArxivHttpClient]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 1, 9, 6, tzinfo=UTC))


@pytest.fixture
async def arxiv(clock: FakeClock) -> AsyncIterator[FakeArxiv]:
    async with FakeArxiv(clock) as served:
        yield served


@pytest.fixture
async def connect(arxiv: FakeArxiv, clock: FakeClock) -> AsyncIterator[Connect]:
    """Makes fetchers that are closed after the test, before the server is."""
    made: list[ArxivHttpClient] = []

    def fetcher(settings: HttpSettings = SETTINGS, min_interval: float = 3.0, contact: str = "") -> ArxivHttpClient:
        made.append(ArxivHttpClient(settings, clock, contact=contact, min_interval=min_interval, chance=lambda: 0.5))
        return made[-1]

    yield fetcher
    for one in made:
        await one.aclose()


async def failure(fetcher: ArxivHttpClient, url: str, max_bytes: int = 10_000) -> str:
    """The code of the notice with which getting the URL fails; it must have its sentence in both languages."""
    with pytest.raises(FetchError) as raised:
        await fetcher.get(url, max_bytes=max_bytes)
    assert all(Translator(language).notice(raised.value.notice) for language in ("zh", "en"))
    return raised.value.notice.code


async def test_an_answer_is_plain_data(arxiv: FakeArxiv, connect: Connect) -> None:
    """Body, status, validators, type and address; and the caller says who asks."""
    arxiv.pdfs["2601.00001v1"] = b"%PDF-"
    got = await connect(contact="me@example.org").get(f"{arxiv.pdf_url}/2601.00001v1", max_bytes=100, accept="x/y")

    assert (got.status, got.body, got.content_type, got.complete) == (200, b"%PDF-", "application/pdf", True)
    assert got.url == f"{arxiv.pdf_url}/2601.00001v1"
    assert got.etag
    assert arxiv.log[0].headers["user-agent"] == user_agent("me@example.org")
    assert arxiv.log[0].headers["accept"] == "x/y"


@pytest.mark.parametrize("interval", [3.0, 7.5, 0.0])
async def test_requests_start_an_interval_apart(arxiv: FakeArxiv, connect: Connect, interval: float) -> None:
    """However many ask at once, the starts of requests are the interval apart, and one is open at a time."""
    fetcher = connect(min_interval=interval)
    await asyncio.gather(*(fetcher.get(f"{arxiv.rss_url}/cs.{n}", max_bytes=10_000) for n in range(6)))
    starts = [request.at for request in arxiv.log]

    assert len(starts) == 6
    assert all(later - earlier >= interval for earlier, later in itertools.pairwise(starts))


async def test_only_this_machine_may_be_asked_faster(
    clock: FakeClock, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shorter interval does not count for other hosts, here ones that can't be reached."""

    def unknown(*_: object, **__: object) -> None:  # a real resolver may take long to say so, or say something else
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    fetcher = connect(replace(SETTINGS, max_attempts=1), min_interval=0.0)
    for _ in range(3):
        assert await failure(fetcher, "http://arxiv.invalid/rss/cs.AI") == "fetch.unreachable"

    assert clock.slept == [MIN_INTERVAL, MIN_INTERVAL]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408])
async def test_what_may_pass_is_tried_again(arxiv: FakeArxiv, connect: Connect, status: int) -> None:
    """A server's own trouble costs time, not the answer."""
    arxiv.faults.append(Fault(status=status, times=3))
    got = await connect().get(f"{arxiv.rss_url}/cs.AI", max_bytes=10_000)

    assert (got.status, len(arxiv.log)) == (200, 4)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(status=503), "fetch.server"),
        (Fault(status=429), "fetch.rate_limited"),
        (Fault(drop=True), "fetch.cut_off"),
        (Fault(keep=20), "fetch.cut_off"),
    ],
)
async def test_trying_has_an_end(arxiv: FakeArxiv, connect: Connect, fault: Fault, code: str) -> None:
    """After `max_attempts` the failure is told, with growing pauses between the attempts."""
    arxiv.faults.append(replace(fault, times=99))
    assert await failure(connect(), f"{arxiv.rss_url}/cs.AI") == code
    starts = [request.at for request in arxiv.log]
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]

    assert len(starts) == SETTINGS.max_attempts
    assert gaps == sorted(gaps)
    assert gaps[-1] > gaps[0]


@pytest.mark.parametrize("status", [400, 404, 410])
async def test_final_answers_are_not_asked_for_again(arxiv: FakeArxiv, connect: Connect, status: int) -> None:
    """What says something about the thing asked for is an answer."""
    arxiv.faults.append(Fault(status=status, body=b"why"))
    got = await connect().get(f"{arxiv.rss_url}/cs.AI", max_bytes=10_000)

    assert (got.status, got.body, len(arxiv.log)) == (status, b"why", 1)


@pytest.mark.parametrize("form", ["40", "Fri, 09 Jan 2026 06:00:40 GMT"])
async def test_retry_after_is_obeyed_in_both_forms(
    arxiv: FakeArxiv, clock: FakeClock, connect: Connect, form: str
) -> None:
    """Seconds or a date: nobody asks before, whoever it was that got the answer."""
    fetcher = connect(min_interval=0.0)
    arxiv.faults.append(Fault("/rss/cs.AI", status=429, headers={"Retry-After": form}))
    await asyncio.gather(*(fetcher.get(f"{arxiv.rss_url}/{c}", max_bytes=10_000) for c in ("cs.AI", "cs.LG")))

    assert [request.at - arxiv.log[0].at >= 40 for request in arxiv.log] == [False, True, True]


async def test_a_bare_429_waits_a_minute_and_more(arxiv: FakeArxiv, connect: Connect) -> None:
    """arXiv gives no time with it; a minute, doubling, was measured to be needed."""
    arxiv.faults.append(Fault(status=429, body=b"Rate exceeded.", times=2))
    await connect().get(f"{arxiv.rss_url}/cs.AI", max_bytes=10_000)
    starts = [request.at for request in arxiv.log]

    assert [
        later - earlier >= wait for (earlier, later), wait in zip(itertools.pairwise(starts), (60, 120), strict=True)
    ]
    assert starts[-1] - starts[0] < 240


async def test_only_limits_count_for_how_long_a_429_waits(arxiv: FakeArxiv, connect: Connect) -> None:
    """A server that failed three times before has not been asked too often three times."""
    arxiv.faults += [Fault(status=503, times=3), Fault(status=429)]
    await connect(replace(SETTINGS, max_attempts=6)).get(f"{arxiv.rss_url}/cs.AI", max_bytes=10_000)
    *_, before, after = [request.at for request in arxiv.log]

    assert 60 <= after - before < 80


async def test_a_long_hold_is_told_at_once(arxiv: FakeArxiv, clock: FakeClock, connect: Connect) -> None:
    """Asked to stay away for an hour, nobody waits for it, and nobody asks: everyone is told, until it is over."""
    fetcher = connect()
    arxiv.faults.append(Fault(status=429, headers={"Retry-After": "3600"}))

    assert await failure(fetcher, f"{arxiv.rss_url}/cs.AI") == "fetch.rate_limited"
    assert await failure(fetcher, f"{arxiv.rss_url}/cs.LG") == "fetch.held"
    assert len(arxiv.log) == 1
    clock.advance(3600)
    assert (await fetcher.get(f"{arxiv.rss_url}/cs.LG", max_bytes=10_000)).status == 200


async def test_a_refusal_is_not_argued_with(arxiv: FakeArxiv, connect: Connect) -> None:
    """403 is not tried again; three in a row, and arXiv is left alone for an hour."""
    fetcher = connect()
    arxiv.faults.append(Fault(status=403, times=99))
    codes = [await failure(fetcher, f"{arxiv.pdf_url}/2601.0000{n}v1") for n in range(5)]

    assert codes == ["fetch.refused"] * 3 + ["fetch.held"] * 2
    assert len(arxiv.log) == 3


async def test_conditional_requests(arxiv: FakeArxiv, connect: Connect) -> None:
    """With a validator the answer may be "not modified"."""
    fetcher = connect()
    first = await fetcher.get(f"{arxiv.rss_url}/cs.AI", max_bytes=10_000)
    again = await fetcher.get(
        f"{arxiv.rss_url}/cs.AI", max_bytes=10_000, etag=first.etag, last_modified="Fri, 09 Jan 2026 05:00:00 GMT"
    )

    assert (first.not_modified, again.not_modified, again.body) == (False, True, b"")
    assert arxiv.log[1].headers["if-modified-since"] == "Fri, 09 Jan 2026 05:00:00 GMT"


@pytest.mark.parametrize("unsized", [False, True])
async def test_sizes_have_a_limit(arxiv: FakeArxiv, connect: Connect, unsized: bool) -> None:
    """Whether the server names the length or not, no more than the limit is taken."""
    arxiv.faults.append(Fault(body=b"x" * 5001, unsized=unsized, times=2))
    fetcher = connect()

    assert await failure(fetcher, f"{arxiv.rss_url}/cs.AI", max_bytes=5000) == "fetch.too_large"
    assert (await fetcher.get(f"{arxiv.rss_url}/cs.AI", max_bytes=5001)).body == b"x" * 5001


async def test_a_packed_answer_counts_as_unpacked(arxiv: FakeArxiv, connect: Connect) -> None:
    """A small answer that unpacks to a large one is too large."""
    packed = Fault(body=gzip.compress(b"x" * 200_000), headers={"Content-Encoding": "gzip"}, times=2)
    arxiv.faults.append(packed)
    fetcher = connect()

    assert await failure(fetcher, f"{arxiv.rss_url}/cs.AI", max_bytes=50_000) == "fetch.too_large"
    assert len((await fetcher.get(f"{arxiv.rss_url}/cs.AI", max_bytes=300_000)).body) == 200_000


async def test_a_broken_packing_is_told(arxiv: FakeArxiv, connect: Connect) -> None:
    """What can't be unpacked is no answer."""
    arxiv.faults.append(Fault(body=b"not gzip", headers={"Content-Encoding": "gzip"}))

    assert await failure(connect(), f"{arxiv.rss_url}/cs.AI") == "fetch.unreadable"


@pytest.mark.parametrize("limits", [{"total_timeout": 1.0}, {"read_timeout": 1.0}])
async def test_times_have_a_limit(arxiv: FakeArxiv, connect: Connect, limits: dict[str, float]) -> None:
    """A server that never answers is asked twice: each attempt costs the time limit, and keeps everybody waiting."""
    arxiv.faults.append(Fault(hang=True, times=99))
    fetcher = connect(replace(SETTINGS, **limits))

    assert await failure(fetcher, f"{arxiv.rss_url}/cs.AI") == "fetch.timeout"
    assert len(arxiv.log) == 2


async def test_nobody_listening_is_told(arxiv: FakeArxiv, connect: Connect) -> None:
    """A refused connection is tried again and then named."""
    assert await failure(connect(), "http://127.0.0.1:9/rss/cs.AI") == "fetch.unreachable"


async def test_redirects_are_followed_at_the_same_pace(arxiv: FakeArxiv, connect: Connect) -> None:
    """Each hop is a request, and takes its turn."""
    arxiv.faults.append(Fault("/old", status=301, headers={"Location": "/rss/cs.AI"}))
    got = await connect().get(f"{arxiv.url}/old", max_bytes=10_000)

    assert (got.status, got.url) == (200, f"{arxiv.rss_url}/cs.AI")
    assert arxiv.log[1].at - arxiv.log[0].at >= 3


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/x", "file:///etc/passwd", "gopher://127.0.0.1"])
async def test_redirects_lead_to_http_only(arxiv: FakeArxiv, connect: Connect, location: str) -> None:
    """Other schemes are not followed."""
    arxiv.faults.append(Fault("/old", status=302, headers={"Location": location}))

    assert await failure(connect(), f"{arxiv.url}/old") == "fetch.redirect"


@pytest.mark.parametrize(
    ("url", "location", "target"),
    [
        ("https://arxiv.org/abs/1", "/abs/2", "https://arxiv.org/abs/2"),
        ("http://arxiv.org/abs/1", "https://export.arxiv.org/abs/1", "https://export.arxiv.org/abs/1"),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:2/b", "http://127.0.0.1:2/b"),
        ("https://arxiv.org/abs/1", "http://arxiv.org/abs/1", None),
        ("https://arxiv.org/abs/1", "https://127.0.0.1/x", None),
        ("https://arxiv.org/abs/1", "https://localhost/x", None),
        ("https://arxiv.org/abs/1", "https://192.168.0.1/x", None),
        ("https://arxiv.org/abs/1", "https://169.254.169.254/latest", None),
        ("https://arxiv.org/abs/1", "https://[::1]/x", None),
        ("https://arxiv.org/abs/1", "https://[broken/x", None),
    ],
)
def test_redirects_stay_outside_and_encrypted(url: str, location: str, target: str | None) -> None:
    """From the internet no redirect leads into this machine or its network, and from https none to http."""
    if target:
        assert redirect_target(url, location) == target
        return
    with pytest.raises(FetchError):
        redirect_target(url, location)


async def test_redirects_have_an_end(arxiv: FakeArxiv, connect: Connect) -> None:
    """A circle is left."""
    arxiv.faults.append(Fault("/old", status=302, headers={"Location": "/old"}, times=99))

    assert await failure(connect(), f"{arxiv.url}/old") == "fetch.too_many_redirects"
    assert len(arxiv.log) < 10


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("Fri, 09 Jan 2026 06:02:00 GMT", 120),
        ("Fri, 09 Jan 2026 07:02:00 +0100", 120),
        ("Fri, 09 Jan 2026 05:00:00 GMT", 0),
        ("9" * 400, 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str | None, seconds: float | None) -> None:
    """Seconds, or a date; the past means now, nonsense means nothing, and nobody is told to wait for ever."""
    assert retry_after(value, datetime(2026, 1, 9, 6, tzinfo=UTC)) == seconds


def test_a_date_is_compared_with_the_servers_own_clock() -> None:
    """Ours may be hours off; without the server's, ours is all there is."""
    headers = {"Retry-After": "Fri, 09 Jan 2026 06:02:00 GMT"}
    wrong = datetime(2026, 1, 8, 20, tzinfo=UTC)

    assert retry_after_of(headers | {"Date": "Fri, 09 Jan 2026 06:01:00 GMT"}, wrong) == 60
    assert retry_after_of(headers | {"Date": "no date"}, datetime(2026, 1, 9, 6, tzinfo=UTC)) == 120
    assert retry_after_of(headers) is None
    assert retry_after_of({"retry-after-ms": "250", "Retry-After": "9"}) == 0.25


@given(st.integers(1, 10_000), st.floats(0.01, 100), st.floats(0.01, 1000))
def test_back_off_doubles_up_to_its_longest(attempt: int, first: float, longest: float) -> None:
    """However often it failed."""
    wait = back_off(attempt, first, longest)

    assert wait <= longest
    assert wait == longest or back_off(attempt + 1, first, longest) == min(2 * wait, longest)


@given(st.integers(1, 30), st.floats(0, 60), st.floats(0, 1), st.booleans())
def test_pauses_grow_within_limits(attempt: int, interval: float, chance: float, limited: bool) -> None:
    """Each pause is at least the one before, never nothing, and never longer than the longest wait."""

    def wait(n: int) -> float:
        return retry_pause(n, interval, lambda: chance, rate_limited=limited)

    assert 0.1 <= wait(attempt) <= wait(attempt + 1) <= LONGEST_WAIT


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("", ""),
        ("me@example.org", " (+me@example.org)"),
        ("+https://example.org/bot?x=1", " (+https://example.org/bot?x=1)"),
        ("组 <a>\r\nEvil: 1", " (+%E7%BB%84 %3Ca%3E%0D%0AEvil: 1)"),
    ],
)
def test_the_user_agent_names_the_contact(contact: str, shown: str) -> None:
    """As people write it, and nothing that could break the header."""
    name, _, rest = user_agent(contact).partition(" ")

    assert name.startswith("Broadsheet/")
    assert rest == shown.strip()
