"""A hub from a script: the desks as a console sees them, with a clock that stands still."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from store.access import AccessRequest, UrgentTerms
from store.answers import (
    Acted,
    AlarmBoard,
    AlarmDetail,
    AlarmRaised,
    Beat,
    Event,
    Found,
    Needs,
    ReadDetail,
)
from store.errors import StoreError, UnavailableError
from store.purposes import Category
from store.reviews import ChainState, Exported, OpenedSearch, OwnRecord, Sample
from store.terms import (
    Action,
    Alarm,
    AlarmState,
    Camera,
    Certainty,
    Decision,
    Disposition,
    Ground,
    Health,
    Officer,
    Priority,
    Purpose,
    ReadRow,
    Scope,
    VehicleOfInterest,
)
from store.wire import Authorise, LiftStop, Ratify

NOW = datetime(2026, 11, 22, 14, 32, 35, tzinfo=UTC)
OPERATOR = Officer("NS4021", "OP")
INVESTIGATOR = Officer("NS4107", "RES")
MANAGER = Officer("NS3010", "AM")
AUDITOR = Officer("NS7002", "AUD")


def entry(
    vrm: str,
    *,
    priority: Priority = Priority.HIGH,
    reason: str = "H03 Firearms or weapons",
    instructions: str = "Armed response only",
    markers: str = "FI;VI",
    list_name: str = "PNC",
) -> VehicleOfInterest:
    return VehicleOfInterest(
        entry_id=f"26/{vrm}",
        list_name=list_name,
        vrm=vrm,
        fold=vrm,
        priority=priority,
        action=Action.STOP,
        reason=reason,
        markers=markers,
        make="FORD",
        model="FIESTA",
        colour="BLUE",
        instructions=instructions,
        force_area="NS CITY",
        weeds_at=NOW + timedelta(days=30),
        incident="NS-20261122-0035",
    )


def alarm(
    number: int,
    vrm: str,
    *,
    priority: Priority = Priority.HIGH,
    ago_s: float = 40.0,
    state: AlarmState = AlarmState.NEW,
    by: str = "",
    camera: tuple[str, str] = ("N014", "Ring Rd E"),
    sights: int = 1,
    certainty: Certainty = Certainty.EXACT,
    **listed: str,
) -> Alarm:
    captured_at = NOW - timedelta(seconds=ago_s)
    return Alarm(
        alarm_id=f"A-{number}",
        seq=number,
        read_id=f"{number:032x}",
        entry=entry(vrm, priority=priority, **listed),
        priority=priority,
        certainty=certainty,
        camera_id=camera[0],
        camera_name=camera[1],
        vrm=vrm,
        confidence=0.98,
        captured_at=captured_at,
        raised_at=captured_at,
        sights=sights,
        state=state,
        acknowledged_by=by,
        acknowledged_at=captured_at + timedelta(seconds=9) if by else None,
    )


def read_row(
    number: int, vrm: str, *, ago_s: float, camera: tuple[str, str] = ("N014", "Ring Rd E")
) -> ReadRow:
    return ReadRow(
        read_id=f"{number:032x}",
        camera_id=camera[0],
        camera_name=camera[1],
        captured_at=NOW - timedelta(seconds=ago_s),
        vrm=vrm,
        certainty=Certainty.EXACT,
        confidence=0.97,
        direction="towards",
        key=f"key-{number}",
    )


HEALTH = Health(
    beat_at=NOW,
    cameras_up=141,
    cameras=143,
    list_loaded_at=NOW - timedelta(minutes=30),
    entries=200,
    last_read_at=NOW - timedelta(seconds=1),
    reads=5_004,
    cluster="ok",
    force="Northshire Police",
)


PROPOSED = Ground(
    purpose=Purpose.PREVENT_DETECT,
    category=Category.OPERATIONAL_RESPONSE,
    reference="NS-20261122-0035",
    reason="Alarm on PNC entry 26/TE57CAR: H03 Firearms or weapons",
)
"""What the list entry of an alarm proposes for a deployment."""


class ScriptedHub:
    """Answers as it was told to; remembers what it was asked."""

    def __init__(
        self,
        *,
        officer: Officer = OPERATOR,
        alarms: tuple[Alarm, ...] = (),
        health: Health = HEALTH,
        plate_jpeg: bytes = b"",
        vehicle_jpeg: bytes = b"",
    ) -> None:
        self.officer = officer
        self.known = {one.alarm_id: one for one in alarms}
        self.beat = health
        self.plate_jpeg, self.vehicle_jpeg = plate_jpeg, vehicle_jpeg
        self.drawn: Sample | None = None
        self.own = OwnRecord((), ())
        self.chain = ChainState(True, 1_204_431, 311_020, 1_204_402, 1.3, "", 1_204_402)
        self.acts: list[tuple[object, ...]] = []
        self.refusal: StoreError | None = None
        self.proposed: Ground | None = PROPOSED
        self.needed = Needs(True, "nothing more. Oldest part 1 day; your own limit is 90 days.", 1)
        self.pages: list[Found] = []
        self.requests: list[AccessRequest] = []
        self.decided: AccessRequest | None = None
        self.terms = UrgentTerms("", ("kidnap", "missing_person_at_risk"), 3, 3_600, 20, 86_400)
        self.stops: tuple[AccessRequest, ...] = ()
        self.searching = asyncio.Event()
        self.searching.set()
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._audit = 1_204_387

    async def sample(self, *, month: str = "") -> Sample:
        self.acts.append(("sample", month))
        if self.drawn is None:
            raise UnavailableError("Not drawn: no checkpoint was signed since the month ended.")
        return self.drawn

    async def open_sampled(self, month: str, seq: int) -> OpenedSearch:
        self.acts.append(("open", month, seq))
        return OpenedSearch(seq, "TE57CAR", 1_204_440)

    async def review(self, month: str, seq: int, **given: str) -> int:
        self.acts.append(("review", month, seq, given))
        if self.drawn is not None:
            rows = tuple(
                replace(row, state=given["outcome"]) if row.seq == seq else row
                for row in self.drawn.rows
            )
            self.drawn = replace(self.drawn, rows=rows)
        return 1_204_441

    async def own_record(self, *, before: int = 0) -> OwnRecord:
        self.acts.append(("own", before))
        return self.own

    async def answer_review(self, seq: int, *, words: str) -> int:
        self.acts.append(("answer", seq, words))
        self.own = replace(self.own, questions=())
        return 1_204_442

    async def export_audit(self, recipient: str, ground: Ground, **proof: str) -> Exported:
        self._asked("export_audit", recipient, ground, proof)
        return Exported("20261122T143235Z-ico", 1_204_431, 893_411, "9f31" * 16, True)

    async def verify_chain(self) -> ChainState:
        self.acts.append(("verify",))
        return self.chain

    async def connect(self) -> "ScriptedHub":
        """Stands for HubClient.connect."""
        if self.refusal is not None and self.acts == []:
            raise self.refusal
        return self

    def happens(self, event: Event) -> None:
        self._events.put_nowait(event)

    def raises(self, raised: Alarm) -> None:
        self.known[raised.alarm_id] = raised
        self.happens(AlarmRaised(raised))

    def goes(self) -> None:
        """The connection ends."""
        self._events.put_nowait(None)

    async def close(self) -> None:
        pass

    async def alarms(self, *, limit: int = 200) -> AlarmBoard:
        rows = tuple(self.known.values())
        return AlarmBoard(rows, 0, 0, max((one.seq for one in rows), default=0))

    async def prove(self, passphrase: str, *, factor_code: str) -> bool:
        self._asked("prove", passphrase, factor_code)
        return True

    async def health(self) -> Health:
        return self.beat

    async def events(self, *, after: int | None = None) -> AsyncIterator[Event]:
        while (event := await self._events.get()) is not None:
            yield event
        raise UnavailableError("The connection to the hub ended. Connect again.")

    async def alarm(self, alarm_id: str) -> AlarmDetail:
        self._asked("alarm", alarm_id)
        one = self.known[alarm_id]
        sight = ReadRow(
            one.read_id,
            one.camera_id,
            one.camera_name,
            one.captured_at,
            one.vrm,
            one.certainty,
            one.confidence,
            "towards",
            "k",
        )
        return AlarmDetail(
            one,
            self.plate_jpeg,
            self.vehicle_jpeg,
            (sight,),
            HEALTH.list_loaded_at,
            self._next(),
            self.proposed,
        )

    async def acknowledge(self, alarm_id: str) -> Acted:
        self._asked("acknowledge", alarm_id)
        return self._changed(
            alarm_id,
            state=AlarmState.ACKNOWLEDGED,
            acknowledged_by=self.officer.staff_id,
            acknowledged_at=NOW,
        )

    async def unacknowledge(self, alarm_id: str) -> Acted:
        self._asked("unacknowledge", alarm_id)
        return self._changed(
            alarm_id, state=AlarmState.NEW, acknowledged_by="", acknowledged_at=None
        )

    async def decide(
        self,
        alarm_id: str,
        *,
        decision: Decision,
        resource: str,
        log_ref: str,
        why: str,
        ground: Ground | None,
    ) -> Acted:
        self._asked("decide", alarm_id, decision, resource, log_ref, why, ground)
        answer = Disposition(decision, resource, log_ref, why, self.officer.staff_id, NOW, ground)
        return self._changed(alarm_id, state=AlarmState.ACTIONED, disposition=answer)

    async def needs(self, scope: Scope, ground: Ground) -> Needs:
        self._asked("needs", scope, ground)
        return self.needed

    async def search(self, scope: Scope, ground: Ground) -> Found:
        self._asked("search", scope, ground)
        await self.searching.wait()
        return self.pages.pop(0)

    async def request_access(
        self, scope: Scope, ground: Ground, *, tools: tuple[str, ...] = ()
    ) -> AccessRequest:
        self._asked("request_access", scope, ground)
        return self.requests[0]

    async def mine(self) -> tuple[AccessRequest, ...]:
        return tuple(self.requests)

    async def open_request(self, request_id: str) -> None:
        self._asked("open_request", request_id)

    async def sign(self, act: Authorise | Ratify | LiftStop) -> AccessRequest:
        self._asked("sign", act)
        return self.decided

    async def refuse(self, request_id: str, *, why: str) -> AccessRequest:
        self._asked("refuse", request_id, why)
        return self.decided

    async def withdraw(self, request_id: str) -> AccessRequest:
        self._asked("withdraw", request_id)
        return self.decided

    async def revoke(self, grant_id: str, *, why: str) -> AccessRequest:
        self._asked("revoke", grant_id, why)
        return self.decided

    async def urgent_terms(self) -> UrgentTerms:
        self._asked("urgent_terms")
        return self.terms

    async def order_urgent(self, scope: Scope, ground: Ground, **given: object) -> AccessRequest:
        self._asked("order_urgent", scope, ground, given)
        return self.decided

    async def stopped(self) -> tuple[AccessRequest, ...]:
        return self.stops

    async def open_read(self, read_id: str, *, ground: Ground) -> ReadDetail:
        self._asked("open_read", read_id, ground)
        opened = replace(read_row(int(read_id, 16), "AB12CDE", ago_s=60), read_id=read_id)
        return ReadDetail(
            opened,
            "AB12CDE",
            "AB12CDE",
            (("A812CDE", 0.02),),
            self.plate_jpeg,
            self.vehicle_jpeg,
            self._next(),
        )

    async def cameras(self) -> tuple[Camera, ...]:
        return (Camera("N014", "Ring Rd E", "NS"), Camera("N031", "Northway 4", "NS"))

    def beats(self, *, at: datetime) -> None:
        self.beat = replace(self.beat, beat_at=at)
        seq = max((one.seq for one in self.known.values()), default=0)
        self.happens(Beat(self.beat, seq))

    def _asked(self, *act: object) -> None:
        self.acts.append(act)
        if self.refusal is not None:
            raise self.refusal

    def _changed(self, alarm_id: str, **changes: object) -> Acted:
        changed = replace(self.known[alarm_id], seq=self._next(), **changes)
        self.known[alarm_id] = changed
        return Acted(changed, self._audit)

    def _next(self) -> int:
        self._audit += 1
        return self._audit
