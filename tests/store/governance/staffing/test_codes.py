"""Codes of a second factor: one step either way, and none twice."""

import base64
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.governance.staffing.codes import (
    STEP_S,
    accepted_step,
    invitation,
    new_seed,
    new_word,
    step_at,
)

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MOMENTS = st.integers(1_767_225_600, 2_208_988_800).map(lambda s: datetime.fromtimestamp(s, UTC))


def code_at(at: datetime) -> str:
    return pyotp.TOTP(SEED).at(at)


@pytest.mark.parametrize(
    ("at_s", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")]
)
def test_codes_are_those_of_the_standard(at_s: int, code: str) -> None:
    # RFC 6238, appendix B: the last six of its eight digits, seed "12345678901234567890"
    seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    now = datetime.fromtimestamp(at_s, UTC)
    assert accepted_step(code, seed=seed, now=now, used=-1) == at_s // STEP_S


@given(now=MOMENTS, off=st.integers(-10, 10))
def test_a_code_counts_one_step_either_way_and_no_further(now: datetime, off: int) -> None:
    code = code_at(now + off * timedelta(seconds=STEP_S))
    near = {code_at(now + one * timedelta(seconds=STEP_S)) for one in (-1, 0, 1)}
    taken = accepted_step(code, seed=SEED, now=now, used=-1)
    assert (taken is not None) == (code in near)
    if abs(off) <= 1:
        assert taken is not None
        assert abs(taken - step_at(now)) <= 1


@given(now=MOMENTS, waits=st.lists(st.tuples(st.integers(0, 70), st.integers(-1, 1)), max_size=40))
def test_no_code_is_taken_twice_however_often_it_is_typed(
    now: datetime, waits: list[tuple[int, int]]
) -> None:
    used, taken = -1, []
    for wait_s, off in waits:
        now += timedelta(seconds=wait_s)
        code = code_at(now + off * timedelta(seconds=STEP_S))
        step = accepted_step(code, seed=SEED, now=now, used=used)
        if step is not None:
            taken.append(step)
            used = step
    assert taken == sorted(set(taken))


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "\N{FULLWIDTH DIGIT ONE}" * 6, "-12345", "1e5"]
)
def test_what_is_no_code_is_refused_without_a_fault(code: str) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert accepted_step(code, seed=SEED, now=now, used=-1) is None


def test_blanks_in_a_code_do_not_matter() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    code = code_at(now)
    assert accepted_step(f" {code[:3]} {code[3:]} ", seed=SEED, now=now, used=-1) == step_at(now)


def test_seeds_and_words_differ_and_an_invitation_names_the_person() -> None:
    assert new_seed() != new_seed()
    assert new_word() != new_word()
    assert len(new_word()) == 19
    assert "NS4021" in invitation(SEED, staff_id="NS4021", hub="ANPR")


def test_a_seed_has_160_bits_and_a_word_four_groups_without_look_alikes() -> None:
    assert {len(base64.b32decode(new_seed())) for _ in range(20)} == {20}
    words = [new_word() for _ in range(300)]
    assert all(re.fullmatch(r"([A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}", word) for word in words)
    assert len(set("".join(words))) == 33  # 32 letters and digits, and the hyphen


def test_an_invitation_is_what_authenticators_read() -> None:
    # Key Uri Format: otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=ISSUER
    assert invitation(SEED, staff_id="NS4021", hub="ANPR") == (
        f"otpauth://totp/ANPR:NS4021?secret={SEED}&issuer=ANPR"
    )


@pytest.mark.parametrize(("off", "used_off", "taken"), [(0, -1, True), (0, 0, False), (1, 0, True)])
def test_a_code_counts_once_and_none_before_it(off: int, used_off: int, taken: bool) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    here = step_at(now)
    code = code_at(now + off * timedelta(seconds=STEP_S))
    step = accepted_step(code, seed=SEED, now=now, used=here + used_off)
    assert step == (here + off if taken else None)


def test_the_first_half_minute_there_ever_was_has_a_code() -> None:
    begin = datetime.fromtimestamp(0, UTC)
    assert accepted_step(code_at(begin), seed=SEED, now=begin, used=-1) == 0


@pytest.mark.parametrize(
    ("off", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_counts_one_step_early_and_one_late(off: int, counts: bool) -> None:
    # RFC 6238, 5.2: one step for the delay; a clock may be wrong either way
    now = datetime(2026, 11, 22, 12, 0, 15, tzinfo=UTC)
    code = code_at(now + off * timedelta(seconds=STEP_S))
    step = accepted_step(code, seed=SEED, now=now, used=-1)
    assert step == (step_at(now) + off if counts else None)


def test_each_letter_of_a_word_is_drawn_for_itself() -> None:
    words = [new_word().replace("-", "") for _ in range(300)]
    assert {len(set(letters)) > 24 for letters in zip(*words, strict=True)} == {True}
    # no group repeats a part of the one before, or there would be fewer than 79 bits
    assert sum(word[1:4] == word[4:7] for word in words) < 3
