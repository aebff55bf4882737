"""Words that no reader of the PDF sees. The reader has dropped them; whoever reads the card should know of them:
sentences that are hidden from people are aimed at the models that read for them."""

from __future__ import annotations

from digest.models.notice import Notice
from digest.models.paper_text import PaperText


def hidden_text_notices(text: PaperText) -> tuple[Notice, ...]:
    """A notice where hidden text that reads like a sentence was dropped, with its pages."""
    pages = sorted({removed.page for removed in text.removed if removed.suspicious and removed.page})
    return (Notice.of("analyse.hidden_words", pages=", ".join(map(str, pages))),) if pages else ()
