// Tables with a caption sort by their columns: up, down, and as they were written; one without
// is part of the text. Columns of numbers sort as such; empty cells come last, whichever way.
(() => {
  "use strict";

  const { collator, make } = window.livingsurvey;
  const TABLES = ".table-wrapper > table.docutils, table.docutils.align-default";
  const FEWEST = 3;
  const NUMBER = /^(?:[~≈<>≤≥±]|about |up to )?\s*([-+−]?\d[\d,\u202f\u00a0]*(?:\.\d+)?)\s*(.*)$/i;
  const SCALES = { k: 1e3, K: 1e3, M: 1e6, B: 1e9, G: 1e9, T: 1e12 };
  const GAP = /^[-–—?]?$/;

  /** The number that a cell begins with, its scale if it has one, and what follows; or null. */
  function readNumber(text) {
    const found = text.match(NUMBER);
    if (!found) return null;
    const value = Number(found[1].replace("−", "-").replace(/[^\d.-]/g, ""));
    const [, scale, rest] = found[2].match(/^([kKMBGT](?!\p{L}))?(.*)$/u);
    return { value: value * (SCALES[scale] || 1), scale: scale || "", rest };
  }

  /** Rows with what they are sorted by; empty cells have no value. */
  function readColumn(rows, column) {
    const texts = rows.map((row) => row.cells[column].textContent.trim());
    const numbers = texts.filter((text) => !GAP.test(text)).map(readNumber);
    // "1.6T" is more than "47B"; of "4 bits" and "2 GPUs" neither is.
    const isScaled = numbers.every((one) => one?.scale);
    const isNumeric = isScaled || numbers.every((one) => one && one.rest === numbers[0].rest);
    return rows.map((row, rank) => {
      const text = texts[rank];
      const value = isNumeric && !GAP.test(text) ? readNumber(text).value : text;
      return { row, rank, value: GAP.test(text) ? null : value, isNumeric };
    });
  }

  function compare(a, b, direction) {
    if (a.value === null || b.value === null) return (a.value === null) - (b.value === null) || a.rank - b.rank;
    const order = a.isNumeric ? a.value - b.value : collator.compare(a.value, b.value);
    return direction * order || a.rank - b.rank;
  }

  function enhance(table) {
    const [head, ...others] = table.tHead?.rows || [];
    const [body] = table.tBodies;
    if (!table.caption || !head || others.length || table.tBodies.length !== 1 || body.rows.length < FEWEST) return;
    const rows = [...body.rows];
    const isPlain = [head, ...rows].every(
      (row) => row.cells.length === head.cells.length && [...row.cells].every((cell) => cell.colSpan === 1 && cell.rowSpan === 1),
    );
    if (!isPlain) return;
    [...head.cells].forEach((cell, column) => {
      // A heading with links of its own keeps them.
      if (!cell.textContent.trim() || cell.querySelector("a, button")) return;
      const button = make("button", { type: "button", class: "ls-sort" });
      const holder = cell.querySelector("p") || cell;
      button.append(...holder.childNodes);
      holder.append(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: null }[cell.getAttribute("aria-sort")];
        const order = next === undefined ? "ascending" : next;
        for (const other of head.cells) other.removeAttribute("aria-sort");
        if (order) cell.setAttribute("aria-sort", order);
        const direction = order === "descending" ? -1 : 1;
        const sorted = order ? readColumn(rows, column).sort((a, b) => compare(a, b, direction)).map((one) => one.row) : rows;
        body.append(...sorted);
        // Stripes follow the place of a row, not the row.
        sorted.forEach((row, place) => {
          for (const name of ["row-even", "row-odd"]) row.classList.remove(name);
          row.classList.add(place % 2 ? "row-odd" : "row-even");
        });
      });
    });
  }

  for (const table of document.querySelectorAll(TABLES)) {
    if (!table.closest(".ls-papers, .ls-explorer")) enhance(table);
  }
})();
