"""The links of a paper: from its annotations first, then from its text; and which are the paper's own code and page.

A link over two lines of text is joined only where that is certain: joining blindly makes addresses that do not exist.
A code host's address is the paper's own only by its words ("our code is available at") or its place (first page);
a baseline's repository in the experiments, or one in the bibliography, is not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from digest.models.paper_text import Link, LinkKind
from digest.pdf.extract.layout import PageLayout
from digest.pdf.extract.page_elements import LinkAnnotation, PdfPage, TextLine
from digest.text.urls import find_urls, is_named_after, is_usable, link_kind, says_own, trim_url

_MAX_LINKS = 400
_CONTEXT = 220  # characters before a link that may say what it is
_MAY_LINK = re.compile(r"://|www\.|WWW\.|\.com/|\.org/|\.co/")
_OPEN_END = "/-_=&?~%"  # an address that ends so at a line's end goes on
_NOTE = re.compile(r"(\d{1,2}|[*†‡§∗])\.?\s?(?=https?:|www\.|github|gitlab)", re.IGNORECASE)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_BADGE = re.compile(
    r"\b(?:made|built|generated|typeset|compiled|created) (?:with|by|using)\b|\bpowered by\b|\btemplate\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def links(pages: Sequence[PdfPage], layout: PageLayout, references: Collection[int], title: str) -> list[Link]:
    """Every link once, in reading order. `references`: the lines of the bibliography."""
    link_places = _Places(layout, references)
    links_by_url: dict[str, Link] = {}
    for link in (*_annotated(pages, link_places, title), *_written(layout, link_places, title)):
        key = _key(link.url)
        earlier = links_by_url.get(key)
        if earlier is None:
            is_new = link.source != "text" or not any(_is_part(key, longer) for longer in links_by_url)
        else:
            is_new = earlier.kind is LinkKind.OTHER and link.kind is not LinkKind.OTHER
        if is_new:
            links_by_url[key] = link
        if len(links_by_url) >= _MAX_LINKS:
            break
    return sorted(_with_one_code(list(links_by_url.values()), title), key=lambda link: link.page or 0)


def _with_one_code(links: Sequence[Link], title: str) -> list[Link]:
    """The links, where a badge or a place on the first page makes no code if words or a name say which it is."""
    scores = {id(link): _ownness(link, title) for link in links if link.kind is LinkKind.CODE}
    best = max(scores.values(), default=0)
    weak = {i for i, score in scores.items() if score < 0 or (score < best and best > 1)}
    return [replace(link, kind=LinkKind.OTHER) if id(link) in weak else link for link in links]


def _ownness(link: Link, title: str) -> int:
    """How surely a link is to the paper's own code: by the name in it, by the sentence before it; a badge's is not."""
    sentence = _SENTENCE_END.split(link.context)[-1]
    if _BADGE.search(sentence[-60:]):
        return -1
    return 2 * is_named_after(link.url, title) + 2 * says_own(sentence)


def _key(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url, flags=re.IGNORECASE).rstrip("/").removesuffix(".git").casefold()


def _is_part(key: str, longer: str) -> bool:
    """Whether an address read from text is the beginning of one that an annotation gives whole."""
    return len(key) >= 12 and longer.startswith(key)


class _Places:
    """Where links stand: the lines of each page, and the words before a place."""

    def __init__(self, layout: PageLayout, references: Collection[int]) -> None:
        self.layout = layout
        self.references = references
        self.by_page: dict[int, list[int]] = {}
        for i, spot in enumerate(layout.spots):
            self.by_page.setdefault(spot.line.page, []).append(i)

    def line_of(self, uri: LinkAnnotation) -> int | None:
        """The line that an annotation covers."""
        middle = (uri.y0 + uri.y1) / 2
        for i in self.by_page.get(uri.page, ()):
            line = self.layout.spots[i].line
            if line.y0 - 1 <= middle <= line.y1 + 1 and line.x0 - 2 <= (uri.x0 + uri.x1) / 2 <= line.x1 + 2:
                return i
        return None

    def words_before(self, index: int | None, offset: int) -> str:
        """The text of a page that leads up to an offset of a line."""
        if index is None:
            return ""
        mark = _NOTE.match(self.layout.spots[index].line.text[: offset + 8])
        if mark is not None and offset <= mark.end() + 1:
            return self._words_at_mark(index, mark[1]) or self._before(index, offset)
        return self._before(index, offset)

    def _words_at_mark(self, index: int, mark: str) -> str:
        """The words that a footnote is hung on: `our code is public2` on the footnote's page."""
        raised = re.escape(mark.translate(_RAISED))
        hung = re.compile(rf"[^\W\d_][.,;:)”\"’]*(?:{re.escape(mark)}(?!\d)|{raised}(?![⁰¹²³⁴-⁹]))")
        for i in self.by_page[self.layout.spots[index].line.page]:
            match = hung.search(self.layout.spots[i].line.text)
            if match is not None and i < index:
                return self._before(i, match.end() - len(mark))
        return ""

    def _before(self, index: int, offset: int) -> str:
        lines = [self.layout.spots[i].line for i in range(max(0, index - 3), index)]
        here = self.layout.spots[index].line
        before = " ".join(line.text for line in lines if line.page == here.page)
        return f"{before} {here.text[:offset]}"[-_CONTEXT:].strip()


def _annotated(pages: Sequence[PdfPage], link_places: _Places, title: str) -> Iterator[Link]:
    for page in pages:
        for uri in page.uris:
            url = trim_url(uri.uri.strip())
            if not is_usable(url):
                continue
            index = link_places.line_of(uri)
            offset = 0
            if index is not None:
                line = link_places.layout.spots[index].line
                offset = round(len(line.text) * (uri.x0 - line.x0) / max(line.width, 1.0))
            yield _link(url, uri.page, "annotation", index, max(0, offset), link_places, title)


def _written(layout: PageLayout, link_places: _Places, title: str) -> Iterator[Link]:
    for i, spot in enumerate(layout.spots):
        text = spot.line.text
        if not _MAY_LINK.search(text):
            continue
        joined = _with_next(text, layout.spots[i + 1].line if i + 1 < len(layout.spots) else None, spot.line)
        for url, start in find_urls(joined):
            if start < len(text):
                yield _link(url, spot.line.page, "text", i, start, link_places, title)


def _with_next(text: str, after: TextLine | None, line: TextLine) -> str:
    """A line, with the first word of the next where the address at its end surely goes on there."""
    if after is None or after.page != line.page or not after.text or " " in text[max(text.rfind("http"), 0) :].strip():
        return text
    word = after.text.split()[0]
    odd = any(map(str.isdigit, word)) or any(c in word.rstrip(".,;:)") for c in "/_-.=")
    goes_on = "//" not in word and (odd if text[-1] in _OPEN_END else odd and word[0].islower() and "/" in word)
    mixed = len(word) >= 6 and any(map(str.isdigit, word)) and any(map(str.islower, word)) and word[0].isalnum()
    return text + word if (goes_on or mixed) and re.fullmatch(r"[\w./~%#=&?+-]+", word) else text


def _link(url: str, page: int, source: str, index: int | None, offset: int, link_places: _Places, title: str) -> Link:
    context = link_places.words_before(index, offset)
    in_references = index in link_places.references if index is not None else False
    kind = LinkKind.OTHER if in_references else link_kind(url, context, page=page, title=title)
    return Link(url, kind, page, source, context)
