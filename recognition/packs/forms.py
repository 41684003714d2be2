"""Which form of a model runs here, and why: eight bits where the machine multiplies bytes fast.

On a CPU with VNNI the eight-bit form takes less than half the time and reads as well
(docs/adr/0011-eight-bits-where-the-processor-multiplies-bytes.md).
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from recognition.packs.manifest import FLOAT, FP16, INT8, Manifest

__all__ = ["Choice", "form_for", "multiplies_bytes"]

_CPU = "CPUExecutionProvider"
_CARDS = ("TensorrtExecutionProvider", "CUDAExecutionProvider")
_CPUINFO = Path("/proc/cpuinfo")
_VNNI = frozenset({"avx512_vnni", "avx_vnni"})


@dataclass(frozen=True, slots=True)
class Choice:
    """The form that runs.

    Attributes:
        manifest: What the pack says of it.
        why: A few words for whoever asks.
    """

    manifest: Manifest
    why: str


def form_for(manifest: Manifest, *, provider: str, wish: str | None = None) -> Choice:
    """Choose the form of a model.

    Args:
        manifest: Of the model.
        provider: What will run it.
        wish: A form that somebody asks for; None to choose.

    Raises:
        ModelRefusedError: The pack has no such form.
    """
    if wish is not None:
        return Choice(manifest.as_form(wish), "asked for")
    best, why = _best(provider)
    if best == FLOAT or any(form.name == best for form in manifest.forms):
        return Choice(manifest.as_form(best), why)
    return Choice(manifest, f"the pack has no {best} form")


def _best(provider: str) -> tuple[str, str]:
    if provider in _CARDS:
        return FP16, "a graphics card runs half precision faster"
    if provider != _CPU:
        return FLOAT, "no other form was measured there"
    if multiplies_bytes():
        return INT8, "this CPU multiplies bytes (VNNI)"
    return FLOAT, "this CPU has no VNNI"


@lru_cache(maxsize=1)
def multiplies_bytes() -> bool:
    """Whether the CPU has the instructions that make eight-bit networks worth while."""
    try:
        lines = _CPUINFO.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # no Linux: the float form runs everywhere
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return not _VNNI.isdisjoint(flags.split())
