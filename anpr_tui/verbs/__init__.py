"""The verbs of the `anpr` command, one file each; heavy imports stay inside the functions."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["STATE_META", "default_state", "state_option"]

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
