"""What the functions of commands share: stores, editions, and which edition a call is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.commands.call import Call, Declined, Role
from bot.commands.jobs import PaperJobs
from bot.status import Status
from digest.model import Edition
from digest.people import Event
from digest.ports import Clock
from digest.settings import Settings
from storage.stores import Stores


@dataclass(slots=True)
class Office:
    """Handed to every command. `settings` is replaced as a whole when the configuration is loaded anew."""

    settings: Settings
    stores: Stores
    clock: Clock
    jobs: PaperJobs
    status: Callable[[], Status]
    wake: Callable[[], None] = field(default=lambda: None)  # there is something to send

    def editions(self) -> Sequence[Edition]:
        """The editions of the configuration, with the keywords in force."""
        return [self.stores.editions.effective(edition) for edition in self.settings.editions]

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
        if call.place.kind == "private" and (own := self.stores.editions.personal(call.person)):
            here.append(own)
        return here

    def pick(self, call: Call, role: Role) -> tuple[Edition, str]:
        """The edition that a call is about, and the argument without its name.

        With several to choose from, its name comes first: `/addkeyword robots diffusion policy`. Admins may name any.
        """
        here = self.editions_of(call)
        open_to = {edition.name.lower(): edition for edition in here}
        if role is Role.ADMIN:
            open_to = {edition.name.lower(): edition for edition in self.editions()} | open_to
        first, _, rest = call.argument.partition(" ")
        if len(here) != 1 and first.lower() in open_to:
            return open_to[first.lower()], rest.strip()
        if len(here) == 1:
            return here[0], call.argument
        if not open_to:
            raise Declined("command.no_edition")
        raise Declined("command.which_edition", names=" · ".join(edition.name for edition in open_to.values()))

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
