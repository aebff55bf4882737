"""Trends as a message, and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator

from digest.i18n.translator import Translator
from digest.models.model import Paper
from digest.rendering import phrasing
from digest.rendering.document import Block, Document, Heading, Item, ItemList, Paragraph, Style, TextRun, text_run
from digest.trends.aggregation import KeywordSeries, NearMiss, WeeklyTrends, WeekTotals

KEYWORDS_SHOWN = 8
_BOLD = frozenset({Style.BOLD})


def summary(found: WeeklyTrends) -> Document:
    """The week: how much came, which keywords matched most, what was saved, what was narrowly missed."""
    texts = Translator(found.language)
    heading = texts("trends.heading", title=phrasing.clean(found.title), date=texts.date(found.weeks[-1]))
    blocks: list[Block] = [Heading(1, (text_run(heading),)), Paragraph((text_run(totals(found, texts)),))]
    shown = [series for series in found.series if series.now][:KEYWORDS_SHOWN]
    if shown:
        blocks += [_title(texts("trends.keywords")), ItemList(tuple(Item((text_run(_line(s, texts)),)) for s in shown))]
    if found.saved:
        items = tuple(_paper(paper, texts("trends.saved_by", n=n)) for paper, n in found.saved)
        blocks += [_title(texts("trends.saved")), ItemList(items)]
    if found.missed:
        items = tuple(_paper(one.paper, _why(one, texts)) for one in found.missed)
        blocks += [_title(texts("trends.missed")), ItemList(items)]
    return Document(tuple(blocks), heading, continued=texts("card.continued", heading=heading))


def totals(found: WeeklyTrends, texts: Translator) -> str:
    """So many new papers and updates of so many announced, and how it was the week before, if there was one."""
    week = texts("trends.week", cards=found.week.cards, updates=found.week.updates, announced=found.week.announced)
    if found.before is None:
        return week + texts("trends.first")
    return week + texts("trends.before", cards=found.before.cards, updates=found.before.updates)


def caption(found: WeeklyTrends) -> str:
    """What stands below the picture."""
    texts = Translator(found.language)
    return texts("trends.caption", title=phrasing.clean(found.title))


def alt(found: WeeklyTrends) -> str:
    """The picture in words: each keyword with its counts."""
    rows = (f"{phrasing.clean(s.keyword)}: {' '.join(map(str, s.counts))}" for s in found.series[:KEYWORDS_SHOWN])
    return "; ".join([caption(found), *rows])


def as_json(found: WeeklyTrends) -> dict[str, object]:
    """What `broadsheet trends --json` prints."""
    return {
        "edition": found.edition,
        "weeks": [week.isoformat() for week in found.weeks],
        "keywords": [{"keyword": s.keyword, "counts": list(s.counts)} for s in found.series],
        "week": _totals(found.week),
        "before": _totals(found.before) if found.before else None,
        "saved": [{"id": paper.id, "title": phrasing.title(paper), "people": n} for paper, n in found.saved],
        "missed": [
            {"id": one.paper.id, "title": phrasing.title(one.paper), "keyword": one.keyword} for one in found.missed
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


def _paper(paper: Paper, rest: str) -> Item:
    return Item((TextRun(phrasing.title(paper), _BOLD, phrasing.abs_url(paper)), text_run(f"\n{rest}")))


def _why(one: NearMiss, texts: Translator) -> str:
    if one.keyword:
        return texts("trends.missed_words", keyword=phrasing.clean(one.keyword))
    return texts("card.near_miss")


def lines(found: WeeklyTrends) -> Iterator[str]:
    """For a terminal: a keyword a line with its twelve counts."""
    for series in found.series:
        yield f"{' '.join(f'{n:3}' for n in series.counts)}  {series.keyword}"
