/* Filters over the ledger's tables: a word, and the column that tells how a row stands.
   Without scripts a table simply stands there whole. */
"use strict";

(() => {
  const STANDING = ["outcome", "state", "status"];

  function cellText(row, column) {
    return row.cells[column]?.textContent.trim() ?? "";
  }

  function labelled(text, control) {
    const label = document.createElement("label");
    label.append(text, control);
    return label;
  }

  function standingSelect(rows, column) {
    const select = document.createElement("select");
    select.append(new Option("all", ""));
    const names = new Set(rows.map((row) => cellText(row, column)).filter(Boolean));
    for (const name of [...names].sort()) select.append(new Option(name, name));
    return select;
  }

  function addFilters(table) {
    const heads = [...table.tHead.rows[0].cells].map((c) => c.textContent.trim().toLowerCase());
    const rows = [...table.tBodies[0].rows];
    const column = heads.findIndex((head) => STANDING.includes(head));
    const word = document.createElement("input");
    word.type = "search";
    const bar = document.createElement("div");
    bar.className = "ledger-filters";
    bar.append(labelled("Find", word));
    const select = column < 0 ? null : standingSelect(rows, column);
    if (select) bar.append(labelled(`Only ${heads[column]}`, select));
    const count = document.createElement("output");
    bar.append(count);

    function update() {
      const wanted = word.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        const found = row.textContent.toLowerCase().includes(wanted);
        const right = !select?.value || cellText(row, column) === select.value;
        row.hidden = !(found && right);
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = `${shown} of ${rows.length} rows`;
    }

    bar.addEventListener("input", update);
    (table.closest(".pst-scrollable-table-container") ?? table).before(bar);
    update();
  }

  document
    .querySelectorAll("table.ledger, .ledger table")
    .forEach((table) => table.tHead && table.tBodies.length && addFilters(table));
})();
