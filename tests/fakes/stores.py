"""Every store in memory, as dictionaries: the same ports that `storage` implements, held to the same contract tests."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from digest.errors import StorageError
from digest.models.analysis import EXCERPT, Analysis, AnalysisSource
from digest.models.delivery import Chat, Cooldown, Delivery, DeliveryState, Message, all_chats_of
from digest.models.digest import Digest
from digest.models.edition import Edition, Target
from digest.models.feed import CategoryDay
from digest.models.paper import Announcement, Paper
from digest.models.paper_text import PaperText
from digest.models.people import Actor, AuditEvent, EditionRun, KeywordChange, SavedPaper
from digest.models.spending import ModelSpending, SpendingRow
from storage.database.connection import Database
from storage.maintenance import integrity
from storage.stores.all_stores import SqliteStores

Now = Callable[[], datetime]


def epoch() -> datetime:
    return datetime(2026, 1, 9, 5, tzinfo=UTC)


class FakePapers:
    """`digest.ports.PaperStore`."""

    def __init__(self) -> None:
        self._papers: dict[tuple[str, int], Paper] = {}
        self._states: dict[tuple[str, date], CategoryDay] = {}
        self._listed: defaultdict[tuple[str, date], dict[tuple[str, int], Announcement]] = defaultdict(dict)
        self._texts: dict[tuple[str, int, int], PaperText] = {}
        self._days_saved = 0

    def revision(self) -> int:
        return self._days_saved

    def save_day(self, state: CategoryDay, announcements: Sequence[Announcement]) -> None:
        self._days_saved += 1
        self._states[state.category, state.day] = state
        for announcement in announcements:
            paper = announcement.paper
            self.save_paper(paper)
            self._listed[state.category, state.day][paper.id, paper.version] = announcement

    def save_paper(self, paper: Paper) -> None:
        stored = self._papers.get((paper.id, paper.version), paper)
        given = {f.name: value for f in fields(paper) if (value := getattr(paper, f.name))}
        self._papers[paper.id, paper.version] = replace(stored, **given)

    def paper(self, paper_id: str, version: int | None = None) -> Paper | None:
        found = [p for p in self._papers.values() if p.id == paper_id and version in (None, p.version)]
        return max(found, key=lambda p: p.version, default=None)

    def category_day(self, category: str, day: date) -> CategoryDay | None:
        return self._states.get((category, day))

    def announcements(self, day: date, categories: Sequence[str] | None = None) -> list[Announcement]:
        if categories is None:
            categories = sorted(category for category, listed_on in self._listed if listed_on == day)
        return [
            replace(announcement, paper=self._papers[key], day=day, category=category)
            for category in dict.fromkeys(categories)
            for key, announcement in self._listed[category, day].items()
        ]

    def days(self, categories: Sequence[str] | None = None) -> list[date]:
        found = {day for (c, day), listed in self._listed.items() if listed and (categories is None or c in categories)}
        return sorted(found, reverse=True)

    def listed_before(self, category: str, day: date) -> frozenset[tuple[str, int]]:
        days = [d for c, d in self._listed if c == category and d < day and self._listed[c, d]]
        return frozenset(self._listed[category, max(days)]) if days else frozenset()

    def search(self, words: str, limit: int = 20) -> list[Paper]:
        wanted = words.replace('"', "").casefold().split()
        newest = [p for p in self._papers.values() if self.paper(p.id) == p]
        found = [p for p in newest if wanted and all(w in _text(p) for w in wanted)]
        found.sort(key=lambda p: (all(w in p.title.casefold() for w in wanted), p.id), reverse=True)
        return found[:limit]

    def index_some(self, limit: int) -> int:
        return 0  # it has no index

    def text(self, paper_id: str, version: int, reader_version: int) -> PaperText | None:
        return self._texts.get((paper_id, version, reader_version))

    def save_text(self, paper_id: str, version: int, text: PaperText) -> None:
        self._texts[paper_id, version, text.reader_version] = text


def _text(paper: Paper) -> str:
    return f"{paper.title} {paper.abstract} {' '.join(paper.authors)}".casefold()


class FakeAnalyses:
    """`digest.ports.AnalysisStore`."""

    def __init__(self) -> None:
        self._analyses: dict[tuple[str, int, str, str, int], Analysis] = {}

    def analysis(
        self, paper_id: str, version: int, language: str, analyst: str, prompt_version: int
    ) -> Analysis | None:
        return self._analyses.get((paper_id, version, language, analyst, prompt_version))

    def best_analysis(self, paper_id: str, language: str) -> Analysis | None:
        found = [a for a in self._analyses.values() if a.paper_id == paper_id and a.language == language]
        return max(
            found,
            key=lambda a: (a.version, a.made_from is AnalysisSource.FULL_TEXT, a.analyst != EXCERPT, a.prompt_version),
            default=None,
        )

    def save_analysis(self, analysis: Analysis) -> None:
        key = (analysis.paper_id, analysis.version, analysis.language, analysis.analyst, analysis.prompt_version)
        self._analyses[key] = analysis


class FakeDigests:
    """`digest.ports.DigestStore`."""

    def __init__(self) -> None:
        self._digests: dict[tuple[str, date, int], Digest] = {}

    def digests(self, edition: str, day: date) -> list[Digest]:
        found = [d for (e, on, _), d in self._digests.items() if (e, on) == (edition, day)]
        return sorted(found, key=lambda d: d.number)

    def digest_days(self, edition: str) -> list[date]:
        return sorted({day for e, day, _ in self._digests if e == edition}, reverse=True)

    def save_digest(self, digest: Digest) -> None:
        key = (digest.edition, digest.day, digest.number)
        if key in self._digests:
            raise StorageError(f"the digest {key} is stored already")
        self._digests[key] = digest

    def carded(self, edition: str) -> Mapping[str, int]:
        mine = [d for (e, _, _), d in self._digests.items() if e == edition]
        carded = {card.paper.id for d in mine for card in d.cards}
        newest: dict[str, int] = {}
        for paper in (
            *(card.paper for d in mine for card in d.cards),
            *(update.paper for d in mine for update in d.updates),
        ):
            if paper.id in carded:
                newest[paper.id] = max(paper.version, newest.get(paper.id, 0))
        return newest

    def updated(self, edition: str) -> Mapping[str, int]:
        carded = self.carded(edition)
        mine = [d for (e, _, _), d in self._digests.items() if e == edition]
        newest: dict[str, int] = {}
        for paper in (update.paper for d in mine for update in d.updates):
            if paper.id not in carded:
                newest[paper.id] = max(paper.version, newest.get(paper.id, 0))
        return newest


class FakeSpending:
    """`digest.ports.SpendingStore`."""

    def __init__(self) -> None:
        self._calls: list[tuple[date, str, str, ModelSpending]] = []

    def record(
        self,
        day: date,
        model: str,
        paper_id: str,
        prompt_tokens: int,
        cached_tokens: int,
        completion_tokens: int,
        money: float,
    ) -> None:
        spent = ModelSpending(prompt_tokens, cached_tokens, completion_tokens, money, calls=1)
        self._calls.append((day, model, paper_id, spent))

    def spent(self, first: date, last: date) -> ModelSpending:
        return sum((spent for day, _, _, spent in self._calls if first <= day <= last), ModelSpending())

    def rows(self, days: int) -> list[SpendingRow]:
        newest = sorted({day for day, *_ in self._calls}, reverse=True)[:days]
        found = []
        for day, model in {(day, model) for day, model, _, _ in self._calls if day in newest}:
            calls = [(paper, spent) for d, m, paper, spent in self._calls if (d, m) == (day, model)]
            papers = len({paper for paper, _ in calls if paper})
            found.append(SpendingRow(day, model, papers, sum((spent for _, spent in calls), ModelSpending())))
        return sorted(found, key=lambda r: (-r.day.toordinal(), -r.spent.money, -r.spent.tokens, r.model))


class FakeChats:
    """`digest.models.delivery.ChatStore`."""

    def __init__(self) -> None:
        self._chats: dict[Target, Chat] = {}
        self._holds: dict[Target, Cooldown] = {}
        self._moves: dict[Target, Target] = {}
        self.moved: Callable[[Target, Target], None] = lambda old, new: None

    def chat(self, target: Target) -> Chat:
        return self._chats.get(target, Chat(target))

    def saw_message(self, target: Target, message_id: str) -> None:
        known = self.chat(target).last_message
        if known is None or Decimal(message_id) > Decimal(known):
            self._chats[target] = replace(self.chat(target), last_message=message_id)

    def delivered(self, target: Target, receipt: str) -> None:
        self.saw_message(target, receipt)
        self._chats[target] = replace(self.chat(target), refusals=0)

    def start_cooldown(self, hold: Cooldown) -> None:
        known = self._holds.get(hold.target)
        if known is None or known.until < hold.until:
            self._holds[hold.target] = hold

    def cooldown_until(self, target: Target, now: datetime) -> datetime | None:
        ends = [self._holds[t].until for t in (target, all_chats_of(target.platform)) if t in self._holds]
        return max((end for end in ends if end > now), default=None)

    def cooldowns(self, now: datetime) -> list[Cooldown]:
        return sorted((h for h in self._holds.values() if h.until > now), key=lambda h: h.until)

    def refused(self, target: Target) -> int:
        self._chats[target] = replace(self.chat(target), refusals=self.chat(target).refusals + 1)
        return self._chats[target].refusals

    def pause(self, target: Target, reason: str) -> None:
        self._chats[target] = replace(self.chat(target), paused=reason)

    def resume(self, target: Target) -> None:
        self._chats[target] = replace(self.chat(target), paused=None, refusals=0)

    def paused(self) -> list[Chat]:
        found = [chat for chat in self._chats.values() if chat.paused is not None]
        return sorted(found, key=lambda c: (c.target.platform, c.target.address))

    def mute(self, target: Target, until: datetime | None) -> None:
        self._chats[target] = replace(self.chat(target), muted_until=until)

    def migrate(self, old: Target, new: Target) -> None:
        self._moves[old] = new
        self._moves.pop(new, None)
        self.moved(old, new)

    def rename(self, name: Target, target: Target) -> None:
        before = self.migrated_target(name)
        self._moves[name] = target
        self.moved(before, target)

    def migrated_target(self, target: Target) -> Target:
        while target in self._moves:
            target = self._moves[target]
        return target


OPEN = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN)
QUESTIONS = (DeliveryState.SENDING, DeliveryState.UNKNOWN)


class FakeDeliveries:
    """`digest.models.delivery.DeliveryStore`, with the chats that it keeps up to date."""

    def __init__(self, chats: FakeChats | None = None, now: Now = epoch) -> None:
        self.rows: dict[int, Delivery] = {}
        self._changed: dict[int, datetime] = {}  # those that went out, or may have
        self._now = now
        self._chats = chats or FakeChats()
        self._chats.moved = self._moved

    def add(self, messages: Sequence[Message]) -> list[Delivery]:
        there = {(d.digest, d.target) for d in self.rows.values()}
        ids: dict[int, int] = {}
        for index, m in enumerate(messages):
            if (m.digest, m.target) in there:
                continue
            ids[index] = len(self.rows) + 1
            parent = None if m.parent is None else ids[m.parent]
            self.rows[ids[index]] = Delivery(ids[index], m.digest, m.target, m.role, m.paper_id, m.payload, parent)
        return [self.rows[i] for i in ids.values()]

    def delivery(self, delivery_id: int) -> Delivery | None:
        return self.rows.get(delivery_id)

    def deliveries(self, digest: str) -> list[Delivery]:
        return [d for d in self.rows.values() if d.digest == digest]

    def open_targets(self) -> list[Target]:
        return list(dict.fromkeys(self._chats.migrated_target(d.target) for d in self.rows.values() if d.state in OPEN))

    def next_pending(self, target: Target) -> Delivery | None:
        if self.open_questions(target):
            return None
        return next((d for d in self.rows.values() if d.target == target and d.state in OPEN), None)

    def open_questions(self, target: Target | None = None) -> list[Delivery]:
        return [
            d
            for d in self.rows.values()
            if d.state in QUESTIONS and target in (None, d.target, self._chats.migrated_target(d.target))
        ]

    def sent_since(self, moment: datetime) -> list[tuple[Target, datetime]]:
        found = [(self.rows[i].target, at) for i, at in self._changed.items() if at >= moment]
        return sorted(found, key=lambda item: item[1])

    def mark_sending(self, delivery_id: int, before: str | None) -> bool:
        delivery = self.rows[delivery_id]
        if delivery.state is not DeliveryState.PENDING:
            return False
        attempts = delivery.attempts + 1
        self._set(delivery_id, DeliveryState.SENDING, OPEN, before=before, attempts=attempts)
        return True

    def mark_sent(self, delivery_id: int, receipt: str) -> None:
        self._set(delivery_id, DeliveryState.SENT, QUESTIONS, receipt=receipt)
        self._chats.delivered(self.rows[delivery_id].target, receipt)

    def mark_unknown(self, delivery_id: int, error: str) -> None:
        self._set(delivery_id, DeliveryState.UNKNOWN, QUESTIONS, error=error)

    def mark_failed(self, delivery_id: int, error: str) -> None:
        self._set(delivery_id, DeliveryState.FAILED, OPEN, error=error)

    def back_to_pending(self, delivery_id: int, not_before: datetime | None = None, error: str | None = None) -> None:
        allowed = (*OPEN, DeliveryState.FAILED)
        self._set(delivery_id, DeliveryState.PENDING, allowed, not_before=not_before, error=error)
        delivery = self.rows[delivery_id]
        self.rows[delivery_id] = replace(delivery, target=self._chats.migrated_target(delivery.target))

    def counts(self) -> Mapping[Target, Mapping[DeliveryState, int]]:
        counts: defaultdict[Target, defaultdict[DeliveryState, int]] = defaultdict(lambda: defaultdict(int))
        for delivery in self.rows.values():
            if delivery.state in OPEN:
                counts[self._chats.migrated_target(delivery.target)][delivery.state] += 1
        return {target: dict(states) for target, states in counts.items()}

    def _set(
        self,
        delivery_id: int,
        state: DeliveryState,
        allowed: tuple[DeliveryState, ...],
        *,
        receipt: str | None = None,
        error: str | None = None,
        not_before: datetime | None = None,
        before: str | None = None,
        attempts: int | None = None,
    ) -> None:
        delivery = self.rows.get(delivery_id)
        if delivery is None:
            raise StorageError(f"there is no delivery {delivery_id}")
        if delivery.state not in allowed:
            raise StorageError(f"delivery {delivery_id} is {delivery.state} and can't become {state}")
        self.rows[delivery_id] = replace(
            delivery,
            state=state,
            receipt=receipt,
            error=error,
            not_before=not_before,
            before=before if state is DeliveryState.SENDING else delivery.before,
            attempts=attempts or delivery.attempts,
        )
        if state is DeliveryState.PENDING:
            self._changed.pop(delivery_id, None)
        elif self.rows[delivery_id].attempts:
            self._changed[delivery_id] = self._now()

    def _moved(self, old: Target, new: Target) -> None:
        for delivery in list(self.rows.values()):
            if delivery.target == old and delivery.state is DeliveryState.PENDING:
                self.rows[delivery.id] = replace(delivery, target=new)


class FakeEditions:
    """`digest.models.people.EditionStore`."""

    def __init__(self, now: Now = epoch) -> None:
        self._now = now
        self._changes: defaultdict[str, dict[str, KeywordChange]] = defaultdict(dict)
        self._personal: dict[str, Edition] = {}
        self._in_force: tuple[Edition, ...] = ()
        self._runs: dict[tuple[str, date], EditionRun] = {}

    def keywords(self, edition: Edition) -> list[str]:
        changes = self._changes[edition.name]
        configured = {_folded(k) for k in edition.keywords}
        kept = [k for k in edition.keywords if _folded(k) not in changes or changes[_folded(k)].added]
        return kept + [c.keyword for k, c in changes.items() if c.added and k not in configured]

    def effective(self, edition: Edition) -> Edition:
        return replace(edition, keywords=tuple(self.keywords(edition)))

    def effective_editions(self, configured: Sequence[Edition], *, personal: bool) -> Sequence[Edition]:
        own = [self.effective(edition) for _, edition in self.personal_editions()] if personal else []
        made = (*map(self.effective, configured), *(edition for edition in own if edition.keywords))
        self._in_force = self._in_force if self._in_force == made else made
        return self._in_force

    def add_keyword(self, edition: Edition, keyword: str, by: Actor) -> bool:
        return self._change(edition, keyword, by, added=True)

    def remove_keyword(self, edition: Edition, keyword: str, by: Actor) -> bool:
        return self._change(edition, keyword, by, added=False)

    def _change(self, edition: Edition, keyword: str, by: Actor, *, added: bool) -> bool:
        key = _folded(keyword)
        if (key in map(_folded, self.keywords(edition))) == added:
            return False
        self._changes[edition.name].pop(key, None)
        self._changes[edition.name][key] = KeywordChange(" ".join(keyword.split()), added, by, self._now())
        return True

    def keyword_changes(self, edition: str) -> list[KeywordChange]:
        return list(self._changes[edition].values())

    def personal(self, owner: str) -> Edition | None:
        return self._personal.get(owner)

    def personal_editions(self) -> Sequence[tuple[str, Edition]]:
        return sorted(self._personal.items(), key=lambda item: item[0])

    def save_personal(self, owner: str, edition: Edition) -> None:
        self._personal[owner] = edition

    def drop_personal(self, owner: str) -> bool:
        return self._personal.pop(owner, None) is not None

    def run_began(self, edition: str, day: date) -> None:
        self._runs[edition, day] = EditionRun(edition, day, self._now())

    def run_ended(self, edition: str, day: date, outcome: str) -> None:
        self._runs[edition, day] = replace(self._runs[edition, day], ended=self._now(), outcome=outcome)

    def last_run(self, edition: str) -> EditionRun | None:
        mine = [run for (name, _), run in self._runs.items() if name == edition]
        return max(mine, key=lambda run: run.day, default=None)

    def runs(self, edition: str, since: date) -> list[EditionRun]:
        mine = [run for (name, day), run in self._runs.items() if name == edition and day >= since]
        return sorted(mine, key=lambda run: run.day)


def _folded(keyword: str) -> str:
    return " ".join(keyword.split()).casefold()


class FakePeople:
    """`digest.models.people.PeopleStore`."""

    def __init__(self, now: Now = epoch) -> None:
        self._now = now
        self._saved: defaultdict[str, dict[str, SavedPaper]] = defaultdict(dict)
        self._languages: dict[str, str | None] = {}
        self._requests: defaultdict[tuple[str, date], int] = defaultdict(int)
        self._votes: dict[tuple[str, str, str], int] = {}

    def save(self, person: str, paper_id: str) -> bool:
        if paper_id in self._saved[person]:
            return False
        self._saved[person][paper_id] = SavedPaper(paper_id, self._now())
        return True

    def unsave(self, person: str, paper_id: str) -> bool:
        return self._saved[person].pop(paper_id, None) is not None

    def saved(self, person: str) -> list[SavedPaper]:
        return sorted(self._saved[person].values(), key=lambda s: (s.at, s.paper_id), reverse=True)

    def saves(self, since: datetime) -> Mapping[str, int]:
        papers = [one.paper_id for kept in self._saved.values() for one in kept.values() if one.at >= since]
        return {paper_id: papers.count(paper_id) for paper_id in papers}

    def language(self, person: str) -> str | None:
        return self._languages.get(person)

    def set_language(self, person: str, language: str | None) -> None:
        self._languages[person] = language

    def count_request(self, person: str, day: date) -> int:
        self._requests[person, day] += 1
        return self._requests[person, day]

    def vote(self, edition: str, person: str, paper_id: str, value: int) -> None:
        self._votes.pop((edition, paper_id, person), None)
        if value:
            self._votes[edition, paper_id, person] = value

    def votes(self, edition: str) -> Mapping[str, int]:
        sums: defaultdict[str, int] = defaultdict(int)
        for (of_edition, paper_id, _), value in self._votes.items():
            if of_edition == edition:
                sums[paper_id] += value
        return dict(sums)

    def forget_votes(self, edition: str) -> int:
        mine = [key for key in self._votes if key[0] == edition]
        for key in mine:
            del self._votes[key]
        return len(mine)


class FakeEvents:
    """`digest.models.people.EventStore`."""

    def __init__(self, now: Now = epoch) -> None:
        self._now = now
        self._events: list[AuditEvent] = []

    def record(self, event: AuditEvent) -> None:
        self._events.append(replace(event, at=event.at or self._now(), id=len(self._events) + 1))

    def events(self, edition: str | None = None, limit: int = 50) -> list[AuditEvent]:
        return [e for e in reversed(self._events) if edition in (None, e.edition)][:limit]

    def newest(self, what: str, edition: str) -> AuditEvent | None:
        return next((e for e in reversed(self._events) if (e.what, e.edition) == (what, edition)), None)


class FakeSeen:
    """`digest.models.people.SeenStore`."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()

    def first_time(self, platform: str, update_id: str) -> bool:
        new = (platform, update_id) not in self._seen
        self._seen.add((platform, update_id))
        return new


def fake_stores(now: Now = epoch) -> SqliteStores:
    """All stores, in memory."""
    chats = FakeChats()
    return SqliteStores(
        papers=FakePapers(),
        analyses=FakeAnalyses(),
        digests=FakeDigests(),
        deliveries=FakeDeliveries(chats, now),
        chats=chats,
        editions=FakeEditions(now),
        people=FakePeople(now),
        events=FakeEvents(now),
        seen=FakeSeen(),
        spending=FakeSpending(),
    )


@contextmanager
def stores_of(kind: str, folder: Path, now: Now = epoch) -> Iterator[SqliteStores]:
    """For contract tests: the stores of a new database ("sqlite"), or fakes ("memory")."""
    if kind == "memory":
        yield fake_stores(now)
        return
    with Database.open(folder / "broadsheet.db", now=now) as db:
        yield SqliteStores.of(db)
        assert integrity(db) == []


BOTH = ("sqlite", "memory")
