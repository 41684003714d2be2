"""The forms: ground of a search, disposition of an alarm, what authority and urgency ask."""
