"""One day of capture on disk: its folder, its rows, its keys, and what of it is there for certain.

    <archive>/2026-11-22/format       what wrote this folder
                        /durable      table versions that are on disk for certain
                        /manifests    a copy of those of these versions
                        /reads.lance  marks, times, places
                        /pictures.lance
                        /plates.keys, plates.tail      distinct plates of the day, packed
                        /read_ids.keys, read_ids.tail  first halves of its read ids
                        /lines        in the place of the key files, once the day is sealed

A LanceDB commit makes no fsync: what it added counts as stored only when `durable` says so, and
until then the spool still holds it. Key files may hold more than the tables, never less.
"""
