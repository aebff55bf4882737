"""An archive of made-up digests: two editions, Chinese and English, of three days each, written to a folder."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.site.builder import SiteUpdate, update_site
from digest.models.digest import CardFigure, Digest
from digest.models.edition import Edition
from digest.pdf.result import FigureImage
from digest.settings import Settings, StorageSettings
from digest.settings.schema import ArchiveSettings
from storage.database.connection import Database
from storage.stores.digests import SqliteDigestStore
from storage.stores.figures import FigureFolder, figure_folder
from tests.builders.digests import empty_day, rich_day

EARLIER, DAY, EMPTY = date(2025, 12, 30), date(2026, 1, 9), date(2026, 1, 10)
ZH = Edition("robots", ("cs.AI", "cs.RO"), ("vla",), "VLA 日报", language="zh", timezone="Asia/Shanghai")
EN = Edition("robots-en", ("cs.AI", "cs.RO"), ("vla",), "VLA Daily", language="en")
BY = "http://creativecommons.org/licenses/by/4.0/"


def png(width: int = 240, height: int = 120) -> bytes:
    """A picture of two colours."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    colours = bytes((40, 90, 150)), bytes((235, 240, 245))
    rows = b"".join(b"\0" + b"".join(colours[(x // 20 + y // 20) % 2] for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def days(language: str, edition: str) -> list[Digest]:
    """The first day's papers come again on the second; its first card has a figure under CC BY."""
    rich = rich_day(language, edition=edition)
    first = rich.cards[0]
    shown = replace(
        first, paper=replace(first.paper, licence=BY), figure=CardFigure("Figure 1: Which eye steers.", 2, 240, 120)
    )
    return [
        replace(rich, day=EARLIER, cards=rich.cards[1:3], updates=()),
        replace(rich, cards=(shown, *rich.cards[3:])),
        replace(empty_day(language), edition=edition),
    ]


class Site:
    """A folder with a database and the site that is made from it."""

    def __init__(self, folder: Path, public_url: str = "") -> None:
        self.folder = folder / "site"
        self.editions: Sequence[Edition] = (ZH, EN)
        self.settings = Settings(
            storage=StorageSettings(folder / "test.db"),
            archive=ArchiveSettings(str(self.folder), public_url),
            editions=tuple(self.editions),
        )

    def add(self, *digests: Digest) -> None:
        with Database.open(self.settings.storage.path) as db:
            for digest in digests:
                SqliteDigestStore(db).save_digest(digest)

    def fill(self) -> Site:
        """With three days in each language, and a figure."""
        FigureFolder(figure_folder(self.settings.storage.path)).save(
            "2601.03309", 1, FigureImage(png(), "Figure 1: Which eye steers.", 2, 240, 120, is_thumbnail=False)
        )
        self.add(*days("zh", ZH.name), *days("en", EN.name))
        return self

    def renew(self, *, anew: bool = False) -> SiteUpdate:
        return update_site(self.settings, self.folder, self.editions, rewrite_all=anew)

    def text(self, place: str) -> str:
        return (self.folder / place).read_text(encoding="utf-8")

    def pages(self) -> list[str]:
        """Every page, as it lies in the folder."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.html"))
