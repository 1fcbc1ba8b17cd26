/* What scrolls sideways on a narrow screen must be reachable by keyboard: display
   formulas, code, outputs and tables get a tab stop only while they can be scrolled. So
   does a formula in a line of text. What it draws is measured, for the text that lies
   beside it for screen readers makes every formula's box overflow. */
"use strict";

(() => {
  const SCROLLERS =
    "div.math, span.math.wide, mjx-container, .highlight pre, .output pre, " +
    ".cell_output .output, .pst-scrollable-table-container";

  function markWide() {
    const formulas = [...document.querySelectorAll("span.math")];
    const wide = formulas.map((box) => {
      const drawn = box.querySelector("mjx-math");
      return drawn !== null && drawn.getBoundingClientRect().width > box.clientWidth + 1;
    });
    formulas.forEach((box, i) => {
      if (box.classList.contains("wide") && !wide[i]) box.removeAttribute("tabindex");
      box.classList.toggle("wide", wide[i]);
    });
  }

  function mark() {
    markWide();
    for (const box of document.querySelectorAll(SCROLLERS)) {
      const scrolls = /auto|scroll/.test(getComputedStyle(box).overflowX);
      if (scrolls && box.scrollWidth > box.clientWidth) {
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
