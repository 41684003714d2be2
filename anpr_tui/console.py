"""The console: a restricted Textual app that knows a socket and a keyboard."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen

from anpr_tui.authority import heard
from anpr_tui.feed import AlarmsMoved, Beaten, Feed, Joined, Lost, Prompted, Settled, TurnedAway
from anpr_tui.officer import PLACES, place_at, places_of, role_word, watches
from anpr_tui.screens.alarms import AlarmsScreen
from anpr_tui.screens.audit import AuditScreen
from anpr_tui.screens.authority.access import AccessScreen
from anpr_tui.screens.authority.authorisation import AuthorisationScreen
from anpr_tui.screens.authority.urgent import UrgentScreen
from anpr_tui.screens.frame import Frame
from anpr_tui.screens.lock import LockScreen
from anpr_tui.screens.page import keys_page, notices_page
from anpr_tui.screens.search import SearchScreen
from anpr_tui.seat import Seat
from anpr_tui.terminal.painting import PaintingApp
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.frame.command_line import CommandLine
from anpr_tui.words import heard as heard_alarm
from store.access import AccessRequest, RequestState
from store.client import HubClient
from store.errors import StoreError

__all__ = ["Console"]

BELLS_MERGED_S = 5.0
"""High alarms that come within this time ring once."""
ASKED_BEFORE_S = 60.0
"""Whoever watches is asked so long before the console locks itself (screens.md)."""
LIST_STEP_S = 5
"""Ages in lists step by this."""

_WIDTHS = [(0, "-cramped"), (80, "-regular"), (120, "-wide")]
_HEIGHTS = [(0, "-low"), (24, "-even"), (40, "-tall")]

_OF_THE_FRAME = (
    *("go", "to_high", "command", "open_command_line", "keys", "await_letter", "back"),
    *("repaint", "focus_next", "focus_previous", "open_prompt"),
)
_OF_SCREENS = (
    *("move", "page", "edge", "open", "next_high", "acknowledge", "undo", "decide", "let_in"),
    *("edit", "search_here", "picture", "verify", "export", "request", "other_half", "end_it"),
)


class Console(PaintingApp, inherit_bindings=False):
    """One officer's console.

    Args:
        socket: Where the hub listens.
        staff_id: Who sits at the keyboard, as sshd established it.
        connect: How to reach the hub; by default `HubClient.connect` on the socket.
        clock: Aware UTC now.
        ticks: Monotonic seconds.
        driver_class: Textual's driver; the default talks to the terminal.
        plainly: Begin line by line, for a screen reader.
    """

    CSS_PATH = "console.tcss"
    TITLE = "ANPR"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    ALLOWED_ACTIONS = frozenset({*_OF_THE_FRAME, *_OF_SCREENS})
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(place.number), f"go('{place.number}')", show=False) for place in PLACES),
        Binding("g", "await_letter", "g and a letter: a screen", show=False, id="go"),
        Binding("h", "to_high", "to the next High nobody has acknowledged", show=False),
        Binding("w", "open_prompt", "the request that needs you", show=False, id="prompt"),
        Binding("colon", "open_command_line", "commands", show=False, key_display=":"),
        Binding("question_mark", "keys", "keys of this screen", show=False, key_display="?"),
        Binding("escape", "back", "one step back", show=False),
        Binding("tab", "focus_next", "next field", show=False),
        Binding("ctrl+l", "repaint", "paint the window again", show=False, key_display="Ctrl-L"),
        Binding("shift+tab", "focus_previous", "field before", show=False),
    ]

    def __init__(
        self,
        *,
        socket: Path,
        staff_id: str,
        connect: Callable[[], Awaitable[HubClient]] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
        driver_class: type[Driver] | None = None,
        plainly: bool = False,
    ) -> None:
        super().__init__(plainly=plainly, driver_class=driver_class)
        self.theme = "ansi-dark"  # the terminal's own background; fills bring their own text colour
        self.animation_level = "none"
        self.seat = Seat(staff_id, clock=clock, ticks=ticks, on_change=self._show_seat)
        reach = connect or (lambda: HubClient.connect(socket, staff_id=staff_id))
        self._feed = Feed(reach, post=self.post_message)
        self._rang_at = -BELLS_MERGED_S
        self.turned_away = ""
        self._keyed_at, self._asked_idle = ticks(), False
        self.add_mode("alarms", lambda: AlarmsScreen(self.seat))
        self._search = SearchScreen(self.seat)
        self.add_mode("search", lambda: self._search)
        self.add_mode("access", lambda: AccessScreen(self.seat))
        self.add_mode("audit", lambda: AuditScreen(self.seat))

    def get_default_screen(self) -> Screen[None]:
        """An empty frame until the hub says which screens this officer has."""
        return Frame(self.seat)

    def on_mount(self) -> None:
        """Follow the hub; look at the clock once a second."""
        self.run_worker(self._feed.run(), name="feed")
        self.set_interval(1.0, self._step)

    def on_joined(self, message: Joined) -> None:
        """The hub knows this officer."""
        first = self.seat.officer is None
        self.seat.authority.forget()
        rings = self.seat.board.start(message.board) if message.board else False
        self.seat.join(message.client)
        if first:
            self._open_first_screen()
        else:
            self.seat.say("The hub answers again. Nothing you typed was lost.")
        self._show_board(rings=rings)

    def on_lost(self, message: Lost) -> None:
        """The hub does not answer; what is on the screen stays."""
        if self.seat.officer is None:
            self.seat.say(message.sentence)
        self.seat.lose()

    def on_turned_away(self, message: TurnedAway) -> None:
        """The hub refuses this officer: say so and leave."""
        self.turned_away = message.sentence
        self.exit()

    def on_beaten(self, message: Beaten) -> None:
        """The hub is alive."""
        self.seat.hear(message.health)

    def on_alarms_moved(self, message: AlarmsMoved) -> None:
        """Alarms came or changed."""
        ringing = [alarm for alarm in message.alarms if self.seat.board.take(alarm)]
        for alarm in ringing:
            self.announce("A new High alarm waits." if self.locked else heard_alarm(alarm))
        self._show_board(rings=bool(ringing))

    def on_prompted(self, message: Prompted) -> None:
        """A request waits for this officer: the banner says so, and takes nothing."""
        new = self.seat.authority.take_prompt(message.prompt)
        if new and message.prompt.request.order is not None:
            self.bell()
        self._show_authority()

    async def on_settled(self, message: Settled) -> None:
        """A request was decided or used: the form of another desk closes, a search goes on."""
        request = message.request
        own = request.requester == self.seat.staff_id
        ordered = self.seat.authority.ordered_now(request, by=self.seat.staff_id)
        moved = self.seat.authority.take_settled(request, own=own)
        if isinstance(self.screen, AuthorisationScreen) and self.screen.is_about(request):
            await self.screen.close_decided(request)
        if own and moved:
            self._hear_of_own(request)
        elif ordered:
            self.bell()
            self.seat.say(ordered)
        self._show_authority()

    def _hear_of_own(self, request: AccessRequest) -> None:
        """Tell the requester how it was decided; what waited for it goes on."""
        waiting = self.seat.authority.waiting
        waited = waiting is not None and waiting.request_id == request.request_id
        said = heard(request, goes_on=waited)
        if said:
            self.seat.say(said)
        if waiting is None or not waited or request.state is RequestState.PENDING:
            return
        self.seat.authority.waiting = None
        if request.state is RequestState.AUTHORISED:
            grant_id = "" if request.grant is None else request.grant.grant_id
            self._search.go_on(waiting, said=said, grant_id=grant_id)

    def _show_authority(self) -> None:
        self._show_seat()
        if isinstance(self.screen, AccessScreen):
            self.screen.show_requests()

    async def action_open_prompt(self) -> None:
        """Open the request that waits for this officer; the one that lapses first."""
        prompts = self.seat.authority.prompts
        if not prompts:
            self.seat.say("Nothing waits for you.")
        elif not isinstance(self.screen, AuthorisationScreen):
            await self.push_screen(AuthorisationScreen(self.seat, prompt=prompts[0]))

    def _open_first_screen(self) -> None:
        officer = self.seat.officer
        places = places_of(officer) if officer else ()
        if places:
            self.switch_mode(places[0].mode)
        elif officer:
            self.seat.say(f"Nothing to show: this console has no screen for {officer.role} yet.")

    def _show_board(self, *, rings: bool) -> None:
        if rings and self.seat.ticks() - self._rang_at >= BELLS_MERGED_S:
            self._rang_at = self.seat.ticks()
            self.bell()
        self._name_window()
        self._show_seat()
        if isinstance(self.screen, AlarmsScreen):
            self.screen.show_board()

    def _name_window(self) -> None:
        new = self.seat.board.high_new
        self.title = f"ANPR {new} High" if new else "ANPR"
        if self._driver is not None and not self.is_headless:
            self._driver.write(f"\x1b]0;{self.title}\x07")

    def _show_seat(self) -> None:
        if self.is_running and isinstance(self.screen, Frame):
            self.screen.show_seat()

    async def _step(self) -> None:
        await self._look_at_idleness()
        self._show_seat()
        whole_s = int(self.seat.clock().timestamp())
        if whole_s % LIST_STEP_S == 0 and isinstance(self.screen, AlarmsScreen):
            self.screen.show_ages()

    async def action_go(self, key: str) -> None:
        """Open a screen by its number or letter."""
        place, officer = place_at(key), self.seat.officer
        if place is None or officer is None or self.locked:
            return
        if officer.role in place.roles:
            await self.switch_mode(place.mode)
        elif place.mode:
            who = role_word(officer.role)
            self.seat.say(f"{place.number} is {place.name}, which the role {who} does not have.")
        else:
            self.seat.say(f"{place.number} is {place.name}, which is not part of this release.")

    async def on_event(self, event: events.Event) -> None:
        """Take keys one after the other: what is typed ahead goes where it would if typed slowly.

        Textual forwards a key to its widget and takes the next one meanwhile; on a slow line
        "/AB1" would then press `a` on the list before the plate field has the keyboard.
        """
        if isinstance(event, events.Key) and isinstance(self.screen, Frame):
            self.app_focus = True
            await self._press(event, frame=self.screen)
        else:
            await super().on_event(event)

    async def _press(self, event: events.Key, *, frame: Frame) -> None:
        self._keyed_at = self.seat.ticks()
        if self._asked_idle:
            self._asked_idle = False  # the answer to "still watching?" is no command
            self.seat.hush()
        elif event.key == "ctrl+c" and self.locked:
            self.exit()
        elif event.key == "ctrl+c":
            self._say_how_to_leave()
        elif await frame.takes_first(event.key):
            return
        elif isinstance(line := frame.focused, CommandLine):
            if (verb := line.press(event)) is not None:
                await frame.give_command(verb)
        elif isinstance(entry := frame.focused, Entry) and event.key not in ("tab", "shift+tab"):
            if event.key == "escape":
                await frame.leave_field()
            elif event.key == "enter":
                await frame.entered(entry)
            else:
                entry.press(event)
        elif bound := frame.active_bindings.get(event.key):
            await self.run_action(bound.binding.action, bound.node)

    async def action_to_high(self) -> None:
        """Go from any screen to the next High that nobody has acknowledged."""
        officer = self.seat.officer
        if officer is None or not watches(officer):
            return
        await self.action_go("a")
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        if isinstance(self.screen, AlarmsScreen):
            self.screen.action_next_high()

    def action_await_letter(self) -> None:
        """Wait for the letter of a screen."""
        if isinstance(self.screen, Frame):
            self.screen.await_letter()

    def action_open_command_line(self) -> None:
        """Open the command line."""
        if isinstance(self.screen, Frame):
            self.screen.open_command_line()

    async def action_keys(self) -> None:
        """Show the keys of this screen, made from the binding table."""
        if isinstance(self.screen, Frame):
            await self.push_screen(keys_page(self.screen, everywhere=self.BINDINGS))

    async def action_command(self, verb: str) -> None:
        """Run a verb of the command line."""
        match verb:
            case "quit":
                self.exit()
            case "keys":
                await self.action_keys()
            case "lock":
                await self._lock()
            case "plain":
                if not self.speak_plainly():
                    self.seat.say("As drawn.")
            case "urgent":
                self.run_worker(self._open_urgent(), group="urgent", exclusive=True)
            case "withdraw" | "revoke" | "lift":
                await self.action_go("r")
                if isinstance(self.screen, AccessScreen):
                    self.screen.end(verb)
            case "notices":
                await self.push_screen(notices_page(self.seat))
            case _:
                await self.action_go(next(one.letter for one in PLACES if one.mode == verb))

    async def _open_urgent(self) -> None:
        """Open the form of the urgent way, unless the hub says that it is closed to them."""
        try:
            terms = await self.seat.hub.urgent_terms()
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        if terms.refused:
            self.seat.say(terms.refused)
        elif not isinstance(self.screen, UrgentScreen):
            await self.push_screen(UrgentScreen(self.seat, terms=terms))

    async def on_urgent_screen_taken(self, message: UrgentScreen.Taken) -> None:
        """The order stands: the search is made at once, under it."""
        if isinstance(self.screen, UrgentScreen):
            await self.pop_screen()
        if self.locked:
            return  # the grant stands; the search waits for whoever comes back
        await self.action_go("s")
        request = message.request
        grant_id = "" if request.grant is None else request.grant.grant_id
        more = " / and Enter looks for all its plates." if message.further else ""
        self._search.take_over(request)
        said = f"{request.request_id}, authority owed.{more}"
        self._search.go_on(message.waiting, said=said, grant_id=grant_id)

    @property
    def locked(self) -> bool:
        """Whether nothing is in sight until the officer proves who they are."""
        return isinstance(self.screen, LockScreen)

    async def _lock(self) -> None:
        if not self.locked and self.seat.officer is not None:
            self.seat.hush()
            await self.push_screen(LockScreen(self.seat))
            self.wipe()

    async def _look_at_idleness(self) -> None:
        """Ask whoever watches whether they still do; lock where no key came for too long."""
        health, idle_s = self.seat.health, self.seat.ticks() - self._keyed_at
        if self.locked or health is None or not health.lock_s:
            return
        if idle_s >= health.lock_s:
            await self._lock()
        elif idle_s >= health.lock_s - ASKED_BEFORE_S and not self._asked_idle:
            self._asked_idle = True
            self.seat.say("Still watching? Any key. Without one the console locks in a minute.")

    async def action_back(self) -> None:
        """One step back."""
        if isinstance(self.screen, Frame):
            await self.screen.action_back()

    def _say_how_to_leave(self) -> None:
        """Ctrl-C stops a running search; otherwise it says how to leave."""
        if not (isinstance(self.screen, SearchScreen) and self.screen.stop_searching()):
            self.seat.say("To leave, type :quit and Enter. Esc goes one step back.")
