"""The command line of `scripts/bench_recognition`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from recognition.errors import RecognitionError
from recognition.evaluation.bench import ours, report, rivals, run
from recognition.evaluation.photos import are_crops, photos_of
from recognition.recogniser import Recogniser

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    options = _options(arguments)
    try:
        recogniser = Recogniser.open(options.models, threads=options.threads)
        photos = photos_of(options.data)
        crops = are_crops(photos) if options.crops == "auto" else options.crops == "yes"
        contestants = ours(recogniser, crops=crops)
        if options.against:
            peers = options.data.parent / options.against
            contestants += rivals(peers, recogniser, crops=crops, threads=options.threads)
        results = run(photos, contestants)
    except (RecognitionError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(results) if options.json else report(results))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench_recognition",
        description="How well plates are found and read on labelled photos, and how fast.",
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of images and labels.csv")
    parser.add_argument("--crops", choices=("auto", "yes", "no"), default="auto")
    parser.add_argument("--against", help="folder of rival networks beside DATA, such as peers")
    parser.add_argument("--models", type=Path, help="folder of another model pack")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args(arguments)
