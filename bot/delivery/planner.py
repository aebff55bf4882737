"""A digest -> messages: what is sent to whom. Nothing is read or written here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.chat.message_sender import Picture
from bot.chat.platform_spec import Platforms, PlatformSpec, ThreadRule
from digest.i18n.translator import Translator
from digest.models.delivery import Message, digest_key
from digest.models.digest import Card, Digest
from digest.models.edition import Edition, Platform, Target
from digest.ports import ChatStore
from digest.rendering.cards import DigestDocument, digest_documents
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
    pictures = {card.paper.id: payload for card in digest.cards if (payload := _figure(card, digest, picture))}
    rendered: dict[Platform, list[list[dict[str, object]]]] = {}
    messages: list[Message] = []
    for target in edition.targets if targets is None else targets:
        spec = platforms[target.platform]
        if target.platform not in rendered:
            rendered[target.platform] = [spec.render(d.document) for d in documents]
        first = len(messages)
        for message in _messages_to(target, spec, digest_key(digest), documents, rendered[target.platform], pictures):
            parent = None if message.parent is None else first + message.parent
            messages.append(replace(message, parent=parent))
    return messages


def _messages_to(
    target: Target,
    spec: PlatformSpec,
    key: str,
    documents: Sequence[DigestDocument],
    rendered: Sequence[list[dict[str, object]]],
    pictures: Mapping[str, dict[str, object]],
) -> list[Message]:
    """The messages of one target; parents are indexes in this list."""
    messages: list[Message] = []

    def add(role: str, payload: dict[str, object], paper_id: str | None, first: int) -> None:
        parent = 0 if spec.thread_rule is ThreadRule.OVERVIEW else first
        messages.append(
            Message(
                digest=key,
                target=target,
                role=role,
                payload=spec.silent(payload) if messages else payload,
                paper_id=paper_id,
                parent=parent if parent < len(messages) else None,
            )
        )

    for document, payloads in zip(documents, rendered, strict=True):
        first = len(messages)
        for index, payload in enumerate(payloads):
            add("part" if index else document.role, payload, document.paper_id, first)
        if document.role == "card" and document.paper_id is not None and document.paper_id in pictures:
            add("picture", pictures[document.paper_id], document.paper_id, first)
    return messages


def _figure(card: Card, digest: Digest, picture: Callable[[Card], bytes | None]) -> dict[str, object] | None:
    """The figure of a card as a message, with what its licence asks to be said."""
    png = picture(card) if card.figure and figure_licence(card.paper) else None
    if png is None:
        return None
    texts = Translator(digest.language)
    return Picture(
        png, f"{card.paper.versioned_id.replace('/', '-')}.png", figure_caption(card, texts), figure_alt(card, texts)
    ).payload
