"""Training on the mixture: gradient flow, descent on samples, and dead neurons."""

import numpy as np
from sympy import Integer, Matrix, Rational, Symbol, diag, symbols, zeros

from rfbook.claims.mixture_gap.sources import printed
from rfbook.claims.mixture_training.landscape import (
    CHAPTER,
    DIFFERENCE,
    HALF,
    HOPE,
    POSITIVE,
    SHARE,
    SIZES,
    SMALL,
    li,
    risk,
)
from rfbook.claims.quadratic_flow.moments import polynomials_agree, symmetric
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Source,
    Statement,
    every,
)

# --- gradient flow --------------------------------------------------------------------

AVOIDED = Claim(
    id="saddles-avoided",
    title="Almost no start ends in an unstable fixed point",
    chapter=CHAPTER,
    statement=Statement(
        "Let $g : \\mathbb R^m \\to \\mathbb R^m$ be continuously differentiable with "
        "$\\det Dg(\\theta) \\ne 0$ everywhere. The set of $\\theta_0$ for which "
        "$\\theta_{k+1} = g(\\theta_k)$ converges to a fixed point at which $Dg$ has "
        "an eigenvalue of absolute value above $1$ has Lebesgue measure $0$."
    ),
    sources=(
        Source("Lee2019", "Mathematical Programming 176", "pp. 311-337", "background"),
    ),
    status="cited",
    reference="Lee, Panageas, Piliouras, Simchowitz, Jordan and Recht, Mathematical "
    "Programming 176 (2019), 311-337",
)

CONVERGES = Claim(
    id="analytic-flow-converges",
    title="A bounded path of an analytic gradient flow has a limit",
    chapter=CHAPTER,
    statement=Statement(
        "Let $E : \\mathbb R^m \\to \\mathbb R$ be real analytic. Every bounded "
        "solution of $\\frac{d\\theta}{d\\tau} = - \\nabla E(\\theta)$, $\\tau \\ge "
        "0$, converges to a critical point of $E$."
    ),
    sources=(Source("Absil2005", "SIAM J. Optim. 16", "pp. 531-547", "background"),),
    status="cited",
    reference="Łojasiewicz (1984); proved in Absil, Mahony and Andrews, SIAM Journal "
    "on Optimization 16 (2005), 531-547",
)

ALMOST, EVERY = "Lebesgue-almost every $W_0$", "every $W_0$"
FULL, WIDE = "of rank $d$", "that is not $0$"
mu = Symbol("mu_i", nonnegative=True)
LEAST_SHARE = SHARE.subs(li, mu)
SIGN = {"-1": -1.0, "1": 1.0}
CASES = (
    ((0.6, 0.3, 0.1), 1),
    ((0.6, 0.3, -0.4), 2),
    ((0.5, 0.5, -0.7), 3),
    ((0.7, 0.4, 0.2), 4),
)
TIME, STEP, CLOSE = 40.0, 0.04, 1e-6


def flow_ends(D: np.ndarray, W: np.ndarray, sign: float) -> np.ndarray:
    """Follow gradient flow by the classical method of order 4; return the risks.

    Each row has its own diagonal Delta; neurons that are 0 stay 0 and do not count.
    """
    weights = 4 * (1 + D[:, :, None] * D[:, None, :])

    def speed(W):
        M = sign * W @ W.mT
        signal = 1 + np.einsum("kii,ki->k", M, D)
        G = M * weights
        G[:, *np.diag_indices(D.shape[1])] += 2 * signal[:, None] * D
        return -2 * sign * G @ W

    for _ in range(round(TIME / STEP)):
        a = speed(W)
        b = speed(W + STEP / 2 * a)
        c = speed(W + STEP / 2 * b)
        W = W + STEP / 6 * (a + 2 * b + 2 * c + speed(W + STEP * c))
    total = np.zeros(len(W))
    for y in (1, -1):
        # The predictor is sign (|W'x|^2 - |W|^2); given y, x has the variances 1 - y D.
        C = sign * W.mT @ (W * (1 - y * D)[:, :, None])
        mean = np.einsum("kii->k", C) - sign * np.sum(W * W, axis=(1, 2))
        total += (mean - y) ** 2 / 2 + np.sum(C * C, axis=(1, 2))
    return total


def flow_starts(d: int, N: int, rng, missing: bool) -> list[np.ndarray]:
    """Draw two starts, and perhaps one that misses the first eigenvector."""
    starts = [rng.standard_normal((d, N)) / np.sqrt(d) for _ in range(2)]
    if missing:
        starts.append(rng.standard_normal((d, N)) / np.sqrt(d))
        starts[-1][0] = 0
    return starts


def _flow_ends(statement, domain, rng) -> Result:
    """Follow the flow from drawn starts to a late time, for four Deltas."""

    def missing(d, N):
        return statement.start == EVERY or (d <= N and statement.wide == WIDE)

    return _ends(statement, domain, rng, missing)


def _ends(statement, domain, rng, missing) -> Result:
    """Compare the ends of the flow from all starts with the statement's risk."""
    most = max(N for _, N in CASES)
    rows, starts = [], []
    for values, N in CASES:
        if N in domain["N"] and len(values) in domain["d"]:
            size = len(values)
            for W in flow_starts(size, N, rng, missing(size, N)):
                rows.append((values, N))
                starts.append(np.pad(W, ((0, 0), (0, most - N))))
    D = np.array([values for values, _ in rows])
    found = flow_ends(D, np.array(starts), SIGN[statement.sign])

    def decide(k):
        values, N = rows[k]
        kept = sorted((max(v, 0.0) for v in values), reverse=True)[:N]
        captured = sum(float(statement.share.subs(mu, v)) for v in kept)
        claimed = 1 / (1 + captured)
        words = f"eigenvalues {values}, N = {N}: the risk goes to {found[k]:.6f}"
        return abs(found[k] - claimed) < CLOSE, f"{words} = {claimed:.6f}"

    return every(range(len(rows)), decide)


FLOW = Claim(
    id="mixture-flow",
    title="On the mixture gradient flow reaches the least risk from almost every start",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ and $[[Delta]]$, all $u_i = [[sign]]$, and let $\\mu_i = "
        "\\max(\\lambda_i(\\Delta), 0)$, largest first. Gradient flow of $\\mathcal R$ "
        "in $W$ with centred features exists for all times $\\tau \\ge 0$, and from "
        "[[start]], as $\\tau \\to \\infty$,\n\n"
        "$$\\mathcal R \\to \\min_W \\mathcal R = \\Big( 1 + \\sum_{i=1}^{N \\wedge d} "
        "[[share]] \\Big)^{-1}.$$\n\n"
        "If $N \\ge d$, this holds from every $W_0$ [[wide]].",
        {**SIZES, "Delta": DIFFERENCE},
        {"sign": "-1", "start": ALMOST, "share": LEAST_SHARE, "wide": FULL},
    ),
    sources=(printed(HOPE, "sharper"),),
    uses=(
        "mixture-saddles",
        "noise-bounds",
        "saddles-avoided",
        "analytic-flow-converges",
    ),
    checks=(
        Check(
            "statistical",
            "the flow solved from 2 starts for each of four Deltas",
            _flow_ends,
            {"d": Integers(3, 3), "N": Integers(1, 4)},
            seed=61,
        ),
    ),
    planted=(
        Planted("the leading share", {"share": mu**2 / 2}),
        Planted("output weights of the other sign", {"sign": "1"}),
        Planted("every start", {"start": EVERY}, near=True),
        Planted("for N >= d every start but 0", {"wide": WIDE}, near=True),
    ),
    weak=Check(
        "statistical",
        "one neuron only",
        _flow_ends,
        {"d": Integers(3, 3), "N": Integers(1, 1)},
        seed=62,
        role="step",
    ),
)


# --- descent on samples ---------------------------------------------------------------

CONTINUOUS, ANY = "an absolutely continuous", "any"


def _descent_ends(statement, domain, rng) -> Result:
    """Follow the flow, to which descent converges as the step size goes to 0."""
    return _ends(statement, domain, rng, lambda d, N: statement.law == ANY)


DESCENT = Claim(
    id="mixture-descent",
    title="On the mixture, too, descent on samples tends to the least risk",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ and $[[Delta]]$, all $u_i = [[sign]]$, and let $W_0$ "
        "have [[law]] law. For one-pass SGD with centred features, steps of size "
        "$\\eta$ and every $\\delta > 0$,\n\n"
        "$$\\lim_{\\tau \\to \\infty}\\, \\lim_{\\eta \\to 0}\\, \\mathbb P \\Bigl( "
        "\\mathcal R(W_T) \\ge \\Big( 1 + \\sum_{i=1}^{N \\wedge d} [[share]] "
        "\\Big)^{-1} + \\delta \\Bigr) = 0, \\qquad T = \\lfloor \\tau / \\eta "
        "\\rfloor, \\quad \\mu_i = \\max(\\lambda_i(\\Delta), 0),$$\n\n"
        "the $\\mu_i$ sorted with the largest first; no network with these output "
        "weights has a smaller risk.",
        {**SIZES, "Delta": DIFFERENCE},
        {"sign": "-1", "law": CONTINUOUS, "share": LEAST_SHARE},
    ),
    sources=(printed(HOPE, "sharper"),),
    uses=("mixture-flow", "sgd-to-flow", "mixture-network-signs"),
    checks=(
        Check(
            "statistical",
            "the inner limit, which is the flow, solved from 2 starts for four Deltas",
            _descent_ends,
            {"d": Integers(3, 3), "N": Integers(1, 4)},
            seed=64,
        ),
    ),
    planted=(
        Planted("41/40 of the share", {"share": 41 * LEAST_SHARE / 40}, near=True),
        Planted("the leading share", {"share": mu**2 / 2}),
        Planted("output weights of the other sign", {"sign": "1"}),
        Planted("any law of the start", {"law": ANY}, near=True),
    ),
    weak=Check(
        "statistical",
        "more neurons than positive eigenvalues, a start in general position",
        lambda statement, domain, rng: _ends(
            statement, domain, rng, lambda d, N: False
        ),
        {"d": Integers(3, 3), "N": Integers(4, 4)},
        role="step",
        seed=65,
    ),
)


# --- dead neurons ---------------------------------------------------------------------


def _dead_conserved(statement, domain) -> Result:
    """Differentiate |w|^2 - k u^2 along the flow of one neuron, for a symbolic G."""

    def sides():
        for d in domain["d"]:
            G, w = symmetric("G", d), Matrix(symbols(f"w1:{d + 1}", real=True))
            u = Symbol("u", real=True)
            dw, du = -2 * u * G * w, -(w.T * G * w)[0]
            change = 2 * (w.T * dw)[0] - 2 * statement.ratio * u * du
            yield f"d = {d}", change, Integer(0)

    return polynomials_agree(sides())


def _dead_floor(statement, domain) -> Result:
    """Take networks with positive output weights: their risk is that of no training."""
    spectra = {1: [("1/2",), ("-1/2",)], 2: [("1/2", "1/3"), ("1/2", "-1/3")]}

    def decide(case):
        d, N, spectrum = case
        Delta = diag(*map(Rational, spectrum))
        for k in range(1, 5):
            W = Matrix(d, N, lambda i, j, k=k: Rational((-1) ** (k * i) + j, 7 - k))
            found = risk(W * W.T / k, Delta)
            if found < statement.floor:
                return False, f"u = 1/{k}: {found} >= {statement.floor}"
        return True, "four networks"

    cases = [
        (d, N, spectrum)
        for d in domain["d"]
        for N in domain["N"]
        for spectrum in spectra.get(d, ())
        if domain["Delta"] == DIFFERENCE or all(Rational(v) >= 0 for v in spectrum)
    ]
    return every(cases, decide)


def _dead_flow(statement, domain, rng) -> Result:
    """Follow one neuron in one dimension, lambda = 1/2, from starts that qualify."""
    starts = {KEEPS: ((0.5, 0.8), (0.1, 0.72)), POSITIVE_ONLY: ((0.9, 0.1),)}

    def decide(start):
        w, u = start
        least = np.inf
        for _ in range(20_000):
            G = 2 * (1 + u * w * w / 2) / 2 + 4 * u * w * w * (1 + 0.25)
            w, u = w - 2e-3 * 2 * u * G * w, u - 2e-3 * w * w * G
            m = u * w * w
            least = min(least, (1 + m / 2) ** 2 + 2 * m * m * 1.25)
        floor = float(statement.floor)
        return least >= floor - CLOSE, f"the least risk on the way {least:.6f}"

    return every(starts[statement.start], decide)


def _dead_one(statement, domain) -> Result:
    found = risk(zeros(1, 1), diag(HALF))
    return every(["M = 0"], lambda _: (found >= statement.floor, f"{found}"))


KEEPS = r"u_i > 0 \ \text{and} \ 2 u_i^2 > \lVert w_i \rVert^2"
POSITIVE_ONLY = "u_i > 0"

DEAD = Claim(
    id="mixture-dead-neurons",
    title="Output weights that are trained can keep the wrong sign for ever",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ and $[[Delta]]$. Along gradient flow of $\\mathcal R$ in "
        "$(W, u)$ with centred features every $\\lVert w_i \\rVert^2 - [[ratio]] "
        "u_i^2$ stays constant. If at the start\n\n"
        "$$[[start]] \\qquad (1 \\le i \\le N),$$\n\n"
        "then at every time $u_i > 0$ and $\\mathcal R \\ge [[floor]]$, whatever "
        "$N$ is.",
        {**SIZES, "Delta": POSITIVE},
        {"ratio": 2, "start": KEEPS, "floor": 1},
    ),
    sources=(printed(HOPE, "background"),),
    uses=(
        "mixture-gradient",
        "noise-bounds",
    ),
    checks=(
        Check(
            "symbolic",
            "what is conserved, d = 1, 2, 3",
            _dead_conserved,
            {"d": Integers(1, 3)},
            role="step",
        ),
        Check(
            "exact",
            "rational networks with positive output weights, d and N <= 2",
            _dead_floor,
            SMALL,
            role="step",
        ),
        Check(
            "statistical",
            "one neuron in one dimension, followed for a long time",
            _dead_flow,
            {"d": Integers(1, 1), "N": Integers(1, 1)},
            role="step",
            seed=63,
        ),
    ),
    planted=(
        Planted("41/20 for 2", {"ratio": Rational(41, 20)}, near=True),
        Planted("as for a linear activation: 1", {"ratio": 1}),
        Planted("without the second condition", {"start": POSITIVE_ONLY}, near=True),
        Planted("Delta of any sign", {"Delta": DIFFERENCE}),
        Planted("21/20 for 1", {"floor": Rational(21, 20)}, near=True),
    ),
    weak=Check("exact", "M = 0 in one dimension", _dead_one, role="step"),
)


CLAIMS = (AVOIDED, CONVERGES, FLOW, DESCENT, DEAD)
