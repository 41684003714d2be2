"""What of the audit chain is a search, an export or a deployment, as an auditor counts them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from store.terms import Decision
from store.vrm import fold, normalise

__all__ = ["Look", "look_in"]

_SECOND = timedelta(seconds=1)
_URGENT = "threat_to_life_override"
_HELD = "search_evidential_hold"
_EXPORTS = frozenset({"export_for_controller", "evidence_pack"})
_SENT = frozenset(answer.value for answer in Decision if answer.sends)


@dataclass(frozen=True, slots=True)
class Look:
    """One search or export, from the record that was durable before it ran, or one deployment.

    Attributes:
        seq: Number of that record.
        by: Staff number.
        at: When.
        what: "search", "place", "export" or "deployment".
        fold: Key of the mark that was named, several with commas between; a pattern or the name of
            a list as it was typed; empty without one. A record of a deployment names none: whoever
            looks its alarm up adds it.
        reference: Incident or case.
        purpose: Of the closed list (S-1).
        category: Class of offence or incident.
        reason: In the officer's words.
        reach_s: Age in seconds of the oldest data that it could show.
        cameras: How many cameras it named; 0 means all of them.
        urgent: It rested on an order instead of a signature.
        held: It opened data under an evidential hold.
        grant: Number of the grant it rested on, or empty.
        vehicles_of: Whose vehicle it named, as the hub saw it: "own", "household", "colleague".
        alarm_id: Alarm that a unit was sent to; empty for whatever is no deployment.
    """

    seq: int
    by: str
    at: datetime
    what: str
    fold: str = ""
    reference: str = ""
    purpose: str = ""
    category: str = ""
    reason: str = ""
    reach_s: int = 0
    cameras: int = 0
    urgent: bool = False
    held: bool = False
    grant: str = ""
    vehicles_of: frozenset[str] = field(default_factory=frozenset)
    alarm_id: str = ""

    @property
    def folds(self) -> frozenset[str]:
        """Each mark that was named."""
        return frozenset(self.fold.split(",")) - {""}


def look_in(seq: int, body: Mapping[str, Any]) -> Look | None:
    """Find the search, export or deployment in an audit record; None where it is something else.

    A further page of a search is the same search; opening a read belongs to the search that found
    it.

    Args:
        seq: Number of the record.
        body: What it says.
    """
    about: Mapping[str, Any] = body.get("about", {})
    act, what = str(about.get("act", "")), str(about.get("what", ""))
    if body.get("kind") == "alarm decided" and about.get("decision") in _SENT:
        what = "deployment"
    elif body.get("kind") != "asked" or about.get("before"):
        return None
    elif act in _EXPORTS:
        what = "export"
    elif what in {"search", "held reads"}:
        what = "search" if about.get("vrm") else "place"
    else:
        return None
    at = datetime.fromisoformat(str(body["at"]))
    ground: Mapping[str, Any] = about.get("ground", {})
    rule = str(body.get("rule", act)).partition(".")[0]
    return Look(
        seq=seq,
        by=str(body["by"]),
        at=at,
        what=what,
        fold=fold(normalise(str(about.get("vrm", "")))),
        reference=str(ground.get("reference", "")),
        purpose=str(ground.get("purpose", "")),
        category=str(ground.get("category", "")),
        reason=str(ground.get("reason", "")),
        reach_s=_reach_s(about, at=at),
        cameras=len(about.get("cameras", ())),
        urgent=_URGENT in {act, rule},
        held=_HELD in {act, rule},
        grant=str(body.get("grant", "")),
        vehicles_of=frozenset(map(str, about.get("vehicles_of", ()))),
        alarm_id=str(about.get("alarm_id", "")),
    )


def _reach_s(about: Mapping[str, Any], *, at: datetime) -> int:
    """Age of the oldest data, after the cut that the door made."""
    since = [about[name] for name in ("since_at", "cut_at") if about.get(name)]
    if not since:
        return 0
    newest_bound = max(datetime.fromisoformat(str(one)) for one in since)
    return max(0, (at - newest_bound) // _SECOND)
