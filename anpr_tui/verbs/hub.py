"""`anpr hub`: the cluster, the store and the socket of the consoles, until somebody stops it."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anpr_tui.verbs import ending_on_signals, state_option, writing_log
from cluster.config import HubConfig, load_config
from cluster.hub import Cluster, Feed, feeds_of
from cluster.ray_local import local_ray
from store.ledger import staff
from store.terms import Officer

if TYPE_CHECKING:
    from store.store import Store

__all__ = ["RunningHub", "hub", "running_hub"]

log = logging.getLogger(__name__)


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
def hub(*, state: Path, config_path: Path | None) -> None:
    """Run the hub until it is stopped (Ctrl-C, SIGTERM); what was taken in is recorded first."""
    config = load_config(config_path) if config_path else HubConfig()
    with (
        writing_log(state),
        ending_on_signals(),
        running_hub(config, state=state, feeds=feeds_of(config)) as running,
    ):
        running.cluster.begin()
        click.echo(
            f"The hub runs: {len(config.camera)} cameras, consoles at {running.socket}."
            " Ctrl-C stops it."
        )
        threading.Event().wait()


@contextmanager
def running_hub(
    config: HubConfig,
    *,
    state: Path,
    feeds: Sequence[Feed],
    demonstration: bool = False,
) -> Iterator[RunningHub]:
    """Run a hub for as long as the block lasts; its cameras begin when they are told to.

    Args:
        config: The settings.
        state: The state folder; made where it is missing, closed to other accounts.
        feeds: The cameras.
        demonstration: The footage is rendered and the force fictional; every screen says so.
    """
    with ExitStack() as stack:
        stack.enter_context(local_ray(state, object_store_mb=config.object_store_mb))
        # Only now LanceDB, in 3 s of import: Ray forks, and LanceDB is not safe to fork.
        from store.desks import open_desks  # noqa: PLC0415 - see above
        from store.server import HubServer  # noqa: PLC0415 - see above
        from store.store import open_store  # noqa: PLC0415 - see above

        now = datetime.now(UTC)
        socket = state / config.listen  # an absolute path stays as it is
        store = open_store(state)
        stack.callback(store.close)
        _enrol(store, config, now=now)
        desks = open_desks(
            ledger=store.ledger, archive=store.archive, now=now, demonstration=demonstration
        )
        # The socket before the actors: whether a hub runs here already is known at once.
        stack.enter_context(HubServer(desks, socket))
        cluster = stack.enter_context(Cluster(config, state=state, feeds=feeds))
        yield RunningHub(cluster, store, socket)


def _enrol(store: "Store", config: HubConfig, *, now: datetime) -> None:
    """Bring the staff register to what the settings say; a line that is so already stays."""
    with store.ledger.transaction() as tx:
        for one in config.staff:
            officer = Officer(staff_id=one.id, role=one.role, name=one.name)
            known = staff.by_id(tx, one.id)
            if known is None or known.officer != officer:
                staff.enrol(tx, officer, now=now)
