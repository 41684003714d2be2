"""A request in full, as its authoriser must see it: the exact scope, frozen."""

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta

from textual.reactive import reactive

from anpr_tui.authority import age_word, rank_word, time_left
from anpr_tui.officer import role_word
from anpr_tui.terminal.cells import cell, wrapped
from anpr_tui.times import clock, day_and_clock
from anpr_tui.widgets.painted import Painted, Span
from anpr_tui.words import spaced
from store.access import Prompt
from store.terms import MatchKind

__all__ = ["RequestFacts", "facts_of"]

_QUOTED_LINES = 2


def facts_of(prompt: Prompt, *, now: datetime) -> list[tuple[str, str]]:
    """The facts line by line: what it is, and what it says."""
    request = prompt.request
    ground = request.ground
    trained = prompt.trained_until_at
    training = "no training on record" if trained is None else f"trained to {trained:%d %b %Y}"
    asked = clock(request.asked_at, seconds=False)
    days = -(-request.life_s // 86_400)
    lasts = f"{request.life_s // 60} min" if request.order else f"{days} days"
    facts = [
        (
            "From",
            f"{request.requester} {role_word(prompt.requester_role)}, asked {asked}, {training}",
        ),
        ("Plate", _plates(prompt)),
        ("When", _when(prompt, now=now)),
        ("Where", _where(prompt)),
        ("Tools", _tools(prompt)),
        ("Shows", f"about {_about(prompt.estimate)} (an estimate; no read was opened)"),
        ("Lasts", f"{lasts} and {request.searches} searches; you or the auditor can end it sooner"),
        ("Purpose", f"{ground.purpose}; class {ground.category}"),
        ("Case", f"{ground.reference}; {_earlier(prompt)}"),
    ]
    if (order := request.order) is not None:
        said = order.ground.replace("_", " ")
        facts.insert(1, ("Order", f"{said}, by {order.ordered_by}, log {order.log_ref}"))
        facts = [one for one in facts if one[0] != "Shows"]
    return facts


class RequestFacts(Painted):
    """The upper part of the box; counts down to the moment at which silence refuses."""

    now: reactive[datetime | None] = reactive(None)

    def __init__(self, prompt: Prompt, *, now: datetime) -> None:
        super().__init__()
        self._prompt = prompt
        self.set_reactive(RequestFacts.now, now)

    def line(self, y: int) -> Sequence[Span]:
        """The title, the facts, what the requester says, and the rule under them."""
        width = self.size.width - 2
        if y == 0:
            return [(f" {self._title(width)}", "")]
        facts = facts_of(self._prompt, now=self.now or self._prompt.request.asked_at)
        rows = [f"{name:<9} {said}" for name, said in facts]
        quoted = wrapped(f'"{self._prompt.request.ground.reason}"', width - 16, lines=_QUOTED_LINES)
        room = self.size.height - 2 - len(rows)
        rows += [f"{'':<9} {said}" for said in quoted[: max(room, 1)]]
        if y == self.size.height - 1:
            return [(f" ║ {'─' * (width - 4)} ║", "")]
        said = rows[y - 1] if y - 1 < len(rows) else ""
        return [(f" ║ {cell(said, width - 4)} ║", "")]

    def sentences(self) -> Sequence[str]:
        """Everything that is signed, line by line, and until when silence refuses it."""
        request = self._prompt.request
        said = f"{age_word(request)}: {rank_word(request.authority)}"
        facts = facts_of(self._prompt, now=self.now or request.asked_at)
        return [
            f"{request.request_id}, {said}, lapses {clock(request.lapses_at, seconds=False)}.",
            *(f"{name}: {fact}." for name, fact in facts),
            f'Reason: "{request.ground.reason}"',
        ]

    def topic(self) -> Hashable:
        """The request: what is signed is frozen."""
        return self._prompt.request.request_id

    def _title(self, width: int) -> str:
        request = self._prompt.request
        now = self.now or request.asked_at
        lapses = clock(request.lapses_at, seconds=False)
        until = f"lapses {lapses}, {time_left(request.lapses_at, now=now)}"
        said = f"{age_word(request)}: {rank_word(request.authority)}"
        head = f"╔═ {request.request_id} ═ {said} "
        tail = f" {until} ═╗"
        return cell(head + "═" * max(width - len(head) - len(tail), 1) + tail, width)


def _where(prompt: Prompt) -> str:
    scope = prompt.request.scope
    if scope.hold:
        return f"the shelf of hold {scope.hold}"
    return ", ".join(scope.cameras) or f"all {prompt.cameras} cameras"


def _plates(prompt: Prompt) -> str:
    scope = prompt.request.scope
    if scope.hold:
        marks = ", ".join(spaced(vrm) for vrm in scope.vrms) or "every vehicle"
        return f"{marks}, of what hold {scope.hold} keeps and nothing else"
    if not scope.vrms:
        return "none: every vehicle at these cameras; plates stay masked until opened"
    marks = ", ".join(spaced(vrm) for vrm in scope.vrms)
    if scope.kind is MatchKind.WILDCARD:
        return f"{marks} as a pattern; plates not named stay masked until opened"
    if scope.kind is MatchKind.LOOKALIKE:
        return f"{marks} and look-alikes; those stay masked until opened"
    return f"{marks} exactly; no wildcard, no look-alikes"


def _when(prompt: Prompt, *, now: datetime) -> str:
    scope = prompt.request.scope
    if scope.hold:
        return "whenever it was read: the hold keeps it past its time"
    months = int((now - scope.since_at) / timedelta(days=30.44))
    old = f"{months} months ago" if months >= 3 else f"{(now - scope.since_at).days} days ago"
    since, until = (
        day_and_clock(at, seconds=False, year=True) for at in (scope.since_at, scope.until_at)
    )
    return f"{since} to {until}, {old}"


def _tools(prompt: Prompt) -> str:
    tools = prompt.request.scope.tools
    if not tools:
        return "exact search and timeline; no marks, no convoy, no export"
    return ", ".join(tool.replace("_", " ") for tool in tools)


def _about(reads: int) -> str:
    """A count as an estimate: two leading digits are enough to judge it by."""
    if reads >= 100:
        step = 10 ** (len(str(reads)) - 2)
        reads = round(reads / step) * step
    return "1 read" if reads == 1 else f"{reads:,} reads"


def _earlier(prompt: Prompt) -> str:
    if not prompt.earlier:
        return "first request for this plate under it"
    return f"{prompt.earlier} earlier for this plate under it"
