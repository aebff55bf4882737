"""How well the check of quotations tells honest changes from doctored ones: `python -m benchmarks.grounding`.

400 sentences of real papers, each changed in one of 14 ways (`benchmarks.quotation_changes`); the seed is fixed.
Goals: at least 97 % of the honest accepted, at most 0.5 % of the doctored, at most 1 ms a quotation on average, index
apart. `--harder` takes 16 other changes (`benchmarks.hard_quotation_changes`).
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.hard_quotation_changes import MORE_DOCTORED, MORE_HONEST
from benchmarks.quotation_changes import DOCTORED, HONEST, Change
from digest.analysis.verification.statements import verify_statement
from digest.models.analysis import Verdict
from digest.models.paper_text import PaperText, ParagraphKind, SectionKind
from digest.pdf.reader import read_file
from digest.settings import ReadingLimits
from digest.text.paper_index import PaperIndex
from digest.text.sentences import sentences

PAPERS = Path(__file__).parents[2] / "shared" / "corpus" / "pdf"


@dataclass(frozen=True, slots=True)
class Case:
    """One quotation: where it came from, how it was changed, and whether it must be accepted."""

    paper: str
    original: str
    quote: str
    kind: str
    honest: bool


def main() -> None:
    arguments = _arguments()
    papers = {path.stem: text for path in sorted(arguments.papers.glob("*.pdf")) if (text := _read(path))}
    chance = random.Random(arguments.seed)
    honest, doctored = (MORE_HONEST, MORE_DOCTORED) if arguments.harder else (HONEST, DOCTORED)
    cases = list(make_cases(papers, arguments.count, chance, honest, doctored))
    start = time.perf_counter()
    passages = {name: PaperIndex(text) for name, text in papers.items()}
    built = (time.perf_counter() - start) / len(papers)
    accepted: Counter[str] = Counter()
    times = []
    start = time.perf_counter()
    for case in cases:
        began = time.process_time()
        evidence = verify_statement("", case.quote, passages[case.paper])
        times.append(time.process_time() - began)
        found = evidence.verdict is Verdict.FOUND
        accepted[case.kind] += found
        if arguments.verbose and found != case.honest:
            print(f"{case.kind}: {case.quote}\n    paper: {case.original}\n    {evidence.verdict} {evidence.why}\n")
    clock = (time.perf_counter() - start) / len(cases)
    report(cases, accepted)
    times.sort()
    mean, late = sum(times) / len(times), times[int(0.95 * len(times))]
    print(
        f"{len(cases)} quotations, {len(papers)} papers. A quotation: mean {1e3 * mean:.2f} ms of the processor "
        f"({1e3 * clock:.2f} ms by the clock), 95th percentile {1e3 * late:.2f} ms, most {1e3 * times[-1]:.2f} ms. "
        f"Index: {1e3 * built:.0f} ms a paper."
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--papers", type=Path, default=PAPERS, help="a folder of PDFs")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=20260109)
    parser.add_argument("--harder", action="store_true", help="other changes than the 14 of the goal")
    parser.add_argument("--verbose", action="store_true", help="show each quotation that was judged wrong")
    return parser.parse_args()


def _read(path: Path) -> PaperText | None:
    outcome = read_file(path, ReadingLimits())
    return outcome if isinstance(outcome, PaperText) else None


def report(cases: list[Case], accepted: Counter[str]) -> None:
    """Print what was accepted, a line a kind and one for each half."""
    for honest, title in ((True, "honest"), (False, "doctored")):
        kinds = Counter(case.kind for case in cases if case.honest is honest)
        for kind, count in kinds.items():
            print(f"  {kind:<20} {accepted[kind]:>4} of {count:>4} accepted")
        taken, total = sum(accepted[kind] for kind in kinds), sum(kinds.values())
        print(f"{title:<22} {taken:>4} of {total:>4} accepted: {100 * taken / total:.1f} %\n")


def make_cases(
    papers: Mapping[str, PaperText],
    count: int,
    chance: random.Random,
    honest: Mapping[str, Change],
    doctored: Mapping[str, Change],
) -> Iterator[Case]:
    """`count` changed sentences, the kinds in turn, each from a paper and sentence drawn by lot."""
    pool = {name: quotable(text) for name, text in papers.items()}
    names = {name: _names(pool[name]) for name in pool}
    kinds = {**honest, **doctored}
    order = list(kinds)
    for number in range(count):
        kind = order[number % len(order)]
        for _ in range(2000):
            paper = chance.choice(sorted(pool))
            original = chance.choice(pool[paper])
            quote = kinds[kind](original, chance, names[paper])
            if quote and quote != original:
                yield Case(paper, original, quote, kind, kind in honest)
                break


def quotable(text: PaperText) -> list[str]:
    """The sentences of a paper's body that somebody might quote."""
    found = [
        paragraph.text[start:end]
        for section in text.sections
        if section.kind in (SectionKind.BODY, SectionKind.ABSTRACT)
        for paragraph in section.paragraphs
        if paragraph.kind in (ParagraphKind.PROSE, ParagraphKind.LIST_ITEM)
        for start, end in sentences(paragraph.text)
    ]
    return [s for s in found if 8 <= len(s.split()) <= 45 and len(re.findall(r"[A-Za-z]", s)) > 0.7 * len(s)]


def _names(sentences_: list[str]) -> list[str]:
    counted = Counter(m for s in sentences_ for m in re.findall(r"(?<=[a-z,] )[A-Z][\w-]*[A-Za-z]", s))
    return [name for name, times in counted.items() if times > 1 and len(name) > 2]


if __name__ == "__main__":
    main()
