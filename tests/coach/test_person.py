"""What is known of the customer is said to the customer."""

import pytest

from coach.person import (
    asked_of_the_customer,
    customers_name,
    pronouns_of_others,
    pronouns_of_theirs,
    said_by_the_shop,
    said_by_the_signer,
    said_to_a_party,
    said_to_the_customer,
    signers_name,
)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("The customer sends a photo and chooses a refund.", "You send a photo and choose a refund."),
        ("If a customer cannot get in, we help by phone.", "If you cannot get in, we help by phone."),
        ("We send another, as the customer prefers.", "We send another, as you prefer."),
        ("The guest's bag is at the desk", "Your bag is at the desk"),
        ("It rests until the member has rung us", "It rests until you have rung us"),
        ("The customer has two weeks; they pay the postage", "You have two weeks; they pay the postage"),
        ("The boots reached him on 8 May", "The boots reached you on 8 May"),
        ("Two are set aside for her and can be posted", "Two are set aside for you and can be posted"),
        ("We sent him a mail", "We sent you a mail"),
        ("It is free where the buyer pays. We can't refund them.", "It is free where you pay. We can't refund them."),
        ("She hasn't said if she charged it", "You haven't said if you charged it"),
        ("She doesn't know it and wasn't told", "You don't know it and wasn't told"),
        ("She's got her receipt and she's in town", "You have got your receipt and you are in town"),
        ("Marta says she noticed nothing", "Marta says she noticed nothing"),
        ("Pastry cook confirmed she plated it", "Pastry cook confirmed she plated it"),
        ("Parcel returned on Monday; she wrote then", "Parcel returned on Monday; you wrote then"),
        ("If a guest in the booking falls ill, we move it", "If a guest in the booking falls ill, we move it"),
        ("He denies it and lies in bed", "You deny it and lies in bed"),
        ("His jar is from batch 7", "Your jar is from batch 7"),
        ("She wrote at 9:50", "You wrote at 9:50"),
        ("Sam wants to write to her himself", "Sam wants to write to you himself"),
        ("I can polish acrylic, his is acrylic", "I can polish acrylic, yours is acrylic"),
        ("Niamh has been told of her slip", "Niamh has been told of her slip"),
        ("We rang her twice", "We rang you twice"),
        ("We missed her 2 calls", "We missed your 2 calls"),
        ("Forgot to try hers", "Forgot to try yours"),
        ("Can fit her 8am Saturday", "Can fit you 8am Saturday"),
        ("We called her 8am slot off", "We called your 8am slot off"),
        ("We owe her 20 pounds", "We owe you 20 pounds"),
        ("It was posted to her old address", "It was posted to your old address"),
        ("Nell looks at it at noon and writes to him", "Nell looks at it at noon and writes to you"),
        ("Our driver rings her before noon", "Our driver rings you before noon"),
        ("We gave her a new key on Monday; she has lost it", "We gave you a new key on Monday; you have lost it"),
        ("We sent her order on Tuesday, 4 May", "We sent your order on Tuesday, 4 May"),
        (
            "It is in our diary for Friday, my error, her card says today",
            "It is in our diary for Friday, my error, your card says today",
        ),
        ("We gave his number to the carrier", "We gave your number to the carrier"),
        ("Courier collects at 9, with her by noon", "Courier collects at 9, with you by noon"),
        ("It goes today if patient gives the number", "It goes today if you give the number"),
        ("It is on order, customer was not told", "It is on order, you were not told"),
        ("The camera shows customer at the door", "The camera shows you at the door"),
        ("It is 121 on customer's photo", "It is 121 on your photo"),
        ("We wrote to another customer on Monday", "We wrote to another customer on Monday"),
        ("We asked customer services", "We asked customer services"),
        ("Buyer has worn it", "You have worn it"),
        ("Customer's card was charged", "Your card was charged"),
        ("Customer service closes at 5", "Customer service closes at 5"),
        ("Guest house is full", "Guest house is full"),
        ("Dr Amin would like to ring her", "Dr Amin would like to ring you"),
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
        "On Monday the head housekeeper looked; she could not move the bed",
        "warden phone was charging, he was at the far end",
        "They went to a customer who collected two pairs, she has been rung",
        "",
    ],
)
def test_others_stay_who_they_are(known: str) -> None:
    """Staff and owners are nobody's "you"."""
    assert said_to_the_customer(known) == known


@pytest.mark.parametrize(
    ("message", "known", "said"),
    [
        (
            "We got there and it was gone.",
            "Could seat them at the bar, they declined",
            "Could seat you at the bar, you declined",
        ),
        (
            "We left early.",
            "Warden offered to move them, they'd had enough",
            "Warden offered to move you, you'd had enough",
        ),
        ("I got there and it was gone.", "Could seat them at the bar", "Could seat them at the bar"),
        ("We got no lids.", "They arrived on the 4th", "They arrived on the 4th"),
        (
            "We were kept awake.",
            "We rang the guests and asked them to stop",
            "We rang the guests and asked them to stop",
        ),
    ],
)
def test_party_is_you(message: str, known: str, said: str) -> None:
    """What the shop offered to all of them, it offered to the one who writes for them."""
    assert said_to_a_party(known, message) == said


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("Ravi looks at it again if he sends it in", "Ravi looks at it again if you send it in"),
        ("It can be reset while she waits", "It can be reset while you wait"),
        ("Sam asks if he may go", "Sam asks if he may go"),
        ("Ms Price wants to speak to her if she agrees", "Ms Price wants to speak to you if you agree"),
        ("Marisa would like to invite her and her sister", "Marisa would like to invite you and your sister"),
        ("Marisa will see her sister", "Marisa will see her sister"),
    ],
)
def test_nobody_else_is_waited_for(known: str, said: str) -> None:
    """Whoever else is in the fact."""
    assert asked_of_the_customer(known) == said


@pytest.mark.parametrize(
    ("greeting", "message", "known", "said"),
    [
        ("Dear Ms Rennie,", "", "He did ring at 8.52", "He did ring at 8.52"),
        ("Dear Ms Rennie,", "", "She did ring at 8.52", "You did ring at 8.52"),
        ("Dear Mr Rennie,", "", "She did ring at 8.52", "She did ring at 8.52"),
        ("Dear Mr and Mrs Rennie,", "", "She did ring at 8.52", "You did ring at 8.52"),
        ("Dear Mr Rennie,", "It is for my father.", "He did ring at 8.52", "You did ring at 8.52"),
        ("Hi Sam,", "", "He did ring at 8.52", "You did ring at 8.52"),
        ("Hi Sam,", "It is for my late husband.", "He sat down", "He sat down"),
        ("Hi Sam,", "It is for our daughter!", "She sat down", "She sat down"),
        ("Hi Sam,", "It is for our daughter!", "We can meet her at 5", "We can meet you at 5"),
        ("Hi Sam,", "My dog came home limping.", "He was clipped at 3", "He was clipped at 3"),
        ("Hi Sam,", "My friend's is fine.", "Artist was Kim; she says so", "Artist was Kim; she says so"),
        ("Hi Sam,", "My late mum's scarf is gone.", "She should be called by 5", "You should be called by 5"),
        (
            "Hi Sam,",
            "My late mum's scarf is gone.",
            "Ines is free, she can see it then",
            "Ines is free, she can see it then",
        ),
        ("Hi Sam,", "My dog came home limping.", "He wants a refund", "You want a refund"),
        ("Hi Sam,", "My dog came home limping.", "We gave him a bath and rang her", "We gave him a bath and rang you"),
    ],
)
def test_he_is_the_customer_where_nobody_else_may_be_meant(greeting: str, message: str, known: str, said: str) -> None:
    """Not for a Ms, nor where the customer wrote of somebody or of an animal whom the shop may call so."""
    others, doubtful = pronouns_of_others(greeting), pronouns_of_theirs(message, greeting)
    assert said_to_the_customer(known, others=others, doubtful=doubtful) == said


@pytest.mark.parametrize(
    ("greeting", "name"),
    [
        ("Mr Hall,", "Mr Hall"),
        ("Dear Ms Adeyemi,", "Ms Adeyemi"),
        ("Hi Dana,", "Dana"),
        ("Good morning Dr. O'Neill", "Dr. O'Neill"),
        ("Hi there,", ""),
        ("Hello,", ""),
        ("Dear Customer,", ""),
        ("", ""),
    ],
)
def test_a_greeting_names_the_customer(greeting: str, name: str) -> None:
    """With their title, where they have one."""
    assert customers_name(greeting) == name


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (
            "The file is the one that Mr Hall sent and he approved it",
            "The file is the one that you sent and you approved it",
        ),
        ("Mr Hall's file had it", "Your file had it"),
        ("The Hallmark is real", "The Hallmark is real"),
    ],
)
def test_by_that_name_too_they_are_you(known: str, said: str) -> None:
    """A fact may call the customer what the greeting does."""
    assert said_to_the_customer(known, "Mr Hall") == said


@pytest.mark.parametrize(
    ("sign_off", "name"),
    [
        ("Elin", "Elin"),
        ("Kind regards,\nMarta", "Marta"),
        ("- Rosa, Fennel Bakery", "Rosa"),
        ("The reception team", ""),
        ("Customer Service", ""),
        ("Best,", "Best"),
        ("", ""),
    ],
)
def test_a_sign_off_names_who_writes(sign_off: str, name: str) -> None:
    """The first name in the line under the closing words, or in the only line."""
    assert signers_name(sign_off) == name


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (
            "Elin can steam it; it takes ten days from when it reaches her",
            "I can steam it; it takes ten days from when it reaches me",
        ),
        ("We fetch it; Elin mends it herself and brings it back", "We fetch it; I mend it myself and bring it back"),
        ("Our mechanic told Elin that he forgot", "Our mechanic told me that he forgot"),
        ("Elin has two free; she is here on Monday", "I have two free; I am here on Monday"),
        ("Both are with Elin in Elin's room", "Both are with me in my room"),
        ("Send it to Elin Strand, Studio 5", "Send it to Elin Strand, Studio 5"),
        ("Jess can mend it; she is here on Monday", "Jess can mend it; she is here on Monday"),
    ],
)
def test_whoever_signs_is_i(known: str, said: str) -> None:
    """Nobody speaks of themselves by name; an address keeps it."""
    assert said_by_the_signer(known, "Elin") == said
    assert said_by_the_signer(known, "") == known


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("The seller packed the wrong size", "We packed the wrong size"),
        ("One came from lot 117; the shop did not mention it", "One came from lot 117; we did not mention it"),
        ("The company has two vans", "We have two vans"),
        ("The shop hasn't answered, and the shop didn't call", "We haven't answered, and we didn't call"),
        ("We waited; the seller wasn't there", "We waited; we weren't there"),
        ("It is known that the store's clock was slow", "It is known that our clock was slow"),
        ("The mug is in the shop in Leeds", "The mug is in the shop in Leeds"),
        ("The shop window broke", "The shop window broke"),
        ("We told the seller's brother", "We told the seller's brother"),
    ],
)
def test_the_shop_speaks_of_itself(fact: str, said: str) -> None:
    """Where a fact tells what it did; where it stands is a place."""
    assert said_by_the_shop(fact) == said
