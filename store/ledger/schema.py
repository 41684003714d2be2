"""The tables of the ledger, and the check that a file is one of ours."""

import sqlite3

from store.errors import CorruptError, UnavailableError
from store.ledger.access import tables as access
from store.ledger.oversight import tables as oversight

__all__ = ["APPLICATION_ID", "VERSION", "prepare"]

APPLICATION_ID = 0x414E5052
"""What the file header says: "ANPR"."""

VERSION = 7
"""Version of the tables below, `_TABLES` being those of version 2."""

_TABLES = """
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    salt    BLOB NOT NULL,
    body    TEXT,                  -- NULL once weeded; the digest stays
    digest  BLOB NOT NULL,
    hash    BLOB NOT NULL
) STRICT;

CREATE TABLE audit_tip (           -- what the newest record must be: shows a chain cut short
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    seq     INTEGER NOT NULL,
    hash    BLOB NOT NULL
) STRICT;

CREATE TABLE staff (
    staff_id    TEXT PRIMARY KEY,
    role        TEXT NOT NULL,
    name        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'left')),
    role_state  TEXT NOT NULL CHECK (role_state IN ('reviewed', 'changed_unreviewed')),
    training_until_us INTEGER,     -- NULL: no training on record
    rank        TEXT NOT NULL,
    also_holds  TEXT NOT NULL,     -- a second role that counts against the first
    review_due_us INTEGER,
    key_line    TEXT NOT NULL DEFAULT '',  -- the public half, as sshd reads it
    key_fingerprint TEXT NOT NULL DEFAULT '',
    enrolled_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX staff_key ON staff (key_fingerprint) WHERE key_fingerprint != '';

CREATE TABLE staff_factor (        -- how somebody proves that it is them
    staff_id    TEXT PRIMARY KEY REFERENCES staff,
    passphrase  TEXT NOT NULL,     -- argon2id, with its parameters and salt
    factor_id   TEXT NOT NULL UNIQUE,
    seed        BLOB NOT NULL,     -- sealed: no reader of the file can make codes
    last_step   INTEGER NOT NULL,  -- the code of this half minute, and every older one, is used
    failures    INTEGER NOT NULL
) STRICT;

CREATE TABLE post (                -- posts are data (S-6)
    post        TEXT NOT NULL,
    staff_id    TEXT NOT NULL REFERENCES staff,
    since_us    INTEGER NOT NULL,
    PRIMARY KEY (post, staff_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE staff_change (        -- proposed by one person, signed by another
    change_no   INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    staff_id    TEXT NOT NULL,
    body        TEXT NOT NULL,     -- what is to be, JSON
    proposed_by TEXT NOT NULL,
    proposed_us INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'signed', 'refused')),
    settled_by  TEXT NOT NULL DEFAULT '',
    settled_us  INTEGER,
    why         TEXT NOT NULL DEFAULT '',
    word        BLOB,              -- SHA-256 of the word that lets credentials be made, once
    CHECK ((state = 'pending') = (settled_us IS NULL)),
    CHECK (settled_by NOT IN (proposed_by, staff_id) OR state = 'refused')
) STRICT;

CREATE TABLE camera (
    camera_id   TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    controller  TEXT NOT NULL,
    latitude    REAL,
    longitude   REAL,
    kind        TEXT NOT NULL
) STRICT;

CREATE TABLE heartbeat (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    beat_us     INTEGER NOT NULL,
    cluster     TEXT NOT NULL,
    cameras_up  INTEGER NOT NULL,
    reads       INTEGER NOT NULL,
    last_read_us INTEGER
) STRICT;

CREATE TABLE list (                -- the version of each list that is in force
    list_name   TEXT PRIMARY KEY,
    version     INTEGER NOT NULL,
    sequence    INTEGER,           -- the sender's own number, where it has one
    loaded_us   INTEGER NOT NULL,
    entries     INTEGER NOT NULL
) STRICT;

CREATE TABLE entry (
    list_name   TEXT NOT NULL REFERENCES list,
    entry_id    TEXT NOT NULL,
    vrm         TEXT NOT NULL,
    weeds_us    INTEGER NOT NULL,
    body        TEXT NOT NULL,     -- the whole entry as JSON
    PRIMARY KEY (list_name, entry_id, vrm)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (            -- every file that came, loaded or refused
    delivery_no INTEGER PRIMARY KEY,
    list_name   TEXT NOT NULL,
    file_name   TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    at_us       INTEGER NOT NULL,
    outcome     TEXT NOT NULL,     -- load, load_with_note, refuse:CODE
    version     INTEGER,           -- in force afterwards
    entries     INTEGER NOT NULL,  -- in force afterwards
    note        TEXT NOT NULL
) STRICT;

CREATE TABLE delivery_row (        -- what was wrong, row by row; good rows are only counted
    delivery_no INTEGER NOT NULL REFERENCES delivery,
    row_no      INTEGER NOT NULL,
    error       TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    meaning     TEXT NOT NULL,
    PRIMARY KEY (delivery_no, row_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE alarm (
    alarm_no    INTEGER PRIMARY KEY AUTOINCREMENT,
    seq         INTEGER NOT NULL UNIQUE,
    list_name   TEXT NOT NULL,
    entry_id    TEXT NOT NULL,
    entry_vrm   TEXT NOT NULL,
    entry       TEXT NOT NULL,     -- as it was when it was last met, JSON
    priority    TEXT NOT NULL,
    rank        INTEGER NOT NULL,  -- of the priority: 3 High, 2 Medium, 1 Low
    certainty   TEXT NOT NULL,
    read_id     TEXT NOT NULL,
    camera_id   TEXT NOT NULL,
    vrm         TEXT NOT NULL,
    confidence  REAL NOT NULL,
    captured_us INTEGER NOT NULL,
    raised_us   INTEGER NOT NULL,
    sights      INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('new', 'acknowledged', 'actioned')),
    acknowledged_by TEXT NOT NULL DEFAULT '',
    acknowledged_us INTEGER,
    decision    TEXT,
    resource    TEXT NOT NULL DEFAULT '',
    log_ref     TEXT NOT NULL DEFAULT '',
    why         TEXT NOT NULL DEFAULT '',
    decided_by  TEXT NOT NULL DEFAULT '',
    decided_us  INTEGER,
    CHECK ((state = 'actioned') = (decision IS NOT NULL)),
    CHECK (state != 'acknowledged' OR acknowledged_by != '')
) STRICT;
CREATE UNIQUE INDEX alarm_open ON alarm (list_name, entry_id, entry_vrm)
    WHERE state != 'actioned';     -- one unanswered alarm a vehicle and entry, never two
CREATE INDEX alarm_board ON alarm (rank, captured_us) WHERE state != 'actioned';
CREATE INDEX alarm_answered ON alarm (captured_us) WHERE state = 'actioned';
CREATE INDEX alarm_raised ON alarm (raised_us);

CREATE VIEW alarm_shown AS
    SELECT alarm.*, coalesce(camera.name, alarm.camera_id) AS camera_name
    FROM alarm LEFT JOIN camera USING (camera_id);

CREATE TABLE alarm_seq (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    seq     INTEGER NOT NULL
) STRICT;

CREATE TABLE sight (               -- a read on an entry: a replay of it changes nothing
    read_id     TEXT NOT NULL,
    list_name   TEXT NOT NULL,
    entry_id    TEXT NOT NULL,
    entry_vrm   TEXT NOT NULL,
    alarm_no    INTEGER NOT NULL REFERENCES alarm,
    settled     INTEGER NOT NULL,  -- 0 a first sight, 1 the whole passage
    camera_id   TEXT NOT NULL,
    captured_us INTEGER NOT NULL,
    vrm         TEXT NOT NULL,
    certainty   TEXT NOT NULL,
    confidence  REAL NOT NULL,
    direction   TEXT NOT NULL,
    PRIMARY KEY (read_id, list_name, entry_id, entry_vrm)
) STRICT, WITHOUT ROWID;
CREATE INDEX sight_alarm ON sight (alarm_no, captured_us);
CREATE VIEW sight_shown AS
    SELECT sight.*, coalesce(camera.name, sight.camera_id) AS camera_name
    FROM sight LEFT JOIN camera USING (camera_id);
"""

_SINCE = {
    3: """
CREATE TABLE clock (               -- the newest moment that is known to have been
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    seen_us INTEGER NOT NULL
) STRICT;
INSERT INTO clock SELECT 1, beat_us FROM heartbeat;

CREATE TABLE hold (                -- reads kept as evidence (S-75)
    hold_no     INTEGER PRIMARY KEY AUTOINCREMENT,
    case_ref    TEXT NOT NULL,
    authority   TEXT NOT NULL,
    set_by      TEXT NOT NULL,
    set_us      INTEGER NOT NULL,
    review_us   INTEGER NOT NULL,
    released_us INTEGER            -- NULL while it holds
) STRICT;

CREATE TABLE hold_name (           -- what a hold keeps: a read, or a vehicle for a time
    hold_no     INTEGER NOT NULL REFERENCES hold,
    read_id     TEXT,
    fold        TEXT,
    since_us    INTEGER,
    until_us    INTEGER,
    CHECK ((read_id IS NULL) != (fold IS NULL)),
    CHECK (fold IS NULL OR since_us < until_us)
) STRICT;
CREATE INDEX hold_names ON hold_name (hold_no);

CREATE TABLE held_read (           -- what lies on the shelf of a hold for certain
    hold_no     INTEGER NOT NULL REFERENCES hold,
    read_id     TEXT NOT NULL,
    captured_us INTEGER NOT NULL,
    PRIMARY KEY (hold_no, read_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE erasing (             -- reads that an erasure has begun to remove
    read_id     TEXT PRIMARY KEY,
    day         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (              -- what was loaded; the newest is in force
    policy_no   INTEGER PRIMARY KEY AUTOINCREMENT,
    version     TEXT NOT NULL UNIQUE,
    sha256      TEXT NOT NULL,
    text        TEXT NOT NULL,
    signature   BLOB NOT NULL,
    loaded_by   TEXT NOT NULL,
    loaded_us   INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_vehicle (       -- of members of staff and their households; no desk shows it
    staff_id    TEXT NOT NULL REFERENCES staff,
    fold        TEXT NOT NULL,
    relation    TEXT NOT NULL CHECK (relation IN ('own', 'household')),
    PRIMARY KEY (fold, staff_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX alarm_taken ON alarm (acknowledged_by) WHERE acknowledged_by != '';
CREATE INDEX alarm_decided ON alarm (decided_by) WHERE decided_by != '';

CREATE TABLE erased (              -- by which a read that came back would be known
    day         TEXT NOT NULL,
    salt        BLOB NOT NULL,
    digest      BLOB NOT NULL,
    PRIMARY KEY (day, digest)
) STRICT, WITHOUT ROWID;
""",
    4: access.TABLES + oversight.TABLES,
    5: access.LIFTED,
    6: access.POSTS,
    7: """
ALTER TABLE alarm ADD COLUMN ground TEXT NOT NULL DEFAULT '';  -- on what a unit was sent, JSON
ALTER TABLE list ADD COLUMN ground TEXT NOT NULL DEFAULT '';   -- on what somebody loaded it, JSON
""",
}
"""What a later version added to the tables of the oldest, by that version."""

_OLDEST = 2
"""Files of this version and later ones are brought up to date."""

_FIRST_ROWS = """
INSERT INTO audit_tip VALUES (1, 0, zeroblob(32));
INSERT INTO alarm_seq VALUES (1, 0);
"""


def prepare(db: sqlite3.Connection) -> None:
    """Make the tables in an empty file, or check that they are ours and bring them up to date.

    Call it under the ledger's lock.

    Raises:
        CorruptError: The file is a database of something else.
        UnavailableError: It was written by a later version of the hub, or by one too old.
    """
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if not tables and not application:
        _advance(db, _TABLES + _FIRST_ROWS, version=_OLDEST)
        return
    if application != APPLICATION_ID:
        raise CorruptError(
            "The ledger was not opened: the file is a database of another program. "
            "Point the hub at its own state folder, or move that file away."
        )
    if not _OLDEST <= version <= VERSION:
        raise UnavailableError(
            f"The ledger was not opened: its tables are version {version} and this program knows "
            f"version {VERSION}. Start the version of the hub that wrote it; nothing was changed."
        )
    if version < VERSION:
        _advance(db, "", version=version)


def _advance(db: sqlite3.Connection, script: str, *, version: int) -> None:
    """Run a script that makes a version, and add what later versions have, all or nothing."""
    added = "".join(tables for number, tables in sorted(_SINCE.items()) if number > version)
    db.executescript(
        f"BEGIN IMMEDIATE;{script}{added}"
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
    )
