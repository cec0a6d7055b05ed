"""Files through the gateway: labelled, read, judged as uploads, released without the explicit label."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from guiju.errors import TextGone
from guiju.evidence.record import Exchange, decode
from guiju.gateway.files.room import FOLDER
from guiju.labeling import files
from guiju.labeling.implicit import Label
from guiju.store.actor import Actor
from guiju.store.evidence import read_text
from tests.gateway.files.sending import send
from tests.gateway.serving import Caller, wait_for

pytestmark = pytest.mark.one_database


def png(colour: tuple[int, int, int] = (90, 120, 200), size: int = 320) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(out, "PNG")
    return out.getvalue()


def last(caller: Caller) -> Exchange:
    body = decode(bytes(caller.records()[-1].body))
    assert isinstance(body, Exchange)
    return body


def label_in(body: bytes, tmp_path: Path, name: str = "out.png") -> Label:
    (path := tmp_path / name).write_bytes(body)
    found = files.read(path).label
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def nothing_is_left(caller: Caller) -> object:
    """No call leaves its file behind."""
    yield
    folder = caller.gateway.runtime.settings.home / FOLDER  # type: ignore[union-attr]
    wait_for(lambda: not folder.exists() or list(folder.iterdir()) == [])


def test_a_picture_comes_back_with_both_labels(caller: Caller, tmp_path: Path) -> None:
    reply = send(caller, "/v1/label", png(), "猫.png")
    assert reply.status_code == 200, reply.text
    label = label_in(reply.content, tmp_path)
    assert label.keys() == json.loads(reply.headers["x-guiju-aigc"]) and label.Label == "1"
    assert label.ProduceID == reply.headers["x-guiju-record"]
    assert "%E7%8C%AB.png" in reply.headers["content-disposition"]
    assert max(ImageStat.Stat(Image.open(io.BytesIO(reply.content)).convert("L")).stddev) > 1  # words were drawn
    exchange = last(caller)
    assert (exchange.endpoint, exchange.id, exchange.label.position) == ("label.write", label.ProduceID, "content")
    kept = {p.where: p.text for p in read_text(Actor.system("test"), caller.records()[-1], "试验").answer}
    assert kept["file.name"] == "猫.png" and len(kept["file.sha256"]) == 64


def test_the_caller_chooses(caller: Caller, tmp_path: Path) -> None:
    before = Image.open(io.BytesIO(png())).tobytes()
    reply = send(caller, "/v1/label", png(), id="n-1", label="2", explicit="false")
    label = label_in(reply.content, tmp_path)
    assert (label.ProduceID, label.Label) == ("n-1", "2")
    assert Image.open(io.BytesIO(reply.content)).tobytes() == before
    assert send(caller, "/v1/label", png(), id="n-1").json()["error"]["code"] == "GJ-1119"
    markdown = send(caller, "/v1/label", "# 题\n\n正文。\n".encode(), "a.md")
    assert "AIGC:" in markdown.text and "AI" in markdown.text


@pytest.mark.parametrize(
    ("path", "body", "fields", "status", "code"),
    [
        ("/v1/label", None, {}, 400, "GJ-1119"),
        ("/v1/label", b"not a picture", {}, 415, "GJ-6101"),
        ("/v1/label", png()[:200], {}, 422, ""),
        ("/v1/label", png(), {"label": "4"}, 400, "GJ-1119"),
        ("/v1/label", png(), {"explicit": "maybe"}, 400, "GJ-1119"),
        ("/v1/label", png(), {"id": "x" * 65}, 400, "GJ-1119"),
        ("/v1/label/copies", png(), {"user": "u"}, 400, "GJ-1119"),
        ("/v1/uploads/label", png(), {"explicit": "false"}, 409, "GJ-6009"),
    ],
)
def test_refusals(
    path: str, body: bytes | None, fields: dict[str, str], status: int, code: str, caller: Caller
) -> None:
    reply = send(caller, path, body, **fields)
    assert reply.status_code == status, reply.text
    assert reply.json()["error"]["code"].startswith(code or "GJ-")
    assert caller.records() == []


def test_texts_come_with_their_label_beside_them(caller: Caller, tmp_path: Path) -> None:
    told = send(caller, "/v1/label", "正文。\n".encode(), "答.txt", user="u")
    sidecar = told.headers["x-guiju-sidecar"]
    (tmp_path / "a.txt").write_bytes(told.content)
    (tmp_path / "a.txt.aigc.json").write_text(sidecar, "utf-8")
    reading = files.read(tmp_path / "a.txt")
    assert reading.bound and reading.label is not None and reading.label.ProduceID == told.headers["x-guiju-record"]
    read = send(caller, "/v1/label/read", told.content, "a.txt", sidecar=sidecar).json()
    assert read["verdict"] == "compliant"
    judged = send(caller, "/v1/uploads/check", told.content, "a.txt", sidecar=sidecar).json()
    assert judged["tier"] == "verified"
    asked = {"user": "u", "recipient": "u", "terms": "1"}
    copy = send(caller, "/v1/label/copies", None, content=told.headers["x-guiju-record"], **asked)
    assert copy.content.decode() == "正文。\n" != told.text
    assert json.loads(copy.headers["x-guiju-sidecar"])["AIGC"] == json.loads(sidecar)["AIGC"]
    foreign = json.dumps({"AIGC": {**json.loads(sidecar)["AIGC"], "ContentProducer": "某公司\n"}}, ensure_ascii=False)
    odd = send(caller, "/v1/label/copies", told.content, "a.txt", sidecar=foreign, **asked)
    assert odd.status_code == 200 and json.loads(odd.headers["x-guiju-aigc"])["ContentProducer"] == "某公司\n"


def test_formats_without_a_place_for_words_say_what_to_do(caller: Caller) -> None:
    refused = send(caller, "/v1/label", b"a,b\n", "a.csv")
    assert refused.status_code == 415 and refused.json()["error"]["code"] == "GJ-4289"
    assert json.loads(send(caller, "/v1/label", b"a,b\n", "a.csv", explicit="false").headers["x-guiju-sidecar"])["AIGC"]
    assert send(caller, "/v1/label", b"?", "a.xyz").json()["error"]["code"] == "GJ-6101"


def test_no_form_and_too_large_a_file(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert caller.post("/v1/label", {}).error["code"] == "GJ-1119"
    cut = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nabc'
    assert caller.post("/v1/label", cut, Content_Type="multipart/form-data; boundary=b").error["code"] == "GJ-1119"
    runtime = caller.gateway.runtime  # type: ignore[union-attr]
    monkeypatch.setattr(runtime, "limits", runtime.limits.model_copy(update={"max_file_bytes": 1000}))
    assert send(caller, "/v1/label", png(size=900)).json()["error"]["code"] == "GJ-1101"
    monkeypatch.setattr(runtime, "limits", runtime.limits.model_copy(update={"max_files": 0}))
    assert send(caller, "/v1/label", png()).status_code == 503
    assert runtime.files == 0 and runtime.in_flight == 0


def test_reading(caller: Caller) -> None:
    labelled = send(caller, "/v1/label", png()).content
    told = send(caller, "/v1/label/read", labelled, explicit="true").json()
    assert told["found"] and told["verdict"] == "compliant" and told["placements"]
    assert told["explicit"]["verdict"] == "compliant"
    bare = send(caller, "/v1/label/read", png()).json()
    assert not bare["found"] and bare["verdict"] == "not_found"


def test_uploads_come_in_tiers(caller: Caller, tmp_path: Path) -> None:
    ours = send(caller, "/v1/label", png()).content
    drawn = io.BytesIO()
    Image.open(io.BytesIO(ours)).save(drawn, "JPEG", quality=92)  # the metadata is gone, the words are not
    foreign = tmp_path / "foreign.png"
    foreign.write_bytes(png((200, 50, 50)))
    files.write(foreign, foreign, Label.first("other-company", "x-1", "3"))
    cases = [
        (ours, "a.png", {}, "verified", {"label", "issued", "explicit"}),
        (foreign.read_bytes(), "a.png", {"explicit": "false"}, "suspected", {"label"}),
        (png(), "a.png", {"declared": "true"}, "declared", {"declaration"}),
        (drawn.getvalue(), "a.jpg", {}, "suspected", {"explicit"}),
        (png(), "a.png", {}, "unknown", set()),
    ]
    for body, name, fields, tier, kinds in cases:
        told = send(caller, "/v1/uploads/check", body, name, user="u", **fields).json()
        assert (told["tier"], {sign["kind"] for sign in told["signs"]}) == (tier, kinds)
        assert bool(told["notice_zh"]) == (tier != "unknown") and told["reminder_zh"]
        exchange = last(caller)
        assert exchange.id == told["record"] and exchange.endpoint == "upload.check" and exchange.account
        assert exchange.prompt.risk == f"guiju.upload.{tier}"


def test_a_watermark_outlives_the_metadata_and_the_words(caller: Caller) -> None:
    noise = Image.effect_noise((512, 512), 60).convert("RGB")
    noise.save(out := io.BytesIO(), "PNG")
    marked = send(caller, "/v1/label", out.getvalue(), watermark="true", explicit="false")
    assert marked.status_code == 200, marked.text
    Image.open(io.BytesIO(marked.content)).save(bare := io.BytesIO(), "JPEG", quality=80)
    told = send(caller, "/v1/uploads/check", bare.getvalue(), "a.jpg", watermark="true", explicit="false").json()
    assert (told["tier"], [sign["kind"] for sign in told["signs"]]) == ("verified", ["mark_issued"])
    plain = send(caller, "/v1/uploads/check", out.getvalue(), watermark="true", explicit="false").json()
    assert plain["tier"] == "unknown"


def test_an_upload_is_continued_or_labelled_with_how_sure_it_is(caller: Caller, tmp_path: Path) -> None:
    ours = send(caller, "/v1/label", png()).content
    first = label_in(ours, tmp_path)
    reply = send(caller, "/v1/uploads/label", ours, id="p-1", explicit="false")
    label = label_in(reply.content, tmp_path)
    assert reply.headers["x-guiju-tier"] == "verified" and label.PropagateID == "p-1"
    assert (label.ContentProducer, label.ProduceID) == (first.ContentProducer, first.ProduceID)
    reply = send(caller, "/v1/uploads/label", png(), declared="true", explicit="false")
    assert label_in(reply.content, tmp_path).Label == "2"


def test_a_copy_without_the_explicit_label_is_on_record(caller: Caller, tmp_path: Path) -> None:
    asked = {"user": "u-7", "recipient": "某某广告公司", "terms": "v3", "purpose": "印刷"}
    reply = send(caller, "/v1/label/copies", png(), **asked)
    assert reply.status_code == 200
    assert label_in(reply.content, tmp_path).Label == "1"
    exchange = last(caller)
    assert exchange.endpoint == "label.copy" and exchange.account and exchange.label.reason.endswith("Art. 9")
    kept = {p.where: p.text for p in read_text(Actor.system("test"), caller.records()[-1], "试验").answer}
    assert kept["recipient"] == "某某广告公司" and kept["terms"] == "v3" and kept["file.sha256"]


def test_who_got_a_copy_is_kept_even_where_texts_are_not(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = caller.gateway.runtime  # type: ignore[union-attr]
    evidence = runtime.settings.evidence.model_copy(update={"keep_text": False})
    monkeypatch.setattr(runtime, "settings", runtime.settings.model_copy(update={"evidence": evidence}))
    send(caller, "/v1/label/copies", png(), user="u-7", recipient="某某广告公司", terms="v3")
    kept = {p.where: p.text for p in read_text(Actor.system("test"), caller.records()[-1], "试验").answer}
    assert (kept["recipient"], kept["terms"]) == ("某某广告公司", "v3")
    send(caller, "/v1/uploads/check", png(), explicit="false", watermark="false")
    with pytest.raises(TextGone):
        read_text(Actor.system("test"), caller.records()[-1], "试验")


def test_the_original_is_given_under_its_number(caller: Caller, make: Callable[..., Caller], tmp_path: Path) -> None:
    who = {"user": "u-1", "recipient": "本人", "terms": "2026-03", "purpose": "打印"}
    number = send(caller, "/v1/label", png(), user="u-1").headers["x-guiju-record"]
    wait_for(lambda: any(row.content_number == number for row in caller.records()))
    given = send(caller, "/v1/label/copies", None, content=number, **who)
    assert given.status_code == 200 and label_in(given.content, tmp_path).ProduceID == number
    assert Image.open(io.BytesIO(given.content)).tobytes() == Image.open(io.BytesIO(png())).tobytes()
    for other, asked, code in (
        (caller, {**who, "user": "u-2", "content": number}, "GJ-4282"),
        (caller, {**who, "content": "no-number"}, "GJ-4280"),
        (make(), {**who, "content": number}, "GJ-4280"),
    ):
        assert send(other, "/v1/label/copies", None, **asked).json()["error"]["code"] == code
    plain = send(caller, "/v1/label", png(), explicit="false", user="u-1").headers["x-guiju-record"]
    wait_for(lambda: any(row.content_number == plain for row in caller.records()))
    assert send(caller, "/v1/label/copies", None, content=plain, **who).json()["error"]["code"] == "GJ-4283"
