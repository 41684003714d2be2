import numpy as np
import pytest

from recognition.errors import ModelRefusedError
from recognition.grammar.lattice import ALPHABET
from recognition.packs.kinds import KINDS, manifest_for
from recognition.packs.manifest import manifest_of
from tests.recognition.packs.tiny_onnx import constant_network

PLACES = np.full((1, 7, 37), 1 / 37, np.float32)
YAML = {
    "max_plate_slots": 7,
    "alphabet": ALPHABET + "_",
    "pad_char": "_",
    "img_height": 70,
    "img_width": 140,
    "keep_aspect_ratio": True,
    "interpolation": "cubic",
    "image_color_mode": "grayscale",
    "padding_color": [0, 0, 0],
}


def test_the_yaml_of_a_reader_becomes_its_contract() -> None:
    data = constant_network({"places": PLACES}, shape=(1, 70, 140, 1), dtype="uint8", opset=16)
    told = manifest_of(
        manifest_for(data, kind="cct", config=YAML, version="seven"), task="plate_ocr"
    )
    assert (told.input.height_px, told.input.width_px) == (70, 140)
    assert (told.input.colour, told.input.layout) == ("gray", "NHWC")
    assert (told.input.resize, told.input.interpolation) == ("letterbox", "cubic")
    assert (told.input.fill, told.opset, told.outputs) == (0, 16, ("places",))


def test_the_head_of_a_reader_that_tells_regions_is_left_alone() -> None:
    regions = np.zeros((1, 65), np.float32)
    data = constant_network(
        {"region": regions, "plate": PLACES}, shape=(1, 64, 128, 3), dtype="uint8"
    )
    told = manifest_for(data, kind="cct", config={}, version="two")
    assert told["outputs"] == ["plate"]


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"max_plate_slots": 9}, "expected an output of n x 9 x 37, found"),
        ({"alphabet": "ABC_"}, "expected an output of n x slots x 4, found"),
        ({"img_height": "tall"}, "expected an input of a fixed size"),
    ],
)
def test_a_yaml_of_another_network_is_refused(config: dict[str, object], reason: str) -> None:
    data = constant_network({"places": PLACES}, shape=(1, 70, 140, 1), dtype="uint8")
    with pytest.raises(ModelRefusedError, match=reason):
        manifest_for(data, kind="cct", config=config, version="other")


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("data", [b"", b"no network", b"\x08\x08junk" * 9])
def test_a_file_that_is_no_network_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(ModelRefusedError, match="refused: expected"):
        manifest_for(data, kind=kind, config={}, version="junk")
