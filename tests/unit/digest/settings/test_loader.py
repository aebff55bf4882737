"""config.toml + environment -> Settings, or every mistake at once."""

import pickle
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from bot.platforms.registry import PLATFORMS
from bot.platforms.registry import load_settings as load
from bot.platforms.slack.settings import SlackSettings
from bot.platforms.telegram.settings import TelegramSettings
from digest.errors import ConfigError, UnknownError
from digest.models.edition import Platform, Target, UpdatePolicy
from digest.models.paper import AnnouncementKind
from digest.settings import Settings, describe_settings
from digest.settings.platform_table import tables_class
from digest.settings.schema import EditionSettings
from digest.settings.secrets import Secrets, masked, read_dotenv
from digest.settings.table_reader import hints

TABLES = tables_class([spec.table for spec in PLATFORMS.values()])
SHIPPED = Path(__file__).parents[4] / "bot/setup/config.toml"

# Keys that are shown as comments have no space after the '#'.
COMMENTED_KEY = re.compile(r"^#(?=\w+\s*=|\[)", re.MULTILINE)


def whole_file() -> dict[str, Any]:
    """The shipped file with its commented keys switched on."""
    return tomllib.loads(COMMENTED_KEY.sub("", SHIPPED.read_text(encoding="utf-8")))


def tables_of(hint: Any) -> Any:
    """The dataclass of a nested table or of a list of tables, if the hint is one."""
    inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
    return inner if isinstance(inner, type) and is_dataclass(inner) else None


def keys_of(cls: type, place: str = "") -> set[str]:
    found = set()
    for name, hint in hints(cls).items():
        nested = tables_of(hint)
        found |= keys_of(nested, f"{place}{name}.") if nested else {place + name}
    return found


def keys_in(table: Mapping[str, Any], cls: type, place: str = "") -> set[str]:
    found = set()
    for name, value in table.items():
        nested = tables_of(hints(cls).get(name))
        for item in value if isinstance(value, list) and nested else [value]:
            found |= keys_in(item, nested, f"{place}{name}.") if nested else {place + name}
    return found


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def mistakes(path: Path, environ: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load(path, environ or {})
    return raised.value.mistakes


# --- the shipped file -------------------------------------------------------------------------------------------


def test_the_shipped_file_is_valid() -> None:
    """A newcomer starts from a file without mistakes."""
    settings = load(SHIPPED, {})

    assert [edition.name for edition in settings.editions] == ["vla"]
    assert settings.editions[0].updates is UpdatePolicy.CARDED
    assert settings.storage.path == SHIPPED.parent / "broadsheet.db"


def test_the_shipped_file_and_the_classes_have_the_same_keys() -> None:
    """Every key is in the file, and nothing is in the file that is no key."""
    assert keys_in(whole_file(), TABLES) == keys_of(TABLES)


def test_the_shipped_file_shows_the_defaults() -> None:
    """What the file says is what holds when a key is left out."""
    file = whole_file()
    for section, hint in hints(TABLES).items():
        if tables_of(hint) is None or get_origin(hint) is tuple:
            continue
        for name, value in file[section].items():
            if tables_of(hints(hint)[name]):
                continue
            default = getattr(hint(), name)
            expected = list(default) if isinstance(default, tuple) else default
            assert (str(expected) if isinstance(expected, Path) else expected) == value, f"{section}.{name}"


def test_every_key_of_the_shipped_file_has_a_comment() -> None:
    """Beside it or on the line above."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    for above, line in pairwise(lines):
        if re.match(r"#?\w+ = ", line):
            assert re.search(r"\s# \S", line) or re.match(r"# \S", above), line


def test_an_empty_file_is_valid(write) -> None:
    """Every key has a default."""
    settings = load(write(""), {})

    assert settings.editions == ()
    assert settings.arxiv.min_interval == 3
    assert settings.storage.path.is_absolute()


# --- mistakes ---------------------------------------------------------------------------------------------------


def test_all_mistakes_are_told_at_once(write) -> None:
    """Six mistakes in one file are six lines, each with its dotted key."""
    path = write(
        """
        [arxiv]
        min_intervall = 3
        [http]
        max_attempts = "five"
        [telegram]
        in_doubt = "holt"
        [[editions]]
        name = "one"
        categories = ["cs.AI", "cs.RB"]
        publish_at = "25:00"
        timezone = "Asia/Shanghi"
        """
    )
    found = mistakes(path)

    assert [line.split(":")[0] for line in found] == [
        "arxiv.min_intervall",
        "http.max_attempts",
        "telegram.in_doubt",
        "editions[0].categories[1] (one)",
        "editions[0].publish_at (one)",
        "editions[0].timezone (one)",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[arxv]", "arxv: unknown key; did you mean 'arxiv'?"),
        ("arxiv = 3", "arxiv: must be a table, is '3'"),
        ("[arxiv]\nrss_url = 'ftp://x/y'", "arxiv.rss_url: 'ftp://x/y' is no URL"),
        ("[arxiv]\nrss_url = 'https://x/{categry}'", "no placeholder '{categry}'; {category} may stand here; did you"),
        ("[arxiv]\npdf_url = 'https://x/{id'", "unmatched brace"),
        ("[arxiv]\nmin_interval = 1", "arxiv.min_interval: arXiv asks for at least 3 seconds"),
        ("[arxiv]\nmin_interval = true", "arxiv.min_interval: must be a number, is 'True'"),
        ("[http]\nmax_attempts = 1.5", "http.max_attempts: must be a whole number, is '1.5'"),
        ("[http]\nmax_attempts = 0", "http.max_attempts: must be 1 to 20, is 0"),
        ("[reading]\nhidden_text = 1", "reading.hidden_text: must be true or false, is '1'"),
        ("[storage]\npath = ''", "storage.path: must not be empty"),
        ("[engine]\nkind = 'dask'", 'engine.address: kind = "dask" needs the scheduler\'s address'),
        ("[commands]\nadmins = ['me']", "commands.admins[0]: 'me' names nobody"),
        ("[commands]\nadmins = 'telegram:1'", "commands.admins: must be a list in square brackets"),
        ("[alerts]\nchat = 'C0123'", "alerts.chat: 'C0123' names no chat"),
        ("[llm]\nbase_url = 'https://me:pw@x/v1'", "llm.base_url: a password does not belong in a URL here"),
        ("[llm]\nkey_env = 'my key'", "llm.key_env: must be the NAME of an environment variable"),
        ("[[editions]]\ncategories = ['cs.AI']", "editions[0].name: is missing"),
        ("[[editions]]\nname = 'a'\ncategories = []", "editions[0].categories (a): must not be empty"),
        ("[[editions]]\nname = 'a/b'\ncategories = ['cs.AI']", "editions[0].name: 'a/b' can't be a file's name"),
        ("editions = 'vla'", "editions: must be a list"),
        ("editions = ['vla']", "editions[0]: must be a table"),
    ],
)
def test_a_mistake_says_where_what_and_what_to_do(write, text: str, expected: str) -> None:
    """Each kind of mistake has one clear line."""
    assert any(expected in line for line in mistakes(write(text))), mistakes(write(text))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("kinds = ['new', 'crss']", "'crss' is not one of 'new', 'cross', 'replace', 'replace-cross'; did you mean"),
        ("updates = 'some'", "'some' is not one of"),
        ("language = 'chinese'", "no language 'chinese'"),
        ("detail = 'ful'", "did you mean 'full'?"),
        ("unsupported = 'hide'", "'hide' is not one of 'mark', 'drop'"),
        ("publish_at = '9:00'", "write HH:MM"),
        ("telegram = ['vla_daily']", "use '@name' or the chat's number"),
        ("telegram = [true]", "must be text"),
        ("slack = ['#vla']", "is no Slack channel id"),
        ("slack = ['C0123ABC', 'C0123ABC']", "'C0123ABC' stands there twice"),
        ("categories = ['cs.ai']", "did you mean 'cs.AI'?"),
        ("timezone = 'Beijing'", "no time zone 'Beijing'"),
    ],
)
def test_mistakes_in_an_edition(write, line: str, expected: str) -> None:
    """Each value of an edition is checked, and its line names the edition."""
    base = "" if line.startswith("categories") else "categories = ['cs.AI']\n"
    found = mistakes(write(f"[[editions]]\nname = 'vla'\n{base}{line}"))

    assert len(found) == 1
    assert found[0].startswith("editions[0].")
    assert "(vla): " in found[0]
    assert expected in found[0]


def test_a_keyword_that_does_not_parse_is_pointed_at(write) -> None:
    """The message of the keyword language, with its place, under the dotted key."""
    found = mistakes(write("[[editions]]\nname = 'a'\ncategories = ['cs.AI']\nkeywords = ['ok', 'a + ']"))

    assert len(found) == 1
    assert found[0].startswith("editions[0].keywords[1] (a): ")
    assert "^" in found[0]


def test_two_editions_may_not_share_a_name(write) -> None:
    """Not even in another case: names are file names and are typed in chats."""
    one = "[[editions]]\nname = '{}'\ncategories = ['cs.AI']\n"

    assert "is the name of an earlier edition too" in mistakes(write(one.format("vla") + one.format("VLA")))[0]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[arxiv\n", "line 1, column 7: not TOML"),
        (b"[arxiv]\ncontact = \n", "line 2, column 11: not TOML"),
        (b"a = 1\na = 2\n", "line 2"),
        (b"contact = '\xff'", "not UTF-8 at byte 11"),
    ],
)
def test_a_file_that_is_not_toml_is_pointed_at(tmp_path: Path, content: bytes, expected: str) -> None:
    """Line and column of the mistake."""
    path = tmp_path / "config.toml"
    path.write_bytes(content)

    assert expected in mistakes(path)[0]


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    """One sentence each."""
    assert "there is no such file" in mistakes(tmp_path / "config.toml")[0]
    assert "can't be read" in mistakes(tmp_path)[0]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[arxiv]\ncontact = 'me@example.org'\n")

    assert load(path, {}).arxiv.contact == "me@example.org"


# --- values -----------------------------------------------------------------------------------------------------


def test_less_than_three_seconds_is_for_loopback_only(write) -> None:
    """A mirror on this machine may be asked faster, but only if all three addresses are on it."""
    local = "http://127.0.0.1:8000"
    fast = f"[arxiv]\nmin_interval = 0\nrss_url = '{local}/rss'\npdf_url = 'http://[::1]:8000/pdf'\napi_url = "

    assert load(write(fast + f"'{local}/api'"), {}).arxiv.min_interval == 0
    assert "arXiv asks" in mistakes(write(fast + "'http://127.0.0.1.example.org/api'"))[0]


def test_an_edition_has_its_targets_and_enums(write) -> None:
    """Both lists of chats become targets, numbers of chats too."""
    settings = load(
        write(
            "[[editions]]\nname = 'a'\ncategories = ['hep-th']\nkinds = ['replace']\n"
            "telegram = ['@vla_daily', -1001234567890]\nslack = ['C0123ABC']\npublish_at = 07:05:00"
        ),
        {},
    )
    edition = settings.edition("A")

    assert edition.targets == (
        Target(Platform("telegram"), "@vla_daily"),
        Target(Platform("telegram"), "-1001234567890"),
        Target(Platform("slack"), "C0123ABC"),
    )
    assert edition.kinds == (AnnouncementKind.REPLACE,)
    assert (edition.title, edition.publish_at) == ("a", "07:05")


def test_an_unknown_edition_is_told_with_the_nearest(write) -> None:
    """Or with those that there are."""
    settings = load(write("[[editions]]\nname = 'robots'\ncategories = ['cs.RO']"), {})

    with pytest.raises(UnknownError, match="did you mean 'robots'"):
        settings.edition("robot")
    with pytest.raises(UnknownError, match="there is robots"):
        settings.edition("xyz")


def test_paths_start_at_the_file(write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at the working directory; absolute ones stay, `~` is the home."""
    monkeypatch.setenv("HOME", "/home/someone")

    assert load(write("[storage]\npath = 'data/b.db'"), {}).storage.path == tmp_path / "data/b.db"
    assert load(write("[storage]\npath = '/srv/b.db'"), {}).storage.path == Path("/srv/b.db")
    assert load(write("[storage]\npath = '~/b.db'"), {}).storage.path == Path("/home/someone/b.db")


# --- secrets ----------------------------------------------------------------------------------------------------

TOKEN = "1234567890:AAabcdefghijklmnopqrstuvwxyz012345"


@pytest.mark.parametrize(
    "line",
    [
        f"[telegram]\ntoken = '{TOKEN}'",
        f"[telegram]\nlog_chat = '{TOKEN}'",
        f"[telegram]\nunknown = ['{TOKEN}']",
        "[slack]\nbot_token = 'hunter2hunter2'",
        "[llm]\napi_key = 'hunter2hunter2'",
        "[llm]\nkey_env = 'sk-hunter2hunter2'",
        f"[[editions]]\nname = 'a'\ncategories = ['cs.AI']\ntelegram = ['{TOKEN}']",
        f"[telegram]\nbase_url = 'https://api.telegram.org/bot{TOKEN}'",
    ],
)
def test_a_secret_in_the_file_is_told_without_being_shown(write, line: str) -> None:
    """By the name of its key or by its own form."""
    found = mistakes(write(line))

    assert any("a secret does not belong in this file" in f for f in found)
    assert not any("hunter2" in f or TOKEN in f for f in found)


def test_secrets_come_from_the_environment_then_from_dotenv(write, tmp_path: Path) -> None:
    """The environment wins; the model's key goes by the name that is configured."""
    (tmp_path / ".env").write_text(
        "# comment\nexport TELEGRAM_BOT_TOKEN='from dotenv'\nSLACK_BOT_TOKEN=xoxb-dotenv # why\nMY_KEY=\"k # 1\"\n"
    )
    secrets = load(write("[llm]\nkey_env = 'MY_KEY'"), {"SLACK_BOT_TOKEN": "xoxb-environ"}).secrets

    assert secrets.get("TELEGRAM_BOT_TOKEN") == "from dotenv"
    assert secrets.get("SLACK_BOT_TOKEN") == "xoxb-environ"
    assert secrets.get("SLACK_APP_TOKEN") is None
    assert secrets.get("MY_KEY") == "k # 1"


def test_a_secret_may_be_in_a_file(write, tmp_path: Path) -> None:
    """As containers hand them over; a file that is missing or empty is a mistake."""
    (tmp_path / "token").write_text("  tok\n")
    (tmp_path / "empty").write_text("\n")
    path = write("")

    assert load(path, {"TELEGRAM_BOT_TOKEN_FILE": str(tmp_path / "token")}).secrets.get("TELEGRAM_BOT_TOKEN") == "tok"
    assert "can't be read" in mistakes(path, {"TELEGRAM_BOT_TOKEN_FILE": str(tmp_path / "none")})[0]
    assert "is empty" in mistakes(path, {"SLACK_APP_TOKEN_FILE": str(tmp_path / "empty")})[0]


def test_a_dotenv_line_that_is_none_is_told_by_number_only(tmp_path: Path) -> None:
    """It may hold a secret."""
    (tmp_path / ".env").write_text(f"A=1\n{TOKEN}\n")

    assert read_dotenv(tmp_path / ".env") == ({"A": "1"}, [".env line 2: not NAME=VALUE"])


def test_secrets_are_never_shown(write) -> None:
    """Not by repr, str, describe or pickle, and logs can be cleaned of them."""
    settings = load(write(""), {"TELEGRAM_BOT_TOKEN": TOKEN, "LLM_API_KEY": "plain"})
    shown = repr(settings) + str(settings) + str(describe_settings(settings))

    assert TOKEN not in shown
    assert "plain" not in shown
    assert dict(describe_settings(settings))["TELEGRAM_BOT_TOKEN"] == "set"
    assert dict(describe_settings(settings))["SLACK_BOT_TOKEN"] == "missing"
    assert settings.secrets.redact(f"POST /bot{TOKEN}/x plain") == "POST /bot***/x ***"
    with pytest.raises(TypeError, match="stay in this process"):
        pickle.dumps(settings)


@pytest.mark.parametrize("text", [TOKEN, "xoxb-12345678-abc", "xapp-1-A0123-456-abc", "sk-proj-abcdefgh12345"])
def test_tokens_are_known_by_their_form(text: str) -> None:
    """Also those that are not configured."""
    assert masked(f"a {text} b") == "a *** b"


def test_describe_shows_every_key(write) -> None:
    """In the order of the file, editions with their targets."""
    text = "[[editions]]\nname = 'a'\ncategories = ['cs.AI']\ntelegram = ['@abcde']"
    shown = dict(describe_settings(load(write(text), {})))

    assert shown["editions[0].targets"] == "telegram:@abcde"
    assert {"telegram.in_doubt", "slack.pause_after"} <= set(shown)
    assert {f.name for f in fields(Settings)} - {"secrets", "source", "editions", "platforms", "platform_secrets"} <= {
        k.split(".")[0] for k in shown
    }


def test_settings_can_be_made_by_hand() -> None:
    """Defaults throughout, for tests and the demo."""
    assert Settings().secrets == Secrets()
    assert EditionSettings(name="a", categories=("cs.AI",)).edition().name == "a"


@pytest.mark.parametrize("written", ["http://h:1", "http://h:1/", "http://h:1/bot", "http://h:1/bot/"])
def test_telegrams_address_is_understood_in_every_form(write: Any, written: str) -> None:
    """The token goes right behind it, whether `/bot` and a slash at the end were written or not."""
    settings = load(write(f"[telegram]\nbase_url = '{written}'"), {})

    assert settings.platform_table(TelegramSettings).base_url == "http://h:1/bot"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://h:1", "http://h:1/api/"),
        ("http://h:1/", "http://h:1/api/"),
        ("http://h:1/api", "http://h:1/api/"),
        ("http://h:1/api/", "http://h:1/api/"),
        ("http://h:1/slack", "http://h:1/slack/"),
    ],
)
def test_slacks_address_is_understood_in_every_form(write: Any, written: str, meant: str) -> None:
    """The method goes right behind it; a path of one's own is kept."""
    settings = load(write(f"[slack]\nbase_url = '{written}'"), {})

    assert settings.platform_table(SlackSettings).base_url == meant


def test_a_chat_or_a_person_may_be_a_number_wherever_one_is_named(tmp_path: Path) -> None:
    """As in the lists of editions."""
    path = tmp_path / "config.toml"
    path.write_text("[telegram]\nlog_chat = -5001\n[alerts]\nchat = -1001\n[commands]\nadmins = [42]\n")
    settings = load(path, {})

    assert settings.platform_table(TelegramSettings).log_chat == "-5001"
    assert settings.alerts.chat == "telegram:-1001"
    assert settings.commands.admins == ("telegram:42",)
    path.write_text("[telegram]\nlog_chat = true\n")
    assert any("telegram.log_chat" in mistake for mistake in mistakes(path))
