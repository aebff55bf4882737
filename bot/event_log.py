"""What happens, in the log and to the chat for alerts: one line a digest, and every trouble with its reason."""

from __future__ import annotations

from bot.chat.platform_state import PlatformState
from bot.delivery.alerts import Alerts
from bot.delivery.events import DeliveryEvent, DeliveryEventKind
from bot.logs import Log
from bot.scheduling.run_events import RunEvent, RunEventKind
from digest.i18n.translator import Translator
from digest.models.analysis import AnalysisSource
from digest.models.edition import Platform, Target
from digest.models.feed import CategoryDay

ALERTED = (
    DeliveryEventKind.KEPT,
    DeliveryEventKind.FAILED,
    DeliveryEventKind.PAUSED,
    DeliveryEventKind.MIGRATED,
)


class EventLog:
    """Turns the events of digests, deliveries and listeners into log lines and alerts."""

    def __init__(self, log: Log, alerts: Alerts, language: str) -> None:
        self._log = log
        self._alerts = alerts
        self.texts = Translator(language)
        self._english = Translator("en")

    # --- deliveries ---------------------------------------------------------------------------------------------

    def on_delivery_event(self, happening: DeliveryEvent) -> None:
        """Told by the sender."""
        kind, delivery = happening.kind, happening.delivery
        facts: dict[str, object] = {"chat": happening.target.name}
        if delivery is not None:
            facts |= {"digest": delivery.digest, "delivery": delivery.id, "role": delivery.role}
        if happening.until is not None:
            facts["until"] = happening.until.isoformat(timespec="seconds")
        if happening.notice is not None:
            facts["why"] = self._english.notice(happening.notice)
        if happening.error is not None:
            self._log.error("delivery: fault", **facts, exc_info=happening.error)
        elif kind in (DeliveryEventKind.SENT, DeliveryEventKind.FOUND):
            self._log.debug(f"delivery: {kind}", **facts)
        else:
            self._log.warning(f"delivery: {kind}", **facts)
        self._alert_delivery(happening)

    def _alert_delivery(self, happening: DeliveryEvent) -> None:
        texts, kind = self.texts, happening.kind
        why = texts.notice(happening.notice) if happening.notice else ""
        if happening.error is not None:
            self._tell("alert.fault", happening.target, why=type(happening.error).__name__)
        elif kind in ALERTED:
            self._tell(f"alert.{kind}", happening.target, why=why)
        elif happening.notice is not None and happening.notice.code == "publish.token":
            self._tell("alert.token", happening.target, why=why)

    def _tell(self, key: str, target: Target, **params: str) -> None:
        self._alerts.send(self.texts(key, chat=target.name, **params), self.texts, target)

    # --- digests ------------------------------------------------------------------------------------------------

    def on_run_event(self, news: RunEvent) -> None:
        """Log a line for each digest that was made."""
        facts: dict[str, object] = {"edition": news.edition.name, "day": str(news.day)}
        if news.digest is not None:
            cards = news.digest.cards
            facts |= {
                "announced": news.digest.announced,
                "cards": len(cards),
                "full_text": sum(card.analysis.made_from is AnalysisSource.FULL_TEXT for card in cards),
                "updates": len(news.digest.updates),
            }
            if news.digest.empty is not None:
                facts["empty"] = self._english.notice(news.digest.empty)
        if late := [state for state in news.states if not state.state.is_settled]:
            facts["late"] = self._late(late, self._english)
        if news.why:
            facts["why"] = news.why
        match news.kind:
            case RunEventKind.FAILED:
                self._log.error("digest: failed", **facts, exc_info=news.error)
                self._alert_edition("alert.digest_failed", news, news.why)
            case RunEventKind.GIVEN_UP:
                self._log.warning("digest: given up", **facts)
                self._alert_edition("alert.given_up", news, self._late(news.states, self.texts))
            case RunEventKind.MISSED:
                self._log.warning("digest: missed", **facts)
                self._alert_edition("alert.missed", news, news.why)
            case RunEventKind.WAITING:
                self._log.debug("digest: waiting", **facts)
            case what:
                self._log.info(f"digest: {what}", **facts)

    def _alert_edition(self, key: str, news: RunEvent, why: str) -> None:
        text = self.texts(key, title=news.edition.title, day=str(news.day), why=why)
        self._alerts.send(text, self.texts)

    def _late(self, states: list[CategoryDay] | tuple[CategoryDay, ...], texts: Translator) -> str:
        """Which categories are late and why, each reason once."""
        late: dict[str, list[str]] = {}
        for state in states:
            why = texts.notice(state.reason) if state.reason else texts(f"feed.{state.state}")
            late.setdefault(why, []).append(state.category)
        lines = [texts("alert.late", categories=texts.list(names), why=why) for why, names in late.items()]
        return ("；" if texts.interface == "zh" else "; ").join(lines)

    # --- platforms ----------------------------------------------------------------------------------------------

    def on_platform_state(self, platform: Platform, state: PlatformState) -> None:
        """A platform went up or down."""
        log = self._log.info if state.is_up else self._log.warning
        log("platform", platform=str(platform), state=str(state))

    def on_platform_outage(self, platform: Platform, why: str) -> None:
        text = self.texts("alert.down", platform=platform.title(), why=why)
        self._alerts.send(text, self.texts)

    def on_platform_recovered(self, platform: Platform) -> None:
        self._alerts.send(self.texts("alert.up", platform=platform.title()), self.texts)
