"""Other ways to brief the model, to show what the coach's own way is worth (`evals run --brief`)."""

from collections.abc import Sequence
from dataclasses import replace

from coach.brief import Brief, BriefMaker, Point, make_brief
from coach.check import sentence_spans
from coach.letter import split_letter
from coach.schemas import Finding, Policy, ReplyRequest
from coach.verify import Situation, Verifier


def draft_brief(
    request: ReplyRequest,
    policies: Sequence[Policy],
    draft_findings: Sequence[Finding],
    verifier: Verifier,
    situation: Situation,
) -> Brief:
    """The facts, and the draft as it is."""
    brief = make_brief(request, policies, draft_findings, verifier, situation)
    body = split_letter(request.draft or "").body
    said = [body[start:end] for start, end in sentence_spans(body)]
    return replace(brief, points=tuple(map(Point, [*request.facts, *said])), refusals=(), fault="unknown", mistake=None)


def sentences_brief(
    request: ReplyRequest,
    policies: Sequence[Policy],
    draft_findings: Sequence[Finding],
    verifier: Verifier,
    situation: Situation,
) -> Brief:
    """The facts, and the draft without its faulty sentences."""
    brief = make_brief(request, policies, draft_findings, verifier, situation)
    told = [*request.facts, *brief.notes]
    return replace(brief, points=tuple(map(Point, told)), refusals=(), fault="unknown", mistake=None)


BRIEFS: dict[str, BriefMaker] = {"points": make_brief, "sentences": sentences_brief, "draft": draft_brief}
