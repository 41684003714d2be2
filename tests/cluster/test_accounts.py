"""Accounts: one for each picture, and a passage is the same read at every replay."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cluster.accounts import PassageAccounts, StillAccounts
from cluster.leases import Answer, Arrival
from cluster.recogniser import read_pictures
from cluster.sources import Picture
from cluster.sources.footage import FootageSource, Passing
from recognition.grammar.lattice import ALPHABET
from recognition.grammar.regions import ANYWHERE, Region
from recognition.recogniser import FrameReading, PlateReading, Recogniser
from store.terms import Account, Outcome, Read

STARTS_AT = datetime(2026, 11, 17, 9, tzinfo=UTC)
CAMERA = {"camera_id": "NS-C01", "controller": "NS"}
NOTHING = FrameReading((), (), {})


def picture(data: bytes, *, number: int = 0, refusal: str = "", last: bool = False) -> Picture:
    return Picture(f"frame-{number}", number, f"{number}.jpg", STARTS_AT, data, refusal, last)


def account_of(accounts, recogniser: Recogniser, shown: Picture) -> Account:
    (answer,) = read_pictures(recogniser, [shown])
    return accounts.account(Arrival(shown, received_s=5.0), answer)


def test_a_still_gives_a_read_for_each_plate_under_an_identity_of_its_own(recogniser, jpeg_of):
    account = account_of(StillAccounts(**CAMERA), recogniser, picture(jpeg_of("JB14JSW")))
    again = account_of(StillAccounts(**CAMERA), recogniser, picture(jpeg_of("JB14JSW")))
    (read,) = account.reads
    assert account.outcome is Outcome.READ
    assert read.vrm == "JB14JSW"
    assert read.read_id == again.reads[0].read_id
    assert (read.camera_id, read.controller, read.captured_at) == ("NS-C01", "NS", STARTS_AT)
    assert read.plate_jpeg[:2] == read.vehicle_jpeg[:2] == b"\xff\xd8"
    assert account.received_at == datetime.fromtimestamp(5.0, tz=UTC)


def test_the_same_mark_in_another_picture_is_another_read(recogniser, jpeg_of):
    stills = StillAccounts(**CAMERA)
    ids = {
        account_of(stills, recogniser, picture(jpeg_of("JB14JSW"), number=n)).reads[0].read_id
        for n in range(2)
    }
    assert len(ids) == 2


@pytest.mark.parametrize("kind", [StillAccounts, PassageAccounts])
def test_an_empty_road_and_a_refusal_are_accounts_too(kind, recogniser, jpeg_of):
    empty = account_of(kind(**CAMERA), recogniser, picture(jpeg_of()))
    assert (empty.outcome, empty.reads, empty.reason) == (Outcome.NO_PLATE, (), "")
    torn = account_of(kind(**CAMERA), recogniser, picture(jpeg_of("JB14JSW")[:2000]))
    assert torn.outcome is Outcome.REFUSED
    assert torn.reason


FOOTAGE = FootageSource(
    camera_id="NS-C01",
    caption="",
    light="day",
    seed=5,
    starts_at=STARTS_AT,
    rate=3.0,
    length=48,
    passings=(
        Passing(2, 6, "JB14JSW", "red", approaching=True),
        Passing(20, 6, "TK22HRM", "silver", approaching=False),
        Passing(38, 6, "UX21CVB", "black", approaching=True),
    ),
)


@pytest.fixture(scope="module")
def seen(recogniser: Recogniser) -> list[tuple[Arrival, Answer]]:
    """The footage with what was read on it, the last frame marked as such."""
    pictures = list(FOOTAGE.pictures())
    answers = read_pictures(recogniser, pictures)
    pairs = [(Arrival(p, received_s=0.0), a) for p, a in zip(pictures, answers, strict=True)]
    last = picture(pairs[-1][0].picture.data, number=47, last=True)
    return [*pairs[:-1], (Arrival(last, received_s=0.0), pairs[-1][1])]


def told(accounts: PassageAccounts, seen) -> Iterator[tuple[Account, bool]]:
    for arrival, answer in seen:
        yield accounts.account(arrival, answer), accounts.between_passages


MARKS = [passing.vrm for passing in FOOTAGE.passings]


def told_of(reads: Iterable[Read]) -> list[tuple[str, str]]:
    """The vehicles; whether a sign beside the road is taken for a plate is tested elsewhere."""
    return [(read.vrm, read.read_id) for read in reads if read.vrm in MARKS]


def reads_of(accounts: list[Account]) -> list[tuple[str, str]]:
    return told_of(read for account in accounts for read in account.reads)


def test_each_vehicle_is_one_read_that_its_first_sight_announced(seen):
    accounts = [account for account, _ in told(PassageAccounts(**CAMERA), seen)]
    assert [vrm for vrm, _ in reads_of(accounts)] == MARKS
    assert told_of(s for account in accounts for s in account.sights) == reads_of(accounts)
    first = next(n for n, account in enumerate(accounts) if told_of(account.sights))
    settled = next(n for n, account in enumerate(accounts) if told_of(account.reads))
    assert first < settled


def test_a_replay_from_between_two_passages_gives_the_same_reads(seen):
    whole = list(told(PassageAccounts(**CAMERA), seen))
    cuts = [n for n, (_, between) in enumerate(whole) if between]
    assert any(8 < cut < 20 for cut in cuts)
    for cut in cuts:
        head = [account for account, _ in whole[: cut + 1]]
        tail = [account for account, _ in told(PassageAccounts(**CAMERA), seen[cut + 1 :])]
        assert reads_of(head + tail) == reads_of([account for account, _ in whole])


def test_a_character_left_open_by_every_frame_is_settled_by_the_tags_that_are_usual_here(seen):
    """Nobody can say by the pictures whether it begins with K or L."""

    def smudged(plate: PlateReading) -> PlateReading:
        slots = plate.lattice.slots.copy()
        if plate.reading.vrm == "JB14JSW":
            slots[0] = 1e-4
            slots[0, [ALPHABET.index("K"), ALPHABET.index("L")]] = 0.52, 0.48
        return replace(plate, lattice=replace(plate.lattice, slots=slots))

    frames = [
        (a, replace(n, reading=replace(n.reading, plates=tuple(map(smudged, n.reading.plates)))))
        for a, n in seen[:18]
    ]
    for region, mark in ((ANYWHERE, "KB14JSW"), (Region.of(["L*"]), "LB14JSW")):
        accounts = PassageAccounts(**CAMERA, region=region)
        reads = [read.vrm for account, _ in told(accounts, frames) for read in account.reads]
        assert [vrm for vrm in reads if vrm.endswith("B14JSW")] == [mark]


def test_a_camera_whose_clock_is_set_back_goes_on(recogniser, jpeg_of):
    accounts = PassageAccounts(**CAMERA)
    later = picture(jpeg_of(), number=0)
    earlier = Picture("f1", 1, "1", datetime(2026, 11, 16, tzinfo=UTC), later.data)
    assert account_of(accounts, recogniser, later).outcome is Outcome.NO_PLATE
    assert account_of(accounts, recogniser, earlier).captured_at == earlier.captured_at


def test_the_last_picture_settles_what_is_in_view_even_if_it_is_refused(seen):
    accounts = PassageAccounts(**CAMERA)
    for arrival, answer in seen[:5]:
        assert accounts.account(arrival, answer).reads == ()
    last = picture(b"", number=5, refusal="gone", last=True)
    account = accounts.account(Arrival(last, 0.0), Answer("frame-5", None, "gone"))
    assert account.outcome is Outcome.REFUSED
    assert [vrm for vrm, _ in told_of(account.reads)] == ["JB14JSW"]
