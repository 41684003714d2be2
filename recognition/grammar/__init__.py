"""From what may stand on a plate to one mark: lattices, formats, the grammar over both."""
