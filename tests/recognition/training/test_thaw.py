"""Thawing: an exported network taken up again answers as it did, and can learn."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from recognition.models import SHIPPED
from recognition.training.finder import net as plate_net
from recognition.training.finder.net import PlateFinder
from recognition.training.reader.net import PlateReader, normalise
from recognition.training.thaw import begun_from, lean_back, settle, take_up, thaw

READER, FINDER = SHIPPED / "plate_ocr.onnx", SHIPPED / "plate_detector.onnx"


def _pictures(*size: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, size, np.uint8))


def test_a_thawed_reader_answers_as_its_file_does() -> None:
    reader, pictures = PlateReader(), _pictures(4, 1, 32, 128)
    thaw(reader, READER)
    with torch.no_grad():
        own = torch.log_softmax(reader.eval()(normalise(pictures)), -1).numpy()
    session = onnxruntime.InferenceSession(str(READER), providers=["CPUExecutionProvider"])
    (shipped,) = session.run(None, {"image": pictures.numpy()})
    assert own == pytest.approx(shipped, abs=1e-4)


def test_settling_changes_no_answer_and_lets_it_learn() -> None:
    finder, pictures = PlateFinder(), plate_net.normalise(_pictures(2, 3, 96, 160))
    thaw(finder, FINDER)
    finder.eval()
    with torch.no_grad():
        before = finder(pictures)
        settle(finder, [pictures])
        after = finder(pictures)
        learning = finder.train()(pictures)  # its normalisations now use the batch's own figures
    for answers in (after, learning):
        for one, other in zip(before, answers, strict=True):
            assert one.numpy() == pytest.approx(other.numpy(), abs=1e-3)


def test_a_file_of_another_network_is_refused_and_changes_nothing() -> None:
    reader = PlateReader()
    kept = {name: value.clone() for name, value in reader.state_dict().items()}
    with pytest.raises(ValueError, match=r"plate_detector\.onnx"):
        thaw(reader, FINDER)
    assert all(torch.equal(kept[name], value) for name, value in reader.state_dict().items())


def test_a_checkpoint_is_taken_up_by_its_average(tmp_path: Path) -> None:
    first, second = PlateReader(), PlateReader()
    torch.save({"average": first.state_dict()}, tmp_path / "a.pt")
    take_up(second, tmp_path / "a.pt")
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_a_card_can_name_what_a_course_began_from() -> None:
    assert begun_from(None) == ""
    assert "SHA-256" in begun_from(READER)


def test_leaning_back_ends_at_the_end_or_the_beginning() -> None:
    first, second = PlateReader(), PlateReader()
    end = {name: value.clone() for name, value in second.state_dict().items()}
    lean_back(second, beginning=first.state_dict(), share=0.0)
    assert all(torch.equal(end[name], value) for name, value in second.state_dict().items())
    lean_back(second, beginning=first.state_dict(), share=1.0)
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
