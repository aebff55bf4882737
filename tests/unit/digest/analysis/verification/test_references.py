"""What statements point at: found in English and Chinese, and looked for in the paper."""

import pytest

from digest.analysis.verification.references import find_references, first_dangling_reference
from digest.text.paper_index import PaperIndex
from tests.builders import lantern_paper

PASSAGES = PaperIndex(lantern_paper.TEXT)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see Section 3.1", [("section", "3.1")]),
        ("见第3.1节", [("section", "3.1")]),
        ("第二节", [("section", "2")]),
        ("第4.1、4.2节", [("section", "4.1"), ("section", "4.2")]),
        ("§3.2", [("section", "3.2")]),
        ("Section IV-A", [("section", "IV-A")]),
        ("第III-D.1节", [("section", "III-D.1")]),
        ("图1和4.2", [("figure", "1")]),
        ("Fig. 4(a)", [("figure", "4")]),
        ("图2", [("figure", "2")]),
        ("图 3 和图 4", [("figure", "3"), ("figure", "4")]),
        ("Figure S1", [("figure", "S1")]),
        ("Tables 1–3", [("table", "1"), ("table", "2"), ("table", "3")]),
        ("表4、5", [("table", "4"), ("table", "5")]),
        ("公式(3)", [("equation", "3")]),
        ("式（2）", [("equation", "2")]),
        ("Eqs. (3)-(5)", [("equation", "3"), ("equation", "4"), ("equation", "5")]),
        ("Appendix B.2", [("appendix", "B.2")]),
        ("附录A", [("appendix", "A")]),
        ("算法1", [("algorithm", "1")]),
        ("Theorem 2", [("theorem", "2")]),
        ("第5页", [("page", "5")]),
        ("Sections 3 and 4 show", [("section", "3"), ("section", "4")]),
    ],
)
def test_pointers_are_recognised(text: str, found: list[tuple[str, str]]) -> None:
    """Every common way to point at a part of a paper, with ranges and lists taken apart."""
    assert [(p.kind, p.number) for p in find_references(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "意图2个",
        "代表3种方法",
        "地图3D",
        "第一部分",
        "正式3月发布",
        "as shown below",
        "in [36, Chapter 9]",
        "3 and 5 layers",
    ],
)
def test_what_only_looks_like_a_pointer_is_none(text: str) -> None:
    """Words that end in 图, 表 or 式, counts, and chapters of other works point at nothing in the paper."""
    assert find_references(text) == []


@pytest.mark.parametrize("statement", ["第2.1节、图1、表1、公式(1)、第7页", "Sections 1 to 4", "没有指向任何东西"])
def test_what_exists_is_known(statement: str) -> None:
    """A statement that points at parts of the paper passes."""
    assert first_dangling_reference(statement, PASSAGES) is None


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("见第3.4节", "第3.4节"),
        ("图1和图2", "图1和图2"),
        ("Table 4", "Table 4"),
        ("公式(3)", "公式(3)"),
        ("Appendix B", "Appendix B"),
        ("Algorithm 1", "Algorithm 1"),
        ("第8页", "第8页"),
        ("Theorem 2", "Theorem 2"),
    ],
)
def test_what_does_not_exist_is_named(statement: str, what: str) -> None:
    """The first thing that the paper does not have is given as the statement wrote it."""
    found = first_dangling_reference(statement, PASSAGES)

    assert found is not None
    assert found.text == what
