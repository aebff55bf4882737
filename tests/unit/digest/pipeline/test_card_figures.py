"""From a PDF to a picture in the ledger: what an edition that shows figures makes of a paper's licence."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.chat.message_sender import Picture
from bot.delivery.planner import plan_messages
from bot.platforms.registry import PLATFORMS
from digest.analysis.excerpt.excerpt_analyst import ExcerptAnalyst
from digest.engine.engine import Engine
from digest.models.digest import CardFigure, Digest
from digest.models.edition import Edition, Platform, Target
from digest.models.paper import Paper
from digest.models.paper_text import PaperText
from digest.pdf.result import FigureImage
from digest.settings import EngineSettings, ReadingLimits
from storage.stores.figures import FigureFolder
from tests.builders.digests import rich_day
from tests.builders.pipeline import digest_builder
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.stores import fake_stores
from tests.integration.digest.test_figure_image import with_figure as with_figure_1
from tests.unit.digest.pipeline.test_digest_builder import EDITION, Arxiv, made, paper, text_of

BY, NC = (f"http://creativecommons.org/licenses/{code}/4.0/" for code in ("by", "by-nc"))
FIGURE = FigureImage(b"\x89PNG", "Figure 1: The policy feels what it touches.", 2, 640, 480, is_thumbnail=False)
TELEGRAM, SLACK = Target(Platform("telegram"), "-1001"), Target(Platform("slack"), "C1")


def licensed(number: int, licence: str | None) -> Paper:
    return replace(paper(number), licence=licence)


class Drawing:
    """Draws what it is told to, and counts."""

    def __init__(self, figure: FigureImage | Exception | None = FIGURE) -> None:
        self.figure = figure
        self.drawn: list[bytes] = []

    async def __call__(self, data: bytes) -> FigureImage | None:
        self.drawn.append(data)
        if isinstance(self.figure, Exception):
            raise self.figure
        return self.figure


async def digest_of(
    folder: Path, arxiv: Arxiv, draw: Drawing, policy: str = "free", stores: Any = None, errors: list[Any] | None = None
) -> Digest:
    async def read(data: bytes) -> PaperText:
        return text_of(paper(1))

    pipeline = digest_builder(
        arxiv=arxiv,  # as much of it as a digest needs
        stores=stores or fake_stores(),
        read_pdf=read,
        analysts=[ExcerptAnalyst()],
        clock=FakeClock(datetime(2026, 1, 9, 12, tzinfo=UTC)),
        max_pdf_bytes=1000,
        on_error=lambda paper, error: (errors if errors is not None else []).append((paper.id, error)),
        figures=FigureFolder(folder),
        draw=draw,
    )
    digest: Digest = await made(pipeline, replace(EDITION, figures=policy))
    return digest


async def test_only_a_licence_that_allows_it_shows_a_figure(tmp_path: Path) -> None:
    """The others' PDFs are not even drawn from; and the PDF that was fetched to be read is not fetched again."""
    arxiv, draw = Arxiv([licensed(1, BY), licensed(2, NC), licensed(4, None)]), Drawing()
    digest = await digest_of(tmp_path, arxiv, draw)
    shown = {card.paper.id: card.figure for card in digest.cards}

    assert shown == {"2601.90001": CardFigure(FIGURE.caption, 2, 640, 480), "2601.90002": None, "2601.90004": None}
    assert draw.drawn == [b"2601.90001v1"]
    assert len(arxiv.fetched) == 3


@pytest.mark.parametrize(("policy", "figures"), [("none", 0), ("free", 1), ("noncommercial", 2)])
async def test_the_edition_chooses(tmp_path: Path, policy: str, figures: int) -> None:
    digest = await digest_of(tmp_path, Arxiv([licensed(1, BY), licensed(2, NC)]), Drawing(), policy)

    assert sum(card.figure is not None for card in digest.cards) == figures


async def test_a_figure_is_drawn_once(tmp_path: Path) -> None:
    """For all editions and days; a text that was read before costs one more download, and a second edition none."""
    stores, arxiv, draw = fake_stores(), Arxiv([licensed(1, BY)]), Drawing()
    await digest_of(tmp_path, arxiv, draw, "none", stores)
    for _ in range(2):
        digest = await digest_of(tmp_path, arxiv, draw, "free", stores)
        assert digest.cards[0].figure is not None

    assert len(draw.drawn) == 1
    assert len(arxiv.fetched) == 2


@pytest.mark.parametrize("drawn", [None, replace(FIGURE, is_thumbnail=True), ZeroDivisionError()])
async def test_without_a_whole_first_figure_the_card_stays_text(
    tmp_path: Path, drawn: FigureImage | Exception | None
) -> None:
    """None there, only a picture of the page, or a mistake of ours: the day goes on."""
    errors: list[Any] = []
    digest = await digest_of(tmp_path, Arxiv([licensed(1, BY)]), Drawing(drawn), errors=errors)

    assert digest.cards[0].figure is None
    assert digest.cards[0].analysis.statements
    assert bool(errors) is isinstance(drawn, Exception)


async def test_a_missing_pdf_costs_the_figure_alone(tmp_path: Path) -> None:
    arxiv = Arxiv([licensed(1, BY)], missing=frozenset({"2601.90001"}))

    assert (await digest_of(tmp_path, arxiv, Drawing())).cards[0].figure is None


async def test_the_engine_draws_in_a_child_of_its_own() -> None:
    """A real PDF gives its first figure; a file that is none gives nothing, and raises nothing."""
    with Engine(EngineSettings(), ReadingLimits()) as engine:
        drawn = await engine.draw(with_figure_1())
        assert drawn is not None
        assert drawn.png.startswith(b"\x89PNG")
        assert not drawn.is_thumbnail
        assert await engine.draw(b"no PDF at all") is None


# --- in the ledger ----------------------------------------------------------------------------------------------


def with_figure() -> Digest:
    rich = rich_day("en")
    first = rich.cards[0]
    shown = replace(first, paper=replace(first.paper, licence=BY), figure=CardFigure(FIGURE.caption, 2, 640, 480))
    return replace(rich, cards=(shown, *rich.cards[1:]))


def test_a_picture_follows_its_card() -> None:
    """In Telegram as an answer to the card, in Slack in the thread; with authors and licence in its caption."""
    edition = Edition("robots", (), (), targets=(TELEGRAM, SLACK))
    messages = plan_messages(with_figure(), edition, PLATFORMS, picture=lambda card: FIGURE.png)
    pictures = [(i, message) for i, message in enumerate(messages) if message.role == "picture"]

    assert [message.target for _, message in pictures] == [TELEGRAM, SLACK]
    for i, message in pictures:
        picture = Picture.of(message.payload)
        assert picture is not None
        assert picture.data == FIGURE.png
        assert "Mira Okonkwo" in picture.caption
        assert "CC BY 4.0" in picture.caption
        assert picture.alt
        assert messages[i - 1].paper_id == message.paper_id == "2601.03309"
        assert message.parent is not None
        parent = messages[message.parent]
        assert (parent.role, parent.target) == ("card" if message.target is TELEGRAM else "overview", message.target)


def test_a_picture_that_is_gone_is_not_missed() -> None:
    """Retention took it: the card stays text."""
    edition = Edition("robots", (), (), targets=(TELEGRAM,))

    assert not [
        m for m in plan_messages(with_figure(), edition, PLATFORMS, picture=lambda card: None) if m.role == "picture"
    ]
    assert not [m for m in plan_messages(with_figure(), edition, PLATFORMS) if m.role == "picture"]


def test_cards_link_to_the_archive() -> None:
    """Where it has an address: the whole analysis is a page, and the bot need not send it."""
    edition = Edition("robots", (), (), targets=(TELEGRAM,))
    linked = plan_messages(rich_day("en"), edition, PLATFORMS, archive="https://papers.example.org/")
    plain = plan_messages(rich_day("en"), edition, PLATFORMS)

    def buttons(messages: list[Any]) -> list[Any]:
        card = [m for m in messages if m.paper_id == "2601.03309"][-1]
        return [b for row in card.payload["reply_markup"]["inline_keyboard"] for b in row]

    assert "https://papers.example.org/robots/papers/2601.03309.html" in [b.get("url") for b in buttons(linked)]
    assert not [b for b in buttons(linked) if str(b.get("callback_data", "")).startswith("full:")]
    assert [b for b in buttons(plain) if str(b.get("callback_data", "")).startswith("full:")]
