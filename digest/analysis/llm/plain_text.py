"""What a model wrote, made fit to stand in a chat: plain text without markup, and no links of its own.

The words of a model and of a paper are data. Chat platforms turn `@name`, `#tag`, `/command` and web addresses in plain
text into links, and Slack reads `<!channel>`; none of that may come out of a paper or a model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from digest.text.latex.latex_to_text import latex_to_text

# Control characters, zero-width ones, and those that turn the direction of writing.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_HTML = (
    "a|b|i|u|s|em|strong|code|pre|br|p|div|span|sub|sup|font|small|mark|del|ins|ul|ol|li|h[1-6]|blockquote|tg-spoiler"
)
_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<(?:https?|mailto):[^<>|\s]*\|([^<>]*)>"), r"\1"),  # Slack's link with a label
    (re.compile(r"<[@#!][^<>]{0,80}>"), ""),  # Slack's mentions
    (re.compile(rf"</?(?:{_HTML})(?:\s[^<>]{{0,200}})?/?>", re.IGNORECASE), ""),
    (re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)"), r"\1"),  # a Markdown link or picture
    (re.compile(r"^\s*(?:#{1,6}|>|[-*+•·])\s+"), ""),  # a heading, quotation or bullet
    (re.compile(r"^\s*[(（]?\d{1,2}[.)）、:：]\s*(?=\D)"), ""),  # the number of a list's item
    (re.compile(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=[^\s*])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=[^\s_])([^_]+?)(?<=[^\s_])_(?![\w_])"), r"\1"),
    (re.compile(r"`+([^`]*)`+"), r"\1"),
    (re.compile(r"(?<![\w@.])@(?=[A-Za-z_])|(?<![\w&#])#(?=[^\W\d])"), ""),  # mentions and hashtags
    (re.compile(r"(?:^|(?<=[\s(（，。；：、]))/(?=[A-Za-z_])"), ""),  # bot commands
    (re.compile(r"(?<!\w)\$(?=[A-Z]{2,8}\b)(?![^$]*\$)"), ""),  # cashtags
)
_LATEX = re.compile(r"\$[^$]+\$|\\[A-Za-z]+")

_TOP_LEVEL = "com|org|net|io|ai|cn|dev|edu|gov|info|me|co|app|xyz|tech|site|online|top|ru|de|uk|jp|kr|eu|us|ly|gg|cc"
_ENDS = r"\s<>\"'，。；：、（）()"
_ADDRESS = re.compile(
    rf"(?:https?://|www\.|t\.me/)[^{_ENDS}]+"
    rf"|(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:{_TOP_LEVEL})(?![\w.-])(?:/[^{_ENDS}]*)?",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_PAIRS = (("([", ")]"), ("（", "）"), ("【", "】"), ("“", "”"), ("《", "》"))  # a half-open interval is (0, 1]


def strip_invisible(text: str) -> str:
    """The text without characters that nobody sees, on one line."""
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())


def plain_text(text: str) -> str:
    """A statement as plain text on one line: no markup, mention, hashtag or command; LaTeX made readable."""
    text = strip_invisible(text)
    for _ in range(3):  # markup within markup: **`x`**
        before = text
        for pattern, replacement in _MARKUP:
            text = pattern.sub(replacement, text)
        if text == before:
            break
    if _LATEX.search(text):
        text = latex_to_text(text)
    return " ".join(text.split())


def is_finished(text: str) -> bool:
    """Whether a statement does not break off: with a comma, a dash, an ellipsis, or a bracket that is still open."""
    text = text.rstrip(" 。.")
    if not text or text[-1] in ",，、;；:：-–—(（[【“‘…":
        return False
    return all(sum(map(text.count, opening)) <= sum(map(text.count, closing)) for opening, closing in _PAIRS)


def close_brackets(text: str) -> str:
    """The statement with the full stop of its script, if it has none."""
    tail = text.rstrip(')）"”』」')
    if not tail or tail[-1] in ".!?。！？…":
        return text
    return text + ("。" if _EAST_ASIAN.search(text) else ".")


def addresses(text: str) -> list[str]:
    """The web addresses in a text, also bare ones, of which a chat would make links."""
    return [m.group().rstrip(".,;:!?)]}*_") for m in _ADDRESS.finditer(text)]


def without_addresses(text: str) -> str:
    return _ADDRESS.sub("", text)


def is_linked_elsewhere(text: str, allowed: Iterable[str]) -> bool:
    """Whether the text holds a web address that is not among the `known` ones, which are the paper's own."""
    linked = addresses(text)
    return bool(linked) and not {_bare(address) for address in linked} <= {_bare(url) for url in allowed}


def _bare(address: str) -> str:
    address = re.sub(r"^https?://(?:www\.)?|^www\.", "", address.strip(), flags=re.IGNORECASE).rstrip("/.")
    host, slash, path = address.partition("/")
    return host.lower() + slash + path
