"""Which of several looks at one plate is right: each speaks for marks, the most spoken for wins."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from recognition.grammar.lattice import Lattice
from recognition.grammar.syntax import Reading

__all__ = ["Look", "likeliest"]

Look = tuple[Lattice, Reading | None]
"""What one look gave: what may stand at each place, and the mark that it comes to."""

_USUAL = 0.05
"""Weight of how usual a format is. In full it gave foreign marks, clearly seen, for a blurred look
that would pass for one of ours."""

_CUT_SHORT = 0.5
"""How much a look at a part of a mark speaks for the whole of it. A box that cuts a line or a
character off shows the rest as clearly as the whole plate does: of 202 errors on the open hard set
some fifteen were parts of a mark that another look had whole."""


def likeliest(looks: Sequence[Look], *, share_of: Callable[[str], float]) -> int:
    """Choose the look to believe.

    Each look speaks for its mark and those beside it by their posteriors, by as much as its slots
    are clear together. Of the looks at the mark that wins the clearest is taken.

    Args:
        looks: At least one.
        share_of: Share of vehicles on the road with a mark of a format, in (0, 1].

    Returns:
        Index of the look; 0 where nothing was read in any.
    """
    spoken: defaultdict[str, float] = defaultdict(float)
    clearest: dict[str, int] = {}
    for index, (lattice, reading) in enumerate(looks):
        if reading is None:
            continue
        clear = lattice.clarity ** len(lattice.slots)
        for mark, posterior in ((reading.vrm, reading.confidence), *reading.candidates):
            spoken[mark] += clear * posterior
        best = clearest.get(reading.vrm)
        if best is None or looks[best][0].clarity < lattice.clarity:
            clearest[reading.vrm] = index

    def worth(mark: str) -> float:
        parts = sum(spoken[part] for part in clearest if part != mark and part in mark)
        reading = looks[clearest[mark]][1]
        share = share_of(reading.format) if reading else 1.0
        return (spoken[mark] + _CUT_SHORT * parts) * math.pow(share, _USUAL)

    return clearest[max(clearest, key=worth)] if clearest else 0
