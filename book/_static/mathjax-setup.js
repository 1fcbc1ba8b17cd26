/* Runs after the inline MathJax settings and before MathJax itself. The entries of
   its context menu that would load parts not shipped with the book are switched off. */
"use strict";

(() => {
  const settings = (window.MathJax = window.MathJax || {});
  settings.startup = {
    ...settings.startup,
    ready() {
      window.MathJax.startup.defaultReady();
      const menu = window.MathJax.startup.document.menu.menu;
      for (const entry of [["Settings", "Renderer"], ["Accessibility"], ["Language"]]) {
        const item = menu.findID(...entry);
        if (item) item.disable();
      }
    },
  };
})();
