"""What can go wrong in asking arXiv, each with a notice that a card or a digest can show.

SourceError
└── ArxivError       `notice` says what it was; `str(error)` is the same in English
    ├── FetchError   no usable answer came: network, server, limits
    └── FeedError    an answer came that is no feed, or no answer of the query API
"""

from __future__ import annotations

from digest.errors import SourceError
from digest.i18n.translator import Translator
from digest.models.notice import Notice


class ArxivError(SourceError):
    """arXiv could not be asked, or its answer can't be used; `notice` says why."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        super().__init__(Translator("en").notice(notice))


class FetchError(ArxivError):
    """No usable answer came."""


class FeedError(ArxivError):
    """An answer came that is not what was asked for."""
