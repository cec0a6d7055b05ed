"""GJ-3xxx: evidence."""

from __future__ import annotations

from guiju.errors.tree import GuijuError


class EvidenceError(GuijuError):
    """Base of errors in records, chains, keys and exports."""

    status = 503


class EvidenceUnavailable(EvidenceError):
    code = "GJ-3010"
    zh = "证据暂时无法写入,请求已按失败关闭处理。"
    en = "Evidence cannot be written at the moment; the exchange was refused."
    remedy_zh = "稍后重试;管理员请检查数据库与磁盘,`guiju doctor` 会指出原因。"
    remedy_en = "Try again later; administrators: check the database and the disk, `guiju doctor` names the cause."


class EvidenceUnwritable(EvidenceError):
    code = "GJ-3011"
    status = 500
    zh = "数据库拒绝了这条记录,回答已扣留。"
    en = "The database refused this record; the answer was withheld."
    remedy_zh = "管理员请查看日志中的错误类型并报告该问题;其他请求不受影响。"
    remedy_en = "Administrators: see the error type in the log and report it; other exchanges are not affected."


class EvidenceTimeout(EvidenceError):
    code = "GJ-3012"
    zh = "在限定时间内未能确认记录已落盘,回答已扣留。"
    en = "The record was not durable within the time limit; the answer was withheld."
    remedy_zh = "稍后重试;管理员请检查数据库负载与 evidence.wait_s。"
    remedy_en = "Try again later; administrators: check the load of the database and evidence.wait_s."


class RecordUnreadable(EvidenceError):
    """A record body that is not one of Guiju's, or of a newer format than this version knows."""

    code = "GJ-3001"
    status = 422
    zh = "无法读取证据记录：{detail}"
    en = "The evidence record cannot be read: {detail}"
    remedy_zh = "运行 guiju evidence verify 找出受损的记录；如由更新版本写入，请升级 Guiju。"
    remedy_en = "Run `guiju evidence verify` to find the damaged record; if a newer version wrote it, upgrade Guiju."


class SealKeyInvalid(EvidenceError):
    """A signing or public key for seals that is not an Ed25519 key."""

    code = "GJ-3002"
    zh = "封存签名密钥无效：{detail}"
    en = "The seal key is invalid: {detail}"
    remedy_zh = "密钥应为 32 字节的 Ed25519 私钥种子；恢复原密钥文件，或另行生成新密钥并保留旧公钥。"
    remedy_en = (
        "A seal key is a 32-byte Ed25519 seed; restore the key file, or make a new key and keep the old public key."
    )


class MasterKeyInvalid(EvidenceError):
    """A master key of the wrong length, or one that does not open the data keys wrapped with it."""

    code = "GJ-3003"
    zh = "主密钥无效：{detail}"
    en = "The master key is invalid: {detail}"
    remedy_zh = "主密钥应为 32 字节；请恢复当初包裹数据密钥所用的主密钥。"
    remedy_en = "A master key has 32 bytes; restore the master key that the data keys were wrapped with."


class DataKeyMissing(EvidenceError):
    """A text was encrypted under a data key that this vault was not given."""

    code = "GJ-3004"
    zh = "缺少数据密钥 {key}，无法解密该文本。"
    en = "Data key {key} is missing; the text cannot be decrypted."
    remedy_zh = "从备份恢复该数据密钥；若已按留存期限销毁，则文本按规定不可再读。"
    remedy_en = "Restore the data key from a backup; if it was destroyed when due, the text is meant to be unreadable."


class TextTampered(EvidenceError):
    """An encrypted text that does not decrypt: changed, or moved from another record."""

    code = "GJ-3005"
    zh = "记录 {record} 的加密文本已被改动或不属于该记录。"
    en = "The encrypted text of record {record} was changed or belongs to another record."
    remedy_zh = "保留现场并运行 guiju evidence verify；记录正文中的承诺值仍可证明原文。"
    remedy_en = "Keep the state as it is and run `guiju evidence verify`; the commitment in the record still proves it."


class PackageExists(EvidenceError):
    """The place an inspector's package should be written to is taken."""

    code = "GJ-3006"
    status = 409
    zh = "导出位置已存在：{path}"
    en = "The export target already exists: {path}"
    remedy_zh = "换一个新的目录或文件名；Guiju 不会覆盖已有的证据包。"
    remedy_en = "Choose a new directory or file name; Guiju never overwrites an evidence package."


class RetentionInvalid(EvidenceError):
    """Retention rules that are malformed or shorter than the law's minimum."""

    code = "GJ-3007"
    status = 422
    zh = "留存规则无效（{kind}）：{detail}"
    en = "The retention rule is invalid ({kind}): {detail}"
    remedy_zh = "将保留期改为不短于规则所列的法定最短期限。"
    remedy_en = "Set the period to at least the statutory minimum that the rule names."


class JournalError(EvidenceError):
    """Base of what can be wrong with the journal of records before the database (GJ-2180 to 2199)."""

    status = 500


class JournalDamaged(JournalError):
    code = "GJ-2180"
    zh = "证据日志 {path} 有损坏：{problem}。其余记录已写入数据库。"
    en = "The evidence journal {path} is damaged: {problem}. All its other records are in the database."
    remedy_zh = "文件已改名为 .damaged 保留；检查磁盘，运行 guiju evidence verify 查看受影响的链，并随报告保存该文件。"
    remedy_en = (
        "The file is kept as .damaged; check the disk, see the chain concerned with `guiju evidence verify`, and keep the file "
        "with that report."
    )


class JournalForeign(JournalError):
    code = "GJ-2181"
    zh = "证据日志 {path} 属于此数据库没有的链 {chain}。"
    en = "The evidence journal {path} belongs to the chain {chain}, which this database does not have."
    remedy_zh = "数据库可能由备份恢复；文件已改名为 .foreign 保留，请与备份之后丢失的数据一并归档。"
    remedy_en = (
        "The database was probably restored from a backup; the file is kept as .foreign: file it with what else was lost "
        "since that backup."
    )


class JournalWaits(JournalError):
    code = "GJ-2182"
    zh = "证据日志 {path} 中的记录暂时无法写入数据库：{problem}"
    en = "The records in the evidence journal {path} cannot be brought into the database now: {problem}"
    remedy_zh = "排除原因（磁盘空间、权限、其他进程的锁）后，任何 guiju 命令都会再次写入；不要删除该文件。"
    remedy_en = (
        "Remove the cause (disk space, permissions, another process's lock); any guiju command then tries again. Do not "
        "delete the file."
    )


class JournalUnstored(JournalError):
    code = "GJ-2183"
    zh = "数据库拒绝了已落盘的记录 {record}：{problem}"
    en = "The database refuses record {record}, which is durable in the journal: {problem}"
    remedy_zh = "该记录仍在证据日志中，网关不再使用它；重启网关前请保存该文件并报告该问题。"
    remedy_en = "The record stays in the journal, which the gateway no longer uses; save the file before a restart, and report this."
