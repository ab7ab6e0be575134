"""Links that anybody may be sent: the uid of a thing and a seal that only this installation can make.

Nothing is stored, so the same link can be shown again; a purpose keeps one kind from opening another, and the next
generation of a thing makes its earlier links worthless.
"""

import hmac

from server.services.context import Context

_SEAL = 20
"""Characters of the seal, 80 bits."""


def make(ctx: Context, purpose: str, uid: str, generation: int = 1) -> str:
    """What stands in the address."""
    return f"{uid}-{ctx.secret(f'link {purpose}', f'{uid}:{generation}')[:_SEAL].upper()}"


def uid_of(text: str) -> str:
    """The thing a link may be about; nothing is proved by it."""
    return text.partition("-")[0].upper()[:16]


def opens(ctx: Context, purpose: str, text: str, uid: str, generation: int = 1) -> bool:
    """Whether the link was made for this thing and no later one has taken its place."""
    return hmac.compare_digest(make(ctx, purpose, uid, generation).encode(), text.upper().encode())
