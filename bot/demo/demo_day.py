"""The demonstration: two made-up days through the real pipeline, in a folder that is gone afterwards."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bot.app import open_app
from bot.demo.arxiv_server import DemoArxiv, serve_arxiv
from bot.demo.written_card import with_written_card
from digest.models.digest import Digest
from digest.models.edition import Edition
from digest.settings import ArxivSettings, Settings, StorageSettings

KEYWORDS = ("vision language action", "vla", "traffic prediction")
CATEGORIES = ("cs.RO", "cs.LG", "cs.CL", "cs.CV")
TITLES = {"zh": "VLA 日报", "en": "VLA daily"}


def demo_settings(base_url: str, folder: Path, language: str) -> Settings:
    """What `config.toml` would say, with arXiv on loopback."""
    edition = Edition("demo", CATEGORIES, KEYWORDS, TITLES[language], language=language)
    arxiv = ArxivSettings(f"{base_url}/rss", f"{base_url}/api/query", f"{base_url}/pdf", "demo", 0.0)
    return Settings(arxiv=arxiv, storage=StorageSettings(folder / "demo.db"), editions=(edition,))


async def run_demo(language: str) -> Digest:
    """The digest of the newest day; the day before it was made too, so that a new version is an update."""
    source = DemoArxiv()
    with tempfile.TemporaryDirectory(prefix="broadsheet-demo-") as folder, serve_arxiv(source) as base_url:
        async with open_app(demo_settings(base_url, Path(folder), language)) as app:
            edition = app.settings.editions[0]
            for day in source.days:
                source.day = day
                digest = await app.collect_and_build_digest(edition, day, publish=False)
    return with_written_card(digest)
