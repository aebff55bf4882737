"""What the sections of a paper are for: introduction, method, experiments, ... by title, parent and place."""

from __future__ import annotations

from enum import StrEnum

from digest.analysis.excerpt.patterns import pattern, table
from digest.models.model import PaperText, SectionKind


class Role(StrEnum):
    ABSTRACT = "abstract"
    INTRODUCTION = "introduction"
    RELATED = "related"
    METHOD = "method"
    EXPERIMENTS = "experiments"
    DISCUSSION = "discussion"
    LIMITATIONS = "limitations"
    CONCLUSION = "conclusion"
    OTHER = "other"
    OUTSIDE = "outside"  # bibliography, thanks, appendices: nothing is taken from there


_OUTSIDE = (SectionKind.REFERENCES, SectionKind.ACKNOWLEDGEMENTS, SectionKind.APPENDIX)


def roles(text: PaperText) -> list[Role]:
    """The role of each section, in their order."""
    found: list[Role] = []
    parents: list[tuple[int, Role]] = []  # the sections that the current one stands in
    for section in text.sections:
        while parents and parents[-1][0] >= section.level:
            parents.pop()
        inherited = parents[-1][1] if parents else None
        if section.kind is SectionKind.ABSTRACT:
            role = Role.ABSTRACT
        elif section.kind in _OUTSIDE:
            role = Role.OUTSIDE
        else:
            role = _by_title(section.title, inherited)
        parents.append((section.level, role))
        found.append(role)
    return _by_place(text, found)


def _by_title(title: str, inherited: Role | None) -> Role:
    """A subsection is for what its section is for, unless it is named for limitations or results."""
    named = next((Role(name) for name in table("roles") if pattern("roles", name).search(title)), None)
    if named is Role.OUTSIDE:
        return named
    if inherited in (None, Role.OTHER):
        return named or Role.OTHER
    if named in (Role.LIMITATIONS, Role.EXPERIMENTS) and inherited is not Role.OUTSIDE:
        return named
    return inherited or Role.OTHER


def _by_place(text: PaperText, found: list[Role]) -> list[Role]:
    """Sections that no title tells: what stands between introduction and experiments is the method; a first section is
    the introduction, and of a paper without conclusion the last body section stands for it."""
    body = [
        i for i, role in enumerate(found) if role not in (Role.ABSTRACT, Role.OUTSIDE) and text.sections[i].level == 1
    ]
    if not body:
        return found
    if Role.INTRODUCTION not in found and found[body[0]] is Role.OTHER:
        found[body[0]] = Role.INTRODUCTION
    first_results = next((i for i, role in enumerate(found) if role is Role.EXPERIMENTS), len(found))
    for i, role in enumerate(found):
        if role is Role.OTHER and body[0] < i < first_results:
            found[i] = Role.METHOD
    if Role.CONCLUSION not in found and found[body[-1]] in (Role.OTHER, Role.DISCUSSION):
        found[body[-1]] = Role.CONCLUSION
    return found
