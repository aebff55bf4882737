"""The 👍 and 👎 of cards, /forget, and what /why says of votes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.chat.request import CommandError, CommandReply, Role
from bot.commands.context import CommandContext
from bot.commands.reply_documents import text_document
from digest.arxiv.ids import parse_id
from digest.errors import InputError
from digest.i18n.translator import Translator
from digest.models.edition import Edition
from digest.models.match import Match
from digest.models.paper import Paper
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
    paper = _paper(ctx, ctx.request.argument)
    editions = _editions(ctx, paper)
    people = ctx.services.stores.people
    for edition in editions:
        people.vote(edition.name, ctx.request.person, paper.id, value)
    votes = min(len(people.votes(edition.name)) for edition in editions)
    line = ctx.texts("vote.up" if value > 0 else "vote.down", title=phrasing.short_title(paper))
    votes_missing = MIN_VOTES - votes
    then = ctx.texts("vote.counts") if votes_missing <= 0 else ctx.texts("vote.more", n=votes_missing)
    return CommandReply((text_document(ctx.texts.sentences(line, then)),))


def _editions(ctx: CommandContext, paper: Paper) -> list[Edition]:
    """The editions that a vote counts for: those of the chat that showed the paper, else all of the chat."""
    chat_editions = ctx.services.editions_in_chat(ctx.request)
    showed = [edition for edition in chat_editions if paper.id in ctx.services.stores.digests.carded(edition.name)]
    if not chat_editions:
        raise CommandError("command.no_edition")
    return showed or chat_editions


def _paper(ctx: CommandContext, text: str) -> Paper:
    try:
        arxiv_id = parse_id(text)
    except InputError:
        raise CommandError("paper.no_id", text=text) from None
    paper = ctx.services.stores.papers.paper(arxiv_id.id)
    if paper is None:
        raise CommandError("paper.unknown", id=str(arxiv_id))
    return paper


async def forget_votes(ctx: CommandContext) -> AsyncIterator[CommandReply]:
    """With an id, the person's own vote on that paper; without one, all votes of the edition, by who may edit it."""
    people = ctx.services.stores.people
    if _is_id(ctx.request.argument):
        paper = _paper(ctx, ctx.request.argument)
        for edition in _editions(ctx, paper):
            people.vote(edition.name, ctx.request.person, paper.id, 0)
        yield CommandReply((text_document(ctx.texts("forget.one", title=phrasing.short_title(paper))),))
        return
    if ctx.role < Role.EDITOR:
        raise CommandError("command.not_allowed")
    edition, argument = ctx.services.resolve_edition(ctx.request, ctx.role)
    if argument and argument.lower() != edition.name.lower():
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


def vote_explanation(taste: PreferenceModel, paper: Paper, matches: Sequence[Match], texts: Translator) -> list[str]:
    """How likely readers like a paper by their votes, and the words that say so."""
    words = paper_features(paper, matches)
    speaking_for, against = score_reasons(taste, words)
    sentences = [texts("why.liking", percent=round(100 * taste.score(words)), n=taste.votes)]
    if speaking_for:
        sentences.append(texts("why.for", words=texts.list(speaking_for)))
    if against:
        sentences.append(texts("why.against", words=texts.list(against)))
    return sentences
