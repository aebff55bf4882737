"""Papers as items of Zotero's API (https://www.zotero.org/support/dev/web_api/v3/write_requests). Pure."""

from __future__ import annotations

import hashlib

from digest.export.citation_fields import author_names, doi, issue_date, paper_url
from digest.export.person_names import PersonName
from digest.models.paper import Paper
from digest.text.latex.latex_to_text import latex_to_text

_SIGNS = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"  # of Zotero's keys


def item(paper: Paper, collection: str = "") -> dict[str, object]:
    """A new item (`version` 0) under a key that follows from the paper: sent again, it is refused, not doubled."""
    return {
        "key": key(paper.id),
        "version": 0,
        "itemType": "preprint",
        "title": latex_to_text(paper.title),
        "creators": [_creator(person) for person in author_names(paper)],
        "abstractNote": latex_to_text(paper.abstract),
        "repository": "arXiv",
        "archiveID": f"arXiv:{paper.id}",
        "date": "-".join(f"{part:02}" for part in issue_date(paper)),
        "DOI": doi(paper),
        "url": paper_url(paper),
        "extra": latex_to_text(paper.journal_ref or ""),
        "tags": [{"tag": category, "type": 1} for category in paper.categories],
        "collections": [collection] if collection else [],
        "relations": {},
    }


def key(paper_id: str) -> str:
    """Eight signs, always the same for a paper."""
    number = int.from_bytes(hashlib.sha256(f"arXiv:{paper_id}".encode()).digest()[:8], "big")
    signs = []
    for _ in range(8):
        number, remainder = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[remainder])
    return "".join(signs)


def _creator(person: PersonName) -> dict[str, str]:
    if not person.family:
        return {"creatorType": "author", "name": person.literal}
    given_names = " ".join(filter(None, (person.given, person.suffix)))
    return {"creatorType": "author", "firstName": given_names, "lastName": person.surname}
