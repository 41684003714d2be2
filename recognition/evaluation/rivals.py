"""Two open networks that users could take instead, run on the same photos in the same process.

YuNet finds licence plates (OpenCV zoo, Apache-2.0), CCT-XS reads them (fast-plate-ocr, MIT). Both
are measured, never shipped.
"""

from itertools import product
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from recognition.frame import Image
from recognition.grammar.lattice import Lattice
from recognition.plates import Found

__all__ = ["CctReader", "YuNetDetector"]

_YUNET = "license_plate_detection_lpd_yunet_2023mar.onnx"
_CCT = "cct_xs_v1_global.onnx"


def _session(path: Path, *, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(path, sess_options=options, providers=["CPUExecutionProvider"])


class YuNetDetector:
    """YuNet for licence plates: 320 x 240, four corners out of anchors on four grids."""

    _SIZE = (320, 240)
    _ANCHORS_PX = ((10, 16, 24), (32, 48), (64, 96), (128, 192, 256))
    _STRIDES_PX = (8, 16, 32, 64)
    _CORNERS = (4, 6, 10, 12)
    _THRESHOLD = 0.3

    def __init__(self, peers: Path, *, threads: int) -> None:
        """Open the network in a folder of peers."""
        self._session = _session(peers / _YUNET, threads=threads)
        self._anchors = self._laid_out()

    def _laid_out(self) -> NDArray[np.float32]:
        """(n, 4) of centre and size in pixels, in the order of the outputs."""
        width, height = self._SIZE
        rows, columns = (height + 1) // 2 // 2, (width + 1) // 2 // 2
        anchors = []
        for sizes, stride in zip(self._ANCHORS_PX, self._STRIDES_PX, strict=True):
            rows, columns = rows // 2, columns // 2
            for row, column, size in product(range(rows), range(columns), sizes):
                anchors.append(((column + 0.5) * stride, (row + 0.5) * stride, size, size))
        return np.array(anchors, np.float32)

    def find(self, image: Image) -> list[Found]:
        """The plates of a picture, best first."""
        height, width = image.shape[:2]
        seen = cv2.resize(image, self._SIZE).transpose(2, 0, 1)[np.newaxis].astype(np.float32)
        loc, conf, iou = self._session.run(None, {"input": seen})
        scores = np.sqrt(conf[:, 1] * np.clip(iou[:, 0], 0, 1))
        kept = np.flatnonzero(scores >= self._THRESHOLD)
        anchors = self._anchors[kept]
        corners = np.stack(
            [
                anchors[:, :2] + loc[kept, at : at + 2] * 0.1 * anchors[:, 2:]
                for at in self._CORNERS
            ],
            axis=1,
        ) * np.array([width / self._SIZE[0], height / self._SIZE[1]], np.float32)
        low, high = corners.min(axis=1), corners.max(axis=1)
        boxes = np.hstack([low, high - low])
        order = cv2.dnn.NMSBoxes(boxes.tolist(), scores[kept].tolist(), self._THRESHOLD, 0.3)
        return [Found(corners[index], float(scores[kept][index])) for index in order]


class CctReader:
    """CCT-XS: nine places of 36 characters or none."""

    def __init__(self, peers: Path, *, threads: int) -> None:
        """Open the network in a folder of peers."""
        self._session = _session(peers / _CCT, threads=threads)

    def read(self, patch: Image) -> Lattice:
        """Read one plate patch."""
        seen = cv2.resize(cv2.cvtColor(patch, cv2.COLOR_BGR2RGB), (128, 64))
        (places,) = self._session.run(None, {"input": seen[np.newaxis]})
        slots = np.clip(places[0].astype(np.float64), 1e-6, 1)
        return Lattice(slots / slots.sum(axis=1, keepdims=True))
