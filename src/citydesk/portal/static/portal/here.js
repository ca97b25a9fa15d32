// "Use where I am": asked for by the resident, never on its own. Without it the page is whole.
const button = document.querySelector("[data-here]");
const said = document.querySelector("[data-here-said]");
const form = button?.form ?? button?.closest("form");

if (button && !navigator.geolocation) button.parentElement.hidden = true;
else if (button) {
  button.parentElement.classList.add("is-on");
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(6);
        form.elements.lon.value = coords.longitude.toFixed(6);
        said.textContent = said.dataset.found;
      },
      () => { said.textContent = button.dataset.refused; },
      { timeout: 10000, maximumAge: 60000 },
    );
  });
  // An address written afterwards counts, not the pin.
  form.elements.place.addEventListener("input", () => {
    form.elements.lat.value = form.elements.lon.value = said.textContent = "";
  });
}
