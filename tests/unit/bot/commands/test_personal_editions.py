"""A person's own edition: begun with a keyword in a private chat, changed and ended there, seen by nobody else."""

import re
from dataclasses import replace

import pytest

from digest.models.feed import CategoryDay, FeedState
from digest.models.paper import Announcement, AnnouncementKind
from tests.fakes.command_client import ADA, ALONE, BOB, PAPERS, TEAM, Team, private


@pytest.fixture
def team() -> Team:
    team = Team()
    team.change(personal_editions=True)
    return team


async def test_by_default_there_are_none() -> None:
    """Who asks is told so."""
    team = Team()
    assert await team.ask("/addkeyword gloves", ADA, ALONE) == "No edition is published to this chat."
    assert await team.ask("/categories cs.RO", ADA, ALONE) == "There are no personal digests here."


async def test_the_first_keyword_begins_one(team: Team) -> None:
    """It watches what the configuration watches, and comes to the private chat at the first edition's time."""
    said = await team.ask("/addkeyword dark", ADA, ALONE)

    assert "You now have a digest of your own, from cs.RO, cs.AI, cs.LG" in said
    assert "09:00 (Europe/Berlin)" in said
    own = team.stores.editions.personal(ADA)
    assert own is not None
    assert team.stores.editions.effective(own).keywords == ("dark",)
    assert own.targets == (ALONE.target,)
    assert "Ada" in await team.ask("/keywords", ADA, ALONE)


async def test_the_first_digest_comes_at_once_only_where_something_matches(team: Team) -> None:
    """Else it begins with the next one: a line that nothing matches is no welcome."""
    begun = []
    team.office.on_new_edition = lambda: begun.append(1)
    await team.ask("/addkeyword zzz", ADA, ALONE)
    run = team.stores.editions.last_run(ADA)
    assert run is not None
    assert (run.outcome, begun) == ("empty", [])

    await team.ask("/addkeyword dark", BOB, private(BOB))
    assert team.stores.editions.last_run(BOB) is None
    assert begun == [1]


async def test_a_mistaken_keyword_begins_nothing(team: Team) -> None:
    """It is pointed at instead."""
    assert "mistake" in await team.ask("/addkeyword (", ADA, ALONE)
    assert team.stores.editions.personal(ADA) is None


async def test_categories_are_chosen(team: Team) -> None:
    """In any case of letters, at most so many; a slip is helped."""
    await team.ask("/addkeyword dark", ADA, ALONE)

    assert "cs.CL, stat.ML" in await team.ask("/categories CS.cl, stat.ml", ADA, ALONE)
    assert "cs.CL, stat.ML" in await team.ask("/categories", ADA, ALONE)
    assert "Did you mean" in await team.ask("/categories cs.RP", ADA, ALONE)
    assert "5 at most" in await team.ask("/categories cs.CL cs.RO cs.AI cs.LG cs.CV cs.MA", ADA, ALONE)
    own = team.stores.editions.personal(ADA)
    assert own is not None
    assert own.categories == ("cs.CL", "stat.ML")


async def test_categories_may_come_first(team: Team) -> None:
    """The next step is told."""
    said = await team.ask("/categories cs.CL", ADA, ALONE)

    assert "from cs.CL" in said
    assert "/addkeyword KEYWORD" in said


async def test_keywords_have_a_limit(team: Team) -> None:
    """Of this edition alone."""
    team.change(personal_keywords=2)
    for word in ("one", "two", "three"):
        said = await team.ask(f"/addkeyword {word}", ADA, ALONE)

    assert "at most" in said or "You may have 2 keywords" in said
    assert "Added" in await team.ask("/addkeyword three", ADA, TEAM)


async def test_it_ends_and_keeps_its_keywords(team: Team) -> None:
    """Beginning again finds them."""
    await team.ask("/addkeyword dark", ADA, ALONE)
    assert "has ended" in await team.ask("/stop", ADA, ALONE)
    assert team.stores.editions.personal(ADA) is None
    assert "no digest of your own" in await team.ask("/stop", ADA, ALONE)
    await team.ask("/addkeyword light", ADA, ALONE)
    assert "• dark" in await team.ask("/keywords", ADA, ALONE)


async def test_nobody_else_sees_it(team: Team) -> None:
    """Not in the team's chat, not in another's private chat."""
    await team.ask("/addkeyword secretword", ADA, ALONE)
    for text in ("/keywords", f"/keywords {ADA}", "/keywords mine", "/status", f"/removekeyword {ADA} secretword"):
        for person, place in ((BOB, private(BOB)), (BOB, TEAM), (ADA, TEAM)):
            said = await team.ask(text, person, place)
            assert "Ada's digest" not in said
            assert "secretword  " not in said
    own = team.stores.editions.personal(ADA)
    assert own is not None
    assert team.stores.editions.effective(own).keywords == ("secretword",)


async def test_the_language_goes_with_it(team: Team) -> None:
    """/language in the private chat is for the digest, too."""
    await team.ask("/addkeyword dark", ADA, ALONE)
    assert await team.ask("/language 中文", ADA, ALONE) == "好的，以后用中文回答。"
    own = team.stores.editions.personal(ADA)
    assert own is not None
    assert own.language == "zh"


async def test_a_keyword_that_matches_nearly_everything_is_refused(team: Team) -> None:
    """With the number of papers: the owner of the bot pays for them. Nothing is begun."""
    day = max(team.stores.papers.days())
    papers = [replace(PAPERS[0], id=f"2601.8{n:04}", title=f"A study of models {n}") for n in range(40)]
    state = CategoryDay("cs.RO", day, FeedState.FRESH, len(papers))
    team.stores.papers.save_day(state, [Announcement(p, day, AnnouncementKind.NEW, "cs.RO") for p in papers])

    said = await team.ask("/addkeyword a | the | models", ADA, ALONE)

    assert "too broad for a personal digest" in said
    assert re.search(r"matches \d+ of \d+ announcements", said)
    assert team.stores.editions.personal(ADA) is None
