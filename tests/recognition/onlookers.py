"""Packs with our detector and reader, and a network that looks again and always says the same."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recognition.models import SHIPPED
from tests.recognition.packs.tiny_onnx import constant_network

__all__ = ["with_onlooker"]


def with_onlooker(folder: Path, task: str, answers: NDArray[np.float32]) -> Path:
    """Put such a pack into a folder.

    Args:
        folder: Where.
        task: Of the network: "plate_check" or "plate_outline".
        answers: (batch, ...): what it says, whatever it is shown.

    Returns:
        The folder.
    """
    for name in ("plate_detector", "plate_ocr"):
        for file in SHIPPED.glob(f"{name}*"):
            shutil.copy(file, folder)
    data = constant_network({"said": answers}, shape=(len(answers), 3, 8, 16), dtype="uint8")
    (folder / f"{task}.onnx").write_bytes(data)
    told = {
        "task": task,
        "sha256": hashlib.sha256(data).hexdigest(),
        "opset": 17,
        "input": {"name": "input", "dtype": "uint8", "height": 8, "width": 16},
        "outputs": ["said"],
    }
    (folder / f"{task}.json").write_text(json.dumps(told))
    return folder
