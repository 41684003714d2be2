"""The desks of authority as seen from a console: ask, sign, refuse, end; urgent use."""

from typing import TypeVar

from store import wire
from store.access import AccessRequest, Prompt, UrgentTerms
from store.terms import Ground, Scope

__all__ = ["AuthorityAsks"]

_Answer = TypeVar("_Answer")


class AuthorityAsks:
    """What a connection is asked about authority; the connection says how."""

    async def _ask(self, act: wire.Act, answer: type[_Answer]) -> _Answer:
        raise NotImplementedError

    async def request_access(
        self, scope: Scope, ground: Ground, *, tools: tuple[str, ...] = ()
    ) -> AccessRequest:
        """Asks for the authority that a search needs; those who may sign are prompted at once."""
        act = wire.RequestAccess(scope=scope, ground=ground, tools=tools)
        return await self._ask(act, AccessRequest)

    async def waiting(self) -> tuple[Prompt, ...]:
        """The requests that this officer may sign."""
        return await self._ask(wire.ShowWaiting(), tuple[Prompt, ...])

    async def mine(self) -> tuple[AccessRequest, ...]:
        """This officer's own requests with their grants."""
        return await self._ask(wire.ShowMine(), tuple[AccessRequest, ...])

    async def open_request(self, request_id: str) -> Prompt:
        """One request in full; that it was opened is written down."""
        return await self._ask(wire.OpenRequest(request_id=request_id), Prompt)

    async def sign(self, act: wire.Authorise | wire.Ratify | wire.LiftStop) -> AccessRequest:
        """Authorises exactly the scope with this digest, ratifies an urgent use, or lifts a stop.

        Raises:
            RefusedError: Another scope or code than was shown, or not this person's to sign.
        """
        return await self._ask(act, AccessRequest)

    async def refuse(self, request_id: str, *, why: str) -> AccessRequest:
        """Refuses a request; the reason goes back to its requester."""
        return await self._ask(wire.RefuseRequest(request_id=request_id, why=why), AccessRequest)

    async def withdraw(self, request_id: str) -> AccessRequest:
        """Takes one's own request back."""
        return await self._ask(wire.Withdraw(request_id=request_id), AccessRequest)

    async def revoke(self, grant_id: str, *, why: str) -> AccessRequest:
        """Ends a grant before its time."""
        return await self._ask(wire.Revoke(grant_id=grant_id, why=why), AccessRequest)

    async def order_urgent(
        self,
        scope: Scope,
        ground: Ground,
        *,
        urgent_ground: str,
        ordered_by: str,
        log_ref: str,
        passphrase: str,
        factor_code: str,
        also: tuple[str, ...] = (),
    ) -> AccessRequest:
        """Takes a Force Duty Officer's order in a threat to life; its authority is owed."""
        act = wire.OrderUrgent(
            scope=scope,
            ground=ground,
            urgent_ground=urgent_ground,
            ordered_by=ordered_by,
            log_ref=log_ref,
            also=also,
            passphrase=passphrase,
            factor_code=factor_code,
        )
        return await self._ask(act, AccessRequest)

    async def urgent_terms(self) -> UrgentTerms:
        """What the urgent way asks of this officer and what follows; not audited."""
        return await self._ask(wire.AskUrgentTerms(), UrgentTerms)

    async def stopped(self) -> tuple[AccessRequest, ...]:
        """Urgent uses without ratification, whose officers this one may trust again."""
        return await self._ask(wire.ShowStopped(), tuple[AccessRequest, ...])
