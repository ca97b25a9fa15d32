// The live board: figures put in place as the event process tells them, outside every live region. Spoken is only what
// matters, in the reader's words, which stand on the page. Paused, nothing moves and nothing is said.

const LOST_AFTER = 30_000;
const says = document.getElementById("board-says");
const pause = document.querySelector("[data-board-pause]");
const full = document.querySelector("[data-board-full]");
const number = new Intl.NumberFormat(document.documentElement.lang);
let latest = null;
let heardAt = performance.now();
let asking = false;

const place = () => document.getElementById("board-figures");
const isPaused = () => pause?.getAttribute("aria-pressed") === "true";

function clock(seconds) {
  const span = document.createElement("span");
  span.dataset.clock = String(Math.max(0, seconds));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const two = (one) => String(Math.max(0, one)).padStart(2, "0");
  span.textContent = hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
  return span;
}

function time(stamp, seconds = false) {
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: place().dataset.zone };
  if (seconds) form.second = "2-digit";
  return new Intl.DateTimeFormat(document.documentElement.lang, form).format(new Date(stamp * 1000));
}

function put(cell, value, at) {
  const known = JSON.stringify(value);
  if (cell.dataset.value === known) return;
  cell.dataset.value = known;
  const kind = cell.dataset.kind;
  if (value === null || value === undefined) cell.textContent = "–";
  else if (kind === "clock") cell.replaceChildren(clock(at - value));
  else if (kind === "percent") cell.textContent = `${value} %`;
  else if (kind === "moment") cell.textContent = time(value);
  else if (kind === "state") cell.textContent = JSON.parse(place().dataset.states)[value] ?? value;
  else cell.textContent = number.format(value);
}

// Another queue, agent or switch than the page has rows for: the figures are drawn anew, each board at its own moment.
function isOther(cells) {
  const agents = new Set([...place().querySelectorAll('[data-kind="state"]')].map((one) => one.dataset.cell));
  const told = Object.keys(cells).filter((key) => key.startsWith("a") && key.endsWith(".state"));
  const isSilent = (codes) => codes.includes("silent");
  return told.length !== agents.size || told.some((key) => !agents.has(key))
    || Object.keys(cells).some((key) => /^q\d+\.waiting$/.test(key) && !place().querySelector(`[data-cell="${CSS.escape(key)}"]`))
    || isSilent(latest.alerts) !== isSilent(shown());
}

function shown() {
  return place().dataset.alerts.split(" ").filter(Boolean);
}

function speak(alerts) {
  const before = shown();
  const words = [...document.querySelectorAll("#board-words li")].flatMap((one) => {
    const [was, is] = [before.includes(one.dataset.code), alerts.includes(one.dataset.code)];
    return was === is ? [] : [is ? one.textContent : one.dataset.off];
  });
  if (words.length) says.textContent = words.join(" ");
}

function draw() {
  const { cells, alerts, at } = latest;
  speak(alerts);
  if (isOther(cells)) anew();
  for (const cell of place().querySelectorAll("[data-cell]")) {
    if (cell.dataset.cell in cells) put(cell, cells[cell.dataset.cell], at);
  }
  for (const row of place().querySelectorAll("[data-row]")) row.hidden = !cells[row.dataset.row];
  for (const mark of place().querySelectorAll("[data-alert]")) mark.hidden = !alerts.includes(mark.dataset.alert);
  place().dataset.alerts = alerts.join(" ");
  document.querySelector("[data-board-at]").textContent = time(at, true);
}

// A paused board's clocks stand still; going on, they are put anew.
function hold() {
  for (const one of place().querySelectorAll("[data-clock]")) one.removeAttribute("data-clock");
}

function goOn() {
  for (const one of place().querySelectorAll('[data-kind="clock"]')) delete one.dataset.value;
}

function anew() {
  if (asking) return;
  asking = true;
  setTimeout(async () => {
    try {
      if (!isPaused()) await window.htmx.ajax("GET", place().dataset.board, { target: "#board-figures", swap: "outerHTML" });
    } finally { asking = false; }
  }, Math.random() * 1000);
}

document.body.addEventListener("live:board", (event) => {
  latest = event.detail;
  heardAt = performance.now();
  document.querySelector("[data-board-lost]").hidden = true;
  if (!isPaused()) draw();
});
document.body.addEventListener("live:again", () => { if (!isPaused()) anew(); });

setInterval(() => {
  if (performance.now() - heardAt > LOST_AFTER) document.querySelector("[data-board-lost]").hidden = false;
}, 5000);

if (pause) {
  pause.hidden = false;
  pause.addEventListener("click", () => {
    const paused = !isPaused();
    pause.setAttribute("aria-pressed", String(paused));
    document.body.toggleAttribute("data-board-paused", paused);
    if (paused) hold(); else if (latest) { goOn(); draw(); }
  });
}
// A paused board asks for nothing.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (isPaused() && event.detail.elt.id === "board-next") event.preventDefault();
});

if (full && document.fullscreenEnabled) {
  full.hidden = false;
  full.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen();
  });
}
