"""The command line of `scripts/bench_exam`."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recognition.errors import RecognitionError
from recognition.evaluation.exams.papers import PAPERS, Paper, Result, sit
from recognition.recogniser import Recogniser

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Sit the exams, print, and return 0, or 1 where a model pack is refused."""
    options = _options(arguments)
    try:
        recogniser = Recogniser.open(options.models, threads=options.threads)
    except RecognitionError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    results: dict[str, Any] = {}
    for name in options.only or PAPERS:
        started = time.perf_counter()
        cases = _cases(PAPERS[name], options)
        result = sit(name, recogniser, cases=cases)
        results[name] = _told(PAPERS[name], result, took_s=time.perf_counter() - started)
        if not options.json:
            print(_line(name, PAPERS[name], result, misses=options.misses), flush=True)
    if options.json:
        print(json.dumps(results))
    return 0


def _cases(paper: Paper, options: argparse.Namespace) -> int:
    asked: int | None = options.n
    return asked or max(1, round(paper.cases * float(options.share)))


def _told(paper: Paper, result: Result, *, took_s: float) -> dict[str, Any]:
    seen = result.measured
    return {
        "asked": paper.asked,
        "at": "most" if paper.less_is_better else "least",
        "measured": round(seen.value, 5),
        "interval": [round(seen.low, 5), round(seen.high, 5)],
        "cases": seen.of,
        "met": paper.met(result),
        "notes": dict(result.notes),
        "misses": [list(pair) for pair in result.misses],
        "took_s": round(took_s, 1),
    }


def _line(name: str, paper: Paper, result: Result, *, misses: bool) -> str:
    seen, sign = result.measured, "<=" if paper.less_is_better else ">="
    notes = ", ".join(f"{count} {what}" for what, count in result.notes.items())
    lines = [
        f"{name:12} {'met   ' if paper.met(result) else 'MISSED'} {seen.value * 100:7.2f} %"
        f"  asked {sign} {paper.asked * 100:g} %"
        f"  ({seen.low * 100:.2f} to {seen.high * 100:.2f}, {seen.of} cases; {notes})"
    ]
    if misses:
        lines += [f"    {there} read as {read or 'nothing'}" for there, read in result.misses]
    return "\n".join(lines)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench_exam",
        description="Rendered exams with seeds that no training uses: asked beside measured.",
    )
    parser.add_argument("--only", nargs="+", choices=tuple(PAPERS), help="these exams; default all")
    parser.add_argument("--n", type=int, help="cases an exam; default: what each exam says")
    parser.add_argument(
        "--share", type=float, default=1.0, help="share of the default number of cases"
    )
    parser.add_argument("--models", type=Path, help="folder of another model pack")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--misses", action="store_true", help="show some of what went wrong")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser.parse_args(arguments)
