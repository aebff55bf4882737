"""The demonstration: two made-up days through the real pipeline, in a folder that is gone afterwards."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bot.app import opened
from bot.demo.arxiv_server import Source, serve
from digest.models.model import Digest, Edition
from digest.settings import ArxivSettings, Settings, StorageSettings

KEYWORDS = ("vision language action", "vla", "traffic prediction")
CATEGORIES = ("cs.RO", "cs.LG", "cs.CL", "cs.CV")
TITLES = {"zh": "VLA 日报", "en": "VLA daily"}


def settings(base_url: str, folder: Path, language: str) -> Settings:
    """What `config.toml` would say, with arXiv on loopback."""
    edition = Edition("demo", CATEGORIES, KEYWORDS, TITLES[language], language=language)
    arxiv = ArxivSettings(f"{base_url}/rss", f"{base_url}/api/query", f"{base_url}/pdf", "demo", 0.0)
    return Settings(arxiv=arxiv, storage=StorageSettings(folder / "demo.db"), editions=(edition,))


async def play(language: str) -> Digest:
    """The digest of the newest day; the day before it was made too, so that a new version is an update."""
    source = Source()
    with tempfile.TemporaryDirectory(prefix="broadsheet-demo-") as folder, serve(source) as base_url:
        async with opened(settings(base_url, Path(folder), language)) as app:
            edition = app.settings.editions[0]
            for day in source.days:
                source.day = day
                digest = await app.make_digest(edition, day, publish=False)
    return digest
