"""The examples of the rules that judge a whole reply: each file does what it shows."""

import pytest

from coach.rules import Bad, Good, catalogue
from coach.schemas import Policy
from coach.verify import Situation, Verifier, sources_of

RULES = [rule for rule in catalogue().values() if rule.scope == "reply"]
BAD = [pytest.param(rule.id, bad, id=f"{rule.id}-{i}") for rule in RULES for i, bad in enumerate(rule.bad)]
GOOD = [pytest.param(good, id=f"{rule.id}-{i}") for rule in RULES for i, good in enumerate(rule.good)]
NO_MATTER_WHAT = "Please tell me what happens now."


def situation_of(example: Bad | Good) -> Situation:
    """The context that an example gives."""
    policies = [Policy(id=f"p{number}", text=text) for number, text in enumerate(example.policies, 1)]
    sources = sources_of(policies, example.facts, example.draft)
    return Situation(example.customer or NO_MATTER_WHAT, sources, channel=example.channel)


@pytest.mark.parametrize(("rule", "bad"), BAD)
def test_a_bad_example_is_found_where_it_is_marked(verifier: Verifier, rule: str, bad: Bad) -> None:
    """The marked words overlap a finding; what is missing is a finding of no length at the end."""
    findings = verifier.verify(bad.plain, situation_of(bad)).findings
    own = [finding for finding in findings if finding.rule == rule]
    assert own
    for start, end in bad.spans:
        assert any(finding.start < end and start < finding.end for finding in own)
    if not bad.spans:
        assert all(finding.start == finding.end for finding in own)
    assert {finding.rule for finding in findings} - {rule} <= set(bad.also)


@pytest.mark.parametrize("bad", [pytest.param(*p.values[1:], id=p.id) for p in BAD])
def test_what_to_write_instead_passes_every_rule(verifier: Verifier, bad: Bad) -> None:
    """Advice that breaks a rule itself would be worse than none."""
    findings = verifier.verify(bad.better, situation_of(bad)).findings
    assert [(finding.rule, finding.quote, finding.message) for finding in findings] == []


@pytest.mark.parametrize("good", GOOD)
def test_a_good_example_breaks_no_rule(verifier: Verifier, good: Good) -> None:
    """What looks like a fault and is none in its context is left alone."""
    findings = verifier.verify(good.text, situation_of(good)).findings
    assert [(finding.rule, finding.quote, finding.message) for finding in findings] == []
