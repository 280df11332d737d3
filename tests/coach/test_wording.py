"""What may be made of a note, and what may not."""

import pytest

from coach.case_reader import shipped_reader
from coach.wording import Wording, wording_of
from tests.fake_reader import FakeReader


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("key left with neighbour, Jan rang twice", "The key was left with the neighbour, and Jan rang twice."),
        ("size 8 sold out & size 9 due 3 June", "Size 8 is sold out and size 9 is due on 3 June."),
        ("F22 = low pressure, can't be reset", "F22 is low pressure; it can't be reset."),
        ("no marks on box!", "There were no marks on the box!"),
        ("label says \u201cpine\u201d, it\u2019s oak", "The label says \u201cpine\u201d, and it\u2019s oak."),
        ("sent in error, by hour", "It was sent in an error, by the hour."),
        ("van broke down. crew waited", "The van broke down. The crew waited."),
        ("lamp tested and bulb loose,", "The lamp was tested, and the bulb was loose."),
        ("fitter free sat", "The fitter is free on Saturday."),
        ("iPad is here", "iPad is here."),
        ("parcel lost by courier", "The parcel was lost by the courier."),
        ("Disk failed", "The disk failed."),
    ],
)
def test_small_words_may_be_put_in(note: str, sentence: str) -> None:
    """Articles, forms of "be" and "have", a few that join; the rest stays, but for its signs and its short words."""
    assert wording_of(note, FakeReader()).allows(sentence)


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        pytest.param("rang 14.10", "We rang at 14.10.", id="who did it"),
        pytest.param("Karen called at 5", "Karen was called at 5.", id="who did it to whom"),
        pytest.param("Karen sacked him", "Karen has been sacked him.", id="the same, in other words"),
        pytest.param("cleaner broke it, not us", "The cleaner broke it, not on us.", id="where"),
        pytest.param("can be collected", "Can it be collected?", id="a question"),
        pytest.param("can be reused", "We can be reused.", id="what it is said of"),
        pytest.param(
            "Amir done at 3, can start", "Amir is done at 3, and it can start.", id="what it is said of, again"
        ),
        pytest.param("fitter here 6.30", "The fitter is here by 6.30.", id="by when"),
        pytest.param("answer Friday 12 June", "The answer is on Friday on 12 June.", id="one date as two"),
        pytest.param("refund ready, card or cash", "The refund is ready, there is a card or cash.", id="what there is"),
        pytest.param("could be moth", "It will be moth.", id="how sure"),
        pytest.param("part in by Friday", "The part was in by Friday.", id="when"),
        pytest.param("not tested on wood", "It was tested on wood.", id="a no"),
        pytest.param("tested on wood", "It was not tested on wood.", id="a no of its own"),
        pytest.param("zip late, coat late", "The coat was late because the zip was late.", id="why"),
        pytest.param("hardy to -5", "It is hardy to 5.", id="a minus"),
        pytest.param("2 of 6 missing", "3 of the 6 were missing.", id="how many"),
        pytest.param("invoice 12 sent 3 May", "Invoice 12 was sent on May 3.", id="in another order"),
        pytest.param("lamp tested, bulb loose", "The lamp was tested.", id="less"),
        pytest.param("lamp tested", "The lamp was tested, sorry.", id="more"),
        pytest.param("lamp tested", "The lamp was tested", id="no end"),
        pytest.param("lamp tested", "", id="nothing"),
    ],
)
def test_anything_else_is_another_story(note: str, sentence: str) -> None:
    """Not even where all small words are expected: nobody, nothing and no reason may come in, and nothing may go."""
    assert not wording_of(note, FakeReader()).allows(sentence)


def test_the_grammar_says_the_same_to_a_server() -> None:
    """A word after the other, each with what may stand before it; signs that end a literal are escaped."""
    wording = Wording((("Size", "The size"), (' "M" \\', ' is "M" \\'), (".",)))
    assert wording.grammar == r'root ::= ("Size" | "The size") (" \"M\" \\" | " is \"M\" \\") (".")'
    assert wording.allows('The size is "M" \\.')


def test_shipped_network_expects_what_was_saved() -> None:
    """And little else: what is unlikely may not be put in at all."""
    wording = wording_of("parcel back at depot, courier rings you Tuesday", shipped_reader())
    assert wording.allows("The parcel is back at the depot, and the courier rings you on Tuesday.")
    assert not wording.allows("A parcel was back at a depot, but the courier rings you by Tuesday.")
    assert max(map(len, wording.parts)) < 12
