"""`broadsheet check PAPER.pdf CLAIMS.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from digest.analysis.verification.claims import ClaimReport


DOUBTS = 7  # exit code of --exit-code


@click.command("check")
@click.argument("paper", type=click.Path(path_type=Path), metavar="PAPER.pdf")
@click.argument("claims", type=click.Path(path_type=Path), metavar="CLAIMS.json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--exit-code", is_flag=True, help="End with code 7 where a claim failed the check or has a doubt.")
@click.pass_context
def command(ctx: click.Context, paper: Path, claims: Path, as_json: bool, exit_code: bool) -> None:
    """Check the claims of a summary against its paper.

    CLAIMS.json is a list of {"claim": …, "quote": …}: what is said, and the words of the paper that bear it out, or a
    list of up to three such passages. Each gets a verdict: found, quotation not found, number not found, reference not
    found. "Found" says that the quoted words and the numbers are in the paper. What is found is then compared with its
    quotation by rules; a doubt names the words to compare. No doubt does not say that the claim is true.
    """
    from bot.cli.main import read_paper
    from digest.analysis.verification.claims import as_json as document
    from digest.analysis.verification.claims import check_claims, has_doubts, parse_claims, rows, summary
    from digest.errors import InputError
    from digest.i18n.translator import Translator

    try:
        submitted_claims = parse_claims(claims.read_bytes(), str(claims))
    except OSError as error:
        raise InputError(f"can't read {claims}: {error.strerror}") from error
    evidence = check_claims(submitted_claims, read_paper(ctx, paper))
    if as_json:
        click.echo(json.dumps(document(evidence, Translator("en")), ensure_ascii=False, indent=2))
    else:
        _table(rows(submitted_claims, evidence, Translator("en")))
        click.echo(summary(evidence))
    if exit_code and has_doubts(evidence):
        ctx.exit(DOUBTS)


def _table(rows: list[ClaimReport]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("#", "quotation", "where", "claim, and what to compare")
    for row in rows:
        claim_cell = Text(f"{row.claim}\n{row.why}" if row.why else row.claim)
        colour = "red" if row.verdict != "found" else "yellow" if row.has_doubts else "green"
        table.add_row(str(row.number), Text(row.verdict.value, colour), Text(row.place), claim_cell)
    Console().print(table)
