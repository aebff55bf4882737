"""What in a statement stands against its quotation, by rule. A doubt is no verdict: it names words to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from digest.analysis.verification.support.certainty import (
    cause_doubts,
    certainty_doubts,
    condition_doubts,
    scope_doubts,
)
from digest.analysis.verification.support.comparisons import binding_doubts, comparison_doubts, is_consistent
from digest.analysis.verification.support.exchanges import measure_doubts, name_doubts, opposite_doubts
from digest.analysis.verification.support.name_guard import foreign_name
from digest.analysis.verification.support.number_doubts import bound_doubts, number_doubts
from digest.analysis.verification.support.origin import origin_doubts
from digest.analysis.verification.support.polarity import denial_doubts, direction_doubts, negation_doubts
from digest.analysis.verification.support.relevance import unrelated_doubts
from digest.analysis.verification.support.wordings import Pair, Wording, normalised
from digest.models.analysis import Doubt, DoubtCode
from digest.text.paper_index import PaperIndex
from digest.text.text_blocks import TextBlock

_SPOKEN = frozenset({"paragraph", "caption", "footnote"})
_MOST = 3  # doubts a statement: more say no more


def find_doubts(
    statement: str,
    spans: Sequence[tuple[int, int]],
    passages: PaperIndex,
    *,
    of_others: bool = False,
    guard_names: bool = True,
) -> tuple[Doubt, ...]:
    """Compare a statement with the passages of the paper that were quoted for it. Pure, a few milliseconds.

    `spans` are offsets into `passages.text`. `of_others`: the passages describe earlier work. `guard_names` is off for
    suggestions, which may name what the paper does not.
    """
    quotation = " … ".join(passages.cut(*span) for span in spans)
    blocks = [passages.block_at(start) for start, _ in spans]
    context = " ".join({b.start: b.text for b in blocks}.values())
    pair = Pair(
        Wording(normalised(statement)),
        Wording(normalised(quotation)),
        Wording(normalised(context)),
        passages.proper_names,
    )
    doubts = list(_against(pair, of_others))
    doubts = [*number_doubts(pair, _near(blocks, passages), passages), *doubts]
    if guard_names and (name := foreign_name(pair.statement, passages)) is not None:
        doubts = [Doubt(DoubtCode.NAME, name.text), *(d for d in doubts if d.statement != name.text)]
    return tuple([*doubts, *([] if doubts else unrelated_doubts(pair, passages))][:_MOST])


def _against(pair: Pair, of_others: bool) -> Iterable[Doubt]:
    yield from name_doubts(pair)
    turned = list(comparison_doubts(pair))
    yield from turned
    if not turned and not is_consistent(pair):
        yield from direction_doubts(pair)
    negations = list(negation_doubts(pair))
    yield from negations or denial_doubts(pair)
    yield from opposite_doubts(pair)
    yield from measure_doubts(pair)
    yield from binding_doubts(pair)
    yield from bound_doubts(pair)
    yield from scope_doubts(pair)
    yield from certainty_doubts(pair)
    yield from cause_doubts(pair)
    yield from condition_doubts(pair)
    yield from origin_doubts(pair, of_others)


def _near(blocks: Sequence[TextBlock], passages: PaperIndex) -> list[int]:
    """Where the quoted paragraphs and their neighbours begin, headings between them left out."""
    spoken = [b for b in passages.blocks if b.role in _SPOKEN]
    positions = {b.start: i for i, b in enumerate(spoken)}
    result = set()
    for block in blocks:
        index = positions.get(block.start)
        if index is None:
            result.add(block.start)
        else:
            result |= {b.start for b in spoken[max(0, index - 1) : index + 2]}
    return sorted(result)
