"""What a text binds the shop to, and what allows it.

The same cues read all texts alike: a policy's "can be refunded within 14 days" and a reply's "I've refunded you" are
both a stance on a refund. A reply's promise is backed where a policy, a fact or the seller's draft takes the same
stance, with the same amount, and no policy that fits the case better rules it out.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice

from coach.verify.cues import Cues
from coach.verify.fault import Fault
from coach.verify.literals import Literal, literals_in, values_in
from coach.verify.situation import Situation, Source
from coach.verify.words import capitalized, clause_spans, clauses, sentence_around, sentences, stems

RuleReader = Callable[[str], bool]
KINDS = ("refund", "replacement", "repair", "discount", "credit", "payment", "free-postage", "gift", "no-charge")
_AMOUNTS = frozenset({"sum", "percentage"})
_FIGURES = frozenset({"number", "code", "measure"})
DEADLINES = frozenset({"date", "time", "duration", "day"})
_TOPICS = ("sending", "arriving", "money", "answering", "work")
# A promise of the first kind is kept by what allows the second.
_SAME = {
    "gift": {"gift", "no-charge", "replacement", "free-postage", "repair", "discount", "credit", "payment"},
    "no-charge": {"no-charge", "gift", "replacement", "free-postage", "repair", "payment"},
    "payment": {"payment", "no-charge", "free-postage", "gift", "refund"},
    "free-postage": {"free-postage", "payment"},
    "replacement": {"replacement", "repair"},
    "repair": {"repair", "replacement", "gift", "no-charge"},
    "credit": {"credit", "discount"},
}
# Of these it matters what they are of: breakfast, a lesson, the next order.
_OF_SOMETHING = frozenset({"gift", "no-charge", "payment", "credit", "discount", "repair"})
_KIND_WORDS = stems(
    "free charge cost house gift pay paying credit discount price half extra gesture goodwill repair fix mend card "
    "send bill order item product goods next thing parcel refund refunded replace replacement exchange either whatever "
    "happens"
)
_VAGUE = {"no-charge", "gift", "credit"}  # a Monday is free as well, and a gift card may be what was bought
_OUTRIGHT = stems("possible afraid sorry unfortunately able unable offer give make available")
_WHOM = stems("customer buyer guest client")
_LIMIT = re.compile(r"\b(?:within|up to|inside|in|for|until)\b", re.IGNORECASE)
_TO_THE_POINT = 3
_READABLE = 40  # sentences of policies: each takes some ten milliseconds
_IF_WE = re.compile(r"\b(?:if|where|when|should) (?:we|i|our)\b", re.IGNORECASE)
_LEAST_FIT = 0.25  # of the words that the best fitting policy shares with the case
_AT_A_PRICE = frozenset({"replacement", "repair"})
_ALIKE = 0.6  # the share of the shorter clause's words from which on two clauses speak of the same
_AGO = re.compile(r"\b(?:ago|later|after|old|since|past|late|had it for|have had)\b", re.IGNORECASE)
# What a source grants only as long as something has not been done: "until it is posted".
_NOT_YET = re.compile(
    r"\b(?:until|before) (?:\w+ ){1,3}?(?:is|are|was|were|has been|have been|gets?) (\w{4,})\b", re.IGNORECASE
)
# A sentence that leans on the one before it.
_GOES_ON = re.compile(
    r"^(?:after|afterwards|later|then|otherwise|in that case|if not|else|it|they|this|these|those|both|such)\b|"
    r"\b(?:then|them|they)\b",
    re.IGNORECASE,
)
_WE_SHALL = re.compile(r"\b(?:we|i)(?:'ll| will)\b(?:(?!\b(?:if|when|once|you|as soon|after)\b).)*$", re.IGNORECASE)
_ANCHOR = re.compile(r"\s*(?:of|after|from|since) ((?:the |your |its )?\w+)", re.IGNORECASE)
# What the customer has to do gives them nothing, and they must know it all the same.
_ASKS = re.compile(r"\bask (?:you|(?:the|our) (?:customer|buyer|guest|client)s?) to\b", re.IGNORECASE)
_TERMS = re.compile(
    r"\b(?:customer|buyer|guest|client|we|you)s? (?:then |also )?(?:pays?|bears?|covers?|may keep|keeps?|can keep)\b|"
    r"\bneed not (?:come|be sent|go) back\b|\bno return is needed\b|\b(?:customer|buyer|guest|client) chooses\b",
    re.IGNORECASE,
)
# What the customer does to get it, and where: "Send a photo to ...", "The guest picks a date by ringing ...".
_HOW_TO = re.compile(
    r"^(?:please )?(?:bring|send|ring|call|write|book|post|put|show|tell|email|mail|fill|order|use|come|keep|attach|"
    r"include|pick|choose)\b|^we (?:then )?(?:need|ask for) (?!no)|"
    r"\b(?:customer|buyer|guest|client|member|parent|student|patient|visitor|owner|you)s? (?:then |also |only )?"
    r"(?:sends?|brings?|books?|rings?|calls?|writes?|picks?|confirms?|shows?|orders?|fills?|posts?|tells?|collects?)\b",
    re.IGNORECASE,
)
_AFTER_A_TIME = re.compile(
    r"^after (?:\d|(?!that\b|this\b|which\b)\w+ (?:hour|day|week|month|year)s?\b)", re.IGNORECASE
)
_UNDONE = re.compile(r"\b(?:not|never|nobody|nothing|no|yet|can|will|to be)\b|n't\b", re.IGNORECASE)
# What a clause says of the case in which it holds, and of what it is about: a "not" in there refuses nothing.
_CASE = re.compile(
    r"^(?:if|when|whenever|where|should|once)\b[^,]*, |\b(?:if|when|whenever|where|once|until|before)\b.*$|"
    r"\b(?:that|which|who) (?:can't|cannot|can not|never|(?:do|does|did|is|are|was|were|has|have)(?: not|n't)) "
    r"(?!be |(?:refund|return|exchang|cover|includ|replac|repair|eligib|valid)\w*)\w+|"
    r"\b(?:and|but) not \w+ (?=(?:is|are|gets?|will|can|may)\b)|"
    r"\bwe (?:can't|cannot|can not|could not|couldn't|did not|didn't) (?:\w+ ){1,3}"
    r"(?=(?:have|has|is|are|gets?|comes?|will|may)\b)",
    re.IGNORECASE,
)
_OF_IT = re.compile(r"\b(?:repair|mend|fix) (?:it|them|both)\b", re.IGNORECASE)  # the thing that the customer has
# What is refused was named before: "Customs sets the VAT; we never receive it, so we cannot refund it."
_OF_THAT = re.compile(
    r"\b(?:refund|replace|exchange|repair|return|cover|swap)\w* (?:them|it|these|those)\b", re.IGNORECASE
)
_UNLESS = re.compile(r"\b(?:unless|except(?: if| when| where)?|only (?:if|when|within|where))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stance:
    """What a clause says of a kind of commitment.

    Attributes:
        kind: What it is about.
        grants: Whether it grants it, or refuses it.
        start: First code point of the words that say so.
        end: One past the last.
        clause: The clause.
        sentence: The sentence around it.
        amounts: Sums and percentages in the clause; for a deadline the day or the time.
    """

    kind: str
    grants: bool
    start: int
    end: int
    clause: str
    sentence: str
    amounts: tuple[Literal, ...] = ()


@dataclass(frozen=True, slots=True)
class Backing:
    """What allows a promise: the source, and its own words."""

    source: Source
    quote: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment in a reply, with what backs it, or what is wrong with it."""

    stance: Stance
    backing: Backing | None
    objection: str = ""
    forbidden_by: Backing | None = None


class Commitments:
    """Reads commitments and finds their backing."""

    def __init__(self, cues: Cues) -> None:
        self._cues = cues
        self.stances = lru_cache(2048)(self._stances)

    def promises(self, text: str, situation: Situation, fault: Fault) -> list[Promise]:
        """Every commitment in a text; a policy's word for what was possible until now is none."""
        granted = [stance for stance in self.stances(text) if stance.grants]
        return [self._judged(one, text, situation, fault) for one in granted if not self._is_past(one, situation)]

    def granted(self, source: Source) -> list[Stance]:
        """What a source grants."""
        return [stance for stance in self.stances(source.text) if stance.grants]

    def refused(self, source: Source) -> list[Stance]:
        """What a source refuses."""
        return [stance for stance in self.stances(source.text) if not stance.grants]

    def withheld(self, text: str, situation: Situation) -> Iterator[tuple[Stance, Source]]:
        """What a text refuses outright although a fact gives it, with that fact."""
        facts = situation.of("fact")
        disputed = {stance.kind for source in facts for stance in self.refused(source)}
        for stance in self.stances(text):
            of_a_part = any(self._cues.said(cue, stance.clause) for cue in ("only-part", "all-of-it"))
            if stance.grants or stance.kind in {*disputed, *_VAGUE} or of_a_part:
                continue
            refused = stems(stance.clause) - _KIND_WORDS - _OUTRIGHT
            for source in facts:
                if any(stance.kind == given.kind and refused <= stems(source.text) for given in self.granted(source)):
                    yield stance, source
                    break

    def granted_by_policy(self, kind: str, situation: Situation, fault: Fault) -> bool:
        """Whether a policy grants something of a kind, as far as is known."""
        return any(
            stance.kind == kind and self._condition_holds(stance, situation, fault)
            for source in situation.of("policy")
            for stance in self.granted(source)
        )

    def to_the_point(self, situation: Situation, fault: Fault, told: RuleReader) -> list[tuple[str, str]]:
        """The policies' sentences that the customer is told, in the policies' own order.

        They are those that grant or refuse something here, the best fits, and whatever else is surely to the point.

        Args:
            situation: What is known.
            fault: Whose fault it was.
            told: What reads whether the customer is surely told a sentence.
        """
        on = [(source, stance) for source in _that_fit(situation) for stance in self.stances(source.text)]
        over = {
            stance.sentence for _, stance in on if stance.grants and not self._condition_holds(stance, situation, fault)
        }
        holding = [item for item in on if not item[1].grants or item[1].sentence not in over]
        ranked = sorted(holding, key=lambda item: -self._fit(item, situation))
        best = list(dict.fromkeys((source, _in_context(stance, source, over)) for source, stance in ranked))
        best = best[:_TO_THE_POINT]
        chosen = dict.fromkeys(source for source, _ in best)
        best += [(source, one) for source in chosen for one in _going_with([t for s, t in best if s == source], source)]
        if self._cues.said("threat", situation.told):
            best += [(source, text) for source in situation.of("policy") if (text := self._on_threats(source))]
        read = ((source, one) for source in _worth_reading(situation) for one in _told_of(source, told))
        best += islice(read, _TO_THE_POINT)
        best = list(dict.fromkeys(best))
        said = [item for item in best if not any(_is_part_of(item, other) for other in best)]
        order = situation.of("policy")
        said.sort(key=lambda item: (order.index(item[0]), item[0].text.find(item[1])))
        return [(source.id, text) for source, text in said]

    def is_on_threats(self, text: str, situation: Situation) -> bool:
        """Whether a text says what follows from a threat, and the customer has made one."""
        return self._cues.said("of-threats", text) and self._cues.said("threat", situation.told)

    def _on_threats(self, source: Source) -> str:
        """What a policy says of threats, to its end: what is still possible comes behind what is not."""
        said = sentences(source.text)
        place = next((i for i, one in enumerate(said) if self._cues.said("of-threats", one)), len(said))
        return " ".join(said[place:])

    def conflicts(self, situation: Situation) -> Iterator[tuple[str, Source, Source]]:
        """Pairs of policies of which one grants what the other refuses, or by another day or sum."""
        on = [(source, stance) for source in situation.of("policy") for stance in self.stances(source.text)]
        for position, (source, stance) in enumerate(on):
            for other_source, other in on[position + 1 :]:
                if source.id == other_source.id or stance.kind != other.kind or stance.kind not in KINDS:
                    continue
                mine, theirs = stems(stance.sentence) - _KIND_WORDS, stems(other.sentence) - _KIND_WORDS
                alike = len(mine & theirs) >= _ALIKE * min(len(mine), len(theirs)) and bool(mine & theirs)
                if alike and (stance.grants != other.grants or _differ(stance, other)):
                    yield stance.kind, source, other_source

    # reading

    def _stances(self, text: str) -> tuple[Stance, ...]:
        found = [stance for start, end in clause_spans(text) for stance in self._in_clause(text, start, end)]
        return tuple(sorted(found, key=lambda stance: stance.start))

    def _in_clause(self, text: str, start: int, end: int) -> Iterator[Stance]:
        clause = text[start:end]
        sentence = sentence_around(text, start)
        said = self._without_cases(clause)
        refuses = self._cues.said("refuses", said) or self._goes_on_refusing(sentence, clause)
        open_ = self._cues.said("tentative", clause) or self._cues.said("wished", clause)
        amounts = tuple(literal for literal in literals_in(clause) if literal.kind in _AMOUNTS)
        for kind in KINDS:
            spans = self._cues.spans(kind, said)
            against = self._cues.spans(f"no-{kind}", clause) if f"no-{kind}" in self._cues else ()
            if against:
                yield Stance(kind, False, start + against[0][0], start + against[0][1], clause, sentence, amounts)
            elif spans and not (open_ and not refuses):
                first = min(spans)
                longest = max(right for left, right in spans if left <= first[1])
                yield Stance(kind, not refuses, start + first[0], start + longest, clause, sentence, amounts)
                if refuses and _UNLESS.search(sentence):
                    yield Stance(kind, True, start + first[0], start + longest, clause, sentence, amounts)
        if refuses and not self._cues.said("callback", clause):
            return
        for left, right in self._cues.spans("callback", clause)[:1]:
            yield Stance("callback", True, start + left, start + right, clause, sentence, amounts)
        yield from self._deadlines(clause, said, start, sentence)

    def _goes_on_refusing(self, sentence: str, clause: str) -> bool:
        """Whether a clause is the second half of a refusal: "we can't replace it or give a refund"."""
        before = self._without_cases(sentence.partition(clause)[0])
        return clause.startswith(("or ", "nor ")) and self._cues.said("refuses", before)

    def _without_cases(self, clause: str) -> str:
        """A clause with blanks for the cases in which something is not so: they refuse nothing."""
        return _CASE.sub(lambda case: " " * len(case[0]) if self._cues.said("refuses", case[0]) else case[0], clause)

    def _deadlines(self, clause: str, said: str, start: int, sentence: str) -> Iterator[Stance]:
        if not self._cues.said("to-come", said) or self._cues.said("gone-by", said):
            return
        times = [literal for literal in literals_in(said) if literal.kind in DEADLINES]
        if times and not all(literal.value == "yesterday" for literal in times):
            first, last = times[0], times[-1]
            yield Stance("deadline", True, start + first.start, start + last.end, clause, sentence, tuple(times))

    # judging

    def _is_past(self, stance: Stance, situation: Situation) -> bool:
        """Whether it only tells what a policy grants as long as something is not done, which has been done."""
        return _too_late(stance, situation) and any(
            _says_the_same(stance.clause, other.clause)
            for source in situation.of("policy")
            for other in self.granted(source)
        )

    def _judged(self, stance: Stance, text: str, situation: Situation, fault: Fault) -> Promise:
        if stance.kind == "deadline":
            return self._deadline(stance, situation)
        if stance.kind == "callback":
            return Promise(stance, self._callback(situation))
        return self._grant(stance, text, situation, fault)

    def _grant(self, stance: Stance, text: str, situation: Situation, fault: Fault) -> Promise:
        allowed, objection = None, ""
        for source, other in self._sources_on(stance.kind, situation):
            if other.grants and self._condition_holds(other, situation, fault):
                if source.kind == "policy" and _says_the_same(stance.sentence, other.sentence):
                    return Promise(stance, Backing(source, other.sentence))  # the policy, told as it stands
                objection = next(self._objections(stance, other, text, situation), "")
                if not objection:
                    allowed = Backing(source, other.sentence)
                    break
        forbidden = self._forbidden(stance.kind, situation, fault)
        if forbidden and allowed and _is_of_another_thing(forbidden, stance):
            forbidden = None
        by_fact = allowed is not None and allowed.source.kind == "fact"
        if forbidden and not by_fact and (allowed is None or forbidden.source.kind == "policy"):
            return Promise(stance, None, f"{capitalized(forbidden.source.name)} rules it out.", forbidden)
        return Promise(stance, allowed, objection)

    def _sources_on(self, kind: str, situation: Situation) -> list[tuple[Source, Stance]]:
        same = _SAME.get(kind, {kind})
        on = [(s, stance) for s in situation.sources for stance in self.stances(s.text) if stance.kind in same]
        # What speaks of the very kind goes before what only comes to the same, and what fits the case before the rest.
        return sorted(on, key=lambda item: (item[1].kind != kind, item[0].kind == "draft", -self._fit(item, situation)))

    def _fit(self, item: tuple[Source, Stance], situation: Situation) -> int:
        source, stance = item
        return len(stems(f"{source.title} {stance.sentence}") & situation.case_stems)

    def _forbidden(self, kind: str, situation: Situation, fault: Fault) -> Backing | None:
        """The clause that rules a kind of promise out, where none that fits the case as well allows it."""
        on = [
            (source, stance)
            for source in situation.sources
            for stance in self.stances(source.text)
            if stance.kind == kind and source.kind != "fact"
        ]
        against = [i for i in on if not i[1].grants and i[0].kind == "policy"]
        allowing = [
            i for i in on if i[1].grants and i[0].kind == "policy" and self._condition_holds(i[1], situation, fault)
        ]
        drafted = [i for i in on if not i[1].grants and i[0].kind == "draft"]
        if against:
            strongest = max(against, key=lambda i: self._fit(i, situation))
            if not allowing or max(self._fit(i, situation) for i in allowing) < self._fit(strongest, situation):
                return Backing(strongest[0], strongest[1].sentence)
        if drafted and not allowing:
            return Backing(drafted[0][0], drafted[0][1].sentence)
        return None

    def _condition_holds(self, stance: Stance, situation: Situation, fault: Fault) -> bool:
        """Whether nothing known speaks against the condition under which a source grants something."""
        sentence = stance.sentence
        if self._cues.said("if-shop-fault", sentence) and fault in {"customer", "third-party"}:
            return False
        if _too_late(stance, situation):
            return False
        limits = [
            float(literal.value.split()[0])
            for literal in literals_in(sentence)
            if literal.kind == "duration" and _LIMIT.search(sentence[max(0, literal.start - 12) : literal.start])
        ]
        elapsed = self._elapsed_days(situation)
        return not (limits and elapsed and stance.kind in {"refund", "replacement"} and min(elapsed) > max(limits))

    def _elapsed_days(self, situation: Situation) -> list[float]:
        facts = [source.text for source in situation.of("fact")]
        return [
            float(literal.value.split()[0])
            for text in facts
            for literal in literals_in(text)
            if literal.kind == "duration" and _AGO.match(text[literal.end :].lstrip())
        ]

    def _objections(self, stance: Stance, other: Stance, text: str, situation: Situation) -> Iterator[str]:
        """Why what a source grants is not what is promised."""
        if stance.kind in _OF_SOMETHING and not _OF_IT.search(stance.clause):
            promised = stems(stance.sentence) - _KIND_WORDS
            of_anything = self._cues.said("of-anything", other.sentence)
            if promised and not of_anything and not _roots(promised) & _roots(stems(other.sentence)):
                yield f"What is granted is something else: {other.sentence}"
        yield from self._other_figures(stance, other, situation)
        if self._cues.said("unlimited", stance.sentence) and not self._cues.said("unlimited", other.sentence):
            yield f"No end is set to it: {other.sentence}"
        if stance.kind == "refund":
            yield from self._larger_refund(stance, other)
        if stance.kind in _AT_A_PRICE and self._cues.said("at-a-price", other.sentence):
            prices = {literal.value for literal in literals_in(other.sentence) if literal.kind == "sum"}
            if prices and not prices & {literal.value for literal in literals_in(text)}:
                yield f"It has a price: {other.sentence}"

    def _other_figures(self, stance: Stance, other: Stance, situation: Situation) -> Iterator[str]:
        for figure in literals_in(stance.clause):
            if figure.kind in _FIGURES and figure.value not in situation.shop_values and situation.customer is not None:
                yield f"Only the customer has named {_words(stance, figure)}."
        other_values = values_in(other.sentence)
        for amount in stance.amounts:
            if amount.value not in situation.shop_values and not situation.follows(amount):
                yield f"No source names {_words(stance, amount)}."
            elif stance.kind == "discount" and amount.kind == "percentage" and amount.value not in other_values:
                yield f"The discount is another one: {other.sentence}"

    def _larger_refund(self, stance: Stance, other: Stance) -> Iterator[str]:
        for part in ("postage", "deposit"):
            if self._cues.said(part, other.clause) and not self._cues.said(part, stance.sentence):
                yield f"Only the {part} is refunded: {other.sentence}"
        whole = self._cues.said("all-of-it", stance.clause) and not self._cues.said("all-of-it", other.clause)
        if whole and self._cues.said("only-part", other.clause):
            yield f"Not all of it is refunded: {other.sentence}"

    def _deadline(self, stance: Stance, situation: Situation) -> Promise:
        topics = self._topics(stance.sentence)
        backing, theirs, objection = None, "", ""
        for literal in stance.amounts:
            named = [i for i in situation.source_sentences if literal.value in values_in(i[1])]
            fitting = [i for i in named if self._same_topic(topics, stance.sentence, i[1])]
            if fitting and all(_counts_from_elsewhere(stance, literal, i[1]) for i in fitting):
                objection = f"{_words(stance, literal)} does not count from now: {fitting[0][1]}"
            elif fitting:
                backing = backing or Backing(*max(fitting, key=lambda i: len(stems(i[1]) & stems(stance.sentence))))
            elif named:
                objection = f"{_words(stance, literal)} is said of something else: {named[0][1]}"
            elif literal.value in situation.known_values:
                theirs = f"Only the customer has named {_words(stance, literal)}."
            else:
                objection = f"Nobody in the shop has named {_words(stance, literal)}."
        # What the customer named may be repeated beside a time that the shop has named.
        return Promise(stance, None if objection else backing, objection or theirs)

    def _same_topic(self, topics: set[str], sentence: str, other: str) -> bool:
        others = self._topics(other)
        return not topics or not others or bool(topics & others) or bool(stems(sentence) & stems(other))

    def _topics(self, text: str) -> set[str]:
        return {topic for topic in _TOPICS if self._cues.said(f"about-{topic}", text)}

    def _callback(self, situation: Situation) -> Backing | None:
        """That somebody will be told: backed by whatever is still to come."""
        for source, sentence in situation.source_sentences:
            if self._cues.said("about-answering", sentence):
                return Backing(source, sentence)
        return None


def _is_part_of(item: tuple[Source, str], other: tuple[Source, str]) -> bool:
    """Whether what one source says stands in something longer of the same source."""
    return item[0] == other[0] and item[1] != other[1] and item[1] in other[1]


def _told_of(source: Source, told: RuleReader) -> Iterator[str]:
    """A source's sentences that the customer is told, each with the one before it if it leans on that."""
    before = ""
    for sentence in sentences(source.text):
        if told(sentence):
            yield f"{before} {sentence}" if before and _GOES_ON.search(sentence) else sentence
        before = sentence


def _going_with(told: Sequence[str], source: Source) -> Iterator[str]:
    """What must be told beside what a policy gives: what it asks for, and, right behind, how to get it and who pays."""
    before = ""
    for sentence in sentences(source.text):
        follows = before and any(text.endswith(before) for text in told)
        if (asks(sentence) or (follows and sets_terms(sentence))) and not any(sentence in text for text in told):
            yield sentence
            told = [*told, sentence]  # how to go about it may take two sentences
        before = sentence


def asks(text: str) -> bool:
    """Whether a text asks something of the customer."""
    return bool(_ASKS.search(text))


def sets_terms(text: str) -> bool:
    """Whether a text says what the customer has to do, or who bears what."""
    return asks(text) or bool(_TERMS.search(text) or _HOW_TO.search(text))


def _counts_from_elsewhere(stance: Stance, literal: Literal, source: str) -> bool:
    """Whether what the shop promises to do in a time is a time that runs from something else: "14 days of purchase"."""
    if literal.kind != "duration" or not _WE_SHALL.search(stance.clause[: literal.start]):
        return False
    same = (other for other in literals_in(source) if other.value == literal.value)
    anchors = [_ANCHOR.match(source[other.end :]) for other in same]
    return all(anchor and not stems(anchor[1]) <= stems(stance.sentence) for anchor in anchors)


def _is_of_another_thing(refusal: Backing, stance: Stance) -> bool:
    """Whether a policy refuses what it has named before, and a promise names nothing of all that."""
    if not _OF_THAT.search(refusal.quote):
        return False
    return not (stems(stance.sentence) - _KIND_WORDS) & stems(f"{refusal.source.title} {refusal.source.text}")


def _differ(one: Stance, other: Stance) -> bool:
    """Whether two clauses name another span of time, or another share, for the same thing."""
    for kinds in ({"duration"}, {"percentage"}):
        mine = {literal.value for literal in literals_in(one.sentence) if literal.kind in kinds}
        theirs = {literal.value for literal in literals_in(other.sentence) if literal.kind in kinds}
        if mine and theirs and not mine & theirs:
            return True
    return False


def _in_context(stance: Stance, source: Source, over: Collection[str]) -> str:
    """A source's sentence, with the one before it where it goes on from there: "After that we cannot".

    What is over need not be told where the sentence names the time itself: "After 30 days there is no refund".
    """
    said = sentences(source.text)
    place = said.index(stance.sentence) if stance.sentence in said else 0
    if place and said[place - 1] in over and _AFTER_A_TIME.search(stance.sentence):
        return stance.sentence
    first = place
    while first and _GOES_ON.search(said[first]):
        first -= 1
    return " ".join(said[first : place + 1]) if place else stance.sentence


def _worth_reading(situation: Situation) -> list[Source]:
    """As many policies as can be read while somebody waits: those that share most words with the case."""
    fit = sorted(situation.of("policy"), key=lambda one: -len(stems(f"{one.title} {one.text}") & situation.case_stems))
    lengths = accumulate(len(sentences(one.text)) for one in fit)
    return [one for one, length in zip(fit, lengths, strict=True) if length <= _READABLE]


def _that_fit(situation: Situation) -> list[Source]:
    """The policies that share enough words with the case, and those for when the shop fails, in whatever words."""
    policies = situation.of("policy")
    shared = {one: len(stems(f"{one.title} {one.text}") & situation.case_stems) for one in policies}
    least = _LEAST_FIT * max(shared.values(), default=0)
    return [one for one in policies if shared[one] >= least or _IF_WE.search(f"{one.title}. {one.text}")]


def _too_late(stance: Stance, situation: Situation) -> bool:
    """Whether it is granted only until something is done which a fact says has been done: "posted at 9:40"."""
    until = {match[1].lower() for match in _NOT_YET.finditer(stance.sentence)}
    done = (
        set(re.findall(r"\w+", clause.lower()))  # "posted" as it stands: "we plan to post it" is no deed
        for source in situation.of("fact")
        for clause in clauses(source.text)
        if not _UNDONE.search(clause)
    )
    return any(until & words for words in done)


def _says_the_same(sentence: str, other: str) -> bool:
    """Whether two sentences differ in nothing but whom they speak of; their figures are the same."""
    return stems(sentence) - _WHOM == stems(other) - _WHOM and values_in(sentence) == values_in(other)


def _roots(words: frozenset[str]) -> set[str]:
    """The same words, and what is done again as what is done: "reprint" is a "print"."""
    return {*words, *(word.removeprefix("re") for word in words)}


def _words(stance: Stance, literal: Literal) -> str:
    return f'"{stance.clause[literal.start : literal.end].strip()}"'
