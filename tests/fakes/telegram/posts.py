"""What the bot does in the fake Telegram's chats: posts, edits, deletions, forwards, within the real one's limits."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from digest.ports import Clock
from tests.fakes.limits import telegram_violations
from tests.fakes.loopback_server import Json
from tests.fakes.rate_counter import Bucket, Gate, Sliding
from tests.fakes.telegram.chats import BOT, ApiError, Chat, bad
from tests.fakes.telegram.people import People, copied

MAX_CAPTION = 1_024
MAX_PHOTO = 10_000_000
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")

# What the renderers' checks find, and the server answers with 400; all else it takes, and shows it otherwise.
_REFUSED = ("message text is empty", "BUTTON_", "button", "reply markup is too long", "text must be encoded")


class Posts(People):
    """`remarks` has what was taken but is shown otherwise than meant, `gate.breaches` what came too fast."""

    def __init__(self, clock: Clock, state: Path | None = None) -> None:
        super().__init__(clock, state)
        self.gate = Gate(clock.monotonic)
        self.remarks: list[str] = []

    def _pass(self, method: str, chat: Chat) -> None:
        """About one message a second to a chat in short bursts, 20 a minute to a group or channel, 30 a second."""
        rates: list[tuple[object, Callable[[], Bucket | Sliding]]] = [
            (chat.id, lambda: Bucket(1.0, 5)),
            ("all", lambda: Sliding(30, 1.0)),
        ]
        if chat.type != "private":
            kind = "edits" if method.startswith("edit") else "sends"
            rates.append(((chat.id, kind), lambda: Sliding(20, 60.0)))
        seconds = self.gate.pass_through(f"{method} {chat.id}", *rates)
        if seconds:
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    def _do_sendmessage(self, given: Json) -> Json:
        chat = self.chats.writable(given.get("chat_id"))
        content = self._content(given)
        reply = self._reply(chat, given)
        self._pass("sendMessage", chat)
        return self._sent(chat, content | reply)

    def _do_sendphoto(self, given: Json) -> Json:
        chat = self.chats.writable(given.get("chat_id"))
        photo, caption = given.get("photo"), str(given.get("caption", ""))
        if not isinstance(photo, bytes):
            raise bad("there is no photo in the request")
        if len(photo) > MAX_PHOTO:
            raise ApiError(413, "Request Entity Too Large")
        if not photo.startswith(PICTURES):
            raise bad("IMAGE_PROCESS_FAILED")
        if len(caption) > MAX_CAPTION:
            raise bad("message caption is too long")
        reply = self._reply(chat, given)
        self._pass("sendPhoto", chat)
        name = f"{chat.id}-{chat.last_id + 1}"
        size = {"file_id": f"f{name}", "file_unique_id": f"u{name}", "width": 640, "height": 400}
        return self._sent(chat, {"photo": [size], **({"caption": caption} if caption else {}), **reply})

    def _do_editmessagetext(self, given: Json) -> Json:
        chat = self.chats.writable(given.get("chat_id"))
        message = self.chats.message(chat, given.get("message_id"), "edit")
        if not message.get("by_bot") or "forward_origin" in message:
            raise bad("message can't be edited")
        content = self._content(given)
        old = {key: message.get(key) for key in ("text", "entities", "reply_markup")}
        if {key: content.get(key) for key in old} == old:
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a"
                " current content and reply markup of the message"
            )
        self._pass("editMessageText", chat)
        for key in old:
            message.pop(key, None)
        message |= {**content, "edit_date": round(self.clock.now().timestamp())}
        self.save()
        return message

    def _do_deletemessage(self, given: Json) -> bool:
        chat = self.chats.find(given.get("chat_id"))
        message = self.chats.message(chat, given.get("message_id"), "delete")
        if not message.get("by_bot") and chat.bot != "administrator":
            raise bad("message can't be deleted")
        self.delete(chat.id, message["message_id"])
        return True

    def _do_forwardmessage(self, given: Json) -> Json:
        chat = self.chats.writable(given.get("chat_id"))
        source = self.chats.find(given.get("from_chat_id"))
        if source.bot not in ("administrator", "member"):
            source = self.chats.writable(source.id)
        message = self.chats.message(source, given.get("message_id"), "forward")
        if source.protected or "service" in message:
            raise bad("message can't be forwarded")
        self._pass("forwardMessage", chat)
        copy = copied(message)
        origin: Json = {"date": message["date"]}
        if source.type == "channel":
            origin |= {"type": "channel", "chat": source.shown, "message_id": message["message_id"]}
        else:
            origin |= {"type": "user", "sender_user": message["from"]}
        return self._sent(chat, {**copy, "forward_origin": origin})

    def _content(self, given: Json) -> Json:
        """The text with what belongs to it, as it is stored; 400 for what the server does not take."""
        fields = ("text", "entities", "link_preview_options", "reply_markup")
        payload = {key: given[key] for key in fields if key in given}
        text = str(payload.get("text", ""))
        if len(text.strip()) > 4_096:
            raise bad("message is too long")
        if "parse_mode" in given:
            self.remarks.append(f"parse_mode {given['parse_mode']}")
        for violation in telegram_violations(payload):
            if violation.startswith(_REFUSED):
                raise bad(violation)
            self.remarks.append(violation)
        content: Json = {"text": _cleaned(text)}
        if entities := payload.get("entities"):
            content["entities"] = entities[:100]
        if markup := payload.get("reply_markup"):
            content["reply_markup"] = markup
        return content

    def _reply(self, chat: Chat, given: Json) -> Json:
        """What a message answers, and the topic that it stands in."""
        found: Json = {}
        thread = given.get("message_thread_id")
        if thread is not None:
            state = chat.topics.get(str(thread))
            if state is None:
                raise bad("message thread not found")
            if state == "closed":
                raise bad("TOPIC_CLOSED")
            found["message_thread_id"] = int(thread)
        reply = given.get("reply_parameters")
        if reply:
            message = chat.messages.get(str(reply["message_id"]))
            if message is None and not reply.get("allow_sending_without_reply"):
                raise bad("message to be replied not found")
            if message is not None:
                found["reply_to_message"] = {k: v for k, v in message.items() if k != "reply_to_message"}
        return found

    def _sent(self, chat: Chat, message: Json) -> Json:
        own = {"sender_chat": chat.shown} if chat.type == "channel" else {"from": BOT}
        return self.store(chat, {**own, **message, "by_bot": True})


def _cleaned(text: str) -> str:
    """As the server stores a text: control characters as spaces, some invisible ones away, none at the ends (tdlib,
    clean_input_string)."""
    text = re.sub(r"[\r\u2028-\u202e]", "", text)
    return re.sub(r"[\x00-\x08\x0b-\x1f]", " ", text).strip()
