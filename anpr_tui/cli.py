"""The `anpr` command: one verb a file under `anpr_tui.verbs`, imported only when it is called.

This is the composition root: the only place that may reach into every room. What fails in a way
we foresaw is one line and exit code 1; what fails in a way we did not is one line too, exit code
70, and a traceback in the log of the state folder.
"""

import importlib
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from anpr_tui.verbs import STATE_META, default_state, log_folder
from cluster.errors import ClusterError
from recognition.errors import RecognitionError
from store.errors import StoreError

__all__ = ["VERBS", "Verb", "main"]

FORESEEN = (ClusterError, RecognitionError, StoreError)
EXIT_UNFORESEEN = 70  # EX_SOFTWARE of sysexits.h


@dataclass(frozen=True, slots=True)
class Verb:
    """Where a verb lives ("module:function") and what it does, in one sentence."""

    where: str
    sentence: str


VERBS = {
    "audit": Verb("anpr_tui.verbs.audit:audit", "Verify, sign and export the audit chain."),
    "console": Verb("anpr_tui.verbs.console:console", "Open the console of hub staff."),
    "demo": Verb("anpr_tui.verbs.demo.command:demo", "Run hub and console on a fictional force."),
    "doctor": Verb("anpr_tui.verbs.keeping.doctor:doctor", "Look a hub over; say what to do."),
    "erase": Verb("anpr_tui.verbs.keeping.erase:erase", "Erase named reads from every file."),
    "hold": Verb("anpr_tui.verbs.keeping.hold:hold", "Keep the reads of a case as evidence."),
    "hub": Verb("anpr_tui.verbs.running.hub:hub", "Run the hub until it is stopped."),
    "ingest": Verb("anpr_tui.verbs.running.ingest:ingest", "Read a folder or file of one camera."),
    "lists": Verb("anpr_tui.verbs.lists:lists", "Check and load vehicles of interest."),
    "models": Verb(
        "anpr_tui.verbs.reading.models:models", "List, check, add and choose model packs."
    ),
    "policy": Verb("anpr_tui.verbs.policy:policy", "Show, check and load who may do what."),
    "read": Verb(
        "anpr_tui.verbs.reading.read:read", "Print the plates of pictures; store nothing."
    ),
    "staff": Verb("anpr_tui.verbs.staff.command:staff", "Keep the register of staff."),
    "weed": Verb("anpr_tui.verbs.keeping.weed:weed", "Remove reads that are past their time."),
}


class Verbs(click.Group):
    """A group that knows its verbs by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in alphabetical order."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb, or None where there is none of that name."""
        if cmd_name not in VERBS:
            return None
        module, function = VERBS[cmd_name].where.split(":")
        command = getattr(importlib.import_module(module), function)
        if not isinstance(command, click.Command):
            raise TypeError(f"{VERBS[cmd_name].where} is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs from the table, so that help imports none of them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, VERBS[name].sentence) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; whatever it raises reaches the user as one line."""
        try:
            return super().invoke(ctx)
        except FORESEEN as error:
            raise click.ClickException(" ".join(str(error).split())) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort, OSError) as known:
            if isinstance(known, OSError):
                raise click.ClickException(_of_the_system(known)) from known
            raise
        except Exception as error:
            log = _log_unforeseen(error, state=ctx.meta.get(STATE_META, default_state()))
            click.echo(
                f"Error: {ctx.info_name} failed in a way it does not know"
                f" ({type(error).__name__}); nothing more was done. Please report {log}.",
                err=True,
            )
            ctx.exit(EXIT_UNFORESEEN)


def _of_the_system(error: OSError) -> str:
    where = f": {error.filename}" if error.filename else ""
    return f"the system refused, {error.strerror or type(error).__name__}{where}"


def _log_unforeseen(error: Exception, *, state: Path) -> str:
    """Write where it failed, without the words of the error: those might hold a mark."""
    lines = [f"{datetime.now(UTC).isoformat(timespec='seconds')} {type(error).__name__}\n"]
    lines += traceback.format_tb(error.__traceback__)
    try:
        path = log_folder(state) / "anpr.log"
        with path.open("a", encoding="utf-8") as log:
            log.writelines(lines)
    except OSError:
        return "this; its log could not be written either"
    return str(path)


def _version() -> str:
    try:
        return metadata.version("anpr-hub")
    except metadata.PackageNotFoundError:
        return "unknown: run from a checkout that is not installed"


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), prog_name="anpr")
def main() -> None:
    """ANPR Hub: number plate recognition for police control rooms."""


if __name__ == "__main__":
    main()
