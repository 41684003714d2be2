"""The auditor's desk as seen from a console, and everybody's own record."""

from typing import TypeVar

from store import reviews, wire
from store.terms import Ground

__all__ = ["AuditAsks"]

_Answer = TypeVar("_Answer")


class AuditAsks:
    """What a connection is asked about the record; the connection says how."""

    async def _ask(self, act: wire.Act, answer: type[_Answer]) -> _Answer:
        raise NotImplementedError

    async def sample(self, *, month: str = "") -> reviews.Sample:
        """The dip sample of a month, or of the one that ended last."""
        return await self._ask(reviews.DrawSample(month=month), reviews.Sample)

    async def open_sampled(self, month: str, seq: int) -> reviews.OpenedSearch:
        """One search of the sample with its mark; an audited act of its own."""
        return await self._ask(reviews.OpenSampled(month=month, seq=seq), reviews.OpenedSearch)

    async def review(
        self,
        month: str,
        seq: int,
        *,
        outcome: str,
        note: str = "",
        category: str = "",
        told: str = "",
    ) -> int:
        """Says what became of a search of the sample; gives the audit record."""
        ask = reviews.ReviewSampled(
            month=month, seq=seq, outcome=outcome, note=note, category=category, told=told
        )
        return await self._ask(ask, int)

    async def own_record(self, *, before: int = 0) -> reviews.OwnRecord:
        """One's own record, newest first."""
        return await self._ask(reviews.ShowOwnRecord(before=before), reviews.OwnRecord)

    async def answer_review(self, seq: int, *, words: str) -> int:
        """Answers what a reviewer asks; gives the audit record."""
        return await self._ask(reviews.AnswerReview(seq=seq, words=words), int)

    async def verify_chain(self) -> reviews.ChainState:
        """Walks the whole chain at the hub."""
        return await self._ask(reviews.VerifyChain(), reviews.ChainState)

    async def export_audit(
        self, recipient: str, ground: Ground, *, passphrase: str, factor_code: str
    ) -> reviews.Exported:
        """Hands the audit out; the pack stays at the hub."""
        ask = reviews.ExportAudit(
            recipient=recipient, ground=ground, passphrase=passphrase, factor_code=factor_code
        )
        return await self._ask(ask, reviews.Exported)
