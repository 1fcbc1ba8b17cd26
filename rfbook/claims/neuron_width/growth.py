"""How the number of features that one ReLU needs grows with the dimension.

All numbers are for the ReLU without bias. They come from
`rfbook.claims.neuron_width.blocks`, not from the room `rfbook.single_neuron`.
"""

from fractions import Fraction
from itertools import product

from flint import arb, ctx
from sympy import Expr, Integer, Rational, Symbol, binomial, pi, simplify, sqrt

from rfbook.claims.neuron_width.blocks import best_error, width
from rfbook.claims.neuron_width.sources import CHAPTER, printed
from rfbook.claims.tools.sphere import MOMENTS
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Statement,
    every,
    every_ball,
    every_identity,
    exact_ball,
    holds,
    unknown,
)

d = Symbol("d", integer=True, positive=True)
i = Symbol("i", integer=True, nonnegative=True)
L = Symbol("L", integer=True, nonnegative=True)
m = Symbol("m", integer=True, positive=True)
R = Symbol("R", positive=True)

AT_MOST, AT_LEAST = Relation("<="), Relation(">=")
LESS = Relation("<")
POSITIVE = Reals(0, open_low=True)
EXACT = printed("Theorem 4.2", "sharper", "bias 0; any norm; no bound on the weights")
CONSTANT = sqrt(2) / (6 * pi ** Rational(3, 2))
"""C in the energies beyond degree m: about C (m - 1)^(-3/2)."""

BITS = 192


DEFINED = (
    "Let $N_*$ be the least $N$ with $\\lambda_1 + \\dots + \\lambda_N \\ge "
    "\\frac{1}{2} - \\varepsilon / R^2$, where $\\lambda_1, \\lambda_2, \\dots$ are "
    "$\\kappa_0, \\kappa_1, \\kappa_2, \\kappa_4, \\kappa_6, \\dots$ in this order, "
    "$\\kappa_\\ell = d\\, \\bigl( \\mathbb E_{t \\sim \\mu_d} [t]_+ P_\\ell^{(d)}(t) "
    "\\bigr)^2$, each $\\dim \\mathcal H_\\ell^d$ times. "
)
"""What the checks compute: the width of the ReLU of norm R without bias."""


def needed(dimension: int, error, norm: Expr, recurrence: bool = False) -> int:
    """Return N_* for an exact error and norm, which may contain d."""
    norm = norm.subs(d, dimension)
    return width(dimension, _number(error) / norm**2, recurrence)


def _number(value) -> Expr:
    """Return an int, a Fraction or a SymPy number as a SymPy number."""
    if isinstance(value, Fraction):
        return Rational(value.numerator, value.denominator)
    return Integer(value) if isinstance(value, int) else value


def value_at(formula: Expr, **values) -> Expr:
    """Insert integers for named symbols."""
    names = {symbol.name: symbol for symbol in formula.free_symbols}
    return formula.subs({names[k]: v for k, v in values.items() if k in names}).doit()


# --- two tables -----------------------------------------------------------------------

NORMS = {
    "norm_1": Integer(1),
    "norm_2": sqrt(d),
    "norm_3": d ** Rational(3, 4),
    "norm_4": d,
}
TABLE = {
    5: (18, 45, 74, 201),
    10: (57, 2668, 38069, 798670),
    15: (118, 128706, 22256200, 7122430354),
    20: (202, 3934205, 12256050552, 80588654438811),
}


def entries(table: dict, names: str) -> dict[str, int]:
    """Name the entries of a table, ``names`` taking the row and the column."""
    return {
        names.format(size, k): entry
        for size, row in table.items()
        for k, entry in enumerate(row, 1)
    }


def rows(sizes, cell: str) -> str:
    """Write the rows of an array whose cells name parts of a statement."""
    lines = (
        " & ".join([str(size), *(cell.format(size, k) for k in range(1, 5))])
        for size in sizes
    )
    return " \\\\\n".join(lines)


def array(head: str, body: str) -> str:
    """Write a displayed array of five columns."""
    return (
        f"$$\\begin{{array}}{{rrrrr}}\n{head} \\\\\n\\hline\n{body}\n\\end{{array}}$$"
    )


HEAD = "d & [[norm_1]] & [[norm_2]] & [[norm_3]] & [[norm_4]]"


def _table_check(statement, domain) -> Result:
    """Compute every entry of the table."""

    def compare(case):
        size, k = case
        found = needed(size, statement.error, getattr(statement, f"norm_{k}"))
        claimed = getattr(statement, f"n_{size}_{k}")
        return found == claimed, f"(d, column): {found} = {claimed}"

    return every(product(domain["d"], range(1, 5)), compare)


def _table_weak(statement, domain) -> Result:
    """Compare the numbers of digits in the first row."""

    def compare(k):
        norm = getattr(statement, f"norm_{k}")
        found = len(str(needed(5, statement.error, norm)))
        claimed = len(str(getattr(statement, f"n_5_{k}")))
        return found == claimed, f"{found} = {claimed} digits"

    return every(range(1, 5), compare)


WIDTH_TABLE = Claim(
    id="width-table",
    title="The exact number of features, in small dimensions",
    chapter=CHAPTER,
    statement=Statement(
        DEFINED
        + "For $\\varepsilon = [[error]]$, $[[d]]$ and the norms $R$ at the head of "
        "the columns it is\n\n" + array(HEAD, rows(TABLE, "[[n_{}_{}]]")),
        {"d": Integers(5, 20, step=5)},
        {"error": Fraction(1, 50)} | NORMS | entries(TABLE, "n_{}_{}"),
    ),
    sources=(EXACT,),
    uses=("oblivious-error", "kappa-half-sphere"),
    checks=(Check("interval", "integrals over half the sphere", _table_check),),
    planted=(
        Planted("one feature less", {"n_20_3": TABLE[20][2] - 1}, near=True),
        Planted("1/51 for 1/50", {"error": Fraction(1, 51)}, near=True),
        Planted("the norm d^(4/5) for d^(3/4)", {"norm_3": d ** Rational(4, 5)}),
        Planted("two entries exchanged", {"n_10_1": 2668, "n_10_2": 57}),
    ),
    weak=Check("interval", "digits in the first row", _table_weak, role="step"),
    spec="width-2",
)


LARGE_NORMS = {
    "norm_1": sqrt(d),
    "norm_2": d ** Rational(3, 4),
    "norm_3": d,
    "norm_4": d**2,
}
LARGE = {
    50: ((272, 13), (575, 24), (692, 37), (112, 93)),
    100: ((811, 25), (629, 52), (140, 84), (465, 215)),
    150: ((373, 37), (793, 80), (243, 132), (830, 347)),
    200: ((125, 48), (105, 109), (729, 181), (244, 486)),
}
LEADING = {size: tuple(m for m, _ in row) for size, row in LARGE.items()}
POWERS = {size: tuple(e for _, e in row) for size, row in LARGE.items()}


def _large_check(statement, domain) -> Result:
    """Compare the leading digits and the powers of ten of every entry."""

    def compare(case):
        size, k = case
        norm = getattr(statement, f"norm_{k}")
        found = needed(size, statement.error, norm, recurrence=True)
        digits = getattr(statement, f"m_{size}_{k}")
        unit = 10 ** getattr(statement, f"e_{size}_{k}")
        words = f"(d, column): {digits} = floor({_leading(found)} / {_leading(unit)})"
        return digits == found // unit, words

    return every(product(domain["d"], range(1, 5)), compare)


def _leading(number: int) -> str:
    """Write a large integer by its first six digits."""
    text = str(number)
    return text if len(text) < 12 else f"{text[:6]}...e{len(text) - 6}"


WIDTH_LARGE = Claim(
    id="width-table-large",
    title="The number of features, in large dimensions",
    chapter=CHAPTER,
    statement=Statement(
        DEFINED
        + "For $\\varepsilon = [[error]]$, $[[d]]$ and the norms $R$ at the head of "
        "the columns its leading digits are as follows; $m \\cdot 10^e$ means "
        "$m \\cdot 10^e \\le N_* < (m + 1) \\cdot 10^e$.\n\n"
        + array(HEAD, rows(LARGE, "[[m_{0}_{1}]] \\cdot 10^{{[[e_{0}_{1}]]}}")),
        {"d": Integers(50, 200, step=50)},
        {"error": Fraction(1, 50)}
        | LARGE_NORMS
        | entries(LEADING, "m_{}_{}")
        | entries(POWERS, "e_{}_{}"),
    ),
    sources=(EXACT,),
    uses=("oblivious-error", "kappa-half-sphere", "kappa-ratio"),
    checks=(
        Check(
            "interval",
            "the recurrence of the eigenvalues",
            _large_check,
            given=("kappa-ratio",),
        ),
    ),
    planted=(
        Planted("one in the third digit", {"m_100_2": LEADING[100][1] + 1}, near=True),
        Planted("a power of ten", {"e_200_4": POWERS[200][3] + 1}),
        Planted("1/51 for 1/50", {"error": Fraction(1, 51)}, near=True),
        Planted("the norm 2d for d^2", {"norm_4": 2 * d}),
    ),
    weak=Check(
        "exact",
        "that every entry has three digits",
        lambda statement, domain: every(
            product(LARGE, range(1, 5)),
            lambda case: (
                99 < getattr(statement, f"m_{case[0]}_{case[1]}") < 1000,
                "three digits",
            ),
        ),
        role="step",
    ),
    spec="width-2",
)


# --- between 2^(d-2) and 6^d, at the norm d^(3/4) -------------------------------------


def _between(statement, domain) -> Result:
    """Compare the exact number with both sides, dimension by dimension."""

    def compare(size):
        low, high = (value_at(side, d=size) for side in (statement.low, statement.high))
        found = needed(size, statement.error, statement.norm)
        words = f"d: {_side(low)} < {_leading(found)} < {_side(high)}"
        return bool(low < found) and bool(found < high), words

    return every(domain["d"], compare)


def _side(value: Expr) -> str:
    return str(value) if len(str(value)) < 12 else str(value.evalf(6))


@ctx.workprec(BITS)
def _between_proof(statement, domain) -> Result:
    """Bounds below from one Hermite energy, above from closed blocks, for d >= start.

    Below, m is d or d + 1, even: m - 1 <= d and E |t|^m <= 2^(1-d). Above, L is the
    least even number with L >= x d, so that L <= x d + 2, and the number of
    monomials is a coefficient of (1 - z)^(-d), at most (8/5)^L (8/3)^d by z = 5/8.
    """
    if simplify(statement.norm**2 / d ** Rational(3, 2)) != 1:
        return unknown("the norm does not make both sides independent of d")
    error = _number(statement.error)
    start = exact_ball(domain["d"].low)
    left_over = 1 - exact_ball(error / CONSTANT)
    exponent = (exact_ball(CONSTANT / error)) ** (arb(2) / 3)
    base = arb(8) / 3 * (arb(8) / 5) ** exponent
    growth = simplify(statement.high.subs(d, d + 1) / statement.high)
    if not (growth.is_number and base / exact_ball(growth) < 1):
        return unknown(f"the base {base} against that of {statement.high}")
    high = exact_ball(statement.high.subs(d, domain["d"].low))
    above = ((arb(8) / 5) ** 2 * base**start + start) / high
    low = simplify(statement.low / 2 ** (d - 1))
    if not low.is_number:
        return unknown(f"{statement.low} is not a multiple of 2^(d-1)")
    if not (exact_ball(low) < left_over and above < 1):
        return unknown(f"{low} < {left_over} and {above} < 1")
    return holds(
        f"{left_over.str(6)} above {low}; the quotient {above.str(6)} at the start"
    )


EXPONENTIAL_PARTS = {
    "error": Fraction(1, 50),
    "norm": d ** Rational(3, 4),
    "low": 2 ** (d - 2),
    "high": 6**d,
}
EXPONENTIAL_TEXT = DEFINED + (
    "For every $[[d]]$, $R = [[norm]]$ and $\\varepsilon = [[error]]$,\n\n"
    "$$[[low]] < N_* < [[high]].$$"
)
EXPONENTIAL_PLANTED = (
    Planted("3^d below: right from d = 13 to 200", {"low": 3**d}, near=True),
    Planted("(7/2)^d above: right up to d = 76", {"high": Rational(7, 2) ** d}, True),
    Planted("the norm sqrt d", {"norm": sqrt(d)}),
    Planted("the norm d", {"norm": d}),
)

TAIL = Claim(
    id="width-exponential-tail",
    title="Exponentially many features, in large dimensions",
    chapter=CHAPTER,
    statement=Statement(EXPONENTIAL_TEXT, {"d": Integers(50)}, EXPONENTIAL_PARTS),
    sources=(EXACT,),
    uses=(
        "oblivious-error",
        "kappa-half-sphere",
        "direct-error",
        "relu-energy-tail",
        "sphere-absolute-moment",
        "width-subexponential",
    ),
    checks=(
        Check(
            "interval",
            "the exact number for d = 50, ..., 120",
            _between,
            {"d": Integers(50, 120)},
        ),
        Check("interval", "both bounds, for every d", _between_proof, role="step"),
    ),
    planted=(
        Planted("(33/10)^d below", {"low": Rational(33, 10) ** (d + 12)}),
        Planted("(7/2)^d above: right at first", {"high": Rational(7, 2) ** d}, True),
        *EXPONENTIAL_PLANTED[2:],
    ),
    weak=Check(
        "interval", "d = 50 only", _between, {"d": Integers(50, 50)}, role="step"
    ),
    spec="YS-4.5",
)

EXPONENTIAL = Claim(
    id="width-exponential",
    title="Exponentially many features at the norm d^(3/4)",
    chapter=CHAPTER,
    statement=Statement(EXPONENTIAL_TEXT, {"d": Integers(2)}, EXPONENTIAL_PARTS),
    sources=(EXACT,),
    uses=("oblivious-error", "kappa-half-sphere", "width-exponential-tail"),
    cases=("width-exponential-tail",),
    checks=(
        Check(
            "interval",
            "the exact number for d = 2, ..., 200",
            _between,
            {"d": Integers(2, 200)},
        ),
    ),
    planted=(
        *EXPONENTIAL_PLANTED,
        Planted("2^(d+1): false for d = 2 and 3", {"low": 2 ** (d + 1)}),
    ),
    weak=Check(
        "interval", "d = 20 only", _between, {"d": Integers(20, 20)}, role="step"
    ),
    spec="YS-4.5",
)

BASE = Claim(
    id="width-base",
    title="The base of the exponential, as far as computed",
    chapter=CHAPTER,
    statement=Statement(
        EXPONENTIAL_TEXT,
        {"d": Integers(2, 200)},
        EXPONENTIAL_PARTS | {"low": 3 ** (d - 2), "high": Rational(18, 5) ** d},
    ),
    sources=(EXACT,),
    uses=("oblivious-error", "kappa-half-sphere"),
    checks=(Check("interval", "the exact number, d by d", _between),),
    planted=(
        Planted("3^(d-1): right for d = 2, 3, 4", {"low": 3 ** (d - 1)}, near=True),
        Planted("7/2 for 18/5", {"high": Rational(7, 2) ** d}, near=True),
        Planted("the norm sqrt d", {"norm": sqrt(d)}),
        Planted("error 1/100", {"error": Fraction(1, 100)}),
    ),
    weak=Check("interval", "d = 4 only", _between, {"d": Integers(4, 4)}, role="step"),
    spec="width-2",
)


# --- smaller norms --------------------------------------------------------------------


def energy_beyond(degree: int) -> arb:
    """Enclose the sum of the squared Hermite coefficients of [t]_+ from an even degree.

    They are 1/(2 pi), 1/4 and 1/(4 pi) in degree 0, 1 and 2, none in the other odd
    degrees, and the quotient from k to k + 2 is (k - 1)^2 / ((k + 1)(k + 2)).
    """
    rest, here = arb(1) / 4 - 1 / (2 * arb.pi()), 1 / (4 * arb.pi())
    for k in range(2, degree, 2):
        rest -= here
        here *= arb((k - 1) ** 2) / ((k + 1) * (k + 2))
    return rest


FAR = (1000, 10**6)


def _subexponential_blocks(statement, domain) -> Result:
    """Compare the error of so many features with the bound, for R = 1."""

    def sides(case):
        size, degree = case
        count = int(value_at(statement.width, d=size, L=degree))
        level = exact_ball(value_at(statement.level, L=degree, R=1))
        return best_error(size, count), level

    sizes = [size for size in (*range(2, 13), *FAR) if size in domain["d"]]
    with ctx.workprec(2 * BITS):
        return every_ball(product(sizes, domain["L"]), sides, AT_MOST)


def _subexponential_energy(statement, domain) -> Result:
    """Compare with the Hermite energy beyond degree L + 1, which is the limit in d."""

    def sides(degree):
        level = exact_ball(value_at(statement.level, L=degree, R=1))
        return energy_beyond(degree + 2), level

    with ctx.workprec(BITS):
        return every_ball(domain["L"], sides, AT_MOST)


FEATURES = d + binomial(d + L - 1, L)
LEVEL = CONSTANT * R**2 / L ** Rational(3, 2)

SUBEXPONENTIAL = Claim(
    id="width-subexponential",
    title="How many features are enough",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[L]]$ and $[[R]]$, one ReLU without bias of norm $R$: "
        "if\n\n$$\\varepsilon \\ge [[level]], \\qquad \\text{then} \\qquad "
        "N_* \\le [[width]].$$",
        {"d": Integers(2), "L": Integers(2, step=2), "R": POSITIVE},
        {"level": LEVEL, "width": FEATURES},
    ),
    sources=(printed("Remark 4.7", "background"),),
    uses=("block-worst-case", "relu-energy-tail-above"),
    checks=(
        Check(
            "interval",
            "the error for d = 2, ..., 12, 1000 and 10^6, for L up to 60",
            _subexponential_blocks,
            {"d": Integers(2, 10**6), "L": Integers(2, 60, step=2)},
            role="step",
        ),
        Check(
            "interval",
            "the Hermite energy beyond degree L + 1, for L up to 1000",
            _subexponential_energy,
            {"L": Integers(2, 1000, step=2)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "19/20 of the bound: false for large d and L only",
            {"level": 19 * LEVEL / 20},
            near=True,
        ),
        Planted(
            "the square for the power 3/2: right for small L",
            {"level": CONSTANT * R**2 / L**2},
            near=True,
        ),
        Planted(
            "L + 1 for L: false for large d and L only",
            {"level": CONSTANT * R**2 / (L + 1) ** Rational(3, 2)},
            near=True,
        ),
        Planted("one block less", {"width": d + binomial(d + L - 3, L - 2)}),
    ),
    weak=Check(
        "interval",
        "d = 3 only",
        _subexponential_blocks,
        {"d": Integers(3, 3), "L": Integers(2, 20, step=2)},
        role="step",
    ),
    spec="YS-4.5",
)


def _superpolynomial_exact(statement, domain) -> Result:
    """Compare the exact number at the largest error allowed with the product, R = 1."""

    def compare(case):
        size, degree = case
        error = value_at(statement.level, m=degree, R=1)
        found = needed(size, error, Integer(1))
        product_ = Rational(1)
        for step in range(degree // 2):
            product_ *= value_at(statement.factor, d=size, i=step)
        bound = _number(statement.share) * product_
        words = f"(d, m): {found} {statement.relation.symbol} {bound}"
        return bool(statement.relation.exact(found, bound)), words

    return every(product(domain["d"], domain["m"]), compare)


def _superpolynomial_steps(statement, domain) -> Result:
    """Invert the moments E t^m, and keep half of the energy."""
    half = statement.level * (m - 1) ** Rational(3, 2) / R**2
    return every_identity(
        [
            ("1 / E t^m", statement.factor * MOMENTS.statement.factor, Integer(1)),
            ("1 - error / energy", 1 - half / CONSTANT, _number(statement.share)),
        ]
    )


CEILING = CONSTANT / 2 * R**2 / (m - 1) ** Rational(3, 2)

SUPERPOLYNOMIAL = Claim(
    id="width-superpolynomial",
    title="How many features are not enough",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[m]]$ and $[[R]]$, one ReLU without bias of norm $R$: "
        "if\n\n$$\\varepsilon \\le [[level]], \\qquad \\text{then} \\qquad "
        "N_* [[relation]] [[share]] \\prod_{i=0}^{m/2-1} [[factor]].$$",
        {"d": Integers(2), "m": Integers(2, step=2), "R": POSITIVE},
        {
            "level": CEILING,
            "relation": AT_LEAST,
            "share": Fraction(1, 2),
            "factor": (d + 2 * i) / (2 * i + 1),
        },
    ),
    sources=(EXACT,),
    uses=("oblivious-error", "direct-error", "relu-energy-tail", "sphere-moments"),
    checks=(
        Check(
            "interval",
            "the exact number at the largest error, d = 2, ..., 40, m = 2, ..., 16",
            _superpolynomial_exact,
            {"d": Integers(2, 40), "m": Integers(2, 16, step=2)},
            role="step",
        ),
        Check(
            "symbolic", "moments, and what is left", _superpolynomial_steps, role="step"
        ),
    ),
    planted=(
        Planted(
            "the denominators dropped: right for m = 2",
            {"factor": d + 2 * i},
            near=True,
        ),
        Planted("factors squared", {"factor": ((d + 2 * i) / (2 * i + 1)) ** 2}),
        Planted(
            "the square root for the power 3/2: right for m = 2",
            {"level": CONSTANT / 2 * R**2 / sqrt(m - 1)},
            near=True,
        ),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check(
        "interval",
        "m = 2 and d < 6 only",
        _superpolynomial_exact,
        {"d": Integers(2, 5), "m": Integers(2, 2, step=2)},
        role="step",
    ),
    spec="YS-4.5",
)


# --- a fixed fraction of the variance -------------------------------------------------

SHARES = {"a": (Fraction(1, 2), 0), "b": (Fraction(1, 10), 2)}
SHARES |= {"c": (Fraction(1, 100), 6), "e": (Fraction(1, 1000), 26)}
VARIANCE = Rational(1, 2) - 1 / (2 * pi)


def _relative_rows(statement):
    for name in SHARES:
        share = _number(getattr(statement, f"share_{name}"))
        yield share * statement.variance, getattr(statement, f"degree_{name}")


def _relative_exact(statement, domain) -> Result:
    """Compare the exact number with the bound."""

    def compare(case):
        size, (error, degree) = case
        found = needed(size, error, Integer(1))
        bound = value_at(statement.width, d=size, L=degree)
        return bool(found <= bound), f"{_leading(found)} <= {_side(bound)}"

    sizes = [s for s in (*range(2, 31), 100, 1000, 10_000) if s in domain["d"]]
    cases = {
        f"d = {size}, L = {row[1]}": (size, row)
        for size, row in product(sizes, _relative_rows(statement))
    }
    return every(cases, lambda name: compare(cases[name]))


def _relative_energy(statement, domain) -> Result:
    """Compare with the Hermite energy beyond degree L + 1, the same for every d."""
    with ctx.workprec(BITS):
        return every_ball(
            list(_relative_rows(statement)),
            lambda row: (energy_beyond(row[1] + 2), exact_ball(row[0])),
            AT_MOST,
        )


RELATIVE = Claim(
    id="width-relative",
    title="A fixed fraction of the variance costs a polynomial",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and every norm $R$, one ReLU without bias has the variance "
        "$R^2 v$ with $v = [[variance]]$. The mean squared error $\\delta R^2 v$ needs "
        "$N_* \\le [[width]]$ features, a polynomial in $d$ of degree $L$, with\n\n"
        "$$\\begin{array}{rrrrr}\n"
        + "\\delta & "
        + " & ".join(f"[[share_{name}]]" for name in SHARES)
        + " \\\\\nL & "
        + " & ".join(f"[[degree_{name}]]" for name in SHARES)
        + "\n\\end{array}$$",
        {"d": Integers(2)},
        {"variance": VARIANCE, "width": FEATURES}
        | {f"share_{name}": share for name, (share, _) in SHARES.items()}
        | {f"degree_{name}": degree for name, (_, degree) in SHARES.items()},
    ),
    sources=(printed("Theorem 4.2", "background", "the error there is absolute"),),
    uses=("block-worst-case", "relu-energies"),
    checks=(
        Check(
            "interval",
            "the exact number for d = 2, ..., 30, 100, 1000 and 10^4",
            _relative_exact,
            {"d": Integers(2, 10_000)},
            role="step",
        ),
        Check("interval", "the Hermite energies", _relative_energy, role="step"),
    ),
    planted=(
        Planted("degree 4 for one percent: false from d = 11", {"degree_c": 4}),
        Planted("degree 24 for 1/1000: right up to d = 1000", {"degree_e": 24}, True),
        Planted("degree 1 not counted", {"variance": VARIANCE - Rational(1, 4)}),
        Planted("1/31 for 1/10: right for small d", {"share_b": Fraction(1, 31)}, True),
    ),
    weak=Check(
        "interval", "d = 2, 3 only", _relative_exact, {"d": Integers(2, 3)}, role="step"
    ),
    spec="width-5",
)


# --- a law ----------------------------------------------------------------------------


def _law_check(statement, domain) -> Result:
    """Compare logarithms of the exact number and of the law's binomial coefficient."""

    def sides(case):
        size, norm = case
        error = _number(statement.error)
        level = exact_ball(
            _number(statement.constant) * norm.subs(d, size) ** 2 / error
        )
        level = level ** exact_ball(statement.power)
        half = arb(size - 2) / 2
        degree = (half**2 + level * (size - 1)).sqrt() - half
        low = exact_ball(value_at(statement.lower, d=size))
        top = degree + size - 1
        law = (top + 1).lgamma() - (low + 1).lgamma() - (top - low + 1).lgamma()
        exact = arb(needed(size, error, norm)).log()
        return abs(law - exact), exact_ball(statement.within).log()

    norms = [getattr(statement, f"norm_{k}") for k in (1, 2, 3)]
    with ctx.workprec(2 * BITS):
        return every_ball(product(domain["d"], norms), sides, AT_MOST)


LAW = Claim(
    id="width-law",
    title="A simple law for the number of features",
    chapter=CHAPTER,
    statement=Statement(
        DEFINED + "For $\\varepsilon = [[error]]$, $[[d]]$ and the "
        "norms $R = [[norm_1]]$, $[[norm_2]]$, $[[norm_3]]$ let\n\n"
        "$$K = \\Bigl( [[constant]] \\cdot \\frac{R^2}{\\varepsilon} "
        "\\Bigr)^{[[power]]}, \\qquad \\ell (\\ell + d - 2) = K (d - 1), \\quad "
        "\\ell > 0.$$\n\n"
        "Then $N_*$ and $\\binom{\\ell + d - 1}{[[lower]]}$ differ by a factor of at "
        "most $[[within]]$.",
        {"d": Integers(10, 200, step=10)},
        {
            "error": Fraction(1, 50),
            "norm_1": sqrt(d),
            "norm_2": d ** Rational(3, 4),
            "norm_3": d,
            "constant": CONSTANT,
            "power": Fraction(2, 3),
            "lower": d - 1,
            "within": 2,
        },
    ),
    sources=(EXACT,),
    uses=("oblivious-error", "kappa-half-sphere"),
    checks=(Check("interval", "both sides at 60 points", _law_check),),
    planted=(
        Planted("7/4 for 2: false for d = 190 only", {"within": Fraction(7, 4)}),
        Planted("21/20 of the constant", {"constant": 21 * CONSTANT / 20}, near=True),
        Planted("the power 3/5", {"power": Fraction(3, 5)}),
        Planted("d for d - 1", {"lower": d}),
    ),
    weak=Check(
        "interval", "d = 10 only", _law_check, {"d": Integers(10, 10)}, role="step"
    ),
    spec="width-2",
)


CLAIMS = (
    WIDTH_TABLE,
    WIDTH_LARGE,
    EXPONENTIAL,
    TAIL,
    BASE,
    SUBEXPONENTIAL,
    SUPERPOLYNOMIAL,
    RELATIVE,
    LAW,
)
