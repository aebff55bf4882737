"""How the connection to a platform is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ConnectionKind(StrEnum):
    """The values stand in the catalogue, as `platform.up`."""

    UP = "up"
    DOWN = "down"
    OFF = "off"  # not configured


@dataclass(frozen=True, slots=True)
class PlatformState:
    """`reason` says in a few English words why a platform is down, or what an otherwise working one lacks."""

    kind: ConnectionKind
    reason: str = ""

    @property
    def is_up(self) -> bool:
        return self.kind is ConnectionKind.UP

    def __str__(self) -> str:
        """As in the log: `down: invalid_auth`."""
        return f"{self.kind}: {self.reason}" if self.reason else str(self.kind)


UP = PlatformState(ConnectionKind.UP)
OFF = PlatformState(ConnectionKind.OFF)


def down(reason: str) -> PlatformState:
    """The state of a platform that can't be reached."""
    return PlatformState(ConnectionKind.DOWN, reason)
