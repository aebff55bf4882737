"""Which papers keywords match, where, and what becomes of a day."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import KeywordError
from digest.matching.batch import BatchMatcher
from digest.matching.batch_index import FEW
from digest.matching.matcher import Matcher, field_text
from digest.matching.selection import select_papers
from digest.models.edition import Edition, UpdatePolicy
from digest.models.match import MatchField
from digest.models.paper import Announcement, AnnouncementKind, Paper
from tests.shared import SHARED, needs_shared

DAY = date(2026, 3, 4)


def paper(
    title: str = "A title",
    abstract: str = "An abstract.",
    authors: Sequence[str] = ("Ada Byron",),
    categories: Sequence[str] = ("cs.RO",),
    paper_id: str = "2603.00001",
    version: int = 1,
) -> Paper:
    return Paper(paper_id, version, title, tuple(authors), abstract, tuple(categories))


def found(keyword: str, of: Paper) -> list[tuple[str, str]]:
    """Field and text of every match."""
    return [(match.field.value, match.text) for match in Matcher([keyword]).matches(of)]


# --- what keywords match ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keyword", "title", "text"),
    [
        ("vla", "VLAs for robots", "VLAs"),
        ("VLA", "A vla, tested", "vla"),
        ("vision language action", "Vision-Language/Action models", "Vision-Language/Action"),
        ("vision-language-action", "A vision language action model", "vision language action"),
        ("vision/language action models", "A Vision-Language-Action Model", "Vision-Language-Action Model"),
        ("spatio-temporal data", "Spatiotemporal data", "Spatiotemporal data"),
        ("pretraining", "On pre-training", "pre-training"),
        ("johnson lindenstrauss", "Johnson--Lindenstrauss transforms", "Johnson--Lindenstrauss"),
        ("Erdős-Rényi", "Erd\\H{o}s--R\\'enyi graphs", "Erd\\H{o}s--R\\'enyi"),
        ("pi0 fast", "$\\pi_0$-FAST", "$\\pi_0$-FAST"),
        ("π0", "$\\pi_0$", "$\\pi_0$"),
        ("$\\pi_0$", "the pi0 policy", "pi0"),
        ("ct-δbench", "CT-$\\Delta$Bench", "CT-$\\Delta$Bench"),
        ("SPARK", "\\textsc{Spark}: fast", "Spark"),
        ("扩散策略", "基于扩散策略的机器人VLA模型", "扩散策略"),
        ("vla", "基于扩散策略的机器人VLA模型", "VLA"),
        ('"world models"', "World-Models!", "World-Models"),
        ("3d: scenes", "3D: Scenes of rooms", "3D: Scenes"),
        ("sars", "SARS seen again", "SARS"),
        ("C++", "Safe C++ today", "C++"),
    ],
)
def test_a_phrase_matches_as_it_may_be_written(keyword: str, title: str, text: str) -> None:
    """Case, hyphens, slashes, plurals, accents and LaTeX do not matter."""
    assert found(keyword, paper(title)) == [("title", text)]


@pytest.mark.parametrize(
    ("keyword", "title"),
    [
        ("vla", "NetVLAD by Vladimir, with OpenVLA and VLA2"),
        ("vla", "see https://github.com/cvlab/vla"),
        ("vision language action", "Vision. Language action"),
        ("vision language action", "Vision (language) action"),
        ("vision language action", "Vision for language action"),
        ('"world models"', "A world model"),
        ("pi0", "$\\pi_{0.5}$"),
        ("robotics", "A robotic hand"),
        ("sar", "SARS"),
        ("c++", "vitamin C"),
        ("策略网", "扩散策略"),
    ],
)
def test_only_whole_words_and_whole_phrases_match(keyword: str, title: str) -> None:
    """A part of a word is no match, nor are words that punctuation keeps apart."""
    assert found(keyword, paper(title)) == []


def test_fields() -> None:
    """A keyword looks into title and abstract unless it names a field."""
    of = paper("World models", "A world model by Ada.", ["Ada Byron"], ["cs.LG", "stat.ML"])

    assert found("world model", of) == [("title", "World models"), ("abstract", "world model")]
    assert found("abs:world model", of) == [("abstract", "world model")]
    assert found("ti:ada", of) == []
    assert found("byron", of) == []
    assert found("cat:stat.ml", of) == [("categories", "stat.ML")]
    assert found("cat:stat", of) == [("categories", "stat.ML")]
    assert found("cat:cs.*", of) == [("categories", "cs.LG")]
    assert found("cat:cs.GT", of) == []


@pytest.mark.parametrize(
    ("keyword", "author"),
    [
        ("au:levine", "Sergey Levine"),
        ('au:"Sergey Levine"', "Sergey Levine"),
        ('au:"S. Levine"', "Sergey Levine"),
        ("au:Levine, Sergey", "S. Levine"),
        ("au:Michael Jordan", "Michael I. Jordan"),
        ("au:muller", 'J\\"org M\\"uller'),
        ("au:Jian-Ke Zhang", "Jianke Zhang"),
        ("au:sergey", "Sergey Levine"),
    ],
)
def test_authors_match(keyword: str, author: str) -> None:
    """The surname whole, given names whole or as initials on either side; the match is the author's whole name."""
    assert found(keyword, paper(authors=["Ada Byron", author, "C"])) == [("authors", author)]


@pytest.mark.parametrize(
    ("keyword", "author"),
    [("au:levin", "Sergey Levine"), ('au:"T. Levine"', "Sergey Levine"), ("au:sergey ada", "Sergey Levine")],
)
def test_other_authors_do_not_match(keyword: str, author: str) -> None:
    """Parts of surnames and other initials are other people."""
    assert found(keyword, paper(authors=["Ada Byron", author])) == []


def test_both_either_and_not() -> None:
    """Operators combine; of what matched, each term is shown where it stands."""
    of = paper("Diffusion policy", "A survey of robots.")

    assert found("diffusion policy -survey", of) == []
    assert found("diffusion policy -ti:survey", of) == [("title", "Diffusion policy")]
    assert found("robot + policy", of) == [("title", "policy"), ("abstract", "robots")]
    assert found("robot + humanoid", of) == []
    assert found("humanoid | survey", of) == [("abstract", "survey")]
    assert found("(humanoid | robot) -hand", of) == [("abstract", "robots")]


def test_matches_come_in_the_order_of_the_keywords() -> None:
    """The edition's keywords, then the fields; a keyword given twice counts once."""
    of = paper("Robots and policies", "Policies.")

    assert [(m.keyword, m.field) for m in Matcher(["policy", "robot", "policy"]).matches(of)] == [
        ("policy", MatchField.TITLE),
        ("policy", MatchField.ABSTRACT),
        ("robot", MatchField.TITLE),
    ]


def test_a_bad_keyword_is_refused() -> None:
    """Matchers are made of keywords that parse."""
    with pytest.raises(KeywordError):
        Matcher(["vla", "a +"])
    with pytest.raises(KeywordError):
        BatchMatcher([Edition("e", ("cs.RO",), ("a +",))])


WORDS = st.sampled_from(
    [
        "vla",
        "vlas",
        "basis",
        "bases",
        "base",
        "spectra",
        "spectrum",
        "β",
        "beta",
        "Straße",
        "strasse",
        "VLA",
        "SARS",
        "sars",
        "sar",
        "pre",
        "training",
        "pretraining",
        "x",
        "π",
        "$\\pi_0$",
        "pi0",
        "粗体",
        "体",
    ]
)
TEXTS = st.lists(
    st.tuples(WORDS, st.sampled_from([" ", "-", "/", ". ", ", ", "", "--", " (", "$", "{", "}"])), max_size=12
)
NAMES = st.sampled_from(["Ada Byron", "A. Byron", "Byron Lee", "J.-P. Byron", "Wei Lee"])
CATEGORIES = st.sampled_from(["cs.RO", "cs.LG", "hep-th", "cs"])
OPERATORS = st.sampled_from([" ", "-", " + ", " | ", " -", " ti:", " abs:", " | au:", " + cat:", '"', "(", ")", ": "])
KEYWORDS = st.lists(WORDS | OPERATORS | NAMES | CATEGORIES, min_size=1, max_size=7).map("".join)


def flat(parts: list[tuple[str, str]]) -> str:
    return "".join(word + gap for word, gap in parts)


@st.composite
def papers(draw: st.DrawFn, count: int = 5) -> list[Paper]:
    return [
        paper(
            flat(draw(TEXTS)),
            flat(draw(TEXTS)),
            draw(st.lists(NAMES, max_size=3)),
            draw(st.lists(CATEGORIES, min_size=1, max_size=3)),
            f"2603.{number:05}",
        )
        for number in range(draw(st.integers(1, count)))
    ]


@st.composite
def keywords(draw: st.DrawFn) -> str:
    text = draw(KEYWORDS)
    try:
        Matcher([text])
    except KeywordError:
        return draw(WORDS)
    return text


@settings(max_examples=300, deadline=None)
@given(papers(), st.lists(keywords(), max_size=6), st.booleans())
def test_the_pool_matches_as_the_plain_matcher_does(day: list[Paper], watched: list[str], many: bool) -> None:
    """One pass over a day gives for each edition what its own matcher gives, of few keywords and of many."""
    others = tuple(f"word{number}" for number in range(FEW + 1)) if many else ()
    editions = [
        Edition("others", ("cs.RO",), others),
        Edition("all", ("cs.RO",), tuple(watched)),
        Edition("some", ("cs.RO",), tuple(watched[::-2])),
        Edition("none", ("cs.RO",), ()),
    ]
    matched = BatchMatcher(editions).match(day)

    for edition in editions:
        plain, pooled = Matcher(edition.keywords), matched.matcher(edition)
        assert [pooled.matches(p) for p in day] == [plain.matches(p) for p in day]
        assert matched.ids(edition.keywords) == {p.id for p in day if plain.matches(p)}


@settings(deadline=None)
@given(papers(1), keywords())
def test_a_span_is_its_text(day: list[Paper], keyword: str) -> None:
    """Offsets point into the field as arXiv gave it."""
    for match in Matcher([keyword]).matches(day[0]):
        assert field_text(day[0], match.field)[match.start : match.end] == match.text
        assert match.text


# --- what becomes of a day --------------------------------------------------------------------------------------


def listed(kind: AnnouncementKind, category: str = "cs.RO", of: Paper | None = None) -> Announcement:
    return Announcement(of or paper("VLA"), DAY, kind, category)


def edition(**changes: object) -> Edition:
    wanted: dict[str, object] = {"name": "e", "categories": ("cs.RO", "cs.CV"), "keywords": ("vla",), **changes}
    return Edition(**wanted)  # type: ignore[arg-type]


VLA = Matcher(["vla"])
V2 = paper("VLA", version=2)


def test_the_strongest_kind_counts() -> None:
    """A paper listed by several categories is one paper."""
    choice = select_papers(edition(), [listed(AnnouncementKind.CROSS), listed(AnnouncementKind.NEW, "cs.CV")], {}, VLA)

    assert [chosen.kind for chosen in choice.cards] == [AnnouncementKind.NEW]
    assert choice.announced == 1


def test_kinds_and_categories_are_the_editions() -> None:
    """Other kinds become no cards, other categories are not looked at."""
    assert not select_papers(edition(kinds=(AnnouncementKind.NEW,)), [listed(AnnouncementKind.CROSS)], {}, VLA).cards
    assert select_papers(edition(), [listed(AnnouncementKind.NEW, "math.CO")], {}, VLA).announced == 0


def test_a_carded_paper_gets_no_second_card() -> None:
    """Neither as new nor cross-listed, in whichever version."""
    for kind in (AnnouncementKind.NEW, AnnouncementKind.CROSS):
        choice = select_papers(edition(), [listed(kind, of=V2)], {V2.id: 1}, VLA)
        assert (choice.cards, choice.updates, choice.announced) == ((), (), 1)


@pytest.mark.parametrize(
    ("policy", "carded", "updates"),
    [
        (UpdatePolicy.CARDED, {}, 0),
        (UpdatePolicy.CARDED, {V2.id: 1}, 1),
        (UpdatePolicy.CARDED, {V2.id: 2}, 0),
        (UpdatePolicy.ALL, {}, 1),
        (UpdatePolicy.ALL, {V2.id: 1}, 1),
        (UpdatePolicy.ALL, {V2.id: 2}, 0),
        (UpdatePolicy.NONE, {V2.id: 1}, 0),
    ],
)
def test_policies_of_updates(policy: UpdatePolicy, carded: dict[str, int], updates: int) -> None:
    """A replacement is an update of what was carded, or of all that matches, or nothing; only newer versions are."""
    choice = select_papers(edition(updates=policy), [listed(AnnouncementKind.REPLACE_CROSS, of=V2)], carded, VLA)

    assert len(choice.updates) == updates
    assert not choice.cards


def test_an_update_of_a_carded_paper_need_not_match_again() -> None:
    """Who was shown a paper is told of its new version, whatever became of its title."""
    renamed = paper("Renamed", version=2)

    assert (
        select_papers(edition(), [listed(AnnouncementKind.REPLACE, of=renamed)], {renamed.id: 1}, VLA)
        .updates[0]
        .matches
        == ()
    )


def test_an_update_is_not_hidden_by_a_cross_listing() -> None:
    """On a day that both replaces and cross-lists a carded paper, the new version is shown."""
    listings = [listed(AnnouncementKind.CROSS, of=V2), listed(AnnouncementKind.REPLACE, "cs.CV", of=V2)]

    assert [u.kind for u in select_papers(edition(), listings, {V2.id: 1}, VLA).updates] == [AnnouncementKind.REPLACE]


def test_an_update_shown_before_is_not_shown_again() -> None:
    """Of papers that were never carded too, where it is known."""
    choice = select_papers(
        edition(updates=UpdatePolicy.ALL), [listed(AnnouncementKind.REPLACE, of=V2)], {}, VLA, updated={V2.id: 2}
    )

    assert choice.updates == ()


def test_replacements_can_become_cards() -> None:
    """Where an edition lists that kind, and only once."""
    wants = edition(kinds=(AnnouncementKind.NEW, AnnouncementKind.REPLACE))

    assert len(select_papers(wants, [listed(AnnouncementKind.REPLACE, of=V2)], {}, VLA).cards) == 1
    assert select_papers(wants, [listed(AnnouncementKind.REPLACE, of=V2)], {V2.id: 2}, VLA).cards == ()


def test_cards_have_an_order() -> None:
    """Matches in the title first, then new before cross, then the edition's categories, then ids."""
    day = [
        listed(AnnouncementKind.NEW, of=paper("Other", "VLA", paper_id="2603.00001")),
        listed(AnnouncementKind.CROSS, of=paper("VLA", paper_id="2603.00002")),
        listed(AnnouncementKind.NEW, of=paper("VLA", paper_id="2603.00003", categories=("cs.CV", "cs.RO"))),
        listed(AnnouncementKind.NEW, of=paper("VLA", paper_id="2603.00005")),
        listed(AnnouncementKind.NEW, of=paper("VLA", paper_id="2603.00004")),
    ]

    assert [c.paper.id[-1] for c in select_papers(edition(), day, {}, VLA).cards] == ["4", "5", "3", "2", "1"]


@settings(deadline=None)
@given(papers(), st.sets(st.sampled_from(UpdatePolicy)), st.data())
def test_the_pool_chooses_as_choose_does(day: list[Paper], policies: set[UpdatePolicy], data: st.DataObject) -> None:
    """Choosing for all editions at once gives each what choosing alone gives it."""
    announcements = [
        Announcement(
            p,
            DAY,
            data.draw(st.sampled_from(AnnouncementKind)),
            data.draw(st.sampled_from(["cs.RO", "cs.CV", "cs.LG"])),
        )
        for p in [*day, *day]
    ]
    editions = [edition(name=policy.value, keywords=("vla", "pi0 | sars"), updates=policy) for policy in policies]
    shown = {p.id: (data.draw(st.integers(0, 2)), data.draw(st.booleans())) for p in day}
    carded = {paper_id: version for paper_id, (version, as_card) in shown.items() if version and as_card}
    updated = {paper_id: version for paper_id, (version, as_card) in shown.items() if version and not as_card}

    for wants, choice in BatchMatcher(editions).choose(announcements, lambda name: carded, lambda name: updated):
        assert choice == select_papers(wants, announcements, carded, Matcher(wants.keywords), updated=updated)


def test_replacements_are_matched_where_an_edition_takes_them() -> None:
    """A day that was matched for editions that take none serves no edition that does; an update says why it matches
    all the same."""
    day = [
        listed(AnnouncementKind.REPLACE, of=V2),
        listed(AnnouncementKind.NEW, of=paper("VLA", paper_id="2603.00002")),
    ]
    takers = [edition(updates=UpdatePolicy.ALL), edition(kinds=(AnnouncementKind.NEW, AnnouncementKind.REPLACE))]
    matched = BatchMatcher([edition()]).match_day(day)

    assert matched.covers(edition())
    assert not any(map(matched.covers, takers))
    assert all(map(BatchMatcher([edition(), *takers]).match_day(day).covers, [edition(), *takers]))
    assert [m.text for m in matched.choose(edition(), {V2.id: 1}).updates[0].matches] == ["VLA"]


# --- the recorded days ------------------------------------------------------------------------------------------


def recorded_days() -> Iterator[tuple[str, list[Announcement]]]:
    """The announcements of the corpus, day by day, as if one category had listed them."""
    for file in sorted((SHARED / "corpus/days").glob("*.jsonl")):
        yield file.stem, [_announcement(json.loads(line), file) for line in file.read_text("utf-8").splitlines()]


def _announcement(entry: dict[str, object], file: Path) -> Announcement:
    of = Paper(
        str(entry["id"]),
        int(str(entry["version"])),
        str(entry["title"]),
        tuple(str(entry["creator"]).split(", ")),
        str(entry["abstract"]),
        tuple(entry["categories"]),  # type: ignore[arg-type]
    )
    return Announcement(of, date.fromisoformat(file.stem), AnnouncementKind(str(entry["announce_type"])), "all")


def expected() -> dict[str, dict[str, dict[str, object]]]:
    return json.loads((SHARED / "corpus/expected-matches.json").read_text("utf-8"))  # type: ignore[no-any-return]


class TestRecordedDays:
    pytestmark = needs_shared

    def test_exactly_the_expected_papers_match(self) -> None:
        """On every day, for the same keywords, by the plain matcher and by the pool; none of the traps."""
        watched = tuple(str(keyword) for keyword in expected()["keywords"])
        matcher = Matcher(watched)
        wants = Edition("e", ("all",), watched)
        for day, announcements in recorded_days():
            matches = expected()["days"].get(day, {}).get("matches", {})
            pooled = BatchMatcher([wants]).match(a.paper for a in announcements).matcher(wants)
            for announcement in announcements:
                reasons = matcher.matches(announcement.paper)
                entry = matches.get(announcement.paper.id, {})  # type: ignore[attr-defined]
                assert {r.keyword for r in reasons} == set(entry.get("keywords", ())), announcement
                assert pooled.matches(announcement.paper) == reasons

    def test_played_in_order(self) -> None:
        """Every expected match is carded once, on the first day that lists it as new or cross, and newer versions of
        what was carded are updates."""
        file = expected()
        wants = Edition("e", ("all",), tuple(file["keywords"]))
        matcher, carded = Matcher(wants.keywords), dict[str, int]()
        for day, announcements in recorded_days():
            matches: dict[str, dict[str, object]] = file["days"].get(day, {}).get("matches", {})  # type: ignore[assignment]
            choice = select_papers(wants, announcements, carded, matcher)
            fresh = {
                paper_id
                for paper_id, entry in matches.items()
                if entry["kind"] in ("new", "cross") and paper_id not in carded
            }
            newer = {
                a.paper.id
                for a in announcements
                if a.kind.is_replacement and a.paper.version > carded.get(a.paper.id, 99)
            }
            assert {c.paper.id for c in choice.cards} == fresh, day
            assert {u.paper.id for u in choice.updates} == newer, day
            carded |= {c.paper.id: c.paper.version for c in (*choice.cards, *choice.updates)}
        assert len(carded) > 200
