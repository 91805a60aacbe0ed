"""``passaparola``: the commands. What a command needs is imported when it runs: all start soon."""

from __future__ import annotations

import logging
import sys

import structlog
import typer

from cli import alerts, backtest, dlq, model, museums, norms, replay, score, topics, up

app = typer.Typer(
    help="Tells a museum's team in time when a visitor's post goes viral or turns against them.",
    epilog="""Examples:

`passaparola score "Coda di due ore al Louvre, che peccato #louvre"`

`passaparola up` runs the whole system on this machine; `passaparola COMMAND --help` tells more
""",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(museums.app, name="museums")
app.add_typer(topics.app, name="topics")
app.add_typer(dlq.app, name="dlq")
app.add_typer(norms.app, name="norms")
app.add_typer(alerts.app, name="alerts")
app.add_typer(model.app, name="model")
app.command("replay", epilog=replay.EXAMPLES)(replay.replay)
app.command("score", epilog=score.EXAMPLES)(score.score)
app.command("backtest", epilog=backtest.EXAMPLES)(backtest.backtest)
app.command("up", epilog=up.EXAMPLES)(up.up)


def main() -> None:
    """Run a command; an error is one sentence on standard error and exit status 1."""
    _configure_logging()
    try:
        app()
    except Exception as error:
        from cli.errors import sentence

        said = sentence(error)
        if said is None:
            raise
        print(f"error: {said}", file=sys.stderr)
        sys.exit(1)


def _configure_logging() -> None:
    logging.basicConfig(level=logging.ERROR, format="%(message)s", stream=sys.stderr)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    main()
