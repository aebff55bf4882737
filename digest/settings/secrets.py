"""Tokens and keys: from the environment only, and never shown.

`NAME` is looked up in the environment, then in `.env` beside `config.toml`; `NAME_FILE` names a file that holds the
value, as containers hand secrets over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

# What tokens look like: Telegram's, Slack's, and the keys of model servers.
_SECRET = re.compile(r"\d{6,12}:[A-Za-z0-9_-]{30,}|xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|\bsk-[\w-]{12,}")


def looks_secret(text: str) -> bool:
    """Whether a token or key stands in the text, as far as its form tells."""
    return _SECRET.search(text) is not None


def masked(text: str) -> str:
    """The text with everything that looks like a token or key put out of sight."""
    return _SECRET.sub("***", text)


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """The secrets that were found, by name. Printing shows names only; they can't be pickled, so that none travels
    to a worker."""

    _values: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self._values.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._values))

    def redact(self, text: str) -> str:
        """The text without any of the secrets, for logs and errors."""
        for value in sorted(self._values.values(), key=len, reverse=True):
            text = text.replace(value, "***")
        return masked(text)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(f'{name}=***' for name in self.names)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("secrets stay in this process")


def read_secrets(names: tuple[str, ...], environ: Mapping[str, str], dotenv: Path) -> tuple[Secrets, list[str]]:
    """The secrets of these names, and what is wrong: a `.env` line that can't be read, a NAME_FILE that is missing."""
    from_file, mistakes = read_dotenv(dotenv)
    secrets: dict[str, str] = {}
    for name in names:
        for source in (environ, from_file):
            if value := source.get(name, "").strip():
                secrets[name] = value
                break
            if file := source.get(f"{name}_FILE", "").strip():
                value, mistake = _from_file(f"{name}_FILE", dotenv.parent / file)
                mistakes += [mistake] if mistake else []
                secrets |= {name: value} if value else {}
                break
    return Secrets(secrets), mistakes


def _from_file(variable: str, path: Path) -> tuple[str, str]:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        return "", f"{variable}: {path} can't be read: {reason}"
    return value, "" if value else f"{variable}: {path} is empty"


def read_dotenv(path: Path) -> tuple[dict[str, str], list[str]]:
    """KEY=VALUE lines of a `.env` file, quotes and `export` taken off; no file is an empty one."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError):
        return {}, [f"{path.name}: can't be read; is it UTF-8, and may this user read it?"]
    values: dict[str, str] = {}
    mistakes: list[str] = []
    for number, line in enumerate((line.strip() for line in lines), start=1):
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)", line)
        if match:
            values[match[1]] = _unquoted(match[2])
        else:
            mistakes.append(f"{path.name} line {number}: not NAME=VALUE")
    return values, mistakes


def _unquoted(value: str) -> str:
    for quote in "'\"":
        if len(value) > 1 and value.startswith(quote) and (end := value.find(quote, 1)) > 0:
            return value[1:end]
    return re.split(r"\s+#", value, maxsplit=1)[0].strip()
