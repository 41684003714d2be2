"""`anpr staff`: two people found the register, everybody else is proposed and signed."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result

from anpr_tui.cli import main
from store.ledger import staff
from store.ledger.ledger import Ledger
from store.ledger.staff import factors, founding
from store.secrets import find, make_key, secret_file
from store.secrets.sealing import KEY_NAME, Sealing
from tests.store.ledger.staff.people import NOW, member, public_key

WORDS = "four unrelated words"
MANAGER, LEAD, OPERATOR = "NS3001", "NS2001", "NS4021"
TRAINED = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()
SEEDS: dict[str, str] = {}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with the key that seeds are kept under."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    make_key(secret_file(folder, KEY_NAME))
    return folder


@pytest.fixture
def founded(state: Path) -> Path:
    """A register of two people whose passphrases fit; founded some minutes ago."""
    sealing = Sealing(find(KEY_NAME, state=state, file_allowed=True).value)
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    founders = []
    for staff_id, role in ((MANAGER, "AM"), (LEAD, "SL")):
        SEEDS[staff_id] = pyotp.random_base32(32)
        made = factors.made(
            staff_id,
            passphrase=WORDS,
            seed=SEEDS[staff_id],
            code=pyotp.TOTP(SEEDS[staff_id]).at(NOW),
            sealing=sealing,
            now=NOW,
        )
        until_at = datetime.now(UTC) + timedelta(days=300)
        line = member(staff_id, role, until_at=until_at)
        founders.append(founding.Founder(line, made, public_key()))
    with ledger.transaction() as tx:
        founding.found(tx, *founders, now=NOW)
    ledger.close()
    return state


def call(state: Path, *words: str, typed: str = "") -> Result:
    command = ["staff", *words, "--state", str(state)]
    if words[0] != "publish":
        command.append("--weak-key")
    return CliRunner().invoke(main, command, input=typed)


def acting(state: Path, by: str, *words: str) -> Result:
    """Acts as somebody, with their passphrase and the next code that was not used."""
    code = pyotp.TOTP(SEEDS[by]).at(fresh(state, by))
    return call(state, *words, "--as", by, typed=f"{WORDS}\n{code}\n")


def fresh(state: Path, by: str) -> int:
    """A moment whose code counts now: a test does not wait for the next half minute."""
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    with ledger.transaction() as tx:
        tx.execute("UPDATE staff_factor SET last_step = -1 WHERE staff_id = ?", (by,))
    ledger.close()
    return int(datetime.now(UTC).timestamp())


def line(state: Path, staff_id: str) -> staff.Member | None:
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    with ledger.reading() as db:
        known = staff.by_id(db, staff_id)
    ledger.close()
    return known


def test_two_people_found_an_empty_register_at_a_keyboard_and_no_word_of_it_is_shown(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = iter([pyotp.random_base32(32) for _ in range(2)])
    given: list[str] = []

    def new_seed() -> str:
        given.append(next(seeds))
        return given[-1]

    def person(staff_id: str, role: str, seed: str) -> str:
        key = tmp_path / f"{staff_id}.pub"
        key.write_text(public_key())
        words = f"{staff_id} unrelated words"
        code = pyotp.TOTP(seed).now()
        return f"{staff_id}\n{role}\nName\n{TRAINED}\n{key}\n{words}\n{words}\n{code}\n"

    first, second = pyotp.random_base32(32), pyotp.random_base32(32)
    seeds = iter([first, second])
    monkeypatch.setattr("anpr_tui.verbs.staff.ceremony.new_seed", new_seed)
    typed = person(MANAGER, "AM", first) + person(LEAD, "SL", second)
    done = call(state, "found", typed=typed)
    assert done.exit_code == 0, done.output
    assert "unrelated words" not in done.output
    assert "otpauth://totp/" in done.output
    for staff_id, role in ((MANAGER, "AM"), (LEAD, "SL")):
        known = line(state, staff_id)
        assert known is not None
        assert known.officer.role == role
        assert known.second_factor
    again = call(state, "found", typed="")
    assert again.exit_code == 1
    assert "already" in again.output


@pytest.mark.parametrize("typed", ["", f"{MANAGER}\n", f"{MANAGER}\nAM\nName\nnever\n"])
def test_a_ceremony_that_breaks_off_founds_nothing(state: Path, typed: str) -> None:
    done = call(state, "found", typed=typed)
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert line(state, MANAGER) is None


def test_without_the_key_of_the_seeds_it_says_how_to_give_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["staff", "found", "--state", str(tmp_path / "state")])
    assert done.exit_code == 1
    assert "LoadCredentialEncrypted=staff-seed-key" in done.output


def test_a_new_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    out = tmp_path / "key"
    done = CliRunner().invoke(main, ["staff", "new-key", "--out", str(out)])
    assert done.exit_code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    assert out.read_text().strip() not in done.output
    again = CliRunner().invoke(main, ["staff", "new-key", "--out", str(out)])
    assert again.exit_code == 1


def test_somebody_joins_proposed_by_one_signed_by_another_with_the_word_they_were_handed(
    founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joining = ("--role", "OP", "--name", "R Hale", "--trained", TRAINED)
    proposed = acting(founded, MANAGER, "enrol", OPERATOR, *joining)
    assert proposed.exit_code == 0, proposed.output
    number = re.findall(r"change (\d+)", proposed.output)[0]
    own = acting(founded, MANAGER, "sign", number, "--why", "Starts on shift B")
    assert own.exit_code == 1
    assert line(founded, OPERATOR) is None
    signed = acting(founded, LEAD, "sign", number, "--why", "Starts on shift B")
    assert signed.exit_code == 0, signed.output
    word = re.findall(r"[A-Z0-9]{4}(?:-[A-Z0-9]{4}){3}", signed.output)[0]
    seed = pyotp.random_base32(32)
    monkeypatch.setattr("anpr_tui.verbs.staff.ceremony.new_seed", lambda: seed)
    (tmp_path / "hale.pub").write_text(public_key())
    code = pyotp.TOTP(seed).now()
    joined = call(
        founded,
        "join",
        OPERATOR,
        "--key",
        str(tmp_path / "hale.pub"),
        typed=f"{word}\n{WORDS}\n{WORDS}\n{code}\n",
    )
    assert joined.exit_code == 0, joined.output
    known = line(founded, OPERATOR)
    assert known is not None
    assert known.key_fingerprint.startswith("SHA256:")
    published = call(founded, "publish", "--to", str(tmp_path / "console_keys"))
    assert published.exit_code == 0, published.output
    assert "--staff NS4021" in (tmp_path / "console_keys").read_text()


def test_the_register_is_listed_with_what_waits_and_what_ends_soon(founded: Path) -> None:
    acting(founded, MANAGER, "enrol", OPERATOR, "--role", "OP", "--name", "R Hale")
    for by in (LEAD, MANAGER):
        shown = acting(founded, by, "list")
        assert shown.exit_code == 0, shown.output
        assert f"{LEAD}  SL  active  reviewed  trained until" in shown.output
        assert f"waits: enrol {OPERATOR}, proposed by {MANAGER}" in shown.output


def test_wrong_words_do_nothing_and_say_how_many_attempts_are_left(founded: Path) -> None:
    done = call(founded, "suspend", LEAD, "--why", "x", "--as", MANAGER, typed="no\n000000\n")
    assert done.exit_code == 1
    assert "attempts left: 4" in done.output
    known = line(founded, LEAD)
    assert known is not None
    assert known.state is staff.StaffState.ACTIVE


def test_somebody_is_suspended_at_once_and_comes_back_by_two(founded: Path) -> None:
    number = re.findall(
        r"change (\d+)",
        acting(founded, MANAGER, "enrol", OPERATOR, "--role", "OP", "--name", "R").output,
    )[0]
    acting(founded, LEAD, "sign", number, "--why", "Starts on shift B")
    done = acting(founded, LEAD, "suspend", OPERATOR, "--why", "Complaint 26/114")
    assert done.exit_code == 0, done.output
    known = line(founded, OPERATOR)
    assert known is not None
    assert known.state is staff.StaffState.SUSPENDED
    back = acting(founded, MANAGER, "reinstate", OPERATOR)
    assert back.exit_code == 0, back.output
    number = re.findall(r"change (\d+)", back.output)[0]
    assert acting(founded, LEAD, "sign", number, "--why", "Cleared").exit_code == 0


def test_training_roles_posts_and_reviews_go_by_their_verbs(founded: Path) -> None:
    def number_of(result: Result) -> str:
        assert result.exit_code == 0, result.output
        return re.findall(r"change (\d+)", result.output)[0]

    enrolled = acting(founded, MANAGER, "enrol", OPERATOR, "--role", "OP", "--name", "R")
    acting(founded, LEAD, "sign", number_of(enrolled), "--why", "Starts on shift B")
    assert acting(founded, MANAGER, "training", OPERATOR, "--passed", TRAINED).exit_code == 0
    moved = acting(founded, MANAGER, "role", OPERATOR, "--to", "FDO")
    acting(founded, LEAD, "sign", number_of(moved), "--why", "Promoted on 1 Dec")
    held = acting(founded, MANAGER, "post", OPERATOR, "force_duty_officer")
    acting(founded, LEAD, "sign", number_of(held), "--why", "On the rota")
    assert acting(founded, LEAD, "review", OPERATOR, "--why", "As it was").exit_code == 0
    known = line(founded, OPERATOR)
    assert known is not None
    assert (known.officer.role, known.posts) == ("FDO", {"force_duty_officer"})
    assert acting(founded, MANAGER, "training", MANAGER, "--passed", TRAINED).exit_code == 1
    assert acting(founded, LEAD, "unlock", LEAD).exit_code == 1
    assert acting(founded, LEAD, "unlock", OPERATOR).exit_code == 1, "no second factor yet"
