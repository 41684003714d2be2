"""The same network written another way: the answers stay, and a machine of bytes gets to them sooner."""
