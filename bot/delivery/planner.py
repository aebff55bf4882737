"""Plans the messages of a digest: what is sent to which chat. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.chat.message_sender import Picture
from bot.chat.platform_spec import Platforms, ThreadRule
from digest.i18n.translator import Translator
from digest.models.delivery import Message, digest_key
from digest.models.digest import Card, Digest
from digest.models.edition import Edition, Platform, Target
from digest.ports import ChatStore
from digest.rendering.cards import digest_documents
from digest.rendering.figure_licences import figure_alt, figure_caption, figure_licence


def reachable_targets(targets: Sequence[Target], chats: ChatStore, now: datetime) -> list[Target]:
    """Where a digest goes now: chats that have moved at their new address, muted ones not, none twice."""
    targets_seen: dict[Target, None] = {}
    for target in map(chats.migrated_target, targets):
        muted = chats.chat(target).muted_until
        if muted is None or muted <= now:
            targets_seen[target] = None
    return list(targets_seen)


def no_picture(card: Card) -> bytes | None:
    """No card has a picture."""
    return None


def plan_messages(
    digest: Digest,
    edition: Edition,
    platforms: Platforms,
    targets: Sequence[Target] | None = None,
    *,
    archive: str = "",
    picture: Callable[[Card], bytes | None] = no_picture,
) -> list[Message]:
    """The messages of a digest to the edition's targets, or to those given; for each target in order.

    `archive` is the address of the archive, to which cards then link; `picture` gives the PNG of a card's figure.

    The platform's `ThreadRule` says what a message replies to. An empty day makes no messages where the edition is
    silent about it. Only the overview rings.
    """
    if digest.empty is not None and edition.empty_day == "silent":
        return []
    documents = digest_documents(digest, archive)
    pictures = {card.paper.id: payload for card in digest.posted if (payload := _figure(card, digest, picture))}
    rendered: dict[Platform, list[list[dict[str, object]]]] = {}
    messages: list[Message] = []
    for target in edition.targets if targets is None else targets:
        spec = platforms[target.platform]
        if target.platform not in rendered:
            rendered[target.platform] = [spec.render(d.document) for d in documents]
        overview = len(messages)
        for shown, payloads in zip(documents, rendered[target.platform], strict=True):
            first = len(messages)
            replies_to = overview if spec.thread_rule is ThreadRule.OVERVIEW else first
            roles = [shown.role, *["part"] * (len(payloads) - 1)]
            if shown.role == "card" and shown.paper_id in pictures:
                payloads, roles = [*payloads, pictures[shown.paper_id]], [*roles, "picture"]
            for role, payload in zip(roles, payloads, strict=True):
                is_overview = len(messages) == overview
                parent = replies_to if replies_to < len(messages) else None
                shape = payload if is_overview else spec.silent(payload)
                messages.append(Message(digest_key(digest), target, role, shape, shown.paper_id, parent))
    return messages


def _figure(card: Card, digest: Digest, picture: Callable[[Card], bytes | None]) -> dict[str, object] | None:
    """Return the figure of a card as a message, with the attribution that its licence requires."""
    png = picture(card) if card.figure and figure_licence(card.paper) else None
    if png is None:
        return None
    texts = Translator(digest.language)
    return Picture(
        png, f"{card.paper.versioned_id.replace('/', '-')}.png", figure_caption(card, texts), figure_alt(card, texts)
    ).payload
