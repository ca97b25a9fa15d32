// The contact screen: every change is kept on the server, nothing in the browser. One save at a time, sent again with the
// same key until the server has it; the form stays as typed whatever happens.

const PAUSE = 400; // ms after the last key
const LONGEST = 2000; // ms that typing may go on before it is kept anyway
const BEAT = 60_000; // a sign of life while the contact stands on the screen
const OWN = new Set(["csrfmiddlewaretoken", "version", "key", "part", "office", "office_text", "transfer_kind", "transfer_outcome", "transfer_note", "drop_reason", "to_user", "hand_note"]);

const form = () => document.getElementById("contact");
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

// --- what the form holds, and what of it the server has ---
function read() {
  const held = new Map();
  const here = form();
  if (!here) return held;
  for (const control of here.elements) {
    if (!control.name || OWN.has(control.name) || control.name.startsWith("two-") || control.type === "submit" || control.type === "button") continue;
    if (control.type === "checkbox") {
      const among = held.get(control.name) ?? "";
      if (control.checked) held.set(control.name, among ? [].concat(among, control.value) : control.value);
      else if (!held.has(control.name)) held.set(control.name, "");
    } else if (control.type === "radio") {
      if (control.checked) held.set(control.name, control.value);
      else if (!held.has(control.name)) held.set(control.name, "");
    } else held.set(control.name, control.value);
  }
  return held;
}

const same = (one, other) => JSON.stringify(one ?? "") === JSON.stringify(other ?? "");
let known = read();
let timer = 0;
let waitingSince = 0;
let running = null; // the save under way
let failures = 0;

function changes() {
  const found = new Map();
  for (const [name, value] of read()) if (!same(value, known.get(name))) found.set(name, value);
  return found;
}

// Whether the server has all that the form holds.
window.contactIsKept = () => !running && !changes().size;

function body(fields, key) {
  const data = new URLSearchParams();
  data.set("csrfmiddlewaretoken", token());
  data.set("version", document.getElementById("draft-version").value);
  data.set("key", key);
  for (const [name, value] of fields) for (const one of [].concat(value)) data.append(name, one);
  return data;
}

const newKey = () => crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now();

function later() {
  clearTimeout(timer);
  waitingSince ||= performance.now();
  const left = Math.max(0, LONGEST - (performance.now() - waitingSince));
  timer = setTimeout(() => save(), Math.min(PAUSE, left));
}

async function save({ evenNothing = false } = {}) {
  clearTimeout(timer);
  if (running) { await running; return save({ evenNothing: false }); }
  const here = form();
  const fields = changes();
  if (!here || (!fields.size && !evenNothing)) { waitingSince = 0; return true; }
  waitingSince = 0;
  running = send(here, fields, body(fields, newKey()));
  const kept = await running;
  running = null;
  if (kept && changes().size) return save();
  return kept;
}

async function send(here, fields, data) {
  // The same body and key, until there is an answer: the server keeps it once.
  for (;;) {
    let answer;
    try {
      data.set("csrfmiddlewaretoken", token()); // another one after signing in again
      const headers = fields.size ? {} : { "X-By-Itself": "1" };
      answer = await fetch(here.dataset.save, { method: "POST", body: data, headers, signal: AbortSignal.timeout(15_000) });
    } catch { answer = null; }
    const isOurs = answer?.headers.get("content-type")?.includes("json");
    if (answer && isOurs) return kept(fields, answer.status, await answer.json());
    failures += 1;
    await notTaken(answer);
    await pause(Math.min(30_000, 1000 * 2 ** failures));
    if (!form()) return false;
  }
}

function kept(fields, status, told) {
  failures = 0;
  hideLost();
  const version = document.getElementById("draft-version");
  if (told.version > Number(version.value)) version.value = told.version; // an outcome noted meanwhile may be ahead
  if (status === 409 && told.html) { bothTexts(fields, told); return true; }
  if (status >= 400) { failed(told.message); if (told.number) location.assign(`/desk/contact/saved/${told.number}/`); return false; }
  for (const [name, value] of fields) known.set(name, value);
  for (const [name, text] of Object.entries(told.masked ?? {})) masked(name, text, fields.get(name));
  nameInStrip();
  const mark = document.getElementById("saved-at");
  mark?.classList.remove("saved-at--failed");
  const words = mark?.querySelector("[data-saved-text]");
  if (words) words.textContent = form().dataset.keptText.replace("{time}", told.saved_at);
  return true;
}

function nameInStrip() {
  const words = (form().elements.namedItem("words")?.value ?? "").trim().replace(/\s+/g, " ");
  const place = document.querySelector('#strip [aria-current="page"] .strip__what');
  if (place && words) place.textContent = words.length > 40 ? `${words.slice(0, 39).trimEnd()}…` : words;
}

function failed(message) {
  const mark = document.getElementById("saved-at");
  mark?.classList.add("saved-at--failed");
  const words = mark?.querySelector("[data-saved-text]");
  if (words) { words.textContent = message || form().dataset.failedText; words.setAttribute("role", "alert"); }
}

function masked(name, text, sent) {
  const control = form().elements.namedItem(name);
  known.set(name, text);
  if (control && "value" in control && control.value === sent) {
    const caret = control.selectionStart;
    control.value = text;
    if (document.activeElement === control && caret !== null) control.setSelectionRange(caret, caret);
  }
  document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text: form().dataset.maskedText } }));
  failed(form().dataset.maskedText);
}

// --- two texts of one field ---
function bothTexts(fields, told) {
  for (const [name, value] of fields) if (!told.fields.includes(name)) known.set(name, value);
  for (const name of told.fields) known.set(name, told.theirs[name]);
  const place = document.getElementById("contact-two");
  place.innerHTML = told.html;
  place.hidden = false;
  place.told = told;
  place.querySelector("[data-focus]")?.focus();
}

document.addEventListener("click", (event) => {
  const keep = event.target.closest("[data-two-keep]");
  const both = event.target.closest("[data-two-both]");
  if (!keep && !both) return;
  const name = (keep ?? both).dataset.twoKeep ?? both.dataset.twoBoth;
  const place = document.getElementById("contact-two");
  const box = place.querySelector(`[data-two="${CSS.escape(name)}"]`);
  const control = form().elements.namedItem(name);
  const { mine, theirs } = place.told;
  const isTheirs = box.querySelector("input:checked")?.value === "theirs";
  const text = both ? `${theirs[name]}\n${mine[name]}` : isTheirs ? theirs[name] : mine[name];
  if (control && "value" in control) control.value = text;
  box.remove();
  place.hidden = !place.querySelector("[data-two]");
  control?.focus?.();
  save();
});

// --- the server is away: the banner, and going on ---
let lostSince = null;
const pause = (time) => new Promise((done) => { setTimeout(done, time); wake = done; });
let wake = null;

// Signed out, or signed in anew in another tab, is no lost server: the session's strip says so and brings the new token.
async function notTaken(answer) {
  failed();
  if (answer && (answer.redirected || answer.status === 403)) await window.ourSession?.ask();
  else showLost();
}

function showLost() {
  lostSince ||= new Date();
  const banner = document.querySelector("[data-lost]");
  if (!banner) return;
  banner.hidden = false;
  banner.classList.remove("lost--back");
  banner.querySelector("[data-lost-text]").textContent = banner.dataset.since.replace("{time}", lostSince.toTimeString().slice(0, 5));
  for (const part of banner.querySelectorAll("[data-lost-hint], .lost__next")) part.hidden = false;
}

function hideLost() {
  if (!lostSince) return;
  lostSince = null;
  const banner = document.querySelector("[data-lost]");
  if (!banner) return;
  banner.classList.add("lost--back");
  banner.querySelector("[data-lost-text]").textContent = banner.dataset.backPlain;
  setTimeout(() => { if (!lostSince && banner.matches(".lost--back")) banner.hidden = true; }, 4000);
}

document.addEventListener("click", (event) => { if (event.target.closest("[data-lost-try]")) wake?.(); });
document.addEventListener("server:back", () => wake?.()); // something else on the page heard it answer

// --- when to keep ---
document.addEventListener("input", (event) => { if (event.target.form?.id === "contact") later(); });
document.addEventListener("change", (event) => { if (event.target.form?.id === "contact") save(); });
document.addEventListener("htmx:afterSettle", () => { if (form() && changes().size) later(); });
document.addEventListener("keydown", (event) => {
  // Enter in a line of the form moves on; only F12 and its button save the contact.
  const here = event.target;
  if (event.key !== "Enter" || event.ctrlKey || !here.matches?.("#contact input:not([type=checkbox]):not([type=button]):not([type=submit])")) return;
  event.preventDefault();
  const all = [...form().querySelectorAll("input:not([type=hidden]), textarea, select")].filter((one) => !one.disabled && one.getClientRects().length);
  all[all.indexOf(here) + 1]?.focus();
});

// A button that fills a field: "At 1210 Oak St".
document.addEventListener("click", (event) => {
  const filler = event.target.closest("[data-fills]");
  const control = filler && form()?.elements.namedItem(filler.dataset.fills);
  if (!control) return;
  control.value = filler.dataset.value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.focus();
});

// --- leaving the form by a button: what was typed is kept first ---
document.addEventListener("submit", async (event) => {
  const here = form();
  if (!here || event.defaultPrevented) return;
  const sent = event.target;
  const button = event.submitter;
  if (sent === here && button?.hasAttribute("hx-post")) return event.preventDefault(); // htmx sends it, never the form
  if (sent.dataset.flushed) { delete sent.dataset.flushed; return; }
  if (sent === here && !button?.hasAttribute("formaction")) { event.preventDefault(); return finish(here); }
  event.preventDefault();
  rememberFocus();
  if (!(await save())) return;
  sent.dataset.flushed = "1";
  sent.requestSubmit(button ?? undefined);
});

let finishing = false;
async function finish(here) {
  if (finishing) return;
  finishing = true;
  try {
    await window.underWay.quiet(); // the place and the person as they will stand
    await save();
    const data = new URLSearchParams(new FormData(here)); // the version in it is the key: sent again, it saves once
    for (let tries = 0; ;) {
      let answer = null;
      try {
        data.set("csrfmiddlewaretoken", token());
        answer = await fetch(here.action, { method: "POST", body: data, headers: { "X-Contact": "1" }, signal: AbortSignal.timeout(30_000) });
      } catch { /* the server is away: go on below */ }
      const isToken = answer?.status === 403 && tries++ === 0; // the first 403 may be an old token, the second is none
      if (answer && answer.status < 500 && !answer.redirected && !isToken) { hideLost(); return await finished(here, answer); }
      await notTaken(answer);
      await pause(4000);
    }
  } finally { finishing = false; }
}

async function finished(here, answer) {
  if (answer.headers.get("content-type")?.includes("json")) {
    known = read();
    left = true;
    location.assign((await answer.json()).url);
    return;
  }
  const html = await answer.text();
  window.htmx.swap(here, html, { swapStyle: "outerHTML" });
  known = read();
  requestAnimationFrame(() => document.getElementById("error-summary")?.focus());
}

// --- in front of the clerk, or behind something else ---
let left = false;
function beacon(path) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", token());
  navigator.sendBeacon(path, data);
}

function front() {
  const here = form();
  if (here && !here.dataset.parked && !document.hidden) { left = false; beacon(here.dataset.front); }
}

function leave() {
  const here = form();
  if (!here || left) return;
  left = true;
  const fields = changes();
  if (fields.size) fetch(here.dataset.save, { method: "POST", body: body(fields, newKey()), headers: { "X-CSRFToken": token() }, keepalive: true }).catch(() => {});
  beacon(here.dataset.leave);
}

document.addEventListener("visibilitychange", () => (document.hidden ? leave() : front()));
window.addEventListener("pagehide", leave);
setInterval(() => { if (!document.hidden && form() && !form().dataset.parked) save({ evenNothing: true }); }, BEAT);

// A supervisor took the contact over: what was typed goes to them, and the form is theirs until they hand it back.
document.addEventListener("htmx:afterSettle", async () => {
  const here = form();
  const isTaken = Boolean(document.querySelector("#contact-beside[data-taken]"));
  if (here?.inert && !isTaken && document.getElementById("contact-beside")) return location.reload();
  if (!here || here.inert || !isTaken) return;
  here.inert = true;
  document.body.classList.add("is-taken");
  clearTimeout(timer);
  if (changes().size) await save();
  left = true;
  document.querySelector("#contact-beside a")?.focus();
});

// The server names where the focus goes after a code or a person was taken; a clerk who went on meanwhile is not moved.
document.addEventListener("take-focus", (event) => {
  const held = document.activeElement;
  if (held && held !== document.body && held.name !== "code" && held.name !== "customer") event.stopImmediatePropagation();
}, true);

// --- the focus where it was left in this draft; a new one starts at the words ---
const place = () => `contact-focus-${location.pathname}`;
function rememberFocus() {
  const id = document.activeElement?.id;
  if (id && form()?.contains(document.activeElement)) sessionStorage.setItem(place(), id);
}
document.addEventListener("focusin", (event) => { if (event.target.id && form()?.contains(event.target)) sessionStorage.setItem(place(), event.target.id); });

if (form()) {
  front();
  if (!document.querySelector("#contact [data-focus]")) {
    const again = sessionStorage.getItem(place());
    (document.getElementById(again) ?? document.querySelector("#contact [data-start]"))?.focus();
  }
}
