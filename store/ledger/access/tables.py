"""The tables of requests, signatures and grants.

What was frozen, and what has ended, cannot be changed by any statement: triggers refuse it.
"""

__all__ = ["LIFTED", "POSTS", "TABLES"]

TABLES = """
CREATE TABLE access_seq (          -- rises with every change of a request or grant
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    seq         INTEGER NOT NULL
) STRICT;
INSERT INTO access_seq VALUES (1, 0);

CREATE TABLE access_request (
    request_no  INTEGER PRIMARY KEY AUTOINCREMENT,
    seq         INTEGER NOT NULL UNIQUE,
    requester   TEXT NOT NULL REFERENCES staff,
    scope       TEXT NOT NULL,     -- what for, JSON
    purpose     TEXT NOT NULL,     -- purpose and category as the rule book's keys
    category    TEXT NOT NULL,
    reference   TEXT NOT NULL,
    reason      TEXT NOT NULL,
    capability  TEXT NOT NULL,
    authority   TEXT NOT NULL CHECK (authority != ''),
    authorisers INTEGER NOT NULL CHECK (authorisers > 0),
    life_s      INTEGER NOT NULL,
    searches    INTEGER NOT NULL CHECK (searches > 0),
    code        TEXT NOT NULL,
    digest      TEXT NOT NULL,     -- what authorisers sign
    urgent      TEXT,              -- the order it rests on, JSON; NULL where it is not urgent
    estimate    INTEGER NOT NULL,  -- reads it would show, for whoever may sign it
    asked_us    INTEGER NOT NULL,
    asked_ticks_s REAL NOT NULL,   -- since the machine started; no clock setting moves it
    asked_boot  TEXT NOT NULL,
    lapses_us   INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'authorised', 'refused', 'withdrawn',
                'lapsed', 'urgent', 'ratified', 'not_ratified')),
    settled_us  INTEGER,
    settled_by  TEXT NOT NULL DEFAULT '',
    why         TEXT NOT NULL DEFAULT '',
    CHECK ((state IN ('pending', 'urgent')) = (settled_us IS NULL)),
    CHECK ((urgent IS NULL) = (state NOT IN ('urgent', 'ratified', 'not_ratified')))
) STRICT;
CREATE INDEX access_of ON access_request (requester, request_no);
CREATE INDEX access_open ON access_request (request_no) WHERE state IN ('pending', 'urgent');

CREATE TABLE access_signature (    -- one person, key and second factor once a request
    request_no  INTEGER NOT NULL REFERENCES access_request,
    staff_id    TEXT NOT NULL REFERENCES staff,
    role        TEXT NOT NULL,
    rank        TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL CHECK (key_fingerprint != ''),
    factor_id   TEXT NOT NULL CHECK (factor_id != ''),
    digest      TEXT NOT NULL,
    proportionate TEXT NOT NULL,
    justified   TEXT NOT NULL,
    signed_us   INTEGER NOT NULL,
    PRIMARY KEY (request_no, staff_id),
    UNIQUE (request_no, key_fingerprint),
    UNIQUE (request_no, factor_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_grant (
    grant_no    INTEGER PRIMARY KEY AUTOINCREMENT,
    request_no  INTEGER NOT NULL UNIQUE REFERENCES access_request,
    began_us    INTEGER NOT NULL,
    began_ticks_s REAL NOT NULL,
    began_boot  TEXT NOT NULL,
    expires_us  INTEGER NOT NULL,
    used        INTEGER NOT NULL CHECK (used >= 0),
    searches    INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('live', 'expired', 'revoked', 'exhausted')),
    settled_us  INTEGER,
    settled_by  TEXT NOT NULL DEFAULT '',
    why         TEXT NOT NULL DEFAULT '',
    CHECK (used <= searches),
    CHECK ((state = 'live') = (settled_us IS NULL))
) STRICT;
CREATE INDEX access_live ON access_grant (request_no) WHERE state = 'live';

CREATE TRIGGER access_request_frozen BEFORE UPDATE ON access_request
WHEN old.state NOT IN ('pending', 'urgent') AND (old.state IS NOT new.state
    OR old.settled_us IS NOT new.settled_us OR old.settled_by IS NOT new.settled_by
    OR old.why IS NOT new.why)
BEGIN SELECT RAISE(ABORT, 'a request that has ended changed'); END;
CREATE TRIGGER access_scope_frozen BEFORE UPDATE OF requester, scope, purpose, category, reference,
    reason, capability, authority, authorisers, life_s, searches, code, digest, urgent
ON access_request
BEGIN SELECT RAISE(ABORT, 'a scope that was frozen changed'); END;
CREATE TRIGGER access_grant_frozen BEFORE UPDATE ON access_grant WHEN old.state != 'live'
BEGIN SELECT RAISE(ABORT, 'a grant that has ended changed'); END;
CREATE TRIGGER access_grant_ends BEFORE UPDATE OF began_us, began_ticks_s, began_boot, expires_us,
    searches ON access_grant
BEGIN SELECT RAISE(ABORT, 'the life of a grant changed'); END;
"""

LIFTED = """
CREATE TABLE urgent_lifted (       -- an officer whose urgent use had stopped may use it again
    request_no  INTEGER PRIMARY KEY REFERENCES access_request,
    lifted_by   TEXT NOT NULL REFERENCES staff,
    key_fingerprint TEXT NOT NULL CHECK (key_fingerprint != ''),
    factor_id   TEXT NOT NULL CHECK (factor_id != ''),
    necessity   TEXT NOT NULL,
    proportionality TEXT NOT NULL,
    lifted_us   INTEGER NOT NULL
) STRICT;
CREATE TRIGGER urgent_lifted_frozen BEFORE UPDATE ON urgent_lifted
BEGIN SELECT RAISE(ABORT, 'what was lifted changed'); END;
"""
"""Since version 5."""

POSTS = """
ALTER TABLE access_signature ADD COLUMN post TEXT NOT NULL DEFAULT '';  -- that it was signed as
"""
"""Since version 6."""
