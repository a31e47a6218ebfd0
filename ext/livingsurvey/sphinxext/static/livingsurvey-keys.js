// Keys: "/" and Ctrl+K search, "?" lists all keys, j and k go through entries, c copies BibTeX,
// b puts a paper into the basket of the explorer and takes it out. None does anything while
// somebody writes, and all of single letters can be switched off (WCAG 2.1.4).
(() => {
  "use strict";

  const { announce, announceCopy, copy, gettext, kept, load, make, makeDialog } = window.livingsurvey;
  const SWITCH = "livingsurvey-keys";
  const ENTRIES =
    "li.ls-paper, .ls-group > li, .ls-explorer tbody tr, .ls-references > li, .ls-found > li, main.ls-paper";
  const KEYS = [
    ["/", gettext("or Ctrl+K: search")],
    ["j", gettext("next entry")],
    ["k", gettext("previous entry")],
    ["c", gettext("copy the BibTeX of the entry")],
    ["b", gettext("put the paper into the basket, or take it out")],
    ["?", gettext("this list")],
  ];

  function read(name, otherwise) {
    try {
      return localStorage.getItem(name) ?? otherwise;
    } catch {
      return otherwise;
    }
  }
  function write(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch {
      // Then it lasts as long as the page.
    }
  }
  let isOn = read(SWITCH, "on") === "on";
  // Sphinx's own "/", which nobody can switch off, makes way (an option of its doctools.js).
  if (typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.ENABLE_SEARCH_SHORTCUTS = false;
  }

  function focusSearch() {
    const boxes = [...document.querySelectorAll('input[name="q"]')];
    let box = document.getElementById("ls-search") || boxes.find((one) => one.getClientRects().length && one.getBoundingClientRect().left >= 0);
    if (!box && boxes.length) {
      // On a narrow screen the box lies in the drawer.
      const drawer = document.getElementById("__navigation");
      if (drawer) drawer.checked = true;
      box = boxes[0];
    }
    if (!box) return false;
    box.focus();
    box.select();
    return true;
  }

  const current = () => document.activeElement?.closest(ENTRIES) || document.querySelector("main.ls-paper");

  function step(by) {
    const entries = [...document.querySelectorAll(ENTRIES)].filter((one) => one.getClientRects().length);
    if (!entries.length) return false;
    const at = entries.indexOf(document.activeElement?.closest(ENTRIES));
    let next = at + by;
    if (at < 0) {
      // From where the page stands.
      const below = entries.findIndex((one) => one.getBoundingClientRect().top >= 0);
      next = by > 0 ? below : below - 1;
    }
    const link = entries[next]?.querySelector("a[href]:not(.headerlink)");
    if (!link) return false;
    link.focus({ preventScroll: true });
    entries[next].scrollIntoView({ block: "nearest" });
    return true;
  }

  function findAnchor(entry) {
    if (!entry) return "";
    if (entry.dataset.anchor) return entry.dataset.anchor;
    const id = entry.id.match(/^(?:paper|ref)-(.+)$/);
    if (id) return id[1];
    const link = entry.querySelector('a[href*="#paper-"], a[href*="papers/"]');
    const found = link && link.getAttribute("href").match(/(?:#paper-|papers\/)([^/#?]+?)(?:\.html|\/)?$/);
    return found ? found[1] : "";
  }

  async function copyCurrent() {
    const paper = await load(findAnchor(current())).catch(() => undefined);
    if (!paper) return;
    announceCopy(await copy(paper.bibtex), paper.name || paper.title);
  }

  async function keepCurrent() {
    const paper = await load(findAnchor(current())).catch(() => undefined);
    if (!paper) return;
    const isKept = kept.toggle(paper.anchor);
    const values = { paper: paper.name || paper.title, n: kept.list().length };
    announce(
      isKept
        ? gettext("{paper} is in the basket, which holds {n}", values)
        : gettext("{paper} is no longer in the basket, which holds {n}", values),
    );
  }

  let dialog = null;
  function showKeys() {
    if (!dialog) {
      const box = make("input", { type: "checkbox", id: "ls-keys-on" });
      box.checked = isOn;
      box.addEventListener("change", () => {
        isOn = box.checked;
        write(SWITCH, isOn ? "on" : "off");
      });
      const close = make("button", { type: "button", class: "ls-button", click: () => dialog.close() }, gettext("Close"));
      dialog = makeDialog(
        { class: "ls-keys", "aria-labelledby": "ls-keys-title" },
        make("h2", { id: "ls-keys-title" }, gettext("Keys")),
        make("dl", {}, ...KEYS.flatMap(([key, what]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, what)])),
        make("p", {}, box, " ", make("label", { for: "ls-keys-on" }, gettext("Use the keys of a single letter or sign"))),
        close,
      );
      document.body.append(dialog);
    }
    dialog.showModal();
    return true;
  }

  const ACTIONS = { "/": focusSearch, "?": showKeys, j: () => step(1), k: () => step(-1), c: () => copyCurrent(), b: () => keepCurrent() };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const isChord = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (isChord) {
      if (focusSearch()) event.preventDefault();
      return;
    }
    const target = event.target instanceof Element ? event.target : document.body;
    const writes = target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
    if (!isOn || writes || event.ctrlKey || event.metaKey || !Object.hasOwn(ACTIONS, event.key)) return;
    if (ACTIONS[event.key]() !== false) event.preventDefault();
  });

  const find = (selector) => document.querySelector(selector);
  const foot = find(".ls-edition") || find(".ls-bottom p") || find("footer, .footer");
  foot?.append(make("button", { type: "button", class: "ls-button ls-keys-button", click: showKeys }, gettext("Keys")));
})();
