"""The words that Broadsheet uses, as frozen dataclasses. This file imports nothing of ours.

    Announcement (Paper + kind + day)  --keywords-->  Match  --PDF-->  PaperText  -->  Analysis  -->  Card  -->  Digest

Text fields of a `Paper` are as arXiv gives them (LaTeX kept); `digest.text.latex.latex_to_text.readable` makes them
fit for people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from digest.models.paper_facts import ReproducibilityFact, ReproducibilityTopic, ResultRow


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know, in no language yet: a code of the catalogue and its parameters.

    Expected failures are values, and this is the value. `digest.i18n.translator.Texts.notice` puts it into words.
    """

    code: str
    params: tuple[tuple[str, str | int | float], ...] = ()

    @classmethod
    def of(cls, code: str, **params: str | int | float) -> Notice:
        return cls(code, tuple(sorted(params.items())))


# --- what arXiv announces ---------------------------------------------------------------------------------------


class AnnouncementKind(StrEnum):
    """How a feed lists a paper, strongest first (https://info.arxiv.org/help/rss_specifications.html)."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"

    @property
    def strength(self) -> int:
        """The lower, the stronger: of several listings of one paper the strongest is kept."""
        return list(AnnouncementKind).index(self)

    @property
    def is_replacement(self) -> bool:
        return self in (AnnouncementKind.REPLACE, AnnouncementKind.REPLACE_CROSS)


@dataclass(frozen=True, slots=True)
class Paper:
    """An arXiv paper in one version. `id` never carries the version: `2601.03309`, `hep-th/9901001`."""

    id: str
    version: int
    title: str
    authors: tuple[str, ...]
    abstract: str
    categories: tuple[str, ...]  # the primary one first
    licence: str | None = None  # the URL of dc:rights
    submitted: datetime | None = None  # of version 1, UTC
    updated: datetime | None = None  # of this version, UTC
    comment: str | None = None
    doi: str | None = None
    journal_ref: str | None = None

    @property
    def versioned_id(self) -> str:
        return f"{self.id}v{self.version}"

    @property
    def primary_category(self) -> str:
        return self.categories[0] if self.categories else ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A paper as the feed of one category listed it on a day (a date in US Eastern time, the feed's own)."""

    paper: Paper
    day: date
    kind: AnnouncementKind
    category: str


class FeedState(StrEnum):
    """What the feed of a category was on a day."""

    FRESH = "fresh"  # the day's batch
    WAITING = "waiting"  # not turned over to the day yet
    QUIET = "quiet"  # nothing is announced: weekend, holiday, deferred mailing
    STALE = "stale"  # yesterday's batch under today's date
    FAILED = "failed"  # could not be had

    @property
    def is_settled(self) -> bool:
        """Whether asking again on the same day can bring nothing new."""
        return self in (FeedState.FRESH, FeedState.QUIET)


@dataclass(frozen=True, slots=True)
class CategoryDay:
    """The state of one category's feed on one day, and why."""

    category: str
    day: date
    state: FeedState
    entries: int = 0
    reason: Notice | None = None


# --- what an edition wants --------------------------------------------------------------------------------------


Platform = NewType("Platform", str)
"""A chat platform by its name in the configuration and the database, such as "telegram"."""


@dataclass(frozen=True, slots=True)
class Target:
    """One chat that an edition is published to. `address` is the platform's own id or name of it."""

    platform: Platform
    address: str

    @property
    def name(self) -> str:
        """As people see and type it: telegram:-1001."""
        return f"{self.platform}:{self.address}"


class UpdatePolicy(StrEnum):
    """Which new versions are shown as updates."""

    CARDED = "carded"  # of papers that this edition has carded
    ALL = "all"  # every matching one
    NONE = "none"


class CardDetail(StrEnum):
    """How much of an analysis a card shows in a chat."""

    FULL = "full"  # the six parts
    BRIEF = "brief"  # takeaway and the authors' abstract
    TITLE = "title"  # metadata and takeaway only


@dataclass(frozen=True, slots=True)
class Edition:
    """What one audience gets. `publish_at` is local time HH:MM in `timezone` (an IANA name)."""

    name: str
    categories: tuple[str, ...]
    keywords: tuple[str, ...]
    title: str = ""
    kinds: tuple[AnnouncementKind, ...] = (AnnouncementKind.NEW, AnnouncementKind.CROSS)
    updates: UpdatePolicy = UpdatePolicy.CARDED
    language: str = "zh"
    publish_at: str = "09:00"
    timezone: str = "UTC"
    detail: CardDetail = CardDetail.FULL
    targets: tuple[Target, ...] = ()
    unsupported: str = "mark"  # statements whose evidence was not found: "mark" or "drop"
    empty_day: str = "line"  # a day with nothing to show: one "line" that says why, or "silent"
    hide_below: float = 0.0  # cards that readers like less likely than this, 0 to 1, are not shown; 0 hides none
    near_misses: bool = False  # papers that no keyword matched but that resemble what readers liked
    trends: str = "none"  # a summary of the week after Friday's digest: "none", "weekly"
    max_cards: int = 10  # of a digest: the others stand in the overview, with a button each
    figures: str = "none"  # the first figure on cards, as licences allow: "none", "free", "noncommercial"

    @property
    def is_personal(self) -> bool:
        """Whether it is a person's own: it is called by who they are, telegram:12345."""
        return ":" in self.name


class MatchField(StrEnum):
    TITLE = "title"
    ABSTRACT = "abstract"
    AUTHORS = "authors"
    CATEGORIES = "categories"


@dataclass(frozen=True, slots=True)
class Match:
    """Why a paper is in an edition. `start` and `end` are offsets of code points into the field as arXiv gave it
    (authors and categories: joined with ", "), and `text` is what stands there."""

    keyword: str
    field: MatchField
    start: int
    end: int
    text: str


# --- what was read of a paper -----------------------------------------------------------------------------------


class SectionKind(StrEnum):
    ABSTRACT = "abstract"
    BODY = "body"
    ACKNOWLEDGEMENTS = "acknowledgements"
    REFERENCES = "references"
    APPENDIX = "appendix"


class ParagraphKind(StrEnum):
    PROSE = "prose"
    LIST_ITEM = "list item"
    EQUATION = "equation"
    REFERENCE = "reference"  # an entry of the bibliography
    TABLE = "table"  # what stands in a table: a line for each row


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """A place on a page, in points from its top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class PaperParagraph:
    """`page` is where it begins, counted from 1 (0: not known); a paragraph that runs on keeps its first page, and
    `breaks` says at which offset of `text` each further page begins: ((offset, page), ...).

    Of an HTML page, `anchor` is the id to link to, and `run_breaks` are the (start, end) offsets of formulas, links and
    notes, at which a browser's run of text ends.
    """

    text: str
    page: int
    kind: ParagraphKind = ParagraphKind.PROSE
    box: BoundingBox | None = None
    breaks: tuple[tuple[int, int], ...] = ()
    anchor: str = ""
    run_breaks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section in reading order; `level` 1 is the top. The tree is in the levels: see `PaperText.children`."""

    title: str
    page: int
    number: str | None = None
    level: int = 1
    kind: SectionKind = SectionKind.BODY
    paragraphs: tuple[PaperParagraph, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.number} {self.title}" if self.number else self.title


@dataclass(frozen=True, slots=True)
class Caption:
    """The caption of a figure, table or algorithm. `section` is an index into `PaperText.sections`, if known."""

    kind: str  # "figure", "table", "algorithm"
    number: str
    text: str
    page: int
    section: int | None = None
    anchor: str = ""  # the id in an HTML page
    run_breaks: tuple[tuple[int, int], ...] = ()  # as of a paragraph


@dataclass(frozen=True, slots=True)
class Footnote:
    text: str
    page: int
    section: int | None = None
    anchor: str = ""  # the id in an HTML page
    run_breaks: tuple[tuple[int, int], ...] = ()  # as of a paragraph


class LinkKind(StrEnum):
    CODE = "code"  # the paper's own code
    PROJECT = "project"  # the paper's own page
    DATA = "data"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that stands in the paper: in its right case, whole, without trailing punctuation."""

    url: str
    kind: LinkKind = LinkKind.OTHER
    page: int | None = None  # None: from the abstract or the comment
    source: str = "annotation"  # "annotation", "text", "abstract", "comment"
    context: str = ""  # the words around it


@dataclass(frozen=True, slots=True)
class RemovedText:
    """Something that the reader took out of the text, and why. `suspicious`: hidden, and it reads like a sentence."""

    what: str  # "hidden text", "running head", "page number", "arXiv stamp", "line numbers", ...
    reason: str
    page: int | None = None
    count: int = 1
    sample: str = ""
    suspicious: bool = False


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table: `header` and `rows` are rows of cells, a cell that spans several is repeated in each.

    `label` is its place as people name it ("Table 3"), empty where it has no number; `page` counts from 1.
    """

    label: str
    caption: str = ""
    page: int | None = None
    header: tuple[tuple[str, ...], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class PaperText:
    """The text of one paper version from one source, in reading order."""

    title: str
    sections: tuple[Section, ...]
    pages: int
    pages_read: int
    captions: tuple[Caption, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    links: tuple[Link, ...] = ()
    removed: tuple[RemovedText, ...] = ()
    partial: Notice | None = None  # why not all pages were read
    reader_version: int = 1
    source: str = "pdf"  # "pdf" or "html": the file that all of it was read from
    tables: tuple[PaperTable, ...] = ()

    def children(self, index: int | None = None) -> list[int]:
        """The indices of the sections directly below the section at `index` (None: the top ones)."""
        start, level = (0, 0) if index is None else (index + 1, self.sections[index].level)
        indexes: list[int] = []
        for i in range(start, len(self.sections)):
            if self.sections[i].level <= level:
                break
            if not indexes or self.sections[i].level <= self.sections[indexes[-1]].level:
                indexes.append(i)
        return indexes


# --- what is said of a paper ------------------------------------------------------------------------------------


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


# --- what it cost -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelSpending:
    """Tokens as the servers reported them, and money by the configured prices. Cached tokens are among the prompt's."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    money: float = 0.0
    calls: int = 0

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def cached_share(self) -> float:
        """The part of the prompts that the servers had in their caches, 0 to 1."""
        return self.cached_tokens / self.prompt_tokens if self.prompt_tokens else 0.0

    def __add__(self, addend: ModelSpending) -> ModelSpending:
        return ModelSpending(
            self.prompt_tokens + addend.prompt_tokens,
            self.cached_tokens + addend.cached_tokens,
            self.completion_tokens + addend.completion_tokens,
            self.money + addend.money,
            self.calls + addend.calls,
        )


@dataclass(frozen=True, slots=True)
class SpendingRow:
    """What one model cost on one day (UTC), over so many papers."""

    day: date
    model: str
    papers: int
    spent: ModelSpending


# --- what is published ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardFigure:
    """The first figure of a paper, cut out of its PDF, in pixels; the picture itself is in the store of figures."""

    caption: str
    page: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Card:
    """One paper in a digest, ready to be rendered."""

    paper: Paper
    kind: AnnouncementKind
    matches: tuple[Match, ...]
    analysis: Analysis
    links: tuple[Link, ...] = ()
    figure: CardFigure | None = None  # only where the licence allows it, and the edition wants it
    near_miss: bool = False  # no keyword matched: it resembles what readers liked

    @property
    def code_url(self) -> str | None:
        return next((link.url for link in self.links if link.kind is LinkKind.CODE), None)

    @property
    def project_url(self) -> str | None:
        return next((link.url for link in self.links if link.kind is LinkKind.PROJECT), None)


@dataclass(frozen=True, slots=True)
class VersionChange:
    """One difference between two versions of a paper; `old` and `new` are quotations."""

    kind: str  # "section added", "section removed", "section rewritten", "number changed"
    section: str
    old: str = ""
    new: str = ""
    old_page: int | None = None
    new_page: int | None = None


@dataclass(frozen=True, slots=True)
class PaperUpdate:
    """A new version of a paper: a short entry of its own, never a card."""

    paper: Paper
    kind: AnnouncementKind
    matches: tuple[Match, ...]
    previous_version: int | None = None  # the version that this edition carded, if it did
    changes: tuple[VersionChange, ...] = ()
    summary: Statement | None = None  # the changes in words, where a model wrote them


@dataclass(frozen=True, slots=True)
class Digest:
    """One edition on one day. `number` is 1, or more for a later supplement of the same day (a category came late).

    `empty` says why there is nothing to publish; it is set exactly when `cards` and `updates` are both empty.
    """

    edition: str
    title: str
    language: str
    day: date
    categories: tuple[CategoryDay, ...]
    keywords: tuple[str, ...]
    announced: int  # distinct papers announced in the categories
    cards: tuple[Card, ...] = ()
    updates: tuple[PaperUpdate, ...] = ()
    number: int = 1
    detail: CardDetail = CardDetail.FULL
    empty: Notice | None = None
    notices: tuple[Notice, ...] = ()  # budget degraded, caught up from the API, ...
    hidden: tuple[str, ...] = ()  # papers that match and are not shown, by the edition's `hide_below`
    max_cards: int | None = None  # how many of `cards` are messages; None for all of them

    @property
    def posted(self) -> tuple[Card, ...]:
        """The cards that are messages of their own."""
        return self.cards[: self.max_cards]


# --- what was sent ----------------------------------------------------------------------------------------------


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"  # written before the call, with the chat's last known message id
    SENT = "sent"
    FAILED = "failed"  # refused for good
    UNKNOWN = "unknown"  # the call ended in doubt: to be reconciled before anything else goes to that chat


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one target. `payload` is the platform's own message as plain data, without the address.

    Deliveries of a target go out in the order of `id`. `parent` is the delivery whose receipt gives the thread
    (Slack) or the message replied to (Telegram).
    """

    id: int
    digest: str  # "edition/2026-01-09/1", or what else caused it
    target: Target
    role: str  # "overview", "card", "part", "update", "picture", "alert"
    paper_id: str | None
    payload: dict[str, object] = field(hash=False)
    parent: int | None = None
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    receipt: str | None = None  # the platform's message id (Slack: ts)
    before: str | None = None  # the chat's last known message id when sending began
    error: str | None = None
    not_before: datetime | None = None
    origin: str | None = None  # what `digest` was when it was planned, where the edition has another name since
