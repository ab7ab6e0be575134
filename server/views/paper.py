"""Everything on paper for one meeting: each document with options and its first page; all of it in one press."""

from collections.abc import Sequence

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.errors import NotFound, RuleViolation
from server.services import badge_sheets, badges, papers, print_setup, printing, stocks
from server.services.badge_sheets import BadgeOrder
from server.services.badges import Holder
from server.services.papers import Kind, PaperOrder
from server.services.print_setup import Network, Setup
from server.services.printing import Draft, Look, Part
from server.views import forms, guards, print_room
from server.views.guards import Visit
from server.views.paper_texts import KINDS

bp = Blueprint("paper", __name__, url_prefix="/o/<meeting>")
BADGES = "badges"
USUAL_KIT = (Kind.SIGN_IN, Kind.ROUTES, Kind.TABLES, Kind.SEATING, Kind.DOOR, Kind.JOIN, Kind.WIFI, Kind.TEST_CODE)
"""What is ticked before anybody has chosen, where it can be printed by now."""
MOST_SECTORS = 12


@bp.get("/papers")
@guards.needs(Verb.PRINT)
def index(visit: Visit) -> str:
    """Every document there is for this meeting, and the press that prints all that is ticked."""
    with print_room.moment(visit) as now:
        view, address = print_room.meeting(now), print_room.address(now)
        holders = badges.holders(now.ctx, visit.meeting_id)
        chosen = print_setup.setup(now.ctx, visit.group_id)
        found = stocks.stocks(now.ctx, visit.group_id)
        why = _why_not(now, holders, bool(address), chosen, list(KINDS))
    waiting = sum(1 for holder in holders if holder.printed_at is None)
    ticked = request.form.getlist("kind") or [
        *([BADGES] if waiting else []),
        *(kind.value for kind in USUAL_KIT),
    ]
    return render_template(
        "organiser/papers.html",
        meeting=view,
        address=address,
        kinds=[(kind, gettext(name), gettext(use), why.get(kind)) for kind, (name, use) in KINDS.items()],
        ticked=ticked,
        waiting=waiting,
        people=len(holders),
        stock=found[print_room.usual_stock(found, chosen.paper)].name,
        setup=chosen,
    )


@bp.post("/papers/kit")
@guards.needs(Verb.PRINT)
@forms.or_show_again(index)
def kit(visit: Visit) -> ResponseReturnValue:
    """Everything that is ticked, as one file."""
    return print_room.file(printing.draw(_kit(visit)[0]), "papers")


@bp.post("/papers/look")
@guards.needs(Verb.PRINT)
def look_at_kit(visit: Visit) -> ResponseReturnValue:
    """The first page of everything, and on which page each document begins: `{svg, pages, warnings, contents}`."""
    draft, kinds = _kit(visit)
    shown = printing.look(draft, page=_page())
    titles = [gettext(KINDS[kind][0]) for kind in kinds]
    return _shown(shown, contents=list(zip(titles, shown.begins, strict=True)))


@bp.get("/papers/<kind>")
@guards.needs(Verb.PRINT)
def document(visit: Visit, kind: str) -> str:
    """One document: its options, and its first page as it will come out."""
    wanted = _kind(kind)
    with print_room.moment(visit) as now:
        view, address = print_room.meeting(now), print_room.address(now)
        chosen = print_setup.setup(now.ctx, visit.group_id)
        rounds = papers.planned(now.ctx, visit.meeting_id) if wanted in papers.OF_ROUNDS else ()
        sectors = papers.wanted(now.ctx, visit.meeting_id) if wanted is Kind.EMPTY_CHAIR else ()
    name, use = KINDS[wanted.value]
    usual = PaperOrder(wanted, chosen.paper)
    return render_template(
        "organiser/paper.html",
        meeting=view,
        kind=wanted.value,
        name=gettext(name),
        use=gettext(use),
        address=address,
        setup=chosen,
        rounds=rounds,
        sectors=sectors,
        values=forms.typed(
            {
                "size": usual.size,
                "partners": "1",
                "promises": "1",
                "names": "1",
                "per_page": usual.per_page,
                "copies": usual.copies,
                "round": "",
                "sectors": "\n".join(each.sector for each in sectors[:1]),
            }
        ),
    )


@bp.post("/papers/<kind>")
@guards.needs(Verb.PRINT)
@forms.or_show_again(document)
def document_file(visit: Visit, kind: str) -> ResponseReturnValue:
    """The document as a file."""
    wanted = _kind(kind)
    _keep_network(visit, wanted)
    return print_room.file(printing.draw(_draft(visit, _order(wanted))), wanted.value)


@bp.post("/papers/<kind>/look")
@guards.needs(Verb.PRINT)
def look_at_document(visit: Visit, kind: str) -> ResponseReturnValue:
    """A page of the document as the form stands: `{svg, pages, warnings}`."""
    wanted = _kind(kind)
    return _shown(printing.look(_draft(visit, _order(wanted), _network(wanted)), page=_page()))


def _shown(shown: Look, **more: object) -> ResponseReturnValue:
    warnings = [print_room.said_warning(warned) for warned in shown.warnings]
    return jsonify(ok=True, svg=shown.svg, pages=shown.pages, warnings=warnings, **more)


def _kind(kind: str) -> Kind:
    if kind not in set(map(str, Kind)):
        raise NotFound("page_unknown")
    return Kind(kind)


def _why_not(
    visit: Visit, holders: Sequence[Holder], has_address: bool, chosen: Setup, asked: Sequence[str]
) -> dict[str, str]:
    """Which documents of those asked for cannot be printed yet, and what is missing."""
    lacking = (
        (not has_address, {BADGES, *papers.OF_ADDRESS}, gettext("The address comes first")),
        (not holders, {BADGES, Kind.SIGN_IN, Kind.TENTS}, gettext("Nobody is expected yet.")),
        (
            not any(holder.table for holder in holders),
            papers.OF_ROUNDS,
            gettext("The rounds are planned first"),
        ),
        (not chosen.network.name, {Kind.WIFI}, gettext("The network's name comes first")),
        (
            Kind.EMPTY_CHAIR in asked and not papers.wanted(visit.ctx, visit.meeting_id, most=1),
            {Kind.EMPTY_CHAIR},
            gettext("Nobody here looks for a sector that is missing"),
        ),
    )
    return {kind: why for is_lacking, kinds, why in reversed(lacking) if is_lacking for kind in kinds}


def _draft(visit: Visit, order: PaperOrder, network: Network | None = None) -> Draft:
    with print_room.moment(visit) as now:
        known = network or print_setup.setup(now.ctx, visit.group_id).network
        return papers.draft(
            now.ctx,
            meeting_id=visit.meeting_id,
            order=order,
            words=print_room.paper_words(print_room.meeting(now), print_room.language(now)),
            to=print_room.address(now),
            network=known,
        )


def _kit(visit: Visit) -> tuple[Draft, list[str]]:
    """All that is ticked and can be printed by now, and what that is. Raises RuleViolation("print_nothing_chosen")."""
    asked = request.form.getlist("kind")
    # Before the one moment: whoever has no badge yet is given one.
    read = badge_sheets.everybody if BADGES in asked else badges.holders
    holders = read(visit.ctx, visit.meeting_id)
    with print_room.moment(visit) as now:
        view, language, address = print_room.meeting(now), print_room.language(now), print_room.address(now)
        chosen = print_setup.setup(now.ctx, visit.group_id)
        missing = _why_not(now, holders, bool(address), chosen, asked)
        words = print_room.paper_words(view, language)
        kinds = [kind for kind in KINDS if kind in asked and kind not in missing]
        parts = []
        for kind in kinds:
            with print_room.in_language(language):
                title = gettext(KINDS[kind][0])
            if kind == BADGES:
                parts.append(Part(title, _badges(now, chosen, holders)))
                continue
            draft = papers.draft(
                now.ctx,
                meeting_id=visit.meeting_id,
                order=PaperOrder(Kind(kind), chosen.paper),
                words=words,
                to=address,
                network=chosen.network,
                people=holders,
            )
            parts.append(Part(title, draft))
    if not parts:
        raise RuleViolation("print_nothing_chosen")
    return printing.bound(parts, title=view.name, language=language), kinds


def _badges(visit: Visit, chosen: Setup, holders: Sequence[Holder]) -> Draft:
    """The badges that wait, else everybody's, on the labels that this computer printed on last."""
    found = stocks.stocks(visit.ctx, visit.group_id)
    stock = print_room.usual_stock(found, chosen.paper)
    waiting = any(holder.printed_at is None for holder in holders)
    order = BadgeOrder(whom=badge_sheets.NOT_PRINTED if waiting else badge_sheets.EVERYBODY, stock=stock)
    setting = print_room.badge_setting(visit, order)
    return badge_sheets.sheet_of(visit.ctx, holders, order, setting).draft


def _order(kind: Kind) -> PaperOrder:
    """What the form asks for."""
    size = forms.text("size", limit=8)
    number = forms.text("round", limit=3)
    lines = forms.text("sectors", limit=1500).splitlines() if kind is Kind.EMPTY_CHAIR else []
    return PaperOrder(
        kind=kind,
        size=size if size in print_setup.PAPERS else "a4",
        partners=forms.ticked("partners"),
        promises=forms.ticked("promises"),
        names=forms.ticked("names"),
        per_page=forms.number("per_page", least=1, most=2) if kind in _TENTS else 2,
        copies=forms.number("copies", least=1, most=100) if kind is Kind.SLIPS else 1,
        rounds=(int(number),) if number.isdigit() else (),
        sectors=tuple(line.strip()[:120] for line in lines if line.strip())[:MOST_SECTORS],
    )


_TENTS = (Kind.TENTS, Kind.EMPTY_CHAIR)


def _network(kind: Kind) -> Network | None:
    """The Wi-Fi as the form says it."""
    if kind is not Kind.WIFI:
        return None
    security = forms.text("wifi_security", limit=8)
    return Network(
        name=forms.text("wifi_name", limit=64),
        password=forms.text("wifi_password", limit=128),
        security=security if security in print_setup.SECURITIES else "WPA",
        hidden=forms.ticked("wifi_hidden"),
    )


def _keep_network(visit: Visit, kind: Kind) -> None:
    """What was printed once is there the next time, and in everything for the meeting."""
    network = _network(kind)
    if network is not None:
        print_setup.choose_network(visit.ctx, group_id=visit.group_id, network=network)


def _page() -> int:
    return forms.number("page", least=1, most=100_000) if request.form.get("page") else 1
