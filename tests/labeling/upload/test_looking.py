"""What an upload is taken for: every reason is found, the strongest decides, and what was not looked at is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from guiju.errors import MediaMalformed
from guiju.labeling import explicit, files, keys, sm2, upload
from guiju.labeling.explicit import Mark
from guiju.labeling.explicit.vendors import vendor_of, vendors
from guiju.labeling.implicit import Label
from guiju.labeling.security import Pins
from guiju.labeling.upload import Search, Tier
from guiju.labeling.watermark import Secret
from tests.labeling.explicit.grounds import ground
from tests.labeling.real import real

CODE = "001191110102MACQD9K64010000"
QUICK = Search(look=False)


def picture(path: Path, words: str = "") -> Path:
    ground("photo", 400, 300).save(path)
    if words:
        explicit.label(path, path, Mark(words=words))
    return path


def labelled(path: Path, tier: Any = "1") -> Path:
    files.write(picture(path), path, Label.first(CODE, "n-1", tier))
    return path


def sm2_key(number: int) -> keys.PrivateKey:
    point = b"".join(part.to_bytes(32, "big") for part in sm2.public_of(number))
    spki = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004") + point
    return keys.PrivateKey(keys.public(spki), number)


def kinds(judged: upload.Judgement) -> list[str]:
    return [one.kind for one in judged.signs]


@pytest.mark.parametrize(("value", "tier"), [("1", Tier.VERIFIED), ("2", Tier.DECLARED), ("3", Tier.SUSPECTED)])
def test_a_label_says_how_sure_it_is(value: str, tier: Tier, tmp_path: Path) -> None:
    judged = upload.examine(labelled(tmp_path / "a.png", value), QUICK).judged
    assert (judged.tier, kinds(judged), judged.label) == (tier, ["label"], value)


def test_one_s_own_number_and_the_user_s_word(tmp_path: Path) -> None:
    search = msgspec.structs.replace(QUICK, declared=True, issued=lambda number: number == "n-1")
    judged = upload.examine(labelled(tmp_path / "a.png", "2"), search).judged
    assert (judged.tier, judged.signs[0].kind) == (Tier.VERIFIED, "issued")
    assert set(kinds(judged)) == {"issued", "label", "declaration"}


def test_signatures_decide_what_a_label_is_worth(tmp_path: Path) -> None:
    path, moved = labelled(tmp_path / "a.png"), tmp_path / "b.png"
    key, other = sm2_key(7), sm2_key(8)
    files.sign(path, path, key, bind=True)
    assert kinds(upload.examine(path, QUICK).judged) == ["label", "label_signed"]
    strangers = upload.examine(path, msgspec.structs.replace(QUICK, pins=Pins((other.public,))))
    assert kinds(strangers.judged) == ["label"], "a valid signature of a stranger proves nothing"
    label = files.read(path).label
    assert label is not None
    files.write(picture(moved, "AI生成"), moved, label)
    judged = upload.examine(moved, QUICK).judged
    assert (judged.tier, kinds(judged)) == (Tier.SUSPECTED, ["label_broken"]), "the label of other content"


def test_marks_of_generators_are_reasons_and_not_always_labels(tmp_path: Path) -> None:
    judged = upload.examine(picture(tmp_path / "a.png", "豆包AI生成")).judged
    assert set(kinds(judged)) == {"vendor_mark", "explicit"} and judged.tier is Tier.SUSPECTED
    assert any(one.detail.startswith("豆包") for one in judged.signs)
    assert upload.examine(picture(tmp_path / "b.png")).judged.tier is Tier.UNKNOWN


def test_an_earlier_look_is_not_repeated(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", "AI生成")
    seen = explicit.check(path)
    path = picture(tmp_path / "a.png")
    assert kinds(upload.examine(path, Search(seen=seen)).judged) == ["explicit"]
    failed = upload.examine(path, Search(seen=MediaMalformed(what="x", detail="y"))).judged
    assert failed.unread == ("explicit: GJ-6102",) and failed.tier is Tier.UNKNOWN


def test_c2pa_that_names_an_algorithm_is_a_reason(tmp_path: Path) -> None:
    judged = upload.examine(real("firefly_c2pa.png"), QUICK).judged
    assert (judged.tier, kinds(judged)) == (Tier.SUSPECTED, ["c2pa"]) and "Adobe" in judged.signs[0].detail
    assert upload.examine(real("c2pa_CACA.jpg"), QUICK).judged.tier is Tier.UNKNOWN, "a camera's manifest is none"
    broken = tmp_path / "broken.png"
    data = bytearray(real("firefly_c2pa.png").read_bytes())
    data[-40] ^= 1  # in the pixels
    broken.write_bytes(data)
    assert kinds(upload.examine(broken, QUICK).judged) == ["c2pa_broken"]


def test_real_labelled_pictures_are_verified_with_their_visible_marks() -> None:
    judged = upload.examine(real("doubao_labelled.png")).judged
    assert judged.tier is Tier.VERIFIED and set(kinds(judged)) == {"label", "vendor_mark", "explicit"}
    assert len(set(judged.signs)) == len(judged.signs)


def test_what_cannot_be_looked_at_is_named(tmp_path: Path) -> None:
    (path := tmp_path / "a.bin").write_bytes(b"\0\1\2 anything")
    judged = upload.examine(path, Search(secret=Secret.derive(bytes(32)))).judged
    assert judged.tier is Tier.UNKNOWN and not judged.notice_zh and judged.reminder_zh
    assert [one.partition(":")[0] for one in judged.unread] == ["metadata", "explicit", "watermark"]


def test_nothing_is_ever_said_to_be_made_by_people() -> None:
    from guiju.labeling.upload.tiers import _notices

    said = msgspec.json.encode(_notices()).decode()
    assert not any(word in said for word in ("人工创作", "真人创作", "非AI", "human-made", "made by people"))


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("豆包AI生成", "doubao"), ("★ 即梦AI", "jimeng"), ("千问 AI 生成", "qianwen"), ("通义", "tongyi"), ("可灵 AI 3.0", "kling"),
        ("元宝/AI生成", "yuanbao"), ("RunningHub AI生成", "runninghub"), ("Imagined with AI", "meta"), ("MiniMax | Hailuo AI", "hailuo"),
        ("豆包", ""), ("我在用即梦AI做图", ""), ("AI生成", ""), ("人工智能大会", ""), ("", ""),
    ],
)  # fmt: skip
def test_visible_marks(text: str, id_: str) -> None:
    found = vendor_of(text)
    assert (found.id if found else "") == id_


def test_every_visible_mark_says_where_it_comes_from() -> None:
    assert all(one.source and one.noted for one in vendors())


def test_a_picture_that_only_shows_words_about_ai_is_not_suspected(tmp_path: Path) -> None:
    from guiju.labeling.explicit import font

    image = Image.new("RGB", (640, 360), "white")
    from PIL import ImageDraw

    ImageDraw.Draw(image).text((40, 280), "人工智能大会", fill="black", font=font.sized(48))
    image.save(path := tmp_path / "a.png")
    assert upload.examine(path).judged.tier is Tier.UNKNOWN
