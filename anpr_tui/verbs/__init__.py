"""The verbs of the `anpr` command, one file each; heavy imports stay inside the functions."""

import logging
import logging.handlers
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

__all__ = [
    "STATE_META",
    "default_state",
    "ending_on_signals",
    "log_folder",
    "state_option",
    "weak_key_option",
    "writing_log",
]

STATE_META = "anpr.state"


def default_state() -> Path:
    """The state folder where none is named: `$ANPR_STATE`, or `~/.local/state/anpr-hub`."""
    named = os.environ.get("ANPR_STATE")
    return Path(named) if named else Path.home() / ".local" / "state" / "anpr-hub"


def _remember(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> Path:
    state = (value if value is not None else default_state()).absolute()
    ctx.meta[STATE_META] = state
    return state


def state_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb `--state DIR`, passed as `state: Path`, absolute; errors are logged there too."""
    return click.option(
        "--state",
        type=click.Path(file_okay=False, path_type=Path),
        default=None,
        callback=_remember,
        help="State folder. Default: $ANPR_STATE, or ~/.local/state/anpr-hub.",
    )(verb)


def weak_key_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb `--weak-key`, passed as `weak_key: bool`."""
    return click.option(
        "--weak-key",
        is_flag=True,
        help="Allow keys in files of the state folder. Weak: who can change the audit there can "
        "sign what they made of it, and who reads the disk can make everybody's codes.",
    )(verb)


def log_folder(state: Path) -> Path:
    """The folder of the logs, made where it is missing; it and the state folder are closed."""
    folder = state / "log"
    for one in (state, folder):  # mkdir(parents=True) would leave the state folder open to others
        one.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def writing_log(state: Path) -> Iterator[None]:
    """Send log lines to `<state>/log/anpr.log`: the terminal belongs to whoever sits at it."""
    # a weeding cuts the log and puts a new file in its place
    handler = logging.handlers.WatchedFileHandler(log_folder(state) / "anpr.log", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Leave the block in good order on SIGTERM, SIGHUP and SIGINT: what is begun is put away.

    A second signal changes nothing: whoever cannot wait has SIGKILL, after which the next start
    puts things in order.
    """
    asked = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

    def leave(number: int, _frame: FrameType | None) -> None:
        for other in asked:
            signal.signal(other, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in asked}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
