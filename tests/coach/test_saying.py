"""Notes and rules are said as one says them in a letter."""

import pytest

from coach.saying import apology, as_done_now, in_a_sentence


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ("We forgot to book the collection", "I'm sorry: we forgot to book the collection"),
        ("Our packer took the wrong box", "I'm sorry: our packer took the wrong box"),
        ("The order says 39; we packed 42", "I'm sorry, this was our mistake: the order says 39; we packed 42"),
        ("Marta mixed up two rolls", "I'm sorry, this was our mistake: Marta mixed up two rolls"),
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
        ("sv", "I'm sorry, this was our mistake: Wir haben es vergessen"),
    ],
)
def test_a_mistake_is_owned_in_its_language(language: str, said: str) -> None:
    """In those that some rule reads; in any other the words are English."""
    assert apology("Wir haben es vergessen", language) == said


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("Posted at 9:40", "It was posted at 9:40"),
        ("Ordered at 7:31, marked urgent", "It was ordered at 7:31, marked urgent"),
        ("Bought four months ago for 140 pounds", "It was bought four months ago for 140 pounds"),
        ("Order placed on 2 May", "The order was placed on 2 May"),
        ("Payment received in full", "The payment was received in full"),
        ("Orders sent on Monday arrive on Friday", "Orders sent on Monday arrive on Friday"),
        ("Tracking number CB448120997", "The tracking number is CB448120997"),
        ("Address: 3 Mill Yard, Leeds", "The address is 3 Mill Yard, Leeds"),
        ("Booked and confirmed: 12 to 14 July", "Booked and confirmed: 12 to 14 July"),
        ("The tracking number is CB448120997", "The tracking number is CB448120997"),
        ("Tracking number CB4 was wrong", "Tracking number CB4 was wrong"),
        ("Delivered parcels are kept for a week", "Delivered parcels are kept for a week"),
        ("Number 7 is free", "Number 7 is free"),
        ("Free for a balayage: Thursday at 1:00", "Free times for a balayage: Thursday at 1:00"),
        ("We posted it at 9:40", "We posted it at 9:40"),
        ("", ""),
    ],
)
def test_a_note_becomes_a_sentence(note: str, said: str) -> None:
    """Where a verb or a subject is missing; what is a sentence stays as it is."""
    assert in_a_sentence(note) == said


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
