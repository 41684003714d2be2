"""The locked console: nothing of the work in sight, High alarms still counted and rung.

Locked by `:lock`, or after the policy's time without a key (screens.md). What was typed elsewhere
waits where it is; who comes back proves who they are.
"""

from textual.app import ComposeResult
from textual.containers import Vertical

from anpr_tui.screens.frame import Frame
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.forms.proof_line import ProofLine
from anpr_tui.widgets.frame.masthead import Masthead
from anpr_tui.widgets.rule import Rule
from store.errors import RefusedError, StoreError

__all__ = ["LockScreen"]


class LockScreen(Frame):
    """Takes a passphrase and a second factor, and no other key; Ctrl-C leaves the console."""

    ENTER = "next"
    LEAVES = "stays locked"

    def work(self) -> ComposeResult:
        """One line to go on with."""
        yield Vertical(id="nothing")
        yield Rule("Locked. High alarms ring and are counted above. Ctrl-C leaves the console")
        yield ProofLine(does="its last digit goes on")

    def on_mount(self) -> None:
        """Take the keyboard; the names of screens go too."""
        super().on_mount()
        self.query_one(Masthead).locked = True
        self._take_keyboard()

    async def takes_first(self, key: str) -> bool:
        """Nothing but the two fields takes a key here."""
        if isinstance(self.focused, Entry):
            return False
        self._take_keyboard()
        return True

    async def leave_field(self) -> None:
        """Esc leads nowhere."""

    def on_proof_line_given(self, message: ProofLine.Given) -> None:
        """Hold it against the register, at the hub."""
        if not message.passphrase:
            self.seat.say("Not unlocked: your passphrase comes before the code.")
            self._take_keyboard()
            return
        self.query_one(ProofLine).forget()
        self.run_worker(self._prove(message), group="prove", exclusive=True)

    async def _prove(self, given: ProofLine.Given) -> None:
        try:
            await self.seat.hub.prove(given.passphrase, factor_code=given.factor_code)
        except RefusedError as refused:
            self.seat.say(str(refused))
            self._take_keyboard()
        except StoreError as absent:
            self.seat.say(f"{absent} The console stays locked; Ctrl-C leaves it.")
            self._take_keyboard()
        else:
            self.seat.hush()
            # Not awaited: the screen waits for its workers to end, and this is one of them.
            self.app.pop_screen()

    def _take_keyboard(self) -> None:
        self.set_focus(self.query_one("#passphrase", Entry))
