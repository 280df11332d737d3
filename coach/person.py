"""Who is "you": what is known of the customer, said to the customer."""

import re

_CUSTOMER = re.compile(
    r"(?:\b(?:[Tt]he|[Oo]ur|[Tt]his)|(?<=\b[Ii]f )a|(?<=\b[Ww]hen )a) (?:customer|buyer|guest|client)"
    r"(?P<own>'s|\u2019s)?\b(?P<verb> [a-z]+)?"
)
_PIECE = re.compile(r"([;,] )")
_THEN = re.compile(
    r"(\b[Yy]ou [^,;.]{1,60}(?:,| and| or) )"
    r"((?:sends?|chooses?|pays?|gets?|receives?|writes?|takes?|brings?|keeps?|returns?|picks?|books?|calls?|shows?|has|is)\b)"
)
_SUBJECT = re.compile(r"\b(?:[Hh]e|[Ss]he)(?P<own>$^)?(?P<verb> [a-z]+)?\b")
_OBJECT = re.compile(r"\bhim\b|\bhers?\b(?! [a-z])|\b(?:to|for|with|from) her\b")
_OWN = re.compile(r"\b(?:[Hh]is|[Hh]er)\b(?= [a-z])")
_SOMEBODY_ELSE = re.compile(
    r"\b(?:our|my) [a-z]+\b|(?<=[a-z,;] )[A-Z][a-z]+|"
    r"^[A-Z][a-z]+ (?:told|can|is free|has|made|writes|rings|works|teaches|did)"
)
_IRREGULAR = {"is": "are", "has": "have", "does": "do", "was": "were"}


def said_to_the_customer(sentence: str) -> str:
    """A sentence about the customer as it is said to them."""
    return "".join(_said(piece) for piece in _PIECE.split(sentence))


def _said(sentence: str) -> str:
    if _CUSTOMER.search(sentence):
        sentence = _CUSTOMER.sub(_you, sentence)
        sentence = _THEN.sub(lambda match: f"{match[1]}{_second_person(match[2])}", sentence)
        return re.sub(r"\b[Tt]heir\b", "your", re.sub(r"\b(?:[Tt]hey|[Tt]hem)\b", "you", sentence))
    if _SOMEBODY_ELSE.search(sentence):
        return sentence
    sentence = _SUBJECT.sub(_you, sentence)
    sentence = _OBJECT.sub(lambda match: " ".join([*match[0].split()[:-1], "you"]), sentence)
    return _OWN.sub(lambda match: "Your" if match[0][0].isupper() else "your", sentence)


def _you(match: re.Match[str]) -> str:
    you = "You" if match[0][0].isupper() else "you"
    return f"{you}r{match['verb'] or ''}" if match["own"] else f"{you}{_second_person(match['verb'] or '')}"


def _second_person(verb: str) -> str:
    """A verb of the third person as "you" has it; what is no such verb stays."""
    word = verb.strip()
    if word in _IRREGULAR:
        return verb.replace(word, _IRREGULAR[word])
    if re.search(r"(?:sh|ch|ss|x|o)es$", word):
        return verb[:-2]
    return verb[:-1] if re.search(r"[^s]s$", word) else verb
