"""Stage 5's other half: a Digest as files. Plain data for programs, Markdown for archives, a page for browsers."""

from digest.report.html_page import html_report
from digest.report.json_data import card_json, digest_json
from digest.report.markdown import markdown_report

__all__ = ["card_json", "digest_json", "html_report", "markdown_report"]
