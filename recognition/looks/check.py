"""A third look: is this cut-out, seen with what is around it, a number plate?

The detector judges a whole frame in small, the reader a plate without its surroundings. Neither
sees the post that a sign stands on. This network sees just that, and only where it is asked.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recognition.looks.surroundings import Onlooker, Place, model_beside
from recognition.models import Model

__all__ = ["ACROSS", "DOWN", "PlateCheck"]

ACROSS = 1.6
"""What is shown, in widths of the plate's upright box, which is in the middle."""
DOWN = 2.6
"""The same in its heights."""


class PlateCheck:
    """The plate check of a model pack.

    Attributes:
        model: The network.
    """

    def __init__(self, model: Model) -> None:
        """Use `model`: pictures of a fixed size in, a probability each out.

        Raises:
            ModelRefusedError: It takes pictures of no fixed size.
        """
        self.model = model
        self._onlooker = Onlooker(model, across=ACROSS, down=DOWN)

    @classmethod
    def open(
        cls, pack_dir: Path | None = None, *, threads: int = 1, form: str | None = None
    ) -> "PlateCheck | None":
        """Open the check of a pack, None for the one that ships, in the form that runs best.

        Returns:
            The check, or None where the pack has none (`surroundings.model_beside`).

        Raises:
            ModelRefusedError: The pack is not what its manifest says.
        """
        model = model_beside("plate_check", pack_dir, threads=threads, form=form)
        return None if model is None else cls(model)

    def judge(self, places: Sequence[Place]) -> list[float]:
        """How likely each place is a number plate, all in one run: probabilities in [0, 1]."""
        if not places:
            return []
        judged = self._onlooker.answers(places, shape=(1,))
        return [float(each) for each in np.clip(judged[:, 0], 0, 1)]
