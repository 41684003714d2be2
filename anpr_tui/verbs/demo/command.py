"""`anpr demo`: a hub of a force that does not exist, and the console to watch it.

In a terminal the console opens on it; without one, or with --headless, reads and alarms are lines
and a summary says how well it went. Either way everything stops and is removed at the end.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from anpr_tui.verbs import STATE_META, ending_on_signals, log_folder, writing_log
from anpr_tui.verbs.demo.force import CONFIG, OPERATOR, Footage, write_list
from anpr_tui.verbs.demo.summary import Watch, summary_of
from anpr_tui.verbs.running.hub import RunningHub, running_hub
from store.ledger.ledger import Ledger
from store.ledger.staff import demonstration as fictional
from store.lists import delivery

__all__ = ["demo"]

WATCH_S = 30.0  # without --for, where nobody watches
TOUR_S = 4 * 3600.0  # footage for whoever stays


@click.command()
@click.option("--headless", is_flag=True, help="Lines in place of the console.")
@click.option("--for", "seconds", type=click.FloatRange(1, 86400), help="Seconds of footage.")
@click.option(
    "--json",
    "json_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the summary here (headless).",
)
@click.option("--staff", default=OPERATOR, show_default=True, help="Who sits at the console.")
@click.option("--seed", type=int, default=1711, show_default=True, help="Of traffic and pixels.")
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="A new state folder. Default: one under the folder for temporary files.",
)
@click.option("--keep", is_flag=True, help="Leave the state folder when everything has stopped.")
@click.option("--code", "coded", metavar="STAFF", help="Print what that officer signs with now.")
@click.pass_context
def demo(
    ctx: click.Context,
    *,
    coded: str | None,
    headless: bool,
    seconds: float | None,
    json_path: Path | None,
    staff: str,
    seed: int,
    state: Path | None,
    keep: bool,
) -> None:
    """Run the hub of a fictional force on rendered footage, with a console to watch it."""
    if coded:
        shown = fictional.code_of(coded, now=datetime.now(UTC))
        click.echo(f"{coded}, DEMONSTRATION: passphrase {fictional.WORDS!r}, code {shown}")
        return
    headless = headless or json_path is not None or not (sys.stdin.isatty() and sys.stdout.isatty())
    json_path = json_path.absolute() if json_path else None
    with ending_on_signals(), _state_folder(state, keep=keep) as folder:
        ctx.meta[STATE_META] = folder
        click.echo(
            f"Starting the hub of Northshire Police, which does not exist, in {folder};"
            " this takes some fifteen seconds."
        )
        with writing_log(folder):
            if headless:
                seconds = seconds or WATCH_S
                footage = Footage(seconds=seconds, seed=seed)
                _headless(folder, footage, seconds=seconds, json_path=json_path)
            else:
                _with_console(folder, Footage(seconds=seconds or TOUR_S, seed=seed), staff=staff)


@contextmanager
def _state_folder(named: Path | None, *, keep: bool) -> Iterator[Path]:
    """A folder of our own: a new one, gone at the end unless it is to be kept."""
    if named is None:
        folder = Path(tempfile.mkdtemp(prefix="anpr-demo-"))
    else:
        folder = named.absolute()
        try:
            folder.mkdir(mode=0o700, parents=True)
        except FileExistsError as error:
            raise click.ClickException(
                f"{folder} exists, and the demonstration starts from nothing: name a new folder"
            ) from error
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
        click.echo(f"Everything has stopped. State: {folder}{'' if keep else ' (removed)'}.")


@contextmanager
def _demonstration(folder: Path, footage: Footage) -> Iterator[RunningHub]:
    now = datetime.now(UTC)
    ledger = Ledger.open(folder / "ledger" / "ledger.db")
    try:
        write_list(folder / "northshire.csv", now=now)
        delivery.load(ledger, folder / "northshire.csv", now=now)
    finally:
        ledger.close()
    with running_hub(CONFIG, state=folder, feeds=footage.feeds, demonstration=True) as running:
        yield running


def _with_console(folder: Path, footage: Footage, *, staff: str) -> None:
    """The console is a process of its own, as at an officer's keyboard, in this same terminal."""
    with (
        _terminal_for_the_console(folder) as terminal,
        _demonstration(folder, footage) as running,
    ):
        command = [sys.executable, "-m", "anpr_tui.cli", "console", "--staff", staff]
        command += ["--state", str(folder)]
        console = subprocess.Popen(command, stdout=terminal, stderr=terminal)  # noqa: S603 - our own
        try:
            running.cluster.begin()  # now, so that alarms arrive while somebody looks
            console.wait()
        finally:
            console.terminate()
            console.wait()


@contextmanager
def _terminal_for_the_console(folder: Path) -> Iterator[int]:
    """Give the terminal away: whatever we or our libraries print meanwhile goes to the log."""
    sys.stdout.flush()
    log = os.open(log_folder(folder) / "output.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    terminal, complaints = os.dup(1), os.dup(2)
    try:
        os.dup2(log, 1)
        os.dup2(log, 2)
        yield terminal
    finally:
        sys.stdout.flush()
        os.dup2(terminal, 1)
        os.dup2(complaints, 2)
        for handle in (log, terminal, complaints):
            os.close(handle)


def _headless(folder: Path, footage: Footage, *, seconds: float, json_path: Path | None) -> None:
    with _demonstration(folder, footage) as running:
        watch = Watch(running, footage.sources, say=click.echo)
        asyncio.run(watch.until_done(within_s=2 * seconds + 60))
        summary = summary_of(
            footage.sources,
            reads=watch.reads,
            tallies=watch.tallies,
            alarms=len(watch.alarms),
            delays_s=watch.delays_s,
        )
    line = json.dumps(summary.as_json())
    click.echo(line)
    if json_path:
        json_path.write_text(line + "\n", encoding="utf-8")
