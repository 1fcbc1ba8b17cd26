/* What scrolls sideways on a narrow screen must be reachable by keyboard: display
   formulas, code, outputs and tables get a tab stop only while they overflow. */
"use strict";

(() => {
  const SCROLLERS =
    "div.math, mjx-container, .highlight pre, .output pre, .cell_output .output, " +
    ".pst-scrollable-table-container";

  function mark() {
    for (const box of document.querySelectorAll(SCROLLERS)) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
      } else {
        box.removeAttribute("tabindex");
      }
    }
  }

  let pending = 0;
  function markSoon() {
    clearTimeout(pending);
    pending = setTimeout(mark, 100);
  }

  window.addEventListener("resize", markSoon);
  window.addEventListener("load", markSoon);
  document.addEventListener("rfbook:typeset", markSoon);
})();
