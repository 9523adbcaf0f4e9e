"""What a bearer token must be. Pure: keys, claims and time go in, an Actor comes out.

Source: RFC 9068 (JWT access tokens), RFC 8725 (JWT best practice).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard
from uuid import NAMESPACE_URL, UUID, uuid5

import jwt

from checkpoint.foundation import errors
from checkpoint.foundation.actors import TOKEN_ROLES, Actor, Rank, Role

ALGORITHMS = ("RS256", "ES256")
KEY_TYPES = {"RS256": "RSA", "ES256": "EC"}
LIMIT_BYTES = 8_192
LEEWAY_SECONDS = 10
# How far the issuer's clock may be ahead of ours; see ``taken_back``.
AHEAD_SECONDS = 2
REQUIRED = ["exp", "nbf", "iat", "iss", "aud", "sub"]
# What the ledger may take from a token. Nobody's name or address has these forms.
SUITE = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
CLIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}", re.ASCII)
# An ``crit`` we do not know must be refused, and keys named by the token itself never fetched.
FORBIDDEN_HEADERS = frozenset({"crit", "jku", "x5u", "jwk", "x5c"})


class NotAuthenticated(errors.Unauthenticated):
    slug = "not-authenticated"
    title = "Log in and send a valid access token"


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Whose tokens are accepted, and what counts as a strong login."""

    issuer: str
    audience: str
    strong_acr: tuple[str, ...]


def refuse(why: str) -> NotAuthenticated:
    """A refusal that says which rule the token breaks, and nothing that was in it."""
    return NotAuthenticated(f"{why} Get a new token from your identity provider.")


def header_of(token: str) -> Mapping[str, Any]:
    """The token's header, read before anything in it is trusted.

    Raises:
        NotAuthenticated: too long, not a JWT, of another kind, or with a header we refuse.
    """
    if len(token) > LIMIT_BYTES:
        raise refuse("The token is too long.")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise refuse("This is not a token.") from None
    if FORBIDDEN_HEADERS & header.keys():
        raise refuse("The token names its own key or an unknown rule.")
    if header.get("alg") not in ALGORITHMS:
        raise refuse("The token is signed in a way that is not accepted.")
    if str(header.get("typ", "")).lower().removeprefix("application/") != "at+jwt":
        raise refuse("This is not an access token.")
    if not isinstance(header.get("kid"), str):
        raise refuse("The token does not name its key.")
    return header


def claims_of(
    token: str, key: jwt.PyJWK, header: Mapping[str, Any], trust: Trust
) -> dict[str, Any]:
    """The claims of a token that ``key`` signed for us, within its time.

    Args:
        token: as it was sent.
        key: the issuer's key that the header names.
        header: what ``header_of`` found.
        trust: whose tokens are accepted, and for whom they must be made.

    Returns:
        Every claim, ``REQUIRED`` ones among them; the times checked by the machine's clock, with
        ``LEEWAY_SECONDS``.

    Raises:
        NotAuthenticated: the signature, issuer, audience or time is wrong or missing.
    """
    if key.key_type != KEY_TYPES[header["alg"]]:
        raise refuse("The token's key does not fit its signature.")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[header["alg"]],
            audience=trust.audience,
            issuer=trust.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED, "strict_aud": True},
        )
    except jwt.ExpiredSignatureError:
        raise refuse("The token has expired.") from None
    except jwt.PyJWTError:
        raise refuse("The token is not valid here.") from None
    return claims


def actor_from(claims: Mapping[str, Any], trust: Trust) -> Actor:
    """Who the claims vouch for.

    Args:
        claims: of a token whose signature was checked.
        trust: the issuer, whose name makes an id of a ``sub`` that is none.

    Returns:
        One person in one role, with up to 100 suites.

    ``sub`` is the actor's id where it is a UUID; else the id is derived from issuer and ``sub``.
    ``checkpoint_role`` is one role, ``checkpoint_suites`` a list of suite codes, ``azp`` (else
    ``client_id``) the client application, if it is said; ``checkpoint_rank``, a police rank, may
    be left out. ``checkpoint_organization``, a UUID of the directory, is wanted of a provider and
    means nothing of anybody else. Suites and client go to the ledger, so a token with either in another form is
    refused whole.

    Raises:
        NotAuthenticated: a claim is missing or not in its form.
    """
    subject, role, suites = (
        claims.get(name) for name in ("sub", "checkpoint_role", "checkpoint_suites")
    )
    if not _plain(subject, limit=255):
        raise refuse("The token does not say who you are.")
    if role not in TOKEN_ROLES:
        raise refuse("The token does not give you one of this service's roles.")
    if not _codes(suites):
        raise refuse("The token's suites are not in the agreed form.")
    client = claims.get("azp", claims.get("client_id"))
    if client is not None and not _fits(CLIENT, client):
        raise refuse("The token's client is not in the agreed form.")
    rank = claims.get("checkpoint_rank")
    if rank is not None and rank not in [*Rank]:
        raise refuse("The token's rank is not one of this service's.")
    return Actor(
        id=subject_id(trust.issuer, subject),
        role=Role(str(role)),
        suites=frozenset(suites or ()),
        client=client,
        strong_since=_strong_since(claims, trust),
        rank=None if rank is None else Rank(str(rank)),
        organization_id=_organization(claims) if role == Role.PROVIDER else None,
    )


def _organization(claims: Mapping[str, Any]) -> UUID:
    try:
        return UUID(claims["checkpoint_organization"])
    except (KeyError, ValueError, TypeError, AttributeError):
        raise refuse(
            "A provider's token names its organization in the claim checkpoint_organization: in "
            "development, ask /local-issuer/token for role=provider and organization=<id>."
        ) from None


def subject_id(issuer: str, subject: str) -> UUID:
    """The id under which the ledger knows a subject of this issuer.

    Args:
        issuer: the issuer's name, as in ``iss``.
        subject: the claim ``sub``.

    Returns:
        ``subject`` itself where it is a UUID; else one that is always the same for the two.
    """
    try:
        return UUID(subject)
    except ValueError:
        return uuid5(NAMESPACE_URL, f"{issuer}#{subject}")


def issued_at(claims: Mapping[str, Any], *, now: datetime) -> datetime:
    """When the token was issued, by the issuer's clock.

    Args:
        claims: of a token whose signature was checked.
        now: the present, by our clock.

    Returns:
        The claim ``iat`` as an instant in UTC.

    Raises:
        NotAuthenticated: no such instant, or more than two seconds in our future: by then the
            clocks differ by more than ``taken_back`` can make good.
    """
    try:
        issued = datetime.fromtimestamp(float(claims["iat"]), UTC)
    except (OverflowError, ValueError, OSError):
        raise refuse("The token does not say when it was issued.") from None
    if issued > now + timedelta(seconds=AHEAD_SECONDS):
        raise refuse("The token was issued in the future: the provider's clock is ahead.")
    return issued


def taken_back(issued: datetime, revoked: datetime) -> bool:
    """Whether a revocation reaches a token.

    A clock that is ahead dates a token later than it was made, so one made before the revocation
    may bear a later time. It bears one at most two seconds later, or nobody could log in.

    Args:
        issued: ``issued_at`` of the token, by the issuer's clock.
        revoked: the moment of the revocation, by ours.

    Returns:
        True up to two seconds after the revocation. Who logs in sooner than that must do so once
        more; later logins count at once.
    """
    return issued <= revoked + timedelta(seconds=AHEAD_SECONDS)


def _plain(text: Any, *, limit: int) -> TypeGuard[str]:
    """Text that the ledger can keep: no NUL, no half of a surrogate pair, not too long."""
    return isinstance(text, str) and 1 <= len(text) <= limit and text.isprintable()


def _fits(form: re.Pattern[str], text: Any) -> bool:
    return isinstance(text, str) and form.fullmatch(text) is not None


def _codes(suites: Any) -> bool:
    return suites is None or (
        isinstance(suites, list)
        and len(suites) <= 100
        and all(_fits(SUITE, code) for code in suites)
    )


def _strong_since(claims: Mapping[str, Any], trust: Trust) -> datetime | None:
    moment = claims.get("auth_time")
    if claims.get("acr") not in trust.strong_acr or not isinstance(moment, int | float):
        return None
    try:
        return datetime.fromtimestamp(moment, UTC)
    except (OverflowError, ValueError, OSError):
        return None
