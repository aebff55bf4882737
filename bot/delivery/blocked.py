"""Deliveries that wait for a person's decision: /resend in a chat, or `broadsheet resend`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from digest.models.delivery import Delivery, DeliveryState
from digest.models.edition import Target
from digest.ports import ChatStore, DeliveryStore


@dataclass(frozen=True, slots=True)
class BlockedDeliveries:
    """Messages of which nobody knows whether they arrived, and chats that are paused."""

    deliveries: tuple[Delivery, ...]
    paused: tuple[Target, ...]

    @property
    def chats(self) -> list[Target]:
        """Return each affected chat once."""
        return list(dict.fromkeys((*(delivery.target for delivery in self.deliveries), *self.paused)))

    @property
    def summary(self) -> str:
        """Return the text that the event log records when the deliveries are released."""
        return f"{len(self.deliveries)} messages, {len(self.paused)} chats resumed"

    def in_chats(self, chats: Collection[Target]) -> BlockedDeliveries:
        """Return the part that concerns these chats."""
        deliveries = tuple(delivery for delivery in self.deliveries if delivery.target in chats)
        return BlockedDeliveries(deliveries, tuple(target for target in self.paused if target in chats))


def blocked_deliveries(deliveries: DeliveryStore, chats: ChatStore) -> BlockedDeliveries:
    """Return everything that needs a person's decision, each item under the present address of its chat."""
    waiting = (
        replace(question, target=chats.migrated_target(question.target))
        for question in deliveries.open_questions()
        if question.state is DeliveryState.UNKNOWN
    )
    return BlockedDeliveries(tuple(waiting), tuple(chat.target for chat in chats.paused()))


def matches_chat_name(target: Target, typed_name: str) -> bool:
    """Whether a person means this chat: by the name that the status shows, telegram:-1001, or by `all`."""
    return typed_name.lower() in ("all", target.name.lower())
