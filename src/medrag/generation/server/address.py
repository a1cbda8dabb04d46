"""Where a server is and how it is reached."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from medrag.errors import InputError

_VERSION = re.compile(r"/v\d+(?:alpha\d*|beta\d*)?(?:/|$)")
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|::1")


@dataclass(frozen=True, slots=True)
class Address:
    """Of an OpenAI-compatible server.

    Attributes:
        root: Without the API's version: where servers keep what is not OpenAI's.
        api: With it: where `/chat/completions` is.
        model: As the URL names it, after `#`; None where it does not.
        is_private: Whether nobody else can read what is sent: TLS, or this machine.
    """

    root: str
    api: str
    model: str | None
    is_private: bool

    @classmethod
    def read(cls, url: str) -> Address:
        """Return the address that `url` says.

        `http://host:8000`, with or without `/v1`; a path that holds a version of its own
        (`/v1beta1/projects/...`) is taken as it stands. `#name` at the end names the model.

        Raises:
            InputError: It is no such URL, or holds a user or a query.
        """
        try:
            parts = urlsplit(url)
            port = f":{parts.port}" if parts.port else ""
        except ValueError as error:
            raise InputError(
                "The server's URL cannot be read. Give http://host:port/v1."
            ) from error
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InputError("The server's URL must be like http://host:port/v1.")
        if "@" in parts.netloc or parts.query:
            raise InputError(
                "The server's URL holds a user or a query; it is written into logs and answers. "
                "Give the token in MEDRAG_LLM_TOKEN or the file of MEDRAG_LLM_TOKEN_FILE."
            )
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        path = parts.path.rstrip("/")
        api = path if _VERSION.search(path) else f"{path}/v1"
        base = f"{parts.scheme}://{host}{port}"
        return cls(
            root=base + api.removesuffix("/v1"),
            api=base + api,
            model=unquote(parts.fragment) or None,
            is_private=parts.scheme == "https" or bool(_LOOPBACK.fullmatch(parts.hostname)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How a server is reached.

    Attributes:
        token: Sent as bearer token; where None, that of `token_file`.
        token_file: Read anew for each request, because short-lived tokens are replaced there.
        ca_file: Certificates (PEM) to trust instead of the system's and certifi's.
        proxy: URL of a proxy; none of the environment is ever used.
        connect_s: Seconds to the connection.
        first_token_s: Seconds to the first token: the server reads the whole prompt in them.
        idle_s: Seconds between two tokens.
        total_s: Seconds for a whole reply, all attempts together.
        retries: How often a busy, failing or unreachable server is asked again, while it has
            said nothing.
        backoff_s: Seconds before the first of them, doubled each time, by chance up to half
            less; a longer `Retry-After` of the server is obeyed.
    """

    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    ca_file: Path | None = None
    proxy: str | None = field(default=None, repr=False)
    connect_s: float = 5.0
    first_token_s: float = 300.0
    idle_s: float = 60.0
    total_s: float = 900.0
    retries: int = 2
    backoff_s: float = 0.5

    @classmethod
    def of_environment(cls) -> Connection:
        """Return the default, with token and certificates that the environment names.

        `MEDRAG_LLM_TOKEN_FILE` comes before `MEDRAG_LLM_TOKEN`; `MEDRAG_LLM_CA_FILE` names
        the certificates.
        """
        token_file = os.environ.get("MEDRAG_LLM_TOKEN_FILE")
        ca_file = os.environ.get("MEDRAG_LLM_CA_FILE")
        return cls(
            token=None if token_file else os.environ.get("MEDRAG_LLM_TOKEN"),
            token_file=Path(token_file) if token_file else None,
            ca_file=Path(ca_file) if ca_file else None,
        )

    def bearer(self) -> str | None:
        """Return the token, or None where there is none.

        Raises:
            InputError: Its file cannot be read, or it holds what no HTTP header may.
        """
        token = self.token
        if token is None and self.token_file is not None:
            try:
                token = self.token_file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise InputError(
                    f"The token's file {self.token_file} cannot be read. Give a readable file "
                    "that holds the token only."
                ) from error
        token = token.strip() if token else None
        if token and not (token.isascii() and token.isprintable()):
            raise InputError("The token holds characters that no token has. Give it anew.")
        return token or None
