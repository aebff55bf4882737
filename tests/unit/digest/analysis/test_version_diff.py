"""What changed between two versions of a paper."""

from dataclasses import replace

from digest.analysis.version_diff import version_changes
from digest.models.paper_text import PaperParagraph, PaperText, Section
from tests.builders import lantern_paper

OLD = lantern_paper.TEXT


def with_section(text: PaperText, title: str, *paragraphs: str, page: int = 5) -> PaperText:
    """The paper with other words in the section of that title."""
    return replace(
        text,
        sections=tuple(
            replace(s, paragraphs=tuple(PaperParagraph(p, page) for p in paragraphs)) if s.title == title else s
            for s in text.sections
        ),
    )


def paragraphs(title: str) -> list[str]:
    return [p.text for s in OLD.sections if s.title == title for p in s.paragraphs]


def test_the_same_paper_has_no_changes() -> None:
    """Nothing changed is nothing told, and another hyphenation or another citation number is nothing."""
    first, *rest = paragraphs("Introduction")
    retold = first.replace("localization", "locali- zation").replace("[3, 7]", "[4, 8]")

    assert version_changes(OLD, OLD) == ()
    assert version_changes(OLD, with_section(OLD, "Introduction", retold, *rest)) == ()


def test_a_number_that_changed_is_quoted_on_both_sides() -> None:
    """The sentence as it was and as it is, with their pages."""
    first, second = paragraphs("Experiments")
    (change,) = version_changes(
        OLD, with_section(OLD, "Experiments", first.replace("6.2 points", "5.8 points"), second, page=6)
    )

    assert change.kind == "number changed"
    assert change.section == "3 Experiments"
    assert "6.2 points" in change.old
    assert "5.8 points" in change.new
    assert (change.old_page, change.new_page) == (5, 6)


def test_a_section_that_moved_is_not_new() -> None:
    """Another number before a title, and pointers that follow it, are no change."""
    moved = replace(
        OLD,
        sections=tuple(replace(s, number="5") if s.title == "Experiments" else s for s in OLD.sections),
    )

    assert version_changes(OLD, moved) == ()


def test_sections_come_and_go() -> None:
    """A new section is quoted with its first sentence, and so is one that is gone."""
    limits = Section(
        "Limitations", 6, "4", paragraphs=(PaperParagraph("The map is wrong where curtains move. We tried.", 6),)
    )
    longer = replace(OLD, sections=(*OLD.sections[:5], limits, *OLD.sections[5:]))

    (added,) = version_changes(OLD, longer)
    (removed,) = version_changes(longer, OLD)

    assert (added.kind, added.section, added.new_page) == ("section added", "4 Limitations", 6)
    assert added.new == "The map is wrong where curtains move."
    assert (removed.kind, removed.old) == ("section removed", added.new)


def test_a_rewritten_section_is_one_change() -> None:
    """A section whose words are new for a good part is told once, with a pair of sentences."""
    told_anew = (
        "We built Lantern, which walks where lamps shine, and measured it in halls, cellars and one long tunnel.",
        "People switch lamps, and the map is then of yesterday; a clock for every lamp would help against that.",
    )
    (change,) = version_changes(OLD, with_section(OLD, "Conclusion", *told_anew))

    assert change.kind == "section rewritten"
    assert change.new in told_anew
    assert change.old


def test_one_sentence_more_is_no_rewriting() -> None:
    """Small touches are not told."""
    first, second = paragraphs("Experiments")

    assert version_changes(OLD, with_section(OLD, "Experiments", first, second + " All code is public.")) == ()


def test_a_caption_with_another_number_is_a_change() -> None:
    """Captions are compared like sentences."""
    other = replace(
        OLD, captions=(OLD.captions[0], replace(OLD.captions[1], text="Table 1: Success rate (%) on 4 benchmarks."))
    )
    before = replace(
        OLD, captions=(OLD.captions[0], replace(OLD.captions[1], text="Table 1: Success rate (%) on 3 benchmarks."))
    )
    (change,) = version_changes(before, other)

    assert (change.kind, change.section) == ("number changed", "Table 1")
