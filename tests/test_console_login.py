"""The login shell of the console account: the console of one officer, or nothing."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def login(tmp_path: Path) -> Path:
    """The shell as shipped, with an `anpr` that prints how it was called."""
    anpr = tmp_path / "anpr"
    anpr.write_text('#!/bin/sh\nprintf "%s\\n" "$*"\n/usr/bin/env\n')
    anpr.chmod(0o755)
    shell = tmp_path / "console_login"
    text = (ROOT / "scripts/console_login").read_text()
    assert "anpr=/usr/bin/anpr\n" in text
    shell.write_text(text.replace("anpr=/usr/bin/anpr\n", f"anpr={anpr}\n"))
    shell.chmod(0o755)
    return shell


def run(login: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [login, *words], capture_output=True, text=True, check=False, env={**os.environ, **environ}
    )


def command(login: Path, staff: str) -> str:
    return f"{login.with_name('anpr')} console --state /var/lib/anpr --staff {staff}"


def test_the_published_command_opens_the_console_with_an_environment_of_its_own(
    login: Path,
) -> None:
    done = run(
        login,
        "-c",
        command(login, "NS4021"),
        TERM="xterm",
        LD_PRELOAD="",
        SSH_ORIGINAL_COMMAND="sh",
    )
    said, *environ = done.stdout.splitlines()
    assert said == "console --state /var/lib/anpr --staff NS4021"
    names = {line.partition("=")[0] for line in environ}
    assert names <= {"HOME", "LANG", "PATH", "TERM", "PWD", "SHLVL", "_"}
    assert "TERM=xterm" in environ


@pytest.mark.parametrize(
    "staff",
    ["", "NS4021; sh", "NS4021 --socket /x", "ns4021", "NS4", "NS4021\nsh", "$(sh)", "../x"],
)
def test_another_staff_number_than_one_opens_nothing(login: Path, staff: str) -> None:
    done = run(login, "-c", command(login, staff))
    assert (done.returncode, done.stdout) == (126, "")


@pytest.mark.parametrize("words", [(), ("-c",), ("-c", "sh"), ("-i",), ("-c", "sh", "x"), ("-l",)])
def test_any_other_way_to_start_it_opens_nothing(login: Path, words: tuple[str, ...]) -> None:
    done = run(login, *words)
    assert (done.returncode, done.stdout) == (126, "")
    assert "console and nothing else" in done.stderr


@pytest.mark.parametrize("term", ["", "$(sh)", "x;y", "../../etc/passwd"])
def test_a_terminal_of_an_odd_name_is_a_plain_one(login: Path, term: str) -> None:
    done = run(login, "-c", command(login, "NS4021"), TERM=term)
    assert "TERM=xterm-256color" in done.stdout.splitlines()
