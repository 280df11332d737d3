"""What code can still do for a reply: replace, drop, shorten, and add what the shop has to say."""

from dataclasses import replace

import pytest

from coach.brief import Brief, make_brief
from coach.check import Checker
from coach.letter import Letter
from coach.mending import composed, mended
from coach.points import Point
from coach.schemas import ReplyRequest, Voice
from coach.verify import Situation, Verdict, Verifier, situation_of

FACTS = ["We packed the wrong size", "A large leaves today and is with you on Friday"]
ADMISSION = "I'm sorry: we packed the wrong size."
TODAY = "A large leaves today and is with you on Friday."


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    """One for all: it holds nothing but the rules."""
    return Verifier(Checker())


def mend(verifier: Verifier, body: str, facts: list[str] = FACTS, max_words: int | None = None) -> tuple[str, Verdict]:
    """A body, mended between the seller's own greeting and sign-off."""
    request = ReplyRequest(customer_message="It is too small!", facts=facts, voice=Voice(max_words=max_words))
    situation: Situation = situation_of(request, [], verifier.commands)
    brief: Brief = make_brief(request, [], [], verifier, situation)
    letter = Letter("Hello,", body, "Liz")

    def judge(whole: Letter) -> Verdict:
        return verifier.verify(str(whole), situation)

    better, verdict = mended(letter, judge(letter), brief, judge)
    assert (better.greeting, better.sign_off) == ("Hello,", "Liz")
    return better.body, verdict


@pytest.mark.parametrize(
    ("body", "result"),
    [
        pytest.param(f"{ADMISSION} You should have measured. {TODAY}", f"{ADMISSION} {TODAY}", id="a fault is dropped"),
        pytest.param(f"{ADMISSION} You get 50 euros back. {TODAY}", f"{ADMISSION} {TODAY}", id="a promise is dropped"),
        pytest.param(TODAY, f"{ADMISSION} {TODAY}", id="the admission is put first"),
        pytest.param(ADMISSION, f"{ADMISSION} {TODAY}", id="the next step is put last"),
        pytest.param("You should have measured.", f"{ADMISSION} {TODAY}", id="nothing of it is left"),
    ],
)
def test_what_is_wrong_goes_and_what_is_missing_comes(verifier: Verifier, body: str, result: str) -> None:
    """And what comes of it passes every rule."""
    text, verdict = mend(verifier, body)
    assert (text, verdict.passed) == (result, True)


@pytest.mark.parametrize(
    ("fact", "asked"),
    [
        pytest.param("We packed the wrong size", "say what would put this right for you", id="the shop's fault"),
        pytest.param("It is the medium by the chart", "if anything in this is not as you saw it", id="nobody's"),
    ],
)
def test_where_nothing_is_decided_the_customer_is_asked(verifier: Verifier, fact: str, asked: str) -> None:
    """A reply after which nothing happens is no reply; nor may code promise anything of its own."""
    text, verdict = mend(verifier, f"{fact}. It was the last one in the box.", [fact, "It was the last one in the box"])
    assert text.endswith(f"Please write back {asked}." if fact.startswith("It") else f"Please write back and {asked}.")
    assert verdict.passed


def test_in_a_language_that_is_not_read_nobody_is_asked(verifier: Verifier) -> None:
    """An English sentence at the end of a Polish reply would be worse than none."""
    text, verdict = mend(verifier, "Zapakowaliśmy zły rozmiar. To był ostatni w pudełku.", ["To był ostatni w pudełku"])
    assert "Please" not in text
    assert not verdict.passed


def test_a_finding_with_a_suggestion_is_replaced(verifier: Verifier) -> None:
    """The rule's own rewrite takes the words' place; the rest of the sentence stays."""
    text, verdict = mend(verifier, f"{ADMISSION} {TODAY[:-1]}, and that is final.")
    assert text == f"{ADMISSION} {TODAY}"
    assert verdict.passed


def test_a_reply_that_is_too_long_loses_its_end(verifier: Verifier) -> None:
    """From the last sentence on, until there is room for it."""
    text, verdict = mend(verifier, f"{ADMISSION} {TODAY} " + f"{TODAY} " * 10, max_words=30)
    assert len(f"Hello, {text} Liz".split()) <= 30
    assert verdict.passed


@pytest.mark.parametrize(
    ("greeting", "body", "begins"),
    [
        ("Hi Dana,", "the large one is on its way to you.", f"{ADMISSION} The large one is on its way to you."),
        ("", "Dana, a large is on its way to you.", f"Dana, a large is on its way to you. {ADMISSION}"),
        ("", "Dear Ms Hall, a large leaves today.", f"Dear Ms Hall, a large leaves today. {ADMISSION}"),
        ("", "A large leaves today.", f"{ADMISSION} A large leaves today."),
    ],
)
def test_an_admission_comes_first_behind_the_name(verifier: Verifier, greeting: str, body: str, begins: str) -> None:
    """Sellers write the greeting on a line of its own, or into their first sentence."""
    request = ReplyRequest(customer_message="It is too small! Dana Hall", facts=FACTS)
    situation = situation_of(request, [], verifier.commands)
    brief = make_brief(request, [], [], verifier, situation)
    letter = Letter(greeting, body, "")
    better, _ = mended(
        letter, verifier.verify(str(letter), situation), brief, lambda it: verifier.verify(str(it), situation)
    )
    assert better.body.startswith(begins)


def test_with_nothing_to_say_nothing_is_made_up(verifier: Verifier) -> None:
    """What cannot be mended stays not ready."""
    text, verdict = mend(verifier, "You should have measured.", facts=["x"])
    assert text == ""
    assert not verdict.passed


def test_the_plainest_reply_is_the_points(verifier: Verifier) -> None:
    """Each a sentence, in their order, behind thanks or what is owned; what may go unsaid does."""
    request = ReplyRequest(customer_message="x")
    brief = make_brief(request, [], [], verifier, situation_of(request, [], verifier.commands))
    points = (
        Point("We have two"),
        Point("dozen in the cellar", aside=True),
        Point("They are blue."),
        Point("Which one?"),
    )
    letter = composed(Letter("Hi,", "old", "Liz"), replace(brief, points=points))
    said = "We have two. They are blue. Which one?"
    assert str(letter) == f"Hi,\n\nThank you for getting in touch about this. {said}\n\nLiz"
    mistake = Point("I'm sorry: we lost one", owned=True)
    owning = composed(Letter("Hi,", "old", "Liz"), replace(brief, points=(mistake, *points)))
    assert owning.body == f"I'm sorry: we lost one. {said}"
    assert composed(Letter("", "", ""), replace(brief, points=())).body == ""
    german = Point("Das Paket liegt noch im Lager und geht heute an Sie hinaus")
    assert composed(Letter("", "", ""), replace(brief, points=(german,))).body.startswith("Vielen Dank")
