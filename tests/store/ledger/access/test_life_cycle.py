"""The life of requests and grants against the real ledger, whatever order people act in.

The long run is ANPR_LIFE_RUNS=5000 ANPR_LIFE_STEPS=60.
"""

import os
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from store.access import AccessRequest, GrantState, RequestState
from store.errors import RefusedError
from store.governance.access.moments import Moment
from store.ledger import audit, staff
from store.ledger.access import grants, requests, rows
from store.ledger.access.sweeping import sweep
from store.ledger.ledger import Ledger
from store.terms import Officer
from tests.store.ledger.access.people import (
    ASKER,
    AUDITOR,
    INSPECTOR,
    NOON,
    OPERATOR,
    ROLES,
    SUPERS,
    asked,
    authorised,
    enrol_all,
    proof,
    wanted,
)
from tests.store.memory import MEMORY

RUNS = int(os.environ.get("ANPR_LIFE_RUNS", "200"))
STEPS = int(os.environ.get("ANPR_LIFE_STEPS", "40"))
PEOPLE = st.sampled_from([ASKER, *SUPERS, INSPECTOR, OPERATOR, AUDITOR, "NS3010"])
SIGNERS = frozenset({*SUPERS, INSPECTOR})
FINAL = frozenset(RequestState) - {RequestState.PENDING, RequestState.URGENT}


@cache
def enrolled() -> bytes:
    """A ledger with everybody on its register."""
    with tempfile.TemporaryDirectory(prefix="life-", dir=MEMORY) as folder:
        ledger = Ledger.open(Path(folder) / "ledger.db")
        enrol_all(ledger)
        ledger.checkpoint()
        ledger.close()
        return ledger.path.read_bytes()


class Life(RuleBasedStateMachine):
    """Whoever tries whatever, at any time, under a clock that may be set."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="life-", dir=MEMORY)
        path = Path(self._folder.name) / "ledger.db"
        path.write_bytes(enrolled())
        self.ledger = Ledger.open(path)
        self.ticks_s, self.set_s = 0.0, 0.0
        self.known: list[str] = []
        self.ended: dict[str, object] = {}
        self.kinds: list[str] = []
        self.rows_shown = 0

    def teardown(self) -> None:
        with self.ledger.reading() as db:
            walk = audit.verify(db)
        self.ledger.close()
        self._folder.cleanup()
        assert (walk.records, walk.broken_at) == (len(self.kinds), None)

    @property
    def moment(self) -> Moment:
        return Moment(NOON + timedelta(seconds=self.ticks_s + self.set_s), self.ticks_s, "first")

    @rule(by=st.sampled_from([ASKER, "NS3010"]), two=st.booleans())
    def asks(self, by: str, two: bool) -> None:
        with self.ledger.transaction() as tx:
            one = asked(tx, by=by, authorisers=1 + two, moment=self.moment)
        self.known.append(one.request_id)

    @precondition(lambda self: self.known)
    @rule(by=PEOPLE, which=st.integers(0, 9), as_whom=PEOPLE, code=st.booleans())
    def signs(self, by: str, which: int, as_whom: str, code: bool) -> None:
        number = self.known[which % len(self.known)]
        with suppress(RefusedError), self.ledger.transaction() as tx:
            one = rows.demand(tx, number, not_done="").request
            given = proof(as_whom if which % 3 == 0 else by, now=self.moment.now)
            changed = {} if code else {"code": "AAAA"}
            authorised(tx, one, by=by, moment=self.moment, proof=given, **changed)

    @precondition(lambda self: self.known)
    @rule(by=st.sampled_from(sorted(SIGNERS)), which=st.integers(0, 9))
    def signs_well(self, by: str, which: int) -> None:
        """As it is meant to be; without this few requests of a run would ever be granted."""
        with suppress(RefusedError), self.ledger.transaction() as tx:
            one = rows.demand(tx, self.known[which % len(self.known)], not_done="").request
            authorised(tx, one, by=by, moment=self.moment, proof=proof(by, now=self.moment.now))

    @precondition(lambda self: self.known)
    @rule(by=st.sampled_from([ASKER, "NS3010"]), as_whom=st.sampled_from([ASKER, "NS3010"]))
    def signs_for_themselves(self, by: str, as_whom: str) -> None:
        """A requester who has come into a signing role, by their own number or another's."""
        with suppress(RefusedError), self.ledger.transaction() as tx:
            staff.enrol(tx, Officer(by, "INS"), now=NOON)
            tx.execute(
                "UPDATE staff SET key_fingerprint = ? WHERE staff_id = ?", (f"SHA256:{by}", by)
            )
            one = rows.demand(tx, self.known[-1], not_done="").request
            given = replace(proof(as_whom, now=self.moment.now), staff_id=by)
            authorised(tx, one, by=by, moment=self.moment, proof=given)

    @rule(
        by=st.sampled_from([ASKER, "NS3010"]),
        seconds=st.sampled_from([60, 604_799, 604_800]),
        set_s=st.sampled_from([0, 0, -3_600, -604_800, 86_400]),
    )
    def looks_later(self, by: str, seconds: int, set_s: int) -> None:
        """A search after a time and under a clock that was set, before anything is swept."""
        self.ticks_s += seconds
        self.set_s += set_s
        self.looks_under_it(by)

    @precondition(lambda self: self.known)
    @rule(by=PEOPLE, which=st.integers(0, 9), what=st.sampled_from(["refuse", "withdraw", "end"]))
    def ends(self, by: str, which: int, what: str) -> None:
        number = self.known[which % len(self.known)]
        with suppress(RefusedError), self.ledger.transaction() as tx:
            if what == "refuse":
                requests.refuse(tx, number, by=by, why="Not needed", moment=self.moment)
            elif what == "withdraw":
                requests.withdraw(tx, number, by=by, moment=self.moment)
            else:
                grants.revoke(tx, "G-0001", by=by, why="Case closed", moment=self.moment)

    @rule(by=st.sampled_from([ASKER, "NS3010", OPERATOR]))
    def looks_under_it(self, by: str) -> None:
        """A search as the door makes it: asked, counted, returned; rows only after both."""
        moment, seq = self.moment, 0
        with self.ledger.transaction() as tx:
            hand = grants.at_hand(tx, staff_id=by, wanted=wanted(), moment=moment)
            if hand is None or hand.state != "valid" or hand.clock_behind_audit_s > 2:
                return
            kept = rows.by_grant(tx, hand.grant_id)
            assert kept is not None
            assert kept.request.grant is not None
            assert kept.began is not None
            grant = kept.request.grant
            life_s = (grant.expires_at - grant.granted_at).total_seconds()
            assert grant.state is GrantState.LIVE
            assert kept.request.requester == by
            assert moment.ticks_s - kept.began.ticks_s < life_s, "used after its time had passed"
            assert moment.now < grant.expires_at, "used after its end"
            grants.use(tx, hand.grant_id, moment=moment)
            seq = audit.append(tx, "asked", by=by, now=moment.now, about={})
        with self.ledger.transaction() as tx:
            audit.append(tx, "returned", by=by, now=moment.now, about={"asked": seq})
        self.rows_shown += 1

    @rule(seconds=st.sampled_from([1, 60, 3_599, 3_600, 86_400, 604_799, 604_800]))
    def time_passes(self, seconds: int) -> None:
        self.ticks_s += seconds

    @rule(seconds=st.sampled_from([-86_400, -3_600, 3_600, 86_400]))
    def the_clock_is_set(self, seconds: int) -> None:
        self.set_s += seconds

    @rule(who=st.sampled_from(sorted(SIGNERS)), state=st.sampled_from(list(staff.StaffState)))
    def standing_changes(self, who: str, state: staff.StaffState) -> None:
        with self.ledger.transaction() as tx:
            staff.enrol(tx, Officer(who, ROLES[who]), now=NOON, state=state)
            tx.execute(
                "UPDATE staff SET key_fingerprint = ? WHERE staff_id = ?", (f"SHA256:{who}", who)
            )

    @rule()
    def the_hub_sweeps(self) -> None:
        with self.ledger.transaction() as tx:
            sweep(tx, moment=self.moment)

    @invariant()
    def all_is_well(self) -> None:
        with self.ledger.reading() as db:
            every = [rows.demand(db, number, not_done="").request for number in self.known]
            new = audit.read(db, first=len(self.kinds) + 1, count=10_000)
        self.kinds += [(audit.body_of(record) or {})["kind"] for record in new]
        for one in every:
            self._not_authorised_by_its_requester(one)
            self._stays_as_it_ended(one)
        # Every row has both its records.
        assert self.kinds.count("asked") == self.kinds.count("returned") == self.rows_shown

    def _not_authorised_by_its_requester(self, one: AccessRequest) -> None:
        signers = {signature.staff_id for signature in one.signatures}
        assert one.requester not in signers
        assert signers <= SIGNERS | {ASKER, "NS3010"}
        keys = {signature.key_fingerprint for signature in one.signatures}
        assert len(keys) == len(signers)
        if one.state is RequestState.AUTHORISED:
            assert len(signers) >= one.authorisers
            assert one.grant is not None
        else:
            assert one.grant is None

    def _stays_as_it_ended(self, one: AccessRequest) -> None:
        grant = one.grant
        if one.state in FINAL:
            settled = (one.state, one.settled_at, one.settled_by, one.why)
            assert self.ended.setdefault(one.request_id, settled) == settled
        if grant is not None and grant.state is not GrantState.LIVE:
            ended = (grant.state, grant.settled_at, grant.settled_by, grant.why)
            assert self.ended.setdefault(grant.grant_id, ended) == ended


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
