// The model as one figure: a band for each level, a box for each element, in it what promotes and inhibits and how mature.
// Boxes are links in bands that flow: nothing is cut at any width or size of text, and it prints as it stands.

// A model of one municipality opens with what is told of that one, on paper and on screen too.
const figureOf = { case: LABELS.cases.has(PACK.milestone.case) ? PACK.milestone.case : "", side: "" };
let modelAt = "";

const SIDES_THERE = ["researcher", "self", "joint"].filter((side) => PACK.elements.some((element) => element.maturity.some((one) => one.side === side)));
// The side chosen, where anybody on it has assessed; else the first that has.
const sideShown = () => (SIDES_THERE.includes(figureOf.side) ? figureOf.side : SIDES_THERE[0] ?? "");
const topElements = (level) => PACK.elements.filter((element) => element.level === level && !isPartOf(element));

// A part stands in the box of what it is part of, where both are of one level.
function isPartOf(element) {
  const whole = thing("element", element.parent);
  return Boolean(whole) && whole.level === element.level && whole.id !== element.id && !thing("element", whole.parent);
}

// What promotes and what inhibits, in the municipality chosen or in all.
const figureEvidence = (element) => sumsOf(element, figureOf.case) ?? [];

// The largest number of all boxes: every bar is drawn to one measure.
const figureMost = () => Math.max(1, ...PACK.elements.flatMap(figureEvidence).filter((n) => typeof n === "number"));

function evidenceBar([promoting, inhibiting], most) {
  const wide = (n) => (typeof n === "number" ? Math.max(n ? 1.5 : 0, (48 * n) / most) : 0);
  const [left, right] = [wide(promoting), wide(inhibiting)];
  return svg("svg", { class: "model-bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "bar-pro", x: 50 - left, y: 1, width: left, height: 6 }),
    svg("rect", { class: "bar-inh", x: 50, y: 1, width: right, height: 6 }),
    svg("line", { class: "bar-mid", x1: 50, x2: 50, y1: 0, y2: 8 }));
}

function evidenceIn(element, most) {
  const [promoting, inhibiting] = figureEvidence(element);
  const states = statesSaid(element, figureOf.case).map((words) => el("span", { class: "model-state state" }, words));
  if (promoting === undefined) return states.length ? states : el("span", { class: "model-counts small" }, w("model.no.evidence"));
  const count = (n, polarity) => el("span", { class: polarity === "promoting" ? "pro" : "inh" },
    el("span", { "aria-hidden": "true" }, polarity === "promoting" ? "▲" : "▼"), el("span", { class: "sr" }, w(`model.${polarity}`)), " ", n === null ? shownCount(element.by_case[figureOf.case] ?? { n }, element.by_case[figureOf.case] ? polarity : "n") : String(n));
  if (promoting === null && inhibiting === null) return [quotesIn(element), states];
  return [
    el("span", { class: "model-counts" }, count(promoting, "promoting"), " ", count(inhibiting, "inhibiting")),
    !promoting && !inhibiting || promoting === null || inhibiting === null ? null : evidenceBar([promoting, inhibiting], most),
    states,
  ];
}

// Where no number may be shown, the quotes that are shown can be counted by anybody.
function quotesIn(element) {
  const quotes = POLARITIES.map((polarity) => quotesShown(element, polarity, figureOf.case));
  if (!quotes.some(Boolean)) return el("span", { class: "model-counts small" }, w("model.hidden"));
  return el("span", { class: "model-counts" }, POLARITIES.map((polarity, at) => (quotes[at] ? el("span", { class: polarity === "promoting" ? "pro" : "inh" },
    el("span", { "aria-hidden": "true" }, polarity === "promoting" ? "▲ " : "▼ "), el("span", { class: "sr" }, w(`model.${polarity}`), ": "), wn("model.quotes", quotes[at])) : null)));
}

function maturityIn(element) {
  const shown = casesInOrder().flatMap(({ id }) => element.maturity.filter((one) => one.case === id && one.side === sideShown() && one.median !== null && (!figureOf.case || id === figureOf.case)));
  if (!shown.length) return null;
  return el("span", { class: "model-maturity" }, shown.map((one) => el("span", {},
    el("span", { class: "model-where" }, caseName(one.case)), " ",
    el("span", { class: "steps", "aria-hidden": "true" }, "■".repeat(one.median) + "□".repeat(Math.max(0, 5 - one.median))), " ",
    el("span", { class: "model-level-at" }, el("span", { class: "sr" }, w("maturity"), " "), el("b", {}, String(one.median)), one.warnings.length ? el("span", { title: t(one.warnings[0]) }, " *") : ""), " ")));
}

function modelBox(element, most, still) {
  const inside = [
    el("span", { class: "model-name" }, el("span", { class: `code ${element.level}` }, element.display), " ", says(element.label)),
    evidenceIn(element, most), maturityIn(element),
  ];
  const parts = PACK.elements.filter((each) => each.parent === element.id && isPartOf(each));
  return el("li", { class: `model-box ${element.level}` },
    el(still ? "div" : "a", still ? { class: "model-link" } : { class: "model-link", id: `model-${element.id}`, href: hashOf("element", element.id), tabindex: "-1" }, inside),
    parts.length ? el("ul", { class: "model-parts", "aria-label": w("model.parts", { element: element.display }) }, parts.map((each) => el("li", {},
      el(still ? "span" : "a", still ? {} : { class: "model-link", id: `model-${each.id}`, href: hashOf("element", each.id), tabindex: "-1" },
        el("span", { class: `code ${each.level}` }, each.display), " ", says(each.label), partEvidence(each))))) : null);
}

// A part's numbers, where there are any to show: short, in one line.
function partEvidence(element) {
  const [promoting, inhibiting] = figureEvidence(element);
  return [[promoting, "promoting", "▲"], [inhibiting, "inhibiting", "▼"]].filter(([n]) => n).map(([n, polarity, sign]) =>
    [" ", el("span", { class: polarity === "promoting" ? "pro" : "inh" }, el("span", { "aria-hidden": "true" }, sign), el("span", { class: "sr" }, w(`model.${polarity}`)), ` ${n}`)]);
}

function modelBand(level, most, still = false, heading = "h2", boxes = topElements(level.id), part = "") {
  if (!boxes.length) return null;
  return el("section", { class: `model-band ${level.id}`, "aria-label": t(level.label) },
    el(heading, { class: "model-level" }, el("span", { class: `code ${level.id}`, "aria-hidden": "true" }, level.id), " ", says(level.label), " ", el("span", { class: "small" }, still && figureOf.case ? `${caseName(figureOf.case)} · ` : "", part || wn("model.elements", PACK.elements.filter((element) => element.level === level.id).length))),
    el("ul", { class: "model-boxes" }, boxes.map((element) => modelBox(element, most, still))));
}

function modelBands(still = false, heading = "h2") {
  const most = figureMost();
  return PACK.levels.map((level) => modelBand(level, most, still, heading)).filter(Boolean);
}

const modelLinks = (root) => [...root.querySelectorAll("a.model-link")];

function modelRove(root, link) {
  for (const each of modelLinks(root)) each.setAttribute("tabindex", each === link ? "0" : "-1");
  modelAt = link.id;
}

// Arrow keys go to the box that lies in that direction, Home and End to the first and the last. Enter follows the link.
function modelKeys(root, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a.model-link");
  const links = modelLinks(root);
  if (!link || !(event.key in ARROWS || event.key === "Home" || event.key === "End")) return;
  event.preventDefault();
  const middle = (node) => {
    const box = node.getBoundingClientRect();
    return { node, x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const next = event.key === "Home" ? links[0] : event.key === "End" ? links.at(-1)
    : towards(middle(link), links.filter((each) => each !== link).map(middle), event.key)?.node;
  if (!next) return;
  modelRove(root, next);
  next.focus();
}

function modelKey() {
  return el("p", { class: "small" }, el("span", { class: "pro" }, w("mark.promoting")), " · ", el("span", { class: "inh" }, w("mark.inhibiting")), ". ", w("model.key"),
    SIDES_THERE.length ? [" ", w("model.key.maturity", { side: w(`side.${sideShown()}`) })] : "");
}

views.push({
  id: "model",
  title: () => w("model"),
  render(root) {
    const figure = el("div", { class: "model", id: "model-figure" });
    const key = el("div", {});
    const again = () => {
      // The first boxes at once, the others while they are looked at.
      pieces.length = 0;
      figure.replaceChildren();
      const most = figureMost();
      inPieces(figure, PACK.levels, (level) => {
        const boxes = topElements(level.id);
        const band = modelBand(level, most, false, "h2", boxes.slice(0, 6));
        if (band) inPieces(band.querySelector(".model-boxes"), boxes.slice(6), (element) => modelBox(element, most, false), 0);
        return band;
      }, 1);
      drawLater();
      key.replaceChildren(modelKey());
      const links = modelLinks(figure);
      const at = links.find((link) => link.id === modelAt) ?? links[0];
      if (at) modelRove(figure, at);
    };
    figure.addEventListener("keydown", (event) => modelKeys(figure, event));
    figure.addEventListener("focusin", (event) => {
      const link = event.target.closest("a.model-link");
      if (link) modelRove(figure, link);
    });
    add(root, heading(w("model")), el("p", {}, w("model.lead")),
      el("div", { class: "filters", role: "group", "aria-label": w("net.filters") },
        netSelect("model-case", w("case"), [["", w("all")], ...casesInOrder().map((each) => [each.id, each.label])], figureOf.case, (value) => { figureOf.case = value; again(); }),
        SIDES_THERE.length > 1 ? netSelect("model-side", w("model.side"), SIDES_THERE.map((side) => [side, w(`side.${side}`)]), sideShown(), (value) => { figureOf.side = value; again(); }) : null),
      key, PACK.elements.length ? figure : none(w("model.none")), PACK.elements.length ? el("p", { class: "small" }, w("model.keys")) : "");
    again();
  },
  texts: () => PACK.elements.map(({ label }) => label),
  slides: () => PACK.levels.flatMap((level) => {
    const hands = inHands(topElements(level.id), SIDES_THERE.length && !figureOf.case ? 4 : 8);
    return hands.map((boxes, at) => ({ title: w("model"), at: level.id, texts: () => labelsOf(boxes.map(({ id }) => id)), render: (root) =>
      add(root, el("div", { class: "model" }, modelBand(level, figureMost(), true, "h2", boxes, hands.length > 1 ? w("stage.at", { n: at + 1, all: hands.length }) : ""))) }));
  }),
});

printParts.push({
  order: 30,
  render(root) {
    if (!PACK.elements.length) return;
    add(root, el("h2", { class: "new-page" }, w("model")), modelKey(), el("div", { class: "model" }, modelBands(true, "h3")));
  },
});
