"""How what the shop knows, owes and does is said in a letter: in whole sentences, as what is done for this reader."""

import re

SORRY = "I'm sorry"
OUR_MISTAKE = f"{SORRY}, this was our mistake"
_SORRY_IN = {
    "de": "Es tut uns leid: ",
    "es": "Lo sentimos: ",
    "fr": "Nous sommes d\u00e9sol\u00e9s : ",
    "it": "Ci dispiace: ",
    "nl": "Het spijt ons: ",
    "pt": "Lamentamos: ",
}
_THANKS_IN = {
    "en": "Thank you for getting in touch about this.",
    "de": "Vielen Dank f\u00fcr die Nachricht.",
    "es": "Gracias por el mensaje.",
    "fr": "Merci pour le message.",
    "it": "Grazie per il messaggio.",
    "nl": "Bedankt voor het bericht.",
    "pt": "Obrigado pela mensagem.",
}
_OURS = re.compile(r"\b(?:we(?:'ve|'d)?|our|i(?:'ve|'d)?|my)\b", re.IGNORECASE)
# Words at the beginning of a sentence that are no names, and so have no capital after a colon.
_OPENER = re.compile(
    r"^(?:the|an?|we(?:'ve)?|our|my|it|this|that|these|those|there|nobody|somebody|both|all|some|one|two|three|no|your?|"
    r"in|on|at|from|by|for|orders?|because|when|after|before)\b",
    re.IGNORECASE,
)
_WE_DO = re.compile(
    r"^(?P<who>We|I) (?!(?:are|were|am|was|have|had|do|did|can|cannot|could|may|might|will|would|must|"
    r"never|always|also|only|then|and|or)\b)(?=[a-z]+ )"
)
# What a note says of us without saying "we".
_WE_DID = re.compile(
    r"^(?:(?:did not|didn't|never|hadn't|had not)|"
    r"(?:forgot|wrote|put|sent|packed|picked|left|booked|gave|took|typed|mixed|missed|misread|used|ordered|cut|printed|"
    r"charged|lost|dropped|broke|overlooked|entered|posted|told|read|made|set|swapped|fitted|quoted)"
    r"(?= (?:it|them|the|an?|his|her|their|your?|one|two|to|wrong|another|both|out|up|in)\b))\b",
    re.IGNORECASE,
)
_CHECKED = re.compile(r"^(?:(?:we|i)(?:'ve| have)? )?checked: ", re.IGNORECASE)  # how it came out is nobody's mistake
_YOU_DO = re.compile(r"^You (?=(?:send|choose|bring|write|show|call|pick|tell|return) )")


def apology(mistake: str, language: str = "en") -> str:
    """A mistake, owned: where it does not begin with what we did, it is called ours first.

    Args:
        mistake: What went wrong, as the shop tells it.
        language: In which language, as an ISO 639 code.
    """
    if language in _SORRY_IN:
        capital = language == "de"  # where the noun behind it has one too, the article may as well
        return f"{_SORRY_IN[language]}{mistake if capital else mistake[0].lower() + mistake[1:]}"
    mistake = _CHECKED.sub("", mistake)
    if _WE_DID.search(mistake):
        mistake = f"We {mistake[0].lower()}{mistake[1:]}"
    told = mistake[0].lower() + mistake[1:] if _OPENER.search(mistake) else mistake
    begins = re.split(r"[;,]", mistake, maxsplit=1)[0]
    if _OURS.search(begins):
        return f"{SORRY}: {told}"
    return f"{OUR_MISTAKE}{'. ' if told[:1].isupper() else ': '}{told}"


def thanks(language: str) -> str:
    """What a letter begins with where nothing is owned: the reader has taken the trouble to write.

    Args:
        language: In which language, as an ISO 639 code; nothing is said in one that is not known.
    """
    return _THANKS_IN.get(language, "")


def next_step(*, after_a_mistake: bool) -> str:
    """What the reader can do where the shop has decided nothing: to read the answer is all that this promises."""
    if after_a_mistake:
        return "Please write back and say what would put this right for you."
    return "Please write back if anything in this is not as you saw it."


def as_done_now(sentence: str) -> str:
    """What a rule says is done in such a case, as what is done now, and asked of the reader."""
    return _YOU_DO.sub("Please ", _WE_DO.sub(lambda found: f"{found['who']}'ll ", sentence))
