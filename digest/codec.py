"""The dataclasses of `digest.models` <-> plain data and JSON, for the database and for workers.

What an older Broadsheet wrote can be read: a field that is missing has its default, one that is gone is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


class DecodeError(ValueError):
    """Data that is not what it is said to be."""


_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


def encode(value: Any) -> Any:
    """A dataclass of the model as dicts, lists, strings, numbers, booleans and None."""
    return _adapter(type(value)).dump_python(value, mode="json")


def decode(cls: type[T], data: Any) -> T:
    """What `encode` gave, as `cls` again. Raises `DecodeError`."""
    try:
        return _adapter(cls).validate_python(data)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise DecodeError(_reason(cls, error)) from error


def to_json(value: Any) -> str:
    """A dataclass of the model as compact JSON. Half a surrogate pair, which UTF-8 can't hold, becomes U+FFFD."""
    adapter = _adapter(type(value))
    try:
        return adapter.dump_json(value).decode()
    except ValueError:
        return _adapter(Any).dump_json(_whole(adapter.dump_python(value, mode="json"))).decode()


def from_json(cls: type[T], text: str | bytes) -> T:
    """What `to_json` gave, as `cls` again. Raises `DecodeError`."""
    try:
        return _adapter(cls).validate_json(text)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise DecodeError(_reason(cls, error)) from error


def whole_text(text: str) -> str:
    """The text with surrogate pairs joined and lone halves replaced, so that it can be stored and sent."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _whole(data: Any) -> Any:
    if isinstance(data, str):
        return whole_text(data)
    if isinstance(data, list):
        return [_whole(item) for item in data]
    if isinstance(data, dict):
        return {_whole(key): _whole(item) for key, item in data.items()}
    return data


def _reason(cls: Any, error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    location = ".".join(map(str, first["loc"])) or "the whole"
    return f"not a {getattr(cls, '__name__', cls)}: {location}: {first['msg']}"
