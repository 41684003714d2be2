"""How fast and how small the pipeline is, beside rivals in turn on the same frames."""
