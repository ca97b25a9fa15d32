// The grid of a week: arrows walk its cells, a few keys do to the focused one what the buttons of the form do.
// Without this script the same cells are links and the same acts are buttons.

const grid = document.querySelector("[data-week]");
const form = document.getElementById("hand");
const cells = () => [...grid.querySelectorAll("[data-cell]")];
const KEYS = { ",": "earlier", ".": "later", "+": "longer", "-": "shorter", Delete: "remove", Backspace: "remove" };
const MOVES = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

function walk(cell, [down, right]) {
  const row = cell.closest("tr");
  const all = [...row.querySelectorAll("[data-cell]")];
  const column = all.indexOf(cell) + right;
  let target = all[column];
  if (down) {
    const rows = [...grid.querySelectorAll("tbody > tr")].filter((one) => one.querySelector("[data-cell]"));
    target = rows[rows.indexOf(row) + down]?.querySelectorAll("[data-cell]")[column];
  }
  if (target) hold(target);
}

// One cell is in the order of Tab; the others are reached by arrows.
function hold(cell, focus = true) {
  for (const one of cells()) one.tabIndex = one === cell ? 0 : -1;
  if (focus) cell.focus();
}

function act(cell, name) {
  const button = form?.querySelector(`button[name="act"][value="${name}"]`);
  if (!button || !cell.hasAttribute("data-shift")) return;
  form.elements.user.value = cell.dataset.user;
  form.elements.day.value = cell.dataset.day;
  form.requestSubmit(button);
}

if (grid) {
  const chosen = grid.querySelector("[data-cell][aria-current]");
  hold(chosen ?? cells()[0], Boolean(chosen) && new URLSearchParams(location.search).get("at") === "grid");
  grid.addEventListener("keydown", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
    if (MOVES[event.key]) walk(cell, MOVES[event.key]);
    else if (KEYS[event.key]) act(cell, KEYS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
