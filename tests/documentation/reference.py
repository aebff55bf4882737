"""The pages of the reference that are made from the code: `python -m tests.documentation.reference` writes them anew.

configuration.md   from bot/setup/config.toml, whose comments describe every key
export-formats.md  from `digest.export.formats.FORMATS`
database.md        from a database as the migrations make it
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from digest.export.formats import FORMATS
from storage.database.connection import Database

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/reference"
MADE = "<!-- Made by `python -m tests.documentation.reference`: edit {source} instead. -->\n"
TABLES = {
    "papers": "each version of a paper, as feeds and the API describe it",
    "announcements": "what a feed listed on a day, and how",
    "feed_days": "how each category's feed was on a day",
    "paper_texts": "what was read out of a PDF; packed JSON, dropped after `text_days`",
    "analyses": "an analysis of a paper's version, by language, model and version of the prompts",
    "digests": "a digest, with its supplements; JSON",
    "deliveries": "a row a message, with its state; bodies dropped after `payload_days`",
    "spending": "each call of a model: tokens and money",
    "events": "who did what, from which chat; dropped after `event_days`",
}


def configuration() -> str:
    """Every key with its default and what it does, a section a table."""
    text = (ROOT / "bot/setup/config.toml").read_text(encoding="utf-8")
    lines = [
        "# Configuration",
        "",
        MADE.format(source="bot/setup/config.toml"),
        "Everything stands in one file, which `broadsheet init` begins with [every key and its default]"
        "(../../bot/setup/config.toml).",
        "Leave out what you don't change. `broadsheet check-config` names every mistake at once, unknown keys too.",
        "`broadsheet init` changes the keys that it asks for and keeps the rest. After a change, `kill -HUP` makes a",
        "running bot take the file anew.",
        "",
        "Secrets never stand in it. They come from the environment, or from `.env` beside it; `NAME_FILE` instead",
        "of `NAME` names a file that holds the value.",
        "",
        "| variable | |",
        "| --- | --- |",
        *_secrets(text),
    ]
    return "\n".join([*lines, *_keys(text)]) + "\n"


def _secrets(text: str) -> Iterator[str]:
    for name, what in re.findall(r"^#   ([A-Z_]+)\s+(\S.*)$", text, re.MULTILINE):
        yield f"| `{name}` | {_cell(what)} |"


def _keys(text: str) -> Iterator[str]:
    """A heading a table, a row a key; comments above keys belong to the next one."""
    above: list[str] = []
    several = False  # inside a list of several lines
    for line in text.splitlines():
        line = line.removeprefix("#") if re.match(r"#(\[\[?|[a-z_]+ = |  ?[a-z]+ = \{)", line) else line
        if heading := re.match(r"(\[\[?[\w.]+\]\]?)", line):
            yield from ["", f"## `{heading[1]}`", "", *above, "", "| key | default | |", "| --- | --- | --- |"]
            above = []
        elif several:
            several = not line.startswith("]")
        elif key := re.match(r"\s*([a-z_]+) = (.*?)(?:\s+# (.*))?$", line):
            several = key[2] == "["
            default = "[…]" if several else key[2]
            yield f"| `{key[1]}` | `{_cell(default)}` | {_cell(' '.join([*above, key[3] or '']).strip())} |"
            above = []
        elif line.startswith("# ") and not line.startswith("# ---"):
            above.append(line[2:])
        else:
            above = []


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def export_formats() -> str:
    """Every format that papers can be exported in."""
    lines = [
        "# Export formats",
        "",
        MADE.format(source="digest/export/formats.py"),
        "`/export FORMAT` in a chat, `broadsheet export --format FORMAT` on the command line.",
        "",
        "| format | file | |",
        "| --- | --- | --- |",
        *(f"| `{name}` | `{form.suffix}` | {_cell(form.summary)} |" for name, form in FORMATS.items()),
    ]
    return "\n".join(lines) + "\n"


def database() -> str:
    """Every table with its columns."""
    lines = [
        "# The database",
        "",
        MADE.format(source="storage/database/migrations.py"),
        "One SQLite file (`[storage] path`) in WAL mode, written by one process, readable by any number of others:",
        "`sqlite3 -readonly broadsheet.db`. Days are texts `2026-01-09`, moments texts in UTC, lists and trees JSON.",
        "Tables grow by numbered migrations, which the first command after an upgrade applies; names and columns may",
        "change between minor versions. It holds no secrets.",
    ]
    with tempfile.TemporaryDirectory() as folder, Database.open(Path(folder) / "b.db") as db:
        names = [
            name
            for (name,) in db.rows("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
            if not re.search(r"_search_|sqlite_|_search$|^_sqlite", name)
        ]
        for name in names:
            lines += ["", f"## {name}", ""]
            lines += [f"{TABLES[name][0].upper()}{TABLES[name][1:]}.", ""] if name in TABLES else []
            columns = db.rows(f"PRAGMA table_info({name})")
            lines.append(", ".join(f"`{column[1]}` {column[2].lower()}".strip() for column in columns))
    return "\n".join(lines) + "\n"


PAGES = {"configuration.md": configuration, "database.md": database, "export-formats.md": export_formats}

if __name__ == "__main__":
    for page, make in PAGES.items():
        (FOLDER / page).write_text(make(), encoding="utf-8")
