"""An analysis: statements with their evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from digest.models.notice import Notice
from digest.models.paper_facts import ReproducibilityFact, ReproducibilityTopic, ResultRow


class Verdict(StrEnum):
    """What the check of a statement came to. FOUND says that the quoted words are in the paper, and no more."""

    FOUND = "found"
    NUMBER_NOT_FOUND = "number not found"
    QUOTATION_NOT_FOUND = "quotation not found"
    REFERENCE_NOT_FOUND = "reference not found"


class Compared(StrEnum):
    """By what a statement was compared with its quotations."""

    NO = "no"  # an analysis from before, or a quotation that was not found
    RULES = "rules"
    RULES_AND_JUDGE = "rules+judge"


class DoubtCode(StrEnum):
    """What stands in a statement against its quotation. Rules find the first group, a judge the last."""

    NUMBER = "number"
    UNIT = "unit"
    NAME = "name"  # stands nowhere in the paper
    NAME_EXCHANGED = "name exchanged"
    DIRECTION = "direction"
    NEGATION = "negation"
    OPPOSITE = "opposite"
    MEASURE = "measure"
    COMPARISON = "comparison"
    CERTAINTY = "certainty"
    SCOPE = "scope"
    CAUSE = "cause"
    CONDITION = "condition"
    ORIGIN = "origin"  # others' work told as the paper's own
    UNRELATED = "unrelated"
    CONTRADICTED = "contradicted"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place where a statement seems to stand against its quotation. No verdict: words to compare, both verbatim.

    `quotation` is empty where the quotation has nothing in that place.
    """

    code: DoubtCode
    statement: str
    quotation: str = ""


@dataclass(frozen=True, slots=True)
class PassageLocation:
    """How to open a passage in a browser, and the paragraph around it. Fields are empty where nothing is known.

    `pdf_directive` and `html_directive` are text directives (`:~:text=...`), `anchor` is the paragraph's id in arXiv's
    HTML page; `before` and `behind` are the paper's own words beside the passage.
    """

    pdf_directive: str = ""
    anchor: str = ""
    html_directive: str = ""
    before: str = ""
    behind: str = ""


@dataclass(frozen=True, slots=True)
class QuotedPassage:
    """One quotation of several under a statement, and where the check found it, as in `Evidence`."""

    quote: str
    section: str | None = None
    page: int | None = None
    passage: str | None = None
    why: Notice | None = None
    location: PassageLocation | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Verbatim quotations, and where the check found them. `passage` is the paper's own wording there.

    The fields up to `why` are the first quotation's; `verdict` is that of all. `doubts` are places where the statement
    seems to stand against its quotations, asked only where the verdict is FOUND.
    """

    quote: str
    verdict: Verdict
    section: str | None = None  # the section's label
    page: int | None = None
    passage: str | None = None
    why: Notice | None = None  # for the verdicts other than FOUND
    location: PassageLocation | None = None  # of a passage that was found
    more: tuple[QuotedPassage, ...] = ()  # the second and third quotation
    doubts: tuple[Doubt, ...] = ()
    of_others: bool = False  # the passage describes earlier work
    computed: tuple[str, ...] = ()  # numbers of the statement that are a difference of two quoted ones
    compared: Compared = Compared.NO

    @property
    def passages(self) -> tuple[QuotedPassage, ...]:
        """All quotations alike."""
        return QuotedPassage(self.quote, self.section, self.page, self.passage, self.why, self.location), *self.more


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or bullet of an analysis. Without `evidence` it was never checked (an abstract-only card).

    `interpretation`: the analyst concludes it from the quoted words; the paper does not say it itself.
    """

    text: str
    evidence: Evidence | None = None
    interpretation: bool = False

    @property
    def is_found(self) -> bool:
        return self.evidence is not None and self.evidence.verdict is Verdict.FOUND

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Where the statement seems to stand against its quotations."""
        return self.evidence.doubts if self.evidence else ()


class AnalysisPartKey(StrEnum):
    """The six parts of an analysis, in their order."""

    OVERVIEW = "overview"
    MOTIVATION = "motivation"
    CONTRIBUTIONS = "contributions"
    METHOD = "method"
    EXPERIMENTS = "experiments"
    LIMITATIONS = "limitations"


@dataclass(frozen=True, slots=True)
class AnalysisPart:
    key: AnalysisPartKey
    statements: tuple[Statement, ...]


class AnalysisSource(StrEnum):
    FULL_TEXT = "full text"
    ABSTRACT = "abstract"


EXCERPT = "excerpt"  # the name of the analyst that needs no model


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is said of one paper version in one language, and how it was made."""

    paper_id: str
    version: int
    language: str
    analyst: str  # EXCERPT or the model's name
    made_from: AnalysisSource
    parts: tuple[AnalysisPart, ...]
    takeaway: Statement | None = None
    pages_read: int = 0
    pages: int = 0
    prompt_version: int = 0
    source: str = "pdf"  # of the text that it was made from and checked against: "pdf" or "html"
    text_sha256: str = ""  # of that text, in hexadecimal: arXiv's pages change without a new version
    notices: tuple[Notice, ...] = ()  # why not better: no PDF, model down, shortened, partial
    results: tuple[ResultRow, ...] = ()  # read by rule in the paper's tables
    reproducibility: tuple[ReproducibilityFact, ...] = ()  # read by rule in its text
    unstated: tuple[ReproducibilityTopic, ...] = ()  # on which nothing was found in a text that was read to its end

    @property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(s for part in self.parts for s in part.statements)
