"""`anpr models`: which networks find and read plates; others' are added here, and checked."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from anpr_tui.verbs import state_option
from recognition.errors import ModelRefusedError
from recognition.models import providers
from recognition.packs.kinds import KINDS, manifest_for
from recognition.packs.manifest import TASKS, Manifest, refuse
from recognition.packs.shelf import Listed, Shelf
from recognition.packs.trial import Trial, try_pack
from recognition.recogniser import Recogniser

__all__ = ["models", "shelf_of"]

_MOST_BYTES = 1 << 20
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
_FILE = click.Path(dir_okay=False, path_type=Path)


def shelf_of(state: Path) -> Shelf:
    """The added packs of a state folder."""
    return Shelf(state / "models")


@click.group()
def models() -> None:
    """List, check, add and choose model packs.

    A pack is a folder with plate_detector and plate_ocr, each an .onnx file and a .json manifest.
    One of the two is enough: the one that ships takes the place of the other. A detector may bring
    a plate_check and a plate_outline, which look at what it found once more.
    """


@models.command(name="list")
@state_option
@_JSON
def list_packs(state: Path, as_json: bool) -> None:
    """Say which packs there are, which is in use, and what would run them."""
    listed = shelf_of(state).packs()
    runs = _what_runs(shelf_of(state))
    if as_json:
        told = {
            "providers": list(providers()),
            "runs": runs,
            "packs": [_pack(pack) for pack in listed],
        }
        click.echo(json.dumps(told, indent=2))
        return
    for pack in listed:
        said = "; ".join(_sentence(manifest) for manifest in pack.manifests)
        click.echo(f"{'*' if pack.used else ' '} {pack.name}: {said or pack.trouble}")
    click.echo("* is in use. What runs:")
    for line in runs:
        click.echo(f"  {line}")


@models.command()
@click.argument("pack", metavar="NAME|DIR")
@state_option
@_JSON
def check(pack: str, state: Path, as_json: bool) -> None:
    """Check hash, opset and shapes of a pack, and run it on a blank picture."""
    tried = try_pack(shelf_of(state).resolve(pack))
    if as_json:
        click.echo(json.dumps([_trial(trial) for trial in tried], indent=2))
        return
    for trial in tried:
        whose = "" if trial.own else " (the one that ships)"
        click.echo(
            f"{_sentence(trial.manifest)}{whose}: SHA-256, opset {trial.manifest.opset} and shapes "
            f"are right; {trial.took_ms:.1f} ms. Ran {trial.runs}"
        )


@models.command()
@click.argument("source", metavar="PACK_DIR|ONNX", type=click.Path(path_type=Path))
@click.option("--manifest", type=_FILE, help="Manifest of the ONNX file.")
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="How its makers publish it.")
@click.option("--config", type=_FILE, help="YAML of a fast-plate-ocr reader (--kind cct).")
@click.option("--licence", help="Licence of the weights, where you know better than the kind.")
@click.option("--name", help="Name of the pack. Default: that of the folder or file.")
@state_option
def add(
    *,
    source: Path,
    manifest: Path | None,
    kind: str | None,
    config: Path | None,
    licence: str | None,
    name: str | None,
    state: Path,
) -> None:
    """Copy a pack, or one ONNX file, to the packs of this state folder.

    A file needs --manifest or --kind. Two files added under one --name become one pack. What is
    not as its manifest says is refused, and nothing is kept of it.
    """
    if source.is_dir():
        if manifest or kind or config:
            raise click.UsageError("a folder brings its own manifests; name an ONNX file instead")
        found = {
            task: _of_folder(source / f"{task}.json")
            for task in TASKS
            if (source / f"{task}.json").exists()
        }
        if not found:
            refuse(source.name, f"{' or '.join(TASKS)} with a manifest", "neither")
    else:
        told = _told_of_file(source, manifest=manifest, kind=kind, config=config)
        found = {str(told["task"]): (told, source)}
    if licence:
        found = {task: ({**told, "licence": licence}, path) for task, (told, path) in found.items()}
    called = name or "".join(c if c.isalnum() else "-" for c in source.stem.lower()).strip("-")
    pack = shelf_of(state).add(called, found)
    click.echo(f"Added {', '.join(found)} as {called}, in {pack}.")
    click.echo(f"Read with it: anpr read --models {called} FILE; always: anpr models use {called}")


@models.command()
@click.argument("name")
@state_option
def use(name: str, state: Path) -> None:
    """Let `anpr read`, `ingest` and `hub` take pack NAME; "shipped" goes back to ours."""
    shelf_of(state).use(name)
    click.echo(f"`anpr read` and `anpr ingest` now take {name}; a hub does when it starts again.")


def _what_runs(shelf: Shelf) -> list[str]:
    """A line for each model of the pack in use, or why there is none."""
    try:
        pack = shelf.resolve(None)
        return [model.runs for model in Recogniser.open(pack).models]
    except ModelRefusedError as error:
        return [str(error)]


def _told_of_file(
    source: Path, *, manifest: Path | None, kind: str | None, config: Path | None
) -> Mapping[str, Any]:
    if (manifest is None) == (kind is None):
        raise click.UsageError("an ONNX file needs either --manifest or --kind")
    if manifest is not None:
        told = _object(manifest)
        if told.get("task") not in TASKS:
            refuse(source.stem, f"task {' or '.join(TASKS)}", f"task {told.get('task')}")
        return told
    if not source.is_file():
        refuse(source.stem, f"a file {source.name}", "none that can be read")
    settings = _object(config) if config else {}
    return manifest_for(source.read_bytes(), kind=str(kind), config=settings, version=source.stem)


def _of_folder(manifest: Path) -> tuple[Mapping[str, Any], Path]:
    told = _object(manifest)
    file = str(told.get("file", f"{manifest.stem}.onnx"))
    if Path(file).name != file:
        refuse(manifest.stem, "a file beside its manifest", "a path elsewhere")
    return told, manifest.with_name(file)


def _object(path: Path) -> Mapping[str, Any]:
    """A JSON or YAML file that holds one object."""
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        refuse(path.stem, f"a file {path.name} of at most 1 MiB", "none that can be read")
    read = json.loads if path.suffix == ".json" else yaml.safe_load
    try:
        told = read(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ModelRefusedError(
            f"{path.name} refused: expected fields in JSON or YAML, found something else; "
            "name the file that its makers publish with the network"
        )
    return told


def _sentence(manifest: Manifest) -> str:
    return f"{manifest.task} {manifest.version}, {manifest.decode}, {manifest.licence}"


def _pack(pack: Listed) -> dict[str, Any]:
    return {
        "name": pack.name,
        "folder": str(pack.folder),
        "used": pack.used,
        "models": [_model(manifest) for manifest in pack.manifests],
        "trouble": pack.trouble,
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        **_model(trial.manifest),
        "own": trial.own,
        "runs": trial.runs,
        "provider": trial.provider,
        "ms": round(trial.took_ms, 2),
    }


def _model(manifest: Manifest) -> dict[str, Any]:
    return {
        "task": manifest.task,
        "version": manifest.version,
        "form": manifest.form,
        "forms": [form.name for form in manifest.forms],
        "decode": manifest.decode,
        "licence": manifest.licence,
        "opset": manifest.opset,
        "sha256": manifest.sha256,
    }
