"""Averages and probabilities in the source's proof, mended.

In the order of that proof; the printed steps are in `printed`. The wave is psi_a with
a = 6d^2 + 1 at norm d.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache, reduce
from itertools import permutations, product
from math import prod
from operator import and_

from flint import arb, ctx
from sympy import (
    Matrix,
    Poly,
    Rational,
    simplify,
    symbols,
    sympify,
)

from rfbook.claims.neuron_proof.sources import CHAPTER, later, printed
from rfbook.claims.neuron_proof.steps import (
    AT_LEAST,
    AT_MOST,
    LINEAR,
    MORE,
    POSITIVE,
    POWERS,
    PROOF,
    SQUARE,
    UNREAD,
    N,
    a,
    d,
    delta,
    number,
    p,
)
from rfbook.claims.psi.moments import ball, beyond, density, relu_moment
from rfbook.claims.psi.remainder import PAPER
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Space,
    Statement,
    every,
    every_ball,
    exact_ball,
    holds,
    unknown,
)

# --- the first moment of one correlation ----------------------------------------------


def _moment_root(statement, domain) -> Result:
    """Bound the first moment by the root of the second."""
    known = PAPER.statement
    if statement.size != LINEAR or statement.relation != AT_MOST:
        return unknown("the root of a second moment bounds linearly and from above")
    if simplify(2 * statement.rate - known.exponent) != 0:
        return unknown("the rate is not half of that of the second moment")
    if not statement.factor**2 - known.factor >= 0:
        return unknown(f"{statement.factor}^2 is below {known.factor}")
    if simplify(statement.rate - statement.allowed - statement.left) != 0:
        return unknown("the two exponents do not add up to the third")
    return holds(f"{statement.factor}^2 >= {known.factor}; the exponents agree")


@cache
def aligned_moment(bits: int) -> arb:
    """Enclose E_w |<f, psi_w>| for d = 1, w = 1 or -1, f = psi_1 / |psi_1|.

    For a = 7 the sum psi(g) + psi(-g) vanishes for |g| <= 7 and is 7 - |g| beyond, so
    that <psi_1, psi_{-1}> is -|psi_1|^2 up to 2 E [g^2; |g| > 7].
    """
    with ctx.workprec(bits):
        square, seven = relu_moment(Fraction(1), 7), arb(7)
        off = 4 * (seven * density(seven) + beyond(seven))
        across = square + off.union(-off)
        return (square + across) / (2 * square.sqrt())


def _moment_balls(statement, domain, norms=("1/10", "1", "10")) -> Result:
    factor, rate, left, allowed = (
        exact_ball(sympify(part).subs(d, 1))
        for part in (
            statement.factor,
            statement.rate,
            statement.left,
            statement.allowed,
        )
    )

    def sides(norm):
        if norm == "e^allowed":
            largest = allowed.exp()
            return largest * aligned_moment(128), factor * (-left).exp()
        size = ball(Fraction(norm))
        bound = factor * (-rate).exp() * size ** POWERS[statement.size]
        return size * aligned_moment(128), bound

    with ctx.workprec(128):
        return every_ball([*norms, "e^allowed"], sides, statement.relation)


FIRST_MOMENT = Claim(
    id="first-moment",
    title="The first moment of one correlation",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[f]]$, with $a = 6 d^2 + 1$ and $w$ uniform on the "
        "sphere of radius $d$,\n\n"
        "$$\\mathbb E_w \\lvert \\langle f, \\psi_{a,w} \\rangle \\rvert [[relation]] "
        "[[factor]]\\, e^{-[[rate]]}\\, [[size]].$$\n\n"
        "So $\\lVert f \\rVert \\le e^{[[allowed]]}$ gives at most "
        "$[[factor]]\\, e^{-[[left]]}$.",
        {"d": Integers(1), "f": Space("L^2(\\gamma_d)")},
        {
            "relation": AT_MOST,
            "factor": Rational(201, 200),
            "rate": d / 4,
            "size": LINEAR,
            "allowed": d / 40,
            "left": 9 * d / 40,
        },
    ),
    sources=(printed(f"{PROOF}, first display", "corrects", UNREAD),),
    uses=("psi-correlation-paper",),
    corrects="printed-first-moment",
    checks=(
        Check(
            "symbolic",
            "the root of the second moment, for symbolic d",
            _moment_root,
            given=("psi-correlation-paper",),
            role="step",
        ),
        Check(
            "interval",
            "d = 1 and multiples of psi_w itself",
            lambda statement, domain: _moment_balls(statement, domain),
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the square of the norm: right where the norm is 1", {"size": SQUARE}, True
        ),
        Planted("the whole exponent d", {"rate": d}),
        Planted("half of the factor", {"factor": Rational(1, 2)}),
        Planted("the norm up to e^(d/2)", {"allowed": d / 2}),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "interval",
        "a norm of 1 only",
        lambda statement, domain: _moment_balls(statement, domain, ("1",)),
        role="step",
    ),
    spec="YS-4.2.a",
)


# --- turning the target by turning the features ---------------------------------------

JOINTLY = "$MW$ has the law of $W$ for every orthogonal matrix $M$"
BY_COLUMN = (
    "each column of $MW$ has the law of that column of $W$ for every orthogonal $M$"
)
ORTHOGONAL, INVERTIBLE = "orthogonal", "invertible"
MOVED, UNTURNED = "M^{\\mathsf T} W", "M W"
ONE_NORM, ANY_NORM = "of the same norm", "of any norms"


def gaussian_mean(poly: Poly) -> Fraction:
    """Return the mean of a polynomial in independent standard normal numbers."""
    moment = {0: 1, 2: 1, 4: 3, 6: 15, 8: 105}
    total = Fraction(0)
    for powers, value in poly.terms():
        if all(power % 2 == 0 for power in powers):
            share = prod(moment[power] for power in powers)
            total += Fraction(int(value.p), int(value.q)) * share
    return total


OUTER = (lambda y, z: y + z, lambda y, z: y**2 * z + z)
PROFILE = (lambda z: z, lambda z: z**3 - 2 * z + 1)


def inner(columns: Matrix, w: Matrix, which: int) -> Fraction:
    """Return <f_W, profile_w> exactly, for a polynomial f and a polynomial profile."""
    size = w.shape[0]
    x = symbols(f"x:{size}")
    first, second, argument = (
        Poly(form, *x) for form in columns.row_join(w).T * Matrix(x)
    )
    return gaussian_mean(OUTER[which](first, second) * PROFILE[which](argument))


def signed_permutations(size: int) -> list[Matrix]:
    """List the orthogonal matrices with entries 0, 1 and -1."""
    rows = permutations(Matrix.eye(size).tolist())
    signs = product((1, -1), repeat=size)
    return [Matrix.diag(*s) * Matrix(order) for order, s in product(rows, signs)]


def orbit(law: str, size: int) -> list[Matrix]:
    """List the values of a W with two columns, uniform under the signed permutations.

    By column alone the second may be the first with one coordinate's sign changed.
    """
    first = Matrix([3, 1, 2][:size])
    second = Matrix([1, 4, -2][:size])
    flip = Matrix.diag(*[1] + [-1] * (size - 1))
    found = []
    for turn in signed_permutations(size):
        turned = turn * first
        other = {JOINTLY: turn * second, BY_COLUMN: flip * turned}[law]
        found.append(turned.row_join(other))
    return found


def _turns(kind: str) -> list[Matrix]:
    """Return rational matrices of the plane, of the kind that the statement names."""
    turns = [Matrix([[0, 1], [1, 0]]), Matrix([[3, -4], [4, 3]]) / 5]
    return turns if kind == ORTHOGONAL else [*turns, Matrix([[2, 1], [0, 1]])]


def _rotation_identity(statement, domain) -> Result:
    columns, w = Matrix([[3, 1], [1, 4]]), Matrix([1, 2])
    moved = {
        MOVED: lambda turn: turn.T * columns,
        UNTURNED: lambda turn: turn * columns,
    }

    def compare(name):
        turn, which = points[name]
        left = inner(columns, turn * w, which)
        right = inner(moved[statement.moved](turn), w, which)
        return left == right, f"{left} = {right}"

    points = {
        f"M = {turn.tolist()}, f number {which}": (turn, which)
        for turn, which in product(_turns(statement.kind), (0, 1))
    }
    return every(points, compare)


def _rotation_law(statement, domain, directions=2) -> Result:
    """Compare the mean modulus at several w, for W uniform on a finite orbit."""

    def compare(point):
        size, which = point
        start = Matrix([2, 1, 0][:size])
        others = [turn * start for turn in signed_permutations(size)][-directions:]
        if statement.which == ANY_NORM:
            others.append(2 * start)
        values = [
            sum(abs(inner(columns, w, which)) for columns in orbit(statement.law, size))
            for w in [start, *others]
        ]
        words = f"sums over the orbit at {[list(w) for w in [start, *others]]}"
        return len(set(values)) == 1, f"{words}: {[str(v) for v in values]} equal"

    return every(product(domain["d"], (0, 1)), compare)


JOINT_ROTATION = Claim(
    id="joint-rotation",
    title="Turning the target by turning the features",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, for $f \\colon \\mathbb R^k \\to \\mathbb R$ and "
        "$\\psi \\colon \\mathbb R \\to \\mathbb R$ such that $f_W(x) = "
        "f(W^{\\mathsf T} x)$ and $\\psi_w(x) = \\psi(\\langle w, x \\rangle)$ have "
        "finite norms, and for every [[kind]] matrix $M$,\n\n"
        "$$\\langle f_W, \\psi_{M w} \\rangle = "
        "\\langle f_{[[moved]]}, \\psi_w \\rangle.$$\n\n"
        "If [[law]], then $\\mathbb E_W \\lvert \\langle f_W, \\psi_w \\rangle "
        "\\rvert$ is the same for all $w$ [[which]].",
        {"d": Integers(2)},
        {"kind": ORTHOGONAL, "moved": MOVED, "law": JOINTLY, "which": ONE_NORM},
    ),
    sources=(
        printed(
            f"{PROOF}, the display before equation (4)",
            "corrects",
            "The later text turns the norm of the difference instead, which is right.",
        ),
    ),
    corrects="printed-modulus",
    checks=(
        Check(
            "exact",
            "polynomial f and psi, rational matrices of the plane",
            _rotation_identity,
            role="step",
        ),
        Check(
            "exact",
            "W uniform on an orbit of the signed permutations",
            _rotation_law,
            {"d": Integers(2, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("uniform columns, but not jointly", {"law": BY_COLUMN}, near=True),
        Planted(
            "M on the wrong side: right for symmetric M", {"moved": UNTURNED}, True
        ),
        Planted("any invertible matrix", {"kind": INVERTIBLE}),
        Planted("for w of any norms", {"which": ANY_NORM}),
    ),
    weak=Check(
        "exact",
        "one direction in the plane",
        lambda statement, domain: _rotation_law(statement, domain, 1),
        {"d": Integers(2, 2)},
        role="step",
    ),
    spec="YS-4.2.b",
)


# --- Markov's inequality for all features at once -------------------------------------


def _spread(count: int, allowed: Fraction, value: Fraction, apart: bool):
    """Return X_1, ..., X_N on finitely many atoms, with means as large as allowed.

    Each X_i is ``value`` on an event of probability allowed / value and 0 elsewhere;
    the events are disjoint, or one and the same.
    """
    chance = min(Fraction(1), allowed / value)
    if not apart:
        chances, rows = [chance, 1 - chance], [[value, 0]] * count
    else:
        chances = [chance] * count + [1 - count * chance]
        rows = [
            [value if k == i else 0 for k in range(count + 1)] for i in range(count)
        ]
    return chances, rows


def _markov_probabilities(chances, rows, threshold):
    """Return P(max X_i <= threshold) and P(mean of the X_i <= threshold)."""
    atoms = range(len(chances))
    largest = [max(row[k] for row in rows) for k in atoms]
    mean = [Fraction(sum(row[k] for row in rows), len(rows)) for k in atoms]
    return tuple(
        sum(chances[k] for k in atoms if values[k] <= threshold)
        for values in (largest, mean)
    )


def _markov_claims(statement, count, small, chances, rows) -> tuple[bool, str]:
    both = _markov_probabilities(chances, rows, small)
    for name, got, lost in zip(
        ("max", "mean"), both, (statement.all, statement.average), strict=True
    ):
        bound = 1 - number(lost, N=count, delta=small)
        if not statement.relation.exact(got, bound):
            return False, f"{name}: {got} {statement.relation.symbol} {bound}"
    return True, ""


def _markov_extremes(statement, domain, smalls=("1/1000", "1/40", "1/10")) -> Result:
    """Two-valued X_i that reach their mean; their events disjoint or the same."""

    def compare(point):
        count, small, over, apart = point
        allowed = number(statement.mean, delta=small)
        value = small * (1 + over)
        if apart and count * allowed > value:
            return True, ""
        chances, rows = _spread(count, allowed, value, apart)
        return _markov_claims(statement, count, small, chances, rows)

    over = (Fraction(1, 100), Fraction(1))
    points = product(domain["N"], domain["delta"].among(smalls), over, (True, False))
    return every(points, compare)


def _markov_exhaust(statement, domain) -> Result:
    """Every pair of functions on four equally likely atoms, with values 0, ..., 4."""
    quarter, small = Fraction(1, 4), Fraction(1, 2)
    allowed = number(statement.mean, delta=small)
    values = [Fraction(k, 4) for k in range(5)]
    rows = [row for row in product(values, repeat=4) if sum(row) * quarter <= allowed]

    def compare(pair):
        return _markov_claims(statement, 2, small, [quarter] * 4, pair)

    if 2 not in domain["N"] or not domain["delta"].among((small,)):
        return unknown("the pairs are for N = 2 and delta = 1/2")
    return every(product(rows, repeat=2), compare)


MARKOV = Claim(
    id="markov-mean",
    title="All features at once",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[N]]$ and $[[delta]]$, and for random $X_1, \\dots, X_N \\ge 0$ "
        "with $\\mathbb E X_i \\le [[mean]]$,\n\n"
        "$$\\mathbb P\\Big(\\max_i X_i \\le \\delta\\Big) [[relation]] 1 - [[all]], "
        "\\qquad \\mathbb P\\Big(\\frac1N \\sum_{i=1}^N X_i \\le \\delta\\Big) "
        "[[relation]] 1 - [[average]].$$",
        {"N": Integers(1), "delta": POSITIVE},
        {"mean": delta**2, "relation": MORE, "all": N * delta, "average": delta},
    ),
    sources=(printed(f"{PROOF}, the line after equation (4)", "sharper", UNREAD),),
    corrects="printed-probability",
    checks=(
        Check(
            "exact",
            "two-valued X_i with disjoint or equal events, N <= 6",
            _markov_extremes,
            {"N": Integers(1, 6)},
            role="step",
        ),
        Check(
            "exact",
            "every pair on four atoms with values 0, 1/4, ..., 1",
            _markov_exhaust,
            {"N": Integers(2, 2)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the factor N lost for the maximum: right for N = 1", {"all": delta}, True
        ),
        Planted("19/20 of the sum", {"all": 19 * N * delta / 20}, near=True),
        Planted("means of delta only", {"mean": delta}),
        Planted("half of it for the mean", {"average": delta / 2}),
        Planted(
            "divided by N for the mean: right for N = 1", {"average": delta / N}, True
        ),
    ),
    weak=Check(
        "exact",
        "N = 1 and delta = 1/40 only",
        lambda statement, domain: _markov_extremes(statement, domain, ("1/40",)),
        {"N": Integers(1, 1)},
        role="step",
    ),
    spec="YS-4.2.h",
)


# --- one direction for all features ---------------------------------------------------


def least_over_directions(rows) -> tuple[Fraction, Fraction]:
    """Return the least mean and the least maximum of X_1, ..., X_N over the atoms."""
    atoms = list(zip(*rows, strict=True))
    means = [Fraction(sum(atom), len(atom)) for atom in atoms]
    return min(means), min(Fraction(max(atom)) for atom in atoms)


def rotating(count: int, small: Fraction):
    """Return X_i = N delta on atom i of N equally likely ones: each mean is delta."""
    return [
        [count * small if k == i else 0 for k in range(count)] for i in range(count)
    ]


def _direction_sharp(statement, domain) -> Result:
    """Constant functions reach the first bound, rotating ones the second."""

    def compare(point):
        count, small = point
        mean = number(statement.average, N=count, delta=small)
        largest = number(statement.largest, N=count, delta=small)
        flat, _ = least_over_directions([[small]] * count)
        _, spread = least_over_directions(rotating(count, small))
        words = f"least mean {flat} = {mean}, least maximum {spread} = {largest}"
        return flat == mean and spread == largest, words

    return every(product(domain["N"], domain["delta"].among(("1/7", "2"))), compare)


def _direction_exhaust(statement, domain) -> Result:
    """Every pair of functions on three atoms with values 0, ..., 4 and means <= 1."""
    rows = [row for row in product(range(5), repeat=3) if sum(row) <= 3]
    bounds = [
        number(part, N=2, delta=1) for part in (statement.average, statement.largest)
    ]

    def compare(pair):
        got = least_over_directions(pair)
        true = got[0] <= bounds[0] and got[1] <= bounds[1]
        return true, f"{got[0]} <= {bounds[0]} and {got[1]} <= {bounds[1]}"

    return every(product(rows, repeat=2), compare)


ONE_DIRECTION = Claim(
    id="one-direction",
    title="One direction for all features",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[N]]$ and $[[delta]]$, and for functions $X_1, \\dots, X_N "
        "\\ge 0$ of a random $w$ with $\\mathbb E_w X_i(w) \\le \\delta$, some $w$ "
        "has\n\n"
        "$$\\frac1N \\sum_{i=1}^N X_i(w) \\le [[average]], \\qquad \\text{hence} "
        "\\qquad \\max_i X_i(w) \\le [[largest]].$$\n\n"
        "Neither bound holds with a smaller right side.",
        {"N": Integers(1), "delta": POSITIVE},
        {"average": delta, "largest": N * delta},
    ),
    sources=(
        printed("proof of Theorem 4.8", "background", "Only sketched in print."),
        later("proof of the theorem on random linear maps", "corrects"),
    ),
    corrects="later-reused-direction",
    checks=(
        Check(
            "exact",
            "both bounds are reached, N <= 8",
            _direction_sharp,
            {"N": Integers(1, 8)},
            role="step",
        ),
        Check(
            "exact",
            "every pair on three atoms with values 0, ..., 4",
            _direction_exhaust,
            {"N": Integers(2, 2)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "delta for the maximum: right for N = 1", {"largest": delta}, near=True
        ),
        Planted("19/20 of the mean", {"average": 19 * delta / 20}, near=True),
        Planted("half of N delta", {"largest": N * delta / 2}),
        Planted("divided by N for the mean", {"average": delta / N}),
        Planted("twice the mean: not sharp", {"average": 2 * delta}),
    ),
    weak=Check(
        "exact", "N = 1 only", _direction_sharp, {"N": Integers(1, 1)}, role="step"
    ),
    spec="YS-4.2.i",
)


# --- one bias for all features --------------------------------------------------------


def disjoint_failures(size: int, level: Fraction) -> list[Fraction]:
    """Return P(A_0), ..., P(A_a) where the complements share 1 - p equally."""
    return [1 - (1 - level) / (size + 1)] * (size + 1)


LEVELS = ("0", "1/4", "1/2", "9/10")


def _bias_sharp(statement, domain, levels=LEVELS) -> Result:
    def compare(point):
        size, level = point
        least = min(disjoint_failures(size, level))
        bound = 1 - number(statement.lost, a=size, p=level)
        return least == bound, f"least P(A_j) {least} = {bound}"

    return every(product(domain["a"], domain["p"].among(levels)), compare)


def events_on_atoms(size: int) -> Iterator[tuple[Fraction, int, Fraction]]:
    """Yield min_j P(A_j), a and P(all A_j) for all A_0, ..., A_a on four atoms."""
    for events in product(range(16), repeat=size + 1):  # bit masks
        together = reduce(and_, events).bit_count()
        least = min(event.bit_count() for event in events)
        if together < 4:
            yield Fraction(least, 4), size, Fraction(together, 4)


def _bias_exhaust(statement, domain) -> Result:
    bounds = {}

    def compare(case):
        least, *point = case
        if case not in bounds:
            bounds[case] = 1 - number(statement.lost, a=point[0], p=point[1])
        words = f"least P(A_j) {least} <= {bounds[case]}"
        return least <= bounds[case], words

    return every((case for a in domain["a"] for case in events_on_atoms(a)), compare)


ONE_BIAS = Claim(
    id="one-bias-pays",
    title="What one fixed bias is sure of",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[a]]$ and $[[p]]$, and for events $A_0, \\dots, A_a$ with "
        "$\\mathbb P(A_0 \\cap \\dots \\cap A_a) \\le p$,\n\n"
        "$$\\min_j \\mathbb P(A_j) \\le 1 - [[lost]],$$\n\n"
        "and no smaller right side holds for all such events.",
        {"a": Integers(0), "p": Reals(0, 1, open_high=True)},
        {"lost": (1 - p) / (a + 1)},
    ),
    sources=(printed(f"{PROOF}, the line before equation (7)", "corrects"),),
    corrects="printed-one-bias",
    checks=(
        Check(
            "exact",
            "disjoint complements of equal probability reach it",
            _bias_sharp,
            {"a": Integers(0, 12)},
            role="step",
        ),
        Check(
            "exact",
            "every two and three events on four atoms",
            _bias_exhaust,
            {"a": Integers(1, 2)},
            role="step",
        ),
    ),
    planted=(
        Planted("p itself: right for one event", {"lost": 1 - p}, near=True),
        Planted("one event too many", {"lost": (1 - p) / (a + 2)}),
        Planted(
            "the square of 1 - p: right for p = 0",
            {"lost": (1 - p) ** 2 / (a + 1)},
            near=True,
        ),
        Planted("the mean of p and 1", {"lost": (1 - p) / 2}, near=True),
    ),
    weak=Check(
        "exact",
        "two events and p = 0 only",
        lambda statement, domain: _bias_sharp(statement, domain, ("0",)),
        {"a": Integers(1, 1)},
        role="step",
    ),
    spec="YS-4.2.g",
)
