"""`anpr console`: one officer's console on the hub's socket."""

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anpr_tui.officer import checked_staff_id
from anpr_tui.terminal.known import LINES_ONLY, demand_known
from anpr_tui.verbs import state_option
from store.errors import RefusedError

if TYPE_CHECKING:
    from anpr_tui.console import Console

__all__ = ["console", "open_console"]

ENVIRONMENT_REFUSED = ("TEXTUAL", "BROWSER", "EDITOR", "VISUAL", "PAGER")
"""Beginnings of variables that import modules, write files or start programs."""


@click.command()
@state_option
@click.option(
    "--socket",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="The hub's socket. Default: hub.sock in the state folder.",
)
@click.option("--staff", required=True, help="Your staff number, for example NS4021.")
@click.option("--plain", is_flag=True, help="Line by line, for a screen reader; so is TERM=dumb.")
def console(state: Path, socket: Path | None, staff: str, plain: bool) -> None:
    """Open the console of hub staff: alarms as they come, searches on a ground."""
    open_console(socket or state / "hub.sock", staff_id=staff, plainly=plain)


def open_console(socket: Path, *, staff_id: str, plainly: bool = False) -> None:
    """Run the console in this terminal until the officer leaves or the line drops.

    Args:
        socket: The hub's socket.
        staff_id: Who sits at the keyboard; over SSH the login helper passes it, never the client.
        plainly: Begin line by line, for a screen reader; TERM=dumb asks for it too.

    Raises:
        InputError: It is no staff number, or the terminal is none that the console knows.
        RefusedError: The hub refuses this officer; in its words.
        UnforeseenError: The console failed; the cause is attached.
    """
    staff = checked_staff_id(staff_id)
    demand_known(os.environ)
    if os.environ["TERM"] == LINES_ONLY:
        # Nothing is painted, but Rich would take "dumb" for a window that shows nothing at all.
        plainly, os.environ["TERM"] = True, "xterm"
    for name in list(os.environ):
        if name.startswith(ENVIRONMENT_REFUSED):
            del os.environ[name]
    # Textual reads its variables when it is imported, so it comes after they are gone.
    from anpr_tui.console import Console
    from anpr_tui.terminal.restricted import UnforeseenError

    app = Console(socket=socket, staff_id=staff, plainly=plainly)
    try:
        asyncio.run(_until_left(app))
    except KeyboardInterrupt:
        click.echo("Left. Inside the console, :quit and Enter leaves.")
    if app.failure is not None:
        raise UnforeseenError from app.failure
    if app.turned_away:
        raise RefusedError(app.turned_away)


async def _until_left(app: "Console") -> None:
    loop = asyncio.get_running_loop()
    for ended in (signal.SIGHUP, signal.SIGTERM):
        # By default SIGHUP kills without restoring the terminal; ignored, the process spins.
        loop.add_signal_handler(ended, app.exit)
    await app.run_async(mouse=False)
