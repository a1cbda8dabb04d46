"""The tables of an index in PostgreSQL: which there are, and how they are made.

```
pushes     one row for each push that is kept: its manifest and statistics
current    one row: which push counts
files      what the index folder consists of, by push
blocks     the bytes of those files, once for each content
documents_N, passages_N, vectors_N, words_N, terms_N     what is searched, of push N; never changed
```
"""

from __future__ import annotations

from dataclasses import dataclass

FORMAT = 1
"""Grows by one whenever an older medrag could not read what this one writes."""

PUSHED = ("documents", "passages", "vectors", "words", "terms")
_ROWS_STAY = "(toast_tuple_target = 8160, autovacuum_enabled = off)"
"""What a search scans stays in the row up to 8 KB, not beside it; it never changes."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The names of an index's tables, quoted; `name` was checked by `read_address`."""

    name: str

    def table(self, name: str) -> str:
        """Return a table's full name, quoted."""
        return f'{self.quoted}."{name}"'

    @property
    def quoted(self) -> str:
        """The schema itself."""
        return '"' + self.name.replace('"', '""') + '"'

    def create(self) -> str:
        """Return the statements that make the schema and what all pushes share."""
        return f"""
        CREATE SCHEMA IF NOT EXISTS {self.quoted};
        CREATE TABLE IF NOT EXISTS {self.table("format")} (version integer NOT NULL);
        CREATE TABLE IF NOT EXISTS {self.table("pushes")} (
            push integer PRIMARY KEY, pushed timestamptz NOT NULL DEFAULT now(),
            manifest bytea NOT NULL, passages integer NOT NULL, depth integer NOT NULL,
            recall double precision NOT NULL);
        CREATE TABLE IF NOT EXISTS {self.table("current")} (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            push integer NOT NULL REFERENCES {self.table("pushes")});
        CREATE TABLE IF NOT EXISTS {self.table("files")} (
            push integer, path text, sha256 text NOT NULL, PRIMARY KEY (push, path));
        CREATE TABLE IF NOT EXISTS {self.table("blocks")} (
            sha256 text, block integer, data bytea NOT NULL, PRIMARY KEY (sha256, block));
        ALTER TABLE {self.table("blocks")} ALTER data SET STORAGE EXTERNAL
        """


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one push."""

    schema: Schema
    push: int

    def __getattr__(self, name: str) -> str:
        """Return the full name of one of `PUSHED`."""
        if name not in PUSHED:
            raise AttributeError(name)
        return self.schema.table(f"{name}_{self.push}")

    def create(self, *, dim: int) -> str:
        """Return the statements that make them, still without what makes them fast."""
        return f"""
        CREATE TABLE {self.documents} (
            position integer, id bytea NOT NULL, key bytea NOT NULL, kind bytea, specialty bytea,
            jurisdiction bytea, publisher bytea, start date, in_force datemultirange NOT NULL,
            family integer NOT NULL, first integer NOT NULL, passages integer NOT NULL,
            source bytea NOT NULL, body bytea NOT NULL);
        CREATE TABLE {self.passages} ("row" integer, document integer NOT NULL,
            record bytea NOT NULL);
        CREATE TABLE {self.vectors} ("row" integer, document integer NOT NULL,
            vector halfvec({int(dim)}) NOT NULL) WITH {_ROWS_STAY};
        CREATE TABLE {self.words} ("row" integer, document integer NOT NULL,
            words integer[] NOT NULL, impacts sparsevec NOT NULL) WITH {_ROWS_STAY};
        CREATE TABLE {self.terms} (term text COLLATE "C", number integer NOT NULL,
            passages integer NOT NULL)
        """

    def finish(self) -> str:
        """Return the statements that index what was copied."""
        return f"""
        ALTER TABLE {self.documents} ADD PRIMARY KEY (position);
        CREATE INDEX ON {self.documents} USING hash (id);
        CREATE INDEX ON {self.documents} USING hash (key);
        CREATE INDEX ON {self.documents} (family);
        ALTER TABLE {self.passages} ADD PRIMARY KEY ("row");
        ALTER TABLE {self.vectors} ADD PRIMARY KEY ("row");
        CREATE INDEX ON {self.vectors} (document);
        CREATE INDEX ON {self.words} (document);
        CREATE INDEX ON {self.words} USING gin (words) WITH (fastupdate = off);
        ALTER TABLE {self.terms} ADD PRIMARY KEY (term)
        """

    def analyze(self) -> str:
        """Return the statements that tell the planner what the tables are like."""
        return ";".join(f"ANALYZE {getattr(self, name)}" for name in PUSHED)

    def graph(self) -> str:
        """Return the statement that makes the graph of neighbors."""
        return (
            f"CREATE INDEX ON {self.vectors} USING hnsw (vector halfvec_ip_ops) "
            "WITH (m = 24, ef_construction = 128)"
        )

    def drop(self) -> str:
        """Return the statement that removes them."""
        return "DROP TABLE IF EXISTS " + ", ".join(getattr(self, name) for name in PUSHED)
