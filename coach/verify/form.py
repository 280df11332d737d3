"""What has nothing to do with the case: language, length, leftovers, leaks, greeting and sign-off."""

import re
from collections.abc import Iterator

from coach.check import Hit, detect_language, sentence_spans
from coach.letter import split_letter
from coach.person import names_somebody_else
from coach.verify.cues import Cues
from coach.verify.literals import literals_in, values_in
from coach.verify.situation import Situation

_OTHERS = re.compile(r"[\u0400-\u04ff\u0590-\u06ff\u0900-\u097f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LEFTOVERS = {
    "placeholder": "A placeholder is left in the reply.",
    "markup": "This is markup, not a reply.",
    "secrets": "No shop may ask for this.",
    "of-the-customer": "The customer is spoken of, and not to.",
    "chatter": "This is said to whoever runs the model, not to the customer.",
}
_WORDS_AT_MOST = {"email": 300, "chat": 150, "marketplace": 250, "public": 200}
_TELLING = frozenset({"code", "phone number", "e-mail address"})
_MIN_DIGITS = 4
_TITLED_NAME = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? ([A-Z][\w'-]+)")
_LEAST_WORDS = 4  # between greeting and sign-off; with fewer nothing has been answered
_ENGLISH = "en"
_LEAK_WORDS = 7
_ECHO_WORDS = 4
_THEIRS = frozenset({"i", "my", "me", "mine"})
_MIN_CAPITALS = 3
_LONE_WORDS = frozenset(
    {"yes", "no", "sorry", "thanks", "hello", "hi", "please", "sure", "apologies", "ok", "okay", "right"}
)
_WORD = re.compile(r"\w+")
_SHE = re.compile(r"\b(?:she|he|her|him)\b", re.IGNORECASE)
# Of whom else a reply may say "she": whoever the customer has spoken of.
_SOMEBODY = re.compile(
    r"\b(?:she|he|her|him|his|they|(?:your|our|my|the|a|an) (?:\w+ )?(?:wife|husband|partner|mum|mom|mother|dad|father|"
    r"son|daughter|sister|brother|boy|girl|kid|child|baby|friend|nan|gran\w*|aunt|uncle|niece|nephew|boss|neighbour|"
    r"colleague|dog|cat|horse|puppy|man|men|lads?|woman|lady|chap|guy|bloke|driver|waiter|waitress|staff|receptionist|"
    r"nurse|doctor|dentist|teacher|tutor|cleaner|fitter|plumber|mechanic|manager|owner|assistant|guide|host|stylist|"
    r"therapist|tuner|courier))s?\b",
    re.IGNORECASE,
)


def form_hits(text: str, situation: Situation, cues: Cues, secret: frozenset[str]) -> Iterator[Hit]:
    """What is wrong with the form of a reply.

    Args:
        text: The reply.
        situation: What it answers.
        cues: The cues of `not-a-reply`.
        secret: Runs of words of the model's instructions; see `runs_of`.
    """
    for cue, message in _LEFTOVERS.items():
        for start, end in cues.spans(cue, text):
            if cue == "chatter" or text[start:end].strip() not in situation.shop_text:
                yield Hit("not-a-reply", start, end, message=message)
    yield from private_hits(text, situation)
    yield from _leaks(text, situation, secret)
    yield from _letters(text, situation)
    yield from _echoes(text, situation)
    yield from _wordless(text, situation)
    yield from _of_the_reader(text, situation)


def hidden_names(situation: Situation, signed: str) -> list[str]:
    """The names that a policy keeps to the shop, and under which nobody signs."""
    return [name for name in situation.kept_names if name not in signed]


def private_hits(text: str, situation: Situation) -> Iterator[Hit]:
    """What is nobody's business: names that a policy keeps; and, where everybody reads it, who the customer is."""
    letter = split_letter(text)
    for name in hidden_names(situation, f"{letter.greeting}\n{letter.sign_off}\n{situation.sign_off}"):
        for match in re.finditer(rf"\b{name}\b", text):
            yield Hit("private-data", *match.span(), message="A policy keeps this name to the shop.")
    if situation.channel != "public":
        return
    told = values_in(situation.customer or "") | {
        value for source in situation.of("policy") for value in values_in(source.text)
    }
    for literal in literals_in(text):
        telling = literal.kind in _TELLING or (literal.kind == "number" and len(literal.value) >= _MIN_DIGITS)
        if telling and literal.value not in told:
            yield Hit("private-data", literal.start, literal.end)
    for match in _TITLED_NAME.finditer(text):
        if match[1] not in (situation.customer or ""):
            yield Hit("private-data", *match.span())


def whole_hits(text: str, situation: Situation) -> Iterator[Hit]:
    """What can be judged of a whole reply only."""
    words = len(text.split())
    at_most = min(situation.max_words or 10_000, _WORDS_AT_MOST[situation.channel])
    if words > at_most:
        yield Hit("too-long", len(text), len(text), message=f"{words} words; there is room for {at_most}.")
    if len(_WORD.findall(split_letter(text).body)) < _LEAST_WORDS:
        yield Hit("not-a-reply", len(text), len(text), message="This says nothing to the customer.")
    yield from language_hits(text, situation)


def language_hits(text: str, situation: Situation) -> Iterator[Hit]:
    """That a reply is in another language than it has to be."""
    wanted = wanted_language(situation)
    written = detect_language(text)
    if wanted and written not in {wanted, "und"}:
        message = f"The reply is in another language ({written}) than it has to be in ({wanted})."
        yield Hit("wrong-language", 0, len(text), message=message)
    elif wanted not in {None, _ENGLISH}:
        # Rules and points are English as a rule: a sentence of theirs may be left in a reply in another language.
        for start, end in sentence_spans(text):
            sentence = text[start:end]
            if len(sentence.split()) >= _LEAST_WORDS and detect_language(sentence) == _ENGLISH:
                yield Hit("wrong-language", start, end, message=f"This sentence is in English, the rest in {wanted}.")


def wanted_language(situation: Situation) -> str | None:
    """The language that the reply has to be in: the one asked for, else the customer's; None where neither is known."""
    if situation.language:
        return situation.language
    if not situation.customer:
        return None
    customers = detect_language(situation.customer)
    return None if customers == "und" else customers


def _leaks(text: str, situation: Situation, secret: frozenset[str]) -> Iterator[Hit]:
    words = list(_WORD.finditer(text))
    lowered = [word[0].lower() for word in words]
    for i, (first, last) in enumerate(zip(words, words[_LEAK_WORDS - 1 :], strict=False)):
        run = " ".join(lowered[i : i + _LEAK_WORDS])
        if run in secret and run not in runs_of([situation.everything]):
            yield Hit("not-a-reply", first.start(), last.end(), message="These are the model's instructions.")
            return


def _wordless(text: str, situation: Situation) -> Iterator[Hit]:
    """Sentences that say nothing to anybody: signs, or one word in capitals."""
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        letters = [c for c in sentence if c.isalpha()]
        shouted = len(letters) >= _MIN_CAPITALS and all(c.isupper() for c in letters)
        lone = end < len(text) and _is_lone_word(sentence)  # the last line may be a name
        if (not letters or shouted or lone) and sentence not in situation.everything:
            yield Hit("not-a-reply", start, end, message="This says nothing to the customer.")


def _of_the_reader(text: str, situation: Situation) -> Iterator[Hit]:
    """Where "she" is the customer, for want of anybody else: that is said of them, and not to them."""
    body = split_letter(text).body
    if situation.customer is None or names_somebody_else(body) or _SOMEBODY.search(situation.told):
        return
    for found in _SHE.finditer(body):
        start = text.index(body) + found.start()
        yield Hit("not-a-reply", start, start + len(found[0]), message="This speaks of the customer, not to them.")


def _is_lone_word(sentence: str) -> bool:
    word = "".join(c for c in sentence if c.isalpha()).lower()
    return sentence.isascii() and len(sentence.split()) == 1 and word not in _LONE_WORDS


def _echoes(text: str, situation: Situation) -> Iterator[Hit]:
    """The customer's sentences, come back as the shop's: a run of words with an "I" in it that only they have said."""
    customers = runs_of([situation.customer or ""], _ECHO_WORDS) - runs_of([situation.shop_text], _ECHO_WORDS)
    words = list(_WORD.finditer(text))
    for first, last in zip(words, words[_ECHO_WORDS - 1 :], strict=False):
        run = _WORD.findall(text[first.start() : last.end()].lower())
        if " ".join(run) in customers and _THEIRS.intersection(run):
            yield Hit(
                "not-a-reply", first.start(), last.end(), message="These are the customer's words, not the shop's."
            )
            return


def _letters(text: str, situation: Situation) -> Iterator[Hit]:
    """Writing that the request does not use."""
    match = _OTHERS.search(text)
    if match and not _OTHERS.search(situation.everything) and situation.language is None:
        yield Hit("wrong-language", *match.span(), message="Nobody in this conversation writes in these letters.")


def runs_of(texts: list[str], length: int = _LEAK_WORDS) -> frozenset[str]:
    """The runs of so many words in some texts."""
    runs = set()
    for text in texts:
        words = _WORD.findall(text.lower())
        runs |= {" ".join(words[i : i + length]) for i in range(len(words) - length + 1)}
    return frozenset(runs)
