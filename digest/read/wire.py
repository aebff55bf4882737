"""PaperText and Notice as JSON and back, between child and parent.

The parent checks the type of every field: what a child says after it read a hostile file is data, and may be wrong.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from digest.model import Notice, PaperText


def text_to(text: PaperText) -> bytes:
    """A PaperText as JSON."""
    return json.dumps(asdict(text), ensure_ascii=False).encode("utf-8", "replace")


def text_from(payload: bytes) -> PaperText:
    """The PaperText that `text_to` wrote; TypeError or ValueError for anything else."""
    text: PaperText = _decoded(PaperText, json.loads(payload))
    return text


def notice_to(notice: Notice) -> str:
    return json.dumps(asdict(notice))


def notice_from(payload: bytes | str) -> Notice:
    notice: Notice = _decoded(Notice, json.loads(payload))
    return notice


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _decoded(kind: Any, value: Any) -> Any:
    """`value`, as `json` gives it, as the type that `kind` names: dataclasses, tuples, enums, unions, plain values."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is UnionType:
        if value is None and NoneType in args:
            return None
        return _decoded(_fitting([a for a in args if a is not NoneType], value), value)
    if origin is tuple:
        items = _checked(list, value)
        kinds = [args[0]] * len(items) if args[-1] is Ellipsis else args
        return tuple(_decoded(k, item) for k, item in zip(kinds, items, strict=True))
    if isinstance(kind, type) and is_dataclass(kind):
        hints, given = _hints(kind), _checked(dict, value)
        return kind(**{f.name: _decoded(hints[f.name], given[f.name]) for f in fields(kind) if f.name in given})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return float(value) if kind is float and isinstance(value, int) else _checked(kind, value)


def _fitting(kinds: list[Any], value: Any) -> Any:
    return next((k for k in kinds if isinstance(k, type) and type(value) is k), kinds[0])


def _checked(kind: Any, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value
