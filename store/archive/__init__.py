"""What was seen: one folder of LanceDB tables per day of capture (UTC).

    writer.py       the one writer of all days      search.py     how the desks ask them
    days/           one day on disk                 finding/      one question to a day
    months/         which day has which marks
    weeding.py      days past their time go         absence.py    and are proven gone
    plates.py       marks as packed numbers         disk.py       bytes that are there for certain

`<archive>/.writer` is held by the one writer; `months` holds a file a month; every other
folder is a day.
"""
