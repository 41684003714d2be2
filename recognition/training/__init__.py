"""Training of the two networks; the only room that imports PyTorch (optional extra `training`)."""
