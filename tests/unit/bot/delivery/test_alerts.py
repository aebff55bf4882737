"""Alerts: through the ledger, not too often, never about themselves, without secrets."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.notice_json import dump_notice
from bot.chat.text_breaks import WORD_JOINER
from bot.delivery.alerts import Alerts
from bot.delivery.events import DeliveryEvent, DeliveryEventKind
from bot.event_log import EventLog
from bot.logs import log
from bot.platforms.registry import PLATFORMS
from bot.scheduling.run_events import RunEvent, RunEventKind
from digest.i18n.translator import Translator
from digest.models.delivery import Delivery, Message
from digest.models.edition import Edition, Platform, Target
from digest.models.feed import CategoryDay, FeedState
from digest.models.notice import Notice
from digest.settings import AlertSettings, Secrets
from tests.fakes.clocks.still_clock import FakeClock
from tests.fakes.stores import FakeDeliveries

ADMIN = Target(Platform("telegram"), "42")
NEWS = Target(Platform("telegram"), "-1001")
EN = Translator("en")
TOKEN = "123456789:AAFakeTokenThatNobodyKnows_0123456789"


class Desk:
    """Alerts with everything around them; `said` are their texts in the ledger."""

    def __init__(self, chat: str = "telegram:42", an_hour: int = 3) -> None:
        self.clock, self.deliveries, self.woken = FakeClock(), FakeDeliveries(), 0
        settings = AlertSettings(chat, an_hour)
        secrets = Secrets({"TELEGRAM_BOT_TOKEN": TOKEN})
        self.alerts = Alerts(lambda: settings, self.deliveries, self.clock, secrets.redact, self.wake, PLATFORMS)
        self.reports = EventLog(log("test"), self.alerts, "en")

    def wake(self) -> None:
        self.woken += 1

    @property
    def said(self) -> list[str]:
        return [str(d.payload["text"]) for d in self.deliveries.rows.values()]


def test_an_alert_is_a_delivery_like_any_other() -> None:
    """So it survives a restart, keeps the pace, and is sent once."""
    desk = Desk()
    assert desk.alerts.send("the disk is full", EN)

    (delivery,) = desk.deliveries.rows.values()
    assert (delivery.role, delivery.target, delivery.payload["text"]) == ("alert", ADMIN, "the disk is full")
    assert desk.woken == 1


def test_without_a_chat_there_are_none() -> None:
    """The log has them."""
    desk = Desk(chat="")
    assert not desk.alerts.send("the disk is full", EN)
    assert desk.said == []


def test_the_same_is_said_once_in_an_hour() -> None:
    """An edition that fails every quarter of an hour is one alert."""
    desk = Desk()
    for _ in range(5):
        desk.alerts.send("robots failed", EN)
        desk.clock.advance(600)
    desk.clock.advance(1_000)
    desk.alerts.send("robots failed", EN)

    assert desk.said == ["robots failed", "robots failed"]


def test_only_so_many_in_an_hour_and_the_next_says_how_many_were_held_back() -> None:
    """Nobody is woken by hundreds."""
    desk = Desk()
    for number in range(10):
        desk.alerts.send(f"trouble {number}", EN)
    assert len(desk.said) == 3
    desk.clock.advance(3_601)
    desk.alerts.send("more", EN)

    assert "7 more alerts were held back" in desk.said[-1]


@given(st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 8)), max_size=60), st.integers(1, 6))
def test_no_hour_ever_has_more(story: list[tuple[int, int]], an_hour: int) -> None:
    """Whatever comes when."""
    desk = Desk(an_hour=an_hour)
    told = []
    for seconds, what in story:
        desk.clock.advance(seconds)
        if desk.alerts.send(f"trouble {what}", EN):
            told.append(desk.clock.now())
    for moment in told:
        assert sum(moment <= other < moment + timedelta(hours=1) for other in told) <= an_hour


def test_no_alert_has_a_secret() -> None:
    """Whoever put it there."""
    desk = Desk()
    desk.alerts.send(f"can't reach https://api.telegram.org/bot{TOKEN}/getMe", EN)

    assert TOKEN not in desk.said[0]


def test_trouble_with_the_alert_chat_is_not_told_to_it() -> None:
    """It would never end."""
    desk = Desk()
    for what in ("paused", "failed", "kept"):
        desk.reports.on_delivery_event(
            DeliveryEvent(DeliveryEventKind(what), ADMIN, None, Notice.of("publish.token", platform="Telegram"))
        )

    assert desk.said == []


@pytest.mark.parametrize(
    ("happening", "said"),
    [
        (
            DeliveryEvent(DeliveryEventKind.PAUSED, NEWS, None, Notice.of("publish.put_out", platform="Telegram")),
            "is paused",
        ),
        (
            DeliveryEvent(DeliveryEventKind.KEPT, NEWS, None, Notice.of("publish.no_log_chat")),
            "may or may not have arrived",
        ),
        (DeliveryEvent(DeliveryEventKind.HELD, NEWS, None, Notice.of("publish.token", platform="Telegram")), "token"),
        (DeliveryEvent(DeliveryEventKind.FAULT, NEWS, None, error=ValueError("x")), "ValueError"),
        (
            DeliveryEvent(DeliveryEventKind.MIGRATED, NEWS, None, Notice.of("publish.migrated", address="-2")),
            "has moved",
        ),
        (DeliveryEvent(DeliveryEventKind.SENT, NEWS, Delivery(1, "d", NEWS, "card", None, {})), ""),
        (
            DeliveryEvent(
                DeliveryEventKind.IN_DOUBT, NEWS, None, Notice.of("publish.broken_off", platform="X", what="cut")
            ),
            "",
        ),
        (DeliveryEvent(DeliveryEventKind.HELD, NEWS, None, Notice.of("publish.limited", platform="X", seconds=3)), ""),
    ],
)
def test_what_needs_a_person_is_told(happening: DeliveryEvent, said: str) -> None:
    """With the chat and what to do; what settles itself is for the log."""
    desk = Desk()
    desk.reports.on_delivery_event(happening)

    assert len(desk.said) == bool(said)
    assert said in "".join(desk.said)
    assert not said or "telegram:-1001" in desk.said[0]


def test_a_restart_within_a_moment_does_not_lose_an_alert() -> None:
    """Each has a cause of its own in the ledger."""
    desk, texts = Desk(), {"text": "one"}
    desk.alerts.send("one", EN)
    other = Alerts(lambda: AlertSettings("telegram:42"), desk.deliveries, FakeClock(), str, lambda: None, PLATFORMS)
    desk.clock.advance(1)
    other.send("two", EN)
    desk.deliveries.add([Message("robots/2026-01-09/1", ADMIN, "card", texts)])

    assert len(desk.deliveries.rows) >= 2
    assert dump_notice(Notice.of("publish.token"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "no longer waiting (cs.AI, cs.RO: the feed has moved on to 2026-01-09, and this day was not stored; "),
        ("zh", "不再等待（cs.AI、cs.RO：arXiv 的列表已更新到 2026-01-09，此前的内容取不到了；cs.LG：未更新）"),
    ],
)
def test_late_categories_are_named_together_where_the_reason_is_one(language: str, said: str) -> None:
    """In the language of the alerts, its punctuation too."""
    desk = Desk()
    desk.reports.texts = Translator(language)
    gone, day = Notice.of("collect.gone", date="2026-01-09"), date(2026, 1, 8)
    states = [CategoryDay(name, day, FeedState.FAILED, reason=gone) for name in ("cs.AI", "cs.RO")]
    states.append(CategoryDay("cs.LG", day, FeedState.WAITING))
    desk.reports.on_run_event(
        RunEvent(RunEventKind.GIVEN_UP, Edition("vla", ("cs.AI",), ("vla",), "VLA"), day, states=tuple(states))
    )

    assert said in desk.said[0].replace(WORD_JOINER, "")
