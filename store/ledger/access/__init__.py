"""Requests for authority and the grants they give: decided once, in one transaction each.

`requests` asks, signs, refuses, withdraws; `urgent` takes an order and its ratification; `grants`
says what is at hand and counts its uses; `signing` holds a signer to the rule book; `sweeping`
ends what time has ended; `rows` is how they are kept.
"""
