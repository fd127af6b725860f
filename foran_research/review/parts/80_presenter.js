// On a big screen: one thing at a time, in large type, without anybody's answers.

const stage = { slides: [], at: 0, before: null };

// All that can be shown, in the order of the menu. A view gives slides, or draws itself as one. Each knows which of how many
// it is in its own part.
function slidesInOrder() {
  const slides = allSlides();
  const [all, seen] = [new Map(), new Map()];
  for (const { title } of slides) all.set(title, (all.get(title) ?? 0) + 1);
  return slides.map((slide) => {
    seen.set(slide.title, (seen.get(slide.title) ?? 0) + 1);
    return { ...slide, n: seen.get(slide.title), all: all.get(slide.title) };
  });
}

function allSlides() {
  return menuViews().flatMap((view) => {
    if (view.slides) return view.slides().map((slide) => ({ ...slide, view: view.id }));
    if (view.presenter) return [{ title: view.title(), view: view.id, render: (root) => view.presenter(root) }];
    return [];
  });
}

// Where the show begins: at what is on the page now, else where its part begins, else at the start.
function slideOfHere(slides) {
  const here = viewOf(state.view)?.under ?? state.view;
  const exact = slides.findIndex((slide) => slide.view === here && slide.at === state.anchor && state.anchor);
  return Math.max(0, exact >= 0 ? exact : slides.findIndex((slide) => slide.view === here));
}

function present() {
  if (state.presenting) return;
  stage.slides = slidesInOrder();
  stage.at = slideOfHere(stage.slides);
  stage.before = focusKey();
  state.presenting = true;
  document.documentElement.classList.add("presenting");
  const parts = [...new Map(stage.slides.map((slide, at) => [slide.title, at]).reverse())].reverse();
  const jump = el("select", { id: "stage-part", onchange: () => { showSlide(Number(jump.value)); } },
    parts.map(([title, at]) => el("option", { value: String(at) }, title)));
  document.body.append(el("section", { id: "stage", "aria-label": w("stage") },
    el("div", { id: "slide", tabindex: "-1" }),
    el("div", { class: "stage-bar" },
      el("button", { type: "button", id: "stage-before", onclick: () => showSlide(stage.at - 1) }, "◀ ", w("stage.before")),
      el("span", { id: "stage-at", role: "status" }),
      el("button", { type: "button", id: "stage-next", onclick: () => showSlide(stage.at + 1) }, w("stage.next"), " ▶"),
      stage.slides.length ? el("label", { for: "stage-part" }, el("span", {}, w("stage.part")), jump) : "",
      el("button", { type: "button", id: "stage-end", onclick: endShow }, w("stage.end")),
      el("p", { class: "small" }, w("stage.help")))));
  showSlide(stage.at);
  document.documentElement.requestFullscreen?.().catch(() => undefined);
  emit("presenting", true);
}

// The texts in an element, each by itself: words of one do not run into those of the next, and nothing is laid out for it.
function textsIn(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode.data);
  return texts;
}

// In type as large as goes in without rolling; never so small that it cannot be read from the back.
function fitSlide(root, inside) {
  for (const size of [1, 0.92, 0.84, 0.76, 0.68, 0.6]) {
    if (size < 1) inside.style.setProperty("font-size", `${size}em`);
    if (root.scrollHeight <= root.clientHeight + 1) return;
  }
}

function showSlide(at) {
  const root = document.getElementById("slide");
  if (!stage.slides.length) {
    root.replaceChildren(el("p", { class: "say" }, w("stage.none")));
    return root.focus();
  }
  stage.at = Math.min(Math.max(at, 0), stage.slides.length - 1);
  const slide = stage.slides[stage.at];
  root.replaceChildren(el("p", { class: "slide-title" }, slide.title, slide.all > 1 ? ` · ${w("stage.at", { n: slide.n, all: slide.all })}` : ""));
  const inside = el("div", { class: "slide-body" });
  root.append(inside);
  // A slide that fills the screen says its texts, so that there is room for what they need; of the others it is read off.
  if (slide.texts) add(inside, abbreviationsNote(slide.texts()));
  slide.render(inside);
  if (!slide.texts) add(inside, abbreviationsNote(textsIn(inside)));
  fitSlide(root, inside);
  for (const link of inside.querySelectorAll("a[href]")) link.removeAttribute("href");
  for (const bar of inside.querySelectorAll(".answer-bar")) bar.remove();
  document.getElementById("stage-at").textContent = w("stage.at", { n: stage.at + 1, all: stage.slides.length });
  document.getElementById("stage-before").disabled = stage.at === 0;
  document.getElementById("stage-next").disabled = stage.at === stage.slides.length - 1;
  const jump = document.getElementById("stage-part");
  jump.value = String(stage.slides.findIndex((each) => each.title === slide.title));
  root.scrollTop = 0;
  root.focus({ preventScroll: true });
}

function endShow() {
  if (!state.presenting) return;
  state.presenting = false;
  document.documentElement.classList.remove("presenting");
  document.getElementById("stage").remove();
  if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  if (!refocus(stage.before)) document.getElementById("present").focus();
  emit("presenting", false);
}

const FORWARD = ["ArrowRight", "ArrowDown", "PageDown", " "];
const BACK = ["ArrowLeft", "ArrowUp", "PageUp"];

document.addEventListener("keydown", (event) => {
  if (!state.presenting || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") {
    event.preventDefault();
    return endShow();
  }
  if (event.target.closest?.("select, input, textarea")) return;
  if (event.key === " " && event.target.closest?.("button")) return;
  const root = document.getElementById("slide");
  // A slide taller than the screen is read to its end before the arrows turn the page; Page Up and Page Down always turn.
  const rolls = event.key === "ArrowDown" ? root.scrollTop + root.clientHeight < root.scrollHeight - 2 : event.key === "ArrowUp" && root.scrollTop > 2;
  if (rolls) return root.scrollBy(0, event.key === "ArrowDown" ? 120 : -120), event.preventDefault();
  if (FORWARD.includes(event.key)) showSlide(stage.at + 1);
  else if (BACK.includes(event.key)) showSlide(stage.at - 1);
  else if (event.key === "Home") showSlide(0);
  else if (event.key === "End") showSlide(stage.slides.length - 1);
  else return;
  event.preventDefault();
});

document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement) endShow();
});

window.addEventListener("hashchange", endShow);
