// Lists: the current row (J K), selection (X, Shift X), open (Enter), peek (Space), and the bar of the selected.

const rows = (list) => [...list.querySelectorAll("tbody > tr[id]")];
const listOf = (element) => element?.closest?.("[data-list]") ?? element?.querySelector?.("[data-list]");
const tickOf = (row) => row?.querySelector(".tickcell input");
let anchor = null;

function currentOf(list) { return list.querySelector("tbody > tr.is-current"); }

function makeCurrent(row, focus = true) {
  const list = listOf(row);
  for (const one of list.querySelectorAll("tr.is-current")) one.classList.remove("is-current");
  row.classList.add("is-current");
  row.tabIndex = -1;
  if (focus) row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(list, by) {
  const all = rows(list);
  const here = all.indexOf(currentOf(list));
  const next = all[here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + by))];
  if (next) makeCurrent(next);
}

function select(row, ticked) {
  const tick = tickOf(row);
  if (!tick || tick.checked === ticked) return;
  tick.checked = ticked;
  tick.dispatchEvent(new Event("change", { bubbles: true }));
}

function open(row) {
  const link = row.querySelector("[data-open]");
  if (link) link.click();
  else if (row.dataset.href) location.assign(row.dataset.href);
}

function peek(row) {
  const address = row.dataset.peek;
  if (!address) return false;
  window.htmx?.ajax("GET", address, { target: "#peek", swap: "innerHTML" });
  return true;
}

document.addEventListener("list:key", (event) => {
  const list = listOf(document.activeElement);
  if (!list) return;
  const { key } = event.detail;
  const row = currentOf(list);
  const acts = {
    J: () => step(list, 1), K: () => step(list, -1), Down: () => step(list, 1), Up: () => step(list, -1),
    X: () => row && (select(row, !tickOf(row)?.checked), (anchor = row)),
    "Shift X": () => row && range(list, row),
    Enter: () => row && document.activeElement === row && open(row),
    Space: () => row && document.activeElement === row && peek(row),
  };
  if (!acts[key]) return;
  const result = acts[key]();
  if (result !== false && (row || !["Enter", "Space"].includes(key))) event.preventDefault();
});

function range(list, row) {
  const all = rows(list);
  const [from, to] = [all.indexOf(anchor ?? row), all.indexOf(row)].sort((a, b) => a - b);
  for (let place = Math.max(0, from); place <= to; place += 1) select(all[place], true);
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-list] tbody > tr[id]");
  if (row && !event.target.closest("a, button, input, label, summary")) makeCurrent(row);
  if (row && event.shiftKey && event.target.closest(".tickcell")) range(listOf(row), row);
  else if (row && event.target.closest(".tickcell")) anchor = row;
  if (event.target.closest("[data-drop-selection]")) drop();
});
document.addEventListener("dblclick", (event) => {
  const row = event.target.closest("[data-list] tbody > tr[id]");
  if (row && !event.target.closest("a, button, input, label")) open(row);
});

function drop() {
  for (const tick of document.querySelectorAll(".tickcell input:checked, [data-tick-all]")) { tick.checked = false; tick.indeterminate = false; }
  count();
  const list = document.querySelector("[data-list]");
  const row = list && (currentOf(list) ?? rows(list)[0]);
  if (row) makeCurrent(row);
}

function count() {
  const ticks = [...document.querySelectorAll(".tickcell input")];
  const chosen = ticks.filter((tick) => tick.checked).length;
  for (const bar of document.querySelectorAll("[data-bulk]")) {
    bar.querySelector("[data-bulk-none]").hidden = chosen > 0;
    bar.querySelector("[data-bulk-some]").hidden = chosen === 0;
    const words = bar.querySelector("[data-bulk-count]");
    words.textContent = chosen === 1 ? words.dataset.one : words.dataset.many.replace("{n}", chosen);
  }
  for (const all of document.querySelectorAll("[data-tick-all]")) {
    all.checked = chosen > 0 && chosen === ticks.length;
    all.indeterminate = chosen > 0 && chosen < ticks.length;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    for (const tick of document.querySelectorAll(".tickcell input")) tick.checked = event.target.checked;
  }
  if (event.target.matches(".tickcell input, [data-tick-all]")) count();
});
document.addEventListener("htmx:afterSettle", count);
count();
