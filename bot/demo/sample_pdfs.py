"""The PDFs of the made-up papers: two columns, numbered sections, a list, references and a live link."""

from __future__ import annotations

import io
from html import escape
from typing import Any

import pymupdf

from digest.text.latex.latex_to_text import latex_to_text
from digest.text.urls import find_urls

_PAGE = pymupdf.Rect(0, 0, 595, 842)  # A4, in points
_MARGIN, _GUTTER, _HEAD = 54, 18, 150
_STYLE = """
body { font-family: serif; font-size: 10pt; text-align: justify; }
h1 { font-size: 15pt; text-align: center; margin-bottom: 4pt; }
.authors { text-align: center; }
h2 { font-size: 11.5pt; margin-top: 8pt; margin-bottom: 3pt; text-align: left; }
p { margin-top: 0; margin-bottom: 5pt; }
.abstract { font-style: italic; }
"""


def paper_pdf(title: str, authors: list[str], abstract: str, text: dict[str, Any]) -> bytes:
    """A paper's PDF from its parts of `day.toml`; every text in it is plain."""
    head = f"<h1>{escape(latex_to_text(title))}</h1><p class='authors'>{escape(', '.join(authors))}</p>"
    body = f"<h2>Abstract</h2><p class='abstract'>{escape(latex_to_text(abstract))}</p>"
    body += "".join(f"<h2>{escape(heading)}</h2>{_paragraphs(prose)}" for heading, prose in text["sections"])
    body += "<h2>References</h2>" + "".join(f"<p>{escape(entry)}</p>" for entry in text["references"])
    document = _columns(body)
    rectangle = pymupdf.Rect(_MARGIN, 50, _PAGE.width - _MARGIN, _HEAD)
    document[0].insert_htmlbox(rectangle, head, css=_STYLE, overlay=False)  # under the columns: it is read first
    for page in document:
        page.insert_text((_PAGE.width / 2, _PAGE.height - 30), str(page.number + 1), fontsize=9)
        for url, _ in find_urls(" ".join(prose for _, prose in text["sections"])):
            for rectangle in _places(page, url):
                page.insert_link({"kind": pymupdf.LINK_URI, "from": rectangle, "uri": url})
    data: bytes = document.tobytes(garbage=3, deflate=True)
    return data


def _places(page: Any, url: str) -> list[Any]:
    """Where the URL stands on the page, or, broken over two lines, where it begins."""
    for length in range(len(url), len("https://") + 4, -1):
        if rectangles := page.search_for(url[:length]):
            return list(rectangles)
    return []


def _paragraphs(prose: str) -> str:
    """A line is a paragraph; lines that begin with a dash are a list."""
    html = ""
    for line in filter(None, map(str.strip, prose.splitlines())):
        html += f"<p>• {escape(line[2:])}</p>" if line.startswith("- ") else f"<p>{escape(line)}</p>"
    return html


def _columns(body: str) -> Any:
    """The body, flowing from column to column and page to page."""
    width = (_PAGE.width - 2 * _MARGIN - _GUTTER) / 2

    def next_column(number: int, _filled: Any) -> tuple[Any, Any, None]:
        top = _HEAD + 10 if number < 2 else 60
        left = _MARGIN + (number % 2) * (width + _GUTTER)
        return (_PAGE if number % 2 == 0 else None), pymupdf.Rect(left, top, left + width, _PAGE.height - 60), None

    file = io.BytesIO()
    writer = pymupdf.DocumentWriter(file)
    pymupdf.Story(body, user_css=_STYLE).write(writer, next_column)
    writer.close()
    return pymupdf.open("pdf", file.getvalue())
