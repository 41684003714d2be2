"""Passphrase and second factor: together, once, five times at most."""

from datetime import datetime, timedelta

import pytest

from store.errors import CorruptError, InputError, RefusedError
from store.ledger import audit
from store.ledger.ledger import Ledger
from store.ledger.staff import factors
from store.secrets.sealing import Sealing
from tests.store.ledger.staff.people import (
    LEAD,
    MANAGER,
    NOW,
    SEALING,
    WORDS,
    code_of,
    found,
    public_key,
    seed_of,
)

LATER = NOW + timedelta(minutes=5)
WRONG = "four other words here"


@pytest.fixture
def founded(ledger: Ledger) -> Ledger:
    """A register whose manager has a passphrase that fits."""
    found(ledger)
    credentials = factors.made(
        MANAGER,
        passphrase=WORDS,
        seed=seed_of(MANAGER),
        code=code_of(MANAGER, NOW),
        sealing=SEALING,
        now=NOW,
    )
    with ledger.transaction() as tx:
        factors.keep(tx, MANAGER, credentials, by=LEAD, now=NOW)
    return ledger


def prove(
    ledger: Ledger, *, at: datetime, passphrase: str = WORDS, code: str = ""
) -> factors.Proof:
    return factors.prove(
        ledger,
        MANAGER,
        passphrase=passphrase,
        code=code or code_of(MANAGER, at),
        sealing=SEALING,
        now=at,
    )


def test_both_together_prove_who_somebody_is(founded: Ledger) -> None:
    proof = prove(founded, at=LATER)
    assert (proof.staff_id, proof.at) == (MANAGER, LATER)
    assert proof.key_fingerprint.startswith("SHA256:")
    assert proof.factor_id.startswith("totp-")


def test_the_code_that_was_typed_at_the_enrolment_counts_no_second_time(founded: Ledger) -> None:
    with pytest.raises(RefusedError) as refused:
        prove(founded, at=NOW)
    assert refused.value.reason == "reauthentication"


@pytest.mark.parametrize(("passphrase", "code"), [("four other words here", ""), (WORDS, "000000")])
def test_what_was_wrong_is_not_told(founded: Ledger, passphrase: str, code: str) -> None:
    with pytest.raises(RefusedError, match="passphrase or code does not fit"):
        prove(founded, at=LATER, passphrase=passphrase, code=code)


def test_a_code_counts_once_also_in_another_process_that_opens_the_ledger(
    founded: Ledger,
) -> None:
    prove(founded, at=LATER)
    again = Ledger.open(founded.path)
    try:
        with pytest.raises(RefusedError, match="was used"):
            prove(again, at=LATER + timedelta(seconds=1), code=code_of(MANAGER, LATER))
    finally:
        again.close()


def test_five_failures_lock_and_the_right_words_open_no_more(founded: Ledger) -> None:
    for attempt in range(5):
        with pytest.raises(RefusedError, match=f"attempts left: {4 - attempt}"):
            prove(founded, at=LATER, passphrase=WRONG)
    with pytest.raises(RefusedError, match="locked"):
        prove(founded, at=LATER)
    with founded.transaction() as tx, pytest.raises(RefusedError, match="themselves"):
        factors.unlock(tx, MANAGER, by=MANAGER, now=LATER)
    with founded.transaction() as tx:
        factors.unlock(tx, MANAGER, by=LEAD, now=LATER)
    prove(founded, at=LATER)


def test_success_forgives_the_failures_before_it(founded: Ledger) -> None:
    at = LATER
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(RefusedError):
                prove(founded, at=at, passphrase=WRONG)
        prove(founded, at=at)
        at += timedelta(minutes=2)


def test_an_attempt_counts_before_it_is_looked_at(
    founded: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_fails(*_: object) -> bool:
        raise KeyboardInterrupt

    for _ in range(5):
        with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
            broken.setattr(factors, "fits", power_fails)
            prove(founded, at=LATER)
    with pytest.raises(RefusedError, match="locked"):
        prove(founded, at=LATER)


def test_every_attempt_is_in_the_chain_and_no_word_of_it(founded: Ledger) -> None:
    code = code_of(MANAGER, LATER)
    prove(founded, at=LATER, code=code)
    with pytest.raises(RefusedError):
        prove(founded, at=LATER, code=code)
    with founded.reading() as db:
        chain = audit.tail(db, count=100)
    kinds = [(audit.body_of(record) or {})["kind"] for record in chain]
    assert kinds[:2] == ["identity refused", "identity proved"]
    text = " ".join(record.body or "" for record in chain)
    for secret in (WORDS, code, seed_of(MANAGER)):
        assert secret not in text


def test_somebody_without_credentials_cannot_prove_anything(founded: Ledger) -> None:
    with pytest.raises(RefusedError, match="no passphrase"):
        factors.prove(
            founded, "NS9999", passphrase=WORDS, code="123456", sealing=SEALING, now=LATER
        )


def test_a_seed_that_was_sealed_under_another_key_is_named_as_that(founded: Ledger) -> None:
    with pytest.raises(CorruptError, match="staff-seed-key"):
        factors.prove(
            founded,
            MANAGER,
            passphrase=WORDS,
            code="123456",
            sealing=Sealing(b"22" * 32),
            now=LATER,
        )


def test_no_seed_and_no_passphrase_lies_legible_in_the_file(founded: Ledger) -> None:
    founded.checkpoint()
    text = founded.path.read_bytes()
    assert seed_of(MANAGER).encode() not in text
    assert WORDS.encode() not in text


@pytest.mark.parametrize("passphrase", ["", "short", "x" * 1_001])
def test_a_passphrase_too_short_or_too_long_is_not_taken(passphrase: str) -> None:
    with pytest.raises(InputError, match="12"):
        factors.made(
            MANAGER,
            passphrase=passphrase,
            seed=seed_of(MANAGER),
            code=code_of(MANAGER, NOW),
            sealing=SEALING,
            now=NOW,
        )


def test_an_authenticator_that_did_not_take_the_seed_is_not_taken() -> None:
    with pytest.raises(RefusedError, match="authenticator"):
        factors.made(
            MANAGER,
            passphrase=WORDS,
            seed=seed_of(MANAGER),
            code="000000",
            sealing=SEALING,
            now=NOW,
        )


def test_one_key_signs_on_one_person(founded: Ledger) -> None:
    key = public_key()
    with founded.transaction() as tx:
        factors.hold_key(tx, MANAGER, key=key, by=MANAGER, now=NOW)
        with pytest.raises(InputError, match="somebody else"):
            factors.hold_key(tx, LEAD, key=key, by=LEAD, now=NOW)
