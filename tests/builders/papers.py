"""A made-up paper as the reader gives it, for the tests of what is said of papers. Everything in it is invented."""

from __future__ import annotations

from digest.models.paper import Paper
from digest.models.paper_text import (
    Caption,
    Footnote,
    Link,
    LinkKind,
    PaperParagraph,
    PaperText,
    ParagraphKind,
    Section,
    SectionKind,
)

ABSTRACT = (
    "Robots that fold laundry still drop one towel in five. We present FoldNet, a policy that watches the cloth and "
    "the gripper at the same time. On the Linen benchmark it folds 91.4% of 600 towels, against 78.2% for the best "
    "earlier policy. Code is at https://github.com/example/foldnet."
)


def paper(version: int = 1) -> Paper:
    return Paper(
        "2601.00042", version, "FoldNet: Folding Towels While Watching", ("Ada Example",), ABSTRACT, ("cs.RO",)
    )


def text(*extra: Section) -> PaperText:
    """Seven pages: abstract, six sections, references and an appendix. `extra` sections stand before the references."""
    return PaperText(
        "FoldNet: Folding Towels While Watching",
        (
            Section("Abstract", 1, kind=SectionKind.ABSTRACT, paragraphs=(_p(1, ABSTRACT),)),
            Section("Introduction", 1, "1", paragraphs=tuple(_p(1 + i // 3, t) for i, t in enumerate(INTRODUCTION))),
            Section("Related Work", 2, "2", paragraphs=tuple(_p(2, t) for t in RELATED)),
            Section("Method", 3, "3", paragraphs=tuple(_p(3, t) for t in METHOD)),
            Section("Training", 3, "3.1", level=2, paragraphs=tuple(_p(3, t) for t in TRAINING)),
            Section("Experiments", 4, "4", paragraphs=(*(_p(4, t) for t in EXPERIMENTS), _p(4, TABLE))),
            Section("Conclusion", 5, "5", paragraphs=tuple(_p(5, t) for t in CONCLUSION)),
            *extra,
            Section(
                "Acknowledgements", 5, kind=SectionKind.ACKNOWLEDGEMENTS, paragraphs=(_p(5, "We thank the towels."),)
            ),
            Section(
                "References",
                6,
                kind=SectionKind.REFERENCES,
                paragraphs=(PaperParagraph("[1] A. Nother. Folding by luck. 2019.", 6, ParagraphKind.REFERENCE),),
            ),
            Section("More Towels", 7, "A", kind=SectionKind.APPENDIX, paragraphs=(_p(7, APPENDIX),)),
            Section("Colours", 7, "A.1", level=2, kind=SectionKind.APPENDIX, paragraphs=(_p(7, "Blue ones too."),)),
        ),
        pages=7,
        pages_read=7,
        captions=(Caption("figure", "1", "The policy sees the cloth through two cameras above the table.", 3, 3),),
        footnotes=(Footnote("The towels were bought in one shop.", 2),),
        links=(Link("https://github.com/example/foldnet", LinkKind.CODE, 1),),
    )


def _p(page: int, words: str) -> PaperParagraph:
    return PaperParagraph(words, page)


INTRODUCTION = (
    "Folding cloth is easy for people and hard for robots, because a towel has no fixed shape [1, 2].",
    "Earlier policies look at the cloth once and then act blindly until the fold is finished (Nother et al., 2019).",
    "When the towel slips in between, they never notice, and the towel lands on the floor.",
    "We ask whether a policy that keeps watching can recover from such a slip without a human.",
    "Our main contribution is FoldNet, the first policy that plans each fold from two views at once.",
    "We also publish the Linen benchmark, which has 600 towels of twelve sizes and four fabrics.",
)
RELATED = (
    "Planning on meshes needs a model of the cloth that is rarely at hand in a household.",
    "Imitation from videos scales well, yet the gripper of a robot is not a human hand.",
)
METHOD = (
    "FoldNet takes two camera images and the state of the gripper as its input at every step.",
    "A shared encoder turns both images into tokens, and cross-attention joins them with the gripper state.",
    "The policy head predicts the next eight gripper poses and repeats this after each of them.",
    "A small slip detector compares the predicted cloth with the observed cloth and triggers a new plan.",
)
TRAINING = (
    "We train on 4,000 demonstrations for 30 hours on eight GPUs with the AdamW optimizer.",
    "The learning rate is 0.0003 and falls to zero along a cosine after a short warm-up.",
)
EXPERIMENTS = (
    "On the Linen benchmark FoldNet folds 91.4% of all towels, while the best earlier policy folds 78.2%.",
    "Without the slip detector the success rate falls to 83.0%, so watching matters most.",
    "With one camera instead of two the success rate falls by 4.1 points.",
    "On towels of a fabric that was never seen in training FoldNet still folds 85.5% of them.",
)
TABLE = "FoldNet 91.4 90.2 88.7 92.0 Earlier 78.2 75.1 74.4 80.9 Random 3.1 2.8 2.0 3.3"
CONCLUSION = (
    "FoldNet folds towels more reliably because it never stops watching the cloth.",
    "Its main limitation is speed, since one towel takes 41 seconds on our robot.",
    "In future work we want to fold shirts, whose sleeves hide one another from the cameras.",
)
APPENDIX = "This appendix lists every towel of the benchmark with its size in centimetres and its weight in grams."
