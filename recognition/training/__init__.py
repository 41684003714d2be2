"""Training of the two networks. The only room that imports PyTorch (the optional extra `training`)."""
