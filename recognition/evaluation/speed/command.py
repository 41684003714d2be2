"""The command line of `scripts/bench_speed`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2

from recognition.errors import RecognitionError
from recognition.evaluation.speed.contest import ours, rival, run
from recognition.evaluation.speed.footprint import footprints
from recognition.evaluation.speed.pictures import SIZE_PX, filmed
from recognition.evaluation.speed.throughput import frames_a_second
from recognition.models import SHIPPED
from recognition.packs.manifest import FLOAT
from recognition.recogniser import Recogniser

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    options = _options(arguments)
    try:
        told = _measure(options)
    except (RecognitionError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(told) if options.json else _report(told))
    return 0


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    cv2.setNumThreads(options.threads)
    recogniser = Recogniser.open(options.models, threads=options.threads)
    runners = [ours(recogniser)]
    if any(model.manifest.form != FLOAT for model in recogniser.models):
        trained = Recogniser.open(options.models, threads=options.threads, form=FLOAT)
        runners.append(ours(trained, name="ours, float"))
    if options.against.is_dir():
        runners.append(rival(options.against, threads=options.threads))
    else:
        print(f"SKIPPED the rivals: no folder {options.against}; see --against", file=sys.stderr)
    frames = filmed(seed=options.seed, frames=options.frames)
    two = [recogniser, Recogniser.open(options.models, threads=options.threads)]
    return {
        "size_px": list(SIZE_PX),
        "threads": options.threads,
        "runs": recogniser.runs,
        "speed": run(frames, runners, rounds=options.rounds),
        "frames_a_second": {
            str(count): round(
                frames_a_second(frames, [*map(ours, two[:count])], rounds=options.rounds), 1
            )
            for count in (1, 2)
        },
        "session_mb": {} if options.skip_memory else footprints(options.models),
        "weights_mb": _weights_mb(options.models or SHIPPED),
    }


def _weights_mb(folder: Path) -> dict[str, float]:
    sizes = {path.name: path.stat().st_size / 1e6 for path in sorted(folder.glob("*.onnx"))}
    return {name: round(size, 3) for name, size in {**sizes, "all": sum(sizes.values())}.items()}


def _report(told: dict[str, Any]) -> str:
    width, height = told["size_px"]
    lines = [f"{width} x {height}, {told['threads']} thread; ms p50 (p95)", told["runs"]]
    for name, figures in told["speed"].items():
        if name == "ratio":
            lines += [
                f"{other} takes {times['p50']} times as long as ours"
                f" ({times.get('p50_where_it_read', '-')} where it read something;"
                f" {times['p50_of_processor']} in time of the processor)"
                for other, times in figures.items()
            ]
            continue
        lines.append(f"{name}: {figures['plates']} plates read in {figures['frames']} frames")
        lines += [
            f"  {stage:21} {p50:7.2f}  ({p95:.2f})" for stage, (p50, p95) in figures["ms"].items()
        ]
    lines += [
        f"recognisers in threads of one process: {count}, {frames} frames a second"
        for count, frames in told["frames_a_second"].items()
    ]
    for name, sizes in told["session_mb"].items():
        lines.append(
            f"session {name}: " + ", ".join(f"{key} {size}" for key, size in sizes.items())
        )
    lines += [f"weights {name}: {size} MB" for name, size in told["weights_mb"].items()]
    return "\n".join(lines)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench_speed",
        description="How long a 1280 x 720 frame with one plate takes, beside rivals in turn; "
        "what a session weighs in memory, and the weights on disk.",
    )
    parser.add_argument(
        "--against",
        type=Path,
        default=Path(__file__).resolve().parents[4] / "shared" / "data" / "peers",
        help="folder of rival networks; default: shared/data/peers beside the checkout",
    )
    parser.add_argument("--models", type=Path, help="folder of another model pack")
    parser.add_argument("--frames", type=int, default=64, help="frames a round")
    parser.add_argument("--rounds", type=int, default=3, help="times each frame is read")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--skip-memory", action="store_true", help="do not weigh the sessions")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args(arguments)
