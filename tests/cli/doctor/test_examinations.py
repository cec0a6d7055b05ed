"""Each examination against an installation that is well, and one that is ill in the way it looks for."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from guiju import native
from guiju.cli.doctor import examination, home, journals, minors, parts, rules, surroundings, upstreams
from guiju.cli.doctor.examination import Examination, Health, Observation, Patient, well
from guiju.errors import KeyFileInvalid
from guiju.keyfiles import read_or_create
from guiju.settings import GatewaySettings, MinorsSettings, ServiceSettings, Settings, UpstreamSettings
from guiju.store.journal.file import Journal
from guiju.store.journal.frames import PAGE, Header, frame
from guiju.store.rows import Row
from tests.cli.conftest import free_port
from tests.cli.test_upstreams import LIST
from tests.cli.upstream import upstream

OK, WARN, FAIL = Health.OK, Health.WARN, Health.FAIL
BANDS = ("0-3", "3-8", "8-12", "12-16", "16-18")


def patient(home: Path = Path("/nowhere"), **settings: object) -> Patient:
    return Patient(Settings.model_validate({"home": home, **settings}), "127.0.0.1", free_port())


def observed(examination: Examination, who: Patient) -> list[Health]:
    found = list(examination.run(who))
    assert all(one.remedy for one in found if one.health is not OK), "an ill part says how to mend it"
    return [one.health for one in found]


def test_a_home_that_is_not_there_yet(tmp_path: Path) -> None:
    assert observed(home.directory, patient(tmp_path / "a" / "b")) == [WARN]
    assert not (tmp_path / "a").exists()
    assert observed(home.directory, patient(tmp_path)) == [OK]


def test_a_home_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    assert observed(home.directory, patient(tmp_path)) == [FAIL]
    assert observed(home.directory, patient(tmp_path / "new")) == [FAIL]


class Usage(NamedTuple):
    free: int


@pytest.mark.parametrize(("free", "health"), [(home.LITTLE, OK), (home.LITTLE - 1, WARN), (home.TOO_LITTLE - 1, FAIL)])
def test_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, health: Health) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(free))
    assert observed(home.disk, patient(tmp_path / "not" / "there")) == [health]


def test_keys(tmp_path: Path) -> None:
    assert observed(home.keys, patient(tmp_path)) == [WARN]
    read_or_create(tmp_path / "keys" / "seal.key", 32)
    assert observed(home.keys, patient(tmp_path)) == [OK]
    (tmp_path / "keys" / "seal.key").chmod(0o640)
    assert observed(home.keys, patient(tmp_path)) == [FAIL]
    (tmp_path / "keys" / "seal.key").chmod(0o600)
    (tmp_path / "keys").chmod(0o755)
    assert observed(home.keys, patient(tmp_path)) == [FAIL]
    (tmp_path / "keys").chmod(0o700)
    (tmp_path / "keys" / "seal.key").write_text("not hex")
    assert observed(home.keys, patient(tmp_path)) == [FAIL]


@pytest.mark.parametrize(
    ("suffix", "health", "told"),
    [
        (".damaged", FAIL, "GJ-2180"),
        (".foreign", FAIL, "GJ-2181"),
        (".kept", FAIL, "GJ-2183"),
        (".journal", WARN, "GJ-2182"),
    ],
)
def test_journals_that_were_left_behind(tmp_path: Path, suffix: str, health: Health, told: str) -> None:
    who = patient(tmp_path)
    assert observed(journals.journals, who) == [OK]
    folder = tmp_path / "guiju.db-evidence"
    writer = Journal(folder, Header("c" * 32, 1, ("id",), (), ()), half=4 * PAGE)
    rows = [Row((1 << 40) | seq, bytes(32), ((1 << 40) | seq,), None, ()) for seq in (1, 2)]
    place = writer.reserve(PAGE, rows[-1].id)
    assert place is not None
    writer.write(frame(rows), place)
    (living,) = journals.journals.run(who)
    assert living.health is OK and living.facts == {"writing": 1}
    left = folder / f"left{suffix}"
    left.write_bytes(writer.path.read_bytes())
    (one,) = journals.journals.run(who)
    assert one.health is health and told in one.remedy
    assert one.facts == {"file": str(left), "chain": "c" * 32, "records": 2}
    writer.close()


@pytest.mark.parametrize("url", ["postgresql://guiju@127.0.0.1/guiju", "mysql://guiju@127.0.0.1/guiju"])
def test_other_databases_have_no_journals(url: str) -> None:
    assert not journals.journals.needed(patient(database_url=url))


def test_the_demonstration_model_is_named() -> None:
    (one,) = upstreams.upstreams.run(patient())
    assert one.health is WARN and "guiju-demo" in one.message


@pytest.mark.parametrize(
    ("body", "status", "models", "health"),
    [
        (LIST, 200, (), OK),
        (LIST, 200, ("qwen-max",), OK),
        (LIST, 200, ("qwen-max", "other"), WARN),
        (b"{}", 401, (), FAIL),
        (b"{}", 404, ("qwen-max",), WARN),
        (b"<html>", 200, (), FAIL),
    ],
)
def test_upstreams(body: bytes, status: int, models: tuple[str, ...], health: Health) -> None:
    with upstream(body, status) as url:
        service = ServiceSettings(slug="chat", upstream=UpstreamSettings(url=url, models=models))
        assert observed(upstreams.upstreams, patient(service=(service,))) == [health]


def test_an_upstream_that_is_not_there() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    (one,) = upstreams.upstreams.run(patient(upstream_url=url))
    assert one.health is FAIL and url in one.message and one.remedy


def test_a_key_that_should_come_from_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    with upstream(LIST, 200) as url:
        service = ServiceSettings(slug="chat", upstream=UpstreamSettings(url=url, key_env="CHAT_KEY"))
        monkeypatch.delenv("CHAT_KEY", raising=False)
        assert observed(upstreams.upstreams, patient(service=(service,))) == [WARN, OK]
        monkeypatch.setenv("CHAT_KEY", "sk-1")
        assert observed(upstreams.upstreams, patient(service=(service,))) == [OK]


def test_law_policy_and_word_lists_without_a_database() -> None:
    assert observed(rules.law, patient()) == [OK]
    assert observed(rules.policy, patient()) == [OK]
    (lists,) = rules.word_lists.run(patient())
    assert lists.health is WARN
    assert lists.facts["short"]["A.1.a"] == [0, 200]  # ships empty by design
    assert "A.3.a" not in lists.facts["short"]  # the standard sets no number there


def test_the_address() -> None:
    who = patient()
    assert observed(surroundings.address, who) == [OK]
    with socket.socket() as other:
        other.bind((who.host, who.port))
        other.listen()
        assert observed(surroundings.address, who) == [WARN]


def test_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    assert observed(surroundings.clock, patient()) == [OK]

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(1970, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(surroundings, "datetime", Stopped)
    assert observed(surroundings.clock, patient()) == [FAIL]


def test_the_compiled_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "module", object())
    (one,) = surroundings.compiled_half.run(patient())
    assert one.health is Health.OK and one.facts == {"compiled": True}
    monkeypatch.setattr(native, "module", None)
    monkeypatch.setattr(native, "why_not", "no such file")
    (one,) = surroundings.compiled_half.run(patient())
    assert one.health is Health.WARN and "no such file" in one.message and "gcc" in one.remedy


def test_optional_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = surroundings.optional_parts.run(patient())
    assert one.health is OK and one.facts["psycopg"] is True
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    (one,) = surroundings.optional_parts.run(patient())
    assert one.health is OK and one.message.count("not installed") == 2


def test_one_that_breaks_does_not_stop_the_others() -> None:
    def breaks(who: Patient) -> Iterator[Observation]:
        raise ZeroDivisionError("boom")

    def refuses(who: Patient) -> Iterator[Observation]:
        raise KeyFileInvalid(name="seal.key", problem="gone")

    def works(who: Patient) -> Iterator[Observation]:
        yield well("c", "好", "well")

    made = [Examination(name, run, lambda who: True) for name, run in (("a", breaks), ("b", refuses), ("c", works))]
    never = Examination("d", breaks, lambda who: False)
    found = list(examination.examine(patient(), [*made, never]))
    assert [(one.subject, one.health) for one in found] == [("a", FAIL), ("b", FAIL), ("c", OK)]
    assert "boom" in found[0].message and "GJ-1004" in found[1].message


def test_every_examination_is_found_in_its_order() -> None:
    names = [each.subject for each in parts.EXAMINATIONS]
    assert names[:4] == ["home", "disk", "keys", "database"]
    assert len(names) == len(set(names)) >= 15


def test_settings_of_the_probe_are_short() -> None:
    assert upstreams.probe.__module__ == "guiju.cli.upstreams"
    from guiju.cli.upstreams import PATIENCE_S

    assert GatewaySettings().connect_timeout_s > PATIENCE_S


@pytest.mark.parametrize(
    ("settings", "health", "told"),
    [
        ({"pools": {}, "without_pool": "refuse"}, [WARN], "refuse"),
        ({"pools": {}, "without_pool": "service"}, [WARN], "service"),
        ({"pools": {f"age-{band}": {"models": {"*": "qwen-max"}} for band in BANDS}}, [OK], "age-8-12"),
        ({"pools": {f"age-{band}": {"models": {"*": "kids"}} for band in BANDS}}, [OK, WARN], "age-8-12"),
        ({"pools": {"age-9-9": {"models": {"*": "qwen-max"}}}, "without_pool": "refuse"}, [WARN], "refuse"),
    ],
    ids=["refused", "own model", "dedicated", "model not listed", "misnamed"],
)
def test_pools_of_minors(settings: dict[str, object], health: list[Health], told: str) -> None:
    with upstream(LIST, 200) as url:
        service = ServiceSettings(
            slug="chat", upstream=UpstreamSettings(url=url), minors=MinorsSettings.model_validate(settings)
        )
        who = patient(service=(service,))
        found = list(minors.pools.run(who))
    assert [one.health for one in found] == health and all(one.remedy for one in found if one.health is not OK)
    assert found[0].facts["bands"]["8_12"] == told
    assert ("age-9-9" in found[0].message) is ("age-9-9" in str(settings))


def test_no_pools_is_no_news_where_nobody_serves_minors() -> None:
    assert observed(minors.pools, patient(upstream_url="http://127.0.0.1:9/v1")) == []
