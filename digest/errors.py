"""The errors that Broadsheet raises, as a tree. Expected failures of single papers, categories and targets are values
(`digest.models.notice.Notice`); these are for what stops a command.

    BroadsheetError            one sentence for a person: what is wrong, where, what to do
    ├── ConfigError            the configuration: every mistake at once          exit code 2
    ├── InputError             an argument or a file that was given              exit code 2
    │   ├── KeywordError       a keyword's grammar, with the place
    │   └── UnknownError       an edition, day, paper or chat that does not exist
    ├── SourceError            arXiv could not be asked                          exit code 3
    ├── StorageError           the database: locked, read-only, newer, damaged   exit code 4
    │   └── StorageBusyError   another process writes to it just now
    └── PublishError           some messages could not be delivered              exit code 5
        └── ZoteroError        papers could not be sent to Zotero (digest.export.zotero_client)
"""

from __future__ import annotations

from collections.abc import Mapping


class BroadsheetError(Exception):
    """The root. `str(error)` is a sentence that may be shown to a person: no secret, no traceback."""

    exit_code = 1


class ConfigError(BroadsheetError):
    """All mistakes of a configuration; each is a line with its dotted key and a hint."""

    exit_code = 2

    def __init__(self, mistakes: list[str], source: str = "config.toml") -> None:
        self.mistakes, self.source = mistakes, source
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        super().__init__("\n".join([f"{source} has {count}:", *(f"  {m}" for m in mistakes)]))


class InputError(BroadsheetError):
    """An argument or a file that can't be used."""

    exit_code = 2


_EXCERPT = 60  # characters


class KeywordError(InputError):
    """A keyword that does not parse. `position` is the offset of the mistake in `keyword`, in code points; the text
    `keyword.<code>` of the catalogue, with `params`, is the hint in the reader's language."""

    def __init__(
        self, keyword: str, position: int, code: str, hint: str, params: Mapping[str, str | int] | None = None
    ) -> None:
        self.keyword, self.position, self.code, self.hint = keyword, position, code, hint
        self.params = dict(params or {})
        excerpt, position_mark = self.excerpt()
        super().__init__(f"{hint}\n  {excerpt}\n  {' ' * position_mark}^")

    def excerpt(self) -> tuple[str, int]:
        """The keyword around the mistake, at most 60 characters of it, and the place of the mistake in that."""
        if len(self.keyword) <= _EXCERPT:
            return self.keyword, self.position
        start = max(0, min(self.position - _EXCERPT // 2, len(self.keyword) - _EXCERPT))
        dots = "…" if start else ""
        end = "…" if start + _EXCERPT < len(self.keyword) else ""
        return f"{dots}{self.keyword[start : start + _EXCERPT]}{end}", self.position - start + len(dots)


class UnknownError(InputError):
    """Something was named that does not exist."""


class SourceError(BroadsheetError):
    """arXiv could not be asked, or what came can't be used."""

    exit_code = 3


class StorageError(BroadsheetError):
    """The database can't be opened, read or written."""

    exit_code = 4


class StorageBusyError(StorageError):
    """Another process writes to the database: the same a little later may well succeed. Nothing was changed."""


class PublishError(BroadsheetError):
    """Some messages could not be delivered; the rest was."""

    exit_code = 5
