"""The same weights in other forms: eight bits for CPUs, half precision for graphics cards.

Needs the package `onnx` of the extra `training`, and no PyTorch.
"""
