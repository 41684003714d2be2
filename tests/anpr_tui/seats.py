"""A console in a test: real screens and keys, a scripted hub, a clock that stands still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from textual import events
from textual.pilot import Pilot

from anpr_tui.console import Console
from tests.anpr_tui.scripted_hub import NOW, ScriptedHub

__all__ = ["Clock", "Desk", "console_of", "seated"]

SYMBOLS = {
    "space": " ",
    "asterisk": "*",
    "question_mark": "?",
    "minus": "-",
    "colon": ":",
    "comma": ",",
    "full_stop": ".",
    "slash": "/",
    "underscore": "_",
}


class Clock:
    """Time passes only where the test says so."""

    def __init__(self) -> None:
        self.now = NOW
        self.monotonic_s = 1_000.0

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.monotonic_s += seconds

    def read(self) -> datetime:
        return self.now

    def ticks(self) -> float:
        return self.monotonic_s


class Desk:
    """What a test sees and presses."""

    def __init__(self, app: Console, pilot: Pilot[None], hub: ScriptedHub, clock: Clock) -> None:
        self.app, self.pilot, self.hub, self.clock = app, pilot, hub, clock
        self.bells = 0
        self.heard = ""

    def hear(self, written: str) -> None:
        """Stands for the terminal of a screen reader."""
        self.heard += written

    def ring(self) -> None:
        """Stands for the bell of the terminal."""
        self.bells += 1

    @property
    def lines(self) -> list[str]:
        """The screen as text, line by line."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def notice(self) -> str:
        """What the notice line says; a long sentence grows upwards."""
        height = self.app.screen.query_one("NoticeLine").size.height
        return " ".join(line.strip() for line in self.lines[-2 - height : -2])

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        names = {symbol: name for name, symbol in SYMBOLS.items()}
        await self.press(*(names.get(one, one) for one in text))

    async def command(self, verb: str) -> None:
        """Give a command by its name."""
        await self.press("colon")
        await self.type(verb)
        await self.press("enter")

    async def burst(self, *keys: str) -> None:
        """Keys that arrive in one packet, as on a slow line: nothing happens between them."""
        for key in keys:
            character = key if len(key) == 1 else SYMBOLS.get(key)
            self.app.post_message(events.Key(key, character))
        await self.settle()

    async def settle(self) -> None:
        for _ in range(3):
            await self.pilot.pause()

    async def step(self, seconds: float) -> None:
        """Let time pass and the console look at the clock."""
        self.clock.pass_s(seconds)
        await self.app._step()
        await self.settle()

    async def until(self, said: str) -> None:
        """Wait until a sentence is on the screen; timers of the screen need real time."""
        for _ in range(100):
            if said in self.text or said in self.notice:
                return
            await self.pilot.pause(0.05)
        raise AssertionError(f"never said {said!r}:\n{self.text}")


def console_of(
    hub: ScriptedHub, clock: Clock, *, staff_id: str | None = None, plainly: bool = False
) -> Console:
    """The console of the hub's officer, or of another, at this clock."""
    return Console(
        socket=Path("unused"),
        staff_id=staff_id or hub.officer.staff_id,
        connect=hub.connect,
        clock=clock.read,
        ticks=clock.ticks,
        plainly=plainly,
    )


@asynccontextmanager
async def seated(
    hub: ScriptedHub,
    *,
    size: tuple[int, int] = (80, 24),
    staff_id: str | None = None,
    plainly: bool = False,
) -> AsyncIterator[Desk]:
    """A console on which the officer has just sat down; `plainly` is for a screen reader."""
    clock = Clock()
    app = console_of(hub, clock, staff_id=staff_id, plainly=plainly)
    said: list[str] = []
    app._send = said.append
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot, hub, clock)
        app.bell = desk.ring
        desk.hear("".join(said))
        app._send = desk.hear
        await desk.settle()
        yield desk
