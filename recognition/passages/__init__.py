"""One vehicle over the frames it is seen in: which plate is which, its way, and its pictures."""
