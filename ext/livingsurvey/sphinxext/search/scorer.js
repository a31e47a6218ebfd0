/* What the search of the site shows first: a paper or category of just the name asked for.
 *
 * Sphinx puts this file into its search scripts (html_search_scorer). It scores a paper whose
 * name contains a word of the query like one whose name is the query, and an entry of the
 * glossary above both.
 */
var Scorer = (() => {
  const simplify = (text) =>
    text
      .replace(/&[a-z#0-9]+;/gi, " ")
      .normalize("NFKD")
      .toLowerCase()
      .replace(/\p{Mark}+/gu, "")
      .replace(/[^\p{Letter}\p{Number}]+/gu, " ")
      .trim();

  const readQuery = () => {
    const query = new URLSearchParams(window.location.search).get("q");
    return simplify(query || "");
  };

  /* A paper is called "LoRA: Low-Rank Adaptation"; some have two names, "A / B". */
  const isCalled = (title, query) => {
    const [name, ...rest] = title.split(": ");
    const names = [title, rest.join(": "), name, ...name.split(" / ")];
    return names.some((one) => simplify(one) === query);
  };

  return {
    // As Sphinx has them.
    objNameMatch: 11,
    objPartialMatch: 6,
    objPrio: { 0: 15, 1: 5, 2: -5 },
    objPrioDefault: 0,
    title: 15,
    partialTitle: 7,
    term: 5,
    partialTerm: 2,

    score: ([docname, title, anchor, descr, score, filename, kind]) => {
      const query = readQuery();
      if (kind !== "object" || !query) return score;
      if (isCalled(title, query)) return score + 200;
      return simplify(title).startsWith(`${query} `) ? score + 5 : score;
    },
  };
})();
