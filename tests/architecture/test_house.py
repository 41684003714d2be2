"""The plan of the house, as tests: what may import what, and how big a room may grow."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("anpr_tui", "cluster", "recognition", "store")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
HEAVY = {"ray", "lancedb", "pyarrow", "cv2", "onnxruntime", "numpy", "sqlite3"}
NAMES_THAT_SAY_NOTHING = {
    "utils",
    "helper",
    "helpers",
    "manager",
    "base",
    "common",
    "misc",
    "service",
}


def _loaded_after(statement: str) -> set[str]:
    """Top-level modules in a fresh interpreter after a statement."""
    code = (
        f"import sys; {statement}; print(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["anpr_tui.console", "anpr_tui.cli", "store.client"])
def test_a_console_process_never_loads_what_is_heavy(module: str) -> None:
    assert _loaded_after(f"import {module}") & HEAVY == set()


def test_recognition_runs_without_ray_the_store_or_a_screen() -> None:
    loaded = _loaded_after("import recognition.recogniser")
    assert loaded & {"ray", "lancedb", "pyarrow", "textual", "store", "cluster"} == set()


def test_the_store_loads_neither_ray_nor_textual_nor_opencv() -> None:
    loaded = _loaded_after("import store.store")
    assert loaded & {"ray", "textual", "cv2", "onnxruntime", "recognition"} == set()


def test_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


def test_no_folder_is_crowded() -> None:
    crowd = Counter(path.parent for path in MODULES if path.name != "__init__.py")
    assert {str(folder.relative_to(ROOT)): n for folder, n in crowd.items() if n > 11} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in MODULES if path.stem in NAMES_THAT_SAY_NOTHING] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.name != "__init__.py"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_module_names_what_it_exports_and_exports_what_it_names(path: Path) -> None:
    tree = ast.parse(path.read_text())
    exported: list[str] = []
    defined: set[str] = set()
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List() as names):
                exported = ast.literal_eval(names)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                defined.add(node.name)
            case ast.Assign(targets=targets):
                defined |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                defined.add(name)
    assert exported, "no __all__"
    assert set(exported) <= defined
