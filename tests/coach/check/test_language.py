"""A text's language is named where it can be told, and only there."""

# ruff: noqa: RUF001  that characters look alike is what is tested

import pytest

from coach.check.language import UNKNOWN, detect_language


@pytest.mark.parametrize(
    "text",
    ["", " \n", "ok", "Hi Dana!", "12345 67890 12345 67890", "👍🙏👍🙏👍🙏👍🙏👍🙏👍🙏", "?!... -- !!!"],
)
def test_too_little_to_tell(text: str) -> None:
    """Digits, emoji and a word or two are no language: nobody is told that their reply is unreadable."""
    assert detect_language(text) == UNKNOWN


@pytest.mark.parametrize("text", ["We can't refund Pokémon Élite Trainer cards", "pls send pics of the item ty"])
def test_names_and_slang_are_not_taken_for_another_language(text: str) -> None:
    """Where the model leans to some language but is not sure, no language is named."""
    assert detect_language(text) == UNKNOWN


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I am sorry that your parcel is late.", "en"),
        ("im so sorry that your parcel is late, we will send you a new one", "en"),
        ("I AM SORRY THAT YOUR PARCEL CAME LATE 📦📦📦 #4711", "en"),
        ("I’m sorry\r\nthat your\r\nparcel came late.", "en"),
        ("Es tut uns leid, dass Ihr Paket zu spät kam.", "de"),
        ("Nous sommes désolés pour le retard de votre colis.", "fr"),
        ("Lo sentimos mucho, su paquete llega tarde.", "es"),
        ("お客様のお荷物が遅れて申し訳ございません。", "ja"),
    ],
)
def test_a_sentence_is_enough(text: str, language: str) -> None:
    """One sentence gives a language away, whatever its case, line ends and emoji."""
    assert detect_language(text) == language
