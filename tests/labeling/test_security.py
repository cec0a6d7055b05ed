"""Security data in reserved codes: signed, examined, bound to content, pinned; hostile ones are only unreadable."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from guiju.errors import ContentNotBindable, LabelKeyUnusable, NoLabelToContinue
from guiju.labeling import files, keys, security, sm2, verdict
from guiju.labeling.implicit import Label
from guiju.labeling.keys import PrivateKey
from guiju.media import carrier_of
from tests.media import samples

LABEL = Label.first("001191110102MACQD9K64010000", "7f3a9c")
BINDABLE = {"avi", "flac", "flv", "gif", "jpeg", "mkv", "mp3", "mp4", "ogg", "png", "wav", "webp"}


def _pem(key: object, folder: Path) -> PrivateKey:
    path = folder / "key.pem"
    kind = serialization.NoEncryption()
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, kind))  # type: ignore[attr-defined]
    return keys.private(path)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    """A key of SM2, in the form OpenSSL writes."""
    number = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
    head = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
    point = b"\4" + b"".join(part.to_bytes(32, "big") for part in sm2.public_of(number))
    import base64

    body = base64.b64encode(head + number.to_bytes(32, "big") + bytes.fromhex("a144034200") + point).decode()
    path = tmp_path_factory.mktemp("keys") / "sm2.pem"
    path.write_text(f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
    return keys.private(path)


@pytest.mark.parametrize("kind", ["sm2", "rsa", "ecdsa"])
def test_a_signature_is_over_the_label(kind: str, key: PrivateKey, tmp_path: Path) -> None:
    made = {"sm2": lambda: key, "rsa": lambda: _pem(rsa.generate_private_key(65537, 2048), tmp_path),
            "ecdsa": lambda: _pem(ec.generate_private_key(ec.SECP256R1()), tmp_path)}[kind]()  # fmt: skip
    signed = security.sign(LABEL, made)
    assert msgspec.structs.replace(signed, ReservedCode1="") == LABEL
    (found,) = security.examine(signed)
    assert (found.role, found.signature, found.variant, found.pinned) == ("producer", "valid", "direct", None)
    for field in ("Label", "ContentProducer", "ProduceID"):
        (other,) = security.examine(msgspec.structs.replace(signed, **{field: "2"}))
        assert other.signature == "invalid"
    continued = msgspec.structs.replace(signed, ContentPropagator="x", PropagateID="y")
    assert [one.signature for one in security.examine(continued)] == ["valid"]
    both = security.sign(continued, made, "propagator")
    assert [(one.role, one.signature) for one in security.examine(both)] == [
        ("producer", "valid"), ("propagator", "valid"),
    ]  # fmt: skip


def test_signatures_over_a_hash_are_known_too(key: PrivateKey) -> None:
    code = json.loads(security.sign(LABEL, key).ReservedCode1)
    code["SecurityData"]["PubSD"][0]["Signature"] = key.sign(sm2.sm3(security.message(LABEL))).hex()
    code["SecurityData"]["PubSD"][0]["TBSData"]["Type"] = "LabelMataData"
    (found,) = security.examine(msgspec.structs.replace(LABEL, ReservedCode1=json.dumps(code)))
    assert (found.signature, found.variant) == ("valid", "prehashed")


@pytest.mark.parametrize("form", ["x", "compressed", "point", "pair"])
def test_keys_as_vendors_write_them(form: str, key: PrivateKey) -> None:
    x, y = sm2.public_of(key.number)
    wide = x.to_bytes(32, "big"), y.to_bytes(32, "big")
    written = {
        "x": wide[0],
        "compressed": bytes([2 + y % 2]) + wide[0],
        "point": b"\4" + b"".join(wide),
        "pair": b"".join(wide),
    }
    code = json.loads(security.sign(LABEL, key).ReservedCode1)
    code["SecurityData"]["PubSD"][-1]["KeyValue"] = written[form].hex()
    (found,) = security.examine(
        msgspec.structs.replace(LABEL, ReservedCode1=json.dumps(code)), security.Pins((key.public,))
    )
    assert (found.signature, found.pinned, found.key) == ("valid", True, key.public.fingerprint)


@pytest.mark.parametrize("name", samples.names())
def test_content_is_bound_where_it_is_told_from_metadata(name: str, key: PrivateKey, tmp_path: Path) -> None:
    suffix, data = samples.get(name)
    path, pins = tmp_path / f"a{suffix}", security.Pins((key.public,))
    path.write_bytes(data)
    with path.open("rb") as file:
        carrier = carrier_of(file, suffix).name
    files.write(path, path, LABEL)
    if carrier not in BINDABLE:
        with pytest.raises(ContentNotBindable):
            files.sign(path, path, key, bind=True)
        return
    files.sign(path, path, key, bind=True)
    report = verdict.verify(path, pins=pins)
    assert report.verdict is verdict.Verdict.COMPLIANT
    checks = {check.id: check.ok for check in report.checks}
    assert checks["guide.signature"] and checks["policy.signer_known"] and checks["policy.content_bound"]
    files.propagate(path, path, "00119144030008867405X220001", "p-1")
    assert {check.id: check.ok for check in verdict.verify(path, pins=pins).checks}["policy.content_bound"]


def test_a_label_moved_to_other_content_is_told(key: PrivateKey, tmp_path: Path) -> None:
    one, other = tmp_path / "a.png", tmp_path / "b.png"
    one.write_bytes(samples.get("png plain")[1])
    other.write_bytes(samples.saved(samples.picture().rotate(90), "PNG"))
    files.write(one, one, LABEL)
    files.sign(one, one, key, bind=True)
    stolen = files.read(one).label
    assert stolen is not None
    with other.open("rb") as source, (tmp_path / "c.png").open("w+b") as target:
        carrier_of(source).write(source, target, stolen.to_json())
    checks = {check.id: check.ok for check in verdict.verify(tmp_path / "c.png").checks}
    assert checks["guide.signature"] and not checks["policy.content_bound"]


def test_only_known_keys_say_who_signed(key: PrivateKey, tmp_path: Path) -> None:
    stranger = _pem(ec.generate_private_key(ec.SECP256R1()), tmp_path)
    signed = security.sign(LABEL, stranger)
    assert [one.pinned for one in security.examine(signed, security.Pins((key.public,)))] == [False]
    assert [one.pinned for one in security.examine(signed, security.Pins((stranger.public,)))] == [True]


def test_keys_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(LabelKeyUnusable):
        _pem(ed25519.Ed25519PrivateKey.generate(), tmp_path)
    for text in ("", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"):
        (tmp_path / "bad.pem").write_text(text)
        with pytest.raises(LabelKeyUnusable):
            keys.private(tmp_path / "bad.pem")
        with pytest.raises(LabelKeyUnusable):
            security.pins(tmp_path / "bad.pem")
    with pytest.raises(LabelKeyUnusable):
        keys.private(tmp_path / "none.pem")


def test_only_a_labelled_file_is_signed(key: PrivateKey, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(samples.get("png plain")[1])
    with pytest.raises(NoLabelToContinue):
        files.sign(path, path, key)


_JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["Type", "PubSD", "TBSData", "Signature", "KeyValue", "AlgID", "Bindings", "CntSel", "Value"]
            ),
            inner
            | st.sampled_from(
                ["DS", "PubKey", "Md", "Bnd", "3046", "3059301306072A8648CE3D020106082A811CCF5501822D0342"]
            ),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(_JSON)
def test_whatever_a_reserved_code_holds_it_is_examined(value: object) -> None:
    known = {"Type": "TC260PG", **value} if isinstance(value, dict) else value
    code = json.dumps({"SecurityData": known})
    for one in security.examine(msgspec.structs.replace(LABEL, ReservedCode1=code, ReservedCode2=json.dumps(value))):
        assert one.signature in ("invalid", "unreadable")
