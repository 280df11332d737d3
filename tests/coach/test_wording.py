"""When a sentence says what a note says."""

import pytest

from coach.wording import says_the_same


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("Key left with neighbour, Jan rang twice", "The key was left with the neighbour, and Jan rang twice."),
        ("Size 8 sold out & size 9 due 3 June", "Size 8 is sold out and size 9 is due on 3 June."),
        ("F22 = low pressure, can't be reset", "F22 is low pressure; it cannot be reset."),
        ("Dry - 5 days (not more)", "It is dry: 5 days, not more."),
        ("No marks on box", "There were no marks on the box."),
        ("Label says \u201cpine\u201d, it\u2019s oak", "The label says \u201cpine\u201d, and it is oak."),
    ],
)
def test_small_words_may_be_put_in(note: str, sentence: str) -> None:
    """Articles, forms of "be" and "have", a few that join: they add nothing."""
    assert says_the_same(sentence, note)


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        pytest.param("Rang 14.10", "We rang at 14.10.", id="who did it"),
        pytest.param("Karen called at 5", "Karen was called at 5.", id="who did it to whom"),
        pytest.param("Cleaner broke it, not us", "The cleaner broke it, not on us.", id="where"),
        pytest.param("Can be collected", "Can it be collected?", id="a question"),
        pytest.param("Could be moth", "It will be moth.", id="how sure"),
        pytest.param("Part in by Friday", "The part was in by Friday.", id="when"),
        pytest.param("Not tested on wood", "It was tested on wood.", id="a no"),
        pytest.param("Tested on wood", "It was not tested on wood.", id="a no of its own"),
        pytest.param("Zip came late, coat late", "The coat was late because the zip came late.", id="why"),
        pytest.param("Hardy to -5", "It is hardy to 5.", id="a minus"),
        pytest.param("2 of 6 missing", "3 of the 6 were missing.", id="how many"),
        pytest.param("Invoice 12 sent 3 May", "Invoice 12 was sent on May 3.", id="in another order"),
        pytest.param("Lamp tested, bulb loose", "The lamp was tested.", id="less"),
        pytest.param("Lamp tested", "The lamp was tested, sorry.", id="more"),
        pytest.param("Lamp tested", "", id="nothing"),
    ],
)
def test_anything_else_is_another_story(note: str, sentence: str) -> None:
    """Nobody, nothing and no reason may come in, and nothing may go."""
    assert not says_the_same(sentence, note)
