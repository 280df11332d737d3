"""`coach rules`: the rules of tone."""

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coach.api.rules import rule_response
from coach.cli.render import heading, out
from coach.errors import InputError
from coach.rules import Bad, Rule, catalogue
from coach.rules.page import catalogue_page


@click.command()
@click.argument("rule_id", metavar="[ID]", required=False)
@click.option("--json", "as_json", is_flag=True, help="For machines: what GET /v1/rules answers.")
@click.option("--markdown", is_flag=True, help="The whole catalogue as one Markdown page.")
def command(rule_id: str | None, as_json: bool, markdown: bool) -> None:
    """List the rules, or explain one: what it is, why, and what to write instead."""
    rules = catalogue()
    if rule_id and rule_id not in rules:
        raise InputError(f"There is no rule {rule_id!r}; `coach rules` lists them.")
    if markdown:
        click.echo(catalogue_page(rules), nl=False)
    elif as_json:
        _show_json([rules[rule_id]] if rule_id else list(rules.values()), single=bool(rule_id))
    elif rule_id:
        _explain(rules[rule_id])
    else:
        _list(list(rules.values()))


def _show_json(rules: list[Rule], *, single: bool) -> None:
    documents = [rule_response(rule).model_dump_json(indent=2) for rule in rules]
    click.echo(documents[0] if single else f"[{','.join(documents)}]")


def _list(rules: list[Rule]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for rule in rules:
        table.add_row(rule.id, rule.name)
    out.print(table)
    out.print(Text("\n`coach rules ID` explains one.", style="dim"))


def _explain(rule: Rule) -> None:
    heading(f"{rule.id}: {rule.name}")
    for text in (rule.message, rule.why, rule.instead):
        out.print(Padding(Text(text), (0, 2, 1, 2)))
    heading("Not so, but so")
    for bad in rule.bad:
        out.print(Padding(Text("- ").append_text(_marked(bad)), (0, 2)))
        if bad.context:
            out.print(Padding(Text(f"known: {bad.context}", style="dim"), (0, 4)))
        out.print(Padding(Text(f"+ {bad.better}", style="green"), (0, 2, 1, 2)))
    heading("This is fine")
    for good in rule.good:
        out.print(Padding(Text(f"+ {good.text}"), (0, 2)))
    out.print()
    heading("Sources")
    for source in rule.sources:
        out.print(Padding(Text(source, style="dim"), (0, 2)))


def _marked(bad: Bad) -> Text:
    text = Text(bad.plain)
    for start, end in bad.spans:
        text.stylize("red underline", start, end)
    return text
