"""A message is taken apart only where it is clear what is what."""

# ruff: noqa: RUF001  that characters look alike is what is tested

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.letter import Letter, split_letter


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("We can't take it back.", id="one sentence"),
        pytest.param("Dear customers are all we have.", id="no greeting but a sentence"),
        pytest.param("Highly unlikely,\nwe think.", id="a word that begins like a greeting"),
        pytest.param("hi we dont have any more of those", id="a short line without commas"),
        pytest.param("Hello there is a small crack\nin the mug.", id="a sentence over two lines"),
        pytest.param("Hi Dana it broke. We are sorry.", id="a greeting that runs into its sentence"),
        pytest.param("Hi we can't take it back!", id="a short sentence with an exclamation mark"),
        pytest.param("Thank you for your mail.", id="thanks that go on"),
        pytest.param("It broke.\nPlease send the whole of it back", id="too many words for a name"),
        pytest.param("It broke\nLiz", id="a line that goes on"),
        pytest.param("It broke.\nWill you wait?", id="a question is no name"),
        pytest.param("Best price:\n\n- one\n- two\n- three\n- four", id="a list"),
        pytest.param(f"Thanks\n{'x' * 61}", id="a long line under the thanks"),
        pytest.param("It broke, Liz", id="a name in the line"),
        pytest.param("It broke. No Refunds", id="a refusal behind a sentence"),
        pytest.param("It broke. Come Monday", id="a day is no name"),
        pytest.param("It broke. Refunded.", id="a sentence of one word"),
        pytest.param("It broke. Please ask for Mr. Hall", id="a name with a title"),
        pytest.param("It broke. Thank you for your mail", id="thanks that go on behind a sentence"),
        pytest.param("It broke. Love the colour", id="no love to sign with"),
        pytest.param("It broke. The whole team", id="a team that does not sign"),
        pytest.param("Hi all of it broke! Sorry.", id="a greeting that runs into an exclamation"),
        pytest.param("It broke. Best price is 20", id="no best to sign with"),
        pytest.param("It broke.\nNo refunds", id="a refusal is no name"),
        pytest.param("Thank you\nWe will not refund you.", id="a refusal under thanks"),
        pytest.param("Sorry,\nit broke.", id="an apology over two lines"),
        pytest.param("The parcel, which broke,\nis here.", id="a comma at a line's end"),
    ],
)
def test_must_not_be_taken_apart(text: str) -> None:
    """What is not clearly a greeting or a sign-off belongs to the body."""
    assert split_letter(text) == Letter("", text, "")


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("", Letter("", "", "")),
        (" \r\n ", Letter("", "", "")),
        (
            "Hi Dana,\n\nIt broke.\n\nKind regards,\nLiz",
            Letter("Hi Dana,", "It broke.", "Kind regards,\nLiz"),
        ),
        (
            "Dear Dana,\r\n\r\nIt broke.\r\n\r\nBest,\r\nLiz\r\n",
            Letter("Dear Dana,", "It broke.", "Best,\r\nLiz"),
        ),
        ("hello dana!\nit broke.\nthanks", Letter("hello dana!", "it broke.", "thanks")),
        ("Good morning Mr Okafor\nIt broke.", Letter("Good morning Mr Okafor", "It broke.", "")),
        ("Hi Dana, it broke.", Letter("Hi Dana,", "it broke.", "")),
        ("Mr Hall,\n\nIt broke.", Letter("Mr Hall,", "It broke.", "")),
        ("Dean M.,\nIt broke.", Letter("Dean M.,", "It broke.", "")),
        (
            "Guten Tag Frau Petersen,\n\nsie ist kaputt.\n\nMit freundlichen Grüßen\nJonas",
            Letter("Guten Tag Frau Petersen,", "sie ist kaputt.", "Mit freundlichen Grüßen\nJonas"),
        ),
        (
            "Chère Madame,\nC'est cassé.\nCordialement,\nLuc",
            Letter("Chère Madame,", "C'est cassé.", "Cordialement,\nLuc"),
        ),
        ("Hola Lucía:\n\nSe rompió.\n\nUn saludo,\nIrene", Letter("Hola Lucía:", "Se rompió.", "Un saludo,\nIrene")),
        ("Hey, it broke. Sorry.\nBen", Letter("Hey,", "it broke. Sorry.", "Ben")),
        ("It broke!\n\n– the Wool & Co team", Letter("", "It broke!", "– the Wool & Co team")),
        (
            "It broke.\n\nYours sincerely\n \nLiz\nShop\n",
            Letter("", "It broke.", "Yours sincerely\n \nLiz\nShop"),
        ),
        ("Thanks for waiting.\n\nMany thanks\nLiz", Letter("", "Thanks for waiting.", "Many thanks\nLiz")),
        ("Hi Dana,", Letter("Hi Dana,", "", "")),
        ("Cheers", Letter("", "", "Cheers")),
        ("It broke. Regards, Crusty's", Letter("", "It broke.", "Regards, Crusty's")),
        (
            "Hi Dana, it broke! Yours sincerely, T. Brandt",
            Letter("Hi Dana,", "it broke!", "Yours sincerely, T. Brandt"),
        ),
        ("It broke. Lots of love, Prue x", Letter("", "It broke.", "Lots of love, Prue x")),
        ("It broke. With sympathy, Blooms of Hall", Letter("", "It broke.", "With sympathy, Blooms of Hall")),
        ("It broke. Thanks", Letter("", "It broke.", "Thanks")),
        ("It broke. Coach Bex", Letter("", "It broke.", "Coach Bex")),
        ("It broke? Peter", Letter("", "It broke?", "Peter")),
        ("It broke. The Mill Team", Letter("", "It broke.", "The Mill Team")),
        ("Hi Flora! It broke.", Letter("Hi Flora!", "It broke.", "")),
        ("Hiya hun, it broke.", Letter("Hiya hun,", "it broke.", "")),
        ("Gday Kev, it broke. Cheers, Robbo", Letter("Gday Kev,", "it broke.", "Cheers, Robbo")),
        ("Hi Zoë 👋,\n\nIt broke 🙏.\nZoë", Letter("Hi Zoë 👋,", "It broke 🙏.", "Zoë")),
    ],
)
def test_a_message_has_three_parts(text: str, letter: Letter) -> None:
    """Greeting and sign-off come as they were typed, without the white space around them."""
    assert split_letter(text) == letter


def test_put_together_the_parts_are_paragraphs() -> None:
    """Parts that are missing leave no empty lines behind."""
    assert str(Letter("Hi Dana,", "It broke.", "Liz")) == "Hi Dana,\n\nIt broke.\n\nLiz"
    assert str(Letter("", "It broke.", "Liz")) == "It broke.\n\nLiz"
    assert str(Letter("", "It broke.", "")) == "It broke."


@given(
    st.lists(
        st.sampled_from(
            [
                "Hi Dana,",
                "hey",
                "Dear",
                "It broke.",
                "Best",
                "Kind regards,",
                "Liz",
                "- Ben",
                "\n",
                "\r\n",
                " ",
            ]
        )
    ).map(" ".join)
)
def test_nothing_is_lost_and_nothing_made_up(text: str) -> None:
    """The parts stand in the text as they are, one after the other, with white space between them only."""
    letter = split_letter(text)
    rest = text
    for part in (letter.greeting, letter.body, letter.sign_off):
        before, found, rest = rest.partition(part) if part else ("", "", rest)
        assert (before.strip(), found) == ("", part)
    assert not rest.strip()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("best" + " \n" * 9000 + "x" * 100, id="blank lines after a closing word"),
        pytest.param("Hi\nNo.\n" + " " * 19_000 + "x.", id="spaces before the last line"),
        pytest.param(" " * 19_000 + "x", id="spaces before everything"),
        pytest.param("thanks\n" * 2500 + "x" * 70, id="closing words all the way"),
    ],
)
def test_white_space_does_not_take_for_ever(text: str) -> None:
    """The longest text that is accepted is taken apart at once, whatever it is made of."""
    started = time.process_time()
    assert str(split_letter(text)).replace("\n", "").replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert time.process_time() - started < 0.5
