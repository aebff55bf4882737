"""Markdown that models write, as a tree."""

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.document import Block, Code, Heading, Item, ItemList, Paragraph, Quote, Rule, Run, Runs, Style, plain, run
from digest.markdown import to_blocks

BOLD, ITALIC, CODE, STRIKE = Style.BOLD, Style.ITALIC, Style.CODE, Style.STRIKE


def runs(markdown: str) -> Runs:
    """The runs of a text that is one paragraph."""
    (block,) = to_blocks(markdown)
    assert isinstance(block, Paragraph)
    return block.runs


def styled(markdown: str, style: Style) -> list[str]:
    return [r.text for r in runs(markdown) if style in r.styles]


def words(blocks: tuple[Block, ...]) -> Iterator[str]:
    """All text of a tree, a line a string."""
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                yield plain(block.runs)
            case ItemList(items):
                yield from (plain(item.runs) for item in items)
            case Code(text, language):
                yield f"{language} {text}"
            case Quote():
                yield from words(block.blocks)


@pytest.mark.parametrize(
    ("markdown", "bold"),
    [
        ("**粗体（x）**后", ["粗体（x）"]),
        ("这是**“重点”**的话", ["“重点”"]),
        ("甲**（乙）**b", ["（乙）"]),
        ("**结果**：好", ["结果"]),
        ("**注意**：**“甲”**，**乙**。", ["注意", "“甲”", "乙"]),
        ("它**比 A 好 3%**，是", ["比 A 好 3%"]),
        ("**한국어(x)**는", ["한국어(x)"]),
        ("a **bold** word", ["bold"]),
        ("2 ** 3 ** 4", []),
        ("**open", []),
    ],
)
def test_emphasis_beside_chinese(markdown: str, bold: list[str]) -> None:
    """Emphasis that a writer of Chinese means is emphasis, though no space stands beside it."""
    assert styled(markdown, BOLD) == bold


def test_styles() -> None:
    """Bold, italic, code and strikethrough, also within one another; names with underscores are names."""
    assert runs("*a **b*** `c*d*` ~~e~~ my_own_name") == (
        run("a ", ITALIC),
        run("b", ITALIC, BOLD),
        run(" "),
        run("c*d*", CODE),
        run(" "),
        run("e", STRIKE),
        run(" my_own_name"),
    )


def test_lines() -> None:
    """A line's end is a space, between Chinese characters nothing; a break that is asked for is one."""
    assert plain(runs("one\ntwo 中\n文  \nthree<br>four")) == "one two 中文\nthree\nfour"


def test_headings() -> None:
    """Deep headings are parts; a heading that a template has indented is one all the same."""
    assert to_blocks("# A\n\n            ### B **b**\n\n##### C") == (
        Heading(1, (run("A"),)),
        Heading(3, (run("B "), run("b", BOLD))),
        Heading(3, (run("C"),)),
    )


def test_an_indented_text_is_taken_out() -> None:
    """A whole text that stands indented is no code."""
    assert to_blocks("    # A\n\n    b\n") == (Heading(1, (run("A"),)), Paragraph((run("b"),)))


def test_nested_lists() -> None:
    """Depth and numbers are kept; more lines of an item belong to it."""
    (block,) = to_blocks("- a\n  1. b\n  2. c\n\n     more\n- d\n\n1. x\n")[:1]

    assert block == ItemList(
        (
            Item((run("a"),)),
            Item((run("b"),), 1, 1),
            Item((run("c\nmore"),), 1, 2),
            Item((run("d"),)),
        )
    )


def test_code_in_a_list() -> None:
    """What is no text stands between two lists; numbers go on."""
    assert to_blocks("3. a\n\n   ```py\n   x = 1\n   ```\n\n   so\n4. b") == (
        ItemList((Item((run("a"),), 0, 3),)),
        Code("x = 1", "py"),
        Paragraph((run("so"),)),
        ItemList((Item((run("b"),), 0, 4),)),
    )


def test_quotations_are_flat() -> None:
    """Platforms can't nest them."""
    assert to_blocks("> a\n> > b\n>\n> - c") == (
        Quote((Paragraph((run("a"),)), Paragraph((run("b"),)), ItemList((Item((run("c"),)),)))),
    )


def test_a_table_is_a_list() -> None:
    """A row is an item, a cell stands after its column's heading."""
    table = "| Model | Score |\n|---|--:|\n| A | **90** |\n| B | |"

    assert to_blocks(table) == (
        ItemList(
            (
                Item((run("Model: A", BOLD), run(" · Score: "), run("90", BOLD))),
                Item((run("Model: B", BOLD),)),
            )
        ),
    )


def test_a_rule_and_a_footnote_are_what_they_seem() -> None:
    """A line of hyphens under a text makes no heading of it, and [1]: is no hidden reference."""
    assert to_blocks("text\n---\n[1]: note") == (Paragraph((run("text"),)), Rule(), Paragraph((run("[1]: note"),)))


def test_links() -> None:
    """Web addresses are kept with their text; other schemes and HTML are text."""
    assert runs("[t](https://a.example) <https://b.example> ![i](http://c.example/d.png)") == (
        run("t", url="https://a.example"),
        run(" "),
        run("https://b.example", url="https://b.example"),
        run(" "),
        run("i", url="http://c.example/d.png"),
    )
    for text in ("[t](javascript:alert(1))", '<a href="https://x.example">t</a>', "<!channel> & <b>"):
        assert runs(text) == (run(text),)
    assert runs("[t](mailto:a@b.example)") == (run("t"),)


@pytest.mark.parametrize(
    ("markdown", "math"),
    [
        ("策略 $\\pi_0$ 与", [("π₀", "\\pi_0")]),
        ("快 3$\\times$ 倍", [("×", "\\times")]),
        ("\\(x^2\\) and \\[y\\]", [("x²", "x^2"), ("y", "y")]),
        ("$$a_1$$", [("a₁", "a_1")]),
        ("$5 and $10", []),
        ("from $5, to $10,", []),
        ("`$x$`", []),
        ("a \\( b", []),
    ],
)
def test_formulas(markdown: str, math: list[tuple[str, str]]) -> None:
    """Formulas become readable and keep their source; prices are prices."""
    assert [(r.text, r.math) for r in runs(markdown) if r.math] == math
    assert "$" in markdown.replace("`", "") or "(" in plain(runs(markdown)) or math


def test_a_formula_of_its_own() -> None:
    """A displayed formula is a paragraph."""
    assert to_blocks("$$\nx^2\n$$") == (Paragraph((Run("x²", math="x^2"),)),)


def test_absurd_nesting_is_text() -> None:
    """Neither the text nor the process is lost."""
    for markdown in (">" * 5000 + " end", "- " * 5000 + "end", "*" * 5000 + "end", "[" * 5000 + "end"):
        assert "end" in " ".join(words(to_blocks(markdown)))


MARKUP = [
    *["*", "**", "_", "~~", "`", "[", "]", "(", ")", "!", "<", ">", "|", "\\", "$", "$$", "\\(", "\\)", "&", "#"],
    *[
        "\n",
        "\n\n",
        "\n- ",
        "\n  - ",
        "\n1. ",
        "\n> ",
        "\n# ",
        "\n```\n",
        "\n---\n",
        "\n    ",
        " ",
        "  \n",
        "，",
        "（",
        "）",
    ],
]


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from([*MARKUP, "|a|b|\n|-|-|\n", "粗", "word", "\x00", "\t"])).map("".join))
def test_every_text_is_a_tree(markdown: str) -> None:
    """Whatever a model writes gives blocks of printable, non-empty text."""
    for line in words(to_blocks(markdown)):
        assert line.strip()
        assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(MARKUP) | st.integers(0, 9).map("字{}".format) | st.just(" wörd ")))
def test_no_words_are_lost(parts: list[str]) -> None:
    """Every word stands in the tree, and as often as in the text."""
    markdown = "".join(parts)
    text = " ".join(words(to_blocks(markdown)))

    for word in ("字", "wörd"):
        assert text.count(word) >= markdown.count(word)
