"""The two reports as pages and as PDF: the same words in both, pictures that say what they show, nobody outside."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

import pypdf
import pytest

from server.domain.vocabulary import FollowUpKind, ReferralKind, ReferralState, Role
from server.persistence.models import FollowUp, Group, Person, Referral, ReferralMove
from server.services import rounds, workbench
from server.services.context import Tx
from tests import builders
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import an_earlier_morning, everybody_in, seat_rounds

Open = Callable[[str | None], Browser]
NAMES = ("Olga", "Fiona", "Dora", "Mira", "Max")
HOSTILE = 'Notary <script>alert("1")</script> & Söhne'


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


@pytest.fixture
def held(morning: Morning, clock: FakeClock) -> Morning:
    """A round was held; five people promised and gave; somebody looks for a sector with a hostile name."""
    an_earlier_morning(morning, [[["Mira", "Max"], ["Fiona", "Dora"]]])
    everybody_in(morning, but=["Dora"])
    seat_rounds(morning, [[["Mira", "Max"], ["Olga", "Vik"], ["Fiona"]]])
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    clock.pass_by(minutes=6)
    rounds.end(morning.ctx, meeting_id=morning.meeting_id, number=1, version=1)

    def work(tx: Tx) -> None:
        tx.db.get_one(Person, morning.people["Max"]).wants_sector = HOSTILE
        for giver, receiver in zip(NAMES, NAMES[1:] + NAMES[:1], strict=True):
            who, whom = morning.people[giver], morning.people[receiver]
            tx.db.add(
                FollowUp(
                    owner_id=who,
                    about_id=whom,
                    group_id=morning.group_id,
                    meeting_id=morning.meeting_id,
                    kind=FollowUpKind.PROMISE,
                    text="a private promise",
                    due_on=tx.now.date(),
                    done_at=tx.now,
                    created_at=tx.now,
                )
            )
            slip = Referral(
                group_id=morning.group_id,
                meeting_id=morning.meeting_id,
                giver_id=who,
                receiver_id=whom,
                kind=ReferralKind.REFERRAL,
                state=ReferralState.WON,
                level=5,
                prospect_name="Prospect Kowalski",
                comments="worth 5000 EUR",
                created_at=tx.now,
                changed_at=tx.now,
                given_on=(tx.now - timedelta(days=3)).date(),
                given_at=tx.now - timedelta(days=3),
            )
            tx.db.add(slip)
            tx.db.flush()
            tx.db.add(
                ReferralMove(
                    referral_id=slip.id,
                    from_state=ReferralState.DRAFT,
                    to_state=ReferralState.GIVEN,
                    moved_at=tx.now - timedelta(days=3),
                )
            )

    morning.ctx.transaction(work)
    return morning


@pytest.fixture
def olga(browser: Open) -> Browser:
    return browser("Olga")


def main_of(reply: Any) -> str:
    assert reply.status_code == 200, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True)).split("<main")[1].split("</main>")[0]


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def paper(reply: Any) -> str:
    assert (reply.status_code, reply.mimetype) == (200, "application/pdf")
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(reply.data)).pages)


def pictures(page: str) -> list[ET.Element]:
    found = re.findall(r'<svg xmlns="http://www.w3.org/2000/svg".*?</svg>', page, re.S)
    return [ET.fromstring(svg) for svg in found]


def reports_of(morning: Morning) -> tuple[str, str]:
    return f"/o/{morning.meeting_uid}/report", "/o/report"


def test_a_meeting_report_leads_with_follow_up_and_ends_with_the_list(held: Morning, olga: Browser) -> None:
    page = main_of(olga.get(reports_of(held)[0]))
    heads = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert heads == ["What grew from it", "Who came", "Who sat with whom", "What is missing", "Everybody on the list"]
    said = words_of(page)
    for what in (
        "Promises kept in time 5 of 5", "Answered within 48 hours 0 of 5", "Won 5 of 5", "Pairs who met again 1",
        "Came and sat with nobody: Fiona Kelly.", "Dora Wiśniewska", "1 Max D'Alò, Mira Łukasik", "Expected 6",
    ):  # fmt: skip
        assert what in said


def test_the_page_and_the_paper_say_the_same(held: Morning, olga: Browser) -> None:
    for path in reports_of(held):
        page = main_of(olga.get(path))
        printed = re.sub(r"\s", "", paper(olga.get(path + ".pdf")))
        # The numbers of a picture stand on its marks; their table is for those who cannot see it.
        tables = re.sub(r"<figure.*?</figure>", "", page, flags=re.S)
        texts = re.findall(r"<(?:td|th|caption|h1|h2)(?: [^>]*)?>([^<]*)</", tables)
        assert len(texts) > 40
        for text in texts:
            assert re.sub(r"\s", "", unescape(text)) in printed
        for person in ("Mira Łukasik", "Max D'Alò", "Dora Wiśniewska", "Olga Marchetti"):
            assert re.sub(r"\s", "", person) in printed


def test_every_picture_says_what_it_shows_and_has_its_numbers_as_a_table(held: Morning, olga: Browser) -> None:
    both = ["flow", "arrivals", "turnout", "spread", "sectors"], ["flow", "balance", "turnout", "spread", "sectors"]
    for path, keys in zip(reports_of(held), both, strict=True):
        page = main_of(olga.get(path))
        drawn = pictures(page)
        assert [str(svg.get("aria-labelledby")).split("-")[0] for svg in drawn] == keys
        assert page.count("Show as table") == len(keys)
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        for svg in drawn:
            tags = {element.tag.rpartition("}")[2] for element in svg.iter()}
            assert tags <= {"svg", "title", "desc", "rect", "path", "text"}
            assert all(len(element.text or "") > 3 for element in list(svg)[:2]), "a title and a finding"


@pytest.mark.parametrize("language", ["en", "it", "pl"])
def test_every_word_and_number_of_a_picture_stands_on_paper_too(held: Morning, olga: Browser, language: str) -> None:
    olga.client.set_cookie("coltiva_language", language)
    for path, drawn in ((reports_of(held)[0], 5), (reports_of(held)[1], 5), ("/o/leaders", 1)):
        shown = pictures(main_of(olga.get(path)))
        assert len(shown) >= drawn, path
        printed = re.sub(r"\s", "", paper(olga.get(path + ".pdf")))
        for svg in shown:
            texts = [each.text or "" for each in svg.iter() if each.tag.rpartition("}")[2] in {"title", "desc", "text"}]
            assert len(texts) > 3
            for text in texts:
                assert re.sub(r"\s", "", text) in printed, (path, text)


def test_a_hostile_name_is_a_name(held: Morning, olga: Browser) -> None:
    for path in reports_of(held):
        page = main_of(olga.get(path))
        assert "<script" not in page
        assert HOSTILE in words_of(page)
        assert re.sub(r"\s", "", HOSTILE) in re.sub(r"\s", "", paper(olga.get(path + ".pdf")))


def test_no_amount_no_prospect_and_no_private_word_is_in_a_report(held: Morning, olga: Browser) -> None:
    for path in reports_of(held):
        for text in (words_of(main_of(olga.get(path))), paper(olga.get(path + ".pdf"))):
            for private in ("5000", "EUR", "Kowalski", "a private promise", "@example.org"):
                assert private not in text


def test_giving_and_receiving_names_nobody(held: Morning, olga: Browser) -> None:
    page = main_of(olga.get("/o/report"))
    section = page.split("Quality and follow-up")[1].split("</section>")[0]
    for name in (*NAMES, "Vik"):
        assert name not in section


@pytest.mark.parametrize(("language", "heading"), [("it", "Che cosa ne è nato"), ("pl", "Co z tego wyrosło")])
def test_a_report_speaks_the_readers_language_on_both(
    held: Morning, olga: Browser, language: str, heading: str
) -> None:
    olga.client.set_cookie("coltiva_language", language)
    path = reports_of(held)[0]
    assert heading in main_of(olga.get(path))
    reply = olga.get(path + ".pdf")
    assert heading in paper(reply)
    assert pypdf.PdfReader(io.BytesIO(reply.data)).root_object["/Lang"] == language


def test_the_period_is_one_of_three(held: Morning, olga: Browser) -> None:
    for asked, weeks in (("13", 13), ("52", 52), ("9999", 26), ("x", 26), ("", 26)):
        page = main_of(olga.get(f"/o/report?weeks={asked}"))
        assert re.search(rf'aria-current="page">{weeks} weeks<', page)
        assert f'href="/o/report.pdf?weeks={weeks}"' in page


def test_where_the_americas_print_it_is_letter(held: Morning, olga: Browser) -> None:
    def work(tx: Tx) -> None:
        tx.db.get_one(Group, held.group_id).time_zone = "America/New_York"

    def width() -> int:
        reply = olga.get("/o/report.pdf")
        return round(float(pypdf.PdfReader(io.BytesIO(reply.data)).pages[0].mediabox[2]))

    assert width() == 595
    held.ctx.transaction(work)
    assert width() == 612


def test_before_anything_happened_there_is_a_report_without_figures(morning: Morning, olga: Browser) -> None:
    def work(tx: Tx) -> str:
        group = tx.db.get_one(Group, morning.group_id)
        return builders.a_meeting(tx, group, builders.START + timedelta(days=7), status="draft").uid

    uid = morning.ctx.transaction(work)
    page = main_of(olga.get(f"/o/{uid}/report"))
    assert "Come back when the doors have been open." in page
    assert pictures(page) == []
    assert "No round was held." in paper(olga.get(f"/o/{uid}/report.pdf"))


def test_reports_are_for_those_who_lead_the_group(held: Morning, app: Any, browser: Open) -> None:
    addresses = [path + end for path in reports_of(held) for end in ("", ".pdf")]
    token = builders.signed_in(held.ctx, None, role=Role.LEADER, group_id=held.group_id)
    leader = Browser(app.test_client(), token)
    assert [leader.get(path).status_code for path in addresses] == [200] * 4
    for who in ("Mira", "Vik", "Dora", "Fiona", "display"):
        assert {browser(who).get(path).status_code for path in addresses} <= {403, 404}
    sam = browser("Sam")
    assert [sam.get(path).status_code for path in addresses[:2]] == [404, 404]
    for path in addresses[2:]:
        text = sam.get(path).get_data()
        assert b"Mira" not in text
        assert b"Breakfast no. 214" not in text


def test_a_report_asks_at_most_twelve_questions(held: Morning, olga: Browser, statements: Statements) -> None:
    asked = {}
    for path in (address + end for address in reports_of(held) for end in ("", ".pdf")):
        with statements() as sent:
            olga.get(path)
        asked[path] = len(sent)
    assert {path: number for path, number in asked.items() if number > 12} == {}
