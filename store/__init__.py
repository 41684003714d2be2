"""What was read, who may look at it, and the proof of every look.

Machines come in through `store.intake`, people through `store.desks` behind `store.door`.
There is no third way in, so there is nothing else to guard.
"""
