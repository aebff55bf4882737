"""The table of commands: what both platforms' menus, Slack's manifest, `/help` and the documentation are made from."""

from __future__ import annotations

from bot.chat.request import Role
from bot.commands import about, ask, digests, export, keywords, papers, personal_editions, trends, votes
from bot.commands.context import PRIVATE, Command

COMMANDS = (
    Command("start", about.start),
    Command("help", about.help_, depends=True),
    Command("addkeyword", keywords.add_keyword, Role.EDITOR),
    Command("removekeyword", keywords.remove_keyword, Role.EDITOR),
    Command("keywords", keywords.list_keywords),
    Command("categories", personal_editions.change_categories, Role.EDITOR, PRIVATE),
    Command("stop", personal_editions.stop_edition, Role.EDITOR, PRIVATE),
    Command("paper", papers.show_paper),
    Command("ask", ask.answer_question),
    Command("digest", digests.show_digest),
    Command("search", papers.search_papers),
    Command("trends", trends.show_trends),
    Command("status", about.status),
    Command("why", papers.explain_match),
    Command("save", papers.save_paper),
    Command("unsave", papers.unsave_paper),
    Command("saved", papers.list_saved),
    Command("export", export.export_saved),
    Command("forget", votes.forget_votes, depends=True),
    Command("language", about.language),
    Command("mute", digests.mute_chat, Role.EDITOR),
    Command("resend", digests.resend_messages, Role.EDITOR),
    Command("about", about.about),
    Command("full", papers.show_full_analysis, is_listed=False),
    Command("bib", export.export_bibtex, is_listed=False),
    Command("up", votes.vote_up, is_listed=False),
    Command("down", votes.vote_down, is_listed=False),
)
COMMANDS_BY_NAME = {command.name: command for command in COMMANDS}


def command_menu(kind: str, role: Role = Role.ANYONE) -> list[Command]:
    """What an app's menu lists in chats of that kind for people of that role."""
    return [c for c in COMMANDS if c.is_listed and c.is_for(kind) and c.role <= role]
