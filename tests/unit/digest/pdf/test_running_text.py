"""The running text: in reading order, whole, and without what is printed around it."""

import random

import pytest

from digest.models.paper_text import PaperParagraph, PaperText, ParagraphKind
from digest.pdf.extract.characters import clean_characters
from digest.pdf.extract.page_elements import FontStyle, PdfPage
from digest.pdf.extract.pdf_document import PdfDocument
from digest.pdf.structure.assemble import assemble_paper
from digest.pdf.structure.hyphenation import joined, keeps_hyphen, vocabulary
from tests.builders.pdfs import BOLD, ITALIC, SANS, Press, read_here, small_paper


def body(text: PaperText) -> list[PaperParagraph]:
    return [p for s in text.sections for p in s.paragraphs]


def prose(text: PaperText) -> str:
    return "\n".join(p.text for p in body(text))


def removed(text: PaperText) -> set[str]:
    return {r.what for r in text.removed}


# --- order and paragraphs --------------------------------------------------------------------------------------------


def test_two_columns_are_read_one_after_the_other() -> None:
    """The left column to its end, then the right; a paragraph that runs over the edge is one."""
    press = Press(columns=2)
    press.heading("1 Introduction")
    said = [press.prose(9, indent=10) for _ in range(9)]
    found = [p.text for p in body(read_here(press.pdf())) if p.text]

    assert found == said


def test_a_paragraph_over_pages_says_where_each_page_begins() -> None:
    """`page` is the first, `breaks` the offset of each further one."""
    press = Press()
    press.heading("1 Introduction")
    said = press.prose(90)
    (paragraph,) = body(read_here(press.pdf()))

    assert paragraph.text == said
    assert paragraph.page == 1
    ((offset, page),) = paragraph.breaks
    assert page == 2
    press.page = press.document[1]
    first = press.page.get_text().split()[0]
    assert paragraph.text[offset:].startswith(first)


def test_indents_and_white_space_separate_paragraphs() -> None:
    """A new paragraph is indented, or stands off."""
    press = Press()
    press.heading("1 Introduction")
    said = [press.prose(4), press.prose(4, indent=14), press.prose(4, indent=14)]
    press.space(12)
    said.append(press.prose(4))

    assert [p.text for p in body(read_here(press.pdf()))] == said


def test_list_items_are_items() -> None:
    """Bullets and numbers begin items; their hanging lines belong to them."""
    press = Press()
    press.heading("1 Introduction")
    press.text("Our contributions are these:")
    for mark in ("(1)", "(2)", "(3)"):
        press.text(
            f"{mark} we do a thing that takes more words than fit on a single line of this page, so that it goes on.",
            indent=12,
            hang=28,
        )
    kinds = [p.kind for p in body(read_here(press.pdf()))]

    assert kinds == [ParagraphKind.PROSE, *[ParagraphKind.LIST_ITEM] * 3]


def test_a_paragraph_has_its_place() -> None:
    """The box is where the paragraph stands on its first page, in points from the top left."""
    press = Press()
    press.heading("1 Introduction")
    top = press.y
    press.prose(3)
    (paragraph,) = body(read_here(press.pdf()))

    assert paragraph.box is not None
    assert 70 <= paragraph.box.x0 <= 74
    assert top - 3 <= paragraph.box.y0 <= top + 8
    assert paragraph.box.y1 <= press.y + 6


# --- furniture -------------------------------------------------------------------------------------------------------


def turned_pages(head: str = "", stamp: bool = False) -> PaperText:
    press = Press()
    press.running_head, press.page_numbers = head, True
    press.document.delete_page(0)
    press.new_page()
    if stamp:
        press.page.insert_text((30, 500), "arXiv:2601.01234v1  [cs.CL]  5 Jan 2026", fontsize=18, rotate=90)
    for n in range(1, 5):
        press.heading(f"{n} Introduction" if n == 1 else f"{n} Part")
        press.prose(12)
        press.new_page()
    return read_here(press.pdf())


def test_running_heads_and_page_numbers_are_gone() -> None:
    """What is printed on each page for turning it is no text, and is said to be removed."""
    text = turned_pages("Published as a small paper, 2026")

    assert "Published as" not in prose(text)
    assert {"running head", "page number"} <= removed(text)


def test_the_arxiv_stamp_is_gone() -> None:
    """The stamp up the margin of page 1 is removed by name."""
    text = turned_pages(stamp=True)

    assert "2601.01234" not in prose(text)
    assert "arXiv stamp" in removed(text)


def test_heads_that_name_the_section_are_gone() -> None:
    """A head that changes with the section is known by its place, alone above the text of many pages."""
    press = Press()
    press.document.delete_page(0)
    for n in range(8):
        press.running_head = f"{n // 2 + 1} PART OF THE PAPER"
        press.new_page()
        press.heading(
            f"{n + 1} {('Introduction', 'On Trees', 'Rivers', 'Hills', 'Of Stones', 'Roads', 'Rain', 'End')[n]}"
        )
        press.prose(8)
    text = read_here(press.pdf())

    assert "PART OF THE PAPER" not in prose(text)
    assert [s.number for s in text.sections if s.title] == [str(n + 1) for n in range(8)]


def test_a_first_line_that_repeats_words_is_not_a_running_head() -> None:
    """Text at the top of pages stays: losing a sentence is worse than keeping a head."""
    press = Press()
    press.document.delete_page(0)
    for _ in range(6):
        press.new_page()
        press.text("The same sentence begins every one of the pages of this odd paper.")
        press.prose(12)
    text = read_here(press.pdf())

    assert prose(text).count("The same sentence begins") == 6


def test_review_line_numbers_are_gone() -> None:
    """Numbers down the margin, each one more, are a review's; the lines beside them stay whole."""
    press = Press()
    press.heading("1 Introduction")
    said = press.prose(30)
    heights = sorted({round(s["bbox"][1]) for b in press.page.get_text("dict")["blocks"] for s in b["lines"]})
    for n, y in enumerate(heights):
        press.put(40, y + 10, f"{n + 1:03}", 6)
    text = read_here(press.pdf())

    assert [p.text for p in body(text)] == [said]
    assert "line number" in removed(text)
    assert [s.label for s in text.sections] == ["1 Introduction"]


# --- captions and footnotes ------------------------------------------------------------------------------------------


def with_float(kind: str) -> PaperText:
    press = Press(columns=2)
    press.heading("1 Introduction")
    press.prose(10, indent=10)
    left, right = press.columns[0]
    if kind == "figure":
        press.page.draw_rect((left, press.y + 10, right, press.y + 90))
        for label, x in (("Input", 10), ("Encoder", 80), ("Loss", 160)):
            press.put(left + x, press.y + 50, label, 8, SANS)
        press.y += 100
        press.text("Figure 1: How a paper goes in, and how a loss comes out of the encoder in the end.", size=9)
    else:
        press.space(8)
        press.text("Table 2: What came of it.", size=9)
        for row in (("Model", "Acc", "F1"), ("Ours", "91.5", "90.2"), ("Theirs", "85.1", "84.0")):
            press.y += 12
            for cell, x in zip(row, (0, 80, 140), strict=True):
                press.put(left + x, press.y, cell, 9)
    press.space(14)
    press.prose(10, indent=10)
    return read_here(press.pdf())


def test_captions_are_apart_and_figures_silent() -> None:
    """A figure's caption has its number and page; the labels in the figure are no text."""
    text = with_float("figure")

    (caption,) = text.captions
    assert (caption.kind, caption.number, caption.page) == ("figure", "1", 1)
    assert caption.text.endswith("out of the encoder in the end.")
    assert "Encoder" not in prose(text)
    assert "Figure 1:" not in prose(text)
    assert "figure text" in removed(text)


def test_a_table_is_a_paragraph_of_its_own() -> None:
    """Its rows are lines, its caption is a caption, and the text around it is not cut."""
    text = with_float("table")

    (table,) = [p for p in body(text) if p.kind is ParagraphKind.TABLE]
    assert table.text.splitlines() == ["Model Acc F1", "Ours 91.5 90.2", "Theirs 85.1 84.0"]
    assert [(c.kind, c.number) for c in text.captions] == [("table", "2")]
    assert sum(p.kind is ParagraphKind.PROSE for p in body(text)) == 2


def test_a_sentence_that_begins_with_a_figure_is_no_caption() -> None:
    """`Figure 3 shows` in the running text stays there."""
    press = Press()
    press.heading("1 Introduction")
    press.text(
        "Figure 3 shows what we found, and it goes on for a line or two so that it is clearly a paragraph of text."
    )
    press.prose(4)
    text = read_here(press.pdf())

    assert text.captions == ()
    assert "Figure 3 shows what we found" in prose(text)


def test_footnotes_are_apart() -> None:
    """Small print below a column, begun by a mark, is a footnote and cuts no paragraph."""
    press = Press(columns=2)
    press.heading("1 Introduction")
    press.footnote("1", "Our code is at https://github.com/author/paper.")
    said = press.prose(60)
    text = read_here(press.pdf())

    assert [(f.text, f.page) for f in text.footnotes] == [("1Our code is at https://github.com/author/paper.", 1)]
    assert [p.text for p in body(text)] == [said]


def test_formulas_are_harmless() -> None:
    """A displayed formula is a paragraph of its own kind, with its number."""
    press = Press()
    press.heading("1 Introduction")
    press.prose(3)
    press.space(6)
    press.y += 12
    press.put_any(250, press.y, "∑ α² + β² ≤ 1", 10, "tiro")
    press.put(520, press.y, "(1)")
    press.space(8)
    press.prose(3)
    kinds = [p.kind for p in body(read_here(press.pdf()))]

    assert kinds == [ParagraphKind.PROSE, ParagraphKind.EQUATION, ParagraphKind.PROSE]


# --- letters and words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("e\ufb03cient \ufb02ow", "efficient flow"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("bell\x07 and null\x00", "bell and null"),
        ("no\u00a0break", "no break"),
        ("\U0001d465\u00b2 + \U0001d6fc", "x² + α"),  # letters of formulas become letters, exponents stay exponents
        ("Erd˝os and Pr¨ufer, na¨ıve", "Erdős and Prüfer, naïve"),
        ("完全，全角（标点）", "完全，全角（标点）"),
        ("non\u2011breaking", "non-breaking"),
        ("plain ASCII", "plain ASCII"),
    ],
)
def test_letters_are_normalised_where_it_is_harmless(given: str, wanted: str) -> None:
    """Ligatures, control characters and mathematical alphabets are; exponents and full-width signs are not."""
    assert clean_characters(given) == wanted


PAPER = [
    "We use pre-training and self-supervised pre-training.",
    "The implementation is complete.",
    "We state that art and",
]


@pytest.mark.parametrize(
    ("last", "first", "kept"),
    [
        ("pre", "training", True),  # the paper writes it so
        ("implemen", "tation", False),
        ("imple", "mentation", False),
        ("self", "attention", True),  # by its prefix
        ("BERT", "Large", True),
        ("GPT", "4", True),
        ("state-of", "the-art", True),
        ("token", "level", True),
        ("with", "out", False),
    ],
)
def test_hyphens_are_undone_by_the_papers_own_words(last: str, first: str, kept: bool) -> None:
    """The hyphen stays where the paper itself writes one, and goes where it writes the word whole."""
    assert keeps_hyphen(last, first, vocabulary(PAPER)) is kept


def test_lines_are_joined_with_a_space_or_by_the_word() -> None:
    """Only a hyphen behind a letter cuts a word; a dash does not."""
    words = vocabulary(PAPER)

    assert joined("the implemen-", "tation is", words) == "the implementation is"
    assert joined("our pre-", "training is", words) == "our pre-training is"
    assert joined("a dash -", "then more", words) == "a dash - then more"
    assert joined("one line", "another", words) == "one line another"


def test_hyphens_are_undone_on_the_page() -> None:
    """From the PDF to the paragraph."""
    press = Press()
    press.heading("1 Introduction")
    press.text("An implementation needs pre-training.")
    press.line("We describe the implemen-")
    press.line("tation and the pre-")
    press.line("training of it.")

    assert "the implementation and the pre-training of it." in prose(read_here(press.pdf()))


def test_rotated_text_is_left_out() -> None:
    """Labels up the side of a plot are no text."""
    press = Press()
    press.heading("1 Introduction")
    press.prose(6)
    press.page.insert_text((50, 400), "Accuracy in percent", fontsize=9, rotate=90)
    text = read_here(press.pdf())

    assert "Accuracy" not in prose(text)
    assert "rotated text" in removed(text)


def test_a_page_turned_to_landscape_is_read() -> None:
    """A page that is turned for the reader is read as it is shown."""
    press = Press()
    press.heading("1 Introduction")
    press.prose(6)
    press.new_page()
    for n, y in enumerate(range(100, 500, 12)):
        press.page.insert_text((y, 700), f"Line {n} of a page that lies on its side, in good order.", rotate=90)
    press.page.set_rotation(90)
    text = read_here(press.pdf())

    assert "Line 7 of a page that lies on its side" in prose(text)


def test_bold_leads_stay_in_their_paragraph() -> None:
    """A bold or italic lead is no section of its own."""
    press = Press()
    press.heading("1 Introduction")
    press.prose(4)
    press.space(8)
    press.y += 12
    x = press.put(72, press.y, "Training details.", font=BOLD)
    press.put(x + 4, press.y, "We train for a long time on a small machine.")
    press.y += 20
    x = press.put(72, press.y, "Remark", font=ITALIC)
    press.put(x + 4, press.y, "that follows is set in another way.")
    text = read_here(press.pdf())

    assert [s.label for s in text.sections] == ["1 Introduction"]
    assert "Training details. We train for a long time" in prose(text)


def test_front_matter_is_left_out() -> None:
    """Authors and addresses are no running text; the abstract is."""
    press = Press()
    press.title("A Study of Small Things")
    press.line("Department of Reading, University of Somewhere", centred=True)
    press.line("ann@example.org", centred=True)
    press.heading("Abstract", size=11, centred=True)
    said = press.prose(5)
    press.heading("1 Introduction")
    press.prose(5)
    text = read_here(press.pdf())

    assert text.sections[0].paragraphs[0].text == said
    assert "ann@example.org" not in prose(text)


def mutated(pages: list[PdfPage], chance: random.Random) -> list[PdfPage]:
    """Pages with lines lost, doubled, moved, and made of other letters."""
    out = []
    for page in pages[: chance.randint(0, len(pages))]:
        lines = list(page.lines)
        for _ in range(chance.randint(0, 30)):
            at = chance.randrange(len(lines))
            match chance.randrange(6):
                case 0 if len(lines) > 1:
                    del lines[at]
                case 1:
                    lines.insert(chance.randrange(len(lines) + 1), lines[at])
                case 2:
                    odd = (
                        "-",
                        "1",
                        "§",
                        "I.",
                        "Figure 1",
                        "[1]",
                        "(1)",
                        "1.1.1",
                        "Appendix",
                        "Abstract—",
                        "http://",
                        "∑",
                    )
                    lines[at] = lines[at]._replace(text=chance.choice(odd))
                case 3:
                    lines[at] = lines[at]._replace(x0=chance.uniform(-500, 900), x1=chance.uniform(-500, 900))
                case 4:
                    y = chance.uniform(-500, 900)
                    lines[at] = lines[at]._replace(y0=y, y1=chance.uniform(-500, 900), base=y)
                case _:
                    style = FontStyle("F", chance.choice((0.0, 1.0, 10.0, 500.0)), bold=True, italic=False)
                    lines[at] = lines[at]._replace(style=style, lead=chance.randrange(60), marker=True)
        out.append(page._replace(lines=tuple(lines)))
    return out


def test_any_lines_make_a_text() -> None:
    """Whatever stands on pages, and wherever, putting it together never fails."""
    with PdfDocument(small_paper(), max_pages=80) as pdf:
        pages, about = list(pdf.pages()), pdf.about()
    chance = random.Random(6)
    for _ in range(80):
        text = assemble_paper(mutated(pages, chance), about)
        assert all(0 <= offset <= len(p.text) for p in body(text) for offset, _ in p.breaks)
