"""Files that are refused unopened, from their first bytes. MuPDF would open an HTML page as a document (facts)."""

from __future__ import annotations

import re

from digest.model import Notice

_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|\?xml)", re.IGNORECASE)


def refused(data: bytes, max_bytes: int) -> Notice | None:
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
