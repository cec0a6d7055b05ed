"""GJ-2xxx: moderation."""

from __future__ import annotations

from guiju.errors.tree import GuijuError


class ModerationError(GuijuError):
    """Base of errors in detectors, policies and word lists."""

    status = 422


class LexiconError(ModerationError):
    """A line of a word list that cannot be used. Parameters: ``line``, ``problem``."""

    code = "GJ-2001"
    zh = "词表第 {line} 行无法使用：{problem}"
    en = "Line {line} of the word list cannot be used: {problem}"
    remedy_zh = "改正该行后重新导入；列的含义见 docs/detectors.md"
    remedy_en = "Correct that line and import again; docs/detectors.md explains the columns"


class PolicySourceError(ModerationError):
    """A policy with mistakes. Parameters: ``name``, ``count``, ``report`` (the rendered diagnostics)."""

    code = "GJ-2002"
    zh = "策略 {name} 有 {count} 处错误：\n{report}"
    en = "Policy {name} has {count} mistake(s):\n{report}"
    remedy_zh = "按每处提示修改后重新提交"
    remedy_en = "Follow the hint at each place and submit again"


class PatternSourceError(ModerationError):
    """A pattern file with mistakes. Parameters: ``name``, ``count``, ``report`` (the rendered diagnostics)."""

    code = "GJ-2003"
    zh = "规则文件 {name} 有 {count} 处错误：\n{report}"
    en = "Pattern file {name} has {count} mistake(s):\n{report}"
    remedy_zh = "按每处提示修改后重新载入"
    remedy_en = "Follow the hint at each place and load again"


class UnknownDetector(ModerationError):
    """A detector name nobody registered. Parameters: ``name``, ``known``."""

    code = "GJ-2004"
    zh = "没有名为 {name} 的检测器；已有：{known}"
    en = "There is no detector named {name}; known: {known}"
    remedy_zh = "检查名称，或安装提供该检测器的扩展"
    remedy_en = "Check the name, or install the extension that provides it"


class ListFileUnusable(ModerationError):
    """A word-list file of an unknown kind, or one that cannot be read as what it claims. Parameters: ``name``, ``problem``."""

    code = "GJ-2050"
    zh = "词表文件 {name} 无法读取：{problem}"
    en = "The word-list file {name} cannot be read: {problem}"
    remedy_zh = "使用 .csv、.xlsx 或 .json 文件；列的含义见 docs/lexicons.md"
    remedy_en = "Use a .csv, .xlsx or .json file; docs/lexicons.md explains the columns"


class SpreadsheetsMissing(ModerationError):
    """Excel files need a library that is not installed."""

    code = "GJ-2051"
    zh = "读写 Excel 词表需要安装 openpyxl"
    en = "Reading and writing Excel word lists needs openpyxl"
    remedy_zh = "运行 `pip install 'guiju[excel]'` 后重试，或改用 CSV"
    remedy_en = "Run `pip install 'guiju[excel]'` and try again, or use CSV"


class RumourRegisterError(ModerationError):
    """A line of the register of refuted claims that cannot be used. Parameters: ``line``, ``problem``."""

    code = "GJ-2041"
    zh = "辟谣登记第 {line} 行无法使用：{problem}"
    en = "Line {line} of the register of refuted claims cannot be used: {problem}"
    remedy_zh = "改正该行后重新导入；列的含义见 docs/detectors.md"
    remedy_en = "Correct that line and import again; docs/detectors.md explains the columns"


class ModelDamaged(ModerationError):
    """A model's weights or manifest are missing or not the ones that were shipped. Parameters: ``name``."""

    code = "GJ-2040"
    status = 500
    zh = "模型文件 {name} 缺失或与清单不符"
    en = "The model file {name} is missing or is not the one its manifest names"
    remedy_zh = "重新安装 Guiju；自行训练的模型须由 python -m training 写出"
    remedy_en = "Install Guiju again; models of your own must be written by python -m training"


class DetectorFailed(ModerationError):
    """A detector broke while looking at a text. Never raised to a caller: its code stands in the ``Failure``."""

    code = "GJ-2010"
    status = 503
    zh = "检测器 {name} 运行出错，内容未完成检查"
    en = "Detector {name} broke; the content was not fully checked"
    remedy_zh = "查看日志中的原因；策略的 fail 一节决定此时放行还是拦截"
    remedy_en = "See the log for the cause; the policy's fail section decides whether such content passes"


class CheckTimedOut(ModerationError):
    """A check ran past its time budget. Never raised to a caller: its code stands in the ``Failure``."""

    code = "GJ-2011"
    status = 503
    zh = "检查超过时间预算，内容未完成检查"
    en = "The check ran past its time budget; the content was not fully checked"
    remedy_zh = "提高 budget_ms，或缩短单次请求的文本；策略的 fail 一节决定此时放行还是拦截"
    remedy_en = "Raise budget_ms or shorten the request; the policy's fail section decides whether such content passes"


class PolicyUntested(ModerationError):
    code = "GJ-2005"
    status = 422
    zh = "策略缺少测试语句:至少要有一条应放行、一条不应放行的。"
    en = "The policy has no test lines on both sides: one that must pass and one that must not."
    remedy_zh = "在策略的 tests 一节补充测试语句。"
    remedy_en = "Add such lines to the policy's tests section."


class PolicyTestsUnmet(ModerationError):
    code = "GJ-2006"
    status = 422
    zh = "策略有 {count} 条测试语句不符:{report}"
    en = "{count} test lines of the policy do not hold: {report}"
    remedy_zh = "修改策略、词表或测试语句后重试;“试一试”页面可查看每条语句的判定。"
    remedy_en = "Change the policy, the word lists or the lines; the try-it screen shows how each line is judged."


class DocumentUnread(ModerationError):
    """Stands in the record of an exchange, never alone: part of the prompt was a document that no detector reads."""

    code = "GJ-2012"
    zh = "提问附带的文件(PDF、办公文档或外部文件)未能读取,其内容未经检查。"
    en = "A document attached to the prompt (PDF, office file or a file elsewhere) was not read, its content not checked."
    remedy_zh = '以文本发送文件内容;或在策略的 fail 一节用 "*" 规定此类情况一律拦截。'
    remedy_en = 'Send the content as text; or let the policy block such prompts by "*" in its fail section.'
