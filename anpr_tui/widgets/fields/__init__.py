"""Places of a form: one line of text, a secret, a choice, a closed list, a button."""
