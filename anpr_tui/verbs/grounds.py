"""The ground of an act on the hub's machine: purpose, class, reference and words (S-1, S-62)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from store.purposes import Category
from store.terms import Ground, Purpose

__all__ = ["ground_options"]

NEEDED = ("purpose", "category", "reference", "reason")


def ground_options(*, required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a verb `--purpose --class --ref --reason`, passed as `ground: Ground | None`.

    Args:
        required: Whether the verb always needs one; otherwise all four or none are given.
    """

    def given(verb: Callable[..., Any]) -> Callable[..., Any]:
        @click.option(
            "--purpose",
            type=click.Choice([one.value for one in Purpose]),
            required=required,
            help="Why, of the closed list.",
        )
        @click.option(
            "--class",
            "category",
            type=click.Choice([one.value for one in Category]),
            required=required,
            help="Class of the offence or incident.",
        )
        @click.option("--ref", "reference", required=required, help="Incident or case reference.")
        @click.option(
            "--reason", required=required, help="What a reviewer can check, 15 characters or more."
        )
        @wraps(verb)
        def with_ground(*given_first: Any, **told: Any) -> Any:
            said = {name: told.pop(name) for name in NEEDED}
            ground = None
            if all(said.values()):
                ground = Ground(
                    purpose=Purpose(said["purpose"]),
                    category=Category(said["category"]),
                    reference=said["reference"],
                    reason=said["reason"],
                )
            elif any(said.values()):
                raise click.UsageError("A ground takes all of --purpose --class --ref --reason.")
            return verb(*given_first, **told, ground=ground)

        return with_ground

    return given
