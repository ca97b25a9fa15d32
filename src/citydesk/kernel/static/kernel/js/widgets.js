// Small comforts of desk, portal and crew pages. Everything here works without it.

// One open menu or filter at a time; a press outside closes it.
document.addEventListener("click", (event) => {
  for (const one of document.querySelectorAll("details.menu[open], details.filter[open]")) if (!one.contains(event.target)) one.open = false;
});

// A control that sends its form when it changes.
document.addEventListener("change", (event) => {
  const control = event.target.closest("[data-submits]");
  if (control?.form) control.form.requestSubmit();
});

// The names of the chosen photos.
document.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  const names = document.querySelector(`[data-names-of="${CSS.escape(event.target.id)}"]`);
  if (names) names.textContent = [...event.target.files].map((file) => file.name).join(", ");
});

// Look: light, dark or as the system. The cookie says nothing about anybody.
document.addEventListener("change", (event) => {
  const choice = event.target.closest("[data-theme-switch]") && event.target.value;
  if (!choice) return;
  document.documentElement.dataset.theme = choice;
  document.querySelector('meta[name="color-scheme"]').content = choice === "system" ? "light dark" : choice;
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `theme=${choice};path=/;max-age=31536000;samesite=lax${secure}`;
});

// "Where I am": fills the two fields the button names, and sends nothing by itself.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-locate]");
  if (!button || !navigator.geolocation) return;
  const [lat, lon] = button.dataset.locate.split(" ").map((id) => document.getElementById(id));
  button.setAttribute("aria-busy", "true");
  const done = () => button.removeAttribute("aria-busy");
  navigator.geolocation.getCurrentPosition((found) => {
    done();
    lat.value = found.coords.latitude.toFixed(6);
    lon.value = found.coords.longitude.toFixed(6);
    lon.dispatchEvent(new Event("change", { bubbles: true }));
    if (button.dataset.locateSend !== undefined) button.form?.requestSubmit(button.form.querySelector("[data-locate-submit]") ?? undefined);
  }, done, { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 });
});
for (const button of document.querySelectorAll("[data-locate]")) button.hidden = !navigator.geolocation;

// Print.
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
