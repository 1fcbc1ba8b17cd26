"""The tangent model on the mixture: a convex problem, and a step size for it."""

from sympy import Expr, Matrix, Rational, Symbol, diag

from rfbook.claims.mixture_gap.sources import printed
from rfbook.claims.mixture_training.landscape import (
    CHAPTER,
    DIFFERENCE,
    SIZES,
    risk,
)
from rfbook.claims.quadratic_flow.exact import rectangle
from rfbook.claims.quadratic_flow.moments import polynomials_agree, symmetric
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    every,
)

INNER = Symbol(r"{\langle H, \Delta \rangle}", real=True)
SIZE = Symbol(r"{\lVert H \rVert_F^2}", nonnegative=True)
CROSS = Symbol(r"{\operatorname{Tr} H \Delta H \Delta}", real=True)
TOP = Symbol(r"{\lVert W \rVert_{\mathrm{op}}^2}", positive=True)
SNR = Symbol(r"\operatorname{snr}", nonnegative=True)
WIDE = Symbol(r"{\lVert \Delta \rVert_{\mathrm{op}}^2}", nonnegative=True)

FORM = 2 * INNER**2 + 4 * SIZE + 4 * CROSS
BOUND = 16 * TOP * (1 + SNR + WIDE)
STEP = 1 / (8 * TOP * (1 + SNR + WIDE))


def _form(statement, H: Matrix, Delta: Matrix) -> Expr:
    values = {
        INNER: (H * Delta).trace(),
        SIZE: (H * H).trace(),
        CROSS: (H * Delta * H * Delta).trace(),
    }
    return statement.form.subs(values, simultaneous=True)


def _form_derived(statement, domain) -> Result:
    """Differentiate the risk twice along V + s K, every entry a symbol."""
    s = Symbol("s")

    def sides():
        for d in domain["d"]:
            Delta = symmetric("D", d)
            for N in domain["N"]:
                W, V, K = (rectangle(letter, d, N) for letter in "WVK")
                moved = V + s * K
                value = risk(W * moved.T + moved * W.T, Delta)
                H = W * K.T + K * W.T
                yield f"d = {d}, N = {N}", value.diff(s, 2), _form(statement, H, Delta)

    return polynomials_agree(sides())


def _bound_exact(statement, domain) -> Result:
    """Compare at neurons of rational norm along the axes, and rational K."""
    spectra = {1: ("1/2",), 2: ("1/2", "1/3"), 3: ("1/2", "-2/3", "1/4")}

    def decide(size):
        d, N = size
        spectrum = [Rational(v) for v in spectra[d]]
        values = {
            TOP: Rational(9, 4) * -(-N // d),
            SNR: sum(v**2 for v in spectrum) / 2,
            WIDE: max(v**2 for v in spectrum),
        }
        bound = statement.bound.subs(values, simultaneous=True)
        step = statement.step.subs(values, simultaneous=True)
        # Neurons 3/2 e_1, 3/2 e_2, ..., 3/2 e_1, ...: W W' is diagonal.
        W = Matrix(d, N, lambda i, j: Rational(3, 2) if j % d == i else 0)
        for k in range(4):
            K = W if k == 0 else Matrix(d, N, lambda i, j, k=k: i - k * j + 1)
            H = W * K.T + K * W.T
            found = _form(statement, H, diag(*spectrum))
            length = sum(v**2 for v in K)
            if not found <= bound * length:
                return False, f"K number {k + 1}: {found} <= {bound} times {length}"
            # One step moves by step times a slope, which this form at most reverses.
            if not step * found <= 2 * length:
                return False, f"K number {k + 1}: step {step} <= 2 / {found / length}"
        return True, "four directions"

    return every(((d, N) for d in domain["d"] for N in domain["N"]), decide)


def _bound_small(statement, domain) -> Result:
    """Let Delta be 0 and W = K = 1 in one dimension: the form is 16."""
    bound = statement.bound.subs({TOP: 1, SNR: 0, WIDE: 0})
    return every(["Delta = 0"], lambda _: (bound >= 16, f"{bound} >= 16"))


TANGENT = Claim(
    id="mixture-tangent-descent",
    title="A step size with which the tangent model converges",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$, $[[Delta]]$ and $W \\ne 0$, and let $\\mathcal R$ be "
        "the risk of the tangent model with centred features, $M = W V^{\\mathsf T} + "
        "V W^{\\mathsf T}$. Along $V + s K$ its second derivative, with $H = W "
        "K^{\\mathsf T} + K W^{\\mathsf T}$, is\n\n"
        "$$[[form]] \\le [[bound]]\\, \\lVert K \\rVert_F^2 .$$\n\n"
        "Hence gradient descent on $\\mathcal R$ with a constant step size $0 < \\eta "
        "< [[step]]$ converges to the least risk $\\mathcal R_{\\mathrm{NT}}$ from "
        "every start.",
        {**SIZES, "Delta": DIFFERENCE},
        {"form": FORM, "bound": BOUND, "step": STEP},
    ),
    sources=(printed("Section 4, the training of NT", "background"),),
    uses=("mixture-gradient", "noise-bounds"),
    checks=(
        Check(
            "symbolic",
            "the second derivative, every entry of W, V, K and Delta a symbol",
            _form_derived,
            {"d": Integers(1, 2), "N": Integers(1, 1)},
            role="step",
        ),
        Check(
            "exact",
            "the bound and the step for neurons along the axes, d and N <= 3",
            _bound_exact,
            {"d": Integers(1, 3), "N": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("41/10 for 4", {"form": FORM + SIZE / 10}, near=True),
        Planted("the last trace dropped", {"form": FORM - 4 * CROSS}),
        Planted("19/20 of the bound", {"bound": 19 * BOUND / 20}, near=True),
        Planted("the signal forgotten in the bound", {"bound": BOUND.subs(SNR, 0)}),
        Planted("21/20 of the step", {"step": 21 * STEP / 20}, near=True),
    ),
    weak=Check("exact", "Delta = 0 in one dimension", _bound_small, role="step"),
)

CLAIMS = (TANGENT,)
