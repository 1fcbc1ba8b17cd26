/* The search beyond the words of the pages.

   Sphinx's search shows a piece of each page it found and fetches the page for that,
   which browsers forbid to pages opened as files: there it shows the titles alone.

   On the search page a list of entries is loaded (rfbook.sphinxext.search). An entry is
   found by one of its keys: a claim's id, a numbered place of a paper, a term or another
   word for it; or by words of its record. Greek letters may be typed or named. */
"use strict";

if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

(() => {
  const GREEK = {
    α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", ϵ: "epsilon",
    ζ: "zeta", η: "eta", θ: "theta", ϑ: "theta", κ: "kappa", λ: "lambda", μ: "mu",
    ν: "nu", π: "pi", ρ: "rho", σ: "sigma", ς: "sigma", τ: "tau", φ: "phi", ϕ: "phi",
    χ: "chi", ψ: "psi", ω: "omega", ℰ: "e",
  };
  const SHORT = {
    eq: "equation", eqn: "equation", eqs: "equation", equations: "equation",
    thm: "theorem", theorems: "theorem", prop: "proposition", lem: "lemma",
    cor: "corollary", sec: "section", fig: "figure", rem: "remark",
  };
  const KINDS = new Set([...Object.values(SHORT), "figure", "assumption", "table"]);
  const MOST_NAMED = 25;
  const MOST_OTHER = 12;

  const spelled = (text) =>
    text.replace(/./gu, (sign) => GREEK[sign.toLowerCase()] || sign);

  // "Eq. (7)" and "equation 7" are one key, "Ψ" and "psi" another.
  const plain = (text) =>
    spelled(text.toLowerCase().normalize("NFC"))
      .replace(/[()[\]"“”,;:$\\]/g, " ")
      .replace(/\.(?!\d)/g, " ")
      .trim()
      .split(/\s+/)
      .map((word) => SHORT[word] || word)
      .join(" ");

  // 2: a key itself; 1: the beginning of one, up to a hyphen or a space.
  const named = (asked, keys) => {
    if (keys.includes(asked)) return 2;
    if (asked.length < 3 || KINDS.has(asked) || /\d$/.test(asked)) return 0;
    return keys.some((key) => key.startsWith(`${asked}-`) || key.startsWith(`${asked} `));
  };

  const result = (entry, score) => [
    entry.page, entry.title, `#${entry.anchor}`, entry.about, score, `${entry.page}.md`,
  ];

  // Lowest first, as Sphinx takes its results from the end.
  const lowestFirst = (found, most) => {
    const seen = new Set();
    const first = found
      .sort((a, b) => b[4] - a[4])
      .filter((one) => !seen.has(one[0] + one[2]) && seen.add(one[0] + one[2]));
    return first.slice(0, most).reverse();
  };

  const lookUp = (query) => {
    const asked = plain(query);
    const words = asked.split(/[^\p{L}\p{N}.]+/u).filter(Boolean);
    const strong = [];
    const weak = [];
    for (const entry of window.rfbookSearch || []) {
      entry.plain ||= entry.keys.map(plain);
      const score = named(asked, entry.plain);
      entry.text ||= ` ${plain(entry.words)}`;
      if (score === 2) strong.push(result(entry, 100));
      else if (score) weak.push(result(entry, 2));
      else if (asked.length > 3 && words.every((w) => entry.text.includes(` ${w}`))) {
        weak.push(result(entry, 1));
      }
    }
    return [lowestFirst(strong, MOST_NAMED), lowestFirst(weak, MOST_OTHER)];
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (typeof Search === "undefined" || !window.rfbookSearch) return;
    const ask = Search._performSearch;
    const parse = Search._parseQuery;
    Search._performSearch = (query, ...terms) => {
      const [strong, weak] = lookUp(query);
      const pages = ask(query, ...terms);
      if (spelled(query) !== query) {
        const there = new Set(pages.map((one) => one[0] + one[2]));
        const more = ask(spelled(query), ...parse(spelled(query)).slice(1));
        pages.unshift(...more.filter((one) => !there.has(one[0] + one[2])));
      }
      return [...weak, ...pages, ...strong];
    };
  });
})();
