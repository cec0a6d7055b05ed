"""Pictures and sounds that a model makes, through the official client: labelled before they leave."""

from __future__ import annotations

import base64
import io
import math
import struct
import wave
from pathlib import Path

import openai
import pytest
from PIL import Image

from guiju.evidence.record import Exchange, decode
from guiju.labeling import explicit, files
from tests.gateway.conftest import MASKED, WORD
from tests.gateway.serving import Caller
from tests.gateway.stub import Stub, whole


def picture(kind: str = "PNG") -> str:
    """A picture as the model would send it."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (70, 140, 90)).save(out, kind)
    return base64.b64encode(out.getvalue()).decode()


def sound() -> bytes:
    """Two seconds of a quiet tone."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", int(2000 * math.sin(n / 8))) for n in range(32000)))
    return out.getvalue()


def last(caller: Caller) -> Exchange:
    body = decode(bytes(caller.records()[-1].body))
    assert isinstance(body, Exchange)
    return body


def test_pictures_leave_labelled(caller: Caller, stub: Stub, tmp_path: Path) -> None:
    items = [{"b64_json": picture()}, {"b64_json": picture("JPEG"), "revised_prompt": f"号码{MASKED}"}]
    stub.script = whole({"created": 1, "data": items})
    made = caller.openai.images.generate(model="m1", prompt="一只猫", n=2, response_format="url")
    assert stub.asked[-1].json["response_format"] == "b64_json"
    assert made.data is not None and len(made.data) == 2
    numbers = []
    for item, name in zip(made.data, ("a.png", "b.jpg"), strict=True):
        assert item.b64_json is not None
        (path := tmp_path / name).write_bytes(base64.b64decode(item.b64_json))
        label = files.read(path).label
        assert label is not None
        numbers.append(label.ProduceID)
        assert explicit.check(path).verdict == "compliant"
    assert MASKED not in (made.data[1].revised_prompt or "")
    exchange = last(caller)
    assert numbers == [exchange.id, f"{exchange.id}-1"] and exchange.endpoint == "images"
    assert (exchange.label.content, exchange.label.position, exchange.answer.action) == (exchange.id, "content", "mask")


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
@pytest.mark.parametrize("way", ["edits", "variations"])
def test_changed_pictures_leave_labelled(way: str, caller: Caller, stub: Stub, tmp_path: Path) -> None:
    stub.script = whole({"created": 1, "data": [{"b64_json": picture()}]})
    given = io.BytesIO(base64.b64decode(picture()))
    given.name = "mine.png"
    if way == "edits":
        more = io.BytesIO(given.getvalue())
        more.name = '又一"张.png'
        made = caller.openai.images.edit(
            model="m1", image=[given, more], prompt="换背景", n=1, user="张三", response_format="url"
        )
        assert b"b64_json" in stub.last.body
        assert "张三".encode() not in stub.last.body and "换背景".encode() in stub.last.body
        assert stub.last.body.count(given.getvalue()) == 2
    else:
        made = caller.openai.images.create_variation(model="m1", image=given, response_format="b64_json")
        assert stub.last.body.count(given.getvalue()) == 1
    assert stub.last.path == f"/images/{way}" and made.data is not None and made.data[0].b64_json is not None
    (path := tmp_path / "a.png").write_bytes(base64.b64decode(made.data[0].b64_json))
    label, exchange = files.read(path).label, last(caller)
    assert label is not None and label.ProduceID == exchange.id and exchange.endpoint == f"images.{way}"
    assert explicit.check(path).verdict == "compliant"
    assert exchange.prompt.action == "pass"


def test_a_sound_leaves_labelled(caller: Caller, stub: Stub, tmp_path: Path) -> None:
    stub.script = whole(sound(), kind="audio/wav")
    spoken = caller.openai.audio.speech.create(model="m1", voice="alloy", input="你好", response_format="wav")
    (path := tmp_path / "a.wav").write_bytes(spoken.read())
    label = files.read(path).label
    assert label is not None and label.ProduceID == last(caller).id
    assert explicit.check(path).verdict == "compliant"
    assert last(caller).label.position == "content"


def test_what_is_stopped_is_refused(caller: Caller, stub: Stub) -> None:
    for ask in (
        lambda: caller.openai.images.generate(model="m1", prompt=f"画{WORD}"),
        lambda: caller.openai.images.edit(model="m1", prompt=f"画{WORD}", image=io.BytesIO(b"x")),
        lambda: caller.openai.audio.speech.create(model="m1", voice="alloy", input=f"说{WORD}", response_format="wav"),
    ):
        with pytest.raises(openai.BadRequestError) as caught:
            ask()
        assert caught.value.code == "GJ-1108"
    assert stub.asked == [] and last(caller).outcome == "blocked"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"data": [{"url": "https://elsewhere/x.png"}]}, "GJ-1308"),
        ({"data": [{"b64_json": "%%"}]}, "GJ-1305"),
        ({"data": [{"b64_json": base64.b64encode(b"no picture").decode()}]}, "GJ-6101"),
        ({"none": 1}, "GJ-1305"),
    ],
)
def test_what_cannot_be_labelled_does_not_leave(
    answer: dict[str, object], code: str, caller: Caller, stub: Stub
) -> None:
    stub.script = whole(answer)
    reply = caller.post("/v1/images/generations", {"model": "m1", "prompt": "猫"})
    assert reply.status >= 400 and reply.error["code"] == code
    assert caller.records()[-1].labelled is False


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/images/generations", {"model": "m1"}, "prompt"),
        ("/v1/images/generations", {"model": "m1", "prompt": "猫", "stream": True}, "stream"),
        ("/v1/images/edits", {"model": "m1", "images": []}, "prompt"),
        ("/v1/videos", {"model": "m1"}, "prompt"),
        ("/v1/audio/speech", {"model": "m1", "voice": "a"}, "input"),
        ("/v1/audio/speech", {"model": "m1", "voice": "a", "input": "好", "response_format": "pcm"}, "response_format"),
        ("/v1/audio/speech", {"model": "m1", "voice": "a", "input": "好", "stream_format": "sse"}, "stream_format"),
    ],
)
def test_requests_that_cannot_be_labelled(path: str, body: dict[str, object], field: str, caller: Caller) -> None:
    assert caller.post(path, body).error["param"] == field
