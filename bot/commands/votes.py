"""The 👍 and 👎 of cards, /forget, and what /why says of votes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.chat.request import Answer, Context, Declined, Role
from bot.commands.reply_documents import line
from digest.arxiv.ids import parse_id
from digest.errors import InputError
from digest.i18n.translator import Texts
from digest.models.model import Edition, Match, Paper
from digest.ranking.features import words_of
from digest.ranking.order import reasons
from digest.ranking.preference_model import FEWEST, Taste
from digest.rendering import phrasing as wording


async def up(ctx: Context) -> AsyncIterator[Answer]:
    """This paper was worth showing."""
    yield _voted(ctx, 1)


async def down(ctx: Context) -> AsyncIterator[Answer]:
    """This paper was not."""
    yield _voted(ctx, -1)


def _voted(ctx: Context, value: int) -> Answer:
    """A person has one vote a paper and edition; the last one counts."""
    found = _paper(ctx, ctx.call.argument)
    editions = _editions(ctx, found)
    people = ctx.office.stores.people
    for edition in editions:
        people.vote(edition.name, ctx.call.person, found.id, value)
    votes = min(len(people.votes(edition.name)) for edition in editions)
    said = ctx.texts("vote.up" if value > 0 else "vote.down", title=wording.short_title(found))
    left = FEWEST - votes
    then = ctx.texts("vote.counts") if left <= 0 else ctx.texts("vote.more", n=left)
    return Answer((line(ctx.texts.sentences(said, then)),))


def _editions(ctx: Context, found: Paper) -> list[Edition]:
    """The editions that a vote counts for: those of the chat that showed the paper, else all of the chat."""
    here = ctx.office.editions_of(ctx.call)
    showed = [edition for edition in here if found.id in ctx.office.stores.digests.carded(edition.name)]
    if not here:
        raise Declined("command.no_edition")
    return showed or here


def _paper(ctx: Context, text: str) -> Paper:
    try:
        wanted = parse_id(text)
    except InputError:
        raise Declined("paper.no_id", text=text) from None
    found = ctx.office.stores.papers.paper(wanted.id)
    if found is None:
        raise Declined("paper.unknown", id=str(wanted))
    return found


async def forget(ctx: Context) -> AsyncIterator[Answer]:
    """With an id, the person's own vote on that paper; without one, all votes of the edition, by who may edit it."""
    people = ctx.office.stores.people
    if _is_id(ctx.call.argument):
        found = _paper(ctx, ctx.call.argument)
        for edition in _editions(ctx, found):
            people.vote(edition.name, ctx.call.person, found.id, 0)
        yield Answer((line(ctx.texts("forget.one", title=wording.short_title(found))),))
        return
    if ctx.role < Role.EDITOR:
        raise Declined("command.not_allowed")
    edition, rest = ctx.office.pick(ctx.call, ctx.role)
    if rest and rest.lower() != edition.name.lower():
        raise Declined("forget.usage")
    count = people.forget_votes(edition.name)
    ctx.office.note("votes forgotten", ctx.call, edition.name, str(count))
    yield Answer((line(ctx.texts("forget.done", n=count, title=edition.title)),))


def _is_id(text: str) -> bool:
    try:
        parse_id(text)
    except InputError:
        return False
    return True


def said_of(taste: Taste, found: Paper, matches: Sequence[Match], texts: Texts) -> list[str]:
    """How likely readers like a paper by their votes, and the words that say so."""
    words = words_of(found, matches)
    speaking_for, against = reasons(taste, words)
    said = [texts("why.liking", percent=round(100 * taste.score(words)), n=taste.votes)]
    if speaking_for:
        said.append(texts("why.for", words=texts.list(speaking_for)))
    if against:
        said.append(texts("why.against", words=texts.list(against)))
    return said
