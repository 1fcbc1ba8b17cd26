"""What the chapter takes over from papers of which we know the abstract or theorems."""

from rfbook.claims.feature_learning.known import CHAPTER, HIDDEN, QUOTED
from rfbook.ledger import Claim, Source, Statement

SPIKE = Claim(
    id="gradient-rank-one",
    title="The first gradient is nearly of rank one",
    chapter=CHAPTER,
    statement=Statement(
        "Let width, dimension and number of samples grow in proportion, and let the "
        "target be a function of one direction, in an idealised setting. The first "
        "gradient step on the first layer of a two-layer network contains a part of "
        "rank one, which aligns the neurons with the linear part of the target. With a "
        "large enough step size, and for certain targets, ridge regression on the "
        "features after it is better than a wide range of random features and of "
        "kernels that are invariant under rotations."
    ),
    sources=(Source("Ba2022", "NeurIPS 2022", "abstract", "background", HIDDEN),),
    status="cited",
    reference="Ba, Erdogdu, Suzuki, Wang, Wu and Yang 2022",
)

REPRESENTATION = Claim(
    id="step-few-directions",
    title="Polynomials of few directions after one step",
    chapter=CHAPTER,
    statement=Statement(
        "Let the target be a polynomial of degree $p$ that depends on $r$ directions "
        "of $x \\sim \\mathcal N(0, I_d)$, with a second derivative whose mean has the "
        "rank $r$. Gradient descent on a two-layer network, with one large step on the "
        "first layer, learns it from a number of samples of order $d^2 r + d r^p$, up "
        "to logarithms, whereas a kernel method needs a number of order $d^p$."
    ),
    sources=(Source("Damian2022", "COLT 2022", "Theorems 1 and 2", "background"),),
    status="cited",
    reference="Damian, Lee and Soltanolkotabi 2022",
)

ONLINE = Claim(
    id="online-search-samples",
    title="How many samples online descent needs",
    chapter=CHAPTER,
    statement=Statement(
        "Let the first degree of the population loss, as a function of the overlap, be "
        "$k_*$. Online gradient descent on the sphere finds the direction from a "
        "random start of positive overlap, with a number of samples of order $d$ for "
        "$k_* = 1$, $d \\ln d$ for $k_* = 2$, and $d^{k_* - 1}$ for $k_* \\ge 3$, up "
        "to logarithms."
    ),
    sources=(Source("BenArous2021", "JMLR 22", "abstract", "background", QUOTED),),
    status="cited",
    reference="Ben Arous, Gheissari and Jagannath 2021",
)

STAIRCASE = Claim(
    id="features-degree-staircase",
    title="Random features learn one degree after another",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\delta > 0$ and $d^{l + \\delta} \\le N \\le d^{l + 1 - \\delta}$ with "
        "an integer $l$. As $d \\to \\infty$ the best combination of $N$ random "
        "features on the sphere has the same error, to first order, as the best "
        "polynomial of degree $l$."
    ),
    sources=(
        Source("Ghorbani2021", "Ann. Statist. 49", "abstract", "background", HIDDEN),
    ),
    status="cited",
    reference="Ghorbani, Mei, Misiakiewicz and Montanari 2021",
)

CLAIMS = (SPIKE, REPRESENTATION, ONLINE, STAIRCASE)
