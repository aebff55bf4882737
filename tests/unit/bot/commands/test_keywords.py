"""/addkeyword, /removekeyword, /keywords."""

from hypothesis import given
from hypothesis import strategies as st

from bot.commands.keywords import preview_keyword
from tests.fakes.command_client import ADA, EVE, PAPERS, ROBOTS, SLACK, Team, paper


async def test_a_keyword_is_added_with_its_effect_on_the_last_days() -> None:
    """Counts before and after, and the words that matched; in force for the next digest."""
    team = Team()
    said = await team.ask("/addkeyword  dark ")

    assert "Added: dark" in said
    assert "2 papers matched before, 3 with it" in said
    assert "Grasping in the dark" in said
    assert "dark (title)" in said
    assert team.stores.editions.effective(ROBOTS).keywords == ("vla", "tactile", "dark")


async def test_three_titles_are_enough() -> None:
    """The preview is to be read in a moment."""
    many = [paper(n, f"Robot number {n}") for n in range(10, 20)]

    assert len(preview_keyword(many, 1, [], "robot").matches) == 10
    team = Team()
    said = await team.ask("/addkeyword the | a | is")
    assert said.count("2601") + said.count("(title") + said.count("(abstract") <= 6


async def test_a_broad_keyword_is_warned_of() -> None:
    """More than a fifth of everything, unless that is only a few."""
    many = [paper(n, "Robot" if n % 3 else "Cat") for n in range(1, 61)]

    assert preview_keyword(many, 7, [], "robot").is_too_broad
    assert not preview_keyword(many[:6], 7, [], "robot").is_too_broad


async def test_a_mistake_is_pointed_at() -> None:
    """The place is marked below the keyword, and nothing is added."""
    team = Team()
    said = await team.ask("/addkeyword (robot arm")

    assert "mistake" in said
    assert "(robot arm\n^" in said
    assert team.stores.editions.keyword_changes("robots") == []


async def test_the_same_keyword_is_not_added_twice() -> None:
    """Case and spaces don't count."""
    assert "among the keywords already" in await Team().ask("/addkeyword  VLA")


async def test_before_anything_was_collected_there_is_no_preview() -> None:
    """The keyword is added all the same."""
    said = await Team(days=0).ask("/addkeyword gloves")

    assert "Added: gloves" in said
    assert "no preview" in said


async def test_the_list_shows_who_added_what() -> None:
    """Those of the configuration have nobody."""
    team = Team()
    await team.ask("/addkeyword gloves", EVE, SLACK)
    said = await team.ask("/keywords")

    assert "• vla\n" in said
    assert "• gloves  (added by eve on 2026-01-09)" in said


async def test_removing_and_its_near_misses() -> None:
    """A keyword of the configuration can be removed as well; every change is in the event log."""
    team = Team()

    assert "Removed: VLA" in await team.ask("/removekeyword VLA")
    assert "Did you mean “tactile”?" in await team.ask("/removekeyword tactil")
    assert "no keyword “zzz”" in await team.ask("/removekeyword zzz")
    event = team.stores.events.events()[0]
    assert (event.what, event.edition, event.detail) == ("keyword removed", "robots", "VLA")
    assert (event.by.who, event.by.name, event.by.chat) == (ADA, "Ada", "telegram:-1001")


@given(st.lists(st.sampled_from(["vla", "touch", "robot", "traffic"]), unique=True), st.sampled_from(["dark", "a"]))
def test_a_keyword_never_takes_papers_away(old: list[str], new: str) -> None:
    """After it there are at least as many as before, and at most as many more as it finds by itself."""
    seen = preview_keyword(PAPERS, 1, old, new)

    assert seen.before <= seen.after <= seen.before + len(seen.matches)
