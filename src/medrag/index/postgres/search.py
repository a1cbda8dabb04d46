"""The two searches, by meaning and by words, as statements over the tables of one push.

Both are exact: every allowed vector is compared, and every passage that could belong to the best
by words is. The graph of neighbors, where a push has one, proposes instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from medrag.core.understanding import Added
from medrag.index.postgres.binary import vector_text
from medrag.index.postgres.impacts import sparse_text
from medrag.index.postgres.selection import Ask, Selected
from medrag.index.postgres.tables import Tables
from medrag.index.vectors import Rows, Vectors, best, nothing
from medrag.index.weights import MOST, Weighing, rarity

_SPARE = 64
_AT_ONCE = 4
_ROUNDING = 2e-5
"""More than what single precision moves an inner product of unit vectors by."""

_GRAPH_LEAST_SHARE = 0.05
_GRAPH_MOST_ROWS = 2_000

_SCANNED_SHARE = 0.2
"""Words that stand in a larger share of the passages are looked for by reading all of them."""
_SMALL = 5_000
_SLACK = 1 - 1e-5
_WORDS_KEPT = 1 << 16


class DenseSearch:
    """Finds the nearest vectors; see `core.protocols.VectorIndex`.

    Args:
        ask: Gives the rows of a statement.
        tables: Of the push.
        rows: How many vectors there are.
        depth: How far the session walks a graph of neighbors, which then proposes; 0 for none.
    """

    def __init__(self, ask: Ask, tables: Tables, *, rows: int, depth: int = 0) -> None:
        self._ask = ask
        self._table = tables.vectors
        self._rows = rows
        self._depth = depth

    def search(
        self, queries: Vectors, k: int, *, allowed: Selected | None = None
    ) -> tuple[Vectors, Rows]:
        """Return scores and rows, each of shape (len(queries), k'), best first.

        Args:
            queries: Unit vectors, shape (n, dim).
            k: The most rows; k' is the smaller of it and the number of allowed rows.
            allowed: What may be found.
        """
        count = self._rows if allowed is None else allowed.rows
        k = min(k, count)
        if k <= 0 or not len(queries):
            return nothing(len(queries))
        one = partial(self._one, k=k, allowed=allowed)
        if len(queries) == 1:
            found = [one(queries[0])]
        else:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                found = list(pool.map(one, queries))
        return np.concatenate([s for s, _ in found]), np.concatenate([r for _, r in found])

    def _one(self, query: Vectors, *, k: int, allowed: Selected | None) -> tuple[Vectors, Rows]:
        if self._depth:
            proposed = self._by_graph(query, k, allowed)
            if proposed is not None:
                return proposed
        return self._by_scan(query, k, allowed)

    def _by_scan(self, query: Vectors, k: int, allowed: Selected | None) -> tuple[Vectors, Rows]:
        """Compare all in half precision, and the best again with the question as it is.

        The question's rounding moves no score by more than its own length; where the k-th could
        be overtaken by a row that was not compared again, more are.
        """
        where = "" if allowed is None else f"WHERE {allowed.condition}"
        sql = f"""
        WITH near AS MATERIALIZED (
            SELECT "row", vector, (vector <#> :query::vector::halfvec) + 0.0 AS far
            FROM {self._table} {where} ORDER BY far, "row" LIMIT :most::integer)
        SELECT "row", vector::vector <#> :query::vector, far FROM near"""
        values = {} if allowed is None else allowed.values
        rounded = query.astype(np.float16).astype(np.float32)
        margin = 1.02 * float(np.linalg.norm(query - rounded)) + _ROUNDING
        most = k + _SPARE
        while True:
            found = self._ask(sql, query=vector_text(query.tolist()), most=most, **values)
            scores, rows = _ranked(found, k)
            last = -max(row[2] for row in found)
            if len(found) < most or scores[0, k - 1] > last + margin:
                return scores, rows
            most *= 4

    def _by_graph(
        self, query: Vectors, k: int, allowed: Selected | None
    ) -> tuple[Vectors, Rows] | None:
        """Return what the graph finds; None where a filter leaves too little of it."""
        share = 1.0 if allowed is None else allowed.rows / self._rows
        most = max(self._depth, int(k / share * 1.5) + _SPARE)
        if share < _GRAPH_LEAST_SHARE or most > _GRAPH_MOST_ROWS:
            return None
        found = self._ask(
            f'SELECT "row", vector::vector <#> :query::vector, document FROM {self._table} '
            "ORDER BY vector <#> :query::vector::halfvec LIMIT :most::integer",
            query=vector_text(query.tolist()),
            most=most,
        )
        if allowed is not None and found:
            held = allowed.holds(np.array([row[2] for row in found], dtype=np.int64))
            found = [row for row, is_held in zip(found, held.tolist(), strict=True) if is_held]
        return _ranked(found, k) if len(found) >= k else None


def _ranked(found: Sequence[Sequence[float]], k: int) -> tuple[Vectors, Rows]:
    scores = np.array([[-row[1] for row in found]], dtype=np.float32)
    return best(scores, np.array([[row[0] for row in found]], dtype=np.int64), k)


class WordSearch:
    """Finds passages by their words; see `core.protocols.LexicalIndex`.

    Args:
        ask: Gives the rows of a statement.
        tables: Of the push.
        rows: How many passages there are.
    """

    def __init__(self, ask: Ask, tables: Tables, *, rows: int) -> None:
        self._ask = ask
        self._tables = tables
        self._rows = rows
        self._known: dict[str, tuple[int, int]] = {}
        self._weighing = Weighing(rows, self.frequencies)

    def search(
        self, text: str, k: int, *, allowed: Selected | None = None, added: Sequence[Added] = ()
    ) -> list[tuple[int, float]]:
        """Return at most k (row, score), best first; ties go to the smaller row."""
        if k <= 0 or (allowed is not None and not allowed.rows):
            return []
        weights, ceiling = self._weighing.weigh(text, added)
        held = dict(zip(weights, self._look_up([*weights]), strict=True))
        asked = {
            number: weights[word] * rarity(self._rows, often)
            for word, (number, often) in held.items()
            if often
        }
        found = self._best(asked, dict(held.values()), k, allowed) if asked else []
        return [(row, score / ceiling) for row, score in found]

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """Return in how many passages each of `words`, as `terms` cuts them, stands."""
        return [often for _, often in self._look_up(words)]

    def _best(
        self, asked: dict[int, float], often: dict[int, int], k: int, allowed: Selected | None
    ) -> list[tuple[int, float]]:
        """Return the k best, reading only passages that can be among them.

        MaxScore: once k passages are known, a passage that holds none but the words whose greatest
        contributions together stay below the k-th score cannot reach it.

        Source: Turtle and Flood, Information Processing & Management 31(6), 1995.
        """
        heaviest = sorted(asked, key=lambda number: (-asked[number], number))
        first, reached = 0, 0
        while first < len(heaviest) and reached < 2 * k:
            reached += often[heaviest[first]]
            first += 1
        while True:
            among = heaviest[:first]
            if self._rows <= _SMALL or sum(often[n] for n in among) > _SCANNED_SHARE * self._rows:
                return self._statement(asked, k, allowed, None)
            found = self._statement(asked, k, allowed, among)
            least = found[-1][1] * _SLACK if len(found) == k else 0.0
            rest = sum(asked[number] * MOST for number in heaviest[first:])
            if rest < least or first == len(heaviest):
                return found
            while first < len(heaviest) and rest >= least:
                rest -= asked[heaviest[first]] * MOST
                first += 1

    def _statement(
        self,
        asked: dict[int, float],
        k: int,
        allowed: Selected | None,
        among: list[int] | None,
    ) -> list[tuple[int, float]]:
        conditions = [] if allowed is None else [allowed.condition]
        values = {} if allowed is None else allowed.values
        if among is not None:
            conditions.append("words && :among::integer[]")
            values["among"] = among
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        found = self._ask(
            'SELECT "row", (impacts <#> :asked::sparsevec) + 0.0 AS far '
            f'FROM {self._tables.words} {where} ORDER BY far, "row" LIMIT :most::integer',
            asked=sparse_text(asked.items()),
            most=k,
            **values,
        )
        return [(row, -far) for row, far in found if far < 0]

    def _look_up(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Return for each word its number and in how many passages it stands; 0 for none."""
        missing = [word for word in dict.fromkeys(words) if word not in self._known]
        if missing:
            if len(self._known) > _WORDS_KEPT:
                self._known = {}
                missing = list(dict.fromkeys(words))
            found = self._ask(
                f"SELECT term, number, passages FROM {self._tables.terms} "
                "WHERE term = ANY(string_to_array(:words::text, ' '))",
                words=" ".join(missing),  # in an array of the driver, `null` would be no word
            )
            held = {term: (number, often) for term, number, often in found}
            self._known.update({word: held.get(word, (-1, 0)) for word in missing})
        return [self._known[word] for word in words]
