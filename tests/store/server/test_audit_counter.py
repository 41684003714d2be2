"""The auditor's desk over a real socket."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from store.audit.checkpoints import checkpoints_of
from store.audit.signing import Signer
from store.client import HubClient
from store.desks.audit import AuditDesk
from store.door import Door
from store.errors import InputError, RefusedError, UnavailableError
from store.terms import Officer
from tests.store.rig import GROUND, INVESTIGATOR, Rig, scope

AUDITOR = Officer(staff_id="NS7002", role="AUD")
WORDS = "four unrelated words"
DECEMBER = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def signed(rig: Rig) -> Rig:
    """A hub where an investigator searched in November and the chain was signed in December."""
    rig.enrol(AUDITOR)
    for number in range(6):
        rig.desks.searches.search(
            INVESTIGATOR, scope(f"TE{number:02}CAR"), GROUND, now=rig.clock.now
        )
    rig.clock.now = DECEMBER
    Signer(rig.state, key=Ed25519PrivateKey.generate()).sign(now=DECEMBER)
    return rig


async def test_an_auditor_draws_opens_reviews_and_verifies(signed: Rig, socket_path: Path) -> None:
    client = await HubClient.connect(socket_path, staff_id=AUDITOR.staff_id)
    sample = await client.sample()
    assert sample.month == "2026-11"
    assert [row.state for row in sample.rows] == ["open"] * 5
    row = sample.rows[0]
    assert row.reason == GROUND.reason
    opened = await client.open_sampled(sample.month, row.seq)
    assert opened.vrm.endswith("CAR")
    with pytest.raises(InputError):
        await client.review(sample.month, row.seq, outcome="splendid")
    await client.review(sample.month, row.seq, outcome="asked", note="Who named it?")
    chain = await client.verify_chain()
    assert chain.holds
    assert chain.records > chain.signed > 0
    await client.close()


async def test_an_investigator_finds_their_own_record_and_answers(
    signed: Rig, socket_path: Path
) -> None:
    auditor = await HubClient.connect(socket_path, staff_id=AUDITOR.staff_id)
    sample = await auditor.sample(month="2026-11")
    seq = sample.rows[0].seq
    await auditor.review("2026-11", seq, outcome="asked", note="Who named it?")
    client = await HubClient.connect(socket_path, staff_id=INVESTIGATOR.staff_id)
    own = await client.own_record()
    assert [one.words for one in own.questions] == ["Who named it?"]
    assert "CAR" not in repr(own)
    await client.answer_review(seq, words="The witness of 19 Nov")
    assert (await client.own_record()).questions == ()
    drawn = await auditor.sample(month="2026-11")
    assert drawn.rows[0].answer == "The witness of 19 Nov"
    with pytest.raises(RefusedError):
        await client.sample()
    with pytest.raises(RefusedError):
        await client.verify_chain()
    await client.close()
    await auditor.close()


def test_the_witness_outside_is_asked_where_the_hub_was_given_one(
    signed: Rig, tmp_path: Path
) -> None:
    witness = tmp_path / "witness.jsonl"
    desk = AuditDesk(door=Door(signed.ledger), ledger=signed.ledger, witness=witness)
    assert desk.chain(AUDITOR, now=DECEMBER).agreed == 0
    witness.write_bytes(checkpoints_of(signed.state).read_bytes())
    state = desk.chain(AUDITOR, now=DECEMBER)
    assert state.holds
    assert state.agreed == state.signed
    assert signed.desks.audit.chain(AUDITOR, now=DECEMBER).agreed == -1


async def test_an_export_over_the_socket_needs_a_proof_that_this_hub_can_check(
    signed: Rig, socket_path: Path
) -> None:
    client = await HubClient.connect(socket_path, staff_id=AUDITOR.staff_id)
    with pytest.raises(UnavailableError, match="staff-seed-key"):
        await client.export_audit("ico", GROUND, passphrase=WORDS, factor_code="123456")
    assert not (signed.state / "exports").exists()
    await client.close()
