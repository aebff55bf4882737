"""The keyword language: what an edition watches, in one line each.

    vla                          a word, whole: never NetVLAD or Vladimir
    vision language action       words side by side are one phrase: hyphens, slashes, spaces and plurals do not matter
    "graph models"               the words as written, without the plural
    diffusion policy -survey     not: what follows the minus must be nowhere in the paper's title and abstract
    robot + manipulation         both            (also by standing beside each other: "exact phrase" robot)
    vla | world model            either
    (vla | wam) -survey          brackets group
    au:"Sergey Levine"           an author, initials included: au:levine, au:"S. Levine", au:"Levine, Sergey"
    ti:benchmark  abs:benchmark  in the title or in the abstract only
    cat:cs.RO  cat:cs.*          a category, a whole archive

A minus and a field hold for the whole phrase (or quotation, or group) after them; then binds `+`, then `|`. So
`a | b + c -d` is a | (b + c, not d). A minus counts only at the start of a word: `vision-language` is a phrase. Case,
accents and LaTeX are ignored throughout (digest.text.normalised_text), and Chinese is searched for within running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.errors import KeywordError
from digest.keywords.parser import KeywordParser, keyword_error
from digest.keywords.satisfiability import refuse_contradiction, refuse_foreign_signs
from digest.keywords.syntax_tree import (
    TEXT_FIELDS,
    AllOf,
    AnyOf,
    AuthorTerm,
    CategoryTerm,
    Keyword,
    Node,
    Not,
    Phrase,
    SearchTerm,
)

__all__ = [
    "MAX_LENGTH",
    "TEXT_FIELDS",
    "AllOf",
    "AnyOf",
    "AuthorTerm",
    "CategoryTerm",
    "Keyword",
    "Node",
    "Not",
    "Phrase",
    "SearchTerm",
    "hopeless_keywords",
    "parse_keyword",
    "split_keywords",
]

MAX_LENGTH = 200  # code points


def parse_keyword(text: str, *, stored: bool = False) -> Keyword:
    """Parse one keyword; a mistake is a `KeywordError` that points at it.

    A keyword that parses but can never match what was meant is a mistake, too, unless it is `stored`: what an older
    version took goes on as it is.
    """
    if not text.strip():
        raise keyword_error(text, 0, "empty")
    if len(text) > MAX_LENGTH:
        raise keyword_error(text, MAX_LENGTH, "too_long", limit=MAX_LENGTH, length=len(text))
    if not stored:
        refuse_foreign_signs(text)
    node = KeywordParser(text).parse()
    if not stored:
        refuse_contradiction(text, node)
    return Keyword(text, node)


def hopeless_keywords(keywords: Iterable[str]) -> list[KeywordError]:
    """What is wrong with the stored keywords among these that can never match."""
    mistakes = []
    for text in keywords:
        try:
            parse_keyword(text)
        except KeywordError as error:
            mistakes.append(error)
    return mistakes


def split_keywords(typed: str) -> tuple[str, ...]:
    """Keywords separated by commas, but not by those inside quotation marks or an author's name."""
    parts = re.findall(r'(?:"[^"]*"|“[^”]*”|[^,，])+', typed)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
