from __future__ import annotations

from datetime import date

import pytest

from guiju.law.book import rules
from guiju.law.profile import Profile

ON = date(2026, 9, 30)
BOOK = rules()

CHAT = Profile(
    roles=("provider", "registrant"),
    functions=("text_generation", "calls_filed_model"),
    domains=("general",),
    public_in_china=True,
    opinion_attributes=True,
    minors_served=False,
    collects_user_data_for_training=False,
    important_data=False,
    sensitive_processing=False,
    registered_users=50_000,
    monthly_active_users=8_000,
    people_processed=50_000,
    faces_stored=0,
)
COMPANION = Profile(
    roles=("provider", "anthropomorphic", "personal_information_processor"),
    functions=("text_generation", "companion", "fine_tuned_model"),
    domains=("general",),
    public_in_china=True,
    opinion_attributes=True,
    minors_served=True,
    collects_user_data_for_training=True,
    important_data=False,
    sensitive_processing=True,
    registered_users=2_000_000,
    monthly_active_users=300_000,
    people_processed=12_000_000,
    faces_stored=150_000,
)
STORE = Profile(
    roles=("app_store",),
    functions=(),
    domains=(),
    public_in_china=True,
    opinion_attributes=False,
    minors_served=False,
    important_data=False,
    sensitive_processing=False,
    people_processed=0,
    faces_stored=0,
)


def applying(profile: Profile) -> set[str]:
    return {o.id for o in BOOK.obligations if BOOK.applicability(o, profile, ON).applies}


@pytest.mark.parametrize(
    ("obligation", "chat", "companion", "store"),
    [
        ("FIL-01", True, True, False),
        ("FIL-12", True, False, False),  # only who registers
        ("FIL-14", False, True, False),
        ("COR-03", False, True, False),  # only who trains or tunes
        ("SVC-01", True, True, False),
        ("SVC-04", False, True, False),
        ("LOG-01", True, True, False),
        ("API-01", False, False, False),
        ("API-03", False, False, True),
        ("MIN-01", False, True, False),
        ("ANT-02", False, True, False),
        ("PII-01", False, True, False),
        ("PII-06", False, False, False),
        ("IMP-06", False, True, False),
        ("MED-01", False, False, False),
        ("LAB-02", True, True, False),
        ("LAB-14", False, False, False),
    ],
)
def test_table(obligation: str, chat: bool, companion: bool, store: bool) -> None:
    answers = [BOOK.applicability(BOOK.obligation(obligation), p, ON).applies for p in (CHAT, COMPANION, STORE)]
    assert answers == [chat, companion, store]


def test_an_app_store_has_hardly_any_of_them() -> None:
    assert applying(STORE) == {"API-03"}


def test_nothing_is_known_of_an_empty_profile() -> None:
    answers = {BOOK.applicability(o, Profile(), ON).applies for o in BOOK.obligations if o.effective_from}
    assert answers == {None}


def test_a_profile_filled_in_leaves_nothing_unknown() -> None:
    assert all(BOOK.applicability(o, CHAT, ON).applies is not None for o in BOOK.obligations)


def test_filling_in_one_deciding_field_is_enough() -> None:
    elsewhere = Profile(public_in_china=False)
    answer = BOOK.applicability(BOOK.obligation("FIL-01"), elsewhere, ON)
    assert (answer.applies, answer.reason_zh) == (False, "不适用：面向中国境内公众：否")


@pytest.mark.parametrize(
    ("obligation", "profile", "zh", "en"),
    [
        (
            "FIL-02",
            CHAT,
            "适用：角色包含「服务提供者」；面向中国境内公众：是；具有舆论属性或社会动员能力：是",
            "Applies: Roles: “provider” is among them; Offered to the public in China: yes; "
            "Public-opinion attributes or mobilisation capacity: yes",
        ),
        (
            "PII-01",
            Profile(roles=("personal_information_processor",), people_processed=9_000_000),
            "不适用：处理个人信息的人数 9,000,000（条件 ＞ 10,000,000）",
            "Does not apply: People whose information is processed 9,000,000 (condition ＞ 10,000,000)",
        ),
        (
            "PII-01",
            Profile(roles=("personal_information_processor",)),
            "待填写：处理个人信息的人数 未填写（条件 ＞ 10,000,000）",
            "To be filled in: People whose information is processed not filled in (condition ＞ 10,000,000)",
        ),
    ],
)
def test_reasons(obligation: str, profile: Profile, zh: str, en: str) -> None:
    answer = BOOK.applicability(BOOK.obligation(obligation), profile, ON)
    assert (answer.reason_zh, answer.reason_en) == (zh, en)


def test_unknown_names_the_fields_to_fill_in() -> None:
    answer = BOOK.applicability(BOOK.obligation("COR-03"), Profile(roles=("provider",), public_in_china=True), ON)
    assert answer.missing == ("functions",)
    assert [t.value for t in answer.terms] == [True, True, None, None]


def test_before_its_day_an_obligation_does_not_bind() -> None:
    companion = BOOK.obligation("ANT-01")
    assert BOOK.applicability(companion, COMPANION, date(2026, 7, 14)).reason_zh == "2026-07-15 起施行"
    assert BOOK.applicability(companion, COMPANION, date(2026, 7, 15)).applies
