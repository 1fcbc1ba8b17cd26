/* Runs after the inline MathJax settings and before MathJax itself.

   A chapter has more than a thousand formulas. MathJax sets those near the window first
   and at once; the others follow while the browser has nothing else to do, so that the
   text stands early and a screen reader, a search or a printer finds every formula.
   Whenever formulas have been set, the document hears of it: `rfbook:typeset`.

   The entries of MathJax's context menu that would load parts not shipped with the book
   are switched off. */
"use strict";

(() => {
  const BATCH = 400;
  const whenIdle = window.requestIdleCallback || ((task) => setTimeout(task, 50));
  const settings = (window.MathJax = window.MathJax || {});

  settings.options = {
    ...settings.options,
    renderActions: {
      tell: [210, () => document.dispatchEvent(new Event("rfbook:typeset")), ""],
    },
  };

  // The extension sets what its observer reports; here a batch is reported by hand.
  function setTheRest(lazy, waiting) {
    if (!waiting.length) return;
    const batch = waiting.slice(0, BATCH);
    lazy.lazyObserve(batch.map((target) => ({ target, isIntersecting: true })));
    whenIdle(() => setTheRest(lazy, waiting.slice(BATCH)));
  }

  settings.startup = {
    ...settings.startup,
    ready() {
      const { startup } = window.MathJax;
      startup.defaultReady();
      const menu = startup.document.menu.menu;
      for (const entry of [["Settings", "Renderer"], ["Accessibility"], ["Language"]]) {
        const item = menu.findID(...entry);
        if (item) item.disable();
      }
      startup.promise.then(() => {
        const waiting = [...document.querySelectorAll("mjx-lazy")];
        whenIdle(() => setTheRest(startup.document, waiting));
      });
    },
  };
})();
