"""Recognition: pixels to plates. Knows numpy, OpenCV and ONNX Runtime, and nothing else."""
