"""The cases are complaints that the coach has work with, and say what is right; a file that is no case is named."""

from typing import get_args

import pytest

from coach.errors import InputError
from coach.prompting import load_prompts
from coach.schemas import Outcome
from coach.verify import Fault, Verifier, situation_of
from coach.verify.commitments import KINDS
from evals.cases import CANARY, Case, Expect, case_texts, lint, load_cases, parse_case

CASES = load_cases()
GOOD = """
id = "x"
story = "It broke."
group = "unclear"
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
    assert str(caught.value).startswith("There is no family brokn; there are abusive, abusive-hedge, ")


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
        (GOOD.replace("[expect]", "[expect]\nforbid = []"), r"expect\.forbid:"),
        (GOOD.replace('[expect]\nfault = "shop"\n', ""), "expect"),
        (GOOD.replace('"x"', '"y"'), r"holds the case 'y'; call it y\.toml"),
    ],
)
def test_a_broken_case_is_named(text: str, problem: str) -> None:
    """The message names the file and the field."""
    with pytest.raises(InputError, match=rf"(?s)^Case file x\.toml.*{problem}"):
        parse_case("x.toml", text)


def test_a_broken_case_is_named_with_its_line() -> None:
    """Where the field stands in one place, its line is told, and what was expected there."""
    with pytest.raises(InputError, match=r"^Case file x\.toml, line 6: expect\.fault: Input should be 'shop', "):
        parse_case("x.toml", GOOD.replace('"shop"', '"nobody"'))


@pytest.mark.parametrize(("name", "text"), case_texts(), ids=[name for name, _ in case_texts()])
def test_every_case_file_is_in_order(name: str, text: str) -> None:
    """It has the canary, names only what there is, and repeats no prompt."""
    assert lint(name, text, [message.content for message in load_prompts().opening]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_family_has_variants(case: Case) -> None:
    """The complaint is told otherwise at least three times by hand, besides what code makes of it."""
    assert len(case.variants) >= 3
    assert (case.golden is None) == (case.expect.outcome == "needs_input")


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (("CANARY", "canary"), "lacks the canary"),
        (('forbids = ["refund"]', 'forbids = ["refunds"]'), "expect.forbids: 'refunds' is no kind of commitment"),
        (('forbids = ["refund"]\n', ""), "expect: says nothing about the reply"),
        (('{ "broke" = "tore" }', '{ "brake" = "tore" }'), "variants.torn.replace: 'brake' is not in the request"),
        (("relation =", 'without_policies = ["p"]\nrelation ='), "variants.torn.without_policies: no policy 'p'"),
        (("It broke!", "It broke and one two three four five six seven eight!"), "shares eight words with a prompt"),
    ],
)
def test_lint_says_what_is_wrong_with_a_file(wrong: tuple[str, str], complaint: str) -> None:
    """With the file's name, and the field."""
    text = f"# CANARY\n{GOOD}".replace("[expect]\n", '[expect]\nforbids = ["refund"]\n')
    text += '[[variants]]\nid = "torn"\nrelation = "same-commitments"\nreplace = { "broke" = "tore" }\n'
    prompts = ["One two three four five six seven eight."]
    assert lint("x.toml", text.replace("CANARY", CANARY), prompts) == []
    broken = text.replace(*wrong).replace("CANARY", CANARY)
    (told,) = lint("x.toml", broken, prompts)
    assert told.startswith(f"x.toml: {complaint}")
