"""The same network written another way: a machine that multiplies bytes answers sooner."""
