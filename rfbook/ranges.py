"""The ranges that functions enforce, and the exact inputs of rigorous ones."""

from __future__ import annotations

import operator
from fractions import Fraction

import numpy as np


def integer_from(name: str, value, minimum: int) -> int:
    """Return an integer argument that is at least `minimum`.

    Parameters
    ----------
    name : str
        The argument, for the error.
    value : int
        Anything that is an integer by type; 7.0 and True are not.
    minimum : int
        The least value allowed.

    Raises
    ------
    ValueError
        If the value is not an integer or is below the minimum.

    Examples
    --------
    >>> integer_from("d", np.int64(3), 1)
    3
    >>> integer_from("d", 0, 1)
    Traceback (most recent call last):
        ...
    ValueError: d must be an integer >= 1, got 0
    """
    rule = f"{name} must be an integer >= {minimum}, got {value!r}"
    if isinstance(value, bool | np.bool_):
        raise ValueError(rule)
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(rule) from None
    if number < minimum:
        raise ValueError(rule)
    return number


def finite_array(name: str, values, minimum: float | None = None, *, strict=False):
    """Return real finite numbers as a float64 array, not below `minimum`.

    Parameters
    ----------
    name : str
        The argument, for the error.
    values : array_like of real numbers
        Any shape; a scalar gives an array of shape ().
    minimum : float, optional
        The least value allowed.
    strict : bool, optional
        Whether the minimum itself is excluded.

    Returns
    -------
    ndarray of float64
        The caller's own array where it already is one: not to be written to.

    Raises
    ------
    ValueError
        If a value is not a real number, not finite, or out of range.

    Examples
    --------
    >>> finite_array("R", [0, 1.5], 0)
    array([0. , 1.5])
    >>> finite_array("R", 0, 0, strict=True)
    Traceback (most recent call last):
        ...
    ValueError: R must be finite and > 0, got 0.0
    """
    raw = np.asarray(values)
    if raw.dtype.kind not in "biufO":
        raise ValueError(f"{name} must be real numbers, got {raw.dtype}")
    try:
        array = np.asarray(raw, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{name} must be real float64 numbers, got {values!r}"
        ) from None
    allowed = np.isfinite(array)
    rule = "finite"
    if minimum is not None:
        allowed &= (array > minimum) if strict else (array >= minimum)
        rule += f" and {'>' if strict else '>='} {minimum}"
    if not allowed.all():
        first = float(array[~allowed].flat[0])
        raise ValueError(f"{name} must be {rule}, got {first}")
    return array


def finite_scalar(
    name: str, value, minimum: float | None = None, *, strict=False
) -> float:
    """Return one real finite number as a float, not below `minimum`.

    See `finite_array`, whose rules it shares.

    Examples
    --------
    >>> finite_scalar("R", Fraction(1, 4), 0)
    0.25
    >>> finite_scalar("R", [1, 2], 0)
    Traceback (most recent call last):
        ...
    ValueError: R must be one number, got shape (2,)
    """
    array = finite_array(name, value, minimum, strict=strict)
    if array.ndim:
        raise ValueError(f"{name} must be one number, got shape {array.shape}")
    return float(array)


def no_underflow(name: str, values, logarithm: str):
    """Return positive results as they are, unless one fell below float64's range.

    Parameters
    ----------
    name : str
        The function that computed them, for the error.
    values : ndarray
        Results that are positive in exact arithmetic.
    logarithm : str
        The function to call instead, for the error.

    Raises
    ------
    ValueError
        If a value is zero or subnormal, so that its digits are lost.

    Examples
    --------
    >>> no_underflow("tail", np.array(0.5), "log_tail")
    0.5
    >>> no_underflow("tail", np.array(0.0), "log_tail")
    Traceback (most recent call last):
        ...
    ValueError: tail underflows float64 (got 0.0): use log_tail
    """
    values = np.asarray(values)
    lost = values < np.finfo(np.float64).tiny
    if lost.any():
        got = float(values[lost].flat[0])
        raise ValueError(f"{name} underflows float64 (got {got}): use {logarithm}")
    return float(values) if values.ndim == 0 else values


def ball(value):
    """Return an exact number as an Arb ball at the current precision.

    Parameters
    ----------
    value : int, Fraction, float, flint.fmpq or flint.arb
        A float stands for its exact binary value.

    Raises
    ------
    ValueError
        If the value is of another type or not finite.

    Examples
    --------
    >>> from fractions import Fraction
    >>> (3 * ball(Fraction(1, 3))).contains(1)
    True
    """
    from flint import arb, fmpq

    if isinstance(value, Fraction):
        enclosure = arb(fmpq(value.numerator, value.denominator))
    elif isinstance(value, int | float | np.floating | fmpq | arb):
        enclosure = arb(float(value) if isinstance(value, np.floating) else value)
    elif isinstance(value, np.integer):
        enclosure = arb(int(value))
    else:
        raise ValueError(f"an exact number or a ball is needed, got {value!r}")
    if not enclosure.is_finite():
        raise ValueError(f"a finite number is needed, got {value!r}")
    return enclosure
