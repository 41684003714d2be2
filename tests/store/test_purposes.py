"""The officer's words and the rule book's keys name the same things, one for one."""

import pytest

from store.governance.rulebook.loading import carried
from store.purposes import CATEGORY_KEYS, PURPOSE_KEYS, Category, category_of, purpose_of
from store.terms import Purpose


def test_every_purpose_has_its_key_and_every_key_its_purpose():
    assert set(PURPOSE_KEYS) == set(Purpose)
    assert sorted(PURPOSE_KEYS.values()) == sorted(carried().purposes)


def test_every_class_has_its_key_and_every_key_its_class():
    assert set(CATEGORY_KEYS) == set(Category)
    assert sorted(CATEGORY_KEYS.values()) == sorted(carried().categories)


def test_what_was_stored_is_said_in_the_words_it_came_in():
    assert {purpose_of(PURPOSE_KEYS[words]) for words in Purpose} == set(Purpose)
    assert {category_of(CATEGORY_KEYS[words]) for words in Category} == set(Category)


def test_a_key_of_another_rule_book_is_no_purpose_of_ours():
    with pytest.raises(KeyError):
        purpose_of("curiosity")
    with pytest.raises(KeyError):
        category_of("curiosity")
