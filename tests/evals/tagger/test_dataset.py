"""The shipped data is what its datasheet says, and what is measured on was never learnt from."""

from coach.rules import catalogue
from evals.labelled import Label, Labelled
from evals.tagger.dataset import held_out_items, sentences_of, training_items
from evals.tagger.figures import near_duplicates
from evals.tagger.notation import Item


def test_no_story_is_split() -> None:
    """A scenario stands in one part only: else the tagger would be tested on what it has learnt."""
    parts = [{item.scenario for item in items} for items in (*training_items(), held_out_items())]
    for i, part in enumerate(parts):
        for other in parts[i + 1 :]:
            assert not part & other


def test_the_data_is_large_and_even_enough() -> None:
    """8,000 texts, 300 faults a rule about words, as many clean texts as broken ones, 1,500 near misses."""
    training, development = training_items()
    items = [*training, *development, *held_out_items()]
    faults = [label.rule for item in items for label in item.labelled.findings]
    assert len(items) >= 8000
    assert min(faults.count(rule.id) for rule in catalogue().values() if rule.scope == "words") >= 300
    assert sum(item.kind == "faulty" for item in items) <= len(items) / 2
    assert sum(item.kind == "near miss" for item in items) >= 1500


def test_no_test_text_is_known_from_training() -> None:
    """Not even nearly."""
    training, development = training_items()
    known = [item.labelled.text for item in (*training, *development)]
    assert near_duplicates([item.labelled.text for item in held_out_items()], known) == []


def test_a_label_is_cut_at_the_sentences_end() -> None:
    """The tagger reads sentence by sentence: a fault over two of them is one in each."""
    labelled = Labelled(text="It is so. You did it. Fine.", findings=(Label(rule="blame", start=6, end=21),))
    sentences = sentences_of([Item(labelled, "faulty", "a story", "a.txt:1")])
    assert [(s.text, s.labels) for s in sentences] == [
        ("It is so.", (("blame", 6, 9),)),
        ("You did it.", (("blame", 0, 11),)),
        ("Fine.", ()),
    ]
