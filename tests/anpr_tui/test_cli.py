"""The `anpr` command: lazy verbs, and no traceback ever reaches a user."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from anpr_tui import cli
from anpr_tui.verbs import state_option
from store.errors import BusyError


def verb_that_raises(error: BaseException) -> click.Command:
    @click.command()
    @state_option
    def verb(state: Path) -> None:
        raise error

    return verb


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch):
    """`anpr read` raises the given error instead of reading."""

    def arrange(error: BaseException) -> None:
        monkeypatch.setattr(
            cli.Verbs, "get_command", lambda *_: verb_that_raises(error), raising=True
        )

    return arrange


def test_an_error_of_our_tree_is_one_line_and_exit_code_1(raising, tmp_path):
    raising(BusyError("the ledger is open elsewhere;\nstop the other hub first"))
    result = CliRunner().invoke(cli.main, ["read", "--state", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr == "Error: the ledger is open elsewhere; stop the other hub first\n"
    assert not (tmp_path / "log").exists()


def test_an_error_of_the_system_is_one_line_that_names_the_file(raising, tmp_path):
    raising(PermissionError(13, "Permission denied", "/a/file"))
    result = CliRunner().invoke(cli.main, ["read", "--state", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr == "Error: the system refused, Permission denied: /a/file\n"


def test_an_unforeseen_error_is_one_line_and_its_traceback_is_in_the_log(raising, tmp_path):
    raising(KeyError("AB12CDE"))
    result = CliRunner().invoke(cli.main, ["read", "--state", str(tmp_path)])
    assert result.exit_code == cli.EXIT_UNFORESEEN
    log = tmp_path / "log" / "anpr.log"
    assert len(result.stderr.splitlines()) == 1
    assert str(log) in result.stderr
    assert "Traceback" not in result.stderr
    written = log.read_text()
    assert "KeyError" in written
    assert "test_cli.py" in written
    assert "AB12CDE" not in written


def test_an_unknown_verb_and_an_unknown_option_are_refused_with_the_usage():
    result = CliRunner().invoke(cli.main, ["fly"])
    assert result.exit_code == 2
    assert "No such command 'fly'" in result.stderr


def test_help_lists_every_verb():
    result = CliRunner().invoke(cli.main, ["--help"])
    assert result.exit_code == 0
    for name, verb in cli.VERBS.items():
        assert name in result.stdout
        assert verb.sentence in result.stdout


def test_the_command_starts_without_the_heavy_packages():
    heavy = "ray lancedb pyarrow cv2 onnxruntime textual numpy"
    script = (
        "import sys; from anpr_tui import cli\n"
        "from click.testing import CliRunner\n"
        "assert CliRunner().invoke(cli.main, ['--help']).exit_code == 0\n"
        f"print(sorted(set('{heavy}'.split()) & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_the_version_is_said():
    result = CliRunner().invoke(cli.main, ["--version"])
    assert result.exit_code == 0
    assert result.stdout.startswith("anpr, version ")
