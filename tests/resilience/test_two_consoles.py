"""Two officers at real consoles on a real hub: one asks for old data, the other decides."""

import asyncio
import fcntl
import hashlib
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pyte
import pytest
from click.testing import CliRunner

from anpr_tui.cli import main
from store import wire
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.client import HubClient
from store.desks import open_desks
from store.errors import RefusedError
from store.governance.rulebook.loading import load
from store.ledger import cameras, heartbeat, staff
from store.ledger.ledger import Ledger
from store.ledger.rules import policies
from store.ledger.staff.demonstration import WORDS, code_of, give_credentials
from store.purposes import Category
from store.secrets.sealing import Sealing
from store.server import HubServer
from store.terms import Camera, Ground, MatchKind, Officer, Purpose, Read, Scope

pytestmark = pytest.mark.slow

PATIENCE_S = 60.0
ASKER = Officer("NS4107", "RES", "Lowe")
SUPER = Officer("NS2003", "SUP", "Marsh")
INSPECTOR = Officer("NS2050", "INS", "Cole")
DUTY = Officer("NS3300", "FDO", "Ward")
START = "from anpr_tui.cli import main; main()"
TAB, BACK_TAB, ENTER, ESC, CLEAR = "\t", "\x1b[Z", "\r", "\x1b", "\x15"


class Desk:
    """One console under a pseudo-terminal of 80x24, and what stands on its screen."""

    def __init__(self, state: Path, officer: Officer) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        command = [sys.executable, "-c", START, "console", "--state", str(state)]
        self.process = subprocess.Popen(
            [*command, "--staff", officer.staff_id],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(theirs)

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def type(self, *keys: str) -> None:
        """Keys one after the other; an Esc alone is told from a sequence by the time after it."""
        for key in keys:
            os.write(self._ours, key.encode())
            self.look(0.3 if key == ESC else 0.02)

    def look(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while (left_s := until_s - time.monotonic()) > 0:
            if select.select([self._ours], [], [], left_s)[0]:
                self._stream.feed(os.read(self._ours, 65_536))

    def until(self, said: str) -> float:
        """Wait until something stands on the screen, and say when it did (monotonic seconds)."""
        ends_at = time.monotonic() + PATIENCE_S
        flat = re.compile(r"\s+".join(map(re.escape, said.split())))
        while flat.search(self.text) is None:
            assert time.monotonic() < ends_at, f"never said {said!r}:\n{self.text}"
            self.look(0.02)
        return time.monotonic()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@contextmanager
def desk_of(state: Path, officer: Officer) -> Iterator[Desk]:
    one = Desk(state, officer)
    try:
        yield one
    finally:
        one.close()


def keep_for_two_years(ledger: Ledger, *, now: datetime) -> None:
    """The policy of a force that keeps reads for 24 months, the most there is (S-74)."""
    text = resources.files("store.governance").joinpath("policy.toml").read_text("utf-8")
    text = re.sub(r"(?m)^reads_s = \d+", "reads_s = 63072000", text)
    text = re.sub(r'(?m)^version = "[^"]+"', 'version = "24-months"', text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with ledger.transaction() as tx:
        policies.put(tx, load(text), text=text, sha256=digest, signature=b"", by="hub", now=now)


def a_read(number: int, *, captured_at: datetime) -> Read:
    return Read(
        read_id=f"{number:032x}",
        camera_id="NS-C01",
        controller="NS",
        captured_at=captured_at,
        vrm_raw="TE57CAR",
        vrm="TE57CAR",
        fold="TE57CAR",
        confidence=0.98,
        direction="towards",
    )


@contextmanager
def beating(ledger: Ledger) -> Iterator[None]:
    """Beats as the cluster does, so that no console says DATA STALE."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(1.0):
            with ledger.transaction() as tx:
                heartbeat.beat(
                    tx,
                    now=datetime.now(UTC),
                    cluster="ok",
                    cameras_up=1,
                    reads=3,
                    last_read_at=None,
                )

    beater = threading.Thread(target=beat)
    beater.start()
    try:
        yield
    finally:
        over.set()
        beater.join()


@pytest.fixture
def state() -> Iterator[Path]:
    """A hub in this process, on its real socket, with reads of fourteen months ago."""
    with tempfile.TemporaryDirectory(prefix="hub-") as folder:
        state, now = Path(folder), datetime.now(UTC)
        ledger = Ledger.open(state / "ledger" / "ledger.db")
        sealing = Sealing(b"7" * 64)
        keep_for_two_years(ledger, now=now)
        with ledger.transaction() as tx:
            for officer in (ASKER, SUPER, INSPECTOR, DUTY):
                staff.enrol(tx, officer, now=now)
                give_credentials(tx, officer.staff_id, sealing=sealing, now=now)
            cameras.register(tx, [Camera("NS-C01", "Ring Rd E", "NS")], now=now)
        writer = ArchiveWriter(state / "archive")
        old = now - timedelta(days=430)
        writer.record([a_read(n, captured_at=old + timedelta(hours=n)) for n in range(3)])
        desks = open_desks(
            ledger=ledger, archive=Archive(state / "archive"), now=now, sealing=lambda: sealing
        )
        with HubServer(desks, state / "hub.sock"), beating(ledger):
            yield state
        writer.close()
        ledger.close()


def typed(at: datetime) -> str:
    return at.strftime("%d %b %Y 00:00")


def asks(desk: Desk, *, since_at: datetime, until_at: datetime) -> None:
    """Fill the search form, press Enter, and ask for the authority that it turns out to need."""
    desk.until("[2 Search]")
    desk.type("/", CLEAR, "te57car", TAB, CLEAR, typed(since_at), TAB, CLEAR, typed(until_at))
    desk.type(TAB, TAB, "p", "p", TAB, "m", TAB, CLEAR, "ns-2509-00817", TAB, CLEAR)
    desk.type("Seen leaving the scene, named by a witness", ENTER)
    desk.until("r asks for it: Superintendent signs.")
    desk.type("r")


def test_a_asks_b_refuses_then_authorises_and_rows_come_without_a_key(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    began, ended = now - timedelta(days=436), now - timedelta(days=420)
    with desk_of(state, ASKER) as a, desk_of(state, SUPER) as b:
        b.until("[4 Access]")
        asks(a, since_at=began, until_at=ended)
        pressed_at = time.monotonic()
        seen_at = b.until("NEEDS YOU▐ R-0001 from NS4107: older than 12 months.")
        a.until("R-0001 asked")

        b.type("w")
        b.until("TE57 CAR exactly")
        b.until("TYPE")
        b.type(BACK_TAB, "Ask for the two nights, not the month", ENTER)
        b.until("R-0001 refused by you.")
        a.until('R-0001 refused by NS2003: "Ask for the two nights, not the month"')

        asks(a, since_at=now - timedelta(days=432), until_at=ended)
        a.until("R-0002 asked")
        b.until("NEEDS YOU▐ R-0002")
        b.type("w")
        b.until("about 3 reads")
        b.until("TYPE")
        code = "".join(re.search(r"type (\w) (\w) (\w) (\w) ", b.text).groups())
        b.type("Two nights, one vehicle", TAB, "Murder, no other way to place it", TAB)
        b.type(code.lower(), TAB, WORDS, TAB)
        b.type(code_of(SUPER.staff_id, now=datetime.now(UTC)))
        b.until("R-0002 authorised by you: G-0001.")
        a.until("R-0002 authorised by NS2003, search goes on.")
        a.until("3 reads, 1 vehicle")
        a.until("G-0001 6d 23h 1/20")
    with capsys.disabled():
        print(f"\n  r pressed to banner seen: {seen_at - pressed_at:.2f} s")
    asyncio.run(an_inspector_is_refused(state, now=now))
    proven(state)


def test_an_urgent_use_is_looked_at_at_once_declined_stopped_and_lifted(state: Path) -> None:
    now = datetime.now(UTC)
    began, ended = now - timedelta(days=436), now - timedelta(days=420)
    with desk_of(state, ASKER) as a, desk_of(state, DUTY) as d, desk_of(state, SUPER) as s:
        for desk, place in ((a, "[2 Search]"), (d, "[4 Access]"), (s, "[4 Access]")):
            desk.until(place)
        a.type(":urgent", ENTER)
        a.until("What follows")
        a.until("TYPE")
        a.type("te57car", TAB, CLEAR, typed(began), TAB, CLEAR, typed(ended), TAB, "k", TAB)
        a.type("p", TAB, "ns3300", TAB, f"ns-{now:%Y%m%d}-0931", TAB)
        a.type("Child taken into the car by force", TAB, WORDS, TAB)
        a.type(code_of(ASKER.staff_id, now=datetime.now(UTC)))
        a.until("3 reads, 1 vehicle")
        a.until("URGENT")
        d.until("URGENT R-0001: NS4107 looks on your order")

        s.until("NEEDS YOU▐ R-0001 from NS4107: threat to life")
        s.type("w")
        s.until("To ratify type")
        s.until("TYPE")
        s.type(BACK_TAB, "No threat to anybody", ENTER)
        s.until("R-0001 not ratified by you.")
        a.until("not ratified: urgent use is stopped")
        a.type(":urgent", ENTER)
        a.until("an earlier urgent use was not ratified")

        s.type(":lift", ENTER)
        s.until("an urgent use that was not ratified")
        s.until("TYPE")
        s.type("One slip in nine years", TAB, "Needed on the night desk", TAB, WORDS, TAB)
        s.type(code_of(SUPER.staff_id, now=datetime.now(UTC)))
        s.until("R-0001 lifted by you")
        a.until("lifted by NS2003: you may use :urgent again")
        a.type(":urgent", ENTER)
        a.until("What follows")
    told = iter(chain_kinds(state))
    story = ("urgent access ordered", "urgent access not ratified", "urgent use lifted")
    assert all(kind in told for kind in story)
    assert CliRunner().invoke(main, ["audit", "verify", "--state", str(state)]).exit_code == 0


def chain_kinds(state: Path) -> list[str]:
    """What the chain records, in its order."""
    with closing(Ledger.open(state / "ledger" / "ledger.db")) as ledger, ledger.reading() as db:
        rows = db.execute("SELECT body FROM audit ORDER BY seq").fetchall()
    return [json.loads(row["body"])["kind"] for row in rows]


async def an_inspector_is_refused(state: Path, *, now: datetime) -> None:
    """The store refuses an Inspector who knows digest and code, whatever the console shows."""
    scope = Scope("TE57CAR", MatchKind.EXACT, now - timedelta(days=433), now - timedelta(days=420))
    ground = Ground(
        Purpose.POST_INCIDENT, Category.MAJOR, "NS-2509-00817", "Seen leaving, by a witness"
    )
    asker = await HubClient.connect(state / "hub.sock", staff_id=ASKER.staff_id)
    inspector = await HubClient.connect(state / "hub.sock", staff_id=INSPECTOR.staff_id)
    try:
        request = await asker.request_access(scope, ground)
        assert await inspector.waiting() == ()
        with pytest.raises(RefusedError) as refused:
            await inspector.sign(
                wire.Authorise(
                    request_id=request.request_id,
                    scope_digest=request.digest,
                    code=request.code,
                    necessity="Murder, no other way to place it",
                    proportionality="Two nights, one vehicle",
                    passphrase=WORDS,
                    factor_code=code_of(INSPECTOR.staff_id, now=datetime.now(UTC)),
                )
            )
        assert refused.value.reason in {"wrong_rank", "not_for_role", "not_an_authoriser"}
        with pytest.raises(RefusedError):
            await asker.search(scope, ground)
    finally:
        await asker.close()
        await inspector.close()


def proven(state: Path) -> None:
    """The whole exchange is in the chain, and one flipped byte of it is named."""
    file = state / "ledger" / "ledger.db"
    with closing(Ledger.open(file)) as ledger:
        ledger.checkpoint()
        with ledger.reading() as db:
            rows = db.execute("SELECT seq, body FROM audit ORDER BY seq").fetchall()
    kinds = [json.loads(row["body"])["kind"] for row in rows]
    story = [
        "access requested",
        "access prompt shown",
        "access refused",
        "access requested",
        "access prompt shown",
        "access authorised",
    ]
    told = iter(kinds)
    assert all(kind in told for kind in story), " ".join(kinds)
    assert CliRunner().invoke(main, ["audit", "verify", "--state", str(state)]).exit_code == 0

    (seq, body) = next(row for row in rows if '"kind":"access authorised"' in row["body"])
    whole = bytearray(file.read_bytes())
    at = whole.index(body.encode())
    whole[at + body.index("access authorised")] ^= 1
    (state / "copy" / "ledger").mkdir(parents=True)
    (state / "copy" / "ledger" / "ledger.db").write_bytes(whole)
    flipped = CliRunner().invoke(main, ["audit", "verify", "--state", str(state / "copy")])
    assert flipped.exit_code == 1
    assert f"{seq:,}" in flipped.output, flipped.output
