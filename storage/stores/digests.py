"""Digests, and what each edition has shown: `digest.ports.DigestStore`.

A digest is kept as it was shown. Its papers and analyses lie in `contents`, each once under the hash of its own text,
since ten thousand editions may show the same card on the same day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from digest.codec import decode, encode
from digest.errors import StorageError
from digest.models.digest import Digest
from storage.database.columns import compress_text, decompress_text, encode_moment, placeholders
from storage.database.connection import Database

_SHARED = {"cards": ("paper", "analysis"), "updates": ("paper",)}


class SqliteDigestStore:
    """The digests of a database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def digests(self, edition: str, day: date) -> list[Digest]:
        rows = self._db.rows(
            "SELECT data FROM digests WHERE edition = ? AND day = ? ORDER BY number", (edition, day.isoformat())
        )
        return [replace(self._whole(data), edition=edition) for (data,) in rows]

    def digest_days(self, edition: str) -> list[date]:
        rows = self._db.rows("SELECT DISTINCT day FROM digests WHERE edition = ? ORDER BY day DESC", (edition,))
        return [date.fromisoformat(day) for (day,) in rows]

    def numbers(self, edition: str) -> Mapping[date, int]:
        """Of how many digests each day is made: one, and its supplements."""
        rows = self._db.rows("SELECT day, count(*) FROM digests WHERE edition = ? GROUP BY day", (edition,))
        return {date.fromisoformat(day): count for day, count in rows}

    def save_digest(self, digest: Digest) -> None:
        key = (digest.edition, digest.day.isoformat(), digest.number)
        with self._db.transaction():
            if self._db.value("SELECT 1 FROM digests WHERE edition = ? AND day = ? AND number = ?", key):
                raise StorageError(f"the digest {digest.edition}/{digest.day}/{digest.number} is stored already")
            tree, contents = _apart(encode(digest))
            self._db.run_many("INSERT OR IGNORE INTO contents (hash, data) VALUES (?, ?)", contents.items())
            self._db.run(
                "INSERT INTO digests (edition, day, number, stored, cards, updates, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *key,
                    encode_moment(self._db.now()),
                    len(digest.cards),
                    len(digest.updates),
                    compress_text(json.dumps(tree)),
                ),
            )
            self._db.run_many(
                "INSERT INTO shown (edition, paper_id, version, carded, day, number) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET version = max(version, excluded.version),"
                " carded = max(carded, excluded.carded), day = excluded.day, number = excluded.number",
                [
                    (digest.edition, item.paper.id, item.paper.version, carded, digest.day.isoformat(), digest.number)
                    for items, carded in ((digest.cards, 1), (digest.updates, 0))
                    for item in items
                ],
            )

    def carded(self, edition: str) -> Mapping[str, int]:
        rows = self._db.rows("SELECT paper_id, version FROM shown WHERE edition = ? AND carded = 1", (edition,))
        return dict(rows)

    def updated(self, edition: str) -> Mapping[str, int]:
        rows = self._db.rows("SELECT paper_id, version FROM shown WHERE edition = ? AND carded = 0", (edition,))
        return dict(rows)

    def shown(self, paper_id: str) -> list[tuple[str, date, int]]:
        """Where a paper was shown last: (edition, day, number of the digest), newest first."""
        rows = self._db.rows(
            "SELECT edition, day, number FROM shown WHERE paper_id = ? ORDER BY day DESC, edition", (paper_id,)
        )
        return [(edition, date.fromisoformat(day), number) for edition, day, number in rows]

    def _whole(self, data: bytes) -> Digest:
        try:
            tree = json.loads(decompress_text(data))
            hashes = sorted({item[name] for item, name in _places(tree)})
            rows = self._db.rows(
                f"SELECT hash, data FROM contents WHERE hash IN ({placeholders(hashes)})",
                [bytes.fromhex(h) for h in hashes],
            )
            contents = {digest.hex(): json.loads(decompress_text(data)) for digest, data in rows}
            for item, name in _places(tree):
                item[name] = contents[item[name]]
            return decode(Digest, tree)
        except (ValueError, KeyError) as error:
            raise StorageError(f"the database {self._db.path} holds a digest that can't be read: {error}") from error


def _apart(tree: dict[str, Any]) -> tuple[dict[str, Any], dict[bytes, bytes]]:
    """The tree with the hashes of its shared parts in their places, and those parts, packed, by hash."""
    contents: dict[bytes, bytes] = {}
    for item, name in _places(tree):
        text = json.dumps(item[name], sort_keys=True)
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        contents[digest] = compress_text(text)
        item[name] = digest.hex()
    return tree, contents


def _places(tree: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Where shared parts stand: (the card or update, the name of the part)."""
    for group, names in _SHARED.items():
        for item in tree[group]:
            for name in names:
                yield item, name
