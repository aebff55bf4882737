"""What the functions of commands share: stores, editions, and which edition a call is about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bot.chat.request import Call, Declined, Role
from bot.commands.job_queue import PaperJobs
from bot.status import Status
from digest.analysis.analyst import Answered
from digest.arxiv.ids import ArxivId
from digest.i18n.translator import Texts
from digest.models.model import Edition, Paper
from digest.models.people import Event
from digest.pipeline.digest_builder import TasteOf
from digest.ports import Clock
from digest.rendering.phrasing import shortened
from digest.settings import Settings
from storage.stores.all_stores import Stores

MakeAnswer = Callable[[ArxivId, str, str], Awaitable[tuple[Paper, Answered]]]
"""The paper, and what it tells on a question in a language; fetched and read where it is not stored."""

MINE = "mine"  # what people call their own edition


@dataclass(slots=True)
class Office:
    """Handed to every command. `settings` is replaced as a whole when the configuration is loaded anew."""

    settings: Settings
    stores: Stores
    clock: Clock
    jobs: PaperJobs
    status: Callable[[], Status]
    wake: Callable[[], None] = field(default=lambda: None)  # there is something to send
    begin: Callable[[], None] = field(default=lambda: None)  # there is a new edition, which may be due
    release: Callable[[int], None] = field(default=lambda delivery_id: None)  # send that one again
    answer: MakeAnswer | None = None  # what a paper tells on a question
    taste: TasteOf | None = None  # what an edition's readers like

    def editions(self) -> Sequence[Edition]:
        """The editions of the configuration, with the keywords in force."""
        return self.stores.editions.in_force(self.settings.editions, personal=False)

    def editions_of(self, call: Call) -> list[Edition]:
        """The editions that this chat sees: those published to it, or in a private chat the person's own."""
        addresses = call.place.addresses
        here = [
            edition
            for edition in self.editions()
            if any(
                self.stores.chats.current(t).address.lower() in addresses
                for t in edition.targets
                if t.platform is call.place.target.platform
            )
        ]
        if call.place.kind == "private" and (own := self.own(call)):
            here.append(own)
        return here

    def own(self, call: Call) -> Edition | None:
        """The person's own edition, where people may have one."""
        kept = self.stores.editions.personal(call.person) if self.settings.commands.personal_editions else None
        return self.stores.editions.effective(kept) if kept else None

    def new_own(self, call: Call, texts: Texts) -> Edition:
        """What a person's own edition begins as: like the first of the configuration, with nothing to watch yet. It is
        not saved. Raises `Declined` where people may have none."""
        limits, configured = self.settings.commands, self.settings.editions
        if not limits.personal_editions:
            raise Declined("own.off")
        if call.place.kind != "private":
            raise Declined("own.private")
        categories = dict.fromkeys(category for edition in configured for category in edition.categories)
        return Edition(
            name=call.person,
            title=texts("own.title", name=call.person_name),
            categories=tuple(categories)[: limits.personal_categories],
            keywords=(),
            language=texts.interface,
            publish_at=configured[0].publish_at if configured else "09:00",
            timezone=configured[0].timezone if configured else "UTC",
            targets=(call.place.target,),
        )

    def pick(self, call: Call, role: Role) -> tuple[Edition, str]:
        """The edition that a call is about, and the argument without its name.

        With several to choose from, its name comes first: `/addkeyword robots diffusion policy`; a person's own is
        called "mine". Admins may name any.
        """
        here = self.editions_of(call)
        open_to = {self._called(edition, call): edition for edition in here}
        if role is Role.ADMIN:
            open_to = {edition.name.lower(): edition for edition in self.editions()} | open_to
        first, _, rest = call.argument.partition(" ")
        if len(here) != 1 and first.lower() in open_to:
            return open_to[first.lower()], rest.strip()
        if len(here) == 1:
            return here[0], call.argument
        if not open_to:
            raise Declined("command.no_edition")
        example = {
            "command": call.command,
            "first": next(iter(open_to)),
            "argument": shortened(call.argument, 40) or "…",
        }
        raise Declined("command.which_edition", names=" · ".join(open_to), **example)

    def _called(self, edition: Edition, call: Call) -> str:
        return MINE if edition.name == call.person else edition.name.lower()

    def language(self, call: Call) -> str:
        """In which language to answer: the person's choice in a private chat, the edition's in its chat, the app's."""
        if call.place.kind == "private" and (chosen := self.stores.people.language(call.person)):
            return chosen
        if here := self.editions_of(call):
            return here[0].language
        if call.speaks:
            return "zh" if call.speaks.lower().startswith("zh") else "en"
        return self.settings.editions[0].language if self.settings.editions else "zh"

    def note(self, what: str, call: Call, edition: str = "", detail: str = "") -> None:
        """An entry in the event log."""
        self.stores.events.record(Event(what, call.by, edition, detail))
