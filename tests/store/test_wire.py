"""What crosses the socket: exact types, and nothing else."""

import asyncio
import contextlib
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import errors, wire
from store.answers import AlarmChanged, AlarmRaised, Beat
from store.errors import InputError, ListError, RefusedError, StoreError
from store.terms import (
    Alarm,
    AlarmState,
    Certainty,
    Decision,
    Disposition,
    Ground,
    Health,
    MatchKind,
    Priority,
    Purpose,
    Scope,
)
from tests.store.rig import entry

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
GROUND = Ground(
    purpose=Purpose.MISSING_PERSON,
    category="operational response",
    reference="NS-2611-04417",
    reason="Named by a witness",
)
ENTRY = replace(entry("TE57CAR"), weeds_at=NOON + timedelta(days=30))
ALARM = Alarm(
    alarm_id="A-1187",
    seq=7,
    read_id="0" * 32,
    entry=ENTRY,
    priority=Priority.HIGH,
    certainty=Certainty.EXACT,
    camera_id="NS-C01",
    camera_name="Ring Rd E",
    vrm="TE57CAR",
    confidence=0.98,
    captured_at=NOON,
    raised_at=NOON,
    sights=1,
    state=AlarmState.ACTIONED,
    acknowledged_by="NS4021",
    acknowledged_at=NOON,
    disposition=Disposition(
        decision=Decision.DEPLOYED,
        resource="ARV07",
        log_ref="NS-20261122-0931",
        why="",
        staff_id="NS4021",
        decided_at=NOON,
        ground=GROUND,
    ),
)
HEALTH = Health(
    beat_at=NOON,
    cameras_up=141,
    cameras=143,
    list_loaded_at=None,
    entries=200,
    last_read_at=NOON,
    reads=12,
    cluster="ok",
)


async def _read(data: bytes, *, most_bytes: int = 1_000) -> bytes | None:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return await wire.read_frame(reader, most_bytes=most_bytes)


async def test_a_frame_comes_back_as_it_was_sent() -> None:
    hello = wire.Hello(version=1, staff_id="NS4021")
    body = await _read(wire.framed(hello))
    assert body is not None
    assert wire.from_console(body) == hello


async def test_an_end_between_frames_is_an_end_and_no_fault() -> None:
    assert await _read(b"") is None


@pytest.mark.parametrize("kept", [1, 3, 4, 5])
async def test_a_frame_that_is_cut_off_is_refused(kept: int) -> None:
    frame = wire.framed(wire.Hello(version=1, staff_id="NS4021"))
    with pytest.raises(InputError, match="cut off"):
        await _read(frame[:kept])


@pytest.mark.parametrize("length", [0, 1_001, 2**32 - 1])
async def test_an_empty_or_overlong_frame_is_refused_by_its_length_alone(length: int) -> None:
    with pytest.raises(InputError, match="bytes"):
        await _read(struct.pack(">I", length))


def test_more_than_the_other_side_takes_is_not_sent() -> None:
    message = wire.Hello(version=1, staff_id="NS4021")
    exact = len(wire.framed(message)) - 4
    assert wire.framed(message, most_bytes=exact)
    with pytest.raises(InputError, match="Not sent"):
        wire.framed(message, most_bytes=exact - 1)


@pytest.mark.parametrize(
    "act",
    [
        wire.ShowAlarms(limit=200),
        wire.OpenAlarm(alarm_id="A-1"),
        wire.Acknowledge(alarm_id="A-1"),
        wire.Unacknowledge(alarm_id="A-1"),
        wire.Decide(
            alarm_id="A-1", decision=Decision.NOT_DEPLOYED, resource="", log_ref="", why="é ░"
        ),
        wire.Decide(
            alarm_id="A-1",
            decision=Decision.PASSED_ON,
            resource="SV",
            log_ref="",
            why="",
            ground=GROUND,
        ),
        wire.SearchReads(
            scope=Scope(
                vrm="TE5*",
                kind=MatchKind.WILDCARD,
                since_at=NOON,
                until_at=NOON,
                cameras=("NS-C01",),
            ),
            ground=GROUND,
        ),
        wire.ListCameras(),
        wire.AskHealth(),
        wire.Follow(after=None),
        wire.Follow(after=12),
    ],
    ids=lambda act: type(act).__name__,
)
def test_every_act_arrives_as_it_was_asked(act: wire.Act) -> None:
    asked = wire.Asked(number=3, act=act)
    assert wire.from_console(wire.framed(asked)[4:]) == asked


@pytest.mark.parametrize(
    "event", [AlarmRaised(ALARM), AlarmChanged(ALARM), Beat(health=HEALTH, seq=7)]
)
def test_every_event_arrives_as_it_was_told(event: AlarmRaised | AlarmChanged | Beat) -> None:
    told = wire.from_hub(wire.framed(wire.told(event))[4:])
    assert isinstance(told, wire.Told)
    arrived = wire.event_of(told)
    assert arrived == event
    assert type(arrived) is type(event)


def test_an_event_of_another_release_is_refused() -> None:
    told = wire.told(AlarmRaised(ALARM))
    with pytest.raises(InputError, match="another release"):
        wire.event_of(msgspec.structs.replace(told, kind="telepathy"))


def test_every_error_of_the_tree_arrives_as_its_own_type_with_its_words() -> None:
    tree = [getattr(errors, name) for name in errors.__all__]
    for kind in tree:
        sent: StoreError
        if kind is RefusedError:
            sent = RefusedError("Not searched.", reason="age_over_limit")
        elif kind is ListError:
            sent = ListError("Not loaded.", code="truncated")
        else:
            sent = kind("Not done.")
        failed = wire.from_hub(wire.framed(wire.failed(9, sent))[4:])
        assert isinstance(failed, wire.Failed)
        arrived = wire.error_of(failed)
        assert type(arrived) is kind
        assert str(arrived) == str(sent)
        assert vars(arrived) == vars(sent)


def test_an_error_of_a_newer_hub_is_still_an_error_of_the_store() -> None:
    newer = wire.Failed(number=1, kind="MoonError", message="Not done.", detail="")
    assert type(wire.error_of(newer)) is StoreError


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_our_own_refusal(body: bytes) -> None:
    for read in (wire.from_console, wire.from_hub):
        with contextlib.suppress(InputError):
            assert type(read(body)).__module__ == wire.__name__


@given(st.data())
def test_a_message_with_a_byte_changed_is_a_message_or_our_own_refusal(data: st.DataObject) -> None:
    asked = wire.Asked(number=3, act=wire.OpenAlarm(alarm_id="A-1187"))
    body = bytearray(wire.framed(asked)[4:])
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(InputError):
        assert isinstance(wire.from_console(bytes(body)), wire.Asked | wire.Hello)


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(InputError):
        wire.from_console(b"\x91" * 60_000)
    deep = msgspec.msgpack.encode({"type": "Hello", "version": 1, "staff_id": "NS4021"})
    with pytest.raises(InputError):
        wire.from_console(b"\x84" + deep[1:] + b"\xa1x" + b"\x91" * 60_000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "Hello", "version": 1},
        {"type": "Hello", "version": 1, "staff_id": "NS4021", "role": "AM"},
        {"type": "Hello", "version": 1, "staff_id": "N" * 65},
        {"type": "Asked", "number": -1, "act": {"type": "AskHealth"}},
        {"type": "Asked", "number": 1, "act": {"type": "DropTables"}},
        {"type": "Asked", "number": 1, "act": {"type": "ShowAlarms", "limit": 10**9}},
        {"type": "Welcome", "version": 1, "officer": {"staff_id": "NS4021", "role": "AM"}},
    ],
)
def test_what_is_nearly_a_message_is_none(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="not of this protocol"):
        wire.from_console(msgspec.msgpack.encode(wrong))


def test_times_stay_aware_and_exact() -> None:
    scope = Scope(
        vrm="TE57CAR", kind=MatchKind.EXACT, since_at=NOON, until_at=NOON + timedelta(seconds=1)
    )
    ground = Ground(purpose=Purpose.WANTED_PERSON, category="", reference="", reason="")
    arrived = wire.from_console(
        wire.framed(wire.Asked(number=1, act=wire.AskNeeds(scope=scope, ground=ground)))[4:]
    )
    assert isinstance(arrived, wire.Asked)
    assert isinstance(arrived.act, wire.AskNeeds)
    assert arrived.act.scope == scope
    assert arrived.act.scope.since_at.utcoffset() == timedelta(0)
