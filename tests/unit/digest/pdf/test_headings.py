"""Sections: their titles, numbers, pages, levels and kinds, in the ways that papers print them."""

from collections.abc import Callable

import pytest

from digest.models.paper_text import SectionKind
from digest.pdf.extract.page_elements import FontStyle
from digest.pdf.structure.heading_candidates import HeadingStyle
from tests.builders.pdfs import BOLD, ITALIC, ROMAN, SANS, TYPEWRITER, Press, outline, read_here

NAMES = ("Introduction", "Related Work", "Our Own Method", "Experiments", "Conclusion")
LETTERS = dict(enumerate("ABCDEFGHIJ", 1))
ROMANS = {1: "I", 2: "II", 3: "III", 4: "IV", 5: "V"}


def paper(heading: Callable[[Press, int, str], None], columns: int = 1, end: str = "References") -> list[str]:
    """What is found of a paper whose five sections have headings drawn by `heading`: titles and pages."""
    press = Press(columns=columns)
    press.title("On the Reading of Papers by Machines")
    press.heading("Abstract", size=10.5, centred=True)
    press.prose(5)
    for number, name in enumerate(NAMES, 1):
        heading(press, number, name)
        for _ in range(4):
            press.prose(7, indent=10)
    heading(press, 0, "References")
    for n in range(1, 7):
        press.text(f"[{n}] A. Author. The title of work {n}. Journal of Work, 20{n + 10}.", hang=14)
    sections = read_here(press.pdf()).sections
    return [s.title for s in sections if s.level == 1 and s.title and s.kind is not SectionKind.ABSTRACT]


def number_alone(press: Press, number: int, name: str) -> None:
    """The number far from its title, which PDF readers give as a line of its own."""
    press.space(10)
    press.y += 14
    left = press.columns[press.column][0]
    if number:
        press.put(left, press.y, str(number), 12, BOLD)
    press.put(left + (30 if number else 0), press.y, name, 12, BOLD)
    press.space(4)


STYLES: dict[str, Callable[[Press, int, str], None]] = {
    "NeurIPS": number_alone,
    "ICML": lambda p, n, name: p.heading(f"{n}. {name}" if n else name, size=12),
    "ACL": lambda p, n, name: p.heading(f"{n}   {name}" if n else name, size=12),
    "AAAI, unnumbered": lambda p, n, name: p.heading(name, size=12, centred=True),
    "ICLR, small capitals": lambda p, n, name: p.small_capitals(f"{n} {name}" if n else name),
    "IEEE, roman small capitals": lambda p, n, name: p.small_capitals(f"{ROMANS[n]}. {name}" if n else name, size=10),
    "ACM, capitals": lambda p, n, name: p.heading(f"{n} {name.upper()}" if n else name.upper(), size=10, font=BOLD),
    "REVTeX": lambda p, n, name: p.heading(
        f"{ROMANS[n]}. {name.upper()}" if n else name.upper(), size=9, font=BOLD, centred=True
    ),
    "sans serif": lambda p, n, name: p.heading(f"{n} {name}" if n else name, size=14, font=SANS),
    "typescript": lambda p, n, name: p.heading(f"{n}. {name.upper()}" if n else name.upper(), size=10, font=ROMAN),
    "LNCS": lambda p, n, name: p.heading(f"{n}    {name}" if n else name, size=12),
    "AMS, centred": lambda p, n, name: p.heading(f"{n}. {name}" if n else name, size=10, font="tibo", centred=True),
    "section sign": lambda p, n, name: p.heading(f"§{n}. {name}" if n else name, size=11),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("columns", [1, 2])
def test_sections_are_found_in_every_template(style: str, columns: int) -> None:
    """All sections and the references, in order, and nothing else at the top level."""
    found = paper(STYLES[style], columns)

    assert [t.casefold() for t in found] == [t.casefold() for t in (*NAMES, "References")]


def test_a_heading_stands_on_its_page() -> None:
    """The page is the one on which the heading is printed, counted from 1."""
    press = Press()
    for number, name in enumerate(NAMES, 1):
        press.heading(f"{number} {name}")
        press.prose(5)
        press.new_page()
    found = read_here(press.pdf())

    assert [(s.label, s.page) for s in found.sections if s.title] == [
        (f"{n} {name}", n) for n, name in enumerate(NAMES, 1)
    ]


def test_subsections_follow_their_section() -> None:
    """3.1 and 3.1.1 are the levels 2 and 3 of section 3, in any of their usual looks."""
    press = Press()
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n} {name}", size=14)
        press.prose(4)
        press.heading(f"{n}.1 First Part of {name}", size=11)
        press.prose(4)
        press.heading(f"{n}.1.1 Detail of {name}", size=10, font=ITALIC)
        press.prose(4)
        press.heading(f"{n}.2 Second Part of {name}", size=11)
        press.prose(4)
    found = read_here(press.pdf())

    assert [(s.level, s.number) for s in found.sections if s.title][:8] == [
        (1, "1"), (2, "1.1"), (3, "1.1.1"), (2, "1.2"), (1, "2"), (2, "2.1"), (3, "2.1.1"), (2, "2.2"),
    ]  # fmt: skip
    assert found.children() == [i for i, s in enumerate(found.sections) if s.level == 1]


def test_letters_are_subsections_of_roman_sections() -> None:
    """In IEEE and REVTeX papers A, B, C number the second level, and begin anew in each section."""
    press = Press(columns=2)
    for n, name in enumerate(NAMES, 1):
        press.small_capitals(f"{ROMANS[n]}. {name}", size=10)
        press.prose(5)
        for letter in "AB":
            press.heading(f"{letter}. Part {letter} of It", size=10, font=ITALIC)
            press.prose(5)
    found = outline(read_here(press.pdf()))

    assert [(level, label) for level, label, _ in found][:4] == [
        (1, "I INTRODUCTION"), (2, "A Part A of It"), (2, "B Part B of It"), (1, "II RELATED WORK"),
    ]  # fmt: skip


def test_appendices_are_told_from_the_body() -> None:
    """Lettered sections behind the references are the appendix, with what stands under them."""
    press = Press()
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n} {name}", size=12)
        press.prose(6)
    press.heading("Acknowledgments", size=12)
    press.prose(2)
    press.heading("References", size=12)
    for n in range(1, 7):
        press.text(f"[{n}] A. Author. Work {n}. Journal, 20{n + 10}.", hang=14)
    for letter in "ABC":
        press.heading(f"{letter} More on {letter}", size=12)
        press.prose(6)
        press.heading(f"{letter}.1 Proof", size=10)
        press.prose(6)
    sections = [s for s in read_here(press.pdf()).sections if s.title]

    kinds = {s.label: s.kind for s in sections}
    assert kinds["5 Conclusion"] is SectionKind.BODY
    assert kinds["Acknowledgments"] is SectionKind.ACKNOWLEDGEMENTS
    assert kinds["References"] is SectionKind.REFERENCES
    assert kinds["A More on A"] is SectionKind.APPENDIX
    assert kinds["C.1 Proof"] is SectionKind.APPENDIX
    assert [s.level for s in sections if s.kind is SectionKind.APPENDIX] == [1, 2, 1, 2, 1, 2]


def test_a_subsection_on_references_is_no_bibliography() -> None:
    """Only a section of the top level is the references; a subsection has its section's kind."""
    press = Press()
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n} {name}", size=12)
        press.prose(4)
        if n == 3:
            press.heading("3.1 References", size=10)
            press.prose(4)
    kinds = {s.label: s.kind for s in read_here(press.pdf()).sections}

    assert kinds["3.1 References"] is SectionKind.BODY


def test_a_supplement_may_number_from_one_again() -> None:
    """Behind the references, sections 1, 2, 3 in the same look are the supplement's."""
    press = Press(columns=2)
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n}. {name}", size=12)
        press.prose(6)
    press.heading("References", size=12)
    for n in range(1, 7):
        press.text(f"[{n}] A. Author. Work {n}. Journal, 20{n + 10}.", hang=14)
    for n in range(1, 4):
        press.heading(f"{n}. More of Part {n}", size=12)
        press.prose(6)
    sections = [s for s in read_here(press.pdf()).sections if s.title]

    assert [(s.number, s.level, s.kind) for s in sections[-3:]] == [
        (str(n), 1, SectionKind.APPENDIX) for n in range(1, 4)
    ]


def test_an_appendix_may_say_that_it_is_one() -> None:
    """`Appendix A: Proofs` is an appendix with that number and title, wherever it stands."""
    press = Press()
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n} {name}", size=12)
        press.prose(6)
    press.heading("Appendix A: Longer Proofs", size=12)
    press.prose(6)
    last = read_here(press.pdf()).sections[-1]

    assert (last.number, last.title, last.kind) == ("Appendix A", "Longer Proofs", SectionKind.APPENDIX)


def test_a_heading_over_two_lines_is_one() -> None:
    """A long title that is wrapped stays one heading, with its words joined."""
    press = Press(columns=2)
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n} {name}", size=12)
        if n == 3:
            press.line("That Needs a Second Line", size=12, font=BOLD, indent=14)
            press.space(4)
        press.prose(7)
    found = [label for _, label, _ in outline(read_here(press.pdf()))]

    assert found[2] == "3 Our Own Method That Needs a Second Line"


def test_numbered_lists_are_no_headings() -> None:
    """Items 1., 2., 3. in the running text do not compete with the sections, even in bold."""
    press = Press()
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n}. {name}", size=12)
        press.prose(4)
        for item in range(1, 4):
            press.text(f"{item}. We make a claim that is short.", indent=12, font=BOLD if n == 4 else ROMAN)
        press.prose(4)
    found = outline(read_here(press.pdf()), level=1)

    assert [label for _, label, _ in found] == [f"{n} {name}" for n, name in enumerate(NAMES, 1)]


@pytest.mark.parametrize("leader", [True, False])
def test_a_contents_page_is_not_taken_for_headings(leader: bool) -> None:
    """Titles that end in page numbers are a list of contents: no headings, no text, but said to be left out."""
    press = Press()
    press.title("A Long Report")
    press.heading("Contents", size=12)
    for n, name in enumerate(NAMES, 1):
        y = press.y = press.y + 14
        end = press.put(72, y, f"{n} {name}", 10, BOLD)
        if leader:
            press.put(end + 4, y, ". " * int((520 - end) / 5.2))
        press.put(532, y, str(n + 1), 10, BOLD)
    press.new_page()
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n} {name}", size=12)
        press.prose(5)
        press.new_page()
    text = read_here(press.pdf())
    found = [(s.label, s.page) for s in text.sections if s.title and s.title != "Contents"]

    assert found == [(f"{n} {name}", n + 1) for n, name in enumerate(NAMES, 1)]
    assert "contents" in {r.what for r in text.removed}


def test_the_outline_is_used_for_names_only() -> None:
    """An outline that points to the wrong pages, and names what is not printed, harms nothing."""
    press = Press()
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n} {name}", size=12)
        press.prose(6)
        press.new_page()
    press.document.set_toc([[1, "Not printed anywhere", 2], [1, "Introduction", 4], [1, "Theorem ??", 3]])
    found = read_here(press.pdf())

    assert [(s.label, s.page) for s in found.sections if s.title] == [
        (f"{n} {name}", n) for n, name in enumerate(NAMES, 1)
    ]


def test_the_outline_helps_where_looks_do_not() -> None:
    """A section whose heading looks like nothing special is found by its name in the outline."""
    press = Press()
    press.heading("Introduction", size=12)
    press.prose(6)
    press.heading("Discussion", size=12)
    press.prose(6)
    press.heading("Notes on Everything Else", size=11, font=ITALIC)
    press.prose(6)
    press.heading("Conclusion", size=12)
    press.prose(6)
    press.document.set_toc(
        [[1, "Introduction", 1], [1, "Discussion", 1], [2, "Notes on Everything Else", 1], [1, "Conclusion", 1]]
    )
    found = outline(read_here(press.pdf()))

    assert [(level, label) for level, label, _ in found] == [
        (1, "Introduction"), (1, "Discussion"), (2, "Notes on Everything Else"), (1, "Conclusion"),
    ]  # fmt: skip


def test_run_in_subsections_end_where_their_letters_change() -> None:
    """AMS papers print `2.1. Title. Text`: the title is the bold part, the text stays text."""
    press = Press()
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n}. {name}", size=10, font=BOLD, centred=True)
        press.prose(4)
        press.space(8)
        press.y += 12
        x = press.put(72, press.y, f"{n}.1. Curves over fields.", font=BOLD)
        press.put(x + 4, press.y, "We draw curves over fields and count what we can.")
        press.prose(4)
    text = read_here(press.pdf())
    first = next(s for s in text.sections if s.number == "1.1")

    assert (first.level, first.title) == (2, "Curves over fields")
    assert first.paragraphs[0].text.startswith("We draw curves over fields")


@pytest.mark.parametrize("dash", ["—", ". ", ": "])
def test_a_run_in_abstract_is_found(dash: str) -> None:
    """`Abstract—We ...` begins the abstract, and its word is not part of the text."""
    press = Press(columns=2)
    press.title("A Paper of the Institute")
    press.y += 12
    x = press.put_any(72, press.y, f"Abstract{dash}", 9, "tibi")
    press.put(x, press.y, "We read papers and say what they say.", 9, BOLD)
    press.prose(4, size=9, font=BOLD)
    for n, name in enumerate(NAMES, 1):
        press.small_capitals(f"{ROMANS[n]}. {name}", size=10)
        press.prose(6)
    abstract = next(s for s in read_here(press.pdf()).sections if s.kind is SectionKind.ABSTRACT)

    assert abstract.title == "Abstract"
    assert abstract.paragraphs[0].text.startswith("We read papers and say what they say.")


def test_an_abstract_without_a_word_for_it_is_found() -> None:
    """REVTeX and journals print the abstract bare, between the authors and the keywords."""
    press = Press()
    press.title("A Letter on Small Things")
    press.line("University of Somewhere", size=9, font=ITALIC, centred=True)
    press.space(10)
    said = press.prose(6, size=9)
    press.space(6)
    press.line("Keywords: papers, letters, small things", size=9)
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n} {name}")
        press.prose(6)
    sections = read_here(press.pdf()).sections

    assert (sections[0].kind, sections[0].title) == (SectionKind.ABSTRACT, "")
    assert [p.text for p in sections[0].paragraphs] == [said]
    assert sections[1].label == "1 Introduction"


def test_a_bibliography_without_a_heading_is_split_off() -> None:
    """REVTeX prints entries [1], [2], ... behind the text with no heading: they are references all the same."""
    press = Press(columns=2)
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{ROMANS[n]}. {name.upper()}", size=9, centred=True)
        press.prose(14)
    press.space(30)
    for n in range(1, 13):
        press.text(f"[{n}] A. Author, Phys. Rev. D {n}, 1{n} (20{n + 10}).", size=9, hang=14)
    sections = read_here(press.pdf()).sections

    assert sections[-1].kind is SectionKind.REFERENCES
    assert sections[-1].title == ""
    assert len(sections[-1].paragraphs) == 12


def test_references_are_split_into_entries() -> None:
    """Entries end where the next begins: by label, or by the indent of their second lines."""
    for label in ("[{n}] ", "{n}. ", ""):
        press = Press(columns=2)
        for n, name in enumerate(NAMES, 1):
            press.heading(f"{n} {name}")
            press.prose(6)
        press.heading("References")
        for n in range(1, 10):
            entry = (
                f"{label.format(n=n)}Author, A. and Other, B. A work with number {n} in a row of works. Journal {n}."
            )
            press.text(entry, hang=12)
        entries = read_here(press.pdf()).sections[-1].paragraphs

        assert len(entries) == 9, label


def test_the_title_is_the_largest_line_of_the_first_page() -> None:
    """Titles over two lines are joined; authors are not part of them."""
    press = Press()
    press.line("A Study of Reading Papers with", size=17, font=BOLD, centred=True)
    press.line("Very Little Time", size=17, font=BOLD, centred=True)
    press.line("Ann Author", centred=True)
    press.heading("Abstract", size=11)
    press.prose(5)
    press.heading("1 Introduction")
    press.prose(5)

    assert read_here(press.pdf()).title == "A Study of Reading Papers with Very Little Time"


def test_a_typewriter_paper_has_sections_too() -> None:
    """Where all letters are alike, numbers and white space must do."""
    press = Press(font=TYPEWRITER, leading=14)
    for n, name in enumerate(NAMES, 1):
        press.heading(f"{n}. {name.upper()}", size=10, font=TYPEWRITER, gap=18)
        press.space(8)
        press.prose(6, indent=20)
    found = outline(read_here(press.pdf()))

    assert [label for _, label, _ in found] == [f"{n} {name.upper()}" for n, name in enumerate(NAMES, 1)]


def test_fonts_without_names_are_told_by_their_size() -> None:
    """Bitmap fonts of the 1990s are numbered objects, another on each page: size and capitals tell a look."""
    first = HeadingStyle(FontStyle("Type3 (12 0 R)", 12.0, bold=False, italic=False), capitals=True)
    later = HeadingStyle(FontStyle("Type3 (87 0 R)", 12.0, bold=False, italic=False), capitals=True)
    small = HeadingStyle(FontStyle("Type3 (12 0 R)", 10.0, bold=False, italic=False), capitals=True)

    assert first.same(later)
    assert not first.fits(small)
