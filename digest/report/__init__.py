"""Stage 5's other half: a Digest as files. Plain data for programs, Markdown for archives, a page for browsers."""

from digest.report.html_page import html
from digest.report.json_data import as_json, card_json
from digest.report.markdown import markdown

__all__ = ["as_json", "card_json", "html", "markdown"]
