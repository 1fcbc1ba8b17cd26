r"""The leap of a function: how many coordinates it adds at once, at best.

A support is a set of coordinates, here a collection of integers >= 0; the supports of a
function on the cube are the sets of its non-zero Fourier coefficients, the empty set
left out. In the Gaussian case a support is a multi-index of degrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache

import numpy as np

from rfbook.counting import walsh_transform
from rfbook.ranges import integer_from

CENSUS = 4
"""Up to so many bits every function is counted: 2^16 of them."""

MOST = 14
"""Up to so many coordinates families are counted: the numbers have 2^14 digits."""


def masks(supports: Iterable[Iterable[int]]) -> tuple[int, ...]:
    """Return each support as a number whose bit i says whether i belongs to it.

    Parameters
    ----------
    supports : iterable of iterables of int
        Sets of coordinates, integers >= 0.

    Returns
    -------
    tuple of int
        Sorted, each once; the empty set is left out.

    Raises
    ------
    ValueError
        If a coordinate is not an integer >= 0, or stands twice in one support.

    Examples
    --------
    >>> masks([(0, 2), (1,), ()]) == (0b10, 0b101)
    True
    """
    found = set()
    for support in supports:
        entries = _entries("a support", "a coordinate", support)
        if len(set(entries)) < len(entries):
            raise ValueError(f"a support must name a coordinate once, got {support!r}")
        found.add(sum(1 << i for i in entries))
    return tuple(sorted(found - {0}))


def _entries(name: str, entry: str, given) -> list[int]:
    """Return the integers >= 0 of a support or a multi-index."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ValueError(f"{name} must be a set of integers >= 0, got {given!r}")
    return [integer_from(entry, part, 0) for part in given]


def closure(sets: Iterable[int], jump: int) -> int:
    """Return the union that is reached by adding at most `jump` coordinates at a time.

    Parameters
    ----------
    sets : iterable of int
        Supports as bit masks, as `masks` gives them.
    jump : int
        The most new coordinates of a step, >= 0.

    Returns
    -------
    int
        A bit mask.

    Raises
    ------
    ValueError
        If jump < 0.

    Notes
    -----
    Claim: ``leap-obstruction``.

    Examples
    --------
    >>> closure([0b001, 0b011, 0b11100], 1) == 0b00011
    True
    """
    jump, union = integer_from("jump", jump, 0), 0
    rest = list(sets)
    while True:
        near = [S for S in rest if (S & ~union).bit_count() <= jump]
        if not near:
            return union
        for S in near:
            union |= S
        rest = [S for S in rest if S & ~union]


def leap(supports: Iterable[Iterable[int]]) -> int:
    r"""Return the leap of a function on the cube, from its supports.

    .. math:: \operatorname{Leap} = \min_{\text{orders}} \max_i
              \bigl\lvert S_i \setminus (S_1 \cup \dots \cup S_{i-1}) \bigr\rvert

    Parameters
    ----------
    supports : iterable of iterables of int
        The sets of the non-zero Fourier coefficients; the empty set counts for nothing.

    Returns
    -------
    int
        0 if there is no support.

    Raises
    ------
    ValueError
        If a support is not a set of integers >= 0.

    Notes
    -----
    The set with the fewest new coordinates comes first, at each step. Claim:
    ``leap-greedy``. Source: Abbe, Boix-Adsera and Misiakiewicz 2023, definition of the
    leap.

    Examples
    --------
    Supports of disjoint coordinates do not help each other:

    >>> leap([(0,), (0, 1), (2, 3, 4)]) == max(leap([(0,), (0, 1)]), leap([(2, 3, 4)]))
    True
    """
    union, most, rest = 0, 0, list(masks(supports))
    while rest:
        fresh = min((S & ~union).bit_count() for S in rest)
        most = max(most, fresh)
        for S in rest:
            if (S & ~union).bit_count() == fresh:
                union |= S
                break
        rest = [S for S in rest if S & ~union]
    return most


def hermite_leap(indices: Iterable[Iterable[int]]) -> int:
    r"""Return the leap of a function of Gaussian inputs, from its Hermite degrees.

    .. math:: \min_{\text{orders}} \max_i \sum_{j\ \text{new}} (S_i)_j

    where a coordinate j is new in step i if all earlier multi-indices have the degree 0
    there.

    Parameters
    ----------
    indices : iterable of iterables of int
        The multi-indices of the non-zero Hermite coefficients, of one length, with
        entries >= 0.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the lengths differ, or an entry is not an integer >= 0.

    Notes
    -----
    Claim: ``leap-hermite``. Source: Abbe, Boix-Adsera and Misiakiewicz 2023, definition
    of the leap.

    Examples
    --------
    With degrees 0 and 1 only it is the leap of the supports:

    >>> hermite_leap([(1, 0, 0), (1, 1, 1)]) == leap([(0,), (0, 1, 2)])
    True
    """
    rows = [tuple(_entries("a multi-index", "a degree", row)) for row in indices]
    if len({len(row) for row in rows}) > 1:
        raise ValueError(f"multi-indices must have one length, got {rows}")
    rest, seen, most = [row for row in rows if any(row)], set(), 0
    while rest:
        fresh = [sum(k for j, k in enumerate(row) if j not in seen) for row in rest]
        first = min(range(len(rest)), key=fresh.__getitem__)
        most = max(most, fresh[first])
        seen |= {j for j, k in enumerate(rest.pop(first)) if k}
    return most


def supports_of(values) -> list[tuple[int, ...]]:
    r"""Return the sets of the non-zero Fourier coefficients of a function on the cube.

    Parameters
    ----------
    values : array_like of int, shape (2^P,)
        The function at the points p = 0, ..., 2^P - 1, where bit i of p is 1 if
        x_i = -1, as in `rfbook.counting.walsh_transform`.

    Returns
    -------
    list of tuple of int
        Without the empty set.

    Raises
    ------
    ValueError
        If the number of values is not a power of 2, or a value is not an integer.

    Examples
    --------
    The majority of three bits:

    >>> supports_of([1, 1, 1, -1, 1, -1, -1, -1])
    [(0,), (1,), (2,), (0, 1, 2)]
    """
    raw = np.asarray(values)
    if raw.dtype.kind not in "iu":
        raise ValueError(f"values must be integers, got {raw.dtype}")
    sums = walsh_transform(raw)
    bits = len(sums).bit_length() - 1
    return [
        tuple(i for i in range(bits) if S >> i & 1)
        for S in sorted(range(1, len(sums)), key=lambda S: (S.bit_count(), S))
        if sums[S]
    ]


@cache
def full_families(P: int, jump: int) -> int:
    r"""Count the families of sets that cover P coordinates and leap by at most `jump`.

    .. math:: \sum_{k=0}^{P} \binom Pk A_k\, 2^{2^k \sum_{j > l} \binom{P-k}{j}}
              = 2^{2^P - 1}

    Parameters
    ----------
    P : int
        Number of coordinates, 0 <= P <= 14.
    jump : int
        The bound l of the leap, >= 0.

    Returns
    -------
    int
        A_P: families of non-empty subsets of P coordinates, of leap at most l, whose
        union is everything.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Every family has a closure of k coordinates; the sets outside it have more than l
    new ones. Claim: ``leap-count``.

    Examples
    --------
    With any jump allowed these are the covers, counted by inclusion and exclusion:

    >>> full_families(3, 3) == 2**7 - 3 * 2**3 + 3 * 2 - 1
    True
    """
    P, jump = integer_from("P", P, 0), integer_from("jump", jump, 0)
    if P > MOST:
        raise ValueError(f"P must be at most {MOST}, got {P}")
    total = 2 ** (2**P - 1)
    for k in range(P):
        far = sum(math.comb(P - k, j) for j in range(jump + 1, P - k + 1))
        total -= math.comb(P, k) * full_families(k, jump) * 2 ** (2**k * far)
    return total


def families(P: int, jump: int) -> int:
    r"""Count the families of non-empty subsets of P coordinates with a leap <= `jump`.

    .. math:: \sum_k \binom Pk A_k

    Parameters
    ----------
    P, jump : int
        Both >= 0, P at most 14.

    Returns
    -------
    int
        Out of 2^(2^P - 1).

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``leap-count``.

    Examples
    --------
    Of the eight families on two coordinates only the pair alone has leap 2:

    >>> families(2, 1), families(2, 2)
    (7, 8)
    """
    P = integer_from("P", P, 0)
    if P > MOST:
        raise ValueError(f"P must be at most {MOST}, got {P}")
    return sum(math.comb(P, k) * full_families(k, jump) for k in range(P + 1))


def census(P: int) -> list[int]:
    """Count the functions from P bits to 1 and -1 by their leap.

    Parameters
    ----------
    P : int
        Number of bits, 1 <= P <= 4.

    Returns
    -------
    list of int
        The numbers of functions with leap 0, 1, ..., P, of the sum 2^(2^P).

    Raises
    ------
    ValueError
        If P is out of range.

    Notes
    -----
    Claim: ``leap-census``.

    Examples
    --------
    Two bits: two constants, two signed parities of both bits, and the rest:

    >>> census(2)
    [2, 12, 2]
    """
    P = integer_from("P", P, 1)
    if P > CENSUS:
        raise ValueError(f"P must be at most {CENSUS}, got {P}")
    size = 2**P
    values = 1 - 2 * (np.arange(2**size)[:, None] >> np.arange(size) & 1)
    present = np.stack([walsh_transform(row) for row in np.eye(size, dtype=int)])
    held = (values @ present)[:, 1:] != 0
    patterns, counts = np.unique(held, axis=0, return_counts=True)
    found = [0] * (P + 1)
    for pattern, count in zip(patterns, counts, strict=True):
        sets = [S for S in range(1, size) if pattern[S - 1]]
        level = leap([i for i in range(P) if S >> i & 1] for S in sets)
        found[level] += int(count)
    return found
