// The lock of a shared desk. The cookie "lock" says after how many seconds and by which address; without it nothing happens here.
// The page is hidden at once, before the server answers; what was typed stays in it.

const [, seconds, address] = /(?:^|; )lock=(\d+)\.([^;]+)/.exec(document.cookie) ?? [];
const own = { "X-Lock": "1", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]')?.content ?? "" };
let touched = Date.now();

async function lock() {
  if (document.body.classList.contains("is-locked")) return;
  document.body.classList.add("is-locked");
  show(await fetch(`${decodeURIComponent(address)}now/`, { method: "POST", headers: own }));
}

async function show(answer) {
  if (!answer.ok && answer.status !== 422) { location.reload(); return; }
  document.getElementById("lock")?.remove();
  document.body.insertAdjacentHTML("beforeend", await answer.text());
  const dialog = document.getElementById("lock");
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.querySelector("[data-unlock]").addEventListener("submit", unlock);
  dialog.showModal();
  dialog.querySelector("input[type=password]").focus();
}

async function unlock(event) {
  event.preventDefault();
  const answer = await fetch(event.target.action, { method: "POST", headers: own, body: new FormData(event.target) });
  if (answer.status !== 204) { show(answer); return; }
  document.getElementById("lock").remove();
  document.body.classList.remove("is-locked");
  touched = Date.now();
  dispatchEvent(new Event("online")); // whatever waited for the server tries again
}

if (seconds) {
  for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  setInterval(() => { if (Date.now() - touched > seconds * 1000) lock(); }, 5000);
  document.addEventListener("visibilitychange", () => { if (Date.now() - touched > seconds * 1000) lock(); });
  document.body.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status === 423) lock(); });
}
