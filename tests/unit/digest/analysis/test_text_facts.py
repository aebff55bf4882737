"""What rules read in a text goes into the analysis, as the text may be gone later."""

from dataclasses import replace

from digest.analysis.text_facts import with_facts
from digest.models.paper_facts import ReproducibilityTopic
from digest.models.paper_text import PaperTable, PaperText
from tests.builders.digests import rich_day
from tests.builders.papers import text


def test_results_and_reproducibility_are_kept_with_the_analysis() -> None:
    """Of the text that it is made from, not of another one."""
    table = PaperTable("Table 2", "Main results.", 5, (("Method", "Accuracy"),), (("Old", "71.0"), ("Ours", "73.5")))
    paper: PaperText = replace(text(), tables=(table,))

    analysis = with_facts(rich_day().cards[0].analysis, paper)

    (row,) = analysis.results
    assert (row.this_paper.text, row.this_paper.page, str(row.difference)) == ("73.5", 5, "2.5")
    assert {fact.topic for fact in analysis.reproducibility} | set(analysis.unstated) == set(ReproducibilityTopic)
