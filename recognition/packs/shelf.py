"""The packs that somebody added, one folder each, and which of them is in use."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recognition.errors import ModelRefusedError
from recognition.models import SHIPPED
from recognition.packs.manifest import TASKS, Manifest, manifest_of, read_manifest, refuse
from recognition.packs.trial import try_pack

__all__ = ["SHIPPED_NAME", "Listed", "Shelf"]

SHIPPED_NAME = "shipped"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_IN_USE = "in-use"


@dataclass(frozen=True, slots=True)
class Listed:
    """A pack on the shelf.

    Attributes:
        name: What it is called.
        folder: Where it lies.
        used: It is in use.
        manifests: What it says of its models, where that can be read.
        trouble: Why it cannot be used; empty where nothing is known against it.
    """

    name: str
    folder: Path
    used: bool
    manifests: tuple[Manifest, ...]
    trouble: str = ""


class Shelf:
    """The folder of added packs.

    Attributes:
        folder: One folder a pack, and a file that names the one in use.
    """

    def __init__(self, folder: Path) -> None:
        """Use `folder`; it is made when something is added."""
        self.folder = folder

    @property
    def used(self) -> str:
        """Name of the pack in use, "shipped" where nobody chose another."""
        try:
            return (self.folder / _IN_USE).read_text(
                encoding="utf-8", errors="replace"
            ).strip() or SHIPPED_NAME
        except FileNotFoundError:
            return SHIPPED_NAME

    def packs(self) -> tuple[Listed, ...]:
        """The shipped pack, then the added ones by name; hashes are not checked here."""
        used = self.used
        names = {path.name for path in self._packs()} | ({used} - {SHIPPED_NAME})
        return tuple(self._listed(name, used=used) for name in (SHIPPED_NAME, *sorted(names)))

    def find(self, name: str) -> Path:
        """The folder of a pack by its name.

        Raises:
            ModelRefusedError: None is called so.
        """
        if name == SHIPPED_NAME:
            return SHIPPED
        if not _NAME.fullmatch(name) or not (self.folder / name).is_dir():
            known = ", ".join([SHIPPED_NAME, *sorted(path.name for path in self._packs())])
            raise ModelRefusedError(
                f"model pack {name} refused: expected one of {known}, found none of that name; "
                "add it with `anpr models add`"
            )
        return self.folder / name

    def resolve(self, told: str | None) -> Path:
        """The folder of a pack by name or folder; of the one in use where nothing is told.

        Raises:
            ModelRefusedError: There is none.
        """
        if told is None:
            return self.find(self.used)
        named = told == SHIPPED_NAME or (_NAME.fullmatch(told) and (self.folder / told).is_dir())
        return self.find(told) if named or not Path(told).is_dir() else Path(told)

    def use(self, name: str) -> None:
        """Let a pack be the one in use, once it did what it says.

        Raises:
            ModelRefusedError: There is none of that name, or it is not what it says.
        """
        try_pack(self.find(name))
        self._make()
        with tempfile.NamedTemporaryFile(
            "w", dir=self.folder, prefix=".in-use-", delete=False, encoding="utf-8"
        ) as file:
            file.write(name + "\n")
        os.replace(file.name, self.folder / _IN_USE)

    def add(self, name: str, models: Mapping[str, tuple[Mapping[str, Any], Path]]) -> Path:
        """Copy models into a pack, once they did what they say; all of them or none.

        Args:
            name: Of the pack: a new one, or one that has no model for these tasks yet.
            models: By task, the manifest as JSON gives it, and where the ONNX file lies.

        Returns:
            The folder of the pack.

        Raises:
            ModelRefusedError: A model is not what it says, or the pack has one for its task.
        """
        if not _NAME.fullmatch(name) or name in (SHIPPED_NAME, _IN_USE):
            refuse(name, "a name of a-z, 0-9, dot, dash that is not taken by us", "another")
        pack = self.folder / name
        for task in models:
            if (pack / f"{task}.json").exists():
                refuse(name, f"a pack without {task}", "one that has it; choose another --name")
        with self._staged() as stage:
            for task, (told, source) in models.items():
                if not source.is_file():
                    refuse(task, f"a file {source.name}", "none that can be read")
                shutil.copyfile(source, stage / f"{task}.onnx")
                manifest_of(told, task=task)  # refuses forms that are none
                forms = [
                    _copied(form, beside=source, stage=stage, task=task)
                    for form in told.get("forms") or ()
                ]
                text = json.dumps({**told, "file": f"{task}.onnx", "forms": forms}, indent=2)
                (stage / f"{task}.json").write_text(text + "\n", encoding="utf-8")
            try_pack(stage)
            pack.mkdir(mode=0o700, exist_ok=True)
            # The networks before the .json that rules them.
            for path in sorted(stage.iterdir(), key=lambda path: path.suffix == ".json"):
                os.replace(path, pack / path.name)
        return pack

    @contextmanager
    def _staged(self) -> Iterator[Path]:
        self._make()
        stage = Path(tempfile.mkdtemp(dir=self.folder, prefix=".adding-"))
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def _make(self) -> None:
        for one in (self.folder.parent, self.folder):  # parents=True leaves the first one open
            one.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _packs(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return [
            path for path in self.folder.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()
        ]

    def _listed(self, name: str, *, used: str) -> Listed:
        folder = self.folder / name
        try:
            folder = self.find(name)
            tasks = [task for task in TASKS if (folder / f"{task}.json").exists()]
            manifests = tuple(read_manifest(folder / f"{task}.json") for task in tasks)
        except ModelRefusedError as error:
            return Listed(name, folder, name == used, (), str(error))
        trouble = "" if manifests else "it holds no manifest"
        return Listed(name, folder, name == used, manifests, trouble)


def _copied(form: Mapping[str, Any], *, beside: Path, stage: Path, task: str) -> Mapping[str, Any]:
    """Copy one form of a network; what the manifest says of it, under its new name."""
    source, name = beside.with_name(form["file"]), f"{task}.{form['form']}.onnx"
    if not source.is_file():
        refuse(task, f"a file {source.name}", "none that can be read")
    shutil.copyfile(source, stage / name)
    return {**form, "file": name}
