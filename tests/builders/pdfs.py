"""Small PDFs of our own, set with pymupdf when a test needs them: a press that knows columns, headings and small print.

press = Press(columns=2)
press.title("A Small Paper")
press.heading("1 Introduction")
press.prose(5)
data = press.pdf()
"""

from __future__ import annotations

import random
from typing import Any

import pymupdf as _pymupdf

from digest.models.paper_text import PaperText
from digest.pdf.extract.pdf_document import PdfDocument
from digest.pdf.structure.assemble import assemble_paper

pymupdf: Any = _pymupdf

WIDTH, HEIGHT = 612.0, 792.0
TOP, BOTTOM = 72.0, 720.0
ROMAN, BOLD, ITALIC, SANS, TYPEWRITER = "tiro", "tibo", "tiit", "helv", "cour"

_WORDS = (
    ("reader", "paper", "column", "figure", "method", "result", "sentence", "number", "model", "section", "margin"),
    ("shows", "keeps", "finds", "needs", "follows", "describes", "improves", "splits", "joins", "measures"),
    ("the", "a", "this", "every", "our", "with", "for", "under", "over", "between", "because", "while", "never"),
)


def words(sentences: int, seed: int = 1) -> str:
    """Made-up sentences, the same for the same seed."""
    chance = random.Random(seed)
    out = []
    for _ in range(sentences):
        some = [chance.choice(chance.choice(_WORDS)) for _ in range(chance.randint(8, 16))]
        out.append(" ".join(some).capitalize() + ".")
    return " ".join(out)


class Press:
    """Sets text into one or two columns, page after page, in reading order."""

    def __init__(self, columns: int = 1, size: float = 10.0, font: str = ROMAN, leading: float = 12.0) -> None:
        self.document = pymupdf.open()
        self.size, self.font, self.leading = size, font, leading
        gap = 18.0
        width = (WIDTH - 144 - gap * (columns - 1)) / columns
        self.columns = [(72 + i * (width + gap), 72 + i * (width + gap) + width) for i in range(columns)]
        self.running_head = ""
        self.page_numbers = False
        self._seed = 0
        self.new_page()

    def new_page(self) -> None:
        self.page = self.document.new_page(width=WIDTH, height=HEIGHT)
        self.column, self.y = 0, TOP
        if self.running_head:
            self.put(72, 40, self.running_head, size=8)
        if self.page_numbers:
            self.put(300, 760, str(self.document.page_count))

    def next_column(self) -> None:
        if self.column + 1 < len(self.columns):
            self.column, self.y = self.column + 1, TOP
        else:
            self.new_page()

    def put(self, x: float, y: float, text: str, size: float | None = None, font: str = "", **more: Any) -> float:
        """Text at a place, with its baseline at `y`; gives back where it ends."""
        size, font = size or self.size, font or self.font
        self.page.insert_text((x, y), text, fontsize=size, fontname=font, **more)
        return float(x + pymupdf.get_text_length(text, fontname=font, fontsize=size))

    def put_any(self, x: float, y: float, text: str, size: float, font: str) -> float:
        """As `put`, for letters that the plain fonts do not have: dashes, accents, Greek."""
        face = pymupdf.Font(font)
        writer = pymupdf.TextWriter(self.page.rect)
        writer.append((x, y), text, font=face, fontsize=size)
        writer.write_text(self.page)
        return float(x + face.text_length(text, fontsize=size))

    def line(
        self, text: str, size: float | None = None, font: str = "", indent: float = 0, centred: bool = False
    ) -> None:
        """One line in the column, the next below the last."""
        size = size or self.size
        if self.y + size > BOTTOM:
            self.next_column()
        left, right = self.columns[self.column]
        x = left + indent
        if centred:
            x = (left + right - pymupdf.get_text_length(text, fontname=font or self.font, fontsize=size)) / 2
        self.y += max(self.leading, 1.2 * size)
        self.put(x, self.y, text, size, font)

    def text(self, text: str, size: float | None = None, font: str = "", indent: float = 0, hang: float = 0) -> None:
        """A paragraph, broken at spaces; `indent` of its first line, `hang` of the others."""
        size, font = size or self.size, font or self.font
        left, right = self.columns[self.column]
        line, room = "", right - left - indent
        first = True
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and pymupdf.get_text_length(longer, fontname=font, fontsize=size) > room:
                self.line(line, size, font, indent if first else hang)
                line, room, first = word, right - left - hang, False
            else:
                line = longer
        self.line(line, size, font, indent if first else hang)

    def prose(self, sentences: int = 6, **more: Any) -> str:
        """A paragraph of made-up sentences; gives back what it says."""
        self._seed += 1
        text = words(sentences, self._seed)
        self.text(text, **more)
        return text

    def space(self, points: float) -> None:
        self.y += points

    def title(self, text: str, size: float = 17.0) -> None:
        self.line(text, size=size, font=BOLD, centred=True)
        self.space(6)
        self.line("Ann Author and Bob Other", centred=True)
        self.space(12)

    def heading(self, text: str, size: float = 12.0, font: str = BOLD, centred: bool = False, gap: float = 10) -> None:
        self.space(gap)
        self.line(text, size=size, font=font, centred=centred)
        self.space(3)

    def small_capitals(self, text: str, size: float = 12.0, gap: float = 10) -> None:
        """A heading in capitals of two sizes, as ICLR sets it."""
        self.space(gap)
        self.y += 1.2 * size
        x = self.columns[self.column][0]
        for word in text.split():
            x = self.put(x, self.y, word[0], size)
            x = self.put(x, self.y, word[1:].upper(), size * 0.8) + 0.3 * size
        self.space(3)

    def footnote(self, mark: str, text: str) -> None:
        """A footnote at the foot of the column, with a raised mark."""
        left = self.columns[self.column][0]
        x = self.put(left, BOTTOM + 14, mark, size=5)
        self.put(x, BOTTOM + 17, text, size=8)

    def pdf(self, **options: Any) -> bytes:
        data: bytes = self.document.tobytes(**options)
        return data


def read_here(data: bytes, *, hidden_text: bool = True, max_pages: int = 80) -> PaperText:
    """What the reader makes of a PDF of ours, in this process: quick, and only for files that are known to be good."""
    with PdfDocument(data, max_pages=max_pages, hidden_text=hidden_text) as pdf:
        return assemble_paper(list(pdf.pages()), pdf.about())


def outline(text: PaperText, level: int = 9) -> list[tuple[int, str, int]]:
    """Level, label and page of the headed sections down to a level."""
    return [(s.level, s.label, s.page) for s in text.sections if s.title and s.level <= level]


def plain_paper(sections: dict[str, str]) -> bytes:
    """One page: a title, and each section as a bold heading over its text."""
    press = Press()
    press.title("A Small Paper")
    for heading, text in sections.items():
        press.heading(heading)
        press.text(text)
    return press.pdf()


def small_paper() -> bytes:
    """A whole little paper of some pages in two columns."""
    press = Press(columns=2)
    press.page_numbers = True
    press.title("Reading Papers Slowly")
    press.heading("Abstract")
    press.prose(5)
    for name in ("1 Introduction", "2 Related Work", "3 Method", "4 Experiments", "5 Conclusion"):
        press.heading(name)
        for _ in range(4):
            press.prose(6)
    press.heading("References")
    for n in range(1, 9):
        press.text(f"[{n}] A. Author. {words(1, n)} Journal of Reading, {2000 + n}.", hang=12)
    return press.pdf()
