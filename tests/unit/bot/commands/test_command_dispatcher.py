"""The desk: every call is answered once, by who may be answered, and never with a traceback."""

from dataclasses import replace

import pytest

from bot.chat.request import ChatRef
from bot.commands.command_table import COMMANDS
from bot.platforms.registry import PLATFORMS
from digest.errors import StorageBusyError, StorageError
from digest.models.edition import Platform, Target
from tests.fakes.command_client import ADA, ALONE, BOB, EVE, OTHERS, ROBOTS, ROOT, SLACK, TEAM, TRAFFIC, Team, private


@pytest.fixture
def team() -> Team:
    return Team()


async def test_an_update_that_comes_twice_is_answered_once(team: Team) -> None:
    """Platforms deliver again what they believe was lost; the keyword is added once and nothing is said twice."""
    assert "Added" in await team.ask("/addkeyword gloves", update="77")
    assert await team.ask("/addkeyword gloves", update="77") == ""


async def test_the_same_number_of_another_platform_is_another_update(team: Team) -> None:
    """Each platform numbers its own."""
    assert await team.ask("/keywords", update="77")
    assert await team.ask("/keywords", EVE, SLACK, update="77")


@pytest.mark.parametrize("command", [c.name for c in COMMANDS if c.role])
async def test_a_chats_settings_are_its_editors_business(team: Team, command: str) -> None:
    """Who only reads is told so, and nothing happens."""
    if next(c for c in COMMANDS if c.name == command).is_for("group"):
        assert "administrators" in await team.ask(f"/{command} 7", BOB)
        assert team.stores.events.events() == []


async def test_admins_are_editors_everywhere(team: Team) -> None:
    """They may name any edition where none is published."""
    assert "Which" not in await team.ask("/addkeyword robots gloves", ROOT, private(ROOT))
    assert [c.keyword for c in team.stores.editions.keyword_changes("robots")] == ["gloves"]


async def test_where_there_are_several_editions_it_is_said_how_to_name_one(team: Team) -> None:
    """With what was typed, ready to be copied; of a long text its beginning."""
    shared = replace(TRAFFIC, targets=(TEAM.target,))
    team.office.settings = replace(team.office.settings, editions=(ROBOTS, shared))

    assert (await team.ask("/addkeyword gloves")).endswith("(robots · traffic), such as /addkeyword robots gloves")
    assert (await team.ask("/keywords")).endswith("/keywords robots …")
    assert len(await team.ask(f"/addkeyword {'a' * 3_000}")) < 200


async def test_no_chat_changes_anothers_edition(team: Team) -> None:
    """Naming it does not help: the name counts as part of the keyword."""
    await team.ask("/addkeyword traffic gloves", ADA, TEAM)

    assert team.stores.editions.keyword_changes("traffic") == []
    assert [c.keyword for c in team.stores.editions.keyword_changes("robots")] == ["traffic gloves"]


async def test_no_chat_sees_anothers_edition(team: Team) -> None:
    """Keywords, digests and status are those of the chat."""
    team.publish()
    for text in ("/keywords", "/digest", "/status", "/keywords robots", "/digest robots", "/why robots 2601.00001"):
        said = await team.ask(text, BOB, OTHERS)
        assert "Robots" not in said
        assert "tactile" not in said


async def test_a_private_chat_has_no_part_in_the_teams_edition(team: Team) -> None:
    """Who writes to the bot alone is nobody's editor."""
    assert await team.ask("/addkeyword gloves", ADA, ALONE) == "No edition is published to this chat."
    assert await team.ask("/keywords", ADA, ALONE) == "No edition is published to this chat."


async def test_what_nobody_knows_is_said_with_what_is_near(team: Team) -> None:
    """A slip of the finger gets the right name."""
    assert "Did you mean /addkeyword?" in await team.ask("/addkeywrd x")
    assert "/help" in await team.ask("/qqqqqq")


async def test_in_slack_commands_are_named_by_the_umbrella(team: Team) -> None:
    """/help may be another app's there."""
    said = await team.ask("/help", EVE, SLACK)

    assert "/broadsheet addkeyword" in said
    assert "• /addkeyword" not in said
    assert "/broadsheet help" in await team.ask("/qqqqqq", EVE, SLACK)


async def test_a_command_that_is_not_for_the_place_is_refused(team: Team) -> None:
    """/categories is about a person's own edition."""
    assert await team.ask("/categories cs.RO") == "/categories is for a private chat with me."


@pytest.mark.parametrize("command", ["/paper {}", "/search {}", "/removekeyword {}", "/digest {}", "/{}", "/why {}"])
async def test_an_answer_does_not_repeat_pages_of_what_was_typed(team: Team, command: str) -> None:
    """Its beginning is enough to know it again."""
    said = await team.ask(command.format("zq9" * 1_000))

    assert len(said) < 300


async def test_a_flood_is_told_once_and_then_ignored(team: Team) -> None:
    """And after a minute all is well again; other people never notice."""
    team.change(messages_a_minute=3)
    said = [await team.ask("/about") for _ in range(6)]

    assert all(said[:3])
    assert "wait a minute" in said[3]
    assert said[4:] == ["", ""]
    assert await team.ask("/about", BOB)
    team.clock.advance(61)
    assert "Version" in await team.ask("/about")


async def test_a_mistake_of_ours_is_a_sentence_for_people_and_an_error_for_the_log(team: Team) -> None:
    """Never a traceback."""

    async def broken(*_: object) -> object:
        raise RuntimeError("secret detail")

    team.office.jobs._make = broken  # type: ignore[assignment]
    said = await team.ask("/paper 2601.00004")

    assert "Something went wrong" in said
    assert "secret" not in said
    assert [str(error) for error in team.errors] == ["secret detail"]


async def test_the_platform_is_asked_for_rights_only_where_they_matter(team: Team) -> None:
    """Reading needs none, so it costs no request."""
    asked = []

    class Watching:
        async def is_editor(self, request: object) -> bool:
            asked.append(request)
            return False

    team.editor_checks.update(dict.fromkeys(PLATFORMS, Watching()))
    for text in ("/keywords", "/about", "/status", "/digest"):
        await team.ask(text)
    assert asked == []


@pytest.mark.parametrize("command", [c.name for c in COMMANDS])
@pytest.mark.parametrize("argument", ["", "x", "2601.99999", "🤖" * 50, "%s {0} {slash} <b>", "2026-01-09", "-1", "²"])
@pytest.mark.parametrize("place", [TEAM, SLACK, ALONE])
async def test_whatever_is_written_is_answered(team: Team, command: str, argument: str, place: object) -> None:
    """In words, without an error of ours."""
    team.change(personal_editions=True, messages_a_minute=1000)
    team.publish()

    assert await team.ask(f"/{command} {argument}", ADA, place)  # type: ignore[arg-type]
    assert team.errors == []


async def test_a_group_without_an_edition_is_told_where_a_language_is_chosen(team: Team) -> None:
    """No edition decides there."""
    nowhere = ChatRef(Target(Platform("telegram"), "-77"), "group")

    assert "private chat with me" in await team.ask("/language en", ADA, nowhere)
    assert "edition's settings decide" in await team.ask("/language en", ADA, TEAM)


async def test_the_language_is_the_chats_then_the_persons(team: Team) -> None:
    """An edition's chat speaks its language; alone with the bot, people choose, else their app tells."""
    assert "没有 /x" in await team.ask("/x", BOB, OTHERS, speaks="en")
    assert "There is no command" in await team.ask("/x", BOB, private(BOB), speaks="en-GB")
    assert "没有" in await team.ask("/x", BOB, private(BOB), speaks="zh-hans")
    await team.ask("/language 中文", BOB, private(BOB))
    assert "没有" in await team.ask("/x", BOB, private(BOB), speaks="en")


# --- a database that can't be written ---------------------------------------------------------------------------


@pytest.mark.parametrize("error", [StorageBusyError("locked"), StorageError("the disk is full")])
async def test_a_database_that_cannot_be_written_keeps_nobody_waiting(team: Team, error: StorageError) -> None:
    """What only reads is answered, each update once; what changes something says why it did not."""

    class Unwritable:
        def first_time(self, platform: str, update_id: str) -> bool:
            raise error

    team.office.stores = replace(team.office.stores, seen=Unwritable())

    assert "/addkeyword" in await team.ask("/help", update="7")
    assert await team.ask("/help", update="7") == ""


async def test_a_command_that_meets_a_lock_says_so(team: Team) -> None:
    """It is no mistake of ours, and nothing was changed."""

    class Locked(type(team.stores.editions)):  # type: ignore[misc]
        def add_keyword(self, *_: object) -> bool:
            raise StorageBusyError("locked")

    team.office.stores = replace(team.office.stores, editions=Locked())

    assert "Try again in a minute" in await team.ask("/addkeyword gloves")
