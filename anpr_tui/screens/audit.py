"""Screen 8, Audit: the auditor's sample, and for everybody else their own record."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from anpr_tui.screens.frame import Frame, moves
from anpr_tui.seat import Seat
from anpr_tui.widgets.audit.answer_form import AnswerForm
from anpr_tui.widgets.audit.ledger_list import LedgerList
from anpr_tui.widgets.audit.told import Told
from anpr_tui.widgets.audit.verdict_form import VerdictForm
from anpr_tui.widgets.audit.wording import (
    above_own,
    above_sample,
    chain_lines,
    own_rows,
    record_lines,
    row_of,
    rule,
)
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.forms.export_form import ExportForm
from anpr_tui.widgets.rule import ruled
from store.errors import StoreError
from store.reviews import ChainState, OwnRecord, Sample, SampleRow

__all__ = ["AuditScreen"]

REVIEWERS = frozenset({"AUD"})
VERIFIERS = frozenset({"AUD", "AM", "SL", "DPO"})
EXPORTERS = frozenset({"AUD", "DPO"})
_FORMS = (VerdictForm, AnswerForm, ExportForm)
_RECORDED = "You are recorded too: the sample, each record you open, each mark you give."


class AuditScreen(Frame):
    """The sample above, the record under the cursor and the chain below."""

    MODE = "audit"
    ENTER = "next"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "open",
            "open",
            tooltip="open the plate; it is written down",
            key_display="Enter",
            id="open",
        ),
        Binding(
            "d",
            "decide",
            "decide",
            tooltip="give a verdict; or answer what is asked of you",
            id="decide",
        ),
        Binding("x", "export", "export", tooltip="hand the audit out", id="export"),
        Binding("v", "verify", "verify chain", tooltip="walk the whole chain", id="verify"),
        *moves(),
    ]

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat)
        self._sample: Sample | None = None
        self._own: OwnRecord | None = None
        self._chain: ChainState | None = None
        self._opened: dict[int, str] = {}

    @property
    def reviews(self) -> bool:
        """Whether this officer reviews others; everybody else reads their own record."""
        return self._role in REVIEWERS

    @property
    def _role(self) -> str:
        officer = self.seat.officer
        return "" if officer is None else officer.role

    def own_keys(self) -> list[Binding]:
        """Only the keys that do something for this role."""
        idle = set() if self.reviews else {"open"}
        idle |= set() if self._role in VERIFIERS else {"verify"}
        idle |= set() if self._role in EXPORTERS else {"export"}
        return [one for one in super().own_keys() if one.id not in idle]

    def work(self) -> ComposeResult:
        """List, record, verdict, chain."""
        yield LedgerList(id="records")
        yield Told("", id="record")
        yield VerdictForm()
        yield AnswerForm()
        yield ExportForm()
        yield Told("Chain", id="chain")

    def on_mount(self) -> None:
        """Fetch what this role sees."""
        super().on_mount()
        for form in _FORMS:
            self.query_one(form).display = False
        self.query_one("#record", Told).display = self.reviews
        self.query_one("#chain", Told).display = self._role in VERIFIERS
        self.run_worker(self._fetch(), group="fetch", exclusive=True)

    async def _fetch(self) -> None:
        try:
            if self.reviews:
                self._sample = await self.seat.hub.sample()
            else:
                self._own = await self.seat.hub.own_record()
        except StoreError as refused:
            self.seat.say(str(refused))
        self._show()

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self.query_one(LedgerList).move(by)
        self._show_record()

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self.action_move(by * 6)

    def action_edge(self, end: int) -> None:
        """Put the cursor on the first or the last row."""
        self.action_move(end * 10_000)

    def action_open(self) -> None:
        """Open the plate of the search under the cursor."""
        row = self._row()
        if row is not None and row.seq not in self._opened:
            self.run_worker(self._open(row), group="open", exclusive=True)

    def action_decide(self) -> None:
        """Give a verdict on the search under the cursor, or answer what is asked of oneself."""
        if self._own is not None and self._own.questions:
            answer = self.query_one(AnswerForm)
            answer.display = True
            answer.begin()
            return
        if self._row() is None:
            self.seat.say("Nothing to decide: there is no record of the sample under the cursor.")
            return
        form = self.query_one(VerdictForm)
        form.display = True
        form.begin()

    def action_verify(self) -> None:
        """Walk the whole chain at the hub."""
        if self._role not in VERIFIERS:
            self.seat.say("Not verified: that is for the auditor. Your own record is above.")
            return
        self.seat.say("Verifying the chain at the hub.")
        self.run_worker(self._verify(), group="verify", exclusive=True)

    def action_export(self) -> None:
        """Open the form of an export, where the chain was."""
        if self._role not in EXPORTERS:
            self.seat.say("Not exported: that is for the auditor and the Data Protection Officer.")
            return
        form = self.query_one(ExportForm)
        form.display = True
        self._show_chain()
        form.begin()

    def on_export_form_lacking(self, message: ExportForm.Lacking) -> None:
        """Say what the export lacks."""
        self.seat.say(message.sentence)

    def on_export_form_asked(self, message: ExportForm.Asked) -> None:
        """Hand it out at the hub; the form stays as it is where the hub refuses."""
        self.seat.say("The hub writes the pack.")
        self.run_worker(self._export(message), group="give", exclusive=True)

    async def _export(self, asked: ExportForm.Asked) -> None:
        try:
            done = await self.seat.hub.export_audit(
                asked.recipient,
                asked.ground,
                passphrase=asked.passphrase,
                factor_code=asked.factor_code,
            )
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        await self.leave_field()
        word = "" if done.holds else " The chain does NOT hold, and the manifest says so."
        self.seat.say(
            f"Exported {done.records:,} records, {done.bodies:,} with what they say, to exports/"
            f"{done.folder} at the hub. Manifest {done.manifest_sha256[:12]}..{word}"
        )

    async def entered(self, entry: Entry) -> None:
        """Enter goes to the next place of the form; on its button it gives the verdict."""
        if entry.id == "give":
            self.query_one(VerdictForm).give()
        elif entry.id == "send":
            self.query_one(AnswerForm).send()
        else:
            await super().entered(entry)

    async def leave_field(self) -> None:
        """Esc closes the form; nothing is given."""
        for form in _FORMS:
            self.query_one(form).display = False
        self._show_chain()
        await super().leave_field()

    def on_verdict_form_lacking(self, message: VerdictForm.Lacking) -> None:
        """Say what the verdict lacks."""
        self.seat.say(message.sentence)

    def on_verdict_form_given(self, message: VerdictForm.Given) -> None:
        """Give it; the form stays as it is where the hub refuses."""
        row = self._row()
        if row is not None:
            self.run_worker(self._give(row, message), group="give", exclusive=True)

    def on_answer_form_answered(self, message: AnswerForm.Answered) -> None:
        """Send the answer; the form stays as it is where the hub refuses."""
        if self._own is not None and self._own.questions:
            seq = self._own.questions[0].seq
            self.run_worker(self._answer(seq, message.words), group="give", exclusive=True)

    async def _answer(self, seq: int, words: str) -> None:
        try:
            number = await self.seat.hub.answer_review(seq, words=words)
            self._own = await self.seat.hub.own_record()
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        self.query_one(AnswerForm).display = False
        self.release_keyboard()
        self.seat.say(f"Audit {number:,}: answered about record {seq:,}.")
        self._show()

    async def _open(self, row: SampleRow) -> None:
        month = "" if self._sample is None else self._sample.month
        try:
            opened = await self.seat.hub.open_sampled(month, row.seq)
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        self._opened[row.seq] = opened.vrm or "no plate named"
        self.seat.say(f"Audit {opened.audit_seq:,}: record {row.seq:,} opened.")
        self._show_record()

    async def _give(self, row: SampleRow, given: VerdictForm.Given) -> None:
        month = "" if self._sample is None else self._sample.month
        try:
            number = await self.seat.hub.review(
                month,
                row.seq,
                outcome=given.outcome,
                note=given.note,
                category=given.category,
                told=given.told,
            )
            self._sample = await self.seat.hub.sample(month=month)
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        self.query_one(VerdictForm).display = False
        self.release_keyboard()
        self.seat.say(f"Audit {number:,}: record {row.seq:,} is {given.outcome}.")
        self._show()
        self.action_move(1)

    async def _verify(self) -> None:
        try:
            self._chain = await self.seat.hub.verify_chain()
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        word = "whole" if self._chain.holds else "BROKEN"
        self.seat.say(f"The chain is {word}.")
        self._show()

    def _show_chain(self) -> None:
        """The export's form takes the place of the chain while it is open."""
        open_form = self.query_one(ExportForm).display
        self.query_one("#chain", Told).display = self._role in VERIFIERS and not open_form

    def _row(self) -> SampleRow | None:
        rows = () if self._sample is None else self._sample.rows
        return rows[self.query_one(LedgerList).at] if rows else None

    def _show(self) -> None:
        records, width = self.query_one(LedgerList), self.size.width
        if self._sample is not None:
            above = (ruled(rule(self._sample), width), *above_sample(self._sample))
            records.show([row_of(row) for row in self._sample.rows], above=above)
        elif self._own is not None:
            above = (ruled("Audit: your own record", width), *above_own(self._own))
            records.show(own_rows(self._own), above=above)
        told = (*chain_lines(self._chain), "", _RECORDED)
        broken = self._chain is not None and not self._chain.holds
        self.query_one("#chain", Told).show(told, trouble=broken)
        self._show_record()

    def _show_record(self) -> None:
        row = self._row()
        if row is not None:
            lines = record_lines(row, vrm=self._opened.get(row.seq, ""))
            self.query_one("#record", Told).show(lines, name=f"{row.seq:,}")
