"""`anpr audit`: verify the audit chain, sign it, hand it out, and make the key that signs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from anpr_tui.verbs import state_option, weak_key_option
from anpr_tui.verbs.grounds import ground_options
from anpr_tui.verbs.oversight.command import REVIEWING
from anpr_tui.verbs.staff.acting import Acting, acting
from store.audit.checkpoints import KEY_NAME, private_key, public_key
from store.audit.keeping import signing_kept_up
from store.audit.signing import Signer
from store.audit.verifying import Verdict
from store.audit.verifying import verify as verified
from store.errors import InputError, StoreError
from store.secrets import find, make_key, secret_file
from store.terms import Ground

__all__ = ["audit", "checkpoints_signed", "witness_option"]


def witness_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb `--witness FILE`, passed as `witness: Path | None`."""
    return click.option(
        "--witness",
        type=click.Path(dir_okay=False, path_type=Path),
        default=None,
        help="File of signed checkpoints outside the state folder, best on another machine.",
    )(verb)


@click.group()
def audit() -> None:
    """Verify, sign and export the record of who did what."""


@audit.command()
@state_option
@witness_option
@click.option(
    "--public-key",
    "key_hex",
    metavar="HEX",
    help="Key that must have signed (64 digits). Default: the first that the witness names.",
)
@click.pass_context
def verify(ctx: click.Context, state: Path, witness: Path | None, key_hex: str | None) -> None:
    """Walk the chain and name the first bad record; exit code 1 where anything is wrong."""
    verdict = verified(state, witness=witness, key=_public(key_hex))
    for line in _told(verdict, witness=witness):
        click.echo(line)
    ctx.exit(0 if verdict.holds else 1)


@audit.command()
@state_option
@witness_option
@weak_key_option
def checkpoint(state: Path, witness: Path | None, weak_key: bool) -> None:
    """Sign the chain as it stands now; a running hub does so by itself."""
    signer = _signer(state, witness=witness, weak_key=weak_key)
    made = signer.sign(now=datetime.now(UTC))
    if made is None:
        click.echo("Nothing was written since the last checkpoint.")
    else:
        click.echo(f"Signed: {made.size} records, ending in {made.tip.hex()}.")


@audit.command()
@acting
@click.option(
    "--for",
    "recipient",
    required=True,
    metavar="WHO",
    help="ico, commissioner, home-office, or controller:XX (the two letters of a force).",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for it: a new one, or empty. Default: one in the state folder, named by time.",
)
@ground_options(required=True)
@click.pass_context
def export(
    ctx: click.Context, acts: Acting, *, recipient: str, out: Path | None, ground: Ground
) -> None:
    """Write the audit to OUT as JSON Lines and CSV with a manifest; itself recorded."""
    from store.desks.exports import open_exports

    done = open_exports(acts.ledger).export(
        acts.officer, recipient, ground, proof=acts.proof, now=acts.now, out=out
    )
    click.echo(
        f"{done.records} records, {done.bodies} of them with what they say, in {done.folder}. "
        f"SHA-256 of the manifest: {done.manifest_sha256}"
    )
    if not done.verdict.holds:
        click.echo(f"The chain does not hold, and the manifest says so: {done.verdict.findings[0]}")
    ctx.exit(0 if done.verdict.holds else 1)


@audit.command("new-key")
@state_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="New file for the key, to be given to systemd-creds or a keyring and then deleted.",
)
@weak_key_option
def new_key(state: Path, out: Path | None, weak_key: bool) -> None:
    """Make a signing key and print its public half, which the auditor keeps."""
    if (out is None) != weak_key:
        raise click.UsageError("Say where: --out FILE, or --weak-key for the state folder.")
    path = out or secret_file(state, KEY_NAME)
    if out is None:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = make_key(path)
    click.echo(f"Key in {path}. Public key: {public_key(private_key(made)).hex()}")


for verb in REVIEWING:
    audit.add_command(verb)


@contextmanager
def checkpoints_signed(state: Path, *, witness: Path | None, weak_key: bool) -> Iterator[str]:
    """Sign the chain while the block lasts, where there is a key; give a line that says so.

    Without a key the hub runs all the same: recording and alarms come first.
    """
    try:
        signer = _signer(state, witness=witness, weak_key=weak_key)
    except StoreError as trouble:
        yield f"The audit chain is NOT signed. {trouble}"
        return
    with signing_kept_up(signer):
        yield "The audit chain is signed" + (
            f", witness {witness}." if witness else "; no witness outside is kept (--witness FILE)."
        )


def _signer(state: Path, *, witness: Path | None, weak_key: bool) -> Signer:

    secret = find(KEY_NAME, state=state, file_allowed=weak_key)
    return Signer(state, key=private_key(secret.value), witness=witness)


def _public(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise InputError("Not verified: --public-key takes 64 hexadecimal digits.")
    return key


def _told(verdict: Verdict, *, witness: Path | None) -> list[str]:
    walked = verdict.walked
    span = f"{walked.began_at} to {walked.ended_at}" if walked.began_at else "no moment known"
    lines = [
        f"records     {walked.last} hold, {walked.weeded} of them weeded",
        f"span        {span}",
        f"checkpoints {verdict.checkpoints} in the state folder, "
        + (f"{verdict.witnessed} in the witness" if witness else "no witness named"),
        f"signed      records 1 to {verdict.signed}" if verdict.signed else "signed      nothing",
    ]
    if verdict.key is not None:
        lines.append(f"signed by   {verdict.key.hex()}")
    lines += [f"BAD         {finding}" for finding in verdict.findings]
    if verdict.holds and witness is None:
        lines.append("note        without a witness, a chain cut short or made anew may pass")
    lines.append(f"verdict     {'the chain holds' if verdict.holds else 'THE CHAIN DOES NOT HOLD'}")
    return lines
