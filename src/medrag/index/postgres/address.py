"""Where an index on a PostgreSQL server lies: a URL, read strictly, shown without its password."""

from __future__ import annotations

import getpass
import ipaddress
import os
import re
import ssl
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from medrag.errors import InputError

_KNOWN = ("host", "schema", "sslmode", "sslrootcert")
_MODES = ("disable", "require", "verify-full")
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,39}")
_FORM = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME"


@dataclass(frozen=True, slots=True)
class Address:
    """One index on one server.

    Attributes:
        host: Name or number; a folder where the server listens on a Unix socket in it.
        schema: The PostgreSQL schema that is the index; one database may hold many.
        sslmode: `disable`, `require` (encrypted) or `verify-full` (and the server proves its
            name), the default but for this machine.
    """

    host: str
    port: int
    database: str
    user: str
    schema: str
    sslmode: str
    password: str | None = field(default=None, repr=False)
    sslrootcert: str | None = None

    def __str__(self) -> str:
        at = f"/{self.database}?host={self.host}&" if self.is_socket else self._server
        return f"postgresql://{self.user}@{at}schema={self.schema}"

    @property
    def is_socket(self) -> bool:
        """Whether the server is reached by a Unix socket."""
        return self.host.startswith("/")

    @property
    def tls(self) -> ssl.SSLContext | bool:
        """What encrypts the connection; False for nothing.

        Raises:
            InputError: `sslrootcert` cannot be read.
        """
        if self.is_socket or self.sslmode == "disable":
            return False
        try:
            context = ssl.create_default_context(cafile=self.sslrootcert)
        except OSError as error:
            raise InputError(f"sslrootcert={self.sslrootcert}: {error.strerror}.") from error
        if self.sslmode == "require":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    @property
    def _server(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}/{self.database}?"


def read_address(url: str) -> Address:
    """Return the address that `url` names.

    The password may stand in `PGPASSWORD` instead, where no list of processes shows it; the
    user is else `PGUSER` or who runs this.

    Raises:
        InputError: A part is missing, unknown or not allowed. The message holds no password.
    """
    parts, port = _split(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "@" in "".join((parts.path, parts.fragment, *options)):
        # A password that is not quoted ended the server's part; a message would show the rest.
        raise InputError(f"In a password / ? # are written %2F %3F %23: {_FORM}")
    if unknown := sorted(options.keys() - {*_KNOWN}):
        raise InputError(f"A database URL knows {', '.join(_KNOWN)}; it has {unknown[0]!r}.")
    host = options.get("host") or parts.hostname or ""
    database = unquote(parts.path.removeprefix("/"))
    if not host or not database or "/" in database:
        raise InputError(f"A database URL needs a host and a database: {_FORM}")
    schema = options.get("schema", "medrag")
    if not _SCHEMA.fullmatch(schema) or schema.startswith("pg_"):
        raise InputError(
            f"schema={schema!r}: a schema is small letters, digits and _, at most 40, the first "
            "no digit, and does not begin with pg_."
        )
    sslmode = options.get("sslmode") or ("disable" if _is_here(host) else "verify-full")
    if sslmode not in _MODES:
        raise InputError(f"sslmode={sslmode!r}: known are {', '.join(_MODES)}.")
    password = unquote(parts.password) if parts.password else os.environ.get("PGPASSWORD")
    return Address(
        host=host,
        port=port,
        database=database,
        user=unquote(parts.username or "") or os.environ.get("PGUSER") or getpass.getuser(),
        schema=schema,
        sslmode=sslmode,
        password=password,
        sslrootcert=options.get("sslrootcert"),
    )


def _split(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        return parts, parts.port or 5432
    except ValueError:
        # The library's words may hold what stands before the @.
        raise InputError(f"A database URL has the form {_FORM}") from None


def _is_here(host: str) -> bool:
    try:
        return host.startswith("/") or host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
