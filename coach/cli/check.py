"""`coach check`: check a text."""

import click
from rich.text import Text

from coach.check import Checker
from coach.cli import FINDINGS
from coach.cli.inputs import read_text, request_from
from coach.cli.render import out, show_findings
from coach.schemas import CheckRequest, CheckResponse


@click.command()
@click.argument("file", default="-")
@click.option(
    "--message",
    "-m",
    metavar="FILE",
    help="What the customer wrote: their words, quoted back, are not judged.",
)
@click.option("--off", metavar="RULE", multiple=True, help="A rule that does not apply; may be given several times.")
@click.option("--json", "as_json", is_flag=True, help="For machines: what POST /v1/checks answers.")
@click.pass_context
def command(ctx: click.Context, file: str, message: str | None, off: tuple[str, ...], as_json: bool) -> None:
    """Check a text for everything that would make an unhappy customer unhappier.

    FILE is a text file; standard input is read where it is left out. No model is asked. Exits with 1 when something is
    found.
    """
    fields = {
        "text": read_text(file),
        "customer_message": read_text(message) if message else None,
        "rules_off": list(off),
    }
    request = request_from(CheckRequest, fields)
    checker = Checker()
    checked = checker.check(request.text, customer_message=request.customer_message, rules_off=request.rules_off)
    if as_json:
        response = CheckResponse(
            clean=checked.passed, findings=list(checked.findings), language=checked.language, timings_ms={}
        )
        click.echo(response.model_dump_json(indent=2))
    elif checked.passed:
        out.print(Text("Nothing found.", style="green"))
    elif not checked.readable:
        out.print(
            Text(
                f"The rules read English; this seems to be another language ({checked.language}).",
                style="yellow",
            )
        )
    else:
        show_findings(request.text, checked.findings, checker.rules)
    ctx.exit(0 if checked.passed else FINDINGS)
