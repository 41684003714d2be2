"""`anpr policy check` prints what differs and a count last, and its exit code tells a script."""

from pathlib import Path

from click.testing import CliRunner

from anpr_tui.cli import main
from store.store import open_store

TABLE = Path(__file__).parents[2] / "data" / "policy" / "decisions.csv"


def test_the_accepted_table_does_not_differ() -> None:
    result = CliRunner().invoke(main, ["policy", "check", str(TABLE)])
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[-1].startswith("4044 rows, 0 differ, 4 disputed, policy ")
    assert all(" disputed: " in line for line in lines[:-1])


def test_each_row_that_differs_is_printed_and_the_count_last(tmp_path: Path) -> None:
    lines = TABLE.read_text().splitlines()
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([*lines[:2], lines[2].replace(",refuse,", ",permit,")]) + "\n")
    result = CliRunner().invoke(main, ["policy", "check", str(bad)])
    printed = result.stdout.splitlines()
    assert result.exit_code == 1
    assert printed[0].startswith("D00002 differs: OP live_hit_feed do: ")
    assert printed[-1].startswith("2 rows, 1 differ, 0 disputed")


def test_a_file_that_is_no_table_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "no.csv"
    path.write_text("hello\n")
    result = CliRunner().invoke(main, ["policy", "check", str(path)])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: table not checked: it has no column")
    assert len(result.stderr.splitlines()) == 1


def test_the_policy_in_force_is_shown_and_an_unsigned_one_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "state"
    open_store(state).close()
    shown = CliRunner().invoke(main, ["policy", "show", "--state", str(state)])
    assert (shown.exit_code, shown.stdout[:18]) == (0, "Policy 2026-11-22,")
    text = CliRunner().invoke(main, ["policy", "show", "--text", "--state", str(state)]).stdout
    (tmp_path / "new.toml").write_text(text.replace("2026-11-22", "2027-01-01", 1))
    (tmp_path / "new.toml.sig").write_text("none")
    given = [str(tmp_path / "new.toml"), "--signature", str(tmp_path / "new.toml.sig")]
    named = ["--why", "a new year", "--by", "NS0700", "--state", str(state)]
    refused = CliRunner().invoke(main, ["policy", "load", *given, *named])
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (1, 1)
    assert "not on the register" in refused.stderr
