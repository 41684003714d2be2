"""What outlives its day and what leaves it before its time: shelves of evidence, and erasure."""
