"""Thanks for business: write them, confirm them without a sum, see totals; with the board of `member`."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain import thanks as rules
from server.domain.access import Verb
from server.domain.errors import NotAllowed, NotFound
from server.services import receivers, thanks
from server.services.thanks import ThanksFields
from server.views import forms, guards
from server.views.guards import Visit
from server.views.member import bp
from server.views.member_frame import frame, sent

__all__ = ["bp"]
_ANSWERS = {"confirmed": True, "denied": False}


def money_may_travel(visit: Visit) -> bool:
    """Sums go over https or stay on this very computer; a network of one's own is not enough for them."""
    return request.is_secure or visit.from_this_computer


@bp.get("/thanks", endpoint="thanks")
@guards.needs(Verb.USE_BOARD)
def thanks_page(visit: Visit, uid: str = "") -> str:
    """What one thanked for and is thanked for, the form, and the group's totals."""
    money = money_may_travel(visit)
    page = thanks.page(visit.ctx, visit.group_id, visit.person_id, money=money)
    return render_template(
        "member/thanks.html",
        page=page,
        money=money,
        wrong=uid,
        people=receivers.listed(visit.ctx, visit.group_id, but=visit.person_id, standings=thanks.TO_WHOM),
        tiers=rules.TIERS,
        currencies=rules.CURRENCIES,
        least=(rules.LEAST_DEALS, rules.LEAST_PEOPLE),
        values=forms.typed(
            {
                "to": "",
                "slip": request.args.get("slip", ""),
                "amount": "",
                "currency": page.currency,
                "is_repeat": "",
                "tier": 1,
                "thanked_on": "",
                "comments": "",
            }
        ),
        said=request.args.get("said", ""),
        **frame(visit, "referrals"),
    )


@bp.post("/thanks")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(thanks_page)
def write_thanks(visit: Visit) -> ResponseReturnValue:
    """Somebody got business and says thanks."""
    if not money_may_travel(visit):
        raise NotAllowed("thanks_line_open")
    thanks.write(
        visit.ctx,
        group_id=visit.group_id,
        thanker=visit.person_id,
        to=forms.text("to", limit=200),
        fields=ThanksFields(
            cents=rules.cents_of(forms.text("amount", limit=40)),
            currency=forms.text("currency", limit=3),
            is_repeat=forms.ticked("is_repeat"),
            tier=forms.number("tier", least=0, most=99),
            thanked_on=forms.day("thanked_on") if request.form.get("thanked_on", "").strip() else None,
            slip=forms.text("slip", limit=16),
            comments=forms.text("comments", limit=300),
        ),
        op=visit.op("thanks", sent()),
    )
    return redirect(url_for("member.thanks", said="thanked"), code=303)


@bp.post("/thanks/<uid>/taken-back")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(thanks_page)
def take_thanks_back(visit: Visit, uid: str) -> ResponseReturnValue:
    """Nobody has confirmed them yet: their author takes them back."""
    thanks.take_back(
        visit.ctx,
        group_id=visit.group_id,
        person=visit.person_id,
        uid=uid,
        op=visit.op("thanks_back", {"uid": uid}),
    )
    return redirect(url_for("member.thanks"), code=303)


@bp.post("/thanks/<uid>/<answer>")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(thanks_page)
def answer_thanks(visit: Visit, uid: str, answer: str) -> ResponseReturnValue:
    """Yes, from my referral (`confirmed`), or not (`denied`); the sum is not shown."""
    if answer not in _ANSWERS:
        raise NotFound("page_unknown")
    thanks.answer(
        visit.ctx,
        group_id=visit.group_id,
        person=visit.person_id,
        uid=uid,
        yes=_ANSWERS[answer],
        op=visit.op("thanks_answer", {"uid": uid, "answer": answer}),
    )
    return redirect(url_for("member.thanks", said=answer, _anchor=f"t-{uid}"), code=303)
