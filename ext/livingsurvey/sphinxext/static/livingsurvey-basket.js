// What a reader keeps: a basket of papers, and which of them are to be read or have been read.
// It stays in this browser, for this survey alone; a file takes it to another one. Every page has
// a button that counts the basket and opens the list of it.
(() => {
  "use strict";

  const shared = window.livingsurvey;
  const { announce, formatCount, gettext, make, makeDialog, ngettext, root, saveFile } = shared;
  const FORMAT = "livingsurvey-basket";
  const VERSION = 1;
  const LARGEST = 5e6; // bytes of a file
  const STORE = `livingsurvey-basket:${new URL(root, location.href).pathname}`;
  const MARKS = { "to-read": gettext("to read"), read: gettext("read") };

  let basket = new Set();
  let marks = new Map();
  let listeners = [];

  const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  /** What can be used of a basket and marks that somebody else may have written. */
  function sift(found) {
    const { basket: kept, marks: marked } = isTable(found) ? found : {};
    return {
      basket: (Array.isArray(kept) ? kept : []).filter((one) => typeof one === "string"),
      marks: Object.entries(isTable(marked) ? marked : {}).filter(([, mark]) => Object.hasOwn(MARKS, mark)),
    };
  }

  function read() {
    try {
      const found = sift(JSON.parse(localStorage.getItem(STORE)));
      basket = new Set(found.basket);
      marks = new Map(found.marks);
    } catch {
      // Without storage, or with a strange one, it lasts as long as the page.
    }
  }

  function tell() {
    listeners = listeners.filter((run) => run() !== false);
  }

  function write() {
    try {
      const marked = Object.fromEntries(marks);
      localStorage.setItem(STORE, JSON.stringify({ basket: [...basket], marks: marked }));
    } catch {
      // As above.
    }
    tell();
  }

  function reread() {
    read();
    tell();
  }
  read();
  addEventListener("storage", (event) => (event.key === STORE || event.key === null) && reread());
  // A page to which one comes back has not heard of what happened on others.
  addEventListener("pageshow", (event) => event.persisted && reread());

  /** Put a paper into the basket, or take it out; without a second word, the other way round. */
  function toggle(anchor, isKept = !basket.has(anchor)) {
    if (isKept) basket.add(anchor);
    else basket.delete(anchor);
    write();
    return isKept;
  }

  function setMark(anchor, mark) {
    if (mark) marks.set(anchor, mark);
    else marks.delete(anchor);
    write();
  }

  // Controls of one paper -------------------------------------------------------------------

  /** A choice of the mark of a paper. */
  function makeMark(anchor, name) {
    const select = make(
      "select",
      { class: "ls-mark-choice", "aria-label": gettext("Mark {paper} as read or to read", { paper: name }) },
      make("option", { value: "" }, gettext("not marked")),
      ...Object.entries(MARKS).map(([value, label]) => make("option", { value }, label)),
    );
    const show = () => {
      select.value = select.dataset.mark = marks.get(anchor) || "";
    };
    select.addEventListener("change", () => {
      setMark(anchor, select.value);
      show();
    });
    show();
    return { select, show };
  }

  /** A button for the basket and a choice of the mark, which follow what happens elsewhere. */
  function makeControls(anchor, name) {
    const button = make("button", { type: "button", class: "ls-copy" });
    const { select, show } = makeMark(anchor, name);
    const showAll = () => {
      button.textContent = basket.has(anchor) ? gettext("Remove from basket") : gettext("Add to basket");
      show();
    };
    button.addEventListener("click", () => {
      announce(toggle(anchor) ? gettext("In the basket") : gettext("No longer in the basket"));
      showAll();
    });
    showAll();
    listeners.push(() => button.isConnected && (showAll(), true));
    return [button, " ", select];
  }

  // Files -----------------------------------------------------------------------------------

  async function exportAll() {
    const papers = await shared.loadIndex();
    const keys = new Map(papers.map((paper) => [paper.anchor, paper.key]));
    const name = (anchor) => keys.get(anchor) || anchor;
    const kept = {
      format: FORMAT,
      version: VERSION,
      basket: [...basket].map(name),
      marks: Object.fromEntries([...marks].map(([anchor, mark]) => [name(anchor), mark])),
    };
    saveFile("basket.json", "application/json", `${JSON.stringify(kept, null, 1)}\n`);
    return gettext("Saved as basket.json.");
  }

  /** Take in what a file holds; nothing that is there gets lost. Returns what has happened. */
  async function importFile(file) {
    if (file.size > LARGEST) return gettext("Nothing was taken in: the file is too large for a basket.");
    let found;
    try {
      found = JSON.parse((await file.text()).replace(/^\uFEFF/, ""));
    } catch {
      found = null;
    }
    if (!isTable(found) || found.format !== FORMAT) {
      return gettext("Nothing was taken in: the file is no basket that this site has saved.");
    }
    if (found.version !== VERSION) {
      return gettext("Nothing was taken in: the file is of another version than this site reads.");
    }
    const anchors = new Map((await shared.loadIndex()).map((paper) => [paper.key, paper.anchor]));
    const given = sift(found);
    const strangers = new Set();
    const find = (key) => anchors.get(key) ?? (strangers.add(key), undefined);
    const kept = new Set(given.basket.map(find).filter((one) => one && !basket.has(one)));
    kept.forEach((one) => basket.add(one));
    let marked = 0;
    for (const [key, mark] of given.marks) {
      const anchor = find(key);
      // What has been read stays so.
      if (!anchor || marks.get(anchor) === mark || marks.get(anchor) === "read") continue;
      marks.set(anchor, mark);
      marked += 1;
    }
    write();
    const said = [
      ngettext("Added {n} paper to the basket.", "Added {n} papers to the basket.", kept.size),
      ngettext("Set {n} mark.", "Set {n} marks.", marked),
    ];
    if (strangers.size) {
      said.push(
        ngettext("{n} paper of the file is not in this survey.", "{n} papers of the file are not in this survey.", strangers.size),
      );
    }
    return said.join(" ");
  }

  // The list --------------------------------------------------------------------------------

  /** The papers of one kind, each with a button that takes it out. */
  function makeGroup(title, anchors, byAnchor, remove) {
    if (!anchors.length) return [];
    const items = anchors.map((anchor) => {
      const paper = byAnchor.get(anchor);
      const name = paper ? paper.name || paper.title : anchor;
      const button = make("button", { type: "button", class: "ls-copy", "aria-label": gettext("Remove {paper}", { paper: name }) }, gettext("Remove"));
      button.addEventListener("click", async () => {
        const place = [...content.querySelectorAll("button")].indexOf(button);
        remove(anchor);
        await showList();
        const rest = content.querySelectorAll("button");
        (rest[Math.min(place, rest.length - 1)] || content).focus();
      });
      const link = paper
        ? make("a", { class: "reference internal", href: shared.pageOf(paper) }, ...shared.writeTitle(paper))
        : anchor;
      return make("li", {}, make("span", {}, link, paper?.year ? ` ${paper.year}` : ""), button);
    });
    return [make("h3", {}, `${title} `, make("span", { class: "ls-facet-count" }, formatCount(anchors.length))), make("ul", {}, ...items)];
  }

  let dialog = null;
  const content = make("div", { class: "ls-basket-content", tabindex: "0" });
  const status = make("p", { role: "status" });
  const links = make("p", { class: "ls-buttons" });

  async function showList() {
    let papers = [];
    try {
      papers = await shared.loadIndex();
    } catch {
      // Then papers are shown by their keys.
    }
    const byAnchor = new Map(papers.map((paper) => [paper.anchor, paper]));
    const marked = (mark) => [...marks].filter((one) => one[1] === mark).map(([anchor]) => anchor);
    const unmark = (anchor) => setMark(anchor, "");
    const groups = [
      ...makeGroup(gettext("In the basket"), [...basket], byAnchor, (anchor) => toggle(anchor, false)),
      ...makeGroup(gettext("To read"), marked("to-read"), byAnchor, unmark),
      ...makeGroup(gettext("Read"), marked("read"), byAnchor, unmark),
    ];
    const nothing = make(
      "p", {}, gettext("No papers yet. The key b, the explorer and the page of a paper put papers into the basket."),
    );
    content.replaceChildren(...(groups.length ? groups : [nothing]));
    const address = shared.explorerAddress();
    links.hidden = !address || !basket.size;
    if (address) links.replaceChildren(make("a", { class: "ls-button", href: `${root}${address}#only=basket` }, gettext("See the basket in the explorer")));
  }

  function makeList() {
    const run = (action) => async () => {
      try {
        status.textContent = await action();
      } catch {
        status.textContent = gettext("The index of the papers could not be loaded.");
      }
      await showList();
    };
    const file = make("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-label": gettext("A saved basket") });
    file.addEventListener("change", async () => {
      const [chosen] = file.files;
      if (chosen) await run(() => importFile(chosen))();
      file.value = "";
    });
    const button = (label, click) => make("button", { type: "button", class: "ls-button", click }, label);
    dialog = makeDialog(
      { class: "ls-basket", "aria-labelledby": "ls-basket-title" },
      make("h2", { id: "ls-basket-title" }, gettext("Your papers")),
      make("p", {}, gettext("They are kept in this browser alone; nothing is sent. A file takes them to another one.")),
      content,
      status,
      links,
      make(
        "p",
        { class: "ls-buttons" },
        button(gettext("Save to a file"), run(exportAll)),
        button(gettext("Load from a file"), () => file.click()),
        make("button", { type: "button", class: "ls-button", autofocus: true, click: () => dialog.close() }, gettext("Close")),
        file,
      ),
    );
    document.body.append(dialog);
  }

  async function openList() {
    if (!dialog) makeList();
    status.textContent = "";
    dialog.showModal();
    await showList();
  }

  const size = make("span", { class: "ls-basket-size" });
  const opener = make("button", { type: "button", class: "ls-basket-button", "aria-haspopup": "dialog", click: openList }, gettext("Basket"), size);
  function showSize() {
    size.textContent = basket.size ? ` ${formatCount(basket.size)}` : "";
  }
  showSize();
  listeners.push(showSize);
  const place = document.querySelector(".ls-top, .content-icon-container");
  if (place) place.append(opener);
  else (document.querySelector("footer, .footer") || document.body).append(opener);

  const page = document.querySelector("main.ls-paper");
  page?.querySelector(".ls-links").after(
    make("p", { class: "ls-own" }, ...makeControls(page.dataset.anchor, page.querySelector("h1").textContent)),
  );

  shared.kept = {
    clear() {
      basket.clear();
      write();
    },
    has: (anchor) => basket.has(anchor),
    list: () => [...basket],
    makeControls,
    makeMark,
    markOf: (anchor) => marks.get(anchor) || "",
    onChange: (run) => listeners.push(run),
    toggle,
  };
})();
