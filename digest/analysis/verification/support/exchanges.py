"""Whether something in a statement takes the place of another in its quotation: a measure, an opposite, a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from digest.analysis.verification.support.lexicon import Hit, plain_words
from digest.analysis.verification.support.wordings import Name, Pair, Wording
from digest.models.analysis import Doubt, DoubtCode


def opposite_doubts(pair: Pair) -> Iterable[Doubt]:
    """One side of a pair of opposites stands in the statement alone, the other in the quotation alone."""
    if not pair.is_short:
        return
    ours, theirs = _by_concept(pair.statement.hits("opposites")), _by_concept(pair.quotation.hits("opposites"))
    if pair.quotation.named("negation.strong", "negation") and not pair.statement.named("negation.strong", "negation"):
        return  # "not needed" is "unnecessary"
    for concept, hit in ours.items():
        opposite = f"{concept[:-1]}{1 - int(concept[-1])}"
        if opposite in theirs and concept not in theirs and opposite not in ours:
            yield Doubt(DoubtCode.OPPOSITE, hit.text, theirs[opposite].text)
            return


def measure_doubts(pair: Pair) -> Iterable[Doubt]:
    """A measure, language, task, ... in place of another of its family."""
    if not pair.is_short:
        return
    for table, code in (("measure", DoubtCode.MEASURE), ("alternatives", DoubtCode.NAME_EXCHANGED)):
        ours, theirs = _by_concept(pair.statement.hits(table)), _by_concept(pair.quotation.hits(table))
        for concept, hit in ours.items():
            if concept in theirs:
                continue
            family = concept.rpartition(".")[0]
            if family == "measure.attribute":
                continue  # they say what a word of direction belongs to
            rivals = [h for c, h in theirs.items() if c.rpartition(".")[0] == family and c not in ours]
            if rivals:
                yield Doubt(code, hit.text, rivals[0].text)
                return


def _by_concept(hits: list[Hit]) -> dict[str, Hit]:
    return {concept: hit for hit in reversed(hits) for concept in hit.concepts}


# --- names

_LEAD = 2.0  # words before the subject of a clause

_ON = re.compile(
    r"(?:\b(?:on|in|for|at|over|with|using|from|to)\s(?:the\s|an?\s|open\s|both\s)?|在|于|对|用|除了?|使用|采用|基于|和|与|及|以)\s*$",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"(?:\b(?:than|over|beats?|outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|exceed(?:s|ed|ing)?|against|behind|compared\s(?:to|with)|relative\sto|versus|vs\.?|as|of|ahead\sof|but|except)"
    r"\s(?:that\sof\s|the\s|an?\s)?|比|与|和|于|过|较|相比|胜过|除|为|是|对)\s*$",
    re.IGNORECASE,
)


def name_doubts(pair: Pair) -> Iterable[Doubt]:
    """A name of the statement that its quotation lacks, in a place where the quotation has another one."""
    ours, theirs = named_things(pair.statement, pair.proper), named_things(pair.quotation, pair.proper)
    quoted_keys, own_keys = {n.key for n in theirs}, {n.key for n in ours}
    added = [n for n in ours if not _in_text(n, pair.quotation, quoted_keys)]
    dropped = [n for n in theirs if not _in_text(n, pair.statement, own_keys)]
    if not added or not dropped or not pair.is_short:
        return
    for name in added:
        for rival in dropped:
            if _similar_place(pair, name, rival):
                yield Doubt(DoubtCode.NAME_EXCHANGED, name.text, rival.text)
                return


def named_things(wording: Wording, proper: Set[str]) -> list[Name]:
    """The names of a text that may stand for one another. The first word of a sentence is one where it has a name's
    form, or the paper always writes it with a capital (`proper`)."""
    return [
        name for name in wording.names
        if len(name.key) > 1 and name.text.lower() not in plain_words()
        and (not name.leads or _has_form(name) or name.text.lower() in proper)
    ]  # fmt: skip


def _has_form(name: Name) -> bool:
    return re.search(r".[A-Z]|\d", name.text) is not None


def _in_text(name: Name, wording: Wording, keys: set[str]) -> bool:
    folded = re.sub(r"[^a-z0-9+@]", "", wording.text.lower())
    if name.key in keys or name.key.rstrip("s") in keys:
        return True
    if len(name.key) >= 5 and not re.search(r"\d", name.key):
        return name.key.rstrip("s") in folded
    return re.search(rf"(?<![a-z0-9-]){re.escape(name.text.lower())}(?![a-z0-9])", wording.text.lower()) is not None


def _similar_place(pair: Pair, name: Name, rival: Name) -> bool:
    return _place(pair.statement, name) == _place(pair.quotation, rival)


def _place(wording: Wording, name: Name) -> str:
    """The role of a name: object of a comparison, place, subject (near the start of a clause), or another."""
    before = wording.text[max(0, name.start - 24) : name.start]
    if _THAN.search(before):
        return "than"
    if _ON.search(before):
        return "on"
    clause = wording.clause(name.start)
    begin = max([0, *(b for b in wording.breaks if b <= name.start)])
    lead = Wording(wording.text[begin : name.start].strip("，,;；、 and"))
    return (
        "subject"
        if lead.size <= _LEAD or (clause == 0 and not wording.is_chinese and lead.size <= 2 * _LEAD)
        else "other"
    )
