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

  const readQuery = () => new URLSearchParams(window.location.search).get("q") || "";

  /* A paper is called "LoRA: Low-Rank Adaptation"; some have two names, "A / B". */
  const listNames = (title) => {
    const [name, ...rest] = title.split(": ");
    return [title, rest.join(": "), name, ...name.split(" / ")];
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
      const asked = readQuery();
      const query = simplify(asked);
      if (kind !== "object" || !query) return score;
      const names = listNames(title);
      // "LoRA" is LoRA rather than LoRA+, of which the signs are left out.
      const exact = names.some((one) => one.toLowerCase() === asked.trim().toLowerCase());
      if (exact) return score + 220;
      if (names.some((one) => simplify(one) === query)) return score + 200;
      return simplify(title).startsWith(`${query} `) ? score + 5 : score;
    },
  };
})();
