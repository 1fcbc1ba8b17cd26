"""The ranges that functions enforce, and the exact inputs of rigorous ones."""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

LONGEST = 2**40
"""Entries of the longest array: 8 TiB of float64."""

_TOO_LONG = "Maximum allowed"
"""How NumPy begins to refuse an array beyond what can be addressed."""

_NUMBERS = (float, complex, np.ndarray, np.generic)


def integer_from(name: str, value, minimum: int, maximum: int | None = None) -> int:
    """Return an integer argument that is at least `minimum`.

    Parameters
    ----------
    name : str
        The argument, for the error.
    value : int
        Anything that is an integer by type; 7.0 and True are not.
    minimum : int
        The least value allowed.
    maximum : int, optional
        The largest one.

    Raises
    ------
    ValueError
        If the value is not an integer or is out of range.

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
    if maximum is not None and number > maximum:
        raise ValueError(f"{name} must be an integer <= {maximum}, got {value!r}")
    return number


def real_array(name: str, values) -> np.ndarray:
    """Return real numbers as a float64 array; infinities and NaN pass.

    See `finite_array`, which refuses them.

    Examples
    --------
    >>> real_array("z", np.inf)
    array(inf)
    """
    try:
        raw = np.asarray(values)
    except (TypeError, ValueError, RuntimeError):  # ragged, or a tensor elsewhere
        raise ValueError(
            f"{name} must be an array of real numbers, got {values!r}"
        ) from None
    if raw.dtype.kind not in "biufO":
        raise ValueError(f"{name} must be real numbers, got {raw.dtype}")
    try:
        return np.asarray(raw, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{name} must be real float64 numbers, got {values!r}"
        ) from None


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
    strict, array = flag("strict", strict), real_array(name, values)
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


def no_lost_square(name: str, value: float, given) -> float:
    """Return a sum of squares as it is, unless it underflowed to 0.

    Parameters
    ----------
    name : str
        The function that computed it, for the error.
    value : float
    given : ndarray
        What was squared.

    Raises
    ------
    ValueError
        If the value is 0 and what was squared is not.

    Examples
    --------
    >>> no_lost_square("square_norm", 0.0, np.zeros(2))
    0.0
    >>> no_lost_square("square_norm", 0.0, np.array([1e-200, 0]))
    Traceback (most recent call last):
        ...
    ValueError: square_norm underflows float64, got entries of at most 1e-200
    """
    if value == 0 and np.any(given):
        size = np.abs(given).max()
        raise ValueError(f"{name} underflows float64, got entries of at most {size}")
    return value


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


def flag(name: str, value) -> bool:
    """Return an argument that is true or false; numbers and words are neither.

    Raises
    ------
    ValueError
        If the value is no bool.

    Examples
    --------
    >>> flag("offset", np.bool_(True))
    True
    >>> flag("offset", "no")
    Traceback (most recent call last):
        ...
    ValueError: offset must be True or False, got 'no'
    """
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def one_of(name: str, value, choices) -> None:
    """Refuse what is not one of the choices, which are words.

    Raises
    ------
    ValueError
        Naming the value and the choices.

    Examples
    --------
    >>> one_of("law", "ones", ("zero", "own"))
    Traceback (most recent call last):
        ...
    ValueError: law must be one of zero, own, got 'ones'
    """
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")


def generator_from(seed) -> np.random.Generator:
    """Return the generator of a seed, or the one that was given.

    Parameters
    ----------
    seed : int, sequence of int, or numpy.random.Generator
        Integers of at least 0. Without a seed nothing is drawn: what cannot be repeated
        is drawn by giving a generator that the system has seeded.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> rng = generator_from(1)
    >>> generator_from(rng) is rng
    True
    >>> generator_from(None)
    Traceback (most recent call last):
        ...
    ValueError: seed must be an integer >= 0, got None; or give a Generator
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, list | tuple) and seed:
        return np.random.default_rng([integer_from("seed", part, 0) for part in seed])
    try:
        number = integer_from("seed", seed, 0)
    except ValueError as error:
        raise ValueError(f"{error}; or give a Generator") from None
    return np.random.default_rng(number)


def instance_of(name: str, value, kind: type):
    """Return an argument of a kind.

    Raises
    ------
    ValueError
        If the value is of another one.

    Examples
    --------
    >>> instance_of("law", "zero", str)
    'zero'
    >>> instance_of("law", 0.5, str)
    Traceback (most recent call last):
        ...
    ValueError: law must be a str, got 0.5
    """
    if not isinstance(value, kind):
        raise ValueError(f"{name} must be a {kind.__name__}, got {value!r}")
    return value


def list_from(name: str, values) -> list:
    """Return what is a sequence, with at least one entry, as a list.

    Raises
    ------
    ValueError
        If the value is no sequence, or an empty one.

    Examples
    --------
    >>> list_from("widths", (1, 2))
    [1, 2]
    >>> list_from("widths", 3)
    Traceback (most recent call last):
        ...
    ValueError: widths must be a sequence with an entry, got 3
    """
    try:
        found = list(values)
    except TypeError:
        found = []
    if not found:
        raise ValueError(f"{name} must be a sequence with an entry, got {values!r}")
    return found


def finite_answers(function):
    """Decorate a function: what leaves float64 is an error, not infinite or NaN.

    An overflow or an undefined operation on the way, a matrix that is singular, a
    result that is not finite, and a size beyond memory are a ValueError with the names
    and sizes of the arguments.
    Where a function handles an overflow itself, its own ``np.errstate`` counts.

    Examples
    --------
    >>> @finite_answers
    ... def square(x):
    ...     return np.square(x)
    >>> square(3.0)
    np.float64(9.0)
    >>> square(1e200)
    Traceback (most recent call last):
        ...
    ValueError: square(x) cannot be computed in float64 and this memory, got ...
    """
    names = inspect.signature(function).parameters

    @functools.wraps(function)
    def guarded(*args, **kwargs):
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                answer = function(*args, **kwargs)
        except (ArithmeticError, np.linalg.LinAlgError, MemoryError, RecursionError):
            finite = False
        except ValueError as error:
            if not str(error).startswith(_TOO_LONG):
                raise
            finite = False
        else:
            finite = _finite(answer)
        if not finite:
            raise ValueError(
                f"{function.__name__}({', '.join(names)}) cannot be computed in "
                f"float64 and this memory, got {_sizes([*args, *kwargs.values()])}"
            )
        return answer

    return guarded


def _finite(answer) -> bool:
    """Tell whether the floats of an answer are finite, in tuples and mappings too."""
    if isinstance(answer, Mapping):
        answer = tuple(answer.values())
    if isinstance(answer, tuple):
        return all(map(_finite, answer))
    if hasattr(answer, "is_finite"):  # a ball
        return bool(answer.is_finite())
    kind = np.asarray(answer).dtype.kind if isinstance(answer, _NUMBERS) else ""
    return kind not in ("f", "c") or bool(np.isfinite(answer).all())


def _sizes(arguments) -> str:
    """Say between which sizes the numbers among the arguments lie."""
    sizes = []
    for argument in arguments:
        try:
            numbers = np.asarray(np.abs(np.asarray(argument)), dtype=float)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            continue
        sizes.extend(numbers[numbers > 0].ravel())
    if not sizes:
        return "no numbers but 0"
    return f"numbers from {min(sizes):g} to {max(sizes):g}"
