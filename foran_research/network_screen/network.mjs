// The network's screen: which codes meet in the same turns, as a picture and as a list, filtered, compared between two
// cases, and led back to the passages. What is shown comes as messages and is set as text, never as markup. The screen
// only reads: a passage is opened, and coded, in the coder.

// ---------------------------------------------------------------- pure functions (tested without a browser)

export const SIZE = { width: 1000, height: 760 };
const SHAPES = ["circle", "square", "diamond", "hexagon", "triangle", "octagon"];
const LEVEL_COLOURS = ["#332288", "#117733", "#882255", "#555555", "#7a4a00", "#005a8c"];
const WIDTHS = [1, 1.8, 2.8, 4, 5.5, 7.5];
const FADES = [0.34, 0.46, 0.58, 0.7, 0.8, 0.9];

/** A text as it is searched: composed letters, small. */
export function folded(text) {
  return String(text ?? "").normalize("NFC").toLowerCase();
}

/** The edges of a view, one object each, from its columns. */
export function edgesOf(view) {
  const { source, target, turns, documents, distorted, reason, ...measures } = view.edges;
  const names = Object.keys(measures);
  return source.map((from, at) => ({
    key: `${from}-${target[at]}`, from, to: target[at], turns: turns[at], documents: documents[at],
    signs: view.signs?.promoting ? [view.signs.promoting[at], view.signs.inhibiting[at], view.signs.opposed[at]] : null,
    isDistorted: Boolean(distorted[at]), reason: reason?.[at] ?? "", measures: Object.fromEntries(names.map((name) => [name, measures[name][at]])),
  }));
}

/** An edge's weight; null where the measure is undefined. */
export function weightOf(edge, weight) {
  return weight === "turns" ? edge.turns : edge.measures[weight] ?? null;
}

/** Two networks as one list: of every pair that meets in either, its weight in both and the difference (first less second).
 *  A pair that does not meet in one of them weighs 0 there; but where one of its codes does not occur at all, its measures
 *  are undefined and so is the difference: it is then told to be `only` in the other. `counts` are the turns of each code in
 *  the two; turns themselves are 0 and compared. */
export function differences(first, second, weight, counts) {
  const pairs = new Map();
  for (const edge of first) pairs.set(edge.key, { a: edge, b: null });
  for (const edge of second) pairs.set(edge.key, { a: pairs.get(edge.key)?.a ?? null, b: edge });
  return [...pairs.values()].map(({ a, b }) => {
    const { key, from, to } = a ?? b;
    const isHere = (side) => weight === "turns" || (counts[side][from] > 0 && counts[side][to] > 0);
    const [left, right] = [a, b].map((edge, side) => (edge ? weightOf(edge, weight) : isHere(side) ? 0 : null));
    return {
      key, from, to, a, b, left, right, difference: left === null || right === null ? null : Number((left - right).toPrecision(6)),
      only: !b && !isHere(1) ? "a" : !a && !isHere(0) ? "b" : null,
      turns: Math.max(a?.turns ?? 0, b?.turns ?? 0), documents: Math.max(a?.documents ?? 0, b?.documents ?? 0),
      isDistorted: Boolean(a?.isDistorted || b?.isDistorted),
    };
  });
}

/** What an edge is drawn and listed by: its weight, or in a difference how large that is (of one `only` in one: its weight). */
export function strength(edge, weight) {
  if (!("difference" in edge)) return weightOf(edge, weight);
  if (edge.only) return edge.left ?? edge.right;
  return edge.difference === null ? null : Math.abs(edge.difference);
}

/** In which of two networks there is more of an edge. */
export function side(edge) {
  if (edge.only) return edge.only === "a" ? "more" : "less";
  return edge.difference > 0 ? "more" : edge.difference < 0 ? "less" : "same";
}

/** The edges that pass a filter: { weight, leastTurns, leastWeight (null for any), levels, kind, isInTwo, only }.
 *  `only` are numbers of codes of which an edge must have one, or null. */
export function filtered(edges, codes, filter) {
  return edges.filter((edge) => {
    if (edge.turns < filter.leastTurns || (filter.isInTwo && edge.documents < 2)) return false;
    const [a, b] = [codes[edge.from].level, codes[edge.to].level];
    if (!filter.levels.has(a) || !filter.levels.has(b)) return false;
    if (filter.kind !== "all" && (a === b) !== (filter.kind === "within")) return false;
    if (filter.leastWeight !== null) {
      const weight = strength(edge, filter.weight);
      if (weight === null || weight < filter.leastWeight) return false;
    }
    return !filter.only || filter.only.has(edge.from) || filter.only.has(edge.to);
  });
}

/** Edges in the order of a column, what is undefined last; ties as the codebook has them. */
export function ordered(edges, column, isDown, weight) {
  const value = (edge) => (column === "edge" ? edge.from * 1e4 + edge.to : column === "turns" ? edge.turns : column === "documents" ? edge.documents
    : column === "left" ? edge.left : column === "right" ? edge.right : strength(edge, weight));
  const sign = isDown ? -1 : 1;
  return edges.map((edge) => [value(edge), edge]).sort(([a, one], [b, other]) => {
    if (a === null || b === null) return (a === null) - (b === null) || one.from - other.from || one.to - other.to;
    return sign * (a - b) || one.from - other.from || one.to - other.to;
  }).map(([, edge]) => edge);
}

/** The numbers of the codes in whose id, display or label every word of a query stands; null for an empty query. */
export function found(codes, query) {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (!words.length) return null;
  const hits = codes.map((code, at) => [folded([code.id, code.display, ...Object.values(code.label)].join("\n")), at]);
  return new Set(hits.filter(([hay]) => words.every((word) => hay.includes(word))).map(([, at]) => at));
}

/** Which of the line widths an edge has: from the least to the heaviest of a scale; the few heaviest may stand out of it. */
export function widthClass(weight, stops) {
  if (weight === null || stops.length < 2) return 0;
  const low = Math.max(0, stops[0]);
  const high = stops[Math.min(stops.length - 1, Math.ceil((stops.length - 1) * 0.97))];
  if (high <= low) return 0;
  return Math.max(0, Math.min(WIDTHS.length - 1, Math.floor(((weight - low) / (high - low)) * WIDTHS.length)));
}

/** How large a code is drawn: its area follows its turns. `room` is the least distance between two codes. */
export function radius(turns, most, room) {
  const least = Math.min(17, room * 0.32);
  const largest = Math.max(least, Math.min(31, room * 0.47));
  return turns ? least + (largest - least) * Math.sqrt(turns / Math.max(1, most)) : least * 0.86;
}

/** The middle point that bends the line between two places a little, always to the same side. */
export function bend(a, b) {
  return { x: (a.x + b.x) / 2 - (b.y - a.y) * 0.09, y: (a.y + b.y) / 2 + (b.x - a.x) * 0.09 };
}

const rounded = (value) => Math.round(value * 10) / 10;
const line = (a, b) => { const m = bend(a, b); return `M${a.x} ${a.y}Q${rounded(m.x)} ${rounded(m.y)} ${b.x} ${b.y}`; };

/** The nearest edge to a point, if it is nearer than `reach`; places are those of the codes. */
export function nearestEdge(edges, codes, point, reach) {
  let best = null;
  let least = reach * reach;
  for (const edge of edges) {
    const a = codes[edge.from];
    const b = codes[edge.to];
    const m = bend(a, b);
    if (Math.min(a.x, b.x, m.x) - reach > point.x || Math.max(a.x, b.x, m.x) + reach < point.x || Math.min(a.y, b.y, m.y) - reach > point.y || Math.max(a.y, b.y, m.y) + reach < point.y) continue;
    let [px, py] = [a.x, a.y];
    for (let step = 1; step <= 10; step += 1) {
      const t = step / 10;
      const x = (1 - t) * (1 - t) * a.x + 2 * t * (1 - t) * m.x + t * t * b.x;
      const y = (1 - t) * (1 - t) * a.y + 2 * t * (1 - t) * m.y + t * t * b.y;
      const length = (x - px) ** 2 + (y - py) ** 2 || 1;
      const along = Math.max(0, Math.min(1, ((point.x - px) * (x - px) + (point.y - py) * (y - py)) / length));
      const away = (point.x - px - along * (x - px)) ** 2 + (point.y - py - along * (y - py)) ** 2;
      if (away < least) { least = away; best = edge; }
      [px, py] = [x, y];
    }
  }
  return best;
}

/** The code that an arrow key goes to: the nearest one in that direction; Home and End are the first and the last. */
export function nextCode(codes, current, key) {
  if (key === "Home") return codes.length ? 0 : null;
  if (key === "End") return codes.length ? codes.length - 1 : null;
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  const here = codes[current];
  if (!way || !here) return null;
  let best = null;
  let least = Infinity;
  codes.forEach((code, at) => {
    const ahead = (code.x - here.x) * way[0] + (code.y - here.y) * way[1];
    const aside = Math.abs((code.x - here.x) * way[1]) + Math.abs((code.y - here.y) * way[0]);
    if (at === current || ahead <= 0.5) return;
    const cost = ahead + 2.2 * aside;
    if (cost < least) { least = cost; best = at; }
  });
  return best;
}

/** A figure as people read it: whole numbers whole, others with three digits that count (three decimals below 1). */
export function figure(value, language) {
  if (value === null || value === undefined) return "–";
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : Math.abs(value) >= 0.001 ? 3 : 5;
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 ? "−" : ""}${language === "en" ? text : text.replace(".", ",")}`;
}

const MARK = /^[=+\-@\t\r]/;

/** Rows as CSV with a byte-order mark; a text that a spreadsheet would take for a formula gets an apostrophe. */
export function csvText(heads, rows) {
  const cell = (value) => {
    if (value === null || value === undefined) return "";
    const text = typeof value === "string" && MARK.test(value) ? `'${value}` : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\ufeff${[heads, ...rows].map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

/** The outline of a level's shape around the origin. */
export function outline(shape, r) {
  const corners = (count, turn, size) => Array.from({ length: count }, (_, at) => {
    const angle = turn + (at * 2 * Math.PI) / count;
    return `${rounded(size * Math.cos(angle))} ${rounded(size * Math.sin(angle))}`;
  }).join("L");
  if (shape === "circle") return `M${-r} 0A${r} ${r} 0 1 0 ${r} 0A${r} ${r} 0 1 0 ${-r} 0Z`;
  if (shape === "square") return `M${corners(4, Math.PI / 4, r * 1.26)}Z`;
  if (shape === "diamond") return `M${corners(4, 0, r * 1.3)}Z`;
  if (shape === "hexagon") return `M${corners(6, 0, r * 1.12)}Z`;
  if (shape === "triangle") return `M${corners(3, -Math.PI / 2, r * 1.45)}Z`;
  return `M${corners(8, Math.PI / 8, r * 1.08)}Z`;
}

/** The lines of a picture, gathered into paths by how they look, a few lines to each: [{ width, fade, look, d }], the faint
 *  ones first. (A browser paints a picture in tiles, and a path that lies in many of them is drawn for each.) `look` is "plain" or "dashed"; in a difference "more", "less" or "same". */
export function lines(edges, codes, weight, stops) {
  const paths = new Map();
  for (const edge of edges) {
    const at = widthClass(strength(edge, weight), stops);
    const look = "difference" in edge ? side(edge) : edge.isDistorted ? "dashed" : "plain";
    const name = `${at} ${look}`;
    // Codes never move: a line is worked out once, and kept with the edge of the view.
    const keeper = edge.a ?? edge.b ?? edge;
    keeper.line ??= line(codes[edge.from], codes[edge.to]);
    const known = paths.get(name);
    if (known) known.d.push(keeper.line);
    else paths.set(name, { at, look, d: [keeper.line] });
  }
  return [...paths.values()].sort((a, b) => a.at - b.at || (a.look < b.look ? -1 : 1)).flatMap(({ at, look, d }) =>
    Array.from({ length: Math.ceil(d.length / PATH) }, (_, part) => ({ width: WIDTHS[at], fade: FADES[at], look, d: d.slice(part * PATH, (part + 1) * PATH).join("") })));
}

const PATH = 25; // lines to a path
const DASHES = { plain: null, dashed: "7 5", more: null, less: "9 5", same: "2 5" };
const COLOURS = { all: "#4a5560", promoting: "#0072b2", inhibiting: "#b35900", more: "#0072b2", less: "#b35900", same: "#777777" };
const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

/** A picture as an SVG file of its own: { lang, title, notes, legend, stamp, regions, paths, nodes, layer }.
 *  `legend` has { look, text }; the file needs no fonts, styles or addresses, and its colours are those of paper. */
export function svgText(view) {
  const head = 30 + 20 * view.notes.length;
  const foot = 26 + 18 * view.legend.length;
  const { width, height } = SIZE;
  const text = (x, y, words, more = "") => `<text x="${x}" y="${y}" ${more}>${escaped(words)}</text>`;
  const stroke = (path, d) => `<path d="${d}" fill="none" stroke="${COLOURS[path.look === "plain" || path.look === "dashed" ? view.layer : path.look]}" stroke-width="${path.width}" stroke-opacity="${path.fade}"${DASHES[path.look] ? ` stroke-dasharray="${DASHES[path.look]}"` : ""}/>`;
  const nodes = view.nodes.map((node) => {
    const colour = LEVEL_COLOURS[node.place % LEVEL_COLOURS.length];
    const fill = node.isHollow ? `fill="#ffffff" stroke-dasharray="3 3"` : `fill="${colour}"`;
    return `<g transform="translate(${node.x} ${node.y})"><title>${escaped(node.title)}</title><path d="${outline(SHAPES[node.place % SHAPES.length], rounded(node.r))}" ${fill} stroke="${colour}" stroke-width="1.5"/>`
      + text(0, 5, node.display, `font-size="14" font-weight="700" text-anchor="middle" fill="${node.isHollow ? colour : "#ffffff"}"`) + "</g>";
  });
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<svg xmlns="http://www.w3.org/2000/svg" lang="${view.lang}" viewBox="0 0 ${width + 24} ${height + head + foot + 12}" width="${width + 24}" height="${height + head + foot + 12}" font-family="Helvetica, Arial, sans-serif" role="img">`,
    `<title>${escaped(view.title)}</title>`, `<desc>${escaped([...view.notes, ...view.legend.map((one) => one.text)].join(" "))}</desc>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(12, 26, view.title, `font-size="18" font-weight="700" fill="#222222"`),
    ...view.notes.map((note, at) => text(12, 48 + 20 * at, note, `font-size="13" fill="#444444"`)),
    `<g transform="translate(12 ${head + 6})">`,
    ...view.regions.map((one) => `<rect x="${one.x}" y="${one.y}" width="${one.width}" height="${one.height}" rx="8" fill="#f4f5f7"/>` + text(one.x + 10, one.y + 19, one.label, `font-size="14" font-weight="700" fill="${LEVEL_COLOURS[one.place % LEVEL_COLOURS.length]}"`)),
    ...view.paths.map((path) => stroke(path, path.d)),
    ...nodes, "</g>",
    ...view.legend.flatMap((one, at) => {
      const y = height + head + 30 + 18 * at;
      const key = one.look ? [stroke({ look: one.look, width: 4, fade: 1 }, `M12 ${y - 4}H44`)] : [];
      return [...key, text(one.look ? 52 : 12, y, one.text, `font-size="12" fill="#444444"`)];
    }),
    view.stamp ? text(width + 12, 26, view.stamp, `font-size="12" fill="#555555" text-anchor="end"`) : "",
    "</svg>", "",
  ].filter((part, at, all) => part || at === all.length - 1).join("\n");
}

// ---------------------------------------------------------------- small helpers for the page

const FEW = 20; // passages that are listed before the rest is asked for
const ROWS = 40; // edges that are listed before the rest is asked for
const MANY = 1200; // lines above which smooth ones take longer to draw than a slider takes to move
const REACH = 7; // pixels from a line within which the pointer is on it
const NO_KERNEL = "Jupyter (kjernen) svarer ikke. Kjør cellen igjen. / The kernel does not answer. Run the cell again."; // before words have come
const LAYERS = ["all", "promoting", "inhibiting"];
const KINDS = ["all", "within", "between"];
const SVG = "http://www.w3.org/2000/svg";

/** The element with attributes and children; texts become text nodes, never markup. */
function dress(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  return fill(node, ...children);
}
const h = (tag, attributes = {}, ...children) => dress(document.createElement(tag), attributes, children);
const s = (tag, attributes = {}, ...children) => dress(document.createElementNS(SVG, tag), attributes, children);

/** The element with these children in place of what it held; nothing, null and false are left out. */
function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// ---------------------------------------------------------------- the screen

function render({ model, el }) {
  const client = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;
  const root = h("div", { class: "foran-nw", lang: "nb" });
  el.append(root);

  let setup = null;
  let language = model.get("language") || "nb";
  let counter = 0;
  let isDead = false;
  let chosen = null; // what is shown: { mode, case, a, b, layer }
  let filter = null; // see `filtered`
  let query = "";
  let sort = { column: "weight", isDown: true };
  let views = new Map(); // "case layer" → a view with its edges as objects
  let all = []; // edges of what is shown, before the filter
  let shown = []; // and after it: what is drawn
  let listed = []; // and in the list, in its order
  let rowsShown = ROWS;
  let current = null; // key of the edge that the list's focus is on
  let held = null; // what has been chosen: { kind: "edge" | "code", key }
  let hovered = null; // what the pointer or the focus is on
  let stop = 0; // number of the code that the picture's focus is on
  let passages = null;
  let opened = null;
  let alerts = [];
  let pointer = null; // where the pointer was last
  let from = null; // what had the focus when passages were asked for
  const waiting = new Map(); // id → what to do with the reply
  const parts = {};

  const w = (key, facts = {}) => {
    const text = setup?.words?.[language]?.[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (every, name) => (name in facts ? String(facts[name]) : every));
  };
  const own = () => (language === "en" ? "en" : "nb");
  const say = (texts) => texts?.[own()] || Object.values(texts ?? {})[0] || "";
  const n = (value) => figure(value, language);
  const nameOf = (code) => [code.display, say(code.label)].filter(Boolean).join(" ");
  const levelOf = (id) => say(setup.levels.find((one) => one.id === id)?.label) || id;
  const caseOf = (id) => (id ? say(setup.cases.find((one) => one.id === id)?.label) || id : w("case.all"));
  const isDifference = () => chosen.mode === "difference";
  const places = () => (isDifference() ? [chosen.a, chosen.b] : [chosen.case]);
  const viewOf = (id) => views.get(`${id} ${chosen.layer}`) ?? null;
  const levelPlace = (id) => { const at = setup.levels.findIndex((one) => one.id === id); return at < 0 ? setup.levels.length : at; };
  const what = () => (isDifference() ? w("versus", { a: caseOf(chosen.a), b: caseOf(chosen.b) }) : caseOf(chosen.case));
  const weightName = () => w(`weight.${filter.weight}`);

  // ------------------------------------------------------------ wire

  function send(content, then) {
    counter += 1;
    const id = `${client}.${counter}`;
    waiting.set(id, then);
    busy();
    try { model.send({ id, client, ...content }); } catch { waiting.delete(id); busy(); complain([setup ? w("cut") : NO_KERNEL]); }
  }

  function onMessage(message) {
    if (isDead || message.to !== client) return;
    const then = waiting.get(message.re);
    if (!waiting.delete(message.re)) return;
    busy();
    if (message.kind === "refused" || message.kind === "failed") {
      complain(message.kind === "failed" ? [setup ? w("failed", message) : `${message.error} ${message.where}`] : message.faults.length ? message.faults : [message.text]);
      return;
    }
    then(message);
  }

  function busy() {
    root.dataset.busy = waiting.size ? "1" : "";
    if (parts.busy) parts.busy.textContent = waiting.size ? w("working") : "";
  }

  function announce(text) { if (parts.live) parts.live.textContent = text; }

  function complain(list) {
    alerts = list;
    if (!parts.alert) { fill(root, h("div", { class: "nw-alert", role: "alert" }, list.map((text) => h("p", {}, text)))); return; }
    parts.alert.hidden = !list.length;
    fill(parts.alert, list.map((text) => h("p", {}, text)));
  }

  // ------------------------------------------------------------ frame

  const button = (text, onclick, attributes = {}) => h("button", { type: "button", onclick, ...attributes }, text);
  const check = (text, checked, onchange, more = {}) => h("label", { class: "nw-check" }, h("input", { type: "checkbox", checked, onchange: (e) => onchange(e.target.checked), ...more }), text);
  const select = (name, label, options, value, onchange) => h("label", { class: "nw-choice" }, h("span", {}, label),
    h("select", { "data-field": name, onchange: (e) => onchange(e.target.value) }, options.map((one) => h("option", { value: one.value, selected: one.value === value, disabled: one.isOff }, one.text))));

  /** A study that has been read: what was worked out of an earlier one is forgotten. */
  function take(reply) {
    setup = reply;
    views = new Map();
    const known = ["", ...setup.cases.map((one) => one.id)];
    if (!chosen) {
      const [a = "", b = ""] = setup.cases.map((one) => one.id);
      const first = setup.first.case;
      chosen = { mode: "one", case: first, a: first || a, b: first && first !== a ? a : b, layer: setup.first.layer };
      filter = freshFilter();
    }
    if (!known.includes(chosen.case)) chosen.case = "";
    if (filter.levels.size === 0) filter.levels = new Set(setup.codes.map((code) => code.level));
    alerts = [];
    held = hovered = current = passages = null;
    stop = Math.min(stop, Math.max(0, setup.codes.length - 1));
    paint();
  }

  const freshFilter = () => ({ weight: setup.first.weight, leastTurns: setup.first.least, leastWeight: null, levels: new Set(setup.codes.map((code) => code.level)), kind: "all", isInTwo: false, only: null });

  function paint() {
    root.lang = language;
    const languages = h("select", { "aria-label": w("language"), "data-field": "language", onchange: (e) => { language = e.target.value; model.set("language", language); model.save_changes(); paint(); root.querySelector('[data-field="language"]')?.focus(); } },
      setup.languages.map((one) => h("option", { value: one, selected: one === language }, { nb: "bokmål", nn: "nynorsk", en: "English" }[one])));
    parts.busy = h("span", { class: "nw-busy" });
    parts.live = h("div", { class: "nw-hidden", role: "status", "aria-live": "polite" });
    parts.alert = h("div", { class: "nw-alert", role: "alert", hidden: true });
    parts.opened = h("div", { class: "nw-note", hidden: true });
    parts.controls = h("div", { class: "nw-controls" });
    parts.told = h("h3", { class: "nw-told" });
    parts.count = h("p", { class: "nw-count", role: "status" });
    parts.note = h("p", { class: "nw-help" });
    parts.empty = h("p", { class: "nw-empty", hidden: true });
    // Not on the svg: Chromium makes one that listens to the focus a stop of its own for the Tab key.
    parts.picture = h("div", { class: "nw-picture", onfocusin: onPictureFocus, onfocusout: onLeave });
    parts.legend = h("div", { class: "nw-legend" });
    parts.facts = h("div", { class: "nw-facts", role: "group", tabindex: 0, "aria-label": w("facts") });
    parts.list = h("div", { class: "nw-list" });
    parts.scroll = h("div", { class: "nw-scroll" });
    parts.passages = h("section", { class: "nw-passages", hidden: true });
    const box = h("input", { type: "search", value: query, placeholder: w("search"), "aria-label": w("search"), autocomplete: "off", spellcheck: "false", "data-field": "search", oninput: (e) => { query = e.target.value; rowsShown = ROWS; redraw(); } });
    fill(root,
      h("div", { class: "nw-bar" }, h("h2", {}, w("title"), " – ", say(setup.title)), h("span", { class: "nw-space" }), parts.busy,
        button(w("refresh"), () => send({ do: "refresh" }, (reply) => { take(reply); announce(w("refreshed")); }), { class: "nw-refresh" }), languages),
      parts.live, parts.alert,
      h("div", { class: "nw-body" },
        h("p", { class: "nw-help" }, w("about", { milestone: setup.milestone, codebook: setup.codebook, coders: setup.coders.join(", ") || "–" }), setup.hidden ? ` · ${w("hidden", { count: setup.hidden })}` : ""),
        setup.coding === "suggestions" ? h("p", { class: "nw-note" }, w("suggested")) : null,
        setup.moment ? h("p", { class: "nw-note" }, w("moment", setup)) : null,
        setup.withheld.length ? h("p", { class: "nw-note" }, w("withheld", { pairs: setup.withheld.join(", ") })) : null,
        parts.controls,
        h("div", { class: "nw-panes" },
          h("div", { class: "nw-left" }, h("div", { class: "nw-heads" }, parts.told, parts.count), parts.note, parts.empty, parts.picture, parts.legend,
            h("div", { class: "nw-row" }, button(w("export.svg"), saveSvg, { "data-do": "svg" }), button(w("export.csv"), saveCsv, { "data-do": "csv" }))),
          h("div", { class: "nw-right" }, box, parts.list, parts.facts)),
        parts.opened, parts.passages));
    complain(alerts);
    paintControls();
    paintOpened();
    paintPassages();
    busy();
    ask();
  }

  // ------------------------------------------------------------ what is chosen

  function paintControls() {
    const cases = [{ id: "" }, ...setup.cases].map((one) => ({ value: one.id, text: caseOf(one.id) }));
    const choose = (name) => (value) => { chosen = { ...chosen, [name]: value }; held = hovered = current = null; rowsShown = ROWS; closePassages(false); paintControls(); again(name); ask(); };
    const again = (name) => root.querySelector(`[data-field="${name}"]`)?.focus();
    const set = (name, value, isFrame = false) => { filter = { ...filter, [name]: value }; rowsShown = ROWS; if (isFrame) { paintControls(); again(name); } redraw(); };
    const setMode = (mode) => {
      if (mode === "difference" && !setup.comparable.includes(filter.weight)) filter = { ...filter, weight: "jaccard", leastWeight: null };
      sort = { column: "weight", isDown: true };
      choose("mode")(mode);
    };
    const weights = setup.weights.map((one) => ({ value: one, text: w(`weight.${one}`), isOff: isDifference() && !setup.comparable.includes(one) }));
    const levels = setup.levels.filter((one) => setup.codes.some((code) => code.level === one.id));
    const toggle = (id) => (on) => { const next = new Set(filter.levels); if (on) next.add(id); else next.delete(id); set("levels", next); };
    const most = Math.max(1, ...(setup.scales.turns ?? []), filter.leastTurns);
    const turns = h("output", {}, String(filter.leastTurns));
    const stops = setup.scales[filter.weight] ?? [];
    // In a difference the heaviest difference is at most the heaviest edge: the same stops serve, from 0.
    const at = filter.leastWeight === null ? 0 : Math.max(0, stops.filter((one) => one <= filter.leastWeight).length);
    const said = () => (filter.leastWeight === null ? w("least.any") : n(filter.leastWeight));
    const weight = h("output", {}, said());
    fill(parts.controls,
      select("mode", w("mode"), ["one", "difference"].map((one) => ({ value: one, text: w(`mode.${one}`) })), chosen.mode, setMode),
      isDifference() ? [select("a", w("case.a"), cases, chosen.a, choose("a")), select("b", w("case.b"), cases, chosen.b, choose("b"))] : select("case", w("case"), cases, chosen.case, choose("case")),
      select("layer", w("layer"), LAYERS.map((one) => ({ value: one, text: w(`layer.${one}`) })), chosen.layer, choose("layer")),
      select("weight", w("weight"), weights, filter.weight, (value) => { filter = { ...filter, leastWeight: null }; set("weight", value, true); }),
      h("label", { class: "nw-choice" }, h("span", {}, w("least.turns"), " ", turns),
        h("input", { type: "range", min: 1, max: most, value: filter.leastTurns, "data-field": "leastTurns", oninput: (e) => { turns.textContent = e.target.value; set("leastTurns", Number(e.target.value)); } })),
      filter.weight === "turns" && !isDifference() ? null : h("label", { class: "nw-choice" }, h("span", {}, w(isDifference() ? "least.difference" : "least.weight"), " ", weight),
        h("input", { type: "range", min: 0, max: stops.length, value: at, "data-field": "leastWeight", "aria-valuetext": said(), oninput: (e) => {
          const step = Number(e.target.value);
          filter = { ...filter, leastWeight: step ? stops[step - 1] : null };
          weight.textContent = said();
          e.target.setAttribute("aria-valuetext", said());
          rowsShown = ROWS;
          redraw();
        } })),
      select("kind", w("kind"), KINDS.map((one) => ({ value: one, text: w(`kind.${one}`) })), filter.kind, (value) => set("kind", value)),
      h("fieldset", { class: "nw-levels" }, h("legend", {}, w("levels")), levels.map((one) => check([shapeIcon(one.id), levelOf(one.id)], filter.levels.has(one.id), toggle(one.id), { "data-level": one.id }))),
      check(w("two.documents"), filter.isInTwo, (on) => set("isInTwo", on), { "data-field": "isInTwo" }),
      button(w("reset"), () => { filter = freshFilter(); if (isDifference() && !setup.comparable.includes(filter.weight)) filter.weight = "jaccard"; query = ""; held = hovered = null; sort = { column: "weight", isDown: true }; rowsShown = ROWS; const box = root.querySelector('[data-field="search"]'); if (box) box.value = ""; paintControls(); root.querySelector('[data-field="reset"]')?.focus(); redraw(); }, { "data-field": "reset", class: "nw-reset" }));
    // A range given its value before its bounds would be cut to the bounds it had.
    for (const input of parts.controls.querySelectorAll('input[type="range"]')) input.value = input.dataset.field === "leastTurns" ? filter.leastTurns : at;
  }

  const shapeIcon = (level) => s("svg", { class: "nw-icon", viewBox: "-13 -13 26 26", width: 15, height: 15, "aria-hidden": "true" }, s("path", { class: `nw-fill-${levelPlace(level) % 6}`, d: outline(SHAPES[levelPlace(level) % SHAPES.length], 9) }));

  /** Ask for the views that are not there yet; draw when they are. */
  function ask() {
    const wanted = { ...chosen };
    const lacking = [...new Set(places())].filter((id) => !viewOf(id));
    root.dataset.ready = "";
    if (!lacking.length) { redraw(); return; }
    lacking.forEach((id) => send({ do: "view", case: id, layer: wanted.layer }, (reply) => {
      views.set(`${reply.case} ${reply.layer}`, { ...reply, list: edgesOf(reply) });
      if (wanted.layer === chosen.layer && places().every(viewOf)) redraw();
    }));
  }

  // ------------------------------------------------------------ drawing

  function redraw() {
    if (!places().every(viewOf)) return;
    const began = performance.now();
    const [first, second] = places().map(viewOf);
    all = isDifference() ? (chosen.a === chosen.b ? [] : differences(first.list, second.list, filter.weight, [first.turns, second.turns])) : first.list;
    shown = filtered(all, setup.codes, filter);
    paintTold();
    paintPicture();
    paintList();
    paintFacts();
    root.dataset.layer = chosen.layer;
    root.dataset.shown = String(shown.length);
    root.dataset.view = `${places().join("|")} ${chosen.layer}`;
    root.dataset.ready = "1";
    root.dataset.took = (performance.now() - began).toFixed(1);
  }

  const filtersTold = () => [
    w("told.turns", { count: filter.leastTurns }),
    filter.leastWeight !== null && (isDifference() ? w("told.difference", { least: n(filter.leastWeight) }) : w("told.weight", { weight: weightName(), least: n(filter.leastWeight) })),
    filter.kind !== "all" && w(`kind.${filter.kind}`).toLowerCase(),
    filter.isInTwo && w("two.documents").toLowerCase(),
    filter.levels.size < new Set(setup.codes.map((code) => code.level)).size && [...setup.levels].filter((one) => filter.levels.has(one.id)).map((one) => levelOf(one.id)).join(" + "),
  ].filter(Boolean);
  const titleTold = () => [what(), chosen.layer === "all" ? null : w(`layer.${chosen.layer}`)].filter(Boolean).join(" · ");

  /** Why the picture is empty, in a sentence; "" when it is not. */
  function emptiness() {
    if (!setup.codes.length) return w("none.codes");
    if (isDifference() && chosen.a === chosen.b) return w("none.same");
    for (const id of places()) {
      const view = viewOf(id);
      if (!view.documents) return w("none.documents", { case: caseOf(id) });
      if (!isDifference() && !view.turns.some(Boolean)) return w("none.coded", { case: caseOf(id) });
    }
    if (!all.length) return w("none.edges", { case: what() });
    return shown.length ? "" : w("none.shown", { all: all.length });
  }

  function paintTold() {
    parts.told.textContent = titleTold();
    parts.count.textContent = w("counted", { shown: shown.length, all: all.length });
    const single = places().filter((id) => viewOf(id).documents === 1);
    fill(parts.note, [w("told.by", { weight: weightName() }), ...filtersTold()].join(" · "), single.map((id) => h("b", {}, ` ${w("one.document", { case: caseOf(id) })}`)));
    const why = emptiness();
    parts.empty.hidden = !why;
    parts.empty.textContent = why;
    fill(parts.legend, legendTold().map((one) => h("p", { class: "nw-help" }, one.look ? s("svg", { class: "nw-key", width: 34, height: 10, "aria-hidden": "true" }, s("path", { d: "M1 5H33", class: `nw-line nw-${one.look}`, "stroke-width": 4 })) : null, one.text)));
  }

  const legendTold = () => (isDifference()
    ? [{ look: "more", text: w("legend.more", { side: "A", case: caseOf(chosen.a) }) }, { look: "less", text: w("legend.more", { side: "B", case: caseOf(chosen.b) }) }, { look: "same", text: w("legend.same") }, { text: w("legend.difference") },
      ...(filter.weight === "turns" && places().every(viewOf) ? [{ text: w("legend.turns", { a: caseOf(chosen.a), b: caseOf(chosen.b), units_a: viewOf(chosen.a).units, units_b: viewOf(chosen.b).units }) }] : []), { text: w("layout.told", setup) }]
    : [{ text: w("legend.edge") }, { text: w("legend.node") }, { text: w("layout.told", setup) }]);

  const most = () => Math.max(1, ...places().flatMap((id) => viewOf(id).turns));
  const turnsOf = (at) => Math.max(...places().map((id) => viewOf(id).turns[at]));
  const stopsNow = () => setup.scales[filter.weight] ?? [];
  const regionsTold = () => setup.regions.map((one) => ({ ...one, label: levelOf(one.level), place: levelPlace(one.level) }));

  function paintPicture() {
    parts.picture.hidden = !setup.codes.length;
    if (!setup.codes.length) { fill(parts.picture); return; }
    const hadFocus = parts.picture.contains(document.activeElement);
    const hits = found(setup.codes, query);
    const degree = new Array(setup.codes.length).fill(0);
    for (const edge of shown) { degree[edge.from] += 1; degree[edge.to] += 1; }
    parts.degree = degree;
    const top = most();
    parts.marked = s("g", { class: "nw-marked" });
    parts.nodes = setup.codes.map((code, at) => {
      const turns = turnsOf(at);
      const r = rounded(radius(turns, top, setup.room));
      const documents = Math.max(...places().map((id) => viewOf(id).inDocuments[at]));
      const isOff = (hits && !hits.has(at)) || !filter.levels.has(code.level);
      const place = levelPlace(code.level) % 6;
      return s("g", { class: `nw-node nw-level-${place}`, transform: `translate(${code.x} ${code.y})`, role: "button", tabindex: at === stop ? 0 : -1, "data-code": code.id, "data-at": at, "data-hollow": turns ? null : "1", "data-off": isOff ? "1" : null,
        "aria-label": w("node", { display: code.display, label: say(code.label), level: levelOf(code.level), turns, documents, edges: degree[at] }) },
      s("path", { d: outline(SHAPES[place], r) }), s("text", { y: 5, "aria-hidden": "true" }, code.display));
    });
    const picture = s("svg", { viewBox: `-4 -4 ${SIZE.width + 8} ${SIZE.height + 8}`, role: "group", "aria-label": w("picture"), onkeydown: onPictureKey, onpointermove: onPointer, onpointerleave: () => setHover(null), onclick: onPictureClick },
      s("g", { "aria-hidden": "true" }, regionsTold().map((one) => [s("rect", { class: "nw-region", x: one.x, y: one.y, width: one.width, height: one.height, rx: 8 }), s("text", { class: `nw-region-name nw-name-${one.place % 6}`, x: one.x + 10, y: one.y + 19 }, one.label)])),
      s("g", { class: "nw-edges", "aria-hidden": "true", "shape-rendering": shown.length > MANY ? "optimizeSpeed" : null }, lines(shown, setup.codes, filter.weight, stopsNow()).map((path) => s("path", { d: path.d, class: `nw-line nw-${path.look}`, "stroke-width": path.width, "stroke-opacity": path.fade }))),
      parts.marked, parts.nodes);
    fill(parts.picture, picture);
    mark();
    if (hadFocus) parts.nodes[stop]?.focus({ preventScroll: true });
  }

  /** What is pointed at, else what has been chosen, stands out in the picture; the rest steps back. */
  function mark() {
    if (!parts.marked) return;
    const isDrawn = (each) => each && (each.kind === "code" || shown.some((edge) => edge.key === each.key));
    const one = [hovered, held].find(isDrawn) ?? null;
    const edges = !one ? [] : one.kind === "edge" ? shown.filter((edge) => edge.key === one.key) : shown.filter((edge) => edge.from === one.key || edge.to === one.key);
    fill(parts.marked, lines(edges, setup.codes, filter.weight, stopsNow()).map((path) => s("path", { d: path.d, class: `nw-line nw-${path.look} nw-strong`, "stroke-width": path.width + (one.kind === "edge" ? 2.5 : 0.8) })));
    const near = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
    if (one?.kind === "code") near.add(one.key);
    parts.picture.firstChild?.toggleAttribute("data-dimmed", Boolean(one));
    parts.nodes.forEach((node, at) => {
      node.toggleAttribute("data-near", near.has(at));
      node.toggleAttribute("data-held", held?.kind === "code" && held.key === at);
    });
    for (const row of parts.list.querySelectorAll("tr[data-key]")) row.setAttribute("aria-selected", String(held?.kind === "edge" && held.key === row.dataset.key));
  }

  function setHover(one) {
    if (one?.kind === hovered?.kind && one?.key === hovered?.key) return;
    hovered = one;
    mark();
    paintFacts();
  }

  const codeUnder = (e) => { const node = e.target.closest?.(".nw-node"); return node ? Number(node.dataset.at) : null; };

  function edgeUnder(e) {
    const box = parts.picture.firstChild.getBoundingClientRect();
    const unit = (SIZE.width + 8) / box.width;
    const point = { x: (e.clientX - box.left) * unit - 4, y: (e.clientY - box.top) * unit - 4 };
    return nearestEdge(shown, setup.codes, point, REACH * unit);
  }

  const onLeave = (e) => { if (!e.currentTarget.contains(e.relatedTarget)) setHover(null); };

  /** Whether the page has moved under a pointer that lies still: who walks with the keyboard is not interrupted by it. */
  function isResting(e) {
    const isSame = e.clientX === pointer?.x && e.clientY === pointer?.y;
    pointer = { x: e.clientX, y: e.clientY };
    return isSame;
  }

  function onPointer(e) {
    if (isResting(e)) return;
    const code = codeUnder(e);
    const edge = code === null ? edgeUnder(e) : null;
    parts.picture.style.cursor = code !== null || edge ? "pointer" : "";
    setHover(code !== null ? { kind: "code", key: code } : edge ? { kind: "edge", key: edge.key } : null);
  }

  function onPictureClick(e) {
    const code = codeUnder(e);
    const edge = code === null ? edgeUnder(e) : null;
    if (code !== null) { moveStop(code); choose({ kind: "code", key: code }); } else if (edge) choose({ kind: "edge", key: edge.key });
    else { held = null; mark(); paintList(); paintFacts(); }
  }

  function onPictureFocus(e) {
    const code = codeUnder(e);
    if (code !== null) setHover({ kind: "code", key: code });
  }

  function moveStop(to) {
    parts.nodes[stop]?.setAttribute("tabindex", -1);
    stop = to;
    parts.nodes[stop]?.setAttribute("tabindex", 0);
    parts.nodes[stop]?.focus({ preventScroll: true });
  }

  function onPictureKey(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Enter" || e.key === " ") { e.preventDefault(); choose({ kind: "code", key: stop }, true); return; }
    if (e.key === "Escape" && held) { held = null; mark(); paintList(); paintFacts(); return; }
    const to = nextCode(setup.codes, stop, e.key);
    if (to === null) return;
    e.preventDefault();
    moveStop(to);
  }

  // ------------------------------------------------------------ the list of edges

  function paintList() {
    const hits = found(setup.codes, query);
    const only = held?.kind === "code" ? new Set([held.key]) : null;
    listed = shown.filter((edge) => (!hits || hits.has(edge.from) || hits.has(edge.to)) && (!only || only.has(edge.from) || only.has(edge.to)));
    listed = ordered(listed, sort.column, sort.isDown, filter.weight);
    const at = listed.findIndex((edge) => edge.key === current);
    if (at < 0) current = listed[0]?.key ?? null;
    const count = Math.max(rowsShown, at + 1);
    const hadFocus = parts.list.contains(document.activeElement) && document.activeElement.matches("tr");
    const columns = columnsNow();
    const head = h("tr", { role: "row" }, columns.map((column) => h("th", { role: "columnheader", scope: "col", class: column.isNumber ? "nw-number" : null, "aria-sort": sort.column === column.id ? (sort.isDown ? "descending" : "ascending") : null },
      button([column.text, sort.column === column.id ? h("span", { "aria-hidden": "true" }, sort.isDown ? " ▾" : " ▴") : null], () => { sort = { column: column.id, isDown: sort.column === column.id ? !sort.isDown : column.id !== "edge" }; paintList(); mark(); root.querySelector(`[data-sort="${column.id}"]`)?.focus(); }, { class: "nw-plain", "data-sort": column.id, title: w("sort", { column: column.label ?? column.text }), "aria-label": column.label }))));
    const rows = listed.slice(0, count).map((edge, place) => h("tr", { role: "row", "data-key": edge.key, tabindex: edge.key === current ? 0 : -1, "aria-rowindex": place + 2, "aria-selected": String(held?.kind === "edge" && held.key === edge.key), "aria-label": rowTold(edge) }, columns.map((column) => h("td", { role: "gridcell", class: column.isNumber ? "nw-number" : null }, column.cell(edge)))));
    const table = h("table", { role: "grid", "aria-label": w("list"), "aria-rowcount": listed.length + 1, onkeydown: onListKey, onclick: onListClick, onfocusin: onListFocus, onfocusout: onLeave, onpointermove: onListOver, onpointerleave: () => setHover(null) }, h("thead", { role: "rowgroup" }, head), h("tbody", { role: "rowgroup" }, rows));
    const title = only ? w("list.of", { code: nameOf(setup.codes[held.key]) }) : w("list");
    fill(parts.list,
      h("div", { class: "nw-row" }, h("h4", {}, title, ` (${listed.length})`), only ? button(w("list.release"), () => { held = null; mark(); paintList(); paintFacts(); parts.list.querySelector('tr[tabindex="0"]')?.focus(); }, { class: "nw-plain", "data-do": "release" }) : null),
      // The one that scrolls is kept: to ask where it stands would lay out the whole page between two changes of it.
      listed.length ? [h("p", { class: "nw-help" }, w("list.help")), fill(parts.scroll, table),
        listed.length > count ? button(w("list.more", { count: Math.min(ROWS, listed.length - count) }), () => more(false), { "data-do": "more" }) : null] : h("p", {}, emptiness() || w("none.shown", { all: all.length })));
    if (hadFocus) parts.list.querySelector('tr[tabindex="0"]')?.focus({ preventScroll: true });
    root.dataset.listed = String(listed.length);
  }

  const pairOf = (edge) => h("span", { class: "nw-pair" }, h("b", {}, setup.codes[edge.from].display, " – ", setup.codes[edge.to].display), h("small", {}, `${say(setup.codes[edge.from].label)} – ${say(setup.codes[edge.to].label)}`), edge.isDistorted ? h("small", { class: "nw-badge", title: w("distorted.help") }, w("distorted")) : null);

  function columnsNow() {
    const edge = { id: "edge", text: w("col.edge"), cell: pairOf };
    const turns = { id: "turns", text: w("col.turns"), isNumber: true, cell: (one) => n(one.turns) };
    const documents = { id: "documents", text: w("col.documents"), isNumber: true, cell: (one) => n(one.documents) };
    const weight = { id: "weight", text: weightName(), isNumber: true, cell: (one) => n(weightOf(one, filter.weight)) };
    if (!isDifference()) return [edge, turns, documents, ...(filter.weight === "turns" ? [] : [weight])];
    return [edge, { id: "left", text: "A", label: `A: ${caseOf(chosen.a)}`, isNumber: true, cell: (one) => n(one.left) }, { id: "right", text: "B", label: `B: ${caseOf(chosen.b)}`, isNumber: true, cell: (one) => n(one.right) },
      { id: "weight", text: w("col.difference"), isNumber: true, cell: (one) => [h("span", { class: `nw-sign nw-sign-${side(one)}`, "aria-hidden": "true" }, one.only ? "" : { more: "A ", less: "B ", same: "= " }[side(one)]), differenceTold(one)] }];
  }
  const differenceTold = (edge) => (edge.only ? w("only", { side: edge.only.toUpperCase() }) : n(edge.difference));

  function rowTold(edge) {
    const [a, b] = [setup.codes[edge.from], setup.codes[edge.to]].map(nameOf);
    const told = isDifference() ? w("row.difference", { a, b, case_a: caseOf(chosen.a), case_b: caseOf(chosen.b), value_a: n(edge.left), value_b: n(edge.right), difference: differenceTold(edge) })
      : w("row", { a, b, turns: edge.turns, documents: edge.documents, weight: weightName(), value: n(weightOf(edge, filter.weight)) });
    return edge.isDistorted ? `${told}. ${w("distorted.help")}` : told;
  }

  /** More of the list; a keyboard that walked to its end goes on. */
  function more(isWalking) {
    const at = Math.min(rowsShown, listed.length) - 1;
    rowsShown += ROWS;
    if (!isWalking) current = listed[Math.min(at + 1, listed.length - 1)].key;
    paintList();
    parts.list.querySelector('tr[tabindex="0"]')?.focus();
  }

  const rowOf = (e) => e.target.closest?.("tr[data-key]")?.dataset.key ?? null;

  function focusRow(at) {
    const edge = listed[Math.max(0, Math.min(listed.length - 1, at))];
    if (!edge) return;
    parts.list.querySelector('tr[tabindex="0"]')?.setAttribute("tabindex", -1);
    current = edge.key;
    let row = parts.list.querySelector(`tr[data-key="${edge.key}"]`);
    if (!row) { rowsShown = Math.max(rowsShown + ROWS, at + 1); paintList(); row = parts.list.querySelector(`tr[data-key="${edge.key}"]`); }
    row.setAttribute("tabindex", 0);
    row.focus();
  }

  function onListKey(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const key = rowOf(e);
    if (key === null) return;
    const at = listed.findIndex((edge) => edge.key === key);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: listed.length - 1, PageDown: at + 10, PageUp: at - 10 }[e.key];
    if (to !== undefined) { e.preventDefault(); focusRow(to); } else if (e.key === "Enter" || e.key === " ") { e.preventDefault(); choose({ kind: "edge", key }, true); }
  }

  function onListClick(e) { const key = rowOf(e); if (key !== null) { focusRow(listed.findIndex((edge) => edge.key === key)); choose({ kind: "edge", key }); } }
  function onListFocus(e) { const key = rowOf(e); if (key !== null) setHover({ kind: "edge", key }); }
  function onListOver(e) { if (isResting(e)) return; const key = rowOf(e); if (key !== null) setHover({ kind: "edge", key }); }

  // ------------------------------------------------------------ figures of what is pointed at

  function paintFacts() {
    const one = hovered ?? held;
    const edge = one?.kind === "edge" ? all.find((each) => each.key === one.key) : null;
    if (!one || (one.kind === "edge" && !edge)) { fill(parts.facts, h("p", { class: "nw-help" }, w("facts.choose"))); return; }
    fill(parts.facts, edge ? edgeFacts(edge) : codeFacts(one.key));
  }

  const facts = (rows, heads) => h("table", {}, heads ? h("thead", {}, h("tr", {}, h("td", {}), heads.map((text) => h("th", { scope: "col", class: "nw-number" }, text)))) : null,
    h("tbody", {}, rows.map(([name, ...values]) => h("tr", {}, h("th", { scope: "row" }, name), values.map((value) => h("td", { class: "nw-number" }, value))))));

  function edgeFacts(edge) {
    const [a, b] = [setup.codes[edge.from], setup.codes[edge.to]];
    const ids = places();
    const sides = isDifference() ? [edge.a, edge.b] : [edge];
    const isHere = ids.map((id) => [edge.from, edge.to].every((code) => viewOf(id).turns[code] > 0));
    // Of two codes that both occur and never meet some measures are 0; the others are undefined.
    const value = (one, at, name) => (one ? one.measures[name] ?? null : isHere[at] && setup.comparable.includes(name) ? 0 : null);
    const reasons = [...new Set(sides.map((one, at) => one?.reason || (one ? "" : isHere[at] ? "never-together" : "code-absent")))].filter(Boolean).map((reason) => say(setup.reasons[reason]) || reason);
    const absent = ids.flatMap((id) => [edge.from, edge.to].filter((code) => !viewOf(id).turns[code]).map((code) => w("code.absent", { code: setup.codes[code].display, case: caseOf(id) })));
    return [
      h("h4", {}, `${nameOf(a)} – ${nameOf(b)}`),
      facts([
        [w("fact.both"), ...sides.map((side) => n(side?.turns ?? 0))], [w("fact.documents"), ...sides.map((side) => n(side?.documents ?? 0))],
        ...[edge.from, edge.to].map((code) => [w("fact.turns", { code: setup.codes[code].display }), ...ids.map((id) => n(viewOf(id).turns[code]))]),
        ...(chosen.layer === "all" ? ["promoting", "inhibiting", "opposed"].map((name, at) => [w(`signs.${name}`), ...sides.map((side) => n(side?.signs?.[at] ?? 0))]) : []),
        [w("fact.units"), ...ids.map((id) => n(viewOf(id).units))],
        ...setup.weights.filter((name) => name !== "turns").map((name) => [name === filter.weight ? h("b", {}, w(`weight.${name}`)) : w(`weight.${name}`), ...sides.map((one, at) => n(value(one, at, name)))]),
      ], isDifference() ? ids.map(caseOf) : null),
      reasons.length ? h("p", { class: "nw-help" }, `–: ${w("undefined", { reasons: reasons.join("; ") })}. `, absent.join(" ")) : null,
      edge.isDistorted ? h("p", { class: "nw-help" }, h("span", { class: "nw-badge" }, w("distorted")), " ", w("distorted.help")) : null,
    ];
  }

  function codeFacts(at) {
    const code = setup.codes[at];
    const ids = places();
    const near = ordered(shown.filter((edge) => edge.from === at || edge.to === at), "weight", true, filter.weight).slice(0, 3);
    return [
      h("h4", {}, nameOf(code)), h("p", { class: "nw-help" }, levelOf(code.level)),
      facts([
        [w("fact.turns", { code: code.display }), ...ids.map((id) => n(viewOf(id).turns[at]))], [w("fact.documents"), ...ids.map((id) => n(viewOf(id).inDocuments[at]))],
        [w("fact.units"), ...ids.map((id) => n(viewOf(id).units))],
      ], isDifference() ? ids.map(caseOf) : null),
      h("p", { class: "nw-help" }, `${w("fact.edges")}: ${parts.degree?.[at] ?? 0}`),
      near.length ? h("p", { class: "nw-help" }, `${w("fact.strongest")}: `, near.map((edge) => `${setup.codes[edge.from === at ? edge.to : edge.from].display} (${n(strength(edge, filter.weight))})`).join(", ")) : null,
    ];
  }

  // ------------------------------------------------------------ passages

  /** Choose an edge or a code, and ask for its passages; `goes` takes the focus there. */
  function choose(one, goes = false) {
    held = one;
    mark();
    if (one.kind === "code" || parts.list.querySelector('[data-do="release"]')) paintList();
    paintFacts();
    const codes = one.kind === "edge" ? one.key.split("-").map(Number) : [one.key];
    const [source, target = ""] = codes.map((at) => setup.codes[at].id);
    from = goes ? one : null;
    const asked = { case: isDifference() ? "" : chosen.case, layer: chosen.layer };
    send({ do: "passages", source, target, ...asked }, (reply) => {
      if (held?.kind !== one.kind || held?.key !== one.key || asked.layer !== chosen.layer) return;
      passages = { ...reply, name: codes.map((at) => nameOf(setup.codes[at])).join(" – "), most: FEW };
      paintPassages();
      const title = parts.passages.querySelector("h3");
      if (goes) title.focus();
      else parts.passages.scrollIntoView({ block: "nearest" });
      announce(title.textContent);
    });
  }

  function closePassages(goesBack = true) {
    passages = null;
    paintPassages();
    if (!goesBack) return;
    if (from?.kind === "code") parts.nodes[from.key]?.focus();
    else parts.list.querySelector('tr[tabindex="0"]')?.focus();
  }

  function paintPassages() {
    parts.passages.hidden = !passages;
    root.dataset.passages = passages ? String(passages.places.length) : "";
    if (!passages) { fill(parts.passages); return; }
    const ids = isDifference() ? [chosen.a, chosen.b] : null;
    const listed_ = ids && !ids.includes("") ? passages.places.filter((one) => ids.includes(one.case)) : passages.places;
    const documents = new Set(listed_.map((one) => one.document)).size;
    const rest = listed_.length - passages.most;
    const byCase = h("p", { class: "nw-help" }, `${w("by.case")}: `, passages.byCase.map((one) => `${one.case ? caseOf(one.case) : w("case.none")} (${w("passages.count", one)})`).join(", "));
    fill(parts.passages,
      h("div", { class: "nw-row" }, h("h3", { tabindex: -1 }, w("passages", { what: passages.name })), h("span", { class: "nw-space" }), button(w("passages.close"), () => closePassages(), { "data-do": "close" })),
      h("p", {}, `${titleTold()} · `, w("passages.count", { turns: listed_.length, documents })), passages.byCase.length > 1 ? byCase : null,
      listed_.length ? h("ol", { class: "nw-places" }, listed_.slice(0, passages.most).map(placeShown)) : h("p", {}, w("passages.none")),
      rest > 0 ? button(w("more", { count: listed_.length }), () => { passages = { ...passages, most: Infinity }; paintPassages(); parts.passages.querySelector("h3").focus(); }, { "data-do": "all" }) : null);
    root.dataset.passages = String(listed_.length);
  }

  function placeShown(place) {
    const told = [place.date, caseOf2(place.case), place.actor ? say(setup.actors[place.actor]) || place.actor : ""].filter(Boolean).join(" · ");
    return h("li", {},
      h("p", { class: "nw-place" }, h("b", {}, place.document), ", ", w("turn", place), h("small", {}, ` · ${told}`)),
      place.mayQuote ? null : h("p", { class: "nw-help" }, w("no.quote")),
      place.marks.map((one) => h("div", { class: "nw-mark" },
        one.words === null ? null : h("q", {}, one.words),
        h("div", { class: "nw-row" }, one.codes.map((code) => h("span", { class: "nw-coded" }, h("span", { class: "nw-badge", "data-kind": code.polarity || null }, code.code, " ", h("small", {}, polaritySign(code.polarity), w(`polarity.${code.polarity}`))), " ",
          button(w("open"), () => openPassage(place.document, code.segment), { class: "nw-plain", "aria-label": w("open.at", code) })))))));
  }
  const caseOf2 = (id) => (id ? caseOf(id) : w("case.none"));
  const polaritySign = (polarity) => ({ fremmer: "+ ", hemmer: "− ", begge: "± " })[polarity] ?? "";

  // ------------------------------------------------------------ opening a passage

  function openPassage(document_, segment) {
    const before = coders(); // the new one may be there before the answer is
    send({ do: "open", document: document_, segment }, (reply) => {
      opened = reply;
      paintOpened();
      announce([w("opened", reply), reply.coder && w("opened.of", reply)].filter(Boolean).join(" "));
      showOpened(before);
    });
  }

  /** The coders on the page, each a screen of its own. */
  const coders = () => [...document.querySelectorAll(".foran")];

  /** Bring the coder into sight when it is there; it comes by a message of its own. Where it does not, the note tells of it. */
  function showOpened(before, tries = 30) {
    const made = coders().find((one) => !before.includes(one) && root.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (made) made.scrollIntoView({ block: "nearest" });
    else if (tries > 0 && !isDead) setTimeout(() => showOpened(before, tries - 1), 100);
    else parts.opened.scrollIntoView({ block: "nearest" });
  }

  function paintOpened() {
    parts.opened.hidden = !opened;
    if (opened) fill(parts.opened, h("p", {}, w("opened", opened), " ", opened.coder ? [h("b", {}, w("opened.of", opened)), " "] : null, w("opened.line"), " ", h("code", {}, opened.line)));
  }

  // ------------------------------------------------------------ files

  const fileName = (ending) => [w("file"), setup.milestone, ...places().map((id) => id || (language === "en" ? "all" : "alle")), chosen.layer === "all" ? "" : chosen.layer, filter.weight].filter(Boolean).join("_").replace(/[^\p{L}\p{N}_-]/gu, "-") + `.${ending}`;

  function download(name, text, type) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = h("a", { href: address, download: name });
    root.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    announce(w("exported", { name }));
  }

  function saveSvg() {
    if (!places().every(viewOf)) return;
    const top = most();
    const about = w("about", { milestone: setup.milestone, codebook: setup.codebook, coders: setup.coders.join(", ") || "–" });
    const nodes = setup.codes.map((code, at) => ({ x: code.x, y: code.y, r: radius(turnsOf(at), top, setup.room), display: code.display, title: nameOf(code), place: levelPlace(code.level), isHollow: !turnsOf(at) }));
    download(fileName("svg"), svgText({
      lang: language, title: `${w("title")}: ${titleTold()}`, layer: chosen.layer,
      notes: [about, [w("told.by", { weight: weightName() }), ...filtersTold(), w("counted", { shown: shown.length, all: all.length })].join(" · "), ...(emptiness() ? [emptiness()] : [])],
      legend: legendTold(), regions: regionsTold(), paths: lines(shown, setup.codes, filter.weight, stopsNow()), nodes,
      stamp: [setup.isSynthetic && w("invented"), setup.coding === "suggestions" && w("stamp.suggested")].filter(Boolean).join(" · "),
    }), "image/svg+xml");
  }

  /** What the list holds, in its order. Column names are those of the package's tables. */
  function saveCsv() {
    if (!places().every(viewOf)) return;
    const measures = setup.weights.filter((name) => name !== "turns");
    const names = (edge) => [edge.from, edge.to].flatMap((at) => [setup.codes[at].display, say(setup.codes[at].label)]);
    const counts = (edge, side, id) => [side?.turns ?? 0, side?.documents ?? 0, viewOf(id).turns[edge.from], viewOf(id).turns[edge.to], viewOf(id).units, ...measures.map((name) => side?.measures[name] ?? (!side && isDifference() && edge.difference != null && setup.comparable.includes(name) ? 0 : null))];
    const columns = ["n_ij", "documents", "n_i", "n_j", "n_units", ...measures];
    const start = ["milestone", "layer", "source", "source_label", "target", "target_label"];
    const flag = (is) => (is ? "True" : "False");
    const begin = (edge) => [setup.milestone, chosen.layer, ...names(edge)];
    const text = isDifference()
      ? csvText([...start, "weight", ...["a", "b"].flatMap((side) => [`case_${side}`, ...columns.map((name) => `${name}_${side}`)]), "difference", "only_in", "is_distorted"],
        listed.map((edge) => [...begin(edge), filter.weight, chosen.a || "all", ...counts(edge, edge.a, chosen.a), chosen.b || "all", ...counts(edge, edge.b, chosen.b), edge.difference, edge.only, flag(edge.isDistorted)]))
      : csvText([...start, "case", ...columns, "is_distorted"], listed.map((edge) => [...begin(edge), chosen.case || "all", ...counts(edge, edge, chosen.case), flag(edge.isDistorted)]));
    download(fileName("csv"), text, "text/csv;charset=utf-8");
  }

  // ------------------------------------------------------------ life

  // Keys pressed anywhere in the screen belong to it, not to the notebook around it; to save stays the notebook's.
  root.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "s") return;
    if (e.key === "Escape" && passages && parts.passages.contains(e.target)) closePassages();
    e.stopPropagation();
  });

  const stopFollowing = followNotebook(root);

  model.on("msg:custom", onMessage);
  send({ do: "hello" }, take);

  return () => {
    stopFollowing();
    isDead = true;
    model.off("msg:custom", onMessage);
  };
}

export default { render };
