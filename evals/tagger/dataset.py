"""From labelled replies to what the tagger learns from: sentences, with the labels of each."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.check import sentence_spans
from coach.rules import catalogue
from evals.labelled import Label, Labelled
from evals.tagger.notation import Item, read_items

FOLDER = Path(__file__).with_name("data")
_DEV_SHARE = 0.1
_ADVERSARIAL = "adversarial"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A labelled sentence.

    Attributes:
        text: The sentence.
        labels: Rule, first character and one past the last, in the sentence.
    """

    text: str
    labels: tuple[tuple[str, int, int], ...]


def training_items() -> tuple[list[Item], list[Item]]:
    """The training part and the development part: a scenario is wholly in the one or wholly in the other.

    The rules' own examples are trained on too: what a rule's page calls fine should not be flagged.
    """
    items = read_items(sorted((FOLDER / "train").glob("*.txt")))
    dev = [item for item in items if _is_dev(item.scenario)]
    return [*(item for item in items if not _is_dev(item.scenario)), *_rule_examples()], dev


def threshold_items() -> list[Item]:
    """The development part as sellers write: without what was written to fool the tagger, which is harder than life."""
    return [item for item in training_items()[1] if not item.place.startswith(_ADVERSARIAL)]


def held_out_items() -> list[Item]:
    """The test part: written apart, never trained on, never tuned on."""
    return read_items(sorted((FOLDER / "test").glob("*.txt")))


def sentences_of(items: Sequence[Item]) -> list[Sentence]:
    """The sentences of some items; a label that crosses a sentence's end counts in both."""
    sentences = []
    for item in items:
        text = item.labelled.text
        for start, end in sentence_spans(text):
            labels = tuple(
                (label.rule, max(label.start, start) - start, min(label.end, end) - start)
                for label in item.labelled.findings
                if label.start < end and start < label.end
            )
            sentences.append(Sentence(text[start:end], labels))
    return sentences


def _rule_examples() -> list[Item]:
    items = []
    for rule in (catalogue()[name] for name in catalogue().about_words):
        texts = [(good.text, good.customer) for good in rule.good] + [(bad.better, bad.customer) for bad in rule.bad]
        items += [Item(Labelled(text=t, customer_message=c), "near miss", rule.id, rule.id) for t, c in texts]
        for bad in rule.bad:
            if not bad.also:  # of the other rules that a text breaks, the example does not say where
                labels = tuple(Label(rule=rule.id, start=start, end=end) for start, end in bad.spans)
                labelled = Labelled(text=bad.plain, customer_message=bad.customer, findings=labels)
                items.append(Item(labelled, "faulty", rule.id, rule.id))
    return items


def _is_dev(scenario: str) -> bool:
    digest = hashlib.sha256(scenario.encode()).digest()
    return digest[0] / 256 < _DEV_SHARE
