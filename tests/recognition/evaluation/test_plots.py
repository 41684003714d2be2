"""Plots hold every figure they are given, once, and escape what they are told."""

import re

from recognition.evaluation.plots import bars_svg, curves_svg, reliability_svg

ROWS = {
    "14-19 px": {"cases": 3, "ours": {"exact": 0.0}, "a < b": {"exact": 0.5}},
    "20-27 px": {"cases": 4, "ours": {"exact": 1.0}, "a < b": {"exact": 0.25}},
}


def words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_a_reliability_diagram_has_a_point_a_band_and_the_diagonal() -> None:
    right = {"value": 0.9, "low": 0.8, "high": 0.95, "of": 40}
    svg = reliability_svg([{"said": 0.92, "right": right}])
    assert svg.count("<circle") == 1
    assert svg.count("stroke-dasharray") == 1
    assert "<title>40 reads</title>" in svg


def test_curves_hold_each_reader_and_each_kind() -> None:
    svg = curves_svg(ROWS, readers=["ours", "a < b"], what="exact", title="By width")
    assert svg.count("<circle") == 4
    assert {"ours", "a &lt; b", "14-19 px", "20-27 px", "By width"} <= set(words(svg))
    heights = re.findall(r'<circle cx="[0-9.]+" cy="([0-9.]+)"', svg)
    assert float(heights[0]) > float(heights[2]) > float(heights[1])


def test_bars_begin_with_the_worst() -> None:
    said = words(bars_svg(ROWS, reader="a < b", what="exact", title="Worst"))
    assert said.index("20-27 px (4)") < said.index("14-19 px (3)")
    assert said[-1] == "50 %"
