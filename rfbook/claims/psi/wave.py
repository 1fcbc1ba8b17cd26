"""psi as a function on the line: pieces, symmetry, period, price in ReLUs.

The checks compute with the literal ReLU sum of the source, written out here once more,
and not with the closed forms of `rfbook.psi`.
"""

from fractions import Fraction
from itertools import product

import numpy as np
from sympy import Integer, Symbol, expand, summation

from rfbook.claims.psi.sources import CHAPTER, printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Proved,
    Reals,
    Relation,
    Result,
    Statement,
    Verdict,
    every,
    every_identity,
    fails,
    holds,
    identity,
    unknown,
)

a = Symbol("a", integer=True, positive=True)
d = Symbol("d", integer=True, positive=True)
k = Symbol("k", integer=True, positive=True)
m = Symbol("m", integer=True, positive=True)
n = Symbol("n", integer=True, nonnegative=True)
s = Symbol("s", real=True)
x = Symbol("x", real=True)


PROPOSITION_1 = printed("Proposition 4.6, item 1", "sharper")


# --- the literal sum, on half-integers and on symbolic pieces -------------------------


def literal_weights(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the kinks 2n - a and the weights 1, -2, 2, ... of the source's sum."""
    index = np.arange(size + 1)
    return 2 * index - size, np.where(index == 0, 1, 2 * (-1) ** index)


def twice_psi(size: int, halves: np.ndarray) -> np.ndarray:
    """Return 2 psi_a at the points halves / 2, by summing every ReLU in integers."""
    kinks, weights = literal_weights(size)
    active = np.maximum(halves[:, None] - 2 * kinks[None, :], 0)
    return active @ weights - 2


def twice_triangle(halves: np.ndarray) -> np.ndarray:
    """Return 2 tri at the points halves / 2: 0, 1, 2, 1, 0, -1, -2, -1 and again."""
    return np.array([0, 1, 2, 1, 0, -1, -2, -1])[halves % 8]


def halves_of(values: Reals, size: int, reach: int = 6) -> np.ndarray:
    """Return the doubled half-integers of an interval with ends in ``a``.

    Both sides of every identity below are linear between integers, so that the integers
    and the half-integers decide it; an endless interval is cut ``reach`` after a.
    """
    low = -size - reach if values.low is None else _at(values.low, a=size)
    high = size + reach if values.high is None else _at(values.high, a=size)
    return np.arange(2 * low, 2 * high + 1)


def first_difference(left: np.ndarray, right: np.ndarray, halves: np.ndarray):
    """Return whether two doubled functions agree, and the first point in words."""
    wrong = np.flatnonzero(left != right)
    at = wrong[0] if wrong.size else 0
    point, values = Fraction(int(halves[at]), 2), (left[at], right[at])
    sides = [str(Fraction(int(value), 2)) for value in values]
    return not wrong.size, f"x = {point}: {sides[0]} = {sides[1]}"


def same_on_pieces(left, right) -> Result:
    """Decide an identity in which (-1)^n or (-1)^a stands, parity by parity."""
    for n_value, a_value in product((2 * k, 2 * k - 1), (2 * m, 2 * m - 1)):
        sides = [expand(side.subs({n: n_value, a: a_value})) for side in (left, right)]
        result = identity(*sides)
        if result.verdict is not Verdict.HOLDS:
            words = f"n = {n_value}, a = {a_value}: {result.witness or result.detail}"
            failed = result.verdict is Verdict.FAILS
            return fails(words) if failed else unknown(words)
    return holds("the difference reduces to 0 for both parities of n and of a")


def _at(value, **point):
    """Evaluate an end of an interval, an expression in ``a``, at an integer."""
    return int(value.subs({a: point["a"]})) if hasattr(value, "subs") else value


# --- the pieces -----------------------------------------------------------------------

PIECE = (-1) ** n * (s - 2 * n - 1)


def _piece_base(statement, domain) -> Result:
    return identity(statement.piece.subs(n, 0), s - 1)


def _piece_step(statement, domain) -> Result:
    added = statement.weight * (-1) ** (n + 1) * (s - 2 * (n + 1))
    grown = statement.piece.subs(n, n + 1) - statement.piece
    return same_on_pieces(expand(grown), expand(added))


def _piece_exact(statement, domain) -> Result:
    def compare(number):
        terms = [
            statement.weight * (-1) ** i * (s - 2 * i) for i in range(1, number + 1)
        ]
        left, right = (
            expand(s - 1 + sum(terms)),
            expand(statement.piece.subs(n, number)),
        )
        return left == right, f"{left} = {right}"

    return every(domain["n"], compare)


PIECES = Claim(
    id="psi-pieces",
    title="The linear pieces",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[n]]$ and every $[[s]]$,\n\n"
        "$$s - 1 + [[weight]]\\sum_{k=1}^{n} (-1)^k (s - 2k) = [[piece]].$$",
        {"n": Integers(0), "s": Reals()},
        {"weight": 2, "piece": PIECE},
    ),
    sources=(PROPOSITION_1,),
    checks=(
        Check("symbolic", "n = 0", _piece_base, {"n": Integers(0, 0)}, "base", "n"),
        Check("symbolic", "from n to n + 1", _piece_step, role="induction", over="n"),
        Check("exact", "the sum, expanded", _piece_exact, {"n": Integers(0, 60)}),
        Check(
            "formal",
            "all of it, in Coq",
            Proved("psi.v", "psi_pieces", read="3150d5eac910"),
        ),
    ),
    planted=(
        Planted("the sign of the slope", {"piece": -PIECE}),
        Planted("the sum starts right, its weight is 1", {"weight": 1}, near=True),
        Planted("the zero moves by 1", {"piece": (-1) ** n * (s - 2 * n)}),
        Planted(
            "the zero moves with n^2", {"piece": (-1) ** n * (s - 2 * n**2 - 1)}, True
        ),
    ),
    weak=Check("exact", "n = 0 only", _piece_exact, {"n": Integers(0, 0)}),
    spec="YS-4.6.1",
)


# --- the triangle wave ----------------------------------------------------------------


def _triangle_exact(statement, domain) -> Result:
    def compare(size):
        halves = halves_of(domain["x"], size)
        shifted = halves + 2 * int(statement.shift.subs(a, size))
        wave = twice_triangle(shifted)
        return first_difference(twice_psi(size, halves), wave, halves)

    return every(domain["a"], compare)


def _triangle_pieces(statement, domain) -> Result:
    """On 2n <= s <= 2n + 2 the wave tri(t), t = s - 1, is (-1)^n (t - 2n)."""
    if not Reals(-a, a).contains(domain["x"]):
        return unknown("the pieces cover [-a, a] only")
    wave = (-1) ** n * (s - a + statement.shift - 2 * n)
    return same_on_pieces(PIECE, wave)


TRIANGLE = Claim(
    id="psi-triangle",
    title="The ReLU sum is a triangle wave",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[a]]$ and $[[x]]$,\n\n"
        "$$\\psi_a(x) = \\operatorname{tri}(x + [[shift]]).$$",
        {"a": Integers(1), "x": Reals(-a, a)},
        {"shift": a - 1},
    ),
    sources=(PROPOSITION_1,),
    uses=("psi-pieces",),
    checks=(
        Check(
            "symbolic",
            "each piece, for symbolic n, a and x",
            _triangle_pieces,
            given=("psi-pieces",),
        ),
        Check(
            "exact",
            "the literal sum at every half-integer",
            _triangle_exact,
            {"a": Integers(1, 60)},
        ),
        Check(
            "formal",
            "all of it, in Coq",
            Proved("psi.v", "psi_triangle", read="94210316d10d"),
        ),
    ),
    planted=(
        Planted("the shift loses its 1", {"shift": a}),
        Planted("the shift is a + 1: the opposite sign", {"shift": a + 1}),
        Planted("right for a = 1 only", {"shift": 1 - a}, near=True),
        Planted("beyond a + 2, where it ends", {"x": Reals(-a, a + 3)}, near=True),
    ),
    weak=Check("exact", "a = 1 only", _triangle_exact, {"a": Integers(1, 1)}),
    spec="YS-4.6.1",
)


def _odd_exact(statement, domain) -> Result:
    def compare(size):
        halves = halves_of(domain["x"], size)
        sign = int(statement.sign.subs(a, size))
        left, right = twice_psi(size, -halves), sign * twice_psi(size, halves)
        return first_difference(left, right, halves)

    return every(domain["a"], compare)


def _odd_pieces(statement, domain) -> Result:
    """Compare the piece n with its mirror image, the piece a - 1 - n at 2a - s."""
    if not Reals(-a, a).contains(domain["x"]):
        return unknown("the pieces cover [-a, a] only")
    mirrored = PIECE.subs({n: a - 1 - n, s: 2 * a - s}, simultaneous=True)
    return same_on_pieces(mirrored, statement.sign * PIECE)


ODD = Claim(
    id="psi-odd",
    title="Odd exactly for odd a",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[a]]$ and $[[x]]$,\n\n"
        "$$\\psi_a(-x) = [[sign]]\\, \\psi_a(x).$$\n\n"
        "So $\\psi_a$ is odd on $[-a, a]$ if $a$ is odd, "
        "and even there if $a$ is even.",
        {"a": Integers(1), "x": Reals(-a, a)},
        {"sign": (-1) ** a},
    ),
    sources=(PROPOSITION_1,),
    uses=("psi-pieces",),
    checks=(
        Check(
            "symbolic",
            "piece n against piece a - 1 - n, for symbolic n, a and x",
            _odd_pieces,
            given=("psi-pieces",),
        ),
        Check(
            "exact",
            "the literal sum at every half-integer",
            _odd_exact,
            {"a": Integers(1, 60)},
        ),
        Check(
            "formal",
            "all of it, in Coq",
            Proved("psi.v", "psi_odd", read="28d0312e2b00"),
        ),
    ),
    planted=(
        Planted("odd for every a", {"sign": Integer(-1)}, near=True),
        Planted("the parities exchanged", {"sign": (-1) ** (a + 1)}),
        Planted("even for every a", {"sign": Integer(1)}),
        Planted("on a longer interval", {"x": Reals(-a - 1, a + 1)}, near=True),
    ),
    weak=Check("exact", "a = 1 only", _odd_exact, {"a": Integers(1, 1)}),
    spec="YS-4.6.1",
)


def _period_exact(statement, domain) -> Result:
    def compare(size):
        halves = halves_of(domain["x"], size)
        moved = twice_psi(size, halves + 2 * statement.shift)
        return first_difference(moved, statement.sign * twice_psi(size, halves), halves)

    return every(domain["a"], compare)


def _period_pieces(statement, domain) -> Result:
    """Move x, and so s, by 2: from the piece n to the piece n + 1."""
    if statement.shift != 2:
        return unknown("the pieces are 2 long")
    if not Reals(-a, a - 2).contains(domain["x"]):
        return unknown("x + 2 leaves [-a, a]")
    moved = PIECE.subs({n: n + 1, s: s + 2}, simultaneous=True)
    return same_on_pieces(moved, statement.sign * PIECE)


PERIOD = Claim(
    id="psi-period",
    title="Antiperiod 2, hence period 4",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[a]]$ and $[[x]]$,\n\n"
        "$$\\psi_a(x + [[shift]]) = [[sign]] \\cdot \\psi_a(x).$$",
        {"a": Integers(2), "x": Reals(-a, a - 2)},
        {"shift": 2, "sign": -1},
    ),
    sources=(PROPOSITION_1,),
    uses=("psi-pieces",),
    checks=(
        Check(
            "symbolic",
            "piece n against piece n + 1, for symbolic n and x",
            _period_pieces,
            given=("psi-pieces",),
        ),
        Check(
            "exact",
            "the literal sum at every half-integer",
            _period_exact,
            {"a": Integers(2, 60)},
        ),
        Check(
            "formal",
            "all of it, in Coq",
            Proved("psi.v", "psi_period", read="a9c2fad760ce"),
        ),
    ),
    planted=(
        Planted("period 2", {"sign": 1}),
        Planted(
            "antiperiod 4, on the shorter interval", {"shift": 4, "x": Reals(-a, a - 4)}
        ),
        Planted("x + 2 beyond a + 2", {"x": Reals(-a, a + 1)}, near=True),
        Planted("antiperiod 1", {"shift": 1}),
    ),
    weak=Check(
        "exact",
        "a = 2 at x = -2 only",
        lambda statement, domain: every(
            [-4],
            lambda half: first_difference(
                twice_psi(2, np.array([half + 2 * statement.shift])),
                statement.sign * twice_psi(2, np.array([half])),
                np.array([half]),
            ),
        ),
    ),
    spec="YS-4.6.1",
)


def _sign_exact(statement, domain) -> Result:
    def compare(dimension):
        size = int(statement.size.subs(d, dimension))
        sign = int(statement.sign.subs(d, dimension))
        halves = np.arange(-2 * size, 2 * size + 1)
        left, right = twice_psi(size, halves), sign * twice_triangle(halves)
        return first_difference(left, right, halves)

    return every(domain["d"], compare)


def _sign_parity(statement, domain) -> Result:
    """tri(x + c) = +-tri(x) as c = 0 or 2 modulo 4; here c = a - 1."""
    for value in (2 * k, 2 * k - 1):
        shift = expand((statement.size - 1).subs(d, value))
        sign = statement.sign.subs(d, value)
        turn = 0 if sign == 1 else 2 if sign == -1 else None
        if turn is None:
            return unknown(f"the sign {sign} for d = {value}")
        if not (expand(shift - turn) / 4).expand().is_integer:
            at = {k: 1}
            c = shift.subs(at)
            if (c - turn) % 4 == 0:
                return unknown(f"{shift} modulo 4")
            return fails(f"d = {value.subs(at)}: a - 1 = {c}, the sign {sign}")
    return holds("a - 1 is 0 modulo 4 for even d, 2 for odd d")


SIGN = Claim(
    id="psi-sign",
    title="The sign for the source's number of kinks",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $a = [[size]]$, which is odd, and for all "
        "$-a \\le x \\le a$,\n\n"
        "$$\\psi_a(x) = [[sign]]\\, \\operatorname{tri}(x).$$",
        {"d": Integers(1)},
        {"size": 6 * d**2 + 1, "sign": (-1) ** d},
    ),
    sources=(PROPOSITION_1,),
    uses=("psi-triangle",),
    checks=(
        Check(
            "symbolic",
            "a - 1 modulo 4 for both parities of d",
            _sign_parity,
            given=("psi-triangle",),
        ),
        Check(
            "exact",
            "the literal sum at every half-integer of [-a, a]",
            _sign_exact,
            {"d": Integers(1, 11)},
        ),
        Check(
            "formal",
            "all of it, in Coq",
            Proved("psi.v", "psi_sign", read="97ade0e6fc43"),
        ),
    ),
    planted=(
        Planted("no sign", {"sign": Integer(1)}),
        Planted("the opposite sign", {"sign": (-1) ** (d + 1)}),
        Planted("4 for 6", {"size": 4 * d**2 + 1}),
        Planted("right at d = 1: the sign stays", {"sign": Integer(-1)}, near=True),
        Planted("a is even", {"size": 6 * d**2 + 2}),
    ),
    weak=Check("exact", "d = 1 only", _sign_exact, {"d": Integers(1, 1)}),
    spec="YS-4.6.1",
)


# --- the price in ReLUs ---------------------------------------------------------------


def _counts_exact(statement, domain) -> Result:
    def compare(size):
        _, weights = literal_weights(size)
        found = (len(weights), int(abs(weights).sum()), int((weights**2).sum()))
        parts = (statement.neurons, statement.sum_abs, statement.sum_squares)
        claimed = tuple(int(part.subs(a, size)) for part in parts)
        return found == claimed, f"{found} = {claimed}"

    return every(domain["a"], compare)


def _counts_sums(statement, domain) -> Result:
    """One ReLU of weight 1, and a ReLUs whose weights have modulus 2."""
    sums = [1 + summation(value, (k, 1, a)) for value in (1, 2, 4)]
    parts = (statement.neurons, statement.sum_abs, statement.sum_squares)
    return every_identity(
        zip(("number", "moduli", "squares"), sums, parts, strict=True)
    )


COUNTS = Claim(
    id="psi-counts",
    title="How many ReLUs, and how large their weights",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[a]]$ the function $\\psi_a$ is a constant plus $[[neurons]]$ "
        "ReLUs; "
        "their output weights $\\alpha_j$ satisfy\n\n"
        "$$\\sum_j \\lvert \\alpha_j \\rvert = [[sum_abs]], \\qquad "
        "\\sum_j \\alpha_j^2 = [[sum_squares]].$$",
        {"a": Integers(1)},
        {"neurons": a + 1, "sum_abs": 2 * a + 1, "sum_squares": 4 * a + 1},
    ),
    sources=(printed("proof of Theorem 4.2, equation (5)", "corrects"),),
    corrects="psi-counts-printed",
    checks=(
        Check("symbolic", "the three sums for symbolic a", _counts_sums),
        Check("exact", "counted", _counts_exact, {"a": Integers(1, 400)}),
    ),
    planted=(
        Planted("the source's count of ReLUs", {"neurons": a}),
        Planted("the first weight counted as 2", {"sum_abs": 2 * a + 2}),
        Planted("right for a = 1 only", {"sum_abs": a + 2}, near=True),
        Planted(
            "5a for 4a + 1: right for a = 1 only", {"sum_squares": 5 * a}, near=True
        ),
    ),
    weak=Check("exact", "a = 1 only", _counts_exact, {"a": Integers(1, 1)}),
    spec="YS-4.2.c",
)


def _printed_squares(statement, domain) -> Result:
    def compare(dimension):
        size = int(statement.size.subs(d, dimension))
        _, weights = literal_weights(size)
        total, bound = int((weights**2).sum()), int(statement.bound.subs(d, dimension))
        words = f"{total} {statement.relation.symbol} {bound}"
        return statement.relation.exact(total, bound), words

    return every(domain["d"], compare)


COUNTS_PRINTED = Claim(
    id="psi-counts-printed",
    title="The sum of squares as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $a = [[size]]$,\n\n"
        "$$\\sum_j \\alpha_j^2 [[relation]] [[bound]].$$",
        {"d": Integers(1)},
        {"size": 6 * d**2 + 1, "relation": Relation("<="), "bound": 24 * d**2},
    ),
    sources=(
        printed(
            "proof of Theorem 4.2, equation (5)",
            "refutes",
            "The source's own count, a weights of modulus at most 2, gives 24d^2 + 4. "
            "Only the sum of the squares is judged here.",
        ),
    ),
    expects=Verdict.FAILS,
    checks=(Check("exact", "counted", _printed_squares, {"d": Integers(1, 40)}),),
    planted=(
        Planted("the exact value", {"bound": 24 * d**2 + 5}, near=True),
        Planted("29 for 24: equality at d = 1", {"bound": 29 * d**2}),
        Planted("the other way round", {"relation": Relation(">")}),
    ),
    spec="YS-4.2.c",
)


# --- outside, and the repaired function -----------------------------------------------


def _outside_exact(statement, domain) -> Result:
    def compare(size):
        right = np.arange(2 * size, 2 * size + 13)
        line = statement.right.subs(a, size)
        wave = np.array([int(2 * line.subs(x, Fraction(int(h), 2))) for h in right])
        true, words = first_difference(twice_psi(size, right), wave, right)
        left = np.arange(-2 * size - 12, -2 * size + 1)
        flat = np.full(left.shape, 2 * statement.left)
        if true:
            return first_difference(twice_psi(size, left), flat, left)
        return true, words

    return every(domain["a"], compare)


def _outside_piece(statement, domain) -> Result:
    """Beyond the last kink the piece n = a goes on; before the first nothing acts."""
    if statement.left != -1:
        return fails(
            f"x < -a: no ReLU is active, psi is the constant -1, not {statement.left}"
        )
    last = PIECE.subs({n: a, s: x + a}, simultaneous=True)
    return same_on_pieces(last, statement.right)


OUTSIDE = Claim(
    id="psi-outside",
    title="Outside the interval",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[a]]$: $\\psi_a(x) = [[left]]$ for $x \\le -a$, "
        "and for $x \\ge a$\n\n"
        "$$\\psi_a(x) = [[right]].$$\n\n"
        "So $\\psi_a$ is neither odd nor periodic nor bounded on the whole line.",
        {"a": Integers(1)},
        {"left": -1, "right": (-1) ** a * (x - a - 1)},
    ),
    sources=(printed("Proposition 4.6, item 1", "sharper"),),
    uses=("psi-pieces",),
    checks=(
        Check(
            "symbolic",
            "the piece n = a, for symbolic a and x",
            _outside_piece,
            given=("psi-pieces",),
        ),
        Check(
            "exact",
            "the literal sum at half-integers, 6 units to each side",
            _outside_exact,
            {"a": Integers(1, 60)},
        ),
    ),
    planted=(
        Planted("the slope for odd a only", {"right": -(x - a - 1)}, near=True),
        Planted(
            "continuous, with the wrong slope", {"right": (-1) ** (a + 1) * (x - a + 1)}
        ),
        Planted("0 on the left", {"left": 0}),
        Planted("the value at a loses its sign", {"right": (-1) ** a * (x - a + 1)}),
    ),
    weak=Check("exact", "a = 1 only", _outside_exact, {"a": Integers(1, 1)}),
    spec="YS-4.6.1",
)


def _repaired_exact(statement, domain) -> Result:
    def compare(size):
        weight = int(statement.weight.subs(a, size))
        halves = halves_of(domain["x"], size)
        last = np.maximum(halves - 2 * size, 0)
        wave = twice_psi(size, halves) - weight * last
        true, words = first_difference(wave[::-1], -wave, halves)
        if not true:
            return true, words
        top = int(abs(wave).max())
        if top > 2 * statement.bound:
            return False, f"modulus {top}/2 <= {statement.bound}"
        _, weights = literal_weights(size)
        weights[-1] -= weight
        total, claimed = int(abs(weights).sum()), int(statement.sum_abs.subs(a, size))
        flat = wave[-1] == wave[-2]
        return flat and total == claimed, f"{total} = {claimed} and flat outside"

    return every(domain["a"], compare)


def _repaired_symbolic(statement, domain) -> Result:
    """Beyond odd a the line becomes 1, opposite to the constant -1 on the left.

    Between -a and a the repaired function is psi_a: odd, and a triangle wave.
    """
    if domain["a"].step % 2 or domain["a"].low % 2 == 0:
        return unknown("the pieces are written for odd a")
    if statement.bound < 1:
        return fails(f"the triangle wave reaches 1 > {statement.bound}")
    line = OUTSIDE.statement.right - statement.weight * (x - a)
    total = COUNTS.statement.sum_abs - 2 + abs(2 * (-1) ** a - statement.weight)
    odd = 2 * k - 1
    return every_identity(
        (
            ("beyond a", expand(line.subs(a, odd)), Integer(1)),
            ("moduli", total.subs(a, odd), statement.sum_abs.subs(a, odd)),
        )
    )


REPAIRED = Claim(
    id="psi-repaired",
    title="The repaired function",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[a]]$ and $[[x]]$ let $\\tilde\\psi_a(x) = \\psi_a(x) - "
        "([[weight]])\\,[x - a]_+$: the last kink has half its weight. Then\n\n"
        "$$\\tilde\\psi_a(-x) = -\\tilde\\psi_a(x), \\qquad "
        "\\lvert \\tilde\\psi_a(x) \\rvert \\le [[bound]],$$\n\n"
        "it is constant outside $[-a, a]$, and the moduli of its output weights sum to "
        "$[[sum_abs]]$.",
        {"a": Integers(1, step=2), "x": Reals()},
        {"weight": (-1) ** a, "bound": 1, "sum_abs": 2 * a},
    ),
    sources=(printed("Proposition 4.6", "corrects"),),
    uses=("psi-counts", "psi-odd", "psi-outside", "psi-triangle"),
    checks=(
        Check(
            "symbolic",
            "the line beyond a and the sum of the weights, for symbolic a and x",
            _repaired_symbolic,
            given=("psi-counts", "psi-odd", "psi-outside", "psi-triangle"),
        ),
        Check(
            "exact",
            "the literal sum at every half-integer of [-a - 6, a + 6]",
            _repaired_exact,
            {"a": Integers(1, 59)},
        ),
    ),
    planted=(
        Planted("for even a as well", {"a": Integers(1)}, near=True),
        Planted("the kink kept", {"weight": Integer(0) * a}),
        Planted("the kink removed", {"weight": 2 * (-1) ** a}),
        Planted("bounded by 0", {"bound": 0}),
        Planted("2a + 1 for 2a", {"sum_abs": 2 * a + 1}),
    ),
    weak=Check("exact", "a = 1 only", _repaired_exact, {"a": Integers(1, 1)}),
    spec="YS-4.6.1",
)


CLAIMS = (
    PIECES,
    TRIANGLE,
    ODD,
    PERIOD,
    SIGN,
    COUNTS,
    COUNTS_PRINTED,
    OUTSIDE,
    REPAIRED,
)
