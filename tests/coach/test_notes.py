"""What sellers jot down for themselves is a sentence when a customer reads it."""

import pytest

from coach.notes import in_a_sentence, is_for_oneself, is_inward, tells_another_story, tells_something


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
        ("no billing error found on the line", "No billing error was found on the line"),
        ("bill paid by card, 187 euros", "The bill was paid by card, 187 euros"),
        ("claim closed 8 May for lack of proof", "The claim was closed on 8 May for lack of proof"),
        ("40 codes reported as used", "40 codes were reported as used"),
        ("£48 paid at collection", "£48 was paid at collection"),
        ("paid 218.00 incl. postage", "You paid 218.00 including postage"),
        ("charged 1,140 SEK", "You were charged 1,140 SEK"),
        ("cap torque not checked on batch 14", "The cap torque was not checked on batch 14"),
        ("booking fee $5.50 per ticket", "The booking fee is $5.50 per ticket"),
        ("slip for table 9 has no allergy on it", "The slip for table 9 has no allergy on it"),
        ("payment failed 1 March", "The payment failed on 1 March"),
        (
            "line open again Sat 14:40; card unblocked today",
            "Line open again Saturday at 14:40; the card was unblocked today",
        ),
        ("refunds go to the card", "The refunds go to the card"),
        ("free sat 10am, sun 2pm or thurs", "Free times: Saturday 10am, Sunday 2pm or Thursday"),
        ("can post another tmrw", "We can post another tomorrow"),
        ("have 2 left on the shelf", "We have 2 left on the shelf"),
        ("Nell can see you by wed + calls monday", "Nell can see you by Wednesday and calls Monday"),
        ("could be our glue", "Could be our glue"),
        ("Mick put 85 on top, shouldn't have", "Mick put 85 on top, shouldn't have"),
        ("see https://a.example/tuesdays, c@wed.example", "See https://a.example/tuesdays, c@wed.example"),
        ("it sat in the sun w/o a lid", "It sat in the sun without a lid"),
        ("Our fitter can come sat, or wed by 2", "Our fitter can come Saturday, or Wednesday by 2"),
        ("Colin left in june", "Colin left in June"),
        ("Jo can come any sat, or mon, sat or sun", "Jo can come any Saturday, or Monday, Saturday or Sunday"),
        ("Lid left out in the sun", "Lid left out in the sun"),
        ("kayleigh rang, sam's list was old", "Kayleigh rang, Sam's list was old"),
        ("Write to sam@example.org or sam.ward", "Write to sam@example.org or sam.ward"),
        ("It sat, in the sun", "It sat, in the sun"),
        # Who has done what to whom is not for a machine to guess, nor what is a name.
        ("seller notified 12 June", "Seller notified on 12 June"),
        ("Hank bought by card", "Hank bought by card"),
        ("customer watched 1 to 5", "Customer watched 1 to 5"),
        ("booked a room, not confirmed", "Booked a room, not confirmed"),
        ("he'd closed by then", "He'd closed by then"),
        ("bill  paid by card; ,  done", "The bill was paid by card; ,  done"),
        ("driver cut the wire", "Driver cut the wire"),
        ("no deposit of 150, ours is always 80", "No deposit of 150, ours is always 80"),
        ("come fri and ill mend it, thats free", "Come Friday and I'll mend it, that's free"),
        ("he was ill for a week", "He was ill for a week"),
        ("i left it there. no trace since", "I left it there. No trace since"),
        ("approx. two weeks", "About two weeks"),
        ("redelivered wed before 10", "Redelivered Wednesday before 10"),
        ("adomchapel.org free", "adomchapel.org free"),
        ("next free slot Tue 3pm", "The next free slot is Tuesday 3pm"),
        ("next free: tomorrow 8-10", "The next free time is tomorrow 8-10"),
        ("happy to waive it this time", "We are happy to waive it this time"),
        ("can't tell if valve or older leak", "We can't tell if valve or older leak"),
        ("no charge to look", "There is no charge to look"),
        ("no fee was charged", "No fee was charged"),
        ("expected back 30 May", "It is expected back 30 May"),
        ("Trace opened, answer by Friday 12 June", "Trace opened, with an answer due by Friday 12 June"),
        ("repaint Tue and Wed next week", "Repaint Tuesday and Wednesday next week"),
        ("leftover matt was used", "The leftover matt was used"),
    ],
)
def test_a_note_becomes_a_sentence(note: str, said: str) -> None:
    """Where a verb or a subject is missing; what is a sentence stays as it is."""
    assert in_a_sentence(note) == said


@pytest.mark.parametrize(
    ("note", "aside", "tells"),
    [
        ("today Monday", True, False),
        ("label printed 4 May", True, True),
        ("Order 2218, one speckle mug in blue, arrived on Wednesday", True, True),
        ("Silver service done by Tomek, new rear pads fitted", True, True),
        ("Tracking: delivered on Tuesday, no photo", True, True),
        ("Version 3.4 (out last week) has a low-memory mode", False, True),
        ("Of the £52.80, £40.80 is import VAT", False, True),
        ("A larger box exists", False, True),
        ("We've a free slot on Thursday", False, True),
        ("Address: 3 Mill Yard, Leeds", False, True),
        ("code GX-4471", False, True),
        ("new link https://a.example/b", False, True),
        ("<b>&", False, True),
        ("school pool could have us sats 9am", False, True),
        ("cups can squeal at home", True, True),
    ],
)
def test_what_sellers_note_for_themselves_is_known(note: str, aside: bool, tells: bool) -> None:
    """It begins as no sentence does, and holds nothing that has to be passed on as it is."""
    assert (is_for_oneself(note), tells_something(note)) == (aside, tells)


@pytest.mark.parametrize(
    ("note", "inward"),
    [
        ("pads cost us 6.20", True),
        ("new crystal is £110 to me", True),
        ("similar one in May, don\u2019t mention", True),
        ("Niamh is on her last warning", True),
        ("She beat me down on price", True),
        ("no other complaints", True),
        ("Be as generous as you can.", True),
        ("Tom's 19", True),
        ("I should not discuss her phone use", True),
        ("Table's 19 cm wide", False),
        ("we cannot discuss prices by phone, but can by mail", True),
        ("please keep it short, she is upset", True),
        ("the lid must be kept short of the rim", False),
        ("Be home by six on Friday for the firm's van", False),
        ("mended on our rail at our cost", False),
        ("repaint Tuesday, one coat, our cost", False),
        ("our cost is 11", True),
        ("1.5 inch margin is left in each seam", False),
        ("postage costs £4", False),
        ("she paid £40", False),
    ],
)
def test_what_stays_in_the_shop_is_known(note: str, inward: bool) -> None:
    """Costs, secrets, gossip, others' cases, orders; not what things cost the customer, nor what the shop gives."""
    assert is_inward(note) == inward


@pytest.mark.parametrize(
    ("note", "sentence", "another"),
    [
        ("Karen called at noon", "Karen was called at noon", True),
        ("Lid posted at noon", "The lid was posted at noon", False),
        ("Karen was called at noon", "Karen was called at noon", False),
        ("called at noon", "we called at noon", True),
        ("called you at noon", "we called you at noon", False),
        ("we called at noon", "we called at noon", False),
        ("fitted new lid, rang twice", "we fitted a new lid, and we rang twice", True),
        ("fitted new lid, rang twice", "we fitted a new lid, and rang twice", False),
        ("new lid works, tried it", "the new lid works, and they tried it", True),
    ],
)
def test_sentence_that_turns_a_note_round_or_guesses_who_did_it_is_known(
    note: str, sentence: str, another: bool
) -> None:
    """Only by what was put in: what the seller has noted is as the seller knows it."""
    assert tells_another_story(sentence, note) is another
