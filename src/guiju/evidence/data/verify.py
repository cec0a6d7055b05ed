#!/usr/bin/env python3
"""核验证据包 / Verify an evidence package. Python 3.8+ 标准库即可 / standard library only.

用法 / usage:  python3 verify.py [目录 / directory]

退出码 / exit code: 0 完好 / intact, 1 发现问题 / problems found, 2 无法读取 / unreadable.
What is checked, and how to check it by hand, stands in VERIFY.md.
"""
# mypy: ignore-errors

import base64
import hashlib
import json
import sys
from pathlib import Path

LIMIT = 50  # how many problems are printed; all are counted


class Problems:
    """Counts all problems and prints the first of them."""

    def __init__(self):
        self.found = 0

    def add(self, zh, en):
        self.found += 1
        if self.found <= LIMIT:
            print(f"问题 / PROBLEM  {zh} / {en}")


# --- Ed25519 (RFC 8032, 5.1), verification only ----------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    """The sum of two points in extended coordinates (X, Y, Z, T)."""
    s = (a[1] - a[0]) * (b[1] - b[0]) % P
    t = (a[1] + a[0]) * (b[1] + b[0]) % P
    u = 2 * a[3] * b[3] * D % P
    v = 2 * a[2] * b[2] % P
    e, f, g, h = t - s, v - u, v + u, t + s
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def decompress(data):
    """The point that 32 bytes stand for; None if they stand for none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(public, message, signature):
    """Whether ``signature`` (64 bytes) over ``message`` was made with the key of ``public`` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, nonce = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = times(s, BASE), add(nonce, times(h, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- the Merkle tree (RFC 6962, 2.1) ---------------------------------------------------------------------------------


class Tree:
    """The root over hashes that stream past."""

    def __init__(self):
        self.count, self.peaks = 0, []

    def add(self, leaf):
        node, count = hashlib.sha256(b"\x00" + leaf).digest(), self.count
        while count & 1:
            node = hashlib.sha256(b"\x01" + self.peaks.pop() + node).digest()
            count >>= 1
        self.peaks.append(node)
        self.count += 1

    def root(self):
        if not self.peaks:
            return hashlib.sha256().hexdigest()
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = hashlib.sha256(b"\x01" + peak + node).digest()
        return node.hex()


# --- the files -------------------------------------------------------------------------------------------------------


def lines(path):
    """Each line as its JSON value and the exact bytes of its body, which hashes and signatures are over."""
    with open(path, "rb") as file:
        for line in file:
            value, start = json.loads(line), line.find(b'"body":')
            yield value, line[start + 7 : line.rindex(b"}")]


def check_files(folder, manifest, problems):
    """Every file is there with the length and hash that the manifest names, and no other file is."""
    named = {"manifest.json", "manifest.sig"}
    for entry in manifest["files"]:
        named.add(entry["name"])
        path, digest = folder / entry["name"], hashlib.sha256()
        if not path.is_file():
            problems.add(f"缺少文件 {entry['name']}", f"file {entry['name']} is missing")
            continue
        with open(path, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
        if digest.hexdigest() != entry["sha256"] or path.stat().st_size != entry["bytes"]:
            problems.add(f"文件 {entry['name']} 与清单不符", f"file {entry['name']} is not the one in the manifest")
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in named:
            problems.add(f"清单之外的文件 {name}", f"file {name} is not in the manifest")


def read_keys(folder, problems):
    """The public keys by id; an id is the start of the key's own hash, so a key cannot stand under another's id."""
    keys = {}
    for path in sorted((folder / "keys").glob("*.pem")):
        text = "".join(line for line in path.read_text("ascii").splitlines() if not line.startswith("-"))
        public = base64.b64decode(text)[-32:]
        fingerprint = hashlib.sha256(public).hexdigest()
        if fingerprint[:16] != path.stem:
            problems.add(f"公钥 {path.name} 的名称与内容不符", f"public key {path.name} is not what its name says")
            continue
        keys[path.stem] = public
        print(f"公钥 / public key {path.stem}  SHA-256 {fingerprint}")
    return keys


def read_seals(folder, chains, keys, problems):
    """The seals of each chain, their signatures and succession checked."""
    seals = {}
    for outer, body in lines(folder / "seals.jsonl"):
        seal = outer["body"]
        name, public = f"{seal['chain']} #{seal['number']}", keys.get(seal["key"])
        if public is None or not signature_holds(public, body, bytes.fromhex(outer["signature"])):
            problems.add(f"封存 {name} 的签名无效或公钥未知", f"seal {name}: wrong signature or unknown key")
        known = seals.setdefault(seal["chain"], [])
        first = chains.get(seal["chain"], {"first": -1})["first"]
        if known:
            follows = (known[-1]["number"] + 1, known[-1]["digest"], known[-1]["last"] + 1)
        else:  # an excerpt begins with whatever seal covers its first record
            follows = (0, "", 0) if first == 0 else (seal["number"], seal["previous"], first)
        if (seal["number"], seal["previous"], seal["first"]) != follows:
            problems.add(f"封存 {name} 与前一封存不衔接", f"seal {name} does not continue the seal before it")
        seal["digest"] = hashlib.sha256(body).hexdigest()
        known.append(seal)
    return seals


class Cover:
    """The seals of one chain beside its records; ``unsealed`` counts the records under none."""

    def __init__(self, seals, problems):
        self.left, self.problems, self.unsealed, self.tree = list(reversed(seals)), problems, 0, Tree()

    def take(self, seq, digest):
        """The record ``seq`` goes past."""
        while self.left and self.left[-1]["last"] < seq:
            self.close()
        if not self.left or seq < self.left[-1]["first"]:
            self.unsealed += 1
            return
        self.tree.add(digest)
        if seq == self.left[-1]["last"]:
            self.close()

    def close(self):
        """Whether the records that went past are those that the seal signed."""
        seal, root = self.left.pop(), self.tree.root()
        self.tree = Tree()
        if root != seal["root"]:
            place = f"{seal['chain']} {seal['first']}-{seal['last']}"
            self.problems.add(f"记录 {place} 与封存不符", f"records {place} are not those that were sealed")

    def end(self):
        """The chain has no more records."""
        while self.left:
            self.close()
        return self.unsealed


class Texts:
    """The texts beside the records, in the same order."""

    def __init__(self, path, problems):
        self.file = open(path, "rb") if path.is_file() else None  # noqa: SIM115 - closed in finish()
        self.problems, self.count = problems, 0
        self.next = self.read()

    def read(self):
        line = self.file.readline() if self.file else b""
        return json.loads(line) if line else None

    def take(self, body):
        while self.next and self.next["record"] == body["id"]:
            self.count += 1
            text = self.next
            digest = hashlib.sha256(bytes.fromhex(text["salt"]) + text["text"].encode()).hexdigest()
            if digest != body.get("commitments", {}).get(text["part"]):
                name = f"{text['record']} ({text['part']})"
                self.problems.add(f"文本 {name} 与记录中的承诺值不符", f"text {name} is not the one that was recorded")
            self.next = self.read()

    def finish(self):
        if self.next:
            name = self.next["record"]
            self.problems.add(f"文本 {name} 没有对应的记录", f"text {name} belongs to no record in its place")
        if self.file:
            self.file.close()


def read_chains(folder, problems):
    """The chains of the package, and what each genesis says about other chains: (sequence, hash) by chain."""
    chains, named = {}, {}
    for outer, body in lines(folder / "chains.jsonl"):
        genesis, outer["genesis"] = outer["body"], body
        chains[outer["chain"]] = outer
        if not genesis or genesis.get("kind") != "genesis" or genesis.get("chain") != outer["chain"]:
            problems.add(f"链 {outer['chain']} 的创世记录不对", f"chain {outer['chain']}: not its genesis")
            continue
        for head in genesis["heads"]:
            named.setdefault(head["chain"], {})[head["seq"]] = head["hash"]
    return chains, named


def check_records(folder, chains, named, seals, problems):
    """Chains, seals and texts in one pass. Returns the counts, where each chain ended, and what no seal covers."""
    texts, cover = Texts(folder / "texts.jsonl", problems), Cover([], problems)
    heads, count, unsealed = {}, 0, 0
    current, expected, previous = None, 0, b""
    for outer, body in lines(folder / "records.jsonl"):
        count += 1
        chain, seq, digest = outer["chain"], outer["seq"], bytes.fromhex(outer["hash"])
        if chain != current:
            listed = chains.get(chain)
            if listed is None or chain in heads:
                problems.add(f"链 {chain} 未登记或被拆开", f"chain {chain} is not listed or not in one piece")
                listed = {"first": seq, "prev": "", "genesis": body}
            unsealed += cover.end()
            cover = Cover(seals.pop(chain, []), problems)
            current, expected, previous = chain, listed["first"], bytes.fromhex(listed["prev"])
        if seq != expected:
            zh = f"链 {chain}：应为序号 {expected}，实为 {seq}（缺失、重复或乱序）"
            problems.add(zh, f"chain {chain}: expected {expected}, found {seq} (missing, repeated or out of order)")
        elif hashlib.sha256(previous + body).digest() != digest:
            problems.add(f"链 {chain} 序号 {seq} 被改动", f"chain {chain}, record {seq} was changed")
        if seq == 0 and chain in chains and body != chains[chain]["genesis"]:
            problems.add(f"链 {chain} 的首条记录不是其创世记录", f"chain {chain}: the first record is not its genesis")
        if named.get(chain, {}).get(seq, outer["hash"]) != outer["hash"]:
            problems.add(f"链 {chain} 序号 {seq} 与后来的创世记录不符", f"chain {chain}, record {seq}: replaced")
        cover.take(seq, digest)
        texts.take(outer["body"])
        expected, previous, heads[chain] = seq + 1, digest, (seq, outer["hash"])
    unsealed += cover.end()
    for chain in seals:
        problems.add(f"链 {chain} 有封存而无记录", f"chain {chain} has seals and no records")
    texts.finish()
    return count, texts.count, heads, unsealed


def check_ends(manifest, chains, named, heads, problems):
    """No chain ends before the place that a later genesis or the manifest names."""
    for chain in sorted(set(chains) - set(heads)):
        problems.add(f"链 {chain} 没有记录", f"chain {chain} has no records")
    for chain, marks in named.items():
        reached = heads.get(chain, (-1, ""))[0]
        if not manifest["about"]["partial"] and max(marks) > reached:
            problems.add(f"链 {chain} 被截短或缺失", f"chain {chain} was cut off or is missing")
    if {head["chain"]: (head["seq"], head["hash"]) for head in manifest["heads"]} != heads:
        problems.add("各链的末端与清单不符", "the chains do not end where the manifest says")


def main(folder):
    problems = Problems()
    raw = (folder / "manifest.json").read_bytes()
    manifest = json.loads(raw)
    check_files(folder, manifest, problems)
    keys = read_keys(folder, problems)
    signature = folder / "manifest.sig"
    signed = signature.is_file()
    if signed and not any(signature_holds(key, raw, signature.read_bytes()) for key in keys.values()):
        problems.add("清单的签名无效", "the signature of the manifest is wrong")
    chains, named = read_chains(folder, problems)
    seals = read_seals(folder, chains, keys, problems)
    sealed = sum(map(len, seals.values()))
    records, texts, heads, unsealed = check_records(folder, chains, named, seals, problems)
    counts = {"chains": len(chains), "records": records, "seals": sealed, "texts": texts}
    if counts != manifest["counts"]:
        problems.add("数量与清单不符", "the counts are not those of the manifest")
    check_ends(manifest, chains, named, heads, problems)
    print(f"记录 / records {records}  链 / chains {len(chains)}  封存 / seals {sealed}  文本 / texts {texts}")
    print(f"尚未封存的记录 / records not yet sealed: {unsealed}")
    print(f"清单签名 / manifest signature: {'有 / yes' if signed else '无 / none'}")
    print(f"发现问题 / problems: {problems.found}" if problems.found else "完好 / INTACT")
    return 1 if problems.found else 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    try:
        sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"无法读取 / unreadable: {error!r}", file=sys.stderr)
        sys.exit(2)
