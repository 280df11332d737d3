"""`POST /v1/checks`: what is wrong with a text, where, why and what to write instead, without a model."""

import httpx
import pytest

from coach.schemas import CheckResponse
from tests.fake_model import FakeModel

BLAME = "You should have read the listing."


async def check(client: httpx.AsyncClient, **body: object) -> CheckResponse:
    """What a client is told."""
    response = await client.post("/v1/checks", json=body)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    return CheckResponse.model_validate_json(response.content)


@pytest.mark.parametrize("text", ["", " ", "🙏", "We can swap it for a large.", "لقد انتظرت"])
async def test_a_text_without_faults_has_no_findings(client: httpx.AsyncClient, text: str) -> None:
    """Whoever has typed nothing yet is not told off."""
    assert (await check(client, text=text)).findings == []


async def test_a_finding_is_told_with_all_that_a_client_needs(client: httpx.AsyncClient, model: FakeModel) -> None:
    """Where it stands in code points and for JavaScript, why, and no model is asked."""
    checked = await check(client, text=f"🙏🙏 {BLAME}")
    (finding,) = checked.findings
    assert not checked.clean
    assert checked.language == "en"
    assert (finding.rule, finding.severity, finding.quote) == ("blame", "error", "You should have read the listing")
    assert (finding.start, finding.end, finding.start_utf16, finding.end_utf16) == (3, 35, 5, 37)
    assert finding.message
    assert finding.why
    assert set(checked.timings_ms) == {"total"}
    assert model.conversations == []


async def test_a_clean_text_is_one_that_the_rules_can_read(client: httpx.AsyncClient) -> None:
    """No finding proves nothing in a language that no rule reads."""
    assert (await check(client, text="We can swap it for a large one.")).clean
    german = await check(client, text="Wir tauschen es gegen eine größere Größe um.")
    assert (german.clean, german.findings, german.language) == (True, [], "de")
    japanese = await check(client, text="大きいサイズと交換いたします。")
    assert (japanese.clean, japanese.findings, japanese.language) == (False, [], "ja")


async def test_what_is_quoted_is_not_judged(client: httpx.AsyncClient) -> None:
    """The customer's own words, and the policies', may be quoted back."""
    text = f'You wrote "{BLAME}" A large leaves today.'
    assert (await check(client, text=text, customer_message=f"They said: {BLAME}")).clean
    assert (await check(client, text=text, customer_message="x", policies=[{"id": "p", "text": BLAME}])).clean
    assert not (await check(client, text=text, customer_message="x")).clean


async def test_a_rule_that_is_off_finds_nothing(client: httpx.AsyncClient) -> None:
    """Its id is enough."""
    assert (await check(client, text=BLAME, rules_off=["blame"])).clean


async def test_an_unknown_rule_cannot_be_turned_off(client: httpx.AsyncClient) -> None:
    """A slip of the pen must not pass for a rule that is off."""
    response = await client.post("/v1/checks", json={"text": BLAME, "rules_off": ["blam"]})
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["rules_off[0]"]


async def test_with_the_customers_message_the_whole_reply_is_judged(client: httpx.AsyncClient) -> None:
    """What is missing is a finding of no length at the end; what a policy rules out may not be promised."""
    policy = {"id": "custom", "text": "Painted boxes cannot be refunded, because each is made for one person."}
    message = "The box is too small, I want my money back!"
    text = "Thank you for writing. I refund the box."
    alone = await check(client, text=text)
    checked = await check(client, text=text, customer_message=message, policies=[policy])
    assert alone.clean
    (finding,) = checked.findings
    assert (finding.rule, finding.detector, finding.quote) == ("unbacked-promise", "context", "refund")
    assert 'The policy "custom" rules it out' in finding.message
    checked = await check(client, text="Thank you for writing.", customer_message=message)
    assert {(f.rule, f.start, f.end) for f in checked.findings} == {("no-next-step", 22, 22), ("unanswered", 22, 22)}
