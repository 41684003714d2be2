"""A third look: is this cut-out, seen with what is around it, a number plate?

The detector judges a whole frame in small, the reader a plate without its surroundings. Neither
sees the post that a sign stands on. This network sees just that, and only where it is asked.
"""

from collections.abc import Sequence

import numpy as np

from recognition.looks.surroundings import Onlooker, Place

__all__ = ["ACROSS", "DOWN", "PlateCheck"]

ACROSS = 1.6
"""What is shown, in widths of the plate's upright box, which is in the middle."""
DOWN = 2.6
"""The same in its heights."""


class PlateCheck(Onlooker):
    """The plate check of a model pack: a probability for each place it is shown."""

    task = "plate_check"
    across, down = ACROSS, DOWN

    def judge(self, places: Sequence[Place]) -> list[float]:
        """How likely each place is a number plate, all in one run: probabilities in [0, 1]."""
        if not places:
            return []
        judged = self.answers(places, shape=(1,))
        return [float(each) for each in np.clip(judged[:, 0], 0, 1)]
