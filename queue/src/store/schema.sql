-- The database of one office, version 2. It holds no applicant's name, no NIK, no birth date and no biometrics: nothing here
-- says who somebody is. The staff's accounts have the names that the office chose for them; their passwords, PINs and keys lie
-- in another file (accounts.sql).
--
-- The journal (event) is what happened; office, day, ticket, application, notice, person, login and browser are where that has
-- led, and are always the fold of the journal. Papers follow devices, which nobody decides.
-- Moments are not repeated: a row names the event, the event has the clocks.
-- A partial index serves only a query that repeats its WHERE word for word: old days then cost nothing.
-- Words in CHECKs are those of the code (queue/src/words.rs has what people say for them).
-- A change of this text is a new version: upgrade/ then holds a step that leads there.

-- Whose database this is, and what holds for the whole office. One row.
CREATE TABLE office (
    only             INTEGER PRIMARY KEY CHECK (only = 1),
    code             TEXT NOT NULL,                           -- office.code of office.toml
    generation       INTEGER NOT NULL DEFAULT 1 CHECK (generation >= 1),  -- a restore begins a new one; with code and event.seq unique in the world
    network_down_seq INTEGER REFERENCES event (seq),          -- the event that marked the network as disturbed; NULL is normal (S26)
    volume           INTEGER NOT NULL DEFAULT 100 CHECK (volume BETWEEN 0 AND 100)  -- of board and kiosk
) STRICT;

-- The office.toml last in use, for a start at which the file is refused. One row, once it was read.
CREATE TABLE used (
    only        INTEGER PRIMARY KEY CHECK (only = 1),
    office_toml TEXT NOT NULL
) STRICT;

-- The devices of the office: things with a plug. Their signs of life and troubles are files beside the database (alive/).
CREATE TABLE device (
    id          INTEGER PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE,                         -- its word on the command line, in file names and in the log
    kind        TEXT NOT NULL CHECK (kind IN ('kiosk', 'display', 'sign', 'printer', 'modem', 'speaker', 'console')),
    name        TEXT NOT NULL,                                -- what staff call it
    place       TEXT,                                         -- where it stands, for staff; NULL is not said
    needs       TEXT NOT NULL CHECK (json_valid(needs)),      -- what it is and needs: a printer's port, profile and papers
    restart_seq INTEGER REFERENCES event (seq),               -- the last wish that it starts again; it ends itself when it sees a newer one
    help_seq    INTEGER REFERENCES event (seq)                -- somebody in front of it asked for an officer; NULL when answered
) STRICT;

-- A service day: opened by a person who confirms its date, closed at the end. Numbers restart with it.
CREATE TABLE day (
    id         INTEGER PRIMARY KEY,
    date       TEXT NOT NULL UNIQUE CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),  -- as the person confirmed it
    opened_seq INTEGER NOT NULL REFERENCES event (seq),       -- the event that first opened it: all of its events have this number or a later one
    closed_seq INTEGER REFERENCES event (seq)                 -- the event that closed it; NULL while it is open
) STRICT;
CREATE UNIQUE INDEX day_one_open ON day (closed_seq IS NULL) WHERE closed_seq IS NULL;

-- What happened, one row per change, appended in the transaction of the change, never altered.
CREATE TABLE event (
    seq        INTEGER PRIMARY KEY,                           -- the only order there is
    format     INTEGER NOT NULL CHECK (format >= 1),          -- of the row (journal/record.rs); one of an older program is read for ever
    generation INTEGER NOT NULL CHECK (generation >= 1),      -- office.generation at that time
    day        INTEGER REFERENCES day (id) DEFERRABLE INITIALLY DEFERRED,  -- the day open at that time, or the last one; NULL before the first
    at_ms      INTEGER NOT NULL,                              -- wall clock, ms since 1970 UTC; may jump
    boot       INTEGER NOT NULL,                              -- which boot uptime_ms counts from
    uptime_ms  INTEGER NOT NULL,                              -- boot clock; the only one that measures
    actor      TEXT NOT NULL CHECK (actor IN ('person', 'token', 'device', 'terminal', 'console', 'named')),  -- who did it
    actor_id   INTEGER,                                       -- person.id, login.id or device.id
    by         TEXT,                                          -- format 1: who did it, as a sentence; NULL since
    counter    INTEGER,                                       -- the counter that did it
    command    TEXT NOT NULL,                                 -- the wish this belongs to; repeated wishes change nothing
    part       INTEGER NOT NULL,                              -- 0 is the wish itself, 1… what followed from it
    action     TEXT NOT NULL,                                 -- the word that button and route share
    ticket     INTEGER REFERENCES ticket (id) DEFERRABLE INITIALLY DEFERRED,
    case_id    INTEGER REFERENCES application (id) DEFERRABLE INITIALLY DEFERRED,
    stage      TEXT,                                          -- the stage the ticket was in
    priority   INTEGER CHECK (priority IN (0, 1)),            -- the ticket's, for the policy and the reports
    waited_ms  INTEGER,                                       -- format 1: time in the queue; NULL since
    served_ms  INTEGER CHECK (served_ms >= 0),                -- of an act that completes a stage: time at the counter
    detail     TEXT NOT NULL CHECK (json_valid(detail)),      -- all that is needed to do it again (journal/happened.rs)
    words      BLOB CHECK (length(words) = 32),               -- digest of the free text in the table words; NULL when there is none
    chain      BLOB NOT NULL CHECK (length(chain) = 32),      -- SHA-256 of the chain so far and this row: shows tampering
    UNIQUE (command, part),
    CHECK ((actor_id IS NOT NULL) = (actor IN ('person', 'token', 'device'))),
    CHECK ((by IS NOT NULL) = (actor = 'named') AND (actor = 'named') = (format = 1))
) STRICT;
-- Free text and names of an event. Erasing one deletes its row; the event and its chain stay.
CREATE TABLE words (
    seq  INTEGER PRIMARY KEY REFERENCES event (seq),
    salt BLOB NOT NULL CHECK (length(salt) = 16),             -- random: without it nobody can tell by trying what a digest hides
    json TEXT NOT NULL CHECK (json_valid(json))               -- field by field of detail
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
    printer    INTEGER REFERENCES device (id),                -- the printer it goes to; NULL is the first that takes such papers
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'confirmed', 'failed-clean', 'unknown')),
    cause      TEXT,                                          -- of a failed or unknown one, for staff
    CHECK ((cause IS NOT NULL) = (state IN ('failed-clean', 'unknown'))),
    CHECK ((ticket IS NULL) = (paper IN ('summary', 'list', 'test')))
) STRICT;
CREATE INDEX print_job_open ON print_job (state, id) WHERE state <> 'confirmed';
CREATE INDEX print_job_ticket ON print_job (ticket, id);

-- A notice (pengumuman) that staff let the board's running text say. Never deleted; the journal has who and when.
CREATE TABLE notice (
    id         INTEGER PRIMARY KEY,
    text       TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 200),
    english    TEXT CHECK (length(english) BETWEEN 1 AND 200),
    until      TEXT,                                          -- shown until this time of the office's wall clock; NULL until taken down
    posted_seq INTEGER NOT NULL REFERENCES event (seq),
    ended_seq  INTEGER REFERENCES event (seq)                 -- the event that took it down
) STRICT;

-- A member of staff. Never deleted: without roles nobody signs in with it.
CREATE TABLE person (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL COLLATE NOCASE,                      -- the account's name, chosen by the office
    roles  TEXT NOT NULL,                                     -- words of officer, recording, printing, head, technician
    secret BLOB CHECK (length(secret) = 32),                  -- digest of the row of accounts.db with password and PIN; NULL until enrolled
    code   BLOB CHECK (length(code) = 32)                     -- digest of the row with the one-time code that waits
) STRICT;
CREATE UNIQUE INDEX person_name ON person (name) WHERE name <> '(dihapus)';

-- Browsers that once knew a password; in them the PIN is enough.
CREATE TABLE browser (
    id     INTEGER PRIMARY KEY,                               -- the event that enrolled it
    secret BLOB NOT NULL CHECK (length(secret) = 32)          -- digest of the row of accounts.db with its cookie's key
) STRICT;

-- Who is signed in, and the tokens of scripts.
CREATE TABLE login (
    id       INTEGER PRIMARY KEY,                             -- the event that began it: never used again
    person   INTEGER NOT NULL REFERENCES person (id),
    label    TEXT,                                            -- a token's name; NULL for a browser's login
    roles    TEXT NOT NULL,                                   -- a token's scopes; what the person may do now limits them
    secret   BLOB NOT NULL CHECK (length(secret) = 32),       -- digest of the row of accounts.db with its key
    made_seq INTEGER NOT NULL REFERENCES event (seq)          -- the event that tells of it: since when
) STRICT;
