"""The case reader says what a customer is told and makes sentences of notes, and keeps quiet where it is not sure."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from coach.case_reader import DOINGS, MAX_MESSAGE, CaseReader, Layout, ids_of_line, ids_of_words, joined
from coach.check.network import CLS, SEP, Network

MESSAGE = "The kettle leaks from the bottom. Can I have my money back?"
INSERTIONS = ("", "the", "we", "because the")
LAYOUT = Layout(
    INSERTIONS,
    tell={"fact": 0.8, "rule": 0.6},
    keep=0.3,
    idle=0.05,
    fill=0.6,
)


class Told(Network):
    """Says of every text what a test wants it to say; it remembers what it has read."""

    def __init__(
        self,
        told: Sequence[float] = (0.0, 0.0),
        whole: float = 9.0,
        insertions: Sequence[Sequence[float]] = (),
    ) -> None:
        """Logits: of a fact and a rule, of a whole sentence, and a row for each word's insertions."""
        self._first = [*told, *[0.0] * len(DOINGS), whole]
        self._insertions = insertions
        self.read: list[list[int]] = []

    def logits(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        """The same first logits for each token; the insertions one after the other."""
        self.read.append([*ids])
        rows = [[0.0] * len(INSERTIONS), *self._insertions]
        rows += [[0.0] * len(INSERTIONS)] * (len(ids) - len(rows))
        return np.array([[*self._first, *row] for row in rows], dtype=np.float32)


@pytest.fixture(scope="module")
def shipped() -> CaseReader:
    """The real network: loading takes a moment."""
    return CaseReader()


def reader_with(network: Told, monkeypatch: pytest.MonkeyPatch) -> CaseReader:
    """A reader with a network that says what a test wants."""
    reader = CaseReader(remembered=0)
    monkeypatch.setattr(reader, "_network", network)
    monkeypatch.setattr(reader, "layout", LAYOUT)
    return reader


@pytest.mark.parametrize(
    ("logit", "tell"),
    [(1.5, True), (1.3, None), (-0.8, None), (-0.9, False)],
    ids=["sure", "not", "nor not", "not at all"],
)
def test_fact_is_told_where_that_is_sure(logit: float, tell: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the two thresholds other things decide."""
    reader = reader_with(Told(told=(logit, 0.0)), monkeypatch)
    assert reader.tells("fact", "The lid does not close.", MESSAGE) is tell


@pytest.mark.parametrize(("logit", "idle"), [(-2.9, False), (-3.0, True)], ids=["not quite", "surely"])
def test_sentence_is_idle_below_a_threshold_of_its_own(
    logit: float, idle: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seller who writes a sentence means it to be read."""
    reader = reader_with(Told(told=(logit, 0.0)), monkeypatch)
    assert reader.is_idle("The lid does not close.", MESSAGE) is idle


@pytest.mark.parametrize(("logit", "tell"), [(0.5, True), (-9.0, None)], ids=["sure", "not at all"])
def test_rule_is_told_by_a_logit_of_its_own(logit: float, tell: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told of facts says nothing of rules; and of no rule is it ever sure that it is not told."""
    reader = reader_with(Told(told=(-9.0, logit)), monkeypatch)
    assert reader.tells("rule", "What breaks is replaced.", MESSAGE) is tell


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("\u7532\u7532\u7532", MESSAGE),
        ("La tapa no cierra bien desde ayer.", "Quiero que me devuelvan el dinero, por favor."),
    ],
    ids=["no letters that it knows", "Spanish"],
)
def test_nothing_is_said_of_what_it_cannot_read(line: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was trained on English."""
    network = Told(told=(-9.0, 9.0))
    reader = reader_with(network, monkeypatch)
    assert reader.tells("fact", line, message) is None
    assert not reader.is_idle(line, message)
    assert not network.read


def test_rule_is_read_beside_the_facts_and_a_fact_is_not(shipped: CaseReader) -> None:
    """Whether a condition is met stands in the facts."""
    tokenizer = shipped._tokenizer
    alone = ids_of_line(tokenizer, "fact", "The lid leaks.", MESSAGE, ["It was sold in May."])
    beside = ids_of_line(tokenizer, "rule", "The lid leaks.", MESSAGE, ["It was sold in May."])
    assert (alone.count(SEP), beside.count(SEP)) == (2, 3)
    assert alone[0] == beside[0] == CLS


def test_long_message_is_read_at_both_ends(shipped: CaseReader) -> None:
    """What a long message wants stands in front or at its end."""
    tokenizer = shipped._tokenizer
    message = "first " + "and " * 500 + "last"
    ids = ids_of_line(tokenizer, "fact", "The lid leaks.", message, [])
    start = ids.index(SEP) + 1
    read = tokenizer.decode(ids[start:-1]).split()
    assert (read[0], read[-1], len(read)) == ("first", "last", MAX_MESSAGE)


def test_each_word_of_a_note_is_found_again(shipped: CaseReader) -> None:
    """A sign that it does not know is a word all the same."""
    ids, firsts = ids_of_words(shipped._tokenizer, ["lid", "re-glued,", "\U0001f9f7", "\u200b"])
    assert len(firsts) == 4
    assert shipped._tokenizer.decode([ids[place] for place in firsts[:2]]) == "lid re"


def test_small_words_are_put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each before its word, and the note stays as it is."""
    network = Told(insertions=[(0, 0, 9, 0), (9, 0, 0, 0), (0, 9, 0, 0)])
    assert reader_with(network, monkeypatch).sentence_of("sent new lid") == "we sent new the lid"


def test_no_reason_is_put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """However sure the network is of it: the note gives none, and what else may stand there is not sure."""
    reader = reader_with(Told(insertions=[(0, 0, 9, 0), (0, 8, 0, 9)]), monkeypatch)
    assert reader.sentence_of("sent lid") is None
    assert reader.expected(["sent", "lid"]) == [["we"], ["the"]]


def test_what_is_expected_stands_in_the_order_of_its_likelihood(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who did it must be likelier than "the", and nothing at all is seldom left out."""
    reader = reader_with(Told(insertions=[(7, 8, 7, 0), (3, 8, 0, 0), (5, 8, 9, 0)]), monkeypatch)
    assert reader.expected(["sent", "new", "lid"]) == [["the", ""], ["the"], ["we", "the"]]


def test_nothing_is_put_into_a_quotation(monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody has said stays as they said it; behind it the note goes on."""
    reader = reader_with(Told(insertions=[(0, 9, 0, 0)] * 30), monkeypatch)
    assert (
        reader.sentence_of("reply 'all good', \"go\" sent today")
        == "the reply the 'all good', the \"go\" the sent the today"
    )


@pytest.mark.parametrize(
    ("network", "note"),
    [
        (Told(whole=-1.0, insertions=[(9, 0, 0, 0)] * 3), "lid? maybe Jo"),
        (Told(insertions=[(9, 0, 0, 0), (0.5, 0.5, 0.5, 0), (9, 0, 0, 0)]), "sent new lid"),
        (Told(insertions=[(9, 0, 0, 0)] * 60), "lid " * 60),
        (Told(insertions=[(9, 0, 0, 0)]), "lid"),
    ],
    ids=["no sentence", "one word is not sure", "too long", "one word"],
)
def test_note_stays_as_it_is_where_it_is_not_sure(network: Told, note: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One doubtful word is enough."""
    assert reader_with(network, monkeypatch).sentence_of(note) is None


def test_sentence_holds_the_note_word_by_word() -> None:
    """Nothing is put in where nothing belongs."""
    assert joined(["Van", "late"], ["the", "was"]) == "the van was late"
    assert joined(["Searched", "vans"], ["we", "both"]) == "we searched both vans"
    assert joined(["Marta", "late"], ["", "was"]) == "Marta was late"
    assert joined(["PIN", "wrong"], ["the", "was"]) == "the PIN was wrong"
    assert joined(["lid", "sent,", "box", "dry"], ["the", "", "and the", ""]) == "the lid sent, and the box dry"


def test_shipped_network_reads_the_same_each_time(shipped: CaseReader) -> None:
    """The same request always gives the same reply."""
    first = shipped.probability("fact", "We sent the wrong lid.", MESSAGE)
    assert first == CaseReader().probability("fact", "We sent the wrong lid.", MESSAGE)


def test_shipped_network_knows_what_answers_a_complaint(shipped: CaseReader) -> None:
    """When it comes is told; what the shop thinks of her is not."""
    message = "I have waited three weeks for my curtains. Where are they, and can I cancel?"
    assert shipped.tells("fact", "curtains are finished, fitter can bring them Thursday", message) is True
    assert shipped.tells("fact", "she haggled over the price last time too, pain in the neck", message) is False


def test_shipped_network_knows_which_rule_answers(shipped: CaseReader) -> None:
    """Which object it is about is not enough."""
    message = "The lamp came with a cracked shade. I want my money back."
    facts = ("shade cracked in our store, photo shows it",)
    refund = shipped.probability("rule", "Anything that arrives damaged is refunded in full.", message, facts)
    bulbs = shipped.probability("rule", "Lamps are sold without bulbs.", message, facts)
    assert refund > 0.5
    assert bulbs < 0.1


def test_shipped_network_makes_a_sentence_of_a_note(shipped: CaseReader) -> None:
    """The real network, its words and its threshold belong together."""
    said = shipped.sentence_of("lid cracked on Monday, new one sent today")
    assert said == "the lid cracked on Monday, and a new one was sent today"
