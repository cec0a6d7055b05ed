"""What verification can find wrong, and how it is told to people."""

from __future__ import annotations

import enum

import msgspec

from guiju.evidence.record import ChainHead


class Flaw(enum.StrEnum):
    """The kinds of damage to evidence."""

    CHANGED = "changed"
    MISSING = "missing"
    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    RENAMED = "renamed"
    COLUMNS = "columns"
    TEXT_CHANGED = "text_changed"
    TEXT_GONE = "text_gone"
    GENESIS = "genesis"
    CHAIN_EMPTY = "chain_empty"
    CHAIN_UNKNOWN = "chain_unknown"
    CHAIN_SPLIT = "chain_split"
    CHAIN_MISSING = "chain_missing"
    CHAIN_CUT = "chain_cut"
    CHAIN_REPLACED = "chain_replaced"
    SEAL_UNREADABLE = "seal_unreadable"
    SEAL_MISSING = "seal_missing"
    SEAL_ROOT = "seal_root"
    SEAL_BEYOND = "seal_beyond"
    SEAL_SIGNATURE = "seal_signature"
    SEAL_KEY = "seal_key"


_WORDS: dict[Flaw, tuple[str, str]] = {
    Flaw.CHANGED: (
        "记录内容或其哈希被改动，或其前一条记录被替换",
        "the record or its hash was changed, or the record before it was replaced",
    ),
    Flaw.MISSING: ("缺少记录 {seq} 至 {last}", "records {seq} to {last} are missing"),
    Flaw.DUPLICATED: ("同一序号的记录出现多次", "the record appears more than once"),
    Flaw.REORDERED: ("记录次序被打乱", "the record is out of order"),
    Flaw.RENAMED: ("存储的记录编号与记录正文不符", "the stored record id is not the one in the body"),
    Flaw.COLUMNS: (
        "供检索与统计的字段或风险标签与记录正文不符",
        "what searches and reports read of the record, its columns or risks, is not what the record says",
    ),
    Flaw.TEXT_CHANGED: ("所存文本不是该记录承诺的文本", "the stored text is not the one the record commits to"),
    Flaw.TEXT_GONE: (
        "文本未到期即已消失，且无删除记录",
        "the text is gone before it was due, and no deletion of it is on record",
    ),
    Flaw.GENESIS: ("链的首条记录不是该链的创世记录", "the first record is not the genesis of this chain"),
    Flaw.CHAIN_EMPTY: ("链上没有任何记录", "the chain has no records"),
    Flaw.CHAIN_UNKNOWN: ("记录属于未登记的链", "the records belong to a chain that is not listed"),
    Flaw.CHAIN_SPLIT: ("同一条链的记录没有连续排列", "the chain's records are not in one piece"),
    Flaw.CHAIN_MISSING: ("{by} 引用的链不存在", "the chain, named by {by}, does not exist"),
    Flaw.CHAIN_CUT: (
        "{by} 证明该链曾到达序号 {seq}，现已被截短",
        "{by} proves that the chain reached {seq}; its end was cut off",
    ),
    Flaw.CHAIN_REPLACED: (
        "{by} 所记的哈希与该记录现在的哈希不同",
        "the record's hash is not the one that {by} names",
    ),
    Flaw.SEAL_UNREADABLE: ("封存 {seal} 无法读取", "seal {seal} cannot be read"),
    Flaw.SEAL_MISSING: (
        "封存 {seal} 之前缺少封存或与之不衔接",
        "seal {seal} does not continue the seal before it; one is missing or was replaced",
    ),
    Flaw.SEAL_ROOT: (
        "记录 {seq} 至 {last} 与封存 {seal} 签名时的内容不同",
        "records {seq} to {last} are not those that seal {seal} signed",
    ),
    Flaw.SEAL_BEYOND: (
        "封存 {seal} 覆盖到序号 {last}，但这些记录已不存在",
        "seal {seal} covers records up to {last} that no longer exist",
    ),
    Flaw.SEAL_SIGNATURE: ("封存 {seal} 的签名无效", "the signature of seal {seal} is wrong"),
    Flaw.SEAL_KEY: ("封存 {seal} 的签名公钥未知", "the public key of seal {seal} is unknown"),
}


class Problem(msgspec.Struct, frozen=True):
    """One piece of damage.

    Attributes:
        kind: what is wrong. ``chain``: where. ``seq``: the first record concerned, ``last`` the last; -1 for none.
        record: the stored id of the record, ``""`` where none is left or the problem concerns many.
        seal: the number of the seal concerned, -1 for none.
        by: which record, chain or anchor contradicts the present state.
    """

    kind: Flaw
    chain: str
    seq: int = -1
    last: int = -1
    record: str = ""
    seal: int = -1
    by: str = ""

    def message(self, language: str = "zh") -> str:
        """One sentence in ``zh`` or ``en``, without the place."""
        zh, en = _WORDS[self.kind]
        template = zh if language.startswith("zh") else en
        return template.format(seq=self.seq, last=self.last, seal=self.seal, by=self.by)


class Report(msgspec.Struct, frozen=True):
    """The result of a verification.

    Attributes:
        ok: nothing was found.
        records, chains, seals: how many were looked at.
        unsealed: records after the last seal of their chain: chained but not yet signed for.
        found: the true number of problems; ``problems`` lists the first of them.
        heads: where each chain stood; kept elsewhere, they serve a later verification as anchors.
        texts: of how many records the encrypted text was opened and held against its commitment.
    """

    ok: bool
    records: int
    chains: int
    seals: int
    unsealed: int
    found: int
    problems: tuple[Problem, ...]
    heads: tuple[ChainHead, ...]
    texts: int = 0

    def joined(self, log: Log, texts: int) -> Report:
        """This report with what another look at the same records found."""
        problems = (*self.problems, *log.kept)[: log.limit]
        found = self.found + log.found
        return msgspec.structs.replace(self, ok=found == 0, found=found, problems=problems, texts=texts)


class Log:
    """Collects problems: counts all, keeps the first ``limit``."""

    __slots__ = ("found", "kept", "limit")

    def __init__(self, limit: int) -> None:
        self.found = 0
        self.kept: list[Problem] = []
        self.limit = limit

    def add(self, problem: Problem) -> None:
        """Count ``problem`` and keep it while there is room."""
        self.found += 1
        if len(self.kept) < self.limit:
            self.kept.append(problem)
