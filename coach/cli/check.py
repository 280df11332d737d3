"""`coach check`: check a text."""

import click
from rich.text import Text

from coach.check import Checker
from coach.cli import FINDINGS
from coach.cli.inputs import read_text, request_from
from coach.cli.render import out, show_findings
from coach.schemas import CheckRequest, CheckResponse
from coach.verify import Verifier


@click.command()
@click.argument("file", default="-")
@click.option(
    "--message",
    "-m",
    metavar="FILE",
    help="What the customer wrote: the whole reply is judged by it, and their words, quoted back, are not.",
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
    verifier = Verifier(Checker())
    checked = verifier.check(request)
    if as_json:
        response = CheckResponse(
            clean=checked.passed,
            findings=list(checked.findings),
            language=checked.language,
            rules_unread=list(checked.unread),
            timings_ms={},
        )
        click.echo(response.model_dump_json(indent=2))
    elif checked.passed:
        out.print(Text("Nothing found.", style="green"))
    elif checked.findings:
        show_findings(request.text, checked.findings, verifier.rules)
    if checked.unread and not as_json:
        unread = ", ".join(checked.unread)
        out.print(Text(f"Not checked in this language ({checked.language}): {unread}.", style="yellow"))
    ctx.exit(0 if checked.passed else FINDINGS)
