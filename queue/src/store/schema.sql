-- The database of one office. It holds no applicant's name, no NIK, no birth date and no biometrics: nothing here says who
-- somebody is. The staff's accounts have the names that the office chose for them.
--
-- The journal (event) is what happened; office, day, ticket and application are where that has led, and are always the
-- fold of the journal. Papers and the printer's row follow devices, which nobody decides.
-- Moments are not repeated: a row names the event, the event has the clocks.
-- A partial index serves only a query that repeats its WHERE word for word: old days then cost nothing.
-- Words in CHECKs are those of the code (queue/src/words.rs has what people say for them).

-- Whose database this is, and what holds for the whole office. One row.
CREATE TABLE office (
    only             INTEGER PRIMARY KEY CHECK (only = 1),
    code             TEXT NOT NULL,                           -- office.code of office.toml; with event.seq unique in the world
    network_down_seq INTEGER REFERENCES event (seq),          -- the event that marked the network as disturbed; NULL is normal (S26)
    help_seq         INTEGER REFERENCES event (seq),          -- somebody at the kiosk asked for an officer; NULL when answered
    volume           INTEGER NOT NULL DEFAULT 100 CHECK (volume BETWEEN 0 AND 100)  -- of board and kiosk
) STRICT;

-- The office.toml last in use, for a start at which the file is refused. One row, once it was read.
CREATE TABLE used (
    only        INTEGER PRIMARY KEY CHECK (only = 1),
    office_toml TEXT NOT NULL
) STRICT;

-- A service day: opened by a person who confirms its date, closed at the end. Numbers restart with it.
CREATE TABLE day (
    id         INTEGER PRIMARY KEY,
    date       TEXT NOT NULL UNIQUE CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),  -- as the person confirmed it
    opened_seq INTEGER NOT NULL REFERENCES event (seq) DEFERRABLE INITIALLY DEFERRED,  -- the event that first opened it: all of its events have this number or a later one
    closed_seq INTEGER REFERENCES event (seq)                 -- the event that closed it; NULL while it is open
) STRICT;
CREATE UNIQUE INDEX day_one_open ON day (closed_seq IS NULL) WHERE closed_seq IS NULL;

-- What happened, one row per change, appended in the transaction of the change, never altered.
CREATE TABLE event (
    seq       INTEGER PRIMARY KEY,                            -- the only order there is
    day       INTEGER REFERENCES day (id),                    -- the day open at that time, or the last one; NULL before the first
    at_ms     INTEGER NOT NULL,                               -- wall clock, ms since 1970 UTC; may jump
    boot      INTEGER NOT NULL,                               -- which boot uptime_ms counts from
    uptime_ms INTEGER NOT NULL,                               -- boot clock; the only one that measures
    by        TEXT NOT NULL,                                  -- device or clerk
    command   TEXT NOT NULL,                                  -- the wish this belongs to; repeated wishes change nothing
    part      INTEGER NOT NULL,                               -- 0 is the wish itself, 1… what followed from it
    action    TEXT NOT NULL,                                  -- the word that button and route share
    ticket    INTEGER REFERENCES ticket (id) DEFERRABLE INITIALLY DEFERRED,
    case_id   INTEGER REFERENCES application (id) DEFERRABLE INITIALLY DEFERRED,
    stage     TEXT,                                           -- the stage the ticket was in
    counter   INTEGER,                                        -- the counter that did it
    priority  INTEGER CHECK (priority IN (0, 1)),             -- the ticket's, for the policy and the reports
    waited_ms INTEGER CHECK (waited_ms >= 0),                 -- of a call: time in the queue; NULL when a restart made it unknown
    served_ms INTEGER CHECK (served_ms >= 0),                 -- of an act that completes a stage: time at the counter
    detail    TEXT NOT NULL CHECK (json_valid(detail)),       -- all that is needed to do it again (journal.rs)
    chain     BLOB NOT NULL CHECK (length(chain) = 32),       -- SHA-256 of the chain so far and this row: shows tampering
    UNIQUE (command, part)
) STRICT;
CREATE INDEX event_call ON event (day, seq) WHERE action IN ('call', 'call-chosen', 'recall');
CREATE INDEX event_served ON event (stage, seq) WHERE served_ms IS NOT NULL;
CREATE INDEX event_ticket ON event (ticket, seq);
CREATE INDEX event_case ON event (case_id, seq) WHERE case_id IS NOT NULL;
-- A report dates these by the clock, which may be wrong: the event may lie on any service day.
CREATE INDEX event_card ON event (at_ms, case_id) WHERE action IN ('hold-case', 'make-ready', 'collect', 'send-to-village');

-- An application (permohonan): lives for days or months under its receipt number.
CREATE TABLE application (
    id           INTEGER PRIMARY KEY,
    receipt_year INTEGER NOT NULL CHECK (receipt_year BETWEEN 0 AND 99),
    receipt_n    INTEGER NOT NULL CHECK (receipt_n BETWEEN 1 AND 999999),
    service      TEXT NOT NULL,                               -- key of office.toml
    opened_seq   INTEGER NOT NULL REFERENCES event (seq),     -- when the file was found complete
    changed_seq  INTEGER NOT NULL REFERENCES event (seq),     -- the last event
    village      TEXT,                                        -- where the card is collected; NULL is the office (C3)
    recorded_on  TEXT,                                        -- the date the printing limits count from (C2)
    state        TEXT NOT NULL CHECK (state IN ('verified', 'recorded', 'onhold', 'printed', 'ready',
                                                'collected', 'senttovillage', 'cancelled', 'referred')),
    detail       TEXT NOT NULL CHECK (json_valid(detail)),    -- the state's own data: hold reason, who collected, which village
    UNIQUE (receipt_year, receipt_n),
    CHECK (state NOT IN ('recorded', 'onhold', 'printed', 'ready', 'collected', 'senttovillage') OR recorded_on IS NOT NULL)
) STRICT;
CREATE INDEX application_state ON application (state, changed_seq);

-- A ticket: one visit on one day.
CREATE TABLE ticket (
    id          INTEGER PRIMARY KEY,
    day         INTEGER NOT NULL REFERENCES day (id),
    prefix      TEXT NOT NULL CHECK (length(prefix) = 1),
    n           INTEGER NOT NULL CHECK (n >= 1),              -- "A-012" is prefix A, n 12; without gaps within the day
    service     TEXT NOT NULL,                                -- key of office.toml; a transfer changes it, the number stays
    priority    INTEGER NOT NULL CHECK (priority IN (0, 1)),  -- self-declared; the reason is not stored
    lang        TEXT NOT NULL CHECK (lang IN ('id', 'en')),   -- of its papers
    case_id     INTEGER REFERENCES application (id),
    issued_seq  INTEGER NOT NULL REFERENCES event (seq),
    changed_seq INTEGER NOT NULL REFERENCES event (seq),      -- the last event; only that one can be taken back
    started_seq INTEGER REFERENCES event (seq),               -- when the applicant last came to a counter
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'called', 'serving', 'held', 'skipped', 'finished',
                                               'returned', 'referred', 'deferred', 'expired', 'cancelled')),
    stage       TEXT CHECK (stage IN ('verification', 'recording', 'collection')),  -- NULL once the visit has ended
    counter     INTEGER CHECK (counter BETWEEN 1 AND 99),     -- who has called or serves it
    calls       INTEGER CHECK (calls >= 1),                   -- of a called one: how often
    place_seq   INTEGER REFERENCES event (seq),               -- its place in the queue; earlier goes first
    behind_seq  INTEGER REFERENCES event (seq),               -- others go first until enough calls came after this event
    waits       INTEGER CHECK (waits IN (0, 1)),              -- of a held one: the applicant chose to wait
    missing     TEXT CHECK (json_valid(missing)),             -- of a returned one: keys of what was missing
    reason      TEXT,                                         -- of a cancelled one: the clerk's words
    UNIQUE (day, prefix, n),                                  -- a number is used once on a day
    CHECK ((stage IS NULL) = (state IN ('finished', 'returned', 'referred', 'deferred', 'expired', 'cancelled'))),
    CHECK ((counter IS NOT NULL) = (state IN ('called', 'serving'))),
    CHECK (state <> 'serving' OR started_seq IS NOT NULL),
    CHECK ((calls IS NOT NULL) = (state = 'called')),
    CHECK (stage IS NULL OR place_seq IS NOT NULL),
    CHECK (state <> 'held' OR stage = 'recording'),
    CHECK (stage <> 'recording' OR case_id IS NOT NULL)       -- nobody is recorded without a verified file
) STRICT;
-- A counter holds at most one ticket.
CREATE UNIQUE INDEX ticket_at_counter ON ticket (counter) WHERE counter IS NOT NULL;
CREATE INDEX ticket_queue ON ticket (state, stage, place_seq) WHERE stage IS NOT NULL;
-- An application has at most one visit under way.
CREATE UNIQUE INDEX ticket_of_case ON ticket (case_id) WHERE case_id IS NOT NULL AND stage IS NOT NULL;

-- The outbox: a paper is a row, made with what it prints, before it is a paper.
CREATE TABLE print_job (
    id         INTEGER PRIMARY KEY,
    ticket     INTEGER REFERENCES ticket (id),                -- NULL for a paper that is about no visit
    case_id    INTEGER REFERENCES application (id),
    paper      TEXT NOT NULL CHECK (paper IN ('slip', 'return', 'receipt', 'network', 'summary', 'list', 'test')),
    document   TEXT NOT NULL CHECK (json_valid(document)),    -- what it says; a reprint says the same
    copy       INTEGER NOT NULL CHECK (copy BETWEEN 0 AND 99),-- n of CETAK ULANG n; 0 is the original
    queued_seq INTEGER NOT NULL REFERENCES event (seq),
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'confirmed', 'failed-clean', 'unknown')),
    cause      TEXT,                                          -- of a failed or unknown one, for staff
    CHECK ((cause IS NOT NULL) = (state IN ('failed-clean', 'unknown'))),
    CHECK ((ticket IS NULL) = (paper IN ('summary', 'list', 'test')))
) STRICT;
CREATE INDEX print_job_open ON print_job (state, id) WHERE state <> 'confirmed';
CREATE INDEX print_job_ticket ON print_job (ticket, id);

-- What is known of the printer. One row, once the printer role has run.
CREATE TABLE printer (
    only      INTEGER PRIMARY KEY CHECK (only = 1),
    state     TEXT NOT NULL CHECK (state IN ('ready', 'low', 'out', 'cover', 'offline', 'fault', 'unknown')),
    detail    TEXT NOT NULL,                                  -- for staff
    at_ms     INTEGER NOT NULL,                               -- since when, by the three clocks of event
    boot      INTEGER NOT NULL,
    uptime_ms INTEGER NOT NULL
) STRICT;

-- A notice (pengumuman) that staff let the board's running text say. Never deleted; the journal has who and when.
CREATE TABLE notice (
    id         INTEGER PRIMARY KEY,
    text       TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 200),
    english    TEXT CHECK (length(english) BETWEEN 1 AND 200),
    until      TEXT,                                          -- shown until this time of the office's wall clock; NULL until taken down
    posted_seq INTEGER NOT NULL REFERENCES event (seq),
    ended_seq  INTEGER REFERENCES event (seq)                 -- the event that took it down
) STRICT;

-- The last sign of life of the board and of the kiosk, about every ten seconds: staff see when one of them is dead.
CREATE TABLE heartbeat (
    device    TEXT PRIMARY KEY CHECK (device IN ('display', 'kiosk')),
    troubles  TEXT NOT NULL CHECK (json_valid(troubles)),     -- what it cannot do although it works, for staff, in both languages
    at_ms     INTEGER NOT NULL,                               -- when, by the three clocks of event
    boot      INTEGER NOT NULL,
    uptime_ms INTEGER NOT NULL
) STRICT;

-- The last wish that a role starts again; the role ends itself when it sees a newer one, and its supervisor does the rest.
CREATE TABLE restart (
    process TEXT PRIMARY KEY CHECK (process IN ('display', 'printer', 'staff')),
    seq     INTEGER NOT NULL REFERENCES event (seq)           -- the event that asked for it
) STRICT;

-- A member of staff. Never deleted: without roles nobody signs in with it.
CREATE TABLE person (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE COLLATE NOCASE,             -- the account's name, chosen by the office
    roles    TEXT NOT NULL,                                   -- words of officer, recording, printing, head, technician
    password BLOB CHECK (length(password) = 48),              -- 16 bytes of salt, 32 of argon2id (t = 2, m = 19456 KiB, p = 1)
    pin      BLOB CHECK (length(pin) = 48),                   -- likewise; opens only an enrolled browser
    code     BLOB CHECK (length(code) = 32)                   -- SHA-256 of the one-time code that waits for the person
) STRICT;

-- A browser that once knew a password: there a PIN is enough.
CREATE TABLE device (
    id  INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE CHECK (length(key) = 32)         -- SHA-256 of its cookie
) STRICT;

-- Who is signed in, and the tokens of scripts.
CREATE TABLE login (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,        -- never used again: a request may still name one that has ended
    key             BLOB NOT NULL UNIQUE CHECK (length(key) = 32),  -- SHA-256 of the cookie or token
    person          INTEGER NOT NULL REFERENCES person (id),
    label           TEXT,                                     -- a token's name; NULL for a browser's login
    roles           TEXT NOT NULL,                            -- a token's scopes; what the person may do now limits them
    since_ms        INTEGER NOT NULL,                         -- since when, by the three clocks of event
    since_boot      INTEGER NOT NULL,
    since_uptime_ms INTEGER NOT NULL,
    seen_ms         INTEGER NOT NULL,                         -- when a person last did something, to the minute
    seen_boot       INTEGER NOT NULL,
    seen_uptime_ms  INTEGER NOT NULL
) STRICT;

-- Wrong passwords, PINs and codes in a row; what was typed is not kept. A success deletes the row.
CREATE TABLE guess (
    person    INTEGER NOT NULL,                               -- 0: an account that does not exist
    device    INTEGER NOT NULL,                               -- 0: a browser that is not enrolled
    origin    TEXT NOT NULL,                                  -- where such a browser guessed from; empty of an enrolled one
    failed    INTEGER NOT NULL CHECK (failed >= 1),
    at_ms     INTEGER NOT NULL,                               -- the last one, by the three clocks of event
    boot      INTEGER NOT NULL,
    uptime_ms INTEGER NOT NULL,
    PRIMARY KEY (person, device, origin)
) STRICT;
