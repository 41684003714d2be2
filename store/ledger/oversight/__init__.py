"""What the auditor's desk keeps and looks up: reviews of searches, and the records of a month."""
