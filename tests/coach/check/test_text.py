"""Folding a text to plain characters never loses the way back to what was typed."""

# ruff: noqa: RUF001  that characters look alike is what is tested

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.check.text import plain, utf16_offsets

ODD = "aZ9 .'\"’“–…\u00adｆﬁ½é\u0301\u0308\u200b\u200d\ufe0f\r\n👩🙏🏽ß\uff07"
texts = st.one_of(st.text(), st.text(alphabet=ODD))


def _typed(text: str, words: str) -> str:
    """What was typed where the plain text reads `words`."""
    folded = plain(text)
    start = folded.text.index(words)
    typed_start, typed_end = folded.typed_span(start, start + len(words))
    return text[typed_start:typed_end]


@pytest.mark.parametrize("text", ["", "I'm sorry.", 'Dear "Jo",\r\n\r\n\tit broke -- twice...', "\x00\x7f"])
def test_ascii_stays_as_it_is(text: str) -> None:
    """There is nothing to fold in plain ASCII: not even line ends change."""
    folded = plain(text)
    assert folded.text == text
    assert list(folded.starts) == list(range(len(text)))
    assert list(folded.ends) == list(range(1, len(text) + 1))


@pytest.mark.parametrize("text", ["naïve", "Grüße", "お客様", "Łódź", "👍🏽 🙏"])
def test_other_peoples_letters_stay(text: str) -> None:
    """Only what merely looks different is folded: no letter loses its accent, no script its characters."""
    assert plain(text).text == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "words", "typed"),
    [
        pytest.param("I’m sorry", "I'm", "I’m", id="curly apostrophe"),
        pytest.param("I´m and I`m", "I'm and I'm", "I´m and I`m", id="accents as apostrophes"),
        pytest.param("a “fact”, „so“ ok", '"fact", "so"', "“fact”, „so“", id="curly quotes"),
        pytest.param("non–refundable", "non-refundable", "non–refundable", id="dash"),
        pytest.param("well… no", "well... no", "well… no", id="one character becomes three"),
        pytest.param("👍🏽 no refund", "no refund", "no refund", id="after an emoji"),
        pytest.param("é\r\nno\r\nrefund", "no\r\nrefund", "no\r\nrefund", id="CRLF"),
        pytest.param("cafe\u0301 is shut", "café is", "cafe\u0301 is", id="combining mark inside"),
        pytest.param("cafe\u0301 is shut", "is shut", "is shut", id="after a combining mark"),
        pytest.param("cafe\u0301", "é", "e\u0301", id="mark belongs to its letter"),
        pytest.param("re\u200bfu\u00adnd\ufeff now", "refund", "re\u200bfu\u00adnd", id="zero width inside a word"),
        pytest.param("\u200brefund", "refund", "refund", id="zero width before a word"),
        pytest.param("ＮＯ refund", "NO refund", "ＮＯ refund", id="full-width letters"),
        pytest.param("oﬀer", "offer", "oﬀer", id="ligature"),
        pytest.param("no\u00a0refund", "no refund", "no\u00a0refund", id="no-break space"),
    ],
)
def test_plain_words_lead_back_to_the_typed_ones(text: str, words: str, typed: str) -> None:
    """Whatever disguise a word comes in, the span found is that of the word as typed."""
    assert _typed(text, words) == typed


@given(texts)
def test_each_plain_character_stands_for_a_stretch_of_the_text(text: str) -> None:
    """Offsets never point outside the text, at nothing, or backwards."""
    folded = plain(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)
    assert list(folded.ends) == sorted(folded.ends)


@given(st.text(alphabet="abcé 漢👍\r\n."))
def test_nothing_is_folded_that_need_not_be(text: str) -> None:
    """Ordinary characters of any script keep their offsets one to one."""
    folded = plain(text)
    assert folded.text == text
    assert folded.typed_span(0, len(text)) == (0, len(text)) if text else not folded.starts


@given(texts)
def test_utf16_offsets_are_javascripts(text: str) -> None:
    """The offset of each code point, and of the end, is what JavaScript's `slice` counts."""
    offsets = utf16_offsets(text)
    assert list(offsets) == [len(text[:i].encode("utf-16-le", "surrogatepass")) // 2 for i in range(len(text) + 1)]
