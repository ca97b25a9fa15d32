// The session of the reader: made longer while they work, its end said in time, and gone on with after they signed in
// again in another tab. Nothing that was typed is sent while nobody, or somebody else, is signed in.

const { session: address, who } = document.body.dataset;
const box = document.getElementById("session");
const EARLY = 300; // seconds before the end from which it is said
const OFTEN = 300_000; // ms after which somebody who works says so, and a form asks before it is sent
const NEWS = /^(live:|load$|revealed|intersect|every)/; // asked by the page itself: nobody's work
const BY_ITSELF = "X-By-Itself";
const channel = address && "BroadcastChannel" in window ? new BroadcastChannel(`session ${address}`) : null;

let heard = Date.now(); // when the server last took what this page asked for somebody's work, or told of the session
let touched = 0;
let timer = 0;
let state = "in"; // in, soon, final, out, other

const token = () => document.querySelector('meta[name="csrf-token"]');

// "in", "out", "other", or "away" where the server does not answer or the desk is locked.
async function ask({ stays = false } = {}) {
  if (!address) return "in";
  const sent = stays ? { method: "POST", headers: { "X-CSRFToken": token()?.content ?? "" } } : { headers: { [BY_ITSELF]: "1" } };
  let told;
  try {
    const answer = await fetch(address, { ...sent, cache: "no-store", signal: AbortSignal.timeout(15_000) });
    // Signed in again meanwhile: the token of this page is an old one, and asking brings the new one.
    if (stays && answer.status === 403) return ask();
    told = answer.ok ? await answer.json() : null;
  } catch { told = null; }
  if (!told) { later(60); return "away"; }
  heard = Date.now();
  if (told.who !== who) return leave(told.who ? "other" : "out");
  fresh(told.token);
  return stay(told);
}

function leave(how) {
  show(how);
  later(60); // another tab without a channel may have signed in
  return how;
}

function stay({ left, is_final: isFinal }) {
  const wasOut = state === "out" || state === "other";
  if (left > EARLY) {
    if (wasOut) back();
    else if (!box?.matches(".lost--back")) show("in"); // what says that one is back stays its time, however often is asked
    later(left - EARLY);
  } else {
    show(isFinal ? "final" : "soon", new Date(Date.now() + left * 1000));
    later(isFinal ? left + 1 : Math.min(30, left + 1));
  }
  return "in";
}

function later(seconds) {
  clearTimeout(timer);
  timer = setTimeout(() => (touched > heard && state !== "out" && state !== "other" ? ask({ stays: true }) : ask()), seconds * 1000);
}

// The token that forms send, as the server wants it now; those that come later bring their own.
function fresh(words) {
  if (token()) token().content = words;
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = words;
}

function show(how, at = null) {
  state = how;
  if (!box) return;
  box.hidden = how === "in";
  if (how === "in") return;
  const words = box.dataset[how].replace("{time}", at ? at.toTimeString().slice(0, 5) : "");
  const place = box.querySelector("[data-session-text]");
  if (place.textContent !== words) place.textContent = words; // said once, not every half minute
  box.classList.toggle("lost--back", how === "back");
  box.querySelector("[data-session-stay]").hidden = how !== "soon";
  box.querySelector("[data-session-door]").hidden = how !== "out" && how !== "other";
}

function back() {
  show("back");
  state = "in";
  setTimeout(() => { if (state === "in") { box?.classList.remove("lost--back"); show("in"); } }, 8000);
  document.dispatchEvent(new CustomEvent("server:back")); // whatever waited tries again
  dispatchEvent(new Event("online"));
}

// Whether something may be sent now: asked anew where the page has not heard for a while.
async function sure() {
  if (state !== "out" && state !== "other" && Date.now() - heard < OFTEN) return "in";
  return ask();
}

if (address) {
  for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, () => {
    touched = Date.now();
    if (state === "soon" || (state === "in" && touched - heard > OFTEN)) { heard = touched; ask({ stays: true }); }
  }, { passive: true });

  document.addEventListener("htmx:configRequest", (event) => {
    if (NEWS.test(event.detail.triggeringEvent?.type ?? "load")) event.detail.headers[BY_ITSELF] = "1";
  });
  // Refused before it is sent: what was typed stays, and the strip says why.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if ((state === "out" || state === "other") && event.detail.requestConfig.verb !== "get") { event.preventDefault(); ask(); }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (!xhr.responseURL || !new URL(xhr.responseURL).pathname.startsWith("/accounts/login")) return;
    event.detail.shouldSwap = false;
    ask();
  });

  // A form that posts the whole page would take what was typed along to the door: it asks first.
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (form.method !== "post" || form.matches("[hx-post],[data-hx-post]")) return;
    if (form.dataset.asked) { delete form.dataset.asked; return; }
    if (state !== "out" && state !== "other" && Date.now() - heard < OFTEN) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask().then((how) => {
      // Where the server is away, what else looks after the form says so and keeps it.
      if (how !== "in" && how !== "away") return;
      form.dataset.asked = "1";
      form.requestSubmit(submitter?.isConnected ? submitter : undefined);
    });
  }, { capture: true });

  document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - heard > OFTEN) ask(); });
  addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
  box?.querySelector("[data-session-stay]").addEventListener("click", () => ask({ stays: true }));
  if (channel) {
    channel.addEventListener("message", ({ data }) => { if (state === "out" || state === "other" || data !== who) ask(); });
    channel.postMessage(who); // another tab of this browser is signed in as somebody
  }
  later(3000); // fifty minutes: then it asks how long is left
}

window.ourSession = { ask, sure, who: who ?? "", isOut: () => state === "out" || state === "other" };
