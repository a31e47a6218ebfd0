// The search for papers: one index for the explorer, the boxes of all pages, and the page of
// results. Hyphens, accents and British spelling make no difference; a paper of just that name
// comes first, then the others by where and how well they match.
(() => {
  "use strict";

  const { atNextFrame, fold, gettext, joinNames, make, ngettext, root } = window.livingsurvey;

  // Texts that can be compared -----------------------------------------------------------

  /** A text as it is compared: "KV-cache quantisation" is "kv cache quantisation". */
  function simplify(text) {
    return (
      fold(text)
        // American and British spelling fall together, also while a word is being typed.
        .replace(/z/g, "s")
        .replace(/our(?=\w|\b)/g, "or")
        .replace(/ll(?=ed|ing|er)/g, "l")
        .replace(/[^\p{L}\p{N}+]+/gu, " ")
        .trim()
    );
  }

  const squash = (text) => text.replaceAll(" ", "");
  const ENDINGS = /(isations?|ations?|ions?|ings?|ers?|ed|es|e|s)$/;
  const YEAR = /^(19|20)\d\d$/;
  const EVERYDAY = new Set("a al an and are by et for from how in is of on or the to what with".split(" "));

  /** What all forms of a word begin with; the word itself if little would be left. */
  function stem(word) {
    const rest = word.replace(ENDINGS, "");
    return rest.length >= 4 ? rest : word;
  }

  function readIdentifier(query) {
    const arxiv = query.match(/\b\d{4}\.\d{4,5}(?=v\d+\b|\b)/i);
    if (arxiv) return arxiv[0];
    const doi = query.match(/\b10\.\d{4,}\/\S+/);
    return (doi ? doi[0] : query).trim().toLowerCase();
  }

  // The index ----------------------------------------------------------------------------

  let papers = [];
  let places = [];
  let topics = new Map(); // titles by tag
  let ready = 0; // so many papers are prepared
  let byAnchor = new Map();
  let loading = null;
  let arrive = () => {};
  let pattern = "papers/*.html";
  let explorer = "";

  /** Called by the index: papers; categories and authors; where papers and the explorer are. */
  function receiveIndex(rows, found, pages, panel) {
    pattern = pages;
    explorer = panel;
    papers = rows.map(
      ([anchor, key, name, title, authors, truncated, venue, year, note, tags, links, ids, said], rank) => ({
        anchor, key, name, title, authors, truncated, venue, year, note, links, ids, said, rank,
        tags: tags ? tags.split(" ") : [],
      }),
    );
    places = found.map(([kind, title, address, count]) => ({ kind, title, address, count }));
    topics = new Map(found.filter((one) => one[0] === "category").map((one) => [one[4], one[1]]));
    byAnchor = new Map(papers.map((paper) => [paper.anchor, paper]));
    ready = 0;
    for (const paper of papers) paper.acronym = (paper.venue.match(/\(([^()]+)\)$/) || [])[1] || paper.venue;
    arrive(papers);
    prepareAll();
  }

  function prepare(paper) {
    paper.fields = [
      [12, paper.name],
      [7, paper.title],
      [8, paper.authors.join(" ")],
      [4, `${paper.venue} ${paper.year}`],
      [3, paper.tags.map((tag) => topics.get(tag) || tag).join(" ")],
      [2, paper.note],
      [1, `${paper.key} ${paper.ids.join(" ")}`],
      [9, paper.authors[0] || ""], // the one by whom a paper is called
    ].map(([weight, text]) => [weight, ` ${simplify(text)} `]);
    paper.text = paper.fields.map(([, text]) => text).join("");
    paper.squashedNames = new Set([squash(paper.fields[1][1])]);
    if (paper.name) paper.squashedNames.add(squash(paper.fields[0][1]));
    paper.squashed = squash(paper.fields[0][1] + paper.fields[1][1]);
    paper.names = paper.name.split(" / ").map((one) => one.toLowerCase());
    paper.exact = new Set([paper.key, paper.anchor, ...paper.ids].map((one) => one.toLowerCase()));
  }

  /** Prepare papers for some time; whether there are more. */
  function prepareFor(milliseconds) {
    const end = performance.now() + milliseconds;
    while (ready < papers.length && performance.now() < end) prepare(papers[ready++]);
    return ready < papers.length;
  }

  /** Prepare all, a little at a time: the page stays responsive. */
  async function prepareAll() {
    while (prepareFor(8)) await new Promise((resolve) => setTimeout(resolve));
  }

  /** Load the index; it is a script, since a page opened from a file may load nothing else. */
  function loadIndex() {
    loading ??= new Promise((resolve, reject) => {
      arrive = resolve;
      if (papers.length) resolve(papers);
      // The page of results has it from the beginning.
      const script = document.getElementById("ls-index") || make("script", { src: `${root}_static/livingsurvey/index.js` });
      script.addEventListener("error", () => {
        loading = null;
        reject(Error("no index"));
      });
      if (!script.isConnected) document.head.append(script);
    });
    return loading;
  }

  // Finding ------------------------------------------------------------------------------

  /** How well a word stands in a text, from 0 to 1. */
  function rate(text, word) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    if (text.includes(` ${word} `)) return 1;
    if (text.includes(` ${word}`)) return 0.7;
    return word.length > 2 ? 0.25 : 0;
  }

  function score(paper, words, stems, query) {
    let sum = 0;
    for (let n = 0; n < words.length; n += 1) {
      let best = 0;
      // A year is one of publication, or stands in the title; a key holds others.
      const { fields } = paper;
      let asked = fields;
      if (YEAR.test(words[n])) asked = [fields[0], fields[1], fields[3]];
      else if (words[n].length < 3) {
        // Somebody begins to type; in a sentence it is a word of its own.
        asked = fields.filter(([, text], at) => (at !== 5 && at !== 6) || text.includes(` ${words[n]} `));
      }
      for (const [weight, text] of asked) {
        best = Math.max(best, weight * rate(text, words[n]), weight * 0.6 * rate(text, stems[n]));
      }
      // Not word by word, but with the hyphens and spaces of a name left out.
      if (!best && words[n].length > 3 && paper.squashed.includes(words[n])) best = 1;
      if (!best) return 0;
      sum += best;
    }
    const [, name] = paper.fields[0];
    const [, title] = paper.fields[1];
    if (words.length > 1) {
      const phrase = ` ${query}`;
      if (title.includes(phrase) || name.includes(phrase)) sum += 8;
      else if (paper.fields[2][1].includes(phrase) || paper.fields[5][1].includes(phrase)) sum += 4;
    }
    return sum / words.length + Math.log1p(paper.said) / 4;
  }

  /** The papers that match, best first: [{ paper, score }]. */
  function search(asked) {
    const query = simplify(asked);
    if (!query) return papers.map((paper) => ({ paper, score: 0 }));
    prepareFor(Infinity);
    const all = query.split(" ");
    const telling = all.filter((word) => !EVERYDAY.has(word));
    const words = telling.length ? telling : all;
    const stems = words.map(stem);
    // Preprints have other years than the publication: LoRA 2021.
    const timeless = words.filter((word) => !YEAR.test(word)).join(" ");
    const plain = asked.trim().toLowerCase();
    const identifier = readIdentifier(asked);
    const squashed = squash(query);
    let found = [];
    for (const paper of papers) {
      let points = 0;
      if (paper.exact.has(identifier)) points = 2000;
      else if (paper.names.includes(plain)) points = 1500;
      else if (paper.squashedNames.has(squashed)) points = 1000;
      else if (paper.squashedNames.has(squash(timeless))) points = 500;
      if (!points && !stems.every((word) => paper.text.includes(word) || paper.squashed.includes(word))) {
        continue;
      }
      points += score(paper, words, stems, query);
      if (points > 0) found.push({ paper, score: points });
    }
    const apart = asked.replace(/(\p{L})(?=(19|20)\d\d\b)/gu, "$1 "); // NeurIPS2023
    if (!found.length && apart !== asked) return search(apart);
    if (!found.length && timeless && timeless !== words.join(" ")) return search(timeless);
    if (!found.length && words.length > 2) found = searchMost(words, stems, query);
    return found.sort((a, b) => b.score - a.score || a.paper.rank - b.paper.rank);
  }

  /** Where no paper has all words: those that have all but one. */
  function searchMost(words, stems, query) {
    const found = [];
    for (const paper of papers) {
      const kept = words.filter((word, n) => paper.text.includes(stems[n]));
      if (kept.length < words.length - 1) continue;
      const points = score(paper, kept, kept.map(stem), query);
      if (points > 0) found.push({ paper, score: points / 2 });
    }
    return found;
  }

  /** Categories and authors whose name holds all words. */
  function findPlaces(asked, limit = 3) {
    const words = simplify(asked).split(" ").filter(Boolean);
    if (!words.length) return [];
    return places
      .map((place) => {
        place.text ??= simplify(place.title);
        const ratings = words.map((word) => rate(` ${place.text} `, word));
        return { place, score: Math.min(...ratings) + (place.text === words.join(" ") ? 1 : 0) };
      })
      .filter((one) => one.score >= 0.7)
      .sort((a, b) => b.score - a.score || b.place.count - a.place.count)
      .slice(0, limit)
      .map((one) => one.place);
  }

  const describe = (paper) =>
    [
      paper.authors.length > 2 || (paper.truncated && paper.authors.length)
        ? joinNames(paper.authors.slice(0, 1), true)
        : joinNames(paper.authors),
      [paper.acronym, paper.year].filter(Boolean).join(" "),
    ]
      .filter(Boolean)
      .join(" · ");

  const pageOf = (paper) => root + pattern.replace("*", paper.anchor);

  /** A title with its short name in bold. */
  function writeTitle(paper) {
    const { name, title } = paper;
    if (!name) return [title];
    const rest = title.startsWith(name) ? title.slice(name.length) : "";
    if (rest === "" ? title === name : /^[ :,]/.test(rest)) {
      return [make("strong", { class: "ls-name" }, name), rest];
    }
    return [make("strong", { class: "ls-name" }, name), ` ${title}`];
  }

  // Suggestions while typing --------------------------------------------------------------

  let boxes = 0;
  /** Show what matches below a box for searching, as one types; Enter alone searches all. */
  function suggest(input) {
    boxes += 1;
    const id = `ls-suggestions-${boxes}`;
    const list = make("ul", { class: "ls-suggestions", id, role: "listbox", "aria-label": gettext("Suggestions"), hidden: true });
    document.body.append(list);
    const attributes = {
      role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id,
    };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    let chosen = -1;

    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function choose(next) {
      const options = [...list.children];
      if (!options.length) return;
      chosen = (next + options.length) % options.length;
      options.forEach((one, n) => one.setAttribute("aria-selected", String(n === chosen)));
      options[chosen].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[chosen].id);
    }
    function option(n, href, ...content) {
      const item = make("li", { role: "option", id: `${id}-${n}`, "aria-selected": "false" }, ...content);
      item.dataset.href = href;
      item.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        location.assign(href);
      });
      return item;
    }
    const show = atNextFrame(() => {
      const asked = input.value.trim();
      if (!asked || document.activeElement !== input) return close();
      const options = [];
      for (const place of findPlaces(asked, 2)) {
        const what = place.kind === "author"
          ? `${gettext("author")} · ${ngettext("{n} paper", "{n} papers", place.count)}`
          : gettext("category");
        options.push(option(options.length, root + place.address, place.title, make("small", {}, what)));
      }
      for (const { paper } of search(asked).slice(0, 8 - options.length)) {
        const href = pageOf(paper);
        options.push(option(options.length, href, ...writeTitle(paper), make("small", {}, describe(paper))));
      }
      list.replaceChildren(...options);
      if (!options.length) return close();
      const place = input.getBoundingClientRect();
      const width = Math.min(Math.max(place.width, 384), document.documentElement.clientWidth - 16);
      list.style.width = `${width}px`;
      list.style.left = `${Math.max(8, Math.min(place.left, document.documentElement.clientWidth - width - 8))}px`;
      list.style.top = `${place.bottom + 2}px`;
      list.hidden = false;
      chosen = -1;
      input.setAttribute("aria-expanded", "true");
    });
    input.addEventListener("focus", () => loadIndex().catch(() => {}));
    input.addEventListener("input", () => loadIndex().then(show, () => {}));
    input.addEventListener("blur", close);
    addEventListener("scroll", close, { passive: true });
    input.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.href);
      else return;
      event.preventDefault();
    });
  }

  // The page of results -------------------------------------------------------------------

  async function showResults() {
    const results = document.getElementById("search-results");
    const asked = new URLSearchParams(location.search).get("q") || "";
    if (!results || !asked.trim()) return;
    results.hidden = true; // nothing that is read moves down when the papers come
    if (location.protocol !== "file:") results.classList.add("ls-summaries"); // Sphinx fetches them
    try {
      await loadIndex();
      await prepareAll();
      showPapers(results, asked);
    } finally {
      results.hidden = false;
      if (!Search.hasIndex()) Search.loadIndex(`${root}searchindex.js`); // see search.html
    }
  }

  function showPapers(results, asked) {
    const found = search(asked);
    const near = findPlaces(asked, 4);
    if (!found.length && !near.length) return;
    const item = (href, content, by, note) =>
      make(
        "li",
        {},
        make("a", { class: "reference internal", href }, ...content),
        make("p", { class: "ls-by" }, by),
        note ? make("p", { class: "ls-note" }, note) : null,
      );
    const list = make(
      "ul",
      { class: "ls-found" },
      ...near.map((one) =>
        item(root + one.address, [one.title], one.kind === "author" ? ngettext("Author of {n} paper", "Author of {n} papers", one.count) : gettext("Category")),
      ),
      ...found.slice(0, 10).map(({ paper }) => item(pageOf(paper), writeTitle(paper), describe(paper), paper.note)),
    );
    const more = found.length > 10 && explorer
      ? make("p", {}, make("a", { href: `${root}${explorer}#q=${encodeURIComponent(asked)}` }, ngettext("All {n} papers in the explorer", "All {n} papers in the explorer", found.length)))
      : null;
    results.before(
      make("section", { class: "ls-papers ls-search-papers" }, make("h2", {}, gettext("Papers")), list, more),
      make("h2", { class: "ls-search-pages" }, gettext("In the text")),
    );
  }

  Object.assign(window.livingsurvey, {
    authorsOf: (anchor) => fold((byAnchor.get(anchor)?.authors || []).join(" ")),
    describe, explorerAddress: () => explorer, findPlaces, loadIndex, pageOf, receiveIndex, search, writeTitle,
  });
  document.querySelectorAll('form[role="search"] input[name="q"]').forEach(suggest);
  showResults().catch(() => {});
})();
