"""Paper from the organiser's pages: all in one press, one by one, looked at first, marked, taken back, replaced."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from server.domain.vocabulary import Uid
from server.persistence.models import Badge, Group, Person
from server.services import badges, check_ins, print_jobs, print_setup, workbench
from server.services.context import Tx
from server.services.papers import Kind
from server.services.print_setup import Network
from server.views.sentences import SENTENCES
from server.views.sentences.paper import PARTS, WARNINGS
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import DOOR, seat_rounds

Open = Callable[[str | None], Browser]
SHEET = {"whom": "everybody", "stock": "avery-l4785", "start_at": "1"}
ROUNDS = [
    [["Mira", "Max"], ["Olga", "Vik"], ["Fiona", "Dora"]],
    [["Mira", "Vik"], ["Olga", "Dora"], ["Fiona", "Max"]],
]
PLAIN = ("sign-in", "tents", "slips", "door", "join", "test-code")


@pytest.fixture
def olga(browser: Open) -> Browser:
    return browser("Olga")


@pytest.fixture
def here(morning: Morning) -> str:
    return f"/o/{morning.meeting_uid}"


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _pages(reply: Any) -> list[str]:
    assert (reply.status_code, reply.mimetype, reply.data[:5]) == (200, "application/pdf", b"%PDF-")
    return [page.extract_text() for page in PdfReader(io.BytesIO(reply.data)).pages]


def _look(olga: Browser, path: str, form: dict[str, Any]) -> Any:
    """What a script is answered."""
    sent = {"csrf_token": olga.csrf(), **form}
    return olga.client.post(path, data=sent, headers={"Accept": "application/json"})


def _named(page: str, at: int = 0) -> str:
    """The badges that a page's form names."""
    return re.findall(r'name="badges" value="([^"]+)"', page)[at]


def _printed(olga: Browser, here: str, **how: str) -> None:
    """The whole way: looked at, printed, marked."""
    page = _text(olga.submit(f"{here}/badges", SHEET | how))
    olga.submit(f"{here}/badges/printed", {"badges": _named(page), "stock": "avery-l4785"})


def _change(morning: Morning, name: str, **fields: object) -> None:
    def work(tx: Tx) -> None:
        tx.db.execute(update(Person).where(Person.id == morning.people[name]).values(**fields))

    morning.ctx.transaction(work)


def _forget_address(morning: Morning) -> None:
    def work(tx: Tx) -> None:
        tx.db.execute(update(Group).where(Group.id == morning.group_id).values(base_url=""))

    morning.ctx.transaction(work)


# --- everything


def test_everything_that_is_ticked_comes_in_one_file_in_one_press(morning: Morning, olga: Browser, here: str) -> None:
    seat_rounds(morning, ROUNDS)
    page = _text(olga.get(f"{here}/papers"))
    ticked = re.findall(r'name="kind" value="([\w-]+)" checked', page)
    assert ticked == ["badges", "sign-in", "routes", "tables", "seating", "door", "join", "test-code"]
    reply = olga.submit(f"{here}/papers/kit", {"kind": ticked})
    pages = _pages(reply)
    file = PdfReader(io.BytesIO(reply.data))
    titles = [str(entry["/Title"]) for entry in file.outline]  # type: ignore[call-overload]  # no entry has others below
    assert titles == [
        *("Badges", "Sign-in list", "Route cards", "Table cards", "Seating plan", "Poster for the door"),
        *("Poster for phones", "Test code"),
    ]
    assert all("Mira" in pages[at] for at in (0, 1, 2))
    assert not any(holder.printed_at for holder in badges.holders(morning.ctx, morning.meeting_id))


def test_what_cannot_be_printed_yet_says_why_and_does_not_hold_the_rest_up(
    morning: Morning, olga: Browser, here: str
) -> None:
    page = _text(olga.get(f"{here}/papers"))
    assert page.count("The rounds are planned first") == 3
    assert "The network&#39;s name comes first" in page
    assert len(_pages(olga.submit(f"{here}/papers/kit", {"kind": ["routes", "sign-in"]}))) == 1
    refused = _text(olga.submit(f"{here}/papers/kit", {"kind": ["routes"]}), 422)
    assert SENTENCES["print_nothing_chosen"] in refused
    assert SENTENCES["print_nothing_chosen"] in _text(olga.submit(f"{here}/papers/kit"), 422)


def test_the_look_at_everything_says_where_each_document_begins(olga: Browser, here: str) -> None:
    answer = _look(olga, f"{here}/papers/look", {"kind": ["badges", "sign-in", "slips"], "page": "2"}).get_json()
    assert answer["contents"] == [["Badges", 1], ["Sign-in list", 2], ["Referral slips", 3]]
    assert answer["svg"].startswith("<svg")
    assert answer["pages"] == 5


# --- one document


@pytest.mark.parametrize("kind", PLAIN)
def test_each_paper_is_looked_at_and_opened(olga: Browser, here: str, kind: str) -> None:
    page = _text(olga.get(f"{here}/papers/{kind}"))
    assert f'data-look="{here}/papers/{kind}/look"' in page
    form = {"size": "a4", "per_page": "2", "copies": "2"}
    look = _look(olga, f"{here}/papers/{kind}/look", form)
    assert look.get_json()["svg"].count("<svg") == 1
    assert len(_pages(olga.submit(f"{here}/papers/{kind}", form))) == look.get_json()["pages"]


@pytest.mark.parametrize("kind", ["routes", "tables", "seating"])
def test_papers_of_the_rounds_need_seats_and_then_name_everybody(
    morning: Morning, olga: Browser, here: str, kind: str
) -> None:
    form = {"size": "letter", "partners": "1", "names": "1"}
    refused = _look(olga, f"{here}/papers/{kind}/look", form)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "print_no_rounds")
    seat_rounds(morning, ROUNDS)
    text = "".join(_pages(olga.submit(f"{here}/papers/{kind}", form)))
    assert all(name in text for name in ("Mira", "Max", "Vik", "Fiona"))
    _text(olga.get(f"{here}/papers/{kind}"))


def test_the_options_of_a_paper_change_it(morning: Morning, olga: Browser, here: str) -> None:
    seat_rounds(morning, ROUNDS)
    alone = "".join(_pages(olga.submit(f"{here}/papers/routes", {"size": "a4"})))
    together = "".join(_pages(olga.submit(f"{here}/papers/routes", {"size": "a4", "partners": "1"})))
    assert together.count("Mira") > alone.count("Mira")
    one = _pages(olga.submit(f"{here}/papers/seating", {"size": "a4", "round": "2"}))
    both = _pages(olga.submit(f"{here}/papers/seating", {"size": "a4"}))
    assert len(one) < len(both)
    size = PdfReader(io.BytesIO(olga.submit(f"{here}/papers/slips", {"size": "letter", "copies": "1"}).data))
    assert round(float(size.pages[0].mediabox.width)) == 612


def test_the_wi_fi_is_asked_once_and_then_part_of_everything(morning: Morning, olga: Browser, here: str) -> None:
    form = {"size": "a4", "wifi_name": "Sala", "wifi_password": "buongiorno", "wifi_security": "WPA"}
    assert _look(olga, f"{here}/papers/wifi/look", form).status_code == 200
    assert print_setup.setup(morning.ctx, morning.group_id).network == Network(), "looking keeps nothing"
    assert "buongiorno" in _pages(olga.submit(f"{here}/papers/wifi", form))[0]
    assert 'value="buongiorno"' in _text(olga.get(f"{here}/papers/wifi"))
    assert "buongiorno" in _pages(olga.submit(f"{here}/papers/kit", {"kind": ["wifi"]}))[0]
    short = _look(olga, f"{here}/papers/wifi/look", form | {"wifi_password": "ciao"})
    assert "8 to 63 letters" in short.get_json()["text"]


def test_an_empty_chair_waits_for_whom_the_others_look_for(morning: Morning, olga: Browser, here: str) -> None:
    for name in ("Mira", "Max"):
        _change(morning, name, wants_sector="Notary")
    _change(morning, "Vik", wants_sector="Florist")  # Dora is one
    page = _text(olga.get(f"{here}/papers/empty-chair"))
    assert "Notary (2)" in page
    assert "Florist (" not in page
    form = {"size": "a4", "per_page": "1", "sectors": "Notary\nBaker"}
    text = "".join(_pages(olga.submit(f"{here}/papers/empty-chair", form)))
    assert "Notary" in text
    assert "Looking for such a guest here: 2" in text
    assert "Baker" in text


def test_a_group_overseas_is_offered_its_own_paper(morning: Morning, olga: Browser, here: str) -> None:
    assert 'value="a4" selected' in _text(olga.get(f"{here}/papers/slips"))

    def move(tx: Tx) -> None:
        tx.db.execute(update(Group).where(Group.id == morning.group_id).values(time_zone="America/Chicago"))

    morning.ctx.transaction(move)
    assert 'value="letter" selected' in _text(olga.get(f"{here}/papers/slips"))
    assert 'value="avery-5395" selected' in _text(olga.get(f"{here}/badges"))
    olga.submit(f"{here}/printing/paper", {"paper": "a4"})
    assert 'value="a4" selected' in _text(olga.get(f"{here}/papers/slips"))


def test_the_paper_speaks_the_groups_language_not_the_readers(morning: Morning, olga: Browser, here: str) -> None:
    def speak(tx: Tx) -> None:
        tx.db.execute(update(Group).where(Group.id == morning.group_id).values(language="it"))

    morning.ctx.transaction(speak)
    olga.client.set_cookie("coltiva_language", "en")
    text = "".join(_pages(olga.submit(f"{here}/papers/kit", {"kind": ["badges", "sign-in"]})))
    assert "Membro" in text or "Socio" in text
    assert "Member" not in text


def test_an_unknown_paper_does_not_exist(olga: Browser, here: str) -> None:
    assert olga.get(f"{here}/papers/napkin").status_code == 404
    assert olga.submit(f"{here}/papers/napkin").status_code == 404
    assert olga.submit(f"{here}/papers/napkin/look").status_code == 404


def test_a_number_that_cannot_be_is_refused_at_its_field(olga: Browser, here: str) -> None:
    page = _text(olga.submit(f"{here}/papers/slips", {"size": "a4", "copies": "1000"}), 422)
    assert "between 1 and 100" in page


# --- badges


def test_the_sheet_is_looked_at_printed_marked_and_the_mark_taken_back(
    morning: Morning, olga: Browser, here: str
) -> None:
    page = _text(olga.submit(f"{here}/badges", SHEET))
    assert "Badges: 6, pages: 1" in page
    assert "Mark as printed: 6" in page
    assert "<svg xmlns" in page, "the sheet can be seen without a script"
    assert len(_pages(olga.submit(f"{here}/badges/file", SHEET | {"badges": _named(page)}))) == 1
    assert badges.holders(morning.ctx, morning.meeting_id)[0].printed_at is None, "a file is no paper"
    olga.submit(f"{here}/badges/printed", {"badges": _named(page), "stock": "avery-l4785"})
    assert all(holder.printed_at for holder in badges.holders(morning.ctx, morning.meeting_id))
    listed = _text(olga.get(f"{here}/badges"))
    assert "Avery L4785" in listed
    (job,) = re.findall(r'name="job" value="(\w+)"', listed)
    olga.submit(f"{here}/badges/not-printed", {"job": job})
    assert not any(holder.printed_at for holder in badges.holders(morning.ctx, morning.meeting_id))


def test_a_mark_sent_twice_is_one_print(morning: Morning, olga: Browser, here: str) -> None:
    page = _text(olga.submit(f"{here}/badges", SHEET))
    form = {"badges": _named(page), "stock": "avery-l4785", "op": "once"}
    for _ in range(2):
        olga.submit(f"{here}/badges/printed", form)
    assert len(print_jobs.listed(morning.ctx, morning.meeting_id)) == 1


def test_a_later_print_is_undone_without_the_earlier_one(
    morning: Morning, olga: Browser, here: str, clock: FakeClock
) -> None:
    _printed(olga, here, standing="member")
    clock.pass_by(minutes=5)
    _printed(olga, here, again="1")
    job = re.findall(r'name="job" value="(\w+)"', _text(olga.get(f"{here}/badges")))[0]
    olga.submit(f"{here}/badges/not-printed", {"job": job})
    waiting = [h.name for h in badges.holders(morning.ctx, morning.meeting_id) if h.printed_at is None]
    assert waiting == ["Vik"]
    unknown = _text(olga.submit(f"{here}/badges/not-printed", {"job": "0" * 16}), 422)
    assert SENTENCES["print_job_unknown"] in unknown


def test_only_what_waits_is_printed_and_then_there_is_nobody(olga: Browser, here: str) -> None:
    _printed(olga, here, standing="member")
    assert "Badges: 1, pages: 1" in _text(olga.submit(f"{here}/badges", SHEET | {"whom": "not_printed"}))
    _printed(olga, here, whom="not_printed")
    assert "There is nobody to print." in _text(olga.submit(f"{here}/badges", SHEET | {"whom": "not_printed"}), 422)


def test_badges_are_narrowed_by_role_and_letter_and_sorted(morning: Morning, olga: Browser, here: str) -> None:
    def text(**how: str) -> str:
        return _pages(olga.submit(f"{here}/badges/file", SHEET | how))[0]

    assert set(re.findall("Mira|Vik|Max", text(standing="visitor"))) == {"Vik"}
    some = text(first="K", last="M")  # Kelly, Łukasik, Marchetti
    assert re.findall("Fiona|Mira|Olga|Max|Dora", some) == ["Fiona", "Mira", "Olga"]
    assert re.findall("Dora|Vik(?!.*&)", text(first="N", last="Z"))[0] == "Vik"
    by_company = re.findall("Mira|Max|Fiona|Olga", text(sort="company"))
    assert by_company == ["Max", "Mira", "Fiona", "Olga"]
    seat_rounds(morning, ROUNDS)
    by_table = text(sort="table", table="1")
    assert re.findall("Max|Mira|Olga|Fiona|Dora", by_table)[:2] == ["Max", "Mira"]
    assert "Table" in by_table


def test_what_is_in_peoples_hands_is_printed_again_only_when_asked(olga: Browser, here: str) -> None:
    _printed(olga, here, standing="member")
    page = _text(olga.submit(f"{here}/badges", SHEET))
    assert "Print these again, too?" in page
    assert "Printed before and unchanged: 5 of 6." in page
    assert "Mark as printed" not in page
    rest = _text(olga.submit(f"{here}/badges", SHEET | {"badges": _named(page, 0)}))
    assert "Badges: 1, pages: 1" in rest
    everybody = _text(olga.submit(f"{here}/badges", SHEET | {"badges": _named(page, 1), "again": "1"}))
    assert "Badges: 6, pages: 1" in everybody


def test_whoever_has_changed_is_printed_again_and_nobody_else(morning: Morning, olga: Browser, here: str) -> None:
    _printed(olga, here)
    assert "Those changed since" not in _text(olga.get(f"{here}/badges"))
    _change(morning, "Max", company="D'Alò & Figli")
    page = _text(olga.get(f"{here}/badges"))
    assert "Those changed since" in page
    assert page.count("changed since 2") == 1
    changed = _text(olga.submit(f"{here}/badges", SHEET | {"whom": "changed"}))
    assert "Badges: 1, pages: 1" in changed
    assert "Print this badge again?" not in changed, "its owner wants the new one"
    _printed(olga, here, whom="changed")
    assert "Those changed since" not in _text(olga.get(f"{here}/badges"))


def test_another_address_on_the_badge_is_a_change(morning: Morning, olga: Browser, here: str) -> None:
    _printed(olga, here)

    def move(tx: Tx) -> None:
        tx.db.execute(update(Group).where(Group.id == morning.group_id).values(base_url="https://new.example.org"))

    morning.ctx.transaction(move)
    assert "Badges: 6" in _text(olga.submit(f"{here}/badges", SHEET | {"whom": "changed"}))


def test_a_lost_badge_gets_a_new_code_and_the_old_one_opens_nothing(morning: Morning, olga: Browser, here: str) -> None:
    _printed(olga, here)
    one = SHEET | {"whom": morning.attendances["Max"]}
    page = _text(olga.submit(f"{here}/badges", one))
    assert "Print this badge again?" in page
    assert f'name="attendance" value="{morning.attendances["Max"]}"' in page
    olga.submit(f"{here}/badges/lost", {"attendance": morning.attendances["Max"], "op": "once"})
    olga.submit(f"{here}/badges/lost", {"attendance": morning.attendances["Max"], "op": "once"})
    held = {holder.given_name: holder for holder in badges.holders(morning.ctx, morning.meeting_id)}
    assert held["Max"].printed_at is None
    assert held["Max"].code != morning.codes["Max"]

    def answer(code: str) -> Any:
        return check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned=code, desk=DOOR)

    old = answer(morning.codes["Max"])
    assert (old["answer"], old["reason"]) == ("refused", "revoked_badge")
    assert answer(held["Max"].code)["answer"] == "welcome"
    assert "Badges: 1" in _text(olga.submit(f"{here}/badges", SHEET | {"whom": "not_printed"}))


def test_a_copy_keeps_the_code(morning: Morning, olga: Browser, here: str) -> None:
    _printed(olga, here)
    one = SHEET | {"whom": morning.attendances["Mira"], "again": "1"}
    assert "Badges: 1, pages: 1" in _text(olga.submit(f"{here}/badges", one))
    held = {holder.given_name: holder.code for holder in badges.holders(morning.ctx, morning.meeting_id)}
    assert held["Mira"] == morning.codes["Mira"]


def test_badges_of_another_group_are_never_marked(morning: Morning, olga: Browser, here: str) -> None:
    with morning.ctx.reading() as db:
        sams = db.scalars(select(Badge).where(Badge.person_id == morning.people["Sam"])).one()
    olga.submit(f"{here}/badges/printed", {"badges": f"{sams.uid}:0123", "stock": "avery-l4785"})
    with morning.ctx.reading() as db:
        assert db.get_one(Badge, sams.id).printed_at is None
    assert print_jobs.listed(morning.ctx, morning.meeting_id) == ()


def test_the_live_look_follows_the_form_and_says_what_is_wrong(olga: Browser, here: str) -> None:
    whole = _look(olga, f"{here}/badges/look", SHEET).get_json()
    assert (whole["badges"], whole["pages"], whole["new_stock"], whole["warnings"]) == (6, 1, True, [])
    other = _look(olga, f"{here}/badges/look", SHEET | {"start_at": "8"}).get_json()
    assert other["pages"] == 2
    assert other["svg"] != whole["svg"]
    second = _look(olga, f"{here}/badges/look", SHEET | {"start_at": "8", "page": "2"}).get_json()
    assert second["svg"] != other["svg"]
    refused = _look(olga, f"{here}/badges/look", SHEET | {"stock": "napkin"})
    assert (refused.status_code, refused.get_json()["text"]) == (422, "No label stock is called napkin.")
    _printed(olga, here)
    assert _look(olga, f"{here}/badges/look", SHEET).get_json()["new_stock"] is False


def test_the_labels_chosen_last_are_offered_first(olga: Browser, here: str) -> None:
    _text(olga.submit(f"{here}/badges", SHEET | {"stock": "durable-1445"}))
    assert 'value="durable-1445" selected' in _text(olga.get(f"{here}/badges"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"stock": "paper-napkin"}, "No label stock is called paper-napkin."),
        ({"start_at": "11"}, "between 1 and 10"),
        ({"start_at": "first"}, "whole number"),
        ({"stock": "dk-22205", "length": "10"}, "between 25 and 300"),
        ({"badges": ",".join(["0" * 16] * 2001)}, "are too many"),
    ],
)
def test_an_impossible_sheet_is_refused_at_its_field(
    olga: Browser, here: str, wrong: dict[str, str], said: str
) -> None:
    assert said in _text(olga.submit(f"{here}/badges", SHEET | wrong), 422)


def test_without_an_address_nothing_is_printed_and_the_way_to_it_is_shown(
    morning: Morning, olga: Browser, here: str
) -> None:
    _forget_address(morning)
    for page in ("badges", "papers"):
        assert 'href="/o/group"' in _text(olga.get(f"{here}/{page}"))
    refused = _text(olga.submit(f"{here}/badges", SHEET), 422)
    assert SENTENCES["base_url_missing"].replace("'", "&#39;") in refused
    assert olga.submit(f"{here}/badges/file", SHEET).status_code == 422
    assert olga.submit(f"{here}/badges/trial", SHEET).status_code == 422
    assert _look(olga, f"{here}/papers/join/look", {"size": "a4"}).get_json()["code"] == "base_url_missing"
    assert len(_pages(olga.submit(f"{here}/papers/kit", {"kind": ["badges", "join", "sign-in"]}))) == 1


# --- who may, and how much is asked


def _addresses(here: str) -> tuple[list[str], list[str]]:
    pages = [f"{here}/papers", f"{here}/badges", f"{here}/printing", *(f"{here}/papers/{kind}" for kind in Kind)]
    presses = [
        *(f"{here}/papers/{what}" for what in ("kit", "look", *Kind)),
        *(f"{here}/papers/{kind}/look" for kind in Kind),
        *(f"{here}/badges{what}" for what in ("", "/look", "/file", "/trial", "/printed", "/not-printed", "/lost")),
        *(
            f"{here}/printing/{what}"
            for what in ("paper", "door", "calibration", "calibration/look", "corrections", "printer", "stocks")
        ),
        *(f"{here}/printing/{what}" for what in ("corrections/forget", "stocks/remove", "stocks/template")),
    ]
    return pages, presses


def test_sam_sees_nothing_of_the_paper(browser: Open, here: str) -> None:
    sam = browser("Sam")
    pages, presses = _addresses(here)
    assert {sam.get(page).status_code for page in pages} == {404}
    assert {sam.submit(press, SHEET).status_code for press in presses} == {404}


def test_the_others_of_the_morning_print_nothing(browser: Open, here: str) -> None:
    pages, presses = _addresses(here)
    for who in ("Mira", "Vik", "Dora", "Fiona", "display"):
        other = browser(who)
        assert {other.get(page).status_code for page in pages} == {403}
        assert {other.submit(press, SHEET).status_code for press in presses} == {403}


def test_no_page_of_paper_asks_the_database_more_than_twelve_times(
    morning: Morning, olga: Browser, here: str, statements: Statements
) -> None:
    seat_rounds(morning, ROUNDS)
    pages, _ = _addresses(here)
    asked = {}
    for page in pages:
        with statements() as sent:
            _text(olga.get(page))
        asked[page] = len(sent)
    everything = {"kind": ["badges", *Kind], "size": "a4", "per_page": "1", "copies": "1"}
    for press, form in (
        ("badges", SHEET), ("badges/look", SHEET), ("badges/file", SHEET), ("papers/kit", everything),
        ("papers/look", everything), ("papers/routes/look", everything), ("papers/sign-in", everything),
    ):  # fmt: skip
        token = {"csrf_token": olga.csrf()}
        with statements() as sent:
            assert olga.client.post(f"{here}/{press}", data=form | token).status_code == 200
        asked[press] = len(sent)
    assert {page: number for page, number in asked.items() if number > 12} == {}


def test_everything_the_paper_says_has_words() -> None:
    from printables.errors import REFUSALS
    from printables.model import WARNINGS as SAID

    assert {f"print_{code}" for code in REFUSALS} <= set(SENTENCES)
    assert set(SAID) <= set(WARNINGS)
    assert {"first name", "last name", "company", "trade", "role", "table", "name"} <= set(PARTS)


def test_an_attendance_of_nobody_has_no_badge_to_lose(olga: Browser, here: str) -> None:
    refused = olga.submit(f"{here}/badges/lost", {"attendance": Uid("0" * 16)})
    assert refused.status_code == 422


def test_a_test_page_has_three_names_and_codes_that_open_no_door(morning: Morning, olga: Browser, here: str) -> None:
    (page,) = _pages(olga.submit(f"{here}/badges/trial", SHEET))
    named = [name for name in ("Olga", "Fiona", "Dora", "Mira", "Max", "Vik") if re.search(rf"^{name}", page, re.M)]
    assert len(named) == 3
    assert page.count("TEST TEST TEST") == 3
    assert not any(code[:4] in page for code in morning.codes.values())


@pytest.mark.parametrize(("back", "said"), [("agenda", "This morning"), ("rounds", "My rounds")])
def test_badges_have_backs_that_alternate_with_fronts(
    morning: Morning, olga: Browser, here: str, back: str, said: str
) -> None:
    seat_rounds(morning, ROUNDS)
    pages = _pages(olga.submit(f"{here}/badges/file", SHEET | {"back": back, "duplex": "short"}))
    assert len(pages) == 2
    assert ("Mira" in pages[0], said in pages[1]) == (True, True)
