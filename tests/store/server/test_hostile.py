"""Hostile and broken consoles: a clear answer, an end of that one connection, and nothing else."""

import asyncio
import struct
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import wire
from store.client import HubClient
from store.errors import InputError
from store.server.hub import CONSOLES
from tests.store.rig import OPERATOR, Rig

HELLO = wire.framed(wire.Hello(version=wire.VERSION, staff_id=OPERATOR.staff_id))


async def spoken_to(path: Path, *sent: bytes) -> list[object]:
    """Everything the hub says to these bytes until it hangs up, or all is said."""
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        writer.write(b"".join(sent))
        writer.write_eof()
        said: list[object] = []
        async with asyncio.timeout(60):
            while body := await wire.read_frame(reader, most_bytes=wire.FROM_HUB_BYTES):
                said.append(wire.from_hub(body))
        return said
    finally:
        writer.close()


def frame(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n", "bytes"),
        (struct.pack(">I", 0), "between 1 and"),
        (struct.pack(">I", wire.FROM_CONSOLE_BYTES + 1), "between 1 and"),
        (frame(b"\xc1" * 10), "not of this protocol"),
        (HELLO[:9], "cut off"),
        (frame(msgspec.msgpack.encode({"type": "Hello", "version": 1})), "not of this protocol"),
        (wire.framed(wire.Asked(number=1, act=wire.ShowAlarms(limit=5))), "hello comes first"),
        (wire.framed(wire.Hello(version=99, staff_id="NS4021")), "version 99"),
        (b"", "not of this protocol"),
    ],
)
async def test_what_is_no_hello_is_told_what_is_wrong_and_hung_up_on(
    socket_path: Path, sent: bytes, told: str
) -> None:
    (failed,) = await spoken_to(socket_path, sent)
    assert isinstance(failed, wire.Failed)
    assert failed.number == 0
    assert told in failed.message


@pytest.mark.parametrize(
    "sent",
    [
        HELLO,
        frame(b"\x80"),
        frame(msgspec.msgpack.encode({"type": "Asked", "number": 1, "act": {"type": "Shut"}})),
        struct.pack(">I", 2**31),
    ],
)
async def test_a_welcomed_console_that_goes_wrong_is_hung_up_on(
    rig: Rig, socket_path: Path, sent: bytes
) -> None:
    said = await spoken_to(socket_path, HELLO, sent)
    assert isinstance(said[0], wire.Welcome)
    assert isinstance(said[-1], wire.Failed)
    assert len(said) == 2


async def test_no_plate_and_no_part_of_what_was_sent_comes_back_in_an_error(
    socket_path: Path,
) -> None:
    act = {"type": "OpenAlarm", "alarm_id": "A-1", "TE57CAR": "secret"}
    body = msgspec.msgpack.encode({"type": "Asked", "number": 1, "act": act})
    said = await spoken_to(socket_path, HELLO, frame(body))
    assert "TE57CAR" not in repr(said)
    assert "secret" not in repr(said)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sent=st.lists(st.binary(max_size=200), max_size=4), greeted=st.booleans())
async def test_any_bytes_leave_other_consoles_undisturbed(
    socket_path: Path, sent: list[bytes], greeted: bool
) -> None:
    client = await HubClient.connect(socket_path, staff_id=OPERATOR.staff_id)
    try:
        said = await spoken_to(socket_path, *([HELLO] if greeted else []), *map(frame, sent))
        assert all(isinstance(one, wire.Welcome | wire.Failed | wire.Answered) for one in said)
        assert (await client.health()).cameras == 2
    finally:
        await client.close()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=st.integers(0, 200), flip=st.integers(0, 10_000))
async def test_a_conversation_cut_or_bent_anywhere_ends_itself_alone(
    socket_path: Path, cut: int, flip: int
) -> None:
    talk = bytearray(
        HELLO
        + wire.framed(wire.Asked(number=1, act=wire.AskHealth()))
        + wire.framed(wire.Asked(number=2, act=wire.OpenAlarm(alarm_id="A-1")))
    )
    talk[flip % len(talk)] ^= 1 << flip % 8
    await spoken_to(socket_path, bytes(talk[: len(talk) - cut]))
    client = await HubClient.connect(socket_path, staff_id=OPERATOR.staff_id)
    await client.close()


async def test_the_hub_keeps_to_so_many_consoles(socket_path: Path) -> None:
    clients = [
        await HubClient.connect(socket_path, staff_id=OPERATOR.staff_id) for _ in range(CONSOLES)
    ]
    try:
        (failed,) = await spoken_to(socket_path, HELLO)
        assert isinstance(failed, wire.Failed)
        assert "consoles are connected" in failed.message
    finally:
        for client in clients:
            await client.close()


async def test_a_listener_that_is_no_hub_is_recognised(rig: Rig) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    path = rig.state / "other.sock"
    async with await asyncio.start_unix_server(answer, path):
        with pytest.raises(InputError):
            await HubClient.connect(path, staff_id="NS4021")
