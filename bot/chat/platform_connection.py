"""A platform as the delivery of messages uses it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.message_sender import MessageSender
from bot.chat.rate_limiter import RateLimiter


@dataclass(frozen=True, slots=True)
class PlatformConnection:
    """The sender of a platform and its pace. `resend`: a message of which nobody can tell whether it arrived is sent
    again; otherwise it is kept until a person decides. `settle`: seconds after which a message that is not to be found
    will not appear any more, since a request may outlive the process that sent it."""

    sender: MessageSender
    rate_limiter: RateLimiter
    resend: bool = False
    pause_after: int = 5
    settle: float = 10.0
