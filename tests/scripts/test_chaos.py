"""The long courses run tests that are there, with counts that those tests ask for."""

import runpy
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COURSES = runpy.run_path(str(ROOT / "scripts" / "chaos"))["COURSES"]


def test_every_course_names_tests_that_are_there() -> None:
    missing = [
        path for course in COURSES.values() for path in course.tests if not (ROOT / path).exists()
    ]
    assert missing == []


def test_every_count_is_asked_for_by_the_tests_of_its_course() -> None:
    for course in COURSES.values():
        files = chain.from_iterable(
            [ROOT / path] if path.endswith(".py") else (ROOT / path).rglob("*.py")
            for path in course.tests
        )
        text = "".join(file.read_text("utf-8") for file in files)
        assert [name for name in course.counts if name not in text] == []
