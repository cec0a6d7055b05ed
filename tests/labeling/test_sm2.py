"""SM2 against the vector of GB/T 32918.5-2017, Annex A, and against OpenSSL."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.labeling import keys, sm2

PRIVATE = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
PUBLIC = (
    0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020,
    0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13,
)
SIGNATURE = (
    0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3,
    0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA,
)


def test_the_vector_of_the_standard() -> None:
    assert sm2.public_of(PRIVATE) == PUBLIC and sm2.is_point(PUBLIC)
    assert sm2.sign(PRIVATE, b"message digest", nonce=NONCE) == SIGNATURE
    assert sm2.verify(PUBLIC, b"message digest", SIGNATURE)
    assert not sm2.verify(PUBLIC, b"message digest!", SIGNATURE)
    assert not sm2.verify(PUBLIC, b"message digest", SIGNATURE, identity=b"another")


@settings(max_examples=20, deadline=None)
@given(st.integers(1, sm2.N - 2), st.binary(max_size=80), st.integers(0, 511))
def test_signatures_verify_and_no_bit_of_them_may_change(private: int, message: bytes, bit: int) -> None:
    public, (r, s) = sm2.public_of(private), sm2.sign(private, message)
    assert sm2.verify(public, message, (r, s))
    changed = (r ^ 1 << bit, s) if bit < 256 else (r, s ^ 1 << bit - 256)
    assert not sm2.verify(public, message, changed)


def test_points_from_their_x_alone() -> None:
    assert PUBLIC in sm2.points_at(PUBLIC[0]) and all(map(sm2.is_point, sm2.points_at(PUBLIC[0])))
    assert sm2.points_at(sm2.P) == ()
    assert any(sm2.points_at(x) == () for x in range(8))


@pytest.mark.parametrize("signature", [(0, 1), (1, 0), (sm2.N, 1), (1, sm2.N - 1), (sm2.N + 1, 1)])
def test_numbers_out_of_range_are_no_signature(signature: tuple[int, int]) -> None:
    assert not sm2.verify(PUBLIC, b"x", signature)
    assert not sm2.verify((1, 1), b"x", SIGNATURE)


@pytest.mark.parametrize("private", [0, sm2.N - 1, sm2.N])
def test_private_numbers_out_of_range(private: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        sm2.public_of(private)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_takes_our_signatures_and_we_take_its(tmp_path: Path) -> None:
    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=tmp_path, check=True, capture_output=True, timeout=30)

    options = ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
    openssl("genpkey", "-algorithm", "SM2", "-out", "key.pem")
    openssl("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem")
    (tmp_path / "message").write_bytes(b'"Label":"1"')
    key = keys.private(tmp_path / "key.pem")
    assert keys.publics(tmp_path / "public.pem") == (key.public,)
    (tmp_path / "ours").write_bytes(key.sign(b'"Label":"1"'))
    openssl(
        "pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-in", "message", "-sigfile", "ours", *options
    )
    openssl("pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-in", "message", "-out", "theirs", *options)
    assert key.public.verifies(b'"Label":"1"', (tmp_path / "theirs").read_bytes()) == "direct"
