"""Notes and rules are said as one says them in a letter."""

import pytest

from coach.saying import apology, as_done_now


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ("We forgot to book the collection", "I'm sorry: we forgot to book the collection"),
        ("Our packer took the wrong box", "I'm sorry: our packer took the wrong box"),
        ("The order says 39; we packed 42", "I'm sorry, this was our mistake: the order says 39; we packed 42"),
        ("Put it in the diary for Thursday", "I'm sorry: we put it in the diary for Thursday"),
        ("checked: picked the wrong box", "I'm sorry: we picked the wrong box"),
        ("didn't ring at all", "I'm sorry: we didn't ring at all"),
        ("Put options are sold out", "I'm sorry, this was our mistake. Put options are sold out"),
        ("label mix up in the cold room", "I'm sorry, this was our mistake: label mix up in the cold room"),
        ("Marta mixed up two rolls", "I'm sorry, this was our mistake. Marta mixed up two rolls"),
    ],
)
def test_a_mistake_is_owned(mistake: str, said: str) -> None:
    """What begins with somebody else, or with a thing, is called ours before it is told."""
    assert apology(mistake) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Es tut uns leid: Wir haben es vergessen"),
        ("fr", "Nous sommes désolés : wir haben es vergessen"),
        ("sv", "I'm sorry, this was our mistake. Wir haben es vergessen"),
    ],
)
def test_a_mistake_is_owned_in_its_language(language: str, said: str) -> None:
    """In those that some rule reads; in any other the words are English."""
    assert apology("Wir haben es vergessen", language) == said


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("We refund the postage.", "We'll refund the postage."),
        ("I give it again, or refund it.", "I'll give it again, or refund it."),
        ("You send a photo and choose.", "Please send a photo and choose."),
        ("We do not send another.", "We do not send another."),
        ("We are open until six.", "We are open until six."),
        ("We never charge for it.", "We never charge for it."),
        ("You can keep the wrong one.", "You can keep the wrong one."),
        ("The money is on the card on Friday.", "The money is on the card on Friday."),
    ],
)
def test_a_rule_is_said_as_it_is_done_now(rule: str, said: str) -> None:
    """What the shop does becomes what it will do, and what the customer does is asked for."""
    assert as_done_now(rule) == said
