// Names for screen readers where furo (2025.12.19) has none: two landmarks of one kind need names,
// and a heading made of a paragraph a level (captions of tables of contents, Sphinx 9.0). To be
// removed when theme and Sphinx say so themselves.
// It waits for the scripts behind it, which know the words.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";

  const { gettext } = window.livingsurvey;
  const SCROLLING = ".highlight > pre, .table-wrapper, .math-wrapper, .ls-drawing";
  const landmarks = { ".sidebar-drawer": gettext("Site"), ".toc-drawer": gettext("This page") };
  for (const [selector, name] of Object.entries(landmarks)) {
    document.querySelector(selector)?.setAttribute("aria-label", name);
  }
  for (const caption of document.querySelectorAll(".caption[role=heading]:not([aria-level])")) {
    caption.setAttribute("aria-level", "2");
  }
  // What scrolls sideways must be within reach of the keyboard.
  const watch = new ResizeObserver((seen) => {
    for (const { target } of seen) if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
  });
  for (const box of document.querySelectorAll(SCROLLING)) watch.observe(box);
});
