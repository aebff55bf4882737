"""An edition under a new name keeps its history: nothing is published again, and what is in doubt is still found."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.delivery.delivery_worker import name
from bot.delivery.renamed_editions import renamed_editions, take_history_along
from digest.models.delivery import Message, digest_key
from digest.models.digest import Digest
from digest.models.edition import Edition, Platform, Target
from storage.database.connection import Database
from storage.stores.all_stores import SqliteStores
from storage.stores.edition_history import EditionHistory

NEWS, OTHER = Target(Platform("telegram"), "-1001"), Target(Platform("telegram"), "-1002")
NAMED = Target(Platform("telegram"), "@news")
DAY = date(2026, 1, 9)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "b.db") as db:
        yield db


def edition(name: str, *targets: Target) -> Edition:
    return Edition(name, ("cs.RO",), ("robot",), targets=targets)


def published(db: Database, edition: str, target: Target, day: date = DAY) -> int:
    """A digest with one message, which is under way."""
    digest = Digest(edition, "Title", "en", day, (), (), 0)
    stores = SqliteStores.of(db)
    stores.digests.save_digest(digest)
    stores.editions.run_began(edition, day)
    (delivery,) = stores.deliveries.add([Message(digest_key(digest), target, "overview", {"text": "x"})])
    stores.deliveries.mark_sending(delivery.id, None)
    return delivery.id


def test_a_new_name_takes_the_history_along(db: Database) -> None:
    """By the chat that the old one published to, also where the configuration spells the chat differently."""
    number = published(db, "robots", NEWS)
    stores = SqliteStores.of(db)
    stores.chats.rename(NAMED, NEWS)
    before = stores.deliveries.delivery(number)
    assert before is not None

    (renamed,) = take_history_along(db, stores, [edition("robotics", NAMED)])

    assert (renamed.old, renamed.new) == ("robots", "robotics")
    assert "not published again" in str(renamed)
    (digest,) = stores.digests.digests("robotics", DAY)
    assert digest.edition == "robotics"
    assert [d.id for d in stores.deliveries.deliveries(digest_key(digest))] == [number]
    assert stores.editions.last_run("robotics") is not None
    assert not EditionHistory(db).has("robots")
    after = stores.deliveries.delivery(number)
    assert after is not None
    assert name(after) == name(before)  # by which Slack finds it
    assert stores.events.events("robotics")[0].what == "edition renamed"
    assert take_history_along(db, stores, [edition("robotics", NAMED)]) == []


def test_an_edition_may_be_renamed_again_and_again(db: Database) -> None:
    """A message in doubt keeps the first name."""
    number = published(db, "a", NEWS)
    stores = SqliteStores.of(db)
    for new in ("b", "c", "a2"):
        take_history_along(db, stores, [edition(new, NEWS)])

    delivery = stores.deliveries.delivery(number)
    assert delivery is not None
    assert (delivery.digest, delivery.origin) == ("a2/2026-01-09/1", "a/2026-01-09/1")


@pytest.mark.parametrize(
    "editions",
    [
        [edition("robots", NEWS), edition("vision", NEWS)],  # one more for the same chat
        [edition("vision", OTHER)],  # another chat
        [edition("vision")],  # no chat
    ],
)
def test_what_is_no_new_name(db: Database, editions: list[Edition]) -> None:
    published(db, "robots", NEWS)

    assert renamed_editions(db, editions) == []


def test_the_newest_of_several_old_names_is_taken_and_each_once(db: Database) -> None:
    published(db, "older", NEWS, date(2026, 1, 8))
    published(db, "newer", NEWS)
    published(db, "telegram:42", NEWS, date(2026, 1, 12))  # a person's own

    renamed = renamed_editions(db, [edition("x", NEWS), edition("y", NEWS), edition("z", NEWS)])

    assert [(one.old, one.new) for one in renamed] == [("newer", "x"), ("older", "y")]


def test_a_name_that_begins_as_another_one_is_left_alone(db: Database) -> None:
    """robots and robots2."""
    published(db, "robots", NEWS)
    number = published(db, "robots2", NEWS)
    stores = SqliteStores.of(db)
    EditionHistory(db).rename("robots", "r")

    delivery = stores.deliveries.delivery(number)
    assert delivery is not None
    assert delivery.digest == "robots2/2026-01-09/1"
