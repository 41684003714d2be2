"""What the command lines of all courses share: `scripts/train_*` add their own to it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

import cv2
import torch

from recognition.training.budget import Budget
from recognition.training.lessons import Plan
from recognition.training.samples.photos import missing_photos

__all__ = ["asked", "parser_of"]


def parser_of(about: str | None, *, out: str, rate: float) -> ArgumentParser:
    """Make a parser that knows what every course is asked.

    Args:
        about: What it trains.
        out: Folder for what comes out, by default.
        rate: Peak learning rate, by default.
    """
    parser = ArgumentParser(description=about)
    parser.add_argument("--data", type=Path, help="folder of real photos; default: none")
    parser.add_argument("--out", type=Path, default=Path(out))
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--steps", type=int, help="stop after so many steps (repeatable)")
    parser.add_argument(
        "--cool",
        type=int,
        nargs=2,
        metavar=("FROM", "STEPS"),
        help="with --steps: end the course early, cooling from a step over so many",
    )
    parser.add_argument("--rate", type=float, default=rate, help="peak learning rate")
    parser.add_argument("--warm-up", type=int, default=200, help="steps until that is reached")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--start-from", type=Path, help="exported network or checkpoint to begin with"
    )
    parser.add_argument(
        "--keep", type=float, default=0.0, help="move the end so far back to the beginning, 0 to 1"
    )
    parser.add_argument("--version", default="dev")
    return parser


def asked(parser: ArgumentParser) -> tuple[Namespace, Plan]:
    """Read the command line and set the machine to one core: what runs beside it is not disturbed.

    Args:
        parser: Of `parser_of`, with what a course takes besides.

    Returns:
        All that was said, and what every course takes of it.
    """
    chosen = parser.parse_args()
    missing = missing_photos(chosen.data) if chosen.data else []
    if missing:
        parser.error(f"--data lacks {', '.join(missing)}; leave it out to train on drawings only")
    if chosen.keep and not chosen.start_from:
        parser.error("--keep needs a beginning; give --start-from")
    if chosen.cool and not chosen.steps:
        parser.error("--cool counts steps; give --steps too")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    budget = Budget(
        minutes=chosen.minutes,
        steps=chosen.steps,
        peak_rate=chosen.rate,
        warm_up=chosen.warm_up,
        cool=(chosen.cool[0], chosen.cool[1]) if chosen.cool else None,
    )
    return chosen, Plan(
        data=chosen.data,
        out=chosen.out,
        budget=budget,
        seed=chosen.seed,
        version=chosen.version,
        start_from=chosen.start_from,
        keep=chosen.keep,
        say=lambda line: print(line, flush=True),
    )
