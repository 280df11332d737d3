"""`GET /v1/rules`: what a client shows when somebody asks why."""

import httpx

from coach.rules import catalogue
from coach.schemas import RuleResponse


async def test_every_rule_is_listed(client: httpx.AsyncClient) -> None:
    """By id, each with its reason, its sources and its examples."""
    response = await client.get("/v1/rules")
    assert response.status_code == 200
    rules = [RuleResponse.model_validate(rule) for rule in response.json()]
    assert [rule.id for rule in rules] == sorted(catalogue())
    for rule in rules:
        assert rule.why
        assert rule.instead
        assert rule.sources
        assert rule.bad
        assert rule.good


async def test_one_rule_is_found_by_its_id(client: httpx.AsyncClient) -> None:
    """It is the same as in the list, and its examples say where the fault stands."""
    listed = (await client.get("/v1/rules")).json()
    blame = (await client.get("/v1/rules/blame")).json()
    assert blame in listed
    own = catalogue()["blame"]
    example, (start, end) = blame["bad"][0], blame["bad"][0]["spans"][0]
    assert f"[[{example['text'][start:end]}]]" in own.bad[0].text
    assert "[[" not in example["text"]


async def test_an_unknown_rule_is_a_problem(client: httpx.AsyncClient) -> None:
    """It says where the rules are listed."""
    response = await client.get("/v1/rules/blam")
    assert response.status_code == 404
    assert "GET /v1/rules" in response.json()["detail"]
