"""The catalogue is tested as a whole: what every rule file must hold, and that it does what it says."""

import pytest

from coach.check import Checker, PatternDetector
from coach.rules import Bad, Good, Rule, catalogue

WORD_RULES = {
    "argument", "blame", "condescension", "dead-end", "excuse", "fauxpology", "grovel",
    "guilt-trip", "hostility", "jargon", "policy-wall", "scapegoat", "spin", "suspicion",
}  # fmt: skip
REPLY_RULES = {"no-ownership", "no-next-step", "unbacked-promise", "unanswered", "changed-facts"}
OWN_RULES = {"not-a-reply", "private-data", "too-long", "wrong-language"}  # beside those of the guide
MIN_EXAMPLES = 12

ALL = list(catalogue().values())
RULES = [rule for rule in ALL if rule.scope == "words"]
BAD = [pytest.param(rule, bad, id=f"{rule.id}-{i}") for rule in RULES for i, bad in enumerate(rule.bad)]
GOOD = [pytest.param(good, id=f"{rule.id}-{i}") for rule in RULES for i, good in enumerate(rule.good)]


@pytest.fixture(scope="module")
def checker() -> Checker:
    """The patterns alone: an example shows what its rule's file finds."""
    return Checker([PatternDetector(catalogue())])


def test_the_catalogue_holds_the_guides_rules() -> None:
    """Users put these ids in their configuration: none may vanish or change its name."""
    assert {rule.id for rule in RULES} == WORD_RULES
    assert set(catalogue()) == WORD_RULES | REPLY_RULES | OWN_RULES


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_a_rule_explains_itself(rule: Rule) -> None:
    """Every rule says why, what to write instead and where it comes from, and shows enough examples."""
    enough = 3 if rule.id in OWN_RULES else MIN_EXAMPLES
    assert len(rule.bad) >= enough
    assert len(rule.good) >= enough
    assert rule.why.strip()
    assert rule.instead.strip()
    assert rule.sources
    assert len({bad.plain for bad in rule.bad}) == len(rule.bad)
    assert len({good.text for good in rule.good}) == len(rule.good)


@pytest.mark.parametrize("good", GOOD)
def test_a_good_example_breaks_no_rule(good: Good, checker: Checker) -> None:
    """A near miss is left alone, by its own rule and by every other."""
    findings = checker.check(good.text, customer_message=good.customer).findings
    assert [(finding.rule, finding.quote) for finding in findings] == []


@pytest.mark.parametrize(("rule", "bad"), BAD)
def test_a_bad_example_is_found_where_it_is_marked(rule: Rule, bad: Bad, checker: Checker) -> None:
    """The findings of a rule are exactly the marked words; other rules fire only where the example says so."""
    findings = checker.check(bad.plain, customer_message=bad.customer).findings
    own = [finding.quote for finding in findings if finding.rule == rule.id]
    assert own == [bad.plain[start:end] for start, end in bad.spans]
    assert {finding.rule for finding in findings} - {rule.id} == set(bad.also)


@pytest.mark.parametrize("bad", [pytest.param(*p.values[1:], id=p.id) for p in BAD])
def test_what_to_write_instead_passes_every_rule(bad: Bad, checker: Checker) -> None:
    """Advice that breaks a rule itself would be worse than none."""
    findings = checker.check(bad.better, customer_message=bad.customer).findings
    assert [(finding.rule, finding.quote) for finding in findings] == []


@pytest.mark.parametrize("bad", [pytest.param(*p.values[1:], id=p.id) for p in BAD])
def test_a_suggestion_mends_what_it_replaces(bad: Bad, checker: Checker) -> None:
    """Put in place of its span, a suggestion takes the finding away and brings no other."""
    before = checker.check(bad.plain, customer_message=bad.customer).findings
    for finding in before:
        if finding.suggestion is not None:
            mended = bad.plain[: finding.start] + finding.suggestion + bad.plain[finding.end :]
            after = checker.check(mended, customer_message=bad.customer).findings
            assert len(after) < len(before)
            assert not any(f.start <= finding.start < f.end for f in after)
