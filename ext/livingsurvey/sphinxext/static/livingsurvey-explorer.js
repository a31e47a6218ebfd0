// The explorer: search, facets, order, basket and export for the table of all papers.
//
// The papers come from the index that all searching shares; rows are made as they are seen,
// some at a time, so that ten thousand papers stay fluid. Without this script the page holds
// them all in one table. The selection lives in the fragment of the address: it can be shared, and
// works from file://, where no other part of an address may change.
(async () => {
  "use strict";

  const shared = window.livingsurvey;
  const {
    announce, atNextFrame, collator, copy, fold, formatCount, gettext, joinNames, kept, loadAll, make, ngettext, saveFile,
  } = shared;
  const explorer = document.querySelector(".ls-explorer");
  if (!explorer) return;

  const BATCH = 25;

  // What there is ------------------------------------------------------------------------

  const categories = new Map(); // tag: { title, depth, color, above }
  {
    const path = [];
    for (const [tag, title, depth, color] of JSON.parse(explorer.dataset.tree)) {
      path.length = depth - 1;
      path.push(tag);
      categories.set(tag, { title, depth, color, above: [...path] });
    }
  }

  // Columns: the class of the cells, the title, and how the orders up and down are called. Those
  // with a word more can be chosen, and are shown at first or not.
  const COLUMNS = {
    keep: ["ls-keep", gettext("Keep"), [gettext("basket first"), gettext("basket last")]],
    title: ["ls-what", gettext("Paper"), [gettext("title, A to Z"), gettext("title, Z to A")]],
    note: ["ls-note", gettext("Annotation"), null, "shown"],
    author: ["ls-who", gettext("Authors"), [gettext("first author, A to Z"), gettext("first author, Z to A")], "shown"],
    venue: ["ls-where", gettext("Venue"), [gettext("venue, A to Z"), gettext("venue, Z to A")], "shown"],
    year: ["ls-year", gettext("Year"), [gettext("oldest year first"), gettext("newest year first")], "shown"],
    category: ["ls-tags", gettext("Categories"), [gettext("category, A to Z"), gettext("category, Z to A")], "shown"],
    links: ["ls-links", gettext("Links"), [gettext("fewest links first"), gettext("most links first")], "shown"],
    said: ["ls-said-in", gettext("Discussed"), [gettext("least discussed first"), gettext("most discussed first")], "hidden"],
    mark: ["ls-mark", gettext("Mark"), [gettext("to read first"), gettext("to read last")], "shown"],
  };
  const CHOICES = Object.keys(COLUMNS).filter((name) => COLUMNS[name][3]);
  const SHOWN = CHOICES.filter((name) => COLUMNS[name][3] === "shown");
  const sortable = Object.entries(COLUMNS).filter(([, [, , words]]) => words);
  const head = make(
    "tr",
    {},
    ...sortable.map(([name, [style, title]]) => make("th", { scope: "col", class: style, "data-column": name }, title)),
  );
  const body = make("tbody");
  const table = make("table", { class: "ls-explorer-table docutils" }, make("thead", {}, head), body);

  function readPaper(entry, rank) {
    const tags = new Set();
    for (const tag of entry.tags) {
      for (const above of (categories.get(tag) || { above: [] }).above) tags.add(above);
    }
    const family = (entry.authors[0] || "").split(" ").pop();
    return {
      entry,
      rank,
      anchor: entry.anchor,
      tags,
      title: fold(entry.title).replace(/^(an?|the) /, ""),
      author: fold(family),
      venue: entry.acronym,
      year: entry.year,
      category: entry.tags.map((tag) => (categories.get(tag) || { title: tag }).title).join(", "),
      links: new Set(entry.links.map(([label]) => label)),
      said: entry.said,
    };
  }

  const countSections = (size) => ngettext("{n} section", "{n} sections", size);

  /** The row of a paper, made when it is first seen. */
  function rowOf(paper) {
    if (paper.row) return paper.row;
    const { entry } = paper;
    const name = entry.name || entry.title;
    paper.box = make("input", { type: "checkbox", "aria-label": gettext("Keep {paper}", { paper: name }) });
    paper.box.addEventListener("change", () => kept.toggle(paper.anchor, paper.box.checked));
    paper.mark = kept.makeMark(paper.anchor, name);
    const isMore = entry.authors.length > 2 || entry.truncated;
    const who = joinNames(isMore ? entry.authors.slice(0, 1) : entry.authors, isMore);
    const venue = make("span", { class: "ls-venue", title: entry.venue }, entry.acronym);
    paper.row = make(
      "tr",
      { "data-anchor": paper.anchor },
      make("td", { class: "ls-keep" }, paper.box),
      make(
        "td",
        { class: "ls-what" },
        make("a", { class: "reference internal", href: shared.pageOf(entry) }, ...shared.writeTitle(entry)),
        entry.note ? make("p", { class: "ls-note" }, entry.note) : null,
      ),
      make("td", { class: "ls-who" }, who),
      make("td", { class: "ls-where" }, entry.acronym ? venue : ""),
      make("td", { class: "ls-year" }, entry.year || ""),
      make("td", { class: "ls-tags" }, paper.category),
      make(
        "td",
        { class: "ls-links" },
        ...entry.links.flatMap(([label, uri]) => [
          make("a", { class: "reference external", href: uri, rel: "noopener" }, gettext(label)), " ",
        ]),
      ),
      make("td", { class: "ls-said-in" }, entry.said ? countSections(entry.said) : ""),
      make("td", { class: "ls-mark" }, paper.mark.select),
    );
    return paper.row;
  }

  const ORDERS = {
    newest: () => 0, // as the index is
    oldest: (a, b) => (a.year || 9999) - (b.year || 9999),
    title: (a, b) => collator.compare(a.title, b.title),
    author: (a, b) => collator.compare(a.author, b.author),
  };
  let papers;
  try {
    papers = (await shared.loadIndex()).map(readPaper);
  } catch {
    explorer.append(make("p", {}, gettext("The index of the papers could not be loaded.")));
    return;
  }
  const compareListed = ORDERS[explorer.dataset.order] || ORDERS.newest;
  papers.sort((a, b) => compareListed(a, b) || a.rank - b.rank);
  papers.forEach((paper, rank) => (paper.rank = rank));
  const byAnchor = new Map(papers.map((paper) => [paper.anchor, paper]));
  const byEntry = new Map(papers.map((paper) => [paper.entry, paper]));
  const years = papers.map((paper) => paper.year).filter(Boolean);
  const firstYear = Math.min(...years);
  const lastYear = Math.max(...years);

  // The selection ------------------------------------------------------------------------

  // What a paper may offer, by the name of the facet: the text of its link.
  const LINKED = { code: "Code", weights: "Weights" };
  const WITH = { code: gettext("With code"), weights: gettext("With weights") };
  const CHIPS = { code: gettext("with code"), weights: gettext("with weights") };
  // What the reader keeps, by the name of the facet.
  const OWN = {
    basket: [gettext("In the basket"), gettext("in the basket"), (paper) => kept.has(paper.anchor)],
    "to-read": [gettext("To read"), gettext("to read"), (paper) => kept.markOf(paper.anchor) === "to-read"],
    read: [gettext("Read"), gettext("read"), (paper) => kept.markOf(paper.anchor) === "read"],
  };
  const DEFAULTS = {
    q: "", in: [], from: 0, to: 0, venue: "", code: false, weights: false, only: [], keys: [], sort: "",
    cols: SHOWN.join(), rows: "",
  };
  let state = { ...DEFAULTS };

  function readState() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const list = (name) => (asked.get(name) || "").split(",").filter(Boolean);
    state = {
      q: asked.get("q") || "",
      in: list("in").filter((tag) => categories.has(tag)),
      from: Number(asked.get("from")) || 0,
      to: Number(asked.get("to")) || 0,
      venue: asked.get("venue") || "",
      code: asked.get("code") === "1",
      weights: asked.get("weights") === "1",
      only: list("only").filter((name) => Object.hasOwn(OWN, name)),
      keys: list("keys"),
      sort: asked.get("sort") || "",
      // One that is no column leaves none, which can be shared too.
      cols: asked.has("cols") ? CHOICES.filter((name) => list("cols").includes(name)).join() || "none" : SHOWN.join(),
      rows: asked.get("rows") === "compact" ? "compact" : "",
    };
  }

  function describeState(shown) {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(shown)) {
      if (value === DEFAULTS[name]) continue;
      if (Array.isArray(value)) {
        if (value.length) asked.set(name, value.join(","));
      } else if (value) asked.set(name, value === true ? "1" : String(value));
    }
    // Commas may stand in a fragment, and read better.
    return asked.toString().replaceAll("%2C", ",");
  }

  function saveState() {
    const fragment = describeState(state);
    if (fragment === location.hash.slice(1)) return;
    try {
      history.replaceState(null, "", fragment ? `#${fragment}` : `${location.pathname}${location.search}`);
    } catch {
      // A browser may forbid it for files, or when one types fast; the next change mends it.
    }
  }

  let matches = { q: "", papers: [] };
  /** The papers that match the words, best first. */
  function findMatches() {
    if (matches.q !== state.q) {
      const found = shared.search(state.q).map(({ paper }) => byEntry.get(paper));
      matches = { q: state.q, papers: found };
    }
    return matches.papers;
  }

  // What a paper must pass; a facet's counts follow all filters but its own.
  function makeFilters() {
    const keys = new Set(state.keys);
    return {
      in: (paper) => !state.in.length || state.in.some((tag) => paper.tags.has(tag)),
      year: (paper) =>
        (!state.from || paper.year >= state.from) &&
        (!state.to || (paper.year && paper.year <= state.to)),
      venue: (paper) => !state.venue || paper.venue === state.venue,
      code: (paper) => !state.code || paper.links.has("Code"),
      weights: (paper) => !state.weights || paper.links.has("Weights"),
      only: (paper) => !state.only.length || state.only.some((name) => OWN[name][2](paper)),
      keys: (paper) => !keys.size || keys.has(paper.anchor),
    };
  }

  const COMPARE = {
    title: (a, b) => collator.compare(a.title, b.title),
    author: (a, b) => collator.compare(a.author, b.author),
    venue: (a, b) => !a.venue - !b.venue || collator.compare(a.venue, b.venue),
    year: (a, b) => a.year - b.year,
    category: (a, b) => collator.compare(a.category, b.category),
    links: (a, b) => a.links.size - b.links.size,
    said: (a, b) => a.said - b.said,
    keep: (a, b) => kept.has(b.anchor) - kept.has(a.anchor),
    mark: (a, b) => rankMark(a) - rankMark(b),
  };
  const rankMark = (paper) => ["to-read", "read", ""].indexOf(kept.markOf(paper.anchor));
  const sorted = new Map([["", papers]]);
  /** All papers in the order asked for; with words, those that match, best first. */
  function sortPapers() {
    if (state.q.trim()) {
      if (!state.sort) return findMatches();
      const matching = new Set(findMatches());
      return sortAll().filter((paper) => matching.has(paper));
    }
    return sortAll();
  }
  function sortAll() {
    if (!sorted.has(state.sort)) {
      const column = state.sort.replace(/^-/, "");
      const direction = state.sort.startsWith("-") ? -1 : 1;
      const compare = COMPARE[column];
      if (!compare) return papers;
      const order = [...papers].sort((a, b) => direction * compare(a, b) || a.rank - b.rank);
      sorted.set(state.sort, order);
    }
    return sorted.get(state.sort);
  }

  let selected = papers;
  function select() {
    const filters = makeFilters();
    const names = Object.keys(filters);
    const counts = { tags: new Map(), venues: new Map(), code: 0, weights: 0 };
    const found = [];
    for (const paper of sortPapers()) {
      let failed = "";
      let failures = 0;
      for (const name of names) {
        if (!filters[name](paper)) {
          failed = name;
          failures += 1;
          if (failures > 1) break;
        }
      }
      if (failures > 1) continue;
      if (!failures) found.push(paper);
      if (!failures || failed === "in") {
        for (const tag of paper.tags) counts.tags.set(tag, (counts.tags.get(tag) || 0) + 1);
      }
      if (!failures || failed === "venue") {
        counts.venues.set(paper.venue, (counts.venues.get(paper.venue) || 0) + 1);
      }
      for (const name of Object.keys(LINKED)) {
        if ((!failures || failed === name) && paper.links.has(LINKED[name])) counts[name] += 1;
      }
    }
    selected = found;
    return counts;
  }

  // What the reader sees -----------------------------------------------------------------

  let shown = 0;
  function showOwn(paper) {
    paper.box.checked = kept.has(paper.anchor);
    paper.mark.show();
  }
  const more = make("button", { type: "button", class: "ls-button ls-explorer-more" }, gettext("Show more"));
  function fill() {
    const next = selected.slice(shown, shown + BATCH);
    body.append(...next.map(rowOf));
    next.forEach(showOwn);
    shown += next.length;
    more.hidden = shown >= selected.length;
  }
  more.addEventListener("click", () => {
    const first = shown;
    fill();
    const link = selected[first] && rowOf(selected[first]).querySelector("a");
    if (link) link.focus();
  });

  function field(label, control, id) {
    control.id = id;
    return make("p", { class: "ls-field" }, make("label", { for: id }, label), control);
  }

  const search = make("input", { type: "search", autocomplete: "off", placeholder: gettext("Name, author, topic, year, arXiv id, DOI") });
  const from = make("input", { type: "number", min: firstYear, max: lastYear, placeholder: firstYear });
  const to = make("input", { type: "number", min: firstYear, max: lastYear, placeholder: lastYear });
  const venue = make("select");
  const linked = Object.keys(LINKED).map((name) => ({
    name,
    box: make("input", { type: "checkbox", id: `ls-${name}` }),
    count: make("span", { class: "ls-facet-count" }),
  }));
  const own = Object.entries(OWN).map(([name, [label]]) => ({
    name,
    label,
    box: make("input", { type: "checkbox", id: `ls-only-${name}` }),
    count: make("span", { class: "ls-facet-count" }),
  }));
  const order = make("select");
  const count = make("p", { class: "ls-count" });
  const reset = make("button", { type: "button", class: "ls-button" }, gettext("Reset"));
  const empty = make("button", { type: "button", class: "ls-button" }, gettext("Empty the basket"));
  const given = make("p", { class: "ls-given" });

  for (const [value, label] of [
    ["", gettext("best match, then newest")],
    ...sortable.flatMap(([name, [, , [up, down]]]) => [[name, up], [`-${name}`, down]]),
  ]) {
    order.append(make("option", { value }, label));
  }

  const boxes = new Map(); // tag: { box, count, item }
  function makeTree() {
    const root = make("ul", { class: "ls-tree" });
    const lists = [root];
    for (const [tag, { title, depth, color }] of categories) {
      const id = `ls-in-${tag}`;
      const box = make("input", { type: "checkbox", id, value: tag });
      const number = make("span", { class: "ls-facet-count" });
      const label = make("label", { for: id }, `${title} `, number);
      const item = make("li", {}, make("div", { class: "ls-choice" }, box, label));
      if (color) item.style.setProperty("--ls-color", color);
      box.addEventListener("change", () => {
        state.in = [...boxes].filter(([, one]) => one.box.checked).map(([one]) => one);
        update();
      });
      boxes.set(tag, { box, number, item });
      lists.length = depth;
      if (!lists[depth - 1]) {
        const list = make("ul");
        lists[depth - 2].lastElementChild.append(list);
        lists[depth - 1] = list;
      }
      lists[depth - 1].append(item);
    }
    return make("fieldset", {}, make("legend", {}, gettext("Categories")), root);
  }

  for (const head of table.tHead.rows[0].cells) {
    const { column } = head.dataset;
    const button = make("button", { type: "button", class: "ls-sort" }, head.textContent);
    button.addEventListener("click", () => {
      // Up, down, as listed.
      const next = { "": column, [column]: `-${column}` }[state.sort];
      state.sort = next === undefined ? (state.sort === `-${column}` ? "" : column) : next;
      update();
    });
    head.replaceChildren(button);
  }
  const filters = make(
    "details",
    { class: "ls-facets" },
    make("summary", {}, gettext("Filters")),
    ...own.map(({ label, box, count }) =>
      make("p", { class: "ls-choice" }, box, make("label", { for: box.id }, `${label} `, count)),
    ),
    make(
      "fieldset",
      { class: "ls-years" },
      make("legend", {}, gettext("Years")),
      field(gettext("From"), from, "ls-from"),
      field(gettext("to"), to, "ls-to"),
    ),
    makeTree(),
    field(gettext("Venue"), venue, "ls-venue"),
    make("p", { class: "ls-buttons" }, reset, empty),
  );
  filters.open = matchMedia("(min-width: 60em)").matches;

  const tools = make(
    "div",
    { class: "ls-tools", role: "search", "aria-label": gettext("Papers") },
    make("label", { for: "ls-search" }, gettext("Search")),
    search,
    make("label", { for: "ls-order" }, gettext("Sort by")),
    order,
    // What is asked for most stands here: on a phone the filters are folded.
    ...linked.map(({ name, box, count }) =>
      make("p", { class: "ls-choice" }, box, make("label", { for: box.id }, `${WITH[name]} `, count)),
    ),
  );
  search.id = "ls-search";
  order.id = "ls-order";
  // Which columns there are, and how close the rows stand.
  const columnBoxes = new Map(CHOICES.map((name) => [name, make("input", { type: "checkbox", id: `ls-column-${name}` })]));
  const compact = make("input", { type: "checkbox", id: "ls-compact" });
  const choice = (box, label) => make("span", { class: "ls-choice" }, box, make("label", { for: box.id }, label));
  const view = make(
    "details",
    { class: "ls-view" },
    make("summary", {}, gettext("View")),
    make(
      "fieldset",
      {},
      make("legend", {}, gettext("Show")),
      ...CHOICES.map((name) => choice(columnBoxes.get(name), COLUMNS[name][1])),
    ),
    make("fieldset", {}, make("legend", {}, gettext("Rows")), choice(compact, gettext("Compact"))),
  );
  view.addEventListener("change", () => {
    state.cols = CHOICES.filter((name) => columnBoxes.get(name).checked).join() || "none";
    state.rows = compact.checked ? "compact" : "";
    showView();
    saveState();
  });
  function showView() {
    const columns = state.cols.split(",");
    for (const [name, box] of columnBoxes) {
      box.checked = columns.includes(name);
      table.classList.toggle(`ls-without-${name}`, !box.checked);
    }
    compact.checked = state.rows === "compact";
    columnBoxes.get("note").disabled = compact.checked; // there is no room for it
    table.classList.toggle("ls-compact", compact.checked);
  }
  const chips = make("ul", { class: "ls-chips", "aria-label": gettext("Active filters") });
  const nothing = make("div", { class: "ls-nothing", hidden: true });

  /** What narrows the selection, each with a button that takes it away. */
  function showChips() {
    const active = [];
    const add = (label, change) => active.push({ label, change });
    if (state.q.trim()) add(gettext("“{words}”", { words: state.q.trim() }), { q: "" });
    for (const tag of state.in) add(categories.get(tag).title, { in: state.in.filter((one) => one !== tag) });
    if (state.from) add(gettext("from {year}", { year: state.from }), { from: 0 });
    if (state.to) add(gettext("to {year}", { year: state.to }), { to: 0 });
    if (state.venue) add(state.venue, { venue: "" });
    for (const name of Object.keys(LINKED)) if (state[name]) add(CHIPS[name], { [name]: false });
    for (const name of state.only) add(OWN[name][1], { only: state.only.filter((one) => one !== name) });
    chips.replaceChildren(
      ...active.map(({ label, change }) => {
        const button = make("button", { type: "button", class: "ls-chip", "aria-label": gettext("Remove the filter {label}", { label }) }, label, make("span", { "aria-hidden": "true" }, " ×"));
        button.addEventListener("click", () => {
          Object.assign(state, change);
          update();
          (chips.querySelector("button") || search).focus({ preventScroll: true });
        });
        return make("li", {}, button);
      }),
    );
    nothing.hidden = selected.length > 0;
    if (!selected.length) {
      const all = make("button", { type: "button", class: "ls-button" }, gettext("Reset all filters"));
      all.addEventListener("click", () => {
        reset.click();
        search.focus();
      });
      const others = active.length > 1
        ? gettext("Remove one of the filters above, or start anew.")
        : gettext("Try fewer or other words.");
      nothing.replaceChildren(
        make("p", {}, make("strong", {}, gettext("No paper matches all of this."))), make("p", {}, others), make("p", {}, all),
      );
    }
    table.hidden = !selected.length;
  }

  // Taking away --------------------------------------------------------------------------

  const FORMATS = {
    BibTeX: ["papers.bib", "application/x-bibtex", (found) => found.map((one) => one.bibtex).join("\n")],
    CSV: [
      "papers.csv",
      "text/csv",
      // The lines come from the same function as the file of all papers.
      (found) => [window.livingsurvey.csvHead, ...found.map((one) => one.csv)].join("\r\n") + "\r\n",
    ],
    "CSL-JSON": [
      "papers.csl.json",
      "application/vnd.citationstyles.csl+json",
      (found) => JSON.stringify(found.map((one) => one.csl), null, 1) + "\n",
    ],
  };

  async function takeAway(name) {
    const [filename, type, write] = FORMATS[name];
    let found;
    try {
      found = await loadAll(selected.map((paper) => paper.anchor));
    } catch {
      announce(gettext("The records of the papers could not be loaded"));
      return;
    }
    saveFile(filename, type, write(found));
    announce(ngettext("{n} paper as {format}", "{n} papers as {format}", found.length, { format: name }));
  }

  const share = make("button", { type: "button", class: "ls-button" }, gettext("Copy link"));
  share.addEventListener("click", async () => {
    // Basket and marks are this browser's own, so a link names their papers.
    const keys = papers.filter((paper) => state.only.some((name) => OWN[name][2](paper))).map((paper) => paper.anchor);
    const shown = state.only.length ? { ...state, only: [], keys } : state;
    const address = `${location.href.split("#")[0]}#${describeState(shown)}`;
    const isCopied = await copy(address);
    announce(
      isCopied ? gettext("Copied the link to this selection") : gettext("The browser does not let this page copy"),
    );
    share.textContent = isCopied ? gettext("Copied") : gettext("Not copied");
    setTimeout(() => (share.textContent = gettext("Copy link")), 2000);
  });
  // Side by side ---------------------------------------------------------------------------

  const [FEWEST, MOST] = [2, 6];
  const listBasket = () => kept.list().map((anchor) => byAnchor.get(anchor)).filter(Boolean);
  const compare = make("button", { type: "button", class: "ls-button" }, gettext("Compare the basket"));
  compare.addEventListener("click", () => {
    const chosen = listBasket();
    const link = ({ entry }, label) => {
      const found = entry.links.find(([name]) => name === label);
      return found ? make("a", { href: found[1], rel: "noopener" }, gettext("yes")) : gettext("no");
    };
    const listCompanions = ({ entry }) => {
      const names = make("span");
      shared.load(entry.anchor).then((paper) => names.append(paper.companions.join(", ")), () => {});
      return names;
    };
    const list = ({ authors, truncated }) => {
      const names = authors.slice(0, 3).join(", ");
      return authors.length > 3 || truncated ? gettext("{names} et al.", { names }) : names;
    };
    const lines = [
      [gettext("Authors"), ({ entry }) => list(entry)],
      [gettext("Year"), ({ year }) => year || ""],
      [gettext("Venue"), ({ venue }) => venue],
      [gettext("Categories"), ({ category }) => category],
      [gettext("Contributes"), ({ entry }) => entry.note],
      [gettext("Code"), (paper) => link(paper, "Code")],
      [gettext("Weights"), (paper) => link(paper, "Weights")],
      [gettext("Discussed in"), ({ entry }) => countSections(entry.said)],
      [gettext("Discussed with"), listCompanions],
    ];
    const heads = chosen.map(({ entry }) =>
      make("th", { scope: "col" }, make("a", { href: shared.pageOf(entry) }, entry.name || entry.title)),
    );
    const rows = lines.map(([name, write]) =>
      make("tr", {}, make("th", { scope: "row" }, name), ...chosen.map((paper) => make("td", {}, write(paper)))),
    );
    const table = make(
      "table",
      { class: "docutils" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, gettext("Paper")), ...heads)),
      make("tbody", {}, ...rows),
    );
    const dialog = shared.makeDialog(
      { class: "ls-compare", "aria-label": ngettext("{n} papers side by side", "{n} papers side by side", chosen.length), close: () => dialog.remove() },
      make("div", { class: "table-wrapper docutils container", tabindex: "0" }, table),
      make("button", { type: "button", class: "ls-button", click: () => dialog.close() }, gettext("Close")),
    );
    explorer.append(dialog);
    dialog.showModal();
  });

  const away = make(
    "p",
    { class: "ls-buttons", role: "group", "aria-label": gettext("Take this selection away") },
    ...Object.keys(FORMATS).map((name) =>
      make("button", { type: "button", class: "ls-button", click: () => takeAway(name) }, name),
    ),
    share,
    compare,
  );

  // Keeping page and selection together --------------------------------------------------

  /** Show what the reader keeps; a paper taken out stays in sight until the next change. */
  function showKept() {
    for (const { name, box, count } of own) {
      const size = papers.filter(OWN[name][2]).length;
      count.textContent = formatCount(size);
      box.checked = state.only.includes(name);
      box.closest("p").hidden = name !== "basket" && !size && !box.checked;
    }
    const size = listBasket().length;
    empty.disabled = !size;
    compare.disabled = size < FEWEST || size > MOST;
    const hint = gettext("Keep {fewest} to {most} papers to see them side by side", { fewest: FEWEST, most: MOST });
    compare.title = compare.disabled ? hint : "";
  }

  function showControls(counts) {
    if (search.value !== state.q) search.value = state.q;
    from.value = state.from || "";
    to.value = state.to || "";
    for (const { name, box, count } of linked) {
      box.checked = state[name];
      count.textContent = formatCount(counts[name]);
      box.closest("p").hidden = !counts[name] && !state[name];
    }
    order.value = state.sort;
    showKept();
    showView();
    for (const [tag, { box, number, item }] of boxes) {
      box.checked = state.in.includes(tag);
      const size = counts.tags.get(tag) || 0;
      number.textContent = formatCount(size);
      item.classList.toggle("ls-empty", !size);
    }
    const venues = [...counts.venues].filter(([name]) => name);
    if (state.venue && !counts.venues.has(state.venue)) venues.push([state.venue, 0]);
    venues.sort((a, b) => b[1] - a[1] || collator.compare(a[0], b[0]));
    venue.replaceChildren(
      make("option", { value: "" }, gettext("any")),
      ...venues.map(([name, size]) => make("option", { value: name }, `${name} (${formatCount(size)})`)),
    );
    venue.value = state.venue;
    for (const head of table.tHead.rows[0].cells) {
      const { column } = head.dataset;
      if (state.sort === column) head.setAttribute("aria-sort", "ascending");
      else if (state.sort === `-${column}`) head.setAttribute("aria-sort", "descending");
      else head.removeAttribute("aria-sort");
    }
    given.replaceChildren();
    if (state.keys.length) {
      const all = make("button", { type: "button", class: "ls-button" }, gettext("Show all papers"));
      all.addEventListener("click", () => {
        state.keys = [];
        update();
        search.focus();
      });
      const text = ngettext(
        "A selection of {n} paper that somebody shared.", "A selection of {n} papers that somebody shared.",
        state.keys.length,
      );
      given.append(`${text} `, all);
    }
    const text =
      selected.length === papers.length
        ? ngettext("{n} paper", "{n} papers", papers.length)
        : ngettext("{shown} of {n} paper", "{shown} of {n} papers", papers.length, { shown: formatCount(selected.length) });
    if (count.textContent && text !== count.textContent) announce(text);
    count.textContent = text;
    showChips();
  }

  function update() {
    const counts = select();
    showControls(counts);
    shown = 0;
    body.replaceChildren();
    fill();
    saveState();
  }

  const updateSoon = atNextFrame(update);
  search.addEventListener("input", () => {
    state.q = search.value;
    updateSoon();
  });
  for (const [control, name] of [[from, "from"], [to, "to"]]) {
    control.addEventListener("change", () => {
      state[name] = Number(control.value) || 0;
      update();
    });
  }
  venue.addEventListener("change", () => {
    state.venue = venue.value;
    update();
  });
  for (const { name, box } of linked) {
    box.addEventListener("change", () => {
      state[name] = box.checked;
      update();
    });
  }
  for (const { box } of own) {
    box.addEventListener("change", () => {
      state.only = own.filter((one) => one.box.checked).map((one) => one.name);
      update();
    });
  }
  order.addEventListener("change", () => {
    state.sort = order.value;
    update();
  });
  reset.addEventListener("click", () => {
    state = { ...DEFAULTS, cols: state.cols, rows: state.rows };
    update();
  });
  empty.addEventListener("click", () => {
    kept.clear();
    update();
  });
  window.addEventListener("hashchange", () => {
    readState();
    update();
  });
  kept.onChange(() => {
    for (const name of ["keep", "mark"]) for (const sign of ["", "-"]) sorted.delete(sign + name);
    for (const paper of papers) if (paper.row) showOwn(paper);
    showKept();
  });
  // Paper has no button: the whole selection is printed.
  window.addEventListener("beforeprint", () => {
    while (shown < selected.length) fill();
  });
  if ("IntersectionObserver" in window) {
    new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting) && !more.hidden) fill();
      },
      { rootMargin: "600px" },
    ).observe(more);
  }

  const results = make(
    "div",
    { class: "ls-results" },
    given,
    make("div", { class: "ls-bar" }, count, view, away),
    nothing,
    make("div", { class: "table-wrapper docutils container" }, table),
    more,
  );
  explorer.replaceChildren(tools, chips, filters, results);
  explorer.classList.add("ls-enhanced");

  // Going to a paper and back: the row stays where it was, and has the focus.
  const VISIT = "livingsurvey-visit";
  body.addEventListener("click", (event) => {
    const row = event.target instanceof Element && event.target.closest("a") && event.target.closest("tr");
    if (!row) return;
    const visit = { hash: location.hash, anchor: row.dataset.anchor, top: row.getBoundingClientRect().top, shown };
    try {
      sessionStorage.setItem(VISIT, JSON.stringify(visit));
    } catch {
      // Then the way back leads to the top.
    }
  });
  function comeBack() {
    const [entry] = performance.getEntriesByType("navigation");
    if (!entry || entry.type !== "back_forward") return;
    let visit;
    try {
      visit = JSON.parse(sessionStorage.getItem(VISIT) || "null");
    } catch {
      visit = null;
    }
    const paper = visit && visit.hash === location.hash && byAnchor.get(visit.anchor);
    if (!paper || !selected.includes(paper)) return;
    while (shown < visit.shown && shown < selected.length) fill();
    rowOf(paper).querySelector("a").focus({ preventScroll: true });
    scrollBy(0, rowOf(paper).getBoundingClientRect().top - visit.top);
  }
  readState();
  update();
  if (document.readyState === "complete") comeBack();
  else addEventListener("load", () => setTimeout(comeBack));
})();
