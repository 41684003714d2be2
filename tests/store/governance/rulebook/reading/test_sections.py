"""A policy file is taken key by key, and whatever is wrong is refused with its key and line."""

import pytest

from store.errors import PolicyError
from store.governance.rulebook.reading.sections import Section, opened

TEXT = """\
name = "first"
empty = ""

[plain]                          # a remark
count = 3
share = 0.5
truth = true
"quoted.key" = "text"
words = ["a", "b"]
twice = ["a", "a"]
mixed = ["a", 1]
none = []

[plain.inner]
deep = 1

[[each]]
count = 1

[[each]]
count = 2
other = 5

[other]
count = 9
inline = { deep = 1 }
"""


@pytest.fixture
def file() -> Section:
    return opened(TEXT)


@pytest.fixture
def plain(file: Section) -> Section:
    return file.table("plain")


def refusal(named: str, line: int, why: str) -> str:
    return f"policy not loaded: {named} (line {line}) {why}; correct it and load it again"


def test_a_value_is_taken_once(plain: Section) -> None:
    assert plain.has("count")
    assert plain.take("count", int) == 3
    assert not plain.has("count")
    with pytest.raises(PolicyError) as no:
        plain.take("count", int)
    assert str(no.value) == refusal("plain.count", 5, "is missing")


def test_what_is_missing_has_its_default_or_is_refused_at_its_table(plain: Section) -> None:
    assert plain.take("absent", int, 7) == 7
    with pytest.raises(PolicyError) as no:
        plain.take("absent", str)
    assert str(no.value) == refusal("plain.absent", 4, "is missing")


def test_what_is_missing_from_the_whole_file_is_refused_at_its_first_line(file: Section) -> None:
    with pytest.raises(PolicyError) as no:
        file.take("absent", str)
    assert str(no.value) == refusal("absent", 1, "is missing")


@pytest.mark.parametrize(
    ("key", "kind", "line", "why"),
    [
        ("count", str, 5, "must be str"),
        ("share", int, 6, "must be int"),
        ("truth", int, 7, "must be int"),
        ("truth", float, 7, "must be float"),
        ("quoted.key", list, 8, "must be list"),
    ],
)
def test_a_value_of_another_kind_is_refused_and_a_truth_is_no_number(
    plain: Section, key: str, kind: type, line: int, why: str
) -> None:
    with pytest.raises(PolicyError) as no:
        plain.take(key, kind)
    assert str(no.value) == refusal(f"plain.{key}", line, why)


def test_a_truth_is_taken_as_one(plain: Section) -> None:
    assert plain.take("truth", bool) is True


def test_an_empty_text_is_refused(file: Section) -> None:
    with pytest.raises(PolicyError) as no:
        file.take("empty", str)
    assert str(no.value) == refusal("empty", 2, "is empty")


def test_a_list_of_words_is_taken_in_its_order(plain: Section) -> None:
    assert plain.names("words") == ("a", "b")
    assert plain.names("absent", ("x",)) == ("x",)


@pytest.mark.parametrize(
    ("key", "line", "why"),
    [
        ("twice", 10, "names something twice"),
        ("mixed", 11, "must be a list of words, and not empty"),
        ("none", 12, "must be a list of words, and not empty"),
        ("count", 5, "must be list"),
        ("absent", 4, "is missing"),
    ],
)
def test_what_is_no_list_of_words_is_refused(plain: Section, key: str, line: int, why: str) -> None:
    with pytest.raises(PolicyError) as no:
        plain.names(key)
    assert str(no.value) == refusal(f"plain.{key}", line, why)


def test_words_are_known_or_refused_and_may_be_absent(plain: Section) -> None:
    assert plain.within("absent", known={"a"}) == ()
    with pytest.raises(PolicyError) as no:
        plain.within("words", known={"a"})
    assert str(no.value) == refusal("plain.words", 9, "names 'b', which nothing else does")


def test_words_that_are_all_known_are_taken(plain: Section) -> None:
    assert plain.within("words", known={"a", "b", "c"}) == ("a", "b")


def test_a_number_is_no_smaller_than_the_least(plain: Section, file: Section) -> None:
    assert plain.count("count", least=3) == 3
    assert plain.count("absent", default=1) == 1
    assert plain.count("absent", least=0, default=0) == 0
    with pytest.raises(PolicyError) as no:
        file.table("other").count("count", least=10)
    assert str(no.value) == refusal("other.count", 25, "must be 10 or more")


def test_the_least_of_a_number_is_one_where_nothing_is_said() -> None:
    assert opened("a = 1").count("a") == 1
    with pytest.raises(PolicyError, match=r"a \(line 1\) must be 1 or more"):
        opened("a = 0").count("a")


def test_all_that_is_left_is_taken_and_must_be_of_one_kind(file: Section) -> None:
    inner = file.table("plain").table("inner")
    assert inner.values(int) == {"deep": 1}
    inner.done()
    with pytest.raises(PolicyError) as no:
        file.table("other").values(int)
    assert str(no.value) == refusal("other.inline", 26, "must be int")


def test_tables_know_their_place(file: Section) -> None:
    inner = file.table("plain").table("inner")
    assert inner.path == "plain.inner"
    with pytest.raises(PolicyError) as no:
        inner.count("deep", least=2)
    assert str(no.value) == refusal("plain.inner.deep", 15, "must be 2 or more")


def test_a_table_that_stands_in_one_line_is_found_there(file: Section) -> None:
    inline = file.table("other").table("inline")
    with pytest.raises(PolicyError) as no:
        inline.count("deep", least=2)
    assert str(no.value) == refusal("other.inline.deep", 26, "must be 2 or more")


def test_all_tables_that_are_left_are_taken_by_name() -> None:
    file = opened("[a.b]\nx = 1\n[a.c]\nx = 2\n")
    assert [(name, one.take("x", int)) for name, one in file.table("a").tables()] == [
        ("b", 1),
        ("c", 2),
    ]
    file.done()


def test_an_array_of_tables_is_taken_in_order_each_with_its_own_lines(file: Section) -> None:
    first, second = file.array("each")
    assert (first.path, second.path) == ("each", "each")
    with pytest.raises(PolicyError) as no:
        first.count("count", least=5)
    assert str(no.value) == refusal("each.count", 18, "must be 5 or more")
    with pytest.raises(PolicyError) as no:
        second.count("count", least=5)
    assert str(no.value) == refusal("each.count", 21, "must be 5 or more")
    with pytest.raises(PolicyError) as no:
        second.done()
    assert str(no.value) == refusal("each.other", 22, "is not known")


def test_what_is_absent_from_one_table_of_an_array_is_refused_at_that_table(file: Section) -> None:
    first, second = file.array("each")
    for one, line in ((first, 17), (second, 20)):
        with pytest.raises(PolicyError) as no:
            one.take("absent", str)
        assert str(no.value) == refusal("each.absent", line, "is missing")


def test_an_array_of_something_else_is_refused() -> None:
    with pytest.raises(PolicyError) as no:
        list(opened("each = [1, 2]").array("each"))
    assert str(no.value) == refusal("each", 1, "must be tables")


def test_what_nobody_took_is_refused(plain: Section) -> None:
    for key in ("count", "share", "truth", "words", "twice", "mixed", "none", "inner"):
        plain.take(key, object)
    with pytest.raises(PolicyError) as no:
        plain.done()
    assert str(no.value) == refusal("plain.quoted.key", 8, "is not known")
    plain.take("quoted.key", str)
    plain.done()


def test_a_section_keeps_what_it_was_made_from() -> None:
    data = {"a": 1}
    Section(data, path="", text="a = 1").take("a", int)
    assert data == {"a": 1}


def test_what_is_no_toml_is_refused_with_the_place() -> None:
    with pytest.raises(PolicyError) as no:
        opened("a = 1\na = 2\n")
    assert str(no.value).startswith("policy not loaded: it is no TOML (")
    assert "line 2" in str(no.value)
    assert str(no.value).endswith("; correct it and load it again")
