"""/paper, /search, /why, /save, /unsave, /saved, and the buttons of cards."""

import asyncio

import pytest

from bot.commands.about import link, linked
from bot.commands.papers import show_paper as paper_command
from digest.arxiv.errors import ArxivError
from digest.models.notice import Notice
from tests.fakes.command_client import ADA, ALONE, BOB, FRIDAY, OTHERS, ROBOTS, TEAM, Team, paper


async def test_a_stored_paper_is_answered_at_once() -> None:
    """Nothing is fetched or analysed again."""
    team = Team()
    team.publish()
    answers = await team.answers("/paper https://arxiv.org/abs/2601.00001v1")

    assert len(answers) == 1
    assert not answers[0].is_interim
    assert team.made == []


async def test_any_other_paper_is_made_while_its_asker_sees_that() -> None:
    """One message that tells so, and then becomes the answer."""
    team = Team()
    answers = await team.answers("/paper arXiv:2601.00004")

    assert [answer.is_interim for answer in answers] == [True, False]
    assert team.made == ["2601.00004"]
    assert len(await team.answers("/paper 2601.00004")) == 1


async def test_one_job_a_paper_however_many_ask() -> None:
    """Three people, one analysis, three answers."""
    team = Team()
    going = asyncio.Event()
    make = team.make

    async def slowly(*wanted: object) -> object:
        await going.wait()
        return await make(*wanted)  # type: ignore[arg-type]

    team.office.jobs._make = slowly  # type: ignore[assignment]
    asked = [asyncio.create_task(team.ask("/paper 2601.00004", f"telegram:{n}")) for n in (42, 43, 44)]
    await asyncio.sleep(0)
    going.set()
    said = await asyncio.gather(*asked)

    assert all("Grasping in the dark" in one for one in said)
    assert team.made == ["2601.00004"]


async def test_the_queue_and_the_day_have_limits() -> None:
    """A person's day ends at so many papers; what is stored stays free."""
    team = Team()
    team.change(papers_a_day=1)
    await team.ask("/paper 2601.00004")

    assert "1 new paper analysed a day" in await team.ask("/paper 2601.00002")
    assert "Grasping" in await team.ask("/paper 2601.00004")
    assert "Tactile" in await team.ask("/paper 2601.00002", BOB)
    team.change(paper_queue=0)
    assert "waiting already" in await team.ask("/paper 2601.00003", BOB)


async def test_a_refusal_for_a_full_queue_costs_nothing_of_the_day() -> None:
    """Only what is made counts."""
    team = Team()
    team.change(papers_a_day=1, paper_queue=0)
    await team.ask("/paper 2601.00004")
    team.change(papers_a_day=1, paper_queue=1)

    assert "Grasping" in await team.ask("/paper 2601.00004")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/paper", "Name the paper"),
        ("/paper robots", "is no arXiv id"),
        ("/paper 2601.99999", "There is no paper 2601.99999"),
        ("/save 2601.99999", "not known here yet"),
        ("/why 2601.99999", "has not been collected here. /paper 2601.99999 shows it"),
        ("/search", "Name the words"),
        ("/search zebra", "No collected paper"),
        ("/unsave 2601.00001", "You have not saved"),
        ("/saved", "Nothing is saved yet"),
    ],
)
async def test_what_can_not_be_done_is_said(text: str, said: str) -> None:
    """With what to write instead."""
    assert said in await Team().ask(text)


async def test_a_search_that_finds_more_says_so() -> None:
    """Ten are shown; whoever sees ten would think that they are all."""
    team = Team()
    team.publish(ROBOTS, FRIDAY, *(paper(n, f"Gloves {n}") for n in range(10, 21)))
    said = await team.ask("/search gloves")

    assert "“gloves”: the 10 papers that fit best, of more" in said
    assert said.count("2601.") == 10


async def test_when_arxiv_can_not_be_asked_the_reason_is_told() -> None:
    """In the reader's words, not the library's."""
    team = Team()

    async def fails(*_: object) -> object:
        raise ArxivError(Notice.of("fetch.timeout", host="arxiv.org"))

    team.office.jobs._make = fails  # type: ignore[assignment]
    assert "arXiv could not be asked now" in await team.ask("/paper 2601.00004")
    assert team.errors == []


async def test_why_shows_the_matched_words_among_those_around_them() -> None:
    """Keyword, field and span, in readable form."""
    team = Team()
    team.publish()
    said = await team.ask("/why 2601.00002")

    assert "tactile · title: Tactile gloves <and> rings & π" in said
    assert "tactile · abstract: Touch is a sense. A tactile one." in said
    assert "It has been in the digest (v1)" in said


async def test_why_not() -> None:
    """No keyword, no category, not shown."""
    said = await Team().ask("/why 2601.00003")

    assert "None of the present keywords" in said
    assert "cs.LG" in said


async def test_saving_is_a_persons_own() -> None:
    """Pressed twice it stays saved; nobody else sees it."""
    team = Team()
    assert "Saved: A VLA" in await team.ask("/save 2601.00001")
    assert "Saved already" in await team.ask("/save 2601.00001")
    assert "2601.00001" in await team.ask("/saved", ADA, ALONE)
    assert "Nothing is saved" in await team.ask("/saved", BOB)
    assert "no longer saved" in await team.ask("/unsave 2601.00001")


async def test_a_button_works_after_months() -> None:
    """It carries all that is needed; the text that was read may be gone."""
    team = Team()
    team.publish()
    team.clock.advance(200 * 86_400)

    assert "It is about A VLA for the kitchen" in await team.ask("/full 2601.00001", BOB, TEAM)
    assert "Saved" in await team.ask("/save 2601.00001", BOB, TEAM)


async def test_an_analysis_in_another_language_is_made() -> None:
    """What is stored in English does not serve a Chinese chat."""
    team = Team()
    team.publish()

    assert len(await team.answers("/paper 2601.00001", BOB, OTHERS)) == 2


def test_a_link_into_the_private_chat_carries_the_command() -> None:
    """64 characters of A-Z, a-z, 0-9, _ and - (https://core.telegram.org/bots/features#deep-linking)."""
    payload = link("full", "cond-mat/9901001")

    assert len(payload) <= 64
    assert payload.replace("-", "").replace("_", "").isalnum()
    assert linked(payload) is not None
    for other in ("", "hello", link("stop", "x"), link("paper", ""), "=", "é"):
        assert linked(other) is None
    found = linked(link("paper", "2601.00001"))
    assert found == (paper_command, "2601.00001")


async def test_start_with_such_a_link_answers_what_was_asked_for() -> None:
    """As if the command had been written."""
    team = Team()
    team.publish()

    assert "It is about A VLA" in await team.ask(f"/start {link('full', '2601.00001')}", ADA, ALONE)
    assert "I read arXiv every day" in await team.ask("/start nonsense", ADA, ALONE)
