"""Chats that the configuration calls by an @name: which chat that is, asked at each start and each day.

A name may be given to another chat at any time. The configuration is followed, and the operator is told before anything
is sent there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.chat.message_sender import SendError
from bot.chat.platform_connection import PlatformConnection
from digest.models.edition import Platform, Target
from digest.ports import ChatStore


@dataclass(frozen=True, slots=True)
class ReassignedName:
    """`str` is a sentence for the operator."""

    name: Target
    before: Target
    now: Target

    def __str__(self) -> str:
        return (
            f"{self.name.name} is another chat now: {self.now.name}, it was {self.before.name}; digests go there from"
            f" now on. If that is wrong, write {self.before.address} into the configuration"
        )


async def follow_names(
    connections: Mapping[Platform, PlatformConnection], chats: ChatStore, targets: Iterable[Target]
) -> list[ReassignedName]:
    """Look up again each name that was looked up before, and follow names that were reassigned. If the
    platform can't be asked, the stored address stays in use.
    """
    reassigned = []
    for name in dict.fromkeys(targets):
        before = chats.migrated_target(name)
        connection = connections.get(name.platform)
        if connection is None or not name.address.startswith("@") or before == name:
            continue
        try:
            address = await connection.sender.resolve(name.address)
        except SendError:
            continue
        now = Target(name.platform, address)
        if now != before and chats.migrated_target(now) != before:
            chats.rename(name, now)
            reassigned.append(ReassignedName(name, before, now))
    return reassigned
