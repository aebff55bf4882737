"""How well the rules tell wrong statements from honest ones: `python -m benchmarks.support`.

The labelled set that the package ships (a made-up paper) and, where the development folder is, statements about real
papers, by kind and language. Goals: at least 60 % of the wrong statements flagged (irrelevant quotations apart), 85 %
of changed numbers and units, 60 % of irrelevant quotations, at most 4 % of the honest ones; at most 5 ms a statement.
Nothing is fitted by machine, so leaving a paper out changes no rule: `--by-paper` shows each paper by itself.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.analysis.judge.labelled_set import labelled_set
from digest.analysis.verification.statements import verify_statement
from digest.models.analysis import Verdict
from digest.models.paper_text import PaperText
from digest.pdf.reader import read_file, stop_reading
from digest.settings import ReadingLimits
from digest.text.paper_index import PaperIndex

SHARED = Path(__file__).parents[2] / "shared"
_HONEST = ("honest", "self-contained")


@dataclass(frozen=True, slots=True)
class SupportCase:
    """One statement with the passage quoted for it."""

    paper: str
    statement: str
    quotation: str
    language: str
    kind: str

    @property
    def is_honest(self) -> bool:
        return self.kind in _HONEST


@dataclass(frozen=True, slots=True)
class SupportResult:
    case: SupportCase
    is_flagged: bool
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--set", type=Path, default=SHARED / "cases" / "trust" / "set-tune.json")
    parser.add_argument("--papers", type=Path, default=SHARED / "corpus" / "pdf", help="a folder of PDFs")
    parser.add_argument("--by-paper", action="store_true")
    arguments = parser.parse_args()
    data = labelled_set()
    shipped = [SupportCase("made up", r.statement, r.quotation, r.language, r.kind) for r in data.statements]
    print("The shipped set:")
    report(measure(shipped, {"made up": data.paper}))
    if not arguments.set.exists():
        print(f"{arguments.set} is not here: statements about real papers were not measured.")
        return
    cases = [
        SupportCase(r["paper"], r["claim"], r["quote"], r["lang"], r["kind"])
        for r in json.loads(arguments.set.read_text("utf-8"))
    ]
    texts = {name: text for name in {c.paper for c in cases} if (text := _read(arguments.papers / f"{name}.pdf"))}
    print(f"\n{arguments.set.name}, {len(texts)} papers:")
    results = measure([c for c in cases if c.paper in texts], texts)
    report(results)
    if arguments.by_paper:
        for paper in sorted(texts):
            print(f"\n{paper}:")
            report([r for r in results if r.case.paper == paper])
    stop_reading()


def _read(path: Path) -> PaperText | None:
    text = read_file(path, ReadingLimits()) if path.exists() else None
    return text if isinstance(text, PaperText) else None


def measure(cases: Sequence[SupportCase], texts: Mapping[str, PaperText]) -> list[SupportResult]:
    """Check every statement; the index of a paper is built before."""
    indexes = {name: PaperIndex(text) for name, text in texts.items()}
    for index in indexes.values():
        index.complete()
    results = []
    for case in cases:
        began = time.process_time()
        evidence = verify_statement(case.statement, case.quotation, indexes[case.paper])
        seconds = time.process_time() - began
        results.append(SupportResult(case, evidence.verdict is not Verdict.FOUND or bool(evidence.doubts), seconds))
    return results


def report(results: Sequence[SupportResult]) -> None:
    """Flagged of all, by kind and language, honest kinds last."""
    groups: defaultdict[str, list[SupportResult]] = defaultdict(list)
    for result in results:
        groups[result.case.kind].append(result)
        group = "= honest, all" if result.case.is_honest else "= wrong, irrelevant apart"
        if result.case.kind != "irrelevant":
            groups[group].append(result)
    for kind in sorted(groups, key=lambda k: (k.startswith("="), k in _HONEST, k)):
        shares = [_share([r for r in groups[kind] if r.case.language == language]) for language in ("en", "zh")]
        print(f"{kind:26}{shares[0]:>12}{shares[1]:>12}{_share(groups[kind], percent=True):>18}")
    seconds = sum(r.seconds for r in results) / max(1, len(results))
    print(f"{1e3 * seconds:.1f} ms a statement")


def _share(results: Sequence[SupportResult], *, percent: bool = False) -> str:
    flagged = sum(r.is_flagged for r in results)
    share = f"{flagged / len(results):5.0%}" if percent and results else ""
    return f"{flagged}/{len(results)} {share}".rstrip()


if __name__ == "__main__":
    main()
