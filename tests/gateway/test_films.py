"""Films through the official client: ordered with a checked prompt, watched, and fetched with both labels inside."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from aiohttp import web

from guiju.errors import FilmUnknown
from guiju.evidence.record import Exchange, decode
from guiju.gateway.films.names import Film, film_of, name_of
from guiju.identity import KeyHasher
from guiju.labeling import explicit, files
from tests.gateway.conftest import WORD
from tests.gateway.serving import Caller
from tests.gateway.stub import Asked, Script, Stub, whole
from tests.labeling.explicit.films import film

HASHER = KeyHasher(b"a pepper for tests")
pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A film as a model would make it."""
    return film(tmp_path_factory.mktemp("films") / "a.mp4", seconds=1.0, size=(160, 120), sound=False).read_bytes()


@pytest.fixture
def client(caller: Caller) -> Iterator[openai.OpenAI]:
    """The official client of ``caller``."""
    with caller.openai as client:
        yield client


def job(**more: Any) -> dict[str, Any]:
    """A job as the model service tells it."""
    return {"id": "video_up/1", "object": "video", "status": "queued", "created_at": 1, "model": "m1", "progress": 0,
            "size": "160x120", "seconds": "1", "prompt": "repeated", "aside": "anything", **more}  # fmt: skip


def service(content: bytes, **more: Any) -> Script:
    """A model service with one job."""

    async def script(asked: Asked) -> web.StreamResponse:
        await asyncio.sleep(0)
        if asked.request.method == "DELETE":
            return web.json_response({"id": "video_up/1", "object": "video.deleted", "deleted": True})
        if asked.path.endswith("/content"):
            return web.Response(body=content, content_type="video/mp4")
        return web.json_response(job(**more))

    return script


def last(caller: Caller) -> Exchange:
    body = decode(bytes(caller.records()[-1].body))
    assert isinstance(body, Exchange)
    return body


def test_a_film_is_ordered_watched_and_fetched(
    caller: Caller, client: openai.OpenAI, stub: Stub, made: bytes, tmp_path: Path
) -> None:
    reference = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    reference.name = "first.png"
    stub.script = service(made, status="completed", progress=100)
    ordered = client.videos.create(model="m1", prompt="一只猫", seconds="4", input_reference=reference)
    order = last(caller)
    assert (order.endpoint, order.outcome, order.label.content) == ("videos", "completed", "")
    assert "一只猫".encode() in stub.last.body and b'filename="first.png"' in stub.last.body
    assert ordered.id.startswith("video_") and "up/1" not in ordered.id

    watched = client.videos.retrieve(ordered.id)
    assert (watched.status, watched.progress, watched.id) == ("completed", 100, ordered.id)
    assert stub.last.request.raw_path == "/v1/videos/video_up%2F1"
    assert watched.prompt is None and "aside" not in watched.model_dump()

    (path := tmp_path / "a.mp4").write_bytes(client.videos.download_content(ordered.id).read())
    label = files.read(path).label
    assert label is not None and label.ProduceID == order.id
    assert explicit.check(path).verdict == "compliant"
    fetched = last(caller)
    assert (fetched.endpoint, fetched.label.content, fetched.label.position) == ("videos.content", order.id, "content")
    assert client.videos.delete(ordered.id).deleted


def test_a_film_is_the_same_each_time(caller: Caller, client: openai.OpenAI, stub: Stub, made: bytes) -> None:
    stub.script = service(made, status="completed")
    name = client.videos.create(model="m1", prompt="一只猫").id
    first = client.videos.download_content(name).read()
    stub.clear()
    assert client.videos.download_content(name).read() == first and stub.asked == [], "nobody is asked again"
    one, two = (decode(bytes(row.body)) for row in caller.records()[-2:])
    assert isinstance(one, Exchange) and isinstance(two, Exchange)
    assert one.label == two.label and one.id != two.id, "each time is on record, under one number"
    assert client.videos.delete(name).deleted
    stub.script = service(b"no film at all")
    with pytest.raises(openai.APIStatusError):
        client.videos.download_content(name)


def test_films_are_listed_page_by_page(make: Callable[..., Caller], stub: Stub) -> None:
    stub.script = service(b"")
    with make().openai as mine, make().openai as theirs:
        names = [mine.videos.create(model="m1", prompt=f"第{number}只猫").id for number in range(5)]
        theirs.videos.create(model="m1", prompt="狗")
        assert [film.id for film in mine.videos.list(limit=2)] == names[::-1], "the client turns the pages"
        page = mine.videos.list(limit=3, order="asc")
        assert [film.id for film in page.data] == names[:3] and page.has_more
        assert [film.id for film in mine.videos.list(after=names[3], order="asc").data] == names[4:]
        for wrong in ({"limit": 0}, {"limit": 101}, {"order": "up"}, {"after": theirs.videos.list().data[0].id}):
            with pytest.raises(openai.APIStatusError):
                mine.videos.list(**wrong)  # type: ignore[arg-type]

        async def some_gone(asked: Asked) -> web.StreamResponse:
            await asyncio.sleep(0)
            stub.gone = not getattr(stub, "gone", False)  # type: ignore[attr-defined]
            return web.json_response(job(), status=404 if stub.gone else 200)  # type: ignore[attr-defined]

        stub.script = some_gone
        assert len(mine.videos.list().data) == 2
        stub.script = service(b"")
        assert len(mine.videos.list().data) == 2, "those that are gone are forgotten"


def test_films_are_edited_and_made_longer(caller: Caller, client: openai.OpenAI, stub: Stub) -> None:
    stub.script = service(b"")
    name = client.videos.create(model="m2", prompt="一只猫").id
    edited = client.videos.edit(prompt="换成狗", video=openai.omit, extra_body={"video": {"id": name}})  # type: ignore[arg-type]
    assert (stub.last.path, last(caller).endpoint, last(caller).model) == ("/videos/edits", "videos.edits", "m2")
    assert b"video_up/1" in stub.last.body and name.encode() not in stub.last.body and b'"model"' not in stub.last.body
    longer = client.videos.extend(  # the client's own check takes files alone
        prompt="再走一会儿",
        seconds="8",
        video=openai.omit,
        extra_body={"video": {"id": edited.id}},  # type: ignore[arg-type]
    )
    assert (stub.last.path, last(caller).endpoint) == ("/videos/extensions", "videos.extensions")
    assert len({name, edited.id, longer.id}) == 3 and longer.id in [film.id for film in client.videos.list()]
    brought = io.BytesIO(b"a film")
    brought.name = "mine.mp4"
    client.videos.edit(prompt="换成狗", video=brought)
    assert b"a film" in stub.last.body and last(caller).model == "m1"
    again = caller.post("/v1/videos/edits", {"prompt": "换成狗", "video": {"id": name}})
    assert again.status == 200 and stub.last.json["video"] == {"id": "video_up/1"}
    stub.clear()
    for path, body in (
        ("edits", {"prompt": f"画{WORD}", "video": {"id": name}}),
        ("edits", {"prompt": "狗"}),
        ("edits", {"prompt": "狗", "video": {"id": "video_up"}}),
        ("extensions", {"prompt": "狗", "video": {"id": name}}),
        ("reels", {"prompt": "狗"}),
    ):
        assert caller.post(f"/v1/videos/{path}", body).status in (400, 404)
    assert stub.asked == []


def test_characters_are_their_integrations_own(make: Callable[..., Caller], stub: Stub) -> None:
    async def script(asked: Asked) -> web.StreamResponse:
        await asyncio.sleep(0)
        if "/characters" in asked.path:
            return web.json_response({"id": "char_up", "created_at": 5, "name": "小明"})
        return web.json_response(job())

    stub.script = script
    film = io.BytesIO(b"a film")
    film.name = "mine.mp4"
    caller = make()
    with caller.openai as mine, make().openai as theirs:
        made = mine.videos.create_character(name="小明", video=film)
        assert made.id is not None and made.id.startswith("char_") and made.id != "char_up"
        assert (made.name, made.created_at, last(caller).endpoint) == ("小明", 5, "videos.characters")
        assert mine.videos.get_character(made.id).name == "小明"
        with pytest.raises(openai.NotFoundError):
            theirs.videos.get_character(made.id)
        with pytest.raises(openai.BadRequestError):
            mine.videos.create_character(name=f"叫{WORD}", video=film)
        mine.videos.create(model="m1", prompt="走路", extra_body={"characters": [{"id": made.id}]})
        assert b"char_up" in stub.last.body and made.id.encode() not in stub.last.body
        with pytest.raises(openai.NotFoundError):
            theirs.videos.create(model="m1", prompt="走路", extra_body={"characters": [{"id": made.id}]})
        assert mine.videos.list().data[0].id.startswith("video_") and len(mine.videos.list().data) == 1


def test_a_remix_is_an_order_of_its_own(caller: Caller, client: openai.OpenAI, stub: Stub) -> None:
    stub.script = service(b"")
    ordered = client.videos.create(model="m1", prompt="一只猫")
    again = client.videos.remix(ordered.id, prompt="换成狗")
    assert stub.last.path.endswith("/remix") and "model" not in stub.last.json and b'"model"' not in stub.last.body
    assert again.id != ordered.id and last(caller).endpoint == "videos.remix"


def test_what_is_stopped_is_refused(caller: Caller, client: openai.OpenAI, stub: Stub) -> None:
    stub.script = service(b"")
    name = client.videos.create(model="m1", prompt="一只猫").id
    for ask in (
        lambda: client.videos.create(model="m1", prompt=f"画{WORD}"),
        lambda: client.videos.remix(name, prompt=f"画{WORD}"),
    ):
        with pytest.raises(openai.BadRequestError) as caught:
            ask()
        assert caught.value.code == "GJ-1108" and last(caller).outcome == "blocked"
    assert len(stub.asked) == 1


def test_films_belong_to_who_ordered_them(make: Callable[..., Caller], stub: Stub, made: bytes) -> None:
    stub.script = service(made)
    with make().openai as mine, make().openai as theirs:
        name = mine.videos.create(model="m1", prompt="一只猫").id
        for ask in (
            lambda: theirs.videos.retrieve(name),
            lambda: theirs.videos.download_content(name),
            lambda: theirs.videos.remix(name, prompt="狗"),
            lambda: mine.videos.retrieve(name[:-1] + ("0" if name[-1] != "0" else "1")),
            lambda: mine.videos.retrieve("video_up"),
        ):
            with pytest.raises(openai.NotFoundError) as caught:
                ask()
            assert caught.value.code == "GJ-6050"


def test_what_cannot_be_labelled_does_not_leave(caller: Caller, client: openai.OpenAI, stub: Stub) -> None:
    stub.script = service(b"no film at all")
    name = client.videos.create(model="m1", prompt="一只猫").id
    with pytest.raises(openai.APIStatusError) as caught:
        client.videos.download_content(name)
    assert caught.value.code == "GJ-6102" and not last(caller).label.content
    stub.script = whole({"id": ""})
    with pytest.raises(openai.APIStatusError) as caught:
        client.videos.create(model="m1", prompt="一只猫")
    assert caught.value.code == "GJ-1305"


def test_a_failed_job_says_nothing_that_would_be_stopped(client: openai.OpenAI, stub: Stub) -> None:
    stub.script = service(b"", status="failed", error={"code": "moderation", "message": f"说了{WORD}"})
    told = client.videos.create(model="m1", prompt="一只猫")
    assert told.status == "failed" and told.error is not None
    assert (told.error.code, told.error.message) == ("moderation", "")


@pytest.mark.parametrize(
    "film",
    [Film("app", "01a2", "m1", "video_up/1"), Film("", "", "", "x"), Film("应用", "n", "模型 1", "任务/?#%&=..%2F")],
)
def test_names_hold_what_they_were_given(film: Film) -> None:
    name = name_of(film, HASHER)
    assert film_of(name, film.integration, HASHER) == film
    assert name.isascii() and not set(name) & set("/?#%&")


def test_forged_names_are_none() -> None:
    name = name_of(Film("app", "n", "m1", "up"), HASHER)
    changed = [name[:at] + ("x" if name[at] != "x" else "y") + name[at + 1 :] for at in range(len(name))]
    for forged in (*changed, name[:-1], name + "0", "video_", "video_.", "", "中文", name.replace("video_", "")):
        with pytest.raises(FilmUnknown):
            film_of(forged, "app", HASHER)
    with pytest.raises(FilmUnknown):
        film_of(name, "other", HASHER)
