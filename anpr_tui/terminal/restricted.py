"""An app with no way out: no shell, no files, no clipboard, no palette.

Each of these was seen to work as an attack on a stock Textual app. Actions run from an allow-list,
so markup or a link in data can name whatever it likes.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from textual.app import App
from textual.dom import DOMNode

__all__ = ["RestrictedApp", "UnforeseenError"]


class UnforeseenError(Exception):
    """The console failed in a way it does not know; the cause is attached, never printed."""


class RestrictedApp(App[None]):
    """A Textual app from which there is no way to a shell, a file or the officer's clipboard."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    ALLOWED_ACTIONS: ClassVar[frozenset[str]] = frozenset()
    """Names of the actions that keys may run; everything else is ignored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.failure: Exception | None = None

    async def run_action(
        self,
        action: Any,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action of the allow-list; any other does nothing."""
        name = action.partition("(")[0] if isinstance(action, str) else action[1]
        if name.rpartition(".")[2] not in self.ALLOWED_ACTIONS:
            return False
        return await super().run_action(action, default_namespace, namespaces)

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Stay: a suspended console would leave a shell."""
        yield

    def action_suspend_process(self) -> None:
        """Stay."""

    def action_screenshot(self, *_: object, **__: object) -> None:
        """Write nothing."""

    def save_screenshot(self, *_: object, **__: object) -> str:
        """Write nothing; `export_screenshot` gives the picture as text to who runs the program."""
        return ""

    def deliver_screenshot(self, *_: object, **__: object) -> str | None:
        """Write nothing."""
        return None

    def deliver_text(self, *_: object, **__: object) -> str | None:
        """Write nothing."""
        return None

    def deliver_binary(self, *_: object, **__: object) -> str | None:
        """Write nothing."""
        return None

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open nothing."""

    def copy_to_clipboard(self, text: str) -> None:
        """Copy nothing: OSC 52 would carry plates to the officer's own machine, unaudited."""

    def notify(self, *_: object, **__: object) -> None:
        """Show no toast; there is one notice line."""

    def _handle_exception(self, error: Exception) -> None:
        self.failure = error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual would print a traceback with local variables, and those hold plates.
        self._close_messages_no_wait()
