"""Small PDFs of our own, drawn with pymupdf when a test needs them."""

from __future__ import annotations

import pymupdf

WIDTH, HEIGHT = 612.0, 792.0


def plain_paper(sections: dict[str, str]) -> bytes:
    """One page: a title, and each section as a bold heading over its text."""
    document = pymupdf.open()
    page = document.new_page(width=WIDTH, height=HEIGHT)
    page.insert_text((200, 80), "A Small Paper", fontsize=17, fontname="hebo")
    y = 120.0
    for heading, text in sections.items():
        page.insert_text((72, y), heading, fontsize=12, fontname="tibo")
        page.insert_textbox((72, y + 10, 540, y + 120), text, fontsize=10, fontname="tiro")
        y += 130
    data: bytes = document.tobytes()
    return data
