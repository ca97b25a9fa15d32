// A crew's phone in dead spots. Every form marked data-keeps is sent by fetch; when the network is gone, it is kept in
// IndexedDB with its files and sent once it returns. The hidden `key` of the form makes a second delivery harmless.
// What is kept is work (ticks, hours, photos, results), and it is deleted as soon as the server has it.

const STORE = "waiting";

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("citydesk-crew", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const asked = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(asked ? asked.result : undefined);
    transaction.onerror = () => reject(transaction.error);
  });
}

const keep = (entry) => within("readwrite", (store) => store.add(entry));
const forget = (id) => within("readwrite", (store) => store.delete(id));
const waiting = () => within("readonly", (store) => store.getAll());

function toForm(fields) {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
}

async function send(action, fields) {
  // `redirect: manual` tells "done" (an opaque redirect) from "refused, here is the page with the reason".
  const body = toForm(fields);
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) body.set("csrfmiddlewaretoken", token.value);
  return fetch(action, { method: "POST", body, redirect: "manual", credentials: "same-origin" });
}

function banner(count) {
  const note = document.getElementById("offline");
  if (!note) return;
  note.hidden = count === 0 && navigator.onLine;
  const words = note.querySelector("[data-kept-count]");
  if (words) {
    const text = count === 0 ? words.dataset.none : count === 1 ? words.dataset.one : words.dataset.many.replace("{n}", count);
    words.textContent = text || "";
  }
}

async function refresh() {
  banner((await waiting()).length);
}

let isSending = false;

// What lay here while the session ended waits for its owner to sign in again; it is sent in nobody else's name.
const own = (entry) => !entry.who || entry.who === window.ourSession?.who;
const isIn = async () => (await window.ourSession?.ask()) === "in";

async function sendKept() {
  if (isSending || !navigator.onLine) return refresh();
  isSending = true;
  let delivered = 0;
  try {
    const entries = (await waiting()).filter(own);
    if (entries.length && !(await isIn())) return;
    for (const entry of entries) {
      let answer;
      try {
        answer = await send(entry.action, entry.fields);
      } catch {
        break; // still no network: keep the order of what was done
      }
      if (answer.status >= 500) break;
      // Refused for good (the order was called off meanwhile): nothing to repeat, and nothing to lose without a word.
      if (answer.status >= 400) noteRefused(entry.fields);
      await forget(entry.id);
      delivered += 1;
    }
  } finally {
    isSending = false;
  }
  await refresh();
  if (delivered) window.location.reload();
}

// What was refused stays readable in this tab, over the reload, until somebody has seen it.
const REFUSED = "crew-refused";
const UNTOLD = new Set(["csrfmiddlewaretoken", "key", "act", "kind", "shown"]);

function noteRefused(fields) {
  const words = fields.filter(([name, value]) => !UNTOLD.has(name) && value).map(([, value]) => value.name ?? value).join(", ");
  const all = JSON.parse(sessionStorage.getItem(REFUSED) ?? "[]");
  sessionStorage.setItem(REFUSED, JSON.stringify([...all, words]));
}

function showRefused() {
  const box = document.getElementById("not-taken");
  const all = JSON.parse(sessionStorage.getItem(REFUSED) ?? "[]");
  if (!box || !all.length) return;
  box.querySelector("[data-words]").textContent = all.join("; ");
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => { sessionStorage.removeItem(REFUSED); box.hidden = true; });
}

function markKept(form) {
  const fact = form.querySelector("[data-kept]:last-of-type");
  const note = document.getElementById("offline");
  if (fact && note) note.hidden = false;
}

async function submitted(event) {
  const form = event.target.closest("form[data-keeps]");
  if (!form) return;
  event.preventDefault();
  const fields = [...new FormData(form, event.submitter || undefined).entries()];
  try {
    const how = await window.ourSession?.sure();
    if (how === "out" || how === "other") throw new Error("nobody is signed in");
    const answer = await send(form.action, fields);
    if (answer.type === "opaqueredirect" || answer.redirected) {
      forgetText(form);
      window.location.assign(isFinal(fields) ? form.closest("body").querySelector(".phone__head a")?.href || "/" : window.location.href);
      if (!isFinal(fields)) window.location.reload();
      return;
    }
    const page = await answer.text();
    const fresh = new DOMParser().parseFromString(page, "text/html");
    document.getElementById("main").replaceWith(fresh.getElementById("main"));
    document.querySelector("[role=alert]")?.focus();
  } catch {
    await keep({ action: form.action, fields, at: Date.now(), who: window.ourSession?.who });
    forgetText(form);
    markKept(form);
    await refresh();
  }
}

const isFinal = (fields) => fields.some(([name, value]) => name === "act" && value === "finish");

// The note is kept as it is typed, in this tab only, until it is sent.
function keepText(event) {
  const order = event.target.dataset?.keptText;
  if (order) sessionStorage.setItem(`note-${order}`, event.target.value);
}

function forgetText(form) {
  const field = form.querySelector("[data-kept-text]");
  if (field) sessionStorage.removeItem(`note-${field.dataset.keptText}`);
}

function restoreText() {
  for (const field of document.querySelectorAll("[data-kept-text]")) {
    const kept = sessionStorage.getItem(`note-${field.dataset.keptText}`);
    if (kept && !field.value) field.value = kept;
  }
}

document.addEventListener("submit", submitted);
document.addEventListener("input", keepText);
document.addEventListener("change", (event) => {
  if (event.target.matches("#ticks input[name=item]")) event.target.form.requestSubmit();
});
window.addEventListener("online", sendKept);
window.addEventListener("offline", refresh);
setInterval(sendKept, 30000);
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
restoreText();
showRefused();
sendKept();
