"""`dc:creator` -> authors. The feed joins full names with ", " and puts affiliations in parentheses after a name:

Ada Lovelace (Univ A, Univ B), {\\O}rsted Team, :, Blaise Pascal
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.text.latex.latex_to_text import has_latex, latex_to_text

_OPEN, _CLOSE = "({[", ")}]"
_BRACKET = re.compile(r"[(){}\[\]]")
_BRACKET_OR_COMMA = re.compile(rf"{_BRACKET.pattern}|,")
_AROUND = " :;,"
_NICKNAME = re.compile(r"\((?=[^)]*[a-z])\w+\)")


def creator_names(creator: str) -> tuple[str, ...]:
    """The authors without affiliations, TeX accents decoded; colons and empty names, which stand between a group
    and its members, are left out."""
    if not _BRACKET.search(creator) and not has_latex(creator):  # as most are: each comma parts two names
        return tuple(name for piece in latex_to_text(creator).split(",") if (name := piece.strip(_AROUND)))
    names: list[str] = []
    parted = False  # whether the name before was cut in two at a nickname
    for piece in _split(creator):
        outside, inside = _without_parentheses(piece)
        name = latex_to_text(outside).strip(_AROUND)
        if parted and not inside and piece.startswith(" ") and name and " " not in name:
            # "Ji Woong (Brian) Kim" comes as "Ji Woong (Brian),  Kim": a surname without a first name, which a
            # second space shows.
            names[-1] += f" {name}"
            parted = False
        elif name:
            names.append(name)
            parted = bool(_NICKNAME.fullmatch(inside))
    return tuple(names)


def _split(creator: str) -> Iterator[str]:
    """The stretches between commas that stand outside all brackets, each without its first space. An unclosed bracket
    protects no comma: better a name too many than all in one."""
    depth, start = 0, 0
    balanced = all(creator.count(a) == creator.count(b) for a, b in zip(_OPEN, _CLOSE, strict=True))
    for match in _BRACKET_OR_COMMA.finditer(creator):
        sign = match.group()
        if sign in _OPEN:
            depth += 1
        elif sign in _CLOSE:
            depth -= 1
        elif depth <= 0 or not balanced:
            yield creator[start : match.start()].removeprefix(" ")
            start = match.end()
    yield creator[start:].removeprefix(" ")


def _without_parentheses(piece: str) -> tuple[str, str]:
    """What stands outside and what stands inside of parentheses, which may be nested or unclosed."""
    if "(" not in piece:
        return piece, ""
    outside: list[str] = []
    inside: list[str] = []
    depth = 0
    for sign in piece:
        depth += sign == "("
        (inside if depth else outside).append(sign)
        depth -= sign == ")" and depth > 0
    return "".join(outside), "".join(inside)
