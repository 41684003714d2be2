"""An app that sends only the cells that changed, and can do without all that is drawn."""

from typing import Any

from rich.color import ColorSystem
from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.screen import Screen

from anpr_tui.terminal.painter import CellPainter
from anpr_tui.terminal.restricted import RestrictedApp
from anpr_tui.terminal.spoken import SpokenFilter

__all__ = ["PaintingApp"]


class PaintingApp(RestrictedApp, inherit_bindings=False):
    """Writes to the terminal in place of Textual, as little as there is to write."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._painter = CellPainter()
        self._spoken = SpokenFilter()
        self._filters.append(self._spoken)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Write only the cells that changed; the rest of Textual's painting is as it is."""
        driver = self._driver
        update: object = renderable
        of_cells = isinstance(update, CompositorUpdate) and not self._batch_count
        if driver is None or self.is_headless or not of_cells or not self._running:
            super()._display(screen, renderable)
            return
        colours = self.console._color_system or ColorSystem.STANDARD
        changes = self._painter.frame(screen._compositor.render_strips(), colours=colours)
        if changes:
            self._begin_update()
            driver.write(changes)
            self._end_update()
            driver.flush()
        self.post_display_hook()

    def action_repaint(self) -> None:
        """Ctrl-L: another program wrote over the console."""
        self._painter.forget()
        self.refresh()

    def speak_plainly(self) -> bool:
        """Switch what a screen reader cannot read off, or on again; True where it is off now."""
        plainly = not self._spoken.enabled
        self._spoken.switch(on=plainly)
        self.set_class(plainly, "-plain")
        self._painter.forget()
        self.refresh_css(animate=False)
        return plainly
