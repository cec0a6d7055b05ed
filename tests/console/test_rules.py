"""Policies and word lists on their screens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guiju.console.coverage import coverage
from guiju.moderation import policy_source
from guiju.store.models import PolicyVersion, Role, WordList

from .conftest import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

SOURCE = policy_source.DEFAULT.read_text("utf-8")
BROKEN = SOURCE.replace("action: review", "action: reveiw", 1)


@pytest.fixture
def officer(world: World, browser: Callable[[str], Client]) -> Client:
    return browser(Role.COMPLIANCE)


def test_a_draft_is_kept_compared_published_and_rolled_back(officer: Client) -> None:
    source = SOURCE.replace('mask: "*"', 'mask: "■"').replace("\n", "\r\n")  # as a browser sends it
    answer = officer.post("/policies/draft/", {"source": source, "note": "换遮盖符"})
    draft = PolicyVersion.objects.latest("number")
    assert answer.headers["Location"] == f"/policies/{draft.number}/"
    assert "\r" not in draft.source
    page = officer.get(f"/policies/{draft.number}/")
    changed = {(line.kind, line.text.split(":")[0]) for line in page.context["lines"] if line.kind != "same"}
    assert changed >= {("plus", "mask"), ("minus", "mask")}
    officer.post(f"/policies/{draft.number}/publish/")
    draft.refresh_from_db()
    assert draft.state == "live"
    assert officer.post(f"/policies/{draft.number}/publish/").status_code == 409
    officer.post("/policies/roll-back/")
    assert PolicyVersion.objects.get(state="live").number == 1


def test_mistakes_are_shown_with_line_and_hint_and_nothing_is_lost(officer: Client) -> None:
    answer = officer.post("/policies/draft/", {"source": BROKEN, "note": "试"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "reveiw" in page
    assert "answer_instead" in answer.context["report"]  # the hint names what may stand there
    assert answer.context["form"]["source"].value() == BROKEN
    assert PolicyVersion.objects.count() == 2


def test_the_text_can_be_checked_without_keeping_it(officer: Client) -> None:
    good = officer.post("/policies/check/", {"source": SOURCE}, headers={"HX-Request": "true"}).content.decode()
    assert "没有错误" in good
    bad = officer.post("/policies/check/", {"source": "rules: ["}, headers={"HX-Request": "true"}).content.decode()
    assert 'role="alert"' in bad
    assert "<html" in officer.post("/policies/check/", {"source": SOURCE}).content.decode()
    assert PolicyVersion.objects.count() == 2


def test_editing_starts_from_any_version(officer: Client, world: World) -> None:
    page = officer.get(f"/policies/draft/?from={world.draft.number}")
    assert page.context["form"]["source"].value() == world.draft.source
    assert officer.get("/policies/draft/?from=999").status_code == 404
    assert officer.get("/policies/1/?with=2").context["other"].number == 2


def test_a_version_that_no_longer_fits_is_shown_with_its_mistakes(officer: Client, world: World) -> None:
    PolicyVersion.objects.filter(pk=world.draft.pk).update(source=BROKEN)
    page = officer.get(f"/policies/{world.draft.number}/").content.decode()
    assert "不再兼容" in page
    assert officer.post(f"/policies/{world.draft.number}/publish/").status_code == 422


def test_a_list_is_made_filled_switched_and_downloaded(officer: Client) -> None:
    made = {"slug": "fraud-2", "title": "诈骗补充", "risk": "A.3.e", "owner": "李娜", "source": "客诉整理"}
    officer.post("/words/new/", made)
    row = WordList.objects.get(pk="fraud-2")
    file = SimpleUploadedFile(
        "词表.csv", "word,severity,hit,miss\n刷单返利,高,刷单返利,刷牙\n代开证明,中,,\n".encode("gb18030")
    )
    officer.post("/words/list/fraud-2/versions/", {"file": file, "note": "首批", "live": "on"})
    row.refresh_from_db()
    assert row.live is not None
    assert row.live.entries == 2
    officer.post(
        "/words/list/fraud-2/versions/", {"text": "word,hit,miss\n刷单返利,刷单返利,刷牙\n虚假贷款,,\n", "note": "增删"}
    )
    page = officer.get("/words/list/fraud-2/?version=2")
    assert (page.context["added"], page.context["removed"]) == (["虚假贷款"], ["代开证明"])
    officer.post("/words/list/fraud-2/live/", {"version": "2"})
    row.refresh_from_db()
    assert row.live.number == 2
    csv = officer.get("/words/list/fraud-2/versions/2.csv")
    assert csv.content.decode("utf-8-sig").startswith("word,")
    assert "attachment" in csv.headers["Content-Disposition"]
    officer.post("/words/list/fraud-2/live/", {})
    row.refresh_from_db()
    assert row.live is None


def test_words_without_test_lines_are_kept_as_a_draft(officer: Client) -> None:
    sent = {"text": "word\n刷单返利\n", "note": "x", "live": "on"}
    page = officer.post("/words/list/ours/versions/", sent, follow=True).content.decode()
    assert "GJ-3170" in page and "hit, miss" in page and "草稿" in page
    assert WordList.objects.get(pk="ours").live.number == 1  # type: ignore[union-attr]
    assert officer.post("/words/list/ours/live/", {"version": "2"}).status_code == 422


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "请选择文件或粘贴词条"), ("nonsense,columns\n1,2\n", "GJ-2001"), ("word,expires\n甲乙丙,soon\n", "GJ-2001")],
)
def test_unusable_words_are_refused_with_the_line(text: str, said: str, officer: Client) -> None:
    answer = officer.post("/words/list/ours/versions/", {"text": text, "note": "x"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "data-open" in answer.content.decode()  # the dialog stands open again
    assert WordList.objects.get(pk="ours").versions.count() == 1


def test_a_file_that_is_no_text_is_refused(officer: Client) -> None:
    file = SimpleUploadedFile("x.csv", bytes(range(128, 256)) + b"\xff\xff")
    answer = officer.post("/words/list/ours/versions/", {"file": file, "note": "x"})
    assert "既不是 UTF-8 也不是 GB 18030" in answer.content.decode()


def test_a_taken_name_is_said_at_its_field(officer: Client) -> None:
    made = {"slug": "ours", "title": "t", "risk": "", "owner": "o", "source": "s"}
    page = officer.post("/words/new/", made).content.decode()
    assert 'id="id_slug_error"' in page


def test_words_are_counted_per_risk_against_the_minima(world: World) -> None:
    found = coverage(WordList.objects.select_related("live"))
    lines = {line.risk.code: line for line in found.lines}
    assert len(lines) == 31
    assert (found.total, found.minimum) == (1, 10_000)
    assert (lines["A.3.b"].entries, lines["A.3.b"].minimum, lines["A.3.b"].enough) == (1, None, True)
    assert (lines["A.1.a"].entries, lines["A.1.a"].minimum, lines["A.1.a"].enough) == (0, 200, False)


def test_words_are_searched(officer: Client) -> None:
    assert officer.get("/words/list/ours/?q=发票").context["page"].paginator.count == 1
    assert "没有符合条件的词条" in officer.get("/words/list/ours/?q=zzz").content.decode()
