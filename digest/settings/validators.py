"""What may stand in a value of `config.toml`: small pure checks, each from a value to a complaint or None.

A complaint says what is wrong and what to do; the reader of the file puts the dotted key before it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from digest.categories import CATEGORIES
from digest.errors import KeywordError
from digest.settings.secrets import masked


class Validator(Protocol):
    """Checks a value; returns what is wrong with it, or None."""

    def __call__(self, value: object, /) -> str | None: ...


# ISO 639-1. An analysis may be written in any of them; texts of the interface exist in Chinese and English.
_ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo "
    "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka "
    "kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng "
    "nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su "
    "sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
LANGUAGES = frozenset(_ISO_639_1.split())


def quoted(value: object) -> str:
    """A value as a complaint may show it: short, and never a secret."""
    text = masked(str(value))
    return repr(text if len(text) <= 60 else text[:57] + "...")


def suggestion(word: str, choices: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing where nothing is near."""
    by_lower = {name.lower(): name for name in choices}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f"; did you mean {by_lower[near[0]]!r}?" if near else ""


def at_least(low: float) -> Validator:
    return lambda value: None if float(str(value)) >= low else f"must be at least {low:g}, is {value}"


def between(low: float, high: float) -> Validator:
    return lambda value: None if low <= float(str(value)) <= high else f"must be {low:g} to {high:g}, is {value}"


def one_of(*choices: str) -> Validator:
    def check(value: object) -> str | None:
        if value in choices:
            return None
        return f"{quoted(value)} is not one of {', '.join(map(repr, choices))}{suggestion(str(value), choices)}"

    return check


def not_empty(value: object) -> str | None:
    return None if value else "must not be empty"


def edition_name(value: object) -> str | None:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", str(value)):
        return None
    return f"{quoted(value)} can't be a file's name: use letters, digits, '.', '-' and '_', at most 40 of them"


def category(value: object) -> str | None:
    if value in CATEGORIES:
        return None
    return f"arXiv has no category {quoted(value)}{suggestion(str(value), CATEGORIES)}"


def language(value: object) -> str | None:
    if str(value) in LANGUAGES:
        return None
    return f"no language {quoted(value)}: use a two-letter code of ISO 639-1 such as 'zh' or 'en'"


def time_of_day(value: object) -> str | None:
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(value)):
        return None
    return f"{quoted(value)} is not a time of day: write HH:MM, 00:00 to 23:59"


def timezone(value: object) -> str | None:
    zones = available_timezones()
    if value in zones:
        return None
    return f"no time zone {quoted(value)}{suggestion(str(value), zones) or '; use an IANA name: Asia/Shanghai'}"


def environment_name(value: object) -> str | None:
    if re.fullmatch(r"[A-Z_][A-Z0-9_]*", str(value)):
        return None
    return "must be the NAME of an environment variable in capitals, such as 'LLM_API_KEY', never the key itself"


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def url(value: object) -> str | None:
    """A whole http(s) URL. Empty is for keys that may be left out."""
    try:
        parts = urlsplit(str(value))
        broken = parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0
    except ValueError:
        return f"{quoted(value)} is no URL"
    if parts.password:
        return "a password does not belong in a URL here"
    return f"{quoted(value)} is no URL: it begins with http:// or https:// and names a host" if broken else None


def scheduler(value: object) -> str | None:
    """Where a Dask scheduler listens."""
    if re.fullmatch(r"(tcp|tls|ws|wss|ucx)://[^\s/@]+:\d{1,5}", str(value)):
        return None
    return f"{quoted(value)} is no address of a scheduler: write tcp://HOST:8786, or tls://HOST:8786"


def zotero_library(value: object) -> str | None:
    if re.fullmatch(r"(?:users|groups)/\d+", str(value)):
        return None
    return f"{quoted(value)} is no Zotero library: write 'users/12345' or 'groups/67890'"


def optional(check: Validator) -> Validator:
    """The check, where the value is not empty."""
    return lambda value: check(value) if value else None


def template(*names: str) -> Validator:
    """A URL that may hold these placeholders in braces, and no others."""

    def check(value: object) -> str | None:
        try:
            unknown_fields = [name for _, name, _, _ in string.Formatter().parse(str(value)) if name is not None]
        except ValueError:
            return f"{quoted(value)} has an unmatched brace"
        for name in unknown_fields:
            if name not in names:
                allowed = " and ".join("{" + n + "}" for n in names)
                return f"no placeholder {quoted('{' + name + '}')}; {allowed} may stand here{suggestion(name, names)}"
        return url(re.sub(r"\{\w+\}", "x", str(value)))

    return check


def keyword(value: object) -> str | None:
    """A line of the keyword language."""
    from digest.keywords import parse_keyword  # here: child processes, which read settings, match nothing

    try:
        parse_keyword(str(value), stored=True)  # `check-config` explains what can't match
    except KeywordError as error:
        return str(error).replace("\n", "\n    ")
    return None


def duplicates(values: Collection[str]) -> list[str]:
    """Every value that stands there more than once."""
    return sorted({value for value in values if list(values).count(value) > 1})
