// The explorer: search, facets, order, basket and export for the table of all papers.
//
// The table is complete without this script. With it, the rows leave the page and come back a
// hundred at a time, in the order and selection that the reader asks for, so that ten thousand
// papers stay fluid. The selection lives in the fragment of the address: it can be shared, and
// works from file://, where no other part of an address may change.
(() => {
  "use strict";

  const { announce, atNextFrame, copy, fold, loadAll, make } = window.livingsurvey;
  const explorer = document.querySelector(".ls-explorer");
  if (!explorer) return;

  const BATCH = 100;
  const BASKET = "livingsurvey-basket";
  const table = explorer.querySelector("table");
  const body = table.tBodies[0];
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

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

  function readRow(row, rank) {
    const [title, authors, venue, year, category, links] = row.cells;
    const tags = new Set();
    for (const tag of row.dataset.tags.split(" ")) {
      for (const above of (categories.get(tag) || { above: [] }).above) tags.add(above);
    }
    const full = venue.firstElementChild ? venue.firstElementChild.title : "";
    const paper = {
      row,
      rank,
      anchor: row.dataset.anchor,
      tags,
      title: fold(title.textContent).replace(/^(an?|the) /, ""),
      author: fold(authors.textContent.split(/,| and | et al\./)[0].trim().split(" ").pop()),
      venue: venue.textContent,
      year: Number(year.textContent) || 0,
      category: category.textContent,
      links: new Set([...links.children].map((link) => link.textContent)),
      text: fold(
        [title, authors, venue, category].map((cell) => cell.textContent).join(" ") +
          ` ${row.dataset.more || ""} ${full} ${row.dataset.anchor}`,
      ),
    };
    return paper;
  }

  const papers = [...body.rows].map(readRow);
  const byAnchor = new Map(papers.map((paper) => [paper.anchor, paper]));
  const years = papers.map((paper) => paper.year).filter(Boolean);
  const firstYear = Math.min(...years);
  const lastYear = Math.max(...years);

  // The basket ---------------------------------------------------------------------------

  let basket = new Set();
  function loadBasket() {
    try {
      const kept = JSON.parse(localStorage.getItem(BASKET) || "[]");
      basket = new Set(Array.isArray(kept) ? kept.filter((one) => byAnchor.has(one)) : []);
    } catch {
      // Without storage the basket lasts as long as the page.
    }
  }
  function saveBasket() {
    try {
      localStorage.setItem(BASKET, JSON.stringify([...basket]));
    } catch {
      // As above.
    }
  }
  loadBasket();

  // The selection ------------------------------------------------------------------------

  // What a paper may offer, by the name of the facet: the text of its link.
  const LINKED = { code: "Code", weights: "Weights" };
  const DEFAULTS = { q: "", in: [], from: 0, to: 0, venue: "", code: false, weights: false, only: "", keys: [], sort: "" };
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
      only: asked.get("only") === "basket" ? "basket" : "",
      keys: list("keys"),
      sort: asked.get("sort") || "",
    };
  }

  function describeState(shown) {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(shown)) {
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

  // What a paper must pass; a facet's counts follow all filters but its own.
  function makeFilters() {
    const words = fold(state.q).split(/\s+/).filter(Boolean);
    const keys = new Set(state.keys);
    return {
      q: (paper) => words.every((word) => paper.text.includes(word)),
      in: (paper) => !state.in.length || state.in.some((tag) => paper.tags.has(tag)),
      year: (paper) =>
        (!state.from || paper.year >= state.from) &&
        (!state.to || (paper.year && paper.year <= state.to)),
      venue: (paper) => !state.venue || paper.venue === state.venue,
      code: (paper) => !state.code || paper.links.has("Code"),
      weights: (paper) => !state.weights || paper.links.has("Weights"),
      only: (paper) => state.only !== "basket" || basket.has(paper.anchor),
      keys: (paper) => !keys.size || keys.has(paper.anchor),
    };
  }

  const COMPARE = {
    title: (a, b) => collator.compare(a.title, b.title),
    author: (a, b) => collator.compare(a.author, b.author),
    venue: (a, b) => !a.venue - !b.venue || collator.compare(a.venue, b.venue),
    year: (a, b) => a.year - b.year,
    category: (a, b) => collator.compare(a.category, b.category),
  };
  const sorted = new Map([["", papers]]);
  function sortPapers() {
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
  const more = make("button", { type: "button", class: "ls-button ls-explorer-more" }, "Show more");
  function fill() {
    const next = selected.slice(shown, shown + BATCH);
    for (const paper of next) addBox(paper);
    body.append(...next.map((paper) => paper.row));
    shown += next.length;
    more.hidden = shown >= selected.length;
  }
  more.addEventListener("click", () => {
    const first = shown;
    fill();
    const link = selected[first] && selected[first].row.querySelector("a");
    if (link) link.focus();
  });

  function addBox(paper) {
    if (!paper.box) {
      const what = `Keep ${paper.row.cells[0].textContent.trim()}`;
      paper.box = make("input", { type: "checkbox", "aria-label": what });
      paper.box.addEventListener("change", () => {
        if (paper.box.checked) basket.add(paper.anchor);
        else basket.delete(paper.anchor);
        saveBasket();
        showBasket();
      });
      paper.row.prepend(make("td", { class: "ls-keep" }, paper.box));
    }
    paper.box.checked = basket.has(paper.anchor);
  }

  function field(label, control, id) {
    control.id = id;
    return make("p", { class: "ls-field" }, make("label", { for: id }, label), control);
  }

  const search = make("input", { type: "search", autocomplete: "off" });
  const from = make("input", { type: "number", min: firstYear, max: lastYear, placeholder: firstYear });
  const to = make("input", { type: "number", min: firstYear, max: lastYear, placeholder: lastYear });
  const venue = make("select");
  const linked = Object.keys(LINKED).map((name) => ({
    name,
    box: make("input", { type: "checkbox", id: `ls-${name}` }),
    count: make("span", { class: "ls-facet-count" }),
  }));
  const only = make("input", { type: "checkbox" });
  const onlyCount = make("span", { class: "ls-facet-count" });
  const order = make("select");
  const count = make("p", { class: "ls-count" });
  const reset = make("button", { type: "button", class: "ls-button" }, "Reset");
  const empty = make("button", { type: "button", class: "ls-button" }, "Empty the basket");
  const given = make("p", { class: "ls-given" });

  const COLUMNS = { title: "title", author: "first author", venue: "venue", year: "year", category: "category" };
  for (const [value, label] of [
    ["", "as listed"],
    ...Object.entries(COLUMNS).flatMap(([name, label]) => [
      [name, `${label}, ascending`],
      [`-${name}`, `${label}, descending`],
    ]),
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
    return make("fieldset", {}, make("legend", {}, "Categories"), root);
  }

  for (const head of table.tHead.rows[0].cells) {
    const column = head.dataset.column;
    if (!column) continue;
    const button = make("button", { type: "button", class: "ls-sort" }, head.textContent);
    button.addEventListener("click", () => {
      // Up, down, as listed.
      const next = { "": column, [column]: `-${column}` }[state.sort];
      state.sort = next === undefined ? (state.sort === `-${column}` ? "" : column) : next;
      update();
    });
    head.replaceChildren(button);
  }
  table.tHead.rows[0].prepend(make("th", { scope: "col", class: "ls-keep" }, "Keep"));

  const filters = make(
    "details",
    { class: "ls-facets" },
    make("summary", {}, "Filters"),
    makeTree(),
    make(
      "fieldset",
      { class: "ls-years" },
      make("legend", {}, "Years"),
      field("From", from, "ls-from"),
      field("to", to, "ls-to"),
    ),
    field("Venue", venue, "ls-venue"),
    ...linked.map(({ name, box, count }) =>
      make("p", {}, box, " ", make("label", { for: box.id }, `With ${name} `, count)),
    ),
    make("p", {}, only, " ", make("label", { for: "ls-only" }, "In the basket ", onlyCount)),
    make("p", { class: "ls-buttons" }, reset, empty),
  );
  only.id = "ls-only";
  filters.open = matchMedia("(min-width: 60em)").matches;

  const tools = make(
    "div",
    { class: "ls-tools", role: "search", "aria-label": "Papers" },
    make("label", { for: "ls-search" }, "Search"),
    search,
    make("label", { for: "ls-order" }, "Sort by"),
    order,
  );
  search.id = "ls-search";
  order.id = "ls-order";

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
      announce("The records of the papers could not be loaded");
      return;
    }
    const url = URL.createObjectURL(new Blob([write(found)], { type: `${type};charset=utf-8` }));
    const link = make("a", { href: url, download: filename });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    announce(`${found.length} papers as ${name}`);
  }

  const share = make("button", { type: "button", class: "ls-button" }, "Copy link");
  share.addEventListener("click", async () => {
    // The basket is this browser's own, so a link names its papers.
    const shared =
      state.only === "basket" ? { ...state, only: "", keys: [...basket] } : state;
    const address = `${location.href.split("#")[0]}#${describeState(shared)}`;
    const isCopied = await copy(address);
    announce(isCopied ? "Copied the link to this selection" : "The browser does not let this page copy");
    share.textContent = isCopied ? "Copied" : "Not copied";
    setTimeout(() => (share.textContent = "Copy link"), 2000);
  });
  const away = make(
    "p",
    { class: "ls-buttons", role: "group", "aria-label": "Take this selection away" },
    ...Object.keys(FORMATS).map((name) =>
      make("button", { type: "button", class: "ls-button", click: () => takeAway(name) }, name),
    ),
    share,
  );

  // Keeping page and selection together --------------------------------------------------

  function showBasket() {
    // A paper taken out stays in sight until the next change, and with it the focus.
    onlyCount.textContent = basket.size;
    empty.disabled = !basket.size;
  }

  function showControls(counts) {
    if (search.value !== state.q) search.value = state.q;
    from.value = state.from || "";
    to.value = state.to || "";
    for (const { name, box, count } of linked) {
      box.checked = state[name];
      count.textContent = counts[name];
      box.closest("p").hidden = !counts[name] && !state[name];
    }
    only.checked = state.only === "basket";
    order.value = state.sort;
    onlyCount.textContent = basket.size;
    empty.disabled = !basket.size;
    for (const [tag, { box, number, item }] of boxes) {
      box.checked = state.in.includes(tag);
      const size = counts.tags.get(tag) || 0;
      number.textContent = size;
      item.classList.toggle("ls-empty", !size);
    }
    const venues = [...counts.venues].filter(([name]) => name);
    if (state.venue && !counts.venues.has(state.venue)) venues.push([state.venue, 0]);
    venues.sort((a, b) => b[1] - a[1] || collator.compare(a[0], b[0]));
    venue.replaceChildren(
      make("option", { value: "" }, "any"),
      ...venues.map(([name, size]) => make("option", { value: name }, `${name} (${size})`)),
    );
    venue.value = state.venue;
    for (const head of table.tHead.rows[0].cells) {
      const column = head.dataset.column;
      if (!column) continue;
      if (state.sort === column) head.setAttribute("aria-sort", "ascending");
      else if (state.sort === `-${column}`) head.setAttribute("aria-sort", "descending");
      else head.removeAttribute("aria-sort");
    }
    given.replaceChildren();
    if (state.keys.length) {
      const all = make("button", { type: "button", class: "ls-button" }, "Show all papers");
      all.addEventListener("click", () => {
        state.keys = [];
        update();
        search.focus();
      });
      given.append(`A selection of ${state.keys.length} papers that somebody shared. `, all);
    }
    const text =
      selected.length === papers.length
        ? `${papers.length} papers`
        : `${selected.length} of ${papers.length} papers`;
    if (count.textContent && text !== count.textContent) announce(text);
    count.textContent = text;
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
  only.addEventListener("change", () => {
    state.only = only.checked ? "basket" : "";
    update();
  });
  order.addEventListener("change", () => {
    state.sort = order.value;
    update();
  });
  reset.addEventListener("click", () => {
    state = { ...DEFAULTS };
    update();
  });
  empty.addEventListener("click", () => {
    basket.clear();
    saveBasket();
    update();
  });
  window.addEventListener("hashchange", () => {
    readState();
    update();
  });
  window.addEventListener("storage", (event) => {
    if (event.key !== BASKET) return;
    loadBasket();
    for (const paper of papers) if (paper.box) paper.box.checked = basket.has(paper.anchor);
    showBasket();
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

  explorer.prepend(filters);
  const results = make("div", { class: "ls-results" }, tools, given, make("div", { class: "ls-bar" }, count, away));
  results.append(table.parentElement, more);
  explorer.append(results);
  explorer.classList.add("ls-enhanced");
  readState();
  update();
})();
