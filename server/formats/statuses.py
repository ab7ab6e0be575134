"""What the status and standing cells of other programs mean, in three languages.

An unknown status leaves the row unticked for a human to decide; nobody is dropped and nobody is
expected by guess.
"""

from server.domain.vocabulary import Standing
from server.formats.column_names import plain
from server.formats.records import Note

_TAKES_PART = frozenset(
    {
        "attending", "checked in", "approved", "yes", "y", "going", "confirmed", "complete", "completed",
        "active", "registered", "paid", "accepted", "present", "attended", "true", "1", "x", "free order",
        "sì", "si", "partecipa", "confermato", "confermata", "attivo", "attiva", "iscritto", "iscritta",
        "pagato", "presente", "tak", "potwierdzony", "potwierdzona", "potwierdzone", "aktywny", "aktywna",
        "opłacony", "opłacona", "opłacone", "zapisany", "zapisana", "obecny", "obecna",
    }
)  # fmt: skip

_STAYS_OUT = frozenset(
    {
        "refunded", "partially refunded", "not attending", "deleted", "transferred", "declined", "pending",
        "pending approval", "waitlist", "waitlisted", "waiting list", "invited", "no", "n", "not going",
        "can't go", "can’t go", "maybe", "cancelled", "canceled", "void", "voided", "rejected", "withdrawn",
        "unpaid", "awaiting payment", "inactive", "false", "0", "rimborsato", "rimborsata", "annullato",
        "annullata", "rifiutato", "rifiutata", "in attesa", "invitato", "invitata", "non partecipa", "forse",
        "lista d'attesa", "nie", "anulowany", "anulowana", "anulowane", "zwrócony", "zwrócona", "zwrócone",
        "odrzucony", "odrzucona", "oczekujący", "oczekująca", "oczekuje", "zaproszony", "zaproszona", "może",
        "lista rezerwowa",
    }
)  # fmt: skip

_STANDINGS = {
    Standing.MEMBER: frozenset(
        {
            "member", "members", "socio", "socia", "soci", "membro", "iscritto", "iscritta", "associato",
            "associata", "członek", "członkini", "czlonek", "czlonkini",
        }
    ),
    Standing.VISITOR: frozenset(
        {
            "visitor", "guest", "visitors", "ospite", "visitatore", "visitatrice", "invitato", "invitata",
            "gość", "gosc", "odwiedzający", "odwiedzająca",
        }
    ),
}  # fmt: skip


def standing_of(cell: str) -> Standing | None:
    """Member or visitor, or None when the cell does not say."""
    word = plain(cell)
    return next((standing for standing, words in _STANDINGS.items() if word in words), None)


def reason_to_leave_out(cell: str) -> Note | None:
    """Why a row with this status is not ticked; None when it takes part or nothing is said."""
    word = plain(cell)
    if not word or word in "-–—" or word in _TAKES_PART:
        return None
    return Note("status_stays_out" if word in _STAYS_OUT else "status_unknown", {"status": cell.strip()})
