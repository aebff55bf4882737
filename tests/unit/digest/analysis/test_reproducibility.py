"""What a paper says about repeating it: all sentences here are made up."""

from __future__ import annotations

import pytest

from digest.analysis.reproducibility import reproducibility, unstated
from digest.models.notice import Notice
from digest.models.paper_facts import Availability, ReproducibilityTopic
from digest.models.paper_text import Footnote, PaperParagraph, PaperText, Section, SectionKind

T, A = ReproducibilityTopic, Availability


def paper(*paragraphs: str, kind: SectionKind = SectionKind.BODY, **more: object) -> PaperText:
    section = Section("Experiments", 3, "4", kind=kind, paragraphs=tuple(PaperParagraph(p, 3) for p in paragraphs))
    return PaperText("Lamps", (section,), 5, 5, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sentence", "topic", "availability", "detail"),
    [
        ("Our code is available at https://lamps.org/code.", T.CODE, A.AVAILABLE, "https://lamps.org/code"),
        ("Code: https://github.com/lamp/lantern", T.CODE, A.AVAILABLE, "https://github.com/lamp/lantern"),
        ("We release the full source code of all experiments.", T.CODE, A.AVAILABLE, ""),
        ("The code will be released upon acceptance.", T.CODE, A.PROMISED, ""),
        ("We plan to make our code publicly available.", T.CODE, A.PROMISED, ""),
        ("The code is available from the corresponding author on request.", T.CODE, A.ON_REQUEST, ""),
        ("Our code cannot be shared, since it belongs to a company.", T.CODE, A.WITHHELD, ""),
        ("The pretrained weights can be downloaded from our page.", T.WEIGHTS, A.AVAILABLE, ""),
        ("We open-source the model checkpoints of both sizes.", T.WEIGHTS, A.AVAILABLE, ""),
        ("The data that support the findings are available upon reasonable request.", T.DATA, A.ON_REQUEST, ""),
        ("Our dataset is publicly available on https://zenodo.org/records/1.", T.DATA, A.AVAILABLE, "https://zenodo.org/records/1"),
        ("Our data are confidential and cannot leave the hospital.", T.DATA, A.WITHHELD, ""),
        ("The dataset is released under a CC BY 4.0 licence.", T.LICENCE, A.STATED, "CC BY 4.0"),
        ("All is licensed under the MIT license.", T.LICENCE, A.STATED, "MIT"),
        ("We trained it on 8 NVIDIA P100 GPUs for 12 hours.", T.COMPUTE, A.STATED, "8 NVIDIA P100 GPUs, 12 hours"),
        ("All runs use a single RTX 3090.", T.COMPUTE, A.STATED, "a single RTX 3090"),
        ("We report the mean over 5 random seeds.", T.SEEDS, A.STATED, "5 random seeds"),
        ("Numbers are averages over three independent runs.", T.SEEDS, A.STATED, "over three independent runs"),
    ],
)  # fmt: skip
def test_a_fact_is_read_with_its_sentence(
    sentence: str, topic: ReproducibilityTopic, availability: Availability, detail: str
) -> None:
    facts = {fact.topic: fact for fact in reproducibility(paper(sentence))}

    assert topic in facts
    assert (facts[topic].availability, facts[topic].detail) == (availability, detail)
    assert facts[topic].quote == sentence
    assert (facts[topic].section, facts[topic].page) == ("4 Experiments", 3)


@pytest.mark.parametrize(
    "sentence",
    [
        "We use the official code of GridStar [3].",
        "Their implementation is available on the web.",
        "The code book has 512 entries and is learned.",
        "The error correcting code is found by search over all lengths.",
        "We use their weights as an initial value.",
        "The seeds of the plants are small and dry.",
        "The weights are found by minimising the loss over all lamps.",
        "GPUs have changed the field.",
        "The MIT group measured lamps before us.",
        "More data are needed to see the effect.",
    ],
)
def test_other_peoples_code_and_other_meanings_are_none(sentence: str) -> None:
    assert reproducibility(paper(sentence)) == ()


def test_footnotes_and_appendix_are_read_and_references_are_not() -> None:
    note = Footnote("Code is available at https://github.com/lamp/lantern.", 1)
    (fact,) = reproducibility(paper("Lamps glow.", footnotes=(note,)))
    assert (fact.topic, fact.page, fact.section) == (T.CODE, 1, None)

    sentence = "Our code is available on the web."
    assert reproducibility(paper(sentence, kind=SectionKind.APPENDIX))
    assert reproducibility(paper(sentence, kind=SectionKind.REFERENCES)) == ()


def test_the_clearest_sentence_is_taken() -> None:
    link = "Our code is available at https://github.com/lamp/lantern."
    (fact,) = reproducibility(paper("Our code will be made public soon.", link, "Our code is publicly available."))

    assert fact.quote == link


def test_nothing_is_called_unstated_of_a_paper_that_was_not_read_whole() -> None:
    assert unstated(paper("We report the mean over 5 random seeds.")) == tuple(t for t in T if t is not T.SEEDS)
    assert unstated(paper("Lamps glow.", partial=Notice.of("reading.partial"))) == ()
