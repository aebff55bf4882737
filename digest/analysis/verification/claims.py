"""The check for anybody's summary of a paper: a list of claims with quotations in, a verdict for each out.

[{"claim": "…", "quote": "…"}, …]  --parse-->  Claim  --check_claims-->  Evidence  --as_json, rows-->  for people
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digest.analysis.verification.statements import verify_statement
from digest.errors import InputError
from digest.i18n.doubt_phrases import doubt_lines
from digest.i18n.translator import Translator
from digest.models.analysis import Evidence, Verdict
from digest.models.paper_text import PaperText
from digest.text.paper_index import PaperIndex

_SHOWN = 10  # mistakes of one file that are named
_FORM = '[{"claim": "…", "quote": "…"}, …]'


@dataclass(frozen=True, slots=True)
class SubmittedClaim:
    """What somebody says of a paper, and the words of the paper that should bear it out."""

    claim: str
    quote: str
    more: tuple[str, ...] = ()  # the second and third quotation


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """One claim in a table. `why` is in words, empty for what was found without a doubt."""

    number: int
    claim: str
    verdict: Verdict
    place: str
    why: str
    has_doubts: bool = False


def parse_claims(data: bytes | str, source: str = "the list of claims") -> list[SubmittedClaim]:
    """The claims of a JSON text. Raises `InputError` that names every mistake with its place in the list."""
    items = _items(_load(data, source), source)
    mistakes = [mistake for number, item in enumerate(items, 1) for mistake in _mistakes(number, item)]
    if mistakes:
        more = [f"  … and {len(mistakes) - _SHOWN} more"] if len(mistakes) > _SHOWN else []
        lines = [f"{source} should be {_FORM}:", *(f"  {m}" for m in mistakes[:_SHOWN]), *more]
        raise InputError("\n".join(lines))
    return [SubmittedClaim(item["claim"], *_split(item["quote"])) for item in items]


def _split(quote: str | list[str]) -> tuple[str, tuple[str, ...]]:
    quotes = [quote] if isinstance(quote, str) else quote
    return quotes[0], tuple(quotes[1:])


def _load(data: bytes | str, source: str) -> object:
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data.removeprefix("\ufeff")
        return json.loads(text)
    except UnicodeDecodeError as error:
        raise InputError(f"{source} is not UTF-8 text: byte {error.start + 1} can't be read") from error
    except json.JSONDecodeError as error:
        position = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{source} is not JSON: {error.msg} at {position}. It should be {_FORM}") from error
    except RecursionError as error:
        raise InputError(f"{source} is nested too deep. It should be {_FORM}") from error


def _items(value: object, source: str) -> list[dict[str, Any]]:
    if isinstance(value, dict) and isinstance(value.get("claims"), list):
        value = value["claims"]  # as this command writes it
    if not isinstance(value, list):
        raise InputError(f"{source} holds {_named(value)}, not a list. It should be {_FORM}")
    return value


def _mistakes(number: int, item: object) -> list[str]:
    if not isinstance(item, dict):
        return [f"claim {number} is {_named(item)}, not an object"]
    return [
        f'claim {number}: "{key}" is missing' if key not in item else f'claim {number}: "{key}" is {_named(item[key])}'
        for key in ("claim", "quote")
        if not (isinstance(item.get(key), str) or (key == "quote" and _are_quotes(item.get(key))))
    ]


def _are_quotes(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(quote, str) for quote in value)


def _named(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def check_claims(claims: Sequence[SubmittedClaim], text: PaperText) -> list[Evidence]:
    """The evidence for each claim, in order."""
    passages = PaperIndex(text)
    return [verify_statement(claim.claim, (claim.quote, *claim.more), passages) for claim in claims]


def as_json(evidence: Sequence[Evidence], texts: Translator) -> dict[str, list[dict[str, Any]]]:
    """What `broadsheet check --json` prints: one entry a claim, in order, with the reason in words.

    `doubts` are words to compare, each with its code; `compared` says by what they were looked for.
    """
    return {
        "claims": [
            {
                "verdict": e.verdict.value,
                "page": e.page,
                "section": e.section,
                "passage": e.passage,
                "why": texts.notice(e.why) if e.why else None,
                "doubts": [{"code": d.code.value, "claim": d.statement, "quote": d.quotation} for d in e.doubts],
                "compared": e.compared.value,
                "earlier_work": e.of_others,
                "computed": list(e.computed),
                "more": [{"page": p.page, "section": p.section, "passage": p.passage} for p in e.more],
            }
            for e in evidence
        ]
    }


def rows(claims: Sequence[SubmittedClaim], evidence: Sequence[Evidence], texts: Translator) -> list[ClaimReport]:
    """The same for a table."""
    return [
        ClaimReport(number, claim.claim or claim.quote, e.verdict, _place(e), _why(e, texts), bool(e.doubts))
        for number, (claim, e) in enumerate(zip(claims, evidence, strict=True), 1)
    ]


def _why(evidence: Evidence, texts: Translator) -> str:
    reasons = [texts.notice(evidence.why)] if evidence.why else []
    return "\n".join([*reasons, *doubt_lines(evidence.doubts, texts)])


def summary(evidence: Sequence[Evidence]) -> str:
    """The last line of the table, which says no more than was compared."""
    present = sum(e.verdict is Verdict.FOUND for e in evidence)
    doubtful = sum(bool(e.doubts) for e in evidence)
    lines = f"{present} of {len(evidence)} claims have their quotations and numbers in the paper; "
    lines += (
        f"{doubtful} of them should be compared with the quotation by eye.\n" if doubtful else "rules found no doubt.\n"
    )
    return lines + "Rules compare numbers, names and single words: they do not say that a claim is true."


def has_doubts(evidence: Sequence[Evidence]) -> bool:
    """Whether any claim failed the check or came out with a doubt."""
    return any(e.verdict is not Verdict.FOUND or e.doubts for e in evidence)


def _place(evidence: Evidence) -> str:
    page = f"p. {evidence.page}" if evidence.page else ""
    return ", ".join(part for part in (page, evidence.section or "") if part)
