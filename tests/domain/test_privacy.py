"""The marks on the columns promise at least what the law asks."""

import pytest

from server.domain import privacy
from server.domain.privacy import OnErase, Privacy, PrivacyClass, Purpose, Retention


@pytest.mark.parametrize(
    ("mark", "class_", "on_erase"),
    [
        (privacy.nothing_personal(), "none", "keep"),
        (privacy.identity(), "identity", "blank"),
        (privacy.contact(), "contact", "blank"),
        (privacy.note(), "note", "blank"),
        (privacy.money(), "money", "fold"),
        (privacy.secret(), "secret", "delete"),
        (privacy.activity(), "activity", "delete"),
    ],
)
def test_each_kind_of_value_has_its_mark(mark, class_, on_erase):
    assert (mark.class_.value, mark.on_erase.value) == (class_, on_erase)
    assert mark.is_personal == (class_ != "none")


@pytest.mark.parametrize("class_", ["identity", "contact", "note", "money", "secret"])
def test_no_personal_value_survives_an_erasure_except_as_proof(class_):
    with pytest.raises(ValueError, match="erasure"):
        Privacy(PrivacyClass(class_), Purpose.MEETING, Retention.KEPT, OnErase.KEEP)
    proof = Privacy(PrivacyClass(class_), Purpose.PROOF, Retention.PROOF, OnErase.KEEP)
    assert proof.on_erase is OnErase.KEEP


def test_every_term_has_its_days():
    days = {retention.value: retention.days for retention in Retention}
    assert days.pop("kept") is None
    assert all(isinstance(count, int) and count > 0 for count in days.values())
    assert (days["request"], days["scan"], days["visitor"], days["session"]) == (7, 30, 30, 90)


def test_a_mark_can_be_narrowed_for_its_column():
    mark = privacy.activity(Purpose.SIGN_IN, Retention.SCAN, OnErase.KEEP)
    assert mark == Privacy(PrivacyClass.ACTIVITY, Purpose.SIGN_IN, Retention.SCAN, OnErase.KEEP)
