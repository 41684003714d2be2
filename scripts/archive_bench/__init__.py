"""A force's traffic, made up, and the same questions put to our archive and to its rivals."""
