// The page comes to life: header, menu, footer, and the first view.

const ORDER = ["start", "claims", "model", "elements", "networks", "maturity", "changes", "questions", "sheet", "answers"];

const menuViews = () => views.filter((view) => !view.hidden).sort((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id));

function choice(id, label, options, chosen, take) {
  const select = el("select", { id, onchange: () => take(select.value) },
    options.map(([value, name, language]) => el("option", { value, lang: language, selected: value === chosen }, name)));
  return el("label", { class: "choice", for: id }, el("span", {}, label), select);
}

function drawHeader() {
  const key = focusKey();
  const top = document.getElementById("top");
  const open = top.querySelector("#menu-button")?.getAttribute("aria-expanded") === "true";
  document.documentElement.lang = state.language;
  const menu = el("ul", { id: "menu", class: open ? "open" : null },
    menuViews().map((view) => el("li", {}, el("a", { id: `to-${view.id}`, href: hashOf(view.id), "data-view": view.id }, (view.inMenu ?? view.title)()))));
  const button = el("button", { type: "button", id: "menu-button", "aria-expanded": String(open), "aria-controls": "menu",
    onclick: () => openMenu(button.getAttribute("aria-expanded") !== "true") }, "☰ ", w("menu"));
  top.replaceChildren(
    el("a", { class: "skip", href: "#content", onclick: (event) => {
      event.preventDefault();
      (document.getElementById("view-heading") ?? content()).focus();
    } }, w("skip")),
    el("div", { class: "bar" },
      el("p", { class: "what" }, el("a", { id: "to-top", href: hashOf("start") }, el("strong", {}, PACK.milestone.id), " ", says(PACK.milestone.title))),
      el("div", { class: "tools" },
        headerParts.map((part) => part()),
        choice("language", w("language"), LANGUAGES.map((each) => [each, w(`language.${each}`), each]), state.language, setLanguage),
        choice("theme", w("theme"), ["system", "light", "dark"].map((each) => [each, w(`theme.${each}`)]), state.theme, setTheme),
        el("button", { type: "button", id: "present", onclick: () => present() }, w("present")),
        el("button", { type: "button", id: "to-print", onclick: () => printOnly("") }, w("print")))),
    el("nav", { "aria-label": w("menu.label") }, button, menu));
  markMenu();
  refocus(key);
}

function openMenu(open) {
  document.getElementById("menu-button").setAttribute("aria-expanded", String(open));
  document.getElementById("menu").classList.toggle("open", open);
}

function markMenu() {
  const here = viewOf(state.view)?.under ?? state.view;
  for (const link of document.querySelectorAll("#menu a")) {
    if (link.dataset.view === here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function setLanguage(language) {
  state.language = language;
  keepLooks();
  drawHeader();
  drawFooter();
  redraw();
  document.getElementById("language").focus();
  emit("language", language);
}

function setTheme(theme) {
  state.theme = theme;
  keepLooks();
  wearTheme();
  emit("theme", theme);
}

function wearTheme() {
  if (state.theme === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", state.theme);
}

function drawFooter() {
  document.getElementById("foot").replaceChildren(
    PACK.study.is_synthetic ? says(PACK.study.notice, "p", { class: "notice" }) : "",
    el("p", {}, says(PACK.study.title), ` · ${PACK.id}`));
}

on("view", () => {
  openMenu(false);
  markMenu();
});

// ---- printing: everything in order, made when the printer is asked for and gone afterwards ----
let printOf = "";

function drawPrint() {
  const root = document.getElementById("print");
  if (root.childElementCount) return;
  for (const part of printParts.filter((each) => !printOf || each.name === printOf).sort((a, b) => a.order - b.order)) {
    const section = el("section", {});
    try {
      part.render(section);
    } catch (error) {
      // One part less on paper is better than no paper.
      console.error(error);
    }
    if (section.childNodes.length) root.append(section);
  }
}

// One part alone. A browser may ask for the pages before or after print() is back: the choice holds until it is done.
function printOnly(name) {
  clearPrint();
  printOf = name;
  drawPrint();
  window.print();
}

function clearPrint() {
  printOf = "";
  document.getElementById("print").replaceChildren();
}

window.addEventListener("beforeprint", drawPrint);
window.addEventListener("afterprint", clearPrint);
window.matchMedia("print").addEventListener("change", (query) => {
  if (!query.matches) return clearPrint();
  begin();
  return drawPrint();
});

// Chromium gives a page that asks for its store before the browser has noted that the page was opened an empty store that
// nothing is kept in, without a word; on a busy machine that can be seconds after the page is loaded. What the page asks by
// the channel that it is given when it is noted is answered afterwards only: so it asks which locks there are, and waits for
// the answer. Where there is none the page begins all the same, and a printer does not wait.
const LONGEST_WAIT = 5000;

async function whenNoted() {
  const longest = new Promise((done) => setTimeout(done, LONGEST_WAIT));
  try {
    await Promise.race([navigator.locks.query(), longest]);
  } catch {
    // No locks in this browser, or none for files: there is nothing to wait for.
  }
}

function begin() {
  if (started) return;
  history.scrollRestoration = "manual";
  readLooks();
  emit("begin");
  wearTheme();
  drawHeader();
  drawFooter();
  window.addEventListener("hashchange", show);
  show();
  started = true;
  document.documentElement.classList.add("ready");
}

window.addEventListener("load", () => whenNoted().then(begin));
window.addEventListener("beforeprint", begin, { capture: true });
