// What the scripts of a survey share: comparing texts, making elements, copying, announcing, and
// loading the records of papers. Loaded on pages that use one of the other scripts, ahead of it.
(() => {
  "use strict";

  // Letters that Unicode does not take apart into a letter and an accent; as in Python's `fold`.
  const LETTERS = { ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ħ: "h", ı: "i" };

  /** Lower case without accents, so that "Größer" is found by "grosser". */
  function fold(text) {
    return text
      .toLowerCase()
      .normalize("NFKD")
      .replace(/\p{M}+/gu, "")
      .replace(/ß/g, "ss")
      .replace(/[łøđðþæœħı]/g, (letter) => LETTERS[letter]);
  }

  /** Make an element; a function among the attributes listens to the event of its name. */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child != null));
    return element;
  }

  // Words in the language of the survey; there is a script with them if that is not English.
  const { messages = {}, choosePlural = (n) => Number(n !== 1) } = window.livingsurveyWords || {};

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (name, key) => values[key] ?? name);

  const language = document.documentElement.lang || "en";
  const formatCount = new Intl.NumberFormat(language).format;

  /** A text of ours, translated, with values in place of its {names}. */
  function gettext(text, values = {}) {
    return fill(messages[text] || text, values);
  }

  /** The form for a number, which may stand in it as {n}. */
  function ngettext(one, many, n, values = {}) {
    const forms = messages[one] || [one, many];
    return fill(forms[Number(choosePlural(n))] || many, { n: formatCount(n), ...values });
  }

  // Letters are sorted as the reader has learned it.
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });

  /** Authors in one phrase, as many as stand there. */
  function joinNames(names, isMore) {
    if (isMore) return gettext("{names} et al.", { names: names.join(", ") });
    if (names.length < 2) return names.join("");
    return gettext("{names} and {last}", { names: names.slice(0, -1).join(", "), last: names[names.length - 1] });
  }

  let liveRegion = null;

  /** Tell users of screen readers what has happened. */
  function announce(message) {
    if (!liveRegion) {
      liveRegion = make("div", { class: "ls-announcer", role: "status" });
      document.body.append(liveRegion);
    }
    liveRegion.textContent = message;
  }

  /** Copy by way of a selection, for browsers without (or without leave to use) a clipboard. */
  function copyBySelection(text) {
    const focused = document.activeElement;
    const area = make("textarea", { class: "ls-offscreen", readonly: true, "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    let isCopied = false;
    try {
      isCopied = document.execCommand("copy");
    } catch {
      isCopied = false;
    }
    area.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    return isCopied;
  }

  /** Copy a text; resolves to whether that worked. */
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyBySelection(text);
    }
  }

  /** A button that copies the BibTeX of a paper, which `getText` resolves to, and says so. */
  function makeCopyButton(getText, paper = "") {
    const label = gettext("Copy BibTeX");
    const what = paper ? gettext("Copy the BibTeX entry of {paper}", { paper }) : gettext("Copy the BibTeX entry");
    const button = make("button", { type: "button", class: "ls-copy", "aria-label": what }, label);
    let timer = 0;
    button.addEventListener("click", async () => {
      const isCopied = await copy(await getText());
      button.style.minWidth = `${button.offsetWidth}px`; // what stands beside it stays
      button.textContent = isCopied ? gettext("Copied") : gettext("Not copied");
      announceCopy(isCopied, paper);
      clearTimeout(timer);
      timer = setTimeout(() => (button.textContent = label), 2000);
    });
    return button;
  }

  /** Say whether the BibTeX of a paper was copied. */
  function announceCopy(isCopied, paper) {
    if (!isCopied) announce(gettext("The browser does not let this page copy"));
    else if (paper) announce(gettext("Copied to the clipboard: the BibTeX entry of {paper}", { paper }));
    else announce(gettext("Copied to the clipboard: the BibTeX entry"));
  }

  /** Run a function once at the next frame, however often it is asked for until then. */
  function atNextFrame(run) {
    let isPlanned = false;
    return () => {
      if (isPlanned) return;
      isPlanned = true;
      requestAnimationFrame(() => {
        isPlanned = false;
        run();
      });
    };
  }

  /** Let the browser save a text as a file. */
  function saveFile(name, type, text) {
    const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
    const link = make("a", { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  // Records of papers ---------------------------------------------------------------------
  // They lie in small scripts, so that they load from file:// too; each paper's place among them
  // follows from its anchor. `make_shard` in Python computes the same.

  const SHARDS = 64;
  const root = document.documentElement.dataset.content_root || "./";
  const records = new Map();
  const loading = new Map();

  function findShard(anchor) {
    let hash = 0x811c9dc5;
    for (let at = 0; at < anchor.length; at += 1) {
      hash = Math.imul(hash ^ anchor.charCodeAt(at), 0x01000193) >>> 0;
    }
    return hash % SHARDS;
  }

  function loadShard(shard) {
    if (!loading.has(shard)) {
      const promise = new Promise((resolve, reject) => {
        const name = String(shard).padStart(2, "0");
        const script = make("script", { src: `${root}_static/livingsurvey/papers-${name}.js` });
        script.addEventListener("load", resolve);
        script.addEventListener("error", () => reject(new Error(`no records ${name}`)));
        document.head.append(script);
      });
      promise.catch(() => loading.delete(shard));
      loading.set(shard, promise);
    }
    return loading.get(shard);
  }

  /** The record of one paper; undefined if there is none. */
  async function load(anchor) {
    if (!records.has(anchor)) await loadShard(findShard(anchor));
    return records.get(anchor);
  }

  /** The records of many papers, in the given order. */
  async function loadAll(anchors) {
    await Promise.all([...new Set(anchors.map(findShard))].map(loadShard));
    return anchors.map((anchor) => records.get(anchor)).filter(Boolean);
  }

  /** Called by the scripts that hold the records. */
  function receive(csvHead, papers) {
    window.livingsurvey.csvHead = csvHead;
    for (const paper of papers) records.set(paper.anchor, paper);
  }

  /** Lead an old address on: what it names may have moved to a page that this one lists. */
  async function followMoved() {
    const id = decodeURIComponent(location.hash.slice(1));
    // From file:// no other page can be asked for, and ids that only count are others elsewhere.
    const isLost = location.protocol === "file:" || /^id\d+$/.test(id);
    if (!id || isLost || document.getElementById(id)) return;
    const links = [...document.querySelectorAll("article .toctree-wrapper a")];
    for (const page of new Set(links.map((link) => link.href.split("#")[0]))) {
      const text = await (await fetch(page)).text();
      if (new DOMParser().parseFromString(text, "text/html").getElementById(id)) {
        location.replace(`${page}#${id}`);
        return;
      }
    }
  }
  followMoved().catch(() => {}); // a malformed address names nothing

  // A BibTeX entry on a page, such as how to cite the survey, is there to be copied.
  for (const block of document.querySelectorAll(".highlight-bibtex")) {
    const text = () => block.querySelector("pre").textContent;
    block.prepend(makeCopyButton(text));
  }

  /** A dialog that Escape closes: Sphinx's highlighting takes that key from all of the page. */
  function makeDialog(attributes, ...children) {
    const keep = (event) => event.key === "Escape" && event.stopPropagation();
    return make("dialog", { keydown: keep, ...attributes }, ...children);
  }

  window.livingsurvey = {
    announce, announceCopy, atNextFrame, collator, copy, fold, formatCount, gettext, joinNames, load, loadAll,
    make, makeCopyButton, makeDialog, ngettext, receive, root, saveFile,
  };
})();
