"""What a listener tells, written down."""

from bot.chat.platform_state import PlatformState
from bot.chat.request import CommandRequest
from digest.models.edition import Platform, Target


class RecordingObserver:
    """Implements `bot.chat.platform_spec.ListenerObserver`. Errors are appended to `errors`."""

    def __init__(self, errors: list[Exception]) -> None:
        self.errors = errors
        self.states: list[str] = []
        self.memberships: list[tuple[Target, bool]] = []
        self.migrations: list[tuple[Target, Target]] = []

    def on_state(self, platform: Platform, state: PlatformState) -> None:
        self.states.append(str(state))

    def on_membership(self, target: Target, is_inside: bool) -> None:
        self.memberships.append((target, is_inside))

    def on_migration(self, old: Target, new: Target) -> None:
        self.migrations.append((old, new))

    def on_error(self, request: CommandRequest, error: Exception) -> None:
        self.errors.append(error)
