"""What the outputs of others' plate detectors mean: corners and scores, in pixels of the network.

YuNet LPD is OpenCV zoo's, end-to-end YOLO is the form in which open-image-models publishes.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.packs.manifest import YUNET_LPD, Manifest, refuse

__all__ = ["detections_of"]

Outputs = Sequence[NDArray[np.float32]]
Seen = tuple[NDArray[np.float32], NDArray[np.float32]]

_ANCHORS_PX = ((10, 16, 24), (32, 48), (64, 96), (128, 192, 256))
_STRIDES_PX = (8, 16, 32, 64)
_CORNERS = (4, 6, 10, 12)
"""Columns of YuNet's offsets to the corners: top left, top right, bottom right, bottom left."""
_CENTRE_VARIANCE = 0.1
_SAME = 0.3
"""Two of YuNet's boxes with a larger intersection over union are one plate, as its demo has it."""


def detections_of(outputs: Outputs, *, manifest: Manifest) -> Seen:
    """Plates in the outputs of one run, from the threshold of the pack up.

    Args:
        outputs: As the manifest orders them.
        manifest: Of a detector that is not ours.

    Returns:
        Corners (n, 4, 2) in pixels of the network, and scores (n,).

    Raises:
        ModelRefusedError: The outputs have another shape than their decode has.
    """
    decode = _yunet if manifest.decode == YUNET_LPD else _end2end
    return decode(outputs, manifest=manifest)


def _yunet(outputs: Outputs, *, manifest: Manifest) -> Seen:
    anchors = _anchors(manifest.input.width_px, manifest.input.height_px)
    expected = tuple((len(anchors), columns) for columns in (14, 2, 1))
    found = tuple(output.shape for output in outputs)
    if found != expected:
        refuse(manifest.task, f"outputs of {_shapes(expected)}", _shapes(found))
    offsets, classes, iou = outputs
    scores = np.sqrt(classes[:, 1] * np.clip(iou[:, 0], 0, 1))
    kept = np.flatnonzero(scores >= manifest.threshold)
    centres, sizes = anchors[kept, :2], anchors[kept, 2:]
    moved = [centres + offsets[kept, at : at + 2] * _CENTRE_VARIANCE * sizes for at in _CORNERS]
    corners = np.stack(moved, axis=1).astype(np.float32)
    low, high = corners.min(axis=1), corners.max(axis=1)
    boxes = np.hstack([low, high - low]).tolist()
    order = cv2.dnn.NMSBoxes(boxes, scores[kept].tolist(), manifest.threshold, _SAME)
    best = np.array(order, np.intp).reshape(-1)
    return corners[best], scores[kept][best]


@lru_cache(maxsize=8)
def _anchors(width: int, height: int) -> NDArray[np.float32]:
    """(n, 4) of centre and size in pixels, in the order of the outputs."""
    rows, columns = (height + 1) // 2 // 2, (width + 1) // 2 // 2
    anchors = []
    for sizes, stride in zip(_ANCHORS_PX, _STRIDES_PX, strict=True):
        rows, columns = rows // 2, columns // 2
        for row, column, size in product(range(rows), range(columns), sizes):
            anchors.append(((column + 0.5) * stride, (row + 0.5) * stride, size, size))
    return np.array(anchors, np.float32).reshape(-1, 4)


def _end2end(outputs: Outputs, *, manifest: Manifest) -> Seen:
    """Rows of [picture, box, class, score], or of [box, score, class]; a box is two corners."""
    rows = outputs[0]
    if rows.shape[-1] not in (6, 7) or rows.ndim not in (2, 3):
        refuse(manifest.task, "an output of n x 6 or n x 7", _shapes([rows.shape]))
    rows = rows.reshape(-1, rows.shape[-1])
    box, score = (slice(1, 5), 6) if rows.shape[1] == 7 else (slice(0, 4), 4)
    rows = rows[rows[:, score] >= manifest.threshold]
    left, top, right, bottom = rows[:, box].T
    corners = np.stack([left, top, right, top, right, bottom, left, bottom], axis=-1)
    return corners.reshape(-1, 4, 2), rows[:, score]


def _shapes(shapes: Sequence[tuple[int, ...]]) -> str:
    return ", ".join(" x ".join(map(str, shape)) for shape in shapes)
