"""Trends as a message, and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator

from digest.i18n.translator import Translator
from digest.models.paper import Paper
from digest.rendering import phrasing
from digest.rendering.document import Block, Document, Heading, Item, ItemList, Paragraph, Style, TextRun, text_run
from digest.trends.aggregation import KeywordSeries, NearMiss, WeeklyTrends, WeekTotals

KEYWORDS_SHOWN = 8
_BOLD = frozenset({Style.BOLD})


def summary(trends: WeeklyTrends) -> Document:
    """The week: how much came, which keywords matched most, what was saved, what was narrowly missed."""
    texts = Translator(trends.language)
    heading = texts("trends.heading", title=phrasing.clean(trends.title), date=texts.date(trends.weeks[-1]))
    blocks: list[Block] = [Heading(1, (text_run(heading),)), Paragraph((text_run(totals(trends, texts)),))]
    active_series = [series for series in trends.series if series.now][:KEYWORDS_SHOWN]
    if active_series:
        blocks += [
            _title(texts("trends.keywords")),
            ItemList(tuple(Item((text_run(_line(s, texts)),)) for s in active_series)),
        ]
    if trends.saved:
        items = tuple(_paper(paper, texts("trends.saved_by", n=n)) for paper, n in trends.saved)
        blocks += [_title(texts("trends.saved")), ItemList(items)]
    if trends.missed:
        items = tuple(_paper(near_miss.paper, _why(near_miss, texts)) for near_miss in trends.missed)
        blocks += [_title(texts("trends.missed")), ItemList(items)]
    return Document(tuple(blocks), heading, continued=texts("card.continued", heading=heading))


def totals(trends: WeeklyTrends, texts: Translator) -> str:
    """The counts of new papers, updates and announcements, with those of the week before, if there was one."""
    week = texts("trends.week", cards=trends.week.cards, updates=trends.week.updates, announced=trends.week.announced)
    if trends.before is None:
        return week + texts("trends.first")
    return week + texts("trends.before", cards=trends.before.cards, updates=trends.before.updates)


def caption(trends: WeeklyTrends) -> str:
    """What stands below the picture."""
    texts = Translator(trends.language)
    return texts("trends.caption", title=phrasing.clean(trends.title))


def alt(trends: WeeklyTrends) -> str:
    """The picture in words: each keyword with its counts."""
    rows = (f"{phrasing.clean(s.keyword)}: {' '.join(map(str, s.counts))}" for s in trends.series[:KEYWORDS_SHOWN])
    return "; ".join([caption(trends), *rows])


def as_json(trends: WeeklyTrends) -> dict[str, object]:
    """What `broadsheet trends --json` prints."""
    return {
        "edition": trends.edition,
        "weeks": [week.isoformat() for week in trends.weeks],
        "keywords": [{"keyword": s.keyword, "counts": list(s.counts)} for s in trends.series],
        "week": _totals(trends.week),
        "before": _totals(trends.before) if trends.before else None,
        "saved": [{"id": paper.id, "title": phrasing.title(paper), "people": n} for paper, n in trends.saved],
        "missed": [
            {"id": near_miss.paper.id, "title": phrasing.title(near_miss.paper), "keyword": near_miss.keyword}
            for near_miss in trends.missed
        ],
    }


def _totals(totals: WeekTotals) -> dict[str, int]:
    return {"cards": totals.cards, "updates": totals.updates, "announced": totals.announced}


def _title(text: str) -> Heading:
    return Heading(3, (text_run(text),))


def _line(series: KeywordSeries, texts: Translator) -> str:
    keyword, usual = phrasing.clean(series.keyword), series.usual
    if usual is None:
        return texts("trends.keyword_first", keyword=keyword, n=series.now)
    return texts("trends.keyword", keyword=keyword, n=series.now, usual=round(usual, 1))


def _paper(paper: Paper, details: str) -> Item:
    return Item((TextRun(phrasing.title(paper), _BOLD, phrasing.abs_url(paper)), text_run(f"\n{details}")))


def _why(near_miss: NearMiss, texts: Translator) -> str:
    if near_miss.keyword:
        return texts("trends.missed_words", keyword=phrasing.clean(near_miss.keyword))
    return texts("card.near_miss")


def lines(trends: WeeklyTrends) -> Iterator[str]:
    """For a terminal: a keyword a line with its twelve counts."""
    for series in trends.series:
        yield f"{' '.join(f'{n:3}' for n in series.counts)}  {series.keyword}"
