"""The journal: changes of many rows that can be taken back until their term is over, one list for all features."""

import json
from datetime import timedelta

from sqlalchemy import delete

from server.domain.privacy import Retention
from server.domain.vocabulary import Uid
from server.persistence.base import new_uid
from server.persistence.models import JournalEntry
from server.services.context import Json, Tx


def write(tx: Tx, kind: str, body: Json, *, group_id: int, meeting_id: int | None = None) -> Uid:
    """Remember a change (keys only, no names) and give its entry's uid; entries whose term is over go."""
    term = Retention.UNDO.days
    assert term is not None, "the journal is not kept for ever"
    tx.db.execute(delete(JournalEntry).where(JournalEntry.done_at < tx.now - timedelta(days=term)))
    entry = JournalEntry(
        uid=new_uid(),
        group_id=group_id,
        meeting_id=meeting_id,
        kind=kind,
        body=json.dumps(body, separators=(",", ":")),
        done_at=tx.now,
    )
    tx.db.add(entry)
    return Uid(entry.uid)
