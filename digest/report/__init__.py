"""Stage 5's other half: a Digest as files. Plain data for programs, Markdown for archives, a page for browsers."""

from digest.report.data import as_json

__all__ = ["as_json"]
