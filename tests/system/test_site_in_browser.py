"""The archive in a real Chromium: no error in the console, nothing asked of anybody else, readable on a phone, and
found fit for everybody by axe.

axe-core is fetched once from the npm registry, into a folder of the test's own; where it can't be had the test is
skipped, and says so.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders.digests import rich_day
from tests.builders.sites import EN, Site
from tests.system.browser import Chromium, Page, needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]

AXE = "axe-core@4.10.3"
PAGES = (
    "index.html",
    "robots/index.html",
    "robots/2026-01-09.html",
    "robots/2026-01-10.html",
    "robots/2026-01.html",
    "robots/papers/2601.03309.html",
    "robots/papers/2511.00088.html",
    "robots-en/papers/2601.03309.html",
    "robots/keywords/index.html",
    "robots/authors/index.html",
    "robots/authors/ok.html",
    "robots/authors/oko-m.html",
    "robots/search.html?q=vla",
)
READY = "document.getElementById('hits').dataset.ready === 'yes'"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = Site(tmp_path_factory.mktemp("browser")).fill()
    made.renew()
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as one:
        yield one


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core's script."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, and axe-core comes from its registry")
    folder = tmp_path_factory.mktemp("axe")
    command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", AXE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not get {AXE}: its registry does not answer")
    if done.returncode:
        pytest.skip(f"npm could not fetch {AXE}: {done.stderr.strip().splitlines()[-1:]}")
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def address(site: Site, place: str) -> str:
    path, _, query = place.partition("?")
    return (site.folder / path).as_uri() + (f"?{query}" if query else "")


@pytest.mark.parametrize("place", PAGES)
def test_a_page_is_quiet_and_fits_a_phone(browser: Chromium, site: Site, place: str) -> None:
    """From a disk: no complaint in the console, not one request to anybody, nothing wider than 360 px."""
    page = browser.open(address(site, place), width=360, height=780)
    if "search" in place:
        page.until(READY)

    assert page.errors == []
    assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_axe_finds_nothing_serious(browser: Chromium, site: Site, axe: str, width: int, dark: bool) -> None:
    """On any page, by day and by night, with all quotations open."""
    page = browser.open("about:blank", width=width, dark=dark)
    page.without_policy()
    for place in PAGES:
        page.go(address(site, place))
        if "search" in place:
            page.until(READY)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.evaluate(f"{axe};0")
        found = page.evaluate(
            "axe.run({preload: false}).then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
            ".map(v => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`))"
        )
        assert found == [], place
    page.close()


def test_a_day_of_twenty_cards_is_light(tmp_path: Path) -> None:
    """HTML, style and script together at most 150 KB, without pictures."""
    site = Site(tmp_path)
    site.editions = (EN,)
    rich = rich_day("en", edition=EN.name)
    cards = tuple(
        replace(card, paper=replace(card.paper, id=f"2601.{number:05}"))
        for number, card in enumerate(card for card in rich.cards[:2] for _ in range(10))
    )
    site.add(replace(rich, cards=cards, updates=()))
    site.renew()
    files = ("robots-en/2026-01-09.html", "broadsheet.css", "broadsheet.js")

    assert len(cards) == 20
    assert sum((site.folder / name).stat().st_size for name in files) <= 150_000


def search(page: Page, words: str) -> list[str]:
    page.evaluate(
        "(q => { const f = document.getElementById('q'); f.value = q; f.dispatchEvent(new Event('input')) })"
        f"({words!r})"
    )
    return list(page.evaluate("[...document.querySelectorAll('#hits > li > a')].map(a => a.textContent)"))


def test_searching(browser: Chromium, site: Site) -> None:
    """Words begin words, all of them must be there, accents and case do not matter, Chinese needs no gaps, ids and
    authors are found, and the address can be passed on."""
    page = browser.open(address(site, "robots/search.html?q=harbour"), width=1200)
    page.until(READY)
    harbour = page.evaluate("document.querySelector('#hits a').textContent")

    assert harbour.startswith("Harbour")
    assert search(page, "HARB steer") == [harbour]
    assert search(page, "arbour") == []
    assert search(page, "lindqvist tomas") == [harbour]
    assert search(page, "2601.03309") == [harbour]
    assert search(page, "视觉编码器") == [harbour]
    assert search(page, '"which eye"') == [harbour]
    assert search(page, '"eye which"') == []
    assert page.evaluate("document.getElementById('told').textContent") == "没有找到"
    assert search(page, "") == []
    page.close()


def test_a_hostile_query_is_text(browser: Chromium, site: Site) -> None:
    page = browser.open(address(site, "robots/search.html?q=%3Cimg%20src=x%20onerror=alert(1)%3E"), width=1200)
    page.until(READY)

    assert page.errors == []
    assert page.evaluate("document.querySelectorAll('#hits img').length") == 0
    page.close()


def test_all_quotations_open_and_close_with_one_button(browser: Chromium, site: Site) -> None:
    """The button tells what it will do; without a script it is not there."""
    page = browser.open(address(site, "robots/papers/2601.03309.html"), width=1200)
    opened = "document.querySelectorAll('details.evidence[open]').length"
    assert page.evaluate(opened) == 0

    page.evaluate("document.getElementById('unfold').click()")
    assert page.evaluate(opened) == page.evaluate("document.querySelectorAll('details.evidence').length") == 20
    assert page.evaluate("document.getElementById('unfold').textContent") == "收起全部引文"
    page.evaluate("document.getElementById('unfold').click()")
    assert page.evaluate(opened) == 0
    page.close()


def test_a_picture_is_seen(browser: Chromium, site: Site) -> None:
    """In its own size, with words for who can't see it."""
    page = browser.open(address(site, "robots/papers/2601.03309.html"), width=1200)

    assert page.evaluate("document.images[0].decode().then(() => document.images[0].naturalWidth)") == 240
    assert page.evaluate("document.images[0].alt")
    page.close()


def test_a_paper_can_be_printed(browser: Chromium, site: Site) -> None:
    page = browser.open(address(site, "robots/papers/2601.03309.html"), width=1200)

    assert page.print().startswith(b"%PDF")
    page.close()
