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

from digest.keywords.parser import KeywordParser, keyword_error
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
    "parse_keyword",
]

MAX_LENGTH = 200  # code points


def parse_keyword(text: str) -> Keyword:
    """Parse one keyword; a mistake is a `KeywordError` that points at it."""
    if not text.strip():
        raise keyword_error(text, 0, "empty")
    if len(text) > MAX_LENGTH:
        raise keyword_error(text, MAX_LENGTH, "too_long", limit=MAX_LENGTH, length=len(text))
    return Keyword(text, KeywordParser(text).parse())
