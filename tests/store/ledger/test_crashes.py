"""kill -9 and races between processes: what was acknowledged is there, and there is one answer."""

import os
import random
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from store.errors import RefusedError
from store.ledger import audit
from store.ledger.alarms import board, dispositions, raising
from store.ledger.ledger import Ledger, Transaction
from store.terms import Alarm, AlarmState, Certainty, Decision, Disposition
from tests.store.examples import NOW, a_read, an_entry
from tests.store.rig import INCIDENT

WRITERS = 8
THREADS = 3
"""Of each writer, which share its commits."""
KILLS = int(os.environ.get("ANPR_LEDGER_KILLS", "50"))
"""How many writers are killed; the long run is ANPR_LEDGER_KILLS=2000."""
ROUNDS = -(-KILLS // WRITERS)
RACES = 12
FORK = get_context("fork")


def write_for_ever(path: Path, *, writer: str, pipe: int) -> None:
    """Raise alarms in some threads, and acknowledge each once its transaction has ended."""
    ledger = Ledger.open(path)

    def of_thread(thread: int) -> None:
        for n in range(1_000_000):
            read_id = f"{writer}-{thread}-{n}"
            with ledger.transaction() as tx:
                raising.raise_or_repeat(
                    tx, a_read(read_id), entry=an_entry(read_id), certainty=Certainty.EXACT, now=NOW
                )
            os.write(pipe, f"{read_id}\n".encode())

    with ThreadPoolExecutor(THREADS) as together:
        for done in together.map(of_thread, range(THREADS)):
            assert done is None


def start_writer(path: Path, *, writer: str) -> tuple[int, int]:
    """Fork a writer; give its process id and the reading end of its pipe."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            write_for_ever(path, writer=writer, pipe=writing)
        finally:
            os._exit(1)
    os.close(writing)
    return process, reading


def drain(pipe: int) -> list[str]:
    told = b""
    while part := os.read(pipe, 65536):
        told += part
    os.close(pipe)
    return told.decode().splitlines()


@pytest.mark.slow
def test_killed_writers_lose_nothing_they_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger.open(path).close()
    rng = random.Random(20261117)
    acknowledged: list[str] = []
    for round_no in range(ROUNDS):
        writers = [start_writer(path, writer=f"{round_no}.{n}") for n in range(WRITERS)]
        for process, pipe in rng.sample(writers, len(writers)):
            first = os.read(pipe, 1)  # it writes; from here any moment will do
            signal.sigtimedwait([], rng.uniform(0, 0.05))
            os.kill(process, signal.SIGKILL)
            _, status = os.waitpid(process, 0)
            assert os.WTERMSIG(status) == signal.SIGKILL
            told = drain(pipe)
            acknowledged += [first.decode() + told[0], *told[1:]]
    ledger = Ledger.open(path)
    with ledger.reading() as db:
        kept = {row[0] for row in db.execute("SELECT read_id FROM sight")}
        (raised,) = db.execute("SELECT count(*) FROM alarm").fetchone()
        changes = [row[0] for row in db.execute("SELECT seq FROM alarm ORDER BY seq")]
        walk = audit.verify(db)
    ledger.close()
    assert len(acknowledged) >= WRITERS * ROUNDS
    assert set(acknowledged) <= kept
    assert walk.broken_at is None
    # A change of state and its audit record are one transaction: neither without the other.
    assert walk.records == raised == len(kept)
    assert changes == list(range(1, raised + 1))


def _race(path: Path, acts: list[Callable[[Transaction], object]]) -> list[str]:
    """Let processes act at the same moment; give "done" or the reason of each refusal."""
    barrier, results = FORK.Barrier(len(acts)), FORK.SimpleQueue()
    runners = [FORK.Process(target=_run, args=(path, act, barrier, results)) for act in acts]
    for runner in runners:
        runner.start()
    told = [results.get() for _ in runners]
    for runner in runners:
        runner.join()
    return sorted(told)


def _run(
    path: Path,
    act: Callable[[Transaction], object],
    barrier: Barrier,
    results: SimpleQueue,
) -> None:
    ledger = Ledger.open(path)
    barrier.wait()
    try:
        with ledger.transaction() as tx:
            act(tx)
        results.put("done")
    except RefusedError as refusal:
        results.put(refusal.reason)
    ledger.close()


def _raised(path: Path, n: int) -> Alarm:
    ledger = Ledger.open(path)
    with ledger.transaction() as tx:
        alarm = raising.raise_or_repeat(
            tx, a_read(f"r{n}"), entry=an_entry(f"e{n}"), certainty=Certainty.EXACT, now=NOW
        )
    ledger.close()
    return alarm


@pytest.mark.slow
def test_of_two_officers_who_acknowledge_at_once_one_has_the_alarm(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    for n in range(RACES):
        alarm = _raised(path, n)

        def acknowledge(staff_id: str, alarm_id: str = alarm.alarm_id):
            return lambda tx: dispositions.acknowledge(tx, alarm_id, staff_id=staff_id, now=NOW)

        told = _race(path, [acknowledge("NS4021"), acknowledge("NS4033")])
        assert told == ["already_acknowledged", "done"]
    ledger = Ledger.open(path)
    with ledger.reading() as db:
        shown = board.board(db)
        assert audit.verify(db).records == 2 * RACES
    ledger.close()
    assert {one.state for one in shown} == {AlarmState.ACKNOWLEDGED}


@pytest.mark.slow
def test_of_two_answers_at_once_one_stands(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    for n in range(RACES):
        alarm = _raised(path, n)

        def decide(decision: Decision, alarm_id: str = alarm.alarm_id):
            disposition = Disposition(decision, "", "", "No unit near", "NS4021", NOW, INCIDENT)
            return lambda tx: dispositions.decide(tx, alarm_id, disposition=disposition)

        told = _race(path, [decide(Decision.DEPLOYED), decide(Decision.NOT_DEPLOYED)])
        assert told == ["already_answered", "done"]
