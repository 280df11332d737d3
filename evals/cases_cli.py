"""`evals cases`: list the families, check their files, print their form."""

import json

import click
from rich.text import Text

from coach.cli.render import out
from coach.errors import InputError
from coach.prompting import load_prompts
from evals.cases import Case, case_texts, lint, load_cases
from evals.tables import plain_table
from evals.variants import variants_of


@click.group("cases", invoke_without_command=True)
@click.pass_context
def cases_command(ctx: click.Context) -> None:
    """List the families of cases, or check their files."""
    if ctx.invoked_subcommand:
        return
    cases = load_cases()
    table = plain_table("family", "group", "variants", "story")
    for case in cases:
        table.add_row(case.id, case.group, str(len(list(variants_of(case)))), case.story)
    out.print(table)
    out.print(f"\n{len(cases)} families, {sum(1 + len(list(variants_of(case))) for case in cases)} cases.")


@cases_command.command("lint")
@click.pass_context
def lint_command(ctx: click.Context) -> None:
    """Check every case file: its form, what it names, the canary, and that it repeats no prompt."""
    prompts = [message.content for message in load_prompts().opening]
    wrong: list[str] = []
    texts = case_texts()
    for name, text in texts:
        try:
            wrong += lint(name, text, prompts)
        except InputError as error:
            wrong.append(str(error))
    for complaint in wrong:
        out.print(Text(complaint))
    out.print(f"{len(texts)} case files, {len(wrong)} complaints.")
    ctx.exit(1 if wrong else 0)


@cases_command.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a case file."""
    out.print(schema(), soft_wrap=True, markup=False)


def schema() -> str:
    """The JSON Schema of a case file, as `cases/schema.json` holds it."""
    return json.dumps(Case.model_json_schema(), indent=2, sort_keys=True)
