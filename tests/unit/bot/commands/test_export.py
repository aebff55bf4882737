"""/export, the BibTeX button of cards, and `broadsheet export`."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import rispy
from click.testing import CliRunner

from bot.cli.main import cli
from bot.commands.about import link, linked
from bot.commands.export import SHOWN
from digest.export.formats import FORMATS, ExportFormat, export_papers
from digest.models.paper import Paper
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
from tests.documentation import reference
from tests.fakes.command_client import ADA, BOB, FRIDAY, PAPERS, ROBOTS, ROOT, TEAM, Team, paper, private


async def test_what_one_person_saved_is_exported() -> None:
    """Newest first, each with its id; nobody else's."""
    team = Team()
    for number in (1, 2):
        await team.ask(f"/save 2601.0000{number}")
    await team.ask("/save 2601.00004", BOB)
    said = await team.ask("/export bibtex")

    assert "eprint        = {2601.00001}" in said
    assert "2601.00004" not in said
    assert said.count("@misc") == 2


@pytest.mark.parametrize("form", FORMATS)
async def test_every_format_is_answered(form: str) -> None:
    team = Team()
    await team.ask("/save 2601.00001")

    assert "2601.00001" in await team.ask(f"/export {form}")


@pytest.mark.parametrize("text", ["/export", "/export word"])
async def test_an_unknown_format_is_answered_with_those_that_there_are(text: str) -> None:
    said = await Team().ask(text)
    assert "bibtex, ris, csl-json, csv, csv-excel, markdown, zotero" in said


async def test_a_new_format_appears_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the chat, on the command line and in the reference, with nothing else changed."""

    def titles(papers: Sequence[Paper], abstracts: bool) -> str:
        return "".join(f"TITLE {paper.title}\n" for paper in papers)

    monkeypatch.setitem(FORMATS, "titles", ExportFormat(titles, ".titles", "", "titles alone"))  # type: ignore[arg-type]
    team = Team()
    await team.ask("/save 2601.00001")

    assert "TITLE" in await team.ask("/export titles")
    assert "titles" in await team.ask("/export word")
    assert "titles" in CliRunner().invoke(cli, ["export", "--help"]).output
    wrong = CliRunner().invoke(cli, ["export", "--format", "word"])
    assert "'titles'" in wrong.output
    assert "| `titles` | `.titles` | titles alone |" in reference.export_formats()


def test_excel_reads_the_letters_right() -> None:
    """By a byte-order mark; the rest is the CSV of every other program."""
    assert export_papers(PAPERS, "csv-excel") == "\ufeff" + export_papers(PAPERS, "csv")


async def test_nothing_saved_is_said() -> None:
    assert "Nothing is saved yet" in await Team().ask("/export ris")


async def test_a_long_list_is_cut_and_says_where_the_whole_is() -> None:
    team = Team()
    for number in range(100, 130):
        team.stores.papers.save_paper(paper(number, f"Paper {number}"))
        team.stores.people.save(ADA, f"2601.{number:05}")
    said = await team.ask("/export bibtex")

    assert said.count("@misc") == SHOWN
    assert "broadsheet export" in said


async def test_the_shared_zotero_library_is_for_admins() -> None:
    """And says where nothing is configured."""
    team = Team()
    for person in (ADA, ROOT):
        await team.ask("/save 2601.00001", person)

    assert "Only the bot's admins" in await team.ask("/export zotero", ADA, private(ADA))
    assert "No Zotero library is configured" in await team.ask("/export zotero", ROOT)


async def test_the_button_of_a_card_gives_one_entry() -> None:
    """In private at once; from a channel by a link to the private chat."""
    team = Team()

    assert "@misc{lovelace2026vla" in await team.ask("/bib 2601.00001", ADA, TEAM)
    assert "2601.09999" in await team.ask("/bib 2601.09999")
    found = linked(link("bib", "2601.00001"))
    assert found is not None
    assert found[1] == "2601.00001"


# --- the command line -------------------------------------------------------------------------------------------


@pytest.fixture
def configured(tmp_path: Path) -> list[str]:
    """A configuration and a database with a published day and a saved paper."""
    config = tmp_path / "config.toml"
    config.write_text('[[editions]]\nname = "robots"\ncategories = ["cs.RO"]\n', encoding="utf-8")
    with Database.open(tmp_path / "broadsheet.db") as db:
        stores = SqliteStores.of(db)
        Team(stores=stores).publish(ROBOTS, FRIDAY, *PAPERS[:3])
        stores.people.save(ADA, PAPERS[1].id)
    return ["--config", str(config), "export"]


def test_an_edition_is_exported(configured: list[str]) -> None:
    """All that it carded, or what it carded between two days."""
    runner = CliRunner()
    everything = runner.invoke(cli, [*configured, "--format", "ris"])
    none = runner.invoke(cli, [*configured, "--from", "2026-02-01"])

    assert [r["accession_number"] for r in rispy.loads(everything.stdout)] == [f"arXiv:{p.id}" for p in PAPERS[:3]]
    assert none.exception is not None


def test_saved_papers_are_written_to_a_file(configured: list[str], tmp_path: Path) -> None:
    out = tmp_path / "saved.json"
    done = CliRunner().invoke(cli, [*configured, "--saved", ADA, "--format", "csl-json", "--out", str(out)])

    assert done.exit_code == 0
    assert [item["id"] for item in json.loads(out.read_text(encoding="utf-8"))] == [f"arXiv:{PAPERS[1].id}"]


def test_zotero_without_a_library_says_what_is_missing(configured: list[str]) -> None:
    done = CliRunner().invoke(cli, [*configured, "--zotero"])
    assert "zotero.library is empty" in str(done.exception)
