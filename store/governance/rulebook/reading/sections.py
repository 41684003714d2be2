"""A policy file, taken key by key: what is missing, empty, of another kind or unknown is refused.

Every refusal names the key and its line, so that whoever wrote the file finds it.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import TypeVar, cast

from store.errors import PolicyError

__all__ = ["Section", "opened"]

T = TypeVar("T")


class Section:
    """One table of a policy file, and what of it has been taken.

    Args:
        data: The table.
        path: Its name, for example "tiers.search_l0"; empty for the whole file.
        text: The whole file, to find lines in.
        nth: Which of the tables of this name it is, from 0.
    """

    def __init__(self, data: Mapping[str, object], *, path: str, text: str, nth: int = 0) -> None:
        self.path = path
        self._data = dict(data)
        self._text = text
        self._nth = nth

    def refusal(self, key: str, why: str) -> PolicyError:
        """Give the error for a key of this table."""
        named = f"{self.path}.{key}".strip(".")
        line = self._line_of(key)
        return PolicyError(
            f"policy not loaded: {named} (line {line}) {why}; correct it and load it again"
        )

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        """Take a value that must be of a kind, and not empty.

        Raises:
            PolicyError: It is missing without a default, of another kind, or empty.
        """
        if key not in self._data:
            if default is None:
                raise self.refusal(key, "is missing")
            return default
        value = self._data.pop(key)
        truth = isinstance(value, bool) and kind in {int, float}
        if truth or not isinstance(value, kind):
            raise self.refusal(key, f"must be {kind.__name__}")
        if value == "":
            raise self.refusal(key, "is empty")
        return value

    def has(self, key: str) -> bool:
        """Whether a key stands in it and has not been taken."""
        return key in self._data

    def names(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Take a list of words, none of them twice."""
        if key not in self._data and default is not None:
            return default
        values = self.take(key, list)
        if not values or not all(isinstance(value, str) for value in values):
            raise self.refusal(key, "must be a list of words, and not empty")
        if len(set(values)) < len(values):
            raise self.refusal(key, "names something twice")
        return tuple(cast("list[str]", values))

    def within(self, key: str, *, known: object) -> tuple[str, ...]:
        """Take a list of words that must all be known."""
        words = self.names(key, ())
        for word in words:
            if word not in cast("frozenset[str]", known):
                raise self.refusal(key, f"names {word!r}, which nothing else does")
        return words

    def count(self, key: str, *, least: int = 1, default: int | None = None) -> int:
        """Take a whole number that is no smaller than `least`."""
        value = self.take(key, int, default)
        if value < least:
            raise self.refusal(key, f"must be {least} or more")
        return value

    def values(self, kind: type[T]) -> dict[str, T]:
        """Take all that is left, each value of a kind."""
        return {key: self.take(key, kind) for key in tuple(self._data)}

    def table(self, key: str) -> "Section":
        """Take a table inside this one."""
        data = cast("dict[str, object]", self.take(key, dict))
        return Section(data, path=f"{self.path}.{key}".strip("."), text=self._text)

    def table_if_any(self, key: str) -> "Section | None":
        """Take a table inside this one that a policy of an earlier day may be without."""
        return self.table(key) if self.has(key) else None

    def tables(self) -> Iterator[tuple[str, "Section"]]:
        """Take all that is left, each of them a table."""
        for key in tuple(self._data):
            yield key, self.table(key)

    def array(self, key: str) -> Iterator["Section"]:
        """Take an array of tables."""
        for nth, data in enumerate(self.take(key, list)):
            if not isinstance(data, dict):
                raise self.refusal(key, "must be tables")
            yield Section(cast("dict[str, object]", data), path=key, text=self._text, nth=nth)

    def done(self) -> None:
        """Refuse whatever has not been taken."""
        for key in self._data:
            raise self.refusal(key, "is not known")

    def _line_of(self, key: str) -> int:
        """Find the line of a key, or else that of the table it belongs to."""
        header, passed, at = "", 0, 1
        wanted = (self.path, f"{self.path}.{key}".strip("."))
        for number, line in enumerate(self._text.splitlines(), start=1):
            if found := re.match(r"\[+([^\[\]]+)\]+\s*(#.*)?$", line):
                header = found[1].strip()
                passed += header == self.path
                if header in wanted:
                    at = number if header == wanted[1] or passed == self._nth + 1 else at
                continue
            begins = re.match(r'\s*"?([^"=\s]+)"?\s*=', line)
            if begins and header == self.path and passed in {0, self._nth + 1} and begins[1] == key:
                return number
            if begins and f"{header}.{begins[1]}".strip(".") == self.path:
                at = number
        return at


def opened(text: str) -> Section:
    """Read a policy file as one section.

    Raises:
        PolicyError: It is not TOML (a key named twice is not).
    """
    try:
        return Section(tomllib.loads(text), path="", text=text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(
            f"policy not loaded: it is no TOML ({error}); correct it and load it again"
        ) from error
