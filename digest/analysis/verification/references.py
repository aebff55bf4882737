"""What a statement points at: Section 3.1, 第3.1节, Fig. 2, 图2, Table 4, 表4, Eq. (3), 公式(3), Appendix B, page 5."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.text.paper_index import PaperIndex


@dataclass(frozen=True, slots=True)
class CrossReference:
    """One thing that a statement points at. `start` and `end` are offsets into the statement."""

    kind: str  # "section", "figure", "table", "equation", "algorithm", "page", or "theorem", "lemma", ...
    number: str
    text: str
    start: int
    end: int


_NUMBER = (
    r"(?:[A-Z]\.?\d+(?:\.\d+)*|[IVX]+(?:-[A-Z](?:\.?\d+)?)?(?![A-Za-z\d])"
    r"|[A-Z](?![A-Za-z\d])|\d+(?:\.\d+)*)"
)
_HAN = r"[一二三四五六七八九十]{1,3}"
_COUNTER = r"(?!\s*[个個種种月年倍%％万亿条类维]|\.?\d)"  # 代表 3 种 is no table
_AND = r"(?:[,，、和与及–—\-~至到&]|and|to|through)"
# kind -> words before the number (English, plural, Chinese) and Chinese words behind it (第3节)
_KINDS = {
    "section": (r"Section|Sec\.?|Sect\.|§|Subsection|Chapter", r"Sections|Secs\.?|§§|Chapters", "章节", "节|小节|章"),
    "appendix": (r"Appendix|App\.|Appx\.", "Appendices", "附录", ""),
    "figure": (r"Figure|Fig\.?", r"Figures|Figs\.?", "(?<![意地蓝试企版截底构])图", "图|幅图|张图"),
    "table": (r"Table|Tab\.", r"Tables|Tabs\.", "表格|(?<![代发列报外仪词码])表", "表|张表|个表"),
    "equation": (
        r"Equation|Eq\.?|Eqn\.?", r"Equations|Eqs\.?|Eqns\.?",
        "公式|方程式?|等式|(?<![正形方模公格程])式", "个公式|式",
    ),
    "algorithm": (r"Algorithm|Alg\.", r"Algorithms|Algs\.", "算法", ""),
    "theorem": (r"Theorem|Thm\.", r"Theorems|Thms\.", "定理", ""),
    "lemma": ("Lemma", "Lemmas", "引理", ""),
    "definition": ("Definition", "Definitions", "定义", ""),
    "proposition": ("Proposition", "Propositions", "命题", ""),
    "corollary": ("Corollary", "Corollaries", "推论", ""),
    "page": (r"page|p\.", r"pages|pp\.", "", "页"),
}  # fmt: skip
_HAN_VALUES = {c: i for i, c in enumerate("一二三四五六七八九", 1)}


def _pattern(kind: str) -> re.Pattern[str]:
    words, many, han, behind = _KINDS[kind]
    number = r"\d+" if kind == "page" else _NUMBER
    item = rf"[（(]?\s*{number}[a-z]?\s*(?:\([a-z]\)|[）)])?"
    again = "|".join(word for word in (words, many, han) if word)
    more = rf"\s*{_AND}\s*(?:(?i:{again})\s*)?{item}{_COUNTER}"
    parts = [
        rf"(?<![A-Za-z])(?i:{words})\s*(?={item})(?P<one>{item})(?:{more}(?!\s*[A-Za-z]))*",
        rf"(?<![A-Za-z])(?i:{many})\s*(?P<many>{item})(?:{more})*",
    ]
    if han:
        parts.append(rf"(?:{han})\s*(?P<han>{item}){_COUNTER}(?:{more})*")
    if behind:
        counted = rf"(?:{number}|{_HAN})"
        parts.append(rf"第\s*(?P<behind>{counted})(?:\s*{_AND}\s*第?\s*{counted})*\s*(?:{behind})")
    if kind == "section":  # 4.1 节; 4 节 alone may count sections
        parts.append(r"(?<![\d.])(?P<bare>\d{1,2}(?:\.\d{1,2}){1,2})\s*小?[节節](?![点奏省日约])")
    return re.compile("|".join(parts))


_ANY = re.compile(
    "|".join([*(rf"(?<![A-Za-z])(?i:{one}|{many})" for one, many, _, _ in _KINDS.values()),
              *(han for _, _, han, _ in _KINDS.values() if han), "第", r"\d\s*小?节"])
)  # fmt: skip
_PATTERNS = {kind: _pattern(kind) for kind in _KINDS}
_ITEM = re.compile(rf"{_NUMBER}|{_HAN}")
_CITED = re.compile(r"\[\s*\d{1,3}\s*[,，][^\[\]]*\]")  # [36, Chapter 9]: of another work
_RANGE = re.compile(r"\s*[a-z]?[）)]?\s*(?:[–—\-~至到]|to|through)\s*[（(]?")


def find_references(statement: str) -> list[CrossReference]:
    """Everything of the paper that a statement points at, ranges and lists taken apart."""
    if not _ANY.search(statement):  # as in most statements
        return []
    statement = _CITED.sub(lambda match: " " * len(match.group()), statement)
    references: list[CrossReference] = []
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(statement):
            references.extend(_items(kind, match))
    return sorted(references, key=lambda p: (p.start, p.end))


def _items(kind: str, match: re.Match[str]) -> Iterator[CrossReference]:
    start = max(match.start(group) for group in match.re.groupindex)
    last: tuple[int, str] | None = None
    for item in _ITEM.finditer(match.string, start, match.end()):
        number = _plain(item.group())
        if last and kind not in ("section", "appendix") and ("." in number) != ("." in last[1]):
            return  # in 图1和4.2 the second is something else
        if last and last[1].isdigit() and number.isdigit() and _RANGE.fullmatch(match.string, last[0], item.start()):
            for between in range(int(last[1]) + 1, min(int(number), int(last[1]) + 30)):
                yield CrossReference(kind, str(between), match.group(), match.start(), match.end())
        yield CrossReference(kind, number, match.group(), match.start(), match.end())
        last = item.end(), number


def _plain(number: str) -> str:
    if number[0] not in "一二三四五六七八九十":
        return number
    tens, _, ones = number.rpartition("十")
    if "十" not in number:
        return str(_HAN_VALUES[number[-1]])
    return str(10 * (_HAN_VALUES[tens] if tens else 1) + (_HAN_VALUES[ones] if ones else 0))


def first_dangling_reference(statement: str, passages: PaperIndex) -> CrossReference | None:
    """The first thing that the statement points at and the paper does not have."""
    return next((pointer for pointer in find_references(statement) if not exists(pointer, passages)), None)


def exists(pointer: CrossReference, passages: PaperIndex) -> bool:
    """Whether the paper has what is pointed at."""
    kind, number = pointer.kind, pointer.number
    if kind in ("section", "appendix"):
        return passages.has_section(number)
    if kind == "page":
        return 1 <= int(number) <= passages.paper.pages
    if kind == "figure":
        return passages.has_figure(number)
    if kind == "table":
        return passages.has_table(number)
    if kind == "equation":
        return passages.has_equation(number)
    if kind == "algorithm":
        return passages.has_algorithm(number)
    return passages.has_statement(kind, number)


def without_pointers(statement: str) -> str:
    """The statement with blanks where it points at something: every offset stays what it was."""
    spans = {(pointer.start, pointer.end) for pointer in find_references(statement)}
    characters = list(statement)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)
