"""What in a text can be right or wrong to the letter: sums, dates, times, durations, numbers, codes, links.

Two literals with the same value say the same, however they are written: "£50" and "50 pounds", "two weeks" and
"14 days", "2:10 pm" and "14:10".
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal as OneOf

import re2

from coach.check import plain
from coach.notes import spelt_out

LiteralKind = OneOf[
    "link", "e-mail address", "date", "time", "phone number", "sum", "percentage", "duration", "day", "measure",
    "code", "number",
]  # fmt: skip
_Groups = dict[str, str]  # what an expression's groups matched; "all" is the whole match
_Reader = tuple[LiteralKind, "re2._Regexp[str]", Callable[[_Groups], str]]  # noqa: SLF001  the stubs' own name

_MAX_DIGITS = 20  # more are an identifier, not a quantity
_THOUSANDS = 3
_MAX_NAMED = 16  # dates or times
_SOME_YEAR = 2024  # one with a 29 February
_NOON = 12
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ROUND = {"hundred": 100, "thousand": 1000}
_WORDS = {word: number for number, word in enumerate(_ONES)} | _TENS | _ROUND
_DIGITS = r"\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_NUMBER_WORD = (
    rf"(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(reversed(_ONES))}|"
    rf"(?:a |one )?(?:{'|'.join(_ROUND)})"
)
_NUMBER = rf"(?:{_DIGITS}|\b(?:{_NUMBER_WORD}))"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug|september|sept|sep|october|oct|"
    r"november|nov|december|dec)\b\.?"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CURRENCIES = {
    "£": r"£|gbp|pounds?(?: sterling)?|quid",
    "€": r"€|eur|euros?",
    "$": r"(?:us|au|a|c|ca|nz|s|hk)?\$|usd|aud|cad|nzd|dollars?|bucks",
    "p": r"pence|p|cents?|ct",
    "kr": r"kr|kronor|kroner|sek|nok|dkk",
    "fr": r"chf|francs?|franken",
    "zł": r"zł|zl|pln|zlotys?",
    "₹": r"₹|inr|rs\.?|rupees?",
    "¥": r"¥|jpy|yen",
    "R": r"zar|rand",
}
_CURRENCY = "|".join(_CURRENCIES.values())
_DURATIONS = {
    "sec": Decimal(1) / 86_400, "min": Decimal(1) / 1440, "h": Decimal(1) / 24, "d": Decimal(1), "w": Decimal(7),
    "fort": Decimal(14), "mon": Decimal("30.4"), "mth": Decimal("30.4"), "y": Decimal(365),
}  # fmt: skip
_DURATION_UNIT = (
    r"(?P<working>(?:working|business|week)[- ]?)?"
    r"(?P<unit>seconds|secs|minutes?|mins?|hours?|hrs?|h|days?|weeks?|wks?|fortnights?|months?|mths?|years?|yrs?)\b"
)
_DAY = (
    r"\b(?:(?:on|by|until|till|next|this) )?(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|"
    r"mon|tues?|weds?|thu|thurs?|fri)\b|\b(?-i:Wed|Thu|Sat|Sun)\b|"
    # In small letters "sat" and "sun" are days only beside what goes with days; a time has been read before.
    r"\b(?:on|by|until|till|next|this|last|every|from) (?:sat|sun)s?\b|"
    r"\b(?:sat|sun)s? (?:\x00|am\b|pm\b|morning|afternoon|evening|night)|\x00 (?:sat|sun)s?\b|"
    r"\btoday\b|\btonight\b|\btomorrow\b|\byesterday\b|"
    r"\b(?:this|next|coming|end of(?: the| this| next)?) (?:week|wk|weekend|month|year)\b|\bthe weekend\b|"
    r"\bthis (?:morning|afternoon|evening)\b|\bend of (?:the )?day\b|\bclose of business\b|\bovernight\b"
)
_MEASURE = (
    r"(?:mm|cm|km|metres?|meters?|inch(?:es)?|feet|ft|foot|grams?|kg|kilos?|lbs?|oz|ml|cl|litres?|liters?|gb|mb|tb|kb|"
    r"watts?|volts?|mah|degrees?|bar|psi|mbit|mbps|px)\b"
)
_DOMAIN = (
    r"com|net|org|io|app|shop|store|info|biz|eu|uk|de|fr|es|it|nl|pt|be|at|ch|ie|us|ca|au|nz|in|ru|xyz|top|ly|gl|me|co|"
    r"dev|ai|example|test"
)
_IN_LINKS = r"[^\s<>\"')\]]*[\w/=&#-]"


@dataclass(frozen=True, slots=True)
class Literal:
    """A stretch that must be exact.

    Attributes:
        kind: What it is, in words for people.
        value: What it says: the same for every way of writing it.
        start: First code point.
        end: One past the last code point.
    """

    kind: LiteralKind
    value: str
    start: int
    end: int


@lru_cache(4096)
def literals_in(text: str) -> tuple[Literal, ...]:
    """Everything in a text that must be exact, in the order of the text."""
    folded = plain(text)
    rest = folded.text
    found = []
    for kind, pattern, value in _READERS:
        for match in pattern.finditer(rest):
            start, end = match.span()
            if end > start and not (kind == "number" and _numbers_a_list(rest, start, end)):
                groups = {name: said or "" for name, said in match.groupdict().items()} | {"all": rest[start:end]}
                found.append(Literal(kind, value(groups), *folded.typed_span(start, end)))
        rest = pattern.sub(lambda match: "\0" * (match.end() - match.start()), rest)
    return tuple(sorted(found, key=lambda literal: literal.start))


@lru_cache(4096)
def values_in(text: str) -> frozenset[str]:
    """What a text says, as values; each number by itself too, so that "20 x 15 cm" allows for "20 cm".

    Of what was jotted down, also what it is short for: "sat 10am, tmrw at the latest".
    """
    folded = plain(text).text
    numbers = {_number(folded[match.start() : match.end()]) for match in _ANY_NUMBER.finditer(folded)}
    literals = {*literals_in(text), *literals_in(spelt_out(text))}
    return frozenset({literal.value for literal in literals} | numbers)


def spans_between(literals: Iterable[Literal]) -> frozenset[str]:
    """How long it is from one of some dates, days of the week or times to another, as values of durations.

    None of many: that is a timetable, and any span would follow.
    """
    days, weekdays, minutes = set(), set(), set()
    for literal in literals:
        day, _, month = literal.value.partition(" ")
        if literal.kind == "date" and month in MONTHS and _is_day(day, month):
            days.add(date(_SOME_YEAR, MONTHS.index(month) + 1, int(day)).toordinal())
        elif literal.kind == "day" and literal.value in _WEEKDAYS:
            weekdays.add(_WEEKDAYS.index(literal.value))
        elif literal.kind == "time":
            hour, minute = literal.value.split(":")
            minutes.add(int(hour) * 60 + int(minute))
    if max(len(days), len(minutes)) > _MAX_NAMED:
        return frozenset()
    spans = {Decimal(later - earlier) for earlier in days for later in days if later > earlier}
    spans |= {Decimal((later - earlier) % len(_WEEKDAYS)) for earlier in weekdays for later in weekdays}
    spans |= {_DURATIONS["min"] * (later - earlier) for earlier in minutes for later in minutes if later > earlier}
    return frozenset(map(_span, spans - {Decimal(0)}))


def _is_day(day: str, month: str) -> bool:
    return 1 <= int(day) <= monthrange(_SOME_YEAR, MONTHS.index(month) + 1)[1]


def _numbers_a_list(text: str, start: int, end: int) -> bool:
    """Whether a number only counts the lines of a list: "1. Open the box"."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return not line.strip(" \t*-(") and text[end : end + 1] in {".", ")", ":"}


def _number(text: str) -> str:
    text = text.lower().strip()
    if text[0].isdigit():
        return _plain_number(text)
    words = re.split(r"[- ]", text)
    if words[-1] in _ROUND:  # "a hundred", "one thousand"
        words = words[-1:]
    return str(sum(_WORDS.get(word, 0) for word in words) or 1)


def _plain_number(text: str) -> str:
    """Digits with one point at most, however thousands and decimals were marked."""
    text = re.sub(r"[ ']", "", text)
    if len(text) > _MAX_DIGITS:
        return text
    whole, fraction = text, ""
    if found := re.fullmatch(r"(.*)([.,])(\d+)", text):
        whole, mark, fraction = found.groups()
        if len(fraction) == _THOUSANDS and (mark == "," or "," in whole or "." in whole):
            whole, fraction = whole + fraction, ""
    number = Decimal(re.sub(r"[.,]", "", whole) + (f".{fraction}" if fraction else ""))
    return f"{number.normalize():f}"


def _sum(groups: _Groups) -> str:
    mark = (groups["before"] or groups["after"]).lower().strip(". ")
    currency = next(sign for sign, names in _CURRENCIES.items() if mark == sign or re.fullmatch(names, mark))
    return f"{_number(groups['sum'] or groups['sum2'])} {currency}"


def _date(groups: _Groups) -> str:
    return f"{int(groups['day'] or groups['day2'])} {(groups['month'] or groups['month2']).lower()[:3]}"


def _numeric_date(groups: _Groups) -> str:
    parts = [int(part) for part in re.findall(r"\d+", groups["all"])]
    if groups["year"] and 1 <= parts[1] <= len(MONTHS):
        return f"{parts[2]} {MONTHS[parts[1] - 1]}"
    return "/".join(map(str, parts))


def _time(groups: _Groups) -> str:
    if groups["word"]:
        return "0:00" if groups["word"].lower() == "midnight" else "12:00"
    hour, minute = int(groups["h"] or groups["h2"] or groups["h3"]), int(groups["m"] or groups["m2"] or 0)
    half = (groups["half"] or groups["half2"]).lower()[:1]
    if half == "p" and hour < _NOON:
        hour += _NOON
    return f"{0 if half == 'a' and hour == _NOON else hour}:{minute:02}"


def _duration(groups: _Groups) -> str:
    unit = next(length for name, length in _DURATIONS.items() if groups["unit"].lower().startswith(name))
    number = "1" if groups["n"].lower().split()[-1] in {"a", "an"} else _number(groups["n"])
    working = " working" if groups["working"].lower().startswith(("work", "bus")) else ""
    return _span(Decimal(number) * unit, working)


def _span(days: Decimal, working: str = "") -> str:
    return f"{days.quantize(Decimal('0.0001')).normalize():f}{working} days"


def _day(groups: _Groups) -> str:
    text = groups["all"].lower().strip("\0 ")
    text = re.sub(r"^(?:on|by|until|till|this|next|last|every|from) (?=\w+day|mon|tue|wed|thu|fri|sat|sun)", "", text)
    return next(
        (day for day in _WEEKDAYS if text[:3] == day[:3]), text.replace("wk", "week").replace("end of the ", "end of ")
    )


def _link(groups: _Groups) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?|/$", "", groups["all"].lower())


def _code(groups: _Groups) -> str:
    return groups["all"].lower().lstrip("#")


def _pattern(source: str) -> "re2._Regexp[str]":
    return re2.compile(f"(?i){source}")


_ANY_NUMBER = _pattern(_NUMBER)
# In this order: what one of them has read, the next ones do not see.
_READERS: tuple[_Reader, ...] = (
    ("e-mail address", _pattern(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), lambda groups: groups["all"].lower()),
    (
        "link",
        _pattern(
            rf"(?:https?://|www\.|ftp://){_IN_LINKS}|"
            rf"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{_DOMAIN})\b(?:/{_IN_LINKS})?"
        ),
        _link,
    ),
    (
        "date",
        _pattern(r"\b(?P<year>\d{4})-\d{1,2}-\d{1,2}\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b"),
        _numeric_date,
    ),
    (
        "date",
        _pattern(
            rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})|"
            rf"\b(?P<month2>{_MONTH}) (?:the )?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b"
        ),
        _date,
    ),
    (
        "time",
        _pattern(
            r"\b(?P<h>\d{1,2})[:.h](?P<m>[0-5]\d) ?(?P<half>[ap]\.?m\b\.?)|\b(?P<h2>\d{1,2}):(?P<m2>[0-5]\d)\b|"
            r"\b(?P<h3>\d{1,2}) ?(?P<half2>[ap]\.?m\b\.?|o'?clock\b)|\b(?P<word>noon|midday|midnight)\b"
        ),
        _time,
    ),
    (
        "sum",
        _pattern(
            rf"(?P<before>£|€|(?:us|au|a|c|ca|nz|s|hk)?\$|¥|₹|\b(?:gbp|eur|usd|aud|cad|chf|rs\.?)) ?(?P<sum>{_DIGITS})|"
            rf"(?P<sum2>{_NUMBER})[ -]?(?P<after>£|€|¥|₹|\$|(?:{_CURRENCY})\b)"
        ),
        _sum,
    ),
    (
        "percentage",
        _pattern(rf"(?P<n>{_NUMBER}) ?(?:%|per ?cent\b|prozent\b|pour ?cent\b|por ?ciento\b)"),
        lambda groups: f"{_number(groups['n'])}%",
    ),
    (
        "duration",
        _pattern(rf"(?P<n>{_DIGITS}|\b(?:{_NUMBER_WORD})\b|\b(?:within|in) an?\b)[- ]?{_DURATION_UNIT}"),
        _duration,
    ),
    (
        "phone number",
        _pattern(r"\+\d[\d ()/.-]{5,18}\d|\b0\d[\d ()/-]{5,16}\d|\b\d{3}[-. ]\d{3}[-. ]\d{4}\b"),
        lambda groups: re.sub(r"\D", "", groups["all"]),
    ),
    ("day", _pattern(_DAY), _day),
    (
        "measure",
        _pattern(rf"\b(?P<n>{_DIGITS}) ?(?P<unit>{_MEASURE})"),
        lambda groups: f"{_number(groups['n'])} {groups['unit'].lower()[:2]}",
    ),
    ("number", _pattern(r"\b(?P<n>\d{1,4})(?:st|nd|rd|th)\b"), lambda groups: _plain_number(groups["n"])),
    ("code", _pattern(r"#?\b(?:[a-z]+[-/]?\d[\w/-]*|\d+[-/]?[a-z][\w/-]*|\d+(?:[-/]\d+)+)\b"), _code),
    ("number", _pattern(rf"#?(?:{_DIGITS})"), lambda groups: _plain_number(groups["all"].lstrip("#"))),
)
