// Clocks that count on between two answers of the server. They stand outside every live region, so nothing is read out.

const started = new WeakMap();

function written(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

function tick() {
  const now = performance.now();
  for (const clock of document.querySelectorAll("[data-clock]")) {
    if (!started.has(clock)) started.set(clock, now - Number(clock.dataset.clock) * 1000);
    const words = written(Math.max(0, Math.floor((now - started.get(clock)) / 1000)));
    if (clock.textContent !== words) clock.textContent = words;
  }
}

tick();
setInterval(() => { if (!document.hidden) tick(); }, 1000);
document.addEventListener("visibilitychange", tick);
