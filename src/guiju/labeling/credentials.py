"""C2PA beside the label: manifests verified, and made after the label was written. Needs the extra ``c2pa``.

A manifest does not replace the implicit label, and the label breaks a manifest made before it: label first, then sign. On
a platform that continues the label of a signed file, the old manifest becomes an ingredient of a new one (``parent``).
Nothing is fetched: no remote manifests, no revocation lists, no time stamps; thumbnails are off.
"""

from __future__ import annotations

import contextlib
import json
import mimetypes
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from guiju.errors import ManifestFailed, NoLabelToContinue, PartMissing
from guiju.labeling import implicit
from guiju.labeling.atomic import replacing
from guiju.labeling.files import read, read_stream
from guiju.labeling.implicit import Label
from guiju.media import LIMITS, carrier_of
from guiju.media.archive import Archive

GENERATED: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC: made by a model trained on samples."""

_PARENT: Final = "parent"
_SETTINGS: Final[dict[str, Any]] = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MIME = {
    ".docx": f"{_OFFICE}wordprocessingml.document",
    ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
    ".epub": "application/epub+zip",
    ".pptx": f"{_OFFICE}presentationml.presentation",
    ".m4a": "audio/mp4",
    ".flac": "audio/flac",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".heic": "image/heic",
}


class Credentials(msgspec.Struct, frozen=True):
    """What the active manifest of a file says, and whether it holds.

    Attributes:
        state: ``Trusted`` (by a trusted signer, intact), ``Valid`` (intact, signer unknown) or ``Invalid``.
        manifest: its label. ``generator``: the program that made it. ``issuer``: who signed.
        actions: what was done, in order. ``source_types``: IPTC ``digitalSourceType`` of these actions.
        problems: codes of C2PA for what does not hold.
    """

    state: str
    manifest: str = ""
    generator: str = ""
    issuer: str = ""
    actions: tuple[str, ...] = ()
    source_types: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def available() -> bool:
    """Whether the extra is installed."""
    try:
        import c2pa  # noqa: F401
    except ImportError:
        return False
    return True


def examine(path: Path, anchors: str = "") -> Credentials | None:
    """Verify the manifest in a file; None if there is none, or if the format has none.

    Args:
        anchors: certificates of trusted authorities, PEM.

    Raises:
        PartMissing: the extra is not installed.
    """
    c2pa = _library("验证 C2PA 凭证", "verify C2PA manifests")
    trust = {"trust": {"trust_anchors": anchors}} if anchors else {}
    with path.open("rb") as file:
        return _examined(c2pa, _mime(path), file, {**_SETTINGS, **trust})


def sign(source: Path, target: Path, key: Path, chain: Path, *, parent: Path | None = None) -> Credentials:
    """Copy a labelled file to ``target`` with a manifest over it: made by AI, or continued from ``parent``.

    Args:
        key: private key in PEM without a password: P-256, RSA or Ed25519.
        chain: certificates in PEM, that of the key first.
        parent: the file as it came, whose manifest becomes an ingredient.

    Raises:
        NoLabelToContinue: the file has no implicit label; it goes first.
        ManifestFailed: the key, the chain or the format is not accepted. PartMissing: the extra is not installed.
    """
    c2pa = _library("签署 C2PA 凭证", "sign C2PA manifests")
    label = read(source).label
    if label is None:
        raise NoLabelToContinue(detail="0 labels")
    manifest = _manifest(label, continued=parent is not None)
    try:
        algorithm, callback = _callback(key, c2pa)
        signer = c2pa.Signer.from_callback(callback, algorithm, chain.read_text("utf-8"))
        with c2pa.Context.from_dict(_SETTINGS) as context, c2pa.Builder(manifest, context=context) as builder:
            if parent is not None:
                with parent.open("rb") as file:
                    told = {"title": "parent", "relationship": "parentOf", "instance_id": _PARENT}
                    builder.add_ingredient(json.dumps(told), _mime(parent), file)
            with replacing(target, source) as new, _signable(source) as file:
                builder.sign(signer, _mime(source), file, new)
                return _confirmed(_examined(c2pa, _mime(source), new, _SETTINGS), new, source, label)
    except (c2pa.C2paError, ValueError, TypeError, OSError) as error:
        raise ManifestFailed(detail=str(error)[:200]) from None


@contextlib.contextmanager
def _signable(source: Path) -> Iterator[BinaryIO]:
    """The file; an archive whose members are packed, which c2pa-python does not take, with them unpacked."""
    with source.open("rb") as file:
        archive = Archive(file, LIMITS) if file.read(4) == b"PK\3\4" else None
        file.seek(0)
        if archive is None or not any(member.method for member in archive.members.values()):
            yield file
            return
        with tempfile.TemporaryFile() as stored:
            with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as made:
                for member in sorted(archive.members.values(), key=lambda one: one.offset):
                    made.writestr(zipfile.ZipInfo(member.name), archive.read(member.name) or b"")
            stored.seek(0)
            yield stored


def _manifest(label: Label, continued: bool) -> dict[str, Any]:
    """What the manifest says: made by a model, or opened and continued."""
    action: dict[str, Any] = {"action": "c2pa.created"}
    if continued:
        action = {"action": "c2pa.opened", "parameters": {"ingredientIds": [_PARENT]}}
    elif label.Label == implicit.IS:
        action["digitalSourceType"] = GENERATED
    return {
        "claim_generator_info": [{"name": "Guiju"}],
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [action]}}],
    }


def _examined(c2pa: Any, mime: str, file: BinaryIO, settings: dict[str, Any]) -> Credentials | None:
    file.seek(0)
    try:
        with c2pa.Context.from_dict(settings) as context, c2pa.Reader(mime, file, context=context) as reader:
            return _said(json.loads(reader.json()), reader.get_validation_state())
    except c2pa.C2paError:
        return None


def _confirmed(made: Credentials | None, new: BinaryIO, source: Path, label: Label) -> Credentials:
    """What was made, if it holds and the label is still there."""
    if made is None or made.state == "Invalid":
        raise ManifestFailed(detail="it did not read back")
    if read_stream(new, carrier_of(new, source.suffix)).label != label:
        raise ManifestFailed(detail="the label did not read back")
    return made


def _library(doing: str, doing_en: str) -> Any:
    try:
        import c2pa
    except ImportError:
        raise PartMissing(extra="c2pa", doing=doing, doing_en=doing_en) from None
    return c2pa


def _mime(path: Path) -> str:
    suffix = path.suffix.lower()
    return _MIME.get(suffix) or mimetypes.guess_type(f"x{suffix}", strict=False)[0] or suffix.lstrip(".")


def _said(store: dict[str, Any], state: str) -> Credentials:
    name = store.get("active_manifest", "")
    manifest = store.get("manifests", {}).get(name, {})
    generator = (manifest.get("claim_generator_info") or [{}])[0].get("name") or manifest.get("claim_generator", "")
    actions = [
        action
        for assertion in manifest.get("assertions", [])
        if str(assertion.get("label", "")).startswith("c2pa.actions")
        for action in assertion.get("data", {}).get("actions", [])
    ]
    types = (action.get("digitalSourceType", "") for action in actions)
    return Credentials(
        str(state),
        name,
        generator,
        (manifest.get("signature_info") or {}).get("issuer", ""),
        tuple(str(action.get("action", "")) for action in actions),
        tuple(dict.fromkeys(kind for kind in types if kind)),
        tuple(dict.fromkeys(one.get("code", "") for one in store.get("validation_status", []))),
    )


def _callback(path: Path, c2pa: Any) -> tuple[Any, Any]:
    """The algorithm and the function that signs, for the key in ``path``."""
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1":

        def with_curve(data: bytes) -> bytes:
            r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")

        return c2pa.C2paSigningAlg.ES256, with_curve
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
        return c2pa.C2paSigningAlg.PS256, lambda data: key.sign(data, pss, hashes.SHA256())
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return c2pa.C2paSigningAlg.ED25519, key.sign
    raise ValueError("a key that is neither P-256 nor RSA nor Ed25519")
