r"""Quadratic random features on the mixture in the limit, and their best covariance.

The row of the text's table for isotropic weights, what it contradicts, and its mended
form. Finite risks come from `rfbook.claims.mixture_features.limits`.
"""

from fractions import Fraction
from itertools import product

import numpy as np
from sympy import Expr, Rational, Symbol, factor, limit, oo, simplify, sqrt, together

from rfbook.claims.mixture_features.limits import (
    AT_MOST,
    END,
    EQUAL,
    LIMIT,
    SNR,
    WITH,
    WITHOUT,
    compared,
    difference,
    risk_estimate,
    zeta,
)
from rfbook.claims.mixture_features.sources import CHAPTER, printed
from rfbook.claims.quadratic_features.fixed_point import (
    FIXED_POINT,
    HALF,
    POSITIVE,
    d,
    first,
    nu,
    rest,
    rho,
    second,
    widths,
)
from rfbook.ledger import (
    Check,
    Claim,
    Planted,
    Relation,
    Result,
    Statement,
    Verdict,
    agree,
    every,
    every_identity,
    holds,
    unknown,
)

# --- isotropic weights: the row of the table ------------------------------------------

TRACE_SQUARE = Symbol(r"\operatorname{Tr}(\Delta)^2", nonnegative=True)
chi = Symbol("chi", positive=True)


def row_risk(statement) -> Expr:
    """Return the statement's risk for isotropic weights."""
    return 1 / (1 + statement.factor * TRACE_SQUARE / (2 * d))


def row_limit() -> Expr:
    """Return the general limit for u^2 - 1 and Gamma = I / d.

    There sigma_1 = 0 and sigma_2^2 = sigma_{>= 2}^2 = 2, d |Gamma|^2 = 1 and
    d <Gamma, Delta>^2 = Tr(Delta)^2 / d.
    """
    root = FIXED_POINT.statement.low.subs({first: 0, rest: sqrt(2)})
    parts = LIMIT.statement
    strength = parts.strength.subs({second: sqrt(2), nu: root})
    captured = Rational(parts.half) * strength * TRACE_SQUARE / d
    return 1 / (1 + captured / (parts.unit + strength))


def related(relation: Relation, true: Expr, claimed: Expr, name: str) -> Result:
    """Decide ``true relation claimed`` for all positive symbols."""
    if relation == EQUAL:
        return every_identity(((name, true, claimed),))
    gap = factor(together(claimed - true))
    signed = gap if relation == AT_MOST else -gap
    if signed.is_nonnegative:
        return holds(f"{signed} is not negative")
    return unknown(f"the sign of {signed}")


def _row_formula(statement, domain) -> Result:
    """Insert the quadratic activation and isotropic weights into equation (15)."""
    return related(statement.relation, row_limit(), row_risk(statement), "the row")


def _row_wide(statement, domain) -> Result:
    """Let rho go to infinity: zeta_1 = 1/2 and zeta_2 = Tr(Delta)^2 / (4 d) in (16)."""
    end = END.subs({zeta[0]: Rational(1, 2), zeta[1]: TRACE_SQUARE / (4 * d)})
    claimed = limit(row_risk(statement), rho, oo)
    return related(statement.relation, simplify(end), claimed, "many features")


FLAT = (1.0, 1.0)


def _row_sample(statement, domain, rng, repeats=40) -> Result:
    """Exact risks of the squares at d = 60 and 120, isotropic weights."""
    rows, constant = [], {WITHOUT: False, WITH: True}[statement.constant]
    square = np.trace(difference(60)) ** 2 / 60  # Tr(Delta)^2 / d, for every d
    for width in widths(domain, (HALF, 1, 3)):
        seed = int(rng.integers(2**32))
        estimate = risk_estimate("square", width, FLAT, 0.0, constant, repeats, seed)
        claimed = row_risk(statement).subs({TRACE_SQUARE: square * d, rho: width})
        rows.append((f"rho = {width}", *estimate, float(claimed)))
    return compared(statement.relation, rows)


ROW_TEXT = (
    "Let $\\sigma(u) = u^2 - 1$, $\\Gamma = I_d / d$ and $[[rho]]$. In the setting of "
    "{prf:ref}`mixture-rf-limit` random features [[constant]] have\n\n"
    "$$\\mathcal R_{\\mathrm{RF}} [[relation]] \\frac{1}{1 + [[factor]] \\cdot "
    "\\frac{\\operatorname{Tr}(\\Delta)^2}{2 d}} + o(1)$$\n\nin probability."
)

ROW_PRINTED = Claim(
    id="mixture-rf-row-printed",
    title="The features' row of the table, which is false",
    chapter=CHAPTER,
    statement=Statement(
        ROW_TEXT,
        {"rho": POSITIVE},
        {"constant": WITHOUT, "relation": EQUAL, "factor": rho / (1 + 2 * rho)},
    ),
    sources=(
        printed(
            "equation (17), the RF row",
            "refutes",
            "possibly a slip of the text that we read; it contradicts equations (15) "
            "and (16) of the same text",
        ),
    ),
    uses=("mixture-rf-limit",),
    checks=(
        Check(
            "symbolic",
            "equation (15) for this activation and these weights",
            _row_formula,
            role="step",
        ),
        Check(
            "symbolic",
            "equation (16) for this activation and these weights",
            _row_wide,
            role="step",
        ),
        Check(
            "statistical",
            "exact risks at d = 60 and 120, extrapolated, rho = 1/2, 1 and 3",
            _row_sample,
            seed=20190606,
        ),
    ),
    planted=(
        Planted("1 for 2 in the denominator", {"factor": rho / (1 + rho)}, near=True),
        Planted("at most, not equal", {"relation": AT_MOST}),
        Planted(
            "1 for 2, and a constant in the model",
            {"factor": rho / (1 + rho), "constant": WITH},
        ),
    ),
    expects=Verdict.FAILS,
    spec="GM-eq17-RF",
)


def _row_covariances(statement, domain) -> Result:
    """Insert every covariance, the isotropic and the aligned one."""
    spread, overlap = Symbol("s", positive=True), Symbol("o", positive=True)
    root = FIXED_POINT.statement.low.subs({first: 0, rest: sqrt(2)})
    strength = LIMIT.statement.strength.subs({second: sqrt(2), nu: root})
    general = Rational(1, 2) * strength * overlap / (1 + strength * spread)
    claimed = statement.general.subs({OVERLAP: overlap, SPREAD: spread})
    # d <Gamma, Delta>^2 = 2 snr chi for Gamma = I / d, 2 snr / chi for Delta / Tr Delta
    isotropic = general.subs({overlap: 2 * SNR * chi, spread: 1})
    aligned = general.subs({overlap: 2 * SNR / chi, spread: 1 / chi})
    return every_identity(
        (
            ("the root", root, statement.root),
            ("every covariance", general, claimed),
            ("isotropic", isotropic, statement.isotropic),
            ("aligned", aligned, statement.aligned),
        )
    )


def _row_spectra(statement, domain) -> Result:
    """Compare the two special covariances for diagonal Delta, in fractions."""

    def decide(point):
        spectrum, width = point
        size, total = len(spectrum), sum(spectrum)
        norm = sum(v * v for v in spectrum)
        ratio = {
            chi: Rational(total**2, size * norm),
            SNR: Rational(norm) / 2,
            rho: Rational(width),
        }
        rows = []
        for weights, name in (
            ([Fraction(1, size)] * size, "isotropic"),
            ([Fraction(v, total) for v in spectrum], "aligned"),
        ):
            inner = sum(g * v for g, v in zip(weights, spectrum, strict=True))
            values = {
                OVERLAP: Rational(size * inner**2),
                SPREAD: Rational(size * sum(g * g for g in weights)),
                rho: Rational(width),
            }
            exact = statement.general.subs(values)
            rows.append((name, exact, statement.parts[name].subs(ratio)))
        words = "; ".join(f"{name} {a} = {b}" for name, a, b in rows)
        return all(a == b for _, a, b in rows), words

    spectra = [(1, 1), (2, 1), (3, 2, 0), (1, 1, 0, 0), (4, 3, 3, 3)]
    return every(product(spectra, widths(domain)), decide)


def _isotropic_sample(statement, domain, rng) -> Result:
    """Exact risks of the squares at d = 60 and 120, isotropic weights."""
    rows, Delta = [], difference(60)
    values = {SNR: np.sum(Delta**2) / 2}
    values[chi] = np.trace(Delta) ** 2 / (60 * np.sum(Delta**2))
    for width in widths(domain, (HALF, 1, 3)):
        seed = int(rng.integers(2**32))
        estimate = risk_estimate("square", width, FLAT, 0.0, False, 40, seed)
        claimed = 1 / (1 + statement.isotropic.subs(values | {rho: width}))
        rows.append((f"rho = {width}", *estimate, float(claimed)))
    return agree(rows)


OVERLAP = Symbol(r"d\, \langle \Gamma, \Delta \rangle^2", nonnegative=True)
SPREAD = Symbol(r"d\, \lVert \Gamma \rVert_F^2", positive=True)

ISOTROPIC = Claim(
    id="mixture-rf-isotropic",
    title="Quadratic random features in the limit",
    chapter=CHAPTER,
    statement=Statement(
        "In the setting of {prf:ref}`mixture-rf-limit` let $\\sigma(u) = u^2 - 1$ and "
        "$[[rho]]$, and let $\\operatorname{snr} = \\lVert \\Delta \\rVert_F^2 / 2$ "
        "and $\\chi = \\chi(\\Delta)$. Then $\\nu = [[root]]$ and\n\n"
        "$$\\operatorname{snr}_{\\mathrm{RF}} = [[general]].$$\n\n"
        "For $\\Gamma = I_d / d$ and, where it is a covariance, $\\Gamma = \\Delta / "
        "\\operatorname{Tr} \\Delta$ this is\n\n"
        "$$[[isotropic]] \\quad (\\Gamma = I_d / d), \\qquad [[aligned]] \\quad "
        "(\\Gamma = \\Delta / \\operatorname{Tr} \\Delta).$$",
        {"rho": POSITIVE},
        {
            "root": rho / 2,
            "general": rho * OVERLAP / (2 * (1 + rho * SPREAD)),
            "isotropic": SNR * chi * rho / (1 + rho),
            "aligned": SNR * rho / (chi + rho),
        },
    ),
    sources=(
        printed(
            "equation (17), the RF row",
            "corrects",
            "snr chi = Tr(Delta)^2 / (2 d), and 1 + rho for the printed 1 + 2 rho",
        ),
    ),
    uses=("mixture-rf-limit", "rf-fixed-point"),
    checks=(
        Check(
            "symbolic",
            "every covariance, the isotropic and the aligned one",
            _row_covariances,
            given=("mixture-rf-limit",),
        ),
        Check(
            "exact",
            "five spectra in fractions",
            _row_spectra,
            role="step",
        ),
        Check(
            "statistical",
            "exact risks at d = 60 and 120, extrapolated, rho = 1/2, 1 and 3",
            _isotropic_sample,
            seed=20190606,
        ),
    ),
    planted=(
        Planted("as printed", {"isotropic": SNR * chi * rho / (1 + 2 * rho)}),
        Planted(
            "no chi: right for multiples of I", {"isotropic": SNR * rho / (1 + rho)}
        ),
        Planted("the root of another activation", {"root": rho}),
        Planted(
            "the aligned one as good as the best",
            {"aligned": SNR * (1 - chi / (1 + rho))},
        ),
        Planted(
            "21/20 of it",
            {"isotropic": Rational(21, 20) * SNR * chi * rho / (1 + rho)},
            near=True,
        ),
    ),
    weak=Check(
        "symbolic",
        "multiples of the identity",
        lambda statement, domain: every_identity(
            (
                (
                    "isotropic",
                    statement.isotropic.subs(chi, 1),
                    SNR * rho / (1 + rho),
                ),
            )
        ),
        role="step",
    ),
    corrects="mixture-rf-row-printed",
    spec="GM-eq17-RF",
)


# --- the best covariance --------------------------------------------------------------

SPECTRA = ((1,), (2, 1), (1, 1), (3, 1, -1), (2, 0, 0), (5, 3, 2, 1), (4, 1, 1, -2))


def level(spectrum, scale: Fraction) -> Fraction:
    """Return the root t of scale t = sum (v - t)_+, from the largest values."""
    ordered = sorted(spectrum, reverse=True)
    for count in range(len(ordered), 0, -1):
        root = Fraction(sum(ordered[:count])) / (scale + count)
        if ordered[count - 1] > root:
            return root
    raise ValueError(f"no positive value in {spectrum}")


def captured(spectrum, gamma, width: Fraction) -> Fraction:
    """Return what weights of covariance diag(gamma), of any trace, capture."""
    size, total = len(spectrum), sum(gamma)
    inner = sum(v * g for v, g in zip(spectrum, gamma, strict=True))
    lower = total**2 + width * size * sum(g * g for g in gamma)
    return width * size * inner**2 / (2 * lower)


def rivals(gamma):
    """Return covariances around the given one, and the corners."""
    size = len(gamma)
    for i in range(size):
        yield tuple(Fraction(int(i == j)) for j in range(size))
        for step in (Fraction(1, 10), Fraction(-1, 10), Fraction(1)):
            moved = list(gamma)
            moved[i] = max(moved[i] + step, Fraction(0))
            if any(moved):
                yield tuple(moved)
    yield (Fraction(1),) * size


def _best_faces(statement, domain, spectra=SPECTRA) -> Result:
    """Compare the covariance with its neighbours and the value with the claimed one."""

    def decide(point):
        spectrum, width = point
        at = {rho: Rational(width), d: len(spectrum)}
        scale = statement.scale.subs(at)
        root = level(spectrum, Fraction(int(scale.p), int(scale.q)))
        gamma = [max(v - root, Fraction(0)) for v in spectrum]
        reached = captured(spectrum, gamma, Fraction(width))
        product_ = sum(v * g for v, g in zip(spectrum, gamma, strict=True))
        claimed = statement.best.subs(BEST_PRODUCT, Rational(product_))
        best = all(
            captured(spectrum, rival, Fraction(width)) <= reached
            for rival in rivals(gamma)
            if sum(v * g for v, g in zip(spectrum, rival, strict=True)) >= 0
        )
        true, words = (
            best and reached == claimed,
            f"{reached} = {claimed}, best: {best}",
        )
        if true and min(spectrum) >= root:
            norm, total = sum(v * v for v in spectrum), sum(spectrum)
            ratio = {chi: Rational(total**2, len(spectrum) * norm), **at}
            whole = statement.whole.subs(ratio | {SNR: Rational(norm) / 2})
            true, words = reached == whole, f"{reached} = {whole}"
        return true, words

    return every(product(spectra, widths(domain, (Fraction(1, 10), 1, 5))), decide)


def _best_algebra(statement, domain) -> Result:
    """Turn the least limit for the target Delta into what is captured: snr (1 - R)."""
    norm = Symbol("b", positive=True)
    share = BEST_PRODUCT / norm  # of the target, at the best covariance
    return every_identity(
        (
            ("what is captured", norm / 2 * share, statement.best),
            ("nothing cut off", SNR * (1 - chi / (1 + rho)), statement.whole),
        )
    )


BEST_PRODUCT = Symbol(r"{\langle \Delta, (\Delta - t I)_+ \rangle}", positive=True)

BEST = Claim(
    id="mixture-covariance-best",
    title="The best covariance of the features",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[rho]]$, $\\sigma(u) = u^2 - 1$, let the symmetric $\\Delta$ have a "
        "positive eigenvalue, and let $t > 0$ be the root of\n\n"
        "$$[[scale]]\\, t = \\operatorname{Tr} (\\Delta - t I)_+.$$\n\n"
        "Among the covariances with $\\operatorname{Tr} \\Gamma = 1$ and "
        "$\\langle \\Gamma, \\Delta \\rangle \\ge 0$ the formula of "
        "{prf:ref}`mixture-rf-isotropic` is largest at $\\Gamma \\propto "
        "(\\Delta - t I)_+$ and nowhere else, and there it is\n\n"
        "$$\\operatorname{snr}_{\\mathrm{RF}} = [[best]], \\qquad "
        "[[whole]] \\ \\text{ if no eigenvalue of } \\Delta \\text{ is below } t.$$",
        {"rho": POSITIVE},
        {
            "scale": rho * d,
            "best": BEST_PRODUCT / 2,
            "whole": SNR * (1 - chi / (1 + rho)),
        },
    ),
    sources=(printed("Theorem 4, equation (15)", "implied"),),
    uses=("mixture-rf-isotropic", "mixture-rf-dictionary", "covariance-optimal"),
    checks=(
        Check(
            "symbolic",
            "from the least limit for a quadratic target",
            _best_algebra,
            role="step",
        ),
        Check(
            "exact",
            "the covariance against its neighbours, spectra of at most four integers",
            _best_faces,
            role="step",
        ),
    ),
    planted=(
        Planted("the whole product", {"best": BEST_PRODUCT}),
        Planted("rho for rho d: right for d = 1", {"scale": rho + 0 * d}, near=True),
        Planted("as for the aligned one", {"whole": SNR * rho / (chi + rho)}),
        Planted("21/40 of the product", {"best": 21 * BEST_PRODUCT / 40}, near=True),
        Planted("the isotropic one", {"whole": SNR * chi * rho / (1 + rho)}),
    ),
    weak=Check(
        "exact",
        "one dimension",
        lambda statement, domain: _best_faces(statement, domain, SPECTRA[:1]),
        role="step",
    ),
    spec="GM-Gopt",
)


CLAIMS = (ROW_PRINTED, ISOTROPIC, BEST)
