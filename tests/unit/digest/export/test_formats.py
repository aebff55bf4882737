"""Papers taken along, read back by other people's parsers: bibtexparser, pybtex, rispy,
citeproc-py, csv, markdown-it.
"""

import csv
import io
import json
import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import bibtexparser.entrypoint
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pybtex import database as pybtex_database

from digest.export import zotero_items
from digest.export.citation_fields import doi, issue_date
from digest.export.formats import FORMATS, export_papers
from digest.export.person_names import person_name
from digest.models.paper import Paper
from digest.text.latex.latex_to_text import latex_to_text
from tests.shared import SHARED, needs_shared

TOUCH = Paper(
    id="2601.00002",
    version=2,
    title="Tactile gloves & rings: 50% of $\\pi_0$, \\{and\\} #1_x of Erd\\H{o}s",
    authors=("Ada Lovelace", "Ludwig van Beethoven", "Sammy Davis Jr.", "The Glove Collaboration", "Jos\\'e Garc\\'ia"),
    abstract="Touch is a sense.\n  We <b>use</b> it, @all & {more}; a \\textbf{tactile} one.",
    categories=("cs.RO", "cs.AI"),
    submitted=datetime(2026, 1, 2, 23, 59, tzinfo=UTC),
    journal_ref="J. of Gloves 3, 14 (2026)",
)
FORMULA = replace(TOUCH, id="2601.00003", title='=HYPERLINK("https://evil.example") @x', authors=("Plato",))
OLD = Paper("hep-th/9901001", 1, "Strings", ("É. Ó Briain",), "", ("hep-th",), doi="10.1000/a{b}")
CHINESE = Paper("2602.00001", 1, "交通预测：一种方法", ("张 伟", "Li, Xiao"), "我们预测交通。", ("cs.LG",))
PAPERS = (TOUCH, FORMULA, OLD, CHINESE)


def bibtex(papers: Sequence[Paper]) -> list[dict[str, Any]]:
    library = bibtexparser.entrypoint.parse_string(
        export_papers(papers, "bibtex"),
        append_middleware=[SeparateCoAuthors(), SplitNameParts(), LatexDecodingMiddleware()],
    )
    assert library.failed_blocks == []
    return [{"key": entry.key, **{field.key: field.value for field in entry.fields}} for entry in library.entries]


def squeezed(text: str) -> str:
    return re.sub(r"[\s{}]", "", text.replace("₀", "_0"))


# --- BibTeX -----------------------------------------------------------------------------------------------------


def test_bibtex_is_read_by_bibtexparser() -> None:
    """Title, eprint, class, year and DOI come back as a reader would see them."""
    touch, _, old, chinese = bibtex(PAPERS)

    assert touch["key"] == "lovelace2026tactile"
    assert squeezed(touch["title"]) == squeezed(latex_to_text(TOUCH.title))
    assert (touch["eprint"], touch["archivePrefix"], touch["primaryClass"]) == ("2601.00002", "arXiv", "cs.RO")
    assert (touch["year"], touch["doi"]) == ("2026", "10.48550/arXiv.2601.00002")
    assert (old["eprint"], old["year"], old["doi"]) == ("hep-th/9901001", "1999", "10.1000/ab")
    assert chinese["title"] == "交通预测：一种方法"


def test_bibtex_parts_names_as_their_bearers_do() -> None:
    """Particles and suffixes stand where they belong; a group is one name."""
    authors = bibtex([TOUCH])[0]["author"]

    assert [a.last for a in authors[:4]] == [["Lovelace"], ["Beethoven"], ["Davis"], ["{The Glove Collaboration}"]]
    assert authors[4].last == ["Garc{\\'\\i}a"]
    assert authors[1].von == ["van"]
    assert authors[2].jr == ["Jr."]


def test_each_entry_has_a_key_of_its_own() -> None:
    """Three papers of one author, year and word."""
    papers = [replace(TOUCH, id=f"2601.0000{n}") for n in (5, 6, 7)]

    assert [one["key"] for one in bibtex(papers)] == [f"lovelace2026tactile{letter}" for letter in ("", "a", "b")]


# --- RIS --------------------------------------------------------------------------------------------------------


def test_ris_is_read_by_rispy() -> None:
    """A record a paper, each with its authors in the form "van Beethoven, Ludwig"."""
    records = rispy.loads(export_papers(PAPERS, "ris"))

    assert [r["title"] for r in records] == [latex_to_text(p.title) for p in PAPERS]
    assert records[0]["authors"] == [
        "Lovelace, Ada",
        "van Beethoven, Ludwig",
        "Davis, Sammy, Jr.",
        "The Glove Collaboration",
        "García, José",
    ]
    assert (records[0]["year"], records[0]["doi"], records[0]["accession_number"]) == (
        "2026",
        "10.48550/arXiv.2601.00002",
        "arXiv:2601.00002",
    )
    assert records[0]["abstract"] == latex_to_text(TOUCH.abstract)
    assert records[0]["keywords"] == ["cs.RO", "cs.AI"]


# --- CSL-JSON ---------------------------------------------------------------------------------------------------


def test_csl_json_is_cited_by_citeproc() -> None:
    """A citation processor makes bibliography entries of it, in a style of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, of resources that it opens and of fields that its style leaves out
        from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
        from citeproc.source.json import CiteProcJSON

        items = json.loads(export_papers(PAPERS, "csl-json"))
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
        for item in items:
            bibliography.register(Citation([CitationItem(item["id"])]))
        shown = [str(entry) for entry in bibliography.bibliography()]

    assert any("Lovelace" in entry and "2026" in entry and "Tactile gloves" in entry for entry in shown)
    assert any("交通预测" in entry for entry in shown)
    assert items[0]["author"][1] == {"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"}
    assert items[0]["author"][3] == {"literal": "The Glove Collaboration"}
    assert items[0]["issued"] == {"date-parts": [[2026, 1, 2]]}


# --- CSV and Markdown -------------------------------------------------------------------------------------------


def test_csv_has_a_row_a_paper_and_no_formula() -> None:
    """What begins like a formula is text to a spreadsheet."""
    rows = list(csv.DictReader(io.StringIO(export_papers(PAPERS, "csv"))))

    assert [row["id"] for row in rows] == [p.id for p in PAPERS]
    assert rows[0]["abstract"] == latex_to_text(TOUCH.abstract)
    assert rows[1]["title"].startswith("'=HYPERLINK")
    assert rows[0]["date"] == "2026-01-02"


def test_markdown_is_a_list_of_links_without_markup_of_the_papers() -> None:
    """A CommonMark parser finds one link a paper; nothing in a title is markup, HTML or another link."""
    tokens = MarkdownIt("commonmark").parse(export_papers(PAPERS, "markdown"))
    inner = [child for token in tokens for child in token.children or ()]

    assert [c.attrs["href"] for c in inner if c.type == "link_open"] == [
        f"https://arxiv.org/abs/{paper.id}" for paper in PAPERS
    ]
    assert not [c for c in inner if c.type in ("html_inline", "em_open", "strong_open", "code_inline", "image")]


# --- all forms --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_a_paper_given_twice_is_there_once(form: str) -> None:
    assert export_papers([TOUCH, TOUCH], form) == export_papers([TOUCH], form)
    assert len(export_papers([TOUCH], form, abstracts=False)) < len(export_papers([TOUCH], form))


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_gives_a_file_without_papers(form: str) -> None:
    assert export_papers([], form).strip("\ufeff\r\n ") in ("", "[]", export_papers([], "csv").strip())


TEXT = st.text(st.characters(codec="utf-8"), max_size=60)


@given(TEXT, st.lists(TEXT, max_size=4), TEXT)
def test_no_text_breaks_a_form(title: str, authors: list[str], abstract: str) -> None:
    """Whatever authors write, each parser finds one whole record."""
    paper = Paper("2601.00009", 1, title, tuple(authors), abstract, ("cs.RO",))

    assert len(bibtex([paper, TOUCH])) == 2
    assert len(rispy.loads(export_papers([paper, TOUCH], "ris"))) == 2
    assert len(list(csv.DictReader(io.StringIO(export_papers([paper, TOUCH], "csv"))))) == 2
    assert len(json.loads(export_papers([paper, TOUCH], "csl-json"))) == 2


# Written name -> given name, surname with particle, suffix; a group or a single word has a surname alone.
NAMES = [
    ("Jianke Zhang", "Jianke", "Zhang", ""),
    ("J. K. Rowling", "J. K.", "Rowling", ""),
    ("Guy Van den Broeck", "Guy", "Van den Broeck", ""),
    ("Ellen 't Sas", "Ellen", "'t Sas", ""),
    ("Jan in 't Veld", "Jan", "in 't Veld", ""),
    ("Pieter op den Camp", "Pieter", "op den Camp", ""),
    ("Karl Freiherr von und zu Thal", "Karl Freiherr", "von und zu Thal", ""),
    ("Anne de La Tour", "Anne", "de La Tour", ""),
    ("Ana Silva e Costa", "Ana", "Silva e Costa", ""),
    ("Rui dos Santos e Lima", "Rui", "dos Santos e Lima", ""),
    ("Antoni Puig i Ferrer", "Antoni", "Puig i Ferrer", ""),
    ("Slim Ben Ammar", "Slim", "Ben Ammar", ""),
    ("Yusuf bin Rashid", "Yusuf", "bin Rashid", ""),
    ("Seán Ó Briain", "Seán", "Ó Briain", ""),
    ("Robert De Niro", "Robert", "De Niro", ""),
    ("Mary van der Berg Jr.", "Mary", "van der Berg", "Jr."),
    ("John Smith 3rd", "John", "Smith", "3rd"),
    ("Ada Lovelace, PhD", "Ada", "Lovelace", ""),
    ("Prof. Ada Lovelace", "Ada", "Lovelace", ""),
    ("Cruz, Juan de la", "Juan", "de la Cruz", ""),
    ("Li, Xiao", "Xiao", "Li", ""),
    ("Wei Li (李伟)", "Wei", "Li", ""),
    ("Wei Li（李伟）", "Wei", "Li", ""),
    ("Wei Li 李伟", "Wei", "Li", ""),
    ("Ji Woong (Brian) Kim", "Ji Woong", "Kim", ""),
    # first and middle names that look like particles
    ("Le Song", "Le", "Song", ""),
    ("Di Wu", "Di", "Wu", ""),
    ("Xiao Di Wu", "Xiao Di", "Wu", ""),
    ("Hung Van Tran", "Hung Van", "Tran", ""),
    ("Mohamed El Amine Seddik", "Mohamed El Amine", "Seddik", ""),
    ("María del Carmen García", "María del Carmen", "García", ""),
    ("Ravi Kumar V", "Ravi Kumar", "V", ""),
    ("Weiwei Ai", "Weiwei", "Ai", ""),
    ("bell hooks", "bell", "hooks", ""),
    # groups
    ("DeepSeek-AI", "", "DeepSeek-AI", ""),
    ("OpenAI Team", "", "OpenAI Team", ""),
    ("Figure AI", "", "Figure AI", ""),
    ("NVIDIA Robotics", "", "NVIDIA Robotics", ""),
    ("Shanghai Institute of Gloves", "", "Shanghai Institute of Gloves", ""),
    ("on behalf of the GLOVE Collaboration", "", "on behalf of the GLOVE Collaboration", ""),
    ("李伟", "", "李伟", ""),
]


@pytest.mark.parametrize(("author", "given_name", "surname", "suffix"), NAMES)
def test_names_have_the_same_parts_in_all_forms(author: str, given_name: str, surname: str, suffix: str) -> None:
    """Particles, suffixes, groups and names in another script, as the readers of the four forms see them."""
    paper = replace(TOUCH, authors=(author,))
    name = person_name(author)

    assert (name.given, name.surname, name.suffix) == (given_name, surname, suffix)
    ris = rispy.loads(export_papers([paper], "ris"))[0]["authors"]
    assert ris == [", ".join(filter(None, (surname, given_name, suffix)))]
    csl = json.loads(export_papers([paper], "csl-json"))[0]["author"][0]
    if given_name:
        particle = csl.get("non-dropping-particle", "")
        assert f"{particle} {csl['family']}".strip() == surname
        assert (csl["given"], csl.get("suffix", "")) == (given_name, suffix)
    else:
        assert csl == {"literal": surname}
    creator = zotero_items.item(paper)["creators"]
    both = {"firstName": f"{given_name} {suffix}".strip(), "lastName": surname}
    assert creator == [{"creatorType": "author", **(both if given_name else {"name": surname})}]
    [entry] = pybtex_database.parse_string(export_papers([paper], "bibtex"), "bibtex").entries.values()
    [person] = entry.persons["author"]
    assert _words(person.prelast_names + person.last_names) == surname
    assert _words(person.first_names + person.middle_names) == given_name
    assert _words(person.lineage_names) == suffix


def _words(latex: list[str]) -> str:
    return latex_to_text(" ".join(latex))


def test_a_name_is_markup_throughout_or_not_at_all() -> None:
    """Accents above accents are stacked; a letter that LaTeX lacks leaves the whole name as it is written."""
    stacked, raw = replace(TOUCH, authors=("Lễ Thị Bạn",)), replace(TOUCH, authors=("Ơn Thị Lễ",))

    assert "{Bạn, Lễ Thị}" not in export_papers([stacked], "bibtex")
    assert "B{\\d{a}}n, L{\\~{\\^e}} Th{\\d{i}}" in export_papers([stacked], "bibtex")
    assert "Lễ, Ơn Thị" in export_papers([raw], "bibtex")


@pytest.mark.parametrize(
    ("field", "bare"),
    [
        ("10.1234/glove.1 10.1234/glove.2", "10.1234/glove.1"),
        ("10.1234/glove.1;10.1234/glove.2", "10.1234/glove.1"),
        ("DOI: 10.1234/glove.1.", "10.1234/glove.1"),
        ("https://doi.org/10.1234/glove%281%29", "10.1234/glove(1)"),
        ("see https://dx.doi.org/10.1234/glove.1, erratum 10.1234/glove.2", "10.1234/glove.1"),
        ("(10.1234/glove(1))", "10.1234/glove(1)"),
        ("10.1002/(SICI)1097(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2", None),
        ("10.1234/glove.1\nER  - \nTY  - JOUR", "10.1234/glove.1"),
        ("\u200b10.1234/glove.1\u200b", "10.1234/glove.1"),
        ("in press", "10.48550/arXiv.2601.00002"),
        ("10.12/x", "10.48550/arXiv.2601.00002"),
    ],
)
def test_the_first_doi_of_a_field_counts_bare(field: str, bare: str | None) -> None:
    """Without what people write around it; a text that holds none leaves arXiv's own."""
    assert doi(replace(TOUCH, doi=field)) == (bare or field)


@given(TEXT, st.lists(TEXT, max_size=3), TEXT, TEXT)
def test_pybtex_reads_every_entry(title: str, authors: list[str], abstract: str, field: str) -> None:
    """The strictest of the parsers, which BibTeX's own rules are written into, finds each entry and warns of none."""
    paper = Paper("2601.00009", 1, title, tuple(authors), abstract, ("cs.RO",), doi=field)

    entries = pybtex_database.parse_string(export_papers([paper, TOUCH], "bibtex"), "bibtex").entries
    assert [entry.fields["eprint"] for entry in entries.values()] == [paper.id, TOUCH.id]
    assert len(rispy.loads(export_papers([paper, TOUCH], "ris"))) == 2


def test_a_paper_without_a_date_has_that_of_its_id() -> None:
    assert issue_date(CHINESE) == (2026, 2)
    assert issue_date(OLD) == (1999, 1)
    assert doi(CHINESE) == "10.48550/arXiv.2602.00001"


@pytest.mark.shared
@needs_shared[1]
def test_all_recorded_papers_are_read_by_the_parsers() -> None:
    """A recorded day of real announcements, none lost and no title changed."""
    lines = (SHARED / "corpus/days/2026-01-09.jsonl").read_text(encoding="utf-8").splitlines()
    papers = list({p.id: p for p in map(recorded, lines)}.values())

    made = bibtex(papers)
    assert [one["eprint"] for one in made] == [p.id for p in papers]
    assert len({one["key"] for one in made}) == len(papers)
    assert [r["title"] for r in rispy.loads(export_papers(papers, "ris"))] == [latex_to_text(p.title) for p in papers]


def recorded(line: str) -> Paper:
    from digest.arxiv.creators import creator_names

    data = json.loads(line)
    categories = tuple(data.get("categories") or ())
    return Paper(
        data["id"], data["version"], data["title"], creator_names(data["creator"]), data["abstract"], categories
    )
