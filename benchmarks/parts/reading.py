"""Pages a second on two cores, beside bare `get_text` and pymupdf4llm; and headings beside pymupdf4llm's."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

from benchmarks.figure import Figure, seconds, skipped, spread
from benchmarks.peers import PeerError, ask
from benchmarks.reading_quality import SHARED, Score, bare_text, key, read_here, score, truth
from digest.models.paper_text import PaperText
from digest.pdf.reader import read_bytes
from digest.settings import ReadingLimits
from tests.builders.pdfs import Press

CORES, ROUNDS, FOR_THE_PEER = 2, 3, 4
LIMITS = ReadingLimits()
TIMES = "pages a second, two processes each"


def papers() -> dict[str, bytes]:
    """Real ones where they are, else made up."""
    found = {path.stem: path.read_bytes() for path in sorted(SHARED.glob("*.pdf"))}
    return found or {f"made-{number}": made(number) for number in range(20)}


def made(number: int, sections: int = 10) -> bytes:
    """A paper of about ten pages in two columns."""
    press = Press(columns=2)
    press.title(f"A Made Paper {number}")
    for section in range(1, sections + 1):
        press.heading(f"{section} Part {section}")
        press.prose(60)
    return bytes(press.pdf())


def figures() -> Iterator[Figure]:
    """Reading and bare text in turns, in the same run."""
    data = papers()
    files = list(data.values())
    pages = sum(bare_text(file) for file in files)
    ways: dict[str, list[float]] = {"bare": [], "guarded": [], "plain": [], "unguarded": []}
    with ThreadPoolExecutor(CORES) as threads, _processes() as processes:
        list(processes.map(bare_text, files))  # started, and everything imported
        _read(files[0])
        for _ in range(ROUNDS):
            ways["bare"].append(pages / seconds(lambda: list(processes.map(bare_text, files))))
            ways["guarded"].append(pages / seconds(lambda: list(threads.map(_read, files))))
            ways["plain"].append(pages / seconds(lambda: list(processes.map(_plain, files))))
            ways["unguarded"].append(pages / seconds(lambda: list(processes.map(read_here, files))))
    bare = ways["bare"]
    shares = {way: statistics.median(a / b for a, b in zip(ways[way], bare, strict=True)) for way in ways}
    yield Figure(
        f"reading: {TIMES}", f"{shares['guarded']:.2f} of bare get_text", ">= 0.33", shares["guarded"] >= 0.33,
        f"{spread(ways['guarded'], ' pages/s', 0)}; bare {spread(bare, '', 0)}; {len(files)} PDFs, {pages} pages; "
        "each PDF in a guarded process of its own, with the check for hidden text",
    )  # fmt: skip
    yield Figure(
        "the floor: the same without a process for each PDF", f"{shares['unguarded']:.2f} of bare get_text",
        note=f"{spread(ways['unguarded'], ' pages/s', 0)}: what the process costs is the difference",
    )  # fmt: skip
    yield Figure(
        "the floor: and without the check for hidden text", f"{shares['plain']:.2f} of bare get_text",
        note=f"{spread(ways['plain'], ' pages/s', 0)}",
    )  # fmt: skip
    yield from _beside_the_peer(data)


def _processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(CORES, mp_context=get_context("spawn"))


def _plain(data: bytes) -> Any:
    return read_here(data, hidden_text=False)


def _read(data: bytes) -> Any:
    return read_bytes(data, LIMITS)


def _beside_the_peer(data: dict[str, bytes]) -> Iterator[Figure]:
    what = "reading beside pymupdf4llm, one process each"
    if not (SHARED / "headings.json").exists():
        yield skipped(what, "no papers whose headings are known lie beside this tree", ">= 20 x at better F1")
        return
    known = json.loads((SHARED / "headings.json").read_text(encoding="utf-8"))
    names = sorted((name for name in data if name in known), key=lambda name: len(data[name]))[:FOR_THE_PEER]
    true = [truth(known[name]) for name in names]
    texts: list[Any] = []
    took = seconds(lambda: texts.extend(_read(data[name]) for name in names))
    own = sum((score(text, wanted) for text, wanted in zip(texts, true, strict=True)), Score())
    pages = sum(text.pages for text in texts if isinstance(text, PaperText))
    try:
        answer = ask("fourllm", ["pymupdf4llm", "pymupdf>=2"], *(str(SHARED / f"{name}.pdf") for name in names))
    except PeerError as error:
        yield skipped(what, str(error), ">= 20 x at better F1")
        return
    results = [answer["papers"][str(SHARED / f"{name}.pdf")] for name in names]
    peer = sum((_scored(one["headings"], wanted) for one, wanted in zip(results, true, strict=True)), Score())
    speed, its = pages / took, sum(one["pages"] for one in results) / sum(one["seconds"] for one in results)
    yield Figure(
        what, f"{speed / its:.0f} x, heading F1 {own.f1:.2f} against {peer.f1:.2f}", ">= 20 x at better F1",
        speed / its >= 20 and own.f1 > peer.f1,
        f"{speed:.0f} and {its:.1f} pages/s on {len(names)} papers; pymupdf4llm {answer['version']}",
    )  # fmt: skip


def _scored(headings: Sequence[tuple[str, int]], wanted: set[tuple[str, int]]) -> Score:
    got = {(key(title), page) for title, page in headings}
    return Score(len(got & wanted), len(got), len(wanted))
