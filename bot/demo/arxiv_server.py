"""A small arXiv on loopback that serves the made-up days: feeds, PDFs and the query API, through real HTTP."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from email.utils import format_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from digest.arxiv.creators import creator_names
from digest.text.latex.latex_to_text import latex_to_text

HTML_PAGE = b"<!DOCTYPE html><html><head><title>Rate exceeded</title></head><body>Rate exceeded.</body></html>"
EASTERN = ZoneInfo("America/New_York")  # arXiv dates its feeds at midnight there


class DemoArxiv:
    """What the made-up days hold. `day` is the one that the feeds show."""

    def __init__(self) -> None:
        data = tomllib.loads((resources.files(__package__) / "day.toml").read_text(encoding="utf-8"))
        self.papers: list[dict[str, Any]] = data["papers"]
        self.texts: dict[str, Any] = data["pdfs"]
        self.day: date = max(self.days)

    @property
    def days(self) -> list[date]:
        return sorted({paper["day"] for paper in self.papers})

    def feed(self, category: str) -> str:
        papers = [p for p in self.papers if p["day"] == self.day and category in p["categories"]]
        return _rss(category, self.day, papers)

    @cache  # noqa: B019 - one source lives as long as the demonstration
    def pdf(self, versioned_id: str) -> bytes | None:
        from bot.demo.sample_pdfs import paper_pdf

        paper = next((p for p in self.papers if f"{p['id']}v{p['version']}" == versioned_id), None)
        if paper is None or "pdf" not in paper:
            return None
        if paper["pdf"] not in self.texts:
            return HTML_PAGE  # a server that answers "slow down" with a page, as arXiv's sometimes does
        authors = list(creator_names(paper["creator"]))
        return paper_pdf(paper["title"], authors, paper["abstract"].strip(), self.texts[paper["pdf"]])

    def query(self, ids: list[str]) -> str:
        papers = [p for i in ids for p in self.papers if i in (p["id"], f"{p['id']}v{p['version']}")]
        return _atom(papers)


def _rss(category: str, day: date, papers: list[dict[str, Any]]) -> str:
    """In the form of https://info.arxiv.org/help/rss_specifications.html."""
    stamp = format_datetime(datetime.combine(day, datetime.min.time(), EASTERN))
    items = "".join(
        f"<item><title>{escape(p['title'])}</title><link>https://arxiv.org/abs/{p['id']}</link>"
        f"<description>arXiv:{p['id']}v{p['version']} Announce Type: {_kind(p, category)} \n"
        f"Abstract: {escape(p['abstract'].strip())}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{p["id"]}v{p["version"]}</guid>'
        + "".join(f"<category>{c}</category>" for c in p["categories"])
        + f"<pubDate>{stamp}</pubDate><arxiv:announce_type>{_kind(p, category)}</arxiv:announce_type>"
        f"<dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>"
        f"<dc:creator>{escape(p['creator'])}</dc:creator></item>\n"
        for p in papers
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{category} updates on arXiv.org</title><link>http://rss.arxiv.org/rss/{category}</link>"
        f"<lastBuildDate>{stamp}</lastBuildDate><pubDate>{stamp}</pubDate>\n{items}</channel></rss>"
    )


def _kind(paper: dict[str, Any], category: str) -> str:
    """The kind is relative to the feed: a new paper is a cross-listing outside its primary category."""
    is_primary = paper["categories"][0] == category
    return (
        str(paper["kind"]) if is_primary else {"new": "cross", "replace": "replace-cross"}.get(paper["kind"], "cross")
    )


def _atom(papers: list[dict[str, Any]]) -> str:
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{p['id']}v{p['version']}</id><title>{escape(p['title'])}</title>"
        f"<updated>{p['day']}T00:00:00Z</updated><published>{p['day']}T00:00:00Z</published>"
        f"<summary>{escape(p['abstract'].strip())}</summary>"
        + "".join(f"<author><name>{escape(latex_to_text(a))}</name></author>" for a in creator_names(p["creator"]))
        + f'<arxiv:primary_category term="{p["categories"][0]}"/>'
        + "".join(f'<category term="{c}"/>' for c in p["categories"])
        + "</entry>"
        for p in papers
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        f"<title>arXiv Query:</title><opensearch:totalResults>{len(papers)}</opensearch:totalResults>{entries}</feed>"
    )


@contextmanager
def serve_arxiv(source: DemoArxiv) -> Iterator[str]:
    """Serve on a free port of loopback for as long as the block runs; gives the base URL."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            path = unquote(url.path)
            if path.startswith("/rss/"):
                self._answer(source.feed(path.removeprefix("/rss/")).encode(), "application/xml")
            elif path == "/api/query":
                ids = parse_qs(url.query).get("id_list", [""])[0].split(",")
                self._answer(source.query(ids).encode(), "application/atom+xml")
            elif pdf := source.pdf(path.removeprefix("/pdf/").removesuffix(".pdf")):
                self._answer(pdf, "text/html" if pdf == HTML_PAGE else "application/pdf")
            else:
                self._answer(b"not found", "text/plain", 404)

        def _answer(self, body: bytes, content_type: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
