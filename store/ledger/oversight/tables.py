"""Tables of the auditor's desk."""

__all__ = ["TABLES"]

TABLES = """
CREATE TABLE review (              -- what became of a search that was drawn (S-63)
    month       TEXT NOT NULL,
    seq         INTEGER NOT NULL,  -- record of the search
    outcome     TEXT NOT NULL CHECK (outcome IN ('fair', 'asked', 'finding')),
    category    TEXT NOT NULL,
    note        TEXT NOT NULL,
    told        TEXT NOT NULL,
    reviewed_by TEXT NOT NULL,
    reviewed_us INTEGER NOT NULL,
    answer      TEXT NOT NULL DEFAULT '',
    answered_us INTEGER,
    PRIMARY KEY (month, seq)
) STRICT, WITHOUT ROWID;
"""
