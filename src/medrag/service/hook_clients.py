"""Signed requests of CDS clients: JSON web tokens, and what their FHIR servers give.

Source: CDS Hooks 2.0.1, "Trusting CDS Clients" and "FHIR resource access".
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import jwt

from medrag.errors import ConfigError
from medrag.interop.cds_hooks import HookRequest
from medrag.interop.cds_hooks.services import PREFETCH, resolved
from medrag.interop.fhir.entries import next_page
from medrag.service.callers import Caller, NotAllowedError
from medrag.service.ledger import FullError, Ledger, Pair
from medrag.service.limits import BusyError
from medrag.service.settings import HookClient

_ALGORITHMS = ["ES384", "RS384", "ES256", "RS256"]
"""The first two are those the specification names; symmetric ones and `none` are no signature."""
_RSA = {"RS256", "RS384"}
_LONGEST_S = 300
_LEEWAY_S = 30
_FETCH_S = 3.0
_MOST_BYTES = 8 << 20
_MOST_PAGES = 5


class HookClients:
    """The CDS clients that may call, by their public keys.

    Args:
        clients: As the settings name them.
        base_url: How clients reach this service: the audience of their tokens.
        seen: Which tokens were used, for all workers; this process's own where None.

    Raises:
        ConfigError: A key file cannot be read, or holds no keys.
    """

    def __init__(
        self, clients: Sequence[HookClient], base_url: str, *, seen: Ledger | None = None
    ) -> None:
        self._clients = {client.issuer: client for client in clients}
        self._keys = {client.issuer: _keys(Path(client.keys)) for client in clients}
        self._base = base_url.rstrip("/")
        self._seen = seen or Ledger()

    def __bool__(self) -> bool:
        return bool(self._clients)

    def of_token(self, token: str, path: str) -> Caller:
        """Return which client signed a token for the service at `path`.

        Raises:
            NotAllowedError: None did, it is for another address, has expired, lasts longer
                than five minutes or was used before.
            BusyError: There is no room to remember it.
        """
        try:
            claims = self._claims(token, path)
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise NotAllowedError(
                f"The signed token does not count ({type(error).__name__}).", is_known=False
            ) from error
        client = self._clients[claims["iss"]]
        if client.tenant is not None and claims.get("tenant") != client.tenant:
            raise NotAllowedError("The token is of another tenant.", is_known=False)
        self._once(f"{client.issuer} {claims['jti']}", float(claims["exp"]))
        return Caller(client.issuer, "reader")

    def _claims(self, token: str, path: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        if not isinstance(issuer, str) or issuer not in self._clients:
            raise jwt.InvalidIssuerError
        key = self._keys[issuer].get(str(header.get("kid")))
        algorithm = header.get("alg")
        if key is None or algorithm not in _ALGORITHMS or not _is_for(key, algorithm):
            raise jwt.InvalidKeyError
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[algorithm],
            audience=[self._base + path, self._base],
            issuer=issuer,
            leeway=_LEEWAY_S,
            options={"require": ["iss", "aud", "exp", "iat", "jti"]},
        )
        if float(claims["exp"]) - float(claims["iat"]) > _LONGEST_S:
            raise jwt.InvalidTokenError
        return claims

    def _once(self, token: str, until: float) -> None:
        now = time.time()
        was_used = False

        def used(known: Pair | None) -> Pair:
            nonlocal was_used
            was_used = known is not None
            return until + _LEEWAY_S, 0.0

        try:
            self._seen.change(token, used, is_idle=lambda pair: pair[0] < now)
        except FullError as error:  # a token that nobody remembers could be used twice
            raise BusyError("Too many tokens were used within five minutes.", 60) from error
        if was_used:
            raise NotAllowedError("The token was used before.", is_known=False)


def _is_for(key: jwt.PyJWK, algorithm: str) -> bool:
    """Return whether a key is for an algorithm; of RSA, which often names none, for both."""
    return algorithm == key.algorithm_name or {algorithm, key.algorithm_name} <= _RSA


def _keys(path: Path) -> dict[str, jwt.PyJWK]:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        found = jwt.PyJWKSet.from_dict(fields)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, AttributeError, jwt.PyJWTError) as error:
        raise ConfigError(f"{path}: expected a JWK set with public keys.") from error
    return {key.key_id: key for key in found.keys if key.key_id}


class FhirServers:
    """Reads what a hook's prefetch lacks from FHIR servers that the settings permit.

    Of what is asked for latest first, the first page; of a list, all pages or nothing: a part
    would pass for the whole.

    Args:
        permitted: Base URLs. A request that names another is answered without.
        client: For tests.
    """

    def __init__(self, permitted: Sequence[str], client: httpx.Client | None = None) -> None:
        self._permitted = {url.rstrip("/") for url in permitted}
        self._client = client

    def missing(self, request: HookRequest) -> dict[str, Any]:
        """Return what could be read of what the prefetch lacks, by prefetch key.

        What cannot be read in time is left out: the checks that need it say so.
        """
        base = (request.fhir_server or "").rstrip("/")
        authorization = request.fhir_authorization
        if base not in self._permitted or authorization is None:
            return {}
        given = request.prefetch or {}
        queries = {
            key: query
            for key, template in PREFETCH.items()
            if _is_lacking(given, key)
            and (query := resolved(template, request.context)) is not None
        }
        headers = {
            "Authorization": f"Bearer {authorization.access_token.get_secret_value()}",
            "Accept": "application/fhir+json",
        }
        client = self._client or httpx.Client(timeout=_FETCH_S, follow_redirects=False)
        until = time.monotonic() + _FETCH_S
        try:
            found = {k: _read(client, f"{base}/{q}", headers, until) for k, q in queries.items()}
        finally:
            if self._client is None:
                client.close()
        return {key: resource for key, resource in found.items() if resource is not None}


def _read(
    client: httpx.Client, url: str, headers: Mapping[str, str], until: float
) -> dict[str, Any] | None:
    """Return a resource, or a bundle with its further pages; None where not all can be had."""
    base, is_latest = httpx.URL(url), "_sort=-date" in url
    whole: dict[str, Any] | None = None
    for _ in range(_MOST_PAGES):
        page = _page(client, url, headers, until)
        if page is None:
            return None
        if page.get("resourceType") != "Bundle":
            return page
        whole = page if whole is None else {**whole, "entry": [*_entries(whole), *_entries(page)]}
        following = next_page(page)
        if following is None or is_latest:
            # What was put together is no page any more: its link leads to what is in it.
            return {key: value for key, value in whole.items() if key != "link"}
        try:
            onward = base.join(following)
        except httpx.InvalidURL:
            return None
        # The token goes to the server that it is for, and to no other that a page names.
        if (onward.scheme, onward.netloc) != (base.scheme, base.netloc):
            return None
        url = str(onward)
    return None


def _is_lacking(given: Mapping[str, Any], key: str) -> bool:
    """Return whether a client sent nothing under a key, or why it could not."""
    sent = given.get(key, {})
    is_outcome = isinstance(sent, dict) and sent.get("resourceType") == "OperationOutcome"
    return key not in given or is_outcome


def _page(
    client: httpx.Client, url: str, headers: Mapping[str, str], until: float
) -> dict[str, Any] | None:
    if time.monotonic() > until:
        return None
    try:
        with client.stream("GET", url, headers=dict(headers)) as response:
            content = b""
            for part in response.iter_bytes():
                content += part
                if len(content) > _MOST_BYTES or time.monotonic() > until:
                    return None
            found = json.loads(content) if response.status_code == httpx.codes.OK else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _entries(bundle: Mapping[str, Any]) -> list[Any]:
    entries = bundle.get("entry")
    return entries if isinstance(entries, list) else []
