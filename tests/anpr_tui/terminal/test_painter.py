"""Only changed cells are sent, and the terminal always shows the frame."""

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from anpr_tui.terminal.painter import CellPainter, cells_of

LOOKS = [
    Style.null(),
    Style(bold=True),
    Style(reverse=True),
    Style(color="#ffffff", bgcolor="#d70000"),
]
WIDTH, HEIGHT = 12, 3
EIGHT_BIT = ColorSystem.EIGHT_BIT


def strip_of(pieces) -> Strip:
    return Strip([Segment(text, look) for text, look in pieces]).adjust_cell_length(WIDTH)


PIECES = st.lists(
    st.tuples(st.text("AB░█ ", min_size=1, max_size=WIDTH), st.sampled_from(LOOKS)), max_size=4
)
FRAMES = st.lists(
    st.lists(PIECES.map(strip_of), min_size=HEIGHT, max_size=HEIGHT), min_size=1, max_size=6
)


def shown_by(screen: pyte.Screen) -> list[list[tuple]]:
    return [
        [
            (cell.data, cell.fg, cell.bg, cell.bold, cell.reverse)
            for cell in (screen.buffer[y][x] for x in range(WIDTH))
        ]
        for y in range(HEIGHT)
    ]


def painted_whole(frame) -> list[list[tuple]]:
    screen = pyte.Screen(WIDTH, HEIGHT)
    pyte.Stream(screen).feed(CellPainter().frame(frame, colours=EIGHT_BIT))
    return shown_by(screen)


@given(FRAMES)
def test_after_any_frames_the_terminal_shows_the_last_one(frames):
    painter, screen = CellPainter(), pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    for frame in frames:
        stream.feed(painter.frame(frame, colours=EIGHT_BIT))
        assert shown_by(screen) == painted_whole(frame)
        assert [line.rstrip() for line in screen.display] == [one.text.rstrip() for one in frame]


@given(FRAMES)
def test_a_frame_that_changed_nothing_costs_nothing(frames):
    painter = CellPainter()
    painter.frame(frames[0], colours=EIGHT_BIT)
    assert painter.frame(frames[0], colours=EIGHT_BIT) == ""


def test_one_changed_cell_costs_one_cell():
    painter = CellPainter()
    painter.frame([strip_of([("14:32", LOOKS[0])])] * HEIGHT, colours=EIGHT_BIT)
    frame = [strip_of([("14:32", LOOKS[0])])] * 2 + [strip_of([("14:33", LOOKS[0])])]
    assert painter.frame(frame, colours=EIGHT_BIT) == "\x1b[3;5H3"


def test_the_terminals_own_colours_cost_nothing():
    own = Style(color="default", bgcolor="default")
    assert cells_of(strip_of([("A", own)]), colours=EIGHT_BIT)[0] == ("A", "")
    reversed_own = own + Style(reverse=True)
    assert cells_of(strip_of([("A", reversed_own)]), colours=EIGHT_BIT)[0] == ("A", "7")


def test_a_resized_or_forgotten_terminal_is_painted_whole():
    painter = CellPainter()
    frame = [strip_of([("AB", LOOKS[0])])]
    whole = painter.frame(frame, colours=EIGHT_BIT)
    assert whole.startswith("\x1b[m\x1b[2J")
    painter.forget()
    assert painter.frame(frame, colours=EIGHT_BIT) == whole
    assert painter.frame(frame * 2, colours=EIGHT_BIT).startswith("\x1b[m\x1b[2J")


@given(st.text(max_size=20))
def test_no_control_or_bidi_character_leaves_the_painter(text):
    strip = Strip([Segment(text)], cell_length=len(text))
    for character, _ in cells_of(strip, colours=EIGHT_BIT):
        assert character.isprintable()
