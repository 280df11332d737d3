"""From a request to an answer: what the model is told, what is told of it, and when a reply is ready."""

import asyncio
import hashlib
from itertools import accumulate
from types import SimpleNamespace

import pytest

from coach.check import Checker
from coach.coaching import (
    MAX_ATTEMPTS,
    MAX_NOTE_TOKENS,
    MAX_REPLY_TOKENS,
    Coach,
    Coached,
    DraftChecked,
    Event,
    SentencePassed,
)
from coach.errors import InputError, ModelBadAnswer, ModelTimeout, ModelUnavailable, TooLongError
from coach.model import Message
from coach.saying import thanks
from coach.schemas import Policy, ReplyRequest, ReplyResponse, Voice
from coach.verify import situation_of
from coach.wording import wording_of
from tests.fake_model import HANG, USAGE, Answer, FakeModel
from tests.fake_reader import FakeReader

CUSTOMER = "The shirt is a medium and I had ordered a large!"
BLAME = "You should have read the listing."
WALL = "It is our policy that we cannot do that."
OFFER = "We can swap it for a large."
DRAFT = f"Hi Dana,\n\n{BLAME} {OFFER}\n\nBest,\nLiz"
SORRY = "I'm sorry we sent the wrong size."
TODAY = "A large leaves today."
GOOD = f"{SORRY} {TODAY}"
POLICY = "If we sent the wrong size, we swap it for the right one; the customer sends it back."
GERMAN = "Es tut mir leid, dass wir die falsche Größe geschickt haben. Die richtige geht heute noch auf die Reise."
FACTS = ["We sent the wrong size", "A large leaves today", "The customer sent a photo"]
REQUEST = ReplyRequest(customer_message=CUSTOMER, draft=DRAFT, facts=FACTS)
FACTS_ONLY = ReplyRequest(customer_message=CUSTOMER, facts=FACTS)
# There is nothing in it that code could add to a reply.
BARE = ReplyRequest(customer_message=CUSTOMER, draft=f"Hi Dana,\n\n{BLAME}\n\nBest,\nLiz")


@pytest.fixture(scope="module")
def checker() -> Checker:
    """One for all: it holds nothing but the rules."""
    return Checker()


@pytest.fixture(autouse=True)
def _nothing_is_read_by_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens to a request is tested here, and not what the case reader makes of it."""
    monkeypatch.setattr("coach.verify.shipped_reader", FakeReader)


async def told(coach: Coach, request: ReplyRequest) -> list[Event]:
    """All that happens while a reply is coached."""
    return [event async for event in coach.events(request)]


def joined(events: list[Event]) -> str:
    """What a streaming caller has put together."""
    sentences: list[str] = []
    for event in events:
        if isinstance(event, SentencePassed):
            sentences[event.index :] = [event.text]
    return "".join(sentences)


def response_in(events: list[Event]) -> ReplyResponse:
    """The answer that ends the events."""
    assert isinstance(events[-1], Coached)
    return events[-1].response


@pytest.mark.parametrize("draft", [f"Hi Dana,\n\n{GOOD}\n\nBest,\nLiz", f"  {GOOD}\n"])
async def test_a_good_draft_comes_back_as_it_was(checker: Checker, draft: str) -> None:
    """What is good already costs no model call, and not a character of it changes."""
    model = FakeModel()
    reply = await Coach(model, checker).reply(ReplyRequest(customer_message=CUSTOMER, draft=draft))
    assert (reply.outcome, reply.ready, reply.reply, reply.attempts) == ("unchanged", True, draft, 0)
    assert (reply.edits, reply.draft_findings, reply.reply_findings) == ([], [], [])
    assert model.conversations == []


async def test_a_faulty_draft_is_rewritten(checker: Checker) -> None:
    """The answer holds the draft's findings, a reply without any, and who wrote it at what cost."""
    coach = Coach(FakeModel(GOOD, name="m1"), checker)
    reply = await coach.reply(REQUEST)
    assert (reply.outcome, reply.ready, reply.attempts, reply.model) == ("rewritten", True, 1, "m1")
    assert "You should have read the listing" in [finding.quote for finding in reply.draft_findings]
    assert reply.reply_findings == []
    assert reply.usage == USAGE
    assert reply.prompt_version == coach.prompts.version
    assert reply.language == "en"
    assert set(reply.timings_ms) == {"check", "first_sentence", "model", "total"}


async def test_what_must_not_be_repeated_is_not_told(checker: Checker) -> None:
    """A model repeats what it has read: of a faulty draft it reads the good sentences only."""
    model = FakeModel(WALL, GOOD)
    await Coach(model, checker).reply(REQUEST)
    assert len(model.conversations) == 2
    assert OFFER in model.told
    assert CUSTOMER in model.told
    assert BLAME not in model.told
    assert "should have read" not in model.told


async def test_a_broken_reply_is_sent_back_with_what_is_wrong(checker: Checker) -> None:
    """The second call goes on from the first, holds the answer and names each finding; both calls are counted."""
    model = FakeModel(f"{SORRY} {WALL}", GOOD)
    reply = await Coach(model, checker).reply(REQUEST)
    (wall,) = checker.check(WALL).findings
    first, second = model.conversations
    assert second[:-2] == first
    assert second[-2] == Message("assistant", f"{SORRY} {WALL}")
    assert f'"{wall.quote}": {wall.message}' in second[-1].content
    assert (reply.ready, reply.attempts, reply.usage) == (True, 2, USAGE + USAGE)
    assert reply.reply_findings == []


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([f"{BLAME} {WALL}", WALL], id="the second"),
        pytest.param([WALL, f"{BLAME} {WALL}"], id="the first"),
    ],
)
async def test_of_several_broken_replies_the_best_one_comes_back(checker: Checker, answers: list[str]) -> None:
    """It says that it is not ready, and what is wrong with it; there is no fourth call."""
    model = FakeModel(*answers, f"{BLAME} {WALL}")
    reply = await Coach(model, checker).reply(BARE)
    assert (reply.outcome, reply.ready, reply.attempts) == ("rewritten", False, MAX_ATTEMPTS)
    assert reply.reply == f"Hi Dana,\n\n{WALL}\n\nBest,\nLiz"
    assert "policy-wall" in [finding.rule for finding in reply.reply_findings]
    assert len(model.conversations) == MAX_ATTEMPTS


async def test_what_the_model_does_not_mend_code_does(checker: Checker) -> None:
    """The faulty sentence is dropped, and what the shop has to say takes its place: true, checked, and ready."""
    reply = await Coach(FakeModel(f"{SORRY} {WALL}"), checker).reply(REQUEST)
    assert (reply.ready, reply.attempts) == (True, 2)
    assert reply.reply is not None
    assert reply.reply.startswith("Hi Dana,\n\nI'm sorry: we sent the wrong size. A large leaves today.")
    assert WALL not in reply.reply


async def test_what_the_shop_gives_is_not_left_out(checker: Checker) -> None:
    """A reply that passes and forgets what a fact grants gets it in its place; who reads along is told of it."""
    facts = ["We sent the wrong size", "A credit of 6 dollars was booked today"]
    request = ReplyRequest(customer_message=CUSTOMER, draft=DRAFT, facts=facts)
    events = await told(Coach(FakeModel(f"{SORRY} {OFFER}"), checker), request)
    reply = response_in(events)
    assert (reply.ready, reply.attempts) == (True, 1)
    assert reply.reply == f"Hi Dana,\n\n{SORRY} {facts[1]}. {OFFER}\n\nBest,\nLiz"
    assert joined(events) == reply.reply


async def test_a_fact_that_tells_something_is_not_left_out(checker: Checker) -> None:
    """It comes back where it belongs: behind what the facts before it say."""
    facts = ["We sent the wrong size", "The large is in our shop in Leeds, 3 Mill Yard", "A large leaves today"]
    request = ReplyRequest(customer_message=CUSTOMER, draft=DRAFT, facts=facts)
    reply = await Coach(FakeModel(f"{SORRY} {TODAY} {OFFER}"), checker).reply(request)
    assert reply.reply == f"Hi Dana,\n\n{SORRY} {facts[1]}. {TODAY} {OFFER}\n\nBest,\nLiz"


async def test_a_small_model_is_asked_for_a_reply_only_where_there_are_no_points(checker: Checker) -> None:
    """It chooses badly what to say: where there is something to say, that is the reply, at once and word for word."""
    model = FakeModel(GOOD, small=True)
    events = await told(Coach(model, checker), REQUEST)
    reply = response_in(events)
    assert (reply.outcome, reply.ready, reply.attempts) == ("rewritten", True, 0)
    points = f"I'm sorry: we sent the wrong size. {TODAY} You sent a photo. {OFFER}"
    assert reply.reply == joined(events) == f"Hi Dana,\n\n{points}\n\nBest,\nLiz"
    assert model.conversations == []
    reply = await Coach(FakeModel(WALL, small=True), checker).reply(BARE)
    assert (reply.ready, reply.attempts) == (False, MAX_ATTEMPTS)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param("The parcel is still at the depot.", "The parcel is still at the depot.", id="little words"),
        pytest.param("We left the parcel at the depot.", "The parcel is still at depot.", id="who did it"),
        pytest.param("Is the parcel still at the depot?", "The parcel is still at depot.", id="a question"),
        pytest.param([ModelUnavailable("gone")], "The parcel is still at depot.", id="no model"),
    ],
)
async def test_a_small_model_puts_a_note_as_a_sentence(checker: Checker, answer: Answer, said: str) -> None:
    """Where it keeps to what it was told it may write; the reply comes in any case."""
    request = ReplyRequest(customer_message=CUSTOMER, facts=["parcel is still at depot", TODAY])
    model = FakeModel(answer, small=True)
    coach = Coach(model, checker)
    events = await told(coach, request)
    reply = response_in(events)
    assert (reply.ready, reply.attempts, reply.reply) == (True, 1, f"{thanks('en')} {said} {TODAY}")
    assert joined(events) == reply.reply
    assert [turns[-1].content for turns in model.conversations] == ["the parcel is still at depot"]
    assert model.grammars == [wording_of("the parcel is still at depot", coach.verifier.reader).grammar]
    assert model.limits == [MAX_NOTE_TOKENS]


async def test_a_small_model_needs_no_room_for_a_whole_reply(checker: Checker) -> None:
    """Not even where the points do not pass: they come back with what is wrong with them."""
    facts = ["parcel is still at depot", TODAY]
    request = ReplyRequest(customer_message=CUSTOMER, facts=facts, voice=Voice(language="fr"))
    reply = await Coach(FakeModel("No.", small=True, context_tokens=1024), checker).reply(request)
    assert (reply.ready, reply.reply) == (False, f"{thanks('en')} The parcel is still at depot. {TODAY}")
    assert "wrong-language" in {finding.rule for finding in reply.reply_findings}


async def test_a_small_model_is_asked_once_where_the_points_do_not_pass(checker: Checker) -> None:
    """It hardly ever mends them, and somebody waits; the points come back with what is wrong with them."""
    request = ReplyRequest(customer_message=CUSTOMER, facts=[TODAY], voice=Voice(language="fr"))
    model = FakeModel(WALL, small=True)
    reply = await Coach(model, checker).reply(request)
    assert (reply.ready, reply.attempts, len(model.conversations)) == (False, 1, 1)
    large = FakeModel(WALL)
    assert (await Coach(large, checker).reply(request)).attempts == len(large.conversations) == MAX_ATTEMPTS


def test_the_plan_for_a_small_model_is_its_notes(checker: Checker) -> None:
    """What is a sentence already is not sent; where all is, nothing is."""
    coach = Coach(FakeModel(small=True), checker)
    plan = coach.plan(ReplyRequest(customer_message=CUSTOMER, facts=["parcel is still at depot", TODAY]))
    assert plan.messages == tuple(coach.prompts.note_conversation("the parcel is still at depot"))
    assert coach.plan(REQUEST).messages == ()


async def test_a_mistake_that_was_jotted_down_is_owned_in_a_sentence(checker: Checker) -> None:
    """The model gets the note alone; the apology before it is the coach's."""
    request = ReplyRequest(customer_message=CUSTOMER, facts=["we packed medium from wrong shelf", TODAY])
    reply = await Coach(FakeModel("We packed a medium from the wrong shelf.", small=True), checker).reply(request)
    assert reply.reply == f"I'm sorry: we packed a medium from the wrong shelf. {TODAY}"


async def test_a_small_model_that_has_failed_is_not_asked_again(checker: Checker) -> None:
    """The first note has shown it: the others need not wait as long."""
    request = ReplyRequest(customer_message=CUSTOMER, facts=["parcel is still at depot", "letter came back", TODAY])
    model = FakeModel([ModelTimeout("too late")], small=True)
    await Coach(model, checker).reply(request)
    assert len(model.conversations) == 1
    cut_off = FakeModel([ModelBadAnswer("cut off")], small=True)
    await Coach(cut_off, checker).reply(request)
    assert len(cut_off.conversations) == 2, "that was this note's length"


@pytest.mark.parametrize("small", [True, False])
async def test_a_draft_that_only_lacks_something_keeps_its_words(checker: Checker, small: bool) -> None:
    """Where the model is small: code adds what is missing, and nobody waits. A large one may write it better."""
    lacking = f"Hi Dana,\n\n{TODAY} {OFFER}\n\nBest,\nLiz"
    request = ReplyRequest(customer_message=CUSTOMER, draft=lacking, facts=["We sent the wrong size"])
    model = FakeModel(GOOD, small=small)
    events = await told(Coach(model, checker), request)
    reply = response_in(events)
    assert [finding.rule for finding in reply.draft_findings] == ["no-ownership"]
    assert (reply.outcome, reply.ready, reply.attempts) == ("rewritten", True, 0 if small else 1)
    if small:
        assert reply.reply == f"Hi Dana,\n\nI'm sorry: we sent the wrong size. {TODAY} {OFFER}\n\nBest,\nLiz"
        assert joined(events) == reply.reply
        assert model.conversations == []


async def test_a_draft_on_which_any_doubt_falls_is_not_kept(checker: Checker) -> None:
    """Nothing in it is surely wrong, and something may be."""
    doubtful = f"Hi Dana,\n\n{TODAY} It was in the listing. {OFFER}"
    request = ReplyRequest(customer_message=CUSTOMER, draft=doubtful, facts=["We sent the wrong size"])
    reply = await Coach(FakeModel(GOOD, small=True), checker).reply(request)
    assert all(finding.start == finding.end for finding in reply.draft_findings)
    assert reply.reply
    assert "listing" not in reply.reply


@pytest.mark.parametrize(
    "second",
    [
        pytest.param([ModelUnavailable("gone")], id="unavailable"),
        pytest.param([TooLongError(9000, 8000)], id="no room"),
        pytest.param("", id="nothing"),
    ],
)
async def test_a_failed_repair_leaves_the_first_reply(checker: Checker, second: Answer) -> None:
    """A reply that is not ready, and says so, is worth more than none."""
    reply = await Coach(FakeModel(WALL, second), checker).reply(BARE)
    assert (reply.ready, reply.attempts) == (False, 2)
    assert reply.reply == f"Hi Dana,\n\n{WALL}\n\nBest,\nLiz"
    assert "policy-wall" in [finding.rule for finding in reply.reply_findings]


async def test_an_answer_that_was_cut_off_counts_as_far_as_it_is_whole(checker: Checker) -> None:
    """Half a sentence is dropped; the whole ones before it are a reply like any other."""
    reply = await Coach(FakeModel([f"{GOOD} And if you", ModelBadAnswer("cut off")]), checker).reply(REQUEST)
    assert (reply.ready, reply.attempts) == (True, 1)
    assert reply.reply == f"Hi Dana,\n\n{GOOD}\n\nBest,\nLiz"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(f"Sure! Here is the reply:\n\n{GOOD}", id="a preamble"),
        pytest.param(f'"{GOOD}"', id="quotation marks"),
        pytest.param(f'{{"reply": "{GOOD}"}}', id="JSON"),
        pytest.param(f"```\n{GOOD}\n```", id="a code fence"),
        pytest.param(f"{GOOD}\n\nNote: I left the policy out.", id="an afterword"),
    ],
)
async def test_what_is_wrapped_round_a_reply_is_taken_off(checker: Checker, answer: str) -> None:
    """Models chat; the customer gets the reply alone."""
    reply = await Coach(FakeModel(answer), checker).reply(REQUEST)
    assert (reply.ready, reply.attempts, reply.reply) == (True, 1, f"Hi Dana,\n\n{GOOD}\n\nBest,\nLiz")


async def test_a_repair_that_takes_too_long_leaves_the_first_reply(
    checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline holds for all calls together."""
    model = FakeModel(WALL, [SORRY, HANG])
    clock = SimpleNamespace(perf_counter=lambda: 61.0 if len(model.conversations) > 1 else 0.0)
    monkeypatch.setattr("coach.coaching.time", clock)
    reply = await Coach(model, checker, deadline_ms=60_000).reply(BARE)
    assert (reply.ready, reply.attempts) == (False, 2)
    assert model.stopped.is_set()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param([ModelUnavailable("gone", 7)], ModelUnavailable, id="unavailable"),
        pytest.param(["I am", ModelBadAnswer("cut off")], ModelBadAnswer, id="cut off in its first sentence"),
        pytest.param([TooLongError(9000, 8000)], TooLongError, id="no room"),
        pytest.param(" \n", ModelBadAnswer, id="white space"),
        pytest.param("Hi Dana,\n\nBest,\nLiz", ModelBadAnswer, id="greeting and sign-off only"),
    ],
)
async def test_without_any_answer_there_is_an_error(checker: Checker, answer: Answer, kind: type[Exception]) -> None:
    """What the draft's check found has been told by then."""
    events = []
    with pytest.raises(kind):  # noqa: PT012  it is what comes before the error that counts
        async for event in Coach(FakeModel(answer), checker).events(REQUEST):
            events.append(event)  # noqa: PERF401
    first = events[0]
    assert isinstance(first, DraftChecked)
    assert "blame" in [finding.rule for finding in first.findings]


@pytest.mark.parametrize(
    "answer", [pytest.param([HANG], id="at once"), pytest.param([SORRY, HANG], id="in the middle")]
)
@pytest.mark.parametrize("whose", ["request", "coach"])
async def test_at_the_deadline_the_model_is_stopped(checker: Checker, answer: Answer, whose: str) -> None:
    """The request's deadline goes before the coach's own; nobody pays for an answer that nobody waits for."""
    model = FakeModel(answer)
    own, asked_for = (500, None) if whose == "coach" else (60_000, 500)
    request = REQUEST.model_copy(update={"deadline_ms": asked_for})
    with pytest.raises(ModelTimeout, match=r"within 0\.5 s"):
        await Coach(model, checker, deadline_ms=own).reply(request)
    assert model.stopped.is_set()


async def test_whoever_stops_waiting_stops_the_model(checker: Checker) -> None:
    """A cancelled call leaves no model at work."""
    model = FakeModel([SORRY, HANG])
    waiting = asyncio.create_task(Coach(model, checker).reply(REQUEST))
    await model.hangs.wait()
    assert not model.stopped.is_set()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert model.stopped.is_set()


async def test_with_nothing_to_go_by_the_seller_is_asked(checker: Checker) -> None:
    """No draft, no fact, no policy: a question comes back in place of something made up, and no model is called."""
    model = FakeModel()
    reply = await Coach(model, checker).reply(ReplyRequest(customer_message=GERMAN, policies=[]))
    assert (reply.outcome, reply.ready, reply.reply, reply.language) == ("needs_input", False, None, "de")
    assert reply.question
    assert model.conversations == []


@pytest.mark.parametrize(
    ("request_", "book"),
    [
        pytest.param(FACTS_ONLY, [], id="a fact"),
        pytest.param(
            ReplyRequest(customer_message=CUSTOMER, policies=[Policy(id="p", text=POLICY)]),
            [],
            id="a policy",
        ),
        pytest.param(ReplyRequest(customer_message=CUSTOMER), [Policy(id="p", text=POLICY)], id="the server's book"),
    ],
)
async def test_something_to_go_by_is_enough(checker: Checker, request_: ReplyRequest, book: list[Policy]) -> None:
    """Any fact or policy, the server's own book included, is worth a reply; there is no draft that could change."""
    model = FakeModel("I'm sorry we sent the wrong size. We swap it for a large; please send it back.")
    reply = await Coach(model, checker, policies=book).reply(request_)
    assert (reply.outcome, reply.ready, reply.question, reply.edits) == ("rewritten", True, None, [])
    assert POLICY in model.told or FACTS[1] in model.told


async def test_a_requests_policies_take_the_place_of_the_book(checker: Checker) -> None:
    """Whoever brings policies, or says that there are none, means those."""
    book = [Policy(id="book", text="Swaps cost five pounds.")]
    model = FakeModel(GOOD)
    await Coach(model, checker, policies=book).reply(REQUEST.model_copy(update={"policies": []}))
    assert "five pounds" not in model.told


@pytest.mark.parametrize(
    ("draft", "sign_off", "answer", "reply"),
    [
        pytest.param(DRAFT, None, GOOD, f"Hi Dana,\n\n{GOOD}\n\nBest,\nLiz", id="the draft's own"),
        pytest.param(DRAFT, "Yours, L.", GOOD, f"Hi Dana,\n\n{GOOD}\n\nYours, L.", id="the voice wins"),
        pytest.param(
            DRAFT,
            None,
            f"Dear customer,\n\n{GOOD}\n\nKind regards,\nThe Shop",
            f"Hi Dana,\n\n{GOOD}\n\nBest,\nLiz",
            id="not the model's",
        ),
        pytest.param(BLAME, None, f"{GOOD}\n\nKind regards,\nThe Shop", GOOD, id="no sign-off is made up"),
        pytest.param(BLAME, None, f"Hello,\n\n{GOOD}", f"Hello,\n\n{GOOD}", id="a greeting is"),
        pytest.param(None, "Liz", f"Hello,\n\n{GOOD}", f"Hello,\n\n{GOOD}\n\nLiz", id="no draft"),
    ],
)
async def test_greeting_and_sign_off_stay_the_sellers_own(
    checker: Checker, draft: str | None, sign_off: str | None, answer: str, reply: str
) -> None:
    """The model writes what stands between them."""
    request = ReplyRequest(customer_message=CUSTOMER, draft=draft, facts=FACTS, voice=Voice(sign_off=sign_off))
    assert (await Coach(FakeModel(answer), checker).reply(request)).reply == reply


SCRIPTS = [
    pytest.param([GOOD], id="good"),
    pytest.param([f"Hello,\n\n{GOOD}\n\nBest,\nThe Shop"], id="a letter"),
    pytest.param([f"{SORRY} {WALL} {TODAY}", GOOD], id="a fault in the middle"),
    pytest.param([f"{SORRY} {WALL}", f"I'm sorry: we mixed up two sizes. {TODAY}"], id="begun anew"),
    pytest.param([f"{SORRY} {TODAY} {WALL}", TODAY], id="shorter than before"),
    pytest.param([f"{SORRY} {WALL}"], id="mended by code"),
    pytest.param([GERMAN], id="another language"),
    pytest.param(["I'm sorry. You get a refund of 500 dollars within 3 days."], id="made up"),
]


@pytest.mark.parametrize("request_", [REQUEST, FACTS_ONLY], ids=["with sign-off", "without draft"])
@pytest.mark.parametrize("answers", SCRIPTS)
async def test_a_ready_reply_is_what_its_sentences_say(
    checker: Checker, answers: list[Answer], request_: ReplyRequest
) -> None:
    """Ready means that exactly the returned text passes; put together, the sentences told are that text."""
    coach = Coach(FakeModel(*answers), checker)
    events = await told(coach, request_)
    response = response_in(events)
    assert isinstance(events[0], DraftChecked)
    assert response.reply is not None
    assert response.ready
    situation = situation_of(request_, [], coach.verifier.commands)
    assert coach.verifier.verify(response.reply, situation).passed
    assert joined(events) == response.reply


@pytest.mark.parametrize("request_", [REQUEST, FACTS_ONLY, BARE], ids=["with sign-off", "without draft", "bare"])
@pytest.mark.parametrize("answers", SCRIPTS)
async def test_no_sentence_is_told_that_does_not_pass(
    checker: Checker, answers: list[Answer], request_: ReplyRequest
) -> None:
    """Whatever a streaming caller has put together at any moment breaks no rule."""
    coach = Coach(FakeModel(*answers), checker)
    events = await told(coach, request_)
    situation = situation_of(request_, [], coach.verifier.commands)
    for so_far in accumulate(([event] for event in events), initial=list[Event]()):
        assert coach.verifier.verify(joined(so_far), situation, whole=False).findings == ()


async def test_what_is_not_ready_says_why(checker: Checker) -> None:
    """A promise of which nobody knows is found, whatever it sounds like, and leaves as not ready."""
    answer = "I'm sorry. You get a refund of 500 dollars within 3 days."
    reply = await Coach(FakeModel(answer), checker).reply(BARE)
    assert not reply.ready
    assert {"unbacked-promise", "changed-facts"} <= {finding.rule for finding in reply.reply_findings}
    assert [(c.kind, c.backing) for c in reply.commitments] == [("refund", None), ("deadline", None)]


@pytest.mark.parametrize("request_", [REQUEST, FACTS_ONLY], ids=["with sign-off", "without draft"])
async def test_only_whole_sentences_are_told(checker: Checker, request_: ReplyRequest) -> None:
    """However small the pieces in which an answer comes, each of its sentences is told once, and whole."""
    greeting = "Hi Dana," if request_ is REQUEST else "Hello,"
    events = await told(Coach(FakeModel(list(f"{greeting}\n\n{GOOD}")), checker), request_)
    texts = [event.text for event in events if isinstance(event, SentencePassed)]
    assert texts[:3] == [greeting, f"\n\n{SORRY}", f" {TODAY}"]
    assert texts[3:] == (["\n\nBest,\nLiz"] if request_ is REQUEST else [])


async def test_sentences_are_told_before_the_answer_is_at_an_end(checker: Checker) -> None:
    """A seller reads along while the model is still at work."""
    model = FakeModel([f"{SORRY} A large", HANG])
    events = Coach(model, checker).events(REQUEST)
    seen = [await anext(events) for _ in range(3)]
    assert seen[1:] == [SentencePassed(0, "Hi Dana,"), SentencePassed(1, f"\n\n{SORRY}")]
    await events.aclose()
    assert model.stopped.is_set()


async def test_a_mended_sentence_comes_again_under_its_index(checker: Checker) -> None:
    """A sentence that stays is not told twice; one that changes is, and so are those that follow it."""
    answers = [f"Thank you for the photo. {SORRY} {WALL}", f"Thank you for the photo. We sent the wrong size. {TODAY}"]
    events = await told(Coach(FakeModel(*answers), checker), FACTS_ONLY)
    assert [event for event in events if isinstance(event, SentencePassed)] == [
        SentencePassed(0, "Thank you for the photo."),
        SentencePassed(1, f" {SORRY}"),
        SentencePassed(1, " We sent the wrong size."),
        SentencePassed(2, f" {TODAY}"),
    ]


async def test_a_reply_in_another_language_than_the_customers_is_not_ready(checker: Checker) -> None:
    """It says so, and it is sent back like any other fault."""
    model = FakeModel(GERMAN)
    reply = await Coach(model, checker).reply(BARE)
    assert (reply.ready, reply.language, reply.attempts) == (False, "de", MAX_ATTEMPTS)
    assert "wrong-language" in [finding.rule for finding in reply.reply_findings]


async def test_a_fault_in_the_sellers_own_sign_off_is_a_fault(checker: Checker) -> None:
    """What is judged is the text that would be sent, down to its last line."""
    request = REQUEST.model_copy(update={"voice": Voice(sign_off=BLAME)})
    reply = await Coach(FakeModel(GOOD), checker).reply(request)
    assert reply.reply is not None
    assert reply.reply.endswith(BLAME)
    assert not reply.ready
    assert "blame" in [finding.rule for finding in reply.reply_findings]


@pytest.mark.parametrize("answers", [[GOOD], [f"{OFFER} {SORRY}"], [WALL], [GERMAN]])
async def test_the_edits_applied_to_the_draft_give_the_reply(checker: Checker, answers: list[str]) -> None:
    """A composer that accepts every change ends with exactly the reply; changes name the rule that was broken."""
    reply = await Coach(FakeModel(*answers), checker).reply(REQUEST)
    text = DRAFT
    for edit in reversed(reply.edits):
        assert text[edit.start : edit.end] == edit.original
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    assert text == reply.reply
    assert "blame" in [rule for edit in reply.edits for rule in edit.rules]


@pytest.mark.parametrize("draft", [DRAFT, GOOD, None])
async def test_an_answer_tells_which_texts_it_is_for(checker: Checker, draft: str | None) -> None:
    """A client computes the same hash, and drops an answer to a text that has changed since."""
    request = ReplyRequest(customer_message=CUSTOMER, draft=draft)
    reply = await Coach(FakeModel(GOOD), checker).reply(request)
    assert reply.input_hash == hashlib.sha256(f"{CUSTOMER}\0{draft or ''}".encode()).hexdigest()


async def test_policies_for_which_there_is_no_room_are_named(checker: Checker) -> None:
    """The most relevant ones are sent; of the others the caller is told."""
    policies = [
        Policy(id="long", text="Gift cards are sold at the till. " * 600),
        Policy(id="swap", text="A shirt of the wrong size is swapped for a large one."),
    ]
    request = REQUEST.model_copy(update={"policies": policies})
    model = FakeModel(GOOD, context_tokens=4096)
    coach = Coach(model, checker)
    assert (await coach.reply(request)).policies_left_out == ["long"]
    assert "swapped for a large one" in model.told
    assert "Gift cards" not in model.told
    plan = coach.plan(request)
    assert plan.policies_left_out == ("long",)
    assert plan.messages == tuple(model.conversations[0])
    assert plan.tokens <= plan.limit_tokens


async def test_what_cannot_fit_is_refused_before_the_model_is_asked(checker: Checker) -> None:
    """Nothing is cut off in silence."""
    model = FakeModel(context_tokens=1024)
    with pytest.raises(TooLongError, match="Shorten"):
        await Coach(model, checker).reply(REQUEST)
    assert model.conversations == []


async def test_a_wish_for_few_words_cuts_no_reply_off(checker: Checker) -> None:
    """The model is asked for few words; it is not stopped in the middle of a sentence."""
    model = FakeModel(GOOD)
    await Coach(model, checker).reply(REQUEST.model_copy(update={"voice": Voice(max_words=20)}))
    assert model.limits == [MAX_REPLY_TOKENS]


async def test_a_rule_that_is_off_is_off_everywhere(checker: Checker) -> None:
    """It finds nothing in the draft and nothing in the reply, and the answer names it."""
    off = REQUEST.model_copy(update={"rules_off": ["blame", "no-ownership", "changed-facts"]})
    model = FakeModel()
    reply = await Coach(model, checker).reply(off)
    assert (reply.outcome, reply.ready, reply.rules_off) == (
        "unchanged",
        True,
        ["blame", "no-ownership", "changed-facts"],
    )
    assert model.conversations == []
    answer = f"{BLAME} {TODAY}"
    rewritten = await Coach(FakeModel(answer), checker).reply(off.model_copy(update={"draft": WALL}))
    assert (rewritten.outcome, rewritten.ready, rewritten.reply) == ("rewritten", True, answer)


async def test_a_rule_that_does_not_exist_is_a_mistake(checker: Checker) -> None:
    """A slip of the pen must not pass for a rule that is off."""
    with pytest.raises(InputError) as caught:
        await Coach(FakeModel(), checker).reply(REQUEST.model_copy(update={"rules_off": ["blame", "blam"]}))
    assert [error["field"] for error in caught.value.errors] == ["rules_off[1]"]


async def test_the_customers_own_words_may_be_quoted(checker: Checker) -> None:
    """A sentence that quotes the customer or a policy back is not the shop's."""
    policy = Policy(id="p", text=WALL)
    reply = f'You wrote: "{BLAME}" Our page says: "{WALL}" {GOOD}'
    request = ReplyRequest(customer_message=BLAME, draft=reply, policies=[policy])
    assert (await Coach(FakeModel(), checker).reply(request)).outcome == "unchanged"


async def test_every_answer_has_an_id_of_its_own(checker: Checker) -> None:
    """Two answers to the same request can be told apart."""
    coach = Coach(FakeModel(GOOD), checker)
    assert (await coach.reply(REQUEST)).id != (await coach.reply(REQUEST)).id
