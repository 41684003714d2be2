"""The frame that every screen has: two lines above the work, three below."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget

from anpr_tui.authority import grant_words, needs_you
from anpr_tui.officer import places_of
from anpr_tui.seat import Seat
from anpr_tui.times import clock
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.frame.command_line import CommandLine
from anpr_tui.widgets.frame.health_line import HealthLine
from anpr_tui.widgets.frame.key_line import KeyLine, shown_keys
from anpr_tui.widgets.frame.masthead import Masthead
from anpr_tui.widgets.frame.notice_line import NoticeLine
from anpr_tui.widgets.frame.small_window import SmallWindow
from store.terms import Priority

__all__ = ["COMMANDS", "Frame", "moves"]

COMMANDS = {
    "access": "the Access screen",
    "alarms": "the Alarms screen",
    "search": "the Search screen",
    "audit": "the Audit screen",
    "keys": "the keys of this screen",
    "lift": "let an officer use :urgent again whose use was not ratified",
    "lock": "lock this console; High alarms go on ringing",
    "notices": "the last 50 notices",
    "plain": "line by line, for a screen reader; again: painted as before",
    "quit": "leave the console",
    "revoke": "end the grant under the cursor of the Access screen, with a reason",
    "urgent": "a threat to life: look at once, on a Force Duty Officer's order",
    "withdraw": "take your own request back, on the Access screen",
}


def moves() -> list[BindingType]:
    """Keys that move the cursor; they mean the same on every list."""
    return [
        Binding("j,down", "move(1)", "down", show=False, id="down"),
        Binding("k,up", "move(-1)", "up", show=False, id="up"),
        Binding("pagedown", "page(1)", "a page down", show=False, id="page_down"),
        Binding("pageup", "page(-1)", "a page up", show=False, id="page_up"),
        Binding("G,end", "edge(1)", "last row", show=False, id="end"),
        Binding("home", "edge(-1)", "first row, as g g", show=False, id="top"),
    ]


class Frame(Screen[None], inherit_bindings=False):
    """A screen of the console; what is its own goes into `work`."""

    AUTO_FOCUS = ""
    MODE: str = ""
    """Which place of the second line it belongs to."""
    ENTER: ClassVar[str] = "next"
    """What Enter does while a field has the keyboard, in a word or two."""
    LEAVES: ClassVar[str] = "keys"
    """What Esc does then, in a word or two."""
    ONLY_WIDE: ClassVar[frozenset[str]] = frozenset({"command", "undo"})
    """Bindings that the key line shows only where it has 120 columns."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.seat = seat
        self._letter_awaited = False

    def work(self) -> ComposeResult:
        """The widgets between line 2 and the notice line."""
        yield from ()

    def compose(self) -> ComposeResult:
        """Lines 1 and 2, the work, lines 22 to 24."""
        yield Masthead()
        with Container(id="work"):
            yield from self.work()
        yield CommandLine(verbs=list(COMMANDS))
        yield HealthLine()
        yield KeyLine()
        yield NoticeLine()
        yield SmallWindow()

    def on_mount(self) -> None:
        """Show what is known at once: the first paint must not wait for the hub."""
        self.show_seat()

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was on."""
        self.show_seat()

    def on_resize(self) -> None:
        """The key line shows more keys where there is room."""
        self.call_after_refresh(self.show_seat)

    @property
    def roomy(self) -> bool:
        """Whether the terminal has the 120x40 that the wide layout is drawn for."""
        return self.size.width >= 120 and self.size.height >= 40

    def show_seat(self) -> None:
        """Bring the frame in line with the seat; each line repaints only if it changed."""
        if not self.is_mounted:
            return
        seat, board = self.seat, self.seat.board
        masthead = self.query_one(Masthead)
        masthead.staff_id, masthead.mode, masthead.officer = seat.staff_id, self.MODE, seat.officer
        if seat.health is not None:
            masthead.demonstration, masthead.force = seat.health.demonstration, seat.health.force
        now, wide = seat.clock(), self.size.width >= 120
        masthead.grant = grant_words(seat.authority, now=now, wide=wide)
        masthead.prompts = len(seat.authority.prompts)
        masthead.high, masthead.high_new = board.counts()[Priority.HIGH], board.high_new
        self.query_one(SmallWindow).high_new = board.high_new
        notice = self.query_one(NoticeLine)
        notice.stale_s, notice.said, notice.turn = seat.stale_s, seat.said, seat.turn
        notice.needs_you = needs_you(seat.authority, now=now)
        notice.waiting = board.waiting if self.MODE == "alarms" else 0
        notice.styles.height = notice.lines_needed(self.size.width)
        silent = seat.stale_s is not None
        self.query_one(HealthLine).show(seat.health, now=seat.ages_at, silent=silent)
        keys = self.query_one(KeyLine)
        keys.typing, keys.enter, keys.leaves = self.typing, self.ENTER, self.LEAVES
        keys.keys = shown_keys(self._keys_with_room())
        keys.watermark = f"{seat.staff_id} {clock(seat.clock(), seconds=False)}"

    @property
    def typing(self) -> bool:
        """Whether a field has the keyboard."""
        return self.focused is not None

    def own_keys(self) -> Sequence[Binding]:
        """The bindings of this screen in the order of their table, each key once."""
        return list(Binding.make_bindings(self.BINDINGS))

    def _keys_with_room(self) -> list[Binding]:
        app_keys = [Binding("colon", "", "command", key_display=":", id="command")]
        app_keys.append(Binding("question_mark", "", "keys", key_display="?", id="keys"))
        wide = self.size.width >= 120
        own = [one for one in self.own_keys() if one.show]
        return [one for one in [*own, *app_keys] if wide or one.id not in self.ONLY_WIDE]

    def on_descendant_focus(self) -> None:
        """Say TYPE."""
        self.show_seat()

    def on_descendant_blur(self) -> None:
        """Say the keys again."""
        self.show_seat()

    def release_keyboard(self) -> None:
        """Take the keyboard from the field that has it."""
        self.set_focus(None)
        self.show_seat()

    @property
    def focus_chain(self) -> list[Widget]:
        """The places that Tab goes to, in the order in which they were composed.

        Textual sorts them by where they were painted last; a line that the key before has just
        asked for was not painted yet, and Tab that is typed ahead would pass it by.
        """
        places = (one for one in self.walk_children(Widget) if one.focusable)
        return [one for one in places if all(around.display for around in one.ancestors_with_self)]

    def await_letter(self) -> None:
        """After `g`: the next key names a screen, without a time limit."""
        officer = self.seat.officer
        names = [f"{one.letter} {one.name}" for one in places_of(officer)] if officer else []
        self._letter_awaited = True
        self.seat.say(f"g then {', '.join([*names, 'g top'])}. Esc forgets it.")

    async def takes_first(self, key: str) -> bool:
        """Whether the screen itself takes a key, before fields and bindings: the one after `g`."""
        if not self._letter_awaited:
            return False
        self._letter_awaited = False
        self.seat.hush()
        if key == "g":
            await self.run_action("edge(-1)")
        elif key != "escape":
            await self.app.run_action(f"go('{key}')" if len(key) == 1 else "nothing")
        return True

    async def entered(self, entry: Entry) -> None:
        """Enter in a place of a form: on to the next."""
        self.focus_next()

    async def leave_field(self) -> None:
        """Esc in a field gives the keyboard back to the screen."""
        self.release_keyboard()

    def open_command_line(self) -> None:
        """Put the command line where the notice line is."""
        line = self.query_one(CommandLine)
        self.query_one(NoticeLine).display = False
        line.can_focus = True
        self.set_focus(line)

    async def give_command(self, verb: str) -> None:
        """Close the command line and run its verb; empty where the officer left the line."""
        self.query_one(CommandLine).can_focus = False
        self.query_one(NoticeLine).display = True
        self.release_keyboard()
        if verb in COMMANDS:
            await self.app.run_action(f"command('{verb}')")
        elif verb:
            self.seat.say("Not done: no such command. : and Tab show those there are.")

    async def action_back(self) -> None:
        """One step back: notice, detail, list."""
        if len(self.app.screen_stack) > 1:
            await self.app.pop_screen()
        else:
            self.seat.hush()
