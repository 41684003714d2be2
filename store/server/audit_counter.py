"""The auditor's desk as the wire's asks, and what of its answers a console gets."""

from collections.abc import Callable
from datetime import datetime, timedelta

from store import reviews
from store.desks import Desks
from store.ledger.oversight.reviews import ANSWER_WITHIN, Outcome
from store.ledger.oversight.sampled import OwnRecord, Row, Sample
from store.terms import Officer

__all__ = ["AuditCounter"]


class AuditCounter:
    """Every method blocks and is called off the loop."""

    def __init__(self, desks: Desks, *, clock: Callable[[], datetime]) -> None:
        """Keeps the desk and the hub's clock (aware UTC)."""
        self._desk = desks.audit
        self._exports, self._identity = desks.exports, desks.identity
        self._clock = clock

    def perform(self, ask: reviews.AuditAsk, *, officer: Officer) -> object:
        """Does what was asked, at the auditor's desk.

        Raises:
            StoreError: Refused, or not possible now.
        """
        now = self._clock()
        answer: object
        match ask:
            case reviews.DrawSample():
                month = ask.month or f"{now.replace(day=1) - timedelta(days=1):%Y-%m}"
                answer = _sample(self._desk.sample(officer, month=month, now=now))
            case reviews.OpenSampled():
                opened = self._desk.open(officer, month=ask.month, seq=ask.seq, now=now)
                answer = reviews.OpenedSearch(ask.seq, opened.vrm, opened.audit_seq)
            case reviews.ReviewSampled():
                answer = self._desk.review(
                    officer,
                    month=ask.month,
                    seq=ask.seq,
                    outcome=Outcome.of(ask.outcome),
                    note=ask.note,
                    category=ask.category,
                    told=ask.told,
                    now=now,
                )
            case reviews.ShowOwnRecord():
                answer = _own(self._desk.own(officer, before=ask.before, now=now))
            case reviews.AnswerReview():
                answer = self._desk.answer(officer, seq=ask.seq, words=ask.words, now=now)
            case reviews.ExportAudit():
                answer = self._export(ask, officer=officer, now=now)
            case reviews.VerifyChain():
                answer = self._desk.chain(officer, now=now)
        return answer

    def _export(
        self, ask: reviews.ExportAudit, *, officer: Officer, now: datetime
    ) -> reviews.Exported:
        proof = self._identity.reauthenticate(
            officer.staff_id, passphrase=ask.passphrase, code=ask.factor_code, now=now
        )
        done = self._exports.export(officer, ask.recipient, ask.ground, proof=proof, now=now)
        return reviews.Exported(
            folder=done.folder.name,
            records=done.records,
            bodies=done.bodies,
            manifest_sha256=done.manifest_sha256,
            holds=done.verdict.holds,
        )


def _sample(sample: Sample) -> reviews.Sample:
    return reviews.Sample(
        sample.month,
        sample.checkpoint,
        sample.drawn_at,
        sample.due_at,
        tuple(map(_row, sample.rows)),
    )


def _row(row: Row) -> reviews.SampleRow:
    look, review = row.look, row.review
    return reviews.SampleRow(
        seq=look.seq,
        by=look.by,
        at=look.at,
        what=look.what,
        why=row.why,
        reach_s=look.reach_s,
        cameras=look.cameras,
        found=row.found,
        purpose=look.purpose,
        reference=look.reference,
        reason=look.reason,
        grant=look.grant,
        urgent=look.urgent,
        flags=row.flags,
        state="open" if review is None else review.outcome.value,
        answer="" if review is None else review.answer,
    )


def _own(own: OwnRecord) -> reviews.OwnRecord:
    return reviews.OwnRecord(
        entries=tuple(
            reviews.OwnEntry(
                seq,
                datetime.fromisoformat(body["at"]),
                str(body["kind"]),
                str(body.get("about", {}).get("what", "")),
            )
            for seq, body in own.records
        ),
        questions=tuple(
            reviews.Question(one.seq, one.reviewed_by, one.note, one.reviewed_at + ANSWER_WITHIN)
            for one in own.questions
        ),
    )
