"""The desks about staff themselves: signing on, proving who one is, the register, own vehicles."""
