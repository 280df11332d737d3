"""Notes for oneself, as sentences for somebody else: a verb, an article, and an "on" where they were saved.

Some are for nobody else: what a thing costs the shop, what it thinks of people, whom else it happened to.
"""

import re
import tomllib
from collections import deque
from collections.abc import Callable
from importlib.resources import files
from itertools import chain
from typing import Any


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files("coach") / "data" / name).read_text(encoding="utf-8"))


_INWARD = re.compile("|".join(chain.from_iterable(_data("inward.toml")["patterns"].values())), re.IGNORECASE)
_LISTS = _data("note_words.toml")
_SHORT = {short.lower(): whole for short, whole in _LISTS.pop("short").items()}
_WORDS: dict[str, frozenset[str]] = {name: frozenset(words.split()) for name, words in _LISTS.items()}
DONE, _VERBS = _WORDS["done"], _WORDS["verbs"]
DOERS = _WORDS["doers"]
_DOERS = DOERS | _WORDS["pronouns"]
THINGS = _WORDS["things"]
OPENERS = _WORDS["no_article"] | _WORDS["pronouns"]  # what begins a sentence and is neither a name nor a thing
_PASSIVE = {"is", "are", "was", "were", "been"}
_WHAT = {"it", "that", "this"}  # whoever does things is no "it"
_AUXILIARIES = {*_PASSIVE, "has", "have", "had"}
DOERS_PUT_IN = {"we", "they"}
_THE_CUSTOMER = {"you", "your"}
_NO_ARTICLE = OPENERS | _DOERS | DONE | _VERBS
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_DATE = rf"(?:(?:{_WEEKDAY},? )?(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?)|{_WEEKDAY})\b"
_TIME_BEHIND = re.compile(rf"({_DATE}) (?=\d{{1,2}}[:.]\d\d\b(?! (?:to|till|until)\b|-))")
_DATE_BEHIND = re.compile(
    rf"\b({'|'.join(sorted(DONE))}|arrived|failed|ended|expired|began|came|left|went) (?={_DATE})"
)
_WHEN = re.compile(rf"{_DATE}|\d{{1,2}}[:.]\d\d\b|\d+ (?:minutes?|hours?|days?|weeks?|months?|years?)\b")
_FREE_TIMES = re.compile(rf"^free (?P<what>for )?(?=(?(what)|{_WEEKDAY}\b))", re.IGNORECASE)
_NEXT_FREE = re.compile(
    r"^next free(?: (?P<what>slot|time|appointment|table|day|date))?(?: is|:)? (?=\w)", re.IGNORECASE
)
_NUMBER = re.compile(r"[£$€]?\d")
_NAME = re.compile(r"[A-Z][a-z]")
_PART = re.compile(r"([;,] )")
_MAX_SUBJECT = 5  # words; a longer one may well have a verb of its own
_SUM = re.compile(r"^(paid|charged) [£$€]?\d", re.IGNORECASE)
_ASIDE = re.compile(r" ?\([^)]*\)")
_CONTRACTED = re.compile(r"n't\b|'(?:s|re|ve|ll|d|m)\b")
_VERB = re.compile(rf"\b(?:{'|'.join(sorted(DONE | _VERBS))}|\w{{3,}}ed)\b|n't\b|'(?:s|re|ve|ll|d)\b", re.IGNORECASE)
# What a customer may need however it is noted: a link, an address, a code, a telephone number.
_TO_PASS_ON = re.compile(r"https?:|@|\w\.\w{2,}/|\b[A-Z]{2,}[- ]?\d{3,}|\b0\d{2,4} \d{3}|\+\d")
DAYS = "Mon|Tues|Wednes|Thurs|Fri|Satur|Sun"  # without their "day"
_ALONE = r"(?<![\w'/.@#=&?-])"  # no part of a link, an address or a code
_SHORT_WORD = re.compile(
    rf"{_ALONE}(?:{'|'.join(map(re.escape, sorted(_SHORT, key=len, reverse=True)))})(?![\w/'-])(?:\.(?= [a-z]))?",
    re.IGNORECASE,
)
# These are days only beside what goes with days: "sat 10am", but not "it sat there".
_DAY_NAMES = {"mon": "Monday", "wed": "Wednesday", "sat": "Saturday", "sun": "Sunday"}
_DAY = rf"(?P<day>{'|'.join(_DAY_NAMES)})(?P<every>s?)"
_SMALL_MONTH = re.compile(
    r"(?:(?<=\d )|(?<=\bin )|(?<=\bof )|(?<=\bsince )|(?<=\btill )|(?<=\buntil ))"
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![\w/@-])"
)
_SMALL_DAY = re.compile(rf"{_ALONE}(?:{DAYS.lower()})day(?=s?(?![\w/@-]))")
_SMALL_NAME = re.compile(rf"{_ALONE}(?:{'|'.join(sorted(_WORDS['names']))})(?![\w/@-]|\.\w)")
# "Claim sent, answer by Friday": nobody is told to answer.
_ANSWER = re.compile(r"(?<=\w), (?P<what>answer|reply|result|decision) (?:due )?(?=(?:by|within|in) )")
_SMALL_I = re.compile(rf"{_ALONE}i(?=['\u2019 ,])")
_I_WILL = re.compile(rf"{_ALONE}ill(?= (?:{'|'.join(sorted(_WORDS['deeds']))})\b)", re.IGNORECASE)
# A sentence behind another, begun small: no abbreviation stands before it.
_SMALL_START = re.compile(
    r"(?<=[a-z]{3}[.!?] )(?<!\bapprox\. )(?<!\bincl\. )(?<!\best\. )(?<!\betc\. )[a-z](?=[a-z']* )"
)
_SHORT_DAYS = (
    re.compile(rf"{_ALONE}{_DAY}(?= (?:\d|[ap]m\b|morning|afternoon|evening))", re.IGNORECASE),
    re.compile(
        rf"(?:(?<=\d[ap]m )|(?<=\bby )|(?<=\bon )|(?<=\btill )|(?<=\bnext )|(?<=\bany )|(?<=\bfor )){_DAY}\b",
        re.IGNORECASE,
    ),
    # At a pause too, unless somebody sat there: "16.05 wed", "can bring it sat, or sun".
    re.compile(
        r"(?<!\bit )(?<!\bhe )(?<!\bshe )(?<!\bwe )(?<!\bthey )(?<!\bwho )(?<!\bthat )(?<!\byou )(?<=[\w,;] )"
        r"(?P<day>mon|wed|sat|(?:(?<=\d )|(?<=sat or )|(?<=Saturday or ))sun)(?P<every>s?)"
        r"(?=[,;.]|$| (?:by|before|after|from|between) \d| (?:next|this) week\b| or (?:mon|tue|wed|thu|fri|sat|sun))",
        re.IGNORECASE,
    ),
)
_DOES = rf"(?:can|could|will|'ll)(?: also| still| then)? (?:be (?:there|with)|{'|'.join(sorted(_WORDS['deeds']))})\b"
_OFFER = re.compile(rf"\b{_DOES}|^free {_WEEKDAY}", re.IGNORECASE)
_BARE_NO = re.compile(r"^(?:sorry,? )?no (?P<what>refund|exchange|replacement|discount)s?\b", re.IGNORECASE)
_WE_DO = re.compile(rf"^{_DOES}", re.IGNORECASE)
_WE_OFFER = re.compile(
    rf"^(?:{_DOES}|have (?!been|had)|need to|(?:can't|cannot|can not|don't) (?:tell|say|know|see)\b)", re.IGNORECASE
)
_WE_ARE = re.compile(r"^(?:happy|glad|pleased|willing|able|unable) to\b", re.IGNORECASE)
_NO_CHARGE = re.compile(r"^no (?:charge|cost|fee)\b(?!.*\b(?:is|are|was|were|will|has|have)\b)", re.IGNORECASE)
_AWAITED = re.compile(
    rf"^(?:expected|due|scheduled) (?=(?:back|in|on|by|at|here|from|tomorrow|next|this|{_DATE}|\d))", re.IGNORECASE
)
_DEED = re.compile(
    rf"^(?:{'|'.join(sorted(DONE))})\b(?!.{{0,20}}: )"
    r"(?= (?:at|on|in|for|to|by|from|with|and|today|yesterday|this|last|\d|(?:\w+ ){2}ago\b)|, )",
    re.IGNORECASE,
)
_THING = re.compile(
    r"^(?!.* (?:is|are|was|were|has|have|had|will|can|may|must|does|did|goes|comes|costs?|stands?)\b)"
    r"(?P<thing>(?:[a-z]+ ){0,2}(?:number|address|code|reference|password|price|fee|deposit|phone|PIN))"
    r"(?::| (?=[A-Z]*\d|https?:|[$£€¥₦₹] ?\d))\s*(?P<value>\S.*)$",
    re.IGNORECASE,
)


def in_a_sentence(note: str) -> str:
    """A note that has no verb or no subject, as a sentence without short words; whatever is one already stays."""
    note = spelt_out(note)
    for beginning, completed in _BEGINNINGS:
        if found := beginning.search(note):
            return completed(found, note)
    return begun_with_a_capital(_dated("".join(map(_whole, _PART.split(note))))) if _begins_small(note) else note


def spelt_out(note: str) -> str:
    """A note without the short words that only busy people write."""
    note = _SHORT_WORD.sub(lambda found: _SHORT[found[0].lower().rstrip(".")], note)
    note = _ANSWER.sub(lambda found: f", with {'an' if found['what'] == 'answer' else 'a'} {found['what']} due ", note)
    note = _I_WILL.sub("I'll", _SMALL_I.sub("I", note.replace(" + ", " and ")))
    for small in (_SMALL_DAY, _SMALL_MONTH, _SMALL_NAME):
        note = small.sub(lambda found: found[0].capitalize(), note)
    for short_day in _SHORT_DAYS:
        note = short_day.sub(lambda found: f"{_DAY_NAMES[found['day'].lower()]}{found['every']}", note)
    return _SMALL_START.sub(lambda found: found[0].upper(), note)


def begun_in_full(sentence: str) -> str:
    """A sentence as it is meant for the customer, with the beginning that a hurried hand saves: "can do Friday"."""
    sentence = _BARE_NO.sub(lambda found: f"We can't offer a {found['what'].lower()}", sentence)
    return f"We {sentence[0].lower()}{sentence[1:]}" if _WE_DO.search(sentence) else begun_with_a_capital(sentence)


def tells_something(note: str) -> bool:
    """Whether a note says that something is or was so: jotted down without a verb it only reminds whoever wrote it."""
    return not _begins_small(note) or bool(_VERB.search(note) or _TO_PASS_ON.search(note))


def is_inward(note: str) -> bool:
    """Whether a note tells what no shop would tell this customer: costs, secrets, gossip, others' cases, opinions."""
    return bool(_INWARD.search(note.replace("\u2019", "'")))


def is_for_oneself(note: str) -> bool:
    """Whether a note was jotted down as nobody would say it, and offers and passes on nothing that is needed."""
    return not (_OFFER.search(note) or _TO_PASS_ON.search(note)) and is_jotted(note)


def is_jotted(note: str) -> bool:
    """Whether a note lacks what sentences have: it begins as none does, or has no verb where they have theirs."""
    return _begins_small(note) or _begins_without_a_verb(note)


def is_somebody(word: str) -> bool:
    """Whether a word may well stand for somebody who does things: a name, a pronoun, a trade."""
    plain = word.lower().split("'")[0]
    return bool({plain, plain.removesuffix("s")} & _DOERS) or not (_is_plain(word) or word[:1].isdigit())


def tells_another_story(sentence: str, note: str) -> bool:
    """Whether what was put into a note to make a sentence of it turns it round, or guesses who did it.

    Args:
        sentence: The note's words in their order, with others between them.
        note: The note.
    """
    noted, words = deque(note.split()), [*sentence.split(), "", ""]
    before = ""  # the last word that is no auxiliary
    for word, behind, last in zip(words, words[1:], words[2:], strict=False):
        if noted and word == noted[0]:
            noted.popleft()
        elif word in DOERS_PUT_IN and behind in _WORDS["either"] and last not in _THE_CUSTOMER:
            return True  # that is a guess
        elif word in _PASSIVE and before not in _WHAT and _turns_round(before, behind):
            return True
        before = before if word in _AUXILIARIES else word
    return False


def _turns_round(before: str, behind: str) -> bool:
    """Whether a "was" between two words turns a story round: "Karen called" and "Karen was called" are two."""
    return is_somebody(before) and (behind in DONE or behind.endswith("ed"))


def _begins_without_a_verb(note: str) -> bool:
    """Whether what stands before the first comma is no statement: "Order 2218, one blue mug, posted on Monday"."""
    head = re.split(r"[,;:]", _ASIDE.sub("", note), maxsplit=1)[0]
    words = _bare(head.split())
    if not note[0].isalnum() or words[0] in _NO_ARTICLE or _FREE_TIMES.search(note) or _THING.search(note):
        return False  # the beginning of a sentence, or what can be made one
    return not _CONTRACTED.search(head) and not any(word in _VERBS for word in words)


def _begins_small(note: str) -> bool:
    """Whether a note begins as sentences do not."""
    first = note.split(" ", 1)[0]
    return bool(_NUMBER.match(note)) or (note[:1].isalpha() and _is_plain(first))


def _whole(part: str) -> str:
    """A part of a note with the verb and the article that it was written without."""
    words = part.split()
    if len(words) < 2:
        return part
    plain = _bare(words)
    verb = next((i for i, word in enumerate(plain) if word in _VERBS and words[i] != "May"), None)
    done = next((i for i, word in enumerate(plain) if word in DONE), 0)
    if verb is None and done and _is_thing(words[:done]) and _says_when_or_how(words[done:]):
        verb = next((i for i in range(1, done) if plain[i] in _WORDS["adverbs"]), done)
        words.insert(verb, "were" if _is_plural(words[:verb]) else "was")
    if verb and _takes_an_article(words[:verb]) and _is_thing(words[:verb]):
        words[0] = f"the {words[0].lower()}"
    return " ".join(words)


def _bare(words: list[str]) -> list[str]:
    """Words in small letters, without the signs round them."""
    return [word.strip(".,;:!?()'\"").lower() for word in words]


def _takes_an_article(words: list[str]) -> bool:
    """Whether a "the" was saved before some words; a thing with its number needs none."""
    numbered = len(words) > 1 and re.search(r"\d", words[1])
    return words[0].lower() not in _NO_ARTICLE and _is_plain(words[0]) and not numbered


def _is_thing(words: list[str]) -> bool:
    """Whether the words before a verb name something that is done, and nobody who does things."""
    first, *rest = words
    named = not (_is_plain(first) or first.isupper() or _NUMBER.match(first)) or any(map(_NAME.match, rest))
    does = any({word.lower().split("'")[0], word.lower().removesuffix("s")} & _DOERS for word in words)
    whole = all(word[-1].isalnum() and (word[0].isalnum() or _NUMBER.match(word)) for word in words)
    return len(words) <= _MAX_SUBJECT and whole and not named and not does and first.lower() not in _WORDS["adverbs"]


def _is_plain(word: str) -> bool:
    """Whether a word is no name, for all that shows."""
    return word.islower() or word.lower() in THINGS


def _is_plural(words: list[str]) -> bool:
    """Whether a verb behind some words would be "were"."""
    counted = words[0].isdigit() and words[0] != "1"
    return not words[0].startswith(("£", "$", "€")) and (counted or bool(re.search(r"[a-z](?<!s)s$", words[-1])))


def _says_when_or_how(words: list[str]) -> bool:
    """Whether what stands behind "paid" is no thing that somebody has paid."""
    behind = " ".join(words[1:])
    return not behind or words[0][-1] in ".,;" or words[1].lower() in _WORDS["how"] or bool(_WHEN.match(behind))


def _dated(text: str) -> str:
    """Days with an "on" before them, hours with an "at"."""
    return _TIME_BEHIND.sub(r"\1 at ", _DATE_BEHIND.sub(r"\1 on ", text))


def begun_with_a_capital(text: str) -> str:
    """A sentence begins with a capital, but for a name that has none: "iPad", "example.org"."""
    first = text.split(" ", 1)[0].replace("'", "").rstrip(",;:.")
    return text[0].upper() + text[1:] if first.isalpha() and first.islower() else text


def _small(note: str) -> str:
    """A note as what goes on from other words."""
    return note[0].lower() + note[1:]


# How notes begin that lack a subject or a verb, and the sentence that each is.
_BEGINNINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], str]], ...] = (
    (_WE_OFFER, lambda _, note: f"We {_small(note)}"),
    (_WE_ARE, lambda _, note: f"We are {_small(note)}"),
    (_NO_CHARGE, lambda _, note: f"There is {_small(note)}"),
    (_SUM, lambda found, note: f"You {'were ' if found[1].lower() == 'charged' else ''}{_small(note)}"),
    (_AWAITED, lambda _, note: f"It is {_dated(_small(note))}"),
    (_DEED, lambda _, note: _dated(f"It was {_small(note)}")),
    (_NEXT_FREE, lambda found, note: f"The next free {found['what'] or 'time'} is {note[found.end() :]}"),
    # "Free" here is not about the price.
    (_FREE_TIMES, lambda found, note: f"Free times{' for' if found['what'] else ':'} {note[found.end() :]}"),
    (_THING, lambda found, _: f"The {_small(found['thing'])} is {found['value']}"),
)
