"""Line by line: what is new is appended, and only the line that is typed ever changes."""

import pyte
from hypothesis import given
from hypothesis import strategies as st

from anpr_tui.terminal.teller import Live, Part, Teller

FORM, LIST = "form", "list"


class Listened:
    """A terminal, and all that was written to it."""

    def __init__(self) -> None:
        self.teller = Teller(width=80)
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.Stream(self.screen)

    def hear(self, written: str) -> str:
        self._stream.feed(written)
        return written

    def tell(self, *parts: Part, live: Live | None = None) -> str:
        return self.hear(self.teller.tell(parts, live=live or Live()))

    @property
    def line(self) -> str:
        """The line the terminal's cursor stands in."""
        return self.screen.display[self.screen.cursor.y].rstrip()


def row(text: str, *, topic: object = None) -> Part:
    return Part(LIST, topic or text, [text])


def test_what_stands_on_a_screen_is_said_once() -> None:
    heard = Listened()
    assert heard.tell(row("row 1")) == "row 1\r\n"
    assert heard.tell(row("row 1")) == ""
    assert heard.tell(row("row 2")) == "row 2\r\n"


def test_of_a_part_that_changed_only_what_is_new_is_said() -> None:
    heard = Listened()
    heard.tell(Part(LIST, 1, ["7 reads.", "row 1"]))
    assert heard.tell(Part(LIST, 2, ["7 reads.", "row 2"])) == "row 2\r\n"


def test_the_same_said_a_second_time_is_news() -> None:
    heard = Listened()
    heard.tell(row("Not done.", topic=1))
    assert heard.tell(row("Not done.", topic=2)) == "Not done.\r\n"


def test_an_age_that_goes_on_is_no_news() -> None:
    heard = Listened()
    heard.tell(row("NEW 0:40", topic="A-1"))
    assert heard.tell(row("NEW 0:45", topic="A-1")) == ""


def test_what_comes_back_is_said_again() -> None:
    heard = Listened()
    heard.tell(row("row 1"))
    heard.tell()
    assert heard.tell(row("row 1")) == "row 1\r\n"


def test_all_of_it_is_said_again_to_who_asks() -> None:
    heard = Listened()
    heard.tell(row("row 1"))
    heard.teller.forget()
    assert heard.tell(row("row 1")) == "row 1\r\n"


def test_the_cursor_stands_in_the_line_that_is_typed_and_letters_are_echoed_alone() -> None:
    heard = Listened()
    heard.tell(row("row 1"), live=Live(FORM, "Plate: "))
    assert heard.tell(row("row 1"), live=Live(FORM, "Plate: T")) == "T"
    assert heard.tell(row("row 1"), live=Live(FORM, "Plate: TE")) == "E"
    assert heard.line == "Plate: TE"
    assert heard.screen.cursor.x == len("Plate: TE")


def test_what_arrives_while_somebody_types_stands_above_and_the_line_goes_on() -> None:
    heard = Listened()
    heard.tell(live=Live(FORM, "Plate: TE"))
    heard.hear(heard.teller.announce("New High: TX24 DEM."))
    assert heard.line == "Plate: TE"
    assert heard.screen.display[heard.screen.cursor.y - 1].rstrip() == "New High: TX24 DEM."
    heard.tell(live=Live(FORM, "Plate: TE5"))
    assert heard.line == "Plate: TE5"


def test_another_answer_is_heard_whole() -> None:
    heard = Listened()
    heard.tell(live=Live(FORM, "Decision: deployed, 1 of 5"))
    written = heard.tell(live=Live(FORM, "Decision: not deployed, 2 of 5"))
    assert written == "\r\nDecision: not deployed, 2 of 5"


def test_who_leaves_a_field_hears_that_keys_are_keys_again() -> None:
    heard = Listened()
    heard.tell(live=Live(FORM, "Plate: "))
    assert heard.tell().strip() == "Keys."


def test_a_long_sentence_is_broken_at_blanks() -> None:
    heard = Listened()
    lines = heard.tell(row("confirm before the stop " * 12)).splitlines()
    assert max(map(len, lines)) < 80
    assert " ".join(lines) == ("confirm before the stop " * 12).strip()


def test_no_data_reaches_the_terminal_as_a_control_code() -> None:
    heard = Listened()
    assert "\x1b" not in heard.tell(row("TE57\x1b]0;owned\x07CAR"))


texts = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=60)


@given(typed=st.lists(st.tuples(texts, st.integers(0, 60), st.booleans()), min_size=1, max_size=20))
def test_whatever_is_typed_the_line_says_it_and_the_cursor_stands_at_the_caret(
    typed: list[tuple[str, int, bool]],
) -> None:
    heard = Listened()
    for text, wanted, news in typed:
        back = min(wanted, len(text))
        parts = [row(text or "nothing", topic=len(text))] if news else []
        heard.tell(*parts, live=Live(FORM, f"Ref: {text}", back))
        assert heard.line == f"Ref: {text}".rstrip()
        assert heard.screen.cursor.x == len(f"Ref: {text}") - back


@given(first=st.text("ab ", max_size=200), more=st.text("cd ", max_size=80))
def test_what_is_added_to_a_long_line_is_all_that_is_written(first: str, more: str) -> None:
    heard = Listened()
    heard.tell(live=Live(FORM, f"Reason: {first}"))
    assert heard.tell(live=Live(FORM, f"Reason: {first}{more}")) == more
