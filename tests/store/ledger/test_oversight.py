"""Reviews, and finding the records of a month."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import InputError, RefusedError
from store.ledger import audit
from store.ledger.ledger import Ledger
from store.ledger.oversight import months, reviews
from store.ledger.oversight.reviews import Outcome

NOW = datetime(2026, 11, 5, 10, 0, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
AUDITOR, OFFICER = "NS7002", "NS4107"


def written(ledger: Ledger, *ats: datetime, by: str = OFFICER) -> list[int]:
    seqs = []
    with ledger.transaction() as tx:
        for at in ats:
            seqs.append(audit.append(tx, "asked", by=by, now=at, about={"what": "search"}))
    return seqs


def weeded(ledger: Ledger, seq: int) -> None:
    with ledger.transaction() as tx:
        tx.execute("UPDATE audit SET body = NULL WHERE seq = ?", (seq,))


def test_the_records_of_a_month_are_those_between_its_ends(ledger: Ledger) -> None:
    since_at, until_at = OCTOBER
    second = timedelta(seconds=1)
    seqs = written(ledger, since_at - second, since_at, until_at - second, until_at, NOW)
    with ledger.reading() as db:
        found = [seq for seq, _ in months.between(db, since_at=since_at, until_at=until_at)]
    assert found == seqs[1:3]


def test_weeded_records_are_stepped_over(ledger: Ledger) -> None:
    seqs = written(ledger, *(OCTOBER[0] + timedelta(days=day) for day in range(-5, 35)))
    for seq in (*seqs[:12], seqs[20], *seqs[36:]):
        weeded(ledger, seq)
    with ledger.reading() as db:
        found = [seq for seq, _ in months.between(db, since_at=OCTOBER[0], until_at=OCTOBER[1])]
    assert found == [seq for seq in seqs[12:36] if seq != seqs[20]]


@given(days=st.lists(st.integers(-40, 70), max_size=60), late=st.integers(0, 59))
@settings(max_examples=40, deadline=None)
def test_no_record_of_the_month_is_missed_also_where_the_clock_was_set_back(
    days: list[int], late: int
) -> None:
    ats = [OCTOBER[0] + timedelta(days=day) for day in sorted(days)]
    if len(ats) > late:
        ats.append(ats.pop(late))
    with TemporaryDirectory() as folder:
        ledger = Ledger.open(Path(folder) / "ledger.db")
        seqs = written(ledger, *ats)
        with ledger.reading() as db:
            found = [seq for seq, _ in months.between(db, since_at=OCTOBER[0], until_at=OCTOBER[1])]
        ledger.close()
    wanted = [seq for seq, at in zip(seqs, ats, strict=True) if OCTOBER[0] <= at < OCTOBER[1]]
    assert found == wanted


def test_what_came_of_an_ask_is_found_by_its_number(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        asked = audit.append(tx, "asked", by=OFFICER, now=NOW, about={})
        audit.append(tx, "asked", by="NS4021", now=NOW, about={})
        audit.append(tx, "returned", by=OFFICER, now=NOW, about={"asked": asked, "count": 12})
    with ledger.reading() as db:
        outcome = months.outcome_of(db, asked)
        assert outcome is not None
        assert outcome["about"]["count"] == 12
        assert months.outcome_of(db, asked + 1) is None
        assert months.record(db, asked) is not None
        assert months.record(db, 999) is None


def test_the_records_of_one_officer_are_theirs_alone_newest_first(ledger: Ledger) -> None:
    mine = written(ledger, NOW, NOW)
    written(ledger, NOW, by="NS4021")
    mine += written(ledger, NOW)
    with ledger.reading() as db:
        assert [seq for seq, _ in months.of_officer(db, OFFICER, count=9)] == mine[::-1]
        assert [seq for seq, _ in months.of_officer(db, OFFICER, count=1)] == mine[-1:]
        older = months.of_officer(db, OFFICER, count=9, before=mine[1])
        assert [seq for seq, _ in older] == mine[:1]


def say(ledger: Ledger, seq: int, outcome: Outcome, *, by: str = AUDITOR, **words: str) -> None:
    with ledger.transaction() as tx:
        reviews.review(
            tx,
            month="2026-10",
            seq=seq,
            searched_by=OFFICER,
            outcome=outcome,
            by=by,
            now=NOW,
            **words,
        )


def test_a_review_is_kept_recorded_and_final(ledger: Ledger) -> None:
    (seq,) = written(ledger, NOW)
    say(ledger, seq, Outcome.FAIR)
    with ledger.reading() as db:
        kept = reviews.of_month(db, "2026-10")[seq]
        newest = audit.body_of(audit.tail(db, count=1)[0])
    assert (kept.outcome, kept.reviewed_by, kept.reviewed_at) == (Outcome.FAIR, AUDITOR, NOW)
    assert newest is not None
    assert (newest["kind"], newest["by"], newest["about"]["reviewed"]) == ("reviewed", AUDITOR, seq)
    with pytest.raises(RefusedError, match="settled"):
        say(ledger, seq, Outcome.FINDING, note="x", category="y", told="z")


def test_nobody_reviews_their_own_search(ledger: Ledger) -> None:
    (seq,) = written(ledger, NOW)
    with pytest.raises(RefusedError, match="own"):
        say(ledger, seq, Outcome.FAIR, by=OFFICER)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.ASKED, {}),
        (Outcome.FINDING, {"note": "No such incident"}),
        (Outcome.FINDING, {"note": "No such incident", "category": "no purpose"}),
        (Outcome.FINDING, {"category": "no purpose", "told": "Strategic Lead"}),
    ],
)
def test_a_question_has_words_and_a_finding_its_category_and_whom_it_is_told(
    ledger: Ledger, outcome: Outcome, words: dict[str, str]
) -> None:
    (seq,) = written(ledger, NOW)
    with pytest.raises(InputError):
        say(ledger, seq, outcome, **words)
    with ledger.reading() as db:
        assert reviews.of_month(db, "2026-10") == {}


def test_an_officer_answers_within_seven_days_and_then_it_is_settled(ledger: Ledger) -> None:
    (seq,) = written(ledger, NOW)
    say(ledger, seq, Outcome.ASKED, note="Who named the vehicle?")
    with ledger.reading() as db:
        assert [one.note for one in reviews.questions_to(db, OFFICER)] == ["Who named the vehicle?"]
        assert reviews.questions_to(db, "NS4021") == ()

    def answer(by: str, words: str, days: int) -> None:
        with ledger.transaction() as tx:
            at = NOW + timedelta(days=days)
            reviews.answer(tx, seq=seq, by=by, words=words, now=at)

    for by, words, days, error in (
        ("NS4021", "Not mine", 1, RefusedError),
        (OFFICER, " ", 1, InputError),
        (OFFICER, "Too late", 8, RefusedError),
    ):
        with pytest.raises(error):
            answer(by, words, days)
    answer(OFFICER, "The witness of the burglary in Moor Lane", 6)
    with ledger.reading() as db:
        assert reviews.questions_to(db, OFFICER) == ()
        assert "Moor Lane" in reviews.of_month(db, "2026-10")[seq].answer
    with pytest.raises(RefusedError):
        answer(OFFICER, "again", 6)
    say(ledger, seq, Outcome.FAIR)
    with ledger.reading() as db:
        assert reviews.of_month(db, "2026-10")[seq].outcome is Outcome.FAIR
