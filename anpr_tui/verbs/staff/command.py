"""`anpr staff`: found the register, propose, sign, suspend, train, review, publish."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anpr_tui.verbs import state_option, weak_key_option
from anpr_tui.verbs.staff.acting import Acting, acting, opened_ledger, sealing_of, why_option
from anpr_tui.verbs.staff.ceremony import (
    ask,
    credentials,
    founder,
    key_in,
    trained_until,
)
from anpr_tui.verbs.staff.vehicles import vehicle
from store.ledger.rules import policies
from store.ledger.staff import factors, founding, publishing
from store.ledger.staff.changes import ChangeKind
from store.ledger.staff.register import StaffState
from store.secrets import make_key, secret_file
from store.secrets.sealing import KEY_NAME

if TYPE_CHECKING:
    from store.desks.people.register import RegisterDesk

__all__ = ["staff"]

CONSOLE = "/usr/bin/anpr console --state /var/lib/anpr"


@click.group()
def staff() -> None:
    """Keep the register of staff, on the hub's machine. Nobody enrols or authorises themselves."""


@staff.command("new-key")
@state_option
@weak_key_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="New file for it.")
def new_key(state: Path, weak_key: bool, out: Path | None) -> None:
    """Make the key that second factors are kept under, before the register is founded."""
    if (out is None) != weak_key:
        raise click.UsageError("Say where: --out FILE, or --weak-key for the state folder.")
    if out is None:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = out or secret_file(state, KEY_NAME)
    make_key(path)
    click.echo(f"Key in {path}, to be given to the hub as the secret {KEY_NAME}.")


@staff.command()
@state_option
@weak_key_option
def found(state: Path, weak_key: bool) -> None:
    """Begin an empty register with two people, both present: who proposes and who signs."""
    with opened_ledger(state) as ledger:
        with ledger.reading() as db:
            founding.demand_empty(db)
            book = policies.in_force(db)
        sealing = sealing_of(state, weak_key=weak_key)
        one = founder("First", sealing=sealing, book=book)
        other = founder("Second", sealing=sealing, book=book)
        with ledger.transaction() as tx:
            founding.found(tx, one, other, now=datetime.now(UTC))
    click.echo(
        "Founded. Publish the keys (`anpr staff publish`), and enrol a second person for each of "
        "the two parts soon: the last of either cannot be suspended or replaced."
    )


@staff.command()
@acting
@click.argument("staff_id")
@click.option("--role", required=True, help="Role code of the policy.")
@click.option("--name", required=True)
@click.option("--rank", default="", help="Where the role signs by rank.")
@click.option("--also-holds", default="", help="A second role that counts against the first.")
@click.option("--trained", default="", metavar="DAY", help="Day on which training was passed.")
def enrol(acts: Acting, staff_id: str, trained: str, **wanted: str) -> None:
    """Propose that somebody joins; another person signs it."""
    until = trained_until(trained, book=acts.book).isoformat() if trained else ""
    _propose(acts, ChangeKind.ENROL, staff_id, {**wanted, "training_until_at": until})


@staff.command()
@acting
@click.argument("staff_id")
@click.option("--to", "role", required=True, help="Role code of the policy.")
@click.option("--rank", default="")
@click.option("--also-holds", default="")
def role(acts: Acting, staff_id: str, **wanted: str) -> None:
    """Propose another role; the person is suspended until it is signed or refused (S-50)."""
    _propose(acts, ChangeKind.ROLE, staff_id, wanted)


@staff.command()
@acting
@click.argument("staff_id")
@click.argument("post")
@click.option("--end", is_flag=True, help="They hold it no longer.")
def post(acts: Acting, staff_id: str, post: str, end: bool) -> None:
    """Propose that somebody holds a post, such as force_duty_officer, or no longer (S-6)."""
    _propose(acts, ChangeKind.POST, staff_id, {"post": post, "held": not end})


@staff.command("credentials")
@acting
@click.argument("staff_id")
def new_credentials(acts: Acting, staff_id: str) -> None:
    """Propose new credentials for somebody who lost theirs."""
    _propose(acts, ChangeKind.CREDENTIALS, staff_id, {})


@staff.command()
@acting
@click.argument("staff_id")
def reinstate(acts: Acting, staff_id: str) -> None:
    """Propose that somebody suspended comes back."""
    _propose(acts, ChangeKind.REINSTATE, staff_id, {})


@staff.command()
@acting
@click.argument("change_no", type=int)
@why_option
def sign(acts: Acting, change_no: int, why: str) -> None:
    """Sign what another person proposed; it takes effect."""
    word = _desk(acts).sign(acts.officer, change_no, why=why, proof=acts.proof, now=acts.now)
    click.echo(f"Signed: change {change_no}.")
    if word:
        click.echo(
            f"Hand this word to the person concerned, and to nobody else: {word}. With it they "
            "run `anpr staff join` within a week."
        )


@staff.command()
@acting
@click.argument("change_no", type=int)
@why_option
def refuse(acts: Acting, change_no: int, why: str) -> None:
    """Refuse what another person proposed."""
    _desk(acts).refuse(acts.officer, change_no, why=why, proof=acts.proof, now=acts.now)
    click.echo(f"Refused: change {change_no}.")


@staff.command()
@acting
@click.argument("staff_id")
@why_option
@click.option("--left", is_flag=True, help="For good: key and second factor go too.")
def suspend(acts: Acting, staff_id: str, why: str, left: bool) -> None:
    """Suspend somebody at once; their sessions end within a second."""
    state = StaffState.LEFT if left else StaffState.SUSPENDED
    _desk(acts).set_state(acts.officer, staff_id, state, why=why, proof=acts.proof, now=acts.now)
    click.echo(f"{staff_id} {state.value}. Publish the keys (`anpr staff publish`).")


@staff.command()
@acting
@click.argument("staff_id")
@click.option("--passed", required=True, metavar="DAY", help="Day on which it was passed.")
def training(acts: Acting, staff_id: str, passed: str) -> None:
    """Record somebody's training (S-51)."""
    until_at = trained_until(passed, book=acts.book)
    _desk(acts).train(acts.officer, staff_id, until_at=until_at, proof=acts.proof, now=acts.now)
    click.echo(f"{staff_id} is trained until {until_at:%d %b %Y}.")


@staff.command()
@acting
@click.argument("staff_id")
@why_option
def review(acts: Acting, staff_id: str, why: str) -> None:
    """Write that somebody's line was looked at and stays as it is."""
    _desk(acts).review(acts.officer, staff_id, why=why, proof=acts.proof, now=acts.now)
    click.echo(f"{staff_id} is reviewed.")


@staff.command()
@acting
@click.argument("staff_id")
def unlock(acts: Acting, staff_id: str) -> None:
    """Let somebody try again whose passphrase or code failed five times."""
    _desk(acts).unlock(acts.officer, staff_id, proof=acts.proof, now=acts.now)
    click.echo(f"{staff_id} may try again.")


@staff.command("list")
@acting
def roll(acts: Acting) -> None:
    """Print the register, what waits for a signature, and whose training or review ends soon."""
    shown = _desk(acts).roll(acts.officer, proof=acts.proof, now=acts.now)
    for one in shown.members:
        until = one.training_until_at
        trained = "no training" if until is None else f"trained until {until:%d %b %Y}"
        words = (one.officer.staff_id, one.officer.role, one.rank, one.state, one.role_state)
        posts = " ".join(sorted(one.posts))
        click.echo("  ".join(filter(None, (*words, trained, posts, one.officer.name))))
    for change in shown.pending:
        click.echo(
            f"change {change.change_no} waits: {change.kind} {change.staff_id}, proposed by "
            f"{change.proposed_by} on {change.proposed_at:%d %b %Y %H:%M}"
        )
    for sentence in shown.due:
        click.echo(sentence)


@staff.command()
@state_option
@weak_key_option
@click.argument("staff_id")
@click.option("--key", "key_path", required=True, type=click.Path(dir_okay=False, path_type=Path))
def join(state: Path, weak_key: bool, staff_id: str, key_path: Path) -> None:
    """Choose your passphrase and second factor, with the word that you were handed."""
    with opened_ledger(state) as ledger:
        word = ask("The word you were handed")
        mine = credentials(staff_id, sealing=sealing_of(state, weak_key=weak_key))
        key, now = key_in(key_path), datetime.now(UTC)
        with ledger.transaction() as tx:
            factors.credentials_for(tx, staff_id, word=word, credentials=mine, key=key, now=now)
    click.echo("Kept. Your key is let in when the keys are published (`anpr staff publish`).")


@staff.command()
@state_option
@click.option(
    "--to",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default="/etc/anpr/console_keys",
    show_default=True,
    help="File that sshd's AuthorizedKeysCommand prints.",
)
@click.option("--command", default=CONSOLE, show_default=True, help="What each key starts.")
def publish(state: Path, path: Path, command: str) -> None:
    """Tell sshd which key signs on whom; run it as root, after every change."""
    with opened_ledger(state) as ledger, ledger.reading() as db:
        told = publishing.lines(db, command=command)
    publishing.publish(path, told=told)
    click.echo(f"{len(told)} keys in {path}.")


staff.add_command(vehicle)


def _desk(acts: Acting) -> "RegisterDesk":
    from store.desks.people.register import open_register

    return open_register(acts.ledger)


def _propose(acts: Acting, kind: ChangeKind, staff_id: str, wanted: dict[str, Any]) -> None:
    made = _desk(acts).propose(
        acts.officer, kind, staff_id=staff_id, wanted=wanted, proof=acts.proof, now=acts.now
    )
    click.echo(
        f"Proposed: change {made.change_no}. Another person signs it "
        f"(`anpr staff sign {made.change_no}`)."
    )
