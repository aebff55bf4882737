"""How well and how fast papers are read: `python -m benchmarks.reading_quality [--table] [--hostile 300]`.

The truth is a file of level-1 headings with their pages, read off rendered pages (../shared/corpus/pdf/headings.json).
A heading counts when its title and its exact page are right; abstracts and front matter (keywords, contents) count on
neither side. Speed is processor time over the same pages in the same run as bare `get_text("text")`.

Goals: F1 >= 0.97, levels >= 0.98, hyphens >= 98 %, at most 3 times bare text without the hidden-text check and 5 times
with it, at most 150 MB in a child.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from digest.models.paper_text import PaperText, SectionKind
from digest.pdf.extract.mupdf import pymupdf
from digest.pdf.extract.pdf_document import PdfDocument
from digest.pdf.reader import read_bytes
from digest.pdf.result import ReadFailure
from digest.pdf.sandbox.protocol import WorkerJob
from digest.pdf.sandbox.supervisor import run
from digest.pdf.structure.assemble import assemble_paper
from digest.pdf.structure.hyphenation import keeps_hyphen, vocabulary
from digest.pdf.structure.page_furniture import without_furniture
from digest.settings import ReadingLimits

SHARED = Path(__file__).parents[2] / "shared" / "corpus" / "pdf"
FRONT = {"abstract", "ccsconcepts", "keywords", "contents", "indexterms"}
BROKEN = re.compile(r"((?:[^\W_]+-)*[^\W_]+)-$")
JOB = WorkerJob("read", memory_mb=1024, cpu_seconds=60, wall_seconds=60, max_pages=80)
Headings = set[tuple[str, int]]


@dataclass(frozen=True)
class Score:
    """Headings right, found and true, and how many of the right ones have the right level."""

    right: int = 0
    found: int = 0
    true: int = 0
    levels: int = 0
    placed: int = 0

    def __add__(self, other: Score) -> Score:
        pairs = zip(self.__dict__.values(), other.__dict__.values(), strict=True)
        return Score(*(a + b for a, b in pairs))

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.found + self.true)

    def __str__(self) -> str:
        precision, recall = self.right / max(1, self.found), self.right / max(1, self.true)
        return f"P {precision:.3f}  R {recall:.3f}  F1 {self.f1:.4f}  levels right {self.levels}/{self.placed}"


def key(title: str) -> str:
    """A title to compare: its letters and digits, without case."""
    return re.sub(r"[\W_]+", "", title.casefold())


def truth(entry: dict[str, Any]) -> Headings:
    return {
        (key(h["title"]), h["page"])
        for h in entry["headings"]
        if h["kind"] not in ("abstract", "front") and key(h["title"]) not in FRONT
    }


def found_headings(text: PaperText, level: int = 1) -> Headings:
    return {
        (key(s.title), s.page)
        for s in text.sections
        if s.level <= level and s.title and s.kind is not SectionKind.ABSTRACT and key(s.title) not in FRONT
    }


def score(text: PaperText, true: Headings) -> Score:
    top, anywhere = found_headings(text), found_headings(text, 9)
    return Score(len(top & true), len(top), len(true), len(top & true), len(anywhere & true))


def read_here(data: bytes, *, hidden_text: bool = True) -> PaperText:
    """Read in this process, to time what reading costs without the child's start."""
    with PdfDocument(data, max_pages=JOB.max_pages, hidden_text=hidden_text) as pdf:
        return assemble_paper(list(pdf.pages()), pdf.about())


def bare_text(data: bytes) -> int:
    """Bare `get_text("text")` of all pages; gives back how many."""
    with pymupdf.open(stream=data, filetype="pdf") as document:
        for page in document:
            page.get_text("text")
        return int(document.page_count)


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


# --- what is right --------------------------------------------------------------------------------------------------


def table(files: dict[str, Path], true: dict[str, Any]) -> Iterator[str]:
    """For each paper its true and found headings, side by side."""
    for name, path in files.items():
        text, wanted = read_here(path.read_bytes()), truth(true[name])
        yield f"\n{name}  {true[name].get('template', '')}  {score(text, wanted)}"
        shown = [(s.page, s.label, key(s.title)) for s in text.sections if s.level == 1 and s.title]
        for page, label, k in shown:
            mark = "=" if (k, page) in wanted else "." if k in FRONT or k == "abstract" else "+"
            yield f"  {mark} p. {page:<3} {label}"
        got = {(k, page) for page, _, k in shown}
        yield from (f"  - p. {page:<3} {title}" for title, page in sorted(wanted - got, key=lambda h: h[1]))


def boundaries(text: PaperText, entry: dict[str, Any]) -> bool:
    """Whether the references, and the appendix where there is one, begin on the right pages."""

    def start(kind: str) -> int | None:
        return next((h["page"] for h in entry["headings"] if h["kind"] == kind), None)

    def got(kind: SectionKind) -> int | None:
        return next((s.page for s in text.sections if s.kind is kind), None)

    right = start("references") == got(SectionKind.REFERENCES)
    return right and (start("appendix") is None or start("appendix") == got(SectionKind.APPENDIX))


def hyphens(data: Sequence[bytes]) -> tuple[int, int]:
    """Breaks joined right, of those whose truth the corpus tells: how the word is written where no line breaks it."""
    papers = []
    for paper in data:
        with PdfDocument(paper, max_pages=JOB.max_pages, hidden_text=False) as pdf:
            pages = without_furniture(list(pdf.pages()))
        papers.append([line for page in pages for line in page.lines])
    own = [vocabulary(line.text for line in lines) for lines in papers]
    everybody = sum(own, Counter[str]())
    right = known = 0
    for lines, words in zip(papers, own, strict=True):
        for above, below in pairwise(lines):
            last, first = BROKEN.search(above.text), re.match(r"[^\W_]+(?:-[^\W_]+)*", below.text)
            if not last or not first or above.page != below.page or abs(below.base - above.base) > 40:
                continue
            left, rest = last[1].casefold(), first[0].casefold()
            kept, gone = everybody[f"{left}-{rest}"], everybody[left + rest]
            if kept != gone:
                known += 1
                right += keeps_hyphen(last[1], first[0], words) is (kept > gone)
    return right, known


# --- what it costs --------------------------------------------------------------------------------------------------


def speed(data: Sequence[bytes], rounds: int = 3) -> dict[str, float]:
    """Milliseconds of processor a page, the best of some rounds, each with all three ways over the same papers."""
    best: dict[str, float] = {}
    pages = sum(bare_text(paper) for paper in data)
    gc.disable()  # as in the child
    for _ in range(rounds):
        took = {
            "bare": seconds(lambda: [bare_text(p) for p in data]),
            "plain": seconds(lambda: [read_here(p, hidden_text=False) for p in data]),
            "hidden": seconds(lambda: [read_here(p) for p in data]),
        }
        gc.collect()
        best = {way: min(s, best.get(way, s)) for way, s in took.items()}
    gc.enable()
    return {way: 1000 * s / pages for way, s in best.items()}


def peak_of_child(data: bytes) -> float:
    """The most resident megabytes of a child that reads this paper."""
    ended = run(JOB, data).ended
    assert ended is not None
    return ended.peak / 1e6


def rival(data: Sequence[bytes], true: Sequence[Headings]) -> Iterator[str]:
    """The same figures for pymupdf4llm, where it is installed. Titles numbered 3.1 are left out: it gives no levels."""
    if importlib.util.find_spec("pymupdf4llm") is None:
        yield "pymupdf4llm: not installed here"
        return
    pymupdf4llm: Any = importlib.import_module("pymupdf4llm")
    total, pages, start = Score(), 0, time.process_time()
    for paper, wanted in zip(data, true, strict=True):
        with pymupdf.open(stream=paper, filetype="pdf") as document:
            chunks = pymupdf4llm.to_markdown(document, page_chunks=True)
        got = {
            (key(re.sub(r"^[\dIVX.]+\s+", "", title.strip("*_ "))), number)
            for number, chunk in enumerate(chunks, 1)
            for title in re.findall(r"^#+ +(.+)$", chunk["text"], re.MULTILINE)
            if not re.match(r"[*_ ]*(?:\d+|[A-Z])\.\d", title)
        }
        pages += len(chunks)
        total += Score(len(got & wanted), len(got), len(wanted))
    yield f"pymupdf4llm: {total}  {1000 * (time.process_time() - start) / pages:.0f} ms a page"


# --- what harms -----------------------------------------------------------------------------------------------------


def hostile(count: int) -> Iterator[str]:
    """Every hostile file of the tests, `count` mutations of a good one, and as many readings to look for leaks."""
    from tests.builders.hostile_pdfs import HEAVY, ODD, mutations
    from tests.builders.pdfs import small_paper

    limits = ReadingLimits(memory_mb=512, cpu_seconds=5, wall_seconds=10, max_pages=40)
    for name, make in {**HEAVY, **ODD}.items():
        start, data = time.perf_counter(), make()
        made = time.perf_counter()
        outcome = read_bytes(data, limits)
        reason = outcome.notice.code if isinstance(outcome, ReadFailure) else "read"
        took = time.perf_counter() - made
        yield f"  {name:<18} {len(data) / 1000:>8.0f} KB, made in {made - start:.1f} s: {reason} in {took:.1f} s"
    reasons: Counter[str] = Counter()
    slowest = 0.0
    for data in mutations(count, seed=2026):
        start = time.perf_counter()
        outcome = read_bytes(data, limits)
        slowest = max(slowest, time.perf_counter() - start)
        reasons[outcome.notice.code if isinstance(outcome, ReadFailure) else "read"] += 1
    yield f"  {count} mutations: {dict(reasons)}, slowest {slowest:.1f} s"
    paper, sizes = small_paper(), []
    for n in range(count):
        read_bytes(paper, limits)
        if n % max(1, count // 5) == 0:
            sizes.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    yield f"  {count} papers in a row: this process has {sizes} MB, {len(list(Path('/dev/fd').iterdir()))} open files"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=Path, default=SHARED, help="a folder of PDFs with headings.json")
    parser.add_argument("--table", action="store_true", help="print each paper's headings: = right, + extra, - missed")
    parser.add_argument(
        "--hostile", type=int, default=0, metavar="N", help="also hostile files, N mutations and readings"
    )
    given = parser.parse_args()
    if not (given.papers / "headings.json").is_file():
        print(f"read: no papers with headings.json in {given.papers}")
        return
    true = json.loads((given.papers / "headings.json").read_text(encoding="utf-8"))
    files = {name: given.papers / f"{name}.pdf" for name in true}
    if given.table:
        print("\n".join(table(files, true)), end="\n\n")
    report(files, true)
    if given.hostile:
        print("hostile files")
        for line in hostile(given.hostile):
            print(line, flush=True)


def report(files: dict[str, Path], true: dict[str, Any]) -> None:
    """Print the figures."""
    data = [path.read_bytes() for path in files.values()]
    peak = peak_of_child(max(data, key=len))
    texts = [read_here(paper) for paper in data]
    wanted = [truth(true[name]) for name in files]
    total = sum((score(text, headings) for text, headings in zip(texts, wanted, strict=True)), Score())
    bounded = sum(boundaries(text, true[name]) for name, text in zip(files, texts, strict=True))
    right, known = hyphens(data)
    cost = speed(data)
    print(f"read: {len(files)} papers, {sum(t.pages for t in texts)} pages")
    print(f"  headings           {total}")
    print(f"  boundaries         references and appendix right in {bounded} of {len(files)} papers")
    print(f"  hyphens            {right}/{known} right ({100 * right / known:.1f} %)")
    print(f"  bare text          {cost['bare']:.2f} ms a page")
    for way, name in (("plain", "without the check"), ("hidden", "with the check")):
        ms, times = cost[way], cost[way] / cost["bare"]
        print(f"  {name:<18} {ms:.2f} ms a page, {1000 / ms:.0f} pages/s, {times:.2f} x bare")
    print(f"  peak of a child    {peak:.0f} MB on the largest paper")
    for line in rival(data, wanted):
        print(f"  {line}")


if __name__ == "__main__":
    main()
