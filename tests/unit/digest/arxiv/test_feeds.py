"""Feeds, with every trap that arXiv's are known for."""

import contextlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.arxiv.errors import FeedError
from digest.arxiv.feeds import Feed, parse_feed
from digest.i18n.translator import Translator
from digest.models.paper import AnnouncementKind
from tests.fakes.arxiv import made_day, rss

FEEDS = Path(__file__).parents[3] / "data" / "feeds"
DAY = date(2026, 1, 9)


def feed(name: str) -> Feed:
    return parse_feed((FEEDS / name).read_bytes(), "cs.RO")


def refused(data: bytes) -> str:
    """The code with which an answer is refused; its sentence must exist in both languages."""
    with pytest.raises(FeedError) as raised:
        parse_feed(data, "cs.RO")
    assert all(Translator(language).notice(raised.value.notice) for language in ("zh", "en"))
    return raised.value.notice.code


def test_text_comes_as_arxiv_wrote_it() -> None:
    """What looks like HTML is text: formulas, angle brackets and ampersands survive; the prefix goes; titles are one
    line."""
    paper = feed("traps.rss").announcements[0].paper

    assert paper.title == r"Grasping by <touch>: $a<b$ for A&B, and \'a la carte"
    assert paper.abstract == (
        "We use <GraspQuery> tokens where $a<b$, x < y and A&B; < stays as it is.\n"
        "A second paragraph with <b>no markup</b>."
    )


def test_authors_are_a_list_of_readable_names() -> None:
    """No affiliation, no colon, no TeX accent."""
    assert feed("traps.rss").announcements[0].paper.authors == ("Made-Up Robotics", "Zoë Ørn", "Çelik Yağmur")


def test_the_guid_gives_id_and_version() -> None:
    """No `oai:`, no subject class. What the guid does not say, the description and the link do."""
    found = [(a.paper.id, a.paper.version) for a in feed("traps.rss").announcements]

    assert found == [
        ("2601.90001", 1),
        ("math/0611800", 3),
        ("2601.90003", 1),  # without a guid
        ("2601.90004", 1),  # with one of another kind
        ("2601.90006", 1),
        ("2601.90007", 4),
    ]


def test_everything_else_that_a_feed_says() -> None:
    """Categories once each with the primary one first, licence, DOI, journal, day and kind."""
    made = feed("traps.rss")
    old = made.announcements[1]

    assert made.announcements[0].paper.categories == ("cs.RO", "cs.CV")
    assert made.announcements[0].paper.licence == "http://creativecommons.org/licenses/by/4.0/"
    assert (old.paper.doi, old.paper.journal_ref) == ("10.5555/made.up", "J. Made-Up Res. & Dev. 1 (2007) 1-2")
    assert (old.kind, old.category, old.day) == (AnnouncementKind.CROSS, "cs.RO", DAY)
    assert old.paper.abstract == "Abstract: is how this text begins by itself."


def test_of_two_listings_the_stronger_kind_is_kept() -> None:
    """A paper stands once in a feed, as what it is most."""
    twice = [a for a in feed("traps.rss").announcements if a.paper.id == "2601.90006"]

    assert [(a.kind, a.paper.abstract) for a in twice] == [(AnnouncementKind.CROSS, "Listed again, on one line.")]


def test_unusable_entries_are_left_out_and_named() -> None:
    """An entry that names its paper nowhere, or is of an unknown kind, costs itself and nothing else."""
    data = (FEEDS / "traps.rss").read_bytes()
    nameless = data.replace(b"2601.90003", b"nothing").replace(b"2601.90004", b"nothing")
    skipped = parse_feed(nameless, "cs.RO").skipped

    assert [notice.code for notice in skipped] == ["feed.no_guid", "feed.bad_guid", "feed.unknown_kind"]
    assert [notice.code for notice in feed("traps.rss").skipped] == ["feed.unknown_kind"]
    assert (
        Translator("en").notice(skipped[2])
        == '2601.90005v2 has the unknown announcement kind "absonly" and was left out'
    )


def test_an_atom_feed_says_the_same() -> None:
    """Ids are guids, the day is that of `published` and not the ever changing `updated`."""
    made = feed("one.atom")
    listed = made.announcements[0]

    assert (made.day, listed.paper.versioned_id, listed.kind) == (
        date(2026, 7, 10),
        "2607.90001v2",
        AnnouncementKind.REPLACE_CROSS,
    )
    assert (listed.paper.authors, listed.paper.abstract) == (("Zoë Orn",), "Now with x < y.")
    assert (listed.paper.categories, listed.paper.doi) == (("cs.CV", "cs.RO"), "10.5555/made.up.2")


@pytest.mark.parametrize("day", [date(2026, 1, 11), date(2026, 3, 8), date(2026, 7, 5), date(2026, 11, 1)])
def test_an_empty_feed_is_a_valid_one_of_its_day(day: date) -> None:
    """Sundays, also those on which the clocks change: midnight Eastern is the right day."""
    made = parse_feed(rss("cs.RO", day, []).encode(), "cs.RO")

    assert (made.day, made.announcements, made.skipped) == (day, (), ())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "feed.nothing"),
        (b" \n\t", "feed.nothing"),
        (b"<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body>Back soon", "feed.html"),
        (b"\n<html lang=en><body><p>captive portal<p></body></html>", "feed.html"),
        (b"<!-- cached --><HTML></HTML>", "feed.html"),
        (b"Rate exceeded.", "feed.not_xml"),
        (b"%PDF-1.5 \x80\x81", "feed.not_xml"),
        (b'{"error": "busy"}', "feed.not_xml"),
        (b"<rss><channel><title>a < b</title></channel></rss>", "feed.broken"),
        (b"<opml><body/></opml>", "feed.not_a_feed"),
        (b'<rss version="2.0"><channel><title>x</title></channel></rss>', "feed.no_day"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0">&b;</rss>', "feed.entities"),
    ],
)
def test_what_is_no_feed_is_refused_with_its_reason(data: bytes, code: str) -> None:
    """Each kind of wrong answer has a sentence of its own."""
    assert refused(data) == code


def test_arxivs_own_error_is_an_unknown_category() -> None:
    """arXiv answers a wrong category with a feed that says so in its title."""
    assert refused((FEEDS / "unknown_category.rss").read_bytes()) == "feed.unknown_category"


@given(st.data())
def test_a_cut_off_feed_is_never_half_a_day(data: st.DataObject) -> None:
    """Wherever a feed is cut, it is refused: what parses would be a day with papers missing."""
    whole = rss("cs.AI", DAY, made_day(DAY, 3)).encode()
    kept = whole[: data.draw(st.integers(0, len(whole) - 1))]

    assert refused(kept) in {"feed.nothing", "feed.cut_off"}


@given(st.binary(max_size=200), st.integers(0, 400))
def test_no_bytes_break_the_parser(noise: bytes, at: int) -> None:
    """Whatever stands in a feed, it is read or refused."""
    whole = rss("cs.AI", DAY, made_day(DAY, 1)).encode()
    with contextlib.suppress(FeedError):
        parse_feed(whole[:at] + noise + whole[at:], "cs.AI")


def test_a_forbidden_sign_costs_itself_alone() -> None:
    """A control character or a broken byte in one abstract does not cost the day of a category."""
    whole = rss("cs.AI", DAY, made_day(DAY, 3)).encode()
    made = parse_feed(whole.replace(b"We make up paper 2", b"We \x0b make \xff up paper 2"), "cs.AI")

    assert len(made.announcements) == 3
    assert made.announcements[1].paper.abstract.startswith("We \ufffd make \ufffd up paper 2")
    assert [notice.code for notice in made.skipped] == ["feed.repaired"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("R&D of paper 2", "R&D of paper 2"),
        ("R&D; of paper&nbsp;2", "R&D; of paper\xa02"),
        ("Caf&eacute; 2 &#x3b1;", "Café 2 α"),
        ("back&#8;space &#xFFFF;2", "backspace 2"),
        ("<![CDATA[a & b < c]]> & 2", "a & b < c & 2"),
        ("x &amp;lt; y &amp;amp; z", "x < y & z"),
        ("the entity &amp;amp;amp;", "the entity &amp;"),
    ],
)
def test_references_are_read_as_they_were_meant(written: str, read: str) -> None:
    """Those of HTML, those that XML forbids, a lone `&`, and those that stand in arXiv's own metadata."""
    whole = rss("cs.AI", DAY, made_day(DAY, 3)).replace("We make up paper 2", written)
    made = parse_feed(whole.encode(), "cs.AI")

    assert len(made.announcements) == 3
    assert made.announcements[1].paper.abstract.startswith(read)


@pytest.mark.parametrize("broken", ["a < b", "<b>bold", "</i>", "<a b='1' b='2'/>", "<?xml?>"])
def test_a_broken_entry_costs_itself_alone(broken: str) -> None:
    """The others of the day are read, and the notice counts what is lost."""
    whole = rss("cs.AI", DAY, made_day(DAY, 5)).replace("We make up paper 2", broken)
    made = parse_feed(whole.encode(), "cs.AI")

    assert len(made.announcements) >= 3
    assert [notice.code for notice in made.skipped][:1] == ["feed.entries_broken"]


@pytest.mark.parametrize("before", [b"\n", b"\xef\xbb\xbf\r\n ", b"   "])
def test_what_stands_before_the_declaration_is_passed_over(before: bytes) -> None:
    assert len(parse_feed(before + rss("cs.AI", DAY, made_day(DAY, 2)).encode(), "cs.AI").announcements) == 2


def test_a_day_of_two_thousand() -> None:
    """As many entries as arXiv gives at most are all there, in order."""
    listed = made_day(DAY, 2000)
    made = parse_feed(rss("cs.AI", DAY, listed).encode(), "cs.AI")

    assert [a.paper.id for a in made.announcements] == [a.paper.id for a in listed]
    assert [a.kind for a in made.announcements] == [a.kind for a in listed]
    assert made.announcements[1999].paper.title == listed[1999].paper.title
