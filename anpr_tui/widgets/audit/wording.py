"""How the auditor's screen words what the hub answers."""

from collections.abc import Sequence

from anpr_tui.terminal.cells import cell
from anpr_tui.times import day_and_clock
from store.reviews import ChainState, OwnRecord, Sample, SampleRow

__all__ = ["above_own", "above_sample", "chain_lines", "own_rows", "record_lines", "row_of", "rule"]

_CLASSES = ("urgent", "export", "evidential hold", "over 12 months", "over 90 days")
_DAY_S = 86_400


def rule(sample: Sample) -> str:
    """The counts that must never be out of sight."""
    done = sum(row.state in {"fair", "finding"} for row in sample.rows)
    return (
        f"Audit: dip sample {sample.month} ── {done} of {len(sample.rows)} done, "
        f"due {sample.due_at:%-d %b}"
    )


def above_sample(sample: Sample) -> tuple[str, ...]:
    """Where it was drawn from, and how far each class is reviewed."""
    parts = []
    for why in (*_CLASSES, "share", "officer's minimum"):
        rows = [row for row in sample.rows if row.why == why]
        if rows:
            done = sum(row.state in {"fair", "finding"} for row in rows)
            parts.append(f"{why} {done}/{len(rows)}")
    drawn = f"{sample.checkpoint[:4]}..{sample.checkpoint[-2:]}"
    return (
        f"   Drawn {sample.drawn_at:%-d %b} from checkpoint {drawn}; nobody could steer it.",
        f"   {', '.join(parts) or 'Nobody searched in that month.'}.",
        "  record    who    when         what                 age  flag         state",
    )


def row_of(row: SampleRow) -> str:
    """One line of the sample, as wide as the smallest window."""
    return (
        f"{row.seq:<9,} {row.by:<6} {row.at:%d %b %H:%M} {cell(_what(row), 20)} "
        f"{_age(row.reach_s):<4} {cell(_flagged(row), 12)} {row.state}"
    )


def record_lines(row: SampleRow, *, vrm: str) -> tuple[str, ...]:
    """The record under the cursor; its plate only where it was opened."""
    found = "no count" if row.found is None else f"returned {row.found}"
    plate = vrm or "░░░░ ░░░: Enter opens"
    asked = f'Answer: "{row.answer}"' if row.answer else ""
    return (
        f"{row.by}, {row.purpose.replace('_', ' ')}, {row.reference or 'no reference'}",
        f'"{row.reason}"   {row.grant}'.rstrip(),
        f"{found}.   Plate {plate}",
        asked or (f"Flags: {', '.join(row.flags)}" if row.flags else ""),
    )


def chain_lines(state: ChainState | None) -> tuple[str, ...]:
    """What a walk over the chain showed."""
    if state is None:
        return ("Not looked at in this session: v verifies the whole chain.",)
    if not state.holds:
        return (
            f"████ BROKEN  {state.finding}",
            "Keep the state folder as it is; run anpr audit verify with the witness.",
        )
    unsealed = state.records - state.signed
    return (
        f"████ WHOLE   {state.records:,} records checked in {state.took_s:.1f} s; "
        f"{state.weeded:,} bodies weeded",
        f"Sealed to {state.signed:,}; {_witness(state)}. Not yet sealed: {unsealed:,}.",
    )


def _witness(state: ChainState) -> str:
    """What the file outside says, that nobody here can change."""
    if state.agreed < 0:
        return "NO WITNESS is kept outside"
    return f"witness agrees to {state.agreed:,}" if state.agreed else "the WITNESS is not there"


def above_own(own: OwnRecord) -> tuple[str, ...]:
    """What is asked of the officer, above their own record."""
    asked = [
        f"   Record {one.seq:,}: {one.by} asks by {one.answer_by_at:%-d %b}: {one.words}"
        for one in own.questions
    ]
    return (*asked, "  record    when            what was done")


def own_rows(own: OwnRecord) -> Sequence[str]:
    """One's own record, newest first."""
    return [
        f"{one.seq:<9,} {day_and_clock(one.at)} {one.kind} {one.what}".rstrip()
        for one in own.entries
    ]


def _what(row: SampleRow) -> str:
    found = "" if row.found is None else f", {row.found} reads"
    if row.urgent:
        return f"urgent{found}"
    if row.what == "place":
        return f"area, {row.cameras or 'all'} cam, {row.found or 0}"
    return ("exact" if row.what == "search" else row.what) + found


def _flagged(row: SampleRow) -> str:
    if not row.flags:
        return ""
    return row.flags[0] if len(row.flags) == 1 else f"{len(row.flags)} flags"


def _age(reach_s: int) -> str:
    days = reach_s // _DAY_S
    if days < 1:
        return f"{reach_s // 3600} h"
    return f"{days} d" if days < 100 else f"{days // 30} m"
