"""The outbox: `digest.models.delivery.DeliveryStore`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from digest.errors import StorageError
from digest.models.delivery import Delivery, DeliveryState, Message
from digest.models.edition import Target
from storage.database.columns import decode_moment, encode_moment, moment_or_none, target_of
from storage.database.connection import Database, Row
from storage.stores.chats import SqliteChatStore

_FIELDS = (
    "id, digest, platform, address, role, paper_id, payload, parent, state, attempts, receipt, before, error,"
    " not_before, origin"
)
_OPEN = "state IN ('pending', 'sending', 'unknown')"


class SqliteDeliveryStore:
    """The deliveries of a database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._chats = SqliteChatStore(db)

    def add(self, messages: Sequence[Message]) -> list[Delivery]:
        with self._db.transaction():
            planned = {(m.digest, m.target) for m in messages}
            there = {(digest, target) for digest, target in planned if self._has(digest, target)}
            ids: dict[int, int] = {}
            for index, message in enumerate(messages):
                if (message.digest, message.target) not in there:
                    ids[index] = self._insert(message, ids)
            return [self._get(delivery_id) for delivery_id in ids.values()]

    def _has(self, digest: str, target: Target) -> bool:
        row = self._db.value(
            "SELECT 1 FROM deliveries WHERE digest = ? AND platform = ? AND address = ? LIMIT 1",
            (digest, target.platform, target.address),
        )
        return row is not None

    def _insert(self, message: Message, ids: Mapping[int, int]) -> int:
        now = encode_moment(self._db.now())
        return self._db.insert(
            "INSERT INTO deliveries (digest, platform, address, role, paper_id, payload, parent, stored, changed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                message.digest,
                message.target.platform,
                message.target.address,
                message.role,
                message.paper_id,
                json.dumps(message.payload, ensure_ascii=False),
                None if message.parent is None else ids[message.parent],
                now,
                now,
            ),
        )

    # --- looking ------------------------------------------------------------------------------------------------

    def delivery(self, delivery_id: int) -> Delivery | None:
        deliveries = self._where("id = ?", (delivery_id,))
        return deliveries[0] if deliveries else None

    def deliveries(self, digest: str) -> list[Delivery]:
        return self._where("digest = ?", (digest,))

    def open_targets(self) -> list[Target]:
        rows = self._db.rows(
            f"SELECT platform, address FROM deliveries WHERE {_OPEN} GROUP BY platform, address ORDER BY min(id)"
        )
        return list(
            dict.fromkeys(self._chats.migrated_target(target_of(platform, address)) for platform, address in rows)
        )

    def next_pending(self, target: Target) -> Delivery | None:
        if self.open_questions(target):
            return None
        deliveries = self._open_where("platform = ? AND address = ?", (target.platform, target.address), limit=1)
        return self._clock_set_back(deliveries[0]) if deliveries else None

    def _clock_set_back(self, delivery: Delivery) -> Delivery:
        """The delivery, which waits no longer than it was to wait when that was written down."""
        now = self._db.now()
        if delivery.not_before is None or delivery.not_before <= now:
            return delivery
        changed = decode_moment(self._db.value("SELECT changed FROM deliveries WHERE id = ?", (delivery.id,)))
        if changed <= now:
            return delivery
        self.back_to_pending(delivery.id, now + (delivery.not_before - changed), delivery.error)
        return self._get(delivery.id)

    def open_questions(self, target: Target | None = None) -> list[Delivery]:
        if target is None:
            return self._open_where("state <> 'pending'")
        return sorted(
            (
                question
                for address in self._chats.formerly(target)
                for question in self._open_where(
                    "platform = ? AND address = ? AND state <> 'pending'", (address.platform, address.address)
                )
            ),
            key=lambda question: question.id,
        )

    def sent_since(self, moment: datetime) -> list[tuple[Target, datetime]]:
        rows = self._db.rows(
            "SELECT platform, address, changed FROM deliveries INDEXED BY deliveries_by_time"
            " WHERE attempts > 0 AND changed >= ? AND state <> 'pending' ORDER BY changed",
            (encode_moment(moment),),
        )
        return [(target_of(platform, address), datetime.fromisoformat(changed)) for platform, address, changed in rows]

    def counts(self) -> Mapping[Target, Mapping[DeliveryState, int]]:
        rows = self._db.rows(
            f"SELECT platform, address, state, count(*) FROM deliveries WHERE {_OPEN} GROUP BY platform, address, state"
        )
        counts: defaultdict[Target, dict[DeliveryState, int]] = defaultdict(dict)
        for platform, address, state, count in rows:
            states = counts[self._chats.migrated_target(target_of(platform, address))]
            states[DeliveryState(state)] = states.get(DeliveryState(state), 0) + count
        return dict(counts)

    def _open_where(self, condition: str, values: Sequence[object] = (), limit: int = -1) -> list[Delivery]:
        """Among the open ones, found by their own small index however many were sent before."""
        rows = self._db.rows(
            f"SELECT {_FIELDS} FROM deliveries INDEXED BY deliveries_open WHERE {_OPEN} AND {condition}"
            " ORDER BY id LIMIT ?",
            (*values, limit),
        )
        return [_delivery(row) for row in rows]

    def _where(self, condition: str, parameters: Sequence[object]) -> list[Delivery]:
        rows = self._db.rows(f"SELECT {_FIELDS} FROM deliveries WHERE {condition} ORDER BY id", parameters)
        return [_delivery(row) for row in rows]

    def _get(self, delivery_id: int) -> Delivery:
        delivery = self.delivery(delivery_id)
        if delivery is None:
            raise StorageError(f"there is no delivery {delivery_id}")
        return delivery

    # --- changing -----------------------------------------------------------------------------------------------

    def mark_sending(self, delivery_id: int, before: str | None) -> bool:
        changed = self._db.run(
            "UPDATE deliveries SET state = 'sending', attempts = attempts + 1, before = ?, error = NULL,"
            " not_before = NULL, changed = ? WHERE id = ? AND state = 'pending'",
            (before, encode_moment(self._db.now()), delivery_id),
        )
        return changed == 1

    def mark_sent(self, delivery_id: int, receipt: str) -> None:
        with self._db.transaction():
            self._change(delivery_id, DeliveryState.SENT, ("sending", "unknown"), receipt=receipt)
            self._chats.delivered(self._get(delivery_id).target, receipt)

    def mark_unknown(self, delivery_id: int, error: str) -> None:
        self._change(delivery_id, DeliveryState.UNKNOWN, ("sending", "unknown"), error=error)

    def mark_failed(self, delivery_id: int, error: str) -> None:
        self._change(delivery_id, DeliveryState.FAILED, ("pending", "sending", "unknown"), error=error)

    def back_to_pending(self, delivery_id: int, not_before: datetime | None = None, error: str | None = None) -> None:
        states = ("pending", "sending", "unknown", "failed")
        with self._db.transaction():
            self._change(delivery_id, DeliveryState.PENDING, states, error=error, not_before=not_before)
            address = self._chats.migrated_target(self._get(delivery_id).target).address
            self._db.run("UPDATE deliveries SET address = ? WHERE id = ?", (address, delivery_id))

    def _change(
        self,
        delivery_id: int,
        state: DeliveryState,
        allowed: tuple[str, ...],
        *,
        receipt: str | None = None,
        error: str | None = None,
        not_before: datetime | None = None,
    ) -> None:
        """To another state, from one of those allowed; anything else is a mistake of the caller, told loudly."""
        changed = self._db.run(
            "UPDATE deliveries SET state = ?, receipt = ?, error = ?, not_before = ?, changed = ? WHERE id = ?"
            f" AND state IN ({', '.join(map(repr, allowed))})",
            (
                state,
                receipt,
                error,
                encode_moment(not_before) if not_before else None,
                encode_moment(self._db.now()),
                delivery_id,
            ),
        )
        if not changed:
            now = self._get(delivery_id).state
            raise StorageError(f"delivery {delivery_id} is {now} and can't become {state}")


def _delivery(row: Row) -> Delivery:
    (
        delivery_id,
        digest,
        platform,
        address,
        role,
        paper_id,
        payload,
        parent,
        state,
        attempts,
        receipt,
        before,
        error,
        not_before,
        origin,
    ) = row
    return Delivery(
        id=delivery_id,
        digest=digest,
        target=target_of(platform, address),
        role=role,
        paper_id=paper_id,
        payload=json.loads(payload) if payload else {},
        parent=parent,
        state=DeliveryState(state),
        attempts=attempts,
        receipt=receipt,
        before=before,
        error=error,
        not_before=moment_or_none(not_before),
        origin=origin,
    )
