"""One frozen, typed settings object; it refuses to start when unsafe."""

import re
from enum import StrEnum
from functools import cached_property
from inspect import signature
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit, urlunsplit

from asyncpg import connect
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from checkpoint.foundation.clock import told_in


class Environment(StrEnum):
    """Where this process runs. Silence means production, which is the strict one."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


# What may stand after `?` in the address of a database: what the driver knows.
AFTER_ADDRESS = frozenset(signature(connect).parameters) | {
    "prepared_statement_cache_size",
    "prepared_statement_name_func",
}
HEX_KEY = re.compile(r"[0-9a-fA-F]{64}")
ABSOLUTE = re.compile(r"https?://[^\s@<>\"]+")  # no password, and nothing to break out of a page
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseSettings):
    """Read from the environment, each name with the prefix ``CHECKPOINT_``."""

    model_config = SettingsConfigDict(
        env_prefix="CHECKPOINT_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    environment: Annotated[
        Environment, Field(description="`development` or `production`; silence means production.")
    ] = Environment.PRODUCTION
    database_url: Annotated[
        SecretStr | None,
        Field(
            description="PostgreSQL 15 or later, `postgresql://user:password@host/name`. "
            "In development, silence starts the embedded one."
        ),
    ] = None
    owner_database_url: Annotated[
        SecretStr | None,
        Field(description="The login that migrates; by default the same as `DATABASE_URL`."),
    ] = None
    data_folder: Annotated[
        Path, Field(description="Where the embedded PostgreSQL and the local issuer keep files.")
    ] = Path(".data")
    host: Annotated[str, Field(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="The port to listen on.")] = 8000
    public_url: Annotated[
        str | None,
        Field(
            description="The https address at which people reach the service, as it stands in links "
            "that they are handed and in the open directory; silence means where it listens. Needed "
            "in production."
        ),
    ] = None
    workers: Annotated[int, Field(ge=1, le=64, description="Server processes.")] = 1
    pool_size: Annotated[
        int, Field(ge=1, le=100, description="Database connections of one process.")
    ] = 10
    issuer: Annotated[
        str | None, Field(description="The OIDC issuer, exactly as it stands in tokens' `iss`.")
    ] = None
    jwks_url: Annotated[str | None, Field(description="Where the issuer publishes its keys.")] = (
        None
    )
    audience: Annotated[str, Field(description="What tokens' `aud` must be.")] = "checkpoint-api"
    local_issuer: Annotated[
        bool, Field(description="The built-in token issuer. Refused outside development.")
    ] = False
    strong_acr: Annotated[
        tuple[str, ...], Field(description="Values of `acr` that count as strong proof.")
    ] = ("2", "3", "gold")
    revocation_seconds: Annotated[
        float, Field(gt=0, le=60, description="A revoked token is refused within this time.")
    ] = 5
    key_cooldown_seconds: Annotated[
        float, Field(gt=0, le=300, description="At most one unasked key fetch in this time.")
    ] = 30
    requests_per_minute: Annotated[
        int, Field(ge=1, description="What one person may ask in a minute, over all processes.")
    ] = 600
    batch_seconds: Annotated[
        float,
        Field(
            gt=0, le=60, description="No item of a batch is begun after this time, but its first."
        ),
    ] = 20
    cursor_key: Annotated[
        SecretStr | None,
        Field(description="Signs page cursors: 32 characters or more, the same in every process."),
    ] = None
    sealing_key: Annotated[
        SecretStr | None,
        Field(
            description="Seals allocation lists and the keys of extracts: 64 hexadecimal digits, "
            "the same wherever lists are sealed or drawn from. In development, silence makes one in "
            "the data folder."
        ),
    ] = None
    trial_file: Annotated[
        Path | None,
        Field(
            description="Where the digests of sealed lists are lodged (JSON), outside the database; "
            "a live list is drawn from only if it is what stands there."
        ),
    ] = None
    extract_folder: Annotated[
        Path | None,
        Field(
            description="Where packages of extracts are kept, for every process of the service; "
            "silence means a folder in the data folder."
        ),
    ] = None
    clock_file: Annotated[
        Path | None,
        Field(
            description="For the demo only: a file with the instant that the programme's time stands "
            "at, such as `2026-11-03T12:00:00Z`. Refused outside development."
        ),
    ] = None
    docs: Annotated[
        bool | None, Field(description="Serve the docs page; by default only in development.")
    ] = None
    git_ref: Annotated[str, Field(description="What `/info` says of the build.")] = "unknown"

    @field_validator("database_url", "owner_database_url")
    @classmethod
    def an_address_of_postgresql(cls, given: SecretStr | None) -> SecretStr | None:
        """Say so at the start: the driver would say it late, and with the password in it."""
        if given is None:
            return None
        try:
            url = make_url(given.get_secret_value())
        except (ArgumentError, ValueError):
            url = None
        if url is None or url.get_backend_name() not in ("postgresql", "postgres"):
            raise ValueError("Write it as postgresql://user:password@host/name")
        if set(url.query) - AFTER_ADDRESS:
            raise ValueError("What stands after ? is not known here; for TLS write ?ssl=require")
        return given

    @field_validator("public_url")
    @classmethod
    def an_address_of_this_service(cls, given: str | None) -> str | None:
        """A path may follow the host, as behind a proxy that serves others too; nothing else may."""
        if given is None:
            return None
        parts = urlsplit(given)
        wanted = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        if not ABSOLUTE.fullmatch(given) or parts.hostname is None or wanted != given:
            raise ValueError("Write it as https://checkpoint.example, with a path or without")
        return given.rstrip("/")

    @model_validator(mode="after")
    def safe(self) -> Self:
        """Name every unsafe setting at once, so that one restart mends them all."""
        if faults := self._faults_anywhere():
            raise ValueError("unsafe: " + "; ".join(faults))
        if self.environment is Environment.PRODUCTION and (faults := self._faults()):
            raise ValueError("unsafe in production: " + "; ".join(faults))
        return self

    def _faults_anywhere(self) -> list[str]:
        checks = {
            "CHECKPOINT_LOCAL_ISSUER gives anybody a token, so CHECKPOINT_HOST must be loopback": (
                self.local_issuer and self.host not in LOOPBACK
            ),
            "CHECKPOINT_CURSOR_KEY is needed where CHECKPOINT_WORKERS is more than one": (
                self.workers > 1 and self.cursor_key is None
            ),
            "CHECKPOINT_CLOCK_FILE stops the time, so CHECKPOINT_HOST must be loopback": (
                self.clock_file is not None and self.host not in LOOPBACK
            ),
            "CHECKPOINT_CLOCK_FILE must hold one instant, such as 2026-11-03T12:00:00Z": (
                self.clock_file is not None
                and self.environment is Environment.DEVELOPMENT
                and not _holds_instant(self.clock_file)
            ),
            "CHECKPOINT_SEALING_KEY must be 64 hexadecimal digits": (
                self.sealing_key is not None
                and not HEX_KEY.fullmatch(self.sealing_key.get_secret_value())
            ),
        }
        return [fault for fault, unsafe in checks.items() if unsafe]

    def _faults(self) -> list[str]:
        checks = {
            "CHECKPOINT_LOCAL_ISSUER is for development only": self.local_issuer,
            "CHECKPOINT_CLOCK_FILE is for development only": self.clock_file is not None,
            "CHECKPOINT_DATABASE_URL is missing (the embedded PostgreSQL trusts anyone)": (
                self.database_url is None
            ),
            "CHECKPOINT_ISSUER must be an https address": not _https(self.issuer),
            "CHECKPOINT_JWKS_URL must be an https address": not _https(self.jwks_url),
            "CHECKPOINT_PUBLIC_URL must be an https address, or one of this machine": not (
                _https(self.public_url) or _is_here(self.public_url)
            ),
            "CHECKPOINT_CURSOR_KEY must have 32 characters or more": (
                self.cursor_key is None or len(self.cursor_key.get_secret_value()) < 32
            ),
        }
        return [fault for fault, unsafe in checks.items() if unsafe]

    @property
    def shows_docs(self) -> bool:
        return self.environment is Environment.DEVELOPMENT if self.docs is None else self.docs

    @cached_property
    def address(self) -> str:
        """What links begin with that people are handed; never what a request says of itself."""
        if self.public_url is not None:
            return self.public_url
        host = "localhost" if self.host in EVERYWHERE else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @cached_property
    def folder(self) -> Path:
        return self.data_folder.expanduser().resolve()


def _holds_instant(file: Path) -> bool:
    try:
        told_in(file)
    except (OSError, ValueError):
        return False
    return True


def _https(address: str | None) -> bool:
    return address is not None and urlsplit(address).scheme == "https"


def _is_here(address: str | None) -> bool:
    return address is not None and urlsplit(address).hostname in LOOPBACK
