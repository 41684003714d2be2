"""How well plates are found and read, on labelled photos, beside rivals in the same process."""
