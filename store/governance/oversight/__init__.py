"""Rules of the auditor's desk, pure: what is drawn, what is flagged, what is published."""
