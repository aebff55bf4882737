"""A quotation laid beside the words of the paper: what is the same, what differs, and whether that matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz.distance import Levenshtein

from digest.analysis.verification.word_equivalence import equivalent_words
from digest.text.paper_index import PaperIndex
from digest.text.tokens import SYMBOLS, is_number
from digest.text.word_lists import protected, word_list

_MISSING_RUN = 2  # words that may be left out in one place without an ellipsis
_WORDS_PER_MISSING = 12  # of so many words one may be missing
_ARTICLES = ("a", "an", "the")
_UNIT_SIGNS = frozenset("%‰°$€£¥")


class Difference(StrEnum):
    """What kind of difference stands between a quotation and the paper."""

    NUMBER = "number"
    SIGN = "sign"
    UNIT = "unit"
    ADDED = "word_added"
    CHANGED = "word_changed"
    DROPPED = "word_dropped"
    CUT = "cut"  # too much left out without an ellipsis

    @property
    def is_numeric(self) -> bool:
        return self in (Difference.NUMBER, Difference.SIGN, Difference.UNIT)


@dataclass(frozen=True, slots=True)
class AlignmentFault:
    """One difference that matters: the quotation's word and the paper's ("" where there is none)."""

    kind: Difference
    quoted: str = ""
    written: str = ""

    @property
    def code(self) -> str:
        """The catalogue's code for it (without `notice.`)."""
        if self.kind.is_numeric and not self.written:
            return f"check.{self.kind.value}_added"
        if self.kind.is_numeric and not self.quoted:
            return f"check.{self.kind.value}_dropped"
        return f"check.{self.kind.value}"


@dataclass(slots=True)
class QuoteAlignment:
    """A quotation beside the tokens `first` to `last` (not included) of the paper."""

    first: int
    last: int
    same: int = 0
    missing: int = 0
    faults: list[AlignmentFault] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.faults

    @property
    def is_numeric(self) -> bool:
        """Whether all that differs are numbers, their signs and units."""
        word_faults = [fault for fault in self.faults if not fault.kind.is_numeric]
        return len(word_faults) < len(self.faults) and all(is_number(fault.written) for fault in word_faults)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Where two sequences are the same, or where they are not."""

    quoted: slice
    written: slice
    same: bool


def align_quote(quote: Sequence[str], passages: PaperIndex, first: int, last: int) -> QuoteAlignment:
    """The quotation beside the paper's tokens from `first` up to `last`; what sticks out at the ends is cut off.
    Where less than half is the same, nothing more is looked at."""
    paper, free = passages.tokens.norms[first:last], passages.tokens.optional[first:last]
    stretches = _trimmed(_stretches(quote, paper), quote, paper, free)
    if not stretches:
        return QuoteAlignment(first, first, faults=[AlignmentFault(Difference.CUT)])
    begin, end = stretches[0].written.start, stretches[-1].written.stop
    result = QuoteAlignment(first + begin, max(first + end, first + begin + 1))
    result.same = sum(s.quoted.stop - s.quoted.start for s in stretches if s.same)
    if 2 * result.same < len(quote):
        result.faults.append(AlignmentFault(Difference.CUT))
        return result
    judge = _Judge(quote, paper, free, passages, first, result)
    for stretch in stretches:
        if not stretch.same:
            judge.stretch(stretch)
    if result.missing > max(1, len(quote) // _WORDS_PER_MISSING):
        result.faults.append(AlignmentFault(Difference.CUT))
    return result


def _stretches(quote: Sequence[str], paper: Sequence[str]) -> list[_Stretch]:
    stretches: list[_Stretch] = []
    for op in Levenshtein.opcodes(quote, paper):
        same = op.tag == "equal"
        if stretches and stretches[-1].same == same:
            before = stretches.pop()
            quoted, written = before.quoted.start, before.written.start
        else:
            quoted, written = op.src_start, op.dest_start
        stretches.append(_Stretch(slice(quoted, op.src_end), slice(written, op.dest_end), same))
    return stretches


def _trimmed(
    stretches: list[_Stretch], quote: Sequence[str], paper: Sequence[str], free: Sequence[bool]
) -> list[_Stretch]:
    """Without the paper's words before and behind the quotation. An end that was laid beside the same words further off
    (`the` ... `the model is`) is first moved to where the rest stands."""
    if len(stretches) > 1 and _only_paper(stretches[0]):
        stretches = stretches[1:]
    if len(stretches) > 1 and _only_paper(stretches[-1]):
        stretches = stretches[:-1]
    if len(stretches) > 2 and stretches[0].same:
        head, gap = stretches[0], stretches[1]
        span = _place(quote[head.quoted], paper, gap.written, last=True)
        if span is not None:
            moved = [_Stretch(head.quoted, span, True)]
            moved.append(_Stretch(gap.quoted, slice(span.stop, gap.written.stop), False))
            stretches = [*moved, *stretches[2:]]
        elif _only_paper(gap) and all(
            free[head.written]
        ):  # a formula or citation that lies behind what is left out: not the quotation's
            stretches = [_Stretch(slice(head.quoted.start, gap.quoted.stop), gap.written, False), *stretches[2:]]
    if len(stretches) > 2 and stretches[-1].same:
        tail, gap = stretches[-1], stretches[-2]
        span = _place(quote[tail.quoted], paper, gap.written, last=False)
        if span is not None:
            moved = [_Stretch(gap.quoted, slice(gap.written.start, span.start), False)]
            moved.append(_Stretch(tail.quoted, span, True))
            stretches = [*stretches[:-2], *moved]
        elif _only_paper(gap) and all(free[tail.written]):
            stretches = [*stretches[:-2], _Stretch(slice(gap.quoted.start, tail.quoted.stop), gap.written, False)]
    return stretches


def _place(words: Sequence[str], paper: Sequence[str], within: slice, *, last: bool) -> slice | None:
    """The last (or first) place within a stretch of the paper where it has just these words."""
    length, target = len(words), list(words)
    starts = range(within.start, within.stop - length + 1)
    for start in reversed(starts) if last else starts:
        if list(paper[start : start + length]) == target:
            return slice(start, start + length)
    return None


def _only_paper(stretch: _Stretch) -> bool:
    return not stretch.same and stretch.quoted.start == stretch.quoted.stop


@dataclass(slots=True)
class _Judge:
    """Goes through the places where a quotation and a window of the paper (from token `offset` on) differ."""

    quote: Sequence[str]
    paper: Sequence[str]
    free: Sequence[bool]
    passages: PaperIndex
    offset: int
    result: QuoteAlignment

    def stretch(self, stretch: _Stretch) -> None:
        """Judge one place. Before its first word and behind its last one a quotation leaves nothing out."""
        quoted, written = list(self.quote[stretch.quoted]), stretch.written
        if _same_letters(quoted, list(self.paper[written])):
            return
        starts, ends = stretch.quoted.start == 0, stretch.quoted.stop == len(self.quote)
        index, at, missing, new = 0, written.start, 0, []
        while index < len(quoted):
            match = self._match(quoted, index, slice(at, written.stop))
            if match:
                span, taken, used = match
                if index == 0 and starts:
                    self.result.first = self.offset + span
                else:
                    missing += self._dropped(slice(at, span))
                index, at = index + taken, span + used
            else:
                if starts:  # the quotation's first words stand right before those that are the same
                    at = max(at, written.stop - len(quoted) + index)
                new.append((stretch.quoted.start + index, at))
                at += at < written.stop and self.paper[at] not in quoted[index + 1 :]
                index += 1
        if not ends:
            missing += self._dropped(slice(at, written.stop))
        elif at > written.start:
            self.result.last = self.offset + at
        self._new_words(new, written)
        self.result.missing += missing

    def _match(self, quoted: list[str], index: int, within: slice) -> tuple[int, int, int] | None:
        """Where in a stretch of the paper the quotation goes on, and how many words of each are the same there."""
        words, names = self.passages.words, self.passages.names
        initial = quoted[index][0]
        for position in range(within.start, within.stop):
            if self.paper[position][0] != initial:
                continue
            for taken, used in ((2, 1), (1, 2), (3, 1), (1, 3), (2, 3), (3, 2)):
                if _same_letters(quoted[index : index + taken], list(self.paper[position : position + used])):
                    return position, taken, used
            if equivalent_words(quoted[index], self.paper[position], words, names):
                return position, 1, 1
        return None

    def _new_words(self, new: list[tuple[int, int]], written: slice) -> None:
        """The words of the quotation (their place in it and in the paper) that the paper does not have there."""
        for index, at in new:
            instead = next((self.paper[i] for i in range(at, written.stop) if not self.free[i]), "")
            word = self.quote[index]
            if word in _ARTICLES and (not instead or instead in _ARTICLES):
                continue
            is_cut_off = index == len(self.quote) - 1 and len(word) > 2 and word.isalpha()
            if not (is_cut_off and instead.startswith(word)):
                self._new(word, instead, index)

    def _new(self, word: str, instead: str, index: int) -> None:
        """A word of the quotation that the paper does not have there."""
        if is_number(word):
            kind = Difference.NUMBER
        elif word in SYMBOLS or instead in SYMBOLS:
            kind = Difference.UNIT if {word, instead} & _UNIT_SIGNS else Difference.SIGN
        elif word in word_list("units") and self._is_unit(index):
            kind = Difference.UNIT
        else:
            kind = Difference.CHANGED if instead and not is_number(instead) else Difference.ADDED
        self.result.faults.append(AlignmentFault(kind, word, instead))

    def _is_unit(self, index: int) -> bool:
        """Whether the word stands behind a number, alone or with other units."""
        while index > 0 and self.quote[index - 1] in word_list("units"):
            index -= 1
        return index > 0 and is_number(self.quote[index - 1])

    def _dropped(self, span: slice) -> int:
        """Words of the paper that the quotation leaves out; returns how many of them count."""
        counted = 0
        for word in (self.paper[i] for i in range(span.start, span.stop) if not self.free[i]):
            if word in word_list("empty"):
                continue
            counted += 1
            if word in SYMBOLS:
                kind = Difference.UNIT if word in _UNIT_SIGNS else Difference.SIGN
                self.result.faults.append(AlignmentFault(kind, "", word))
            elif is_number(word) or word in protected() or word in self.passages.names or self._negates(word):
                self.result.faults.append(AlignmentFault(Difference.DROPPED, "", word))
        if counted > _MISSING_RUN:
            self.result.faults.append(AlignmentFault(Difference.CUT))
        return counted

    def _negates(self, word: str) -> bool:
        return any(
            len(word) > len(p) + 3 and word.startswith(p) and word[len(p) :] in self.passages.words
            for p in ("un", "non", "in")
        )


def _same_letters(quoted: list[str], written: list[str]) -> bool:
    """Whether words differ in hyphens and spaces alone: pre-training, pretraining, pre training."""
    if not quoted or "".join(quoted) != "".join(written):
        return False
    if any(is_number(word) or word in SYMBOLS for word in (*quoted, *written)):
        return False
    # `not able` is not `notable`, but `non-linear` is `nonlinear`
    return ({*quoted} ^ {*written}).isdisjoint(word_list("negations") - {"non"})
