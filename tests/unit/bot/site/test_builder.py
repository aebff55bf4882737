"""The static site: what it holds, and that a day more costs a day's work."""

import asyncio
import json
import re
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree as ET

import feedparser.api as feedparser
import pytest

from bot.app import open_app
from bot.cli.main import main
from bot.site.builder import site_url, update_site
from digest.errors import InputError, StorageError
from digest.models.edition import Edition
from digest.settings.schema import ArchiveSettings
from storage.site_index import SiteIndex
from tests.builders.digests import rich_day
from tests.builders.sites import BY, DAY, EARLIER, EMPTY, EN, ZH, Site, days
from tests.unit.digest.report.test_html_page import Page

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = Site(tmp_path_factory.mktemp("archive"), "https://papers.example.org/archive/").fill()
    made.renew()
    return made


# --- what a reader finds ----------------------------------------------------------------------------------------


def test_there_is_a_page_for_everything(site: Site) -> None:
    """A day (an empty one too), a month, a paper (of an update too), a keyword, a letter, for each edition."""
    pages = site.pages()

    for name in (ZH.name, EN.name):
        for day in (EARLIER, DAY, EMPTY):
            assert f"{name}/{day}.html" in pages
        for month in ("2025-12", "2026-01"):
            assert f"{name}/{month}.html" in pages
        for paper in ("2601.03309", "2511.00088"):
            assert f"{name}/papers/{paper}.html" in pages
        assert f"{name}/authors/oko-m.html" in pages
        assert f"{name}/authors/ok.html" in pages
        assert any(page.startswith(f"{name}/keywords/vla-") for page in pages)
    assert "index.html" in pages


def test_every_page_is_well_formed_and_leads_somewhere(site: Site) -> None:
    """Every element closed, no id twice, each link within the site to a file and a place that exist, and nothing is
    loaded from elsewhere."""
    ids: dict[str, set[str | None]] = {}
    links: list[tuple[str, str]] = []
    for place in site.pages():
        page = Page(site.text(place))
        marks = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert page.faults == [], place
        assert len(marks) == len(set(marks)), place
        ids[place] = set(marks)
        links += [(place, a["href"] or "") for a in page.all("a")]
        for tag, attributes in page.elements:
            source = attributes.get("src") or (attributes.get("href") if tag == "link" else None) or ""
            assert not urlsplit(source).netloc, (place, source)
            if source and not source.startswith("data:"):
                assert (site.folder / urljoin(place, source.partition("?")[0])).is_file(), (place, source)
    for place, link in links:
        if link.startswith("https://"):
            continue
        target = urljoin(place, unquote(urlsplit(link).path)) if urlsplit(link).path else place
        assert (site.folder / target).is_file(), (place, link)
        if fragment := urlsplit(link).fragment:
            assert fragment in ids[target], (place, link)


def test_evidence_is_there_to_see(site: Site) -> None:
    """A found statement opens its quotation, with section, page and a link to that page; a doubtful one says why."""
    text = site.text("robots/papers/2601.03309.html")

    assert "fewer than 1% new parameters" in text
    assert "3.2 The adapter" in text
    assert "https://arxiv.org/pdf/2601.03309v1#page=4" in text
    assert 'class="evidence doubt"' in text
    assert "20 条引文中 18 条见于原文" in text


def test_pages_speak_the_language_of_their_edition(site: Site) -> None:
    assert '<html lang="zh-CN">' in site.text("robots/2026-01-09.html")
    assert '<html lang="en">' in site.text("robots-en/2026-01-09.html")
    assert "Search" in site.text("robots-en/search.html")


def test_a_figure_stands_on_its_pages_with_its_licence(site: Site) -> None:
    for place in ("robots/2026-01-09.html", "robots/papers/2601.03309.html"):
        page = Page(site.text(place))
        image = page.all("img")[0]
        assert (site.folder / urljoin(place, image["src"] or "")).read_bytes().startswith(b"\x89PNG")
        assert image["alt"]
        assert "CC BY 4.0" in page.text
        assert "https://creativecommons.org/licenses/by/4.0/" in site.text(place)


def test_a_paper_without_a_licence_shows_no_figure(tmp_path: Path) -> None:
    """Even where its card has one: the licence is asked again."""
    site = Site(tmp_path)
    site.fill()
    site.editions = (Edition("other", ("cs.RO",), ("vla",)),)
    digest = days("en", "other")[1]
    cards = tuple(replace(card, paper=replace(card.paper, licence=None)) for card in digest.cards)
    site.add(replace(digest, cards=cards))
    site.renew()

    assert "<img" not in site.text("other/2026-01-09.html")
    assert BY not in site.text("other/2026-01-09.html")


def test_names_from_papers_are_data(tmp_path: Path) -> None:
    """A title, author or keyword with markup in it stands on every page as text."""
    site = Site(tmp_path)
    site.editions = (ZH,)
    digest = rich_day("zh")
    evil = "</script><script>alert(1)</script>"
    card = digest.cards[0]
    paper = replace(card.paper, title=evil, authors=(evil,))
    matches = tuple(replace(match, keyword=evil) for match in card.matches)
    site.add(replace(digest, title=evil, cards=(replace(card, paper=paper, matches=matches),), updates=()))
    site.renew()

    texts = [
        path.read_text(encoding="utf-8") for path in site.folder.rglob("*") if path.suffix in (".html", ".js", ".xml")
    ]
    assert not any("<script>alert" in text for text in texts)
    assert not any("</script><script" in text for text in texts)


# --- feeds and search -------------------------------------------------------------------------------------------


def test_other_peoples_reader_reads_the_feed(site: Site) -> None:
    """feedparser finds no fault, and every entry has title, id, updated, link and summary."""
    feed = feedparser.parse(site.text("robots/feed.xml"))

    assert not feed.bozo
    assert feed.version == "atom10"
    assert [entry.link.rsplit("/", 1)[1] for entry in feed.entries] == [
        "2026-01-10.html",
        "2026-01-09.html",
        "2025-12-30.html",
    ]
    for entry in feed.entries:
        assert all((entry.title, entry.updated, entry.summary))
        assert entry.id.startswith("urn:uuid:")
        assert entry.link.startswith("https://papers.example.org/archive/robots/")
    assert feed.entries[1].updated == "2026-01-10T01:00:00Z"  # 09:00 in Shanghai, the first after the feeds of the 9th


def test_a_feed_without_an_address_has_relative_links(tmp_path: Path) -> None:
    """Which Atom allows; and its ids are the same as with one."""
    site = Site(tmp_path).fill()
    site.renew()
    root = ET.fromstring(site.text("robots/feed.xml"))

    assert next(root.iter(f"{ATOM}link")).get("href") == "index.html"
    assert root.find(f"{ATOM}id").text.startswith("urn:uuid:")  # type: ignore[union-attr]


def test_the_index_holds_each_paper_of_a_month_once(site: Site) -> None:
    shard = site.text("robots/search/2026-01.js")
    found = re.fullmatch(r'archive\.shard\("2026-01",(\[.*?\]),(\[\[.*\]\])\);\n', shard, re.DOTALL)
    assert found
    rows = json.loads(found[2])

    assert len({row[0] for row in rows}) == len(rows) == 5  # three cards, two updates
    assert json.loads(found[1])[rows[0][2][0]]


# --- a day more -------------------------------------------------------------------------------------------------


def stamps(site: Site) -> dict[str, tuple[int, int]]:
    """By each file what changes when it is written: its time, which a file system may round, and its number."""
    files = {path.as_posix(): path.stat() for path in site.folder.rglob("*") if path.is_file()}
    return {name: (file.st_mtime_ns, file.st_ino) for name, file in files.items()}


def test_what_has_not_changed_is_left_alone(tmp_path: Path) -> None:
    """A second run writes nothing; a new day writes its own pages, those that list it, and its neighbour."""
    site = Site(tmp_path).fill()
    site.renew()
    before = stamps(site)
    assert site.renew().files == 0
    assert stamps(site) == before

    rich = rich_day("zh")
    site.add(replace(rich, day=date(2026, 2, 2), cards=rich.cards[3:4], updates=()))
    done = site.renew()
    written = {
        path.removeprefix(site.folder.as_posix() + "/")
        for path, time in stamps(site).items()
        if before.get(path) != time
    }

    assert done.days == 1
    assert {"robots/2026-02-02.html", "robots/2026-02.html", "robots/2026-01.html", "robots/2026-01-10.html"} <= written
    assert {"robots/search/2026-02.js", "robots/search/months.js", "robots/feed.xml", "index.html"} <= written
    assert not [path for path in written if path.startswith("robots-en/")]
    assert "robots/2026-01-09.html" not in written
    assert "robots/search/2026-01.js" not in written
    assert "2026-02-02" in site.text("robots/2026-01-10.html")


def test_built_day_by_day_or_at_once_it_is_the_same(tmp_path: Path) -> None:
    """Also where a supplement comes later, and a paper comes again."""
    steps, whole = Site(tmp_path / "steps"), Site(tmp_path / "whole")
    supplement = replace(rich_day("zh"), number=2, cards=rich_day("zh").cards[1:2], updates=())
    for digest in (*days("zh", ZH.name), supplement):
        steps.add(digest)
        steps.renew()
        whole.add(digest)
    whole.renew()

    def contents(site: Site) -> dict[str, bytes]:
        return {
            path.relative_to(site.folder).as_posix(): path.read_bytes()
            for path in site.folder.rglob("*")
            if path.is_file() and not path.name.startswith(".catalogue")
        }

    assert contents(steps) == contents(whole)


def test_a_broken_off_run_is_made_good(tmp_path: Path) -> None:
    """A folder that can't be written costs the run, not the days: the next one writes them."""
    site = Site(tmp_path).fill()
    site.folder.mkdir()
    (site.folder / "robots").write_text("in the way", encoding="utf-8")
    with pytest.raises(InputError, match="robots"):
        site.renew()
    (site.folder / "robots").unlink()

    assert site.renew().days == 6
    assert not list(site.folder.rglob("*.part"))


def test_another_wording_writes_the_pages_anew(tmp_path: Path) -> None:
    """A title, language or address that changed is on every page."""
    site = Site(tmp_path).fill()
    site.renew()
    site.editions = (replace(ZH, title="机器人日报"), EN)

    assert site.renew().days == 3
    assert "机器人日报" in site.text("robots/2025-12-30.html")


def test_a_strange_catalogue_is_told(tmp_path: Path) -> None:
    (tmp_path / ".catalogue.db").write_bytes(b"not a database" * 100)

    with pytest.raises(StorageError), SiteIndex.open(tmp_path):
        pass


# --- who has it written -----------------------------------------------------------------------------------------


async def test_the_application_keeps_it_up(tmp_path: Path) -> None:
    """After a digest, to the configured folder; without one nothing is written."""
    site = Site(tmp_path).fill()
    async with open_app(site.settings) as app:
        await app.update_site()
        await asyncio.gather(app.update_site(), app.update_site())
    assert "robots/2026-01-09.html" in site.pages()

    bare = Site(tmp_path / "bare").fill()
    async with open_app(replace(bare.settings, archive=ArchiveSettings())) as app:
        await app.update_site()
    assert not bare.folder.exists()


async def test_an_archive_that_cannot_be_written_costs_no_digest(tmp_path: Path) -> None:
    """It is told in the log, and made good later."""
    site = Site(tmp_path).fill()
    site.folder.write_text("a file in the way", encoding="utf-8")
    async with open_app(site.settings) as app:
        await app.update_site()

    site.folder.unlink()
    assert site.renew().days == 6


def test_a_run_can_be_broken_off(tmp_path: Path) -> None:
    """As a process does that has to end: what was done is done again, and the site is whole."""
    site = Site(tmp_path).fill()
    asked = iter([False] * 20 + [True] * 100)
    assert update_site(site.settings, site.folder, site.editions, stopping=lambda: next(asked)).files == 0
    assert 0 < len(site.pages()) < 21

    assert site.renew().days == 6


def test_people_own_editions_have_no_address(tmp_path: Path) -> None:
    """The archive holds the configured editions alone, so cards of others do not link to it."""
    site = Site(tmp_path, "https://papers.example.org/")

    assert site_url(site.settings, ZH) == "https://papers.example.org/"
    assert site_url(site.settings, replace(ZH, name="own-17")) == ""
    assert site_url(replace(site.settings, archive=ArchiveSettings("", "https://papers.example.org/")), ZH) == ""


def test_the_command_writes_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """To a folder that is named, else to the configured one; it says what it did."""
    Site(tmp_path).fill()
    config = tmp_path / "config.toml"
    config.write_text(
        '[storage]\npath = "test.db"\n[archive]\npath = "public"\n'
        '[[editions]]\nname = "robots"\ncategories = ["cs.AI"]\nkeywords = ["vla"]\n',
        encoding="utf-8",
    )

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["broadsheet", "--config", str(config), "site", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        return int(end.value.code or 0), told.out + told.err

    code, told = run()
    assert (code, "3 days" in told) == (0, True)
    assert (tmp_path / "public/robots/2026-01-09.html").is_file()
    assert "nothing has changed" in run()[1]
    assert "0 days" not in run("--all")[1]
    assert run(str(tmp_path / "other"), "--edition", "robots")[0] == 0
    assert (tmp_path / "other/index.html").is_file()
    assert run("--edition", "nobody")[0] == 2

    config.write_text(config.read_text(encoding="utf-8").replace('path = "public"', ""), encoding="utf-8")
    code, told = run()
    assert (code, "[archive] path" in told) == (2, True)


# --- trends -----------------------------------------------------------------------------------------------------


def test_an_edition_that_tells_its_week_has_it_on_the_site(tmp_path: Path) -> None:
    """A page with the picture and the same counts as text, reached from every page; other editions have none."""
    made = Site(tmp_path).fill()
    made.editions = (replace(ZH, trends="weekly"), EN)
    made.renew()
    page = Page(made.text(f"{ZH.name}/trends.html"))

    assert page.faults == []
    assert [a["src"] for a in page.all("img")] == ["trends.svg"]
    assert (made.folder / ZH.name / "trends.svg").read_text(encoding="utf-8").lstrip().startswith("<")
    assert 'href="trends.html"' in made.text(f"{ZH.name}/index.html")
    assert not (made.folder / EN.name / "trends.html").exists()
    assert "trends.html" not in made.text(f"{EN.name}/index.html")


def test_an_edition_that_has_not_begun_keeps_no_site_from_being_written(tmp_path: Path) -> None:
    """Its pages are there, and lead nowhere that is not."""
    made = Site(tmp_path)
    made.editions = (replace(ZH, trends="weekly"), replace(EN, trends="weekly"))
    made.renew()
    made.add(*days("en", EN.name))
    made.renew()

    for name in (ZH.name, EN.name):
        assert Page(made.text(f"{name}/trends.html")).faults == []
    assert f"{EN.name}/{DAY}.html" in made.pages()
