"""What was seen: one folder of LanceDB tables per day of capture (UTC).

    writer.py       the one writer of all days      search.py     how the desks ask them
    days/           one day on disk                 finding/      one question to a day
    months/         which day has which marks       bucket/       sealed days in an object store
    weeding.py      days past their time go         absence.py    and are proven gone
    plates.py       marks as packed numbers         disk.py       bytes that are there for certain

`<archive>/.writer` is held by the one writer; `.bucket` says where sealed days go; `months` holds a
file a month; every other folder is a day.
"""
