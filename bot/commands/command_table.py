"""The table of commands: what both platforms' menus, Slack's manifest, `/help` and the documentation are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.request import Handler, Role
from bot.commands import about, ask, digests, export, keywords, papers, trends, votes
from bot.commands import personal_editions as own

EVERYWHERE = ("private", "group", "channel")
PRIVATE = ("private",)


@dataclass(frozen=True, slots=True)
class Command:
    """`usage.NAME` and `help.NAME` of the catalogue say what follows the name and what it does.

    `is_listed` False: a button's action rather than something that people type. `depends` True: what it answers
    depends on the person's role, though anyone may use it.
    """

    name: str
    answer: Handler
    role: Role = Role.ANYONE
    places: Sequence[str] = EVERYWHERE
    is_listed: bool = True
    depends: bool = False

    def is_for(self, kind: str) -> bool:
        return kind in self.places


COMMANDS = (
    Command("start", about.start),
    Command("help", about.help_, depends=True),
    Command("addkeyword", keywords.add, Role.EDITOR),
    Command("removekeyword", keywords.remove, Role.EDITOR),
    Command("keywords", keywords.show),
    Command("categories", own.categories, Role.EDITOR, PRIVATE),
    Command("stop", own.stop, Role.EDITOR, PRIVATE),
    Command("paper", papers.paper),
    Command("ask", ask.ask),
    Command("digest", digests.show),
    Command("search", papers.search),
    Command("trends", trends.trends),
    Command("status", about.status),
    Command("why", papers.why),
    Command("save", papers.save),
    Command("unsave", papers.unsave),
    Command("saved", papers.saved),
    Command("export", export.export),
    Command("forget", votes.forget, depends=True),
    Command("language", about.language),
    Command("mute", digests.mute, Role.EDITOR),
    Command("resend", digests.resend, Role.EDITOR),
    Command("about", about.about),
    Command("full", papers.full, is_listed=False),
    Command("bib", export.bib, is_listed=False),
    Command("up", votes.up, is_listed=False),
    Command("down", votes.down, is_listed=False),
)
BY_NAME = {command.name: command for command in COMMANDS}


def menu(kind: str, role: Role = Role.ANYONE) -> list[Command]:
    """What an app's menu lists in chats of that kind for people of that role."""
    return [c for c in COMMANDS if c.is_listed and c.is_for(kind) and c.role <= role]
