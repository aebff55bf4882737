"""The command line: `broadsheet [--config FILE] COMMAND`.

A command is a module of this folder, imported when it is asked for: `broadsheet --help` stays fast. Errors end here:
one sentence on standard error and the exit code of `digest.errors`.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from digest.models.paper_text import PaperText
    from digest.settings import ReadingLimits, Settings

# command -> (module of this folder, what `broadsheet --help` says of it)
COMMANDS = {
    "init": ("setup.init", "Set up: a few questions, and a working config.toml and .env."),
    "doctor": ("setup.doctor", "Look for everything that can be wrong, and say what mends it."),
    "run": ("publishing.run", "Stay up: publish each edition at its time and answer commands."),
    "status": ("operations.status", "Show how it is: runs, chats, open deliveries, spending."),
    "slack-manifest": ("setup.slack_manifest", "Print the manifest to make the Slack app from."),
    "demo": ("setup.demo", "Show a whole day, offline, with no keys and no accounts."),
    "digest": ("publishing.digest", "Make the digest of a day and publish it."),
    "resend": ("publishing.resend", "Send messages again that may be lost, and write to paused chats again."),
    "backfill": ("publishing.backfill", "Make the digests of past days, from arXiv's API or a folder."),
    "backup": ("operations.backup", "Copy the database to a file, also while Broadsheet is running."),
    "restore": ("operations.restore", "Put a backup into the place of the database."),
    "paper": ("papers.paper", "Look up a paper's analysis, or make it."),
    "read": ("papers.read", "Show what is read out of a PDF: sections, links, what was removed."),
    "check": ("papers.check", "Check the claims of a summary against its paper."),
    "judge": ("papers.judge", "Show how good a model is as a judge of statements."),
    "export": ("papers.export", "Take papers along: BibTeX, RIS, CSL-JSON, CSV, Markdown, Zotero."),
    "site": ("publishing.site", "Write the digests as a static site, with search and feeds."),
    "trends": ("publishing.trends", "Show the week of an edition, and its keywords over twelve weeks."),
    "match": ("papers.match", "Show what keywords match in the collected papers, and where."),
    "keywords": ("papers.keywords", "List, add and remove the keywords of an edition."),
    "spending": ("operations.spending", "Show what the models cost, by day and model."),
    "check-config": ("setup.check_config", "Check the configuration: every mistake at once."),
}

# folder of this package -> the heading in `broadsheet --help` of the commands in it
HEADINGS = {
    "setup.": "Setting up",
    "publishing.": "Publishing",
    "papers.": "Papers and keywords",
    "operations.": "Operations",
}

EXIT_CODES = """
Exit codes: 0 done, 1 an unexpected error, 2 a mistake in the command, its input or the configuration, 3 arXiv could
not be asked, 4 the database can't be used, 5 some messages could not be delivered, 6 the doctor found a
fault, 7 `check --exit-code` found claims to look at, 130 interrupted.
"""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command = importlib.import_module(f"bot.cli.{module}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f"did you mean {near[0]}?" if near else "broadsheet --help lists the commands."
            ctx.fail(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))  # one column for the descriptions of all sections
        for folder, heading in HEADINGS.items():
            rows = [
                (f"{name:<{width}}", text) for name, (module, text) in COMMANDS.items() if module.startswith(folder)
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.toml"),
    envvar="BROADSHEET_CONFIG",
    show_default=True,
    help="The configuration file; also the environment variable BROADSHEET_CONFIG.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
@click.version_option(package_name="broadsheet")
@click.pass_context
def cli(ctx: click.Context, config: Path, debug: bool) -> None:
    """Broadsheet reads arXiv every day and publishes checked digests in Telegram and Slack."""
    ctx.obj = config


def load_settings(ctx: click.Context) -> Settings:
    """The settings of `--config`, for a command that needs them; from here on only warnings are logged, without
    secrets, on standard error. Raises `ConfigError`."""
    from dataclasses import replace

    from bot.logs import set_up
    from bot.platforms.registry import load_settings as load

    settings = load(ctx.obj, os.environ)
    set_up(replace(settings.logging, level="warning"), settings.secrets)
    return settings


def reading_limits(ctx: click.Context) -> ReadingLimits:
    """The limits of `[reading]`; without a configuration file, the defaults."""
    from digest.settings import ReadingLimits

    return load_settings(ctx).reading if ctx.obj.exists() else ReadingLimits()


def read_paper(ctx: click.Context, file: Path) -> PaperText:
    """The text of a PDF. Raises `InputError` with the reason where there is none."""
    from digest.errors import InputError
    from digest.i18n.translator import Translator
    from digest.pdf.reader import read_file
    from digest.pdf.result import ReadFailure

    try:
        outcome = read_file(file, reading_limits(ctx))
    except OSError as error:
        raise InputError(f"can't read {file}: {error.strerror}") from error
    if isinstance(outcome, ReadFailure):
        raise InputError(f"{file}: {Translator('en').notice(outcome.notice)}")
    return outcome


def main() -> None:
    """The console script. Never ends in a traceback unless `--debug` asks for one."""
    from digest.errors import BroadsheetError

    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        _end("interrupted", 130)
    except KeyboardInterrupt:
        _end("interrupted", 130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BroadsheetError as error:
        _end(str(error), error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of a pipe has gone: say nothing
        sys.exit(1)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        _end(f"an unexpected error: {type(error).__name__}; broadsheet --debug shows where it happened", 1)


def _end(sentence: str, code: int) -> None:
    click.echo(f"broadsheet: {sentence}", err=True)
    sys.exit(code)
