"""What `broadsheet init` was given on its command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SetupAnswers:
    """What was given as options; nobody is asked for it."""

    edition: str = ""
    title: str = ""
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    language: str = ""
    publish_at: str = ""
    timezone: str = ""
    chats: Mapping[str, str] = field(default_factory=dict)  # the platforms' options by name
    llm_url: str = ""
    llm_model: str = ""
    prices: tuple[float, float, float] | None = None
    contact: str = ""
