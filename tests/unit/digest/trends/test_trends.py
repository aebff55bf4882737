"""The week of an edition, its picture, and what it narrowly missed."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pymupdf
import pytest
from click.testing import CliRunner

from bot.cli.main import cli
from bot.platforms.telegram.renderer import render_telegram
from digest.codec import to_json
from digest.models.analysis import EXCERPT, Analysis, AnalysisSource
from digest.models.digest import Card, Digest, PaperUpdate
from digest.models.edition import Edition
from digest.models.match import Match, MatchField
from digest.models.paper import AnnouncementKind, Paper
from digest.pipeline.compose import compose
from digest.ranking.preference_model import PreferenceModel
from digest.rendering.cards import digest_documents
from digest.rendering.document import Heading, ItemList, plain_text
from digest.subprocess_runner import run_module
from digest.trends.aggregation import (
    WEEKS,
    KeywordSeries,
    NearMiss,
    WeeklyTrends,
    WeekTotals,
    monday,
    weekly_trends,
    weeks_to,
)
from digest.trends.chart import ROWS, WIDTH, draw_chart
from digest.trends.near_misses import near_misses
from digest.trends.summary import alt, as_json, summary
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores

FRIDAY = date(2026, 1, 9)
EDITION = Edition("robots", ("cs.RO",), ("vla", "tactile sensing", "traffic"), "Robots daily", language="en")


def paper(number: int, title: str = "A paper", abstract: str = "We do it.") -> Paper:
    return Paper(f"2601.{number:05}", 1, title, ("Ada Lovelace",), abstract, ("cs.RO",))


def card(one: Paper, *keywords: str) -> Card:
    matches = tuple(Match(keyword, MatchField.TITLE, 0, 1, "A") for keyword in keywords)
    analysis = Analysis(one.id, one.version, "en", EXCERPT, AnalysisSource.ABSTRACT, ())
    return Card(one, AnnouncementKind.NEW, matches, analysis)


def day(on: date, *cards: Card, updates: int = 0, number: int = 1, announced: int = 100) -> Digest:
    new = [PaperUpdate(paper(900 + n), AnnouncementKind.REPLACE, ()) for n in range(updates)]
    return compose(EDITION, on, (), announced, cards, new, number=number)


def made(*digests: Digest, last: date = FRIDAY) -> WeeklyTrends:
    return weekly_trends(EDITION, digests, last)


# --- numbers ----------------------------------------------------------------------------------------------------


def test_keywords_are_counted_by_week() -> None:
    """Once a card, whichever fields matched; the most matched of this week first."""
    found = made(
        day(FRIDAY, card(paper(1), "vla", "vla", "traffic"), card(paper(2), "traffic")),
        day(FRIDAY - timedelta(days=7), card(paper(3), "vla")),
        day(FRIDAY - timedelta(days=7 * 11), card(paper(4), "vla")),
        day(FRIDAY - timedelta(days=7 * 12), card(paper(5), "vla")),
        day(FRIDAY + timedelta(days=7), card(paper(6), "vla")),
    )

    assert found.weeks == weeks_to(FRIDAY)
    assert [week.weekday() for week in found.weeks] == [0] * WEEKS
    assert [s.keyword for s in found.series] == ["traffic", "vla", "tactile sensing"]
    assert found.series[1].counts == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1)
    assert found.series[1].usual == pytest.approx(2 / 11)


def test_new_papers_and_updates_are_held_against_the_week_before() -> None:
    """A supplement's announcements are the day's own, not twice as many."""
    found = made(
        day(FRIDAY, card(paper(1), "vla"), updates=2),
        day(FRIDAY, card(paper(2), "vla"), number=2),
        day(FRIDAY - timedelta(days=1), card(paper(3), "vla")),
        day(FRIDAY - timedelta(days=5), card(paper(4), "vla")),
    )

    assert (found.week, found.before) == (WeekTotals(3, 2, 200), WeekTotals(1, 0, 100))


def test_an_edition_is_held_against_its_own_past_alone() -> None:
    """The weeks before its first digest were not quiet ones; in its first week there is nothing to compare with."""
    old, new = day(FRIDAY - timedelta(days=14), card(paper(1), "vla")), day(FRIDAY, card(paper(2), "vla"))

    assert made(old, new).series[0].usual == 0.5
    assert (made(new).series[0].usual, made(new).before) == (None, None)
    for language, words in (("en", "first week"), ("zh", "第一周")):
        said = str(render_telegram(summary(replace(made(new), language=language))))
        assert words in said
        assert "vla" in said
        assert not re.search("before|此前|上周", said)


def test_what_people_saved_is_of_this_edition() -> None:
    found = weekly_trends(
        EDITION, [day(FRIDAY, card(paper(1)), card(paper(2)))], FRIDAY, {"2601.00002": 3, "2601.00009": 9}
    )

    assert [(one.id, n) for one, n in found.saved] == [("2601.00002", 3)]


def test_a_keyword_that_was_removed_is_not_told_of() -> None:
    found = made(day(FRIDAY, card(paper(1), "gone")))
    assert [s.keyword for s in found.series] == list(EDITION.keywords)


# --- narrowly missed --------------------------------------------------------------------------------------------


def test_the_words_of_a_phrase_apart_are_a_near_hit() -> None:
    """All of them, and no operators; what was shown is not told again; at most three."""
    near = paper(1, "Sensing by touch", "A tactile skin senses.")
    apart_ = paper(2, "Sensing", "The tactile way.")
    found = near_misses(EDITION.keywords, [near, apart_, paper(3, "Tactile only"), paper(4)], {"2601.00004"})

    assert found == (NearMiss(near, "tactile sensing"), NearMiss(apart_, "tactile sensing"))
    many = [paper(n, "Sensing the tactile") for n in range(10, 20)]
    assert len(near_misses(EDITION.keywords, many, ())) == 3
    assert near_misses(("tactile + sensing", "-a b"), many, ()) == ()


def test_what_readers_would_like_is_a_near_hit_too() -> None:
    taste = PreferenceModel({"glove": 1.0}, {"glove": 3.0}, 0.0, 20)
    found = near_misses(("vla",), [paper(1, "A glove"), paper(2, "A hat")], (), taste)

    assert found == (NearMiss(paper(1, "A glove")),)


# --- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_summary_tells_the_week(language: str) -> None:
    """Each part under its heading, papers linked."""
    one = paper(1, "A VLA for the kitchen")
    found = weekly_trends(
        Edition(**{**_fields(EDITION), "language": language}),
        [day(FRIDAY, card(one, "vla"))],
        FRIDAY,
        {one.id: 2},
        (NearMiss(paper(2, "Sensing, tactile"), "tactile sensing"),),
    )
    document = summary(found)
    headings = [plain_text(block.runs) for block in document.blocks if isinstance(block, Heading)]
    links = [r.url for b in document.blocks if isinstance(b, ItemList) for i in b.items for r in i.runs if r.url]

    assert len(headings) == 4
    assert bool(re.search("[\u4e00-\u9fff]", headings[1])) == (language == "zh")
    assert links == ["https://arxiv.org/abs/2601.00001v1", "https://arxiv.org/abs/2601.00002v1"]


def _fields(edition: Edition) -> dict[str, object]:
    return {name: getattr(edition, name) for name in edition.__slots__}


def test_the_json_has_it_all() -> None:
    data = as_json(made(day(FRIDAY, card(paper(1), "vla"))))

    assert json.loads(json.dumps(data))["keywords"][0] == {"keyword": "vla", "counts": [0] * 11 + [1]}
    assert data["week"] == {"cards": 1, "updates": 0, "announced": 100}


# --- the picture ------------------------------------------------------------------------------------------------


def full(title: str = "VLA 日报") -> WeeklyTrends:
    keywords = ("vla", "交通 预测", "π₀", "a keyword that is much longer than a picture is wide, by far", "e", "f", "g")
    series = tuple(KeywordSeries(k, tuple(range(n, n + WEEKS))) for n, k in enumerate(keywords))
    return WeeklyTrends("vla", title, "zh", weeks_to(FRIDAY), series, WeekTotals(), WeekTotals())


def test_the_picture_is_a_light_png_for_a_phone() -> None:
    """1,080 pixels wide, higher than wide, on white."""
    picture = pymupdf.Pixmap(draw_chart(full()))

    assert (picture.width, picture.alpha) == (2 * WIDTH, 0)
    assert picture.width < picture.height < 2 * picture.width
    assert {picture.pixel(x, y) for x, y in ((2, 2), (1077, 2), (2, picture.height - 3))} == {(255, 255, 255)}
    assert len(draw_chart(full())) < 200_000


def test_every_word_in_the_picture_is_large_enough_and_within_it() -> None:
    """14 points of 540, which a phone shows at a size of 9 or more; nothing is cut off, and each sign has a glyph."""
    import digest.trends.chart as module

    with pymupdf.open() as document:
        found = full("A title that is so long that it could not stand in the picture as it is")
        page = document.new_page(width=WIDTH, height=700)
        module._draw(page, found, found.series[:ROWS])
        spans = [s for b in page.get_text("dict")["blocks"] for line in b["lines"] for s in line["spans"]]

    assert min(s["size"] for s in spans) >= 14
    assert all(s["bbox"][0] >= 10 and s["bbox"][2] <= WIDTH - 10 for s in spans)
    texts = " ".join(s["text"] for s in spans)
    assert "交通" in texts
    assert "\ufffd" not in texts


def test_the_svg_says_what_it_shows() -> None:
    """For who can't see it, and without markup of a keyword."""
    found = WeeklyTrends(
        "v", "A <b> & c", "en", weeks_to(FRIDAY), (KeywordSeries("<x>", (1,) * 12),), WeekTotals(), WeekTotals()
    )
    svg = draw_chart(found, "svg").decode()

    assert svg.startswith("<svg")
    assert "<title>A &lt;b&gt; &amp; c" in svg
    assert "<x>" in alt(found)


def test_an_edition_without_keywords_has_a_picture_too() -> None:
    assert draw_chart(WeeklyTrends("v", "V", "en", weeks_to(FRIDAY), (), WeekTotals(), WeekTotals()))[:4] == b"\x89PNG"


@pytest.mark.slow
async def test_it_is_drawn_in_a_process_of_its_own() -> None:
    """The same picture; what goes wrong there is an error here."""
    assert await run_module("digest.trends.chart", to_json(full()).encode(), "png") == draw_chart(full())
    with pytest.raises(ValueError, match="DecodeError"):
        await run_module("digest.trends.chart", b"{}", "png")
    with pytest.raises(TimeoutError):
        await run_module("digest.trends.chart", b"{}", "png", patience=0.001)


def test_weeks_begin_on_mondays() -> None:
    assert monday(FRIDAY) == date(2026, 1, 5)
    assert monday(date(2026, 1, 11)) == date(2026, 1, 5)


# --- the command line -------------------------------------------------------------------------------------------


def test_the_command_prints_and_draws(tmp_path: Path) -> None:
    """For people, for programs, and to a file; what can't be is said in a sentence."""
    config = tmp_path / "config.toml"
    config.write_text(
        '[[editions]]\nname = "robots"\ncategories = ["cs.RO"]\nkeywords = ["vla"]\nlanguage = "en"\n', encoding="utf-8"
    )
    with Database.open(tmp_path / "broadsheet.db") as db:
        SqliteStores.of(db).digests.save_digest(day(FRIDAY, card(paper(1, "A VLA"), "vla")))
    run = CliRunner()
    base = ["--config", str(config), "trends"]
    shown = run.invoke(cli, base)
    data = run.invoke(cli, [*base, "robots", "--json", "--week", "2026-01-06"])
    picture = run.invoke(cli, [*base, "--out", str(tmp_path / "t.svg")])

    assert "vla: 1 paper" in shown.stdout
    assert json.loads(data.stdout)["week"]["cards"] == 0
    assert picture.exit_code == 0
    assert (tmp_path / "t.svg").read_text(encoding="utf-8").startswith("<svg")
    assert ".png or .svg" in str(run.invoke(cli, [*base, "--out", str(tmp_path / "t.gif")]).exception)


def test_the_documents_of_a_digest_are_unchanged() -> None:
    """Trends are messages of their own."""
    assert [d.role for d in digest_documents(day(FRIDAY, card(paper(1), "vla")))] == ["overview", "card"]
