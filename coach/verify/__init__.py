"""Is a reply true to its request? What the model proposes is disposed of here: by rules, the same every time."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from coach.case_reader import CaseReader, shipped_reader
from coach.check import Checked, Checker, Hit, TaggerDetector
from coach.notes import is_inward
from coach.person import said_to_the_customer
from coach.rules import Catalogue
from coach.schemas import CheckRequest, Citation, Commitment, Finding
from coach.verify.answers import Point, Points
from coach.verify.commitments import DEADLINES, Commitments, Promise, sets_terms
from coach.verify.conditions import Conditions, unconditional
from coach.verify.cues import Cues
from coach.verify.facts import FactLock
from coach.verify.fault import (
    FactReader,
    Fault,
    Shown,
    fault_in,
    is_bare_admission,
    shown_by,
    without_bare_admission,
)
from coach.verify.form import form_hits, hidden_names, private_hits, runs_of, wanted_language, whole_hits
from coach.verify.literals import literals_in, values_in
from coach.verify.situation import Commands, Situation, Source, situation_of, sources_of
from coach.verify.words import capitalized, clauses, done, said_in, sentence_around, sentences, stems

__all__ = [
    "Fault",
    "Point",
    "Situation",
    "Source",
    "Verdict",
    "Verifier",
    "capitalized",
    "clauses",
    "hidden_names",
    "is_bare_admission",
    "said_in",
    "sentences",
    "situation_of",
    "sources_of",
    "stems",
    "values_in",
    "wanted_language",
    "without_bare_admission",
]

_MIN_STEMS = 2
_WE = re.compile(r"(?:we|i)(?:'ll)? ", re.IGNORECASE)
_OURS = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
# What is up to the customer: "customer pays customs".
_UP_TO_THEM = re.compile(
    r"\b(?:customers?|buyers?|clients?|guests?|patients?|he|she|you) "
    r"(?:pays?|needs?|must|has to|have to|should|can|may)\b",
    re.IGNORECASE,
)
# What the customer may do of their own accord, for so long: "can be cancelled until three days before".
_AT_WILL = re.compile(r"\b(?:can|may) (?:be )?(?P<act>\w+(?: back)?)\b[^.;]*\b(?:until|within)\b", re.IGNORECASE)
TAGGER = TaggerDetector.name
_TIMES = {"deadline", "callback"}
# A policy's title that stands in its text: "Lost bookings: If we lose ..."
_TITLED = re.compile(r"^[A-Z][\w &'/,-]{1,40}: (?=[A-Z])")
DOUBT = 0.93  # `ready` is claimed only where no suspicion comes nearer to its threshold than this


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about a reply.

    Attributes:
        findings: Every rule broken, in the order of the text.
        commitments: What the reply binds the shop to, with its backing.
        citations: The policies that it rests on.
        language: Its language as an ISO 639 code, or `und`.
        unread: Ids of the rules that could not read it.
    """

    findings: tuple[Finding, ...]
    commitments: tuple[Commitment, ...]
    citations: tuple[Citation, ...]
    language: str
    unread: tuple[str, ...]
    readable: bool

    @property
    def passed(self) -> bool:
        """No rule broken, in a language that some rule of tone can read."""
        return self.readable and not self.findings


class Verifier:
    """Judges a reply by all rules: those that point at words, and those that judge the whole in its context."""

    def __init__(self, checker: Checker, secret: Sequence[str] = (), reader: CaseReader | None = None) -> None:
        """Bring the parts together.

        Args:
            checker: What judges the words.
            secret: Texts that must not show in a reply: the model's instructions.
            reader: What reads facts and policies beside the customer's message; the package's own where left out.
        """
        rules = checker.rules
        self.checker = checker
        self.reader = reader or shipped_reader()
        self.rules = rules
        self._secret = runs_of(list(secret))
        self._form = _cues(rules, "not-a-reply")
        self.commands = Commands(self._form)
        self._ownership = _cues(rules, "no-ownership")
        self._steps = _cues(rules, "no-next-step")
        self.commitments = Commitments(_cues(rules, "unbacked-promise"))
        self._conditions = Conditions(_cues(rules, "unbacked-promise"))
        self.points = Points(_cues(rules, "unanswered"))
        self._facts = FactLock(_cues(rules, "changed-facts"), self._ownership)

    def fault(self, situation: Situation) -> Fault:
        """Whose fault it was, as far as is known."""
        return fault_in(situation, self._ownership, self._fact_reader(situation))

    def mistake(self, situation: Situation) -> str | None:
        """The fact that shows the shop's mistake."""
        return shown_by(situation, self._ownership, self._fact_reader(situation))

    def fact_shows(self, fact: str, situation: Situation) -> Shown:
        """What a fact is to this customer: whether it is told, and whose doing it shows."""
        inward = self.keeps_in(fact)
        tell = False if inward else self.reader.tells("fact", fact, situation.told)
        return Shown(tell, self.checker.noted(fact).doing, inward)

    def tells_rule(self, rule: str, situation: Situation) -> bool:
        """Whether it is sure that this customer is told a policy's sentence."""
        facts = tuple(source.text for source in situation.of("fact"))
        return self.reader.tells("rule", rule, situation.told, facts) or False

    def _fact_reader(self, situation: Situation) -> FactReader:
        return lambda fact: self.fact_shows(fact, situation)

    def is_idle(self, fact: str, situation: Situation) -> bool:
        """Whether a fact that was written out is surely beside the point: no figure, not of us, no word of theirs."""
        may_matter = (
            self.tells(fact) or _OURS.search(fact) or _UP_TO_THEM.search(fact) or stems(fact) & stems(situation.told)
        )
        return not may_matter and self.reader.is_idle(fact, situation.told)

    def keeps_in(self, note: str) -> bool:
        """Whether a note stays in the shop: what it tells, no shop would tell this customer."""
        return is_inward(note) or self.checker.noted(note).inward

    def tells(self, text: str) -> bool:
        """Whether a text says anything that a reply may need: a number, a name, a link, a decision."""
        return bool(literals_in(text) or self.commitments.stances(text))

    def gives(self, text: str) -> bool:
        """Whether a text says that the shop gives something, or when."""
        return any(stance.grants for stance in self.commitments.stances(text))

    def makes_good(self, text: str) -> bool:
        """Whether a text says that the shop gives anything beside its time."""
        return any(stance.grants and stance.kind not in _TIMES for stance in self.commitments.stances(text))

    def private(self, text: str, situation: Situation) -> bool:
        """Whether a text tells everybody what the customer has told nobody."""
        return any(private_hits(text, situation))

    def adds(self, text: str, known: str) -> bool:
        """Whether a text tells anything that a reply may need beyond what is known."""
        kinds = {(stance.kind, stance.grants) for stance in self.commitments.stances(known)}
        return self.names_more(text, known) or any(
            (stance.kind, stance.grants) not in kinds for stance in self.commitments.stances(text)
        )

    def names_more(self, text: str, known: str) -> bool:
        """Whether a text names a figure, a day, a link beyond those that are known."""
        return bool({literal.value for literal in literals_in(text)} - values_in(known))

    def check(self, request: CheckRequest) -> "Checked | Verdict":
        """Judge a text that somebody is writing: by its words alone, or in its context where that is known.

        The text itself is what the seller has decided; only what policies rule out speaks against its promises.

        Raises:
            InputError: `rules_off` names a rule that does not exist.
        """
        if request.customer_message is None:
            quotable = [policy.text for policy in request.policies]
            return self.checker.check(request.text, quotable=quotable, rules_off=request.rules_off)
        sources = sources_of(request.policies, request.facts, request.text)
        situation = Situation(request.customer_message, sources)
        return self.verify(request.text, situation, rules_off=request.rules_off, doubt=1.0)

    def verify(
        self,
        text: str,
        situation: Situation,
        *,
        rules_off: Collection[str] = (),
        whole: bool = True,
        doubt: float = DOUBT,
    ) -> Verdict:
        """Judge a reply, or what there is of it.

        Args:
            text: The reply.
            situation: What it has to be true to.
            rules_off: Ids of rules that do not apply.
            whole: Whether this is all of it. Where not, nothing is missed yet.
            doubt: From which share of its threshold on a suspicion counts; see `Checker.check`.

        Raises:
            InputError: `rules_off` names a rule that does not exist.
        """
        fault = self.fault(situation)
        promises = self.commitments.promises(text, situation, fault)
        hits = [
            *self._broken_promises(promises),
            *self._facts.hits(text, situation, fault),
            *self._withheld(text, situation),
            *form_hits(text, situation, self._form, self._secret),
            *(self._missing(text, situation, fault, promises) if whole else ()),
        ]
        checked = self.checker.check(
            text,
            customer_message=situation.customer,
            quotable=[source.text for source in situation.of("policy")],
            rules_off=rules_off,
            more=hits,
            doubt=doubt,
        )
        findings = tuple(one for one in checked.findings if not self._is_excused(one, text, situation))
        return Verdict(
            findings,
            tuple(_commitment(promise, text) for promise in promises),
            tuple(_citations(promises)),
            checked.language,
            checked.unread,
            checked.readable,
        )

    def _withheld(self, text: str, situation: Situation) -> Iterator[Hit]:
        for stance, source in self.commitments.withheld(text, situation):
            yield Hit("changed-facts", stance.start, stance.end, message=f"A fact gives this: {source.text}")

    def _is_excused(self, finding: Finding, text: str, situation: Situation) -> bool:
        """Whether the tagger, which sees a sentence at a time, would think otherwise of it if it knew the case."""
        if finding.detector != TAGGER:
            return False
        sentence = sentence_around(text, finding.start)
        own = _is_the_shops_own(sentence, situation)
        if own and self._is_only_doubted(finding.rule, sentence):
            return True
        walled = own and finding.rule == "policy-wall"
        if walled and any(sentence.rstrip(".") in fact.text for fact in situation.of("fact")):
            return True  # what is a fact is no policy
        return (walled or finding.rule == "dead-end") and self._leads_on(sentence, text)

    def _is_only_doubted(self, rule: str, sentence: str) -> bool:
        """Whether it is no more than a suspicion that a sentence breaks a rule."""
        return rule not in {found.rule for found in self.checker.check(sentence).findings if found.severity == "error"}

    def _leads_on(self, sentence: str, text: str) -> bool:
        """Whether a sentence refuses something, and the rest of the text says what can be done."""
        return self.refuses(sentence) and self.acts(text.replace(sentence, ""))

    def _broken_promises(self, promises: Iterable[Promise]) -> Iterator[Hit]:
        for promise in promises:
            if promise.backing is None:
                yield Hit(
                    "unbacked-promise", promise.stance.start, promise.stance.end, message=promise.objection or None
                )

    def _missing(self, text: str, situation: Situation, fault: Fault, promises: Sequence[Promise]) -> Iterator[Hit]:
        end = len(text)
        if situation.customer is not None:
            yield from self._facts.missing(text, situation)
            if fault == "shop" and not self.owns(text, situation):
                yield Hit("no-ownership", end, end)
            for point in self.points.unanswered(text, situation.customer):
                yield Hit(
                    "unanswered", end, end, message=f'The customer wrote: "{point.text}" The reply does not answer.'
                )
            if not promises and not self.acts(text):
                yield Hit("no-next-step", end, end)
        yield from whole_hits(text, situation)

    def refusals(self, situation: Situation) -> Iterator[str]:
        """What the draft refuses and no policy grants, in the names of the kinds."""
        fault = self.fault(situation)
        for source in situation.of("draft"):
            for stance in self.commitments.refused(source):
                if not self.commitments.granted_by_policy(stance.kind, situation, fault):
                    yield stance.kind

    def is_overruled(self, text: str, situation: Situation) -> bool:
        """Whether facts or policies grant what a text refuses, and it gives nothing that they do not."""
        given = {stance.kind for source in situation.of("fact") for stance in self.commitments.granted(source)}
        fault = self.fault(situation)
        stances = [stance for stance in self.commitments.stances(text) if stance.kind not in _TIMES]
        return not all(stance.grants for stance in stances) and all(
            stance.kind in given or self.commitments.granted_by_policy(stance.kind, situation, fault)
            for stance in stances
        )

    def policies_to_the_point(self, situation: Situation) -> list[tuple[str, str]]:
        """The policies' sentences that decide here, each with its policy's id, the best fit first."""
        fault = self.fault(situation)
        told = self.commitments.to_the_point(situation, fault, lambda rule: self.tells_rule(rule, situation))
        return [(policy, _TITLED.sub("", text)) for policy, text in told]

    def applied(self, text: str, situation: Situation) -> str:
        """What a policy says as it holds here: without a condition that is met."""
        fault = self.fault(situation)
        return " ".join(self._conditions.applied(one, situation, fault) for one in sentences(text))

    def decides(self, rule: str, decided: str, situation: Situation) -> bool:
        """Whether a policy's sentence gives, refuses or demands something beside what has been decided already."""
        refused = {stance.kind for stance in self.commitments.stances(rule) if not stance.grants}
        if refused:  # a refusal needs its reason, and somebody whom it concerns
            concerns = refused & self._wanted(situation) or stems(rule) & situation.customer_stems
            return bool(concerns) or self.gives(rule) or sets_terms(rule)
        if self.commitments.is_on_threats(rule, situation) or sets_terms(rule):
            return True
        if (_WE.match(rule) and self.settles(done(decided), rule)) or self._is_at_will(rule, situation):
            return False
        # What only a condition names is nothing that is given.
        return self.adds(unconditional(rule), decided)

    def _is_at_will(self, rule: str, situation: Situation) -> bool:
        """Whether a rule allows the customer, for so long, what nobody asks for where the shop made a mistake."""
        found = _AT_WILL.search(rule)
        return bool(found and self.fault(situation) == "shop" and not stems(found["act"]) & situation.customer_stems)

    def _wanted(self, situation: Situation) -> set[str]:
        """What the customer asks for, or the draft speaks of."""
        drafts = (source.text for source in situation.of("draft"))
        spoken = {stance.kind for text in (situation.told, *drafts) for stance in self.commitments.stances(text)}
        return spoken | {kind for point in self.points.points(situation.told) for kind in point.kinds}

    def settles(self, settled: str, note: str) -> bool:
        """Whether what a note gives is given already, and the note adds at most another time for it."""
        given = {stance.kind for stance in self.commitments.stances(settled) if stance.grants}
        offered = {stance.kind for stance in self.commitments.stances(note) if stance.grants} - _TIMES
        new = {literal.value for literal in literals_in(note) if literal.kind not in DEADLINES} - values_in(settled)
        return bool(offered) and offered <= given and not new

    def counts_only(self, text: str) -> bool:
        """Whether a text tells nothing but bare numbers."""
        return not self.commitments.stances(text) and all(one.kind == "number" for one in literals_in(text))

    def refuses(self, text: str) -> bool:
        """Whether a text says that the shop does not give something."""
        return any(not stance.grants for stance in self.commitments.stances(text))

    def decided(self, situation: Situation) -> bool:
        """Whether anything that the shop has said grants or refuses something."""
        return any(self.commitments.stances(source.text) for source in situation.sources)

    def speaks_of(self, situation: Situation, ask: str) -> bool:
        """Whether anything that the shop has said may be about what the customer asks."""
        asked = stems(ask)
        return len(asked) < _MIN_STEMS or bool(asked & situation.shop_stems)

    def conflict(self, situation: Situation) -> tuple[Source, Source] | None:
        """Two policies that contradict each other on what the customer asks for."""
        asked = {kind for point in self.points.points(situation.customer or "") for kind in point.kinds}
        return next(((one, other) for kind, one, other in self.commitments.conflicts(situation) if kind in asked), None)

    def facts_against_policies(self, situation: Situation) -> list[tuple[Source, Source]]:
        """Facts that grant what a policy refuses, or the reverse, each with the policy."""
        return list(
            dict.fromkeys(
                (fact, policy)
                for fact in situation.of("fact")
                for mine in self.commitments.stances(fact.text)
                for policy in situation.of("policy")
                for theirs in self.commitments.stances(policy.text)
                if mine.kind == theirs.kind
                and mine.grants != theirs.grants
                and not self.commitments.granted_by_policy(mine.kind, situation, self.fault(situation))
            )
        )

    def forbidden_offers(self, situation: Situation) -> list[tuple[str, Source]]:
        """What the draft offers and a policy rules out."""
        fault = self.fault(situation)
        found = {}
        for source in situation.of("draft"):
            for promise in self.commitments.promises(source.text, situation, fault):
                if promise.forbidden_by and promise.forbidden_by.source.kind == "policy":
                    found[promise.stance.kind] = promise.forbidden_by.source
        return list(found.items())

    def depends(self, situation: Situation) -> list[str]:
        """The conditions by which a policy decides, where there are several and nothing says which one holds."""
        for source in situation.of("policy"):
            conditions = [
                text for text in sentences(source.text) if text.lower().startswith(("if ", "when ", "where "))
            ]
            if len(conditions) > 1:
                return conditions
        return []

    def owns(self, text: str, situation: Situation) -> bool:
        """Whether a text says in the first person what the shop did wrong: in words of its own, or in the fact's."""
        if self._ownership.said("owns", text):
            return True
        mistake = stems(self.mistake(situation) or "")
        return any(len(stems(clause) & mistake) > 1 and self._ownership.said("we", clause) for clause in clauses(text))

    def acts(self, text: str) -> bool:
        """Whether a text says what happens next."""
        return any(
            self._steps.said("acts", clause) and not self._steps.said("idle", clause) for clause in clauses(text)
        )


def _cues(rules: Catalogue, rule: str) -> Cues:
    return Cues(rule, rules[rule].cues)


def _is_the_shops_own(sentence: str, situation: Situation) -> bool:
    """Whether a policy or a fact has a sentence word for word, as it stands or as it is said to the customer."""
    said, inside = sentence.rstrip("."), [source.text for source in situation.sources if source.kind != "draft"]
    return any(said in text or said in " ".join(map(said_to_the_customer, sentences(text))) for text in inside)


def _commitment(promise: Promise, text: str) -> Commitment:
    stance = promise.stance
    return Commitment(
        kind=stance.kind,
        quote=text[stance.start : stance.end],
        start=stance.start,
        end=stance.end,
        amounts=[stance.clause[literal.start : literal.end].strip() for literal in stance.amounts],
        backing=promise.backing.quote if promise.backing else None,
    )


def _citations(promises: Iterable[Promise]) -> Iterator[Citation]:
    seen = set()
    for promise in promises:
        backing = promise.backing
        if backing and backing.source.kind == "policy" and (backing.source.id, backing.quote) not in seen:
            seen.add((backing.source.id, backing.quote))
            yield Citation(policy_id=backing.source.id, quote=backing.quote)
