"""How hub and console talk: frames of a length and a msgpack body over a Unix socket.

A console says hello with its protocol version and staff number; the hub welcomes the officer or
says why not. From then on the console asks (every ask has a number), the hub answers in any order,
and, once asked to, tells of events in between. msgspec checks every byte against the types here;
what is not exactly of these types closes the connection it came over, and no other.
"""

import asyncio
import struct
from typing import Final, TypeVar

import msgspec

from store.answers import (
    AlarmChanged,
    AlarmRaised,
    Beat,
    Event,
    RequestRaised,
    RequestSettled,
)
from store.errors import (
    AuditUnavailableError,
    BucketUnavailableError,
    BusyError,
    CalledOffError,
    CorruptError,
    InputError,
    ListError,
    PolicyError,
    RefusedError,
    StoreError,
    UnavailableError,
)
from store.terms import Officer
from store.wire.acts import Act, Message, Name, Number

__all__ = [
    "FROM_CONSOLE_BYTES",
    "FROM_HUB_BYTES",
    "VERSION",
    "Answered",
    "Asked",
    "Failed",
    "Hello",
    "Told",
    "Welcome",
    "answered",
    "error_of",
    "event_of",
    "failed",
    "framed",
    "from_console",
    "from_hub",
    "read_frame",
    "told",
    "unpacked",
]

VERSION: Final = 1
FROM_CONSOLE_BYTES: Final = 64 * 1024
"""Longest frame a console may send: an ask holds a few hundred bytes of form text."""
FROM_HUB_BYTES: Final = 16 * 1024 * 1024
"""Longest frame a console takes: two pictures, or a page of 500 rows, with room."""

_PREFIX: Final = struct.Struct(">I")
_Answer = TypeVar("_Answer")


class Hello(Message, frozen=True):
    """First frame of a console."""

    version: int
    staff_id: Name


class Asked(Message, frozen=True):
    """Every further frame of a console; `number` is its own and comes back with the answer."""

    number: Number
    act: Act


class Welcome(Message, frozen=True):
    """First frame of the hub to an officer it knows."""

    version: int
    officer: Officer


class Answered(Message, frozen=True):
    """The answer to the ask of that number; the asker knows its type."""

    number: Number
    body: msgspec.Raw


class Failed(Message, frozen=True):
    """An error of the store instead of an answer; number 0 speaks of the connection itself.

    Attributes:
        number: Of the ask.
        kind: Name of the error's class.
        message: What was refused, why, and what to do next.
        detail: `reason` of a RefusedError, `code` of a ListError, empty elsewhere.
    """

    number: Number
    kind: Name
    message: str
    detail: str


class Told(Message, frozen=True):
    """An event, unasked."""

    kind: Name
    body: msgspec.Raw


_ENCODER: Final = msgspec.msgpack.Encoder()
_FROM_CONSOLE: Final[msgspec.msgpack.Decoder[Hello | Asked]] = msgspec.msgpack.Decoder(
    Hello | Asked
)
_FROM_HUB: Final[msgspec.msgpack.Decoder[Welcome | Answered | Failed | Told]] = (
    msgspec.msgpack.Decoder(Welcome | Answered | Failed | Told)
)
_EVENTS: Final[dict[str, type[Event]]] = {
    "raised": AlarmRaised,
    "changed": AlarmChanged,
    "prompt": RequestRaised,
    "request": RequestSettled,
    "beat": Beat,
}
_EVENT_KINDS: Final = {event: kind for kind, event in _EVENTS.items()}
_ERRORS: Final[dict[str, type[StoreError]]] = {
    error.__name__: error
    for error in (
        StoreError,
        InputError,
        UnavailableError,
        AuditUnavailableError,
        BucketUnavailableError,
        BusyError,
        CalledOffError,
        CorruptError,
        PolicyError,
    )
}


def framed(message: Message, *, most_bytes: int = FROM_HUB_BYTES) -> bytes:
    """Puts a message into one frame.

    Args:
        message: What to send.
        most_bytes: What the other side takes.

    Returns:
        Four bytes of length, most significant first, then the msgpack body.

    Raises:
        InputError: Longer than the other side takes.
    """
    body = _ENCODER.encode(message)
    if len(body) > most_bytes:
        raise InputError(
            f"Not sent: the message has {len(body):,} bytes and {most_bytes:,} are taken. "
            "Ask for fewer rows, or write less."
        )
    return _PREFIX.pack(len(body)) + body


async def read_frame(reader: asyncio.StreamReader, *, most_bytes: int) -> bytes | None:
    """Reads the body of one frame.

    Args:
        reader: The other side.
        most_bytes: Longest body taken; nothing longer is ever held in memory.

    Returns:
        The body, or None where the other side closed between two frames.

    Raises:
        InputError: Empty, too long, or cut off.
    """
    try:
        prefix = await reader.readexactly(_PREFIX.size)
        (length,) = _PREFIX.unpack(prefix)
        if not 0 < length <= most_bytes:
            raise InputError(
                f"Connection closed: a frame of {length:,} bytes, between 1 and {most_bytes:,} "
                "are taken. Check that both sides are of one release."
            )
        return await reader.readexactly(length)
    except asyncio.IncompleteReadError as cut:
        if not cut.partial and cut.expected == _PREFIX.size:
            return None
        raise InputError("Connection closed: the frame was cut off. Connect again.") from cut


def from_console(body: bytes) -> Hello | Asked:
    """Reads what a console sent; InputError where it is none of the types."""
    return _decoded(_FROM_CONSOLE, body)


def from_hub(body: bytes) -> Welcome | Answered | Failed | Told:
    """Reads what the hub sent; InputError where it is none of the types."""
    return _decoded(_FROM_HUB, body)


def unpacked(body: msgspec.Raw, answer: type[_Answer]) -> _Answer:
    """Reads an answer's body as the type that its asker expects; InputError if it is not."""
    return _decoded(msgspec.msgpack.Decoder(answer), bytes(body))


def answered(number: int, answer: object) -> Answered:
    """Packs an answer."""
    return Answered(number=number, body=msgspec.Raw(_ENCODER.encode(answer)))


def told(event: Event) -> Told:
    """Packs an event."""
    return Told(kind=_EVENT_KINDS[type(event)], body=msgspec.Raw(_ENCODER.encode(event)))


def event_of(message: Told) -> Event:
    """Unpacks an event; InputError for one that this release does not know."""
    if message.kind not in _EVENTS:
        raise InputError(
            "Connection closed: an event of another release. Bring both sides to one release."
        )
    return unpacked(message.body, _EVENTS[message.kind])


def failed(number: int, error: StoreError) -> Failed:
    """Packs an error of the store."""
    detail = ""
    if isinstance(error, RefusedError):
        detail = error.reason
    elif isinstance(error, ListError):
        detail = error.code
    return Failed(number=number, kind=type(error).__name__, message=str(error), detail=detail)


def error_of(message: Failed) -> StoreError:
    """Unpacks an error: of the same type, with the same words and the same reason."""
    if message.kind == RefusedError.__name__:
        return RefusedError(message.message, reason=message.detail)
    if message.kind == ListError.__name__:
        return ListError(message.message, code=message.detail)
    return _ERRORS.get(message.kind, StoreError)(message.message)


def _decoded(decoder: msgspec.msgpack.Decoder[_Answer], body: bytes) -> _Answer:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as unreadable:
        # The decoder's own words may repeat what was sent; they stay in the cause.
        raise InputError(
            "Connection closed: what was sent is not of this protocol. "
            "Bring console and hub to one release."
        ) from unreadable
