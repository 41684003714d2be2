"""Two authorisers in processes of their own decide the same request: one end state each."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from store.access import RequestState
from store.ledger import audit
from store.ledger.access import rows
from store.ledger.ledger import Ledger
from tests.store.ledger.access.people import SUPERS, asked, enrol_all

RACES = int(os.environ.get("ANPR_RACES", "50"))

RACER = """
import sys
from pathlib import Path
from store.errors import RefusedError
from store.ledger.access import requests, rows
from store.ledger.ledger import Ledger
from tests.store.ledger.access.people import at, authorised

ledger, who = Ledger.open(Path(sys.argv[1])), sys.argv[2]
for line in sys.stdin:
    number, act = line.split()
    try:
        with ledger.transaction() as tx:
            if act == "sign":
                authorised(tx, rows.demand(tx, number, not_done="").request, by=who)
            else:
                requests.refuse(tx, number, by=who, why="Not needed", moment=at())
        print("won", flush=True)
    except RefusedError as refused:
        print(refused.reason, flush=True)
"""


def racer(ledger: Ledger, who: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", RACER, str(ledger.path), who],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])},
    )


@pytest.mark.slow
def test_of_two_authorisers_at_once_exactly_one_decides(ledger: Ledger) -> None:
    enrol_all(ledger)
    with ledger.transaction() as tx:
        numbers = [asked(tx).request_id for _ in range(RACES)]
    racers = [racer(ledger, who) for who in SUPERS]
    outcomes = []
    try:
        for turn, number in enumerate(numbers):
            acts = ("sign", "refuse") if turn % 2 else ("sign", "sign")
            for one, act in zip(racers, acts[:: 1 if turn % 4 < 2 else -1], strict=True):
                assert one.stdin is not None
                one.stdin.write(f"{number} {act}\n")
                one.stdin.flush()
            outcomes.append(
                sorted(str(one.stdout and one.stdout.readline()).strip() for one in racers)
            )
    finally:
        for one in racers:
            one.communicate()
    assert outcomes == [["request_ended", "won"]] * RACES
    with ledger.reading() as db:
        settled = [rows.demand(db, number, not_done="").request for number in numbers]
        kinds = [
            (audit.body_of(record) or {})["kind"]
            for record in audit.read(db, first=1, count=100_000)
        ]
    assert {one.state for one in settled} <= {RequestState.AUTHORISED, RequestState.REFUSED}
    assert kinds.count("access authorised") + kinds.count("access refused") == RACES
    for one in settled:
        assert (one.grant is not None) == (one.state is RequestState.AUTHORISED)
        assert len(one.signatures) == (one.state is RequestState.AUTHORISED)
