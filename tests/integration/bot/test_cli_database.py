"""The commands that look after the database: backup, restore, backfill."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.main import main
from digest.models.delivery import Message
from digest.models.edition import Platform, Target
from storage.database.connection import Database
from storage.database.lock import publishing_lock
from storage.stores.deliveries import SqliteDeliveryStore
from storage.stores.papers import SqlitePaperStore
from tests.fakes.arxiv import made_paper

CONFIG = """
[arxiv]
rss_url = "http://127.0.0.1:9/rss"
api_url = "http://127.0.0.1:9/api"
pdf_url = "http://127.0.0.1:9/pdf"
min_interval = 0.0

[http]
max_attempts = 1

[[editions]]
name = "vla"
categories = ["cs.RO"]
keywords = ["vla"]
language = "en"
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs the console script in a folder of its own: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")

    def run_it(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["broadsheet", *arguments])
        capfd.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        return (code, *capfd.readouterr())

    return run_it


def store(*numbers: int) -> None:
    with Database.open(Path("broadsheet.db")) as db:
        for number in numbers:
            SqlitePaperStore(db).save_paper(made_paper(number))


def stored() -> int:
    with Database.open(Path("broadsheet.db")) as db:
        return SqlitePaperStore(db).count()


def test_a_backup_brings_back_what_was_there(run: Run) -> None:
    """And what it replaced is kept beside it."""
    store(1, 2)
    assert run("backup", "kept.db")[0] == 0
    store(3)
    code, out, _ = run("restore", "kept.db")

    assert code == 0
    assert "broadsheet.db.replaced-1" in out
    assert stored() == 2


def test_days_that_would_be_published_again_are_named_before_anything_is_done(run: Run) -> None:
    """Without a terminal it needs --yes."""
    store(1)
    assert run("backup", "kept.db")[0] == 0
    with Database.open(Path("broadsheet.db")) as db:
        message = Message("vla/2026-01-09/1", Target(Platform("telegram"), "-1001"), "card", {})
        (delivery,) = SqliteDeliveryStore(db).add([message])
        SqliteDeliveryStore(db).mark_sending(delivery.id, None)
    store(2)
    code, out, err = run("restore", "kept.db")

    assert (code, out) == (2, "")
    assert "  vla 2026-01-09" in err
    assert "--yes" in err
    assert stored() == 2
    assert run("restore", "kept.db", "--yes")[0] == 0
    assert stored() == 1


def test_restoring_is_refused_while_somebody_publishes(run: Run) -> None:
    """The database under a running bot stays its own; a backup may be made meanwhile."""
    store(1)
    with publishing_lock(Path("broadsheet.db")):
        assert run("backup", "kept.db")[0] == 0
        code, _, err = run("restore", "kept.db")

    assert code == 4
    assert "another Broadsheet is publishing" in err


def test_there_must_be_something_to_back_up(run: Run) -> None:
    """A mistyped path makes no empty database and no empty backup."""
    code, _, err = run("backup", "kept.db")

    assert code == 4
    assert "there is no database" in err
    assert not Path("kept.db").exists()


def a_recorded_day() -> None:
    line = {
        "id": "2601.90001", "version": 1, "title": "A VLA that waits", "creator": "Ada Example",
        "abstract": "It waits. We show that it does.", "categories": ["cs.RO"], "announce_type": "new",
    }  # fmt: skip
    Path("days").mkdir()
    Path("days/2026-01-09.jsonl").write_text(json.dumps(line), encoding="utf-8")


def test_a_backfill_says_what_it_will_do_and_what_it_did(run: Run) -> None:
    """With days from a folder; a PDF that can't be had costs its full text."""
    a_recorded_day()
    code, out, _ = run("backfill", "vla", "--from", "2026-01-05", "--to", "2026-01-12", "--source", ".")

    assert code == 0
    assert "1 day, 1 paper to analyse, 0 ready; no cost: no model is configured" in out
    assert "1 digest with 1 card" in out


def test_a_backfill_brings_the_archive_up_to_date(run: Run) -> None:
    """As a digest does, where one is configured."""
    a_recorded_day()
    Path("config.toml").write_text(CONFIG + '\n[archive]\npath = "public"\n', encoding="utf-8")
    code, _, _ = run("backfill", "vla", "--from", "2026-01-05", "--to", "2026-01-12", "--source", ".")

    assert code == 0
    assert "A VLA that waits" in Path("public/vla/2026-01-09.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--from", "2026-01-09", "--to", "2026-01-08"), 2, "is before --from"),
        (("--from", "2026-01-09", "--to", "2026-01-09", "--source", "nowhere"), 2, "there is no folder"),
        (("--from", "2026-01-09", "--to", "2026-01-09"), 3, "arXiv's API gave nothing for cs.RO"),
        (("--from", "yesterday", "--to", "2026-01-09"), 2, "is not a date"),
    ],
)
def test_a_backfill_that_cannot_be_done_says_why(run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    """In one sentence, with the exit code of its kind."""
    got, _, err = run("backfill", "vla", *arguments)

    assert got == code
    assert said in err


def test_a_limit_needs_prices(run: Run) -> None:
    """Without them nothing could be counted."""
    Path("config.toml").write_text(CONFIG + '\n[llm]\nmodel = "m"\n', encoding="utf-8")
    code, _, err = run("backfill", "vla", "--from", "2026-01-09", "--to", "2026-01-09", "--limit-money", "1")

    assert code == 2
    assert "has no price_prompt" in err
