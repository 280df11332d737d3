"""The catalogue as a page for people, made from the rule files."""

from collections.abc import Iterable, Iterator

from coach.rules import Bad, Catalogue, Good, Rule

_NAMES = {"de": "German", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch", "pt": "Portuguese"}
_INTRODUCTION = """\
# The rules

What a reply to an unhappy customer may and may not do. The belief under all of it: the customer is not the enemy.

Each rule is one file beside this page, and that file drives the check, this explanation, the tests and the evals. The
page is made from them (`coach rules --markdown`); edit the rule, not the page.
"""


def catalogue_page(rules: Catalogue) -> str:
    """The whole catalogue in Markdown."""
    contents = "\n".join(f"- [`{rule.id}`](#{rule.id}): {rule.name}" for rule in rules.values())
    return "\n".join([_INTRODUCTION, contents, *(_section(rule) for rule in rules.values())])


def _section(rule: Rule) -> str:
    return "\n".join(
        [
            f"\n## {rule.id}\n",
            f"**{rule.name}.** {rule.message}\n",
            f"{rule.why}\n",
            f"**Instead.** {rule.instead}\n",
            "| not so | but so |",
            "|---|---|",
            *(f"| {_marked(bad)}{_known(bad)} | {_cell(bad.better)} |" for bad in rule.bad),
            "\n**This is fine:**\n",
            *(f"- {_cell(good.text)}{_known(good)}" for good in rule.good),
            *([f"\n**Also read in:** {', '.join(_NAMES[code] for code in rule.languages)}"] if rule.languages else []),
            "\n**Sources:** " + " · ".join(_cell(source) for source in rule.sources),
        ]
    )


def _marked(bad: Bad) -> str:
    return _cell("".join(_bold_spans(bad.plain, bad.spans)))


def _known(example: Bad | Good) -> str:
    return f" *(known: {_cell(example.context)})*" if example.context else ""


def _bold_spans(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[str]:
    done = 0
    for start, end in spans:
        yield f"{text[done:start]}**{text[start:end]}**"
        done = end
    yield text[done:]


def _cell(text: str) -> str:
    """Text in one line that cannot break a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
