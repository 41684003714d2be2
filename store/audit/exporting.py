"""Hand out the audit: to an inspector whole, to a controller as far as it is about its data.

A folder with `records.jsonl` (the chain), `records.csv` (the same to be read in a table) and
`manifest.json` (what it is, what was left out and why, and the SHA-256 of both).
"""

import csv
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from store.audit.reading import controllers_of_cameras, ledger_of, opened, rows
from store.audit.verifying import Verdict, verify
from store.errors import InputError, UnavailableError

__all__ = ["RECIPIENTS", "Export", "controllers_in", "export", "recipient_of", "withdraw"]

RECIPIENTS = {
    "ico": "Information Commissioner's Office",
    "commissioner": "Biometrics and Surveillance Camera Commissioner",
    "home-office": "Home Office",
}
"""Who may be handed the whole."""

_CONTROLLER = re.compile(r"controller:([A-Z]{2})", re.ASCII)
_CSV_COLUMNS = ("seq", "at", "by", "kind", "policy", "about", "hash")
_RULE = (
    "Each line has seq, digest and hash: hash = SHA256(0x00 || hash before || seq as 8 bytes, "
    "big-endian || digest); before the first stand 32 zero bytes. Where salt and body are given, "
    "digest = SHA256(salt || body)."
)


@dataclass(frozen=True, slots=True)
class Export:
    """What was handed out.

    Attributes:
        folder: Where it lies.
        records: Records of the chain, all of them named.
        bodies: Records given with what they say.
        manifest_sha256: Digest of the manifest, which holds those of the other files.
        verdict: Whether the chain held.
    """

    folder: Path
    records: int
    bodies: int
    manifest_sha256: str
    verdict: Verdict


def recipient_of(text: str) -> tuple[str, str | None]:
    """Read who it is for: the title, and the force code where it is a controller.

    Raises:
        InputError: Nobody we know.
    """
    if text in RECIPIENTS:
        return RECIPIENTS[text], None
    if found := _CONTROLLER.fullmatch(text):
        return f"controller {found[1]}", found[1]
    raise InputError(
        f"Nothing was exported: the audit goes to {', '.join(RECIPIENTS)} or controller:XX, XX "
        "being the two letters of a force. Name one of these."
    )


def controllers_in(about: object, *, cameras: Mapping[str, str]) -> frozenset[str]:
    """Say whose data a record names: by force code, or by cameras that are on the register.

    Args:
        about: What the record is about.
        cameras: Controller of each camera.
    """
    if not isinstance(about, dict):
        return frozenset()
    named: set[str] = set()
    for key in ("controller", "controllers"):
        named |= _words(about.get(key))
    for key in ("camera", "camera_id", "cameras", "camera_ids"):
        # A camera that is on no register is somebody's, and we cannot say whose.
        named |= {cameras.get(camera, "?") for camera in _words(about.get(key))}
    return frozenset(named)


def export(state: Path, *, recipient: str, out: Path, now: datetime) -> Export:
    """Write an export.

    Args:
        state: The state folder.
        recipient: "ico", "commissioner", "home-office" or "controller:XX".
        out: A folder that is not there yet, or is empty.
        now: When.

    Raises:
        InputError: The recipient is nobody we know, or the folder is not empty.
        UnavailableError: There is no ledger, or the folder cannot be written.
        CorruptError: The ledger cannot be read.
    """
    title, controller = recipient_of(recipient)
    verdict = verify(state)
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise InputError(f"Nothing was exported: {out} is not empty. Name a new folder.")
        tally = _Tally()
        with ExitStack() as undo:
            undo.callback(withdraw, out)
            with opened(ledger_of(state)) as db:
                shown = _shown_to(controller, cameras=controllers_of_cameras(db))
                _write(out, rows(db), shown=shown, tally=tally, last=verdict.walked.last)
            manifest = _manifest(
                out, title=title, controller=controller, now=now, tally=tally, verdict=verdict
            )
            text = json.dumps(manifest, indent=2) + "\n"
            _new(out / "manifest.json", text)
            undo.pop_all()
    except OSError as error:
        raise UnavailableError(
            f"The export was not finished: {error.strerror} ({out}). Nothing of it stays: name a "
            "folder on a disk with room."
        ) from error
    return Export(
        folder=out,
        records=tally.records,
        bodies=tally.bodies,
        manifest_sha256=hashlib.sha256(text.encode()).hexdigest(),
        verdict=verdict,
    )


def withdraw(out: Path) -> None:
    """Remove the files of an export that nobody may have: it is not whole, or on no record."""
    for name in ("records.jsonl", "records.csv", "manifest.json"):
        with suppress(OSError):  # a disk that writes nothing may remove nothing either
            (out / name).unlink()


@dataclass(slots=True)
class _Tally:
    records: int = 0
    bodies: int = 0
    weeded: int = 0
    other: int = 0
    shared: int = 0
    nobody: int = 0


_Shown = Callable[[dict[str, Any], _Tally], bool]


def _shown_to(controller: str | None, *, cameras: Mapping[str, str]) -> _Shown:
    def shown(said: dict[str, Any], tally: _Tally) -> bool:
        if controller is None:
            return True
        named = controllers_in(said.get("about"), cameras=cameras)
        if named == {controller}:
            return True
        if not named:
            tally.nobody += 1
        elif controller in named:
            tally.shared += 1
        else:
            tally.other += 1
        return False

    return shown


def _write(
    out: Path, records: Iterator[tuple[Any, ...]], *, shown: _Shown, tally: _Tally, last: int
) -> None:
    """Write the records that hold; what stands behind a break is no record any more."""
    lines, table = _opened(out / "records.jsonl"), _opened(out / "records.csv")
    with lines as to_lines, table as to_table:
        sheet = csv.writer(to_table)
        sheet.writerow(_CSV_COLUMNS)
        for seq, salt, body, digest, hashed in islice(records, last):
            tally.records += 1
            line = {"seq": seq, "digest": digest.hex(), "hash": hashed.hex()}
            said = None if body is None else _said(body)
            if said is None:
                tally.weeded += 1
            elif shown(said, tally):
                tally.bodies += 1
                line |= {"salt": salt.hex(), "body": body.decode()}
                about = json.dumps(said.get("about"), ensure_ascii=True, sort_keys=True)
                columns = [said.get(key) for key in ("at", "by", "kind", "policy")]
                sheet.writerow([seq, *map(_cell, columns), about, hashed.hex()])
            to_lines.write(json.dumps(line, separators=(",", ":")) + "\n")
        for file in (to_lines, to_table):
            file.flush()
            os.fsync(file.fileno())


def _manifest(
    out: Path,
    *,
    title: str,
    controller: str | None,
    now: datetime,
    tally: _Tally,
    verdict: Verdict,
) -> dict[str, object]:
    notes = [_RULE, "The files hold personal data. Keep them as the audit itself is kept."]
    if controller is not None:
        notes.append(
            f"Given with body: records that name {controller} and no other controller, by force "
            "code or by cameras on this hub's register as it stands now. Many records carry "
            "no controller (searches by mark, sign-ons, answers to alarms): these are withheld "
            "and counted, and some of them may concern this controller's data."
        )
    return {
        "form": "anpr-hub audit export 1",
        "for": title,
        "made_at": now.isoformat(),
        "records": tally.records,
        "with_body": tally.bodies,
        "weeded": tally.weeded,
        "withheld": {
            "names_other_controllers_only": tally.other,
            "names_several_controllers": tally.shared,
            "names_no_controller": tally.nobody,
        },
        "chain": {
            "holds": verdict.holds,
            "findings": [str(finding) for finding in verdict.findings],
            "began_at": verdict.walked.began_at,
            "ended_at": verdict.walked.ended_at,
            "tip": verdict.walked.tip.hex(),
            "signed_records": verdict.signed,
            "signed_by": None if verdict.key is None else verdict.key.hex(),
        },
        "files": [_file(out / name) for name in ("records.jsonl", "records.csv")],
        "notes": notes,
    }


def _file(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}


def _opened(path: Path) -> Any:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", newline="")


def _new(path: Path, text: str) -> None:
    with _opened(path) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _cell(value: object) -> str:
    """Keep a spreadsheet from taking text for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _said(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _words(value: object) -> set[str]:
    if isinstance(value, str):
        return {value}
    return {word for word in value if isinstance(word, str)} if isinstance(value, list) else set()
