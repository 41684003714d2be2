"""`anpr hub` says what is wrong with its place before it starts anything."""

from pathlib import Path

from click.testing import CliRunner

from anpr_tui.cli import main


def test_an_account_that_the_machine_does_not_have_is_refused_before_anything_starts(
    tmp_path: Path,
) -> None:
    command = [
        "hub",
        "--state",
        str(tmp_path / "state"),
        "--console-account",
        "nobody-of-that-name",
    ]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1
    assert "no account 'nobody-of-that-name' for consoles" in result.stderr
    assert not (tmp_path / "state" / "ledger").exists()
