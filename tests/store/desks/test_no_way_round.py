"""No way round the door: with it shut, no desk does anything for anybody."""

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from store.access import Reasons
from store.desks.access import AccessDesk, UrgentDesk
from store.desks.alarms import AlarmsDesk
from store.desks.audit import AuditDesk
from store.desks.cameras import CamerasDesk
from store.desks.exports import ExportsDesk
from store.desks.keeping.weeding import WeedingDesk
from store.desks.people.register import RegisterDesk
from store.desks.people.staff import StaffDesk
from store.desks.searches import SearchesDesk
from store.door import Door
from store.governance.access.requests import Proof
from store.ledger.oversight.reviews import Outcome
from store.ledger.staff.changes import ChangeKind
from store.ledger.staff.register import StaffState
from store.terms import Decision
from tests.store.rig import GROUND, NOON, OPERATOR, Rig, read, scope

ROOT = Path(__file__).parents[3]
ROOMS = ("anpr_tui", "cluster", "store")
FOR_THE_FEED = {
    *("newest_change", "changed_since", "health"),
    *("newest_news", "news_since", "news_standing", "prompted", "sweep"),
    "let_go",
}
"""What a desk tells the hub itself; the feed passes it on only to those the policy permits."""


class ShutError(Exception):
    """The door is shut."""


class ShutDoor(Door):
    """Lets nobody through, whatever they ask."""

    def look(self, *_: object, **__: object) -> Any:
        raise ShutError

    change = verdict = leave = dismiss = look


ARGUMENTS: dict[str, object] = {
    "officer": OPERATOR,
    "staff_id": OPERATOR.staff_id,
    "capability": "live_hit_feed",
    "now": NOON,
    "limit": 10,
    "alarm_id": "A-1",
    "decision": Decision.DEPLOYED,
    "resource": "ARV07",
    "log_ref": "NS-20261122-0931",
    "why": "asked for",
    "scope": scope(),
    "ground": GROUND,
    "read_id": f"{1:032x}",
    "kind": ChangeKind.CREDENTIALS,
    "wanted": {},
    "change_no": 1,
    "month": "2026-10",
    "seq": 1,
    "outcome": Outcome.FAIR,
    "note": "",
    "category": "",
    "told": "",
    "words": "asked for",
    "before": 0,
    "state": StaffState.SUSPENDED,
    "until_at": NOON,
    "request_id": "R-0001",
    "grant_id": "G-0001",
    "tools": (),
    "also": (),
    "recipient": "ico",
    "out": None,
    "scope_digest": "0" * 64,
    "code": "AAAA",
    "reasons": Reasons("Route of one vehicle", "Murder, no other way"),
    "proof": Proof(OPERATOR.staff_id, "key", "factor", NOON),
    "urgent_ground": "kidnap",
    "ordered_by": "NS3300",
}


def _acts(rig: Rig) -> Iterator[tuple[str, Callable[[], object]]]:
    door = ShutDoor(rig.ledger)
    searches = SearchesDesk(door=door, ledger=rig.ledger, archive=rig.archive)
    desks = (
        StaffDesk(door=door, ledger=rig.ledger),
        AlarmsDesk(door=door, ledger=rig.ledger, archive=rig.archive),
        searches,
        CamerasDesk(door=door, ledger=rig.ledger, opened_at=NOON, demonstration=False),
        RegisterDesk(door=door, ledger=rig.ledger),
        AuditDesk(door=door, ledger=rig.ledger),
        ExportsDesk(door=door, state=rig.state),
        AccessDesk(door=door, ledger=rig.ledger, archive=rig.archive, searches=searches),
        UrgentDesk(door=door, ledger=rig.ledger),
        WeedingDesk(door=door, ledger=rig.ledger, archive=rig.archive),
    )
    # identity is no desk: it proves who asks, and gives nothing
    assert len(desks) == len(fields(rig.desks)) - 1
    for desk in desks:
        for name, act in inspect.getmembers(desk, inspect.ismethod):
            if name.startswith("_") or name in FOR_THE_FEED:
                continue
            given = {key: ARGUMENTS[key] for key in inspect.signature(act).parameters}
            yield f"{type(desk).__name__}.{name}", lambda act=act, given=given: act(**given)


def test_with_the_door_shut_no_desk_does_anything(rig: Rig) -> None:
    rig.raised(read(1))
    before = rig.records()
    tried = []
    for name, act in _acts(rig):
        with pytest.raises(ShutError):
            act()
        tried.append(name)
    assert rig.records() == before
    assert {"SearchesDesk.search", "AlarmsDesk.acknowledge", "StaffDesk.sign_on"} <= set(tried)


def test_nobody_but_the_desks_asks_the_archive_for_a_read() -> None:
    asking = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if path.is_relative_to(ROOT / "store" / "desks"):
                continue
            asking += [
                f"{path.relative_to(ROOT)}:{node.lineno}"
                for node in ast.walk(ast.parse(path.read_text()))
                if _asks_an_archive(node)
            ]
    assert asking == []


def _asks_an_archive(node: ast.AST) -> bool:
    """Whether a node is `something.archive.search` or one of its sisters."""
    match node:
        case ast.Attribute(attr="search" | "read" | "count" | "pictures", value=of):
            match of:
                case ast.Attribute(attr="archive" | "_archive") | ast.Name(id="archive"):
                    return True
    return False


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("store.archive.search(scope)", True),
        ("self._archive.pictures(read_id)", True),
        ("archive.read(read_id)", True),
        ("re.search(pattern, text)", False),
        ("store.archive", False),
    ],
)
def test_the_check_knows_an_ask_when_it_sees_one(line: str, asks: bool) -> None:
    assert any(_asks_an_archive(node) for node in ast.walk(ast.parse(line))) is asks
