"""What stepped neurons leave: classes of overlaps, averages, a neuron and its mirror.

The mean over directions orthogonal to theta is taken over the 2 m vectors +- e_i of
R^m, m = d - 1, which have the moments of the sphere up to the third.
"""

from itertools import product

from sympy import (
    Integer,
    Rational,
    Symbol,
    asin,
    factorial,
    pi,
    series,
    simplify,
    sqrt,
    symbols,
)

from rfbook.claims.feature_learning.known import (
    CHAPTER,
    d,
    half_moment,
    monic,
    n,
    t,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Statement,
    every_identity,
)

first, second = symbols("t_1 t_2", real=True)
side = Symbol("c", real=True)
LARGE = Integers(3)

SPREAD = sqrt(1 - first**2) * sqrt(1 - second**2)


def _axes(size: int) -> list[tuple[int, ...]]:
    """Return the vectors +- e_i."""
    rows = []
    for i in range(size):
        for sign in (1, -1):
            rows.append(tuple(sign * (i == j) for j in range(size)))
    return rows


def _mean_of(power: int, size: int):
    """Return the mean of c^power under the law of a coordinate, power <= 3."""
    return {0: Integer(1), 2: Rational(1, size)}.get(power, Integer(0))


def _classes_design(statement, domain, pairs=((first, second),)) -> Result:
    """Average the kernel t^k, k <= 3, over two vectors +- e_i each."""
    rows = []
    for size, power, (left, right) in product(domain["d"], (1, 2, 3), pairs):
        root = sqrt(1 - left**2) * sqrt(1 - right**2)
        vectors = _axes(size - 1)
        found = sum(
            (left * right + root * sum(x * y for x, y in zip(u, v, strict=True)))
            ** power
            for u in vectors
            for v in vectors
        ) / Integer(len(vectors) ** 2)
        argument = statement.argument.subs({first: left, second: right}).expand()
        dimension = statement.dimension.subs(d, size)
        claimed = sum(
            (argument**power).expand().coeff(side, i) * _mean_of(i, dimension)
            for i in range(power + 1)
        )
        rows.append((f"d, k = {size}, {power}", found.expand(), claimed))
    return every_identity(rows)


CLASSES = Claim(
    id="overlap-classes",
    title="Infinitely many neurons of a few overlaps",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ let $t_1, \\dots, t_m \\in [-1, 1]$ be different, $\\sigma "
        "\\in L^2(\\gamma_1)$ with the kernel $K$, and $V$ the closed span of all "
        "$\\sigma_w$ with $w = t_a \\theta + \\sqrt{1 - t_a^2}\\, v$, $v$ a unit "
        "vector orthogonal to $\\theta$. For $f_*(x) = H(\\langle \\theta, x "
        "\\rangle)$, $H \\in L^2(\\gamma_1)$,\n\n"
        "$$\\operatorname{dist}(f_*, V)^2 = \\lVert H \\rVert^2 - z^{\\mathsf T} U^+ "
        "z, \\qquad z_a = \\sum_k \\hat H_k \\hat\\sigma_k\\, t_a^k, \\qquad U_{12} = "
        "\\mathbb E_{c \\sim \\mu_{[[dimension]]}}\\; "
        "K\\bigl([[argument]]\\bigr),$$\n\n"
        "the other entries of $U$ likewise, with the pseudo-inverse $U^+$.",
        {"d": LARGE},
        {"dimension": d - 1, "argument": first * second + side * SPREAD},
    ),
    uses=("hermite-mehler", "rotation-invariant-features"),
    checks=(
        Check(
            "exact",
            "kernels up to the cube, averaged over +- e_i, d = 3, 4, 5",
            _classes_design,
            {"d": Integers(3, 5)},
            role="step",
        ),
    ),
    planted=(
        Planted("the dimension d", {"dimension": d}),
        Planted(
            "one root for both: right for equal overlaps",
            {"argument": first * second + side * (1 - first * second)},
            True,
        ),
        Planted("no spread", {"argument": first * second + 0 * side}),
    ),
    weak=Check(
        "exact",
        "equal overlaps only",
        lambda statement, domain: _classes_design(statement, domain, ((t, t),)),
        {"d": Integers(3, 3)},
        role="step",
    ),
    spec="frontier-3",
)


top, shared = symbols("k_1 u", positive=True)


def _average_counted(statement, domain, counts=(1, 2, 3)) -> Result:
    """Average n neurons in dimension 3 for the kernel t^2, over all draws of +- e_i."""
    rows = []
    vectors, root = _axes(2), 1 - t**2
    pair = {
        (u, v): (t**2 + root * sum(x * y for x, y in zip(u, v, strict=True))) ** 2
        for u in vectors
        for v in vectors
    }
    mean = sum(pair.values()) / Integer(len(pair))
    for count in counts:
        found = Integer(0)
        for draw in product(vectors, repeat=count):
            found += sum(pair[u, v] for u in draw for v in draw)
        found /= Integer(len(vectors) ** count * count**2)
        claimed = statement.square.subs({n: count, top: 1, shared: mean})
        rows.append((f"n = {count}", found.expand(), claimed))
    return every_identity(rows)


AVERAGE = Claim(
    id="overlap-average",
    title="Finitely many neurons of a class",
    chapter=CHAPTER,
    statement=Statement(
        "In {prf:ref}`overlap-classes` average $n$ independent neurons in each class, "
        "$v$ uniform, and fit one output weight for each class, the same in all draws. "
        "With $k_1 = K(1)$ and $u = U_{aa}$ the mean square of the average of class "
        "$a$ is\n\n"
        "$$[[square]] ,$$\n\n"
        "the mean products are those of $U$, and so the least mean squared error is "
        "that of {prf:ref}`overlap-classes` with these numbers on the diagonal of $U$.",
        {},
        {"square": shared + (top - shared) / n},
    ),
    uses=("overlap-classes",),
    checks=(
        Check(
            "exact", "all draws of up to three neurons", _average_counted, role="step"
        ),
    ),
    planted=(
        Planted(
            "n^2: right for n = 1", {"square": shared + (top - shared) / n**2}, True
        ),
        Planted("u not taken off", {"square": shared + top / n}),
        Planted("no noise", {"square": shared + 0 * n}),
    ),
    weak=Check(
        "exact",
        "one neuron",
        lambda statement, domain: _average_counted(statement, domain, (1,)),
        role="step",
    ),
    spec="frontier-3",
)


def _relu_square(degree: int):
    """Return the ReLU's squared Hermite coefficient, from half-line moments."""
    total = sum(x * half_moment(i + 1) for i, x in enumerate(monic(degree)))
    return simplify(total**2 / factorial(degree))


def _mirrored_series(statement, domain, most=12) -> Result:
    """Sum even degrees: (hat sigma_2 t^2)^2 over sum_(k >= 2) (hat sigma_k t^k)^2."""
    rows = []
    even = sum(_relu_square(j) * t ** (2 * j) for j in range(2, most + 1, 2))
    claimed = series(statement.held, t, 0, 2 * most + 2).removeO()
    rows.append(
        ("even part", even * 2 * pi, claimed * statement.scale * 2 * pi)
        if most > 2
        else ("first term", even, (claimed * statement.scale).coeff(t, 4) * t**4)
    )
    rows.append(("the product", _relu_square(2) * t**4, t**4 / (4 * pi)))
    return every_identity(rows)


HELD = sqrt(1 - t**4) + t**2 * asin(t**2) - 1

MIRRORED = Claim(
    id="mirrored-risk",
    title="A class and its mirror image learn a parabola",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[t]]$, $d \\to \\infty$, the ReLU and $H = \\hat H_1 "
        "\\operatorname{he}_1 + \\hat H_2 \\operatorname{he}_2$ let there be "
        "infinitely many neurons of the overlaps $t$ and $-t$, and a constant. The "
        "least mean squared error tends to\n\n"
        "$$\\hat H_2^2 \\left( 1 - \\frac{t^4}{4 \\pi\\, U_t} \\right), \\qquad U_t = "
        "[[scale]] \\left([[held]]\\right) .$$",
        {"t": Reals(0, 1, open_low=True)},
        {"scale": 1 / (2 * pi), "held": HELD},
    ),
    uses=("overlap-classes", "arc-cosine-kernel", "neuron-hermite"),
    checks=(
        Check(
            "exact",
            "the even coefficients from half-line moments, degrees up to 12",
            _mirrored_series,
            role="step",
        ),
    ),
    planted=(
        Planted("1 / pi", {"scale": 1 / pi}),
        Planted("the mean kept", {"held": HELD + 1}),
        Planted(
            "t^4 / 2, its first term",
            {"held": t**4 / 2},
            True,
        ),
        Planted(
            "arcsin t for arcsin t^2", {"held": HELD - t**2 * asin(t**2) + t * asin(t)}
        ),
    ),
    weak=Check(
        "exact",
        "the first term",
        lambda statement, domain: _mirrored_series(statement, domain, 2),
        role="step",
    ),
    spec="frontier-3",
)

CLAIMS = (CLASSES, AVERAGE, MIRRORED)
