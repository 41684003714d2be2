"""A request moves from state to state as the design says, and what is decided stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from store.access import AccessRequest, RequestState, Signature, UrgentOrder
from store.errors import RefusedError
from store.governance.access.requests import (
    lapse,
    leave_unratified,
    ratify,
    refuse,
    sign,
    withdraw,
)
from tests.store.governance.access.requests import (
    NOON,
    PENDING,
    REQUESTER_PROOF,
    frozen,
    signature,
)

LATER = NOON + timedelta(minutes=5)
TWO = frozen(replace(PENDING, authority="superintendent", authorisers=2))
URGENT = replace(
    PENDING,
    state=RequestState.URGENT,
    order=UrgentOrder("kidnap", "NS3300", "NS-20261122-0931", NOON + timedelta(hours=24)),
)
ENDED = frozenset(RequestState) - {RequestState.PENDING, RequestState.URGENT}


def signed(
    request: AccessRequest = PENDING,
    one: Signature | None = None,
    *,
    code: str = "K7WD",
    requester_proof: tuple[str, str] = REQUESTER_PROOF,
) -> AccessRequest:
    one = one or signature(digest=request.digest)
    return sign(request, one, code=code, requester_proof=requester_proof)


def ratified(one: Signature, *, request: AccessRequest = URGENT) -> AccessRequest:
    return ratify(request, one, requester_proof=REQUESTER_PROOF)


ACTS: dict[str, Callable[[AccessRequest], AccessRequest]] = {
    "authorised": signed,
    "refused": lambda one: refuse(one, by="NS2050", why="Not needed", now=LATER),
    "withdrawn": lambda one: withdraw(one, by="NS4107", now=LATER),
    "lapsed": lambda one: lapse(one, now=LATER),
    "ratified": lambda one: ratified(signature(), request=one),
    "declined": lambda one: leave_unratified(one, by="NS2050", why="", now=LATER),
}


def test_the_signature_that_was_needed_authorises() -> None:
    yes = signature()
    done = signed(one=yes)
    assert (done.state, done.signatures) == (RequestState.AUTHORISED, (yes,))
    assert (done.settled_at, done.settled_by) == (yes.signed_at, "NS2050")
    # Nothing of what was signed has changed.
    assert replace(done, state=PENDING.state, signatures=(), settled_at=None, settled_by="") == (
        PENDING
    )


def test_of_two_that_are_needed_one_leaves_it_pending_and_the_other_authorises() -> None:
    first = signature("NS2003", digest=TWO.digest)
    second = signature("NS2007", digest=TWO.digest, signed_at=LATER)
    half = signed(TWO, first)
    assert (half.state, half.signatures, half.settled_at) == (RequestState.PENDING, (first,), None)
    whole = signed(half, second)
    assert (whole.state, whole.signatures) == (RequestState.AUTHORISED, (first, second))
    assert (whole.settled_at, whole.settled_by) == (LATER, "NS2007")


@pytest.mark.parametrize("typed", ["K7WD", "k7wd", "  K7wd \n"])
def test_a_code_counts_however_it_is_typed(typed: str) -> None:
    assert signed(code=typed).state is RequestState.AUTHORISED


@pytest.mark.parametrize(
    "typed", ["", "K7WE", "K7W", "K7WDD", "K7 WD", "\N{CYRILLIC CAPITAL LETTER KA}7WD"]
)
def test_another_code_is_refused_with_what_to_do(typed: str) -> None:
    with pytest.raises(RefusedError) as refused:
        signed(code=typed)
    assert refused.value.reason == "code_differs"
    assert str(refused.value) == (
        "Not authorised: that is not the code of R-0421. Read it off the request and type it again."
    )


@pytest.mark.parametrize(
    "request_",
    [
        replace(PENDING, scope=replace(PENDING.scope, vrms=("TE57CAT",))),
        replace(PENDING, life_s=PENDING.life_s + 1),
        replace(PENDING, digest="0" * 64),
    ],
    ids=["another mark", "a longer life", "another digest"],
)
def test_a_scope_that_is_not_the_one_that_was_signed_is_refused(request_: AccessRequest) -> None:
    with pytest.raises(RefusedError, match=r"^Not authorised: .* not the one that was shown") as no:
        signed(request_, signature())
    assert no.value.reason == "scope_digest_differs"


def test_a_signature_of_a_request_that_was_changed_and_digested_anew_is_refused() -> None:
    changed = frozen(replace(PENDING, life_s=PENDING.life_s + 1))
    with pytest.raises(RefusedError) as no:
        signed(changed, signature())
    assert no.value.reason == "scope_digest_differs"


@pytest.mark.parametrize(
    "change",
    [
        {"staff_id": "NS4107"},
        {"key_fingerprint": "SHA256:NS4107"},
        {"factor_id": "totp-NS4107"},
    ],
    ids=["number", "key", "second factor"],
)
def test_nobody_signs_their_own_by_whatever_name(change: dict[str, object]) -> None:
    with pytest.raises(RefusedError) as no:
        signed(one=signature(**change))
    assert no.value.reason == "self_authorisation"
    assert str(no.value) == (
        "Not authorised: you asked for R-0421 yourself. "
        "Others who may sign have it on their screens."
    )


@pytest.mark.parametrize(
    "change",
    [
        {"staff_id": "NS2003"},
        {"key_fingerprint": "SHA256:NS2003"},
        {"factor_id": "totp-NS2003"},
    ],
    ids=["number", "key", "second factor"],
)
def test_nobody_signs_twice_by_whatever_name(change: dict[str, object]) -> None:
    half = signed(TWO, signature("NS2003", digest=TWO.digest))
    with pytest.raises(RefusedError) as no:
        signed(half, signature("NS2007", digest=TWO.digest, **change))
    assert no.value.reason == "same_signer_twice"
    assert str(no.value) == ("Not authorised: you have signed R-0421. Two different people must.")


@pytest.mark.parametrize("change", [{"key_fingerprint": ""}, {"factor_id": ""}])
def test_who_has_no_key_or_no_second_factor_does_not_sign(change: dict[str, object]) -> None:
    with pytest.raises(RefusedError) as no:
        signed(one=signature(**change))
    assert no.value.reason == "factor_missing"
    assert str(no.value) == (
        "Not authorised: no key or no second factor of yours is on the register. "
        "Ask the ANPR Manager to enrol them."
    )


@pytest.mark.parametrize("change", [{"authorisers": 0}, {"authorisers": -1}, {"authority": ""}])
def test_an_empty_threshold_is_an_error_and_never_a_permit(change: dict[str, object]) -> None:
    empty = frozen(replace(PENDING, **change))
    with pytest.raises(RefusedError) as no:
        signed(empty)
    assert no.value.reason == "threshold_empty"
    assert str(no.value) == (
        "Not authorised: the request names nobody who must sign. Report it to the auditor."
    )


@pytest.mark.parametrize("state", sorted(ENDED))
@pytest.mark.parametrize(
    ("act", "begins"),
    [
        ("authorised", "Not authorised"),
        ("refused", "Not refused"),
        ("withdrawn", "Not withdrawn"),
        ("lapsed", "Not lapsed"),
        ("ratified", "Not ratified"),
        ("declined", "Not declined"),
    ],
)
def test_what_is_decided_stays_and_says_by_whom(act: str, begins: str, state: RequestState) -> None:
    ended = replace(PENDING, state=state, settled_by="NS2003", settled_at=NOON)
    with pytest.raises(RefusedError) as no:
        ACTS[act](ended)
    assert no.value.reason == "request_ended"
    words = state.replace("_", " ")
    assert str(no.value) == (
        f"{begins}: R-0421 is {words} by NS2003. What is decided stays; ask anew."
    )


@pytest.mark.parametrize("act", ["authorised", "refused", "withdrawn", "lapsed"])
def test_an_urgent_request_is_ratified_or_declined_and_nothing_else(act: str) -> None:
    with pytest.raises(RefusedError, match=r"R-0421 is urgent\. What") as no:
        ACTS[act](URGENT)
    assert no.value.reason == "request_ended"


@pytest.mark.parametrize("act", ["ratified", "declined"])
def test_a_pending_request_is_neither_ratified_nor_declined(act: str) -> None:
    with pytest.raises(RefusedError, match=r"R-0421 is pending\. What"):
        ACTS[act](PENDING)


def test_one_refusal_ends_it_whoever_has_signed() -> None:
    half = signed(TWO, signature("NS2003", digest=TWO.digest))
    no = refuse(half, by="NS2007", why="  Too wide \n", now=LATER)
    assert (no.state, no.settled_at, no.settled_by) == (RequestState.REFUSED, LATER, "NS2007")
    assert no.why == "Too wide"
    assert no.signatures == half.signatures


@pytest.mark.parametrize("why", ["", "    ", "no", "  nope   ", "1234"])
def test_a_refusal_goes_back_with_its_reason(why: str) -> None:
    with pytest.raises(RefusedError) as no:
        refuse(PENDING, by="NS2050", why=why, now=LATER)
    assert no.value.reason == "reason_missing"
    assert str(no.value) == (
        "Not refused: a refusal goes back with its reason. Say why in a few words."
    )


def test_five_characters_are_a_reason() -> None:
    assert refuse(PENDING, by="NS2050", why="wider", now=LATER).why == "wider"


def test_nobody_refuses_their_own() -> None:
    with pytest.raises(RefusedError) as no:
        refuse(PENDING, by="NS4107", why="Not needed", now=LATER)
    assert no.value.reason == "self_authorisation"
    assert str(no.value) == "Not refused: this is your own request. Withdraw it instead."


def test_who_asked_takes_it_back_and_nobody_else() -> None:
    gone = withdraw(PENDING, by="NS4107", now=LATER)
    assert (gone.state, gone.settled_at) == (RequestState.WITHDRAWN, LATER)
    assert (gone.settled_by, gone.why) == ("NS4107", "")
    with pytest.raises(RefusedError) as no:
        withdraw(PENDING, by="NS2050", now=LATER)
    assert no.value.reason == "not_own"
    assert str(no.value) == "Not withdrawn: R-0421 is not yours. Refuse it instead."


def test_silence_refuses_and_nobody_did_it() -> None:
    gone = lapse(PENDING, now=LATER)
    assert (gone.state, gone.settled_at) == (RequestState.LAPSED, LATER)
    assert (gone.settled_by, gone.why) == ("", "")


def test_a_written_authority_ratifies_an_order() -> None:
    yes = signature()
    done = ratified(yes)
    assert (done.state, done.signatures) == (RequestState.RATIFIED, (yes,))
    assert (done.settled_at, done.settled_by) == (yes.signed_at, "NS2050")


def test_who_gave_the_order_does_not_ratify_it() -> None:
    with pytest.raises(RefusedError) as no:
        ratified(signature("NS3300"))
    assert no.value.reason == "self_authorisation"
    assert str(no.value) == (
        "Not ratified: you gave this order yourself. Another Inspector or Superintendent may."
    )


def test_who_searched_on_an_order_does_not_ratify_it() -> None:
    with pytest.raises(RefusedError) as no:
        ratified(signature(key_fingerprint="SHA256:NS4107"))
    assert no.value.reason == "self_authorisation"


def test_an_order_that_is_declined_or_forgotten_is_left_without_authority() -> None:
    gone = leave_unratified(URGENT, by="NS2050", why=" Not a threat to life ", now=LATER)
    assert (gone.state, gone.settled_at) == (RequestState.NOT_RATIFIED, LATER)
    assert (gone.settled_by, gone.why) == ("NS2050", "Not a threat to life")
    with pytest.raises(RefusedError) as no:
        leave_unratified(URGENT, by="NS4107", why="", now=LATER)
    assert no.value.reason == "self_authorisation"
    assert str(no.value) == "Not declined: this is your own request."
