"""What code can still do for a reply that the model could not mend: replace, drop, and add what the shop has to say."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from coach.brief import Brief
from coach.check import READABLE, detect_language, sentence_spans
from coach.letter import Letter
from coach.points import Point
from coach.saying import SORRY, next_step, thanks
from coach.schemas import Finding
from coach.verify import Verdict, capitalized, said_in

_MIN_WORDS = 15  # a shorter body says too little to somebody who is unhappy
# A first sentence that greets as well: "Dear Ms Hall, the mug is on its way", "Gaz, that's on us".
_ADDRESSED = re.compile(
    r"(?i:hi|hello|hey|hei|hallo|dear|good (?:morning|afternoon|evening|day)|sir|madame?|sehr geehrte\w*)\b|"
    r"(?:[A-Z][\w.'-]* ){0,2}[A-Z][\w'-]+, ",
)

Judge = Callable[[Letter], Verdict]


def mended(letter: Letter, verdict: Verdict, brief: Brief, judge: Judge) -> tuple[Letter, Verdict]:
    """A reply with its faulty sentences replaced or dropped, and with what it misses added, as far as that helps.

    Args:
        letter: The reply.
        verdict: What is wrong with it.
        brief: What the shop has to say.
        judge: What judges a whole reply.
    """
    letter = replace(letter, body=" ".join(_kept(letter, verdict.findings)))
    verdict = judge(letter)
    while any(finding.rule == "too-long" for finding in verdict.findings) and len(sentence_spans(letter.body)) > 1:
        letter = replace(letter, body=letter.body[: sentence_spans(letter.body)[-1][0]].rstrip())
        verdict = judge(letter)
    for _ in brief.points:
        enough = len(letter.body.split()) >= _MIN_WORDS
        if verdict.passed and enough:
            break
        tried = [(longer, judge(longer)) for longer in _longer(letter, brief)]
        better, judged = min(tried, key=lambda item: len(item[1].findings), default=(letter, verdict))
        if len(judged.findings) >= len(verdict.findings) and (enough or not judged.passed):
            break
        letter, verdict = better, judged
    if {finding.rule for finding in verdict.findings} == {"no-next-step"} and verdict.language in READABLE:
        asking = replace(letter, body=f"{letter.body} {next_step(after_a_mistake=brief.fault == 'shop')}")
        judged = judge(asking)
        letter, verdict = (asking, judged) if judged.passed else (letter, verdict)
    return letter, verdict


def composed(letter: Letter, brief: Brief) -> Letter:
    """The plainest reply there is: what the shop has to say, point by point, and thanks where it owns nothing."""
    said = [_ended(point.text) for point in brief.due]
    owned = any(point.owned for point in brief.due)
    opening = "" if owned or not said else thanks(detect_language(" ".join(said)))
    return replace(letter, body=" ".join([opening, *said]).lstrip())


def _ended(sentence: str) -> str:
    sentence = sentence.rstrip()
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _kept(letter: Letter, findings: Sequence[Finding]) -> Iterator[str]:
    """The body's sentences without a fault; one whose every fault has a suggestion is mended by it."""
    start_of_body = str(letter).index(letter.body, len(letter.greeting)) if letter.body else 0
    for start, end in sentence_spans(letter.body):
        left, right = start + start_of_body, end + start_of_body
        inside = [f for f in findings if f.start < f.end and f.start < right and left < f.end]
        if not inside:
            yield letter.body[start:end]
        elif all(f.suggestion is not None and left <= f.start and f.end <= right for f in inside):
            yield _replaced(letter.body[start:end], inside, left)


def _replaced(sentence: str, findings: Sequence[Finding], shift: int) -> str:
    for finding in sorted(findings, key=lambda f: f.start, reverse=True):
        sentence = sentence[: finding.start - shift] + (finding.suggestion or "") + sentence[finding.end - shift :]
    return sentence.strip()


def points_said(letter: Letter, brief: Brief) -> int:
    """How many of the points that are due a reply makes."""
    return sum(said_in(_ended(point.text), letter.body) for point in brief.due)


def completed(
    letter: Letter, verdict: Verdict, brief: Brief, needed: Sequence[Point], judge: Judge
) -> tuple[Letter, Verdict]:
    """A reply that passes, with the points that it may not leave out, each in its place, as far as it still passes.

    Args:
        letter: The reply.
        verdict: What was found in it: nothing.
        brief: What the shop has to say.
        needed: The points of it that may not be left out.
        judge: What judges a whole reply.
    """
    for point in needed:
        sentence = _ended(point.text)
        if not said_in(sentence, letter.body):
            before = [_ended(other.text) for other in brief.points[: brief.points.index(point)]]
            longer = replace(letter, body=_inserted(sentence, letter.body, before))
            judged = judge(longer)
            letter, verdict = (longer, judged) if judged.passed else (letter, verdict)
    return letter, verdict


def _inserted(sentence: str, body: str, before: Sequence[str]) -> str:
    """A body with a sentence more: behind the last of those that say what comes before it, else at the end."""
    said = [end for start, end in sentence_spans(body) if any(said_in(other, body[start:end]) for other in before)]
    place = said[-1] if said else len(body)
    return f"{body[:place]} {sentence}{body[place:]}"


def _longer(letter: Letter, brief: Brief) -> Iterator[Letter]:
    """The reply with one more of the points that it was to make and does not: an admission first, the others last."""
    for point in brief.points:
        sentence = _ended(point.text)
        if not said_in(sentence, letter.body):
            first = sentence.startswith(SORRY)
            yield replace(letter, body=_begun_with(sentence, letter) if first else f"{letter.body} {sentence}".strip())


def _begun_with(admission: str, letter: Letter) -> str:
    """A body with an admission at its beginning: behind the customer's name, where it stands in the first sentence."""
    body = letter.body
    if not letter.greeting and _ADDRESSED.match(body):
        end = sentence_spans(body)[0][1]
        return f"{body[:end]} {admission}{body[end:]}"
    return f"{admission} {capitalized(body)}".strip()
