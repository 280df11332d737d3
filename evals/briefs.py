"""Other ways to brief the model, to show what the coach's own way is worth (`evals run --brief`)."""

from collections.abc import Sequence
from dataclasses import replace

from coach.brief import Brief, BriefMaker, make_brief
from coach.letter import split_letter
from coach.points import Point
from coach.schemas import Finding, Policy, ReplyRequest
from coach.verify import Situation, Verifier, sentences


def draft_brief(
    request: ReplyRequest,
    policies: Sequence[Policy],
    draft_findings: Sequence[Finding],
    verifier: Verifier,
    situation: Situation,
) -> Brief:
    """The facts, and the draft as it is."""
    brief = make_brief(request, policies, draft_findings, verifier, situation)
    said = sentences(split_letter(request.draft or "").body)
    return _telling(brief, [*request.facts, *said])


def sentences_brief(
    request: ReplyRequest,
    policies: Sequence[Policy],
    draft_findings: Sequence[Finding],
    verifier: Verifier,
    situation: Situation,
) -> Brief:
    """The facts, and the draft without its faulty sentences."""
    brief = make_brief(request, policies, draft_findings, verifier, situation)
    return _telling(brief, [*request.facts, *brief.notes])


def _telling(brief: Brief, told: Sequence[str]) -> Brief:
    """A brief that tells the model just this."""
    points = tuple(map(Point, told))
    return replace(brief, points=points, spoken=False, refusals=(), fault="unknown", mistake=None)


BRIEFS: dict[str, BriefMaker] = {"points": make_brief, "sentences": sentences_brief, "draft": draft_brief}
