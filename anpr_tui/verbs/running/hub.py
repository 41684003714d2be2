"""`anpr hub`: the cluster, the store and the socket of the consoles, until somebody stops it."""

import pwd
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from anpr_tui.verbs import ending_on_signals, state_option, weak_key_option, writing_log
from anpr_tui.verbs.audit import checkpoints_signed, witness_option
from anpr_tui.verbs.reading.models import shelf_of
from cluster.config import HubConfig, load_config
from cluster.hub import Cluster, Feed, feeds_of
from cluster.ray_local import local_ray
from store.errors import InputError

if TYPE_CHECKING:
    from store.store import Store

__all__ = ["RunningHub", "hub", "running_hub"]


@dataclass(frozen=True, slots=True)
class RunningHub:
    """A hub that runs.

    Attributes:
        cluster: Its actors.
        store: Its data; the recorder has the intake.
        socket: Where consoles connect.
    """

    cluster: Cluster
    store: "Store"
    socket: Path


@click.command()
@state_option
@click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Settings, see cluster/config.py. Without it: no cameras, only consoles.",
)
@click.option(
    "--listen",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Socket of the consoles. Default: as the settings say, hub.sock in the state folder.",
)
@click.option(
    "--console-account",
    metavar="NAME",
    help="Account that consoles run under, where it is not the hub's own. The folder of the socket "
    "belongs to the hub, its group is the account's, its mode 0710.",
)
@witness_option
@weak_key_option
def hub(
    *,
    state: Path,
    config_path: Path | None,
    listen: Path | None,
    console_account: str | None,
    witness: Path | None,
    weak_key: bool,
) -> None:
    """Run the hub until it is stopped (Ctrl-C, SIGTERM); what was taken in is recorded first."""
    config = load_config(config_path) if config_path else HubConfig()
    if listen is not None:
        config = msgspec.structs.replace(config, listen=str(listen.absolute()))
    if console_account is not None:
        demand_account(console_account)  # before minutes of starting: the machine may have none
    with (
        writing_log(state),
        ending_on_signals(),
        running_hub(
            config,
            state=state,
            feeds=feeds_of(config),
            demonstration=config.demonstration,
            weak_key=weak_key,
            witness=witness,
            console_account=console_account,
        ) as running,
        checkpoints_signed(state, witness=witness, weak_key=weak_key) as signing,
    ):
        running.cluster.begin()
        click.echo(
            f"The hub runs: {len(config.camera)} cameras, consoles at {running.socket}."
            " Ctrl-C stops it."
        )
        click.echo(f"Plates are read by {running.cluster.runs()}.")
        click.echo(signing)
        if _nobody_enrolled(running.store):
            click.echo(
                "Nobody is enrolled, so no console is let in. Two people begin with"
                " `anpr staff found`; recording and alarms go on meanwhile."
            )
        threading.Event().wait()


@contextmanager
def running_hub(
    config: HubConfig,
    *,
    state: Path,
    feeds: Sequence[Feed],
    demonstration: bool = False,
    weak_key: bool = False,
    witness: Path | None = None,
    console_account: str | None = None,
) -> Iterator[RunningHub]:
    """Run a hub for as long as the block lasts; its cameras begin when they are told to.

    It reads with the model pack that `anpr models use` chose.

    Args:
        config: The settings.
        state: The state folder; made where it is missing, closed to other accounts.
        feeds: The cameras.
        demonstration: The footage is rendered and the force fictional; every screen says so.
        weak_key: The key of the second factors may lie in a file of the state folder.
        witness: File outside that checkpoints are written to as well.
        console_account: Account that consoles run under; None for the hub's own.
    """
    pack = shelf_of(state).resolve(None)
    with local_ray(state, object_store_mb=config.object_store_mb):
        # LanceDB is not safe to fork: it comes when Ray has started its processes
        from anpr_tui.verbs.running.hub_desks import served_desks

        socket = state / config.listen  # an absolute path stays as it is
        with (
            # The socket before the actors: whether a hub listens here already is known at once.
            served_desks(
                config,
                state=state,
                socket=socket,
                demonstration=demonstration,
                weak_key=weak_key,
                witness=witness,
                console_account=console_account,
            ) as store,
            Cluster(config, state=state, feeds=feeds, pack=pack) as cluster,
        ):
            yield RunningHub(cluster, store, socket)


def demand_account(name: str) -> None:
    """Refuse an account that this machine does not have.

    Raises:
        InputError: It has none of that name.
    """
    try:
        pwd.getpwnam(name)
    except KeyError as absent:
        raise InputError(
            f"Not started: this machine has no account {name!r} for consoles. Create it, or name "
            "another."
        ) from absent


def _nobody_enrolled(store: "Store") -> bool:
    from store.ledger.staff.founding import is_empty

    with store.ledger.reading() as db:
        return is_empty(db)
