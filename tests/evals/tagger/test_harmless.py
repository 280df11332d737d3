"""What the network need not read is known by its words, and holds hardly a fault."""

from importlib.resources import as_file, files
from pathlib import Path

from coach.check import TaggerDetector, WordModel
from evals.tagger.dataset import Sentence, held_out_items, sentences_of
from evals.tagger.harmless import set_harmless

THANKS = "Thank you for the photo of the lid."
SHAME = "I cannot begin to say how ashamed I am, I am a disgrace to this trade."


def _shipped() -> WordModel:
    return WordModel.read((files("coach") / "data" / "tagger" / "harmless.json").read_text(encoding="utf-8"))


def test_half_of_what_is_fair_is_never_read_and_hardly_a_fault_is_passed_over() -> None:
    """The shipped model, on sentences that it was not fitted to: the test part's."""
    tagger, words = TaggerDetector(), _shipped()
    sentences = sentences_of(held_out_items())
    fair = [one.text for one in sentences if not one.labels]
    found = [one.text for one in sentences if one.labels and tagger.suspects(one.text)]
    assert sum(map(words.knows, fair)) > len(fair) / 2
    assert sum(map(words.knows, found)) < 0.02 * len(found)


def test_the_bound_lies_above_the_faults_that_the_network_reports(tmp_path: Path) -> None:
    """However fair their words are."""
    with as_file(files("coach") / "data" / "tagger") as folder:
        for name in ("model.onnx", "tokenizer.json", "calibration.json"):
            (tmp_path / name).symlink_to(folder / name)
    faulty = [Sentence(text, (("grovel", 0, len(text)),)) for text in (SHAME, f"{THANKS} {SHAME}")]
    set_harmless(tmp_path, [*[Sentence(THANKS, ())] * 20, faulty[0], faulty[0]], faulty)
    words = WordModel.read((tmp_path / "harmless.json").read_text(encoding="utf-8"))
    assert words.knows(THANKS)
    assert not any(words.knows(one.text) for one in faulty)
