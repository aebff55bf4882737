"""One folding for keywords, the full-text index and the search box of the archive, which is asked in node."""

import json
import shutil
import subprocess
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.matching.matcher import Matcher
from digest.models.paper import Paper
from digest.text.folding import LETTERS, fold, spell_out
from storage.database.connection import Database
from storage.database.migrations import m006_folded_letters
from storage.stores.papers import SqlitePaperStore

SCRIPT = Path(str(resources.files("digest.site"))) / "templates" / "search.js"
TITLES = {
    "2602.00001": "Gödel–Ślęzak Networks for Touch-Based-Grasping",
    "2602.00002": "On the γ-ray Lines of Ærøskøbing, ħω and v₁²",
    "2602.00003": "Große Handschuhe: eﬃcient ＧＬＯＶＥＳ",
    "2602.00004": "C++ or C#? 67.5% of Đorđević's tests",
    "math/0211159": "Flow of İznik tiles",
}
# query -> what all three find; None: only the search box and /search know identifiers
FINDS = {
    "godel slezak": "2602.00001",
    "Slezak networks": "2602.00001",
    "touch based grasping": "2602.00001",
    "touch/based": "2602.00001",
    "gamma-ray": "2602.00002",
    "gamma ray lines": "2602.00002",
    "aeroskobing": "2602.00002",
    "v12": "2602.00002",
    "grosse handschuhe": "2602.00003",
    "efficient gloves": "2602.00003",
    "ＥＦＦＩＣＩＥＮＴ": "2602.00003",
    "dordevic": "2602.00004",
    "iznik": "math/0211159",
}
TYPED = {
    '"touch based grasping"': "2602.00001",
    "“touch-based grasping”": "2602.00001",
    "networks，godel": "2602.00001",
    "(networks)": "2602.00001",
    "networks; touch!": "2602.00001",
    "lines & ray": "2602.00002",
}
PASTED = {
    "2602.00003v2": "2602.00003",
    "arXiv:2602.00003 [cs.RO] 9 Jan 2026": "2602.00003",
    "https://arxiv.org/pdf/2602.00003v1.pdf": "2602.00003",
    "<https://arxiv.org/abs/2602.00003|gloves>": "2602.00003",
    "10.48550/arXiv.2602.00003": "2602.00003",
    "math.GT/0211159v3": "math/0211159",
    "https://arxiv.org/abs/math%2F0211159": "math/0211159",
}
PAPERS = [Paper(name, 1, title, ("Ada Lovelace",), "", ("cs.RO",)) for name, title in TITLES.items()]
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not on this machine")


def box(queries: list[str], texts: tuple[str, ...] = ()) -> Any:
    papers = [{"id": paper.id, "title": paper.title, "takeaway": ""} for paper in PAPERS]
    sent = json.dumps({"papers": papers, "queries": queries, "texts": texts})
    command = ["node", str(Path(__file__).with_name("search_page.js")), str(SCRIPT)]
    return json.loads(
        subprocess.run(command, input=sent, capture_output=True, text=True, check=True, timeout=60).stdout
    )


@pytest.mark.parametrize(("query", "paper"), FINDS.items())
def test_keywords_and_search_find_the_same(query: str, paper: str, tmp_path: Path) -> None:
    """Each letter in another spelling, in the keyword language and in the index."""
    assert [one.id for one in PAPERS if Matcher([query]).matches(one)] == [paper]
    with Database.open(tmp_path / "b.db") as db:
        papers = SqlitePaperStore(db)
        for one in PAPERS:
            papers.save_paper(one)
        assert [one.id for one in papers.search(query)] == [paper]


@pytest.mark.parametrize(("query", "paper"), TYPED.items())
def test_signs_at_the_edge_of_words_are_no_words(query: str, paper: str, tmp_path: Path) -> None:
    with Database.open(tmp_path / "b.db") as db:
        papers = SqlitePaperStore(db)
        for one in PAPERS:
            papers.save_paper(one)
        assert [one.id for one in papers.search(query)] == [paper]


@needs_node
@pytest.mark.slow
def test_the_search_box_finds_the_same() -> None:
    """With the table of the page's script equal to ours; identifiers are found as people paste them, too."""
    expected = {**FINDS, **TYPED, **PASTED}
    answer = box(list(expected))

    assert answer["letters"] == dict(LETTERS)
    found = [[Path(href).stem for href, _ in hits] for hits in answer["hits"]]
    assert dict(zip(expected, found, strict=True)) == {
        query: [paper.replace("/", "-")] for query, paper in expected.items()
    }


@needs_node
@pytest.mark.slow
def test_the_search_box_marks_the_words_as_they_are_written() -> None:
    """Although folding makes two letters of one, and one of two."""
    answer = box(["slezak", "grosse", "efficient gloves", "gamma-ray"])

    assert [marks for [[_, marks]] in answer["hits"]] == [["Ślęzak"], ["Große"], ["eﬃcient", "ＧＬＯＶＥＳ"], ["γ-ray"]]


@needs_node
@pytest.mark.slow
def test_the_script_folds_as_we_do() -> None:
    """Every letter of the blocks that titles and names are written in."""
    ranges = (
        range(0x20, 0x250),
        range(0x370, 0x400),
        range(0x1E00, 0x1F00),
        range(0x2070, 0x20A0),
        range(0x2100, 0x2150),
    )
    letters = tuple(chr(code) for block in (*ranges, range(0xFB00, 0xFB07), range(0xFF01, 0xFF5F)) for code in block)

    assert dict(zip(letters, box([], letters)["folded"], strict=True)) == {letter: fold(letter) for letter in letters}


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(spell_out(text)) == fold(text)


def test_an_old_index_is_brought_up_to_date(tmp_path: Path) -> None:
    """Papers that the index holds with letters as they are written are indexed again; others are left alone."""
    with Database.open(tmp_path / "b.db") as db:
        papers = SqlitePaperStore(db)
        for one in PAPERS:
            papers.save_paper(one)
        papers.index_new()
        with db.quick_transaction():
            _as_before(db)
        assert papers.search("aeroskobing") == []
        m006_folded_letters(db.tables)
        assert papers.index_new() == 3
        assert [one.id for one in papers.search("aeroskobing")] == ["2602.00002"]
        assert [one.id for one in papers.search("slezak")] == ["2602.00001"]


def _as_before(db: Database) -> None:
    """The index as 0.1.0 made it: the columns themselves."""
    for key, title, authors, abstract in db.rows("SELECT * FROM paper_words"):
        words = (key, title, authors, abstract)
        db.run(
            "INSERT INTO paper_search (paper_search, rowid, title, authors, abstract) VALUES ('delete', ?, ?, ?, ?)",
            words,
        )
        db.run("INSERT INTO title_search (title_search, rowid, title) VALUES ('delete', ?, ?)", words[:2])
    db.run("UPDATE papers SET indexed = NULL", ())
    for key, title, authors, abstract in db.rows("SELECT * FROM paper_words"):
        db.run(
            "INSERT INTO paper_search (rowid, title, authors, abstract) VALUES (?, ?, ?, ?)",
            (key, title, authors, abstract),
        )
        db.run("INSERT INTO title_search (rowid, title) VALUES (?, ?)", (key, title))
