r"""The three kinds of quadratic models, and how each takes a step of descent.

A group holds models of one kind and one width: k step sizes times s seeds, in one
tensor. They share the examples of their seed. With the residual :math:`r_j = y_j -
f(x_j)` of a batch of b points, its mean :math:`\bar r` and :math:`z_j = W^{\mathsf T}
x_j`, one step is

.. math::
    u &\leftarrow u + 2 \eta \Big[ \tfrac1b \sum_j r_j\, z_j^{\circ 2}
        - \bar r\, n \Big] && \text{(RF)}, \\
    V &\leftarrow V + 4 \eta \Big[ \tfrac1b \sum_j r_j\, x_j z_j^{\mathsf T}
        - \bar r\, W \Big] && \text{(NT)}, \\
    W &\leftarrow W + 4 \eta \Big[ \tfrac1b \sum_j r_j\, x_j z_j^{\mathsf T}
        - \bar r\, W \Big] \operatorname{diag}(u) && \text{(NN)},

with :math:`n_i = \lVert w_i \rVert^2`. The terms with the mean residual belong to
centred features; without them the constant is trained too,
:math:`c \leftarrow c + 2 \eta\, \bar r`.

Each step is two products of matrices and as little else as possible: the sum over the
batch is added to the weights by the product itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class Group(ABC):
    """Models of one kind and width.

    Parameters
    ----------
    W : torch.Tensor, shape (s, d, N)
        The neurons at the start, for each seed.
    count : int
        Number k of step sizes.
    layer : torch.Tensor, shape (N,)
        Output weights of the network; not read by the others.
    centred : bool
        Whether the features are centred, and no constant is trained.
    c0 : float
        Where the constant starts.
    """

    def __init__(
        self,
        W: torch.Tensor,
        count: int,
        layer: torch.Tensor,
        centred: bool,
        c0: float,
    ) -> None:
        self.start, self.layer = W, layer
        self.count, self.centred = count, centred
        self.room = self.points = None
        self.c = W.new_full((count, len(W)), 0.0 if centred else c0)

    def step(self, x: torch.Tensor, y: torch.Tensor, rate: torch.Tensor) -> None:
        """Take one step.

        Parameters
        ----------
        x : torch.Tensor, shape (s, b, d)
        y : torch.Tensor, shape (s, b)
        rate : torch.Tensor, shape (k, 1)
            The step sizes.
        """
        shift = -self.trace() if self.centred else self.c
        r = y - self.values(x) - shift[..., None]
        mean = r.mean(2)
        self.move(x, r * (rate[..., None] / r.shape[2]), mean * rate)
        if not self.centred:
            self.c += 2 * rate * mean

    @abstractmethod
    def values(self, x: torch.Tensor) -> torch.Tensor:
        """Return the values without centring or constant, (k, s, b)."""

    @abstractmethod
    def move(self, x: torch.Tensor, r: torch.Tensor, mean: torch.Tensor) -> None:
        """Move what is trained; r (k, s, b) and mean (k, s) come times the step size.

        It follows a call of `values` at the same points.
        """

    @abstractmethod
    def trace(self) -> torch.Tensor:
        """Return Tr M, (k, s)."""

    @abstractmethod
    def matrix(self) -> torch.Tensor:
        """Return M in float64, (k, s, d, d)."""

    @abstractmethod
    def state(self) -> dict[str, torch.Tensor]:
        """Return the tensors that training changes, by name."""

    def _project(self, x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Return x times the weights (k, s, d, N) of every model, (k, s, b, N).

        The result is kept in memory that the next step uses again: fresh memory of this
        size costs the system as much as some passes over it. The points, repeated for
        every step size, are kept for `_add_products`.
        """
        import torch

        shape = self.count, *x.shape[:2], weights.shape[3]
        if self.room is None or self.room.shape != shape:
            self.room = x.new_empty(shape)
        self.points = x.expand(self.count, *x.shape).reshape(-1, *x.shape[1:])
        torch.bmm(self.points, _joined(weights), out=_joined(self.room))
        return self.room

    def _add_products(self, weights: torch.Tensor, z: torch.Tensor) -> None:
        """Add x' z to the weights of every model, at the points of `_project`."""
        _joined(weights).baddbmm_(self.points.mT, _joined(z))


class Features(Group):
    """Random features: the neurons are frozen, the output weights trained from 0."""

    def __init__(self, W, count, layer, centred, c0) -> None:
        super().__init__(W, count, layer, centred, c0)
        self.u = W.new_zeros(count, len(W), W.shape[2])
        self.norms = W.square().sum(1)

    def values(self, x):
        """See `Group.values`."""
        self.squares = (x @ self.start).square()
        return (self.squares @ self.u[..., None])[..., 0]

    def move(self, x, r, mean):
        """See `Group.move`."""
        self.u += 2 * (r[..., None, :] @ self.squares)[..., 0, :]
        if self.centred:
            self.u -= 2 * mean[..., None] * self.norms

    def trace(self):
        """See `Group.trace`."""
        return (self.u * self.norms).sum(2)

    def matrix(self):
        """See `Group.matrix`."""
        W = self.start.double()
        return (self.u.double()[..., None, :] * W) @ W.mT

    def state(self):
        """See `Group.state`."""
        return {"u": self.u, "c": self.c}


class Tangent(Group):
    r"""The tangent model: the neurons are frozen, the directions trained from 0.

    What centring takes from V is a multiple of W. It is kept as a number for each
    model, V = A + q W, so that a step passes over the large matrix A as rarely as
    possible: three times, two of them in products.
    """

    def __init__(self, W, count, layer, centred, c0) -> None:
        super().__init__(W, count, layer, centred, c0)
        self.A = W.new_zeros(count, *W.shape)
        self.q = W.new_zeros(count, len(W))
        self.size = W.square().sum((1, 2))

    def values(self, x):
        """See `Group.values`."""
        self.z = x @ self.start
        f = 2 * self._project(x, self.A).mul_(self.z).sum(3)
        if self.centred:
            f += 2 * self.q[..., None] * self.z.square().sum(2)
        return f

    def move(self, x, r, mean):
        """See `Group.move`."""
        import torch

        torch.mul((4 * r)[..., None], self.z, out=self.room)
        self._add_products(self.A, self.room)
        if self.centred:
            self.q -= 4 * mean

    def trace(self):
        """See `Group.trace`."""
        A, W = self.A.flatten(2).transpose(0, 1), self.start.flatten(1)
        return 2 * ((A @ W[..., None])[..., 0].mT + self.q * self.size)

    def matrix(self):
        """See `Group.matrix`."""
        W = self.start.double()
        half = W @ self.A.double().mT + self.q.double()[..., None, None] * (W @ W.mT)
        return half + half.mT

    def directions(self) -> torch.Tensor:
        """Return V, (k, s, d, N)."""
        return self.A + self.q[..., None, None] * self.start

    def state(self):
        """See `Group.state`."""
        return {"A": self.A, "q": self.q, "c": self.c}


class Network(Group):
    r"""The network: the neurons are trained, the output weights are not.

    What centring takes from a neuron is a multiple of the neuron itself. It is kept as
    a factor, W = V diag(s), one for each model if all output weights are 1 and else one
    for each neuron, so that a step passes over the large matrix V three times, two of
    them in products. A step takes s to s times :math:`1 - 4 \eta \bar r u`, by which
    what it adds to V is divided.
    """

    def __init__(self, W, count, layer, centred, c0) -> None:
        super().__init__(W, count, layer, centred, c0)
        self.ones = bool((layer == 1).all())
        self.u = layer[:1] if self.ones else layer
        self.V = W.expand(count, *W.shape).clone()
        self.s = W.new_ones(count, len(W), len(self.u))

    def values(self, x):
        """See `Group.values`."""
        import torch

        z = self._project(x, self.V)
        weights = self.u * self.s.square()
        if self.ones:
            return torch.linalg.vector_norm(z, dim=3).square() * weights
        return (z.square() @ weights[..., None])[..., 0]

    def move(self, x, r, mean):
        """See `Group.move`."""
        pull = self.u
        if self.centred:
            keep = 1 - 4 * mean[..., None] * self.u
            self.s *= keep
            pull = self.u / keep
        if self.ones:
            self.room.mul_((4 * r * pull)[..., None])
        else:
            self.room.mul_((4 * r)[..., None]).mul_(pull[..., None, :])
        self._add_products(self.V, self.room)

    def trace(self):
        """See `Group.trace`."""
        import torch

        weights = self.u * self.s.square()
        if self.ones:
            flat = self.V.view(*self.V.shape[:2], -1)
            return torch.linalg.vector_norm(flat, dim=2).square() * weights[..., 0]
        return (self.V.square().sum(2) * weights).sum(2)

    def matrix(self):
        """See `Group.matrix`."""
        V, s = self.V.double(), self.s.double()
        return (V * (self.u.double() * s.square())[..., None, :]) @ V.mT

    def neurons(self) -> torch.Tensor:
        """Return W, (k, s, d, N)."""
        return self.V * self.s[..., None, :]

    def state(self):
        """See `Group.state`."""
        return {"V": self.V, "s": self.s, "c": self.c}


def _joined(tensor: torch.Tensor) -> torch.Tensor:
    """Return a view with the directions of step sizes and seeds joined."""
    return tensor.view(-1, *tensor.shape[2:])


KINDS = {"RF": Features, "NT": Tangent, "NN": Network}
