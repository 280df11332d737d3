"""A message's three parts: greeting, body, sign-off. The model writes the body; the other two stay the seller's own."""

import re
from dataclasses import dataclass

_HELLO = (
    r"hi|hello|hey|hiya|dear|good (?:morning|afternoon|evening)|greetings|g'day|"
    r"guten (?:tag|morgen|abend)|hallo|moin|liebe[rs]?|sehr geehrte[rs]?|bonjour|bonsoir|salut|ch(?:er|ère)s?|"
    r"hola|buenos días|buenas tardes|estimad[oa]s?|querid[oa]s?|buongiorno|buonasera|ciao|gentil[ei]|car[oaie]|"
    r"beste|geachte|goede(?:morgen|middag|navond)|dag|hoi|olá|bom dia|boa (?:tarde|noite)|prezad[oa]s?"
)
_BARE_NAME = (
    r"(?-i:(?!Yes|No|Sorry|Unfortunately|Thank|Well|Sure|Okay|OK)[A-Z][\w'\u2019-]+\.?(?: [A-Z][\w.'\u2019-]*){0,2},)"
)
_GREETING = re.compile(
    rf"\A\s*(?P<greeting>(?:{_HELLO})\b"
    r"(?:[^\n,.!?:;]{0,60}[,:]|(?:[ \t]+[^\s,.!?:;]+){0,4}[!.]?)|"  # more words and no comma: that is a sentence
    rf"{_BARE_NAME})"
    r"[ \t]*(?:\r?\n|\Z)",
    re.IGNORECASE,
)
_GREETING_INLINE = re.compile(
    r"\A\s*(?P<greeting>(?:hi|hello|hey|dear)(?: (?!there is|that|this)[^\s,.!?]+){0,3},|"
    r"(?:hi|hiya|hello|hey|dear|g'?day|good (?:morning|afternoon|evening))"
    r"(?: (?:there|all|hun|love|mate|everyone|(?-i:[A-Z])[^\s,.!?]*)){0,3}[,!])[ \t]+(?=\S)",
    re.IGNORECASE,
)
_CLOSER = (
    r"(?:(?:with[ \t]+)?(?:(?:kind|best|warm|kindest|warmest|many)[ \t]+)?"
    r"(?:regards|wishes|thanks)|yours(?: sincerely| faithfully| truly)?|sincerely|best|cheers|"
    r"thank you|take care|all the best|warmly|(?:lots of )?love|(?:with )?sympathy|"
    r"(?:mit )?(?:freundlichen?|vielen?|lieben?|besten?|herzlichen?) grü(?:ß|ss)en?|"
    r"(?:bien )?cordialement|bien à vous|(?:un )?(?:cordial )?saludos?(?: cordiale?s)?|atentamente|"
    r"(?:cordiali|distinti) saluti|(?:met )?vriendelijke groet(?:en)?|groet(?:en|jes)|"
    r"atenciosamente|(?:com os melhores )?cumprimentos|(?:um )?abraços?)"
)
# There is one way only to match any white space: a text of nothing else must not take for ever.
_CLOSING_WORDS = re.compile(
    rf"(?:^|\n)[ \t]*(?P<sign_off>{_CLOSER}[,.!]?(?:[ \t\r]*\n\s*+\S(?:[^\n]{{0,58}}\S)?){{0,3}})\Z", re.IGNORECASE
)
_CALLED = r"(?-i:(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)[A-Z][\w'\u2019-]+)"
_CALLED_INLINE = rf"{_CALLED}(?:[ \t]{_CALLED})?|the(?:[ \t]{_CALLED}){{1,3}}[ \t]team"
# In one line with what is said: "... by Friday. Regards, T. Brandt", "... out of thin air. Peter x".
_CLOSING_INLINE = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\b(?:Mr|Ms|Dr|St)\.)(?<!\bMrs\.)[ \t]+(?P<sign_off>(?:"
    rf"{_CLOSER}(?:[,.!]?(?:[ \t]+(?:{_CALLED}|(?-i:[A-Z]\.)|&|and|of|the|from)){{1,5}}|[,.!]?)|{_CALLED_INLINE}"
    r")(?:[ \t]+x+)?)\Z",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:[-\u2013\u2014][ \t]*)?(?:[^.!?,;:]{1,40}|[A-Z][^.!?,;:]{0,30}, (?:the )?[A-Z][^.!?,;:]{0,30})")
_NOT_IN_NAMES = frozenset({"no", "not", "never", "final", "sorry", "please", "refund", "refunds", "returns", "sale"})
_MAX_NAME_WORDS = 5


@dataclass(frozen=True, slots=True)
class Letter:
    r"""A message in parts.

    Attributes:
        greeting: "Hi Dana,", or empty.
        body: What is said.
        sign_off: "Kind regards,\\nLiz", or empty.
    """

    greeting: str
    body: str
    sign_off: str

    def __str__(self) -> str:
        return "\n\n".join(part for part in (self.greeting, self.body, self.sign_off) if part)


def split_letter(text: str) -> Letter:
    """Take a message apart. What is not clearly a greeting or a sign-off belongs to the body."""
    text = text.strip()
    opening = _GREETING.match(text) or _GREETING_INLINE.match(text)
    greeting = opening["greeting"] if opening else ""
    rest = text[opening.end() :] if opening else text
    closing = _CLOSING_WORDS.search(rest)
    sign_off = closing["sign_off"] if closing and not _says_more(closing["sign_off"]) else ""
    sign_off = sign_off or _name_alone(rest) or _signed_inline(rest)
    return Letter(greeting.strip(), rest[: len(rest) - len(sign_off)].strip(), sign_off)


def _says_more(sign_off: str) -> bool:
    """Whether a line under the closing words is a sentence: "Thank you" and then "We will not refund you."."""
    lines = sign_off.splitlines()[1:]
    return any(line.rstrip().endswith((".", "!", "?")) and len(line.split()) > _MAX_NAME_WORDS - 1 for line in lines)


def _signed_inline(text: str) -> str:
    """What closes a letter that is all in one line."""
    closing = _CLOSING_INLINE.search(text)
    return closing["sign_off"] if closing and not _decides(closing["sign_off"]) else ""


def _decides(text: str) -> bool:
    """Whether what might be a name has words of which no names are made."""
    return not _NOT_IN_NAMES.isdisjoint(word.lower() for word in re.findall(r"\w+", text))


def _name_alone(text: str) -> str:
    """A last line that is just a name: "Ben", "Print Corner", "- the Wool & Co team"."""
    before, _, last = text.rpartition("\n")
    name = last.strip()
    words = re.findall(r"\w+", name)
    after_a_sentence = before.rstrip().endswith((".", "!", "?"))
    names_somebody = _NAME.fullmatch(name) and len(words) <= _MAX_NAME_WORDS and not _decides(name)
    return name if after_a_sentence and names_somebody else ""
