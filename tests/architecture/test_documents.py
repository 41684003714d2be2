"""The documents a newcomer reads first are there, and say what is true."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "docs/life-of-a-read.md",
    "docs/life-of-a-search.md",
]


def _tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", pattern], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return [ROOT / line for line in listed.stdout.splitlines()]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_there(page: str) -> None:
    assert (ROOT / page).stat().st_size > 500


@pytest.mark.parametrize("page", [page for page in PAGES if page.endswith(".md")])
def test_every_link_and_file_a_page_names_exists(page: str) -> None:
    text = (ROOT / page).read_text()
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", text)
    paths = re.findall(
        r"`((?:store|cluster|recognition|anpr_tui|scripts|docs|tests)/[\w./-]+)`", text
    )
    missing = [
        name
        for name in {*links, *paths}
        if not ((ROOT / page).parent / name).exists() and not (ROOT / name).exists()
    ]
    assert missing == []


def test_every_decision_is_a_page_at_most_and_has_the_three_parts() -> None:
    records = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
    assert [record.name[:4] for record in records] == [
        f"{number:04}" for number in range(1, len(records) + 1)
    ]
    for record in records:
        text = record.read_text()
        assert len(text.splitlines()) <= 60, record.name
        assert all(f"## {part}" in text for part in ("Context", "Decision", "Consequences"))


def test_no_path_of_the_machine_it_was_made_on_stands_in_the_repository() -> None:
    home = str(ROOT.parent) + "/"
    holding = [
        path
        for path in _tracked("*")
        if path.suffix not in {".onnx", ".png", ".jpg"}
        and path.is_file()
        and home in path.read_text(errors="replace")
    ]
    assert len(home) <= 2 or holding == []
