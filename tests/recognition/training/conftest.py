"""Tests of training need PyTorch or ONNX, which users never install: left out loudly without."""

from importlib.util import find_spec

import pytest

_NEED = {
    "test_training.py": "torch",
    "test_checking.py": "torch",
    "test_courses.py": "torch",
    "test_export.py": "torch",
    "test_outlining.py": "torch",
    "test_thaw.py": "torch",
    "forms/rewrites/test_double.py": "onnx",
    "forms/rewrites/test_even.py": "onnx",
    "forms/rewrites/test_heads.py": "onnx",
    "forms/test_make.py": "onnx",
    "forms/rewrites/test_stem.py": "onnx",
}
collect_ignore = [name for name, package in _NEED.items() if not find_spec(package)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that tests were left out, and how to run them."""
    for name in collect_ignore:
        terminalreporter.write_line(f"{name} left out: install the extra `training`")
