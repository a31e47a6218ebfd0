// Listings: a button that copies the BibTeX of each paper; the rest of long ones when somebody
// asks for it; a filter and an order; a mark on what has joined since the reader's last visit. On
// the page of a paper: the button alone.
(() => {
  "use strict";

  const shared = window.livingsurvey;
  const { announce, atNextFrame, collator, fold, formatCount, gettext, load, make, makeCopyButton, ngettext, root } = shared;
  const LONG = 10;
  const ORDERS = [
    ["", gettext("as listed")],
    ["newest", gettext("newest first")],
    ["oldest", gettext("oldest first")],
    ["title", gettext("title")],
    ["author", gettext("first author")],
  ];

  function addCopyButton(paper) {
    const title = paper.querySelector(".ls-name, .ls-title").textContent;
    const shown = paper.querySelector(".ls-bibtex pre");
    const foot = paper.querySelector(".ls-foot");
    if (shown) {
      foot.before(makeCopyButton(() => shown.textContent, title));
    } else if (foot) {
      const anchor = paper.id.replace(/^paper-/, "");
      const text = async () => ((await load(anchor)) || { bibtex: "" }).bibtex;
      foot.append(" ", makeCopyButton(text, title));
    }
  }
  document.querySelectorAll("li.ls-paper, main.ls-paper").forEach(addCopyButton);

  // The rest of a listing ----------------------------------------------------------------
  // What stands in <noscript> is one text, so that a chapter is light until it is asked for.

  /** Put all papers of a listing on the page. */
  function unfold(listing) {
    for (const rest of listing.querySelectorAll("noscript.ls-rest")) {
      const holder = make("template");
      holder.innerHTML = rest.textContent;
      const items = [...holder.content.querySelectorAll("li")];
      items.filter((item) => item.matches(".ls-paper")).forEach(addCopyButton);
      rest.previousElementSibling.append(...items);
      markFrom(listing, items);
      rest.remove();
    }
    for (const button of listing.querySelectorAll(".ls-rest-button")) button.remove();
  }

  /** Put a paper on the page to which a link leads, and lead there. */
  function findTarget() {
    const id = decodeURIComponent(location.hash.slice(1));
    if (!id.startsWith("paper-") || document.getElementById(id)) return;
    for (const rest of document.querySelectorAll("noscript.ls-rest")) {
      if (!rest.textContent.includes(` id="${id}"`)) continue;
      const listing = rest.closest(".ls-papers");
      listing.dispatchEvent(new Event("livingsurvey:unfold"));
      // The address is told again, so that the browser sees its target.
      location.replace(location.hash);
      document.getElementById(id).scrollIntoView();
      return;
    }
  }

  // What stands behind the first of several authors.
  const ENDS = [
    ",", " · ", gettext("{names} and {last}", { names: "", last: "" }), gettext("{names} et al.", { names: "" }),
  ];

  const takeFirst = (authors) => ENDS.reduce((text, end) => text.split(end)[0], authors);

  function textOf(item, selector) {
    const found = item.querySelector(selector);
    return found ? found.textContent : "";
  }

  function readItem(element, rank) {
    const isRow = element.tagName === "TR";
    const authors = isRow ? element.cells[1].textContent : textOf(element, ".ls-by");
    const parts = [...element.querySelectorAll(".ls-name, .ls-title, .ls-by, .ls-note, td")];
    return {
      element,
      rank,
      parent: element.parentNode,
      text: fold(parts.map((part) => part.textContent).join(" ")),
      title: fold(textOf(element, ".ls-title")).replace(/^(an?|the) /, ""),
      author: fold(takeFirst(authors).split(" ").pop()),
      year: Number(textOf(element, ".ls-year")) || 0,
    };
  }

  const COMPARE = {
    "": () => 0,
    newest: (a, b) => b.year - a.year,
    oldest: (a, b) => (a.year || 9999) - (b.year || 9999),
    title: (a, b) => collator.compare(a.title, b.title),
    author: (a, b) => collator.compare(a.author, b.author),
  };

  function enhance(listing, number) {
    const groups = [...listing.querySelectorAll(":scope > .ls-group")];
    const folded = listing.querySelectorAll("noscript.ls-rest");
    let items = [...listing.querySelectorAll(".ls-group > li, tbody > tr")].map(readItem);
    const size = folded.length
      ? groups.reduce((sum, group) => sum + Number(group.dataset.count || 0), 0)
      : items.length;
    if (size < LONG) return;
    const ids = { filter: `ls-filter-${number}`, order: `ls-order-${number}` };
    const filter = make("input", { type: "search", id: ids.filter, autocomplete: "off" });
    const order = make(
      "select",
      { id: ids.order },
      ...ORDERS.map(([value, label]) => make("option", { value }, label)),
    );
    const count = make("span", { class: "ls-count" }, ngettext("{n} paper", "{n} papers", size));
    let ordered = "";

    function showAll() {
      if (!listing.querySelector("noscript.ls-rest")) return;
      unfold(listing);
      items = [...listing.querySelectorAll(".ls-group > li, tbody > tr")].map(readItem);
    }
    listing.addEventListener("livingsurvey:unfold", showAll);
    for (const rest of folded) {
      const group = rest.previousElementSibling;
      const text = ngettext("Show all {n} papers", "Show all {n} papers", Number(group.dataset.count));
      const button = make("button", { type: "button", class: "ls-button ls-rest-button" }, text);
      button.addEventListener("click", () => {
        const next = group.children.length;
        showAll();
        group.children[next].querySelector("a").focus();
      });
      rest.after(button);
    }

    const update = () => {
      showAll();
      const words = fold(filter.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of items) {
        const isShown = words.every((word) => item.text.includes(word));
        item.element.hidden = !isShown;
        if (isShown) shown += 1;
      }
      if (order.value !== ordered) {
        ordered = order.value;
        const sorted = [...items].sort((a, b) => COMPARE[ordered](a, b) || a.rank - b.rank);
        for (const item of sorted) item.parent.append(item.element);
      }
      for (const head of listing.querySelectorAll(".ls-group-head")) {
        const group = head.nextElementSibling;
        head.hidden = !group.querySelector("li:not([hidden]), tbody tr:not([hidden])");
      }
      const text = words.length
        ? ngettext("{shown} of {n} paper", "{shown} of {n} papers", size, { shown: formatCount(shown) })
        : ngettext("{n} paper", "{n} papers", size);
      if (text !== count.textContent) announce(text);
      count.textContent = text;
    };
    filter.addEventListener("input", atNextFrame(update));
    filter.addEventListener("focus", async () => {
      // An entry names three authors; all the others are found too.
      try {
        await shared.loadIndex();
      } catch {
        return;
      }
      showAll();
      for (const item of items) {
        if (item.all) continue;
        item.all = true;
        item.text += ` ${shared.authorsOf(item.element.id.replace(/^paper-/, ""))}`;
      }
      if (filter.value) update();
    });
    order.addEventListener("change", update);
    listing.prepend(
      make(
        "div",
        { class: "ls-tools", role: "group", "aria-label": gettext("Filter and sort this listing") },
        make("label", { for: ids.filter }, gettext("Filter")),
        filter,
        make("label", { for: ids.order }, gettext("Sort by")),
        order,
        count,
      ),
    );
    // A link may lead to a paper that the filter hides.
    window.addEventListener("hashchange", () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && target.hidden && listing.contains(target)) {
        filter.value = "";
        update();
        target.scrollIntoView();
      }
    });
  }

  // What is new -----------------------------------------------------------------------------
  // For each listing the browser remembers the newest day of joining that it has shown. A visit
  // lasts for a day: until it ends, the marks stay. Nothing is sent; a first visit marks nothing.

  const STORE = `livingsurvey:${new URL(root, location.href).pathname}`;

  function readVisits() {
    try {
      const visits = JSON.parse(localStorage.getItem(STORE));
      return visits && typeof visits === "object" && !Array.isArray(visits) ? visits : {};
    } catch {
      return {}; // without a memory, or with a strange one, nothing is marked
    }
  }

  function writeVisits(visits) {
    try {
      localStorage.setItem(STORE, JSON.stringify(visits));
    } catch {
      // The reader's browser keeps nothing.
    }
  }

  function mark(element) {
    const place = element.querySelector(".ls-head, td") || element;
    const words = make("span", { class: "ls-offscreen" }, gettext(" since your last visit: "));
    place.prepend(make("span", { class: "ls-new" }, gettext("new"), words), " ");
  }

  function isVisit(value) {
    return Array.isArray(value) && value.length === 3 && value.every((day) => typeof day === "string");
  }

  const seenBefore = new Map(); // the newest day that a listing had shown before this visit

  function markFrom(listing, items) {
    const seen = seenBefore.get(listing);
    if (seen) items.filter((item) => item.dataset.added > seen).forEach(mark);
  }

  /** Return the days on which the papers of a listing joined, those not yet on the page too. */
  function listDays(listing, items) {
    const days = items.map((item) => item.dataset.added);
    for (const rest of listing.querySelectorAll("noscript.ls-rest")) {
      days.push(...[...rest.textContent.matchAll(/ data-added="([\d-]+)"/g)].map((found) => found[1]));
    }
    return days;
  }

  function markNew() {
    const visits = readVisits();
    const before = JSON.stringify(visits);
    const today = new Date().toISOString().slice(0, 10);
    for (const listing of document.querySelectorAll(".ls-papers")) {
      const items = [...listing.querySelectorAll("[data-added]")];
      const newest = listDays(listing, items).sort().pop();
      if (!newest) continue;
      const tag = listing.dataset.tag;
      const known = Object.hasOwn(visits, tag) && isVisit(visits[tag]);
      // The newest day that was shown before this visit, the newest by now, the day of the visit.
      let [seen, latest, visited] = known ? visits[tag] : [newest, newest, today];
      if (visited !== today) [seen, visited] = [latest, today];
      visits[tag] = [seen, newest > latest ? newest : latest, visited];
      seenBefore.set(listing, seen);
      markFrom(listing, items);
    }
    if (JSON.stringify(visits) !== before) writeVisits(visits);
  }

  markNew();
  document.querySelectorAll("div.ls-papers").forEach(enhance);
  findTarget();
  window.addEventListener("hashchange", findTarget);
  window.addEventListener("beforeprint", () => document.querySelectorAll("div.ls-papers").forEach(unfold));
})();
