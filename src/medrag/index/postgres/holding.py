"""Which push counts, and locks that keep a push from being removed while it is read.

The locks are PostgreSQL's advisory locks: they belong to a connection and end with it, so a
reader that dies leaves none behind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from medrag.errors import IndexStateError
from medrag.index.postgres.address import Address
from medrag.index.postgres.connection import Connection
from medrag.index.postgres.tables import FORMAT, Schema

_TRIES = 50
_WRITING = 0
"""The number that is locked while somebody pushes; pushes count from 1."""


@dataclass(frozen=True, slots=True)
class Held:
    """A push that a connection holds.

    Attributes:
        manifest: Of the index folder, as its file says it.
        passages: How many can answer.
        depth: How far its graph of neighbors is walked; 0 where it has none.
    """

    push: int
    manifest: bytes
    passages: int
    depth: int


def hold(connection: Connection, address: Address) -> Held:
    """Return the push that counts, held by the connection until it is closed.

    Raises:
        IndexStateError: There is no index, or it is of another format.
    """
    schema = Schema(address.schema)
    refuse_other_formats(connection, address)
    for _ in range(_TRIES):
        current = connection.rows(f"SELECT push FROM {schema.table('current')}")
        if not current:
            break
        push = current[0][0]
        _lock(connection, schema, push)
        if (held := _row(connection, schema, push)) is not None:
            return held
        connection.rows(
            f"SELECT pg_advisory_unlock_shared({_KEY}, :push::integer)",
            table=schema.table("current"),
            push=push,
        )
    raise IndexStateError(f"{address}: no index here. Push one: medrag index push --to URL")


def held_again(connection: Connection, address: Address, push: int) -> None:
    """Hold, with another connection, a push that this reader has open.

    Raises:
        IndexStateError: It was removed while no connection held it.
    """
    schema = Schema(address.schema)
    _lock(connection, schema, push)
    if _row(connection, schema, push) is None:
        raise IndexStateError(
            f"{address}: the generation that was open was replaced and removed while the server "
            "could not be reached. Open the index again."
        )


def kept(connection: Connection, address: Address, generation: int | None) -> Held:
    """Return the push to pull: the one that counts, or the latest of a generation; held.

    Raises:
        IndexStateError: There is no index, or no push of that generation is kept.
    """
    held = hold(connection, address)
    if generation is None or _generation(held) == generation:
        return held
    schema = Schema(address.schema)
    found = connection.rows(f"SELECT push FROM {schema.table('pushes')} ORDER BY push DESC")
    others = []
    for (push,) in found:
        _lock(connection, schema, push)
        other = _row(connection, schema, push)
        if other is not None and _generation(other) == generation:
            return other
        others += [_generation(other)] if other is not None else []
    there = ", ".join(str(number) for number in sorted({*others}))
    raise IndexStateError(f"{address}: generation {generation} is not kept there; {there} are.")


def refuse_other_formats(connection: Connection, address: Address) -> None:
    """Refuse an index that another medrag wrote in another way.

    Raises:
        IndexStateError: It did.
    """
    found = connection.rows(f"SELECT version FROM {Schema(address.schema).table('format')}")
    if found and found[0][0] != FORMAT:
        raise IndexStateError(
            f"{address}: written in database format {found[0][0]}, this medrag reads {FORMAT}. "
            "Use the medrag that wrote it, or push into another schema."
        )


def lock_for_pushing(connection: Connection, address: Address) -> None:
    """Take the right to push until the transaction ends.

    Raises:
        IndexStateError: Somebody else is pushing.
    """
    ((granted,),) = connection.rows(
        f"SELECT pg_try_advisory_xact_lock({_KEY}, :push::integer)",
        table=Schema(address.schema).table("current"),
        push=_WRITING,
    )
    if not granted:
        raise IndexStateError(
            f"{address}: somebody else is pushing into this index. Wait until that is done."
        )


def nobody_reads(connection: Connection, schema: Schema, push: int) -> bool:
    """Return whether no reader holds the push; none can until the transaction ends, then."""
    ((granted,),) = connection.rows(
        f"SELECT pg_try_advisory_xact_lock({_KEY}, :push::integer)",
        table=schema.table("current"),
        push=push,
    )
    return bool(granted)


_KEY = "(:table::regclass::oid::bigint - 2147483648)::integer"
"""The number of an index among the indexes of a database: that of one of its tables."""


def _lock(connection: Connection, schema: Schema, push: int) -> None:
    connection.rows(
        f"SELECT pg_advisory_lock_shared({_KEY}, :push::integer)",
        table=schema.table("current"),
        push=push,
    )


def _row(connection: Connection, schema: Schema, push: int) -> Held | None:
    found = connection.rows(
        f"SELECT push, manifest, passages, depth FROM {schema.table('pushes')} "
        "WHERE push = :push::integer",
        push=push,
    )
    return Held(*found[0]) if found else None


def _generation(held: Held) -> int:
    return int(json.loads(held.manifest)["generation"])
