"""What sections are for by their titles: whole words, never letters within them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.analysis.llm.prompts import PIECES
from digest.analysis.llm.section_focus import ANY, section_kind, section_kinds, section_worth
from digest.models.paper_text import Section, SectionKind

KINDS = ("abstract", "limits", "setup", "conclusion", "introduction", "related", "background", "results", "body")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Results on ImageNet", "results"), ("Main Results", "results"), ("HUMAN EVALUATION", "results"),
        ("IV. RESULTS", "results"), ("5.2 Ablations", "results"), ("Quantitative Results and Analysis", "results"),
        ("Case Study: Robots", "results"), ("实验结果与分析", "results"), ("Résultats", "results"),
        ("Experimental Setup", "setup"), ("Implementation Details", "setup"),
        ("Datasets", "setup"), ("实验设置", "setup"),
        ("Conclusion and Limitations", "limits"), ("Discussion, Limitations, and Future Work", "limits"),
        ("Failure Cases", "limits"), ("不足与展望", "limits"), ("Discussion", "conclusion"),
        ("总结与展望", "conclusion"),
        ("Fazit", "conclusion"), ("Background and Motivation", "background"), ("Preliminaries", "background"),
        ("Prior Work", "related"), ("関連研究", "related"), ("引言", "introduction"),
        ("Our Contributions", "introduction"),
        ("Zusammenfassung", "abstract"),
    ],
)  # fmt: skip
def test_titles_say_what_a_section_is_for(title: str, kind: str) -> None:
    """Alone, or with what comes after "and", "on", a colon; in the languages that papers come in."""
    assert section_kind(Section(title, 1)) == kind


@pytest.mark.parametrize(
    "title",
    [
        "Abstractive Summaries", "Resultant Forces", "Conclusive Evidence",
        "Future Frame Prediction", "Limited-Memory Search",
        "Discussion Forums", "Limitations of Existing Methods",
        "Introduction to Diffusion Models", "Dataset Distillation",
        "Evaluator Agents", "Experimentalist Agents", "Prior Networks", "Metric Learning", "Notational Conventions",
        "Closing the Gap", "Setup-Free Calibration", "Background Removal", "Literature-Based Discovery", "Previewing",
        "Performance-Aware Routing", "Analysis Module", "实验室环境", "相关性分析", "Unlimited Futures", "",
    ],
)  # fmt: skip
def test_words_that_only_look_alike_say_nothing(title: str) -> None:
    """They are the body, as most methods are."""
    assert section_kind(Section(title, 1)) is None


def test_the_reader_knows_the_abstract() -> None:
    """Whatever its title is."""
    assert section_kind(Section("Overview", 1, kind=SectionKind.ABSTRACT)) == "abstract"


def test_subsections_are_for_what_their_section_is_for() -> None:
    """Unless they are named; experiments beside results are the set-up."""
    titles = (("Method", 1), ("Encoder", 2), ("Experiments", 1), ("Baskets", 2), ("Results", 1), ("Towels", 2),
              ("Ablations", 3), ("Limitations", 2), ("Shirts", 3), ("Conclusion", 1))  # fmt: skip
    with_results = section_kinds([Section(title, 1, level=level) for title, level in titles])
    without = section_kinds([Section(title, 1, level=level) for title, level in titles[:4]])

    assert with_results == [
        "body",
        "body",
        "setup",
        "setup",
        "results",
        "results",
        "results",
        "limits",
        "limits",
        "conclusion",
    ]
    assert without == ["body", "body", "results", "results"]


def test_every_kind_is_worth_something_to_every_part() -> None:
    """And what a part is about is worth most, the abstract apart."""
    for part in (ANY, *PIECES):
        assert all(section_worth(kind, part) > 0 for kind in KINDS)
    best = {
        part: max(KINDS[1:], key=lambda kind: section_worth(kind, part))
        for part in ("method", "experiments", "limitations")
    }

    assert best == {"method": "body", "experiments": "results", "limitations": "limits"}


@given(st.text(max_size=60))
def test_any_title_is_taken(title: str) -> None:
    """Without a fault, and quickly."""
    assert section_kind(Section(title, 1)) in (None, *KINDS)
