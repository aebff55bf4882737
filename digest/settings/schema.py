"""Every key of `config.toml` with its default and its checks, as frozen dataclasses: a class a table.

`config.toml` shows the same keys to people; a test holds that both agree. Nothing here is heavy: child processes and
workers import it for `ReadingLimits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from digest.errors import UnknownError
from digest.models.edition import CardDetail, Edition, Platform, Target, UpdatePolicy
from digest.models.paper import AnnouncementKind
from digest.settings import validators
from digest.settings.secrets import Secrets
from digest.settings.validators import Validator

T = TypeVar("T")

MIN_INTERVAL = 3.0  # seconds; arXiv asks for it: https://info.arxiv.org/help/api/tou.html


def key(default: Any, *each: Validator) -> Any:
    """A key with its default. The checks see the value, or in a list each item."""
    return field(default=default, metadata={"checks": each})


@dataclass(frozen=True, slots=True)
class ArxivSettings:
    """Where arXiv is. A URL without placeholders is a folder to which `/cs.AI` or `/2601.03309v1` is added."""

    rss_url: str = key("https://rss.arxiv.org/rss", validators.template("category"))
    api_url: str = key("https://export.arxiv.org/api/query", validators.url)
    pdf_url: str = key("https://export.arxiv.org/pdf", validators.template("id", "version"))
    contact: str = ""
    min_interval: float = key(MIN_INTERVAL, validators.at_least(0))
    html_url: str = key("", validators.optional(validators.template("id", "version")))

    @property
    def pages_url(self) -> str:
        """Where HTML pages are: as configured, else beside the PDFs."""
        return self.html_url or self.pdf_url.replace("/pdf", "/html")

    def problems(self) -> list[tuple[str, str]]:
        urls = (self.rss_url, self.api_url, self.pdf_url, self.pages_url)
        if self.min_interval < MIN_INTERVAL and not all(map(validators.is_loopback, urls)):
            return [("min_interval", f"arXiv asks for at least {MIN_INTERVAL:g} seconds between requests")]
        return []


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Times in seconds, sizes in bytes."""

    connect_timeout: float = key(10.0, validators.at_least(0.1))
    read_timeout: float = key(30.0, validators.at_least(0.1))
    total_timeout: float = key(120.0, validators.at_least(0.1))
    max_attempts: int = key(5, validators.between(1, 20))
    max_feed_bytes: int = key(20_000_000, validators.at_least(1000))
    max_pdf_bytes: int = key(40_000_000, validators.at_least(1000))


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What one PDF or HTML page may cost in the child process that reads it, what all such processes may use together,
    and whether pages are read."""

    memory_mb: int = key(1024, validators.at_least(64))
    total_memory_mb: int = key(2048, validators.at_least(64))
    cpu_seconds: int = key(20, validators.at_least(1))
    wall_seconds: int = key(30, validators.at_least(1))
    max_pages: int = key(300, validators.at_least(1))
    max_bytes: int = key(40_000_000, validators.at_least(1000))
    max_html_bytes: int = key(20_000_000, validators.at_least(1000))
    source: str = key("auto", validators.one_of("auto", "pdf"))
    hidden_text: bool = True

    @property
    def at_once(self) -> int:
        """How many PDFs may be read at the same time, if each takes all that it may."""
        return max(1, self.total_memory_mb // self.memory_mb)


@dataclass(frozen=True, slots=True)
class LlmModel:
    """One model on one server. Empty `base_url` and `key_env` are those of `[llm]`. Prices are for a million tokens."""

    base_url: str = key("", validators.optional(validators.url))
    model: str = ""
    key_env: str = key("", validators.optional(validators.environment_name))
    api: str = key("chat", validators.one_of("chat", "responses"))
    structured: str = key("auto", validators.one_of("auto", "json_schema", "json_object", "text"))
    stream: bool = False
    context_tokens: int = key(0, validators.at_least(0))
    answer_tokens: int = key(2000, validators.at_least(100))
    extra_body: Mapping[str, object] = field(default_factory=dict)
    user_agent: str = ""
    price_prompt: float = key(0.0, validators.at_least(0))
    price_cached: float = key(0.0, validators.at_least(0))
    price_completion: float = key(0.0, validators.at_least(0))

    required: ClassVar[tuple[str, ...]] = ("model",)

    def problems(self) -> list[tuple[str, str]]:
        if self.stream and self.api == "responses":
            return [("stream", 'is for api = "chat" alone')]
        return []


@dataclass(frozen=True, slots=True)
class LlmBudget:
    """Limits in tokens (prompt and completion, as the servers report them) and money; 0 is no limit. Days are UTC."""

    tokens_a_day: int = key(0, validators.at_least(0))
    tokens_a_month: int = key(0, validators.at_least(0))
    money_a_day: float = key(0.0, validators.at_least(0))
    money_a_month: float = key(0.0, validators.at_least(0))
    currency: str = "USD"
    full_until: float = key(0.7, validators.between(0, 1))
    body_until: float = key(0.85, validators.between(0, 1))

    def problems(self) -> list[tuple[str, str]]:
        if self.full_until > self.body_until:
            return [("full_until", f"must not be above body_until, {self.body_until:g}")]
        return []


@dataclass(frozen=True, slots=True)
class LlmJudge:
    """A model that compares statements with their quotations, after the rules. What is empty is that of [llm]."""

    enabled: bool = False
    base_url: str = key("", validators.optional(validators.url))
    model: str = ""
    key_env: str = key("", validators.optional(validators.environment_name))


@dataclass(frozen=True, slots=True)
class LlmSettings(LlmModel):
    """The model servers. Without a model the excerpt analyst writes the cards. Times in seconds.

    The keys of `LlmModel` here are the first choice; `models` come after it, in order of preference.
    """

    key_env: str = key("LLM_API_KEY", validators.environment_name)
    ask: str = key("part", validators.one_of("part", "paper"))
    timeout: float = key(120.0, validators.at_least(0.01))
    deadline: float = key(600.0, validators.at_least(0.01))
    concurrency: int = key(4, validators.between(1, 100))
    max_attempts: int = key(4, validators.between(1, 20))
    max_wait: float = key(60.0, validators.at_least(0))
    rest_after: int = key(3, validators.between(1, 100))
    rest: float = key(60.0, validators.at_least(0))
    models: tuple[LlmModel, ...] = ()
    budget: LlmBudget = field(default_factory=LlmBudget)
    judge: LlmJudge = field(default_factory=LlmJudge)
    glossary: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    required: ClassVar[tuple[str, ...]] = ()

    def problems(self) -> list[tuple[str, str]]:
        if self.base_url and not self.model and not self.models:
            return [("model", "is empty, so the server of base_url would never be asked: name a model")]
        return LlmModel.problems(self) + [
            (f"glossary.{language}", problem)
            for language in self.glossary
            if (problem := validators.language(language)) is not None
        ]

    @property
    def preference(self) -> tuple[LlmModel, ...]:
        """Every model, the first choice first, each with its own server and key variable."""
        first_model = LlmModel(**{f.name: getattr(self, f.name) for f in fields(LlmModel)})
        more_models = tuple(
            replace(m, base_url=m.base_url or self.base_url, key_env=m.key_env or self.key_env) for m in self.models
        )
        return (first_model, *more_models) if self.model else more_models

    @property
    def judging_model(self) -> LlmModel | None:
        """The model that judges, with its server and key variable; None without any model."""
        if not self.preference:
            return None
        first, judge = self.preference[0], self.judge
        if judge.model and judge.base_url:
            first = LlmModel()  # another server: nothing of the first one's peculiarities
        return replace(
            first,
            base_url=judge.base_url or first.base_url,
            model=judge.model or first.model,
            key_env=judge.key_env or first.key_env or self.key_env,
        )

    @property
    def key_names(self) -> tuple[str, ...]:
        """The environment variables that hold keys of model servers."""
        key_envs = (self.key_env, *(m.key_env for m in self.models), self.judge.key_env)
        return tuple(dict.fromkeys(name for name in key_envs if name))


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """The database, and how long what can be made again is kept. Days; 0 keeps it for ever."""

    path: Path = field(default=Path("broadsheet.db"), metadata={"checks": (validators.not_empty,)})
    text_days: int = key(365, validators.at_least(0))
    payload_days: int = key(90, validators.at_least(0))
    event_days: int = key(730, validators.at_least(0))


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Where PDFs are read, and papers analysed. `workers` 0 is one for each core, and 16 papers on a cluster."""

    kind: str = key("processes", validators.one_of("processes", "inline", "dask"))
    workers: int = key(0, validators.between(0, 1000))
    address: str = key("", validators.optional(validators.scheduler))
    analyse: bool = False

    def problems(self) -> list[tuple[str, str]]:
        if self.kind == "dask" and not self.address:
            return [("address", 'kind = "dask" needs the scheduler\'s address, such as "tcp://scheduler:8786"')]
        if self.kind != "dask" and self.analyse:
            return [("analyse", 'analyses run elsewhere only with kind = "dask"')]
        return []


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """When feeds are asked again, and for how long."""

    probe_minutes: int = key(15, validators.between(1, 1440))
    give_up_hours: int = key(8, validators.between(0, 24))
    catch_up_days: int = key(7, validators.between(0, 60))


@dataclass(frozen=True, slots=True)
class CommandSettings:
    """Who may do what, and how much of it."""

    admins: tuple[str, ...] = ()
    slack_editors: tuple[str, ...] = ()
    personal_editions: bool = False
    personal_keywords: int = key(20, validators.at_least(1))
    personal_categories: int = key(5, validators.at_least(1))
    personal_cards: int = key(10, validators.at_least(1))
    personal_papers_a_day: int = key(50, validators.at_least(0))
    papers_a_day: int = key(10, validators.at_least(0))
    paper_queue: int = key(20, validators.at_least(1))
    preview_days: int = key(7, validators.between(1, 60))
    messages_a_minute: int = key(20, validators.at_least(1))
    source_url: str = key("", validators.optional(validators.url))


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Where admins are told of trouble."""

    chat: str = ""
    an_hour: int = key(6, validators.at_least(1))


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """Health and Prometheus metrics over HTTP."""

    enabled: bool = False
    host: str = key("127.0.0.1", validators.not_empty)
    port: int = key(9464, validators.between(0, 65535))


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """The static site. Without `path` there is none."""

    path: str = ""
    public_url: str = key("", validators.optional(validators.url))


@dataclass(frozen=True, slots=True)
class ZoteroSettings:
    """A library that papers can be sent to. Without `library` there is none."""

    base_url: str = key("https://api.zotero.org", validators.url)
    library: str = key("", validators.optional(validators.zotero_library))
    collection: str = ""
    key_env: str = key("ZOTERO_API_KEY", validators.environment_name)


@dataclass(frozen=True, slots=True)
class LoggingSettings:
    level: str = key("info", validators.one_of("debug", "info", "warning", "error"))
    format: str = key("auto", validators.one_of("auto", "text", "json"))


@dataclass(frozen=True, slots=True)
class EditionSettings:
    """One `[[editions]]` table; `edition()` is what the rest of Broadsheet knows. Each platform adds a list of chats,
    named in `chat_lists`."""

    chat_lists: ClassVar[tuple[Platform, ...]] = ()

    name: str = key("", validators.edition_name)
    title: str = ""
    categories: tuple[str, ...] = key((), validators.category)
    keywords: tuple[str, ...] = key((), validators.keyword)
    kinds: tuple[AnnouncementKind, ...] = (AnnouncementKind.NEW, AnnouncementKind.CROSS)
    updates: UpdatePolicy = UpdatePolicy.CARDED
    language: str = key("zh", validators.language)
    publish_at: str = key("09:00", validators.time_of_day)
    timezone: str = key("UTC", validators.timezone)
    detail: CardDetail = CardDetail.FULL
    unsupported: str = key("mark", validators.one_of("mark", "drop"))
    empty_day: str = key("line", validators.one_of("line", "silent"))
    hide_below: float = key(0.0, validators.between(0, 1))
    near_misses: bool = False
    trends: str = key("none", validators.one_of("none", "weekly"))
    max_cards: int = key(10, validators.at_least(1))
    figures: str = key("none", validators.one_of("none", "free", "noncommercial"))

    required = ("name", "categories")

    def problems(self) -> list[tuple[str, str]]:
        lists = {"categories": self.categories, "keywords": self.keywords} | self._chats()
        return [
            (name, f"{validators.quoted(value)} stands there twice")
            for name, values in lists.items()
            for value in validators.duplicates(values)
        ]

    def _chats(self) -> dict[Platform, tuple[str, ...]]:
        return {platform: tuple(map(str, getattr(self, platform))) for platform in self.chat_lists}

    def edition(self) -> Edition:
        return Edition(
            name=self.name,
            title=self.title or self.name,
            categories=self.categories,
            keywords=self.keywords,
            kinds=self.kinds,
            updates=self.updates,
            language=self.language,
            publish_at=self.publish_at,
            timezone=self.timezone,
            detail=self.detail,
            targets=tuple(Target(platform, a) for platform, addresses in self._chats().items() for a in addresses),
            unsupported=self.unsupported,
            empty_day=self.empty_day,
            hide_below=self.hide_below,
            near_misses=self.near_misses,
            trends=self.trends,
            max_cards=self.max_cards,
            figures=self.figures,
        )


@dataclass(frozen=True, slots=True)
class Sections:
    """The tables of which there is one each."""

    arxiv: ArxivSettings = field(default_factory=ArxivSettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    reading: ReadingLimits = field(default_factory=ReadingLimits)
    llm: LlmSettings = field(default_factory=LlmSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    engine: EngineSettings = field(default_factory=EngineSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    commands: CommandSettings = field(default_factory=CommandSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    archive: ArchiveSettings = field(default_factory=ArchiveSettings)
    zotero: ZoteroSettings = field(default_factory=ZoteroSettings)
    logging: LoggingSettings = field(default_factory=LoggingSettings)


@dataclass(frozen=True, slots=True)
class Tables(Sections):
    """The whole of `config.toml`, but for what the platforms add. `tables_class` makes the subclass with their tables
    as fields, and `editions` after them."""

    editions = ()  # type: tuple[EditionSettings, ...]  # no field here, so that it comes after the platforms' tables

    def problems(self) -> list[tuple[str, str]]:
        names = [edition.name.lower() for edition in self.editions]
        return [
            (f"editions[{i}].name", f"{name!r} is the name of an earlier edition too")
            for i, name in enumerate(names)
            if name in names[:i]
        ]


@dataclass(frozen=True, slots=True)
class Settings(Sections):
    """What the rest of Broadsheet gets: the tables checked, editions made, secrets found. `platforms` has the table of
    each platform, and `platform_secrets` the names of the environment variables that hold their tokens."""

    platforms: Mapping[Platform, Any] = field(default_factory=dict)
    platform_secrets: tuple[str, ...] = ()
    editions: tuple[Edition, ...] = ()
    secrets: Secrets = field(default_factory=Secrets)
    source: Path = Path("config.toml")

    def platform_table(self, cls: type[T]) -> T:
        """The table of the platform whose settings are a `cls`; its defaults where the configuration has none."""
        return next((table for table in self.platforms.values() if isinstance(table, cls)), None) or cls()

    def edition(self, name: str) -> Edition:
        """The edition of that name, in any case of letters."""
        for edition in self.editions:
            if edition.name.lower() == name.lower():
                return edition
        names = [edition.name for edition in self.editions]
        choices = f"; there is {', '.join(names)}" if names else f"; {self.source} has no [[editions]]"
        raise UnknownError(f"no edition {name!r}{validators.suggestion(name, names) or choices}")
