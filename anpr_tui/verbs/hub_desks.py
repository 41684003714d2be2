"""The half of the hub that people reach: the store, the desks, and the socket of the consoles.

A module of its own because it brings LanceDB, which takes three seconds to import and is not safe
to fork: the hub imports it when Ray has started its processes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cluster.config import HubConfig
from store.desks import open_desks
from store.ledger import staff
from store.server import HubServer
from store.store import Store, open_store
from store.terms import Officer

__all__ = ["served_desks"]


@contextmanager
def served_desks(
    config: HubConfig, *, state: Path, socket: Path, demonstration: bool
) -> Iterator[Store]:
    """Open the store and serve its desks for as long as the block lasts.

    Args:
        config: Its staff is brought onto the register.
        state: The state folder, closed to other accounts.
        socket: Where consoles connect.
        demonstration: The footage is rendered and the force fictional; every screen says so.
    """
    now = datetime.now(UTC)
    store = open_store(state)
    try:
        _enrol(store, config, now=now)
        desks = open_desks(
            ledger=store.ledger, archive=store.archive, now=now, demonstration=demonstration
        )
        with HubServer(desks, socket):
            yield store
    finally:
        store.close()


def _enrol(store: Store, config: HubConfig, *, now: datetime) -> None:
    """Bring the staff register to what the settings say; a line that is so already stays."""
    with store.ledger.transaction() as tx:
        for one in config.staff:
            officer = Officer(staff_id=one.id, role=one.role, name=one.name)
            known = staff.by_id(tx, one.id)
            if known is None or known.officer != officer:
                staff.enrol(tx, officer, now=now)
