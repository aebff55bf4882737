"""The schema, as numbered steps in order. A step is never edited once it is released: add another at the end.

Days are texts `2026-01-09`, moments texts in UTC as `storage.database.connection.stamp` writes them, lists and trees
JSON.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("broadsheet")

_PAPERS = """
-- A row a version. `key` grows with the month of the id, so that descending keys are newest first: the full-text
-- index can answer "the newest papers with these words" without looking at all of them.
CREATE TABLE papers (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  title TEXT NOT NULL,
  authors TEXT NOT NULL,
  abstract TEXT NOT NULL,
  categories TEXT NOT NULL,
  licence TEXT,
  submitted TEXT,
  updated TEXT,
  comment TEXT,
  doi TEXT,
  journal_ref TEXT,
  indexed TEXT -- JSON [title, authors, abstract] as they stand in the index; null where they are the columns'
) STRICT;
CREATE UNIQUE INDEX papers_by_id ON papers (id, version);

-- The words of the index.
CREATE VIEW paper_words (key, title, authors, abstract) AS
  SELECT
    key,
    coalesce(json_extract(indexed, '$[0]'), title),
    coalesce(json_extract(indexed, '$[1]'), authors),
    coalesce(json_extract(indexed, '$[2]'), abstract)
  FROM papers p
  WHERE NOT EXISTS (SELECT 1 FROM papers newer WHERE newer.id = p.id AND newer.version > p.version);
-- The newest version of each paper. Its words live in the table above and are not stored twice.
CREATE VIRTUAL TABLE paper_search USING fts5 (
  title, authors, abstract,
  content = 'paper_words', content_rowid = 'key', tokenize = 'porter unicode61 remove_diacritics 2'
);
-- Titles once more: a word that half of all abstracts have is rare here, and found at once.
CREATE VIRTUAL TABLE title_search USING fts5 (
  title, content = 'paper_words', content_rowid = 'key', tokenize = 'porter unicode61 remove_diacritics 2'
);

-- Newest versions that are not in the index yet.
CREATE TABLE unindexed (key INTEGER PRIMARY KEY REFERENCES papers (key)) STRICT;

CREATE TABLE feed_days (
  category TEXT NOT NULL,
  day TEXT NOT NULL,
  state TEXT NOT NULL,
  entries INTEGER NOT NULL,
  listed INTEGER NOT NULL, -- announcements stored
  reason TEXT,
  PRIMARY KEY (category, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_days_by_day ON feed_days (day, category, listed);

CREATE TABLE announcements (
  day TEXT NOT NULL,
  category TEXT NOT NULL,
  paper INTEGER NOT NULL REFERENCES papers (key),
  position INTEGER NOT NULL, -- in the feed
  kind TEXT NOT NULL,
  PRIMARY KEY (day, category, paper)
) STRICT, WITHOUT ROWID;
CREATE INDEX announcements_by_paper ON announcements (paper);

CREATE TABLE paper_texts (
  paper_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  reader_version INTEGER NOT NULL,
  stored TEXT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (paper_id, version, reader_version)
) STRICT;
CREATE INDEX paper_texts_by_age ON paper_texts (stored);
"""

_ANALYSES = """
CREATE TABLE analyses (
  paper_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  language TEXT NOT NULL,
  analyst TEXT NOT NULL,
  prompt_version INTEGER NOT NULL,
  made_from TEXT NOT NULL,
  stored TEXT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (paper_id, language, version, analyst, prompt_version)
) STRICT;

CREATE TABLE spending (
  id INTEGER PRIMARY KEY,
  day TEXT NOT NULL,
  model TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  money REAL NOT NULL
) STRICT;
CREATE INDEX spending_by_day ON spending (day, model);
"""

_DIGESTS = """
-- Papers and analyses as they were shown, each once however many editions showed it.
CREATE TABLE contents (hash BLOB PRIMARY KEY, data BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE digests (
  edition TEXT NOT NULL,
  day TEXT NOT NULL,
  number INTEGER NOT NULL,
  stored TEXT NOT NULL,
  cards INTEGER NOT NULL,
  updates INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (edition, day, number)
) STRICT;
CREATE INDEX digests_by_day ON digests (day);

-- What an edition has shown of a paper: the newest version, and whether as a card.
CREATE TABLE shown (
  edition TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  carded INTEGER NOT NULL,
  day TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (edition, paper_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX shown_by_paper ON shown (paper_id, edition);
"""

_DELIVERIES = """
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest TEXT NOT NULL,
  platform TEXT NOT NULL,
  address TEXT NOT NULL,
  role TEXT NOT NULL,
  paper_id TEXT,
  payload TEXT, -- NULL once it was dropped by age
  parent INTEGER REFERENCES deliveries (id),
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'unknown')),
  attempts INTEGER NOT NULL DEFAULT 0,
  receipt TEXT,
  before TEXT,
  error TEXT,
  not_before TEXT,
  stored TEXT NOT NULL,
  changed TEXT NOT NULL
) STRICT;
CREATE INDEX deliveries_by_digest ON deliveries (digest, platform, address);
CREATE INDEX deliveries_open ON deliveries (platform, address, id) WHERE state IN ('pending', 'sending', 'unknown');
CREATE INDEX deliveries_by_receipt ON deliveries (platform, address, receipt) WHERE receipt IS NOT NULL;
CREATE INDEX deliveries_by_time ON deliveries (changed) WHERE attempts > 0;
CREATE INDEX deliveries_by_parent ON deliveries (parent) WHERE parent IS NOT NULL;
CREATE INDEX deliveries_with_payload ON deliveries (changed)
  WHERE payload IS NOT NULL AND state IN ('sent', 'failed');

CREATE TABLE chats (
  platform TEXT NOT NULL,
  address TEXT NOT NULL,
  last_message TEXT,
  refusals INTEGER NOT NULL DEFAULT 0,
  paused TEXT,
  muted_until TEXT,
  held_until TEXT,
  held_for TEXT NOT NULL DEFAULT '',
  moved_to TEXT,
  PRIMARY KEY (platform, address)
) STRICT, WITHOUT ROWID;
"""

_PEOPLE = """
CREATE TABLE keywords (
  edition TEXT NOT NULL,
  folded TEXT NOT NULL, -- without regard to case and spaces
  keyword TEXT NOT NULL,
  added INTEGER NOT NULL, -- 0: removed, though the configuration may have it
  who TEXT NOT NULL,
  name TEXT NOT NULL,
  chat TEXT NOT NULL,
  changed TEXT NOT NULL,
  PRIMARY KEY (edition, folded)
) STRICT, WITHOUT ROWID;

CREATE TABLE personal_editions (owner TEXT PRIMARY KEY, data TEXT NOT NULL, changed TEXT NOT NULL) STRICT;

CREATE TABLE runs (
  edition TEXT NOT NULL,
  day TEXT NOT NULL,
  began TEXT NOT NULL,
  ended TEXT,
  outcome TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (edition, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE saved (
  person TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  stored TEXT NOT NULL,
  PRIMARY KEY (person, paper_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE people (person TEXT PRIMARY KEY, language TEXT) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
  person TEXT NOT NULL,
  day TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (person, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE votes (
  edition TEXT NOT NULL,
  paper_id TEXT NOT NULL,
  person TEXT NOT NULL,
  value INTEGER NOT NULL CHECK (value IN (-1, 1)),
  stored TEXT NOT NULL,
  PRIMARY KEY (edition, paper_id, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  stored TEXT NOT NULL,
  what TEXT NOT NULL,
  who TEXT NOT NULL,
  name TEXT NOT NULL,
  chat TEXT NOT NULL,
  edition TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_edition ON events (edition, id);
CREATE INDEX events_by_age ON events (stored);

CREATE TABLE seen_updates (
  platform TEXT NOT NULL,
  update_id TEXT NOT NULL,
  stored TEXT NOT NULL,
  PRIMARY KEY (platform, update_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_updates_by_age ON seen_updates (stored);
"""


@MIGRATIONS()
def m001_papers(db: Database) -> None:
    """Papers, announcements, the states of feeds, the texts that were read."""
    db.executescript(_PAPERS)


@MIGRATIONS()
def m002_analyses(db: Database) -> None:
    """Analyses and what they cost."""
    db.executescript(_ANALYSES)


@MIGRATIONS()
def m003_digests(db: Database) -> None:
    """Digests, and what each edition has shown."""
    db.executescript(_DIGESTS)


@MIGRATIONS()
def m004_deliveries(db: Database) -> None:
    """The outbox, and how each chat is doing."""
    db.executescript(_DELIVERIES)


@MIGRATIONS()
def m005_people(db: Database) -> None:
    """What people change, save, ask for and vote on."""
    db.executescript(_PEOPLE)


@MIGRATIONS()
def m006_folded_letters(db: Database) -> None:
    """Papers with letters that the index now spells out (ø, ß, β) are indexed again."""
    letters = "ÆÐØÞßæðøþĐđĦħıŁłŊŋŒœŦŧƑƒȷΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρςστυφχψωẞ"
    rows = (
        "SELECT w.* FROM paper_words w JOIN papers p USING (key) WHERE w.key NOT IN (SELECT key FROM unindexed)"
        f" AND (w.title GLOB '*[{letters}]*' OR w.authors GLOB '*[{letters}]*' OR w.abstract GLOB '*[{letters}]*')"
    )
    for key, title, authors, abstract in db.execute(rows).fetchall():
        db.execute(
            "INSERT INTO paper_search (paper_search, rowid, title, authors, abstract) VALUES ('delete', ?, ?, ?, ?)",
            (key, title, authors, abstract),
        )
        db.execute("INSERT INTO title_search (title_search, rowid, title) VALUES ('delete', ?, ?)", (key, title))
        db.execute("INSERT INTO unindexed (key) VALUES (?)", (key,))


@MIGRATIONS()
def m007_holds(db: Database) -> None:
    """How long a hold was asked for, so that a clock that is set back makes none longer."""
    db.execute("ALTER TABLE chats ADD COLUMN held_seconds REAL NOT NULL DEFAULT 86400")
    db.execute("CREATE INDEX chats_moved ON chats (platform, address, moved_to) WHERE moved_to IS NOT NULL")


@MIGRATIONS()
def m008_origins(db: Database) -> None:
    """What a message's digest was called when it was planned, where its edition has another name since."""
    db.execute("ALTER TABLE deliveries ADD COLUMN origin TEXT")


NAMES = (
    "m001_papers",
    "m002_analyses",
    "m003_digests",
    "m004_deliveries",
    "m005_people",
    "m006_folded_letters",
    "m007_holds",
    "m008_origins",
)
