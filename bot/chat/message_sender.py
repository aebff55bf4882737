"""What the sender needs of a platform, and how a call can end. `bot.platforms.telegram` and `bot.platforms.slack`
implement it.

    returns a receipt   the message is there
    NotSent             it certainly is not, and may be tried again: no connection, a 429, a wrong token
    Refused             it certainly is not, and never will be as it is: the message, or the chat, is at fault
    InDoubt             nobody knows: the connection broke after the request, the server failed inside
    Migrated            it certainly is not: the chat has another address now

No adapter tries a write twice, and none lets its library do so.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from digest.models.notice import Notice

Payload = Mapping[str, Any]
"""A message as plain data: in the platform's own form, or a `Picture` as `Picture.payload` gives it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or JPEG with its caption. `alt` is what is read out to who can't see it."""

    data: bytes
    name: str = "figure.png"
    caption: str = ""
    alt: str = ""

    @property
    def payload(self) -> dict[str, object]:
        """The picture as plain data, as a delivery holds it."""
        return {
            "picture": b64encode(self.data).decode("ascii"),
            "name": self.name,
            "caption": self.caption,
            "alt": self.alt,
        }

    @classmethod
    def of(cls, payload: Payload) -> Picture | None:
        """Return the picture in a payload; None if the payload is a text."""
        if "picture" not in payload:
            return None
        return cls(b64decode(payload["picture"]), payload["name"], payload["caption"], payload["alt"])


class SendError(Exception):
    """How a call ended that gave no receipt."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        super().__init__(notice.code)


LONGEST_WAIT = 86_400.0  # seconds: a platform that asks for more is asked again after a day


def wait_within_reason(seconds: float) -> float:
    """Limit a requested wait, in seconds, to between 0 and one day."""
    return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else LONGEST_WAIT


class NotSent(SendError):  # noqa: N818 - outcomes of a send, named for what happened
    """Certainly not sent. `retry_after` are the seconds that the platform asked for, if it did; a day at most.

    `limited`: the chat gets too much (429). `everywhere`: it concerns all chats of the platform, as a wrong token."""

    def __init__(
        self, notice: Notice, retry_after: float | None = None, *, limited: bool = False, everywhere: bool = False
    ) -> None:
        super().__init__(notice)
        self.retry_after = None if retry_after is None else wait_within_reason(retry_after)
        self.limited = limited
        self.everywhere = everywhere


class Rejected(SendError):  # noqa: N818 - outcomes of a send, named for what happened
    """Certainly not sent, and not to be tried again as it is. `chat`: the chat takes nothing from us at all."""

    def __init__(self, notice: Notice, *, chat: bool = False) -> None:
        super().__init__(notice)
        self.chat = chat


class InDoubt(SendError):  # noqa: N818 - outcomes of a send, named for what happened
    """The message may be there or not."""


class ChatMigrated(SendError):  # noqa: N818 - outcomes of a send, named for what happened
    """The chat has moved to another address."""

    def __init__(self, address: str) -> None:
        super().__init__(Notice.of("publish.migrated", address=address))
        self.address = address


@dataclass(frozen=True, slots=True)
class MessageFound:
    """The message is in the chat."""

    receipt: str


@dataclass(frozen=True, slots=True)
class MessageAbsent:
    """Everything that could be the message was looked at, and none of it is."""


@dataclass(frozen=True, slots=True)
class LookupUnavailable:
    """`retry_after`: seconds after which asking again may help; None: it never will."""

    notice: Notice
    retry_after: float | None = None


LookupResult = MessageFound | MessageAbsent | LookupUnavailable


class MessageSender(Protocol):
    """One platform. Addresses, receipts and threads are the platform's ids as strings."""

    async def resolve(self, address: str) -> str:
        """Return the permanent address of the chat: the number behind a name. Raises an `Outcome`."""
        ...

    async def send(self, address: str, payload: Payload, *, thread: str | None = None, delivery: str = "") -> str:
        """Post a message, once; the receipt. `thread` is the receipt of the message that it belongs under;
        `delivery` a name of its own, by which `find` knows it again. Raises an `Outcome`."""
        ...

    async def send_picture(
        self, address: str, picture: Picture, *, thread: str | None = None, delivery: str = ""
    ) -> str:
        """As `send`."""
        ...

    async def edit(self, address: str, receipt: str, payload: Payload) -> None:
        """Replace a message of ours. What is the same already is no error. Raises an `Outcome`."""
        ...

    async def look_up(
        self,
        address: str,
        delivery: str,
        payload: Payload,
        *,
        after: str | None,
        thread: str | None = None,
        settled: bool = True,
    ) -> LookupResult:
        """Look for a message that may have arrived since the message `after`, without touching anybody's.

        `settled`: the message can't appear any more, so `MessageAbsent` must be proved. Otherwise `MessageAbsent` means
        that it was not seen yet."""
        ...

    async def newest(self, address: str) -> str | None:
        """The id of the newest message of the chat, by the platform's own account; None where it does not tell.
        Never raises an `Outcome`: a bound that is missing only makes a search longer."""
        ...

    async def aclose(self) -> None: ...
