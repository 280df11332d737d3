"""The cases are complaints that the coach has work with; a file that is no case is named."""

import pytest

from coach.check import Checker
from coach.errors import InputError
from evals.cases import Case, load_cases, parse_case

CASES = load_cases()
GOOD = 'id = "x"\nstory = "It broke."\n[request]\ncustomer_message = "It broke!"\n'


def test_there_are_cases_in_the_order_of_their_ids() -> None:
    """Two runs can be laid side by side."""
    ids = [case.id for case in CASES]
    assert len(ids) >= 10
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_draft_has_something_to_mend(case: Case, checker: Checker) -> None:
    """A case whose draft is good already would measure nothing: no model would be asked."""
    assert case.story
    assert case.request.draft
    assert checker.check(case.request.draft, customer_message=case.request.customer_message).findings


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_case_gives_something_to_go_by(case: Case) -> None:
    """A reply can be right or wrong only where facts or policies say what is right."""
    assert case.request.facts or case.request.policies


def test_cases_can_be_chosen() -> None:
    """In the order that was asked for; a slip in an id is told with the ids that there are."""
    assert [case.id for case in load_cases(["late", "broken"])] == ["late", "broken"]
    with pytest.raises(InputError) as caught:
        load_cases(["broken", "brokn"])
    assert str(caught.value).startswith("There is no case brokn; there are abusive, broken, ")


def test_a_case_is_a_request_with_a_story() -> None:
    """The request has the fields of `POST /v1/replies`."""
    case = parse_case("x.toml", GOOD)
    assert (case.id, case.story, case.request.customer_message) == ("x", "It broke.", "It broke!")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id = ", "Invalid value"),
        (GOOD.replace("story", "stroy"), "story"),
        (GOOD + 'drfat = "Hi"\n', r"request\.drfat"),
        (GOOD.replace('"It broke!"', "7"), r"request\.customer_message"),
        (GOOD + 'facts = ["a", " "]\n', r"request\.facts\.1"),
        (GOOD.replace('"x"', '"y"'), r"holds the case 'y'; call it y\.toml"),
    ],
)
def test_a_broken_case_is_named(text: str, problem: str) -> None:
    """The message names the file and the field."""
    with pytest.raises(InputError, match=rf"(?s)^Case file x\.toml.*{problem}"):
        parse_case("x.toml", text)
