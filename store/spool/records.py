"""Accounts as bytes of a segment, and how many of them are whole.

A segment begins with eight bytes that name the format. Then come records: length and CRC-32 of a
body, both little-endian with 32 bits, and the body: an `Account` in msgpack.
"""

import struct
import zlib

import msgspec

from store.terms import Account

__all__ = ["FORMAT", "record", "whole_records"]

FORMAT = b"ANPRSPL1"
"""First bytes of a segment."""

_HEAD = struct.Struct("<II")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Account).decode


def record(account: Account) -> bytes:
    """Give an account as one record."""
    body = _encode(account)
    return _HEAD.pack(len(body), zlib.crc32(body)) + body


def whole_records(data: bytes) -> tuple[list[Account], int]:
    """Read a segment up to the first record that is not whole.

    Args:
        data: The bytes of a segment, with its first eight; what follows may be torn or flipped.

    Returns:
        The accounts before that record, and the place where it begins.
    """
    accounts: list[Account] = []
    view, at = memoryview(data), len(FORMAT)
    while at + _HEAD.size <= len(data):
        length, checksum = _HEAD.unpack_from(data, at)
        body = view[at + _HEAD.size : at + _HEAD.size + length]
        if len(body) != length or zlib.crc32(body) != checksum:
            break
        try:
            accounts.append(_decode(body))
        except msgspec.DecodeError:
            # an empty body has the checksum 0: this is how bytes look that never reached the disk
            break
        at += _HEAD.size + length
    return accounts, at
