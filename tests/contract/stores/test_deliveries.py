"""The ledger and the chats: the contract of the ports, over SQLite and the fakes alike."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from digest.errors import StorageError
from digest.models.delivery import Chat, Cooldown, Delivery, DeliveryState, Message, all_chats_of, digest_key
from digest.models.digest import Digest
from digest.models.edition import Platform, Target
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
from tests.fakes.stores import BOTH, epoch, stores_of

A = Target(Platform("telegram"), "-1001")
B = Target(Platform("slack"), "C1")
DIGEST = "vla/2026-01-09/1"
NOW = epoch()


@pytest.fixture(params=BOTH)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStores]:
    with stores_of(request.param, tmp_path) as stores:
        yield stores


def message(role: str = "card", target: Target = A, parent: int | None = None, digest: str = DIGEST) -> Message:
    return Message(digest, target, role, {"text": f"<b>{role}</b> 题目 😀", "entities": []}, "2601.1", parent)


def batch(target: Target = A, digest: str = DIGEST) -> list[Message]:
    return [message(role, target, parent, digest) for role, parent in (("overview", None), ("card", 0), ("part", 1))]


def later(**units: float) -> datetime:
    return NOW + timedelta(**units)


def send(stores: SqliteStores, delivery: Delivery, receipt: str) -> None:
    assert stores.deliveries.mark_sending(delivery.id, None)
    stores.deliveries.mark_sent(delivery.id, receipt)


# --- planning ---------------------------------------------------------------------------------------------------


def test_a_batch_becomes_pending_in_its_order(stores: SqliteStores) -> None:
    """With the parents' ids in the places of their indices."""
    first, second, third = stores.deliveries.add(batch())

    assert first == Delivery(first.id, DIGEST, A, "overview", "2601.1", message("overview").payload)
    assert (second.parent, third.parent) == (first.id, second.id)
    assert first.id < second.id < third.id
    assert stores.deliveries.deliveries(DIGEST) == [first, second, third]
    assert stores.deliveries.delivery(second.id) == second
    assert stores.deliveries.delivery(99) is None


def test_planning_a_digest_again_adds_nothing(stores: SqliteStores) -> None:
    """But a target that is new gets everything."""
    stores.deliveries.add(batch(A))

    assert stores.deliveries.add(batch(A)) == []
    added = stores.deliveries.add([*batch(A), message("overview", B), message("card", B, 3)])
    assert [d.target for d in added] == [B, B]
    assert added[1].parent == added[0].id
    assert len(stores.deliveries.add(batch(A, "vla/2026-01-10/1"))) == 3


def test_the_cause_of_a_digest() -> None:
    """Edition, day, number."""
    assert digest_key(Digest("vla", "", "zh", date(2026, 1, 9), (), (), 0, number=2)) == "vla/2026-01-09/2"


def test_a_digest_and_its_deliveries_are_stored_together_or_not_at_all(tmp_path: Path) -> None:
    """A crash between them leaves neither."""
    with Database.open(tmp_path / "b.db") as db:
        stores = SqliteStores.of(db)
        digest = Digest("vla", "", "zh", date(2026, 1, 9), (), (), 0)

        def crash() -> None:
            with db.transaction():
                stores.digests.save_digest(digest)
                stores.deliveries.add(batch())
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            crash()
        assert stores.digests.digests("vla", digest.day) == []
        assert stores.deliveries.open_targets() == []

        with db.transaction():
            stores.digests.save_digest(digest)
            stores.deliveries.add(batch())
        assert len(stores.deliveries.deliveries(DIGEST)) == 3


# --- sending ----------------------------------------------------------------------------------------------------


def test_a_chat_is_served_in_order(stores: SqliteStores) -> None:
    """The next one only after the one before has come to an end."""
    first, second, third = stores.deliveries.add(batch())

    assert stores.deliveries.next_pending(A) == first
    send(stores, first, "10")
    assert stores.deliveries.next_pending(A) == second
    stores.deliveries.mark_failed(second.id, "message is too long")
    assert stores.deliveries.next_pending(A) == third
    assert stores.deliveries.next_pending(B) is None


def test_nothing_else_goes_out_before_an_open_question_is_settled(stores: SqliteStores) -> None:
    """Sending is one already: the process may have died in the middle."""
    first, second, _ = stores.deliveries.add(batch())
    stores.deliveries.add(batch(B))
    stores.deliveries.mark_sending(first.id, "9")

    assert stores.deliveries.next_pending(A) is None
    stores.deliveries.mark_unknown(first.id, "the connection was cut")
    assert stores.deliveries.next_pending(A) is None
    assert [(d.id, d.state, d.before, d.error) for d in stores.deliveries.open_questions(A)] == [
        (first.id, DeliveryState.UNKNOWN, "9", "the connection was cut")
    ]
    assert stores.deliveries.next_pending(B) is not None
    assert stores.deliveries.open_questions() == stores.deliveries.open_questions(A)
    assert stores.deliveries.open_questions(B) == []

    stores.deliveries.mark_sent(first.id, "10")
    assert stores.deliveries.next_pending(A) == second


def test_only_one_sender_gets_a_delivery(stores: SqliteStores) -> None:
    """The second one is told that it is taken."""
    first, *_ = stores.deliveries.add(batch())

    assert stores.deliveries.mark_sending(first.id, "9") is True
    assert stores.deliveries.mark_sending(first.id, "9") is False
    assert stores.deliveries.delivery(first.id).attempts == 1


def test_what_certainly_was_not_sent_is_tried_again_not_too_soon(stores: SqliteStores) -> None:
    """Those behind it wait too, since the order is strict."""
    first, *_ = stores.deliveries.add(batch())
    stores.deliveries.mark_sending(first.id, "9")
    stores.deliveries.back_to_pending(first.id, later(seconds=30), "429")

    waiting = stores.deliveries.next_pending(A)
    assert waiting is not None
    assert (waiting.id, waiting.not_before, waiting.error, waiting.attempts) == (first.id, later(seconds=30), "429", 1)
    stores.deliveries.mark_sending(first.id, "9")
    again = stores.deliveries.delivery(first.id)
    assert (again.attempts, again.not_before, again.error) == (2, None, None)


def test_a_sent_one_keeps_its_receipt(stores: SqliteStores) -> None:
    """What belongs under a message is sent as an answer to it."""
    first, *_ = stores.deliveries.add(batch())
    send(stores, first, "10")

    assert stores.deliveries.delivery(first.id).receipt == "10"


def test_a_failed_one_may_be_released(stores: SqliteStores) -> None:
    """By a person; it goes out before what came after it."""
    first, second, _ = stores.deliveries.add(batch())
    stores.deliveries.mark_failed(first.id, "chat not found")
    assert stores.deliveries.next_pending(A) == second

    stores.deliveries.back_to_pending(first.id)
    assert stores.deliveries.next_pending(A) == first


@pytest.mark.parametrize("wrong", ["mark_sent", "mark_unknown", "mark_failed", "back_to_pending"])
def test_what_is_sent_stays_sent(stores: SqliteStores, wrong: str) -> None:
    """A change that makes no sense is loud, and changes nothing."""
    first, *_ = stores.deliveries.add(batch())
    send(stores, first, "10")
    arguments = [] if wrong == "back_to_pending" else ["11"]

    with pytest.raises(StorageError, match=f"delivery {first.id} is sent and can't become"):
        getattr(stores.deliveries, wrong)(first.id, *arguments)
    with pytest.raises(StorageError, match="there is no delivery 99"):
        getattr(stores.deliveries, wrong)(99, *arguments)
    assert stores.deliveries.delivery(first.id).receipt == "10"
    assert stores.deliveries.mark_sending(first.id, None) is False


def test_a_pending_one_can_not_arrive(stores: SqliteStores) -> None:
    """The intent is written first."""
    first, *_ = stores.deliveries.add(batch())

    with pytest.raises(StorageError, match="is pending and can't become sent"):
        stores.deliveries.mark_sent(first.id, "10")


def test_open_targets_and_counts(stores: SqliteStores) -> None:
    """The one that waits longest first; what came to an end is not counted."""
    (first, *_) = stores.deliveries.add(batch(B))
    stores.deliveries.add(batch(A))
    send(stores, first, "1700000000.000100")
    stores.deliveries.mark_sending(first.id + 1, None)

    assert stores.deliveries.open_targets() == [B, A]
    assert stores.deliveries.counts() == {
        B: {DeliveryState.SENDING: 1, DeliveryState.PENDING: 1},
        A: {DeliveryState.PENDING: 3},
    }


def test_it_is_known_what_went_out_lately(tmp_path: Path) -> None:
    """Also what may have gone, and what was refused: the pace of a chat outlives a process."""
    minutes = iter(range(100))
    for kind in BOTH:
        with stores_of(kind, tmp_path, lambda: later(minutes=next(minutes))) as stores:
            first, second, third = stores.deliveries.add(batch())
            stores.deliveries.add(batch(B))
            began = later(minutes=next(minutes))
            send(stores, first, "10")
            stores.deliveries.mark_sending(second.id, "10")
            stores.deliveries.mark_unknown(second.id, "cut off")
            stores.deliveries.mark_failed(third.id, "given up before it was tried")

            assert [target for target, _ in stores.deliveries.sent_since(began)] == [A, A]
            assert stores.deliveries.sent_since(later(minutes=100)) == []
            stores.deliveries.back_to_pending(second.id)
            assert len(stores.deliveries.sent_since(began)) == 1


# --- chats ------------------------------------------------------------------------------------------------------


def test_a_chat_knows_its_newest_message(stores: SqliteStores) -> None:
    """Ids grow as numbers do, not as texts."""
    assert stores.chats.chat(A) == Chat(A)
    for seen in ("9", "10", "8"):
        stores.chats.saw_message(A, seen)
    for seen in ("1700000000.000100", "1700000000.000200", "1699999999.900000"):
        stores.chats.saw_message(B, seen)

    assert stores.chats.chat(A).last_message == "10"
    assert stores.chats.chat(B).last_message == "1700000000.000200"


def test_a_message_that_arrives_makes_the_chat_well(stores: SqliteStores) -> None:
    """Refusals are counted in a row."""
    first, *_ = stores.deliveries.add(batch())
    assert [stores.chats.refused(A), stores.chats.refused(A)] == [1, 2]
    send(stores, first, "10")

    assert stores.chats.chat(A) == Chat(A, last_message="10")


def test_a_hold_is_for_one_chat_or_for_all_of_a_platform(stores: SqliteStores) -> None:
    """Its end is never drawn nearer."""
    stores.chats.start_cooldown(Cooldown(A, later(hours=12), "429"))
    stores.chats.start_cooldown(Cooldown(A, later(hours=1), "429 again"))

    assert stores.chats.cooldown_until(A, NOW) == later(hours=12)
    assert stores.chats.cooldown_until(Target(Platform("telegram"), "-1002"), NOW) is None
    assert stores.chats.cooldowns(NOW) == [Cooldown(A, later(hours=12), "429")]

    stores.chats.start_cooldown(Cooldown(all_chats_of(Platform("telegram")), later(hours=13), "two chats"))
    assert stores.chats.cooldown_until(A, NOW) == later(hours=13)
    assert stores.chats.cooldown_until(Target(Platform("telegram"), "-1002"), NOW) == later(hours=13)
    assert stores.chats.cooldown_until(B, NOW) is None
    assert stores.chats.cooldown_until(A, later(hours=14)) is None
    assert stores.chats.cooldowns(later(hours=14)) == []


def test_a_dead_chat_is_paused_until_resumed(stores: SqliteStores) -> None:
    """With the reason."""
    stores.chats.refused(A)
    stores.chats.pause(A, "bot was kicked")
    assert stores.chats.paused() == [Chat(A, refusals=1, paused="bot was kicked")]

    stores.chats.resume(A)
    assert stores.chats.paused() == []
    assert stores.chats.chat(A).refusals == 0


def test_a_chat_may_be_muted(stores: SqliteStores) -> None:
    """Until a moment, or until it is taken back."""
    stores.chats.mute(A, later(days=3))
    assert stores.chats.chat(A).muted_until == later(days=3)

    stores.chats.mute(A, None)
    assert stores.chats.chat(A).muted_until is None


def test_a_migrated_chat_is_followed(stores: SqliteStores) -> None:
    """What is pending moves with it; what was sent stays where it is."""
    first, second, third = stores.deliveries.add(batch())
    send(stores, first, "10")
    moved = Target(Platform("telegram"), "-100999")
    stores.chats.migrate(A, moved)
    stores.chats.migrate(moved, Target(Platform("telegram"), "-100777"))

    now = stores.chats.migrated_target(A)
    assert now == Target(Platform("telegram"), "-100777")
    assert stores.chats.migrated_target(B) == B
    assert [d.target for d in stores.deliveries.deliveries(DIGEST)] == [A, now, now]
    assert stores.deliveries.next_pending(now).id == second.id
    assert third.id in [d.id for d in stores.deliveries.deliveries(DIGEST)]


def test_a_doubt_stays_where_it_was_sent_and_holds_up_the_new_chat(stores: SqliteStores) -> None:
    """A basic group became a supergroup: its message ids mean nothing there, and the order of its messages is kept."""
    first, *_ = stores.deliveries.add(batch())
    stores.deliveries.mark_sending(first.id, "7")
    moved = Target(Platform("telegram"), "-100999")
    stores.chats.migrate(A, moved)

    assert [d.target for d in stores.deliveries.deliveries(DIGEST)] == [A, moved, moved]
    assert stores.deliveries.open_targets() == [moved]
    assert stores.deliveries.counts() == {moved: {DeliveryState.SENDING: 1, DeliveryState.PENDING: 2}}
    assert [d.id for d in stores.deliveries.open_questions(moved)] == [first.id]
    assert stores.deliveries.next_pending(moved) is None

    stores.deliveries.back_to_pending(first.id)
    released = stores.deliveries.next_pending(moved)
    assert released is not None
    assert (released.id, released.target) == (first.id, moved)


def test_a_name_that_stands_for_another_chat_leaves_the_first_one_alone(stores: SqliteStores) -> None:
    """What waits goes to the other one; what is addressed to the first by its number still goes there."""
    name, other = Target(Platform("telegram"), "@papers"), Target(Platform("telegram"), "-1002")
    stores.chats.migrate(name, A)
    first, *_ = stores.deliveries.add(batch())
    stores.chats.rename(name, other)

    assert stores.chats.migrated_target(name) == other
    assert stores.chats.migrated_target(A) == A
    assert stores.deliveries.delivery(first.id).target == other


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1), timedelta(days=400)])
def test_a_clock_that_is_set_back_makes_no_wait_longer(tmp_path: Path, back: timedelta) -> None:
    """A hold and a pause of a message are as long as they were asked for, counted from when the jump is noticed."""
    now = NOW
    with Database.open(tmp_path / "b.db", now=lambda: now) as db:
        stores = SqliteStores.of(db)
        first, *_ = stores.deliveries.add(batch())
        stores.chats.start_cooldown(Cooldown(B, now + timedelta(seconds=120), "429"))
        stores.deliveries.back_to_pending(first.id, now + timedelta(seconds=60))

        now -= back
        assert stores.chats.cooldown_until(B, now) == now + timedelta(seconds=120)
        assert stores.deliveries.next_pending(A).not_before == now + timedelta(seconds=60)
        now += timedelta(seconds=90)
        assert stores.chats.cooldown_until(B, now) == now + timedelta(seconds=30)
        assert stores.deliveries.next_pending(A).not_before < now
        now += timedelta(seconds=31)
        assert stores.chats.cooldown_until(B, now) is None
        assert stores.chats.cooldowns(now) == []


def test_holds_questions_and_pauses_survive_a_restart(tmp_path: Path) -> None:
    """They are rows."""
    path = tmp_path / "b.db"
    with Database.open(path, now=epoch) as db:
        stores = SqliteStores.of(db)
        first, *_ = stores.deliveries.add(batch())
        stores.deliveries.mark_sending(first.id, "9")
        stores.chats.start_cooldown(Cooldown(B, later(hours=12), "429"))
        stores.chats.pause(A, "kicked")
    with Database.open(path) as db:
        stores = SqliteStores.of(db)
        assert [d.id for d in stores.deliveries.open_questions()] == [first.id]
        assert stores.chats.cooldown_until(B, NOW) == later(hours=12)
        assert stores.chats.paused()[0].paused == "kicked"


def test_looking_for_work_reads_open_rows_only(tmp_path: Path) -> None:
    """However many were sent before: the plans use the index of open ones."""
    with Database.open(tmp_path / "b.db") as db:
        seen: list[str] = []
        db.connection.set_trace_callback(seen.append)
        deliveries = SqliteStores.of(db).deliveries
        deliveries.next_pending(A)
        deliveries.open_questions()
        deliveries.open_targets()
        deliveries.counts()
        deliveries.sent_since(NOW)
        db.connection.set_trace_callback(None)

        for sql in seen:
            plan = " ".join(row[3] for row in db.rows(f"EXPLAIN QUERY PLAN {sql}"))
            assert re.search("deliveries_(open|by_time)|chats_moved", plan), (sql, plan)
