"""The audit chain: every change, gap, swap or insertion is found, and the first one is named."""

import hashlib
import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.governance import chain
from store.governance.chain import GENESIS, Record, Walk

JSON = st.dictionaries(
    st.text(max_size=5),
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=10)
    | st.lists(st.text(max_size=3)),
    max_size=4,
)


def written(bodies: list[dict[str, object]]) -> list[Record]:
    records, before = [], GENESIS
    for seq, about in enumerate(bodies, start=1):
        salt, body = os.urandom(16), chain.canonical(about)
        digest = chain.digest_of(salt=salt, body=body)
        before = chain.link(before=before, seq=seq, digest=digest)
        records.append(Record(seq, salt, body, digest, before))
    return records


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    return bytes(changed)


def test_the_hash_is_the_one_the_design_states() -> None:
    salt, body = b"s" * 16, '{"a":1}'
    digest = hashlib.sha256(salt + body.encode()).digest()
    assert chain.digest_of(salt=salt, body=body) == digest
    assert (
        chain.link(before=GENESIS, seq=258, digest=digest)
        == hashlib.sha256(
            b"\x00" + bytes(32) + b"\x00\x00\x00\x00\x00\x00\x01\x02" + digest
        ).digest()
    )


@given(JSON)
def test_a_body_has_one_spelling_whatever_the_order_it_was_made_in(body: dict[str, object]) -> None:
    assert chain.canonical(dict(reversed(body.items()))) == chain.canonical(body)


@pytest.mark.parametrize("body", [{"n": float("nan")}, {"n": float("inf")}])
def test_a_number_that_json_does_not_have_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="JSON"):
        chain.canonical(body)


@given(st.lists(JSON, max_size=6))
def test_an_untouched_chain_holds(bodies: list[dict[str, object]]) -> None:
    records = written(bodies)
    walk = chain.walk(records)
    assert (walk.records, walk.broken_at) == (len(records), None)
    assert walk.tip == (records[-1].hash if records else GENESIS)


@given(st.lists(JSON, min_size=1, max_size=6), st.data())
def test_a_weeded_body_leaves_the_chain_whole(
    bodies: list[dict[str, object]], data: st.DataObject
) -> None:
    records = written(bodies)
    place = data.draw(st.integers(0, len(records) - 1))
    records[place] = replace(records[place], body=None)
    assert chain.walk(records).broken_at is None


@given(st.lists(JSON, min_size=1, max_size=6), st.data())
def test_a_changed_bit_is_found_at_its_record(
    bodies: list[dict[str, object]], data: st.DataObject
) -> None:
    records = written(bodies)
    place = data.draw(st.integers(0, len(records) - 1))
    field = data.draw(st.sampled_from(["salt", "digest", "hash"]))
    value = flipped(getattr(records[place], field), data.draw(st.integers(0, 255)))
    records[place] = replace(records[place], **{field: value})
    walk = chain.walk(records)
    assert (walk.broken_at, walk.records) == (place + 1, place)


@given(st.lists(JSON, min_size=1, max_size=6), JSON, st.data())
def test_a_rewritten_body_is_found_at_its_record(
    bodies: list[dict[str, object]], other: dict[str, object], data: st.DataObject
) -> None:
    records = written(bodies)
    place = data.draw(st.integers(0, len(records) - 1))
    body = chain.canonical(other)
    if body == records[place].body:
        return
    records[place] = replace(records[place], body=body)
    assert chain.walk(records).broken_at == place + 1


@given(st.lists(JSON, min_size=2, max_size=6), st.data())
def test_a_removed_record_is_found(bodies: list[dict[str, object]], data: st.DataObject) -> None:
    records = written(bodies)
    place = data.draw(st.integers(0, len(records) - 2))
    del records[place]
    assert chain.walk(records).broken_at == place + 1
    closed_up = [replace(record, seq=seq) for seq, record in enumerate(records, start=1)]
    assert chain.walk(closed_up).broken_at == place + 1


@given(st.lists(JSON, min_size=2, max_size=6), st.data())
def test_swapped_records_are_found(bodies: list[dict[str, object]], data: st.DataObject) -> None:
    records = written(bodies)
    one, other = data.draw(
        st.lists(st.integers(0, len(records) - 1), min_size=2, max_size=2, unique=True).map(sorted)
    )
    records[one], records[other] = records[other], records[one]
    assert chain.walk(records).broken_at == one + 1
    renumbered = [replace(record, seq=seq) for seq, record in enumerate(records, start=1)]
    assert chain.walk(renumbered).broken_at == one + 1


@given(st.lists(JSON, min_size=1, max_size=5), JSON, st.data())
def test_an_inserted_record_is_found(
    bodies: list[dict[str, object]], extra: dict[str, object], data: st.DataObject
) -> None:
    records = written(bodies)
    place = data.draw(st.integers(0, len(records) - 1))
    before = records[place - 1].hash if place else GENESIS
    salt, body = os.urandom(16), chain.canonical(extra)
    digest = chain.digest_of(salt=salt, body=body)
    hashed = chain.link(before=before, seq=place + 1, digest=digest)
    records.insert(place, Record(place + 1, salt, body, digest, hashed))
    renumbered = [replace(record, seq=seq) for seq, record in enumerate(records, start=1)]
    assert chain.walk(renumbered).broken_at == place + 2


@given(st.lists(JSON, min_size=1, max_size=6), st.data())
def test_a_chain_cut_short_ends_at_another_tip(
    bodies: list[dict[str, object]], data: st.DataObject
) -> None:
    records = written(bodies)
    kept = data.draw(st.integers(0, len(records) - 1))
    walk = chain.walk(records[:kept])
    assert (walk.records, walk.tip) != (len(records), records[-1].hash)


def test_a_break_says_how_far_the_chain_holds_and_what_is_wrong() -> None:
    records = written([{"n": n} for n in range(3)])
    first, second, third = records
    assert chain.walk([first, third]) == Walk(1, first.hash, 2, "record 3 stands where 2 belongs")
    assert chain.walk([first, replace(second, body="{}"), third]) == Walk(
        1, first.hash, 2, "its body is not what was written"
    )
    assert chain.walk([first, second, replace(third, hash=bytes(32))]) == Walk(
        2, second.hash, 3, "its hash does not follow from the record before"
    )
    assert chain.walk(records) == Walk(3, third.hash, None, "")
    assert chain.walk([]) == Walk(0, GENESIS)


def test_a_chain_is_followed_from_a_known_place_on() -> None:
    first, second, third = written([{"n": n} for n in range(3)])
    assert chain.walk([second, third], before=first.hash, first=2) == Walk(2, third.hash)
    assert chain.walk([second], before=GENESIS, first=2).broken_at == 2
    assert chain.walk([], before=first.hash, first=2) == Walk(0, first.hash)


def test_the_one_spelling_is_sorted_tight_and_plain_ascii() -> None:
    body = {"b": [1, None, True], "a": "\N{LATIN SMALL LETTER E WITH ACUTE}"}
    assert chain.canonical(body) == '{"a":"\\u00e9","b":[1,null,true]}'
