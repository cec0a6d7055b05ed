"""What the loader says about faulty rules, file by file, compared with a golden text."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from guiju.errors import (
    DuplicateUrnError,
    ExpressionError,
    LawError,
    LawSchemaError,
    LawSyntaxError,
    UnknownReferenceError,
)
from guiju.law.book import DATA, load

GOLDEN = Path(__file__).parent / "golden" / "faults.txt"
GOVERNANCE = "obligations/governance.yaml"

Edit = Callable[[str, str, str], None]


@pytest.fixture
def rules_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    return folder


@pytest.fixture
def edit(rules_folder: Path) -> Edit:
    def replace(name: str, old: str, new: str) -> None:
        path = rules_folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def test_the_shipped_rules_load_from_anywhere(rules_folder: Path) -> None:
    assert len(load(rules_folder).obligations) == 145


@pytest.mark.parametrize(
    ("name", "old", "new", "error", "message"),
    [
        (GOVERNANCE, "  duty: 3", "  duty: 9", UnknownReferenceError, "unknown duty '9'"),
        (GOVERNANCE, "  duty: 3", "  duty: three", LawSchemaError, "Expected 'int', got 'str'"),
        (GOVERNANCE, "  duty: 3", "  dutty: 3", LawSchemaError, "unknown field 'dutty'"),
        (GOVERNANCE, "  duty: 3\n", "", LawSchemaError, "missing field 'duty'"),
        (GOVERNANCE, "  duty: 3", "  duty: 3\n  duty: 4", LawSyntaxError, "key 'duty' appears twice"),
        (GOVERNANCE, "actors: [P]", "actors: [P", LawSyntaxError, "did not find expected"),
        (GOVERNANCE, "actors: [P]", "actors: []", LawSchemaError, "at least one actor"),
        (GOVERNANCE, "actors: [P]", "actors: [Q]", UnknownReferenceError, "unknown actor 'Q'"),
        (GOVERNANCE, "id: GOV-02", "id: GOV-01", DuplicateUrnError, "obligation 'GOV-01' appears twice"),
        (GOVERNANCE, "id: GOV-02", "id: ACC-01", DuplicateUrnError, "obligation 'ACC-01' appears twice"),
        (GOVERNANCE, "evidence: [minutes]", "evidence: [hearsay]", UnknownReferenceError, "unknown evidence kind"),
        (GOVERNANCE, "id: feature_library", "id: feature_libary", UnknownReferenceError, "unknown check"),
        (GOVERNANCE, "name: max_age_days", "name: max_age", UnknownReferenceError, "needs threshold 'max_age_days'"),
        (
            GOVERNANCE,
            "instrument: ai-ethics-2026",
            "instrument: ai-ethics",
            UnknownReferenceError,
            "unknown instrument",
        ),
        (GOVERNANCE, "  proof: check_and_document\n", "", LawSchemaError, "proof does not agree with checks"),
        (GOVERNANCE, "applies: 'important_data'", "applies: 'important_data &&'", ExpressionError, "Syntax error"),
        (
            GOVERNANCE,
            "applies: 'important_data'",
            "applies: 'importent_data'",
            ExpressionError,
            "unknown profile field",
        ),
        (GOVERNANCE, '"companion" in functions', '"companian" in functions', UnknownReferenceError, "no choice"),
        ("instruments.yaml", "id: pipl-2021", "id: civil-code-2021", DuplicateUrnError, "appears twice"),
        ("instruments.yaml", "status: draft", "status: rumoured", LawSchemaError, "Invalid enum value"),
        (
            "campaigns.yaml",
            "obligations: [WTR-03]",
            "obligations: [WTR-33]",
            UnknownReferenceError,
            "unknown obligation",
        ),
        ("campaigns.yaml", "obligations: [WTR-03]", "obligations: []", LawSchemaError, "no obligation answers"),
        ("risks.yaml", "code: A.1.h/drugs", "code: A.1.z/drugs", UnknownReferenceError, "unknown risk 'A.1.z'"),
        ("risks.yaml", "code: A.2.b", "code: A.2.a", DuplicateUrnError, "'A.2.a' appears twice"),
        ("vocabulary.yaml", "role: provider,", "role: maker,", UnknownReferenceError, "unknown role 'maker'"),
        ("vocabulary.yaml", "pattern: '网信算备", "pattern: '(网信算备", LawSchemaError, "no regular expression"),
        ("duties.yaml", "- number: 1\n", "- number: one\n", LawSchemaError, "Expected 'int'"),
    ],
)
def test_faults(
    rules_folder: Path, edit: Edit, name: str, old: str, new: str, error: type[LawError], message: str
) -> None:
    edit(name, old, new)
    with pytest.raises(error) as caught:
        load(rules_folder)
    first = caught.value.params["diagnostics"][0]  # type: ignore[index]
    assert message in first.message
    assert first.place.file == name and first.place.line > 0


def test_every_fault_is_reported_at_once(rules_folder: Path, edit: Edit) -> None:
    edit(GOVERNANCE, "applies: 'important_data'", "applies: 'importent_data'")
    edit(GOVERNANCE, "id: feature_library", "id: feature_libary")
    edit("obligations/filing.yaml", "duty: 1", "duty: 11")
    edit("campaigns.yaml", "obligations: [WTR-03]", "obligations: [WTR-33]")
    with pytest.raises(LawError) as caught:
        load(rules_folder)
    assert str(caught.value.params["report"]) + "\n" == GOLDEN.read_text(encoding="utf-8")
    assert "(+3)" in caught.value.message("en")
