"""The command line of `scripts/bench_recognition`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recognition.errors import RecognitionError
from recognition.evaluation.bench import ours, report, rivals, run
from recognition.evaluation.hard.command import PLATES, hard_figures
from recognition.evaluation.hard.contest import told
from recognition.evaluation.hard.surroundings import Half
from recognition.evaluation.photos import are_crops, is_transcribed, photos_of
from recognition.recogniser import Recogniser

__all__ = ["main"]


PEERS = "peers"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    options = _options(arguments)
    try:
        recogniser = Recogniser.open(options.models, threads=options.threads)
        if options.hard:
            return _hard(recogniser, options)
        results = {
            folder.name: _measure(folder, recogniser, options) for folder in _sets(options.data)
        }
    except (RecognitionError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    if options.json:
        alone = options.data.resolve().name
        print(json.dumps(results[alone] if set(results) == {alone} else results))
    else:
        print("\n\n".join(f"{name}\n{report(figures)}" for name, figures in results.items()))
    return 0


def _hard(recogniser: Recogniser, options: argparse.Namespace) -> int:
    data: Path | None = options.data
    figures = hard_figures(
        recogniser,
        half=Half(options.hard),
        count=options.n,
        data=data,
        against=_rivals_of(data, named=options.against) if data else None,
        threads=options.threads,
    )
    print(json.dumps(figures) if options.json else told(figures))
    return 0


def _sets(data: Path) -> list[Path]:
    """The folder itself, or the transcribed sets in it."""
    data = data.resolve()
    if (data / "labels.csv").exists():
        return [data]
    found = [path.parent for path in sorted(data.glob("*/labels.csv")) if is_transcribed(path)]
    if not found:
        raise FileNotFoundError(f"{data} holds no labels.csv, nor does a folder in it with texts")
    return found


def _measure(folder: Path, recogniser: Recogniser, options: argparse.Namespace) -> dict[str, Any]:
    photos = photos_of(folder)
    crops = are_crops(photos) if options.crops == "auto" else options.crops == "yes"
    contestants = ours(recogniser, crops=crops)
    peers = _rivals_of(folder.parent, named=options.against)
    if peers is not None:
        contestants += rivals(peers, recogniser, crops=crops, threads=options.threads)
    return run(photos, contestants)


def _rivals_of(data: Path, *, named: Path | None) -> Path | None:
    """The folder of rivals: where it was named, or of that name beside the photos."""
    if named is not None:
        return named if named.is_dir() else data / named
    return data / PEERS if (data / PEERS).is_dir() else None


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench_recognition",
        description="How well plates are found and read on labelled photos, and how fast.",
    )
    parser.add_argument(
        "--data",
        type=Path,
        help="folder of images and labels.csv, or a folder of such folders; with --hard the "
        "photographs to compose plates into, by default roads are drawn",
    )
    parser.add_argument(
        "--hard",
        choices=[half.value for half in Half],
        help="rendered plates composed into photographs: the open half to tune on, or the sealed",
    )
    parser.add_argument("--n", type=int, default=PLATES, help="plates of the hard set")
    parser.add_argument("--crops", choices=("auto", "yes", "no"), default="auto")
    parser.add_argument(
        "--against",
        type=Path,
        help="folder of rival networks, or its name beside the photos; default: peers there",
    )
    parser.add_argument("--models", type=Path, help="folder of another model pack")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args(arguments)
    if not options.data and not options.hard:
        parser.error("--data is needed, except with --hard")
    return options
