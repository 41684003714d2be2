"""Tests of training need PyTorch, which users never install: left out loudly without it."""

from importlib.util import find_spec

import pytest

collect_ignore = [] if find_spec("torch") else ["test_training.py", "test_thaw.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that tests were left out, and how to run them."""
    if collect_ignore:
        terminalreporter.write_line("tests of training left out: install the extra `training`")
