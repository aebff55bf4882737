"""The questions in their order, and what each answer becomes. Enter keeps what is there.

categories | keywords, tried at once | time, zone, language | each platform | a model, tried
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.chat.platform_spec import Platforms, SetupContext
from bot.console.prompt import Prompter, SilentPrompter
from bot.setup import keyword_preview
from bot.setup.config_writer import ConfigChanges, Value
from bot.setup.model_questions import ModelQuestions
from bot.setup.setup_answers import SetupAnswers
from digest.arxiv.calendar import turns_over_at
from digest.categories import CATEGORIES, NAMES, search
from digest.errors import InputError, KeywordError
from digest.i18n.translator import Translator
from digest.keywords import parse_keyword, split_keywords
from digest.models.edition import Edition
from digest.ports import Clock
from digest.settings import Settings, validators

EARLIEST = "08:00"  # people read no sooner


@dataclass(slots=True)
class SetupQuestions:
    """`current` is the edition as it is, `is_example` whether it is the one that the configuration comes with."""

    talk: Prompter
    given: SetupAnswers
    settings: Settings
    current: Edition
    is_example: bool
    clock: Clock
    platforms: Platforms

    async def ask(self) -> ConfigChanges:
        """Everything, in order. Raises `InputError` for an option that can't be."""
        edition: dict[str, Value] = {}
        tables: dict[str, dict[str, Value]] = {}
        secrets: dict[str, str] = {}
        if self.given.contact:
            tables["arxiv"] = {"contact": self.given.contact}
        categories = self._categories()
        keywords, matching = await self._keywords(categories)
        edition |= {"categories": list(categories), "keywords": list(keywords)}
        at, zone, language = self._when()
        edition |= {"language": language, "publish_at": at, "timezone": zone}
        title = await self._chats(edition, tables, secrets)
        models = ModelQuestions(self.talk, self.settings, self.clock)
        await models.ask(self.given, language, matching, tables, secrets)
        name = self.given.edition or ("daily" if self.is_example else "")
        if self.given.title or self.is_example:
            edition["title"] = self.given.title or title or Translator(language)("setup.title")
        return ConfigChanges(self.current.name, edition, tables, secrets, new_name=name)

    def _for(self, *preset: object) -> Prompter:
        """Nobody is asked for what was given."""
        return SilentPrompter(self.talk) if any(preset) else self.talk

    # --- what to watch ------------------------------------------------------------------------------------------

    def _categories(self) -> tuple[str, ...]:
        talk = self._for(self.given.categories)
        default = ", ".join(self.given.categories or self.current.categories)
        if talk.is_live:
            talk.say("What to read: arXiv's categories, or words to look for among their names.")
        while True:
            categories, unclear = chosen_categories(talk.ask("Categories", default))
            for piece in unclear:
                near = search(piece)
                talk.say(f"  {piece!r}: " + ("which of these?" if near else "no category has these words in its name"))
                for code in near:
                    talk.say(f"    {code:<18} {NAMES[code]}")
            if categories and not unclear:
                talk.say("  " + " · ".join(f"{code} {NAMES[code]}" for code in categories))
                return categories
            if not talk.is_live:
                raise InputError(f"no category {', '.join(unclear) or 'is given'}; --category cs.RO names one")

    async def _keywords(self, categories: Sequence[str]) -> tuple[tuple[str, ...], int]:
        """The keywords, and how many papers of the newest day they match."""
        talk = self._for(self.given.keywords)
        keywords = self.given.keywords or self.current.keywords
        if talk.is_live:
            talk.say("What to look for in titles and abstracts: a phrase each; + both, | either, -word not.")
        day: keyword_preview.RecentDay | None = None
        prompt = "Keywords, separated by commas"
        while True:
            typed = talk.ask(prompt, ", ".join(keywords))
            is_unchanged = typed == ", ".join(keywords) and day is not None
            keywords = tuple(keywords) if typed == ", ".join(keywords) else split_keywords(typed)
            try:
                for keyword in keywords:
                    parse_keyword(keyword)
            except KeywordError as error:
                talk.say("  " + str(error).replace("\n", "\n  "))
                if not talk.is_live:
                    raise
                continue
            if is_unchanged:
                return keywords, keyword_preview.distinct_papers(
                    keyword_preview.keyword_hits(keywords, day.papers)
                ) if day else 0
            day = day or await self._day(categories)
            if not day.papers:
                self.talk.say("  there are no papers to try them on; broadsheet match tries them later")
                return keywords, 0
            all_hits = keyword_preview.keyword_hits(keywords, day.papers)
            for hit in all_hits:
                self.talk.say(f"  {hit.line}")
            matching = keyword_preview.distinct_papers(all_hits)
            self.talk.say(f"  {matching} of {len(day.papers)} papers" + (f" of {day.day}" if day.day else ""))
            if not talk.is_live:
                return keywords, matching
            prompt = "Enter keeps these; or type others"

    async def _day(self, categories: Sequence[str]) -> keyword_preview.RecentDay:
        self.talk.say("  … trying them on the newest papers")
        day = await keyword_preview.newest_day(self.settings, categories, self.clock)
        for category, why in day.failed:
            self.talk.say(f"  ! {category}: {why}")
        return day

    # --- when, and in which language ----------------------------------------------------------------------------

    def _when(self) -> tuple[str, str, str]:
        """Time, zone, language."""
        answers, now = self.given, self.current
        at, zone, language = now.publish_at, now.timezone, now.language
        if self.is_example:
            zone = answers.timezone or local_zone() or zone
            at = sensible_time(zone, self.clock.now())
        at, zone, language = answers.publish_at or at, answers.timezone or zone, answers.language or language
        talk = self._for(answers.publish_at and answers.timezone and answers.language)
        while True:
            typed = talk.ask("Time, time zone and language of the digest", f"{at} {zone} {language}")
            for word in typed.replace(",", " ").split():
                if ":" in word:
                    at = word.zfill(5)
                elif re.fullmatch(r"[a-z]{2}", word):
                    language = word
                else:
                    zone = word
            problems = [
                p for p in (validators.time_of_day(at), validators.timezone(zone), validators.language(language)) if p
            ]
            if not problems:
                return at, zone, language
            for problem in problems:
                talk.say(f"  {problem}")
            if not talk.is_live:
                raise InputError("; ".join(problems))

    # --- chats --------------------------------------------------------------------------------------------------

    async def _chats(
        self, edition: dict[str, Value], tables: dict[str, dict[str, Value]], secrets: dict[str, str]
    ) -> str:
        """Every platform's questions; the title of the first chat that has one."""
        title = ""
        for platform, spec in self.platforms.items():
            context = SetupContext(self.talk, self.settings, self.current, self.clock, self.given.chats)
            result = await spec.ask(context)
            if result.chats:
                edition[platform] = list(result.chats)
            if result.table:
                tables[platform] = dict(result.table)
            secrets |= result.secrets
            title = title or result.title
        return title


def chosen_categories(typed: str) -> tuple[tuple[str, ...], list[str]]:
    """The categories of an answer, and the parts of it that are none and fit none, or several."""
    by_lower = {code.lower(): code for code in CATEGORIES}
    categories: list[str] = []
    unclear: list[str] = []
    for piece in filter(None, (part.strip() for part in re.split(r"[,;，、]", typed))):
        words = piece.lower().split()
        if all(word in by_lower for word in words):
            categories += [by_lower[word] for word in words]
        elif len(near := search(piece)) == 1:
            categories += near
        else:
            unclear.append(piece)
    return tuple(dict.fromkeys(categories)), unclear


def sensible_time(zone: str, now: datetime) -> str:
    """Half an hour after the feeds turn over, but not at night."""
    due = turns_over_at(now.date()).astimezone(ZoneInfo(zone)) + timedelta(minutes=30)
    return max(f"{due:%H:%M}", EARLIEST)


def local_zone(link: Path = Path("/etc/localtime")) -> str:
    """The machine's time zone by its IANA name; empty where it does not say, or says UTC as containers do."""
    try:
        name = str(link.resolve()).partition("zoneinfo/")[2]
    except OSError:
        return ""
    return name if "/" in name and not name.startswith("Etc/") and validators.timezone(name) is None else ""


def edition_as_is(settings: Settings, name: str) -> Edition:
    """The edition of that name, or the first; where there is none, an empty one."""
    if name:
        edition = next((e for e in settings.editions if e.name.lower() == name.lower()), None)
        first = settings.editions[0] if settings.editions else Edition(name, (), ())
        return edition or replace(first, name=name, keywords=(), targets=(), title="")
    return settings.editions[0] if settings.editions else Edition("daily", (), ())


def secrets_changed(secrets: Mapping[str, str], settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """What has to be written: not what a NAME_FILE already gives."""
    return {
        name: value
        for name, value in secrets.items()
        if not (environ.get(f"{name}_FILE") and settings.secrets.get(name) == value)
    }
