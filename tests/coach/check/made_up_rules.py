"""Small catalogues, so that these tests stand whatever the shipped rules say."""

from coach.rules import Catalogue, Matcher, Rule


def made_up_rule(rule_id: str, *matchers: Matcher) -> Rule:
    """A rule that looks for what it is told and says nothing clever."""
    return Rule(
        id=rule_id,
        name=f"The {rule_id}",
        message=f"{rule_id} is wrong.",
        why=f"{rule_id} hurts.",
        instead="Say something kind.",
        sources=("made up",),
        matchers=matchers,
        bad=(),
        good=(),
    )


def made_up_rules(**matchers: Matcher) -> Catalogue:
    """One rule for each matcher, under its keyword."""
    return Catalogue([made_up_rule(rule_id, matcher) for rule_id, matcher in matchers.items()])
