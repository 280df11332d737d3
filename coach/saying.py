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
_OURS = re.compile(r"\b(?:we(?:'ve|'d)?|our|i(?:'ve|'d)?|my)\b", re.IGNORECASE)
# Words at the beginning of a sentence that are no names, and so have no capital after a colon.
_OPENER = re.compile(
    r"^(?:the|an?|we(?:'ve)?|our|my|it|this|that|these|those|there|nobody|somebody|both|all|some|one|two|three|no|your?|"
    r"in|on|at|from|by|for|orders?|because|when|after|before)\b",
    re.IGNORECASE,
)
# Notes for oneself: "Posted at 9:40", "Tracking number CB448120997", "Address: 3 Mill Yard".
_DONE = (
    "posted|ordered|bought|booked|shipped|sent|delivered|packed|paid|dispatched|collected|returned|received|refunded|"
    "cancelled"
)
_DEED = re.compile(
    rf"^(?:{_DONE}|reserved|repaired|confirmed)\b(?!.{{0,20}}: )"
    r"(?= (?:at|on|in|for|to|by|from|with|and|today|yesterday|this|last|\d|(?:\w+ ){2}ago\b)|, )",
    re.IGNORECASE,
)
_THING_DONE = re.compile(
    r"^(?P<thing>order|parcel|package|certificate|voucher|ticket|booking|refund|replacement|payment|invoice|deposit) "
    rf"(?=(?:{_DONE}|placed|made|started) (?:at|on|in|by|back|today|yesterday|this|last|\d|(?:\w+ ){{2}}ago\b))",
    re.IGNORECASE,
)
_THING = re.compile(
    r"^(?!.* (?:is|are|was|were|has|have|had|will|can|may|must|does|did|goes|comes|costs?|stands?)\b)"
    r"(?P<thing>(?:[a-z]+ ){0,2}(?:number|address|code|reference|password|price|fee|deposit|phone|PIN))"
    r"(?::| (?=[A-Z]*\d|https?:))\s*(?P<value>\S.*)$",
    re.IGNORECASE,
)
_WE_DO = re.compile(
    r"^(?P<who>We|I) (?!(?:are|were|am|was|have|had|do|did|can|cannot|could|may|might|will|would|must|"
    r"never|always|also|only|then|and|or)\b)(?=[a-z]+ )"
)
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
    told = mistake[0].lower() + mistake[1:] if _OPENER.search(mistake) else mistake
    begins = re.split(r"[;,]", mistake, maxsplit=1)[0]
    return f"{SORRY}: {told}" if _OURS.search(begins) else f"{OUR_MISTAKE}: {told}"


def in_a_sentence(fact: str) -> str:
    """A note that has no verb or no subject, as a sentence; whatever is one already stays."""
    if _DEED.search(fact):
        return f"It was {fact[0].lower()}{fact[1:]}"
    if fact.startswith("Free for "):
        return f"Free times for {fact.removeprefix('Free for ')}"  # it is not about the price
    if found := _THING_DONE.search(fact):
        return f"The {found['thing'].lower()} was {fact[found.end() :]}"
    if found := _THING.search(fact):
        return f"The {found['thing'][0].lower()}{found['thing'][1:]} is {found['value']}"
    return fact


def as_done_now(sentence: str) -> str:
    """What a rule says is done in such a case, as what is done now, and asked of the reader."""
    return _YOU_DO.sub("Please ", _WE_DO.sub(lambda found: f"{found['who']}'ll ", sentence))
