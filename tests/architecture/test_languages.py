"""Neither language leaks into the other: what people read is in one language, but for names and what papers say."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.request import Role
from bot.chat.text_breaks import WORD_JOINER
from bot.commands.command_table import COMMANDS, command_menu
from bot.platforms.slack.manifest import manifest
from bot.platforms.slack.renderer import render_slack as slack
from bot.platforms.telegram.listener import menus
from bot.platforms.telegram.renderer import render_telegram as telegram
from bot.preview import preview_page
from digest.models.digest import Digest
from digest.models.feed import FeedState
from digest.rendering.cards import digest_documents
from digest.report import html_report, markdown_report
from digest.text.latex.latex_to_text import latex_to_text
from tests.builders.digests import DATA, KEYWORDS, empty_day, rich_day
from tests.fakes.command_client import ADA, ALONE, PAPERS, ROBOTS, ROOT, TRAFFIC, Team

ROOT_FOLDER = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u3400-\u9fff]+")
# Names that are the same in both languages: of things, of forms of files, and what the apps' own people say.
NAMES = {
    *("arxiv", "pdf", "bibtex", "broadsheet", "telegram", "slack", "atom", "html", "rss", "doi", "utc", "github"),
    *(
        "agpl",
        "later",
        "mupdf",
        "pymupdf",
        "app",
        "token",
        "tokens",
        "ris",
        "csl",
        "json",
        "csv",
        "zotero",
        "http",
        "https",
    ),
    *(
        "english",
        "markdown",
        "vision",
        "language",
        "action",
        "name",
        "diffusion",
        "policy",
    ),  # a language in its own words; examples of keywords
    *(
        "cc",
        "www",
        "org",
        "com",
        "abs",
        "licences",
        "creativecommons",
        "ti",
        "au",
        "cat",
        "keyword",
        "id",
        "date",
        "edition",
    ),
}
DAY_DATA = (DATA / "day.toml").read_text(encoding="utf-8")
DATA_WORDS = (
    f"{DAY_DATA} {latex_to_text(DAY_DATA)} {' '.join(KEYWORDS)} eess stat rss arxiv org VLA Daily Pawel Wisniewski"
)


def words(text: str) -> set[str]:
    """The Latin words of three letters and more, without addresses, commands, categories and code."""
    text = unicodedata.normalize("NFKD", text.replace(WORD_JOINER, "").replace("ł", "l"))
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = re.sub(r"https?://\S+|/[a-z]+|@\w+|\b[a-z-]+\.[A-Z]{2}\b|`[^`]*`", " ", text)
    return {word.lower() for word in re.findall(r"[A-Za-z]{3,}", text)}


def english_in(text: str, data: str) -> set[str]:
    return words(text) - words(data) - words(data.replace("/", " ").replace(".", " ")) - NAMES


def chinese_in(text: str, data: str) -> set[str]:
    return {run for run in CHINESE.findall(text) if run not in data}


def shown(digest: Digest) -> Iterator[tuple[str, str]]:
    """Every form in which people read a digest, with its name."""
    for one in digest_documents(digest):
        for payload in telegram(one.document):
            yield "Telegram", str(payload["text"])
            yield "Telegram", " ".join(_labels(payload.get("reply_markup", {})))
        for payload in slack(one.document):
            yield "Slack", str(payload["text"])
            yield "Slack", " ".join(_labels(payload["blocks"]))
    yield "report", markdown_report(digest)
    yield "page", _visible(html_report(digest))
    yield "preview", _visible(preview_page(digest))


def _labels(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("text", "alt_text") and isinstance(value, str):
                yield value
            elif key not in ("callback_data", "url", "value", "action_id"):
                yield from _labels(value)
    elif isinstance(node, list):
        for value in node:
            yield from _labels(value)


def _visible(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script|math|svg)\b.*?</\1>", " ", page, flags=re.DOTALL))


def days(language: str) -> Iterator[Digest]:
    yield rich_day(language)
    for state in (FeedState.QUIET, FeedState.WAITING, FeedState.FAILED):
        yield empty_day(language, state)


def test_no_english_in_a_chinese_digest() -> None:
    """In no message, report or page, but for what the papers and the configuration say themselves."""
    leaked = {(form, word) for day in days("zh") for form, text in shown(day) for word in english_in(text, DATA_WORDS)}

    assert leaked == set()


def test_no_chinese_in_an_english_digest() -> None:
    leaked = {(form, run) for day in days("en") for form, text in shown(day) for run in chinese_in(text, DATA_WORDS)}

    assert leaked == set()


ASKED = [
    "/start", "/help", "/keywords", "/addkeyword touch", "/addkeyword a +", "/addkeyword", "/removekeyword nothing",
    "/removekeyword touch", "/categories", "/categories cs.XX", "/paper 2601.00001", "/paper nonsense",
    "/paper 2601.99999", "/digest", "/digest yesterday", "/search tactile", "/search", "/status", "/why 2601.00002",
    "/why", "/save 2601.00001", "/saved", "/unsave 2601.00001", "/language", "/language xx", "/mute", "/mute 3",
    "/resend", "/about", "/full 2601.00001", "/stop", "/nonsense", "/helq",
]  # fmt: skip


@pytest.mark.parametrize("person", [ADA, ROOT])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_commands_answer_in_the_persons_own_language(language: str, person: str) -> None:
    """In a private chat, whatever the edition speaks: what was chosen with /language holds for every answer."""
    team = Team()
    team.change(personal_editions=True, messages_a_minute=1000)
    team.publish()
    data = f"{PAPERS} {ROBOTS} {TRAFFIC} Ada Root mine touch nonsense yesterday helq Robots daily It works It is about"
    await team.ask(f"/language {language}", person, ALONE)
    leaks = english_in if language == "zh" else chinese_in
    for asked in ASKED:
        answer = await team.ask(asked, person, ALONE)
        if asked in ("/language", "/language xx"):  # names each language in its own words
            continue

        assert not leaks(answer.replace("中文", ""), data + asked), f"{asked}: {answer}"
    assert team.errors == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_menus_and_manifest_speak_one_language(language: str) -> None:
    """Telegram's menus of each scope, and what Slack shows of each command."""
    for _, commands in menus(language):
        assert commands
        for command in commands:
            said = command.description.replace(command.command, "")
            assert CHINESE.search(said) if language == "zh" else not CHINESE.search(said.replace("中文", "")), said
    shown = [str(c["description"]) for c in manifest(language)["features"]["slash_commands"]]
    assert all(bool(CHINESE.search(text)) == (language == "zh") for text in shown if "中文" not in text)


def test_every_command_of_a_menu_is_in_every_language() -> None:
    """The menus of all languages list the same commands."""
    listed = {language: [[c.command for c in commands] for _, commands in menus(language)] for language in ("zh", "en")}

    assert listed["zh"] == listed["en"]
    assert {c.name for c in command_menu("private", Role.EDITOR)} <= {c.name for c in COMMANDS}


WRITERS = (
    "bot",
    "storage",
    "digest/report",
    "digest/rendering/cards.py",
    "digest/pipeline/compose.py",
    "digest/text/text_blocks.py",
)


def test_no_chinese_text_stands_in_the_code() -> None:
    """Whatever writes for people takes its texts from the catalogue; the demonstration's title is data."""
    found = []
    for place in WRITERS:
        for path in sorted((ROOT_FOLDER / place).rglob("*.py")) or [ROOT_FOLDER / place]:
            name = path.relative_to(ROOT_FOLDER).as_posix()
            if name.startswith("bot/demo/"):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            docs = {id(n.body[0].value) for n in ast.walk(tree) if _has_docstring(n)}  # type: ignore[attr-defined]
            for node in ast.walk(tree):
                is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
                if is_text and len(CHINESE.sub("", node.value)) < len(node.value) - 3:  # type: ignore[attr-defined, arg-type]
                    found.append(f"{name}:{node.lineno} {node.value!r}")  # type: ignore[attr-defined]

    assert found == []


def _has_docstring(node: ast.AST) -> bool:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, owners) and ast.get_docstring(node) is not None
