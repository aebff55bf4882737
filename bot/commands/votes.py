"""The 👍 and 👎 of cards, /forget, and what /why says of votes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.chat.request import CommandError, CommandReply, Role
from bot.commands.context import CommandContext
from bot.commands.reply_documents import text_document
from digest.arxiv.ids import parse_id
from digest.errors import InputError
from digest.i18n.translator import Translator
from digest.models.model import Edition, Match, Paper
from digest.ranking.features import paper_features
from digest.ranking.order import score_reasons
from digest.ranking.preference_model import MIN_VOTES, PreferenceModel
from digest.rendering import phrasing


async def vote_up(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """This paper was worth showing."""
    yield _voted(ctx, 1)


async def vote_down(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """This paper was not."""
    yield _voted(ctx, -1)


def _voted(ctx: CommandContext, value: int) -> CommandReply:
    """A person has one vote a paper and edition; the last one counts."""
    found = _paper(ctx, ctx.request.argument)
    editions = _editions(ctx, found)
    people = ctx.services.stores.people
    for edition in editions:
        people.vote(edition.name, ctx.request.person, found.id, value)
    votes = min(len(people.votes(edition.name)) for edition in editions)
    said = ctx.texts("vote.up" if value > 0 else "vote.down", title=phrasing.short_title(found))
    left = MIN_VOTES - votes
    then = ctx.texts("vote.counts") if left <= 0 else ctx.texts("vote.more", n=left)
    return CommandReply((text_document(ctx.texts.sentences(said, then)),))


def _editions(ctx: CommandContext, found: Paper) -> list[Edition]:
    """The editions that a vote counts for: those of the chat that showed the paper, else all of the chat."""
    here = ctx.services.editions_in_chat(ctx.request)
    showed = [edition for edition in here if found.id in ctx.services.stores.digests.carded(edition.name)]
    if not here:
        raise CommandError("command.no_edition")
    return showed or here


def _paper(ctx: CommandContext, text: str) -> Paper:
    try:
        wanted = parse_id(text)
    except InputError:
        raise CommandError("paper.no_id", text=text) from None
    found = ctx.services.stores.papers.paper(wanted.id)
    if found is None:
        raise CommandError("paper.unknown", id=str(wanted))
    return found


async def forget_votes(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """With an id, the person's own vote on that paper; without one, all votes of the edition, by who may edit it."""
    people = ctx.services.stores.people
    if _is_id(ctx.request.argument):
        found = _paper(ctx, ctx.request.argument)
        for edition in _editions(ctx, found):
            people.vote(edition.name, ctx.request.person, found.id, 0)
        yield CommandReply((text_document(ctx.texts("forget.one", title=phrasing.short_title(found))),))
        return
    if ctx.role < Role.EDITOR:
        raise CommandError("command.not_allowed")
    edition, rest = ctx.services.resolve_edition(ctx.request, ctx.role)
    if rest and rest.lower() != edition.name.lower():
        raise CommandError("forget.usage")
    count = people.forget_votes(edition.name)
    ctx.services.record_event("votes forgotten", ctx.request, edition.name, str(count))
    yield CommandReply((text_document(ctx.texts("forget.done", n=count, title=edition.title)),))


def _is_id(text: str) -> bool:
    try:
        parse_id(text)
    except InputError:
        return False
    return True


def vote_explanation(taste: PreferenceModel, found: Paper, matches: Sequence[Match], texts: Translator) -> list[str]:
    """How likely readers like a paper by their votes, and the words that say so."""
    words = paper_features(found, matches)
    speaking_for, against = score_reasons(taste, words)
    said = [texts("why.liking", percent=round(100 * taste.score(words)), n=taste.votes)]
    if speaking_for:
        said.append(texts("why.for", words=texts.list(speaking_for)))
    if against:
        said.append(texts("why.against", words=texts.list(against)))
    return said
