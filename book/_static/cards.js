/* Hover cards: a link to a theorem shows the theorem, on hover and on keyboard focus.
   The cards' HTML is in cards-data.js, loaded when a card is first asked for. */
"use strict";

(() => {
  const OPEN_DELAY = 250;
  const CLOSE_DELAY = 200;
  const GAP = 8;
  const script = document.currentScript;
  const root = new URL(document.documentElement.dataset.content_root || "./", location);

  let card = null;
  let owner = null;
  let timer = 0;
  let loading = null;

  function loadCards() {
    loading ??= new Promise((resolve) => {
      const tag = document.createElement("script");
      tag.src = new URL("cards-data.js", script.src);
      tag.onload = () => resolve(window.rfbookCards || {});
      tag.onerror = () => resolve({});
      document.head.append(tag);
    });
    return loading;
  }

  function keyOf(link) {
    const url = new URL(link.href, location);
    if (!url.hash || !url.href.startsWith(root.href)) return null;
    const page = url.href.slice(root.href.length).split(/[?#]/)[0];
    return `${page}${decodeURIComponent(url.hash)}`;
  }

  function place(link) {
    const at = link.getBoundingClientRect();
    const box = card.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    const left = Math.max(GAP, Math.min(at.left, width - box.width - GAP));
    const above = at.top - box.height - GAP;
    const fitsBelow = at.bottom + GAP + box.height <= window.innerHeight;
    const top = fitsBelow || above < 0 ? at.bottom + GAP : above;
    card.style.left = `${left + window.scrollX}px`;
    card.style.top = `${top + window.scrollY}px`;
  }

  // A card takes its place by its size, so that its formulas must not wait.
  async function typeset(box) {
    await window.MathJax?.startup?.promise;
    const { options } = window.MathJax.startup.document;
    options.lazyAlwaysTypeset = box;
    await window.MathJax.typesetPromise([box]);
    options.lazyAlwaysTypeset = null;
  }

  function close() {
    clearTimeout(timer);
    if (!card) return;
    window.MathJax?.typesetClear?.([card]);
    card.remove();
    owner.removeAttribute("aria-describedby");
    card = owner = null;
  }

  function closeSoon() {
    clearTimeout(timer);
    timer = setTimeout(close, CLOSE_DELAY);
  }

  async function open(link) {
    const html = (await loadCards())[keyOf(link)];
    const wanted = link.matches(":hover, :focus-visible");
    if (!html || !wanted || owner === link) return;
    close();
    owner = link;
    card = document.createElement("div");
    card.id = "theorem-card";
    card.className = "theorem-card";
    card.setAttribute("role", "tooltip");
    card.innerHTML = html;
    for (const tag of card.querySelectorAll("[href], [src]")) {
      const name = tag.hasAttribute("href") ? "href" : "src";
      tag.setAttribute(name, new URL(tag.getAttribute(name), root));
    }
    // A tooltip holds no stops of the keyboard's own; the link leads to them.
    for (const inner of card.querySelectorAll("a")) inner.tabIndex = -1;
    card.addEventListener("mouseenter", () => clearTimeout(timer));
    card.addEventListener("mouseleave", closeSoon);
    document.body.append(card);
    link.setAttribute("aria-describedby", card.id);
    place(link);
    const mine = card;
    await typeset(mine);
    if (card === mine) place(link);
  }

  function openSoon(link) {
    clearTimeout(timer);
    timer = setTimeout(() => open(link), OPEN_DELAY);
  }

  function attach(link) {
    link.addEventListener("mouseenter", () => openSoon(link));
    link.addEventListener("mouseleave", closeSoon);
    link.addEventListener("focus", () => link.matches(":focus-visible") && open(link));
    link.addEventListener("blur", closeSoon);
  }

  document
    .querySelectorAll(".bd-article a.reference[href*='#']")
    .forEach((link) => keyOf(link) && attach(link));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
})();
