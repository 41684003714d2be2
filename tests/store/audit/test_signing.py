"""The signer signs growth and nothing else, whatever it is shown."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from store.audit import checkpoints
from store.audit.checkpoints import Checkpoint
from store.audit.keeping import POLICY, Often, due, signing_kept_up
from store.audit.signing import Signer
from store.errors import CorruptError, UnavailableError
from tests.store.audit.conftest import Grown, write
from tests.store.audit.test_mutants import hashed_anew, put, rows_of
from tests.store.examples import NOW

KEY = Ed25519PrivateKey.generate()


def sizes(path: Path) -> list[int]:
    found = (checkpoints.parsed(line) for _, line in checkpoints.lines_of(path))
    return [one.size for one in found if one is not None]


def test_what_was_written_is_signed_once_and_in_both_files(tmp_path: Path) -> None:
    state, witness = tmp_path / "state", tmp_path / "witness"
    signer = Signer(state, key=KEY, witness=witness)
    write(state)
    assert signer.sign(now=NOW) is None
    write(state, "a", "b")
    made = signer.sign(now=NOW)
    assert made is not None
    assert made.size == 2
    assert signer.sign(now=NOW) is None
    write(state, "c")
    Signer(state, key=KEY, witness=witness).sign(now=NOW)
    assert sizes(checkpoints.checkpoints_of(state)) == sizes(witness) == [2, 3]


def test_files_of_checkpoints_are_for_their_owner_alone(tmp_path: Path) -> None:
    write(tmp_path / "state", "a")
    Signer(tmp_path / "state", key=KEY, witness=tmp_path / "witness").sign(now=NOW)
    for path in (checkpoints.checkpoints_of(tmp_path / "state"), tmp_path / "witness"):
        assert path.stat().st_mode & 0o077 == 0


def cut_short(state: Path) -> None:
    put(state, rows_of(state)[:45])


def made_anew(state: Path) -> None:
    rows = rows_of(state)
    rows[4][2] = rows[4][2].replace("NS4021", "NS4022")
    put(state, hashed_anew(rows))


def broken_behind(state: Path) -> None:
    write(state, "one", "two")
    rows = rows_of(state)
    rows[-2][2] = "{}"
    put(state, rows)


def ending_elsewhere(state: Path) -> None:
    write(state, "one", "two")
    rows = rows_of(state)
    put(state, rows)
    put(state, rows[:-1], tip=False)


@pytest.mark.parametrize("change", [cut_short, made_anew, broken_behind, ending_elsewhere])
def test_another_chain_than_the_one_signed_before_is_refused(
    grown: Grown, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    state, witness = tmp_path / "state", tmp_path / "witness"
    shutil.copytree(grown.state, state)
    shutil.copy(grown.witness, witness)
    signer = Signer(state, key=grown.key, witness=witness)
    change(state)
    with pytest.raises(CorruptError, match="anpr audit verify"):
        signer.sign(now=NOW)
    assert sizes(checkpoints.checkpoints_of(state)) == sizes(witness) == [10, 20, 30, 40, 50, 60]


def test_an_old_copy_of_the_state_folder_does_not_make_the_signer_forget(
    grown: Grown, tmp_path: Path
) -> None:
    state, witness = tmp_path / "state", tmp_path / "witness"
    shutil.copytree(grown.copy(30), state)
    shutil.copy(grown.witness, witness)
    with pytest.raises(CorruptError, match="60 records"):
        Signer(state, key=grown.key, witness=witness).sign(now=NOW)


def test_another_key_does_not_go_on_where_the_first_left_off(grown: Grown, tmp_path: Path) -> None:
    state = tmp_path / "state"
    shutil.copytree(grown.state, state)
    with pytest.raises(CorruptError, match="not signed by this key"):
        Signer(state, key=KEY).sign(now=NOW)


def test_a_witness_out_of_reach_gets_the_checkpoint_later(tmp_path: Path) -> None:
    state, witness = tmp_path / "state", tmp_path / "away" / "witness"
    write(state, "a")
    signer = Signer(state, key=KEY, witness=witness)
    with pytest.raises(UnavailableError, match="was not added"):
        signer.sign(now=NOW)
    assert not witness.parent.exists()
    witness.parent.write_text("a file where the folder should be")
    with pytest.raises(UnavailableError, match="cannot be read"):
        signer.sign(now=NOW)
    witness.parent.unlink()
    witness.parent.mkdir()
    assert signer.sign(now=NOW) is None
    assert sizes(witness) == [1]


def test_a_line_that_is_no_checkpoint_stops_the_signer(tmp_path: Path) -> None:
    write(tmp_path, "a")
    signer = Signer(tmp_path, key=KEY)
    signer.sign(now=NOW)
    with checkpoints.checkpoints_of(tmp_path).open("a") as file:
        file.write("{}\n")
    with pytest.raises(CorruptError, match="last line"):
        signer.sign(now=NOW)


def test_the_figures_are_the_proposed_ones_and_a_wrong_one_stops_the_start() -> None:
    assert Often(every_s=60, every_records=1000) == POLICY
    with pytest.raises(KeyError):
        Often.parse("every_s = 60")
    for text in ("every_s = 0\nevery_records = 1", "every_s = 1\nevery_records = 1\nevery = 1"):
        with pytest.raises(ValueError, match="1 or more"):
            Often.parse(text)


@pytest.mark.parametrize(
    ("waited_s", "new", "time"),
    [(59.9, 1, False), (60.0, 1, True), (600.0, 0, False), (0.0, 1000, True), (0.0, -1, True)],
)
def test_it_is_time_after_a_minute_or_a_thousand_records(
    waited_s: float, new: int, time: bool
) -> None:
    assert due(waited_s=waited_s, new=new, often=POLICY) is time


def test_a_hub_that_runs_signs_by_itself_and_once_more_when_it_ends(tmp_path: Path) -> None:
    write(tmp_path, "a")
    signed = Event()

    class Watched(Signer):
        def sign(self, *, now: datetime) -> Checkpoint | None:
            made = super().sign(now=now)
            signed.set()  # not before: what is written meanwhile would fall into the first
            return made

    with signing_kept_up(Watched(tmp_path, key=KEY), look_s=0.01, clock=lambda: NOW):
        assert signed.wait(30)
        write(tmp_path, "b")
    assert sizes(checkpoints.checkpoints_of(tmp_path)) == [1, 2]


def test_trouble_with_signing_is_logged_once_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[int] = []
    enough = Event()

    class Watched(Signer):
        def records(self) -> int:
            looks.append(1)
            if len(looks) == 5:
                enough.set()
            return super().records()  # there is no ledger yet

    with signing_kept_up(Watched(tmp_path, key=KEY), look_s=0.01):
        assert enough.wait(30)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "no ledger" in caplog.text
