from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.errors import ModelRefusedError
from recognition.packs.manifest import CTC_LATTICE, DECODES, SLOTS, manifest_of

TOLD: dict[str, Any] = {
    "task": "plate_ocr",
    "sha256": "0" * 64,
    "input": {"name": "input", "dtype": "uint8", "height": 64, "width": 128, "colour": "rgb"},
    "outputs": ["places"],
    "opset": 15,
}
DETECTOR = TOLD | {"task": "plate_detector", "decode": "yolo-end2end", "threshold": 0.4}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def test_a_manifest_of_before_there_were_decodes_means_ours() -> None:
    assert manifest_of(TOLD, task="plate_ocr").decode == CTC_LATTICE


def test_what_is_said_is_what_is_held() -> None:
    given = TOLD["input"] | {"mean": [1, 2, 3], "scale": 0.5, "layout": "NHWC", "fill": 7}
    told = manifest_of(
        TOLD | {"input": given, "decode": SLOTS, "alphabet": "AB_", "pad": "_"}, task="plate_ocr"
    )
    assert (told.input.mean, told.input.scale, told.input.fill) == ((1, 2, 3), (0.5,), 7)
    assert (told.input.layout, told.input.channels, told.pad) == ("NHWC", 3, "_")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"decode": "heatmap-corners"}, "expected decode ctc-lattice or slots, found decode heat"),
        ({"input": "picture"}, "expected an input with name and dtype, found a str"),
        ({"input": {"dtype": "uint8"}}, "expected name in words, found none"),
        ({"input": TOLD["input"] | {"colour": "cmyk"}}, "colour bgr or rgb or gray, found colour"),
        ({"input": TOLD["input"] | {"mean": [1, 2]}}, "a mean of one number or 3, found 2"),
        ({"input": TOLD["input"] | {"scale": float("nan")}}, "finite"),
        ({"input": TOLD["input"] | {"height": -3}}, "height from 0 to 4096, found -3"),
        ({"input": TOLD["input"] | {"height": 1.5}}, "a whole height, found 1.5"),
        ({"outputs": []}, "outputs by name, found none"),
        ({"outputs": [3]}, "outputs by name, found an output without one"),
        ({"outputs": ["a", "b"]}, "outputs for ctc-lattice: 1, found 2"),
        ({"file": "../elsewhere.onnx"}, "a file beside its manifest, found a path elsewhere"),
        ({"opset": "new"}, "opset from 0 to 1000, found new"),
    ],
)
def test_what_no_model_can_be_is_refused_with_expected_and_found(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ModelRefusedError, match=reason):
        manifest_of(TOLD | changes, task="plate_ocr")


def test_anothers_detector_must_say_from_which_score_a_plate_is_one() -> None:
    assert manifest_of(DETECTOR, task="plate_detector").threshold == 0.4
    with pytest.raises(ModelRefusedError, match="a threshold above 0 for yolo-end2end"):
        manifest_of(DETECTOR | {"threshold": None}, task="plate_detector")


@given(st.sampled_from(sorted({*TOLD, "decode", "threshold", "file"})), anything)
def test_whatever_a_field_says_it_is_held_or_refused_in_our_words(key: str, value: Any) -> None:
    try:
        told = manifest_of(TOLD | {key: value}, task="plate_ocr")
    except ModelRefusedError as error:
        assert "expected" in str(error)
    else:
        assert told.decode in DECODES["plate_ocr"]


@given(anything)
def test_whatever_an_input_says_it_is_held_or_refused_in_our_words(value: Any) -> None:
    for key in ("name", "dtype", "layout", "width", "resize", "fill", "mean", "scale"):
        try:
            manifest_of(TOLD | {"input": TOLD["input"] | {key: value}}, task="plate_ocr")
        except ModelRefusedError as error:
            assert "expected" in str(error)
