"""Whether a quotation is in a paper, and where: piece by piece where it has ellipses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from digest.analysis.verification.alignment import QuoteAlignment, align_quote
from digest.models.notice import Notice
from digest.text.paper_index import PaperIndex
from digest.text.tokens import CJK, Tokens, is_number, tokenise
from digest.text.word_lists import word_list

MIN_LETTERS = 25  # a Chinese character counts as 2.5 letters and half a word
MIN_WORDS = 5
_MAX_TOKENS = 600  # a longer quotation must read exactly as the paper; laying it beside other words takes too long
_PIECE_WORDS = 3  # a piece between ellipses has at least so many
_APART = 1200  # offsets between one piece and the next
_EDGE = 3  # words behind and before an ellipsis that must hide no negation; a gap twice as long hides none at all
_ELLIPSIS = re.compile(r"[\[(]?(?:\.\s?\.\s?\.(?:\s?\.)*|…+|⋯+)[\])]?")
_SENTENCE_END = re.compile(r"[.!?:;,。！？：；，]")
# 105 for 10^5, as text copied out of a PDF has it
_FLAT_POWER = re.compile(r"(?<![\d.,^])10(?=[2-9](?![\d.,]\d|\d))")
_DASH = re.compile(r"(?<![A-Za-z]{2})[-–](?!\s)|[-–](?![A-Za-z]{2}|\s)")
_HAN = re.compile(f"[{CJK}]")
_QUOTED_LINE = re.compile(r"^\s*>\s+", re.MULTILINE)
_CHANGED_LETTER = re.compile(r"\[(\w)\](?=\w)")  # [T]he
_MARKUP = (
    (re.compile(r"\\(?:text|math|textbf|textit|mathrm|mathbf|mathcal|mathbb|emph|operatorname)\w*\s*(?=\{)"), ""),
    (re.compile(r"\\(?:left|right|,|;|!|quad|qquad|displaystyle)(?![a-z])"), " "),
    (re.compile(r"\\(?:leq?|leqslant)(?![a-z])"), "≤"),
    (re.compile(r"\\(?:geq?|geqslant)(?![a-z])"), "≥"),
    (re.compile(r"\\times(?![a-z])"), "×"),
    (re.compile(r"\\(?:approx|sim|simeq)(?![a-z])"), "≈"),
    (re.compile(r"\\pm(?![a-z])"), "±"),
    (re.compile(r"\\(?:neq?)(?![a-z])"), "≠"),
    (re.compile(r"\\sqrt(?![a-z])\s*"), "√"),
    (re.compile(r"\\(?=[%$&#_{}])"), ""),
    (re.compile(r"\$(?=\S)([^$\n]{1,120}?)(?<=\S)\$(?!\d)"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class QuotationMatch:
    """What became of a quotation: where it stands (or most likely would), and `why` not, None if it does."""

    spans: tuple[tuple[int, int], ...] = ()
    why: Notice | None = None
    is_numeric: bool = False  # only a number, a sign or a unit is not the paper's

    @property
    def is_found(self) -> bool:
        return self.why is None


def locate_quotation(quote: str, passages: PaperIndex) -> QuotationMatch:
    """Look a quotation up. Pure, and quick: a fraction of a millisecond."""
    text = plain(quote)
    match = _locate(text, passages)
    if match.is_numeric and (dashed := _DASH.sub("−", text)) != text:  # a minus that was typed as a hyphen
        again = _locate(dashed, passages)
        return again if again.is_found else match
    if match.is_numeric and (raised := _FLAT_POWER.sub("10^", text)) != text:
        again = _locate(raised, passages)
        return again if again.is_found else match
    return match


def _locate(text: str, passages: PaperIndex) -> QuotationMatch:
    tokens = tokenise(text)
    if not tokens.norms:
        return QuotationMatch(why=Notice.of("check.quote_missing"))
    if is_short(tokens, text):
        return QuotationMatch(why=Notice.of("check.quote_short", letters=MIN_LETTERS, words=MIN_WORDS))
    whole = best_quotation(tokens, passages)
    pieces = [piece for piece in _ELLIPSIS.split(text) if _weight(tokenise(piece))]
    if len(pieces) < 2 or (whole and whole.is_clean):
        return _judged(whole, passages)
    return _in_pieces([tokenise(piece) for piece in pieces], passages)


def plain(quote: str) -> str:
    """A quotation without the markup that a writer may have put in: `> `, `[T]he`, LaTeX commands and dollars."""
    quote = _CHANGED_LETTER.sub(r"\1", _QUOTED_LINE.sub("", quote))
    if "\\" in quote or "$" in quote:
        for pattern, replacement in _MARKUP:
            quote = pattern.sub(replacement, quote)
    return quote


def is_short(tokens: Tokens, text: str) -> bool:
    """Whether a quotation is too short to prove anything: the quotation "1" is in every paper."""
    han = len(_HAN.findall(text))
    letters = sum(len(norm) for norm in tokens.norms) + len(tokens) - 1 + 1.5 * han
    return letters < MIN_LETTERS - 1 or _weight(tokens) < MIN_WORDS


def _weight(tokens: Tokens) -> float:
    return sum(0.5 if _HAN.match(norm) else 1 for norm in tokens.norms)


def best_quotation(tokens: Tokens, passages: PaperIndex) -> QuoteAlignment | None:
    """The place of the paper that differs least from some words; None where nothing is like them."""
    return min(_alignments(tokens, passages), key=_badness, default=None)


def _badness(alignment: QuoteAlignment) -> tuple[int, int, int]:
    return len(alignment.faults), alignment.missing, alignment.first


def _alignments(tokens: Tokens, passages: PaperIndex) -> Iterator[QuoteAlignment]:
    """Places of some words, the exact ones only where there are any; in the bibliography last."""
    exact = [QuoteAlignment(first, last, same=len(tokens)) for first, last in passages.exact(tokens)]
    if exact:
        yield from sorted(exact, key=lambda a: passages.in_references(passages.tokens.starts[a.first]))
        return
    if len(tokens) > _MAX_TOKENS:
        return
    for first, last in passages.near(tokens):
        alignment = align_quote(tokens.norms, passages, first, last)
        if 2 * alignment.same >= len(tokens):
            yield alignment
        if alignment.is_clean and not alignment.missing:
            return


def _judged(alignment: QuoteAlignment | None, passages: PaperIndex) -> QuotationMatch:
    if alignment is None:
        return QuotationMatch(why=Notice.of("check.quote_absent"))
    spans = (passages.span(alignment.first, alignment.last),)
    if alignment.is_clean:
        word = _turned_before(alignment, passages)
        return QuotationMatch(spans, Notice.of("check.word_dropped", quoted="", written=word) if word else None)
    fault = next((f for f in alignment.faults if f.kind.is_numeric is alignment.is_numeric), alignment.faults[0])
    why = Notice.of(fault.code, quoted=fault.quoted, written=fault.written)
    return QuotationMatch(spans, why, alignment.is_numeric)


def _in_pieces(pieces: list[Tokens], passages: PaperIndex) -> QuotationMatch:
    """Each piece must be there, in order, near the one before, with nothing hidden between that turns the sense."""
    if any(_weight(piece) < _PIECE_WORDS for piece in pieces):
        return QuotationMatch(why=Notice.of("check.piece_short", words=_PIECE_WORDS))
    alignments: list[list[QuoteAlignment]] = []
    for piece in pieces:
        piece_alignments = list(_alignments(piece, passages))
        clean = [alignment for alignment in piece_alignments if alignment.is_clean]
        if not clean:
            return _judged(min(piece_alignments, key=_badness, default=None), passages)
        alignments.append(clean)
    chain = next((c for start in alignments[0] if (c := _chain([start], alignments[1:], passages))), None)
    if chain is None:
        return QuotationMatch(
            (passages.span(alignments[0][0].first, alignments[0][0].last),), Notice.of("check.pieces_apart")
        )
    spans = tuple(passages.span(a.first, a.last) for a in chain)
    for before, after in pairwise(chain):
        if word := _hidden(before, after, passages):
            return QuotationMatch(spans, Notice.of("check.word_dropped", quoted="", written=word))
    return QuotationMatch(spans)


def _chain(
    chain: list[QuoteAlignment], alignments: list[list[QuoteAlignment]], passages: PaperIndex
) -> list[QuoteAlignment] | None:
    if not alignments:
        return chain
    end = passages.tokens.ends[chain[-1].last - 1]
    for alignment in sorted(alignments[0], key=lambda a: a.first):
        start = passages.tokens.starts[alignment.first]
        if chain[-1].last <= alignment.first and start - end <= _APART:
            return _chain([*chain, alignment], alignments[1:], passages)
    return None


def _turned_before(alignment: QuoteAlignment, passages: PaperIndex) -> str | None:
    """What turns or limits a quotation from right before it, in the same sentence: `not [ … ]`, `at least [5 …]`."""
    tokens, first = passages.tokens, alignment.first
    before = tokens.norms[first - 1] if first else ""
    limits = is_number(tokens.norms[first]) and (
        before in word_list("before_number") or tokens.norms[max(0, first - 2) : first] == ["up", "to"]
    )
    if before not in word_list("turning") and not limits:
        return None
    between = passages.text[tokens.ends[first - 1] : tokens.starts[first]]
    return None if _SENTENCE_END.search(between) or "\n" in between else before


def _hidden(before: QuoteAlignment, after: QuoteAlignment, passages: PaperIndex) -> str | None:
    """The negation that an ellipsis leaves out, if it does: right at its edges, or anywhere in a short one."""
    gap = passages.tokens.norms[before.last : after.first]
    looked_at = gap if len(gap) <= 2 * _EDGE else [*gap[:_EDGE], *gap[-_EDGE:]]
    return next((word for word in looked_at if word in word_list("turning")), None)
