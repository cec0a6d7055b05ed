"""The inspector's package: evidence that can be verified without Guiju.

A package is a directory or a zip file::

    chains.jsonl     one line per chain: {"chain", "first", "prev", "body": <genesis>}
    records.jsonl    one line per record: {"chain", "seq", "hash", "body": <record>}
    seals.jsonl      one line per seal: {"signature", "body": <seal>}
    texts.jsonl      only if asked for: {"record", "part", "salt", "text"}, in the order of the records
    keys/<id>.pem    the public keys of the seals
    manifest.json    counts, period, chain heads, and the SHA-256 of every file above
    manifest.sig     Ed25519 over manifest.json, where a signing key was given
    VERIFY.md        how to verify, in Chinese and English
    verify.py        does it, with Python's standard library alone

Hashes and signatures are over the bytes between ``"body":`` and the last ``}`` of a line, which are the stored bytes
themselves. Everything streams: memory does not grow with the number of records.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import IO, NamedTuple, Protocol, Self

import msgspec

from guiju.errors import PackageExists
from guiju.evidence.record import ChainHead
from guiju.evidence.seal import Seal, SealKey, public_pem
from guiju.evidence.verify import ChainRow

FORMAT = "guiju-evidence/1"

_JSON = msgspec.json.Encoder(order="deterministic")
_LINES = 500


class TextRow(NamedTuple):
    """One decrypted text: the ``id`` of its record, its part (``prompt`` or ``answer``), salt and text."""

    record: str
    part: str
    salt: bytes
    text: str


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the package says of itself.

    Attributes:
        created: microseconds UTC. ``since``, ``until``: the period asked for, same unit; 0 for open.
        operator: the company. ``purpose``: for whom and why, in the operator's words.
        software: name and version of the program that wrote it.
        partial: whether it is an excerpt of the evidence.
    """

    created: int
    operator: str = ""
    partial: bool = False
    purpose: str = ""
    since: int = 0
    software: str = ""
    until: int = 0


class PackedFile(msgspec.Struct, frozen=True):
    """A file of the package with its length and SHA-256 (hex)."""

    bytes: int
    name: str
    sha256: str


class Counts(msgspec.Struct, frozen=True):
    """How much the package holds."""

    chains: int
    records: int
    seals: int
    texts: int


class Manifest(msgspec.Struct, frozen=True):
    """The package's table of contents, ``manifest.json``."""

    about: About
    counts: Counts
    files: tuple[PackedFile, ...]
    format: str
    heads: tuple[ChainHead, ...]


class Contents(NamedTuple):
    """What goes in, as iterators that are read once each.

    ``records`` are rows shaped as :class:`guiju.evidence.verify.RecordRow`, each chain's in one piece and ascending, as
    are ``seals``; ``texts`` follow the order of the records. An excerpt should begin and end where seals do, or its
    seals cannot be checked.
    """

    chains: Iterable[ChainRow]
    records: Iterable[tuple[str, int, str, bytes, bytes]]
    seals: Iterable[Seal]
    keys: Mapping[str, bytes]
    texts: Iterable[TextRow] | None = None


def write_package(target: Path, contents: Contents, about: About, signer: SealKey | None = None) -> Manifest:
    """Write a package to ``target``: a zip file if the name ends in ``.zip``, a directory otherwise.

    It appears under its name only when it is whole; an interrupted export leaves nothing but ``<name>.partial``.

    Raises:
        PackageExists: ``target`` is there already.
    """
    if target.exists():
        raise PackageExists(path=target)
    partial = target.with_name(target.name + ".partial")
    _remove(partial)
    with _ZipSink(partial) if target.suffix == ".zip" else _DirectorySink(partial) as sink:
        manifest = _Writer(sink).write(contents, about, signer)
    partial.rename(target)
    return manifest


class _Sink(Protocol):
    def open(self, name: str) -> AbstractContextManager[IO[bytes]]: ...


class _DirectorySink:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        self._path.mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        path = self._path / name
        path.parent.mkdir(exist_ok=True)
        return path.open("xb")


class _ZipSink:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=6)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        return self._zip.open(name, "w", force_zip64=True)


class _Writer:
    """Writes the files one after the other and remembers their hashes."""

    def __init__(self, sink: _Sink) -> None:
        self._sink = sink
        self._files: list[PackedFile] = []
        self._heads: dict[str, tuple[int, bytes]] = {}

    def write(self, contents: Contents, about: About, signer: SealKey | None) -> Manifest:
        chains = self._lines("chains.jsonl", map(_chain_line, contents.chains))
        records = self._lines("records.jsonl", self._record_lines(contents.records))
        seals = self._lines("seals.jsonl", map(_seal_line, contents.seals))
        texts = 0 if contents.texts is None else self._lines("texts.jsonl", map(_text_line, contents.texts))
        keys = dict(contents.keys) | ({signer.id: signer.public} if signer else {})
        for name, public in sorted(keys.items()):
            self._file(f"keys/{name}.pem", [public_pem(public)])
        for name in ("VERIFY.md", "verify.py"):
            self._file(name, [resources.files("guiju.evidence").joinpath("data", name).read_bytes()])
        heads = tuple(ChainHead(chain=c, hash=h.hex(), seq=s) for c, (s, h) in sorted(self._heads.items()))
        manifest = Manifest(about, Counts(chains, records, seals, texts), tuple(self._files), FORMAT, heads)
        encoded = msgspec.json.format(_JSON.encode(manifest), indent=1) + b"\n"
        self._file("manifest.json", [encoded])
        if signer is not None:
            self._file("manifest.sig", [signer.sign(encoded)])
        return manifest

    def _record_lines(self, records: Iterable[tuple[str, int, str, bytes, bytes]]) -> Iterator[bytes]:
        heads = self._heads
        for chain, seq, _, digest, body in records:
            heads[chain] = (seq, digest)
            yield b'{"chain":%b,"seq":%d,"hash":"%b","body":%b}\n' % (
                _JSON.encode(chain),
                seq,
                digest.hex().encode(),
                body,
            )

    def _lines(self, name: str, lines: Iterable[bytes]) -> int:
        count = 0

        def blocks() -> Iterator[bytes]:
            nonlocal count
            block: list[bytes] = []
            for line in lines:
                count += 1
                block.append(line)
                if len(block) == _LINES:
                    yield b"".join(block)
                    block.clear()
            yield b"".join(block)

        self._file(name, blocks())
        return count

    def _file(self, name: str, blocks: Iterable[bytes]) -> None:
        digest, length = sha256(), 0
        with self._sink.open(name) as file:
            for block in blocks:
                digest.update(block)
                length += len(block)
                file.write(block)
        self._files.append(PackedFile(length, name, digest.hexdigest()))


def _chain_line(row: ChainRow) -> bytes:
    prev = row.prev.hex().encode()
    return b'{"chain":%b,"first":%d,"prev":"%b","body":%b}\n' % (
        _JSON.encode(row.chain),
        row.first,
        prev,
        row.genesis,
    )


def _seal_line(seal: Seal) -> bytes:
    return b'{"signature":"%b","body":%b}\n' % (seal.signature.hex().encode(), seal.body)


def _text_line(row: TextRow) -> bytes:
    return _JSON.encode({"record": row.record, "part": row.part, "salt": row.salt.hex(), "text": row.text}) + b"\n"


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
