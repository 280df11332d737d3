"""What is known of the customer is said to the customer."""

import pytest

from coach.person import said_to_the_customer


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("The customer sends a photo and chooses a refund.", "You send a photo and choose a refund."),
        ("If a customer cannot get in, we help by phone.", "If you cannot get in, we help by phone."),
        ("We send another, as the customer prefers.", "We send another, as you prefer."),
        ("The guest's bag is at the desk", "Your bag is at the desk"),
        ("The customer has two weeks; they pay the postage", "You have two weeks; they pay the postage"),
        ("The boots reached him on 8 May", "The boots reached you on 8 May"),
        ("Two are set aside for her and can be posted", "Two are set aside for you and can be posted"),
        ("We sent him a mail", "We sent you a mail"),
        ("His jar is from batch 7", "Your jar is from batch 7"),
        ("She wrote at 9:50", "You wrote at 9:50"),
        ("We rang her twice", "We rang you twice"),
        ("It was posted to her old address", "It was posted to your old address"),
        ("Nell looks at it at noon and writes to him", "Nell looks at it at noon and writes to you"),
        ("Our driver rings her before noon", "Our driver rings you before noon"),
        ("We gave her a new key on Monday; she has lost it", "We gave you a new key on Monday; you have lost it"),
        ("We sent her order on Tuesday, 4 May", "We sent your order on Tuesday, 4 May"),
        ("We fetch it from her today; Sam mends it himself", "We fetch it from you today; Sam mends it himself"),
    ],
)
def test_the_customer_is_you(known: str, said: str) -> None:
    """By name of the role or by pronoun, subject, object and owner."""
    assert said_to_the_customer(known) == said


@pytest.mark.parametrize(
    "known",
    [
        "Our mechanic mends it himself and brings it back",
        "Elena, the owner, answers herself within a day",
        "Sven, who was in charge, did not have it done again, which he should have",
        "Ines can cut the hoops down; she writes when they reach her",
        "Our driver has the parcel, and he rings before he comes",
        "We open a trace with the courier",
        "",
    ],
)
def test_others_stay_who_they_are(known: str) -> None:
    """Staff and owners are nobody's "you"."""
    assert said_to_the_customer(known) == known
