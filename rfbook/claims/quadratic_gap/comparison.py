r"""The limits of Figure 1 in closed form, and where features beat the tangent model.

The checks integrate over the exponential law or sum over random spectra; the crossing
is compared with both formulas in fractions. No formula of `rfbook.quadratic_gap` is
used.
"""

from fractions import Fraction
from itertools import product

import numpy as np
from flint import ctx
from sympy import (
    Poly,
    Rational,
    Symbol,
    cancel,
    exp,
    factor,
    fraction,
    integrate,
    lambdify,
    log,
    oo,
    simplify,
    sqrt,
)

from rfbook.claims.quadratic_features.fixed_point import HALF, chi, rho, widths
from rfbook.claims.quadratic_features.limits import QUADRATIC_LIMIT, special
from rfbook.claims.quadratic_gap.sources import CHAPTER, printed
from rfbook.ledger import (
    Check,
    Claim,
    Planted,
    Reals,
    Relation,
    Result,
    Statement,
    Verdict,
    agree,
    every,
    every_identity,
    exact_ball,
    unknown,
)

b = Symbol("b", nonnegative=True)
t = Symbol("t", positive=True)

# --- the standard exponential spectrum ------------------------------------------------

CAPTURES = ("isotropic", "aligned", "best", "tangent", "network")


def _exponential_integrals(statement, domain) -> Result:
    """Replace the sums over the spectrum by integrals over Exp(1)."""
    mean = integrate(b * exp(-b), (b, 0, oo))
    second = integrate(b**2 * exp(-b), (b, 0, oo))
    ratio = mean**2 / second
    over = integrate(((b + t) - t) * exp(-(b + t)), (b, 0, oo))
    captured = integrate((b + t) * b * exp(-(b + t)), (b, 0, oo)) / second
    threshold = Symbol("c", positive=True)  # the share rho lies above it
    top = integrate((b + threshold) ** 2 * exp(-(b + threshold)), (b, 0, oo)) / second
    left = 1 - rho
    formulas = QUADRATIC_LIMIT.statement
    return every_identity(
        (
            (
                "isotropic",
                special(formulas, "isotropic").subs(chi, ratio),
                1 - statement.isotropic,
            ),
            (
                "aligned",
                special(formulas, "aligned").subs(chi, ratio),
                statement.aligned,
            ),
            ("the level", statement.scale * t * over, rho * t * exp(-t)),
            ("best", captured, statement.best),
            ("tangent", left**2 * (1 - ratio) + left * ratio, statement.tangent),
            (
                "network",
                top.subs(threshold, log(1 / rho)),
                statement.network,
            ),
        )
    )


def _exponential_end(statement, domain) -> Result:
    """Compare at rho = 1 only, where the logarithm vanishes."""
    ends = {"isotropic": Rational(1, 4), "aligned": Rational(1, 3), "network": 1}
    return every_identity(
        (name, statement.parts[name].subs(rho, 1), value)
        for name, value in ends.items()
    )


def finite_captures(spectrum: np.ndarray, width: float) -> dict[str, float]:
    """Return the risks of a given spectrum, from sums over its eigenvalues."""
    size, energy = len(spectrum), np.sum(spectrum**2)
    ratio = np.sum(spectrum) ** 2 / (size * energy)
    gamma = spectrum / np.sum(spectrum)
    overlap = size * np.sum(gamma * spectrum) ** 2 / energy
    ordered = np.sort(spectrum)[::-1]
    levels = np.cumsum(ordered) / (width * size + np.arange(1, size + 1))
    level_ = levels[np.flatnonzero(ordered > levels)[-1]]
    cut = np.maximum(spectrum - level_, 0)
    left = 1 - width
    return {
        "isotropic": 1 - width * ratio / (1 + width),
        "aligned": 1 - width * overlap / (1 + width * size * np.sum(gamma**2)),
        "best": 1 - np.sum(spectrum * cut) / energy,
        "tangent": left**2 * (1 - ratio) + left * ratio,
        "network": 1 - np.sum(ordered[: int(width * size)] ** 2) / energy,
    }


def claimed_captures(statement, width: float) -> dict[str, float]:
    """Evaluate the statement's five risks, with t from bisection."""
    scale = lambdify(rho, statement.scale)(width)
    low, high = 0.0, 50.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if scale * middle < np.exp(-middle) else (low, middle)
        )
    values = {rho: width, t: low}
    signs = {"isotropic": -1, "best": -1, "network": -1}
    return {
        name: float(
            (
                1 - statement.parts[name] if name in signs else statement.parts[name]
            ).subs(values)
        )
        for name in CAPTURES
    }


def _exponential_sample(statement, domain, rng, repeats=30) -> Result:
    """Spectra of 20000 independent eigenvalues; the bias of order 1/d is invisible."""
    rows = []
    for width in widths(domain, (Fraction(1, 10), HALF, Fraction(9, 10))):
        samples = [
            finite_captures(rng.exponential(size=20000), float(width))
            for _ in range(repeats)
        ]
        claimed = claimed_captures(statement, float(width))
        for name in CAPTURES:
            values = np.array([sample[name] for sample in samples])
            error = values.std(ddof=1) / np.sqrt(repeats)
            rows.append((f"{name}, rho = {width}", values.mean(), error, claimed[name]))
    return agree(rows)


LOG = log(1 / rho)

EXPONENTIAL = Claim(
    id="exponential-limits",
    title="The limits for exponential eigenvalues",
    chapter=CHAPTER,
    statement=Statement(
        "Let the eigenvalues of $B$ be independent with the standard exponential law, "
        "$[[rho]]$, and $N, d \\to \\infty$ with $N/d \\to \\rho$. With the quadratic "
        "activation the limits of $\\mathcal R$ are, almost surely in $B$,\n\n"
        "$$\\begin{aligned} "
        "&1 - [[isotropic]] && \\text{random features, } \\Gamma = I_d/d, \\\\ "
        "&[[aligned]] && \\text{random features, } \\Gamma \\propto B, \\\\ "
        "&1 - [[best]],\\ [[scale]]\\, t = e^{-t}, && \\text{random features, best } "
        "\\Gamma, \\\\ "
        "&[[tangent]] && \\text{tangent model, } \\Gamma = I_d/d, \\\\ "
        "&1 - [[network]] && \\text{network.} \\end{aligned}$$\n\n"
        "For $\\rho \\ge 1$ the last two are 0; the first three hold for all $\\rho > "
        "0$.",
        {"rho": Reals(0, 1, open_low=True)},
        {
            "isotropic": rho / (2 * (1 + rho)),
            "aligned": 1 / (1 + 2 * rho),
            "scale": rho,
            "best": exp(-t) * (1 + t / 2),
            "tangent": (1 - rho) * (2 - rho) / 2,
            "network": rho * (1 + LOG + LOG**2 / 2),
        },
    ),
    sources=(
        printed(
            "Figure 1, left frame",
            "implied",
            "the text plots the curves of its formulas; the third is ours. An "
            "unbounded spectrum leaves the text's condition on Γ, see "
            "exponential-covariance",
        ),
    ),
    uses=("rf-quadratic-limit", "covariance-optimal", "nt-limit", "nn-infimum"),
    checks=(
        Check(
            "symbolic",
            "the integrals over the exponential law",
            _exponential_integrals,
            given=("rf-quadratic-limit", "covariance-optimal"),
            role="step",
        ),
        Check(
            "statistical",
            "spectra of 20000 random eigenvalues, rho = 1/10, 1/2, 9/10",
            _exponential_sample,
            seed=20190607,
        ),
    ),
    planted=(
        Planted("chi = 1 for chi = 1/2", {"isotropic": rho / (1 + rho)}),
        Planted("the factor 2 missing", {"aligned": 1 / (1 + rho)}),
        Planted(
            "the square of the logarithm without its 1/2",
            {"network": rho * (1 + LOG + LOG**2)},
        ),
        Planted("t for t/2", {"best": exp(-t) * (1 + t)}),
        Planted("the tangent model as for B = I", {"tangent": 1 - rho}),
        Planted(
            "51/100 for 1/2",
            {"isotropic": Rational(51, 100) * rho / (1 + rho)},
            near=True,
        ),
    ),
    weak=Check("symbolic", "rho = 1 only", _exponential_end, role="step"),
    spec="GM-fig1",
)


# --- aligned features against the isotropic tangent model -----------------------------


def _crossing_algebra(statement, domain) -> Result:
    """Find the one root in (0, 1) of the difference, rho times a quadratic."""
    x = rho
    tangent, features = statement.tangent, statement.features
    top, below = fraction(cancel((tangent - features) * (chi + x) / x))
    if below.has(x) or below.has(chi):
        return unknown(f"the denominator {below} is left")
    top = Poly(top / below, x)
    if top.degree() != 2:
        return unknown("the difference is not a quadratic over chi + rho")
    constant, middle, lead = (top.coeff_monomial(x**k) for k in range(3))
    share = Symbol("s", positive=True)  # chi = 1 / (1 + s): every value in (0, 1)
    signs = (constant, lead, -top.eval(1))
    if not all(
        simplify(factor(v.subs(chi, 1 / (1 + share)))).is_positive for v in signs
    ):
        return unknown(f"the signs of {signs}")
    # positive at 0, negative at 1, opening upwards: the smaller root lies in (0, 1)
    smaller = -middle - sqrt(middle**2 - 4 * lead * constant)
    result = every_identity((("crossing", statement.crossing * 2 * lead, smaller),))
    if result.verdict is Verdict.HOLDS and statement.relation.symbol != "<":
        return unknown("the features are lower below the crossing")
    return result


def _crossing_points(statement, domain, shares=None) -> Result:
    """Both formulas in fractions, against the crossing in balls."""

    def decide(point):
        share, width = point
        values = {chi: Rational(share), rho: Rational(width)}
        features, tangent = (
            getattr(statement, name).subs(values) for name in ("features", "tangent")
        )
        with ctx.workprec(128):
            crossing = exact_ball(statement.crossing.subs(values))
            side = statement.relation.ball(exact_ball(Fraction(width)), crossing)
        words = f"chi = {share}: {features} < {tangent} where rho = {width}, "
        if side is None:
            return None, words
        return bool(features < tangent) == side, (
            f"{words}the crossing is {crossing.str(6, radius=False)}: the equivalence"
        )

    shares = [Fraction(k, 8) for k in range(1, 8)] if shares is None else shares
    inside = [v for v in shares if domain["chi"].contains(Reals(v, v))]
    grid = widths(domain, [Fraction(k, 33) for k in range(1, 33)])
    return every(product(inside, grid), decide)


ROOM = 1 + (1 - chi) ** 2

CROSSING = Claim(
    id="rf-beats-tangent",
    title="Few aligned features beat the isotropic tangent model",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[chi]]$ and $[[rho]]$ the limit for random features with $\\Gamma = B / "
        "\\operatorname{Tr} B$ lies below that of the tangent model with $\\Gamma = "
        "I_d "
        "/ d$,\n\n"
        "$$[[features]] < [[tangent]],$$\n\n"
        "if and only if\n\n"
        "$$\\rho [[relation]] [[crossing]].$$",
        {
            "chi": Reals(0, 1, open_low=True, open_high=True),
            "rho": Reals(0, 1, open_low=True, open_high=True),
        },
        {
            "features": chi / (chi + rho),
            "tangent": (1 - rho) ** 2 * (1 - chi) + (1 - rho) * chi,
            "relation": Relation("<"),
            "crossing": (ROOM - sqrt(ROOM**2 - 4 * (1 - chi) ** 3)) / (2 * (1 - chi)),
        },
    ),
    sources=(printed("Figure 1, left frame", "implied"),),
    uses=("rf-quadratic-limit", "nt-limit"),
    checks=(
        Check(
            "exact",
            "224 points: formulas in fractions, the crossing in balls",
            _crossing_points,
            role="step",
        ),
        Check(
            "symbolic",
            "the difference, its signs at 0 and 1, and its root",
            _crossing_algebra,
        ),
    ),
    planted=(
        Planted("above the crossing", {"relation": Relation(">")}),
        Planted(
            "21/20 of the crossing",
            {
                "crossing": Rational(21, 20)
                * (ROOM - sqrt(ROOM**2 - 4 * (1 - chi) ** 3))
                / (2 * (1 - chi))
            },
            near=True,
        ),
        Planted(
            "the other root",
            {"crossing": (ROOM + sqrt(ROOM**2 - 4 * (1 - chi) ** 3)) / (2 * (1 - chi))},
        ),
        Planted("isotropic features", {"features": 1 - rho * chi / (1 + rho)}),
        Planted(
            "from the slopes at 0 only",
            {"crossing": (1 - chi) ** 2 / ROOM},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "chi = 1/2, rho = 1/33 and 1/2",
        lambda statement, domain: _crossing_points(
            statement,
            {**domain, "rho": Reals(0, Fraction(1, 30), open_low=True)},
            [HALF],
        ),
        role="step",
    ),
    spec="GM-Gopt",
)


CLAIMS = (EXPONENTIAL, CROSSING)
