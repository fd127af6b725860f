(() => {
  "use strict";
  // One slide at a time. Without this script all of them stand below each other.
  const slides = [...document.querySelectorAll(".slide")];
  const at = document.getElementById("at");
  const back = document.getElementById("back");
  const forward = document.getElementById("forward");
  let shown = -1;

  const asked = () => {
    const found = /^#s(\d+)$/.exec(location.hash);
    return found ? Math.min(Math.max(Number(found[1]), 1), slides.length) - 1 : 0;
  };

  function show(place, takesFocus) {
    shown = Math.min(Math.max(place, 0), slides.length - 1);
    slides.forEach((slide, each) => { slide.hidden = each !== shown; });
    at.textContent = at.dataset.said.replace("{k}", String(shown + 1)).replace("{n}", String(slides.length));
    back.setAttribute("aria-disabled", String(shown === 0));
    forward.setAttribute("aria-disabled", String(shown === slides.length - 1));
    window.scrollTo(0, 0);
    if (takesFocus) slides[shown].focus({ preventScroll: true });
  }

  // The place is kept in the address, so that the browser's own back button turns the slides too.
  function turn(place, takesFocus) {
    const next = Math.min(Math.max(place, 0), slides.length - 1);
    if (next === shown) return;
    history.pushState(null, "", "#s" + (next + 1));
    show(next, takesFocus);
  }

  back.addEventListener("click", () => turn(shown - 1, false));
  forward.addEventListener("click", () => turn(shown + 1, false));
  window.addEventListener("popstate", () => show(asked(), true));
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Inside something that scrolls, the keys first move what is there.
    const inside = event.target instanceof Element ? event.target.closest(".scroll") : null;
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (inside && sideways && inside.scrollWidth > inside.clientWidth) return;
    const steps = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };
    if (event.key in steps) turn(shown + steps[event.key], true);
    else if (event.key === "Home") turn(0, true);
    else if (event.key === "End") turn(slides.length - 1, true);
    else return;
    event.preventDefault();
  });

  document.getElementById("turn").hidden = false;
  window.addEventListener("beforeprint", () => slides.forEach((slide) => { slide.hidden = false; }));
  window.addEventListener("afterprint", () => show(shown, false));
  document.documentElement.classList.add("turning");
  show(asked(), false);
})();
