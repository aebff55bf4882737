"""Text as matching sees it: words without case, accents, LaTeX markup or plural, which know where they came from.

    raw field  --digest.latex-->  plain text  --patterns-->  words  --key-->  one string of keys a stream

A `NormalisedText` holds its words as a string of keys, ` vision language action . vla `, in which a phrase is found
by a plain substring search; a dot stands where a phrase can't run on. There are three such streams:

    folded   singular forms:   models -> model
    exact    words as written: models -> models
    joined   as folded, the first two parts of a hyphenated word made one: pre-training -> pretraining
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, islice, pairwise

from digest.text.folding import COMBINING, fold
from digest.text.latex import latex_to_text
from digest.text.plurals import singular

BREAK = "."
SHORT = 4  # letters of an acronym, whose last one may be an S that is no plural: SARS

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_LINKS = r"\s\-‐‑‒–−/∕_·\"“”„«»‘’'`*~"  # what may stand between the words of a phrase: any other sign ends it
_MARKS = COMBINING
_REST = rf"(?:['’]s(?![^\W_]))?|[^\w{_LINKS}](?:[^\w\s]|_)*"
_HYPHENS = "-‐‑"
_HYPHEN = f"[{_HYPHENS}]"


def _patterns(letters: str, decimals: str, single: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Words and breaks, and the same with hyphenated words joined."""
    language = r"[CcFf](?:\+\+|#)"
    word = rf"(?:{single}{language}|{letters}{decimals})"
    joined = rf"{letters}{_HYPHEN}(?:{language}|{letters}{decimals})"
    return re.compile(word + _REST), re.compile(f"(?:{joined}|{word}){_REST}")


_ASCII = _patterns(r"[^\W_]+", r"(?:(?<=\d)\.\d+)*", "")  # the same as _ANY for ASCII, and five times as fast
_ANY = _patterns(rf"(?:(?![{_CJK}])[^\W_]|[{_MARKS}])+", r"(?:(?<=[\d₀-₉⁰-⁹])\.[\d₀-₉]+)*", f"[{_CJK}]|")
_INNER_HYPHEN = re.compile(rf"[\w{_MARKS}]{_HYPHEN}")
_STRETCH = re.compile(r"\S+")
_URL = re.compile(r"(?:https?://|www\.)[!-#%-;=?-z|~]+", re.IGNORECASE)
_MARKUP = re.compile(r"\\(?!%)|[${}^]")  # what makes reading as LaTeX worth its time
_BRACKETED = re.compile(r"\([^)]*\)?")
_PLAIN_NAME = re.compile(r"[A-Za-z. -]*")  # as most are: only letters count
_NAME_ENDS = re.compile(r"[\s.,;]+")
_OPENING = re.compile(r"(?:\\[a-zA-Z]+)?\{$")
_POSSESSIVES = ("'s", "’s")
_NOT_IN_KEYS = re.compile(r"[^\w.+#]|_")


def exact_key(token: str) -> str:
    """A word without case, accents and markup, spelled in one way; `BREAK` for what is no word."""
    if token.isascii():
        key = token.lower()
        if key.isalnum():
            return key
        if len(key) == 1:
            return key if key in "+#" else BREAK
    else:
        key = fold(token)
    if key.endswith(_POSSESSIVES):
        key = key[:-2]
    return _NOT_IN_KEYS.sub("", key).strip(".") or BREAK


def folded_key(token: str) -> str:
    """The same in the singular. Short words in capitals are acronyms that keep their last letter: SARS."""
    key = exact_key(token)
    return key if len(token) <= SHORT and token.isupper() else singular(key)


@lru_cache(maxsize=1 << 16)
def _folded_keys(stretch: str) -> str:
    """The folded keys of a stretch without white space, single-spaced."""
    is_one = stretch.isascii() and stretch.isalnum()
    keys = folded_key(stretch) if is_one else " ".join(map(folded_key, _words(stretch)))
    return stretch if keys == stretch else keys  # as it mostly is: one text in memory instead of two


@lru_cache(maxsize=1 << 16)
def _joined_keys(stretch: str) -> str:
    """The same with hyphenated words joined."""
    return " ".join(map(folded_key, _words(stretch, joined=True)))


@lru_cache(maxsize=1 << 16)
def _exact_keys(stretch: str) -> str:
    """The keys of a stretch as it is written."""
    return " ".join(map(exact_key, _words(stretch)))


@lru_cache(maxsize=1 << 16)
def _compounds(stretch: str) -> tuple[str, ...]:
    """The folded keys of a stretch's hyphenated words, each as one word."""
    return tuple(folded_key(word) for word in _words(stretch, joined=True) if _INNER_HYPHEN.search(word))


def _words(stretch: str, *, joined: bool = False) -> list[str]:
    """The words and breaks of a stretch."""
    cleaned = _without_urls(stretch)
    return _pattern(cleaned)[joined].findall(cleaned)


def _without_urls(stretch: str) -> str:
    """The same, as long, with dots for URLs, which are breaks, and with a dash for three hyphens."""
    if "://" in stretch or "www." in stretch.lower():
        stretch = _URL.sub(lambda url: BREAK * len(url.group()), stretch)
    return stretch.replace("---", "—  ")


def _pattern(text: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return _ASCII if text.isascii() else _ANY


def has_markup(raw: str) -> bool:
    """Whether the words of a text are only seen after its LaTeX is read. The backslash of a per cent sign is none."""
    if "$" in raw or "{" in raw or "^" in raw:
        return True
    return "\\" in raw and _MARKUP.search(raw) is not None


class NormalisedText:
    """The words of one text. Cheap to make; what only few texts need is worked out when it is asked for."""

    __slots__ = ("_begins", "_exact", "_joined", "_pieces", "compounds", "folded", "plain", "raw")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._pieces: tuple[list[int], Sequence[latex_to_text.TextPiece]] | None = None
        self.plain = self._without_markup(raw) if has_markup(raw) else raw
        stretches = self.plain.split()
        self.folded = _stream(stretches, _folded_keys)
        hyphens = [hyphen for hyphen in _HYPHENS if hyphen in self.plain]
        hyphenated = [stretch for hyphen in hyphens for stretch in stretches if hyphen in stretch]
        self.compounds = frozenset().union(*map(_compounds, hyphenated))
        self._exact: str | None = None
        self._joined: str | None = None
        self._begins: dict[str, array[int]] = {}  # by stream

    @property
    def exact(self) -> str:
        """The words as they are written, in keys."""
        if self._exact is None:
            self._exact = _stream(self.plain.split(), _exact_keys)
        return self._exact

    @property
    def joined(self) -> str:
        """As `folded`, with the first two parts of hyphenated words made one."""
        if self._joined is None:
            self._joined = _stream(self.plain.split(), _joined_keys)
        return self._joined

    def find(self, needle: str, *, exact: bool = False) -> tuple[int, int] | None:
        """Where a phrase first stands in the raw text, as offsets of code points. `needle` is keys, single-spaced,
        with a space at both ends; without `exact` it is looked for in the folded and joined streams."""
        if exact:
            return self._span(self.exact, _exact_keys, needle)
        span = self._span(self.folded, _folded_keys, needle)
        return self._span(self.joined, _joined_keys, needle) if span is None and self._may_join(needle) else span

    def has(self, needle: str, *, exact: bool = False) -> bool:
        """Whether `find` finds it."""
        if exact:
            return needle in self.exact
        return needle in self.folded or (self._may_join(needle) and needle in self.joined)

    def _may_join(self, needle: str) -> bool:
        return bool(self.compounds) and not self.compounds.isdisjoint(needle.split())

    def _without_markup(self, raw: str) -> str:
        pieces = [piece for piece in latex_to_text.text_pieces(raw) if not piece.mark and piece.text]
        texts = [piece.text for piece in pieces]
        self._pieces = list(accumulate(map(len, texts), initial=0)), pieces
        return "".join(texts)

    def _span(self, stream: str, keys: Callable[[str], str], needle: str) -> tuple[int, int] | None:
        at = stream.find(needle)
        if at < 0:
            return None
        positions = list(islice(self._places(stream, at + 1, keys), needle.count(" ") - 1))
        return extend_to_word(self.raw, self._raw_place(positions[0][0])[0], self._raw_place(positions[-1][1] - 1)[1])

    def _places(self, stream: str, at: int, keys: Callable[[str], str]) -> Iterator[tuple[int, int]]:
        """Where in the plain text the words of a stream stand, from that on whose key begins at `at`."""
        begins = self._begins.get(stream)
        if begins is None:
            begins = self._begins[stream] = array("L", _beginnings(map(keys, self.plain.split())))
        number = bisect_right(begins, at) - 1
        before = stream.count(" ", begins[number], at)
        text_after = self.plain.split(None, number)[-1]
        for stretch in _STRETCH.finditer(self.plain, len(self.plain) - len(text_after)):
            cleaned = _without_urls(stretch.group())
            tokens = _pattern(cleaned)[keys is _joined_keys].finditer(cleaned)
            for token in islice(tokens, before, None):
                end = token.end() - 2 * token.group().endswith(_POSSESSIVES)
                yield stretch.start() + token.start(), stretch.start() + end
            before = 0

    def _raw_place(self, at: int) -> tuple[int, int]:
        """The stretch of raw text that the character at `at` of the plain text stands for."""
        if self._pieces is None:
            return at, at + 1
        starts, pieces = self._pieces
        index = bisect_right(starts, at) - 1
        piece = pieces[index]
        if piece.end - piece.start == len(piece.text):
            return piece.start + at - starts[index], piece.start + at - starts[index] + 1
        return piece.start, piece.end


def _stream(stretches: Iterable[str], keys: Callable[[str], str]) -> str:
    """A stream of a text: its keys, single-spaced, with a space at both ends."""
    return f" {' '.join(filter(None, map(keys, stretches)))} "


def _beginnings(keys: Iterable[str]) -> Iterator[int]:
    """Where in a stream the keys of each stretch begin; those of one without any where the next one's do."""
    at = 1
    for stretch in keys:
        yield at
        at += len(stretch) + bool(stretch)


def word_links(text: str) -> tuple[list[str], list[str]]:
    """The words of a text as they are written, and what stands between each and the next."""
    tokens = [token for token in _pattern(text)[0].finditer(text) if exact_key(token.group()) != BREAK]
    words = [token.group() for token in tokens]
    return words, [text[a.end() : b.start()] for a, b in pairwise(tokens)]


def name_words(name: str) -> tuple[str, ...]:
    """A person's name in words: without what stands in brackets, dots and hyphens; J.-P. Müller -> j, p, muller."""
    if _PLAIN_NAME.fullmatch(name):
        return tuple(name.lower().replace("-", "").replace(".", " ").split())
    plain = _BRACKETED.sub(" ", latex_to_text.latex_to_text(name))
    keys = (exact_key(part.strip("-")) for part in _NAME_ENDS.split(plain))
    return tuple(key for key in keys if key != BREAK)


def extend_to_word(raw: str, start: int, end: int) -> tuple[int, int]:
    """A span with the dollar signs and braces that belong to it, where they stand directly beside it: a formula whole,
    and no sign of its inside left open."""
    inside = raw[start:end]
    while (missing := raw.count("{", start, end) - raw.count("}", start, end)) > 0 and raw[end : end + 1] == "}":
        end += 1
    if missing < 0 and (opening := _OPENING.search(raw[:start])):
        start = opening.start()
    if "\\" not in inside and "$" not in inside:
        return start, end
    before, after = raw[start - 1 : start] == "$", raw[end : end + 1] == "$"
    if before and after:
        return start - 1, end + 1
    if inside.count("$") % 2:
        return start - before, end + after
    return start, end
