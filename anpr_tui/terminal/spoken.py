"""Text for a screen reader: words alone, none of the characters that screens are drawn with."""

import re

from anpr_tui.terminal.cells import MASK, plain

__all__ = ["spoken"]

_HIDDEN = re.compile(f"{MASK}(?:[{MASK} ]*{MASK})?")
_DRAWN = re.compile("[\u2500-\u259f\u2022]+")
"""What boxes are drawn with, blocks and shades, and the dots of a passphrase."""
_STOP = re.compile(r" ([,.;:]( |$))")
_CURSOR = re.compile(r"^ *> ")


def spoken(text: str) -> str:
    """Give a line as it is read out; a masked part of a plate is the word "hidden"."""
    words = _DRAWN.sub(" ", _HIDDEN.sub(" hidden ", _CURSOR.sub("", plain(text))))
    return _STOP.sub(r"\1", " ".join(words.split()))
