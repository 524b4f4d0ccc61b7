"""Puts the nodes of a graph into ranks and orders them within each, as Sugiyama, Tagawa and Toda described it.

The template computes the positions, since only it can measure texts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 12
WIDE = 14  # nodes in a rank; more are too small to read beside each other
STAGES = 4  # ranks to which the ends of one node are spread at most


@dataclass(slots=True)
class Item:
    """What takes a place in a rank: a node, the label of an edge, or a bend of an edge (neither)."""

    rank: int
    node: int | None = None
    label_of: int | None = None
    lane: int = 0
    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layering:
    """The items, those of each rank in their order, and the items of each edge from its upper end to its lower one.

    flipped: for each edge, whether it leads against the ranks.
    """

    items: Sequence[Item]
    ranks: Sequence[Sequence[int]]
    routes: Sequence[Sequence[int]]
    flipped: Sequence[bool]


def layering(
    count: int, edges: Sequence[tuple[int, int]], labelled: Sequence[bool], groups: Sequence[int | None]
) -> Layering:
    """Return the layering of nodes 0 to count - 1.

    edges: the two nodes of each; an edge of a node with itself has no route.
    labelled: whether each edge has a label, which takes a place between the ranks of its ends.
    groups: the group of each node, if it has one. The nodes of a group stay together.
    """
    flipped = _flipped(count, edges)
    directed = [(b, a) if flip else (a, b) for (a, b), flip in zip(edges, flipped, strict=True)]
    step = 2 if any(labelled) else 1
    node_ranks = [rank * step for rank in _staggered(_ranks(count, directed), directed)]
    items = [Item(rank, node=node) for node, rank in enumerate(node_ranks)]
    routes: list[list[int]] = []
    for edge, (a, b) in enumerate(directed):
        route = [a]
        for rank in range(node_ranks[a] + 1, node_ranks[b]) if a != b else ():
            is_label = labelled[edge] and rank == (node_ranks[a] + node_ranks[b]) // 2
            items.append(Item(rank, label_of=edge if is_label else None))
            route.append(len(items) - 1)
        route += [b] if a != b else []
        for upper, lower in pairwise(route):
            items[upper].after.append(lower)
            items[lower].before.append(upper)
        routes.append(route if a != b else [])
    _assign_lanes(items, groups, routes)
    return Layering(items, _ordered(items, groups), routes, flipped)


def _flipped(count: int, edges: Sequence[tuple[int, int]]) -> list[bool]:
    """Return which edges must be turned so that there are no cycles: those to a node that is still being visited."""
    after: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for index, (a, b) in enumerate(edges):
        after[a].append((b, index))
    flipped = [False] * len(edges)
    state = [0] * count
    into = {b for a, b in edges if a != b}
    for root in sorted(range(count), key=lambda node: node in into):
        stack = [(root, iter(after[root]))] if not state[root] else []
        state[root] = state[root] or 1
        while stack:
            node, rest = stack[-1]
            found = next(rest, None)
            if found is None:
                state[node] = 2
                stack.pop()
            elif state[found[0]] == 1:
                flipped[found[1]] = found[0] != node
            elif state[found[0]] == 0:
                state[found[0]] = 1
                stack.append((found[0], iter(after[found[0]])))
    return flipped


def _ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return the length of the longest path to each node; a node that nothing leads to is right before its next one.

    Nodes without any edge are in ranks that make a grid, with as few empty places as can be.
    """
    if not edges:
        columns = min(
            range(math.isqrt(count - 1) + 1, math.isqrt(2 * count) + 2), key=lambda columns: (-count % columns, columns)
        )
        return [node // columns for node in range(count)]
    edges = [(a, b) for a, b in edges if a != b]
    ranks = [0] * count
    for _ in range(count):
        changed = False
        for a, b in edges:
            if ranks[b] < ranks[a] + 1:
                ranks[b], changed = ranks[a] + 1, True
        if not changed:
            break
    into = {b for _, b in edges}
    for node in range(count):
        following = [ranks[b] for a, b in edges if a == node]
        if node not in into and following:
            ranks[node] = min(following) - 1
    return ranks


def _staggered(ranks: Sequence[int], edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return the ranks with the ends of a wide tree one after the other, so that it is less wide and its type larger.

    These are nodes that lead nowhere and that one edge leads to; a node with many of them keeps them beside each other.
    """
    found = list(ranks)
    sizes, leading, led = Counter(ranks), Counter(a for a, _ in edges), Counter(b for _, b in edges)
    ends: dict[int, list[int]] = {}
    for a, b in edges:
        if sizes[ranks[b]] > WIDE and led[b] == 1 and not leading[b]:
            ends.setdefault(a, []).append(b)
    for siblings in ends.values():
        if len(siblings) <= STAGES:
            for place, node in enumerate(siblings):
                found[node] += place
    return found


def _assign_lanes(items: list[Item], groups: Sequence[int | None], routes: Sequence[Sequence[int]]) -> None:
    """Give each group of several ranks in which there are other nodes a lane of its own, so that none is in its frame.

    In one rank, the nodes of a group are beside each other anyway.
    """
    spans: dict[int, tuple[int, int]] = {}
    for item in items:
        group = groups[item.node] if item.node is not None else None
        if group is not None:
            low, high = spans.get(group, (item.rank, item.rank))
            spans[group] = (min(low, item.rank), max(high, item.rank))
    crowded = {
        group
        for item in items
        if item.node is not None
        for group, (low, high) in spans.items()
        if low < high and low <= item.rank <= high and groups[item.node] != group
    }
    if not crowded:
        return
    for item in items:
        if item.node is not None:
            group = groups[item.node]
            item.lane = group + 1 if group is not None and group in crowded else 0
    for route in routes:
        for index in route[1:-1]:
            items[index].lane = items[route[0]].lane


def _ordered(items: Sequence[Item], groups: Sequence[int | None]) -> list[list[int]]:
    """Return the items of each rank in an order with few crossings: sweeps of barycenters, and swaps of neighbors."""
    ranks: list[list[int]] = [[] for _ in range(max((item.rank for item in items), default=-1) + 1)]
    for index, item in enumerate(items):
        ranks[item.rank].append(index)
    best, fewest = _sorted_by(ranks, items, groups, {}), None
    current = best
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        places = {index: float(place) for rank in current for place, index in enumerate(rank)}
        swept = [list(rank) for rank in current]
        for number in range(len(swept)) if down else range(len(swept) - 1, -1, -1):
            keys = {}
            for index in swept[number]:
                beside = items[index].before if down else items[index].after
                keys[index] = sum(places[each] for each in beside) / len(beside) if beside else places[index]
            swept[number] = _sorted_by([swept[number]], items, groups, keys)[0]
            places.update({index: float(place) for place, index in enumerate(swept[number])})
        current = swept
        count = crossings(current, items)
        if fewest is None or count < fewest:
            best, fewest = [list(rank) for rank in current], count
    return best


def _sorted_by(
    ranks: Sequence[Sequence[int]], items: Sequence[Item], groups: Sequence[int | None], keys: Mapping[int, float]
) -> list[list[int]]:
    """Sort each rank by lanes, then by keys, the nodes of a group beside each other."""
    found = []
    for rank in ranks:
        order = {index: keys.get(index, float(place)) for place, index in enumerate(rank)}
        together: dict[int, list[float]] = {}
        for index in rank:
            group = _group(items[index], groups)
            if group is not None:
                together.setdefault(group, []).append(order[index])
        means = {group: sum(values) / len(values) for group, values in together.items()}

        def key(
            index: int, means: Mapping[int, float] = means, order: Mapping[int, float] = order
        ) -> tuple[float, ...]:
            group = _group(items[index], groups)
            whole = order[index] if group is None else means[group]
            return items[index].lane, whole, -1 if group is None else group, order[index], index

        found.append(sorted(rank, key=key))
    return found


def _group(item: Item, groups: Sequence[int | None]) -> int | None:
    return groups[item.node] if item.node is not None else None


def crossings(ranks: Sequence[Sequence[int]], items: Sequence[Item]) -> int:
    """Count the crossings of edges between each two ranks."""
    count = 0
    for rank in range(len(ranks) - 1):
        place = {index: nth for nth, index in enumerate(ranks[rank + 1])}
        ends = [sorted(place[each] for each in items[index].after) for index in ranks[rank]]
        flat = [end for each in ends for end in each]
        count += sum(a > b for nth, a in enumerate(flat) for b in flat[nth + 1 :])
    return count
