"""👍 and 👎 on cards, /forget, and what /why says of them."""

from bot.platforms.telegram.listener import menus
from digest.ranking.preference_model import MIN_VOTES, PreferenceModel
from tests.fakes.command_client import ADA, ALONE, BOB, EVE, OTHERS, ROBOTS, SLACK, TEAM, TRAFFIC, Team, paper


async def test_a_vote_is_kept_for_the_edition_of_the_chat() -> None:
    """One a person and paper; the last one counts, and what it leads to is said."""
    team = Team()
    team.publish()
    said = await team.ask("/up 2601.00001")
    await team.ask("/down 2601.00001")
    await team.ask("/up 2601.00002", BOB)

    assert "👍 noted: “A VLA for the kitchen”. After" in said
    assert f"After {MIN_VOTES - 1} more papers" in said
    assert dict(team.stores.people.votes(ROBOTS.name)) == {"2601.00001": -1, "2601.00002": 1}
    assert not team.stores.people.votes(TRAFFIC.name)


async def test_in_chinese_there_is_no_space_between_sentences() -> None:
    """The title is in its quotation marks, so that its end is seen where it was shortened."""
    team = Team()
    team.stores.papers.save_paper(paper(9, "A very long title that goes on and on until nobody reads it any more"))
    said = await team.ask("/up 2601.00009", BOB, OTHERS)

    assert "…》。再投" in said


async def test_with_enough_votes_it_says_that_they_count() -> None:
    team = Team()
    for number in range(100, 100 + MIN_VOTES):
        team.stores.papers.save_paper(paper(number, f"Paper {number}"))
        said = await team.ask(f"/up 2601.{number:05}", EVE, SLACK)

    assert "ordered by such votes" in said
    assert "👍" in await team.ask("/up 2601.00100", BOB, OTHERS)


async def test_a_vote_without_an_edition_or_a_paper_is_answered() -> None:
    team = Team()
    assert "No edition" in await team.ask("/up 2601.00001", ADA, ALONE)
    assert "2601.09999" in await team.ask("/up 2601.09999")
    assert "nonsense" in await team.ask("/up nonsense")


async def test_a_person_takes_their_own_vote_back() -> None:
    """Anyone may; the votes of others stay."""
    team = Team()
    for person in (ADA, BOB):
        await team.ask("/up 2601.00001", person)
    said = await team.ask("/forget 2601.00001", BOB)

    assert "taken back" in said
    assert dict(team.stores.people.votes(ROBOTS.name)) == {"2601.00001": 1}


async def test_only_an_editor_forgets_all_votes() -> None:
    """What the edition learned is gone; the log tells who did it."""
    team = Team()
    await team.ask("/up 2601.00001", BOB)

    assert "administrators" in await team.ask("/forget", BOB)
    assert "takes your vote back" in await team.ask("/forget everything", ADA)
    assert "1 vote of Robots daily is forgotten" in await team.ask("/forget", ADA)
    assert not team.stores.people.votes(ROBOTS.name)
    assert team.stores.events.events(ROBOTS.name)[0].what == "votes forgotten"


async def test_why_tells_the_words_for_and_against() -> None:
    """With the likelihood and from how many votes; without votes nothing of it."""
    team = Team()
    team.publish()
    plain = await team.ask("/why 2601.00002")

    async def taste(_edition: object) -> PreferenceModel:
        return PreferenceModel({"tactile": 2.0, "glove": 1.0}, {"tactile": 3.0, "glove": -2.0}, 0.0, 23)

    team.office.preferences = taste
    said = await team.ask("/why 2601.00002")

    assert "likelihood" not in plain
    assert "By the votes on 23 papers" in said
    assert "speak for it: tactile" in said
    assert "against it: glove" in said


def test_buttons_are_not_in_the_menus() -> None:
    """Nobody types them."""
    names = {command.command for language in ("en", "zh") for _, commands in menus(language) for command in commands}
    assert names & {"up", "down", "bib", "full"} == set()
    assert {"forget", "ask", "export"} <= names


async def test_a_vote_in_a_channel_counts_for_what_it_showed() -> None:
    """The edition that carded the paper, where a chat has several."""
    team = Team()
    team.publish()
    await team.ask("/up 2601.00001", ADA, TEAM)

    assert dict(team.stores.people.votes(ROBOTS.name)) == {"2601.00001": 1}
