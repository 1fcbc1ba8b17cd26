"""What the chapter takes over without a check."""

from rfbook.claims.staircases.known import CHAPTER, leap_paper, staircase_paper
from rfbook.ledger import Claim, Source, Statement

MERGED = Claim(
    id="merged-staircase-sgd",
    title="Leap 1 and a number of samples of the order of d",
    chapter=CHAPTER,
    statement=Statement(
        "Let $x$ be uniform on $\\{1, -1\\}^d$ and $f_*$ a function of $P$ of the "
        "coordinates, $P$ fixed. For two-layer networks in the mean-field regime, "
        "trained by stochastic gradient descent on $O(d)$ fresh samples, a leap of at "
        "most 1 is necessary for learning $f_*$, and it is sufficient for all choices "
        "of the non-zero Fourier coefficients except a set of measure 0, for suitable "
        "smooth activations and initialisations."
    ),
    sources=(staircase_paper("abstract and main results"),),
    status="cited",
    reference="Abbe, Boix-Adsera and Misiakiewicz 2022",
)

LEAP = Claim(
    id="leap-sgd-time",
    title="Larger leaps: a conjecture, proved in a Gaussian case",
    chapter=CHAPTER,
    statement=Statement(
        "For uniform bits or isotropic Gaussian inputs of dimension $d$ and a target "
        "of fixed latent dimension the conjecture is that stochastic gradient descent "
        "on a regular network needs a time of order $d^{\\max(\\operatorname{Leap}, "
        "2)}$, that is, $d^{\\max(\\operatorname{Leap} - 1, 1)}$ steps with one sample "
        "each, up to logarithms. It is proved for a class of targets on Gaussian "
        "inputs and two-layer networks, under further assumptions on the training."
    ),
    sources=(leap_paper("abstract and main results"),),
    status="cited",
    reference="Abbe, Boix-Adsera and Misiakiewicz 2023",
)

MIXTURE = Claim(
    id="mixture-few-neurons",
    title="Few trained neurons on Gaussian mixtures",
    chapter=CHAPTER,
    statement=Statement(
        "On a high-dimensional Gaussian mixture of the kind of the exclusive or, with "
        "a number of samples proportional to the dimension, two-layer networks with a "
        "few neurons, trained by one-pass stochastic gradient descent, come near the "
        "least error, and random features and other lazily trained models do not."
    ),
    sources=(
        Source(
            "Refinetti2021",
            "ICML 2021",
            "abstract",
            "as printed",
            "known to us by its abstract",
        ),
    ),
    status="cited",
    reference="Refinetti, Goldt, Krzakala and Zdeborova 2021",
)

SPIKED = Claim(
    id="spiked-covariates-kernels",
    title="Spiked covariates bring kernels closer",
    chapter=CHAPTER,
    statement=Statement(
        "For nearly isotropic inputs kernel methods suffer from the dimension where "
        "networks find the few directions that the target depends on. The larger the "
        "variance of the inputs in these directions is, compared with the others, the "
        "smaller is the gap."
    ),
    sources=(
        Source(
            "Ghorbani2020",
            "NeurIPS 2020",
            "abstract",
            "as printed",
            "known to us by its abstract",
        ),
    ),
    status="cited",
    reference="Ghorbani, Mei, Misiakiewicz and Montanari 2020",
)

CLAIMS = (MERGED, LEAP, MIXTURE, SPIKED)
