"""One gradient step: its two parts, its signal over random neurons, its noise."""

from itertools import product

import numpy as np
from sympy import (
    Rational,
    expand,
    expand_func,
    factorial,
    factorial2,
    gamma,
    pi,
    rf,
    sqrt,
    symbols,
)

from rfbook.claims.feature_learning.known import (
    CHAPTER,
    DEGREES,
    OVERLAPS,
    SIZES,
    d,
    half_moment,
    k,
    moment,
    monic,
    pair_mean,
    s,
    t,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    agree,
    every,
    every_identity,
    identity,
)

# --- the two parts --------------------------------------------------------------------


def _gradient_pairs(statement, domain, most=6) -> Result:
    """Take H = He_i and sigma' = He_j; both sides are linear in each of them.

    The coefficients are sqrt(i!) at degree i, and sqrt((j+1)!) / (j+1) at j + 1.
    """
    rows = []
    for i, j in product(range(most + 1), repeat=2):
        along = across = 0
        link, neuron = sqrt(factorial(i)), sqrt(factorial(j + 1)) / (j + 1)
        if i == j + 1:
            along = statement.along.subs(k, j) * link * neuron * t**j
        if statement.index.subs(k, i) == j + 1:
            across = statement.across.subs(k, i) * link * neuron * t**i
        seen = pair_mean(monic(i), monic(j), 1, 0), pair_mean(monic(i), monic(j), 0, 1)
        rows.append((f"i, j = {i}, {j}, along theta", seen[0], along + t * across))
        rows.append((f"i, j = {i}, {j}, along w", seen[1], t * along + across))
    return every_identity(rows)


def _gradient_simulated(statement, domain, rng) -> Result:
    """Draw x in four dimensions for H(a) = a^3 and the ReLU, at t = 0.6.

    The coefficients come from the integrals that define them.
    """
    cosine, samples = Rational(3, 5), 400_000
    theta, w = np.array([1.0, 0, 0, 0]), np.array([0.6, 0.8, 0, 0])
    x = rng.standard_normal((samples, 4))
    y = (x @ theta) ** 3
    draws = (y * (x @ w > 0))[:, None] * x
    link = {1: 3, 3: sqrt(6)}  # a^3 = 3 he_1 + sqrt(6) he_3
    along = sum(
        statement.along.subs(k, i - 1) * value * _relu(i) * cosine ** (i - 1)
        for i, value in link.items()
    )
    across = sum(
        statement.across.subs(k, i)
        * value
        * _relu(int(statement.index.subs(k, i)))
        * cosine**i
        for i, value in link.items()
    )
    claimed = float(along) * theta + float(across) * w
    return agree(
        (f"coordinate {i + 1}", draws[:, i].mean(), draws[:, i].std() / samples**0.5, e)
        for i, e in enumerate(claimed)
    )


def _relu(degree: int):
    """Return the ReLU's Hermite coefficient from half-line moments."""
    row = enumerate(monic(degree))
    total = sum(x * half_moment(i + 1) for i, x in row)
    return total / sqrt(factorial(degree))


GRADIENT = Claim(
    id="step-gradient",
    title="One gradient step has two directions",
    chapter=CHAPTER,
    statement=Statement(
        "Let $H$ and $\\sigma'$ be in $L^2(\\gamma_1)$, $\\theta, w$ unit vectors with "
        "$t = \\langle \\theta, w \\rangle$, $\\lvert t \\rvert < 1$, and $x \\sim "
        "\\mathcal N(0, I_d)$. Then\n\n"
        "$$\\mathbb E\\, H(\\langle \\theta, x \\rangle)\\, \\sigma'(\\langle w, x "
        "\\rangle)\\, x = \\theta \\sum_{k \\ge 0} \\left([[along]]\\right) \\hat "
        "H_{k+1} \\hat\\sigma_{k+1}\\, t^k + w \\sum_{k \\ge 0} [[across]]\\; \\hat "
        "H_k\\, \\hat\\sigma_{[[index]]}\\, t^k .$$",
        {},
        {"along": k + 1, "across": sqrt(k + 1) * sqrt(k + 2), "index": k + 2},
    ),
    uses=("hermite-mehler",),
    checks=(
        Check("exact", "all pairs of degrees up to 6", _gradient_pairs, role="step"),
        Check(
            "statistical", "a cube and the ReLU, simulated", _gradient_simulated, seed=3
        ),
    ),
    planted=(
        Planted("k^2 + 1 along theta: right for k = 0, 1", {"along": k**2 + 1}, True),
        Planted("k + 1 across", {"across": sqrt((k + 1) ** 2)}),
        Planted("the index k + 1 across", {"index": k + 1}),
        Planted("no factor across", {"across": sqrt(k + 1) / sqrt(k + 1) + 0 * k}),
    ),
    weak=Check(
        "exact",
        "degrees up to 1",
        lambda statement, domain: _gradient_pairs(statement, domain, 1),
        role="step",
    ),
    spec="frontier-3",
)

alpha, beta = symbols("alpha beta", real=True)


def _tangent_plane(statement, domain) -> Result:
    """Take w = (1, 0) and theta = (t, sqrt(1 - t^2)): the second entry remains."""
    side = sqrt(1 - t**2)
    step = (alpha * t + beta, alpha * side)
    return every_identity(
        (
            ("the square", step[1] ** 2, statement.share * alpha**2),
            ("theta - t w", alpha * (side), step[1]),
            ("along w it vanishes", alpha * (t - t * 1), 0),
        )
    )


def _tangent_zero(statement, domain) -> Result:
    return identity(statement.share.subs(t, 0), 1)


TANGENT = Claim(
    id="step-tangent",
    title="The part that turns the neuron",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\alpha\\, \\theta + \\beta\\, w$ be a step with unit vectors $\\theta, "
        "w$ and $t = \\langle \\theta, w \\rangle$. Its part tangent to the sphere at "
        "$w$ is $\\alpha\\, (\\theta - t w)$, of the squared length\n\n"
        "$$\\left([[share]]\\right) \\alpha^2 .$$",
        {},
        {"share": 1 - t**2},
    ),
    checks=(Check("symbolic", "in the plane of the two vectors", _tangent_plane),),
    planted=(
        Planted("1 - t: right at t = 0", {"share": 1 - t}, True),
        Planted("its square", {"share": (1 - t**2) ** 2}),
        Planted("nothing lost", {"share": 1 + 0 * t}),
    ),
    weak=Check("exact", "t = 0 alone", _tangent_zero, role="step"),
    spec="frontier-3",
)


# --- the ReLU -------------------------------------------------------------------------


def _relu_radial(statement, domain, most=10) -> Result:
    """Compare sqrt((k+1)(k+2)) times the coefficient of degree k + 2, by half-moments.

    he_k(0) is the constant term of He_k over sqrt(k!).
    """
    rows = []
    for degree in range(most + 1):
        claimed = statement.factor.subs(k, degree) * monic(degree)[0]
        claimed /= sqrt(factorial(degree))
        found = sqrt((degree + 1) * (degree + 2)) * _relu(degree + 2)
        rows.append((f"degree {degree}", found, claimed))
    return every_identity(rows)


RELU_STEP = Claim(
    id="relu-step",
    title="The step of a ReLU along itself",
    chapter=CHAPTER,
    statement=Statement(
        "For the ReLU and $H \\in L^2(\\gamma_1)$ the step of {prf:ref}`step-gradient` "
        "is $z'(t)\\, \\theta + \\beta(t)\\, w$ with\n\n"
        "$$\\beta(t) = \\sum_{k \\ge 0} [[factor]]\\, \\hat H_k "
        "\\operatorname{he}_k(0)\\, t^k .$$",
        {},
        {"factor": 1 / sqrt(2 * pi)},
    ),
    uses=("step-gradient", "neuron-hermite"),
    checks=(
        Check(
            "exact",
            "the coefficients from half-line moments, k <= 10",
            _relu_radial,
            role="step",
        ),
    ),
    planted=(
        Planted("1 / sqrt(pi)", {"factor": 1 / sqrt(pi)}),
        Planted(
            "k + 1 times: right for k = 0", {"factor": (k + 1) / sqrt(2 * pi)}, True
        ),
        Planted("2 / 5 for 1 / sqrt(2 pi)", {"factor": Rational(2, 5)}, True),
    ),
    weak=Check(
        "exact",
        "k = 0 alone",
        lambda statement, domain: _relu_radial(statement, domain, 0),
        role="step",
    ),
    spec="frontier-3",
)


# --- the signal over random neurons ---------------------------------------------------


def _double(degree):
    """Write (2k-3)!! in values of gamma."""
    return 2 ** (degree - 1) * gamma(degree - Rational(1, 2)) / sqrt(pi)


def _signal_gamma(statement, domain) -> Result:
    """Subtract two moments of a coordinate, written in values of gamma."""

    def moments(power):
        top = gamma(power + Rational(1, 2)) * gamma(d / 2)
        return top / (sqrt(pi) * gamma(d / 2 + power))

    claimed = statement.value.replace(factorial2, lambda _: _double(k))
    ratio = (moments(k - 1) - moments(k)) / claimed.rewrite(gamma)
    return identity(expand_func(ratio.rewrite(gamma).gammasimp()), 1)


def _signal_exact(statement, domain) -> Result:
    """Subtract the moments (2n - 1)!! / (d (d+2) ... ), as fractions."""

    def moments(size, power):
        value = Rational(1)
        for i in range(power):
            value *= Rational(2 * i + 1, size + 2 * i)
        return value

    def compare(pair):
        size, degree = pair
        found = moments(size, degree - 1) - moments(size, degree)
        claimed = statement.value.subs({d: size, k: degree}).doit()
        return found == claimed, f"(d, k): {found} = {claimed}"

    return every(product(domain["d"], domain["k"]), compare)


SIGNAL_VALUE = (d - 1) * factorial2(2 * k - 3) / (2**k * rf(d / 2, k))

SIGNAL = Claim(
    id="step-signal",
    title="How much a random neuron sees",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[k]]$ let $w$ be uniform on the sphere, $t = \\langle "
        "\\theta, w \\rangle$. With $x^{(n)} = x (x + 1) \\cdots (x + n - 1)$\n\n"
        "$$\\mathbb E\\, t^{2k-2} (1 - t^2) = [[value]] .$$\n\n"
        "For $H = \\operatorname{he}_k$ the tangent part of the step has $k^2 "
        "\\hat\\sigma_k^2$ times this as its mean squared length.",
        {"d": SIZES, "k": DEGREES},
        {"value": SIGNAL_VALUE},
    ),
    uses=("sphere-moments", "step-gradient", "step-tangent"),
    checks=(
        Check(
            "exact",
            "two moments subtracted, d <= 20 and k <= 8",
            _signal_exact,
            {"d": Integers(2, 20), "k": Integers(1, 8)},
            given=("sphere-moments",),
        ),
        Check("symbolic", "in values of gamma", _signal_gamma, role="step"),
    ),
    planted=(
        Planted(
            "(2k-1)!!: right for k = 1",
            {"value": (d - 1) * factorial2(2 * k - 1) / (2**k * rf(d / 2, k))},
            True,
        ),
        Planted("d for d - 1", {"value": SIGNAL_VALUE * d / (d - 1)}),
        Planted(
            "one factor less",
            {"value": (d - 1) * factorial2(2 * k - 3) / (2**k * rf(d / 2, k - 1))},
        ),
    ),
    weak=Check(
        "exact",
        "k = 1 alone",
        _signal_exact,
        {"d": Integers(2, 5), "k": Integers(1, 1)},
        role="step",
    ),
    spec="frontier-3",
)


# --- the noise ------------------------------------------------------------------------


def _noise_pairs(statement, domain, most=5, at=None) -> Result:
    """Take A = He_i and B = He_j; both sides are linear in each of them.

    |x|^2 - b^2 is (a - t b)^2 / (1 - t^2) and d - 2 independent squares.
    """
    rows = []
    for i, j in product(range(most + 1), repeat=2):
        left, right = monic(i), monic(j)
        size = sqrt(factorial(i)) * sqrt(factorial(j))
        plane = (
            pair_mean(left, right, 2, 0)
            - 2 * t * pair_mean(left, right, 1, 1)
            + t**2 * pair_mean(left, right, 0, 2)
        )
        found = (d - 2) * pair_mean(left, right) * (1 - t**2) + plane
        claimed = 0
        if i == j:
            claimed += statement.first * size * t**i
        if i == j + 2:
            claimed += statement.second * statement.factor.subs(k, j) * size * t**j
        claimed *= 1 - t**2
        if at is not None:
            found, claimed = found.subs(t, at), expand(claimed).subs(t, at)
        rows.append((f"i, j = {i}, {j}", found, claimed))
    return every_identity(rows)


NOISE = Claim(
    id="step-noise",
    title="The mean square of one sample's step",
    chapter=CHAPTER,
    statement=Statement(
        "Let $A = H^2$ be a polynomial, $B = (\\sigma')^2 \\in L^2(\\gamma_1)$, $w$ a "
        "unit vector with $t = \\langle \\theta, w \\rangle$, $\\lvert t \\rvert < 1$, "
        "and $y = H(\\langle \\theta, x \\rangle)$. Then\n\n"
        "$$\\mathbb E\\, \\lVert (I - w w^{\\mathsf T})\\, y\\, \\sigma'(\\langle w, x "
        "\\rangle)\\, x \\rVert^2 = ([[first]]) \\sum_{k \\ge 0} \\hat A_k \\hat "
        "B_k\\, t^k + \\left([[second]]\\right) \\sum_{k \\ge 0} [[factor]]\\; \\hat "
        "A_{k+2} \\hat B_k\\, t^k .$$",
        {},
        {"first": d - 1, "second": 1 - t**2, "factor": sqrt(k + 1) * sqrt(k + 2)},
    ),
    uses=("hermite-mehler",),
    checks=(Check("exact", "all pairs of degrees up to 5", _noise_pairs, role="step"),),
    planted=(
        Planted("d for d - 1", {"first": d}),
        Planted("no 1 - t^2: right at t = 0", {"second": 1 + 0 * t}, True),
        Planted("k + 1 for the root", {"factor": k + 1}),
        Planted("the sign", {"second": t**2 - 1}),
    ),
    weak=Check(
        "exact",
        "t = 0 alone",
        lambda statement, domain: _noise_pairs(statement, domain, 2, 0),
        role="step",
    ),
    spec="frontier-3",
)


def _relu_noise(statement, domain, most=7, at=None) -> Result:
    """Take half of the mean over all x: he_k^2 |x|^2 does not change with x to -x.

    With a' orthogonal to a, the tangent plane holds (sqrt(1 - t^2) a - t a')^2 and
    d - 2 independent squares.
    """
    rows = []
    for degree in range(1, most + 1):
        row = monic(degree)
        square = [0] * (2 * degree + 1)
        for i, x in enumerate(row):
            for j, y in enumerate(row):
                square[i + j] += x * y
        size = sum(x * moment(i) for i, x in enumerate(square))
        with_a = sum(x * moment(i + 2) for i, x in enumerate(square)) / size
        found = ((d - 2) + (1 - t**2) * with_a + t**2) / 2
        claimed = statement.value.subs(k, degree)
        if at is not None:
            found, claimed = found.subs(t, at), claimed.subs(t, at)
        rows.append((f"degree {degree}", found, claimed))
    return every_identity(rows)


RELU_NOISE = Claim(
    id="relu-step-noise",
    title="The noise of a ReLU on a pure degree",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[k]]$ and $[[t]]$, $H = \\operatorname{he}_k$ and the ReLU the "
        "mean square of {prf:ref}`step-noise` is\n\n"
        "$$[[value]] .$$",
        {"k": DEGREES, "t": OVERLAPS},
        {"value": (d - 1) / 2 + k * (1 - t**2)},
    ),
    uses=("step-noise",),
    checks=(
        Check(
            "exact",
            "the moments of he_k^2, k <= 7",
            _relu_noise,
            role="step",
        ),
    ),
    planted=(
        Planted("no 1 - t^2: right at t = 0", {"value": (d - 1) / 2 + k}, True),
        Planted("2 k for k", {"value": (d - 1) / 2 + 2 * k * (1 - t**2)}),
        Planted("not halved", {"value": (d - 1) + 2 * k * (1 - t**2)}),
    ),
    weak=Check(
        "exact",
        "t = 0 alone",
        lambda statement, domain: _relu_noise(statement, domain, 3, 0),
        role="step",
    ),
    spec="frontier-3",
)

SIZE = 2**k * rf(d / 2 + 1, k) / (2 * k**2 * s**2 * factorial2(2 * k - 3)) - 1


def _batch_solved(statement, domain) -> Result:
    """Divide the mean square of one sample's fluctuation by that of the exact step.

    For each pair (d, k) both are averaged over the neuron: E (1 - t^2) = (d - 1) / d.
    """
    rows = []
    for size, degree in product(domain["d"], domain["k"]):
        share = SIGNAL_VALUE.subs({d: size, k: degree}).doit()
        signal = degree**2 * s**2 * share
        noise = Rational(size - 1, 2) + degree * Rational(size - 1, size)
        found = (noise - signal) / signal
        claimed = statement.size.subs({d: size, k: degree}).doit()
        rows.append((f"d, k = {size}, {degree}", found, claimed))
    return every_identity(rows)


BATCH = Claim(
    id="step-batch-size",
    title="The batch at which one step sees the target",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[k]]$ let $H = \\operatorname{he}_k$, $\\sigma$ the "
        "ReLU with $\\hat\\sigma_k \\ne 0$, and $w$ uniform on the sphere. The "
        "mean of $n$ samples' tangent steps is the exact step and a fluctuation. Their "
        "mean squared lengths are equal for $n = n_0$,\n\n"
        "$$n_0 = [[size]] ,$$\n\n"
        "with $x^{(n)} = x (x + 1) \\cdots (x + n - 1)$; for larger $n$ the exact step "
        "is longer.",
        {"d": SIZES, "k": DEGREES},
        {"size": SIZE},
    ),
    uses=("step-signal", "relu-step-noise"),
    checks=(
        Check(
            "exact",
            "the quotient of the two mean squares, d <= 12 and k <= 6",
            _batch_solved,
            {"d": Integers(2, 12), "k": Integers(1, 6)},
            given=("step-signal", "relu-step-noise"),
        ),
    ),
    planted=(
        Planted(
            "(2k-1)!!: right for k = 1",
            {
                "size": 2**k
                * rf(d / 2 + 1, k)
                / (2 * k**2 * s**2 * factorial2(2 * k - 1))
                - 1
            },
            True,
        ),
        Planted("one sample more", {"size": SIZE + 1}),
        Planted(
            "one factor less: right for k = 1 at d + 2 = 1",
            {
                "size": 2**k
                * rf(d / 2 + 1, k - 1)
                / (2 * k**2 * s**2 * factorial2(2 * k - 3))
                - 1
            },
        ),
        Planted(
            "k for its square: right for k = 1", {"size": (SIZE + 1) * k - 1}, True
        ),
    ),
    weak=Check(
        "exact",
        "k = 1 alone",
        _batch_solved,
        {"d": Integers(2, 4), "k": Integers(1, 1)},
        role="step",
    ),
    spec="frontier-3",
)

CLAIMS = (GRADIENT, TANGENT, RELU_STEP, SIGNAL, NOISE, RELU_NOISE, BATCH)
