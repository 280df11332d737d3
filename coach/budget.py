"""How much fits: tokens are counted before anything is sent.

Counts are those of tiktoken's o200k_base, from ranks that ship inside the package; other models' tokenizers differ by
a few per cent in English, which is what the margin is for.
"""

import os
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import as_file, files
from math import ceil

import bm25s
import snowballstemmer
import tiktoken

from coach.errors import TooLongError
from coach.model import Message
from coach.schemas import Policy

MARGIN = 1.1
_TOKENS_PER_MESSAGE = 4


def count_tokens(messages: Sequence[Message]) -> int:
    """What a conversation counts, the roles and separators included, the margin not."""
    encode = _encoding().encode_ordinary
    return sum(_TOKENS_PER_MESSAGE + len(encode(message.content)) for message in messages)


def fitting(
    policies: Sequence[Policy], query: str, count_with: Callable[[Sequence[Policy]], int], limit: int
) -> list[Policy]:
    """The policies to send, in the order in which they were given: all if they fit, else the most relevant ones.

    Args:
        policies: All that there are.
        query: What they should bear on.
        count_with: How many tokens the whole prompt counts with some of them in it.
        limit: How many it may count.

    Raises:
        TooLongError: Not even the prompt without any policy fits.
    """
    if count_with(policies) * MARGIN <= limit:
        return list(policies)
    bare = ceil(count_with([]) * MARGIN)
    if bare > limit:
        raise TooLongError(bare, limit)
    kept: set[str] = set()
    for policy in _by_relevance(policies, query):
        tried = [p for p in policies if p.id in kept or p.id == policy.id]
        if count_with(tried) * MARGIN <= limit:
            kept.add(policy.id)
    return [policy for policy in policies if policy.id in kept]


def _by_relevance(policies: Sequence[Policy], query: str) -> list[Policy]:
    """The policies, those that share the most telling words with a query first (BM25 over stems)."""
    # BM25 divides by a document's length: none may be empty.
    documents = [_stems(f"{policy.title}\n{policy.text}") or [""] for policy in policies]
    terms = _stems(query)
    if not terms:  # nothing to go by, and bm25s would raise
        return list(policies)
    index = bm25s.BM25()
    index.index(documents, show_progress=False)
    scores = index.get_scores(terms)
    return [policy for _, policy in sorted(zip(scores, policies, strict=True), key=lambda pair: -pair[0])]


def _stems(text: str) -> list[str]:
    stemmer = snowballstemmer.stemmer("english")
    (stems,) = bm25s.tokenize([text], stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False)
    return list(stems)


@cache
def _encoding() -> tiktoken.Encoding:
    with as_file(files("coach") / "data" / "tiktoken") as folder:
        os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
        return tiktoken.get_encoding("o200k_base")
