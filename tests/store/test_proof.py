from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from guiju.errors import PackageExists, PermissionDenied
from guiju.evidence import Flaw
from guiju.store import evidence
from guiju.store.actor import Actor
from guiju.store.evidence import rows
from guiju.store.evidence.proof import EXPORT_TEXT
from guiju.store.models import AuditEntry, Chain, Record, Seal, VerifyRun

from .evidence_rows import START, TestChain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three, so that a few records cross several."""
    monkeypatch.setattr(rows, "PAGE", 3)


@pytest.fixture
def chain(db: None) -> TestChain:
    """Two chains: a finished one of 10 records with two seals, and this one that names it, partly sealed."""
    first = TestChain()
    for number in range(10):
        first.write()
        if number % 5 == 4:
            first.seal()
    second = TestChain((first.head,), START + timedelta(days=1))
    for _ in range(4):
        second.write()
    second.seal()
    second.write()
    return second


def test_untouched_evidence_verifies(chain: TestChain, auditor: Actor) -> None:
    report = evidence.verify(auditor)
    assert report.ok, report.problems
    assert (report.records, report.chains, report.seals, report.unsealed) == (17, 2, 3, 1)
    run = VerifyRun.objects.get()
    assert (run.kind, run.ok, run.records, run.problems) == ("verify", True, 17, 0)


def test_nothing_yet_is_in_order(auditor: Actor) -> None:
    assert evidence.verify(auditor).ok


def change(**columns: object) -> Callable[[Record], None]:
    return lambda record: Record.objects.filter(pk=record.pk).update(**columns) and None


@pytest.mark.parametrize(
    ("tamper", "flaw"),
    [
        (change(body=b"{}"), Flaw.CHANGED),
        (change(hash=bytes(32)), Flaw.CHANGED),
        (change(content_number="0" * 32), Flaw.RENAMED),
        (lambda record: Record.objects.filter(pk=record.pk).delete(), Flaw.MISSING),
    ],
)
def test_damage_to_a_record_is_found_where_it_is(
    chain: TestChain, auditor: Actor, tamper: Callable[[Record], object], flaw: Flaw
) -> None:
    record = Record.objects.order_by("id")[3]
    tamper(record)
    report = evidence.verify(auditor)
    assert not report.ok
    found = next(problem for problem in report.problems if problem.kind == flaw)
    assert (found.chain, found.seq) == (Chain.objects.order_by("id")[0].name, 4)
    assert not VerifyRun.objects.get().ok


def test_a_cut_end_contradicts_the_next_chain(chain: TestChain, auditor: Actor) -> None:
    first = Chain.objects.order_by("id")[0]
    Seal.objects.filter(chain=first, number=1).delete()
    Record.objects.filter(id__gt=first.id << 40 | 5, id__lt=(first.id + 1) << 40).delete()
    assert {problem.kind for problem in evidence.verify(auditor).problems} == {Flaw.CHAIN_CUT}


def test_a_chain_struck_from_the_list_is_missed(chain: TestChain, auditor: Actor) -> None:
    first = Chain.objects.order_by("id")[0]
    Seal.objects.filter(chain=first).delete()
    Chain.objects.filter(pk=first.pk).delete()
    kinds = {problem.kind for problem in evidence.verify(auditor).problems}
    assert kinds == {Flaw.CHAIN_UNKNOWN, Flaw.CHAIN_MISSING}


def test_the_newest_chain_struck_from_the_list_is_missed_too(chain: TestChain, auditor: Actor) -> None:
    Seal.objects.filter(chain=chain.row).delete()
    chain.row.delete()
    assert {problem.kind for problem in evidence.verify(auditor).problems} == {Flaw.CHAIN_UNKNOWN}


def test_anchors_show_what_was_cut_after_the_last_seal(chain: TestChain, auditor: Actor) -> None:
    heads = evidence.verify(auditor).heads
    Record.objects.order_by("-id")[0].delete()
    assert evidence.verify(auditor).ok
    assert {p.kind for p in evidence.verify(auditor, anchors=heads).problems} == {Flaw.CHAIN_CUT}


def test_records_written_while_verifying_do_no_harm(
    chain: TestChain, auditor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = rows.windows

    def slow_windows() -> list[rows.Window]:
        found = windows()
        for _ in range(5):
            chain.write()
        chain.seal()
        TestChain((chain.head,), START + timedelta(days=2)).write()
        return found

    monkeypatch.setattr(rows, "windows", slow_windows)
    report = evidence.verify(auditor)
    assert report.ok, report.problems
    assert report.records == 17


def check(package: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(package / "verify.py"), str(package)], capture_output=True, text=True)


def test_the_package_verifies_without_guiju(chain: TestChain, auditor: Actor, tmp_path: Path) -> None:
    manifest = evidence.export(auditor, tmp_path / "all", purpose="演练")
    assert (manifest.counts.records, manifest.counts.texts) == (17, 0)
    result = check(tmp_path / "all")
    assert result.returncode == 0, result.stdout + result.stderr
    assert VerifyRun.objects.get(kind="export").ok


def test_an_excerpt_reaches_from_seal_to_seal(chain: TestChain, compliance: Actor, tmp_path: Path) -> None:
    since, until = START + timedelta(seconds=7), START + timedelta(seconds=9)
    manifest = evidence.export(compliance, tmp_path / "part", since, until, with_text=True)
    assert (manifest.counts.records, manifest.counts.seals, manifest.counts.texts) == (5, 1, 4)
    result = check(tmp_path / "part")
    assert result.returncode == 0, result.stdout + result.stderr
    entry = AuditEntry.objects.get(action=EXPORT_TEXT)
    assert entry.actor == compliance.user
    exported = [record.id for record in Record.objects.all() if entry in evidence.story(record).looks]
    assert exported == [record.id for record in Record.objects.filter(at__gte=since, at__lt=until)]


def test_a_package_that_fails_its_own_script_is_no_drill(chain: TestChain, auditor: Actor, tmp_path: Path) -> None:
    Record.objects.filter(pk=Record.objects.order_by("id")[3].pk).update(hash=bytes(32))
    for name in ("x", "y.zip"):
        evidence.export(auditor, tmp_path / name)
    assert [run.ok for run in VerifyRun.objects.all()] == [False, False]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "y.zip"]


def test_texts_leave_only_with_the_permission(chain: TestChain, auditor: Actor, tmp_path: Path) -> None:
    with pytest.raises(PermissionDenied):
        evidence.export(auditor, tmp_path / "x", with_text=True)
    assert not (tmp_path / "x").exists()


def test_a_package_is_never_overwritten(chain: TestChain, auditor: Actor, tmp_path: Path) -> None:
    evidence.export(auditor, tmp_path / "x.zip")
    with pytest.raises(PackageExists):
        evidence.export(auditor, tmp_path / "x.zip")
