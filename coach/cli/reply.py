"""`coach reply`: coach a reply."""

import asyncio
from pathlib import Path

import click
from rich.padding import Padding
from rich.text import Text

from coach.app import make_coach, model_for
from coach.cli import FINDINGS
from coach.cli.inputs import read_json, read_text, request_from
from coach.cli.render import heading, out, progress_bar, show_reply
from coach.coaching import Coach, Plan
from coach.errors import InputError
from coach.logs import configure_logs
from coach.policies import load_policies
from coach.schemas import Policy, ReplyRequest, ReplyResponse
from coach.settings import load_settings


@click.command()
@click.argument("request_file", metavar="[REQUEST]", required=False)
@click.option("--message", "-m", metavar="FILE", help="What the customer wrote; - reads standard input.")
@click.option("--draft", "-d", metavar="FILE", help="What you were about to send.")
@click.option("--fact", "-f", metavar="TEXT", multiple=True, help="Something you know; may be given several times.")
@click.option("--policies", "-p", metavar="FOLDER", help="Markdown files, one policy each; else COACH_POLICIES.")
@click.option("--sign-off", metavar="TEXT", help="Put under the reply, as it stands.")
@click.option("--off", metavar="RULE", multiple=True, help="A rule that does not apply; may be given several times.")
@click.option("--json", "as_json", is_flag=True, help="For machines: what POST /v1/replies answers.")
@click.option("--dry-run", is_flag=True, help="Show what the model would be sent, and what it counts; send nothing.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917  one parameter an option
    ctx: click.Context,
    request_file: str | None,
    message: str | None,
    draft: str | None,
    fact: tuple[str, ...],
    policies: str | None,
    sign_off: str | None,
    off: tuple[str, ...],
    as_json: bool,
    dry_run: bool,
) -> None:
    """Write the reply that should be sent.

    REQUEST is a JSON file with the fields of POST /v1/replies (- reads standard input). Or give the parts:

        coach reply -m message.txt -d draft.txt -f "A pair in 39 leaves today"
    """
    if bool(request_file) == bool(message):
        raise InputError("Give either a REQUEST file, or the customer's message with --message (see --help).")
    if message == draft == "-":
        raise InputError("The message and the draft cannot both come from standard input.")
    fields: dict[str, object] = (
        read_json(request_file) if request_file else {"customer_message": read_text(message or "-")}
    )
    given = {
        "draft": read_text(draft) if draft else None,
        "facts": list(fact),
        "policies": _policies(policies),
        "voice": {"sign_off": sign_off} if sign_off else None,
        "rules_off": list(off),
    }
    request = request_from(ReplyRequest, fields | {name: value for name, value in given.items() if value})
    configure_logs(level="error")
    with progress_bar() as progress:
        settings = load_settings()
        coach = make_coach(settings, model_for(settings, progress))
        if dry_run:
            _show_plan(coach.plan(request))
            return
        response = asyncio.run(_reply(coach, request))
    if as_json:
        click.echo(response.model_dump_json(indent=2))
    else:
        show_reply(response, request.draft, coach.checker.rules)
    ctx.exit(0 if response.ready else FINDINGS)


async def _reply(coach: Coach, request: ReplyRequest) -> ReplyResponse:
    try:
        return await coach.reply(request)
    finally:
        await coach.model.close()


def _policies(folder: str | None) -> list[Policy] | None:
    return load_policies(Path(folder)) if folder else None


def _show_plan(plan: Plan) -> None:
    for message in plan.messages:
        heading(message.role)
        out.print(Padding(Text(message.content), (0, 2, 1, 2)))
    left_out = f"; left out for want of room: {', '.join(plan.policies_left_out)}" if plan.policies_left_out else ""
    out.print(Text(f"{plan.tokens} tokens of at most {plan.limit_tokens}{left_out}. Nothing was sent.", style="dim"))
