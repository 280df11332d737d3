"""The brief holds what is good in a draft, and nothing of what is not."""

import pytest

from coach.brief import make_brief
from coach.check import Checker
from coach.letter import Letter
from coach.schemas import Policy, ReplyRequest, Voice

BLAME = "You should have read the listing."
OFFER = "We can swap it for a large."


@pytest.fixture(scope="module")
def checker() -> Checker:
    """One for all: it holds nothing but the rules."""
    return Checker()


@pytest.mark.parametrize(
    ("draft", "notes"),
    [
        (None, ()),
        ("Hi Dana,\n\nBest,\nLiz", ()),
        (BLAME, ()),
        (OFFER, (OFFER,)),
        (f"{OFFER} {BLAME} It is free.", (OFFER, "It is free.")),
        (f"Hi Dana,\n\n{OFFER} {BLAME}\n\nBest,\nLiz", (OFFER,)),
        (f"Hi Dana,\n{OFFER} {BLAME}\nBest,\nLiz", (OFFER,)),
        (f"Hi Dana, {OFFER} {BLAME}", (OFFER,)),
        (f"Hi Dana, {BLAME} {OFFER}", (OFFER,)),
        (f"{BLAME} {OFFER} We post it today\nBest,\nLiz", (OFFER, "We post it today")),
        (f"  {BLAME}\r\n\r\n{OFFER}\r\n", (OFFER,)),
        (f"🙏 {BLAME} {OFFER} 👋", (OFFER, "👋")),
        (f"{OFFER} {BLAME} {OFFER}", (OFFER, OFFER)),
    ],
)
def test_a_drafts_good_sentences_are_notes(checker: Checker, draft: str | None, notes: tuple[str, ...]) -> None:
    """What the seller wants to say is kept, wherever it stands; sentences with a finding are taken out whole."""
    request = ReplyRequest(customer_message="x", draft=draft)
    assert make_brief(request, [], checker.check(draft or "").findings).notes == notes


@pytest.mark.parametrize(
    ("draft", "voice", "letter"),
    [
        (None, Voice(), Letter("", "", "")),
        (f"Hi Dana,\n\n{OFFER}\n\nBest,\nLiz", Voice(), Letter("Hi Dana,", "", "Best,\nLiz")),
        (f"Hi Dana,\n\n{OFFER}\n\nBest,\nLiz", Voice(sign_off="L."), Letter("Hi Dana,", "", "L.")),
        (f"{OFFER}\n\nBest,\nNot our problem", Voice(), Letter("", "", "")),
        (f"{OFFER}\n\nBest,\nNot our problem", Voice(sign_off="L."), Letter("", "", "L.")),
        (None, Voice(sign_off="L."), Letter("", "", "L.")),
    ],
)
def test_the_letter_is_the_sellers_own(checker: Checker, draft: str | None, voice: Voice, letter: Letter) -> None:
    """Greeting and sign-off are kept unless they carry a finding; a sign-off that was asked for goes before."""
    request = ReplyRequest(customer_message="x", draft=draft, voice=voice)
    assert make_brief(request, [], checker.check(draft or "").findings).letter == letter


def test_the_rest_is_passed_on() -> None:
    """Message, facts, channel and voice go in as they are; the policies are those that were chosen."""
    mine, chosen = Policy(id="a", text="A."), Policy(id="b", text="B.")
    request = ReplyRequest(
        customer_message="x", policies=[mine, chosen], facts=["F."], channel="chat", voice=Voice(formality="formal")
    )
    brief = make_brief(request, [chosen], [])
    assert (brief.customer_message, brief.facts, brief.policies) == ("x", ("F.",), (chosen,))
    assert (brief.channel, brief.voice) == ("chat", request.voice)
