// Keys: function keys and modifiers anywhere, letters only inside a focused list (WCAG 2.1.4), Alt and a digit takes what wears it.

const given = JSON.parse(document.querySelector('meta[name="keys"]')?.content || "{}");
const own = Object.fromEntries(Object.entries(given.map ?? {}).map(([usual, chosen]) => [chosen, usual]));
const chord = given.digits ?? "Alt"; // or "Ctrl Shift", where Alt and a digit changes the browser's tab
const listed = new Set([...document.querySelectorAll("#keys-panel .kbd")].map((sign) => sign.textContent.trim()));
let letters = given.letters !== false;

const LIST = "[data-list], [data-letters]";
const TYPED = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable=true]";
const NAMES = { " ": "Space", Escape: "Esc", ArrowUp: "Up", ArrowDown: "Down" };

function combination(event) {
  const key = NAMES[event.key] ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  const held = [];
  if (event.ctrlKey || event.metaKey) held.push("Ctrl");
  if (event.altKey) held.push("Alt");
  if (event.shiftKey && (key.length > 1 || /[A-Z]/.test(key))) held.push("Shift");
  return [...held, key].join(" ");
}

const seen = (element) => !element.disabled && element.getClientRects().length > 0;

function wearing(attribute, value) {
  const found = [...document.querySelectorAll(`[${attribute}="${CSS.escape(value)}"]`)].filter(seen);
  const near = document.activeElement?.closest("form, section, .toast, .panel");
  return found.find((one) => near?.contains(one)) ?? found[0];
}

function press(element) {
  if (element.matches(".is-sending")) return; // pressed twice is meant once
  if (element.matches(TYPED)) { element.focus(); element.select?.(); return; }
  if (element.matches("input")) element.focus();
  element.click();
}

// --- keys pressed while an answer is on its way ---
// What only moves the focus, opens a panel or chooses is done at once. What asks the server waits its turn, and then
// presses what wore the key when it was pressed: never another thing that wears it after the redraw. A key that nothing
// wore yet ("Alt 1" before the answers came) takes what came.
const line = [];
const ASKS = "a[href], [hx-get], [hx-post], button:not([type=button]), input[type=submit]";
const asks = (element) => element.matches(ASKS) && !element.matches("input:not([type=submit])");

function turn(event, find) {
  const target = find();
  if (!target && !window.underWay.is() && !line.length) return false;
  event.preventDefault();
  if (target && !asks(target) || target && !line.length && !window.underWay.is()) press(target);
  else if (!event.repeat) wait(target ? () => again(target) : find);
  return true;
}

const PATIENCE = 15_000; // ms: a key is kept for a slow answer, and only then told to be in vain

async function wait(find) {
  line.push(find);
  if (line.length > 1) return;
  while (line.length) {
    await window.underWay.quiet(PATIENCE);
    const target = line[0]();
    if (target) press(target);
    else document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text: panel?.dataset.gone } }));
    line.shift();
  }
}

function again(element) {
  if (element.isConnected && seen(element)) return element;
  const facts = element.getAttribute("hx-vals");
  return [...document.querySelectorAll(element.localName)].find((one) =>
    seen(one) && one.name === element.name && one.value === element.value && one.getAttribute("hx-vals") === facts
    && one.getAttribute("href") === element.getAttribute("href") && one.dataset.key === element.dataset.key);
}

function digitOf(event) {
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const held = chord === "Alt" ? event.altKey && !event.ctrlKey && !event.metaKey : event.ctrlKey && event.shiftKey;
  return held ? digit : undefined;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || event.key === "Shift" || event.key === "Alt") return;
  const digit = digitOf(event);
  if (digit && turn(event, () => wearing("data-alt", digit))) return;
  const pressed = combination(event);
  const wanted = own[pressed] ?? (given.map?.[pressed] ? "" : pressed); // a key given away does nothing any more
  if (!wanted) return;
  if (wanted === "F1") { event.preventDefault(); return toggleKeys(); }
  if (wanted === "Esc") { if (closeInnermost()) event.preventDefault(); return; }
  if (wanted.length === 1 || wanted === "Space" || wanted === "Enter" || wanted.startsWith("Shift ") && wanted.length === 7) {
    return letter(event, wanted);
  }
  if (wanted === "Ctrl Z") return undo(event);
  if (known(wanted)) turn(event, () => wearing("data-key", wanted) ?? (wanted === "Ctrl Enter" ? wearing("data-key", "F12") : null));
});

// A key of this desk, on this page or in the panel of keys; the browser's own keys are left to it.
const known = (key) => listed.has(key) || document.querySelector(`[data-key="${CSS.escape(key)}"]`)
  || key === "Ctrl Enter" && document.querySelector('[data-key="F12"]');

function letter(event, wanted) {
  const place = document.activeElement;
  if (!letters || !place || place.matches(TYPED) || !place.closest(LIST) || event.altKey || event.ctrlKey || event.metaKey) return;
  const handled = !document.dispatchEvent(new CustomEvent("list:key", { cancelable: true, detail: { key: wanted, shift: event.shiftKey } }));
  if (handled) return event.preventDefault();
  if (wanted === "Enter" || wanted === "Space") return;
  const worn = /^[1-9]$/.test(wanted) ? "data-view" : "data-key";
  if (document.querySelector(`[${worn}="${CSS.escape(wanted)}"]`)) turn(event, () => wearing(worn, wanted));
}

function undo(event) {
  if (document.activeElement?.matches(TYPED)) return;
  const offer = [...document.querySelectorAll('[data-key="Ctrl Z"]')].filter(seen).pop();
  if (offer) { event.preventDefault(); offer.click(); }
}

// --- the panel of keys, and what Esc closes ---
const panel = document.getElementById("keys-panel");
let cameFrom = null;

function toggleKeys() {
  if (!panel) return;
  if (!panel.hidden && panel.dataset.all) { location.assign(panel.dataset.all); return; }
  show(panel, panel.hidden);
}

function show(element, shown) {
  element.hidden = !shown;
  for (const opener of document.querySelectorAll(`[data-opens="${element.id}"]`)) opener.setAttribute("aria-expanded", String(shown));
  if (shown) {
    cameFrom = document.activeElement;
    (element.querySelector("input[type=search], [data-first]") ?? element.querySelector("button, a[href], input"))?.focus();
  } else if (element.contains(document.activeElement) || document.activeElement === document.body) {
    cameFrom?.focus?.();
  }
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const closer = event.target.closest("[data-closes]");
  if (opener) { const one = document.getElementById(opener.dataset.opens); if (one) show(one, one.hidden); }
  if (closer) { const one = document.getElementById(closer.dataset.closes); if (one) show(one, false); }
});

function closeInnermost() {
  const details = [...document.querySelectorAll("details.filter[open], details.menu[open]")].pop();
  if (details) { details.open = false; details.querySelector("summary").focus(); return true; }
  const open = [...document.querySelectorAll("[data-esc]:not([hidden]), #keys-panel:not([hidden])")].pop();
  if (open) {
    if (open.id) show(open, false); else open.hidden = true;
    return true;
  }
  const drop = [...document.querySelectorAll("[data-drop-selection], [data-esc-press]")].find(seen);
  if (drop) { drop.click(); return true; }
  return false;
}

if (panel) {
  const box = panel.querySelector("[data-keys-letters]");
  box.checked = letters;
  box.addEventListener("change", () => {
    letters = box.checked;
    document.dispatchEvent(new CustomEvent("keys:letters", { bubbles: true, detail: { letters } }));
  });
  panel.querySelector("[data-keys-find]").addEventListener("input", (event) => {
    const words = event.target.value.trim().toLowerCase();
    for (const row of panel.querySelectorAll("dl > div")) row.hidden = words !== "" && !row.textContent.toLowerCase().includes(words);
  });
}

// Keys the reader changed are shown as changed.
for (const [usual, chosen] of Object.entries(given.map ?? {})) {
  for (const sign of document.querySelectorAll(".kbd")) if (sign.textContent.trim() === usual) sign.textContent = chosen;
}
