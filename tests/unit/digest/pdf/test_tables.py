"""Tables are rows with a header and a caption; no row stands in a sentence."""

from hypothesis import given
from hypothesis import strategies as st

from digest.models.paper_text import PaperText
from digest.pdf.extract.page_elements import FontStyle, TextLine
from digest.pdf.tables.grid import grid, is_number
from tests.builders.pdfs import Press, read_here

ROWS = (("Method", "Recall", "Time"), ("Slab", "0.251", "12.5"), ("Stack", "0.633", "30.1"), ("Ours", "0.812", "8.25"))


def set_rows(press: Press, rows: tuple[tuple[str, ...], ...] = ROWS) -> None:
    for row in rows:
        press.y += 13
        for n, cell in enumerate(row):
            press.put(press.columns[press.column][0] + 90 * n, press.y, cell)


def body(text: PaperText) -> str:
    return " ".join(p.text for s in text.sections for p in s.paragraphs if p.kind.value != "table")


def line(x0: float, base: float, text: str) -> TextLine:
    style = FontStyle("Serif", 10.0, bold=False, italic=False)
    return TextLine(
        text=text, x0=x0, y0=base - 8, x1=x0 + 5 * len(text), y1=base + 2, base=base, page=1, style=style, lead=0,
        capitals=False, marker=False, maths=0.0, block=0,
    )  # fmt: skip


def test_a_table_has_header_rows_and_caption() -> None:
    """In the order in which they are printed."""
    press = Press()
    press.title("On Tables")
    press.heading("1 Experiments")
    press.prose(6)
    press.space(10)
    press.line("Table 1: Recall and time of each method.", size=9)
    set_rows(press)
    press.space(14)
    press.prose(6)
    (table,) = read_here(press.pdf()).tables

    assert (table.label, table.page, table.header) == ("Table 1", 1, (ROWS[0],))
    assert table.caption == "Table 1: Recall and time of each method."
    assert table.rows == ROWS[1:]


def test_rows_cut_no_sentence() -> None:
    """A table at a page's top stands in the middle of a sentence; so does one that no caption is near."""
    press = Press()
    press.title("On Tables")
    press.heading("1 Experiments")
    press.prose(40)
    press.text("The signal of all the films of silver and of gold that we had in the cupboard rises up to forty and")
    press.new_page()
    set_rows(press)
    press.space(14)
    press.text("falls again behind it, which no earlier model of thin films foresaw in this form or another one.")
    press.prose(3)
    text = body(read_here(press.pdf()))

    assert "rises up to forty and falls again behind it" in text
    assert "0.251" not in text


def test_each_caption_gets_its_own_rows() -> None:
    """Two captions in a row: the table above belongs to the first, the one below to the second."""
    press = Press()
    press.title("On Tables")
    press.heading("1 Experiments")
    press.prose(6)
    press.space(8)
    set_rows(press)
    press.space(16)
    press.line("Table 1: The first set of films.", size=9)
    press.line("Table 2: The second set of films.", size=9)
    press.space(6)
    set_rows(press, (("Method", "Recall"), ("Slab", "0.144"), ("Ours", "0.703")))
    press.space(14)
    press.prose(6)
    tables = {table.label: table for table in read_here(press.pdf()).tables}

    assert ("Ours", "0.812", "8.25") in tables["Table 1"].rows
    assert ("Ours", "0.703") in tables["Table 2"].rows


def test_running_text_above_a_figure_is_no_part_of_it() -> None:
    """Though it is set a little smaller than the rest."""
    press = Press(columns=2)
    press.title("On Figures")
    press.heading("1 Introduction")
    press.prose(30)
    press.next_column()
    press.text("The largest ratio is found for the third film, and this is the main result of all our work.", size=9.3)
    press.prose(5, size=9.3)
    top = press.y + 6
    left, right = press.columns[press.column]
    press.page.draw_rect((left + 10, top, right - 10, top + 90))
    press.put(left + 20, top + 84, "20", 7)
    press.put(left + 90, top + 84, "40", 7)
    press.y = top + 96
    press.line("Figure 1: Forty films.", size=8.5)
    text = read_here(press.pdf())

    assert "The largest ratio is found for the third film" in body(text)
    assert [caption.number for caption in text.captions] == ["1"]


def test_a_cell_over_two_columns_is_repeated() -> None:
    """Whoever reads a row knows which head it stands under."""
    lines = [line(150, 10, "Accuracy of both"), line(50, 24, "Model"), line(150, 24, "dev"), line(200, 24, "test")]
    lines += [line(50, 38, "Ours"), line(150, 38, "1.5"), line(200, 38, "2.5")]
    header, rows = grid(lines)

    assert header == (("", "Accuracy of both", "Accuracy of both"), ("Model", "dev", "test"))
    assert rows == (("Ours", "1.5", "2.5"),)


@given(st.lists(st.lists(st.integers(0, 999), min_size=3, max_size=3), min_size=2, max_size=8))
def test_every_number_of_a_table_is_in_its_rows(values: list[list[int]]) -> None:
    """Whatever the order in which the page's content names them."""
    lines = [line(50 + 60 * n, 20 + 14 * y, str(v)) for y, row in enumerate(values) for n, v in enumerate(row)]
    header, rows = grid(lines[::-1])

    assert [list(row) for row in (*header, *rows)] == [[str(v) for v in row] for row in values]


def test_what_a_value_is() -> None:
    """Numbers with signs, units and errors, and the marks for none."""
    assert all(map(is_number, ("0.5", "−3", "41%", "1,024", "12.5 ± 0.3", "-", "✓", "28.4M", "$3")))
    assert not any(map(is_number, ("Ours", "BERT", "Recall at ten", "the 2 films")))
