"""Verdicts in an officer's words: who must sign, how many, and what to do next."""

from store.governance.rulebook.verdicts import NeedsAuthorisation

__all__ = ["said", "signers"]

_WHO = {
    "inspector": "an Inspector",
    "chief_inspector": "a Chief Inspector",
    "superintendent": "a Superintendent",
    "chief_superintendent": "a Chief Superintendent",
    "assistant_chief_constable": "an Assistant Chief Constable",
    "anpr_manager": "the ANPR Manager",
    "case_owner": "the case owner",
    "force_duty_officer": "the Force Duty Officer",
}
_NUMBERS = {2: "two", 3: "three", 4: "four"}


def signers(authority: str, *, count: int) -> str:
    """Say who must sign: "an Inspector", "two of the rank of Superintendent or above"."""
    if "+" in authority:
        return " and ".join(signers(one, count=1) for one in authority.split("+"))
    who = _WHO.get(authority, f"the {authority.replace('_', ' ')}")
    if count == 1:
        return who
    return f"{_NUMBERS.get(count, count)} different people, each {who} or above"


def said(needs: NeedsAuthorisation) -> str:
    """Say that an authority is missing, whose, why so far, and what to do next."""
    return (
        f"{needs.sentence} It takes the signature of {signers(needs.authority, count=needs.count)}."
    )
