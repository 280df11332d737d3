"""The cases are complaints that the coach has work with, and say what is right; a file that is no case is named."""

from typing import get_args

import pytest

from coach.errors import InputError
from coach.schemas import Outcome
from coach.verify import Fault, Verifier, situation_of
from coach.verify.commitments import KINDS
from evals.cases import Case, Expect, load_cases, parse_case

CASES = load_cases()
GOOD = """
id = "x"
story = "It broke."
[expect]
fault = "shop"
[request]
customer_message = "It broke!"
"""


def expecting(*outcomes: Outcome) -> list[Case]:
    """The cases of which one of these has to come."""
    return [case for case in CASES if case.expect.outcome in outcomes]


def in_one_line(text: str) -> str:
    """A text as expectations are compared: however it is broken into lines, and in any case."""
    return " ".join(text.split()).casefold()


def test_there_are_cases_in_the_order_of_their_ids() -> None:
    """Two runs can be laid side by side."""
    ids = [case.id for case in CASES]
    assert len(ids) >= 50
    assert ids == sorted(set(ids))


def test_there_are_cases_of_each_kind() -> None:
    """Whatever may come of a complaint, and whoever was at fault, is measured by some."""
    assert {case.expect.outcome for case in CASES} == set(get_args(Outcome))
    assert {case.expect.fault for case in CASES} == set(get_args(Fault))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_case_expects_what_can_be_measured(case: Case) -> None:
    """Commitments are expected by the names that the coach gives them, and none is both allowed and forbidden."""
    allows, forbids = set(case.expect.allows), set(case.expect.forbids)
    assert case.story
    assert allows | forbids <= {*KINDS, "deadline", "callback"}
    assert not allows & forbids


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_has_to_be_said_is_known(case: Case) -> None:
    """A reply may say only what its request says, so more than that cannot be asked of it."""
    request = case.request
    policies = [text for policy in request.policies or [] for text in (policy.title, policy.text)]
    known = in_one_line("\n".join([request.customer_message, request.draft or "", *request.facts, *policies]))
    assert [said for said in case.expect.must_say if in_one_line(said) not in known] == []


@pytest.mark.parametrize("case", expecting("rewritten", "unchanged"), ids=lambda case: case.id)
def test_every_case_gives_something_to_go_by(case: Case) -> None:
    """A reply can be right or wrong only where facts or policies say what is right."""
    assert case.request.facts or case.request.policies


@pytest.mark.parametrize("case", expecting("unchanged"), ids=lambda case: case.id)
def test_a_draft_that_should_stay_as_it_is_passes(case: Case, verifier: Verifier) -> None:
    """It breaks no rule in its context: to change it would be a fault of the coach's."""
    situation = situation_of(case.request, case.request.policies or [], verifier.commands)
    assert case.request.draft
    assert verifier.verify(case.request.draft, situation).findings == ()
    assert verifier.verify(case.request.draft, situation).passed


@pytest.mark.parametrize("case", expecting("needs_input"), ids=lambda case: case.id)
def test_where_the_seller_has_to_be_asked_there_is_no_draft(case: Case) -> None:
    """A draft would say what the seller has decided."""
    assert case.request.draft is None


def test_cases_can_be_chosen() -> None:
    """In the order that was asked for; a slip in an id is told with the ids that there are."""
    assert [case.id for case in load_cases(["late", "broken"])] == ["late", "broken"]
    with pytest.raises(InputError) as caught:
        load_cases(["broken", "brokn"])
    assert str(caught.value).startswith("There is no case brokn; there are abusive, abusive-hedge, ")


def test_a_case_is_a_request_with_a_story() -> None:
    """The request has the fields of `POST /v1/replies`; where nothing else is expected, a rewritten reply is."""
    case = parse_case("x.toml", GOOD)
    assert (case.id, case.story, case.request.customer_message) == ("x", "It broke.", "It broke!")
    assert case.expect == Expect(outcome="rewritten", fault="shop")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id = ", "Invalid value"),
        (GOOD.replace("story", "stroy"), "story"),
        (GOOD + 'drfat = "Hi"\n', r"request\.drfat"),
        (GOOD.replace('"It broke!"', "7"), r"request\.customer_message"),
        (GOOD + 'facts = ["a", " "]\n', r"request\.facts\.1"),
        (GOOD.replace('"shop"', '"nobody"'), r"expect\.fault"),
        (GOOD.replace("[expect]", "[expect]\nforbid = []"), r"expect\.forbid\n"),
        (GOOD.replace('[expect]\nfault = "shop"\n', ""), "expect"),
        (GOOD.replace('"x"', '"y"'), r"holds the case 'y'; call it y\.toml"),
    ],
)
def test_a_broken_case_is_named(text: str, problem: str) -> None:
    """The message names the file and the field."""
    with pytest.raises(InputError, match=rf"(?s)^Case file x\.toml.*{problem}"):
        parse_case("x.toml", text)
