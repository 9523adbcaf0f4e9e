"""A token issuer for trying the service on one machine. Refused outside development."""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator, Field

from checkpoint.foundation.actors import TOKEN_ROLES, Rank, Role
from checkpoint.foundation.clock import TokenTime
from checkpoint.foundation.keyfiles import kept
from checkpoint.foundation.problems import RequestNotUnderstood, problems
from checkpoint.foundation.schemas import Spelt, View

LIFE = timedelta(hours=8)
# Whoever tries the service as one of these roles has this rank, unless they choose another.
RANKS = {Role.CUSTODY_OFFICER: Rank.CONSTABLE, Role.SUPERVISOR: Rank.INSPECTOR}
PATH = "/local-issuer"
KEY_FILE = "local-issuer.pem"


class TokenView(View):
    """An access token, as OAuth 2 clients expect it."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - a word of OAuth's
    expires_in: Annotated[int, Field(description="Seconds.")]


class LocalIssuer:
    """Signs tokens with a key that is made once and kept in the data folder."""

    def __init__(self, folder: Path, *, issuer: str, audience: str) -> None:
        self.issuer, self.audience = issuer, audience
        self._key = _kept_key(folder / KEY_FILE)
        public = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.kid = hashlib.sha256(public).hexdigest()[:16]  # the same in every process

    def jwks(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def token(
        self,
        role: Role,
        suites: list[str],
        *,
        name: str,
        at: datetime,
        rank: Rank | None = None,
        organization_id: UUID | None = None,
    ) -> str:
        moment, rank = int(at.timestamp()), rank or RANKS.get(role)
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(uuid5(NAMESPACE_URL, f"{self.issuer}/{role}/{name}")),
            "iat": moment,
            "nbf": moment,
            "exp": moment + int(LIFE.total_seconds()),
            "auth_time": moment,
            "acr": "2",
            "azp": "local",
            "checkpoint_role": role.value,
            "checkpoint_suites": suites,
        }
        if rank is not None:
            claims["checkpoint_rank"] = rank.value
        if organization_id is not None:
            claims["checkpoint_organization"] = str(organization_id)
        headers = {"kid": self.kid, "typ": "at+jwt"}
        return jwt.encode(claims, self._key, algorithm="RS256", headers=headers)


def _kept_key(path: Path) -> rsa.RSAPrivateKey:
    # Only this issuer wrote the file, so its primes are not proved anew at every start.
    key = serialization.load_pem_private_key(
        kept(path, new_key), password=None, unsafe_skip_rsa_key_validation=True
    )
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path.name} holds no RSA key; remove it and start again")
    return key


def new_key() -> bytes:
    """A private key that nobody has yet, as PEM."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def token_role(text: str) -> str:
    if text not in TOKEN_ROLES:
        raise ValueError(f"Choose one of: {', '.join(TOKEN_ROLES)}.")
    return text


def token_rank(text: str | None) -> str | None:
    if text is not None and text not in [*Rank]:
        raise ValueError(f"Choose one of: {', '.join(Rank)}.")
    return text


router = APIRouter(prefix=PATH, tags=["local issuer"])


SuiteCode = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$"), Spelt("a suite's code", "DURHAMGATE")
]
Someone = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._-]{1,60}$"),
    Spelt("at most 60 letters, digits, ., - and _, without spaces", "someone-else"),
]


@router.post(
    "/token",
    response_model=TokenView,
    responses=problems(RequestNotUnderstood)
    | {200: {"content": {"application/json": {}, "text/plain": {}}}},
)
async def issue_token(
    request: Request,
    now: TokenTime,
    role: Annotated[
        str,
        AfterValidator(token_role),
        Form(description="The role to try.", json_schema_extra={"enum": [*TOKEN_ROLES]}),
    ],
    suite: Annotated[
        list[SuiteCode],
        Form(
            description="Suite codes, e.g. DURHAMGATE; repeat the field for several.",
            max_length=20,
        ),
    ] = [],  # noqa: B006 - FastAPI copies it
    name: Annotated[Someone, Form(description="Who, to be several people.")] = "someone",
    rank: Annotated[
        str | None,
        AfterValidator(token_rank),
        Form(
            description="A police rank; by default an officer is a constable and a supervisor an "
            "inspector.",
            json_schema_extra={"enum": [*Rank]},
        ),
    ] = None,
    organization: Annotated[
        UUID | None, Form(description="A provider's organization in the directory, by its id.")
    ] = None,
) -> Response:
    """Give a token for a made-up member of staff; with ``Accept: text/plain``, the token alone."""
    issuer: LocalIssuer = request.app.state.local_issuer
    chosen = Rank(rank) if rank else None
    token = issuer.token(
        Role(role), suite, name=name, at=now, rank=chosen, organization_id=organization
    )
    if request.headers.get("accept", "").startswith("text/plain"):
        return Response(token, media_type="text/plain")
    view = TokenView(access_token=token, expires_in=int(LIFE.total_seconds()))
    return Response(view.model_dump_json(), media_type="application/json")


@router.get("/jwks", response_class=JSONResponse)
async def local_keys(request: Request) -> Response:
    """The public key that checks this issuer's tokens."""
    issuer: LocalIssuer = request.app.state.local_issuer
    return Response(json.dumps(issuer.jwks()), media_type="application/json")
