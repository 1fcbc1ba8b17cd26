"""What the chapter takes over without a check, and the question that is open."""

from rfbook.claims.counting.known import CHAPTER, hsu, kamath
from rfbook.ledger import Claim, Source, Statement

POSITION = Claim(
    id="forster-position",
    title="Vectors in general position can be spread evenly",
    chapter=CHAPTER,
    statement=Statement(
        "Let $n \\ge k$ and let $x_1, \\dots, x_n \\in \\mathbb R^k$ be such that "
        "every $k$ of them are linearly independent. There is an invertible linear map "
        "$T$ for which the unit vectors $v_j = T x_j / \\lVert T x_j \\rVert$ satisfy "
        "$\\sum_j v_j v_j^{\\mathsf T} = \\frac nk I$."
    ),
    sources=(
        Source(
            "Forster2002",
            "J. Comput. System Sci. 65",
            "the lemma on general position",
            "background",
        ),
    ),
    status="cited",
    reference="Forster 2002",
)

NEURON = Claim(
    id="kamath-one-neuron",
    title="One neuron without a bound on the output weights",
    chapter=CHAPTER,
    statement=Statement(
        "Let the class be the neurons $x \\mapsto [\\langle w, x \\rangle + b]_+$ on "
        "$\\mathbb R^d$, divided by their norm, with $\\lVert w \\rVert = O(d^3)$ and "
        "$\\lvert b \\rvert = O(d^4)$. For every error below $\\frac14$ of half the "
        "square the number of random features that it needs grows exponentially in "
        "$d$, whatever the output weights."
    ),
    sources=(kamath("Theorem 21"),),
    status="cited",
    reference="Kamath, Montasser and Srebro 2020, Theorem 21",
)

RELUS = Claim(
    id="lipschitz-random-relus",
    title="Random ReLUs are enough for Lipschitz functions",
    chapter=CHAPTER,
    statement=Statement(
        "Let $x$ be uniform on $[-1, 1]^d$. There is a law of random ReLU features of "
        "which $O\\bigl(\\frac{L^6 d^2}{\\varepsilon^3} \\ln \\frac1\\delta\\; "
        "Q_{k,d}^2\\bigr)$, with $k = \\frac{2L}{\\sqrt\\varepsilon}$, approximate "
        "each $L$-Lipschitz function with squared error at most $\\varepsilon$ and "
        "probability at least $1 - \\delta$."
    ),
    sources=(hsu("Theorem 6", "as printed", "epsilon there is the root of ours"),),
    status="cited",
    reference="Hsu, Sanford, Servedio and Vlatakis-Gkaragkounis 2021, Theorem 6",
)

WEAK = Claim(
    id="weak-learning-kernels",
    title="One fixed law: weak learning and kernels",
    chapter=CHAPTER,
    statement=Statement(
        "Fix a law of the inputs. A family of classes can be learned weakly and "
        "efficiently by statistical queries if and only if a kernel class of "
        "polynomial size approximates it weakly."
    ),
    sources=(Source("Malach2021", "COLT 2021", "Theorem 14"),),
    status="cited",
    reference="Malach, Yehudai, Shalev-Shwartz and Shamir 2021, Theorem 14",
)

QUESTION = Claim(
    id="distribution-free-features",
    title="Learning for every law of the inputs, and random features",
    chapter=CHAPTER,
    statement=Statement(
        "Let stochastic gradient descent on a parametric model learn every function of "
        "a class for every law of the inputs. Does a number of random features that is "
        "polynomial in the number of steps and in the precision approximate the class?"
    ),
    sources=(
        Source(
            "KarchmerMalach2025",
            "ICML 2025",
            "abstract",
            "background",
            "claimed there; a flaw in the proof was reported later",
        ),
        Source(
            "FeldmanKamathSrebro2026",
            "COLT 2026",
            "open problem",
            "background",
            "known to us by a quotation",
        ),
    ),
    status="open",
)

CLAIMS = (POSITION, NEURON, RELUS, WEAK, QUESTION)
