// Toasts: what was done, with its undo, for 12 seconds; they never take the focus and wait while they are read.
// Bulletins: they go by themselves when they end.

const STAYS = 12_000;
const timed = new WeakSet();

function time(toast) {
  if (timed.has(toast)) return;
  timed.add(toast);
  let left = STAYS;
  let since = performance.now();
  let timer = setTimeout(() => remove(toast), left);
  const hold = () => { clearTimeout(timer); left -= performance.now() - since; };
  const go = () => { since = performance.now(); timer = setTimeout(() => remove(toast), Math.max(2000, left)); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", go);
}

function remove(toast) {
  if (toast.contains(document.activeElement)) document.getElementById("main")?.focus({ preventScroll: true });
  toast.remove();
}

// What holds to a moment (a bulletin): it goes by itself then. The server says in how many seconds, so that a desk's own
// clock need not be right; a desk that slept looks again when it wakes.
const ends = new WeakMap();

function endings() {
  let next = Infinity;
  for (const one of document.querySelectorAll("[data-ends-in]")) {
    if (!ends.has(one)) ends.set(one, Date.now() + Number(one.dataset.endsIn) * 1000);
    const left = ends.get(one) - Date.now();
    if (left <= 0) remove(one); else next = Math.min(next, left);
  }
  clearTimeout(endings.timer);
  if (next < Infinity) endings.timer = setTimeout(endings, Math.min(next + 20, 60_000));
}

if (document.getElementById("bulletins")) {
  document.addEventListener("htmx:afterSettle", endings); // the region itself may be drawn anew
  new MutationObserver(endings).observe(document.getElementById("bulletins"), { childList: true });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) endings(); });
  endings();
}

const place = document.getElementById("toasts");
if (place) {
  const all = () => place.querySelectorAll("[data-toast]").forEach(time);
  new MutationObserver(all).observe(place, { childList: true });
  all();
  document.addEventListener("click", (event) => {
    const toast = event.target.closest("[data-toast]");
    if (toast && event.target.closest("[data-toast-close]")) remove(toast);
  });
  // What a script of the page has to say.
  document.addEventListener("toast", (event) => {
    const words = document.getElementById("toast-of-page")?.content.firstElementChild?.cloneNode(true);
    if (!words || !event.detail.text) return;
    words.querySelector(".toast__text").textContent = event.detail.text;
    place.append(words);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const toast = event.detail.elt.closest?.("[data-toast]");
    if (toast && event.detail.successful) remove(toast);
  });
}
