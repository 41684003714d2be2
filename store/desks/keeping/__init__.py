"""The desks of what must stay and what must go before its time: holds and erasures."""
