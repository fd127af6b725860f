// The ground that the other parts stand on. All parts become one function, in the order of their names (see page.py).
//
// PACK, state        the pack as read, and what this reader sees: language, theme, view, anchor, sub, presenting
// t(T), says(T)      the words of a text of the pack, as a string or as an element that says its language
// w(key, values)     a word of the page from pack_words.py; wn(key, n) takes key + ".one" when n is 1
// el, svg, add       elements from data: text is always a text node, functions under "onclick" and such are listeners
// views.push({id, title, render(root, anchor, sub), hidden?, texts?(anchor), slides?() , presenter?(root), under?})
//                    hidden: not in the menu; under: the menu's entry that stands for it; slides: [{title, render(root)}];
//                    texts: what the pack says in the view, as texts and strings: abbreviations in it are explained at its top
// casesInOrder()     the municipalities, the reader's own first
// printParts.push({order, render(root)})   what is printed, in order; the print view has no controls
// headerParts.push(() => HTMLElement)      what always stands in the header; drawn again for each language
// go(view, anchor, sub), hrefOf(about), nameOf(about), thing(kind, id)
// on(event, f), emit(event, …)             "begin", "language", "theme", "view", "answers", "presenting"
// announce(text), ask(question, yes, no) → Promise of true, false, or null where it was left by Escape, redraw() draws the view again and keeps the focus
// answerBar(about, {acts}) comes from 20_answers.js, or 21_no_answers.js on a page without answers (ANSWERING is false there,
// and w takes key + ".read" where there is one).

const PACK = JSON.parse(document.getElementById("pack").textContent);
const WORDS = JSON.parse(document.getElementById("words").textContent);
const LANGUAGES = ["nb", "nn", "en"];
const SVG = "http://www.w3.org/2000/svg";
const LOOKS = "foran:looks";
const ANSWERING = document.documentElement.dataset.answers === "yes";

const state = { language: PACK.language, theme: "system", view: "start", anchor: "", sub: "", presenting: false, reader: "", home: "" };
const views = [];
const printParts = [];
const headerParts = [];
const listeners = new Map();

// ---- events ----
function on(event, f) {
  if (!listeners.has(event)) listeners.set(event, []);
  listeners.get(event).push(f);
}

function emit(event, ...values) {
  for (const f of listeners.get(event) ?? []) f(...values);
}

// ---- words ----
function w(key, values = {}) {
  const row = (!ANSWERING && WORDS[`${key}.read`]) || WORDS[key];
  if (row === undefined) return key;
  return row[LANGUAGES.indexOf(state.language)].replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

const wn = (key, n, values = {}) => w(n === 1 ? `${key}.one` : key, { n, ...values });

// The language a text of the pack is really in: one that lacks nynorsk or English is shown in bokmål.
function languageOf(T) {
  if (T[state.language]) return state.language;
  return T.nb ? "nb" : LANGUAGES.find((language) => T[language]) ?? state.language;
}

const t = (T) => (T ? T[languageOf(T)] ?? "" : "");

function says(T, tag = "span", attrs = {}) {
  const language = T ? languageOf(T) : state.language;
  return el(tag, { ...attrs, lang: language === state.language ? null : language }, t(T));
}

// A number; the least it is, where it is not told but a part of it was told before; or that it is not shown.
function shownCount(holder, name) {
  if (holder[name] !== null) return String(holder[name]);
  return holder.at_least?.[name] ? w("count.least", { n: holder.at_least[name] }) : w("count.hidden");
}

function month(yyyymm) {
  const [year, at] = yyyymm.split("-");
  return at ? `${w("months").split(" ")[Number(at) - 1]} ${year}` : year;
}

function day(yyyymmdd) {
  const [year, at, of] = (yyyymmdd || "").split("-");
  if (!of) return yyyymmdd ? month(yyyymmdd) : "";
  return w("day", { day: Number(of), month: w("months").split(" ")[Number(at) - 1], year });
}

// ---- elements ----
function fill(node, attrs, children) {
  for (const name in attrs) {
    const value = attrs[name];
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  addAll(node, children);
  return node;
}

function addAll(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false || child === "") continue;
    if (Array.isArray(child)) addAll(node, child);
    else node.append(child);
  }
}

// Puts children into an element: texts, elements, lists of them; what is null or false is left out.
const add = (node, ...children) => addAll(node, children);
const el = (tag, attrs = {}, ...children) => fill(document.createElement(tag), attrs, children);
const svg = (tag, attrs = {}, ...children) => fill(document.createElementNS(SVG, tag), attrs, children);

// ---- what stands in the pack ----
const KINDS = { element: "elements", quote: "quotes", claim: "claims", measure: "measures", change: "changes", question: "questions" };
const THINGS = {};
for (const [kind, key] of Object.entries(KINDS)) THINGS[kind] = new Map((PACK[key] ?? []).map((one) => [one.id, one]));
const LABELS = {};
for (const key of ["cases", "levels", "roles", "arenas"]) LABELS[key] = new Map((PACK[key] ?? []).map((one) => [one.id, one.label]));

const thing = (kind, id) => THINGS[kind]?.get(id) ?? null;
const labelOf = (key, id) => {
  const label = LABELS[key].get(id);
  return label === undefined ? id : typeof label === "string" ? label : t(label);
};
const caseName = (id) => labelOf("cases", id);
const levelName = (id) => labelOf("levels", id);
const roleName = (id) => labelOf("roles", id);
const arenaName = (id) => labelOf("arenas", id);

// Levels that have an element here: one that has none is not offered and not explained.
const LEVELS_HERE = PACK.levels.filter(({ id }) => PACK.elements.some((element) => element.level === id));

const ELEMENT_ORDER = new Map(PACK.elements.map(({ id }, at) => [id, at]));

// Elements in the order of the pack, wherever more than one is named together.
const elementsInOrder = (ids) => [...ids].sort((a, b) => (ELEMENT_ORDER.get(a) ?? Infinity) - (ELEMENT_ORDER.get(b) ?? Infinity) || (a < b ? -1 : 1));

// The municipality that comes first: the one the pack is of, else the one the reader has chosen as her own.
const homeCase = () => [PACK.milestone.case, state.home].find((id) => LABELS.cases.has(id)) ?? "";

function casesInOrder(cases = PACK.cases) {
  const first = homeCase();
  return [...cases.filter(({ id }) => id === first), ...cases.filter(({ id }) => id !== first)];
}

// ---- abbreviations ----
function hasWord(text, short) {
  return new RegExp(`(?<![\\p{L}\\p{N}])${short.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "u").test(text);
}

// texts: strings, texts of the pack, and lists of them.
function abbreviationsIn(texts) {
  const said = [texts].flat(Infinity).map((one) => (typeof one === "string" ? one : t(one))).join("\n");
  return PACK.abbreviations.filter(({ short }) => hasWord(said, short));
}

function abbreviationsNote(texts) {
  const found = abbreviationsIn(texts);
  return found.length ? el("p", { class: "small abbreviations" }, w("abbreviations.here"), " ",
    found.map(({ short, long }, at) => [at ? "; " : "", el("abbr", {}, short), " = ", says(long)]), ".") : null;
}
const elementName = (id) => {
  const element = thing("element", id);
  return element ? `${element.display} ${t(element.label)}` : id;
};

// An edge's id is "TRD/C0001~C0004".
function edgeEnds(id) {
  const at = id.indexOf("/");
  const [a, b] = id.slice(at + 1).split("~");
  return { network: id.slice(0, at), a, b };
}

// What one thing is called where it stands among others: a line of text.
function nameOf(about) {
  const one = thing(about.kind, about.id);
  if (about.kind === "element") return elementName(about.id) + (about.case ? ` · ${caseName(about.case)}` : "");
  if (about.kind === "edge") {
    const { network, ...ends } = edgeEnds(about.id);
    const [a, b] = elementsInOrder(Object.values(ends));
    const found = PACK.networks.find((each) => each.id === network);
    return `${found ? t(found.label) : network}: ${elementName(a)} – ${elementName(b)}`;
  }
  if (about.kind === "pack") return w("name.pack");
  if (!one) return about.id;
  if (about.kind === "quote") return w("name.quote", { where: caseName(one.case), words: shortened(one.words, 60) });
  if (about.kind === "measure") return t(one.title);
  if (about.kind === "change") return t(one.what);
  return t(one.text);
}

function shortened(text, most) {
  const points = [...text];
  return points.length <= most ? text : `${points.slice(0, most - 1).join("").trimEnd()}…`;
}

// ---- places ----
const hashOf = (view, anchor = "", sub = "") =>
  "#/" + [view, anchor, sub].filter((part, at) => part || at === 0).map(encodeURIComponent).join("/");

function placeOf(hash) {
  const parts = hash.replace(/^#\/?/, "").split("/").map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return "";
    }
  });
  return { view: parts[0] || "start", anchor: parts[1] ?? "", sub: parts[2] ?? "" };
}

// Where on the page a thing is found.
function hrefOf(about) {
  const one = thing(about.kind, about.id);
  if (about.kind === "element") return hashOf("element", about.id);
  if (about.kind === "quote") return one && one.elements.length ? hashOf("element", one.elements[0], about.id) : hashOf("elements");
  if (about.kind === "edge") return hashOf("networks", about.id);
  if (about.kind === "claim") return hashOf("claims", about.id);
  if (about.kind === "measure") return hashOf("maturity", about.id);
  if (about.kind === "change") return hashOf("changes", about.id);
  if (about.kind === "question") return hashOf("questions", about.id);
  return hashOf("start");
}

function go(view, anchor = "", sub = "") {
  const hash = hashOf(view, anchor, sub);
  if (location.hash === hash) show();
  else location.hash = hash;
}

// ---- what is kept of the looks: language, theme and own municipality; where storage is refused, nothing ----
function readLooks() {
  try {
    const kept = JSON.parse(localStorage.getItem(LOOKS) ?? "{}");
    if (LANGUAGES.includes(kept.language)) state.language = kept.language;
    if (["light", "dark", "system"].includes(kept.theme)) state.theme = kept.theme;
    if (typeof kept.home === "string") state.home = kept.home;
  } catch {
    // A private window, or something else under the name: the pack's own language and the system's theme do.
  }
  // The front page of a site links to its pages in the language it is read in.
  const asked = new URLSearchParams(location.search).get("lang");
  if (LANGUAGES.includes(asked)) state.language = asked;
}

function keepLooks() {
  try {
    localStorage.setItem(LOOKS, JSON.stringify({ language: state.language, theme: state.theme, home: state.home }));
  } catch {
    // Said nowhere: the choice holds while the page is open.
  }
}

// ---- telling ----
// Of two announcements at once only the last is made: the one before would be cut off in the middle.
let announcing = 0;
function announce(text) {
  const told = document.getElementById("told");
  told.textContent = "";
  clearTimeout(announcing);
  announcing = setTimeout(() => (told.textContent = text), 50);
}

function ask(question, yes, no) {
  return new Promise((answered) => {
    const before = document.activeElement;
    const dialog = el("dialog", { class: "ask", "aria-labelledby": "ask-words" },
      el("p", { id: "ask-words" }, question),
      el("div", { class: "buttons" },
        el("button", { type: "button", class: "main", onclick: () => dialog.close("yes") }, yes),
        el("button", { type: "button", onclick: () => dialog.close("no") }, no)));
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before && document.contains(before)) before.focus();
      answered(dialog.returnValue ? dialog.returnValue === "yes" : null);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelectorAll("button")[1].focus();
  });
}

// What is asked and has lost its ground is answered with no.
function closeQuestions() {
  for (const dialog of document.querySelectorAll("dialog.ask[open]")) dialog.close("no");
}

const viewOf = (id) => views.find((view) => view.id === id) ?? null;
const content = () => document.getElementById("content");

// The element that has the focus is found again by its id, or by what it is about; a field of answers gets a new id each time.
function focusKey() {
  const has = document.activeElement;
  if (!has || has === document.body) return null;
  if (has.id && !has.id.startsWith("answer-")) return `#${CSS.escape(has.id)}`;
  if (has.dataset?.key) return `[data-key="${CSS.escape(has.dataset.key)}"]`;
  if (has.tagName === "A" && has.hasAttribute("href")) return `#content a[href="${CSS.escape(has.getAttribute("href"))}"]`;
  return null;
}

function refocus(key) {
  if (key && pieces.length && !document.querySelector(key)) drawRest();
  const again = key && document.querySelector(key);
  if (again) again.focus({ preventScroll: true });
  return Boolean(again);
}

function scrollBackTo(at) {
  if (pieces.length && at + window.innerHeight > document.documentElement.scrollHeight) drawRest();
  window.scrollTo(0, at);
}

// ---- long lists: what is seen first is drawn at once, the rest while the reader looks ----
let pieces = [];

function inPieces(root, items, make, first = 12) {
  addAll(root, items.slice(0, first).map(make));
  for (const item of items.slice(first)) pieces.push(() => addAll(root, [make(item)]));
}

function drawRest(until = Infinity) {
  const began = performance.now();
  while (pieces.length && performance.now() - began < until) pieces.shift()();
}

// After the first picture of the view is on the screen, however long that takes.
function drawLater() {
  const ofThisView = pieces;
  requestAnimationFrame(() => setTimeout(drawOn, 30, ofThisView));
}

function drawOn(ofThisView) {
  if (ofThisView !== pieces || !pieces.length) return;
  drawRest(8);
  setTimeout(drawOn, 0, ofThisView);
}

function redraw() {
  const key = focusKey();
  const at = window.scrollY;
  drawView();
  refocus(key);
  scrollBackTo(at);
}

function drawView() {
  const root = content();
  const view = viewOf(state.view);
  pieces = [];
  root.replaceChildren();
  root.dataset.view = state.view;
  view.render(root, state.anchor, state.sub);
  const note = view.texts && abbreviationsNote(view.texts(state.anchor));
  if (note) root.querySelector("h1").after(note);
  drawLater();
  document.title = `${view.title()} · ${PACK.milestone.id} · ${t(PACK.milestone.title)}`;
}

function heading(text, ...more) {
  return el("h1", { tabindex: "-1", id: "view-heading" }, text, more);
}

// ---- the way of the reader: going forward puts the focus at the top or at the thing named, going back where one was ----
const visited = new Map();
let visit = 0;

function leave() {
  // Where the thing in focus stood in the window says more than how far the page was rolled: rows not seen yet have no height.
  const has = document.activeElement;
  visited.set(visit, { key: focusKey(), at: window.scrollY, top: content().contains(has) && has !== content() ? has.getBoundingClientRect().top : null });
}

function show() {
  if (started) leave();
  const place = placeOf(location.hash);
  const known = viewOf(place.view);
  Object.assign(state, known ? place : { view: "start", anchor: "", sub: "" });
  const back = history.state && Number.isInteger(history.state.visit) ? history.state.visit : null;
  if (back === null) {
    visit = Math.max(visit, 0, ...visited.keys()) + 1;
    history.replaceState({ visit }, "");
  } else visit = back;
  drawView();
  emit("view", state.view);
  const before = back === null ? null : visited.get(back);
  if (before) {
    const again = refocus(before.key);
    if (!again) content().focus({ preventScroll: true });
    scrollBackTo(before.at);
    if (again && before.top !== null) window.scrollBy(0, document.activeElement.getBoundingClientRect().top - before.top);
    return;
  }
  const wanted = state.sub || state.anchor;
  const named = `[data-anchor="${CSS.escape(wanted)}"]`;
  if (wanted && pieces.length && !content().querySelector(named)) drawRest();
  const target = wanted ? content().querySelector(named) : null;
  if (target) {
    target.setAttribute("tabindex", target.getAttribute("tabindex") ?? "-1");
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "start" });
  } else if (started) {
    window.scrollTo(0, 0);
    (document.getElementById("view-heading") ?? content()).focus({ preventScroll: true });
  }
}

let started = false;
