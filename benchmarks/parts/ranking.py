"""Whether votes bring what readers like to the top: `python -m benchmarks.parts.ranking [--days FOLDER]`.

Readers with stated tastes live 30 days of one edition: recorded days of announcements where FOLDER has them (a JSON
line a paper), else made-up ones. On each day a reader votes on three of the day's cards and errs in one vote of ten;
what was learned until the day before orders the cards. Counted from 20 votes on: how many of the papers that the reader
likes stand in the upper third, of those that find room there, in the order of the feed, in that of the keywords alone,
and in the learned one.

Goal: at least twice the share of the feed's order.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from benchmarks.figure import Figure
from digest.matching.matcher import Matcher
from digest.matching.selection import SelectedPaper, select_papers
from digest.models.edition import Edition
from digest.models.paper import Announcement, AnnouncementKind, Paper
from digest.ranking.features import WordWeights, inverse_document_frequency, paper_features
from digest.ranking.order import rank_cards
from digest.ranking.trainer import TrainingExample, train

DAYS, CARDS, VOTES_A_DAY, FROM, ERRS = 30, 30, 3, 20, 0.1
EDITION = Edition(
    "ranking",
    ("cs.AI", "cs.LG", "cs.RO", "cs.CV", "cs.CL"),
    (
        "robot | robotic | robotics",
        "vision language",
        "language model",
        "time series",
        "traffic",
        "diffusion",
        "reinforcement learning",
        "agent",
    ),
)
# What each reader likes, in words that stand in a paper; the model never sees them.
READERS = {
    "manipulation": r"manipulat|grasp|dexter|gripper|bimanual|tactile",
    "forecasting": r"forecast|time series|traffic|spatio-?temporal",
    "world models": r"world model|video generat|video predict|dynamics model|simulat",
    "driving": r"driving|vehicle|trajector|road|lidar",
    "reasoning": r"reasoning|chain-of-thought|planning|long-horizon",
}


@dataclass
class Reader:
    """One reader and what came of them."""

    name: str
    likes: re.Pattern[str]
    votes: dict[str, int] = field(default_factory=dict)
    shares: dict[str, list[float]] = field(default_factory=lambda: {"feed": [], "keywords": [], "learned": []})

    def likes_paper(self, paper: Paper) -> bool:
        return len(self.likes.findall(f"{paper.title} {paper.title} {paper.abstract}")) >= 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=Path, help="a folder with recorded days, DATE.jsonl")
    folder = parser.parse_args().days
    results = measured(list(recorded(folder)) if folder else list(made_up()))
    total = {name: sum(r[name] for r in results.values()) / len(results) for name in ("feed", "keywords", "learned")}
    for reader, shares in (results | {"all": total}).items():
        factor = shares["learned"] / shares["feed"] if shares["feed"] else float("inf")
        orders = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        print(f"{reader:14} {orders}: {factor:.2f} times the feed's order")


def figures() -> Iterator[Figure]:
    results = measured(list(made_up()))
    mean = {order: sum(r[order] for r in results.values()) / len(results) for order in ("feed", "learned")}
    factors = [shares["learned"] / shares["feed"] for shares in results.values()]
    yield Figure(
        f"liked papers in the upper third, from {FROM} votes on",
        f"{mean['learned'] / mean['feed']:.2f} x the feed's order", ">= 2 x", mean["learned"] >= 2 * mean["feed"],
        f"{mean['learned']:.0%} and {mean['feed']:.0%}; {len(results)} readers of {min(factors):.2f} to "
        f"{max(factors):.2f} x, {DAYS} made-up days, a vote in ten in error",
    )  # fmt: skip


def measured(
    days: Sequence[Sequence[Announcement]], tastes: Mapping[str, str] = READERS, seed: int = 1
) -> dict[str, dict[str, float]]:
    """For each reader the mean share of liked papers in the upper third, by order."""
    chance = random.Random(seed)
    readers = [Reader(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in tastes.items()]
    matcher = Matcher(EDITION.keywords)
    background: list[WordWeights] = []
    seen: dict[str, WordWeights] = {}
    for listings in days:
        choice = select_papers(EDITION, listings, {}, matcher)
        cards = _in_feed_order(choice.cards, listings)[:CARDS]
        for reader in readers:
            _live(reader, cards, choice.cards, seen, background, chance)
        background += [paper_features(listing.paper) for listing in listings]
        background = background[-1000:]
        seen |= {c.paper.id: paper_features(c.paper, c.matches) for c in cards}
    return {r.name: {name: sum(s) / len(s) for name, s in r.shares.items() if s} for r in readers if r.shares["feed"]}


def _live(
    reader: Reader,
    cards: Sequence[SelectedPaper],
    by_keywords: Sequence[SelectedPaper],
    seen: dict[str, WordWeights],
    background: Sequence[WordWeights],
    chance: random.Random,
) -> None:
    """One day: order, count, vote."""
    if len(reader.votes) >= FROM and len(set(reader.votes.values())) == 2:
        examples = [TrainingExample(seen[i], value) for i, value in reader.votes.items()]
        rare = inverse_document_frequency(background, [e.words for e in examples])
        taste = train(examples, rare, len(examples))
        orders = {
            "feed": cards,
            "keywords": [c for c in by_keywords if c in cards],
            "learned": rank_cards(cards, taste).cards,
        }
        liked = {c.paper.id for c in cards if reader.likes_paper(c.paper)}
        third = round(len(cards) / 3)
        if liked and third and len(liked) < len(cards):
            for name, order in orders.items():
                upper = {c.paper.id for c in order[:third]}
                reader.shares[name].append(len(upper & liked) / min(len(liked), third))
    for c in chance.sample(list(cards), min(VOTES_A_DAY, len(cards))):
        says = reader.likes_paper(c.paper) != (chance.random() < ERRS)
        reader.votes[c.paper.id] = 1 if says else -1


def _in_feed_order(cards: Sequence[SelectedPaper], listings: Sequence[Announcement]) -> list[SelectedPaper]:
    places = {listing.paper.id: place for place, listing in reversed(list(enumerate(listings)))}
    return sorted(cards, key=lambda chosen: places[chosen.paper.id])


# --- days -------------------------------------------------------------------------------------------------------


def recorded(folder: Path) -> Iterator[list[Announcement]]:
    """The newest 30 recorded days."""
    for path in sorted(folder.glob("*.jsonl"))[-DAYS:]:
        day = date.fromisoformat(path.stem)
        lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        yield [_announcement(line, day) for line in lines]


def _announcement(line: dict[str, object], day: date) -> Announcement:
    categories = tuple(map(str, line["categories"]))  # type: ignore[call-overload]
    paper = Paper(str(line["id"]), int(str(line["version"])), str(line["title"]), (), str(line["abstract"]), categories)
    known = next((c for c in categories if c in EDITION.categories), EDITION.categories[0])
    return Announcement(paper, day, AnnouncementKind.NEW, known)


def made_up(seed: int = 1) -> Iterator[list[Announcement]]:
    """Thirty days of forty papers, each put together from the phrases of one or two topics and of none."""
    chance = random.Random(seed)
    for n in range(DAYS):
        day = date(2026, 3, 2) + timedelta(days=n)
        yield [Announcement(_paper(n * 40 + i, chance), day, AnnouncementKind.NEW, "cs.RO") for i in range(40)]


TOPICS = {
    "manipulation": "grasp planning|dexterous manipulation|a parallel gripper|tactile sensing|bimanual assembly|touch",
    "forecasting": "traffic forecasting|time series|spatio-temporal graphs|seasonal demand|sensor networks|many hours",
    "world models": "a world model|video generation|learned dynamics model|simulated futures|latent imagination|dreams",
    "driving": "autonomous driving|road users|vehicle trajectories|lidar scans|lane changes|crossing pedestrians",
    "reasoning": "reasoning traces|chain-of-thought|symbolic planning|long-horizon goals|theorem search|verified steps",
    "speech": "spoken dialogue|phoneme errors|noisy microphones|accents|voice cloning|prosody",
    "medicine": "chest images|patient records|dosage plans|rare diseases|clinical notes|tumour outlines",
    "privacy": "membership attacks|federated rounds|noise budgets|poisoned updates|audits|consent",
}
COMMON = [
    "We study",
    "We propose",
    "We measure",
    "Our results show",
    "Experiments on public data cover",
    "We revisit",
    "We release",
]
TOOLS = ("robots", "a language model", "agents", "diffusion")


def _paper(number: int, chance: random.Random) -> Paper:
    topics = chance.sample(list(TOPICS), chance.choice((1, 1, 2)))
    phrases = [phrase for topic in topics for phrase in TOPICS[topic].split("|")]
    title = f"{chance.choice(phrases).capitalize()} with {chance.choice(TOOLS)}"
    sentences = [f"{chance.choice(COMMON)} {' and '.join(chance.sample(phrases, 2))}." for _ in range(5)]
    return Paper(f"2603.{number:05}", 1, title, (), " ".join(sentences), ("cs.RO",))


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"{time.perf_counter() - began:.1f} s")
