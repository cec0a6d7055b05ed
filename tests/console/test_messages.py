"""Every string is translated and compiled, and every code of other rooms has words."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import translation

from guiju.console.bearing import bearings, obligations_of
from guiju.console.language import pick, short
from guiju.console.phrases import ACTS, CAUTIONS, LABEL_REASONS, PROOFS, SET_BY
from guiju.console.states import STATES
from guiju.console.words import error_words, explain, risk_choices, risk_name
from guiju.errors import PermissionDenied, all_errors
from guiju.evidence import Outcome
from guiju.law.book import rules
from guiju.law.result import Outcome as CheckOutcome
from guiju.law.schema import Proof, SetBy
from guiju.law.status import State
from guiju.nouns import Action
from guiju.store.models import Case, Integration, PolicyVersion, Sanction
from guiju.store.services.users import Caution

ROOT = Path(__file__).parent.parent.parent


def test_no_string_is_new_gone_untranslated_fuzzy_or_stale() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "messages", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("all strings are translated", 0), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("action", Action),
        ("outcome", Outcome),
        ("duty", State),
        ("check", CheckOutcome),
        ("integration", Integration.Status),
        ("step", Sanction.Step),
        ("case", Case.Status),
        ("verdict", Case.Verdict),
        ("policy", PolicyVersion.State),
    ],
)
def test_every_state_has_words(kind: str, values: type) -> None:
    assert {str(v.value) for v in values} <= STATES[kind].keys()  # type: ignore[attr-defined]


def test_every_code_of_other_rooms_has_words() -> None:
    assert {c.value for c in Caution} == CAUTIONS.keys()
    assert {p.value for p in Proof} == PROOFS.keys()
    assert {s.value for s in SetBy} == SET_BY.keys()
    assert LABEL_REASONS.keys() == {"structured", "empty", "imitated", "closed_fence"}


def test_every_act_the_store_records_has_words() -> None:
    recorded = set()
    for path in (ROOT / "src" / "guiju" / "store").rglob("*.py"):
        source = path.read_text("utf-8")
        recorded |= set(re.findall(r'append\(\s*[\w.()"]+(?:\("\w+"\))?,\s*"([a-z_.]+)"', source))
        recorded |= set(re.findall(r'^(?:LOOK|EXPORT|EXPORT_TEXT|SWEEP|LIVE) = "([a-z_.]+)"', source, re.MULTILINE))
    recorded |= {"evidence.verify.done", "evidence.export.done"}
    assert len(recorded) > 25
    assert recorded - ACTS.keys() == set()


def test_both_languages_speak() -> None:
    with translation.override("zh-hans"):
        assert (short(), pick(rules().duties[3], "title")) == ("zh", "生成合成内容标识")
        assert risk_name("A.1.h/gambling") == "赌博"
        assert "GJ-7001" in explain(PermissionDenied(permission_zh="核验", permission_en="verify"))
    with translation.override("en"):
        assert (short(), pick(rules().duties[3], "title")) == ("en", "Content labels")
        assert risk_name("A.9.z") == "A.9.z"
        assert {e.code for e in all_errors() if error_words(e.code) in (e.code, "")} == set()
        assert not [e.code for e in all_errors() if error_words(e.code).endswith(("….", "…。"))]


def test_all_31_risks_can_be_chosen() -> None:
    chosen = {value for _group, tags in risk_choices() for value, _label in tags}
    assert {risk.code for risk in rules().risks.risks} <= chosen


def test_every_risk_bears_on_an_obligation_that_exists() -> None:
    assert all(rules().obligation(key) for line in bearings() for key in line.obligations)
    assert [o.id for o in obligations_of("A.4.b")] == ["SVC-07", "IMP-01"]
    assert all(
        obligations_of(risk.code) for risk in (*rules().risks.risks, *rules().risks.tags, *rules().risks.families)
    )
