"""The pages of the archive as HTML: no request to anybody else, and readable without a script.

A `SitePages` speaks for one edition, in its language. What stands on a page is given to it; it decides how it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import blake2b
from importlib import resources
from itertools import groupby
from typing import Protocol

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape

from digest.i18n.translator import Translator
from digest.models.digest import Card, Digest, PaperUpdate
from digest.models.edition import Edition
from digest.rendering import phrasing, site_urls
from digest.report.html_page import template_globals
from digest.site.entries import DaySummary, IndexCount, SiteEntry
from digest.trends import summary
from digest.trends.aggregation import WeeklyTrends

STATEMENTS_SHOWN = 3  # of a card's first part, on the page of its day
_PACKAGES = ("digest.site", "digest.site.templates", "digest.report", "digest.report.templates", "digest.i18n")
_CJK = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure as a page shows it: its file, what is said of it, and under which licence it is there."""

    place: str
    width: int
    height: int
    alt: str
    caption: str
    credit: str
    licence: str
    licence_url: str


@dataclass(frozen=True, slots=True)
class EditionSummary:
    """An edition on the first page of all."""

    name: str
    title: str
    categories: tuple[str, ...]
    days: int
    papers: int
    newest: date | None


class AuthorSummary(Protocol):
    """An author with the papers."""

    @property
    def name(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def family(self) -> str: ...

    @property
    def papers(self) -> Sequence[SiteEntry]: ...


class SitePages:
    """The pages of an edition."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._texts = Translator(edition.language)

    def day(
        self,
        digest: Digest,
        before: date | None,
        after: date | None,
        pictures: Mapping[str, ShownFigure] | None = None,
    ) -> str:
        """A day; `pictures` are its cards' figures by paper."""
        return self._page("day.html", digest=digest, before=before, after=after, pictures=pictures or {})

    def paper(
        self,
        paper_id: str,
        card: Card | None,
        history: Sequence[tuple[date, PaperUpdate | None]],
        picture: ShownFigure | None,
    ) -> str:
        """A paper: its card, where it had one, and the days on which it was shown."""
        update = next((update for _, update in reversed(history) if update), None)
        metadata = card or update
        if metadata is None:
            raise ValueError(f"{paper_id} was shown on no day")
        found_quotations, checked = phrasing.found_count(card.analysis) if card else (0, 0)
        return self._page(
            "paper.html",
            depth=1,
            paper_id=paper_id,
            paper=metadata.paper,
            matches=metadata.matches,
            card=card,
            found=found_quotations,
            checked=checked,
            history=history,
            picture=picture,
        )

    def trends(self, weeks: WeeklyTrends, picture: str) -> str:
        """The week and each keyword's twelve weeks; `picture` is the file that shows them, where there is one."""
        totals = summary.totals(weeks, self._texts)
        caption, alt = summary.caption(weeks), summary.alt(weeks)
        return self._page("trends.html", found=weeks, picture=picture, totals=totals, caption=caption, alt=alt)

    def edition(
        self, months: Sequence[IndexCount], days: Sequence[tuple[DaySummary, Sequence[SiteEntry]]], days_in_all: int
    ) -> str:
        """The edition's first page: the newest days, and the way to all others."""
        papers = sum(month.count for month in months)
        return self._page("edition.html", months=months, days=days, days_in_all=days_in_all, papers_in_all=papers)

    def month(
        self,
        month: IndexCount,
        days: Sequence[DaySummary],
        entries: Sequence[SiteEntry],
        before: IndexCount | None,
        after: IndexCount | None,
    ) -> str:
        by_day = {day: list(group) for day, group in groupby(entries, key=lambda e: e.day)}
        return self._page(
            "listing.html",
            heading=_month_name(self._texts, month.name),
            subheading=self._texts("archive.month.total", n=month.count),
            neighbours=(before, after),
            months=(),
            up="",
            days=[(line.day, by_day.get(line.day, [])) for line in days],
        )

    def keyword(self, keyword: str, months: Sequence[IndexCount], entries: Iterable[SiteEntry]) -> str:
        """A keyword: the papers of its newest month, and the way to all months."""
        return self._keyword(keyword, sum(month.count for month in months), months, "", entries)

    def keyword_month(self, keyword: str, month: IndexCount, entries: Iterable[SiteEntry]) -> str:
        """A keyword in a month. Nothing on the page changes when other months come."""
        return self._keyword(keyword, month.count, (), site_urls.keyword(keyword), entries, month.name)

    def _keyword(
        self,
        keyword: str,
        count: int,
        months: Sequence[IndexCount],
        up: str,
        entries: Iterable[SiteEntry],
        month: str = "",
    ) -> str:
        of = f"{_month_name(self._texts, month)} · " if month else ""
        return self._page(
            "listing.html",
            depth=1,
            heading=keyword,
            subheading=of + self._texts("archive.month.total", n=count),
            neighbours=None,
            months=months,
            up=up,
            days=[(day, list(group)) for day, group in groupby(entries, key=lambda e: e.day)],
        )

    def keywords(self, keywords: Sequence[IndexCount]) -> str:
        return self._page("keywords.html", depth=1, keywords=keywords)

    def groups(self, groups: Sequence[str]) -> str:
        """The index of authors: two letters of the family name, under their first."""
        letters = [(letter, list(group)) for letter, group in groupby(groups, key=lambda group: group[0])]
        return self._page("groups.html", depth=1, letters=letters)

    def families(self, group: str, families: Sequence[tuple[str, str]]) -> str:
        """The family names of a group: (name, where its authors are filed)."""
        buckets: dict[str, list[str]] = {}
        for family, bucket in families:
            buckets.setdefault(family, []).append(bucket)
        return self._page("families.html", depth=1, group=group, families=list(buckets.items()))

    def authors(self, bucket: str, authors: Sequence[AuthorSummary]) -> str:
        """The authors that are filed together."""
        names = list(dict.fromkeys(author.family for author in authors))
        heading = self._texts.list(names[:6]) + (" …" if len(names) > 6 else "")
        return self._page(
            "authors.html", depth=1, group=site_urls.author_group(bucket), heading=heading, authors=authors
        )

    def search(self) -> str:
        return self._page("search.html")

    def _page(self, template: str, depth: int = 0, **values: object) -> str:
        root = "../" * depth
        title = self._edition.title or self._edition.name
        return (
            _environment()
            .get_template(template)
            .render(
                **_words(self._texts),
                root=root,
                top=root + "../",
                edition=self._edition,
                edition_title=phrasing.clean(title),
                **values,
            )
        )


def front_page(editions: Sequence[EditionSummary], language: str) -> str:
    """The page that leads to the editions."""
    template = _environment().get_template("front.html")
    return template.render(
        **_words(Translator(language)), root="", top="", edition=None, edition_title="", editions=editions
    )


def shared_assets() -> dict[str, str]:
    """The sheet and the scripts that all pages share, by file name."""
    report = resources.files("digest.report.templates")
    ours = resources.files("digest.site.templates")
    sheet = report.joinpath("style.css").read_text("utf-8") + ours.joinpath("archive.css").read_text("utf-8")
    scripts = {name: ours.joinpath(name).read_text("utf-8") for name in ("broadsheet.js", "search.js")}
    return {"broadsheet.css": sheet, **scripts}


@cache
def site_version() -> str:
    """Changes whenever pages made now would look other than those that lie there: templates, texts, and this code."""
    fingerprint = blake2b(digest_size=6)
    files = [file for package in _PACKAGES for file in resources.files(package).iterdir() if file.is_file()]
    files += [resources.files("digest.rendering").joinpath(name) for name in ("phrasing.py", "figure_licences.py")]
    for file in sorted(files, key=lambda f: f.name):
        fingerprint.update(file.name.encode() + file.read_bytes())
    return fingerprint.hexdigest()


def _words(texts: Translator) -> dict[str, object]:
    """What the templates can say: the words of a card, and those of the archive."""
    return template_globals(texts) | {
        "version": site_version(),
        "day_page": site_urls.day,
        "month_page": lambda day: site_urls.month(site_urls.month_of(day)),
        "paper_page": site_urls.paper,
        "keyword_page": site_urls.keyword,
        "filed": site_urls.author_entry,
        "cjk": lambda text: bool(_CJK.search(text)),
        "statements_shown": STATEMENTS_SHOWN,
        "month_name": lambda month: _month_name(texts, month),
        "authors_page": site_urls.authors,
        "group_name": lambda group: texts("archive.letter.other") if group == site_urls.OTHERS else group.capitalize(),
    }


def _month_name(texts: Translator, month: str) -> str:
    return texts.month(date.fromisoformat(f"{month}-01"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("digest.site"), PackageLoader("digest.report")]),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clean"] = phrasing.clean
    return environment
