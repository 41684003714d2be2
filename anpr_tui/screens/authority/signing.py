"""What the screens have in common on which somebody signs: nobody signs by leaving them."""

from anpr_tui.screens.frame import Frame
from store import wire
from store.access import AccessRequest
from store.errors import StoreError

__all__ = ["SigningScreen"]


class SigningScreen(Frame):
    """Esc signs nothing, wherever it is pressed; what the hub refuses stands on the notice line."""

    MODE = "access"

    async def leave_field(self) -> None:
        """Esc in a field leaves the screen."""
        await self.action_back()

    async def sign(self, act: wire.Authorise | wire.Ratify | wire.LiftStop) -> AccessRequest | None:
        """Sign at the hub; None where it refused, in its words on the notice line."""
        try:
            return await self.seat.hub.sign(act)
        except StoreError as refused:
            self.seat.say(str(refused))
            return None

    def close_settled(self, after: AccessRequest, *, said: str) -> None:
        """Take over what the hub made of it, say so, and go back to where this was opened from."""
        self.seat.authority.take_settled(after, own=False)
        self.seat.say(said)
        if self.is_current:
            # Not awaited: the screen waits for its workers to end, and this is one of them.
            self.app.pop_screen()
