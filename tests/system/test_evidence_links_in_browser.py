"""Text directives in a real Chromium: the words of a passage are marked, in an HTML page and in a PDF."""

import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pymupdf
import pytest

from digest.analysis.evidence_links import PassageLocator
from digest.html.html_paper import read_page
from digest.models.analysis import Evidence, PassageLocation, Verdict
from digest.models.paper_text import PaperText
from digest.pdf.reader import read_bytes
from digest.settings import ReadingLimits
from tests.builders.html_pages import article
from tests.builders.pdfs import Press
from tests.system.browser import Chromium, Page, needs_chromium

pytestmark = [pytest.mark.slow, needs_chromium]

MARKED = (255, 0, 255)
STYLE = b"<style>::target-text { background: #ff00ff; color: #ff00ff } .ltx_ref, cite { display: inline-block }</style>"
MATH = '<math alttext="x_{i}"><msub><mi>x</mi><mi>i</mi></msub></math>'
PASSAGES = (
    "We never saw the robot stop, although its lamp went out twice.",
    "Every weight x_i is small, and the planner of [3] follows the light.",
    "The map ages when lamps are switched - a well-known fault, 10 % of all.",
)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def html_page() -> bytes:
    filler = "".join(f"<p>Room {i} is dark, and nobody has seen its far wall since.</p>" * 3 for i in range(30))
    words = [
        passage.replace("x_i", MATH).replace("[3]", '<cite>[<a class="ltx_ref" href="#bib.bib3">3</a>]</cite>')
        for passage in PASSAGES
    ]
    body = "".join(
        f'{filler}<div class="ltx_para" id="S1.p{i}"><p>Lamps age. {passage} Rooms differ.</p></div>'
        for i, passage in enumerate(words, 1)
    )
    return article(f'<section class="ltx_section" id="S1"><h2>One</h2>{body}</section>')


def located(text: PaperText, passage: str) -> PassageLocation:
    location = PassageLocator(text).location(Evidence(passage, Verdict.FOUND, passage=passage))
    assert location is not None
    return location


def marked(page: Page, path: Path) -> list[tuple[int, int]]:
    """The first and last marked pixel on the screen, in reading order; none where nothing is marked."""
    page.screenshot(path)
    pixmap = pymupdf.Pixmap(str(path))
    samples, row = pixmap.samples, pixmap.width * pixmap.n
    spots = [
        (x, y)
        for y in range(0, pixmap.height, 2)
        for x in range(0, pixmap.width, 2)
        if tuple(samples[(at := y * row + x * pixmap.n) : at + 3]) == MARKED
    ]
    return [spots[0], spots[-1]] if spots else []


def word_at(page: Page, spot: tuple[int, int]) -> str:
    x, y = spot
    script = "(r => r.startContainer.textContent.slice(Math.max(0, r.startOffset - 12), r.startOffset + 12))"
    return str(page.evaluate(f"{script}(document.caretRangeFromPoint({x}, {y}))"))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_words_of_a_passage_are_marked_in_an_html_page(address: str, tmp_path: Path, number: int) -> None:
    data, passage = html_page(), PASSAGES[number - 1]
    (tmp_path / "paper.html").write_bytes(data.replace(b"</head>", STYLE + b"</head>"))
    location = located(read_page(data).text, passage)
    assert location.anchor == f"S1.p{number}"

    with Chromium() as browser:
        page = browser.open(f"{address}/paper.html#{location.anchor}{location.html_directive}")
        page.until("window.scrollY > 0")
        first, last = marked(page, tmp_path / "screen.png")

        beginning, end = (unquote(part).split() for part in location.html_directive.removeprefix(":~:text=").split(","))
        assert beginning[0] in word_at(page, first)
        assert end[-1] in word_at(page, last)


def test_the_words_of_a_passage_are_marked_in_a_pdf(address: str, tmp_path: Path) -> None:
    """The viewer draws letters in black; a mark is the only colour on the page."""
    press = Press()
    press.heading("1 Introduction")
    press.prose(40)
    data = press.pdf()
    (tmp_path / "paper.pdf").write_bytes(data)
    text = read_bytes(data, ReadingLimits())
    assert isinstance(text, PaperText)
    words = text.sections[-1].paragraphs[0].text
    location = located(text, words[: words.index(".") + 1])
    assert location.pdf_directive

    with Chromium() as browser:
        plain = coloured(browser, f"{address}/paper.pdf#page=1", tmp_path)
        with_words = coloured(browser, f"{address}/paper.pdf?again#page=1{location.pdf_directive}", tmp_path)

    assert with_words > 5 * plain + 100


def coloured(browser: Chromium, url: str, folder: Path) -> int:
    """How many pixels of the page have the same violet, as a mark has, once the viewer has drawn it."""
    page = browser.open(url, width=900, height=900)
    page.until("document.readyState === 'complete'")
    before = -1
    for _ in range(40):
        page.evaluate("new Promise(done => setTimeout(done, 150))")
        page.screenshot(folder / "pdf.png")
        pixmap = pymupdf.Pixmap(str(folder / "pdf.png"))
        white = pixmap.samples.count(b"\xff" * 60)
        if white == before and white:
            break
        before = white
    samples, row = pixmap.samples, pixmap.width * pixmap.n
    pixels = (
        samples[(at := y * row + x * pixmap.n) : at + 3]
        for y in range(70, pixmap.height, 2)
        for x in range(pixmap.width // 2, pixmap.width, 2)
    )
    violet = Counter(p for p in pixels if min(p) > 180 and p[2] - p[1] > 20)
    return max(violet.values(), default=0)
