"""The exercises of the chapter on polynomials that `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math
from fractions import Fraction

from rfbook.exercises import Exercise, Function, Mistake, Numeric, register
from rfbook.polynomial_learning import dual_norm_squared


def least_square(j: int, K: int) -> Fraction:
    r"""Return the least E g^2 in dimension 1, from Legendre coefficients.

    Examples
    --------
    >>> least_square(1, 3)
    Fraction(75, 4)
    """
    return dual_norm_squared((j,), K)


def half_interval(j: int, K: int) -> int:
    r"""Return the least E g^2 for v uniform on [0, 1] instead of [-1, 1].

    It is a diagonal entry of the inverse of Hilbert's matrix,

    .. math:: (2j + 1) \binom{K + j + 1}{K - j}^2 \binom{2j}{j}^2 .

    Examples
    --------
    >>> half_interval(0, 1), half_interval(1, 1)
    (4, 12)
    """
    outer, inner = math.comb(K + j + 1, K - j), math.comb(2 * j, j)
    return (2 * j + 1) * outer**2 * inner**2


def order_limit(powers: tuple[int, ...], K: int) -> Fraction:
    r"""Return lim d^(-m) sup |G_J| for x_1^(j_1) ... x_s^(j_s).

    .. math:: \frac{(5/2)^m}{m!} \prod_i \frac{(2 j_i + 1)!}{2^{j_i}\, j_i!^2} , \qquad
        m = \Big\lfloor \frac{K - k}{2} \Big\rfloor, \quad k = \sum_i j_i

    Examples
    --------
    >>> order_limit((1,), 3)
    Fraction(15, 2)
    """
    m = (K - sum(powers)) // 2
    limit = Fraction(5, 2) ** m / math.factorial(m)
    for j in powers:
        limit *= Fraction(math.factorial(2 * j + 1), 2**j * math.factorial(j) ** 2)
    return limit


register(
    Exercise(
        "ex-polynomials-norm",
        "function",
        "The least E g^2 with prescribed moments, d = 1.",
        Function(
            least_square,
            [(0, 0), (0, 4), (1, 1), (1, 5), (2, 7), (3, 8)],
            mistakes=[
                Mistake(
                    lambda j, K: 2 * j + 1,
                    "The other moments are left free there: they must vanish.",
                ),
                Mistake(half_interval, "That is for v uniform between 0 and 1."),
            ],
            hint="The minimiser is a polynomial of degree K: solve for its moments.",
        ),
    )
)
register(
    Exercise(
        "ex-polynomials-order",
        "numeric",
        "The limit of sup|g| / d^2 for x_1 x_2, exp and K = 4.",
        Numeric(
            order_limit((1, 1), 4),
            mistakes=[
                Mistake(order_limit((1, 1), 2), "That is K = 2, with d for d^2."),
                Mistake(
                    order_limit((1,), 3), "That is the constant for x_1 and K = 3."
                ),
                Mistake(
                    order_limit((2,), 4), "That is the dual function of the square."
                ),
            ],
            hint="Which m belongs to K and k, and what is the factor of a coordinate?",
        ),
    )
)


def uniform_tail(count: int, level: int) -> Fraction:
    r"""Return P(I >= level) for a sum I of uniform numbers of [0, 1].

    .. math:: \mathbb P(I \ge x) = \mathbb P(I \le n - x)
        = \frac{1}{n!} \sum_{j \le n - x} (-1)^j \binom{n}{j} (n - x - j)^n

    Examples
    --------
    >>> uniform_tail(3, 1) + uniform_tail(3, 2)
    Fraction(1, 1)
    """
    if level <= 0:
        return Fraction(1)
    terms = (
        (-1) ** j * math.comb(count, j) * (count - level - j) ** count
        for j in range(count - level + 1)
    )
    return Fraction(sum(terms), math.factorial(count))


def mixed_tail(N: int, a: int) -> float:
    """Return P(|sum s_i (1 + v_i)| >= a), s_i fair signs, v_i uniform on [0, 1].

    Examples
    --------
    One number: it is at least 1 in modulus, and never 2.

    >>> mixed_tail(1, 1), mixed_tail(1, 2)
    (1.0, 0.0)
    """
    total = sum(
        math.comb(N, m) * uniform_tail(N, a - 3 * m + 2 * N) for m in range(N + 1)
    )
    return float(2 * total / 2**N)


def shifted_tail(N: int, a: int, step: int) -> float:
    """Return the two tails at the level a - step m + (step - 1) N, over the signs.

    Examples
    --------
    >>> shifted_tail(5, 4, 3) == mixed_tail(5, 4)
    True
    """
    levels = (a - step * m + (step - 1) * N for m in range(N + 1))
    tails = (uniform_tail(N, level) for level in levels)
    total = sum(math.comb(N, m) * tail for m, tail in enumerate(tails))
    return float(2 * total / 2**N)


register(
    Exercise(
        "ex-polynomials-tail",
        "function",
        "P(|sum s_i (1 + v_i)| >= a) for an integer a >= 1.",
        Function(
            mixed_tail,
            [(1, 1), (2, 1), (2, 3), (5, 4), (12, 9), (30, 25)],
            mistakes=[
                Mistake(
                    lambda N, a: mixed_tail(N, a) / 2,
                    "That is one side. The modulus has two, and the law is symmetric.",
                ),
                Mistake(
                    lambda N, a: shifted_tail(N, a, 2),
                    "A minus sign moves v as well: -v has the law of v - 1.",
                ),
            ],
            hint="For a given number of plus signs the sum is a shifted sum of v.",
        ),
    )
)


def mean_drift_width(C: float, H: float, L: float, eps: float) -> float:
    r"""Return the width that is enough when the drift is averaged over time.

    With s = eta T the mean drift is at most s^2 H L / 6, the last one s^2 H L / 2. The
    width is found by bisection from

    .. math:: C L \cdot \frac{s^2 H L}{6} \le \frac{\varepsilon}{3}, \qquad
        \frac{s^2 H L}{2} \le 1, \qquad s = \frac{3\, C^2}{2\, \varepsilon\, N}.

    Examples
    --------
    Without the ball it is sqrt(3) times smaller than the width of the text:

    >>> round(27 * 2**5 / 8 / mean_drift_width(2, 1, 1, 1) ** 2, 9)
    3.0
    """

    def enough(N: float) -> bool:
        drift = (3 * C**2 / (2 * eps * N)) ** 2 * H * L
        return C * L * drift / 6 <= eps / 3 and drift / 2 <= 1

    low, high = 0.0, 1.0
    while not enough(high):
        low, high = high, 2 * high
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def width_terms(C: float, H: float, L: float, eps: float, share: int) -> tuple:
    r"""Return the widths from the drift s^2 H L / share and from the ball.

    Examples
    --------
    The larger of the two, for the mean drift, is the answer:

    >>> found = max(width_terms(2.0, 1.0, 1.0, 1.0, 6))
    >>> math.isclose(found, mean_drift_width(2.0, 1.0, 1.0, 1.0))
    True
    """
    time = 3 * C**2 / (2 * eps)
    drift = time * math.sqrt(3 * C * H * L**2 / (share * eps))
    return drift, time * math.sqrt(H * L / 2)


register(
    Exercise(
        "ex-polynomials-drift",
        "function",
        "The width that is enough when the drift is averaged over time.",
        Function(
            mean_drift_width,
            [(2.0, 1.0, 1.0, 1.0), (3.0, 2.0, 0.5, 0.1), (0.5, 4.0, 0.1, 1.0)],
            mistakes=[
                Mistake(
                    lambda *sizes: width_terms(*sizes, 6)[0],
                    "The condition that the weights stay in the ball is missing.",
                ),
                Mistake(
                    lambda *sizes: max(width_terms(*sizes, 2)),
                    "That is the width of the text: the drift at the last time.",
                ),
            ],
            hint="Sum t (t - 1) / 2 over the times; the ball concerns the last one.",
        ),
    )
)

_WIDTH = 20_000 * math.exp(2) / math.sqrt(2)
"""Where (eta T)^2 H L / 2 = 1 for eta N = 1/2, T = 40000 and H = L = exp(2)."""

register(
    Exercise(
        "ex-polynomials-lazy",
        "numeric",
        "The width from which on the bound of the drift is at most 1.",
        Numeric(
            _WIDTH,
            rtol=1e-3,
            mistakes=[
                Mistake(_WIDTH * math.exp(-1), "The ball has radius 2, not 1."),
                Mistake(_WIDTH * math.sqrt(2), "The half of the bound is missing."),
                Mistake(
                    _WIDTH**2 / 20_000, "The bound has squares: a root is missing."
                ),
            ],
            hint="H and L are largest values on the ball; eta T falls like 1/N.",
        ),
    )
)
