"""The console: what hub staff see over SSH, and the `anpr` command."""
