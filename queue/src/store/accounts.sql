-- The secrets of the staff's accounts, version 2: a file of its own, which only the console's user reads. Who an account is and
-- what it may do stands in antrean.db; a row here holds only while the digest of it stands there, so that neither file can be
-- changed alone. A row is written before the event that names it: a cut in between leaves the one before in force.

-- A secret: what a person knows, or what a browser or a script carries.
CREATE TABLE secret (
    digest   BLOB PRIMARY KEY CHECK (length(digest) = 32),    -- SHA-256 of salt, kind and content
    salt     BLOB NOT NULL CHECK (length(salt) = 16),         -- random
    kind     TEXT NOT NULL CHECK (kind IN ('person', 'code', 'browser', 'login')),
    password TEXT,                                            -- of a person: a PHC string with its own parameters
    pin      TEXT,                                            -- the same of the PIN
    key      BLOB CHECK (length(key) = 32),                   -- SHA-256 of the one-time code, cookie or token
    CHECK ((kind = 'person') = (password IS NOT NULL AND pin IS NOT NULL)),
    CHECK ((kind = 'person') = (key IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX secret_key ON secret (key) WHERE key IS NOT NULL;

-- When somebody last did something with a login or token, to the minute, and from where.
CREATE TABLE seen (
    login     INTEGER PRIMARY KEY,
    at_ms     INTEGER NOT NULL,                               -- by the three clocks of event
    boot      INTEGER NOT NULL,
    uptime_ms INTEGER NOT NULL,
    address   TEXT                                            -- NULL is not known: version 1 did not keep it
) STRICT;

-- Where a person has signed in: who guesses elsewhere never delays her there.
CREATE TABLE familiar (
    person  INTEGER NOT NULL,
    browser INTEGER NOT NULL,                                 -- as in guess
    origin  TEXT NOT NULL,
    PRIMARY KEY (person, browser, origin)
) STRICT, WITHOUT ROWID;

-- Wrong passwords, PINs and codes in a row; what was typed is not kept. A success deletes the row, and so does a day.
CREATE TABLE guess (
    person    INTEGER NOT NULL,                               -- below 0: an account that does not exist, one of 65,536 for all their names
    browser   INTEGER NOT NULL,                               -- 0: a browser that is not enrolled
    origin    TEXT NOT NULL,                                  -- where such a browser guessed from; empty of an enrolled one
    failed    INTEGER NOT NULL CHECK (failed >= 1),
    at_ms     INTEGER NOT NULL,                               -- the last one, by the three clocks of event
    boot      INTEGER NOT NULL,
    uptime_ms INTEGER NOT NULL,
    PRIMARY KEY (person, browser, origin)
) STRICT;
