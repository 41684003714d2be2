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
from store.ledger.staff import demonstration as fictional
from store.secrets import find, make_key, secret_file
from store.secrets.sealing import KEY_NAME, Sealing
from store.server import ConsoleAccount, HubServer
from store.store import Store, open_store
from store.terms import Officer

__all__ = ["served_desks"]


@contextmanager
def served_desks(
    config: HubConfig,
    *,
    state: Path,
    socket: Path,
    demonstration: bool,
    weak_key: bool = False,
    witness: Path | None = None,
    console_account: str | None = None,
) -> Iterator[Store]:
    """Open the store and serve its desks for as long as the block lasts.

    Args:
        config: Names the force; its fictional officers come onto a demonstration's register.
        state: The state folder, closed to other accounts.
        socket: Where consoles connect.
        demonstration: The footage is rendered and the force fictional; every screen says so.
        weak_key: The key of the second factors may lie in a file of the state folder.
        witness: File outside that checkpoints are written to as well.
        console_account: Account that consoles run under; None for the hub's own.
    """
    now = datetime.now(UTC)
    store = open_store(state)
    try:
        if demonstration:
            _enrol(store, config, now=now)
        desks = open_desks(
            ledger=store.ledger,
            archive=store.archive,
            now=now,
            demonstration=demonstration,
            force=config.force,
            witness=witness,
            sealing=lambda: _sealing(state, weak_key=weak_key or demonstration),
        )
        console = ConsoleAccount.named(console_account) if console_account else None
        with HubServer(desks, socket, console=console):
            yield store
    finally:
        store.close()


def _sealing(state: Path, *, weak_key: bool) -> Sealing:
    return Sealing(find(KEY_NAME, state=state, file_allowed=weak_key).value)


def _enrol(store: Store, config: HubConfig, *, now: datetime) -> None:
    """Bring the register to what the settings say; a line that is so already stays."""
    if not secret_file(store.state, KEY_NAME).exists():
        make_key(secret_file(store.state, KEY_NAME))
    sealing = _sealing(store.state, weak_key=True)
    with store.ledger.transaction() as tx:
        for one in config.staff:
            officer = Officer(staff_id=one.id, role=one.role, name=one.name)
            known = staff.by_id(tx, one.id)
            if known is None or known.officer != officer:
                staff.enrol(tx, officer, now=now)
                fictional.give_credentials(tx, one.id, sealing=sealing, now=now)
