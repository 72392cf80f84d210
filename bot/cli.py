"""The command line: each command is a thin door to a service.

Imports stay inside the commands, so `--help` does not wait for what it does not need. Exit codes:
0 an answer, a hint or silence; 1 nothing done because of a stated fault; 2 wrong usage; 3 done
with bad rows.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import (
    cli_alarms,
    cli_audit,
    cli_backup,
    cli_effect,
    cli_forget,
    cli_patterns,
    cli_posts,
    cli_upkeep,
    logs,
)
from bot import cli_shared as shared
from bot.cli_catalogue import features_app
from bot.cli_shared import AsJson, Now
from bot.errors import UserError

app = typer.Typer(
    help="Earshot keeps engineers within earshot of their customers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(features_app, name="features")
app.add_typer(cli_posts.posts_app, name="posts")
app.add_typer(cli_patterns.patterns_app, name="patterns")
app.command()(cli_posts.digest)
app.command()(cli_alarms.alarms)
app.command()(cli_alarms.note)
app.command()(cli_effect.effect)
for keeping in (cli_audit.audit, cli_backup.backup, cli_backup.restore):
    app.command()(keeping)
app.command()(cli_forget.forget)


def main() -> None:
    """Run a command; a stated fault is one sentence on standard error and exit code 1."""
    # On busy cores the threads of numpy's algebra spin while they wait for each other (10 times
    # slower measured); numpy reads this when it is imported, which commands do later.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Whatever is written, by SQLite too, is for its owner only.
    os.umask(0o077)
    logs.write_to_standard_error("WARNING")
    try:
        try:
            with shared.at_end:
                app()
        finally:
            # Typer has put its own hook there.
            logs.take_over_hooks()
            sys.stdout.flush()
    except UserError as error:
        print(str(error), file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except BrokenPipeError:
        # The reader went away, as `head` does; nothing is left to say, at the very end neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except SystemExit as ended:
        # The same, where typer noticed it and calls it a failure.
        if isinstance(ended.__context__, BrokenPipeError):
            sys.exit(0)
        raise
    except shared.storage_faults() as error:
        print(shared.storage_sentence(error), file=sys.stderr)  # noqa: T201
        sys.exit(1)


@app.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Files, or - for a pipe.")],
    source: Annotated[str | None, typer.Option(help="Name of the source these come from.")] = None,
    column: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Say a column.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="How many read a large file; by default one a core.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Show how files would be read, and end.")] = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Take in tickets from CSV, JSON or JSON lines, plain or gzip."""
    from bot.cli_ingest import run

    raise typer.Exit(
        run(
            paths,
            source=source,
            mapping=dict(_pair(pair) for pair in column or []),
            processes=processes,
            dry_run=dry_run,
            as_json=as_json,
            now=shared.moment(now),
        )
    )


def _pair(text: str) -> tuple[str, str]:
    field, separator, column = text.partition("=")
    if not separator:
        raise typer.BadParameter(f"{text!r}: write it as FIELD=COLUMN, such as body=Description")
    return field, column


@app.command()
def friction(
    query: Annotated[
        list[str] | None, typer.Argument(help="Feature, words or ticket, and a window.")
    ] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """How much friction customers have, of which kind, in whose words."""
    from bot import json_reports
    from bot.blocks import answers as screens
    from bot.service import friction as service

    report = service.ask(shared.context(), " ".join(query or []), shared.moment(now))
    if as_json:
        shared.print_json(json_reports.answer(report))
    else:
        shared.show(screens.render(report))


@app.command()
def insights(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Words to look for; `export` alone writes all insights as CSV."),
    ] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """List and search what was tagged, or export all of it."""
    if words == ["export"]:
        if as_json:
            raise typer.BadParameter("`insights export` writes CSV; leave out --json")
        cli_effect.export(now)
        return
    from bot import json_reports
    from bot.blocks import insights as screens
    from bot.service import insight_list as service

    at = shared.moment(now)
    report = service.search(shared.context(), " ".join(words or []), at)
    if as_json:
        shared.print_json(json_reports.insights(report))
    else:
        shared.show(screens.render_list(report))


@app.command()
def themes(
    query: Annotated[
        list[str] | None, typer.Argument(help="Feature, words or ticket, and a window.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All tickets of the window, whatever the feature.")
    ] = False,
    from_input: Annotated[
        bool, typer.Option("--stdin", help='Group JSON lines {"id","text"} instead.')
    ] = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Tickets that tell the same story, with their ids."""
    from bot.cli_themes import run

    at = shared.moment(now)
    raise typer.Exit(
        run(query or [], everything=everything, from_input=from_input, as_json=as_json, now=at)
    )


@app.command()
def analyze(
    features: Annotated[Path | None, typer.Option(help="A catalogue (TOML).")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say which phrases decided, as `why`.")
    ] = False,
) -> None:
    """Read JSON lines {"id","text"} from standard input; print what each text means."""
    from bot import analyze as analysis
    from bot.cli_features import read_catalogue
    from bot.config import load
    from bot.semantic import encoder_of
    from bot.voice.features import Catalogue

    catalogue = Catalogue(read_catalogue(features) if features else [])
    settings = load()
    encoder = encoder_of(settings)
    bad = False
    for line in analysis.analyze(
        shared.standard_input(), settings, catalogue, encoder, explain=explain
    ):
        bad = bad or "error" in line
        sys.stdout.buffer.write(analysis.encode(line))
        sys.stdout.buffer.flush()
    raise typer.Exit(3 if bad else 0)


@app.command()
def run(
    clock: Annotated[bool, typer.Option(help="Also do the work on the clock.")] = True,
) -> None:
    """Listen to Slack over Socket Mode: no public address needed."""
    from bot.transports import run_socket_mode

    earshot = shared.build()
    finished = run_socket_mode(
        earshot, clock=clock, ready=lambda: shared.say("Earshot is listening.")
    )
    shared.end(finished=finished)


@app.command()
def serve(
    clock: Annotated[bool, typer.Option(help="Also do the work on the clock.")] = True,
) -> None:
    """Listen to Slack over HTTP at /slack/events."""
    from bot.transports import serve_http

    earshot = shared.build()
    host = earshot.context.settings.host
    finished = serve_http(
        earshot,
        clock=clock,
        ready=lambda port: shared.say(f"Earshot is listening on {host}:{port}."),
    )
    shared.end(finished=finished)


cli_upkeep.register(app)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Print the main screens and end.")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="8765 or the next free one; 0 is any.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own export, read on this machine.")
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """The whole product on its sample tickets or your own, in the browser, with no Slack."""
    if once and data is not None:
        raise typer.BadParameter("--once shows the sample tickets only; leave out one of the two")
    if once:
        from bot.demo.story import play

        play(shared.console())
        return
    from bot.demo.run import run

    run(port=port, data=data, open_page=open_page, say=shared.say)
