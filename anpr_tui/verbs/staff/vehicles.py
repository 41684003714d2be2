"""`anpr staff vehicle`: vehicles of staff and household, so that looks for them are flagged."""

from collections import Counter
from typing import TYPE_CHECKING

import click

from anpr_tui.verbs.staff.acting import Acting, acting

if TYPE_CHECKING:
    from store.desks.people.vehicles import VehiclesDesk

__all__ = ["vehicle"]

_WHOSE = click.argument("staff_id")
_MARK = click.argument("vrm")


@click.group()
def vehicle() -> None:
    """Tell of your own vehicles and those of your household; a look for one is flagged (S-62).

    A search for one is neither refused nor told to whoever searches: the auditor finds it flagged
    in the record. The auditor sees this register, the ANPR Manager how many each has, everybody
    else their own.
    """


@vehicle.command()
@acting
@_WHOSE
@_MARK
@click.option(
    "--of",
    "relation",
    type=click.Choice(["own", "household"]),
    default="own",
    show_default=True,
    help="Whose it is, seen from STAFF_ID.",
)
def add(acts: Acting, staff_id: str, vrm: str, relation: str) -> None:
    """Put the vehicle VRM under STAFF_ID, which is you; the ANPR Manager does it for others."""
    _desk(acts).add(acts.officer, staff_id, vrm, relation=relation, proof=acts.proof, now=acts.now)
    click.echo(f"Kept: a vehicle of {staff_id}, {relation}.")


@vehicle.command()
@acting
@_WHOSE
@_MARK
def remove(acts: Acting, staff_id: str, vrm: str) -> None:
    """Take the vehicle VRM from STAFF_ID."""
    _desk(acts).remove(acts.officer, staff_id, vrm, proof=acts.proof, now=acts.now)
    click.echo(f"Removed: a vehicle of {staff_id}.")


@vehicle.command("list")
@acting
@click.argument("staff_id", default="")
def list_vehicles(acts: Acting, staff_id: str) -> None:
    """List the vehicles of STAFF_ID, or of all, as the keys that marks are compared by."""
    found = _desk(acts).every(acts.officer, staff_id=staff_id, proof=acts.proof, now=acts.now)
    for one in found:
        if one.fold:
            click.echo(f"{one.staff_id}  {one.relation:<9}  {one.fold}")
    counted = Counter((one.staff_id, one.relation) for one in found if not one.fold)
    for (whose, relation), count in counted.items():
        click.echo(f"{whose}  {relation:<9}  {count}")
    click.echo(f"{len(found)} vehicles are kept.")


def _desk(acts: Acting) -> "VehiclesDesk":
    from store.desks.people.vehicles import open_vehicles

    return open_vehicles(acts.ledger)
