"""Reading plates leaves no trace outside and tells nobody."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _home_after(code: str, *, home: Path) -> list[Path]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ORT_")}
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=ROOT,
        env={**kept, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "CI": ""},
    )
    return [path for path in home.rglob("*") if path.is_file()]


def test_opening_the_networks_writes_nothing_into_the_home_folder(tmp_path: Path) -> None:
    code = "from recognition.recogniser import Recogniser; Recogniser.open()"
    assert _home_after(code, home=tmp_path) == []
