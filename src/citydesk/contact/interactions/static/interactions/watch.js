// A clerk's open contact on the supervisor's page: asked for again when news say that something was typed, at most three times
// a second; no answer is asked for while the page is out of sight.

const typed = () => document.getElementById("typed");
let waits = 0;
let missed = false;

function ask() {
  waits = 0;
  if (document.hidden) { missed = true; return; }
  if (typed()?.dataset.contact) window.htmx.trigger(typed(), "typed");
}

document.body.addEventListener("live:watch", (event) => {
  if (String(event.detail.contact) === typed()?.dataset.contact) waits ||= setTimeout(ask, 330);
});

document.addEventListener("visibilitychange", () => { if (!document.hidden && missed) { missed = false; ask(); } });

addEventListener("pagehide", () => {
  const end = typed()?.dataset.end;
  if (!end) return;
  const data = new FormData();
  data.set("csrfmiddlewaretoken", document.querySelector('meta[name="csrf-token"]')?.content ?? "");
  navigator.sendBeacon(end, data);
});
