// Hover cards on links to papers, terms, formulas, figures and tables: no need to leave the sentence.
//
// As WCAG 1.4.13 asks, Escape dismisses a card, and it stays while pointer or focus are in it. It
// stands behind its link, where Tab leads; the first tap shows it, the second follows the link.
(() => {
  "use strict";

  const { gettext, kept, load, make, makeCopyButton, root } = window.livingsurvey;
  const PREVIEWED = 'a:has(> .std-term, > .std-numref), a[href*="#equation-"]';
  const LINKS = `[role="main"] :is(a[href*="#ref-"], a[href*="#paper-"], .ls-people a, ${PREVIEWED})`;
  const IGNORED = ".headerlink, .ls-foot a, .ls-explorer a";
  const SHOW_AFTER = 250;
  const HIDE_AFTER = 300;

  let card = null; // what is shown: { link, element, anchor }
  let timer = 0;
  let wanted = null; // the link whose card is on its way
  let touched = false;

  function findLink(target) {
    if (!(target instanceof Element)) return null;
    const link = target.closest(LINKS);
    return link && !link.matches(IGNORED) ? link : null;
  }

  function anchorOf(link) {
    return link.href.match(/([^/]+?)(\.html|\/)?$/)[1].replace(/.*#(ref|paper)-/, "");
  }

  function describeAuthors(paper) {
    const limit = 8;
    const names = paper.authors.slice(0, limit).join(", ");
    return paper.truncated || paper.authors.length > limit ? gettext("{names} et al.", { names }) : names;
  }

  /** What follows the short name in a title; a dash if that begins otherwise. */
  function restOf({ title, name }) {
    return title.startsWith(name) ? title.slice(name.length) : "–";
  }

  function makeCard(label, body, ...more) {
    const text = make("div", { id: "ls-hovercard" }, ...body);
    return make("div", { class: "ls-hovercard", role: "group", "aria-label": label }, text, ...more);
  }

  /** What a link leads to; a page opened from a file cannot read another. */
  async function preview(link) {
    const [address, id] = link.href.split("#");
    let page = document;
    if (address !== location.href.split("#")[0]) {
      page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    }
    let found = page.getElementById(decodeURIComponent(id));
    while (found.localName === "dt") found = found.nextElementSibling;
    const copy = found.cloneNode(true);
    copy.removeAttribute("id");
    for (const one of copy.querySelectorAll(":not(svg *)")) {
      one.removeAttribute("id");
      if (one.matches(".headerlink")) one.remove();
      else if (one.href) one.href = new URL(one.getAttribute("href"), address);
    }
    const card = makeCard(gettext("Preview"), copy.localName === "dd" ? copy.childNodes : [copy]);
    card.tabIndex = 0; // it may scroll
    return card;
  }

  async function describe(link) {
    const paper = await load(anchorOf(link));
    if (!paper) return null;
    const links = paper.links.map(([label, uri]) =>
      make("a", { class: "reference external", href: uri, rel: "noopener" }, gettext(label)),
    );
    if (paper.home) {
      const entry = make("a", { class: "reference internal", href: root + paper.home[1] }, paper.home[0]);
      entry.title = gettext("The full entry");
      links.push(entry);
    }
    const where = [paper.venue, paper.year].filter(Boolean).join(" ");
    return makeCard(
      gettext("About this paper"),
      [
        make(
          "p",
          { class: "ls-hovercard-title" },
          paper.name && !/^$|^[ :,]/.test(restOf(paper)) ? `${paper.name}. ` : "",
          make("a", { class: "reference internal", href: root + paper.page }, paper.title),
        ),
        make("p", { class: "ls-by" }, [describeAuthors(paper), where].filter(Boolean).join(" · ")),
        paper.note ? make("p", { class: "ls-note" }, paper.note) : null,
      ],
      make(
        "p",
        { class: "ls-hovercard-links" },
        ...links,
        makeCopyButton(() => paper.bibtex, paper.name || paper.title),
        ...kept.makeControls(paper.anchor, paper.name || paper.title),
      ),
    );
  }

  function place(element, link) {
    const margin = 8;
    const rects = [...link.getClientRects()];
    const first = rects[0] || link.getBoundingClientRect();
    const last = rects[rects.length - 1] || first;
    const { width, height } = element.getBoundingClientRect();
    const isAbove = last.bottom + height + margin > innerHeight && first.top > height + margin;
    const anchor = isAbove ? first : last;
    const left = Math.max(margin, Math.min(anchor.left, document.documentElement.clientWidth - width - margin));
    const top = isAbove ? anchor.top - height - 2 : anchor.bottom + 2;
    element.style.left = `${left + scrollX}px`;
    element.style.top = `${top + scrollY}px`;
  }

  /** Show the card of a link; resolves to whether there is one. */
  async function show(link) {
    clearTimeout(timer);
    if (card && card.link === link) return true;
    wanted = link;
    let element = null;
    try {
      element = await (link.matches(PREVIEWED) ? preview(link) : describe(link));
    } catch {
      // The link itself still works.
    }
    if (!element) return false;
    if (wanted !== link) return true;
    close();
    card = { link, element, title: link.getAttribute("title") };
    link.removeAttribute("title"); // which would cover the card
    link.setAttribute("aria-describedby", "ls-hovercard");
    link.after(element);
    if (element.showPopover) {
      element.popover = "manual";
      element.showPopover();
    }
    place(element, link);
    return true;
  }

  function close() {
    clearTimeout(timer);
    wanted = null;
    if (!card) return;
    const { link, element, title } = card;
    card = null;
    if (title !== null) link.setAttribute("title", title);
    link.removeAttribute("aria-describedby");
    element.remove();
  }

  function isInside(node) {
    return card && node instanceof Node && (card.element.contains(node) || card.link.contains(node));
  }

  function closeSoon() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // It stays as long as the keyboard is in it.
      if (!isInside(document.activeElement)) close();
    }, HIDE_AFTER);
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    if (isInside(event.target)) {
      clearTimeout(timer);
      return;
    }
    const link = findLink(event.target);
    if (!link) return;
    clearTimeout(timer);
    timer = setTimeout(() => show(link), SHOW_AFTER);
  });
  document.addEventListener("pointerout", (event) => {
    if (event.pointerType === "touch" || isInside(event.relatedTarget)) return;
    if (card && isInside(event.target)) closeSoon();
    else if (findLink(event.target)) {
      clearTimeout(timer);
      wanted = null;
      if (card) closeSoon();
    }
  });

  document.addEventListener("focusin", (event) => {
    if (touched || isInside(event.target)) return;
    const link = findLink(event.target);
    if (!card || card.link !== link) close();
    if (link && link.matches(":focus-visible")) show(link);
  });

  document.addEventListener("keydown", (event) => {
    touched = false;
    if (event.key !== "Escape" || !card) return;
    const { link, element } = card;
    const wasInside = element.contains(document.activeElement);
    close();
    if (wasInside) {
      link.focus();
      close(); // focus alone would show it again
    }
    event.preventDefault();
  });

  document.addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "touch";
    if (card && !isInside(event.target)) close();
  });
  document.addEventListener("click", async (event) => {
    const link = touched ? findLink(event.target) : null;
    if (!link || (card && card.link === link)) return;
    event.preventDefault();
    if (!(await show(link))) location.assign(link.href);
  });
})();
