"""What the model reads of a paper. Pure.

The body whole, displayed formulas as linear text. References, appendix, acknowledgements and footnotes are left out,
and so are the brackets of citations, which the check of quotations does not need. Only where the model's context or the
budget demands it, paragraphs are left out, by what their section is worth to the part that is asked (`section_focus`)
and their place in it; the context says of how many pages it was made.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from digest.analysis.hidden_text_notices import hidden_text_notices
from digest.analysis.llm.plain_text import strip_invisible
from digest.analysis.llm.section_focus import ANY, section_kinds, section_worth
from digest.analysis.llm.token_estimate import estimate_tokens
from digest.models.analysis import AnalysisSource
from digest.models.notice import Notice
from digest.models.paper import Paper
from digest.models.paper_text import Caption, PaperParagraph, PaperText, ParagraphKind, Section, SectionKind
from digest.text.latex.latex_to_text import latex_to_text
from digest.text.phrases import without_instructions

LEFT_OUT = "[…]"
FORMULA = "[formula]"  # where a displayed formula could not be read
_RELATIONS = "=≤≥<>≈∼∝→≡∈←≠≪≫:≜≃"
_LONGEST_FORMULA = 400  # characters
SHORTENED = "llm.shortened"  # code of the notice
_SKIPPED = (SectionKind.REFERENCES, SectionKind.APPENDIX, SectionKind.ACKNOWLEDGEMENTS)

_BY_PLACE = (1.6, 1.2)  # the first and the second paragraph of a section; the others weigh 1
_KINDS = {ParagraphKind.EQUATION: 0.4, ParagraphKind.TABLE: 0.3}
_CAPTION = 0.9
_FIGURES = 1.3  # a paragraph of results that names figures
_SATURATION = 5.0  # a kind of section that fills a fifth of the limit is worth half
_NUMBER = re.compile(r"\d\.\d|\d ?%|\b(?:Table|Figure|Fig\.|表|图) ?\d")
_WORD = re.compile(r"[^\W\d_]{3,}")
_WORDS_OF_A_SENTENCE = 8  # from so many on there are words around a formula

_BRACKET = re.compile(r"\s*\(([^()]{6,400})\)|\s*\[([^\[\]]{1,80})\]")
_BY_NAME = re.compile(
    r"(?:(?:see|also|e\.g\.|cf\.),? )*[A-Zdv][^\d;]*(?:,|et al\.?) ?(?:19|20)\d\d[a-z]?(?:, ?[\da-z]{1,5})*|[a-z]"
)
_TAG = r"[A-Z][A-Za-z+]{1,6}\d\d[a-z]?"
_BY_NUMBER = re.compile(rf"[1-9]\d{{0,2}}(?: ?[,;–-] ?[1-9]\d{{0,2}})*|{_TAG}(?:[,;] ?{_TAG})*")
_FULL_STOP = re.compile(r"[a-z)\]][.!?](?:\s|$)")


@dataclass(frozen=True, slots=True)
class PromptContext:
    """The text that goes into the prompt. `pages` are those of which anything is in it."""

    text: str
    made_from: AnalysisSource
    pages: tuple[int, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def is_shortened(self) -> bool:
        """Whether text of the body was left out for want of room."""
        return any(notice.code == SHORTENED for notice in self.notices)

    @property
    def tokens(self) -> int:
        return estimate_tokens(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """One paragraph or caption as it is read, with its weight."""

    section: int
    kind: str  # of its section
    text: str
    page: int
    weight: float
    tokens: int


def context_from_abstract(paper: Paper) -> PromptContext:
    """Title and abstract as arXiv gives them, made readable."""
    abstract, count = without_instructions(latex_to_text(paper.abstract))
    text = f"Title: {latex_to_text(paper.title)}\n\n## Abstract\n{abstract}"
    return PromptContext(text, AnalysisSource.ABSTRACT, notices=_instructions(count))


def context_from_text(
    paper: Paper, text: PaperText, *, limit: int | None = None, tables: bool = True, part: str = ANY
) -> PromptContext:
    """The body of the paper in at most `limit` tokens (None: all of it), with or without rows of tables. Where it does
    not fit, what matters to a `part` of the analysis is kept."""
    cleaned = [(section, *_without_noise(section, tables)) for section in _body(text)]
    instructions = sum(count for _, _, count in cleaned)
    captions = _captions(text)
    sections = [section for section, _, _ in cleaned]
    kinds = section_kinds(sections)
    pieces = [
        piece
        for i, (section, paragraphs, _) in enumerate(cleaned)
        for piece in _pieces(i, kinds[i], part, paragraphs, captions.get(id(section), []))
    ]
    head = f"Title: {latex_to_text(paper.title)}"
    chosen = pieces if limit is None else _heaviest(pieces, limit - estimate_tokens(head))
    body = "\n\n".join(_sections(sections, pieces, set(chosen)))
    pages = tuple(sorted({p.page for p in chosen}))
    notices = hidden_text_notices(text) + _instructions(instructions)
    if len(chosen) < len(pieces):
        notices += (Notice.of(SHORTENED, pages=len(pages), of=text.pages),)
    return PromptContext(f"{head}\n\n{body}", AnalysisSource.FULL_TEXT, pages, notices)


def with_pages_of(context: PromptContext, more_contexts: Iterable[PromptContext], text: PaperText) -> PromptContext:
    """The context, with the pages that it and `others` hold together, for what readers are told of them."""
    pages = tuple(sorted({page for each in (context, *more_contexts) for page in each.pages}))
    shortened = Notice.of(SHORTENED, pages=len(pages), of=text.pages)
    notices = tuple(shortened if notice.code == SHORTENED else notice for notice in context.notices)
    return replace(context, pages=pages, notices=notices)


def _instructions(count: int) -> tuple[Notice, ...]:
    return (Notice.of("llm.instructions_in_paper", n=count),) if count else ()


def _body(text: PaperText) -> Iterator[Section]:
    """The sections before the appendix that are no references or thanks."""
    skipped: int | None = None  # the level of the section that is skipped with all below it
    for section in text.sections:
        if skipped is not None and section.level > skipped:
            continue
        skipped = section.level if section.kind in _SKIPPED else None
        if skipped is None:
            yield section


def _without_noise(section: Section, tables: bool) -> tuple[list[PaperParagraph], int]:
    """The paragraphs as they are read, and how many sentences were taken out because they speak to a machine."""
    paragraphs: list[PaperParagraph] = []
    count = 0
    for paragraph in section.paragraphs:
        if paragraph.kind is ParagraphKind.REFERENCE or (not tables and _is_table(paragraph)) or _is_stump(paragraph):
            continue
        if paragraph.kind is ParagraphKind.EQUATION:
            formula = _formula(strip_invisible(paragraph.text))
            if not (paragraphs and paragraphs[-1].text == formula == FORMULA):
                paragraphs.append(PaperParagraph(formula, paragraph.page, paragraph.kind))
            continue
        lines = "\n".join(strip_invisible(line) for line in paragraph.text.splitlines())  # rows of a table
        words, count_found = without_instructions(_without_citations(lines))
        count += count_found
        if words:
            paragraphs.append(PaperParagraph(words, paragraph.page, paragraph.kind))
    return paragraphs, count


def _without_citations(text: str) -> str:
    """The text without brackets that only cite: [3, 4], [Mit97], (Li et al., 2020; Kim and Lee, 2019a)."""

    def without_citing(match: re.Match[str]) -> str:
        names, numbers = match[1], match[2]
        if names:
            cites = all(_BY_NAME.fullmatch(piece.strip()) for piece in names.split(";"))
        else:
            cites = _BY_NUMBER.fullmatch(numbers.strip()) is not None
        return "" if cites else match.group()

    return _BRACKET.sub(without_citing, text)


def _formula(text: str) -> str:
    """A displayed formula as linear text, or a mark where only pieces of it are left."""
    whole = any(sign in text for sign in _RELATIONS) and len(text) <= _LONGEST_FORMULA
    return text if whole or len(_WORD.findall(text)) >= _WORDS_OF_A_SENTENCE else FORMULA


def _is_stump(paragraph: PaperParagraph) -> bool:
    """Whether a paragraph is what is left of a plot: fragments that can't be quoted."""
    return paragraph.kind is ParagraphKind.PROSE and len(paragraph.text.split()) < 4


def _is_table(paragraph: PaperParagraph) -> bool:
    """Whether a paragraph is rows of a table or labels of a plot: mostly figures and stumps, no sentences."""
    words = paragraph.text.split()
    if paragraph.kind is ParagraphKind.TABLE:
        return True
    if _FULL_STOP.search(paragraph.text) and len(words) > 12:
        return False
    figures = sum(any(map(str.isdigit, word)) for word in words)
    return len(words) >= 4 and figures >= 0.35 * len(words)


def _pieces(
    index: int, kind: str, part: str, paragraphs: list[PaperParagraph], captions: list[Caption]
) -> Iterator[_Piece]:
    weight = section_worth(kind, part)
    for position, paragraph in enumerate(paragraphs):
        by_place = _BY_PLACE[position] if position < len(_BY_PLACE) else 1.0
        by_kind = _KINDS[ParagraphKind.TABLE] if _is_table(paragraph) else _KINDS.get(paragraph.kind, 1.0)
        by_figures = _FIGURES if kind == "results" and _NUMBER.search(paragraph.text) else 1.0
        worth = weight * by_place * by_kind * by_figures
        yield _Piece(index, kind, paragraph.text, paragraph.page, worth, estimate_tokens(paragraph.text))
    for caption in captions:
        words = f"[{caption.kind.capitalize()} {caption.number}, page {caption.page}] {strip_invisible(caption.text)}"
        words, _ = without_instructions(_without_citations(words))
        yield _Piece(index, kind, words, caption.page, weight * _CAPTION, estimate_tokens(words))


def _captions(text: PaperText) -> dict[int, list[Caption]]:
    """The captions by the identity of their section: the first on their page, where the reader did not say."""
    by_section: dict[int, list[Caption]] = defaultdict(list)
    for caption in text.captions:
        home = _first_on(caption.page, text) if caption.section is None else text.sections[caption.section]
        if home is not None:
            by_section[id(home)].append(caption)
    return by_section


def _first_on(page: int, text: PaperText) -> Section | None:
    """The section that a page begins with, if anything of it stands there; or else the last one before it."""
    before: Section | None = None
    for section in text.sections:
        if any(paragraph.page == page for paragraph in section.paragraphs):
            return section
        if section.page <= page:
            before = section
    return before


def _heaviest(pieces: list[_Piece], limit: int) -> list[_Piece]:
    """The pieces that are worth most and fit, in their order. The more there is of a kind of section, the less another
    piece of it is worth, so that none fills all of a small context. A section's heading costs about ten tokens."""
    queues: dict[str, deque[_Piece]] = defaultdict(deque)
    for piece in sorted(pieces, key=lambda p: -p.weight):
        queues[piece.kind].append(piece)
    chosen: set[_Piece] = set()
    opened: set[int] = set()
    taken: Counter[str] = Counter()
    room = limit
    while any(queues.values()):
        kind = max((k for k, queue in queues.items() if queue), key=lambda k: _worth(queues[k][0], taken[k], limit))
        piece = queues[kind].popleft()
        cost = piece.tokens + 2 + (0 if piece.section in opened else 10)
        if cost <= room:
            chosen.add(piece)
            opened.add(piece.section)
            taken[kind] += cost
            room -= cost
    return [piece for piece in pieces if piece in chosen]


def _worth(piece: _Piece, taken: int, limit: int) -> float:
    return piece.weight / (1 + _SATURATION * taken / max(limit, 1))


def _sections(sections: list[Section], pieces: list[_Piece], chosen: set[_Piece]) -> Iterator[str]:
    for index, section in enumerate(sections):
        section_pieces = [piece for piece in pieces if piece.section == index]
        lines = [piece.text if piece in chosen else LEFT_OUT for piece in section_pieces]
        lines = [line for i, line in enumerate(lines) if line != LEFT_OUT or i == 0 or lines[i - 1] != LEFT_OUT]
        if lines and lines != [LEFT_OUT]:
            yield "\n".join([f"## {strip_invisible(section.label) or 'Front'} (page {section.page})", *lines])
