"""`broadsheet read FILE.pdf`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from digest.models.paper_text import PaperText


@click.command("read")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--text", "as_text", is_flag=True, help="Print the text, section by section.")
@click.option("--figure", "picture", type=click.Path(path_type=Path), help="Write the first figure to this PNG file.")
@click.pass_context
def command(ctx: click.Context, file: Path, as_json: bool, as_text: bool, picture: Path | None) -> None:
    """Show what is read out of a PDF: sections with their pages, links, what was removed, and how long it took."""
    from bot.cli.main import read_paper, reading_limits
    from digest.errors import InputError
    from digest.pdf.reader import draw_figure

    began = time.perf_counter()
    outcome = read_paper(ctx, file)
    seconds = time.perf_counter() - began
    if picture is not None:
        drawn = draw_figure(file.read_bytes(), reading_limits(ctx))
        if drawn is None:
            raise InputError(f"{file}: no figure and no page could be drawn")
        picture.write_bytes(drawn.png)
    if as_json:
        click.echo(json.dumps(document(outcome), ensure_ascii=False, indent=2))
    elif as_text:
        click.echo(text(outcome))
    else:
        click.echo(outline(outcome, seconds))


def document(paper: PaperText) -> dict[str, object]:
    """The JSON of `read`."""
    from digest.i18n.translator import Translator

    return {
        "title": paper.title,
        "pages": paper.pages,
        "pages_read": paper.pages_read,
        "partial": Translator("en").notice(paper.partial) if paper.partial else None,
        "sections": [
            {"number": s.number, "title": s.title, "level": s.level, "page": s.page, "kind": s.kind.value}
            for s in paper.sections
        ],
        "captions": [{"kind": c.kind, "number": c.number, "page": c.page, "text": c.text} for c in paper.captions],
        "links": [
            {"url": link.url, "kind": link.kind.value, "page": link.page, "source": link.source} for link in paper.links
        ],
        "removed": [
            {"what": r.what, "reason": r.reason, "page": r.page, "count": r.count, "suspicious": r.suspicious}
            for r in paper.removed
        ],
    }


def text(paper: PaperText) -> str:
    """All sections with their paragraphs, as Markdown."""
    parts = [f"# {paper.title}"]
    for section in paper.sections:
        parts.append(f"{'#' * min(6, section.level + 1)} {section.label}")
        parts += [paragraph.text for paragraph in section.paragraphs]
    return "\n\n".join(parts)


def outline(paper: PaperText, seconds: float) -> str:
    """For people: the sections as a tree, then the links, then what was removed."""
    from digest.i18n.translator import Translator

    lines = [paper.title, f"{paper.pages_read} of {paper.pages} pages read in {seconds:.2f} s"]
    if paper.partial:
        lines.append(f"partial: {Translator('en').notice(paper.partial)}")
    lines.append("")
    for section in paper.sections:
        mark = "" if section.kind == "body" else f"  [{section.kind.value}]"
        lines.append(f"{'  ' * section.level}{section.label}{mark}  p. {section.page}")
    lines += ["", "Links:" if paper.links else "No links."]
    lines += [f"  {link.kind.value:<8} {link.url}" + (f"  p. {link.page}" if link.page else "") for link in paper.links]
    lines += ["", "Removed:" if paper.removed else "Nothing was removed."]
    for removed in paper.removed:
        alarm = f"  reads like a sentence: “{removed.sample}”" if removed.suspicious else ""
        where = f", p. {removed.page}" if removed.page else ""
        lines.append(f"  {removed.what}: {removed.count} ({removed.reason}{where}){alarm}")
    return "\n".join(lines)
