"""Days that lie in an object store: sealed here, carried up whole, searched and weeded there.

    address.py   where they go, as the hub wrote it down     keys.py     what opens it
    objects.py   the store's objects, in our own errors       owning.py   fit to forget, and ours
    moved.py     the mark of a day that lies up there         moving.py   up, and down again
    mover.py     the thread that carries days up              leaving.py  gone from there for good

Of a day up there the hub's disk keeps all but its tables: format, durable mark and lines, so that a
search asks the network only who the rows of its page are.
"""
