"""The leap of a family of sets: greedy order, obstructions, bounds and counts.

Families are enumerated with P up to 4, and their leap is the least over all orders, by
recursion over the set that comes last.
"""

from collections import Counter
from functools import cache
from itertools import combinations, permutations, product
from math import comb

import numpy as np
from sympy import Poly, Symbol, cos, expand, pi, sin, sympify

from rfbook.claims.staircases.known import (
    ABOVE,
    AT_LEAST,
    AT_MOST,
    CHAPTER,
    EQUAL,
    P,
    every_family,
    exact,
    k,
    l_jump,
    leap_paper,
    members_of,
    parity,
    points,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Relation,
    Result,
    Statement,
    every,
)

SIZES = Integers(1)
DEFINITION = "the definition of the leap"

# --- greedy ---------------------------------------------------------------------------

FEWEST, MOST = "the fewest new coordinates", "the most new coordinates"
SMALLEST, LISTED = "the fewest coordinates", "the first place in a list"
ORDERS = {
    FEWEST: lambda S, union: (S & ~union).bit_count(),
    MOST: lambda S, union: -(S & ~union).bit_count(),
    SMALLEST: lambda S, union: S.bit_count(),
    LISTED: lambda S, union: S,
}


def greedy(sets: list[int], rule) -> int:
    """Order the sets by a rule, one by one, and return the largest new part."""
    union, worst, rest = 0, 0, list(sets)
    while rest:
        S = min(rest, key=lambda S: rule(S, union))
        worst = max(worst, (S & ~union).bit_count())
        union |= S
        rest.remove(S)
    return worst


def _greedy_exact(statement, domain) -> Result:
    """Compare with all orders, for every family."""
    rule = ORDERS[statement.choice]

    def compare(bits):
        for family, (level, _) in enumerate(every_family(bits)):
            found = greedy(members_of(family), rule)
            if not statement.relation.exact(found, level):
                sets = [f"{S:0{bits}b}" for S in members_of(family)]
                return False, f"P, sets {sets}: {found} is the leap {level}"
        return True, "every family"

    return every(domain["P"], compare)


GREEDY = Claim(
    id="leap-greedy",
    title="The leap by taking what is nearest",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[P]]$ and every family of non-empty subsets of "
        "$\\{1, \\dots, P\\}$ take the sets one after the other, next always one with "
        "[[choice]]. The largest number $m$ of new coordinates of a step satisfies "
        "$m [[relation]] \\operatorname{Leap}$.",
        {"P": SIZES},
        {"choice": FEWEST, "relation": EQUAL},
    ),
    sources=(leap_paper(DEFINITION, "implied"),),
    checks=(
        Check(
            "exact",
            "every family on at most 4 coordinates, against all orders",
            _greedy_exact,
            {"P": Integers(1, 4)},
        ),
    ),
    planted=(
        Planted(
            "small sets first: right up to three coordinates",
            {"choice": SMALLEST},
            near=True,
        ),
        Planted("far sets first", {"choice": MOST}),
        Planted("any order", {"choice": LISTED}),
        Planted("only a bound", {"relation": ABOVE}),
    ),
    weak=Check(
        "exact", "at most two coordinates", _greedy_exact, {"P": Integers(1, 2)}
    ),
    spec="frontier-3",
)


# --- obstructions ---------------------------------------------------------------------

ANY, EMPTY = "U \\subseteq \\{1, \\dots, P\\}", "U = \\emptyset"
SOME, NONE = "some $S$ that is not a subset of $U$", "any $S$ whatever"


@cache
def nearest(bits: int, U: int) -> tuple[int | None, ...]:
    """Return for every family how few new coordinates a set outside U has.

    None where all sets of the family are subsets of U.
    """
    found: list[int | None] = [None]
    for family in range(1, 2 ** (2**bits - 1)):
        last = family.bit_length()
        rest, new = found[family ^ (1 << (last - 1))], (last & ~U).bit_count()
        found.append(rest if not new else new if rest is None else min(rest, new))
    return tuple(found)


def _obstruction_exact(statement, domain) -> Result:
    """Look for the set U in every family."""

    def blocked(new, level):
        if new is None:
            return statement.some != SOME
        return statement.relation.exact(new, level)

    def compare(case):
        bits, level = case
        unions = range(2**bits) if statement.where == ANY else (0,)
        tables = [nearest(bits, U) for U in unions]
        for family, (true, _) in enumerate(every_family(bits)):
            found = any(blocked(table[family], level) for table in tables)
            if (true > level) != found:
                names = [f"{S:0{bits}b}" for S in members_of(family)]
                return False, f"P, l; sets {names} of leap {true}"
        return True, "every family"

    cases = [(bits, level) for bits in domain["P"] for level in domain["l"]]
    return every(cases, compare)


OBSTRUCTION = Claim(
    id="leap-obstruction",
    title="What stands in the way",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[P]]$ and $[[l]]$ a family of non-empty subsets of "
        "$\\{1, \\dots, P\\}$ has a leap of more than $l$ if and only if there are a "
        "set $[[where]]$ and [[some]] in the family, such that every "
        "set $S$ of the family is a subset of $U$ or has "
        "$\\lvert S \\setminus U \\rvert [[relation]] l$.",
        {"P": SIZES, "l": Integers(0)},
        {"where": ANY, "some": SOME, "relation": ABOVE},
    ),
    sources=(leap_paper(DEFINITION, "implied"),),
    uses=("leap-greedy",),
    checks=(
        Check(
            "exact",
            "every family on at most 4 coordinates, every l <= 4",
            _obstruction_exact,
            {"P": Integers(1, 4), "l": Integers(0, 4)},
        ),
    ),
    planted=(
        Planted(
            "the empty set alone: right for one coordinate", {"where": EMPTY}, True
        ),
        Planted("l new coordinates block too", {"relation": AT_LEAST}),
        Planted("nothing need be left outside", {"some": NONE}),
    ),
    weak=Check(
        "exact",
        "one coordinate",
        _obstruction_exact,
        {"P": Integers(1, 1), "l": Integers(0, 1)},
    ),
    spec="frontier-3",
)


# --- bounds, unions, symmetries -------------------------------------------------------

SIZE = {
    "\\min_S \\lvert S \\rvert": lambda sizes, union: min(sizes),
    "\\max_S \\lvert S \\rvert": lambda sizes, union: max(sizes),
    "\\max_S \\lvert S \\rvert - 1": lambda sizes, union: max(sizes) - 1,
    "\\lvert \\bigcup_S S \\rvert - 1": lambda sizes, union: union.bit_count() - 1,
}
SMALL, LARGE, LESS, COVER = SIZE


def _bounds_exact(statement, domain) -> Result:
    """Compare the leap of every family with the sizes of its sets."""
    low, high = SIZE[statement.low], SIZE[statement.high]

    def compare(bits):
        for family, (level, union) in enumerate(every_family(bits)):
            sizes = [S.bit_count() for S in members_of(family)]
            if sizes and not low(sizes, union) <= level <= high(sizes, union):
                return False, f"P, sizes {sizes}: the leap {level} within the bounds"
        return True, "every family"

    return every(domain["P"], compare)


BOUNDS = Claim(
    id="leap-bounds",
    title="Between the smallest and the largest set",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[P]]$ and every family of non-empty subsets of "
        "$\\{1, \\dots, P\\}$ with at least one set\n\n"
        "$$[[low]] \\le \\operatorname{Leap} \\le [[high]].$$",
        {"P": SIZES},
        {"low": SMALL, "high": LARGE},
    ),
    checks=(
        Check(
            "exact",
            "every family on at most 4 coordinates",
            _bounds_exact,
            {"P": Integers(1, 4)},
        ),
    ),
    planted=(
        Planted("the degree minus one", {"high": LESS}),
        Planted("the leap is the degree", {"low": LARGE}),
        Planted("the leap is the least size", {"high": SMALL}),
        Planted("all coordinates but one", {"high": COVER}, near=True),
    ),
    weak=Check(
        "exact",
        "one coordinate",
        _bounds_exact,
        {"P": Integers(1, 1)},
    ),
)

COMBINE = {"\\max": max, "\\min": min}


def _union_exact(statement, domain) -> Result:
    """Take all pairs of families, on at most three coordinates."""
    combine = COMBINE[statement.combine]

    def compare(bits):
        table = every_family(bits)
        for (a, (x, over)), (b, (y, under)) in product(enumerate(table), repeat=2):
            both, bound = table[a | b][0], combine(x, y)
            words = f"P, families {a:b}, {b:b}: {both} against {bound}"
            if not statement.relation.exact(both, bound):
                return False, words
            if not over & under and not statement.apart.exact(both, bound):
                return False, words + " for disjoint coordinates"
        return True, "every pair"

    return every(domain["P"], compare)


UNION = Claim(
    id="leap-union",
    title="The leap of a sum",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[P]]$ and any two families $\\mathcal S_1, \\mathcal S_2$ of "
        "non-empty subsets of $\\{1, \\dots, P\\}$\n\n"
        "$$\\operatorname{Leap}(\\mathcal S_1 \\cup \\mathcal S_2) [[relation]] "
        "[[combine]] \\bigl(\\operatorname{Leap} \\mathcal S_1, "
        "\\operatorname{Leap} \\mathcal S_2\\bigr),$$\n\n"
        "and with $[[apart]]$ in its place if no coordinate is in sets of both.",
        {"P": SIZES},
        {"relation": AT_MOST, "combine": "\\max", "apart": EQUAL},
    ),
    uses=("leap-obstruction",),
    checks=(
        Check(
            "exact",
            "all pairs of families on at most 3 coordinates",
            _union_exact,
            {"P": Integers(1, 3)},
        ),
    ),
    planted=(
        Planted(
            "equality always: right on one coordinate", {"relation": EQUAL}, near=True
        ),
        Planted("the smaller of the two", {"combine": "\\min"}),
        Planted("at least", {"relation": AT_LEAST}),
        Planted("strictly less apart", {"apart": Relation("<")}),
    ),
    weak=Check("exact", "one coordinate", _union_exact, {"P": Integers(1, 1)}),
)


def level_of(values: dict, bits: int) -> int:
    """Return the leap of a function on the cube, all coefficients summed literally."""
    family = 0
    for S in range(1, 2**bits):
        if sum(values[x] * parity(S, x) for x in points(bits)):
            family |= 1 << (S - 1)
    return every_family(bits)[family][0]


SIGNED = "c f(s_1 x_{\\pi(1)}, \\dots, s_P x_{\\pi(P)}) + c'"
TIMES, ADDED, SQUARE = "x_1 f(x)", "f(x) + x_1", "f(x)^2"


def _changed(what: str, values: dict, bits: int):
    """List what the change makes of a function."""
    if what == SIGNED:
        for order, signs in product(permutations(range(bits)), points(bits)):
            yield {
                x: 3 - 2 * values[tuple(signs[i] * x[order[i]] for i in range(bits))]
                for x in points(bits)
            }
    elif what == TIMES:
        yield {x: x[0] * value for x, value in values.items()}
    elif what == ADDED:
        yield {x: x[0] + value for x, value in values.items()}
    else:
        yield {x: value**2 for x, value in values.items()}


def _symmetric_exact(statement, domain, count=12) -> Result:
    """Change sparse functions with small integer coefficients."""

    def compare(bits):
        rng = np.random.default_rng(bits)
        for _ in range(count):
            chosen = rng.integers(-2, 3, 2**bits) * (rng.random(2**bits) < 0.4)
            values = {
                x: int(sum(c * parity(S, x) for S, c in enumerate(chosen)))
                for x in points(bits)
            }
            before = level_of(values, bits)
            for changed in _changed(statement.change, values, bits):
                after = level_of(changed, bits)
                if not statement.relation.exact(after, before):
                    return False, f"P, {chosen.tolist()}: {after} is the leap {before}"
        return True, "all signs and orders"

    return every(domain["P"], compare)


INVARIANCE = Claim(
    id="leap-invariance",
    title="What the leap does not see",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[P]]$ and every function $f$ on $\\{1, -1\\}^P$, every $c \\ne 0$ "
        "and $c'$, all signs $s_1, \\dots, s_P$ and every permutation $\\pi$, the leap "
        "of $h(x) = [[change]]$ satisfies $\\operatorname{Leap}(h) [[relation]] "
        "\\operatorname{Leap}(f)$.",
        {"P": SIZES},
        {"change": SIGNED, "relation": EQUAL},
    ),
    checks=(
        Check(
            "exact",
            "twelve sparse functions for each P <= 3, all signs and orders",
            _symmetric_exact,
            {"P": Integers(1, 3)},
            "step",
        ),
    ),
    planted=(
        Planted("times a coordinate", {"change": TIMES}),
        Planted("squared", {"change": SQUARE}),
        Planted("a coordinate added: right where it is there", {"change": ADDED}, True),
    ),
    weak=Check(
        "exact",
        "one function of one bit",
        lambda statement, domain: _symmetric_exact(statement, domain, 1),
        {"P": Integers(1, 1)},
        "step",
    ),
)


# --- examples -------------------------------------------------------------------------


def all_orders(rows: list[tuple[int, ...]]) -> int:
    """Return the leap of multi-indices by trying every order."""
    best = sum(map(sum, rows))
    for order in permutations(rows):
        seen, worst = set(), 0
        for row in order:
            worst = max(worst, sum(a for j, a in enumerate(row) if j not in seen))
            seen |= {j for j, a in enumerate(row) if a}
        best = min(best, worst)
    return best


def indicator(text: str, bits: int = 7) -> list[tuple[int, ...]]:
    """Return the supports of a sum such as ``1+12+123`` as rows of 0 and 1."""
    return [
        tuple(int(str(i) in term) for i in range(1, bits + 1))
        for term in text.split("+")
    ]


EXAMPLES = (
    ("one", "1+12+123+1234"),
    ("two", "1+2+234"),
    ("four", "1+123+234567"),
    ("three", "123+234"),
)


def _examples_exact(statement, domain, rows=EXAMPLES) -> Result:
    """Try all orders of the supports."""

    def compare(row):
        name, text = row
        found, claimed = all_orders(indicator(text)), getattr(statement, name)
        return found == claimed, f"{text}: the leap {found} is {claimed}"

    return every(rows, compare)


PRINTED = Claim(
    id="leap-examples",
    title="Four sums of parities",
    chapter=CHAPTER,
    statement=Statement(
        "The leap of $x_1 + x_1 x_2 + x_1 x_2 x_3 + x_1 x_2 x_3 x_4$ is $[[one]]$, "
        "that of $x_1 + x_2 + x_2 x_3 x_4$ is $[[two]]$, "
        "that of $x_1 + x_1 x_2 x_3 + x_2 x_3 x_4 x_5 x_6 x_7$ is $[[four]]$, "
        "and that of $x_1 x_2 x_3 + x_2 x_3 x_4$ is $[[three]]$.",
        {},
        {"one": 1, "two": 2, "four": 4, "three": 3},
    ),
    sources=(
        leap_paper(
            "the examples after the definition",
            "implied",
            "the four values; the sums may be written with other indices there",
        ),
    ),
    checks=(Check("exact", "all orders", _examples_exact),),
    planted=(
        Planted("the staircase leaps by 2", {"one": 2}),
        Planted("the degree minus one: right for the first", {"four": 5}, True),
        Planted("one more coordinate each", {"three": 1}),
        Planted("three at once", {"two": 3}),
    ),
    weak=Check(
        "exact",
        "the staircase only",
        lambda statement, domain: _examples_exact(statement, domain, EXAMPLES[:1]),
    ),
    spec="frontier-3",
)

l_degree = Symbol("l", integer=True, positive=True)


def _hermite_exact(statement, domain) -> Result:
    """One polynomial, a product, and every small family of multi-indices."""
    single = exact(statement.single, "k")
    double = exact(statement.product, "k", "l")

    def compare(degree):
        if all_orders([(degree,)]) != single(degree):
            return False, f"k: the leap of he_k is {single(degree)}"
        for other in range(1, 9):
            found = all_orders([(degree, other)])
            if found != double(degree, other):
                return False, f"k, l = {other}: {found} = {double(degree, other)}"
        return True, "eight products"

    return every(domain["k"], compare)


def _degrees_exact(statement, domain) -> Result:
    """Compare with the supports, for all families of up to four small indices."""
    rows = [row for row in product(range(3), repeat=2) if any(row)]

    def compare(count):
        for family in combinations(rows, count):
            flat = all_orders([tuple(int(a > 0) for a in row) for row in family])
            found, top = all_orders(list(family)), max(map(sum, family))
            if not (statement.relation.exact(flat, found) and found <= top):
                return False, f"{family}: {flat}, {found}, {top} in order"
        return True, "every family"

    return every((1, 2, 3, 4), compare)


HERMITE = Claim(
    id="leap-hermite",
    title="Gaussian inputs: degrees count",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[k]]$ and $l \\ge 1$ the leap of $\\operatorname{he}_k(x_1)$ "
        "under Gaussian inputs is $[[single]]$ and that of "
        "$\\operatorname{he}_k(x_1) \\operatorname{he}_l(x_2)$ is $[[product]]$. "
        "For every sum of products of Hermite polynomials the leap $m$ of "
        "the supports satisfies $m [[relation]] \\operatorname{Leap}$, and the leap is "
        "at most the largest total degree.",
        {"k": Integers(1)},
        {"single": k, "product": k + l_degree, "relation": AT_MOST},
    ),
    sources=(leap_paper(DEFINITION),),
    checks=(
        Check(
            "exact",
            "k, l <= 8 by all orders",
            _hermite_exact,
            {"k": Integers(1, 8)},
            "step",
        ),
        Check(
            "exact",
            "all families of up to 4 multi-indices with degrees up to 2 in 2 variables",
            _degrees_exact,
            role="step",
        ),
    ),
    planted=(
        Planted("one variable, one step", {"single": sympify(1)}),
        Planted("right for k = l = 2: the product", {"product": k * l_degree}, True),
        Planted("one after the other", {"product": k}),
        Planted("only the supports count", {"relation": EQUAL}),
    ),
    weak=Check(
        "exact",
        "degree 1",
        lambda statement, domain: every(
            domain["k"],
            lambda j: (exact(statement.single, "k")(j) == 1, "one coordinate"),
        ),
        {"k": Integers(1, 1)},
        "step",
    ),
    spec="frontier-3",
)

x_1, x_2 = Symbol("x_1", real=True), Symbol("x_2", real=True)
v_1, v_2 = Symbol("v_1", real=True), Symbol("v_2", real=True)


def hermite_rows(polynomial, first, second) -> list[tuple[int, int]]:
    """Return the multi-indices of a polynomial of degree at most 2, without (0, 0).

    x^2 is he_2 times a constant plus a constant, and products of different variables
    are Hermite products already.
    """
    terms = Poly(expand(polynomial), first, second).terms()
    return [row for row, c in terms if any(row) and c.simplify() != 0]


def _rotation_exact(statement, domain) -> Result:
    """Turn the polynomial and list its multi-indices."""
    a = statement.angle
    turned = statement.f.subs(
        {x_1: cos(a) * v_1 + sin(a) * v_2, x_2: sin(a) * v_1 - cos(a) * v_2},
        simultaneous=True,
    )
    rows = (
        ("x", all_orders(hermite_rows(statement.f, x_1, x_2)), statement.before),
        ("v", all_orders(hermite_rows(turned, v_1, v_2)), statement.after),
    )
    return every(rows, lambda row: (row[1] == row[2], f"in {row[0]} the leap {row[1]}"))


ROTATION = Claim(
    id="leap-rotation",
    title="The leap depends on the coordinates",
    chapter=CHAPTER,
    statement=Statement(
        "Under Gaussian inputs the leap of $f(x) = [[f]]$ is $[[before]]$. Let "
        "$x_1 = \\cos(a) v_1 + \\sin(a) v_2$ and $x_2 = \\sin(a) v_1 - \\cos(a) v_2$ "
        "with $a = [[angle]]$. As a function of $v$ the same function has the leap "
        "$[[after]]$.",
        {},
        {
            "f": x_1 + x_1**2 / 2 - x_2**2 / 2,
            "angle": pi / 4,
            "before": 2,
            "after": 1,
        },
    ),
    checks=(Check("symbolic", "the multi-indices of both forms", _rotation_exact),),
    planted=(
        Planted("the linear part dropped", {"f": x_1**2 / 2 - x_2**2 / 2}, near=True),
        Planted("a quarter turn", {"angle": pi / 2}),
        Planted("the same leap", {"after": 2}),
        Planted("leap 1 before", {"before": 1}),
    ),
    weak=Check(
        "symbolic",
        "the leap before the turn",
        lambda statement, domain: every(
            (statement.f,),
            lambda f: (
                all_orders(hermite_rows(f, x_1, x_2)) == statement.before,
                "in x",
            ),
        ),
    ),
)


# --- counts ---------------------------------------------------------------------------


def _count_exact(statement, domain) -> Result:
    """Count the families of each union, and insert the counts."""
    block, total = exact(statement.block, "k"), exact(statement.total, "P")
    start = exact(statement.start, "l")

    def counted(bits, level):
        whole = 2**bits - 1
        return sum(a <= level and whole == U for a, U in every_family(bits))

    def compare(case):
        bits, level = case
        found = 0
        for j in range(bits + 1):
            least = int(start(level))
            far = sum(comb(bits - j, i) for i in range(least, bits - j + 1))
            found += comb(bits, j) * counted(j, level) * 2 ** int(block(j) * far)
        claimed = 2 ** int(total(bits))
        return found == claimed, f"P, l: {found} = {claimed}"

    return every([(a, b) for a in domain["P"] for b in domain["l"]], compare)


COUNT = Claim(
    id="leap-count",
    title="How many families have a small leap",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[P]]$ and $[[l]]$ let $A_k$ be the number of families of "
        "non-empty subsets of $k$ coordinates with a leap of at most $l$ and all $k$ "
        "coordinates as their union, $A_0 = 1$. Then\n\n"
        "$$\\sum_{k=0}^{P} \\binom{P}{k} A_k\\, 2^{q_k} = 2^{[[total]]}, \\qquad "
        "q_k = [[block]] \\sum_{j = [[start]]}^{P - k} \\binom{P - k}{j} .$$",
        {"P": SIZES, "l": Integers(0)},
        {"total": 2**P - 1, "block": 2**k, "start": l_jump + 1},
    ),
    uses=("leap-obstruction",),
    checks=(
        Check(
            "exact",
            "all families on at most 4 coordinates counted, l <= 4",
            _count_exact,
            {"P": Integers(1, 4), "l": Integers(0, 4)},
        ),
    ),
    planted=(
        Planted(
            "nothing reached stays empty: right for k = 0",
            {"block": 2**k - 1 + 0**k},
            near=True,
        ),
        Planted("l new coordinates may stay", {"start": l_jump}),
        Planted("the empty set is a set, too", {"total": 2**P}),
        Planted("one set for each", {"block": sympify(1)}),
    ),
    weak=Check(
        "exact",
        "all jumps allowed: covers of one coordinate",
        _count_exact,
        {"P": Integers(1, 1), "l": Integers(1, 1)},
    ),
)


def cut_families(top: int) -> list[int]:
    """Return the numbers of families of leap at most 1 with full union, to P = top."""
    found = [1]
    for bits in range(1, top + 1):
        rest = 2 ** (2**bits - 1)
        for j in range(bits):
            far = 2 ** (bits - j) - 1 - (bits - j)
            rest -= comb(bits, j) * found[j] * 2 ** (2**j * far)
        found.append(rest)
    return found


def _typical_exact(statement, domain) -> Result:
    """Count the families of leap at most 1 with the recursion of `leap-count`."""
    low, high = exact(statement.low, "P"), exact(statement.high, "P")
    full = cut_families(10)

    def compare(bits):
        few = sum(comb(bits, j) * full[j] for j in range(bits + 1))
        total = 2 ** (2**bits - 1)
        above = total - few
        lower, upper = low(bits) * total, high(bits) * total
        good = lower <= above and statement.relation.exact(above, upper)
        return good, f"P: the share {above / total:.3g} within its bounds"

    return every(domain["P"], compare)


TYPICAL = Claim(
    id="leap-typical",
    title="Nearly all families have leap 1",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[P]]$ let $p$ be the share of those with a leap of more than 1 "
        "among the $2^{2^P - 1}$ families of non-empty subsets of $P$ coordinates. "
        "Then $[[low]] \\le p [[relation]] [[high]]$.",
        {"P": SIZES},
        {
            "low": sympify(2) ** -P - 2 * sympify(2) ** (-(2**P)),
            "relation": AT_MOST,
            "high": sympify(2) ** (1 - P),
        },
    ),
    uses=("leap-count",),
    checks=(
        Check(
            "exact",
            "every P <= 10, by the recursion",
            _typical_exact,
            {"P": Integers(1, 10)},
            given=("leap-count",),
        ),
    ),
    planted=(
        Planted(
            "only missing single sets matter: right for two coordinates",
            {"high": sympify(2) ** -P},
            near=True,
        ),
        Planted("the empty family forgotten", {"low": sympify(2) ** -P}),
        Planted("a quarter to the P", {"high": sympify(2) ** (1 - 2 * P)}),
    ),
    weak=Check(
        "exact",
        "two coordinates",
        _typical_exact,
        {"P": Integers(2, 2)},
        given=("leap-count",),
    ),
)


def signed_functions(bits: int) -> Counter:
    """Count the functions with values 1 and -1 by the family of their supports."""
    size = 2**bits
    values = 1 - 2 * (np.arange(2**size)[:, None] >> np.arange(size) & 1)
    columns = np.array([[parity(S, x) for S in range(1, size)] for x in points(bits)])
    held = (values @ columns) != 0
    return Counter((held @ (1 << np.arange(size - 1))).tolist())


def _census_exact(statement, domain, names=("two", "three", "four")) -> Result:
    """List all functions of up to four bits with their supports."""

    def compare(name):
        bits = 2 + ("two", "three", "four").index(name)
        table = every_family(bits)
        found = sum(
            count
            for family, count in signed_functions(bits).items()
            if table[family][0] <= statement.most
        )
        claimed = getattr(statement, name)
        return found == claimed, f"P = {bits}: {found} functions, not {claimed}"

    return every(names, compare)


CENSUS = Claim(
    id="leap-census",
    title="Functions of two, three and four bits",
    chapter=CHAPTER,
    statement=Statement(
        "Of the functions with the values $1$ and $-1$, those with a leap of at most "
        "$[[most]]$ are $[[two]]$ of the $16$ functions of two bits, $[[three]]$ of "
        "the $256$ of three bits and $[[four]]$ of the $65536$ of four bits.",
        {},
        {"most": 1, "two": 14, "three": 216, "four": 62938},
    ),
    uses=("leap-greedy",),
    checks=(Check("exact", "all functions of up to four bits", _census_exact),),
    planted=(
        Planted("one parity of four bits more", {"four": 62940}, near=True),
        Planted("without the constants", {"three": 214}),
        Planted("leap 2 allowed", {"most": 2}),
        Planted("constants left out of two bits", {"two": 12}),
    ),
    weak=Check(
        "exact",
        "two bits",
        lambda statement, domain: _census_exact(statement, domain, ("two",)),
    ),
)

CLAIMS = (
    GREEDY,
    OBSTRUCTION,
    BOUNDS,
    UNION,
    INVARIANCE,
    PRINTED,
    HERMITE,
    ROTATION,
    COUNT,
    TYPICAL,
    CENSUS,
)
