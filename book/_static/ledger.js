/* Two parts: the ledger's filters, and the citations on the pages of records.

   Filters over the ledger's tables: a word, the columns that sort the rows, and for the
   claims what the page says of each beside its table (kinds of checks, sources, print).
   Without scripts a table simply stands there whole. */
"use strict";

(() => {
  const COLUMNS = ["chapter", "outcome", "fidelity", "state", "status"];
  const FACETS = JSON.parse(document.getElementById("ledger-facets")?.textContent ?? "null");

  function cellText(row, column) {
    return row.cells[column]?.textContent.trim() ?? "";
  }

  function labelled(text, control) {
    const label = document.createElement("label");
    label.append(text, control);
    return label;
  }

  /* Every filter has a name and says which of its values a row has. */
  function filtersOf(heads, rows) {
    const columns = COLUMNS.filter((name) => heads.includes(name)).map((name) => {
      const column = heads.indexOf(name);
      return { name, values: (row) => [cellText(row, column)].filter(Boolean) };
    });
    const places = (row) => FACETS?.claims[row.id.replace(/^claim-/, "")];
    if (!places(rows[0])) return columns;
    const more = Object.entries(FACETS.values).map(([name, known], at) => {
      return { name, values: (row) => places(row)[at].map((place) => known[place]) };
    });
    return [...columns, ...more];
  }

  function selectOf(filter, rows) {
    const counts = new Map();
    for (const value of rows.flatMap(filter.values)) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const select = document.createElement("select");
    select.append(new Option("all", ""));
    // Chapters stay in the order of the book, which is that of the rows.
    const names = [...counts.keys()];
    if (filter.name !== "chapter") names.sort();
    for (const name of names) select.append(new Option(`${name} (${counts.get(name)})`, name));
    return select;
  }

  function addFilters(table) {
    const heads = [...table.tHead.rows[0].cells].map((c) => c.textContent.trim().toLowerCase());
    const rows = [...table.tBodies[0].rows];
    const word = document.createElement("input");
    word.type = "search";
    const bar = document.createElement("div");
    bar.className = "ledger-filters";
    bar.append(labelled("Find", word));
    const filters = filtersOf(heads, rows).map((f) => ({ ...f, select: selectOf(f, rows) }));
    for (const { name, select } of filters) bar.append(labelled(`Only ${name}`, select));
    const count = document.createElement("output");
    bar.append(count);

    function update() {
      const wanted = word.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        const found = row.textContent.toLowerCase().includes(wanted);
        const right = filters.every(
          ({ select, values }) => !select.value || values(row).includes(select.value),
        );
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

/* Citations: copy buttons, and a link to a citation opens its box. Whoever comes by the
   old address of a record is sent on to the new one. Without scripts the boxes open by
   hand, their text can be marked and copied, and the old place has a link. */
(() => {
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed, or not there outside https: the old way through a selection.
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  }

  function addButton(block, name, reply) {
    const label = block.previousElementSibling;
    const form = label.textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${form} of ${name}`);
    // The reply, below all forms, may be out of sight: the eye finds a word at the button.
    const mark = document.createElement("span");
    mark.setAttribute("aria-hidden", "true");
    button.addEventListener("click", async () => {
      const done = await copy(block.querySelector("pre").textContent.trim());
      mark.textContent = done ? " Copied" : " Not copied";
      setTimeout(() => mark.replaceChildren(), 4000);
      reply.textContent = done ? `${form} copied` : "Not copied: mark the text instead";
      button.focus();
    });
    label.append(" ", button, mark);
  }

  function furnish(box) {
    if (box.querySelector("button")) return;
    const name = box.querySelector("summary").textContent.replace(/^Cite /, "");
    const reply = document.createElement("p");
    reply.setAttribute("role", "status");
    box.append(reply);
    for (const pre of box.querySelectorAll("pre")) {
      addButton(pre.closest("details > div"), name, reply);
    }
  }

  function openTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const moved = target?.closest("li.moved");
    if (moved) {
      const [page] = moved.querySelector("a").href.split("#");
      location.replace(page + location.hash);
      return;
    }
    const box = target?.closest("details.cite");
    if (box && !box.open) {
      box.open = true;
      target.scrollIntoView();
    }
  }

  // The event does not bubble, but it can be caught on its way down.
  document.addEventListener(
    "toggle",
    (event) => event.target.matches("details.cite") && furnish(event.target),
    true,
  );
  document.querySelectorAll("details.cite[open]").forEach(furnish);
  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
