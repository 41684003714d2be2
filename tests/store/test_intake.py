"""What machines may do, with the real ledger, spool and archive."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from store.errors import BusyError, InputError, UnavailableError
from store.intake import Intake
from store.ledger import heartbeat, ledger, lists
from store.ledger.alarms import board
from store.ledger.ledger import Ledger
from store.ledger.lists import Arrival
from store.store import Store, open_store
from store.terms import Account, Alarm, Certainty, Outcome, Read
from tests.store.archive.reads import MIDNIGHT, a_read, a_scope
from tests.store.examples import a_camera, an_entry


@pytest.fixture
def intake(store: Store) -> Iterator[Intake]:
    """An intake that files only when it is told to."""
    opened = Intake(store.state, ledger=store.ledger, filing_s=None)
    yield opened
    opened.close()


def an_account(
    frame_id: str, *reads: Read, sights: tuple[Read, ...] = (), camera_id: str = "NS-C01"
) -> Account:
    return Account(
        frame_id=frame_id,
        camera_id=camera_id,
        captured_at=MIDNIGHT,
        received_at=MIDNIGHT,
        outcome=Outcome.READ if reads or sights else Outcome.NO_PLATE,
        reads=reads,
        sights=sights,
    )


def watch(store: Store, *vrms: str, weeds_in: timedelta = timedelta(days=36500)) -> None:
    """Bring a list of these marks into force."""
    entries = [an_entry(f"26/{vrm}", vrm=vrm, weeds_at=MIDNIGHT + weeds_in) for vrm in vrms]
    with store.ledger.transaction() as tx:
        arrival = Arrival("PNC", "pnc.csv", "0" * 64)
        lists.replace(tx, arrival, entries=entries, rows=(), now=MIDNIGHT - timedelta(days=400))


def alarms(store: Store) -> tuple[Alarm, ...]:
    with store.ledger.reading() as db:
        return board.board(db)


def test_a_read_on_a_list_raises_an_alarm_before_accept_returns(
    store: Store, intake: Intake
) -> None:
    watch(store, "TX26KLM")
    intake.accept([an_account("f1", a_read(1)), an_account("f2", a_read(2, vrm="AB12CDE"))])
    (alarm,) = alarms(store)
    assert (alarm.vrm, alarm.certainty, alarm.sights) == ("TX26KLM", Certainty.EXACT, 1)


@pytest.mark.parametrize(
    ("read", "certainty"),
    [
        (a_read(1, vrm="TX26KLO"), Certainty.EXACT),
        (a_read(1, vrm="TX26KL0"), Certainty.GLYPH),
        (a_read(1, vrm="TX26KLO", raw="TX26KLQ"), Certainty.POSSIBLE),
    ],
    ids=["letter for letter", "O for 0", "repaired"],
)
def test_an_alarm_says_how_the_read_met_its_entry(
    store: Store, intake: Intake, read: Read, certainty: Certainty
) -> None:
    watch(store, "TX26KLO")
    intake.accept([an_account("f1", read)])
    assert [alarm.certainty for alarm in alarms(store)] == [certainty]


def test_a_read_on_no_list_and_one_on_a_weeded_entry_raise_nothing(
    store: Store, intake: Intake
) -> None:
    watch(store, "TX26KLM", weeds_in=timedelta(days=-1))
    intake.accept([an_account("f1", a_read(1)), an_account("f2", a_read(2, vrm="AB12CDE"))])
    assert alarms(store) == ()


def test_a_list_that_came_into_force_meanwhile_is_used(store: Store, intake: Intake) -> None:
    intake.accept([an_account("f1", a_read(1))])
    watch(store, "TX26KLM")
    intake.accept([an_account("f2", a_read(2))])
    assert [alarm.read_id for alarm in alarms(store)] == [a_read(2).read_id]


def test_a_first_sight_alarms_at_once_and_its_picture_is_kept(store: Store, intake: Intake) -> None:
    watch(store, "TX26KLM")
    sight = a_read(1, plate_jpeg=b"first plate", vehicle_jpeg=b"first vehicle")
    stranger = a_read(2, vrm="AB12CDE")
    intake.accept([an_account("f1", sights=(sight, stranger))])
    intake.file()
    assert [alarm.read_id for alarm in alarms(store)] == [sight.read_id]
    assert store.archive.pictures(sight.read_id) == (b"first plate", b"first vehicle")
    assert store.archive.pictures(stranger.read_id) is None
    assert store.archive.search(a_scope()) == ([], False)


def test_the_settled_read_confirms_its_first_sight(store: Store, intake: Intake) -> None:
    watch(store, "TX26KLM")
    intake.accept([an_account("f1", sights=(a_read(1, plate_jpeg=b"first"),))])
    intake.file()
    intake.accept([an_account("f2", a_read(1, plate_jpeg=b"settled"))])
    intake.file()
    (alarm,) = alarms(store)
    assert (alarm.sights, alarm.certainty) == (1, Certainty.EXACT)
    pictures = store.archive.pictures(alarm.read_id)
    assert pictures is not None
    assert pictures[0] == b"settled"


def test_the_settled_read_corrects_a_first_sight_that_was_wrong(
    store: Store, intake: Intake
) -> None:
    watch(store, "TX26KLM")
    intake.accept([an_account("f1", sights=(a_read(1),))])
    intake.accept([an_account("f2", a_read(1, vrm="TX26KLN"))])
    (alarm,) = alarms(store)
    assert (alarm.vrm, alarm.certainty) == ("TX26KLN", Certainty.POSSIBLE)


def test_a_correction_is_made_after_a_restart_too(store: Store) -> None:
    watch(store, "TX26KLM")
    for account in (
        an_account("f1", sights=(a_read(1),)),
        an_account("f2", a_read(1, vrm="TX26KLN")),
    ):
        intake = Intake(store.state, ledger=store.ledger, filing_s=None)
        intake.accept([account])
        intake.close()
    assert [alarm.vrm for alarm in alarms(store)] == ["TX26KLN"]


def test_the_same_accounts_again_change_nothing(store: Store, intake: Intake) -> None:
    watch(store, "TX26KLM")
    batch = [an_account("f1", a_read(1)), an_account("f1", a_read(1)), an_account("f2")]
    for _ in range(2):
        intake.accept(batch)
    intake.file()
    intake.accept(batch)
    intake.file()
    assert intake.tally("NS-C01") == {Outcome.READ: 1, Outcome.NO_PLATE: 1, Outcome.REFUSED: 0}
    assert store.archive.count(a_scope()).reads == 1
    assert [alarm.sights for alarm in alarms(store)] == [1]


def test_pictures_of_one_name_at_two_cameras_are_two(intake: Intake) -> None:
    intake.accept([an_account("f1", a_read(1)), an_account("f1", camera_id="NS-C02")])
    assert intake.seen(["f1", "f2"], camera_id="NS-C02") == {"f1"}
    assert intake.tally("NS-C01")[Outcome.READ] == 1
    assert intake.tally("NS-C02")[Outcome.NO_PLATE] == 1


@pytest.mark.parametrize("filed", [False, True])
def test_what_became_of_a_picture_is_known_before_and_after_filing(
    intake: Intake, filed: bool
) -> None:
    refused = replace(an_account("f2"), outcome=Outcome.REFUSED, reason="truncated JPEG")
    intake.accept([an_account("f1", a_read(1), a_read(2)), refused])
    if filed:
        intake.file()
    known = intake.known(["f1", "f2", "f3"], camera_id="NS-C01")
    assert known.keys() == {"f1", "f2"}
    assert (known["f1"].outcome, known["f1"].reads) == (Outcome.READ, 2)
    assert (known["f2"].outcome, known["f2"].reason) == (Outcome.REFUSED, "truncated JPEG")


@pytest.mark.parametrize(
    "read",
    [
        replace(a_read(1), read_id="1"),
        replace(a_read(1), fold=""),
        replace(a_read(1), fold="TX26KLMNOPQ"),
        replace(a_read(1), fold="tx26klm"),
        replace(a_read(1), captured_at=MIDNIGHT.replace(year=1969)),
        replace(a_read(1), captured_at=MIDNIGHT.replace(tzinfo=None)),
        replace(a_read(1), frames=2**31),
        replace(a_read(1), direction="\udc80"),
    ],
    ids=["id", "no mark", "long mark", "small letters", "1969", "no zone", "frames", "no text"],
)
def test_an_account_that_cannot_be_kept_is_refused_before_any_of_its_batch(
    store: Store, intake: Intake, read: Read
) -> None:
    with pytest.raises(InputError) as refusal:
        intake.accept([an_account("f1", a_read(2)), an_account("f2", read)])
    assert "TX26KLM" not in str(refusal.value).upper()
    assert intake.seen(["f1", "f2"], camera_id="NS-C01") == set()


def test_a_name_that_is_no_text_is_refused_as_input(intake: Intake) -> None:
    with pytest.raises(InputError):
        intake.accept([an_account("f1"), an_account("\udc80.jpg")])
    assert intake.seen(["f1", "\udc80.jpg"], camera_id="NS-C01") == set()


def test_a_second_intake_is_refused_until_the_first_is_closed(store: Store, intake: Intake) -> None:
    with pytest.raises(BusyError):
        store.intake()
    intake.close()
    store.intake().close()


def test_a_closed_intake_takes_nothing(intake: Intake) -> None:
    intake.close()
    with pytest.raises(UnavailableError):
        intake.accept([an_account("f1")])
    intake.close()


def test_reads_are_found_without_being_told_to_file(store: Store) -> None:
    intake = Intake(store.state, ledger=store.ledger, filing_s=0.01)
    intake.accept([an_account("f1", a_read(1))])
    intake.close()
    (stored,), more = store.archive.search(a_scope())
    assert (stored.read.read_id, more) == (a_read(1).read_id, False)


def test_the_spool_is_empty_once_all_is_filed(store: Store, intake: Intake) -> None:
    intake.accept([an_account("f1", a_read(1))])
    assert list((store.state / "spool").glob("*.spool"))
    intake.file()
    assert not list((store.state / "spool").glob("*.spool"))


def test_cameras_and_the_heartbeat_reach_the_ledger(store: Store, intake: Intake) -> None:
    intake.register([a_camera()])
    intake.accept([an_account("f1", a_read(1))])
    intake.heartbeat(MIDNIGHT, cluster="ok", cameras_up=1)
    with store.ledger.reading() as db:
        health = heartbeat.health(db, now=MIDNIGHT)
    assert health is not None
    assert (health.cameras, health.cameras_up, health.reads) == (1, 1, 1)
    assert (health.cluster, health.last_read_at) == ("ok", MIDNIGHT)


def test_an_alarm_that_the_ledger_cannot_take_now_is_raised_when_it_can(
    store: Store, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(store, "TX26KLM")
    monkeypatch.setattr(ledger, "LOCK_WAIT_S", 0.01)
    other = Ledger.open(store.ledger.path)
    with other.transaction():
        intake.accept([an_account("f1", a_read(1))])
        with pytest.raises(UnavailableError):
            intake.file()
    other.close()
    assert alarms(store) == ()
    assert intake.seen(["f1"], camera_id="NS-C01") == {"f1"}
    intake.file()
    assert [alarm.sights for alarm in alarms(store)] == [1]
    assert not list((store.state / "spool").glob("*.spool"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    size = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(mounted)]
    if os.geteuid() or subprocess.run(size, check=False).returncode:
        pytest.skip("only root may mount a small disk here")
    yield mounted
    subprocess.run(["umount", "--lazy", str(mounted)], check=True)


def test_a_full_disk_is_said_and_what_was_acknowledged_is_filed_once_there_is_room(
    small_disk: Path,
) -> None:
    store = open_store(small_disk / "state")
    intake = Intake(store.state, ledger=store.ledger, filing_s=None)
    accepted: list[str] = []
    with pytest.raises(UnavailableError):
        for number in range(1000):
            read = a_read(number, vehicle_jpeg=os.urandom(20_000))
            intake.accept([an_account(f"f{number}", read)])
            accepted.append(read.read_id)
            if number % 10 == 9:
                intake.file()
    assert accepted
    bigger = ["mount", "-o", "remount,size=64m", str(small_disk)]
    subprocess.run(bigger, check=True)
    intake.accept([an_account("last", a_read(2000))])
    intake.file()
    intake.close()
    rows, _ = store.archive.search(a_scope(limit=500))
    last = a_read(2000).read_id
    assert sorted(stored.read.read_id for stored in rows) == sorted([*accepted, last])
    assert all(store.archive.pictures(read_id) for read_id in accepted)
    store.close()


@pytest.mark.parametrize("off", [timedelta(days=-400), timedelta(days=2)])
def test_a_picture_with_an_impossible_date_is_accounted_for_as_refused(
    store: Store, intake: Intake, off: timedelta
) -> None:
    watch(store, "TX26KLM")
    seen = a_read(1, captured_at=MIDNIGHT + off)
    intake.accept([an_account("f1", seen, sights=(seen,)), an_account("f2", a_read(2))])
    intake.file()
    told = intake.known(["f1", "f2"], camera_id="NS-C01")
    assert (told["f1"].outcome, told["f2"].outcome) == (Outcome.REFUSED, Outcome.READ)
    assert "set the camera's clock" in told["f1"].reason
    assert store.archive.read(seen.read_id) is None
    assert store.archive.read(a_read(2).read_id) is not None
    with store.ledger.reading() as db:
        assert all(alarm.read_id != seen.read_id for alarm in board.board(db))
