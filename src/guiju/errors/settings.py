"""GJ-10xx: settings."""

from __future__ import annotations

from guiju.errors.tree import GuijuError


class SettingsError(GuijuError):
    """Base of errors in settings and set-up."""


class SettingsInvalid(SettingsError):
    code = "GJ-1001"
    zh = "设置有误:{where}:{problem}"
    en = "Invalid setting {where}: {problem}"
    remedy_zh = "改正 guiju.toml 或 GUIJU_* 环境变量;`guiju doctor` 会列出全部设置及其来源。"
    remedy_en = (
        "Correct guiju.toml or the GUIJU_* variable; `guiju doctor` lists every setting and where it comes from."
    )


class DatabaseUnreachable(SettingsError):
    code = "GJ-1002"
    status = 503
    zh = "无法连接数据库:{problem}"
    en = "The database cannot be reached: {problem}"
    remedy_zh = "确认数据库已启动,且 GUIJU_DATABASE_URL 正确;`guiju doctor` 可复查。"
    remedy_en = "Check that the database runs and GUIJU_DATABASE_URL is right; `guiju doctor` checks it again."


class DatabaseNotMigrated(SettingsError):
    code = "GJ-1003"
    status = 503
    zh = "数据库结构不是最新版本({pending} 项未应用)。"
    en = "The database schema is not up to date ({pending} migrations pending)."
    remedy_zh = "运行 `guiju init`;它只做必要的升级,不丢数据。"
    remedy_en = "Run `guiju init`; it applies what is missing and loses nothing."


class KeyFileInvalid(SettingsError):
    code = "GJ-1004"
    zh = "密钥文件 {name} 无法使用:{problem}"
    en = "Key file {name} cannot be used: {problem}"
    remedy_zh = "从备份恢复该文件;不要重新生成:用旧密钥加密的文本将无法再读。"
    remedy_en = (
        "Restore the file from its backup; do not make a new one: text encrypted under the old key would be lost."
    )


class PortInUse(SettingsError):
    code = "GJ-1005"
    zh = "地址 {host}:{port} 已被占用。"
    en = "Address {host}:{port} is in use."
    remedy_zh = "换一个端口(--port),或停掉占用它的程序。"
    remedy_en = "Choose another port (--port) or stop the program that uses it."


class DriverMissing(SettingsError):
    code = "GJ-1006"
    zh = "database_url 指向 PostgreSQL,但未安装其驱动。"
    en = "database_url names PostgreSQL, but its driver is not installed."
    remedy_zh = "运行 `pip install 'guiju[postgres]'`,或去掉 database_url 改用内置 SQLite。"
    remedy_en = "Run `pip install 'guiju[postgres]'`, or unset database_url to use the embedded SQLite."


class HomeUnwritable(SettingsError):
    code = "GJ-1007"
    zh = "无法读写 {path}:{problem}"
    en = "{path} cannot be read or written: {problem}"
    remedy_zh = "检查 GUIJU_HOME 指向的目录是否存在、属于当前用户且磁盘未满。"
    remedy_en = "Check that the directory GUIJU_HOME names exists, belongs to this user, and that the disk is not full."
