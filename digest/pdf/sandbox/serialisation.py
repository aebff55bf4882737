"""PaperText and Notice as JSON and back, between child and parent.

The child only writes, and imports no pydantic for it: its memory is limited. The parent checks every field, because
what a process says after it read a hostile file may be anything.
"""

from __future__ import annotations

import json
from dataclasses import fields

from digest.models.notice import Notice
from digest.models.paper_text import PaperText


def text_to(text: PaperText) -> bytes:
    """A PaperText as JSON."""
    return json_of(text)


def json_of(value: object) -> bytes:
    """A dataclass, with those inside it, as JSON."""
    return json.dumps(value, ensure_ascii=False, default=_fields).encode("utf-8", "replace")


def _fields(value: object) -> dict[str, object]:
    """What a dataclass is made of, one level deep. `dataclasses.asdict` copies everything below it first."""
    return {field.name: getattr(value, field.name) for field in fields(value)}  # type: ignore[arg-type]


def text_from(payload: bytes) -> PaperText:
    """The PaperText that `text_to` wrote; an error for anything else."""
    from digest.codec import decode  # pydantic, for the parent alone

    return decode(PaperText, json.loads(payload))


def notice_to(notice: Notice) -> str:
    return json.dumps({"code": notice.code, "params": dict(notice.params)})


def notice_from(payload: bytes | str) -> Notice:
    """The Notice that `notice_to` wrote; KeyError, TypeError or ValueError for anything else."""
    fields = json.loads(payload)
    params = {str(k): v if isinstance(v, int | float) else str(v) for k, v in fields["params"].items()}
    return Notice.of(str(fields["code"]), **params)
