"""An analysis with what rules read in the paper's text, whoever wrote its statements. Pure."""

from __future__ import annotations

from dataclasses import replace

from digest.analysis.reproducibility import reproducibility, unstated
from digest.analysis.results_table import results_table
from digest.models.analysis import Analysis
from digest.models.paper_text import PaperText


def with_facts(analysis: Analysis, text: PaperText) -> Analysis:
    """The analysis, which was made from that text, with its main results and what it says about repeating it."""
    return replace(
        analysis, results=results_table(text), reproducibility=reproducibility(text), unstated=unstated(text)
    )
