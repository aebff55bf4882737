"""Keywords that parse, and yet can never match what was meant: signs of other search languages, pasted addresses, and
exclusions that contradict. Pure.
"""

from __future__ import annotations

import re

from digest.arxiv.ids import ids_in
from digest.categories import CATEGORIES
from digest.keywords.parser import keyword_error
from digest.keywords.syntax_tree import AllOf, AnyOf, CategoryTerm, Node, Not, Phrase

_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
_AUTHOR_LIST = re.compile(r"\bau\s*[:：]\s*[^\s,，]+[,，]\s*\S", re.IGNORECASE)
# What others write -> the catalogue's hint; `A*`, `RRT*` and `R&D` are words.
_FOREIGN = (
    (re.compile(r"(?<!\S)[-(]*(?P<sign>[^\W\d_]*[a-z][^\W\d_]{2,}\*)(?![\w*])"), "wildcard"),
    (re.compile(r"(?<![\w*])(?P<sign>\*[^\W\d_]{3,})"), "wildcard"),
    (re.compile(r"(?P<sign>&&|\|\||＆＆)"), "doubled_sign"),
    (re.compile(r"(?<=[\s)/])(?P<sign>or)(?=[\s(/])", re.IGNORECASE), "or_word"),
    (re.compile(r"(?:^|(?<=[\s(|+]))(?P<sign>!)(?=[\w(\"“])"), "exclamation"),
    (re.compile(r"(?<!\d)(?P<sign>[,;，；、])|(?P<after>[,;，；、])(?!\d)"), "comma"),
)
_SIGNS = {"&&": "+", "＆＆": "+", "||": "|"}


def refuse_foreign_signs(text: str) -> None:
    """Raises `KeywordError` for the signs of other search languages, for addresses and for identifiers. Text in
    quotation marks is meant as it is written."""
    plain = _QUOTED.sub(lambda quoted: "\0" * len(quoted[0]), text)
    if ids_in(plain):
        raise keyword_error(text, 0, "paper_id")
    if re.search(r"\b(?:www\.|[\w-]+\.(?:com|org|net|io|ai|cn)/)", plain, re.IGNORECASE):
        raise keyword_error(text, 0, "url")
    if text.strip().lower() in {name.lower() for name in CATEGORIES if "." in name}:
        raise keyword_error(text, 0, "bare_category", category=text.strip())
    for pattern, code in _FOREIGN:
        match = pattern.search(plain)
        if match and not (code == "comma" and _AUTHOR_LIST.search(plain)):
            sign = match.group("sign") or match.group("after")
            raise keyword_error(text, match.start(), code, word=sign.strip("*"), sign=_SIGNS.get(sign, sign))


def refuse_contradiction(text: str, node: Node) -> None:
    """Raises `KeywordError` for a keyword whose exclusions exclude all that it asks for, or whose category arXiv does
    not have."""
    for part in _conjunctions(node):
        required = [required_part for required_part in part.parts if isinstance(required_part, Phrase)]
        for excluded in (required_part.part for required_part in part.parts if isinstance(required_part, Not)):
            if isinstance(excluded, Phrase) and any(_contains(required_part, excluded) for required_part in required):
                raise keyword_error(text, 0, "contradiction")
    for category in _categories(node):
        if not category.whole and category.name not in {name.lower() for name in CATEGORIES}:
            raise keyword_error(text, 0, "no_such_category", category=category.name)


def _contains(required: Phrase, excluded: Phrase) -> bool:
    """Whether every text with the one phrase has the other in it, too."""
    if not set(required.fields) <= set(excluded.fields):
        return False
    return all(
        any(not needle.exact and needle.text in term.text for needle in excluded.needles)
        or any(needle.exact and term.exact and needle.text in term.text for needle in excluded.needles)
        for term in required.needles
    )


def _conjunctions(node: Node) -> list[AllOf]:
    match node:
        case AllOf(parts):
            return [node, *(conjunction for part in parts for conjunction in _conjunctions(part))]
        case AnyOf(parts):
            return [conjunction for part in parts for conjunction in _conjunctions(part)]
        case _:
            return []


def _categories(node: Node) -> list[CategoryTerm]:
    match node:
        case CategoryTerm():
            return [node]
        case AllOf(parts) | AnyOf(parts):
            return [category for part in parts for category in _categories(part)]
        case Not(part):
            return _categories(part)
        case _:
            return []
