"""GJ-2080 to GJ-2084: models made from decided cases."""

from __future__ import annotations

from guiju.errors.moderation import ModerationError


class TooFewDecided(ModerationError):
    """Too few decided cases to learn from."""

    code = "GJ-2080"
    status = 422
    zh = "可用于训练的已判定案件太少：违规 {harmful} 件，不违规 {harmless} 件，各需至少 {least} 件。"
    en = "Too few decided cases to learn from: {harmful} violations, {harmless} others; {least} of each are needed."
    remedy_zh = "待审核台判定更多案件后再训练；原文已到期删除、涉未成年人或陪伴类服务的案件不计入。"
    remedy_en = "Decide more cases first; those without text, of minors or of companion services do not count."


class CandidateDamaged(ModerationError):
    """The files of a candidate model are missing here or are not the ones it was made with."""

    code = "GJ-2081"
    status = 503
    zh = "候选模型 {name} 的文件缺失或已改变。"
    en = "The files of the candidate model {name} are missing or have changed."
    remedy_zh = "从做出它的机器复制数据目录下的 models/{name}，或运行 guiju moderation rollback 回到先前的模型。"
    remedy_en = "Copy models/{name} of the data directory from where it was made, or run guiju moderation rollback."


class CandidateOutdated(ModerationError):
    """A candidate was made from other shipped weights than this version of Guiju has."""

    code = "GJ-2082"
    status = 409
    zh = "候选模型 {name} 基于另一版随附模型（{base}），不能上线。"
    en = "The candidate {name} was made from another shipped model ({base}) and cannot be promoted."
    remedy_zh = "重新运行 guiju moderation retrain。"
    remedy_en = "Run guiju moderation retrain again."


class ComparisonStale(ModerationError):
    """A candidate was compared with another model than the live one."""

    code = "GJ-2083"
    status = 409
    zh = "候选模型 {name} 是与 {compared} 比较的，而当前上线的是 {live}。"
    en = "The candidate {name} was compared with {compared}, but {live} is live now."
    remedy_zh = "先运行 guiju moderation compare {name}，读过新的比较结果再上线。"
    remedy_en = "Run guiju moderation compare {name} and read the new comparison first."
