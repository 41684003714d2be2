"""The archive, DuckDB and SQLite hold the same reads: the bench shows that they answer alike."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_ours_and_the_rivals_answer_the_same_questions_alike(tmp_path: Path) -> None:
    size = ["--days", "3", "--reads-per-day", "3000", "--vehicles", "500", "--intake-reads", "200"]
    asked = ["--asked", "12", "--slow", "12", "--json", "--folder", str(tmp_path)]
    ran = subprocess.run(
        [sys.executable, ROOT / "scripts" / "bench_archive", *size, *asked],
        capture_output=True,
        check=True,
    )
    searches = json.loads(ran.stdout)["search_ms"]
    alike = {
        kind: found["answers_alike"] for kind, found in searches.items() if kind != "look_alike"
    }
    # Twelve in the round that opens the days, twelve warm.
    assert alike == dict.fromkeys(alike, "24 of 24")
    assert len(alike) == 6
