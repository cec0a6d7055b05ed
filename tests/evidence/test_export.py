"""A package verifies with nothing but Python's standard library, and any damage to it shows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from guiju.errors import PackageExists
from guiju.evidence import Chain, ChainRow, Commitments, MasterKey, RecordRow, SealKey, Vault, encode
from guiju.evidence.export import About, Contents, Manifest, TextRow, write_package

from .ledger import AT, KEY, Ledger, build, exchange, seal_all

ABOUT = About(created=AT, operator="示例科技有限公司", purpose="检查", software="guiju 0.1.0")


def with_texts() -> tuple[Ledger, list[TextRow]]:
    """One chain of three exchanges, two of them with a kept prompt and answer."""
    master = MasterKey(b"m" * 32)
    key = master.new_data_key(AT)
    vault = Vault([master], [key], key.id)
    chain, genesis = Chain.open("a" * 32, (), AT)
    ledger = Ledger(
        [ChainRow(genesis.chain, genesis.body)], [RecordRow(genesis.chain, 0, "", genesis.hash, genesis.body)]
    )
    links, texts = [genesis], []
    for number in range(3):
        name, commitments = f"{number:032x}", {}
        for part in ("prompt", "answer") if number else ():
            sealed = vault.seal_text(f"第{number}段 {part}", name, part)
            opened = vault.open_text(sealed.key, sealed.nonce, sealed.ciphertext, name, part)
            commitments[part] = sealed.commitment
            texts.append(TextRow(name, part, opened.salt, opened.text))
        links.append(chain.append(encode(exchange(number, commitments=Commitments(**commitments)))))
        ledger.records.append(RecordRow(chain.id, number + 1, name, links[-1].hash, links[-1].body))
    ledger.seals = seal_all(links, 2, True)
    return ledger, texts


def pack(target: Path, ledger: Ledger, texts: list[TextRow] | None = None, about: About = ABOUT) -> Manifest:
    contents = Contents(
        iter(ledger.chains),
        iter(ledger.records),
        iter(ledger.seals),
        ledger.keys,
        None if texts is None else iter(texts),
    )
    return write_package(target, contents, about, KEY)


def inspect(folder: Path) -> tuple[int, str]:
    """What the package's own script says, run alone: no site packages, no environment."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py")], capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_whole_package_is_intact(tmp_path: Path) -> None:
    ledger = build([7, 0, 4], every=3)
    manifest = pack(tmp_path / "package", ledger)
    code, output = inspect(tmp_path / "package")
    assert (code, "INTACT" in output) == (0, True), output
    assert manifest.counts.records == len(ledger.records)
    assert list(manifest.heads) == ledger.heads()


def test_bodies_are_embedded_byte_for_byte(tmp_path: Path) -> None:
    ledger = build([2])
    pack(tmp_path / "package", ledger)
    lines = (tmp_path / "package" / "records.jsonl").read_bytes().splitlines()
    for line, row in zip(lines, ledger.records, strict=True):
        assert line.endswith(b'"body":' + row.body + b"}")
        assert json.loads(line)["seq"] == row.seq


def test_texts_are_there_only_when_asked_for_and_match(tmp_path: Path) -> None:
    ledger, texts = with_texts()
    pack(tmp_path / "without", ledger)
    pack(tmp_path / "with", ledger, texts)
    assert not (tmp_path / "without" / "texts.jsonl").exists()
    assert inspect(tmp_path / "without")[0] == 0
    code, output = inspect(tmp_path / "with")
    assert (code, "texts 4" in output) == (0, True), output


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda texts: [texts[0]._replace(text="别的"), *texts[1:]], "not the one that was recorded"),
        (lambda texts: [texts[0]._replace(record="f" * 32), *texts[1:]], "belongs to no record"),
        (lambda texts: [*texts[2:], *texts[:2]], "belongs to no record"),
    ],
)
def test_wrong_texts_are_seen(tmp_path: Path, harm: object, said: str) -> None:
    ledger, texts = with_texts()
    pack(tmp_path / "package", ledger, harm(texts))  # type: ignore[operator]
    code, output = inspect(tmp_path / "package")
    assert (code, said in output) == (1, True), output


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def forget_hashes(folder: Path) -> None:
    """Make the manifest agree with the damaged files, and drop its signature: only deeper checks can now see."""
    import hashlib

    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    for entry in manifest["files"]:
        data = (folder / entry["name"]).read_bytes()
        entry |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    path.write_text(json.dumps(manifest), "utf-8")
    (folder / "manifest.sig").unlink()


def swap_lines(folder: Path) -> None:
    path = folder / "records.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    path.write_text("".join(lines), "utf-8")


def drop_line(folder: Path, name: str, index: int) -> None:
    path = folder / name
    lines = path.read_text("utf-8").splitlines(keepends=True)
    del lines[index]
    path.write_text("".join(lines), "utf-8")


DAMAGE = {
    "a body": lambda f: edit(f, "records.jsonl", "qwen-plus", "qwen-mini"),
    "a stored hash": lambda f: edit(f, "records.jsonl", '"hash":"', '"hash":"00'),
    "order": swap_lines,
    "a missing record": lambda f: drop_line(f, "records.jsonl", 4),
    "a missing seal": lambda f: drop_line(f, "seals.jsonl", 1),
    "a seal's root": lambda f: edit(f, "seals.jsonl", '"root":"', '"root":"00'),
    "a missing chain": lambda f: drop_line(f, "chains.jsonl", 0),
    "the end of a chain": lambda f: drop_line(f, "records.jsonl", -1),
    "a foreign key": lambda f: next((f / "keys").iterdir()).write_text(
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n-----END PUBLIC KEY-----\n"
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("hidden", [False, True], ids=["plain", "manifest rewritten"])
def test_damage_is_seen_even_if_the_manifest_is_rewritten(tmp_path: Path, kind: str, hidden: bool) -> None:
    folder = tmp_path / "package"
    pack(folder, build([7, 4], every=3))
    DAMAGE[kind](folder)
    if hidden:
        forget_hashes(folder)
    code, output = inspect(folder)
    assert code == 1, output


def test_an_added_or_missing_file_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    pack(folder, build([2]))
    (folder / "extra.txt").write_text("x")
    assert inspect(folder)[0] == 1
    (folder / "extra.txt").unlink()
    (folder / "VERIFY.md").unlink()
    assert inspect(folder)[0] == 1


def test_a_foreign_manifest_signature_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    pack(folder, build([2]))
    stranger, _ = SealKey.generate()
    (folder / "manifest.sig").write_bytes(stranger.sign((folder / "manifest.json").read_bytes()))
    assert inspect(folder)[0] == 1


def test_nonsense_is_unreadable_not_a_traceback(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    pack(folder, build([2]))
    (folder / "manifest.json").write_text("[]")
    code, output = inspect(folder)
    assert code == 2
    assert "Traceback" not in output


def test_an_excerpt_between_seals_is_intact(tmp_path: Path) -> None:
    ledger = build([8, 4], every=3)
    chain = ledger.chains[1]
    rows = [row for row in ledger.records if row.chain == chain.chain]
    part = Ledger(
        [ChainRow(chain.chain, chain.genesis, 3, rows[2].hash)],
        rows[3:],
        [seal for seal in ledger.seals_of(chain.chain) if seal.number > 0],
    )
    about = About(created=AT, partial=True)
    pack(tmp_path / "part", part, about=about)
    code, output = inspect(tmp_path / "part")
    assert code == 0, output
    part.records.pop(0)
    pack(tmp_path / "less", part, about=about)
    assert inspect(tmp_path / "less")[0] == 1


def test_a_zip_holds_the_same(tmp_path: Path) -> None:
    ledger = build([5, 2])
    pack(tmp_path / "package.zip", ledger)
    pack(tmp_path / "package", ledger)
    with zipfile.ZipFile(tmp_path / "package.zip") as archive:
        archive.extractall(tmp_path / "out")
    for path in (tmp_path / "package").rglob("*"):
        if path.is_file():
            assert (tmp_path / "out" / path.relative_to(tmp_path / "package")).read_bytes() == path.read_bytes()
    assert inspect(tmp_path / "out")[0] == 0


@pytest.mark.parametrize("name", ["package", "package.zip"])
def test_nothing_is_overwritten_and_nothing_appears_half(tmp_path: Path, name: str) -> None:
    ledger = build([2])
    target = tmp_path / "deep" / name

    def breaks() -> object:
        yield ledger.records[0]
        raise OSError("disk full")

    contents = Contents(ledger.chains, breaks(), ledger.seals, ledger.keys)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="disk full"):
        write_package(target, contents, ABOUT)
    assert not target.exists()
    pack(target, ledger)
    with pytest.raises(PackageExists):
        pack(target, ledger)
    assert [path.name for path in target.parent.iterdir()] == [name]


def test_openssl_verifies_the_manifest_as_the_guide_says(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    pack(folder, build([2]))
    guide = (folder / "VERIFY.md").read_text("utf-8")
    command = next(line for line in guide.splitlines() if line.startswith("openssl")).replace("<key>", KEY.id)
    assert shutil.which("openssl"), "OpenSSL is part of the test environment"
    assert subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode == 0
