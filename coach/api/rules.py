"""`GET /v1/rules`: the rules of tone, their reasons, sources and examples."""

from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from coach.api.problems import problem_specs
from coach.check import Checker
from coach.rules import Rule
from coach.schemas import RuleExample, RuleResponse


@get("/rules", sync_to_thread=False, summary="All rules", tags=["rules"])
def list_rules(checker: NamedDependency[Checker]) -> list[RuleResponse]:
    """All rules, by id."""
    return [rule_response(rule) for rule in checker.rules.values()]


@get(
    "/rules/{rule_id:str}",
    sync_to_thread=False,
    summary="One rule",
    responses=problem_specs(404),
    tags=["rules"],
)
def get_rule(rule_id: FromPath[str], checker: NamedDependency[Checker]) -> RuleResponse:
    """One rule."""
    if rule_id not in checker.rules:
        raise NotFoundException("There is no such rule; GET /v1/rules lists them.")
    return rule_response(checker.rules[rule_id])


def rule_response(rule: Rule) -> RuleResponse:
    """A rule as clients see it."""
    return RuleResponse(
        id=rule.id,
        name=rule.name,
        message=rule.message,
        why=rule.why,
        instead=rule.instead,
        severity=rule.severity,
        sources=list(rule.sources),
        bad=[RuleExample(text=bad.plain, spans=bad.spans, better=bad.better) for bad in rule.bad],
        good=[good.text for good in rule.good],
    )
