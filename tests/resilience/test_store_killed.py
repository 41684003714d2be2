"""kill -9 in intake, filing, compaction, sealing and weeding: nothing lost, nothing twice.

Ten kills here; `python -m tests.resilience.killing STATE 100` does a hundred.
"""

from pathlib import Path

import pytest

from tests.resilience.killing import kill_often

KILLS = 10
pytestmark = pytest.mark.slow


def test_a_store_that_is_killed_at_every_step_loses_and_doubles_nothing(tmp_path: Path) -> None:
    done = kill_often(tmp_path / "state", kills=KILLS, seed=7)
    assert (done.lost, done.doubled, done.undead, done.findings) == (0, 0, 0, ())
    assert done.accounts > KILLS
    assert sum(done.steps.values()) == KILLS
