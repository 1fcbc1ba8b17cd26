"""Exact real numbers: what the rigorous functions of this room take as arguments.

A norm like 40^(3/4) is no fraction and no float. Rational numbers are kept as
`fractions.Fraction`, other closed forms as SymPy numbers; both are enclosed in Arb
balls at any precision, so that nothing is rounded before it is asked for.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np


def exact(name: str, value):
    """Return a real number without rounding it.

    Parameters
    ----------
    name : str
        The argument, for the error.
    value : int, Fraction, Decimal, str, float or SymPy number
        A float stands for its exact binary value, a string for the decimal or the
        fraction it spells. A SymPy number is built from rationals, pi and E by sums,
        products, powers, exp and log.

    Returns
    -------
    Fraction or sympy.Expr
        A Fraction where the number is seen to be rational.

    Raises
    ------
    ValueError
        If the value is not a finite real number of these kinds.

    Examples
    --------
    >>> exact("error", "0.02") == exact("error", "1/50") == Fraction(1, 50)
    True
    >>> exact("error", 0.02) == Fraction(1, 50)
    False
    >>> exact("norm", float("nan"))
    Traceback (most recent call last):
        ...
    ValueError: norm must be a finite real number, got nan
    """
    wrong = ValueError(f"{name} must be a finite real number, got {value!r}")
    if isinstance(value, bool | np.bool_):
        raise wrong
    if isinstance(value, np.integer | np.floating):
        value = value.item()
    if isinstance(value, int | Fraction | float | Decimal | str):
        try:
            return Fraction(value)
        except (ValueError, OverflowError, ZeroDivisionError):
            raise wrong from None
    if not hasattr(value, "free_symbols"):
        raise wrong
    return _from_sympy(value, wrong)


def positive(name: str, value):
    """Return a positive exact number; see `exact`.

    Examples
    --------
    >>> positive("norm", 0)
    Traceback (most recent call last):
        ...
    ValueError: norm must be > 0, got 0
    """
    number = exact(name, value)
    above = number > 0 if isinstance(number, Fraction) else number.is_positive
    if above is None:
        above = enclose(number) > 0
    if not above:
        raise ValueError(f"{name} must be > 0, got {value}")
    return number


def quotient(numerator, denominator):
    """Divide two exact numbers.

    Examples
    --------
    >>> import sympy
    >>> quotient(Fraction(2), sympy.sqrt(2))
    sqrt(2)
    """
    if isinstance(numerator, Fraction) and isinstance(denominator, Fraction):
        return numerator / denominator
    return _tidy(_sympy(numerator) / _sympy(denominator))


def square(number):
    """Square an exact number.

    Examples
    --------
    >>> import sympy
    >>> square(sympy.sqrt(40)), square(sympy.Integer(40) ** sympy.Rational(3, 4))
    (Fraction(40, 1), 80*sqrt(10))
    """
    if isinstance(number, Fraction):
        return number * number
    return _tidy((number**2).expand())


def enclose(number):
    """Enclose an exact number in an Arb ball at the current precision.

    Parameters
    ----------
    number : Fraction or sympy.Expr
        As `exact` returns it.

    Returns
    -------
    flint.arb

    Examples
    --------
    >>> bool((3 * enclose(Fraction(1, 3))).contains(1))
    True
    """
    from rfbook.ledger.deciders import exact_ball

    return exact_ball(number)


def _from_sympy(value, wrong: ValueError):
    """Check that a SymPy expression is a real number that can be enclosed."""
    if getattr(value, "is_real", None) is not True or value.free_symbols:
        raise wrong
    number = _tidy(value)
    if not isinstance(number, Fraction):
        try:
            finite = enclose(number).is_finite()
        except ValueError:
            finite = False
        if not finite:
            raise wrong
    return number


def _tidy(expression):
    """Return a Fraction for a rational SymPy number, others as they are."""
    if expression.is_Rational:
        return Fraction(int(expression.p), int(expression.q))
    return expression


def _sympy(number):
    """Return an exact number as a SymPy one."""
    import sympy

    if isinstance(number, Fraction):
        return sympy.Rational(number.numerator, number.denominator)
    return number
