"""C2PA beside the label: signed after it, read apart from it, never broken in silence, whatever the format."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from guiju.errors import ManifestFailed, ManifestWouldBreak, NoLabelToContinue
from guiju.labeling import credentials, files
from guiju.labeling.implicit import Label
from tests.media import samples

LABEL = Label.first("001191110102MACQD9K64010000", "7f3a9c")
SIGNABLE = [
    "png plain", "jpeg plain", "webp plain", "gif", "tiff plain", "avif plain", "wav plain", "mp3 plain",
    "flac plain", "mp4 front", "mov plain", "m4a plain", "avi plain", "svg", "pdf table", "epub stored", "epub", "xlsx", "docx",
]  # fmt: skip


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key and its chain: a leaf below an authority of its own."""
    folder = tmp_path_factory.mktemp("signer")
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    above = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "Test Root"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test")]
    )
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "Signer"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Guiju Test")]
    )
    day = datetime.datetime.now(datetime.UTC)

    def made(subject: x509.Name, key: ec.EllipticCurvePrivateKey, authority: bool) -> x509.Certificate:
        usage = x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False)
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(above).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(day - datetime.timedelta(1))
            .not_valid_after(day + datetime.timedelta(30))
            .add_extension(x509.BasicConstraints(authority, None), True).add_extension(usage, True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), False)
        )  # fmt: skip
        if not authority:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
        return builder.sign(root, hashes.SHA256())

    pem = serialization.Encoding.PEM
    chain = made(name, leaf, False).public_bytes(pem) + made(above, root, True).public_bytes(pem)
    (folder / "chain.pem").write_bytes(chain)
    (folder / "key.pem").write_bytes(
        leaf.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "key.pem", folder / "chain.pem"


def put(folder: Path, name: str) -> Path:
    suffix, data = samples.get(name)
    path = folder / f"file{suffix}"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", SIGNABLE)
def test_label_first_then_sign_and_both_hold(tmp_path: Path, name: str, signer: tuple[Path, Path]) -> None:
    path = put(tmp_path, name)
    signed = path.with_name(f"signed{path.suffix}")
    files.write(path, path, LABEL)
    assert credentials.examine(path) is None
    made = credentials.sign(path, signed, *signer)
    assert (made.state, made.actions, made.issuer) == ("Valid", ("c2pa.created",), "Guiju Test")
    assert made.source_types == (credentials.GENERATED,) and made.problems == ("signingCredential.untrusted",)
    assert credentials.examine(signed, signer[1].read_text()).state == "Trusted"  # type: ignore[union-attr]
    reading = files.read(signed)
    assert reading.label == LABEL and reading.c2pa is not None, "a manifest that is not seen would be broken in silence"
    before = signed.read_bytes()
    with pytest.raises(ManifestWouldBreak):
        files.propagate(signed, signed, "00119144030008867405X220001", "p-1")
    assert signed.read_bytes() == before


def test_a_continued_label_is_signed_again_with_the_old_manifest_inside(
    tmp_path: Path, signer: tuple[Path, Path]
) -> None:
    path = put(tmp_path, "png plain")
    came, stored = tmp_path / "came.png", tmp_path / "stored.png"
    files.write(path, path, LABEL)
    credentials.sign(path, came, *signer)
    files.propagate(came, stored, "00119144030008867405X220001", "p-1", break_c2pa=True)
    assert credentials.examine(stored).state == "Invalid"  # type: ignore[union-attr]
    made = credentials.sign(stored, stored, *signer, parent=came)
    assert (made.state, made.actions) == ("Valid", ("c2pa.opened",))
    assert files.read(stored).label.PropagateID == "p-1"  # type: ignore[union-attr]


def test_what_is_not_signed(tmp_path: Path, signer: tuple[Path, Path]) -> None:
    path = put(tmp_path, "png plain")
    out = tmp_path / "out.png"
    with pytest.raises(NoLabelToContinue):
        credentials.sign(path, out, *signer)
    files.write(path, path, LABEL)
    with pytest.raises(ManifestFailed):
        credentials.sign(path, out, signer[1], signer[1])
    sound = put(tmp_path, "ogg plain")
    files.write(sound, sound, LABEL)
    with pytest.raises(ManifestFailed):
        credentials.sign(sound, out, *signer)
    assert not out.exists()
