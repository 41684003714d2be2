"""An export is whole for an inspector, and for a controller holds its own data and no other's."""

import csv
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.audit.exporting import RECIPIENTS, controllers_in, export, recipient_of
from store.errors import InputError, UnavailableError
from store.ledger import audit, cameras
from store.ledger.ledger import Ledger
from store.terms import Camera
from tests.store.audit.test_mutants import put, rows_of
from tests.store.examples import NOW

CAMERAS = {"NS-C01": "NS", "SV-C01": "SV"}
CANARY = "ZZ99ZZZ"
BODIES: list[tuple[str, dict[str, object]]] = [
    ("searched", {"vrm": CANARY, "cameras": []}),
    ("searched", {"vrm": CANARY, "cameras": ["NS-C01"]}),
    ("searched", {"cameras": ["SV-C01"]}),
    ("searched", {"vrm": CANARY, "cameras": ["NS-C01", "SV-C01"]}),
    ("alarm raised", {"camera_id": "SV-C01"}),
    ("searched", {"vrm": CANARY, "cameras": ["SV-C01", "XX-GONE"]}),
    ("=cmd()", {"controller": "SV"}),
]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    ledger = Ledger.open(tmp_path / "state" / "ledger" / "ledger.db")
    with ledger.transaction() as tx:
        for camera_id, controller in CAMERAS.items():
            cameras.register(tx, [Camera(camera_id, "Ring Rd", controller)], now=NOW)
        for kind, about in BODIES:
            audit.append(tx, kind, by="NS4021", now=NOW, about=about)
    ledger.close()
    return tmp_path / "state"


def exported(state: Path, recipient: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    out = state.parent / "out"
    export(state, recipient=recipient, out=out, now=datetime.now(UTC))
    manifest = json.loads((out / "manifest.json").read_text())
    lines = (out / "records.jsonl").read_text().splitlines()
    return manifest, [json.loads(line) for line in lines]


@pytest.mark.parametrize("recipient", sorted(RECIPIENTS))
def test_an_inspector_gets_every_record_and_can_verify_it(state: Path, recipient: str) -> None:
    manifest, lines = exported(state, recipient)
    assert (manifest["records"], manifest["with_body"]) == (9, 9)
    before = bytes(32)
    for seq, line in enumerate(lines, start=1):
        digest = hashlib.sha256(bytes.fromhex(line["salt"]) + line["body"].encode()).digest()
        before = hashlib.sha256(b"\x00" + before + seq.to_bytes(8, "big") + digest).digest()
        assert (line["seq"], line["hash"]) == (seq, before.hex())
    assert manifest["chain"]["tip"] == before.hex()
    assert manifest["chain"]["holds"] is True


def test_the_manifest_has_the_digest_of_every_file_and_no_other_may_read_them(state: Path) -> None:
    manifest, _ = exported(state, "ico")
    out = state.parent / "out"
    assert {file["name"] for file in manifest["files"]} == {"records.jsonl", "records.csv"}
    for file in manifest["files"]:
        data = (out / file["name"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert {path.stat().st_mode & 0o077 for path in out.iterdir()} == {0}


def test_a_controller_gets_what_names_it_and_nobody_else(state: Path) -> None:
    manifest, lines = exported(state, "controller:SV")
    told = [json.loads(line["body"])["about"] for line in lines if "body" in line]
    assert told == [
        {"cameras": ["SV-C01"]},
        {"cameras": ["SV-C01"]},
        {"camera_id": "SV-C01"},
        {"controller": "SV"},
    ]
    assert [line["seq"] for line in lines] == list(range(1, 10))
    assert manifest["withheld"] == {
        "names_other_controllers_only": 2,
        "names_several_controllers": 2,
        "names_no_controller": 1,
    }
    assert "no controller" in manifest["notes"][-1]


def test_what_is_withheld_cannot_be_guessed_from_its_digest(state: Path) -> None:
    _, lines = exported(state, "controller:SV")
    assert all(("salt" in line) == ("body" in line) for line in lines)
    out = state.parent / "out"
    assert all(CANARY not in path.read_text() for path in out.iterdir())


def test_the_table_has_the_same_records_and_no_formula(state: Path) -> None:
    exported(state, "controller:SV")
    with (state.parent / "out" / "records.csv").open(newline="") as file:
        told = list(csv.DictReader(file))
    assert [row["seq"] for row in told] == ["2", "5", "7", "9"]
    assert told[-1]["kind"] == "'=cmd()"


def test_weeded_records_are_counted_and_stay_in_the_chain(state: Path) -> None:
    rows = rows_of(state)
    rows[0][2] = None
    put(state, rows)
    manifest, lines = exported(state, "home-office")
    assert (manifest["records"], manifest["with_body"], manifest["weeded"]) == (9, 8, 1)
    assert "salt" not in lines[0]


def test_a_broken_chain_is_exported_up_to_the_break_and_the_manifest_says_where(
    state: Path,
) -> None:
    rows = rows_of(state)
    rows[5][2] = "{}"
    put(state, rows)
    manifest, lines = exported(state, "ico")
    assert len(lines) == 5
    assert manifest["chain"]["holds"] is False
    assert manifest["chain"]["findings"] == ["record 6: its body is not what was written"]


@pytest.mark.parametrize("who", ["", "police", "ICO", "controller:", "controller:sv", "controller"])
def test_nobody_we_know_gets_nothing(state: Path, who: str) -> None:
    with pytest.raises(InputError, match="controller:XX"):
        export(state, recipient=who, out=state.parent / "out", now=NOW)
    assert not (state.parent / "out").exists()


def test_what_is_in_the_folder_already_is_not_written_over(state: Path) -> None:
    out = state.parent / "out"
    out.mkdir()
    (out / "records.csv").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        export(state, recipient="ico", out=out, now=NOW)
    assert (out / "records.csv").read_text() == "mine"
    with pytest.raises(UnavailableError, match="not finished"):
        export(state, recipient="ico", out=out / "records.csv", now=NOW)


def test_a_recipient_has_a_title_and_a_controller_its_code() -> None:
    assert recipient_of("controller:SV") == ("controller SV", "SV")
    assert recipient_of("home-office") == ("Home Office", None)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just("SV-C01"),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["controller", "camera_id", "cameras", "x"]), inner, max_size=3
            )
        ),
    )
)
def test_whatever_a_body_says_it_names_controllers_or_nobody(about: object) -> None:
    named = controllers_in(about, cameras=CAMERAS)
    assert all(isinstance(one, str) for one in named)
    if isinstance(about, dict) and about.get("camera_id") == "SV-C01":
        assert "SV" in named
