"""What the seller should know that is not part of the reply: one TOML file here is one piece of advice."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from coach.rules import Cue
from coach.schemas import Advice
from coach.verify import Situation, Verdict, Verifier
from coach.verify.cues import Cues

_ANGRY = frozenset({"hostility", "suspicion", "guilt-trip"})
_HEATED = frozenset({"blame", "argument", "condescension", "dead-end"})
_VERY_HEATED = 3  # of these in a draft, and it was written in anger too


def advice_for(situation: Situation, draft: Verdict, reply: Verdict | None, verifier: Verifier) -> list[Advice]:
    """All the advice that a request calls for.

    Args:
        situation: What the request says.
        draft: What was found in the draft.
        reply: What was found in the reply; None where there is none.
        verifier: What reads policies and points.
    """
    return [
        Advice(kind=kind, message=_texts()[kind].message.format(**fields))
        for kind, fields in _called_for(situation, draft, reply, verifier)
    ]


def _called_for(
    situation: Situation, draft: Verdict, reply: Verdict | None, verifier: Verifier
) -> Iterator[tuple[str, dict[str, str]]]:
    customer = situation.customer or ""
    errors = [finding for finding in draft.findings if finding.severity == "error"]
    heated = sum(finding.rule in _HEATED for finding in errors)
    if heated >= _VERY_HEATED or any(finding.rule in _ANGRY for finding in errors):
        yield "cool-off", {}
    for kind in ("boundary", "legal-threat"):
        if _texts()[kind].cues.said("customer", customer):
            yield kind, {}
    if situation.channel == "public":
        yield "public-channel", {}
    if not situation.of("policy"):
        yield "no-policy", {}
    yield from _about_sources(situation, verifier)
    if reply and reply.unread:
        yield "language", {"language": reply.language, "rules": ", ".join(reply.unread)}


def _about_sources(situation: Situation, verifier: Verifier) -> Iterator[tuple[str, dict[str, str]]]:
    for first, second in dict.fromkeys((one, other) for _, one, other in verifier.commitments.conflicts(situation)):
        yield "policies-contradict", {"first": first.name, "second": second.name}
    for source, policy in verifier.facts_against_policies(situation):
        yield "fact-against-policy", {"fact": source.text, "policy": policy.name}
    for kind, policy in verifier.forbidden_offers(situation):
        yield "policy-forbids", {"kind": kind, "policy": policy.name}
    for source in situation.set_aside:
        yield "set-aside", {"source": source.name}


@dataclass(frozen=True, slots=True)
class _Text:
    message: str
    cues: Cues


@cache
def _texts() -> dict[str, _Text]:
    texts = {}
    for entry in files(__name__).iterdir():
        if entry.name.endswith(".toml"):
            kind = entry.name.removesuffix(".toml")
            data = tomllib.loads(entry.read_text(encoding="utf-8"))
            cues = {name: Cue.model_validate(cue) for name, cue in data.get("cues", {}).items()}
            texts[kind] = _Text(data["message"], Cues(kind, cues))
    return texts
