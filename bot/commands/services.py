"""What the functions of commands share: stores, editions, and which edition a call is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.chat.request import CommandError, CommandRequest, Role
from bot.commands.job_queue import JobQueue
from bot.status import Status
from digest.analysis.analyst import PaperAnswer
from digest.arxiv.ids import ArxivId
from digest.i18n.translator import Translator
from digest.models.edition import Edition
from digest.models.paper import Paper
from digest.models.people import AuditEvent
from digest.ports import Clock
from digest.ranking.preference_model import PreferenceSource
from digest.rendering.phrasing import shortened
from digest.settings import Settings
from storage.stores.all_stores import SqliteStores


class PaperAnswerer(Protocol):
    """Answers a question from any arXiv paper."""

    async def __call__(self, arxiv_id: ArxivId, question: str, language: str, /) -> tuple[Paper, PaperAnswer]: ...


PERSONAL_EDITION_NAME = "mine"  # what people call their own edition


@dataclass(slots=True)
class CommandServices:
    """Handed to every command. `settings` is replaced as a whole when the configuration is loaded anew."""

    settings: Settings
    stores: SqliteStores
    clock: Clock
    jobs: JobQueue
    status: Callable[[], Status]
    wake: Callable[[], None] = field(default=lambda: None)  # there is something to send
    on_new_edition: Callable[[], None] = field(default=lambda: None)  # there is a new edition, which may be due
    release_delivery: Callable[[int], None] = field(default=lambda delivery_id: None)  # send that one again
    answer: PaperAnswerer | None = None  # what a paper tells on a question
    preferences: PreferenceSource | None = None  # what an edition's readers like

    def editions(self) -> Sequence[Edition]:
        """The editions of the configuration, with the keywords in force."""
        return self.stores.editions.effective_editions(self.settings.editions, personal=False)

    def editions_in_chat(self, call: CommandRequest) -> list[Edition]:
        """The editions that this chat sees: those published to it, or in a private chat the person's own."""
        addresses = call.chat.addresses
        chat_editions = [
            edition
            for edition in self.editions()
            if any(
                self.stores.chats.migrated_target(t).address.lower() in addresses
                for t in edition.targets
                if t.platform == call.chat.target.platform
            )
        ]
        if call.chat.kind == "private" and (personal := self.personal_edition(call)):
            chat_editions.append(personal)
        return chat_editions

    def personal_edition(self, call: CommandRequest) -> Edition | None:
        """The person's own edition, where people may have one."""
        personal = self.stores.editions.personal(call.person) if self.settings.commands.personal_editions else None
        return self.stores.editions.effective(personal) if personal else None

    def new_personal_edition(self, call: CommandRequest, texts: Translator) -> Edition:
        """What a person's own edition begins as: like the first of the configuration, with nothing to watch yet. It is
        not saved. Raises `CommandError` where people may have none."""
        limits, configured = self.settings.commands, self.settings.editions
        if not limits.personal_editions:
            raise CommandError("own.off")
        if call.chat.kind != "private":
            raise CommandError("own.private")
        categories = dict.fromkeys(category for edition in configured for category in edition.categories)
        return Edition(
            name=call.person,
            title=texts("own.title", name=call.person_name),
            categories=tuple(categories)[: limits.personal_categories],
            keywords=(),
            language=texts.interface,
            publish_at=configured[0].publish_at if configured else "09:00",
            timezone=configured[0].timezone if configured else "UTC",
            targets=(call.chat.target,),
        )

    def resolve_edition(self, call: CommandRequest, role: Role) -> tuple[Edition, str]:
        """The edition that a call is about, and the argument without its name.

        With several to choose from, its name comes first: `/addkeyword robots diffusion policy`; a person's own is
        called "mine". Admins may name any.
        """
        chat_editions = self.editions_in_chat(call)
        open_to = {self._called(edition, call): edition for edition in chat_editions}
        if role is Role.ADMIN:
            open_to = {edition.name.lower(): edition for edition in self.editions()} | open_to
        first, _, argument = call.argument.partition(" ")
        if len(chat_editions) != 1 and first.lower() in open_to:
            return open_to[first.lower()], argument.strip()
        if len(chat_editions) == 1:
            return chat_editions[0], call.argument
        if not open_to:
            raise CommandError("command.no_edition")
        example = {
            "command": call.command,
            "first": next(iter(open_to)),
            "argument": shortened(call.argument, 40) or "…",
        }
        raise CommandError("command.which_edition", names=" · ".join(open_to), **example)

    def _called(self, edition: Edition, call: CommandRequest) -> str:
        return PERSONAL_EDITION_NAME if edition.name == call.person else edition.name.lower()

    def language(self, call: CommandRequest) -> str:
        """In which language to answer: the person's choice in a private chat, the edition's in its chat, the app's."""
        if call.chat.kind == "private" and (chosen := self.stores.people.language(call.person)):
            return chosen
        if chat_editions := self.editions_in_chat(call):
            return chat_editions[0].language
        if call.app_language:
            return "zh" if call.app_language.lower().startswith("zh") else "en"
        return self.settings.editions[0].language if self.settings.editions else "zh"

    def record_event(self, action: str, call: CommandRequest, edition: str = "", detail: str = "") -> None:
        """Add an entry to the event log."""
        self.stores.events.record(AuditEvent(action, call.by, edition, detail))
