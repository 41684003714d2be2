"""An app that sends only the cells that changed, or says what is new line by line."""

from typing import Any

from rich.color import ColorSystem
from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.screen import Screen

from anpr_tui.saying import live_of, parts_of, whole_of
from anpr_tui.terminal.painter import CellPainter
from anpr_tui.terminal.restricted import RestrictedApp
from anpr_tui.terminal.teller import Teller

__all__ = ["PaintingApp"]


_HOW = "Line by line. Ctrl-L says all of this screen, ? its keys; :plain again paints it."
_CLEAR = "\x1b[2J\x1b[H"


class PaintingApp(RestrictedApp, inherit_bindings=False):
    """Writes to the terminal in place of Textual, as little as there is to write."""

    def __init__(self, *, plainly: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._begins_plainly = plainly
        self._painter = CellPainter()
        self._teller: Teller | None = None

    def on_mount(self) -> None:
        """Begin as the officer asked to."""
        if self._begins_plainly:
            self.speak_plainly()

    @property
    def plainly(self) -> bool:
        """Whether it is said line by line, for a screen reader, and not painted."""
        return self._teller is not None

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Write only the cells that changed; the rest of Textual's painting is as it is."""
        driver = self._driver
        update: object = renderable
        of_cells = isinstance(update, CompositorUpdate) and not self._batch_count
        if self._teller is not None:
            if self._running and screen.is_current:
                self._tell(screen, teller=self._teller)
            self.post_display_hook()
            return
        if driver is None or self.is_headless or not of_cells or not self._running:
            super()._display(screen, renderable)
            return
        colours = self.console._color_system or ColorSystem.STANDARD
        changes = self._painter.frame(screen._compositor.render_strips(), colours=colours)
        if changes:
            self._begin_update()
            self._send(changes)
            self._end_update()
        self.post_display_hook()

    def _tell(self, screen: Screen[object], *, teller: Teller) -> None:
        teller.width = self.size.width
        self._send(teller.tell(parts_of(screen), live=live_of(screen)))

    def _send(self, text: str) -> None:
        """Write to the terminal itself."""
        if text and self._driver is not None and not self.is_headless:
            self._driver.write(text)
            self._driver.flush()

    def announce(self, sentence: str) -> None:
        """Say something that belongs to no place, where a screen reader listens."""
        if self._teller is not None:
            self._send(self._teller.announce(sentence))

    def wipe(self) -> None:
        """Take what was said out of sight; painting does that by itself."""
        if self._teller is not None:
            self._teller = Teller()
            self._send(_CLEAR)

    def action_repaint(self) -> None:
        """Ctrl-L: another program wrote over the console, or all of it is to be heard again."""
        if self._teller is not None:
            self._teller.forget()
            self._send(self._teller.announce(*whole_of(self.screen)))
        self._painter.forget()
        self.refresh()

    def speak_plainly(self) -> bool:
        """Begin to say what is new line by line, or paint again; True where it is said now.

        The window stays the alternate one: what was said is gone from it when the console is left.
        """
        self._teller = None if self.plainly else Teller()
        self.set_class(self.plainly, "-plain")
        self._send(f"\x1b[m{_CLEAR}\x1b[?25h" if self.plainly else "\x1b[?25l")
        self.announce(_HOW)
        self._painter.forget()
        self.refresh_css(animate=False)
        self.refresh()
        return self.plainly
