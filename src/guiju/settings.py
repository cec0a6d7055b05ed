"""Settings: ``guiju.toml`` and ``GUIJU_*`` environment variables, the environment winning.

The file is ``$GUIJU_CONFIG``, or ``guiju.toml`` in the working directory, or ``guiju.toml`` in the data directory.
Secrets of upstream models live here and nowhere else; no screen can change where the gateway connects to.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from guiju.errors import SettingsInvalid
from guiju.proxies import networks

MIB = 1024 * 1024
Positive = Annotated[float, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _http_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http:// or https:// address with a host name")
    if parts.username or parts.password:
        raise ValueError("must not carry a password; put the key into a setting of its own")
    return url.rstrip("/")


class UpstreamSettings(_Section):
    """One OpenAI-compatible model service behind the gateway."""

    url: str = Field(description="base URL of the OpenAI-compatible API, such as https://host/v1")
    key: SecretStr = Field(default=SecretStr(""), description="bearer key sent to the upstream")
    key_env: str = Field(default="", description="name of an environment variable that holds the key")
    models: tuple[str, ...] = Field(default=(), description="model names served; empty asks the upstream for its list")
    stream_usage: bool = Field(default=True, description="ask the upstream to report token counts of streamed answers")
    ca_file: Path | None = Field(default=None, description="certificate authority of a private upstream")

    @field_validator("url")
    @classmethod
    def _http(cls, url: str) -> str:
        return _http_address(url)

    def secret(self) -> str:
        """The bearer key, from ``key`` or the variable named by ``key_env``; empty when none is set."""
        return self.key.get_secret_value() or (os.environ.get(self.key_env, "") if self.key_env else "")


class PoolSettings(_Section):
    """What answers the minors of one age band: models of its own, a model service of its own, or both."""

    models: dict[str, str] = Field(
        default={}, description="the pool's model, by the name that callers ask for; `*` stands for every other name"
    )
    upstream: UpstreamSettings | None = Field(
        default=None, description="the pool's own model service; else that of the service"
    )

    @model_validator(mode="after")
    def _dedicated(self) -> PoolSettings:
        if not self.models and self.upstream is None:
            raise ValueError("a pool needs models or an upstream of its own")
        return self


class MinorsSettings(_Section):
    """Dedicated pools for minors. Without this section the service's own model answers under the band's stricter policy."""

    pools: dict[str, PoolSettings] = Field(
        default={}, description="by the name that the minors' policy gives the pool of a band, such as age-8-12"
    )
    without_pool: str = Field(
        default="refuse",
        description="where a band's pool is not set: `refuse`, `service` (the service's own model), or another pool's name",
    )

    @model_validator(mode="after")
    def _a_pool(self) -> MinorsSettings:
        if unfit := {"refuse", "service"} & self.pools.keys():
            raise ValueError(f"pools: {unfit.pop()} cannot be the name of a pool")
        if self.without_pool not in ("refuse", "service", *self.pools):
            raise ValueError("without_pool: refuse, service, or the name of a pool that is set")
        return self


class ServiceSettings(_Section):
    """One AI service the operator offers, with the upstream that answers for it."""

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="stable short name")
    name: str = Field(default="", description="display name")
    upstream: UpstreamSettings
    minors: MinorsSettings | None = Field(
        default=None, description="dedicated pools for minors; see `[service.minors]`"
    )


class GatewaySettings(_Section):
    """The data plane."""

    max_body_bytes: int = Field(default=20 * MIB, gt=0, description="largest request body accepted")
    max_held_bytes: int = Field(
        default=512 * MIB, gt=0, description="request bodies held at once, in bytes; more are refused with 503"
    )
    body_timeout_s: Positive = Field(default=60.0, description="longest time a request body may take to arrive")
    max_file_bytes: int = Field(
        default=512 * MIB, gt=0, description="largest file accepted for labelling or examination"
    )
    file_timeout_s: Positive = Field(default=600.0, description="longest time a file may take to arrive")
    films_bytes: int = Field(
        default=2048 * MIB, ge=0, description="room for labelled films, kept for further downloads; 0 keeps none"
    )
    originals_bytes: int = Field(
        default=1024 * MIB, ge=0, description="room for originals kept for copies without the explicit label"
    )
    originals_days: int = Field(
        default=7, ge=0, description="days originals are kept for copies without the explicit label; 0 keeps none"
    )
    max_files: int = Field(default=4, gt=0, description="files worked on at once; more are refused with 503")
    max_answer_bytes: int = Field(default=32 * MIB, gt=0, description="largest upstream answer accepted")
    max_event_bytes: int = Field(default=1 * MIB, gt=0, description="longest line of a streamed upstream answer")
    max_json_depth: int = Field(default=64, gt=0, description="deepest nesting of a request body")
    connect_timeout_s: Positive = Field(default=5.0, description="limit for connecting to the upstream")
    read_timeout_s: Positive = Field(default=120.0, description="longest silence of the upstream")
    total_timeout_s: Positive = Field(default=600.0, description="longest exchange")
    max_upstream_connections: int = Field(default=1024, gt=0, description="connections to all upstreams")
    max_in_flight: int = Field(default=2048, gt=0, description="exchanges at once; more are refused with 503")
    check_budget_ms: Positive = Field(default=2000.0, description="time limit of the checks of one content")
    refresh_s: Positive = Field(
        default=0.5, description="how often changes of policy, keys and sanctions are looked for"
    )


class EvidenceSettings(_Section):
    """How records are kept."""

    on_loss: Literal["refuse", "wait"] = Field(
        default="refuse", description="when records cannot be written: refuse exchanges, or wait for the database"
    )
    wait_s: Positive = Field(default=30.0, description="longest wait for a record to become durable")
    seal_every_s: Positive = Field(default=60.0, description="interval between signed seals")
    seal_every_records: int = Field(default=10_000, gt=0, description="records after which a seal is due at the latest")
    batch: int = Field(default=512, gt=0, description="most records in one commit")
    journal: bool = Field(
        default=True, description="on SQLite: records become durable in a journal and enter the database right behind"
    )
    keep_text: bool = Field(default=True, description="keep the encrypted text of exchanges, not only its commitment")
    text_retention_days: int = Field(
        default=183, ge=183, description="days the text is kept (law: six months at least)"
    )


class ConsoleSettings(_Section):
    """The control plane."""

    allowed_hosts: tuple[str, ...] = Field(
        default=("127.0.0.1", "localhost", "[::1]"), description="accepted Host names"
    )
    language: Literal["zh-hans", "en"] = Field(default="zh-hans", description="language before a user chooses")
    idle_timeout_s: int = Field(
        default=1800, gt=0, description="seconds without a request after which a user is signed out"
    )
    require_totp: bool = Field(default=False, description="demand a second factor from every user")
    https: bool = Field(default=False, description="the console is reached over HTTPS: secure cookies, HSTS")
    login_failures: int = Field(default=5, gt=0, description="failed sign-ins before a lock")
    lock_minutes: int = Field(default=15, gt=0, description="minutes a lock lasts")
    upload_max_bytes: int = Field(default=50 * MIB, gt=0, description="largest evidence document")


class AccountSettings(_Section):
    """How violating accounts are handled."""

    policy: Path | None = Field(default=None, description="the operator's own account policy (YAML); else Guiju's")


class DeskSettings(_Section):
    """The review desk."""

    policy: Path | None = Field(default=None, description="the operator's own policy of the desk (YAML); else Guiju's")


class ComplaintSettings(_Section):
    """Complaints, reports, claims and appeals of the public."""

    open: bool = Field(default=True, description="serve the public pages under /public/")
    kinds: Path | None = Field(
        default=None, description="the operator's own kinds and time limits (YAML); else Guiju's"
    )
    burst: int = Field(default=5, gt=0, description="messages one address may send at once")
    per_hour: int = Field(default=6, gt=0, description="messages one address may send in an hour thereafter")
    soonest_s: int = Field(
        default=3, ge=0, description="seconds before which a form cannot have been filled in by a person"
    )
    latest_s: int = Field(default=7200, gt=0, description="seconds after which a form has to be loaded again")
    max_length: int = Field(default=5000, gt=0, description="longest message in characters")


class NoticeSettings(_Section):
    """Notices about accounts and complaints."""

    templates: Path | None = Field(default=None, description="the operator's own templates (YAML); else Guiju's")
    values: dict[str, str] = Field(
        default={}, description="what templates may name: operator, contact, appeal_address …"
    )


class SecondOpinionSettings(_Section):
    """A guard that is asked about texts in the grey zone; off while no address is set."""

    url: str = Field(default="", description="base address of the guard's OpenAI-compatible API; empty: off")
    style: Literal["qwen3guard", "shieldlm", "openguardrails", "openai_moderation", "aliyun"] = Field(
        default="qwen3guard", description="how it is asked and how its answers read"
    )
    model: str = Field(default="", description="model name sent to the guard")
    key: SecretStr = Field(default=SecretStr(""), description="bearer key, or the secret of an access key (aliyun)")
    key_id: str = Field(default="", description="id of the access key (aliyun)")
    key_env: str = Field(default="", description="name of an environment variable that holds the key")
    ca_file: Path | None = Field(default=None, description="certificate authority of a private guard")
    low: float = Field(default=0.35, ge=0, le=1, description="scores from here on are worth asking about")
    high: float | None = Field(
        default=None, ge=0, le=1, description="scores from here on are not; unset: up to where the policy stops"
    )
    prompts: bool = Field(default=True, description="ask about prompts, before the model gets them")
    answers: bool = Field(default=True, description="ask about answers, before the caller has all of them")
    clears: bool = Field(default=False, description="a guard's safe outweighs the models' doubt")
    timeout_s: Positive = Field(default=2.0, description="longest wait for an opinion")
    per_minute: int = Field(default=120, gt=0, description="askings a minute and gateway process")
    remember: int = Field(default=4096, ge=0, description="opinions remembered in a gateway process")

    @field_validator("url")
    @classmethod
    def _http(cls, url: str) -> str:
        return _http_address(url) if url else ""

    @model_validator(mode="after")
    def _a_zone(self) -> SecondOpinionSettings:
        if self.high is not None and self.low >= self.high:
            raise ValueError("low must be below high")
        if self.url and self.style == "aliyun" and not (self.key_id and self.secret()):
            raise ValueError("aliyun needs key_id and key")
        return self

    def upstream(self) -> UpstreamSettings:
        """The guard as an address the gateway may send to, under the same rules as a model's."""
        if self.style == "aliyun":  # its secret signs, and is never sent
            return UpstreamSettings(url=self.url, ca_file=self.ca_file)
        return UpstreamSettings(url=self.url, key=self.key, key_env=self.key_env, ca_file=self.ca_file)

    def secret(self) -> str:
        """The key, from ``key`` or the variable named by ``key_env``; empty when none is set."""
        return self.key.get_secret_value() or (os.environ.get(self.key_env, "") if self.key_env else "")


class WebhookSettings(_Section):
    """Where events may be sent, and how patiently."""

    allowed_hosts: tuple[str, ...] = Field(default=(), description="host names that may be called; none by default")
    allow_private: bool = Field(default=False, description="let allowed hosts lie in a private network")
    timeout_s: Positive = Field(default=10.0, description="limit of one delivery")
    attempts: int = Field(default=8, gt=0, description="attempts before a delivery is given up")


class Settings(BaseSettings):
    """All settings, with defaults for a first run on one machine."""

    model_config = SettingsConfigDict(env_prefix="GUIJU_", env_nested_delimiter="__", extra="forbid", frozen=True)

    home: Path = Field(default=Path("var"), description="data directory")
    database_url: str = Field(default="", description="sqlite:///file or postgresql://user:password@host:port/name")
    upstream_url: str = Field(
        default="", description="upstream of the example service; empty uses the demonstration model"
    )
    upstream_key: SecretStr = Field(default=SecretStr(""), description="bearer key for upstream_url")
    upstream_models: tuple[str, ...] = Field(default=(), description="model names behind upstream_url")
    master_key: SecretStr = Field(
        default=SecretStr(""), description="64 hex digits that wrap the data keys; else a file in home"
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(), description="addresses or networks of reverse proxies whose X-Forwarded-For is believed"
    )
    service: tuple[ServiceSettings, ...] = Field(default=(), description="services of the operator")
    gateway: GatewaySettings = GatewaySettings()
    evidence: EvidenceSettings = EvidenceSettings()
    console: ConsoleSettings = ConsoleSettings()
    accounts: AccountSettings = AccountSettings()
    desk: DeskSettings = DeskSettings()
    complaints: ComplaintSettings = ComplaintSettings()
    notices: NoticeSettings = NoticeSettings()
    webhooks: WebhookSettings = WebhookSettings()
    second_opinion: SecondOpinionSettings = SecondOpinionSettings()

    @field_validator("upstream_url")
    @classmethod
    def _http(cls, url: str) -> str:
        return _http_address(url) if url else ""

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        networks(given)
        return given

    @field_validator("master_key")
    @classmethod
    def _hexadecimal(cls, key: SecretStr) -> SecretStr:
        if key.get_secret_value() and not re.fullmatch("[0-9a-fA-F]{64}", key.get_secret_value()):
            raise ValueError("must be 64 hexadecimal digits")
        return key

    @model_validator(mode="after")
    def _one_source_of_services(self) -> Settings:
        slugs = [s.slug for s in self.service]
        if len(set(slugs)) != len(slugs):
            raise ValueError("service: two services have the same slug")
        return self

    def services(self) -> tuple[ServiceSettings, ...]:
        """Configured services; ``upstream_url`` alone makes one called ``example``."""
        if self.service or not self.upstream_url:
            return self.service
        upstream = UpstreamSettings(url=self.upstream_url, key=self.upstream_key, models=self.upstream_models)
        return (ServiceSettings(slug="example", name="示例服务", upstream=upstream),)

    @property
    def keys(self) -> Path:
        """Directory of key files, readable by the owner alone."""
        return self.home / "keys"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = config_file()
        toml = (TomlConfigSettingsSource(settings_cls, file),) if file else ()
        return (init_settings, env_settings, *toml)


def config_file() -> Path | None:
    """The settings file in use, or None. ``GUIJU_CONFIG`` must exist when set."""
    named = os.environ.get("GUIJU_CONFIG")
    if named:
        path = Path(named)
        if not path.is_file():
            raise SettingsInvalid(where="GUIJU_CONFIG", problem=f"no file at {path}")
        return path
    for folder in (Path(), Path(os.environ.get("GUIJU_HOME", "var"))):
        if (folder / "guiju.toml").is_file():
            return folder / "guiju.toml"
    return None


def load() -> Settings:
    """Read the settings. Raises `SettingsInvalid` naming the first wrong entry; never echoes its value."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(p) for p in first["loc"]) or "guiju.toml"
        unknown = first["type"] == "extra_forbidden"
        problem = _nearest(str(first["loc"][-1])) if unknown else first["msg"].removeprefix("Value error, ")
        raise SettingsInvalid(where=where, problem=problem) from None
    except ValueError as error:  # a TOML syntax error, or JSON in an environment variable
        raise SettingsInvalid(where="guiju.toml / GUIJU_*", problem=re.sub(r"\s+", " ", str(error))[:200]) from None


def _nearest(name: str) -> str:
    """What is said of a setting that does not exist."""
    near = get_close_matches(name, _names(Settings), n=1)
    return "there is no such setting" + (f"; did you mean {near[0]}?" if near else "")


def _names(kind: object) -> Iterator[str]:
    """The names of all settings below a section, whatever it is wrapped in."""
    for inner in get_args(kind):
        yield from _names(inner)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, info in kind.model_fields.items():
            yield name
            yield from _names(info.annotation)


class Database(BaseModel):
    """A parsed database address."""

    engine: Literal["sqlite", "postgresql"]
    name: str
    user: str = ""
    password: SecretStr = SecretStr("")
    host: str = ""
    port: str = ""

    @classmethod
    def parse(cls, url: str, home: Path) -> Database:
        """Parse ``database_url``; empty means the embedded SQLite file in the data directory."""
        if not url:
            return cls(engine="sqlite", name=str((home / "guiju.db").resolve()))
        parts = urlsplit(url)
        if parts.scheme == "sqlite":
            return cls(engine="sqlite", name=url.removeprefix("sqlite:///"))
        if parts.scheme in ("postgresql", "postgres"):
            return cls(
                engine="postgresql",
                name=parts.path.lstrip("/"),
                user=unquote(parts.username or ""),
                password=SecretStr(unquote(parts.password or "")),
                host=parts.hostname or "",
                port=str(parts.port or ""),
            )
        raise SettingsInvalid(where="database_url", problem="must start with sqlite:/// or postgresql://")
