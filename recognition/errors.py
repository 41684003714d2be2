"""The error tree of recognition.

    RecognitionError
    +-- PictureRefusedError   a file or picture that cannot be read; says why, loses nothing
    +-- ModelRefusedError     a model pack that is not what its manifest says
    +-- TextRefusedError      a VRM or pattern that cannot be one

A message says what was refused, why, and what to do next; it never holds a VRM or a picture.
"""

__all__ = ["ModelRefusedError", "PictureRefusedError", "RecognitionError", "TextRefusedError"]


class RecognitionError(Exception):
    """Every failure that recognition itself reports."""


class PictureRefusedError(RecognitionError):
    """A picture that cannot be used."""


class ModelRefusedError(RecognitionError):
    """A model pack that is not what its manifest says."""


class TextRefusedError(RecognitionError):
    """Text that cannot be a VRM."""
