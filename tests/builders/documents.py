"""Made-up Documents for fuzzing: any script, any nesting, any length, and all that is dangerous in markup.

A document is made from a seed, so that a failure names one number.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from digest.rendering.document import (
    Block,
    Button,
    Code,
    Document,
    Heading,
    InnerBlock,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Style,
    TextRun,
    TextRuns,
    plain_text,
)

_SAMPLES = (
    "视觉编码器是瓶颈。",
    "成功率从 31.4% 提高到 68.9%！",
    "The encoder limits control. ",
    "(see Fig. 3, cf. Smith et al. 2024) ",
    "𝒪(n log n) ‖x‖₂² π₀ ",
    "👩🏽‍🔬 e\u0301 ",
    "@everyone #tag /start <!channel> <@U123> *bold* _it_ ~s~ `code` &amp; <b> ",
    "https://example.org/a?b=c&d=(e) cs.AI ",
    "“引用”、《书名》；",
    "\n",
    "  ",
    "\t\u2003\u3000\u00a0",
    "word ",
    "長" * 40,
    "e\u0301\u0302\u0303",
    '"\\\\"',
    ":smile: {x} $y$ %z ",
)
_URLS = (
    None,
    None,
    None,
    "https://arxiv.org/pdf/2601.03309v1#page=5",
    "https://example.org/?q=a|b&c=<d>",
    "https://example.org/" + "a" * 300,
)


def text(random: Random, longest: int) -> str:
    """A text of up to about `longest` characters, often much shorter."""
    length = int(longest * random.random() ** 3)
    made = ""
    while len(made) < length:
        made += random.choice(_SAMPLES) * random.choice((1, 1, 2, 5, 30))
    return made[:length]


def runs(random: Random, longest: int) -> TextRuns:
    """Up to eight runs, some of them empty."""
    made: list[TextRun] = []
    for _ in range(random.randint(0, 8)):
        styles = frozenset(random.sample(list(Style), random.choice((0, 0, 1, 2))))
        made.append(TextRun(text(random, longest), styles, random.choice(_URLS)))
    return tuple(made)


def _list(random: Random) -> ItemList:
    ordered, longest = random.random() < 0.5, random.choice((20, 200, 4_000))
    return ItemList(
        tuple(Item(runs(random, longest), i if ordered else None) for i in range(1, random.choice((1, 5, 60))))
    )


def _inner(random: Random) -> InnerBlock:
    match random.randint(0, 4):
        case 0:
            return Heading(random.randint(1, 3), runs(random, 100))
        case 1:
            return _list(random)
        case 2:
            return Code(text(random, 4_000), random.choice(("", "python")))
        case _:
            return Paragraph(runs(random, random.choice((50, 800, 8_000))), random.random() < 0.3)


def _block(random: Random) -> Block:
    if random.random() < 0.6:
        return _inner(random)
    inner = tuple(_inner(random) for _ in range(random.randint(0, 4)))
    return Quote(inner, random.random() < 0.7, runs(random, 30))


def document(seed: int) -> Document:
    """The document of a seed: from nothing to dozens of messages."""
    random = Random(seed)
    blocks = tuple(_block(random) for _ in range(random.choice((0, 1, 3, 10))))
    rows = tuple(
        tuple(
            random.choice((Button("PDF", "https://arxiv.org/pdf/2601.03309"), Button("收藏", action="save:2601.03309")))
            for _ in range(random.randint(1, 10))
        )
        for _ in range(random.randint(0, 3))
    )
    return Document(blocks, f"document {seed} <!channel> & co.", rows, random.choice(("", "2/5  TIDE（续）")))


def all_runs(document: Document) -> Iterator[TextRuns]:
    """The runs of every line of a document, in order."""
    for block in document.blocks:
        inner: tuple[Block, ...] = block.blocks if isinstance(block, Quote) else (block,)
        if isinstance(block, Quote):
            yield block.title
        for one in inner:
            match one:
                case Heading(runs=found) | Paragraph(runs=found):
                    yield found
                case ItemList(items=items):
                    yield from (item.runs for item in items)
                case Code(text=code):
                    yield (TextRun(code),)


def visible(document: Document) -> str:
    """All characters of a document but white space, in order."""
    return "".join("".join(plain_text(found).split()) for found in all_runs(document))
