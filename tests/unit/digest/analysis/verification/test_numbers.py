"""Numbers of statements: read in English and Chinese, and looked for in the paper."""

from decimal import Decimal

import pytest

from digest.analysis.verification.numbers import first_unsupported_number
from digest.models.paper_text import PaperParagraph, PaperText, Section
from digest.text.paper_index import PaperIndex
from digest.text.quantities import quantities
from tests.builders import lantern_paper

PASSAGES = PaperIndex(lantern_paper.TEXT)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("45.2%", "45.2", "%"),
        ("12 percent", "12", "%"),
        ("百分之五", "5", "%"),
        ("−0.5", "-0.5", ""),
        ("of -3", "-3", ""),
        ("1,024", "1024", ""),
        ("1, 000", "1000", ""),
        ("12万", "120000", ""),
        ("1.5亿", "150000000", ""),
        ("3.5 million", "3500000", ""),
        ("64K", "64000", ""),
        ("7B", "7000000000", ""),
        ("10^-3", "0.001", ""),
        ("10−3", "0.001", ""),
        ("1e-5", "0.00001", ""),
        ("0^0", "0", ""),
        ("3 × 10^5", "300000", ""),
        ("2.3x", "2.3", "times"),
        ("2.3 倍", "2.3", "times"),
        ("两倍", "2", "times"),
        ("99 ms", "0.099", "s"),
        ("99毫秒", "0.099", "s"),
        ("3.5 hours", "12600", "s"),
        ("32GB", "32000000000", "byte"),
        ("1.2 percentage points", "1.2", "percentage points"),
        ("1.2个百分点", "1.2", "percentage points"),
        ("twenty-four", "24", ""),
        ("三个", "3", ""),
        ("一百五十个", "150", ""),
        ("16 x 16", "16", ""),
    ],
)
def test_a_number_is_read_with_its_unit(text: str, value: str, unit: str) -> None:
    """Scales are worked in and units brought to their base, so that the same amount compares as the same."""
    first = quantities(text)[0]

    assert (first.value, first.unit) == (Decimal(value), unit)


def test_a_range_shares_its_unit() -> None:
    """In `3-5 ms` and `45, 37 and 20%` the unit is that of all."""
    assert [q.unit for q in quantities("3-5 ms")] == ["s", "s"]
    assert [q.unit for q in quantities("45, 37 and 20%")] == ["%", "%", "%"]


def test_a_decimal_comma_has_two_readings() -> None:
    """`9,1` is 9.1 to some and two numbers to others."""
    assert quantities("9,1")[0].value == Decimal("9.1")
    assert quantities("9,1")[0].readings == (Decimal(9), Decimal(1))


@pytest.mark.parametrize("text", ["一致", "十分重要", "统一的", "第一", "one of the", "no number at all"])
def test_words_with_numerals_in_them_are_words(text: str) -> None:
    """Chinese words such as 一致 and 十分 count nothing, nor does the pronoun `one`."""
    assert quantities(text) == []


@pytest.mark.parametrize(
    "statement",
    [
        "成功率从 75.2% 提高到 81.4%",
        "提升了 6.2 个百分点",
        "使用 1.2 万张图像训练",
        "训练需要 210 分钟",
        "规划在 50 毫秒内结束，内存不超过 64MB",
        "在 1000 次运行中，碰撞由 31 次降到 12 次",
        "三个基准、14天的真机实验",
        "three benchmarks and 2 parts",
        "学习率为 10^-4",
        "学习率为 0.0001",
        "1）照明地图；2）规划器；3）权重不超过 0.5",
        "如第3节和图1、表1所示（见公式(1)）",
        "Okafor 等人 (2021) 的结果 [3, 7]",
        "路径最多长 8%",
        "Raspberry Pi 4",
    ],
)
def test_numbers_of_the_paper_stand(statement: str) -> None:
    """In whatever language and form a number is written; pointers, citations and enumerations are no numbers."""
    assert first_unsupported_number(statement, "", PASSAGES) is None


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("成功率提高到 84.1%", "84.1%"),
        ("提升了 6.2%", "6.2%"),
        ("训练需要 3.5 天", "3.5 天"),
        ("使用 12 万张图像", "12 万"),
        ("使用 12M 张图像", "12M"),
        ("规划在 50 秒内结束", "50 秒"),
        ("学习率为 10^4", "10^4"),
        ("在 37 个基准上", "37"),
        ("Raspberry Pi 5", "5"),
        ("下降了 -81.4", "-81.4"),
        ("增加到 −81.4%", "−81.4%"),
        ("101 页", "101"),
    ],
)
def test_other_numbers_do_not(statement: str, number: str) -> None:
    """Another digit, unit, scale or sign is another number; the bibliography's page numbers are not the paper's."""
    found = first_unsupported_number(statement, "", PASSAGES)

    assert found is not None
    assert number in found.text


def test_the_quoted_passage_counts_whatever_is_in_it() -> None:
    """A number that stands in the passage stands, also where it looks like a mark."""
    assert first_unsupported_number("共 99 项", "", PASSAGES) is not None
    assert first_unsupported_number("共 99 项", "as listed (Moor 2015, 99 items)", PASSAGES) is None


def test_a_name_with_another_number_is_another_name() -> None:
    """`Lantern-2` in a paper that only knows `Lantern-1` is missing, though the paper has a 2 somewhere."""
    text = PaperText("", (Section("", 1, paragraphs=(PaperParagraph("We use Lantern-1 on 2 robots.", 1),)),), 1, 1)

    assert first_unsupported_number("Lantern-1", "", PaperIndex(text)) is None
    assert first_unsupported_number("Lantern-2", "", PaperIndex(text)) is not None
