"""Second ways to the book's headline numbers, which import nothing of the book.

Each function is written from the definition: integrals by quadrature, minima by an
optimiser or by least squares on nodes, laws by drawing, counts one by one.
"""

import math
from itertools import product

import numpy as np
from mpmath import mp, mpf
from mpmath.calculus.quadrature import GaussLegendre
from scipy.integrate import quad, solve_ivp
from scipy.optimize import minimize
from scipy.special import roots_hermitenorm

DIMENSIONS = (2, 3, 5, 7, 10, 14, 20, 28, 40)
B = np.array([3.0, 1.5, 1.0, -0.5])
DELTA = np.array([0.6, 0.3, -0.2, 0.1])


def neurons(N, d=4):
    """Neurons for the small cases: any will do."""
    return np.random.default_rng(20).standard_normal((d, N)) / math.sqrt(d)


# --- one neuron -------------------------------------------------------------------


def feature_counts():
    """Integrate the kernel against the zonal polynomials, then count the features."""
    with mp.workdps(70):
        nodes = GaussLegendre(mp).calc_nodes(7, mp.prec)
        angles = [(mp.pi * (1 + x) / 2, w) for x, w in nodes]
        points = [(mp.cos(angle), mp.sin(angle), w) for angle, w in angles]
        kernel = [(s + mp.acos(-c) * c) / (2 * mp.pi) for c, s, _ in points]
        return [_feature_count(d, points, kernel) for d in DIMENSIONS]


def _feature_count(d, points, kernel):
    """Take the largest eigenvalues until 1/50 is left of the square d^(3/2) / 2."""
    blocks, left = [], mpf(1) / 2
    for degree, value in enumerate(_eigenvalues(d, points, kernel)):
        size = math.comb(d + degree - 1, degree)
        size -= math.comb(d + degree - 3, degree - 2) if degree > 1 else 0
        blocks.append((value, size))
    count, level = 0, mpf(1) / 50 / mpf(d) ** 1.5
    for value, size in sorted(blocks, reverse=True):
        if left - size * value <= level:
            return count + int(mp.ceil((left - level) / value))
        count, left = count + size, left - size * value
    raise AssertionError("more degrees are needed")


def _eigenvalues(d, points, kernel):
    """Means of E [u]_+ [v]_+ times the Legendre polynomials up to degree 42."""
    weights = [w * s ** (d - 2) for _, s, w in points]
    total = mp.fsum(weights)
    old, new = [mpf(1)] * len(points), [c for c, _, _ in points]
    for k in range(1, 44):
        yield mp.fdot(zip(weights, map(mp.fmul, kernel, old), strict=True)) / total
        a, b = mpf(2 * k + d - 2) / (k + d - 2), mpf(k) / (k + d - 2)
        ahead = [
            a * c * p - b * q for (c, _, _), p, q in zip(points, new, old, strict=True)
        ]
        old, new = new, ahead


def wave_moment():
    """Integrate the square of the wave against the Gaussian, kink by kink."""
    R = 1.7

    def integrand(x):
        return (2 / math.pi * math.asin(math.sin(math.pi * R * x / 2))) ** 2 * _phi(x)

    kinks = [(2 * k + 1) / R for k in range(8)]
    pieces = zip([0.0, *kinks], kinks, strict=False)
    return 2 * sum(quad(integrand, a, b, epsabs=1e-15)[0] for a, b in pieces)


def _phi(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def correlation():
    """Average exp(-kappa (1 - t)) over the sphere's t, d = 40, kappa = d."""
    d = 40

    def mean(f):
        def integrand(angle):
            return f(math.cos(angle)) * math.sin(angle) ** (d - 2)

        return quad(integrand, 0, math.pi, epsabs=0, epsrel=1e-12)[0]

    return mean(lambda t: math.exp(-d * (1 - t))) / mean(lambda t: 1.0)


def linear_success():
    """Draw 4 features and a target, d = 8; count squared distances up to 1/4."""
    rng, draws = np.random.default_rng(7), 400_000
    W, u = rng.standard_normal((draws, 8, 4)), rng.standard_normal((draws, 8, 1))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    inside = np.linalg.qr(W).Q.transpose(0, 2, 1) @ u
    return np.mean(1 - np.sum(inside**2, axis=1) <= 0.25)


# --- quadratic targets: values on nodes, fitted by least squares --------------------


def nodes(variances):
    """Nodes and weights that integrate polynomials of degree 9 in each coordinate."""
    x, w = roots_hermitenorm(5)
    grid = np.array(list(product(x, repeat=len(variances)))) * np.sqrt(variances)
    weights = np.array([math.prod(ws) for ws in product(w, repeat=len(variances))])
    return grid, weights / weights.sum()


def left_over(features, target, weights):
    """Return the least mean square of the target minus a combination."""
    root = np.sqrt(weights)
    A, y = features * root[:, None], target * root
    gap = y - A @ np.linalg.lstsq(A, y, rcond=1e-12)[0]
    return gap @ gap / (y @ y)


def quadratic(x):
    return x**2 @ B - B.sum()


def random_features_risk():
    """Fit (w x)^2 - 1 for five neurons to the target's values on nodes."""
    x, weights = nodes(np.ones(4))
    return left_over((x @ neurons(5)) ** 2 - 1, quadratic(x), weights)


def tangent(x, W):
    """Features of the tangent model: x_k (w x), and a constant."""
    each = [x[:, [k]] * (x @ W) for k in range(x.shape[1])]
    return np.hstack([*each, np.ones((len(x), 1))])


def tangent_risk():
    """Fit x_k (w x) for two neurons to the target's values on nodes."""
    x, weights = nodes(np.ones(4))
    return left_over(tangent(x, neurons(2)), quadratic(x), weights)


def network_risk():
    """Minimise the mean square over two neurons and a constant, from ten starts."""
    x, weights = nodes(np.ones(4))
    y = quadratic(x)

    def loss(p):
        W, a = p[:8].reshape(4, 2), p[8:10]
        u = x @ W
        gap = u**2 @ a + p[10] - y
        slope = 2 * weights * gap
        inner = 2 * x.T @ (slope[:, None] * u * a)
        return weights @ gap**2, [*inner.ravel(), *(slope @ u**2), slope.sum()]

    def descend(seed):
        start = np.random.default_rng(seed).standard_normal(11)
        exact = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 5000}
        return minimize(loss, start, jac=True, method="L-BFGS-B", options=exact).fun

    return min(descend(seed) for seed in range(10)) / (weights @ y**2)


def random_features_limit():
    """Extrapolate the mean risk at N = 2 d over draws, d = 100 and 200, to large d."""
    small, large = (_mean_risk(d, 60) for d in (100, 200))
    return 2 * large[0] - small[0], math.hypot(2 * large[1], small[1])


def _mean_risk(d, draws):
    """Solve the normal equations for exponential eigenvalues; mean, standard error."""
    b = -np.log1p(-(np.arange(d) + 0.5) / d)
    risks = []
    for seed in range(draws):
        W = np.random.default_rng([d, seed]).standard_normal((d, 2 * d)) / math.sqrt(d)
        G = W.T @ W
        means = np.diag(G) - 1
        moments = 2 * np.einsum("ij,i,ij->j", W, b, W)
        gram = 2 * G**2 + np.outer(means, means)
        risks.append(1 - moments @ np.linalg.solve(gram, moments) / (2 * b @ b))
    return np.mean(risks), np.std(risks, ddof=1) / math.sqrt(draws)


def trained_matrix():
    """Integrate the flow's differential equation step by step to time 0.05."""
    b, M0 = np.diag(B), neurons(3) @ neurons(3).T

    def slope(t, flat):
        M = flat.reshape(4, 4)
        return (8 * (b @ M + M @ b - 2 * M @ M)).ravel()

    exact = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-12}
    done = solve_ivp(slope, (0, 0.05), M0.ravel(), **exact)
    return float(np.trace(done.y[:, -1].reshape(4, 4)))


# --- two classes ------------------------------------------------------------------


def mixture_tangent_risk():
    """Fit the labels on nodes of both classes with x_k (w x), two neurons."""
    (x, p), (z, q) = nodes(1 - DELTA), nodes(1 + DELTA)
    points, weights = np.vstack([x, z]), np.concatenate([p, q]) / 2
    labels = np.repeat([1.0, -1.0], [len(x), len(z)])
    return left_over(tangent(points, neurons(2)), labels, weights)


def bayes():
    """Integrate the error and the risk of the best rule over the plane."""
    delta = np.array([0.6, -0.3])
    radii, weights = np.polynomial.legendre.leggauss(2000)
    r, angle = 8 * (radii + 1), np.arange(2000) * math.pi / 1000
    x = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    densities = [
        np.exp(-np.outer(x**2 @ (1 / v), r**2) / 2) / math.sqrt(math.prod(v))
        for v in (1 - delta, 1 + delta)
    ]
    area = 8 * weights * r / len(angle)
    # Of two equally likely classes; the constant 1 / (2 pi) is in the mean over angles.
    plus, minus = densities
    error = np.minimum(plus, minus) / 2
    risk = 2 * plus * minus / (plus + minus)
    return float(np.sum(error @ area)), float(np.sum(risk @ area))


# --- counting ---------------------------------------------------------------------


def harmonic_count():
    """Subtract the rank of the Laplacian on the monomials of degree 6, d = 4."""
    d, degree = 4, 6
    powers = [p for p in product(range(degree + 1), repeat=d) if sum(p) == degree]
    lower = [p for p in product(range(degree - 1), repeat=d) if sum(p) == degree - 2]
    place = {p: i for i, p in enumerate(lower)}
    laplacian = np.zeros((len(lower), len(powers)))
    for j, p in enumerate(powers):
        for k in range(d):
            if p[k] >= 2:
                image = (*p[:k], p[k] - 2, *p[k + 1 :])
                laplacian[place[image], j] += p[k] * (p[k] - 1)
    return len(powers) - int(np.linalg.matrix_rank(laplacian))


def lattice_count():
    """Look at every integer point of a box around the ball of radius 3, d = 6."""
    points = product(range(-3, 4), repeat=6)
    return sum(sum(k * k for k in p) <= 9 for p in points)


ROUTES = {
    "feature-counts": feature_counts,
    "wave-moment": wave_moment,
    "correlation": correlation,
    "linear-success": linear_success,
    "random-features-risk": random_features_risk,
    "tangent-risk": tangent_risk,
    "network-risk": network_risk,
    "random-features-limit": random_features_limit,
    "trained-matrix": trained_matrix,
    "mixture-tangent-risk": mixture_tangent_risk,
    "bayes": bayes,
    "harmonic-count": harmonic_count,
    "lattice-count": lattice_count,
}
