"""Where torch computes: one switch, ``RFBOOK_DEVICE=auto|cpu|cuda``.

``auto``, the default, takes a CUDA device where there is one. Torch is imported
by the functions that need it, not by this module.
"""

from __future__ import annotations

import os
import platform
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

SWITCH = "RFBOOK_DEVICE"
CHOICES = ("auto", "cpu", "cuda")


class DeviceError(RuntimeError):
    """The device that was asked for is not there."""


def choice() -> str:
    """Return what the switch says: ``auto``, ``cpu`` or ``cuda``.

    Raises
    ------
    ValueError
        For any other word in the environment variable ``RFBOOK_DEVICE``.
    """
    word = os.environ.get(SWITCH, "auto")
    if word not in CHOICES:
        raise ValueError(f"{SWITCH} must be one of {', '.join(CHOICES)}, got {word!r}")
    return word


def device() -> torch.device:
    """Return the torch device to compute on.

    Returns
    -------
    torch.device
        ``cuda`` if the switch says so, or says ``auto`` and CUDA is there; else
        ``cpu``.

    Raises
    ------
    DeviceError
        If ``RFBOOK_DEVICE=cuda`` and torch finds no CUDA device, or torch is not
        installed.
    ValueError
        See `choice`.
    """
    wanted = choice()
    torch = _torch()
    there = wanted != "cpu" and torch.cuda.is_available()
    if wanted == "cuda" and not there:
        build = torch.version.cuda or "none: this torch is built for the CPU"
        raise DeviceError(
            f"{SWITCH}=cuda, but torch {torch.__version__} finds no CUDA device "
            f"(CUDA of its build: {build}); set {SWITCH}=cpu or auto"
        )
    return torch.device("cuda" if there else "cpu")


def describe() -> str:
    """Return the kind and the model of the device, for provenance.

    Returns
    -------
    str
        For example ``"cuda: NVIDIA H100 80GB HBM3"``.

    Raises
    ------
    DeviceError, ValueError
        See `device`.
    """
    chosen = device()
    if chosen.type == "cuda":
        return f"cuda: {_torch().cuda.get_device_name(chosen)}"
    return f"cpu: {cpu_model()}"


def cpu_model() -> str:
    """Return the processor's model name, or its architecture where none is told."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text("utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or platform.machine() or "unknown"


def default_dtype() -> torch.dtype:
    """Return the floating-point type of the book's computations, ``float64``.

    It is the same on every device: outputs are compared between devices to the
    digits a chapter prints, and with theory to the statistical error, so rounding
    must be far below both.
    """
    return _torch().float64


def seed_everything(seed: int) -> torch.Generator:
    """Seed every global generator; return one of torch's on the chosen device.

    The generators of Python, NumPy (the legacy global one) and torch are seeded
    for code that draws from them; the book's own draws use the one returned.

    Parameters
    ----------
    seed : int
        0 <= seed < 2**32, the range that NumPy's global generator takes.

    Returns
    -------
    torch.Generator
        On `device`, seeded.

    Raises
    ------
    ValueError
        If `seed` is not an integer in the range.
    DeviceError
        See `device`.

    Examples
    --------
    >>> seed_everything(7).initial_seed()
    7
    """
    whole = isinstance(seed, Integral) and not isinstance(seed, bool)
    if not whole or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be an int with 0 <= seed < 2**32, got {seed!r}")
    import random

    import numpy as np

    seed = int(seed)
    torch = _torch()
    chosen = device()
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - others' code draws from this generator
    torch.manual_seed(seed)
    return torch.Generator(device=chosen).manual_seed(seed)


def _torch():
    try:
        import torch
    except ImportError as error:
        raise DeviceError("torch is not installed: see `rfbook doctor`") from error
    return torch
