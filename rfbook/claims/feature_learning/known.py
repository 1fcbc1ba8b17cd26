"""Symbols of the chapter, and Gaussian moments from the definition alone."""

from functools import lru_cache

from sympy import Integer, Rational, S, Symbol, factorial, gamma, pi, sqrt

from rfbook.ledger import Integers, Reals, Relation

CHAPTER = "feature-learning"

a = Symbol("a", real=True)
c = Symbol("c", positive=True)
d = Symbol("d", integer=True, positive=True)
eta = Symbol("eta", positive=True)
k = Symbol("k", integer=True, positive=True)
n = Symbol("n", integer=True, positive=True)
N = Symbol("N", integer=True, nonnegative=True)
s = Symbol(r"\hat{\sigma}_k", positive=True)
t = Symbol("t", real=True)
tau = Symbol("tau", nonnegative=True)

AT_MOST, AT_LEAST, EQUAL = Relation("<="), Relation(">="), Relation("=")
DEGREES = Integers(1)
SIZES = Integers(2)
OVERLAPS = Reals(-1, 1, open_low=True, open_high=True)

HIDDEN = "only the abstract was read"
QUOTED = "only the abstract was read; the orders as later papers quote them"


def moment(power: int):
    """Return E g^power, from the recursion by parts."""
    if power % 2:
        return S.Zero
    return Integer(1) if power < 2 else (power - 1) * moment(power - 2)


def half_moment(power: int):
    """Return E g^power over g > 0: an integral that is a value of gamma."""
    return 2 ** (Rational(power, 2) - 1) * gamma(Rational(power + 1, 2)) / sqrt(pi)


@lru_cache(maxsize=4096)
def pair_moment(i: int, j: int):
    """Return E a^i b^j of two normal numbers with the covariance t, a polynomial.

    By parts: E a^i b^j = (i - 1) E a^(i-2) b^j + j t E a^(i-1) b^(j-1).
    """
    if i == 0:
        return moment(j)
    value = j * t * pair_moment(i - 1, j - 1) if j else S.Zero
    if i > 1:
        value += (i - 1) * pair_moment(i - 2, j)
    return value.expand() if value else S.Zero


def monic(degree: int) -> list[int]:
    """Return the coefficients of He_k, lowest first: by its explicit sum."""
    row = [0] * (degree + 1)
    for j in range(degree // 2 + 1):
        count = factorial(degree) / (factorial(j) * factorial(degree - 2 * j))
        row[degree - 2 * j] = int((-1) ** j * count / 2**j)
    return row


def pair_mean(left: list, right: list, with_a: int = 0, with_b: int = 0):
    """Return the mean of p(a) q(b) a^i b^j for polynomials p and q."""
    total = S.Zero
    for i, x in enumerate(left):
        for j, y in enumerate(right):
            if x and y:
                total += x * y * pair_moment(i + with_a, j + with_b)
    return total.expand()
