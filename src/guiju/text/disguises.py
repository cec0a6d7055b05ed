"""The kinds of disguise Guiju undoes, one tag each: ``guiju.disguise.<kind>``. What they are is data for people's screens."""

from __future__ import annotations

from guiju.nouns import Finding

TAG = "guiju.disguise."

_REASONS = {
    "zero_width": "文字之间夹有零宽字符 (zero-width characters between letters)",
    "bidi": "文字之间夹有方向控制符 (direction marks between letters)",
    "tag": "文字之间夹有不可见标签字符 (invisible tag characters)",
    "variation": "文字之后夹有变体选择符 (variation selectors after letters)",
    "control": "文字之间夹有控制字符 (control characters between letters)",
    "combining": "文字上叠加多重附加符号 (stacked combining marks)",
    "styled": "使用花体、圈字等装饰字母 (decorative letters)",
    "lookalike": "单词中混入其他文字的形近字母 (look-alike letters of other scripts inside a word)",
    "martian": "使用火星文生僻字代替常用字 (Martian script: rare characters for common ones)",
    "separator": "词语的字之间插入空格、标点或符号 (skip characters between the letters of a word)",
    "repeat": "重复书写词语中的字 (letters of a word repeated)",
    "split": "把字拆成偏旁部件书写 (characters split into their components)",
    "emoji": "以表情符号代替文字 (emoji written for words)",
    "leet": "以数字、符号代替字母 (digits and signs written for letters)",
    "reversed": "词语倒写 (a word written backwards)",
    "rot13": "以字母移位（ROT13）书写 (letters shifted by ROT13)",
    "caesar": "以字母移位（凯撒密码）书写 (letters shifted in the alphabet)",
    "atbash": "以字母镜像（Atbash）书写 (letters mirrored in the alphabet)",
    "homophone": "以谐音字代替 (homophones written for a word)",
    "pinyin": "以拼音代替文字 (pinyin written for a word)",
    "initials": "以拼音首字母代替 (initials of pinyin written for a word)",
    "base64": "以 Base64 编码隐藏文字 (text hidden in Base64)",
    "base32": "以 Base32 编码隐藏文字 (text hidden in Base32)",
    "hex": "以十六进制编码隐藏文字 (text hidden in hexadecimal)",
    "binary": "以二进制编码隐藏文字 (text hidden in binary digits)",
    "decimal": "以十进制字节隐藏文字 (text hidden in decimal bytes)",
    "url": "以 URL 百分号编码隐藏文字 (text hidden in percent-encoding)",
    "html": "以 HTML 实体编码隐藏文字 (text hidden in HTML entities)",
    "escape": "以 Unicode 转义隐藏文字 (text hidden in Unicode escapes)",
    "morse": "以摩尔斯电码隐藏文字 (text hidden in Morse code)",
    "vertical": "文字竖排书写 (text written in columns)",
}
#: Seen while reading single characters; the others are seen by detectors and by decoding.
READ = ("zero_width", "bidi", "tag", "variation", "control", "combining", "styled", "lookalike", "martian")
KINDS = tuple(_REASONS)
#: Kinds by sound alone: what they lead to is a guess, and never blocks by itself.
BY_SOUND = ("homophone", "pinyin", "initials")


def reason_of(kind: str) -> str:
    """What a kind of disguise is, in Chinese and English."""
    return _REASONS[kind]


def finding(kind: str, spans: tuple[tuple[int, int], ...], deliberate: bool) -> Finding:
    """What was undone, as a finding; ``deliberate``: it can hardly be an accident of copy and paste."""
    return Finding(
        risk=TAG + kind,
        detector="disguise",
        rule=kind,
        score=0.9 if deliberate else 0.4,
        spans=spans,
        reason=_REASONS[kind],
        severity="medium" if deliberate else "low",
    )
