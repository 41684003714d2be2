"""Which marks were seen on which days of a month: one file for up to 31 sealed days.

    month.py     the file        covering.py  days in and out of it       expecting.py  whom to ask

A search over a year asks twelve files what it would have to ask 365 days, and then only those days
that have an answer. The file is made of the lines of its days and says nothing that they do not:
a day that is not in it is asked itself, and a file that is lost is made again when the hub starts.

A day is taken out of it, on disk for certain, before the day may change or go: no mark is here
that is not in a day.
"""
