// Requests: the CSRF token, a server that does not answer, and one resend under the same key.

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const PING = "/healthz/live";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
});

const lost = {
  box: document.querySelector("[data-lost]"),
  since: null,
  wait: 5,
  left: 0,
  timer: 0,
  waiting: new Set(), // forms to send once when the server is back

  show() {
    if (!this.box || this.since) return;
    this.since = new Date();
    const clock = this.since.toTimeString().slice(0, 5);
    this.box.classList.remove("lost--back");
    this.box.hidden = false;
    this.text(this.box.dataset.since.replace("{time}", clock));
    this.hint(true);
    this.schedule();
  },

  text(words) { this.box.querySelector("[data-lost-text]").textContent = words; },
  hint(shown) {
    this.box.querySelector("[data-lost-hint]").hidden = !shown;
    this.box.querySelector(".lost__next").hidden = !shown;
  },

  schedule() {
    this.left = this.wait;
    this.wait = Math.min(30, this.wait * 2);
    clearInterval(this.timer);
    const tick = () => {
      const clock = `0:${String(this.left).padStart(2, "0")}`;
      this.box.querySelector("[data-lost-next]").textContent = this.box.dataset.next.replace("{time}", clock);
      if (this.left-- <= 0) this.attempt();
    };
    tick();
    this.timer = setInterval(tick, 1000);
  },

  async attempt() {
    clearInterval(this.timer);
    if (await answers()) this.back();
    else this.schedule();
  },

  back() {
    const sent = this.waiting.size > 0;
    this.since = null;
    this.wait = 5;
    this.box.classList.add("lost--back");
    this.text(sent ? this.box.dataset.back : this.box.dataset.backPlain);
    this.hint(false);
    // Another part of the page may still be without an answer, and say so on the same strip: then it stays.
    setTimeout(() => { if (!this.since && this.box.matches(".lost--back")) this.box.hidden = true; }, 8000);
    for (const form of this.waiting) send(form);
    this.waiting.clear();
    document.dispatchEvent(new CustomEvent("server:back"));
  },
};

async function answers() {
  try {
    const answer = await fetch(PING, { cache: "no-store", signal: AbortSignal.timeout(4000) });
    return answer.status < 500;
  } catch {
    return false;
  }
}

function send(form) {
  if (!form.isConnected) return;
  form.dataset.sure = "1";
  form.requestSubmit(form.lastSubmitter?.isConnected ? form.lastSubmitter : undefined);
}

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    const form = event.detail.elt.closest?.("form[data-resend]");
    if (form) lost.waiting.add(form);
    lost.show();
  });
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && lost.since) lost.back();
});

// A form that posts the whole page: ask first whether the server is there, so that the browser keeps what was typed.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  form.lastSubmitter = event.submitter;
  if (!form.matches("form[data-resend]") || form.matches("[hx-post],[data-hx-post]")) return;
  if (form.dataset.sure) { delete form.dataset.sure; return; }
  event.preventDefault();
  if (await answers()) return send(form);
  lost.waiting.add(form);
  lost.show();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-lost-try]")) { lost.wait = 5; lost.attempt(); }
});

// A button that was pressed says so until the answer is there, and is not sent twice.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented || event.target.matches("[hx-post],[hx-get]")) return;
  button.classList.add("is-sending");
  setTimeout(() => button.classList.remove("is-sending"), 4000);
});
