"""A process that dies while it erases, as if the machine stopped just there.

python -m tests.store.archive.erased STATE STEP
"""

import sys
from pathlib import Path

from store.desks.keeping.erasures import ErasuresDesk
from store.store import open_store
from tests.store.archive.test_erasing import MANAGER, NOW, ORDER
from tests.store.dying import die_at_call


def main(state: str, die_at: str) -> None:
    """Erase, and die on the way."""
    store = open_store(Path(state))
    die_at_call(die_at)
    ErasuresDesk(store).erase(MANAGER, ORDER, now=NOW)
    print("it did not die")


if __name__ == "__main__":
    main(*sys.argv[1:])
