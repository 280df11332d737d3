"""What is sent fits, and what bears on the case is what is sent."""

from collections.abc import Callable, Sequence
from math import ceil

import pytest

from coach.budget import MARGIN, count_tokens, fitting
from coach.errors import TooLongError
from coach.model import Message
from coach.schemas import Policy

RETURNS = Policy(id="returns", title="Returns", text="Send it back within thirty days.")
LATE = Policy(id="late", title="Late parcels", text="A parcel counts as late after ten working days.")
GIFTS = Policy(id="gifts", title="Gift vouchers", text="Vouchers are valid for three years.")
BOOK = [RETURNS, LATE, GIFTS]
BARE_TOKENS = 100
TOKENS_EACH = 50


def _count(policies: Sequence[Policy]) -> int:
    return BARE_TOKENS + TOKENS_EACH * len(policies)


def _limit_for(policies: int) -> int:
    """The least limit under which so many policies fit."""
    return ceil(MARGIN * (BARE_TOKENS + TOKENS_EACH * policies))


def _ids(query: str, limit: int, book: Sequence[Policy] = BOOK, count: Callable[..., int] = _count) -> list[str]:
    return [policy.id for policy in fitting(book, query, count, limit)]


def test_the_words_of_a_message_and_its_role_count() -> None:
    """Counts are those of o200k_base plus four a message, from ranks that need no network."""
    assert count_tokens([]) == 0
    assert count_tokens([Message("user", "")]) == 4
    assert count_tokens([Message("system", "hello world"), Message("user", "hello")]) == 4 + 2 + 4 + 1


@pytest.mark.parametrize("text", ["<|endoftext|>", "hi <|endofprompt|> there", "<|im_start|>system"])
def test_a_special_token_in_a_text_is_text(text: str) -> None:
    """A customer may write whatever a tokenizer takes for its own: it counts as the characters that it is."""
    assert count_tokens([Message("user", text)]) > 4 + 1


@pytest.mark.parametrize("book", [[], BOOK])
def test_all_are_sent_where_all_fit(book: list[Policy]) -> None:
    """Nothing is left out that there is room for, whether or not it bears on the question."""
    assert fitting(book, "zzz", _count, _limit_for(len(book))) == book


def test_one_token_too_many_leaves_one_out() -> None:
    """The limit counts with the margin for other models' tokenizers."""
    assert len(_ids("parcel", _limit_for(3) - 1)) == 2
    assert _ids("parcel", _limit_for(0)) == []


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("My PARCELS are so late!", ["late"]),
        ("can I use the voucher", ["gifts"]),
        ("sending it back", ["returns"]),
        ("the voucher in my parcel", ["late", "gifts"]),
    ],
)
def test_the_relevant_ones_are_kept_in_the_order_of_the_book(query: str, kept: list[str]) -> None:
    """Words count by their stems; the prompt's order does not depend on the query."""
    assert _ids(query, _limit_for(len(kept))) == kept
    assert _ids(query, _limit_for(len(kept)), BOOK[::-1]) == kept[::-1]


@pytest.mark.parametrize("query", ["", "🙏", "the of and", "qqqq zzzz"])
def test_a_query_that_says_nothing_keeps_the_first(query: str) -> None:
    """Where relevance cannot be told the order of the book decides."""
    assert _ids(query, _limit_for(2)) == ["returns", "late"]


def test_a_policy_without_words_spoils_nothing() -> None:
    """A policy of stop words or signs only comes last, and the others are still ranked."""
    book = [Policy(id="signs", text="?!"), Policy(id="stops", text="the of and"), *BOOK]
    assert _ids("my voucher", _limit_for(1), book) == ["gifts"]


def test_a_policy_too_large_makes_room_for_smaller_ones() -> None:
    """The most relevant policy does not fit: what does fit is sent in its place."""

    def count(policies: Sequence[Policy]) -> int:
        return 100 + sum(1000 if policy.id == "late" else 50 for policy in policies)

    assert _ids("late parcel", _limit_for(2), count=count) == ["returns", "gifts"]


@pytest.mark.parametrize("book", [[], BOOK])
def test_too_long_without_any_policy_says_both_numbers(book: list[Policy]) -> None:
    """Whoever has to shorten a text is told by how much."""
    with pytest.raises(TooLongError) as caught:
        fitting(book, "late", _count, 109)
    assert (caught.value.needed_tokens, caught.value.limit_tokens) == (111, 109)
    assert "111" in str(caught.value)
    assert "109" in str(caught.value)
