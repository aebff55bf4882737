"""Files that are refused unopened, from their first bytes. MuPDF would open an HTML page as a document (facts)."""

from __future__ import annotations

import re

from digest.models.notice import Notice

_LENGTH = re.compile(rb"/Linearized\b[^>]{0,200}?/L\s+(\d{1,12})")
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|\?xml)", re.IGNORECASE)


def rejection_reason(data: bytes, max_bytes: int) -> Notice | None:
    """Why `data` is not worth opening, or None. The header may stand anywhere in the first KB, as readers allow."""
    if not data:
        return Notice.of("pdf.empty")
    if len(data) > max_bytes:
        return Notice.of("pdf.too_large", megabytes=max(1, max_bytes // 1_000_000))
    start = data[:1024]
    if b"%PDF-" in start:
        return None
    if _HTML.search(start):
        return Notice.of("pdf.html")
    return Notice.of("pdf.not_pdf")


def truncation_notice(data: bytes, expected_bytes: int | None = None) -> Notice | None:
    """Whether a PDF's end is missing, with how much of it there is where its length is known."""
    stated = _LENGTH.search(data[:2048])
    length = expected_bytes or (int(stated[1]) if stated else 0)
    if length > len(data):
        return Notice.of("pdf.cut_off", percent=100 * len(data) // length)
    # Readers look for the end marker in the last KB. Some writers pad the file behind it.
    return None if b"%%EOF" in data[-4096:] or b"startxref" in data[-4096:] else Notice.of("pdf.end_missing")
