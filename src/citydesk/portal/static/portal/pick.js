// A map to pick the place on, where there are scripts: fetched when it is opened. The address does the same without it.
const fold = document.querySelector("[data-pick-map]");
const said = document.querySelector("[data-here-said]");
const form = fold?.closest("form");

function put(name, given) {
  return new Promise((resolve, reject) => {
    const part = Object.assign(document.createElement(name), given, { onload: resolve, onerror: reject });
    document.head.append(part);
  });
}

async function open() {
  await Promise.all([
    put("link", { rel: "stylesheet", href: fold.dataset.style }),
    put("script", { src: fold.dataset.library }),
  ]);
  await import(fold.dataset.drawing);
}

if (fold) {
  fold.classList.add("is-on");
  // It shows before this script is here: who was quicker has opened it already.
  if (fold.open) open();
  else fold.addEventListener("toggle", open, { once: true });
  form.elements.lon.addEventListener("change", () => { said.textContent = fold.dataset.picked; });
  // An address written afterwards counts, not the pin.
  form.elements.place.addEventListener("input", () => {
    form.elements.lat.value = form.elements.lon.value = said.textContent = "";
  });
}
