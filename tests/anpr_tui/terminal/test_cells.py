"""Text as cells: whatever comes in, a line is exactly as wide as its widget."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from anpr_tui.terminal.cells import cell, plain, strip_of, wrapped

NASTY = "\x1b]0;x\x07\x9b2J\u202e\u200b\u0301\u2066日\U0001f697\r\n"


@given(st.text())
@example(NASTY)
def test_nothing_but_printable_characters_of_one_cell_is_left(text):
    shown = plain(text)
    assert cell_len(shown) == len(shown)
    assert not {unicodedata.category(one) for one in shown} & {"Cc", "Cf", "Cs", "Mn", "Me", "Zl"}
    assert plain(shown) == shown


@given(st.text(), st.integers(0, 200), st.booleans())
@example(NASTY, 8, False)
def test_a_cell_is_exactly_as_wide_as_asked(text, width, right):
    assert cell_len(cell(text, width, right=right)) == width


@given(st.lists(st.text(), max_size=6), st.integers(0, 120))
@example([NASTY], 80)
def test_a_line_is_exactly_as_wide_as_its_widget_and_holds_no_control_code(texts, width):
    strip = strip_of([(text, Style.null()) for text in texts], width=width, filler=Style.null())
    assert strip.cell_length == width
    assert strip.text == plain(strip.text)


def test_control_codes_bidi_and_combining_go_and_wide_characters_become_question_marks():
    assert plain("a\x1b[2Jb") == "a[2Jb"
    assert plain("AB\u202e12") == "AB12"
    assert plain("e\u0301") == "e"
    assert plain("日本") == "??"
    assert plain("a\tb\u00a0c") == "a b c"


@given(st.text(), st.integers(3, 60), st.integers(1, 5))
def test_a_wrapped_text_stays_within_its_lines(text, width, lines):
    rows = wrapped(text, width, lines=lines)
    assert len(rows) <= lines
    assert all(len(row) <= width for row in rows)


def test_a_text_that_was_cut_says_so():
    assert wrapped("one two three", 7, lines=1) == ["one t.."]
    assert wrapped("one two three", 7, lines=2) == ["one two", "three"]
