"""Results by rule: own row, best baseline, difference, each cell with its place. All tables are made up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.analysis.metric_names import direction_of, is_cost, metric_in
from digest.analysis.results_table import number_in, own_names, results_table, table_results
from digest.models.paper_facts import ResultRow
from digest.models.paper_text import PaperParagraph, PaperTable, PaperText, Section, SectionKind

MAIN = PaperTable(
    "Table 2",
    "Comparison of planners on two data sets (success rate in %).",
    5,
    (("Method", "DarkRooms", "DarkRooms", "NightWalk"), ("Method", "SR ↑", "Collisions ↓", "SR ↑")),
    (
        ("GridStar [3]", "71.2", "0.31", "64.0"),
        ("Candle (2024)", "77.2 ± 0.4", "0.24", "66.5*"),
        ("Human", "96.0", "0.01", "95.0"),
        ("Lantern (ours)", "81.4", "0.18", "66.0"),
        ("Lantern w/o map", "82.0", "0.40", "61.0"),
    ),
)


def results(*tables: PaperTable, title: str = "Lantern: planning along the light") -> tuple[ResultRow, ...]:
    return results_table(PaperText(title, (), 8, 8, tables=tables))


def test_own_row_against_the_best_baseline() -> None:
    """Neither a person's score nor an ablation is a baseline or this paper's result."""
    first, second, third = results(MAIN)

    assert (first.data_set, first.metric) == ("DarkRooms", "SR")
    assert (first.this_paper.text, first.this_paper.row) == ("81.4", "Lantern (ours)")
    assert first.baseline is not None
    assert (first.baseline.text, first.baseline.row) == ("77.2 ± 0.4", "Candle (2024)")
    assert (first.difference, first.relative, first.in_points, first.is_better) == (
        Decimal("4.2"), Decimal("5.4"), True, True,
    )  # fmt: skip
    assert (second.metric, second.difference, second.in_points, second.is_better) == (
        "Collisions", Decimal("-0.06"), False, True,
    )  # fmt: skip
    assert (third.data_set, third.difference, third.is_better) == ("NightWalk", Decimal("-0.5"), False)


def test_every_cell_has_its_place() -> None:
    for row in results(MAIN):
        for cell in (row.this_paper, row.baseline):
            assert cell is not None
            assert (cell.table, cell.page) == ("Table 2", 5)
            assert cell.column
            printed = [r for r in MAIN.rows if r[0] == cell.row]
            assert cell.text in printed[0]


def test_a_method_is_known_by_the_name_in_the_title() -> None:
    table = PaperTable("Table 1", "Accuracy", 2, (("Model", "Moths"),), (("Candle", "70.0"), ("LampNet-L", "72.5")))

    assert results(table, title="LampNet: seeing in the dark")[0].this_paper.row == "LampNet-L"
    assert results(table, title="Seeing in the dark") == ()


def test_methods_in_the_header_are_turned() -> None:
    table = PaperTable(
        "Table 3", "F1 by data set", 6,
        (("Data set", "Candle", "Ours"),),
        (("Moths", "70.1", "73.4"), ("Bats", "55.0", "54.0")),
    )  # fmt: skip
    moths, bats = results(table)

    assert (moths.data_set, moths.metric, moths.difference, moths.is_better) == ("Moths", "F1", Decimal("3.3"), True)
    assert (bats.data_set, bats.is_better) == ("Bats", False)


def test_data_sets_in_a_column_of_names_keep_their_rivals_apart() -> None:
    table = PaperTable(
        "Table 4", "Main results", 6,
        (("Data set", "Method", "RMSE"),),
        (("Moths", "Candle", "1.50"), ("Moths", "Ours", "1.20"), ("Bats", "Candle", "0.90"), ("Bats", "Ours", "0.95")),
    )  # fmt: skip
    moths, bats = results(table)

    assert (moths.data_set, moths.difference, moths.relative, moths.is_better) == (
        "Moths", Decimal("-0.30"), Decimal("-20.0"), True,
    )  # fmt: skip
    assert (bats.data_set, bats.is_better) == ("Bats", False)


def test_a_row_of_one_text_names_the_data_set_below_it() -> None:
    table = PaperTable(
        "Table 5", "Results", 6, (("Method", "BLEU"),),
        (("Moths", "Moths"), ("Candle", "20.1"), ("Ours", "21.0"), ("Bats", "Bats"), ("Candle", "30"), ("Ours", "29")),
    )  # fmt: skip

    assert [(r.data_set, r.difference) for r in results(table)] == [("Moths", Decimal("0.9")), ("Bats", Decimal(-1))]


def test_without_a_direction_there_is_no_baseline() -> None:
    """Which of two unknown numbers is better is not for a rule to say."""
    table = PaperTable("Table 6", "Lamps", 3, (("Method", "Glow"),), (("Candle", "12.0"), ("Ours", "14.0")))
    (row,) = results(table)

    assert (row.this_paper.text, row.baseline, row.difference, row.is_better) == ("14.0", None, None, None)


@pytest.mark.parametrize(
    "table",
    [
        PaperTable("Table 7", "Ablation study", 3, (("Method", "F1"),), (("Ours", "70"), ("Candle", "60"))),
        PaperTable("Table 8", "Sizes", 3, (("Method", "Params"),), (("Ours", "70"), ("Candle", "60"))),
        PaperTable("Table 9", "Lamps", 3, (("Lamp", "Height"),), (("Oil", "70"), ("Gas", "60"))),
        PaperTable("Table 10", "Nothing", 3),
        PaperTable("", "", None, (("Ours",),), (("Ours",), ())),
    ],
)
def test_tables_without_results_give_none(table: PaperTable) -> None:
    assert results(table) == ()


def test_main_tables_come_first_and_the_number_is_bounded() -> None:
    side = PaperTable("Table 1", "Moths", 2, (("Method", "F1"),), (("Ours", "70"), ("Candle", "60")))

    assert [r.this_paper.table for r in results(side, MAIN)] == ["Table 2"] * 3 + ["Table 1"]
    assert len(results_table(PaperText("", (), 1, 1, tables=(side,) * 20), most=5)) == 5


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("81.4", "81.4"), ("81.4%", "81.4"), ("1,234", "1234"), (".812", ".812"), ("−3.2", "-3.2"),
        ("77.2 ± 0.4", "77.2"),
        ("0.81 (0.02)", "0.81"), ("66.5*", "66.5"), ("70.1†", "70.1"), ("+2.5", "2.5"), ("28.4 [7]", "28.4"),
        ("-", None), ("–", None), ("", None), ("n/a", None), ("12 of 20", None), ("3-5", None), ("v2.0", None),
    ],
)  # fmt: skip
def test_numbers_of_cells(cell: str, number: str | None) -> None:
    assert number_in(cell) == (Decimal(number) if number else None)


def test_names_of_the_papers_own_method() -> None:
    assert own_names(PaperText("Lantern: planning", (), 1, 1)) == {"Lantern"}
    assert own_names(PaperText("Seeing with LampNet in the dark", (), 1, 1)) == {"LampNet"}
    assert own_names(PaperText("A study of lamps: part two", (), 1, 1)) == frozenset()
    abstract = "We propose a new simple planner, the Glimmer, based on light. In contrast, GridStar needs a map."
    section = Section("Abstract", 1, kind=SectionKind.ABSTRACT, paragraphs=(PaperParagraph(abstract, 1),))
    assert own_names(PaperText("Seeing in the dark", (section,), 1, 1)) == {"Glimmer"}


def test_metrics_know_their_direction() -> None:
    assert (metric_in("Top-1 accuracy"), direction_of("Top-1 accuracy")) == ("Top-1", True)
    assert direction_of("Word error rate") is False
    assert direction_of("Glow ↓") is False
    assert direction_of("Glow") is None
    assert direction_of("HellaSwag") is True
    assert direction_of("accuracy and error") is None
    assert is_cost("#Params (M)")
    assert not is_cost("Accuracy")


CELLS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["Ours", "12.5", "–", "F1 ↑", "Moths", "w/o map", "3 ± 1", "50%"]),
)


@given(
    st.lists(st.lists(CELLS, max_size=5).map(tuple), max_size=3).map(tuple),
    st.lists(st.lists(CELLS, max_size=5).map(tuple), max_size=6).map(tuple),
    st.text(max_size=20),
)
def test_any_table_is_read_and_nothing_is_invented(
    header: tuple[tuple[str, ...], ...], rows: tuple[tuple[str, ...], ...], caption: str
) -> None:
    """Ragged rows and odd cells: no error, every value stands in the table, a difference is what it says."""
    cells = {cell.strip() for row in (*header, *rows) for cell in row}
    for result in table_results(PaperTable("Table 1", caption, 1, header, rows), {"Lantern"}):
        assert result.this_paper.text in cells
        if result.baseline is not None:
            assert result.baseline.text in cells
            ours, theirs = number_in(result.this_paper.text), number_in(result.baseline.text)
            assert ours is not None
            assert theirs is not None
            assert result.difference == ours - theirs
