"""Recognition: pixels to plates. Knows numpy, OpenCV and ONNX Runtime, and nothing else."""

import os

# From 1.29 on the official ONNX Runtime wheel writes a device id into the home folder and reports
# sessions to its maker over the network, unless this is set before its first import. A hub tells
# nobody outside what it runs; `tests/recognition/test_silence.py` holds it to that.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
