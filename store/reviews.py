"""The auditor's desk as a console sees it: its asks, and what it answers.

Light, like `store.terms`: hub and console share these over the socket.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec

from store.terms import Ground

__all__ = [
    "AnswerReview",
    "AuditAsk",
    "ChainState",
    "DrawSample",
    "ExportAudit",
    "Exported",
    "OpenSampled",
    "OpenedSearch",
    "OwnEntry",
    "OwnRecord",
    "Question",
    "ReviewSampled",
    "Sample",
    "SampleRow",
    "ShowOwnRecord",
    "VerifyChain",
]

Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Name = Annotated[str, msgspec.Meta(max_length=64)]
Text = Annotated[str, msgspec.Meta(max_length=2_000)]


class _Ask(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True):
    """What a console asks; the type's own name travels as its tag."""


class DrawSample(_Ask, frozen=True):
    """The dip sample of a month, as "2026-10"; empty for the month that ended last."""

    month: Name


class OpenSampled(_Ask, frozen=True):
    """One search of it, with its mark."""

    month: Name
    seq: Number


class ReviewSampled(_Ask, frozen=True):
    """What became of it: "fair", "asked" or "finding"."""

    month: Name
    seq: Number
    outcome: Name
    note: Text
    category: Text
    told: Text


class ShowOwnRecord(_Ask, frozen=True):
    """My own record, before a number or the newest."""

    before: Number


class AnswerReview(_Ask, frozen=True):
    """My answer to a question about my search."""

    seq: Number
    words: Text


class ExportAudit(_Ask, frozen=True):
    """Hand the audit out, and this is me."""

    recipient: Name
    ground: Ground
    passphrase: Text
    factor_code: Name


class VerifyChain(_Ask, frozen=True):
    """Does the whole chain hold?"""


AuditAsk = (
    DrawSample
    | OpenSampled
    | ReviewSampled
    | ShowOwnRecord
    | AnswerReview
    | ExportAudit
    | VerifyChain
)


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One search that was drawn; its mark is not in it.

    Attributes:
        seq: Number of its record.
        by: Staff number.
        at: When.
        what: "search", "place" or "export".
        why: Why it was drawn.
        reach_s: Age in seconds of the oldest data it could show.
        cameras: How many cameras it named; 0 means all.
        found: What it returned, or None where that is not known.
        purpose: Of the closed list.
        reference: Incident or case.
        reason: In the officer's words.
        grant: Number of the grant it rested on, or empty.
        urgent: It rested on an order.
        flags: Kinds of flags it is part of.
        state: "open", "fair", "asked" or "finding".
        answer: What the officer answered, or empty.
    """

    seq: int
    by: str
    at: datetime
    what: str
    why: str
    reach_s: int
    cameras: int
    found: int | None
    purpose: str
    reference: str
    reason: str
    grant: str
    urgent: bool
    flags: tuple[str, ...]
    state: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """The dip sample of one month.

    Attributes:
        month: As "2026-10".
        checkpoint: Hash that it was drawn from, in hex.
        drawn_at: When that was signed.
        due_at: By when it is to be reviewed.
        rows: By record.
    """

    month: str
    checkpoint: str
    drawn_at: datetime
    due_at: datetime
    rows: tuple[SampleRow, ...]


@dataclass(frozen=True, slots=True)
class OpenedSearch:
    """A search of the sample with its mark.

    Attributes:
        seq: Number of its record.
        vrm: The mark as it was asked for, or empty.
        audit_seq: Record of the opening.
    """

    seq: int
    vrm: str
    audit_seq: int


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """One record of one's own.

    Attributes:
        seq: Its number.
        at: When.
        kind: What was done.
        what: What it was about, in a word or two; never a mark.
    """

    seq: int
    at: datetime
    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a reviewer asks about one's own search.

    Attributes:
        seq: Number of the search's record.
        by: Who asks.
        words: The question.
        answer_by_at: Seven days from the asking.
    """

    seq: int
    by: str
    words: str
    answer_by_at: datetime


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """One's own record, newest first, and what is asked."""

    entries: tuple[OwnEntry, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class ChainState:
    """What a walk over the whole chain showed.

    Attributes:
        holds: True where nothing is wrong.
        records: How many hold.
        weeded: How many of them have no body any more.
        signed: Records under the newest checkpoint.
        took_s: Seconds the walk took.
        finding: The first thing that is wrong, or empty.
        agreed: Records that the witness outside agrees to; 0 where its file is not there or empty,
            -1 where the hub was given none.
    """

    holds: bool
    records: int
    weeded: int
    signed: int
    took_s: float
    finding: str
    agreed: int = -1


@dataclass(frozen=True, slots=True)
class Exported:
    """What was handed out; the pack lies at the hub.

    Attributes:
        folder: Its name in the exports of the state folder.
        records: Records of the chain, all of them named.
        bodies: Records given with what they say.
        manifest_sha256: Digest of the manifest, in hex.
        holds: Whether the chain held.
    """

    folder: str
    records: int
    bodies: int
    manifest_sha256: str
    holds: bool
