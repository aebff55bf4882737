"""What the sections of a paper are for: introduction, method, experiments, ... by title, parent and place."""

from __future__ import annotations

from enum import StrEnum

from digest.analysis.excerpt.patterns import pattern, table
from digest.models.paper_text import PaperText, SectionKind


class SectionRole(StrEnum):
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


_SETUP = "setup"  # titles of sections that say how was measured
_OUTSIDE = (SectionKind.REFERENCES, SectionKind.ACKNOWLEDGEMENTS, SectionKind.APPENDIX)


def section_roles(text: PaperText) -> list[SectionRole]:
    """The role of each section, in their order."""
    by_section: list[SectionRole] = []
    parents: list[tuple[int, SectionRole]] = []  # the sections that the current one stands in
    for section in text.sections:
        while parents and parents[-1][0] >= section.level:
            parents.pop()
        inherited = parents[-1][1] if parents else None
        if section.kind is SectionKind.ABSTRACT:
            role = SectionRole.ABSTRACT
        elif section.kind in _OUTSIDE:
            role = SectionRole.OUTSIDE
        else:
            role = _by_title(section.title, inherited)
        parents.append((section.level, role))
        by_section.append(role)
    return _by_place(text, by_section)


def _by_title(title: str, inherited: SectionRole | None) -> SectionRole:
    """A subsection is for what its section is for, unless it is named for limitations or results."""
    roles_of_titles = (name for name in table("roles") if name != _SETUP)
    named = next((SectionRole(name) for name in roles_of_titles if pattern("roles", name).search(title)), None)
    if named is SectionRole.OUTSIDE:
        return named
    if inherited in (None, SectionRole.OTHER):
        return named or SectionRole.OTHER
    if named in (SectionRole.LIMITATIONS, SectionRole.EXPERIMENTS) and inherited is not SectionRole.OUTSIDE:
        return named
    return inherited or SectionRole.OTHER


def _by_place(text: PaperText, by_section: list[SectionRole]) -> list[SectionRole]:
    """Sections that no title tells: what stands between introduction and experiments is the method; a first section is
    the introduction, and where there is no conclusion a discussion at the end is one."""
    body = [
        i
        for i, role in enumerate(by_section)
        if role not in (SectionRole.ABSTRACT, SectionRole.OUTSIDE) and text.sections[i].level == 1
    ]
    if not body:
        return by_section
    if SectionRole.INTRODUCTION not in by_section and by_section[body[0]] is SectionRole.OTHER:
        by_section[body[0]] = SectionRole.INTRODUCTION
    if SectionRole.METHOD not in by_section:
        for i in body:
            if by_section[i] is SectionRole.EXPERIMENTS and pattern("roles", _SETUP).search(text.sections[i].title):
                by_section[i] = SectionRole.METHOD
    first_results = next((i for i, role in enumerate(by_section) if role is SectionRole.EXPERIMENTS), len(by_section))
    for i, role in enumerate(by_section):
        if role is SectionRole.OTHER and body[0] < i < first_results:
            by_section[i] = SectionRole.METHOD
    if SectionRole.CONCLUSION not in by_section and by_section[body[-1]] is SectionRole.DISCUSSION:
        by_section[body[-1]] = SectionRole.CONCLUSION
    return by_section
