"""Which terminals the console is known to paint right; any other is refused before it paints."""

from collections.abc import Mapping

from store.errors import InputError

__all__ = ["KNOWN", "LINES_ONLY", "demand_known"]

LINES_ONLY = "dumb"
"""TERM of whoever wants lines and nothing painted: a screen reader's."""

KNOWN = frozenset(
    {
        *("alacritty", "foot", "foot-extra", "gnome-256color", "iterm2", "konsole-256color"),
        *("linux", "putty", "putty-256color", "rxvt-unicode", "rxvt-unicode-256color"),
        *("screen", "screen-256color", "st-256color", "tmux", "tmux-256color", "vte-256color"),
        *("wezterm", "xterm", "xterm-256color", "xterm-color", "xterm-ghostty", "xterm-kitty"),
    }
)
"""Values of TERM: all speak the sequences of xterm that Textual writes."""


def demand_known(environment: Mapping[str, str]) -> None:
    """Refuse a terminal that is not known.

    Raises:
        InputError: It is not on the list; its name, which comes from the other side, is not told.
    """
    if environment.get("TERM", "") not in {*KNOWN, LINES_ONLY}:
        raise InputError(
            "Not opened: TERM names a terminal that this console does not know. Most understand "
            "TERM=xterm-256color; set it on your side and connect again."
        )
