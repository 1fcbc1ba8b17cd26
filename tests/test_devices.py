"""The switch that chooses the device."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from rfbook import devices


@pytest.fixture
def no_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.parametrize("word", ["gpu", "", "CUDA", "cuda:0"])
def test_another_word_is_refused(monkeypatch, word):
    monkeypatch.setenv("RFBOOK_DEVICE", word)
    with pytest.raises(ValueError, match=f"auto, cpu, cuda, got '{word}'"):
        devices.device()


def test_cuda_asked_and_absent_is_an_error(monkeypatch, no_cuda):
    monkeypatch.setenv("RFBOOK_DEVICE", "cuda")
    with pytest.raises(devices.DeviceError, match="finds no CUDA device"):
        devices.device()


def test_auto_without_cuda_is_the_cpu(monkeypatch, no_cuda):
    monkeypatch.delenv("RFBOOK_DEVICE", raising=False)
    assert devices.choice() == "auto"
    assert devices.device() == torch.device("cpu")


def test_cpu_is_the_cpu_where_cuda_is_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("RFBOOK_DEVICE", "cpu")
    assert devices.device() == torch.device("cpu")
    monkeypatch.setenv("RFBOOK_DEVICE", "auto")
    assert devices.device() == torch.device("cuda")


def test_the_model_is_told(monkeypatch):
    monkeypatch.setenv("RFBOOK_DEVICE", "cpu")
    kind, _, model = devices.describe().partition(": ")
    assert kind == "cpu"
    assert model == devices.cpu_model()
    assert model.strip()


def test_the_same_seed_gives_the_same_draws(monkeypatch):
    monkeypatch.setenv("RFBOOK_DEVICE", "cpu")

    def draws(seed):
        generator = devices.seed_everything(seed)
        own = torch.rand(3, generator=generator).tolist()
        return own, torch.rand(1).item(), np.random.rand(), random.random()  # noqa: NPY002

    assert draws(5) == draws(5)
    assert all(a != b for a, b in zip(draws(5), draws(6), strict=True))


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, True, None, "1"])
def test_a_seed_outside_the_range_is_refused(seed):
    with pytest.raises(ValueError, match=r"0 <= seed < 2\*\*32, got"):
        devices.seed_everything(seed)


def test_doubles_are_the_default():
    assert devices.default_dtype() is torch.float64


def test_the_ground_floor_is_light():
    code = (
        "import sys\n"
        "from rfbook import chapters, devices, exercises, golden, records\n"
        "heavy = 'torch', 'numpy', 'sympy', 'nbformat', 'jupytext'\n"
        "print([module for module in heavy if module in sys.modules])\n"
    )
    root = Path(devices.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.gpu
def test_the_gpu_is_used_and_named(monkeypatch):
    monkeypatch.setenv("RFBOOK_DEVICE", "cuda")
    assert devices.device().type == "cuda"
    assert devices.describe().startswith("cuda: ")
    generator = devices.seed_everything(1)
    first = torch.rand(4, device="cuda", generator=generator)
    again = torch.rand(4, device="cuda", generator=devices.seed_everything(1))
    assert torch.equal(first, again)
