"""Nothing that anybody wrote is ever in a log, whatever happens to the request that it was in."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import structlog
from pydantic import ValidationError

from coach.errors import ModelUnavailable
from coach.logs import configure_logs
from coach.model import Model
from coach.openai_model import OpenAIModel
from coach.schemas import ReplyRequest
from tests.fake_model import FakeModel
from tests.fake_upstream import Behaviour, FakeUpstream, answering, cutting, failing, hanging, replying
from tests.served import served

# One word for each place where somebody writes something.
MESSAGE, DRAFT, FACT, POLICY_ID, POLICY_TITLE, POLICY_TEXT = "quincunx", "borborygm", "zarf", "petrichor", "ulu", "vug"
SIGN_OFF, REPLY, UPSTREAM, KEY, RULE = "xertz", "jentacular", "kakorrhaph", "sk-tmesis", "nudiustertian"
SECRETS = [MESSAGE, DRAFT, FACT, POLICY_ID, POLICY_TITLE, POLICY_TEXT, SIGN_OFF, REPLY, UPSTREAM, KEY, RULE]

REQUEST = {
    "customer_message": f"The {MESSAGE} is broken!",
    "draft": f"You should have read the listing. The {DRAFT} is free.",
    "facts": [f"The {FACT} is in stock."],
    "policies": [{"id": POLICY_ID, "title": POLICY_TITLE, "text": f"The {POLICY_TEXT} is swapped."}],
    "voice": {"sign_off": SIGN_OFF},
}
GOOD = f"I'm sorry we broke the {REPLY}. The {DRAFT} is free."
BAD = f"It is our policy that we cannot swap the {REPLY}."
FRENCH = {"voice": {"language": "fr", "sign_off": SIGN_OFF}}  # nothing that the shop has said is
JSON, STREAM = "application/json", "text/event-stream"


class Logs:
    """All that is logged: standard error, and every record of every library at any level."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.events = io.StringIO()
        self.records = io.StringIO()
        self._capfd = capfd

    def read(self) -> str:
        """Everything."""
        out, err = self._capfd.readouterr()
        return out + err + self.events.getvalue() + self.records.getvalue()


@pytest.fixture
def logs(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Logs]:
    """Logs as the service writes them, at the lowest level."""
    logs = Logs(capfd)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", logs.events)
        configure_logs("json", "debug")
    handler = logging.StreamHandler(logs.records)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield logs
    root.removeHandler(handler)


async def ask(model: Model, accept: str, body: Any = REQUEST) -> str:
    """One request over a real socket; gives the answer."""
    async with served(model) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        response = await client.post("/v1/replies", json=body, headers={"accept": accept})
    return response.text


def assert_silent(text: str) -> None:
    """That the request is in the log, and nobody's words are."""
    assert '"request.done"' in text
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("accept", [JSON, STREAM])
@pytest.mark.parametrize(
    ("behaviours", "more", "answer_holds"),
    [
        pytest.param([answering(GOOD)], {}, f'"ready":true,"reply":"{GOOD}', id="ready"),
        pytest.param([answering(BAD), answering(GOOD)], {}, f'"ready":true,"reply":"{GOOD}', id="mended"),
        pytest.param([answering(BAD)], FRENCH, f'"ready":false,"reply":"{BAD}', id="not ready"),
        pytest.param([failing(400, message=f"{UPSTREAM} {MESSAGE}")], {}, "502", id="refused"),
        pytest.param([failing(401, message=f"wrong key {KEY}")], {}, "503", id="key rejected"),
        pytest.param([failing(503, message=UPSTREAM, Retry_After="60")], {}, "503", id="overloaded"),
        pytest.param([replying(200, f"<p>{UPSTREAM}</p>", "text/html")], {}, "502", id="HTML"),
        pytest.param([replying(200, f'{{"{UPSTREAM}', "text/event-stream")], {}, "502", id="rubbish"),
        pytest.param([cutting(REPLY)], {}, "503", id="cut off"),
        pytest.param([hanging(REPLY)], {"deadline_ms": 1000}, "504", id="hangs"),
    ],
)
async def test_no_words_of_a_request_are_logged(
    logs: Logs, behaviours: list[Behaviour], more: dict[str, Any], answer_holds: str, accept: str
) -> None:
    """Neither the customer's nor the seller's nor the model's, nor the key: not even at the lowest level."""
    async with FakeUpstream(*behaviours) as upstream:
        model = OpenAIModel("m", base_url=upstream.url, api_key=KEY)
        answer = await ask(model, accept, REQUEST | more)
        told = json.dumps([request.body for request in upstream.completions])
        assert upstream.completions[0].headers["authorization"] == f"Bearer {KEY}"
    assert answer_holds in answer
    for secret in (MESSAGE, DRAFT, FACT, POLICY_TITLE, POLICY_TEXT):
        assert secret in told
    assert_silent(logs.read())


@pytest.mark.parametrize("accept", [JSON, STREAM])
@pytest.mark.parametrize(
    "error",
    [
        pytest.param(lambda: KeyError(MESSAGE, DRAFT), id="a crash"),
        pytest.param(lambda: ValueError(f"could not read {REPLY!r}"), id="a crash with a message"),
        pytest.param(lambda: ExceptionGroup(MESSAGE, [KeyError(DRAFT)]), id="several"),
        pytest.param(lambda: ModelUnavailable("Gone."), id="an error of ours"),
    ],
)
async def test_no_words_of_a_crash_are_logged(logs: Logs, error: Callable[[], Exception], accept: str) -> None:
    """An exception's own text may hold anything; where it happened is enough."""
    assert "request_id" in await ask(FakeModel([error()]), accept)
    text = logs.read()
    assert_silent(text)
    assert ('"request.crashed"' in text) == (not isinstance(error(), ModelUnavailable))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({**REQUEST, "draft": [DRAFT], "facts": {FACT: FACT}, RULE: RULE}, id="wrong fields"),
        pytest.param({**REQUEST, "rules_off": [RULE]}, id="an unknown rule"),
        pytest.param({**REQUEST, "policies": REQUEST["policies"] * 2}, id="two policies with one id"),  # type: ignore[operator]
        pytest.param([MESSAGE], id="no object"),
        pytest.param({**REQUEST, "customer_message": f"{MESSAGE} " * 300_000}, id="too large"),
    ],
)
async def test_no_words_of_a_refused_request_are_logged(logs: Logs, body: Any) -> None:
    """What cannot be used is nobody's business either."""
    assert "request_id" in await ask(FakeModel(), JSON, body)
    assert_silent(logs.read())


def test_events_are_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """One line an event, with its name, level, time and keys, on standard error."""
    configure_logs("json")
    structlog.get_logger("x").info("thing.done", count=2)
    out, err = capsys.readouterr()
    event = json.loads(err)
    assert out == ""
    assert event.pop("timestamp")
    assert event == {"event": "thing.done", "level": "info", "count": 2}


@pytest.mark.parametrize(("log_format", "is_json"), [("console", False), ("auto", True)])
def test_people_get_another_form(capsys: pytest.CaptureFixture[str], log_format: str, is_json: bool) -> None:
    """Where nobody asked for one, what is no terminal gets JSON."""
    configure_logs(log_format)
    structlog.get_logger("x").info("thing.done")
    assert capsys.readouterr().err.startswith("{") == is_json


def test_what_is_below_the_level_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever asks for warnings gets those, and what is worse."""
    configure_logs("json", "warning")
    log = structlog.get_logger("x")
    log.info("thing.done")
    log.warning("thing.odd")
    assert json.loads(capsys.readouterr().err)["event"] == "thing.odd"


@pytest.mark.parametrize("name", ["openai._base_client", "httpx2", "httpcore2.connection", "uvicorn.access", "asyncio"])
def test_libraries_do_not_narrate_each_request(name: str) -> None:
    """They say when something is wrong, whatever level the service's own events have."""
    logging.getLogger().setLevel(logging.DEBUG)
    configure_logs("json", "debug")
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    assert logging.getLogger(name).isEnabledFor(logging.WARNING)


def test_a_wrong_request_is_not_quoted_in_its_error() -> None:
    """Errors end up in logs and in tickets: they name the field and leave out what stood in it."""
    with pytest.raises(ValidationError, match="customer_message") as caught:
        ReplyRequest.model_validate({"customer_message": [MESSAGE], "facts": [{"x": FACT}], "draft": f"{DRAFT}\0"})
    assert [word for word in (MESSAGE, FACT, DRAFT) if word in str(caught.value)] == []


def test_an_exception_is_logged_as_places_in_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    """Its kind, and each file, line and function on the way; neither its text nor that of what caused it."""
    configure_logs("json")
    try:
        _fail()
    except ValueError as error:
        structlog.get_logger("x").error("thing.failed", exc=error)
    text = capsys.readouterr().err
    event = json.loads(text)
    assert event["error"] == "ValueError"
    assert [frame.rsplit(" ", 1)[1] for frame in event["trace"]] == [
        "test_an_exception_is_logged_as_places_in_the_code",
        "_fail",
    ]
    assert "test_logs.py" in event["trace"][0]
    assert MESSAGE not in text


def _fail() -> None:
    raise ValueError(MESSAGE) from KeyError(MESSAGE)
