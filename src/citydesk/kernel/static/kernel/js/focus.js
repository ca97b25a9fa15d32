// Where the focus is after a part of the page was exchanged. News never moves it.

let before = null;

// Before each exchange: what holds the focus, and where it stands among its neighbors.
function remember() {
  const held = document.activeElement;
  if (!held || held === document.body) return;
  const part = held.parentElement?.closest("[id]");
  const place = part ? reachable(part).indexOf(held) : -1;
  before = { id: held.id, key: held.dataset?.key, name: held.name, value: held.value, part: part?.id, place };
}
document.addEventListener("htmx:beforeSwap", remember);
document.addEventListener("htmx:oobBeforeSwap", remember);

const STOPS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
const reachable = (part) => [...part.querySelectorAll(STOPS)].filter((one) => !one.disabled && one.tabIndex >= 0 && one.getClientRects().length);

document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.target?.isConnected ? event.detail.target : document.getElementById(event.detail.target?.id ?? "") ?? event.target;
  const marked = part.querySelector("[data-focus]") ?? (part.matches("[data-focus]") ? part : null);
  const { verb, triggeringEvent } = event.detail.requestConfig ?? {};
  // What the reader sent, or a panel the reader opened; parts that are asked for while typing move nobody.
  if (marked && (verb !== "get" || triggeringEvent?.type === "click")) return take(marked);
  if (marked && marked.matches("[role=alert], h1")) return take(marked);
  if (!before || document.activeElement !== document.body) return;
  const again = (before.id && document.getElementById(before.id))
    || (before.key && document.querySelector(`[data-key="${CSS.escape(before.key)}"]`))
    || (before.name && document.querySelector(`[name="${CSS.escape(before.name)}"][value="${CSS.escape(before.value ?? "")}"]`));
  const near = before.part && document.getElementById(before.part) || part;
  const others = near?.isConnected ? reachable(near) : [];
  take(again || others[Math.max(0, Math.min(before.place, others.length - 1))] || document.getElementById("main"), true);
});

// The server names the place: HX-Trigger-After-Settle: {"take-focus": {"target": "#id"}}
document.addEventListener("take-focus", (event) => take(event.target));

function take(element, quietly = false) {
  if (!element) return;
  if (!element.matches("a[href], button, input, select, textarea, summary, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: quietly });
}

const first = document.querySelector("[data-focus]");
if (first && !location.hash) take(first);

// A link of an error summary leads to its control, not to a place above it.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.scrollIntoView({ block: "center" });
  take(field);
});
