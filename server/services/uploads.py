"""A file somebody sent, kept between looking at it and using it.

It lies in `uploads/` of the instance for an hour at most and goes as soon as it has been used. Its name is a keyed
hash of the session and a random token: another session cannot reach it, and neither stands in any address. What is
overdue is swept whenever the next file comes or goes, and at every start.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from server.domain.errors import NotFound
from server.domain.vocabulary import Uid
from server.services.context import Context

KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Upload:
    """The file and the name it had on the sender's computer."""

    name: str
    data: bytes


def keep(ctx: Context, *, session_uid: Uid, upload: Upload) -> str:
    """Keep a file for this session; answers with the token that brings it back."""
    sweep(ctx)
    token = secrets.token_urlsafe(18)
    path = _path(ctx, session_uid, token)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(upload.name.encode() + b"\n" + upload.data)
    moment = ctx.now().timestamp()
    os.utime(path, (moment, moment))
    return token


def fetch(ctx: Context, *, session_uid: Uid, token: str) -> Upload:
    """The file behind a token of this session. Raises NotFound("upload_gone") after its hour or its use."""
    sweep(ctx)
    try:
        name, _, data = _path(ctx, session_uid, token).read_bytes().partition(b"\n")
    except OSError:
        raise NotFound("upload_gone") from None
    return Upload(name.decode(), data)


def drop(ctx: Context, *, session_uid: Uid, token: str) -> None:
    """The file is no longer needed."""
    _path(ctx, session_uid, token).unlink(missing_ok=True)


def sweep(ctx: Context) -> None:
    """Remove every file whose hour is over."""
    oldest = ctx.now().timestamp() - KEPT_SECONDS
    for path in _folder(ctx).iterdir() if _folder(ctx).is_dir() else ():
        try:
            if path.stat().st_mtime <= oldest:
                path.unlink()
        except FileNotFoundError:
            continue  # another request swept it first


def clear(ctx: Context) -> None:
    """Remove every file, because somebody who may stand in one was erased. An import that goes on has read its own."""
    for path in _folder(ctx).iterdir() if _folder(ctx).is_dir() else ():
        path.unlink(missing_ok=True)


def _folder(ctx: Context) -> Path:
    return ctx.settings.instance / "uploads"


def beside(ctx: Context, session_uid: Uid, what: str) -> Path:
    """Where something of this session lies beside its files, and is swept with them."""
    return _folder(ctx) / f"{ctx.secret('upload', f'{session_uid} {what}')[:40]}.{what}"


def _path(ctx: Context, session_uid: Uid, token: str) -> Path:
    return _folder(ctx) / f"{ctx.secret('upload', f'{session_uid}:{token}')[:40]}.upload"
