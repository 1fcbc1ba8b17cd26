"""Functions of n bits: parities, translates, and neurons that make parities.

A point is a number p whose bit i is 1 where x_i = -1; a set S is a number too, and the
parity is (-1)^|p & S|. Sums over the cube are sums of integers.
"""

from fractions import Fraction
from functools import cache
from itertools import combinations
from math import comb

import numpy as np
from sympy import Rational, binomial, ceiling, floor, pi, sympify

from rfbook.claims.counting.known import (
    AT_LEAST,
    AT_MOST,
    CHAPTER,
    EQUAL,
    ERRORS,
    FEATURES,
    SHARE,
    SIZES,
    N,
    epsilon,
    kamath,
    m,
    n,
    value,
)
from rfbook.claims.single_neuron.dimension import distance, orthogonal, vectors_of
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Relation,
    Result,
    Statement,
    every,
    identity,
    unknown,
)

LEVELS = tuple(Fraction(a, 24) for a in (0, 1, 3, 5, 8, 12, 17, 23))


def sign(overlap: int) -> int:
    """Return (-1)^(number of ones)."""
    return -1 if overlap.bit_count() % 2 else 1


@cache
def parities(bits: int) -> tuple[tuple[int, ...], ...]:
    """Return every parity as its values at all points, in the order of the sets."""
    size = range(2**bits)
    return tuple(tuple(sign(p & s) for p in size) for s in size)


def transform(values: list[int]) -> list[int]:
    """Return the sums against all parities, by halves: (f0 + f1, f0 - f1)."""
    if len(values) == 1:
        return values
    half = len(values) // 2
    low, high = transform(values[:half]), transform(values[half:])
    pairs = list(zip(low, high, strict=True))
    return [a + b for a, b in pairs] + [a - b for a, b in pairs]


# --- parities -------------------------------------------------------------------------


def _orthogonal_exact(statement, domain) -> Result:
    """Compare all inner products on the cube with the two values, literally."""

    def compare(bits):
        rows = parities(bits)
        same, other = (
            Fraction(value(formula, n=bits))
            for formula in (statement.same, statement.other)
        )
        for i, a in enumerate(rows):
            for j, b in enumerate(rows[: i + 1]):
                found = Fraction(sum(x * y for x, y in zip(a, b, strict=True)), len(a))
                if found != (same if i == j else other):
                    return False, f"n, sets {i} and {j}: {found} is claimed otherwise"
        return True, "all pairs"

    return every(domain["n"], compare)


def _orthogonal_step(statement, domain) -> Result:
    """Add one bit: the mean over it is the mean of 1 and 1, or of 1 and -1."""
    kept, lost = Fraction(1 + 1, 2), Fraction(1 - 1, 2)
    return every(
        (("same", kept, statement.same), ("other", lost, statement.other)),
        lambda row: (row[1] == row[2], f"{row[0]}: a factor {row[1]} keeps {row[2]}"),
    )


WALSH = Claim(
    id="walsh-orthogonal",
    title="Parities are orthonormal",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[n]]$ and all sets $S, T \\subseteq \\{1, \\dots, n\\}$ let "
        "$\\chi_S(x) = \\prod_{i \\in S} x_i$ and $x$ be uniform on $\\{1, -1\\}^n$. "
        "Then $\\mathbb E\\, \\chi_S(x) \\chi_T(x)$ is $[[same]]$ if $S = T$ and "
        "$[[other]]$ otherwise.",
        {"n": SIZES},
        {"same": sympify(1), "other": sympify(0)},
    ),
    checks=(
        Check(
            "exact",
            "all pairs of sets, n <= 6",
            _orthogonal_exact,
            {"n": Integers(1, 6)},
        ),
        Check("exact", "what one more bit does", _orthogonal_step, role="step"),
    ),
    planted=(
        Planted("not normalised", {"same": 2**n}),
        Planted("right for n = 1: n for 1", {"same": n}, near=True),
        Planted(
            "right for n = 1 and 2: (n - 1)(n - 2) more",
            {"same": 1 + (n - 1) * (n - 2)},
            near=True,
        ),
        Planted("different sets correlate", {"other": 1 / sympify(2) ** n}),
    ),
    weak=Check("exact", "one bit only", _orthogonal_exact, {"n": Integers(1, 1)}),
)


DIM, COUNT = r"\dim V", "N"


def _mean_exact(statement, domain, dependent=True) -> Result:
    """Take spans of small integer functions, with a repeated one among them."""

    def compare(bits):
        size = 2**bits
        rows = [tuple(map(Fraction, row)) for row in parities(bits)]
        rng = np.random.default_rng(bits)
        for number in range(6):
            count = min(1 + number % 3, size)
            basis = vectors_of(rng.integers(-2, 3, (count, size)))
            if dependent:
                basis.append(basis[0])
            rank = len(orthogonal(basis))
            found = sum(distance(row, basis) for row in rows) / size**2
            what = rank if statement.what == DIM else len(basis)
            bound = value(statement.mean, n=bits, N=what)
            words = f"n, {len(basis)} features of rank {rank}: {found}"
            if not statement.relation.exact(found, bound):
                return False, f"{words} {statement.relation.symbol} {bound}"
        return True, "six spans"

    return every(domain["n"], compare)


MEAN = Claim(
    id="parity-average",
    title="Every space serves the parities alike on average",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[n]]$ and all functions $g_1, \\dots, g_r$ on $\\{1, -1\\}^n$ "
        "with the uniform law let $V$ be their span. Then\n\n"
        "$$\\frac{1}{2^n} \\sum_{S} \\operatorname{dist}(\\chi_S, V)^2 [[relation]] "
        "[[mean]] \\qquad \\text{with } N = [[what]].$$",
        {"n": SIZES},
        {"relation": EQUAL, "mean": 1 - N / 2**n, "what": DIM},
    ),
    uses=("walsh-orthogonal",),
    checks=(
        Check(
            "exact",
            "six spans for each n <= 4, some of dependent functions",
            _mean_exact,
            {"n": Integers(1, 4)},
        ),
    ),
    planted=(
        Planted(
            "the number of features: right where they are independent",
            {"what": "r"},
            near=True,
        ),
        Planted("2^n - 1 for 2^n", {"mean": 1 - N / (2**n - 1)}),
        Planted("right for n = 3: 8 for 2^n", {"mean": 1 - N / 8}, near=True),
        Planted("half the features", {"mean": 1 - N / (2 * 2**n)}),
        Planted("strictly more", {"relation": Relation(">")}),
    ),
    weak=Check(
        "exact",
        "independent functions, n = 3",
        lambda statement, domain: _mean_exact(statement, domain, dependent=False),
        {"n": Integers(3, 3)},
    ),
)


EXACT = ceiling((1 - epsilon) * 2**n)


def _dimension_exact(statement, domain, levels=LEVELS) -> Result:
    """Count points until their indicators leave at most the error, by the transform.

    The indicator of a point has the sums +-1 against all parities, so that N of them
    hold N / 2^n of each; and N features hold no more on average.
    """

    def compare(bits):
        size = 2**bits
        indicator = [0] * size
        indicator[size - 1] = 1
        shares = {a * a for a in transform(indicator)}
        twice = transform(transform(indicator))
        if shares != {1} or twice != [size * a for a in indicator]:
            return False, f"n: one point holds {shares} of each parity"
        for error in levels:
            least = next(c for c in range(size + 1) if size - c <= error * size)
            claimed = value(statement.value, n=bits, varepsilon=error)
            if least != claimed:
                return False, f"n, error {error}: {least} = {claimed}"
        return True, "all errors"

    return every(domain["n"], compare)


DIMENSION = Claim(
    id="parity-dimension",
    title="Parities: the number of features exactly",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[n]]$ and $[[varepsilon]]$ the least $N$ for which a random space "
        "$V$ with $\\dim V \\le N$ has $\\mathbb E \\operatorname{dist}(\\chi_S, V)^2 "
        "\\le \\varepsilon$ for all $S$, for uniform $x \\in \\{1, -1\\}^n$, is\n\n"
        "$$[[value]].$$\n\n"
        "The indicators of any so many points span a fixed $V$ that does it.",
        {"n": SIZES, "varepsilon": SHARE},
        {"value": EXACT},
    ),
    sources=(kamath("Theorem 19", "sharper"),),
    uses=("parity-average", "counting-average"),
    checks=(
        Check(
            "exact",
            "every n <= 12, eight errors, by the fast Walsh-Hadamard transform",
            _dimension_exact,
            {"n": Integers(1, 12)},
            "step",
        ),
    ),
    planted=(
        Planted(
            "rounded down: right where nothing is rounded",
            {"value": floor((1 - epsilon) * 2**n)},
            near=True,
        ),
        Planted(
            "the error of the halved loss: right for error 0",
            {"value": ceiling((1 - 2 * epsilon) * 2**n)},
            near=True,
        ),
        Planted("one parity less", {"value": ceiling((1 - epsilon) * (2**n - 1))}),
        Planted("half of it", {"value": ceiling((1 - epsilon) * 2 ** (n - 1))}),
    ),
    weak=Check(
        "exact",
        "error 0 only",
        lambda statement, domain: _dimension_exact(statement, domain, LEVELS[:1]),
        {"n": Integers(1, 12)},
        "step",
    ),
    spec="frontier-2",
)


def _universal_exact(statement, domain, sizes=None) -> Result:
    """Take all classes of functions of the statement's values on three points.

    The indicators of N of M points leave the mean square over the others.
    """

    def compare(size):
        for count in range(size + 1):
            for top in range(2**size):
                f = [1 if top >> i & 1 else statement.low for i in range(size)]
                found = Fraction(sum(a * a for a in f[count:]), size)
                bound = value(statement.left, N=count, m=size)
                if not statement.relation.exact(found, bound):
                    return False, f"M, N = {count}, f = {f}: {found} is not {bound}"
        return True, "all functions"

    return every(sizes or range(1, 6), compare)


UNIVERSAL = Claim(
    id="points-suffice",
    title="No class of signs needs more than the parities",
    chapter=CHAPTER,
    statement=Statement(
        "Let $x$ be uniform on $m$ points, $N \\le m$, and $V$ be spanned by the "
        "indicators of $N$ of them. Every function $f$ with values in "
        "$\\{1, [[low]]\\}$ has\n\n"
        "$$\\operatorname{dist}(f, V)^2 [[relation]] [[left]].$$",
        {},
        {
            "low": -1,
            "relation": EQUAL,
            "left": 1 - N / m,
        },
    ),
    checks=(
        Check(
            "exact", "all functions on at most 5 points", _universal_exact, role="step"
        ),
    ),
    planted=(
        Planted("values 0 and 1", {"low": 0}),
        Planted("N features hold nothing", {"left": sympify(1)}),
        Planted(
            "right for N = 0 and N = m: the share squared",
            {"left": 1 - (N / m) ** 2},
            near=True,
        ),
        Planted(
            "right for N = 0: squared",
            {"left": (1 - N / m) ** 2},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "one point",
        lambda statement, domain: _universal_exact(statement, domain, (1,)),
        role="step",
    ),
)


# --- translates -----------------------------------------------------------------------

SQUARES = r"\hat f(S)^2"
MODULI = r"\lvert \hat f(S) \rvert"


def _functions(bits: int) -> list[list[int]]:
    """Return the majority with ties to 1, a conjunction, and two random functions."""
    size = range(2**bits)
    rng = np.random.default_rng(bits)
    return [
        [1 if 2 * p.bit_count() <= bits else -1 for p in size],
        [1 if p else -1 for p in size],
        [int(a) for a in rng.integers(0, 2, 2**bits) * 2 - 1],
        [int(a) for a in rng.integers(-2, 3, 2**bits)] if bits else [1],
    ]


def _kept(statement, energies: list[Fraction], share: Fraction) -> int:
    """Return how many energies the statement takes, in its order, to reach a share."""
    order = sorted(energies, reverse=statement.order == "largest")
    total, count = Fraction(0), 0
    while total < share:
        total, count = total + order[count], count + 1
    return count


def _translate_exact(statement, domain, functions=_functions) -> Result:
    """Compare with the eigenvalues of the Gram matrix of all translates.

    The matrix depends on the product of two translates only, so that the parities are
    its eigenvectors. By symmetry the least N is the least that leaves at most 2^n
    epsilon of the sum of the eigenvalues.
    """

    def compare(bits):
        size = 2**bits
        for f in functions(bits):
            row = [sum(f[p] * f[p ^ a] for p in range(size)) for a in range(size)]
            exact = [Fraction(e, row[0] * size) for e in transform(row)]
            if statement.energy == SQUARES:
                energies = [Fraction(a * a, row[0] * size) for a in transform(f)]
            elif row[0] == size:  # norm 1, so that the moduli are rational
                energies = [Fraction(abs(a), size) for a in transform(f)]
            else:
                continue
            exact.sort(reverse=True)
            for error in LEVELS:
                known = next(
                    c for c in range(size + 1) if sum(exact[c:], Fraction(0)) <= error
                )
                share = min(value(statement.share, varepsilon=error), sum(energies))
                found = _kept(statement, energies, share)
                if found != known:
                    words = f"n, f = {f}, error {error}"
                    return False, f"{words}: {found} features, {known} are needed"
        return True, "four functions"

    return every(domain["n"], compare)


TRANSLATES = Claim(
    id="translate-dimension",
    title="All translates of one function",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[n]]$ and $[[varepsilon]]$ let $f$ be a function on "
        "$\\{1, -1\\}^n$, $x$ uniform, $\\lVert f \\rVert = 1$, "
        "$\\hat f(S) = \\mathbb E f(x) \\chi_S(x)$, and "
        "$f_a(x) = f(a_1 x_1, \\dots, a_n x_n)$ for $a \\in \\{1, -1\\}^n$. The least "
        "$N$ for which a random space $V$ with $\\dim V \\le N$ has "
        "$\\mathbb E \\operatorname{dist}(f_a, V)^2 \\le \\varepsilon$ for all $a$ "
        "is the least $N$ for which the $N$ [[order]] of the numbers $[[energy]]$ have "
        "a sum of at least $[[share]]$.",
        {"n": SIZES, "varepsilon": SHARE},
        {"order": "largest", "energy": SQUARES, "share": 1 - epsilon},
    ),
    uses=("walsh-orthogonal", "counting-transitive"),
    checks=(
        Check(
            "exact",
            "four functions for each n <= 6, eight errors",
            _translate_exact,
            {"n": Integers(1, 6)},
            "step",
        ),
    ),
    planted=(
        Planted("the smallest", {"order": "smallest"}),
        Planted("the moduli: right for one parity", {"energy": MODULI}, near=True),
        Planted("half the error: right for error 0", {"share": 1 - epsilon / 2}, True),
        Planted("the error for its complement", {"share": epsilon}),
    ),
    weak=Check(
        "exact",
        "one parity, whose translates are itself and its negative",
        lambda statement, domain: _translate_exact(
            statement, domain, lambda bits: [list(parities(bits)[-1])]
        ),
        {"n": Integers(2, 2)},
        "step",
    ),
)


PRODUCTS = r"p_1 p_{n/2 + 1} + \dots + p_{n/2} p_n"
SUMS = r"p_1 + \dots + p_n"
RING = r"p_1 p_2 + \dots + p_{n-1} p_n + p_n p_1"


def _exponents(form: str, bits: int) -> list[int]:
    """Return the exponent of -1 at every point."""
    rows = []
    for p in range(2**bits):
        bit = [p >> i & 1 for i in range(bits)]
        half = bits // 2
        if form == PRODUCTS:
            rows.append(sum(bit[i] * bit[i + half] for i in range(half)))
        elif form == SUMS:
            rows.append(sum(bit))
        else:
            pairs = sum(bit[i] * bit[i + 1] for i in range(bits - 1))
            rows.append(pairs + (bit[-1] * bit[0] if form == RING else 0))
    return rows


def _bent_exact(statement, domain) -> Result:
    """Transform the function: all sums must have the modulus claimed."""

    def compare(bits):
        sums = transform([(-1) ** e for e in _exponents(statement.form, bits)])
        claimed = value(statement.modulus, n=bits)
        found = {Fraction(abs(a), 2**bits) for a in sums}
        return found == {claimed}, f"n: moduli {sorted(found)[:3]} are {claimed}"

    return every(domain["n"], compare)


def _bent_step(statement, domain) -> Result:
    """Sum over the first half: only one value of the second half contributes.

    Over p the sum of (-1)^(<p, r> + <p, s>) is 2^(n/2) if r = s and 0 otherwise, so
    that one term of the 2^(n/2) terms +-2^(n/2) is left, of 2^n points.
    """
    if statement.form != PRODUCTS:
        return unknown("the argument is for the pairing of the halves")
    return identity(2 ** (n / 2) / 2**n, statement.modulus)


BENT = Claim(
    id="bent-function",
    title="One function whose translates are as hard as all parities",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[n]]$ let $p_i$ be 1 if $x_i = -1$ and 0 otherwise, and\n\n"
        "$$f(x) = (-1)^{[[form]]} .$$\n\n"
        "Every Fourier coefficient of $f$ has the modulus $[[modulus]]$. So the $2^n$ "
        "translates of $f$ are orthonormal up to their sign and need as many features "
        "as the parities.",
        {"n": Integers(2, step=2)},
        {"form": PRODUCTS, "modulus": 2 ** (-n / 2)},
    ),
    uses=("translate-dimension",),
    checks=(
        Check(
            "exact",
            "all coefficients, n <= 12",
            _bent_exact,
            {"n": Integers(2, 12)},
        ),
        Check("symbolic", "one half summed out", _bent_step, role="step"),
    ),
    planted=(
        Planted("the sum of the bits", {"form": SUMS}),
        Planted("a ring of products: wrong already for two bits", {"form": RING}),
        Planted(
            "right for n = 2: half the modulus per two bits",
            {"modulus": 2 ** (1 - n)},
            near=True,
        ),
        Planted("the square", {"modulus": 2 ** (-n)}),
    ),
    weak=Check("exact", "two bits only", _bent_exact, {"n": Integers(2, 2)}),
)


FIRST = n * binomial(n - 1, (n - 1) / 2) ** 2 / 4 ** (n - 1)


def _majority_exact(statement, domain) -> Result:
    """Transform the majority, for few bits, and count pivotal points for more.

    Bit i decides where the others are tied: C(n-1, (n-1)/2) of 2^(n-1) points.
    """

    def compare(bits):
        tied = Fraction(comb(bits - 1, bits // 2), 2 ** (bits - 1))
        found = bits * tied**2
        if bits <= 11:
            sums = transform(
                [1 if 2 * p.bit_count() < bits else -1 for p in range(2**bits)]
            )
            found = sum(Fraction(sums[1 << i], 2**bits) ** 2 for i in range(bits))
        claimed = value(statement.energy, n=bits)
        return found == claimed, f"n: {found} = {claimed}"

    return every(domain["n"], compare)


def _majority_limit(statement, domain) -> Result:
    """Show that the energy falls from n to n + 2, and where it stands at n = 2001.

    By Wallis' product the limit is 2 / pi, and the value lies between the limit and
    the limit times 1 + 1 / n.
    """
    from rfbook.ledger import exact_ball

    ratio = (n + 2) / n * (n / (n + 1)) ** 2
    fall = identity(ratio, 1 - 1 / (n + 1) ** 2)
    if fall.verdict.value != "HOLDS":
        return fall
    rows = []
    for bits in (101, 501, 2001):
        tied = Fraction(comb(bits - 1, bits // 2), 2 ** (bits - 1))
        at = exact_ball(bits * tied**2)
        limit = exact_ball(statement.limit)
        rows.append(
            (bits, bool(limit < at < limit * (1 + exact_ball(Fraction(1, bits)))))
        )
    return every(
        rows, lambda row: (row[1], f"the value is in (limit, limit (1 + 1/{row[0]}))")
    )


MAJORITY = Claim(
    id="majority-first-degree",
    title="What single bits hold of the majority",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[n]]$ the majority of $n$ bits has the energy\n\n"
        "$$\\sum_{i=1}^n \\hat f(\\{i\\})^2 = [[energy]],$$\n\n"
        "which falls with $n$ to the limit $[[limit]]$. So $n$ features, the single "
        "bits, leave less than $1 - [[limit]]$ of every translate.",
        {"n": Integers(1, step=2)},
        {"energy": FIRST, "limit": 2 / pi},
    ),
    uses=("translate-dimension",),
    checks=(
        Check(
            "exact",
            "n <= 101: by the transform up to 11, then by pivotal points",
            _majority_exact,
            {"n": Integers(1, 101)},
        ),
        Check("interval", "the fall and the limit", _majority_limit, role="step"),
    ),
    planted=(
        Planted(
            "right for n = 1: not squared",
            {"energy": n * binomial(n - 1, (n - 1) / 2) / 2 ** (n - 1)},
            True,
        ),
        Planted("31/50 for 2/pi", {"limit": Rational(31, 50)}, near=True),
        Planted(
            "n dropped", {"energy": binomial(n - 1, (n - 1) / 2) ** 2 / 4 ** (n - 1)}
        ),
        Planted("the limit 1", {"limit": sympify(1)}),
    ),
    weak=Check("exact", "one bit", _majority_exact, {"n": Integers(1, 1)}),
)


# --- neurons on the cube --------------------------------------------------------------

k = epsilon.func("k", integer=True, nonnegative=True)
s = epsilon.func("s", integer=True, positive=True)


def _relus_exact(statement, domain) -> Result:
    """Sum the neurons at t = 0, ..., s, and the moduli of their weights."""

    def compare(size):
        first = value(statement.first)
        weights = [first] + [value(statement.weight, k=j) for j in range(1, size)]
        for t in range(size + 1):
            found = 1 + sum(c * max(t - j, 0) for j, c in enumerate(weights))
            if found != (-1) ** t:
                return False, f"s, t = {t}: {found} = {(-1) ** t}"
        total, claimed = sum(map(abs, weights)), value(statement.total, s=size)
        return total == claimed, f"s: the moduli sum to {total} = {claimed}"

    return every(domain["s"], compare)


RELUS = Claim(
    id="parity-from-relus",
    title="A parity of s bits out of s neurons",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[s]]$ and $t = 0, 1, \\dots, s$\n\n"
        "$$(-1)^t = 1 + c_0\\, [t]_+ + \\sum_{k=1}^{s-1} c_k\\, [t - k]_+ , \\qquad "
        "c_0 = [[first]], \\quad c_k = [[weight]],$$\n\n"
        "with $\\sum_k \\lvert c_k \\rvert = [[total]]$.",
        {"s": SIZES},
        {"first": sympify(-2), "weight": 4 * (-1) ** (k + 1), "total": 4 * s - 2},
    ),
    checks=(Check("exact", "every t, s <= 40", _relus_exact, {"s": Integers(1, 40)}),),
    planted=(
        Planted("the first weight -4", {"first": sympify(-4)}),
        Planted(
            "the sign of the others: right for s = 1", {"weight": 4 * (-1) ** k}, True
        ),
        Planted("2 for 4: right for s = 1", {"weight": 2 * (-1) ** (k + 1)}, near=True),
        Planted("4 s for the moduli", {"total": 4 * s}),
    ),
    weak=Check("exact", "s = 1 only", _relus_exact, {"s": Integers(1, 1)}),
)


def _neurons(bits: int) -> list[tuple[Fraction, ...]]:
    """Return [t - k]_+ for the number t of ones in S, every S and k < |S|."""
    rows = []
    for size in range(1, bits + 1):
        for chosen in combinations(range(bits), size):
            mask = sum(1 << i for i in chosen)
            for shift in range(size):
                rows.append(
                    tuple(
                        Fraction(max((p & mask).bit_count() - shift, 0))
                        for p in range(2**bits)
                    )
                )
    return rows


def _neuron_exact(statement, domain) -> Result:
    """Take spans of neurons, of parities and of nothing; find the worst neuron."""

    def compare(bits):
        size, neurons = 2**bits, _neurons(bits)
        waves = [tuple(map(Fraction, row)) for row in parities(bits)]
        for count in range(size + 1):
            for basis in (neurons[:count], waves[:count]):
                worst = max(distance(f, basis) for f in neurons) / size
                held = len(orthogonal(basis))
                bound = value(statement.bound, n=bits, varepsilon=worst)
                if not statement.relation.exact(Fraction(held), bound):
                    words = f"n, error {worst}: {held} {statement.relation.symbol}"
                    return False, f"{words} {bound}"
        return True, "all spans"

    return every(domain["n"], compare)


def _neuron_proof(statement, domain) -> Result:
    """Add the constant to V; a parity is at most sum |c_k| neurons away.

    E dist(chi_S, V+)^2 <= (4 n - 2)^2 epsilon, and dim V+ <= N + 1.
    """
    if statement.relation != AT_LEAST:
        return unknown("the argument gives >=")
    total = RELUS.statement.total.subs(s, n)
    return identity((1 - total**2 * epsilon) * 2**n - 1, statement.bound)


NEURON = Claim(
    id="cube-neuron-bound",
    title="One neuron on the cube",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[n]]$, $[[N]]$ and $[[varepsilon]]$ let $x$ be uniform on "
        "$\\{1, -1\\}^n$ and $V$ a random space with $\\dim V \\le N$. If "
        "$\\mathbb E \\operatorname{dist}(f, V)^2 \\le \\varepsilon$ for every neuron "
        "$f(x) = [\\langle w, x \\rangle + b]_+$ with $w \\in \\{0, -\\frac12\\}^n$ "
        "and $\\lvert b \\rvert \\le \\frac n2$, then\n\n$$N [[relation]] [[bound]].$$",
        {"n": SIZES, "N": FEATURES, "varepsilon": ERRORS},
        {"relation": AT_LEAST, "bound": (1 - (4 * n - 2) ** 2 * epsilon) * 2**n - 1},
    ),
    sources=(kamath("Theorem 21", "background"),),
    uses=("parity-from-relus", "parity-average"),
    checks=(
        Check(
            "exact",
            "spans of neurons and of parities, n <= 3",
            _neuron_exact,
            {"n": Integers(1, 3)},
            "step",
        ),
        Check("symbolic", "the triangle inequality", _neuron_proof, role="step"),
    ),
    planted=(
        Planted(
            "the constant forgotten",
            {"bound": (1 - (4 * n - 2) ** 2 * epsilon) * 2**n},
        ),
        Planted(
            "the error forgotten: right for error 0",
            {"bound": sympify(2) ** n - 1},
            True,
        ),
        Planted(
            "4 n - 3 for 4 n - 2",
            {"bound": (1 - (4 * n - 3) ** 2 * epsilon) * 2**n - 1},
        ),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check(
        "exact",
        "all neurons themselves, n = 1",
        lambda statement, domain: every(
            [1],
            lambda bits: (
                statement.relation.exact(
                    Fraction(1), value(statement.bound, n=1, varepsilon=0)
                ),
                "n: one feature, error 0",
            ),
        ),
        {"n": Integers(1, 1)},
        "step",
    ),
    spec="frontier-2",
)


CLAIMS = (
    WALSH,
    MEAN,
    DIMENSION,
    UNIVERSAL,
    TRANSLATES,
    BENT,
    MAJORITY,
    RELUS,
    NEURON,
)
