"""Who is "you": what is known of the customer, said to the customer."""

import re
from collections.abc import Collection

from coach.notes import DAYS, DOERS, DONE, OPENERS, THINGS

_CUSTOMER = re.compile(
    r"(?:\b(?:[Tt]he|[Oo]ur|[Tt]his)|(?<=\b[Ii]f )a|(?<=\b[Ww]hen )a)(?! [a-z]+ in the) "
    r"(?:customer|buyer|guest|client|member|subscriber|passenger|visitor|patient)"
    r"(?P<own>'s|\u2019s)?\b(?P<verb> [a-z]+)?|"
    r"^(?:Customer|Buyer|Guest|Client|Patient)(?:(?P<owns>'s|\u2019s)\b|(?P<does> (?!(?:services?|support|care|house|"
    r"account|list|number|names?|e-?mail|file|order|orders|reviews?|details|data|room|area|and|or)\b)[a-z]+))|"
    # Without an article, in the middle: "the camera shows customer at the door", "121 on customer's photo".
    r"(?:^|(?<=[a-z,;] ))"
    + "".join(
        rf"(?<!\b{one} )"
        for one in (
            *("a", "the", "this", "our", "your", "one", "no", "any", "each", "every", "per", "for"),
            *("other", "another", "next", "new", "old"),
        )
    )
    + r"(?:customer|buyer|patient)(?:(?P<whose>'s|\u2019s)|"
    r"(?P<then> (?:gives|sends|brings|pays|comes|wants|asks|needs|is|was|has|(?:is|was|has)n(?=')))|"
    r"(?=[,.;)]|$| (?:at|in|on|to|by|with|from|about|who|had|can|did|said|wrote)\b))"
)
_CALLED = re.compile(
    r"^(?:[a-z]+ )*?(?P<name>(?-i:(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? )?"
    r"(?!Hi|Hello|Hey|Dear|Customer|Sir|Madam|There|Team|All|Friend|Guest)"
    r"[A-Z][\w'\u2019-]+))[,.!:]?$",
    re.IGNORECASE,
)
# The shop as the one who does something: not "in the shop", nor "the shop window".
_SHOP = re.compile(
    r"(?:(?<=^)|(?<=[;,:.] )|(?<=\b(?:and|but) )|(?<=\bthat )|(?<=\bbecause ))"
    r"[Tt]he (?:seller|shop|store|company)(?:(?P<own>'s|\u2019s)|(?P<verb> (?:[a-z]+ed|is|has|does|did|can|will|must|"
    r"may|was|had|sent|forgot|took|put|made|told|gave|lost|left|wrote|sold|kept|sees|knows|offers|picks|packs|posts|"
    r"sends|opens|closes|[a-z]+n(?='t))\b))"
)
_PIECE = re.compile(r"([;,.!?] )")
_THEN = re.compile(
    r"(\b[Yy]ou [^,;.]{1,60}(?:,| and| or) )"
    r"((?:sends?|chooses?|pays?|gets?|receives?|writes?|takes?|brings?|keeps?|returns?|picks?|books?|calls?|shows?|has|is)\b)"
)
_SHORT = re.compile(r"\b([Hh]e|[Ss]he)['\u2019]s(?P<done>(?= (?:got|had|been|sent|lost|paid|written)\b))?(?= )")
_SUBJECT = re.compile(r"\b(?:[Hh]e|[Ss]he)(?P<own>$^)?(?P<verb> [a-z]+)?\b")
# What is done to somebody with so many of something: "we owe her 20 pounds", but "we missed her 2 calls".
_GIVING = "owe|owed|give|gave|pay|paid|charge|charged|refund|refunded|offer|offered|cost|send|sent|lend|lent|leave|left"
# What is done with somebody at some time: "can fit her 8am Saturday", but "moved her 8am lesson".
_SEEING = "fit|see|saw|meet|met|ring|rang|call|called|phone|phoned|book|booked"
_AT = r"\d{1,2}(?:[ap]m|[.:]\d\d(?:[ap]m)?)"
# "Her" with no thing of hers behind it: "we rang her twice", "we gave her a key".
_OBJECT = re.compile(
    r"\bhim\b|\bher\b(?! [a-z0-9])|"
    r"\bher\b(?= (?:an?|the|that|this|it|them|to|on|at|in|for|by|about|from|with|if|when|what|whether|why|how|"
    r"because|and|or|but|as|until|before|after|back|up|off|out|over|no|not|nothing|another|some|any|half|money|once|twice|"
    r"again|today|tomorrow|yesterday|himself|herself|themselves|personally|directly)\b)"
    + "".join(rf"|(?<=\b{verb} )her\b(?= (?:two|three|four|five|[£$€]?\d))" for verb in _GIVING.split("|"))
    + "".join(rf"|(?<=\b{verb} )her\b(?= {_AT}\b(?! [a-z]))" for verb in _SEEING.split("|"))
)
_THEIRS = re.compile(r"\b[Hh]ers\b|\b[Hh]is\b(?= (?:is|was|has|had|needs?|came|broke)\b)")
_OWN = re.compile(r"\b(?:[Hh]is|[Hh]er)\b(?= [a-z0-9])")
# Capitals inside a sentence that name nobody, beside the days.
NO_NAMES = (
    "January|February|March|April|May|June|July|August|September|October|November|December|Christmas|Easter|English"
)
# A note that begins with somebody who does or is something: "Marta says she", "Pastry cook confirmed she".
_DOER = re.compile(
    r"^[A-Z][a-z]+(?:'s [a-z]+)? (?:[a-z]+ )?(?:[a-z]+ed|is|was|are|were|has|had|will|can|says|said|thinks|thought|"
    r"confirms|admits|knows|knew|remembers|denies|saw|did|told|left)\b"
)
# Somebody of the shop, and what they do.
_DOES = re.compile(
    r"^(?:[Oo]ur|[Mm]y) [a-z]+ [a-z]|"
    r"^(?!We\b|You\b|It\b|This\b|That\b|There\b|They\b|She\b|He\b|Nobody\b|Somebody\b)"
    r"(?:(?:Dr|Mr|Mrs|Ms)\.? |[A-Z][a-z]+ )?[A-Z][a-z]+ "
    r"(?:told|can|will|would (?:like|rather|prefer)|wants|is free|has|made|writes|rings|works|"
    r"teaches|did|looks|mends|cleaned|found)\b"
)
_WORKERS = (
    "housekeeper|driver|courier|plumber|mechanic|cook|waiter|waitress|manager|owner|teacher|tutor|stylist|technician|"
    "nurse|colleague|receptionist|cleaner|packer|baker|fitter|gardener|groomer|trainer|operator|agent|electrician"
)
_NOBODY = (
    "own|errors?|mistakes?|faults?|bad|slips?|oversight|side|end|part|typing|handwriting|diary|books?|lists?|logs?|records?|"
    "notes?|system|invoices?|van|shop|store|polic(?:y|ies)|terms|listing|website|site|page|e-?mails?|messages?|repl(?:y|ies)|"
    "phone|number|account|till|calendar|camera|photos?"
)
_SOMEBODY_ELSE = re.compile(
    rf"\b(?:[Oo]ur|[Mm]y) (?!(?:{_NOBODY})\b)[a-z]+\b|\b[Tt]he (?:[a-z]+ )?(?:{_WORKERS})\b|"
    rf"^[A-Z][a-z]+$|(?<=[a-z,;] )(?!{DAYS}|{NO_NAMES})[A-Z][a-z]+|{_DOES.pattern}"
)
# Whoever they are: "they went to a customer who collected two", "a lady found it".
_SOMEBODY_NEW = re.compile(
    r"(?<!\bif )(?<!\bwhen )\b(?:an?|another|one|some) (?:other )?"
    r"(?:customer|client|buyer|guest|lady|gentleman|man|woman|girl|boy|lad|neighbour|neighbor|stranger)\b",
    re.IGNORECASE,
)
# A trade that one person has: behind it "she" may be they.
_NO_DOERS = {"buyer", "client", "crew", "customer", "guest", "member", "staff", "student", "team", "user"}
_DOER_NAMED = re.compile(rf"\b(?:{'|'.join(sorted(DOERS - _NO_DOERS))})\b", re.IGNORECASE)


def _kin(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:my|our) (?:\w+ ){{0,2}}(?:{words})\b", re.IGNORECASE)


_PRONOUN = re.compile(r"\b(?:he|she|his|him|hers?)\b", re.IGNORECASE)
_HE = frozenset({"he", "his", "him"})
_SHE = frozenset({"she", "her", "hers"})
_OBJECTS = {"him", "her", "hers"}
# Somebody in the customer's life, of whom the shop may well write "he" or "she".
_KIN_OF_THEIRS = (
    (
        _HE,
        _kin("husband|son|dad|father|brother|boyfriend|fianc\u00e9|grandson|nephew|gran(?:dad|dpa|dfather)|uncle|boy"),
    ),
    (
        _SHE,
        _kin(
            "wife|daughter|mum|mom|mother|sister|girlfriend|fianc\u00e9e|granddaughter|niece|gran(?:ny|dma|dmother)?|nan|"
            "aunt|girl"
        ),
    ),
    (_HE | _SHE, _kin("partner|friend|child|kid|baby|toddler|pupil|tenant|boss|neighbour|neighbor")),
)
_PET_OF_THEIRS = _kin("dog|pup|puppy|bitch|cat|kitten|horse|pony|mare|gelding|rabbit|hamster|parrot|budgie|tortoise")
# Whoever else there is, the shop waits for nobody else: "if he sends it in", "while she waits".
_IF_THEY = re.compile(
    r"(?<=\b[Ii]f )(?:he|she)(?P<own>$^)?(?P<verb> (?:sends|brings|comes|drops|posts|wants|would|likes|gives|prefers|"
    r"can|calls|rings|writes|lets|tells|pays|returns|is happy|is willing|agrees))\b|"
    r"(?<=\b[Ww]hile )(?:he|she)(?P<does> waits)\b"
)
_WANTS_TO = re.compile(
    r"\b(?:(?:wants|would like|is happy|hopes|offers) to|will|can|could) "
    r"(?:speak (?:to|with)|talk (?:to|with)|write to|apologi[sz]e to|ring|call|phone|meet|invite|see|visit) "
    r"(?=(?:him|her)\b)"
)
_WE = re.compile(r"\b(?:we|us|our|ours)\b", re.IGNORECASE)
# What is offered to a party: "could seat them at the bar, they declined".
_TO_A_PARTY = re.compile(
    r"\b(?:seat|seated|rebook|rebooked|rang|told|asked|e-?mailed|texted|invited|offered(?: to \w+)?) them\b",
    re.IGNORECASE,
)
_PARTY = {"they": "you", "them": "you", "their": "your", "theirs": "yours", "themselves": "yourselves"}
_PARTY_WORD = re.compile(rf"\b(?:{'|'.join(_PARTY)})\b", re.IGNORECASE)
_OTHER_PEOPLE = re.compile(
    r"\b(?:guests|customers|neighbours|neighbors|others|kids|children|people|staff)\b", re.IGNORECASE
)
# Who orders and pays, who can choose, and whom the shop rings, is the customer, even where there is a dog in the story.
_ORDERED = re.compile(
    r"\b(?:[Hh]e|[Ss]he)(?P<own>$^)?(?P<verb> (?:ordered|paid|wrote|bought|asked|asks|wants|wanted|rang|called|booked|"
    r"returned|chose|signed|cancelled|confirmed|replied|agreed|approved|collected|"
    r"(?:can|could|may) (?:have|keep|choose|collect|see|bring|book|return|get|swap|cancel)|"
    r"(?:should|will) (?:see it|get|hear|be (?:called|rung|told|refunded))))\b"
)
_RUNG = re.compile(
    r"\b(rang|rung|ring|call|called|phone|phoned|text|texted|e-?mail|e-?mailed|message|messaged|wrote to|write to|"
    r"refund|refunded|pay|paid|charge|charged|offer|offered|owe) (?:him|her)\b",
    re.IGNORECASE,
)
_TITLES = ((_HE, re.compile(r"\b(?:Mrs|Ms|Miss|Madam)\b")), (_SHE, re.compile(r"\b(?:Mr|Sir)\b")))
_WORKER = re.compile(rf"\b(?:[Oo]ur|[Mm]y|[Tt]he) (?:[a-z]+ )?(?:{_WORKERS}|guide|therapist|chef|host)\b")
_FIRST_NAME = re.compile(r"(?!The\b|Your\b|Our\b|Customer\b|Team\b|All\b)[A-Z][a-z]+\b")
_HE_OR_SHE = re.compile(r"\b(?:[Hh]e|[Ss]he)( [a-z]+)")
_AND_DOES = re.compile(r"(\band)( [a-z]+s)(?= (?:it|them|the|you|a|an|your|back|out|to)\b)")
_IRREGULAR = {"is": "are", "has": "have", "does": "do", "was": "were"}
_IRREGULAR |= {f"{one}n": f"{other}n" for one, other in _IRREGULAR.items()} | {"doesn": "don"}  # before a "'t"


def customers_name(greeting: str) -> str:
    """The name by which a greeting calls the customer; empty where it calls them by none."""
    called = _CALLED.search(greeting)
    return called["name"] if called else ""


def pronouns_of_others(greeting: str) -> frozenset[str]:
    """The pronouns that are not the customer's, by how the shop calls them: "Dear Ms Rennie"."""
    called = [others for others, titles in _TITLES if titles.search(greeting)]
    return called[0] if len(called) == 1 else frozenset()


def pronouns_of_theirs(message: str, greeting: str = "") -> frozenset[str]:
    """The pronouns that may not be the customer's, but of those of whom they wrote: "my husband", "my dog".

    Args:
        message: What they wrote.
        greeting: How the shop calls them: for a Mr, "he" is the customer.
    """
    titled = any(titles.search(greeting) for _, titles in _TITLES)
    kin = (pronouns - _OBJECTS for pronouns, kin in _KIN_OF_THEIRS if not titled and kin.search(message))
    return pronouns_of_pets(message).union(*kin)


def pronouns_of_pets(message: str) -> frozenset[str]:
    """By which a shop calls the animal of which the customer writes: "my dog"."""
    return _HE | _SHE if _PET_OF_THEIRS.search(message) else frozenset()


def asked_of_the_customer(fact: str) -> str:
    """A fact in which the shop waits for somebody, or wants to see them: it is the customer, whoever else is in it."""
    wanted = _WANTS_TO.search(fact)
    if wanted and _OBJECT.match(fact, wanted.end()):
        behind = re.sub(r"^(?:him|her)", "you", fact[wanted.end() :])
        fact = fact[: wanted.end()] + _OWN.sub("your", behind)  # "would like to meet her and her sister"
    return _IF_THEY.sub(_you, fact)


def said_to_a_party(fact: str, message: str) -> str:
    """A fact about those for whom the customer writes as "we": "offered them the bar, they declined"."""
    if not (_WE.search(message) and _TO_A_PARTY.search(fact)) or _OTHER_PEOPLE.search(fact):
        return fact
    said = _PARTY_WORD.sub(lambda found: _PARTY[found[0].lower()], fact)
    return said[:1].upper() + said[1:] if fact[:1].isupper() else said


def said_to_the_customer(
    sentence: str, name: str = "", others: Collection[str] = (), doubtful: Collection[str] = ()
) -> str:
    """A sentence about the customer as it is said to them.

    Args:
        sentence: What is known.
        name: What the customer is called in it, beside "the customer" and "she".
        others: Pronouns that only somebody else goes by.
        doubtful: Pronouns that somebody else may go by too.
    """
    if doubtful and not (begins_with_somebody(sentence) or names_somebody_else(sentence)):
        sentence = _RUNG.sub(lambda found: f"{found[1]} you", _ORDERED.sub(_you, sentence))
    if name:
        sentence = re.sub(rf"\b{re.escape(name)}\b(?: [A-Z]\w+\b)?", "the customer", sentence)
        sentence = sentence[:1].upper() + sentence[1:]
    said, else_named, doer_named = [], begins_with_somebody(sentence), False
    for piece in _PIECE.split(sentence):
        doer_named = doer_named or bool(_DOER_NAMED.search(_PRONOUN.split(piece, maxsplit=1)[0]))
        words = {word.lower() for word in re.findall(r"\w+", piece)}
        else_named = (
            else_named
            or bool(_SOMEBODY_ELSE.search(piece) or _SOMEBODY_NEW.search(piece))
            or not words.isdisjoint({*others, *doubtful})
        )
        if _CUSTOMER.search(piece):
            said.append(_of_the_customer(piece))
        elif not (else_named or doer_named):
            said.append(_of_that_person(piece))
        elif _DOES.search(piece) or not (else_named or _SUBJECT.search(piece)):
            said.append(_object(piece, "you"))  # whom somebody else rings is not themselves
        else:
            said.append(piece)
    return "".join(said)


def begins_with_somebody(note: str) -> bool:
    """Whether a note begins with somebody who does something, and who then is "she" in it, not the customer."""
    return bool(_DOER.match(note)) and note.split(" ", 1)[0].lower() not in THINGS | OPENERS | DONE


def said_by_the_shop(sentence: str) -> str:
    """A sentence about the shop, as somebody else would tell it, said by the shop itself."""
    return _SHOP.sub(_we, sentence)


def signers_name(sign_off: str) -> str:
    """The first name under a letter; empty where there is none."""
    lines = [line.strip(" -\u2013\u2014") for line in sign_off.splitlines() if line.strip()]
    found = _FIRST_NAME.match(lines[1] if len(lines) > 1 else lines[0]) if lines else None
    return found[0] if found else ""


def said_by_the_signer(sentence: str, name: str) -> str:
    """A sentence about whoever signs, as they say it of themselves: "Elin can mend it" is "I can mend it"."""
    if not name or not re.search(rf"\b{name}\b(?! [A-Z])", sentence):
        return sentence
    subject = re.compile(rf"(?P<lead>^|\b(?:and|that|because|then|since) ){name}(?P<verb> [a-z]+)")
    said, mine = [], False
    for piece in _PIECE.split(sentence):
        mine = mine or bool(subject.search(piece))
        told = subject.sub(lambda found: f"{found['lead']}I{_first_person(found['verb'])}", piece)
        told = _of_myself(told) if mine else told
        said.append(re.sub(rf"\b{name}\b(?! [A-Z])", "me", re.sub(rf"\b{name}'s\b", "my", told)))
    return "".join(said)


def _of_myself(piece: str) -> str:
    """A piece in which "she" is the one who writes."""
    told = _HE_OR_SHE.sub(lambda found: f"I{_first_person(found[1])}", piece)
    told = _AND_DOES.sub(lambda found: f"{found[1]}{_first_person(found[2])}", told)
    return re.sub(r"\b(?:himself|herself)\b", "myself", _object(told, "me"))


def names_somebody_else(text: str) -> bool:
    """Whether a text names somebody who is not the customer: then "she" may be them."""
    return bool(_SOMEBODY_ELSE.search(text))


def speaks_of_the_customer(fact: str) -> bool:
    """Whether a fact names the customer as such."""
    return bool(_CUSTOMER.search(fact))


def speaks_of_the_shops(fact: str) -> bool:
    """Whether a fact is about somebody of the shop: in the next one "he" is likely still them."""
    return begins_with_somebody(fact) or bool(_WORKER.search(fact))


def _of_the_customer(piece: str) -> str:
    """A piece that names the customer, who is whoever "they" are in it."""
    piece = _CUSTOMER.sub(_you, piece)
    piece = _SUBJECT.sub(_you, piece)
    piece = _THEN.sub(lambda match: f"{match[1]}{_second_person(match[2])}", piece)
    return re.sub(r"\b[Tt]heir\b", "your", re.sub(r"\b(?:[Tt]hey|[Tt]hem)\b", "you", piece))


def _of_that_person(piece: str) -> str:
    """A piece that speaks of somebody where nobody else has been named: that is the customer."""
    piece = _SHORT.sub(lambda found: f"{found[1]} {'is' if found['done'] is None else 'has'}", piece)
    piece = _SUBJECT.sub(_you, piece)
    piece = _object(_THEIRS.sub("yours", piece), "you")
    return _OWN.sub(lambda match: "Your" if match[0][0].isupper() else "your", piece)


def _object(piece: str, whom: str) -> str:
    """A piece in which "her" and "him" are somebody whom the letter calls otherwise."""
    return _OBJECT.sub(lambda match: " ".join([*match[0].split()[:-1], whom]), piece)


def _you(match: re.Match[str]) -> str:
    parts = match.groupdict()
    you = "You" if match[0][0].isupper() else "you"
    verb = next((parts[group] for group in ("verb", "does", "then") if parts.get(group)), "")
    owns = any(parts.get(group) for group in ("own", "owns", "whose"))
    return f"{you}r{verb}" if owns else f"{you}{_second_person(verb)}"


def _we(match: re.Match[str]) -> str:
    capital = match[0][0].isupper()
    if match["own"]:
        return "Our" if capital else "our"
    return f"{'We' if capital else 'we'}{_second_person(match['verb'])}"


def _first_person(verb: str) -> str:
    return {" is": " am", " was": " was"}.get(verb) or _second_person(verb)


def _second_person(verb: str) -> str:
    """A verb of the third person as "you" has it; what is no such verb stays."""
    word = verb.strip()
    if word in _IRREGULAR:
        return verb.replace(word, _IRREGULAR[word])
    if re.search(r"(?:sh|ch|ss|x|o)es$", word):
        return verb[:-2]
    if re.search(r"[^aeiou]ies$", word) and len(word) > 4:  # "denies", but not "lies" or "ties"
        return f"{verb[:-3]}y"
    return verb[:-1] if re.search(r"[^s]s$", word) else verb
