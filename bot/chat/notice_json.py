"""Notices as the outbox keeps them: a line of JSON, put into words only when somebody looks."""

from __future__ import annotations

import json

from digest.models.notice import Notice


def dump_notice(notice: Notice) -> str:
    """A notice as text for a column."""
    return json.dumps([notice.code, dict(notice.params)], ensure_ascii=False)


def load_notice(text: str) -> Notice:
    """What `stored` gave; any other text is a reason in words."""
    try:
        code, params = json.loads(text)
        return Notice.of(code, **params)
    except (ValueError, TypeError):
        return Notice.of("publish.failed", what=text)
