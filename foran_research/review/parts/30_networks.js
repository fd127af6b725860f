// Networks: which elements are spoken of together, one municipality at a time or two side by side, and the same as a table.
// Every element stands at the same place in all of them: places are worked out from all networks at once.
// towards(from, others, key) is shared with the model figure.

const NETWORKS = new Map(PACK.networks.map((network) => [network.id, network]));
const NET_LINES = new Map(PACK.networks.map((network) => [network.id, new Map(network.edges.map((edge) => [edge.id, edge]))]));
const NET_NODES = new Map(PACK.networks.map((network) => [network.id, new Map(network.nodes.map((node) => [node.id, node]))]));
// More lines than this are not taken in at one look, fewer yet when there are two: to begin with only the strongest are drawn.
const netMany = (networks) => (networks.length > 1 ? 40 : 80);
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const NET_FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

// What the reader looks at. least and small are null as long as the page itself may choose them.
const look = { shown: "", other: "", least: null, small: null, level: "", only: "", chosen: "", at: {}, table: false };
let netFigures = [];

// ---- places ----
// How many documents show an element may be unknown, or known to be no fewer than so many: its ring is then dashed and of a
// size that says nothing.
const NO_SIZE = 0.3;
const hasSize = (node) => node.size !== null && !node.at_least;
const drawnSize = (node) => (hasSize(node) ? node.size : NO_SIZE);

// All elements of all networks, each once; x and y from 0 to 1 over what is taken up.
const NET_PLACES = (() => {
  const found = new Map();
  for (const { nodes } of PACK.networks) {
    for (const { id, x, y, size, at_least } of nodes) {
      const had = found.get(id);
      const drawn = drawnSize({ size, at_least });
      if (had) had.size = Math.max(had.size, drawn);
      else found.set(id, { id, x, y, size: drawn });
    }
  }
  const all = [...found.values()];
  for (const key of ["x", "y"]) {
    const least = Math.min(...all.map((one) => one[key]));
    const span = Math.max(...all.map((one) => one[key])) - least;
    for (const one of all) one[key] = span > 0 ? (one[key] - least) / span : 0.5;
  }
  return all;
})();

const netPen = document.createElement("canvas").getContext("2d");

function textWidth(text, size, weight = 400) {
  if (!netPen) return text.length * size * 0.6;
  netPen.font = `${weight} ${size}px ${NET_FONT}`;
  return netPen.measureText(text).width;
}

function wrappedText(text, most, size) {
  const lines = [];
  let last = 0;
  const space = textWidth(" ", size);
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const width = textWidth(word, size);
    if (lines.length && last + space + width <= most) {
      lines[lines.length - 1] += ` ${word}`;
      last += space + width;
    } else {
      lines.push(word);
      last = width;
    }
  }
  return lines;
}

const netKept = new Map();

// Kept as long as the language is the same; a few sizes at most are asked for.
function netOnce(key, make) {
  const full = `${state.language}|${key}`;
  if (!netKept.has(full)) {
    if (netKept.size > 4000) netKept.clear();
    netKept.set(full, make());
  }
  return netKept.get(full);
}

const displayOf = (id) => thing("element", id)?.display ?? id;
const levelOfElement = (id) => thing("element", id)?.level ?? "";
const labelOfElement = (id) => t(thing("element", id)?.label);

// The sign of an element: its code in a round frame, the larger the more documents show it.
function signOf(id, size, f) {
  const width = netOnce(`w|${id}|${f}`, () => textWidth(displayOf(id), f, 700));
  const height = f * (1.45 + 0.55 * size);
  return { w: Math.max(width + f * (0.7 + 0.4 * size), height), h: height };
}

// The ways to write a name, from narrow to wide; no word is cut.
function nameShapes(id, f) {
  return netOnce(`n|${id}|${f}`, () => {
    const text = labelOfElement(id);
    if (!text) return [];
    const shapes = [8.5, 11.5, 16].map((most) => {
      const lines = wrappedText(text, most * f, f);
      return { lines, w: Math.max(...lines.map((line) => textWidth(line, f))) + 0.5 * f, h: lines.length * f * 1.15 + 0.15 * f };
    });
    return shapes.filter((shape, at) => shape.lines.length <= 6 && (at === 0 || shape.lines.length < shapes[at - 1].lines.length));
  });
}

// Places in a picture of this size: each sign (with its name below, where there is room) is pushed off its neighbours.
function netSettled(width, height, f) {
  const measured = (named) => NET_PLACES.map((place) => {
    const sign = signOf(place.id, place.size, f);
    const name = (named && nameShapes(place.id, f)[0]) || { w: 0, h: 0 };
    return { id: place.id, sign, w: Math.max(sign.w, name.w) + 0.6 * f, h: sign.h + name.h + 0.5 * f, px: place.x, py: place.y };
  });
  let boxes = measured(true);
  if (boxes.reduce((sum, box) => sum + box.w * box.h, 0) > 0.66 * width * height) boxes = measured(false);
  const held = (value, size, most) => Math.min(Math.max(value, size / 2), Math.max(size / 2, most - size / 2));
  for (const box of boxes) {
    box.x = held(box.w / 2 + box.px * (width - box.w), box.w, width);
    box.y = held(box.h / 2 + box.py * (height - box.h), box.h, height);
  }
  let moved = true;
  for (let round = 0; moved && round < 160; round += 1) {
    moved = false;
    for (let i = 0; i < boxes.length; i += 1) {
      for (let j = i + 1; j < boxes.length; j += 1) {
        const [a, b] = [boxes[i], boxes[j]];
        const overX = (a.w + b.w) / 2 - Math.abs(b.x - a.x);
        const overY = (a.h + b.h) / 2 - Math.abs(b.y - a.y);
        if (overX <= 0.01 || overY <= 0.01) continue;
        moved = true;
        const ways = [["x", "w", width, overX], ["y", "h", height, overY]];
        if (overY / height < overX / width) ways.reverse();
        // At the edge of the picture one gives way for both, and where neither can, they part the other way.
        for (const [axis, size, most, over] of ways) {
          const push = (b[axis] < a[axis] ? -1 : 1) * (over / 2 + 0.01);
          const [wasA, wasB] = [a[axis], b[axis]];
          a[axis] = held(wasA - push, a[size], most);
          b[axis] = held(wasB + 2 * push - (wasA - a[axis]), b[size], most);
          a[axis] = held(wasA - 2 * push + (b[axis] - wasB), a[size], most);
          if (Math.abs(a[axis] - wasA) + Math.abs(b[axis] - wasB) > 0.005) break;
        }
      }
    }
  }
  return new Map(boxes.map((box) => [box.id, { x: box.x, y: box.y - box.h / 2 + 0.25 * f + box.sign.h / 2, sign: box.sign }]));
}

const apart = (a, b) => a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;

// The same names in the same picture are placed once.
function netNamed(ground, ids) {
  const key = ids.join();
  if (!ground.names.has(key)) {
    if (ground.names.size > 40) ground.names.clear();
    ground.names.set(key, netNames(ground.places, ids, ground.width, ground.height, ground.f));
  }
  return ground.names.get(key);
}

// Where names can be written so that none runs into a sign or another name, or over the edge; the others are left out.
function netNames(places, ids, width, height, f) {
  const taken = ids.map((id) => {
    const { x, y, sign } = places.get(id);
    return { id, x: x - sign.w / 2, y: y - sign.h / 2, w: sign.w, h: sign.h };
  });
  const found = new Map();
  const order = NET_PLACES.filter((place) => ids.includes(place.id)).sort((a, b) => b.size - a.size);
  for (const { id } of order) {
    const { x, y, sign } = places.get(id);
    const gap = 0.12 * f;
    const spots = [
      ({ w, h }) => [x - w / 2, y + sign.h / 2 + gap], ({ w, h }) => [x - w / 2, y - sign.h / 2 - gap - h],
      ({ w, h }) => [x + sign.w / 2 + gap, y - h / 2], ({ w, h }) => [x - sign.w / 2 - gap - w, y - h / 2],
      ({ w, h }) => [x - sign.w / 2, y + sign.h / 2 + gap], ({ w, h }) => [x + sign.w / 2 - w, y + sign.h / 2 + gap],
      ({ w, h }) => [x - sign.w / 2, y - sign.h / 2 - gap - h], ({ w, h }) => [x + sign.w / 2 - w, y - sign.h / 2 - gap - h],
    ];
    search: for (const spot of spots) {
      for (const shape of nameShapes(id, f)) {
        const [left, top] = spot(shape);
        const box = { x: left, y: top, w: shape.w, h: shape.h };
        if (left < 0 || top < 0 || left + shape.w > width || top + shape.h > height || !taken.every((one) => apart(one, box))) continue;
        taken.push(box);
        found.set(id, { x: left + shape.w / 2, y: top, lines: shape.lines });
        break search;
      }
    }
  }
  return found;
}

// A picture that is high enough for all names, if that is not too high. The same for all networks.
function netGround(width, height, f, grows = true) {
  return netOnce(`g|${width}|${height}|${f}|${grows}`, () => {
    const ids = NET_PLACES.map((place) => place.id);
    const heights = !grows ? [height] : width < 34 * f ? [Math.max(height, width * 1.4)] : [1, 1.2, 1.45, 1.75].map((part) => height * part);
    let ground = null;
    for (const tall of heights.map(Math.round)) {
      const places = netSettled(width, tall, f);
      ground = { width, height: tall, f, places, bends: new Map(), names: new Map(), named: netNames(places, ids, width, tall, f).size };
      if (ground.named === ids.length) break;
    }
    return ground;
  });
}

// The bend of a line: as little as it takes to run clear of the signs of other elements.
function netBend(ground, a, b) {
  const key = `${a}~${b}`;
  if (ground.bends.has(key)) return ground.bends.get(key);
  const [from, to] = [ground.places.get(a), ground.places.get(b)];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const near = [...ground.places].filter(([id, { x, y }]) => {
    if (id === a || id === b) return false;
    const across = Math.abs((x - from.x) * dy - (y - from.y) * dx);
    return across < (dx * dx + dy * dy) * 0.35 + 60 * Math.hypot(dx, dy);
  }).map(([, place]) => place);
  let best = null;
  for (const bow of [0, 0.18, -0.18, 0.36, -0.36]) {
    const [cx, cy] = [(from.x + to.x) / 2 - dy * bow, (from.y + to.y) / 2 + dx * bow];
    let hits = Math.abs(bow) * 0.1;
    for (let step = 1; step < 12; step += 1) {
      const at = step / 12;
      const x = from.x * (1 - at) ** 2 + 2 * cx * at * (1 - at) + to.x * at ** 2;
      const y = from.y * (1 - at) ** 2 + 2 * cy * at * (1 - at) + to.y * at ** 2;
      if (x < 2 || y < 2 || x > ground.width - 2 || y > ground.height - 2) hits += 1;
      for (const other of near) {
        if (Math.abs(other.x - x) < other.sign.w / 2 + 3 && Math.abs(other.y - y) < other.sign.h / 2 + 3) hits += 1;
      }
    }
    if (!best || hits < best.hits) best = { hits, cx, cy };
    if (hits === 0) break;
  }
  const { cx, cy } = best;
  const bend = { d: `M${from.x.toFixed(1)} ${from.y.toFixed(1)}Q${cx.toFixed(1)} ${cy.toFixed(1)} ${to.x.toFixed(1)} ${to.y.toFixed(1)}`,
    x: (from.x + 2 * cx + to.x) / 4, y: (from.y + 2 * cy + to.y) / 4 };
  ground.bends.set(key, bend);
  return bend;
}

// ---- what is looked at ----
// A chosen place is told as in the page's address: "TRD", "TRD/C0001" or "TRD/C0001~C0004".
function netPlaceOf(anchor) {
  const [network, rest = ""] = anchor.split("/");
  if (!NETWORKS.has(network)) return null;
  if (rest.includes("~")) return NET_LINES.get(network).has(rest) ? { network, edge: rest } : null;
  if (rest) return NET_NODES.get(network).has(rest) ? { network, node: rest } : null;
  return { network };
}

const netsShown = () => [look.shown, look.other].filter((id) => NETWORKS.has(id)).map((id) => NETWORKS.get(id));
const isTold = (edge) => edge.count !== null;
const strongest = (edges) => [...edges].sort((a, b) => isTold(b) - isTold(a) || b.strength - a.strength || (a.id < b.id ? -1 : 1));

// What the page chooses by itself: lines without a number when there are not many or no others, and no more lines with one
// than one can take in. Which lines without a number are the stronger, nobody may know: they are all shown, or none; and the
// same in both of two networks, which could not be compared otherwise.
function netLimits(networks) {
  const small = look.small ?? (networks.some((network) => !network.edges.some(isTold)) || networks.every((network) => network.edges.length <= netMany(networks) * 0.75));
  if (look.least !== null) return { small, least: look.least };
  const least = Math.max(0, ...networks.map((network) => {
    const told = strongest(network.edges).filter(isTold);
    return told.length > netMany(networks) ? Math.ceil(told[netMany(networks) - 1].strength * 20) / 20 : 0;
  }));
  return { small, least };
}

function netSeen(networks) {
  const limits = netLimits(networks);
  const ofLevel = (id) => !look.level || levelOfElement(id) === look.level;
  const lines = new Map(networks.map((network) => [network.id, network.edges.filter((edge) =>
    `${network.id}/${edge.id}` === look.chosen || ((isTold(edge) ? edge.strength >= limits.least : limits.small)
      && ofLevel(edge.a) && ofLevel(edge.b) && (!look.only || edge.a === look.only || edge.b === look.only)))]));
  const ends = new Set([...lines.values()].flat().flatMap((edge) => [edge.a, edge.b]));
  const chosen = netPlaceOf(look.chosen)?.node;
  const nodes = new Map(networks.map((network) => [network.id, network.nodes.filter(({ id }) =>
    id === chosen || ends.has(id) || (look.only ? id === look.only : ofLevel(id)))]));
  return { lines, nodes, limits };
}

const netName = (network) => t(network.label);
function countWords(edge) {
  if (isTold(edge)) return wn("net.count", edge.count);
  return edge.at_least?.count ? wn("net.count.least", edge.at_least.count) : w("net.count.small");
}
const netEnds = (id) => elementsInOrder(id.split("~"));
const pairName = (id) => {
  const [a, b] = netEnds(id);
  return `${elementName(a)} – ${elementName(b)}`;
};

// What is chosen in one of two networks is marked in both.
const isChosen = (at) => Boolean(look.chosen) && at.split("/")[1] === look.chosen.split("/")[1];

// ---- the picture ----
function netText(x, y, lines, f, attrs) {
  return svg("text", { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": "middle", "font-size": f, ...attrs },
    lines.map((line, at) => svg("tspan", { x: x.toFixed(1), dy: at === 0 ? f * 0.95 : f * 1.15 }, line)));
}

// Elements that nobody was asked about in a municipality have no lines there: that says nothing of how things are.
function notLookedFor(network, id) {
  const row = caseOfNetwork(network) ? thing("element", id)?.by_case[network] : null;
  return row && NOT_LOOKED_FOR.includes(row.state) ? row.state : "";
}

const netNotAsked = (network) => NOT_LOOKED_FOR.map((state) => [state, NET_ELEMENTS.filter((id) => notLookedFor(network.id, id) === state)]).filter(([, ids]) => ids.length)
  .map(([state, ids]) => `${w(`net.${state}`, { what: ids.map(displayOf).join(", ") })} `);

// Why there is no line between two elements.
function noLine(network, ids) {
  const told = ids.map((id) => [id, notLookedFor(network.id, id)]).filter(([, state]) => state);
  return told.length ? told.map(([id, state]) => `${displayOf(id)}: ${w(`state.${state}`)}`).join(", ") : w("net.count.none");
}

const netBegin = (id, still) => (still ? {} : { id, role: "button", tabindex: "-1" });

// The lines, the strongest on top; each is entered in items.
function netEdges(network, lines, ground, { key, still, other }, items) {
  const elsewhere = other ? NET_LINES.get(other.id) : null;
  // A sign stands only where two are compared; where lines are many, large ones would hide what they mark.
  const size = (lines.length > netMany([network, other]) ? 0.3 : 0.5) * ground.f;
  return strongest(lines).reverse().map((edge) => {
    const bend = netBend(ground, edge.a, edge.b);
    const only = elsewhere && !elsewhere.has(edge.id);
    const at = `${network.id}/${edge.id}`;
    const words = `${pairName(edge.id)}: ${countWords(edge)}${only ? `, ${w("net.line.only", { where: netName(network) })}` : ""}`;
    const node = svg("g", { ...netBegin(`net-${key}-${edge.id}`, still), class: `net-edge${isTold(edge) ? "" : " untold"}${only ? " only" : ""}`,
      "data-at": at, "aria-label": still ? null : words, "aria-pressed": still ? null : String(isChosen(at)) },
    still ? null : svg("path", { class: "hit", d: bend.d }),
    svg("path", { class: "line", d: bend.d, "stroke-width": (isTold(edge) ? 1 + 4 * edge.strength : 1.4).toFixed(2) }),
    only ? svg("path", { class: "sign", d: `M${bend.x.toFixed(1)} ${(bend.y - size).toFixed(1)}l${size} ${size}l${-size} ${size}l${-size} ${-size}z` }) : null);
    items.set(at, { node, x: bend.x, y: bend.y, words, edge });
    return node;
  });
}

function netWords(network, id, lines, other) {
  const only = other && !NET_NODES.get(other.id).has(id);
  const degree = lines.filter((edge) => edge.a === id || edge.b === id).length;
  return `${elementName(id)}, ${wn("net.lines", degree)}${only ? `, ${w("net.only", { where: netName(network) })}` : ""}`;
}

const figureWords = (network, nodes, lines) => w("net.figure", { where: netName(network), nodes: nodes.length, lines: lines.length });

// A figure of before that has the same elements at the same places: only its lines are drawn anew. True if that was done.
function netRelined(figure, network, seen, ground, how, alike) {
  if (!figure || figure.alike !== alike || figure.ground !== ground) return false;
  const [lines, nodes] = [seen.lines.get(network.id), seen.nodes.get(network.id)];
  const signs = [...figure.items].filter(([, item]) => item.id);
  figure.items.clear();
  figure.edges.replaceChildren(...netEdges(network, lines, ground, how, figure.items));
  for (const [at, item] of signs) {
    item.words = netWords(network, item.id, lines, how.other);
    item.node.setAttribute("aria-label", item.words);
    figure.items.set(at, item);
  }
  figure.picture.setAttribute("aria-label", figureWords(network, nodes, lines));
  return true;
}

// seen: {lines, nodes, limits}; still: nothing to choose in it, for slides and paper. key: which figure of the page.
function netPicture(network, seen, ground, { key = 0, still = false, other = null } = {}) {
  const { f, places, width, height } = ground;
  const lines = seen.lines.get(network.id);
  const nodes = seen.nodes.get(network.id);
  const shownIds = [...new Set([...seen.nodes.values()].flat().map(({ id }) => id))];
  const names = netNamed(ground, shownIds);
  const items = new Map();
  const edges = svg("g", {}, netEdges(network, lines, ground, { key, still, other }, items));
  const here = new Map(nodes.map((node) => [node.id, node]));
  const texts = [...names].filter(([id]) => here.has(id)).map(([id, name]) => netText(name.x, name.y, name.lines, f, { class: "name", "data-of": id,
    lang: languageOf(thing("element", id)?.label ?? {}), "aria-hidden": "true" }));
  const absent = shownIds.filter((id) => !here.has(id)).map((id) => {
    const { x, y, sign } = places.get(id);
    return svg("rect", { class: "absent", x: x - sign.w / 2, y: y - sign.h / 2, width: sign.w, height: sign.h, rx: sign.h / 2 });
  });
  const signs = nodes.map((told) => {
    const { id } = told;
    const size = drawnSize(told);
    const { x, y } = places.get(id);
    const sign = signOf(id, size, f);
    const half = 0.32 * f;
    const at = `${network.id}/${id}`;
    const only = other && !NET_NODES.get(other.id).has(id);
    const words = netWords(network, id, lines, other);
    const node = svg("g", { ...netBegin(`net-${key}-${id}`, still), class: `net-node ${levelOfElement(id)}${only ? " only" : ""}${hasSize(told) ? "" : " unsized"}`, "data-at": at,
      "aria-label": still ? null : words, "aria-pressed": still ? null : String(isChosen(at)) },
    svg("rect", { x: x - sign.w / 2, y: y - sign.h / 2, width: sign.w, height: sign.h, rx: sign.h / 2, "stroke-width": (1.5 + 1.5 * size).toFixed(1) }),
    svg("text", { x, y: y + f * 0.36, "text-anchor": "middle", "font-size": f, "font-weight": 700 }, displayOf(id)),
    only ? svg("path", { class: "sign", d: `M${(x + sign.w / 2).toFixed(1)} ${(y - sign.h / 2 - half).toFixed(1)}l${half} ${half}l${-half} ${half}l${-half} ${-half}z` }) : null);
    items.set(at, { node, x, y, words, id });
    return node;
  });
  const picture = svg("svg", { class: `net${still ? " still" : ""}`, viewBox: `0 0 ${width} ${height}`, width, height,
    role: still ? "img" : "group", "aria-label": figureWords(network, nodes, lines) }, svg("g", {}, absent), edges, svg("g", {}, texts), svg("g", {}, signs));
  return { picture, edges, items, network, key, ground, unnamed: nodes.filter(({ id }) => !names.has(id)).length };
}

// ---- by pointer and by keyboard ----
// What lies nearest in the direction of an arrow key: straight ahead counts for more than aside.
function towards(from, others, key) {
  const [ux, uy] = ARROWS[key];
  let best = null;
  for (const other of others) {
    const [dx, dy] = [other.x - from.x, other.y - from.y];
    const along = dx * ux + dy * uy;
    const across = Math.abs(dx * uy - dy * ux);
    if (along <= 1) continue;
    const far = along + 2.2 * across + (across > along * 1.4 ? 1e4 : 0);
    if (!best || far < best.far) best = { far, other };
  }
  return best?.other ?? null;
}

const linesAt = (figure, id) => [...figure.items.values()].filter((item) => item.edge && (item.edge.a === id || item.edge.b === id));
const nodeItem = (figure, id) => figure.items.get(`${figure.network.id}/${id}`);

function netRove(figure, at, focus = false) {
  for (const [key, { node }] of figure.items) node.setAttribute("tabindex", key === at ? "0" : "-1");
  look.at[figure.key] = at;
  if (focus) figure.items.get(at)?.node.focus();
}

// Arrow keys go from element to element; with Shift on to a line, and from a line to its ends. Page Up and Page Down go
// round the lines of an element.
function netStep(figure, item, event) {
  const { items } = figure;
  if (event.key in ARROWS) {
    if (item.edge) return towards(item, [nodeItem(figure, item.edge.a), nodeItem(figure, item.edge.b)], event.key);
    if (event.shiftKey) return towards(item, linesAt(figure, item.id), event.key);
    return towards(item, [...items.values()].filter((other) => other.id), event.key);
  }
  if (event.key === "PageDown" || event.key === "PageUp") {
    const from = item.id ?? figure.from ?? item.edge.a;
    figure.from = from;
    const home = nodeItem(figure, from);
    const round = linesAt(figure, from).sort((a, b) => Math.atan2(a.y - home.y, a.x - home.x) - Math.atan2(b.y - home.y, b.x - home.x));
    if (!round.length) return null;
    const now = round.indexOf(item);
    return round[now < 0 ? 0 : (now + (event.key === "PageDown" ? 1 : round.length - 1)) % round.length];
  }
  const nodes = [...items.values()].filter((other) => other.id);
  if (event.key === "Home") return nodes[0];
  return event.key === "End" ? nodes.at(-1) : null;
}

function netKeys(figure, event) {
  const at = event.target.closest("[data-at]")?.dataset.at;
  const item = at && figure.items.get(at);
  if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter" || event.key === " ") netChoose(at);
  else if (event.key === "Escape" && look.chosen) netChoose("");
  else {
    const next = netStep(figure, item, event);
    if (!next && !(event.key in ARROWS)) return;
    if (next) {
      if (item.id && next.edge) figure.from = item.id;
      netRove(figure, next.node.dataset.at, true);
    }
  }
  event.preventDefault();
}

// What is pointed at or has the focus stands out, with its lines or its ends; its name is written below.
function netLight(figure, at) {
  const item = at && figure.items.get(at);
  const ends = new Set(item ? (item.edge ? [item.edge.a, item.edge.b] : [item.id, ...linesAt(figure, item.id).flatMap(({ edge }) => [edge.a, edge.b])]) : []);
  figure.picture.classList.toggle("lighting", Boolean(item));
  for (const other of figure.items.values()) {
    other.node.classList.toggle("lit", Boolean(item) && (other === item || (other.id ? ends.has(other.id) : Boolean(item.id) && (other.edge.a === item.id || other.edge.b === item.id))));
  }
  for (const name of figure.picture.querySelectorAll(".name")) name.classList.toggle("lit", ends.has(name.dataset.of));
  figure.told.textContent = item ? item.words : w("net.point");
}

// Once the picture stands in its figure.
function netListen(figure) {
  const { picture } = figure;
  const atOf = (event) => event.target.closest?.("[data-at]")?.dataset.at ?? "";
  picture.addEventListener("click", (event) => {
    const at = atOf(event);
    if (!at) return;
    netRove(figure, at, true);
    netChoose(at);
  });
  picture.addEventListener("keydown", (event) => netKeys(figure, event));
  picture.addEventListener("pointerover", (event) => netLight(figure, atOf(event)));
  picture.addEventListener("pointerleave", () => netLight(figure, picture.contains(document.activeElement) ? look.at[figure.key] : ""));
  // Not on the picture itself: Chromium makes an svg that listens to the focus a stop of its own for the Tab key.
  const around = picture.parentElement;
  around.addEventListener("focusin", (event) => {
    const at = atOf(event);
    if (!at) return;
    netRove(figure, at);
    netLight(figure, at);
  });
  around.addEventListener("focusout", () => netLight(figure, ""));
}

// ---- what is chosen ----
function netChoose(at) {
  look.chosen = at;
  state.anchor = at;
  history.replaceState(history.state, "", hashOf("networks", at));
  // One that the filters hide is drawn all the same when it is chosen.
  if (at && !netFigures.some(({ items }) => items.has(at))) netDraw();
  for (const { items } of netFigures) {
    for (const [key, { node }] of items) node.setAttribute("aria-pressed", String(isChosen(key)));
  }
  netDetail();
  const detail = document.getElementById("net-detail");
  detail.scrollIntoView({ block: "nearest" });
  const place = netPlaceOf(at);
  if (at) announce(w("net.opened", { what: place.edge ? pairName(place.edge) : elementName(place.node) }));
}

const caseOfNetwork = (id) => (LABELS.cases.has(id) ? id : "");
const quotesHere = (network, ids) => PACK.quotes.filter((quote) => ids.every((id) => quote.elements.includes(id))
  && (!caseOfNetwork(network) || quote.case === network)).map((quote) => quote.id);

function netQuotes(ids) {
  return [ids.slice(0, 3).map(quoteCard), ids.length > 3 ? opened(wn("net.more.quotes", ids.length - 3), () => ids.slice(3).map(quoteCard)) : null];
}

function netBars(edge) {
  const asked = netsShown().filter((network) => NET_LINES.get(network.id).has(edge));
  return asked.map((network) => [
    el("h3", {}, w("net.answer", { where: netName(network) })),
    answerBar({ kind: "edge", id: `${network.id}/${edge}` }, { acts: REACT }),
  ]);
}

function edgeDetail(network, id) {
  const [a, b] = netEnds(id);
  const both = quotesHere(network, [a, b]);
  const edges = PACK.networks.map((each) => [each, NET_LINES.get(each.id).get(id)]);
  const claims = PACK.claims.filter((claim) => claim.elements.includes(a) && claim.elements.includes(b));
  return [
    el("h2", { id: "net-detail-heading" }, elementLink(a), " – ", elementLink(b)),
    el("dl", { class: "facts" }, edges.map(([each, edge]) => [says(each.label, "dt"), el("dd", {}, edge ? countWords(edge) : noLine(each, [a, b]))])),
    edges.some(([, edge]) => edge && !isTold(edge)) ? el("p", { class: "small" }, w("count.hidden.why")) : null,
    ANSWERING ? netBars(id) : null,
    el("h3", {}, w("net.grounds")),
    both.length ? netQuotes(both) : el("p", { class: "small" }, w("net.grounds.none")),
    [a, b].map((one) => {
      const quotes = quotesHere(network, [one]).filter((quote) => !both.includes(quote));
      return quotes.length ? opened(wn("net.quotes.of", quotes.length, { element: elementName(one) }), () => quotes.map(quoteCard)) : null;
    }),
    claims.length ? [el("h3", {}, w("claims")), el("ul", {}, claims.map((claim) => el("li", {}, el("a", { href: hashOf("claims", claim.id) }, says(claim.text)))))] : null,
  ];
}

function nodeDetail(network, id) {
  const element = thing("element", id);
  const lines = (each) => strongest(each.edges.filter((edge) => edge.a === id || edge.b === id));
  return [
    el("h2", { id: "net-detail-heading" }, elementLink(id)),
    element ? says(element.brief, "p", { class: "small" }) : null,
    el("p", {}, el("a", { href: hashOf("element", id) }, w("net.open.element"))),
    el("p", {}, el("button", { type: "button", id: "net-only-button", "aria-pressed": String(look.only === id), onclick: () => {
      look.only = look.only === id ? "" : id;
      redraw();
    } }, w("net.only.this"))),
    netsShown().filter((each) => NET_NODES.get(each.id).has(id)).map((each) => [
      el("h3", {}, netName(each), ": ", wn("net.lines", lines(each).length)),
      el("ul", { class: "plain net-lines" }, lines(each).map((edge) => el("li", {},
        el("button", { type: "button", class: "like-link", "data-key": `net-to-${each.id}/${edge.id}`, onclick: () => {
          netChoose(`${each.id}/${edge.id}`);
          document.getElementById("net-detail").focus({ preventScroll: true });
        } }, elementName(edge.a === id ? edge.b : edge.a)), " ", el("span", { class: "small" }, countWords(edge))))),
    ]),
  ];
}

function netDetail() {
  const detail = document.getElementById("net-detail");
  const place = netPlaceOf(look.chosen);
  detail.replaceChildren();
  if (look.chosen && place) detail.dataset.anchor = look.chosen;
  else delete detail.dataset.anchor;
  if (place?.edge) add(detail, edgeDetail(place.network, place.edge));
  else if (place?.node) add(detail, nodeDetail(place.network, place.node));
  else add(detail, el("h2", { id: "net-detail-heading" }, w("net.nothing")), el("p", { class: "small" }, w("net.nothing.how")));
}

// ---- the same as a table ----
function netTable(networks, seen) {
  const ids = [...new Set(networks.flatMap((network) => seen.lines.get(network.id).map((edge) => edge.id)))];
  const edgesOf = (id) => networks.map((network) => NET_LINES.get(network.id).get(id) ?? null);
  const weight = (id) => Math.max(...edgesOf(id).map((edge) => (edge ? (isTold(edge) ? 1 : 0) + edge.strength : 0)));
  const rows = ids.map((id) => [id, weight(id)]).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => {
    const [a, b] = netEnds(id);
    const edges = edgesOf(id);
    const home = networks[edges.findIndex(Boolean)];
    const where = edges.every(Boolean) ? w("net.in.both") : w("net.line.only", { where: netName(home) });
    return el("tr", {}, el("th", { scope: "row" }, elementName(a)), el("th", { scope: "row" }, elementName(b)),
      edges.map((edge, at) => el("td", { class: "n", "data-label": netName(networks[at]) }, edge ? (isTold(edge) ? String(edge.count) : countWords(edge)) : noLine(networks[at], [a, b]))),
      networks.length > 1 ? el("td", { "data-label": w("net.where") }, where) : null,
      el("td", { "data-label": w("net.grounds") }, el("a", { href: hashOf("networks", `${home.id}/${id}`), "aria-label": w("net.open.line", { what: pairName(id) }) }, w("net.open"))));
  });
  const caption = w("net.table.caption", { where: networks.map(netName).join(" / ") });
  const linked = new Set(ids.flatMap((id) => id.split("~")));
  const alone = [...new Set(networks.flatMap((network) => seen.nodes.get(network.id).map(({ id }) => id)))].filter((id) => !linked.has(id));
  return [
    rows.length ? table(caption, [w("element"), w("element"), ...networks.map((network) => ({ n: netName(network) })), ...(networks.length > 1 ? [w("net.where")] : []), w("net.grounds")], rows, { class: "cards" })
      : el("p", {}, w("net.none.seen")),
    alone.length ? el("p", { class: "small" }, w("net.alone"), " ", alone.map(elementName).join("; "), ".") : null,
  ];
}

// ---- the page ----
function netSelect(id, label, options, chosen, take) {
  const select = el("select", { id, onchange: () => take(select.value) }, options.map(([value, name]) => el("option", { value, selected: value === chosen }, name)));
  return el("label", { for: id }, el("span", {}, label), select);
}

// The reader's own municipality first; then as in the pack.
const netsInOrder = () => [...PACK.networks.filter(({ id }) => id === homeCase()), ...PACK.networks.filter(({ id }) => id !== homeCase())];
const netOptions = () => netsInOrder().map((network) => [network.id, netName(network)]);
const NET_ELEMENTS = PACK.elements.filter(({ id }) => NET_PLACES.some((place) => place.id === id)).map(({ id }) => id);
const elementOptions = () => NET_ELEMENTS.map((id) => [id, elementName(id)]);
const fontOf = (node) => parseFloat(getComputedStyle(node).fontSize) || 16;

// What was chosen in a network that is not looked at any more is chosen in the one that is, if it is there.
function netFollow() {
  const place = netPlaceOf(look.chosen);
  if (!place || [look.shown, look.other].includes(place.network)) return;
  const at = `${look.shown}/${place.edge ?? place.node}`;
  look.chosen = netPlaceOf(at) ? at : "";
  state.anchor = look.chosen;
  history.replaceState(history.state, "", hashOf("networks", look.chosen));
}

function netControls(again) {
  const networks = netsShown();
  const limits = netLimits(networks);
  const told = networks.flatMap((network) => network.edges.filter(isTold));
  const hasUntold = networks.some((network) => network.edges.some((edge) => !isTold(edge)));
  const taken = (key) => (value) => {
    look[key] = value;
    netFollow();
    redraw();
  };
  const filtered = (key) => (value) => {
    look[key] = value;
    again();
    document.getElementById("net-only-button")?.setAttribute("aria-pressed", String(netPlaceOf(look.chosen)?.node === look.only));
  };
  const output = el("output", { for: "net-least", id: "net-least-told" });
  const slider = el("input", { id: "net-least", type: "range", min: "0", max: "1", step: "0.05", value: String(limits.least), oninput: () => {
    look.least = Number(slider.value);
    tell();
    again();
  } });
  const tell = () => {
    const percent = Math.round(Number(slider.value) * 100);
    output.textContent = percent ? w("net.least.told", { n: percent }) : w("net.least.all");
    slider.setAttribute("aria-valuetext", output.textContent);
  };
  tell();
  const small = el("input", { id: "net-small", type: "checkbox", checked: limits.small, onchange: () => { look.small = small.checked; again(); } });
  return el("div", { class: "filters net-filters", role: "group", "aria-label": w("net.filters") },
    netSelect("net-shown", w("net.shown"), netOptions(), look.shown, (value) => {
      if (value === look.other) look.other = look.shown;
      look.shown = value;
      netFollow();
      redraw();
    }),
    PACK.networks.length > 1 ? netSelect("net-other", w("net.other"), [["", w("net.other.none")], ...netOptions().filter(([id]) => id !== look.shown)], look.other, taken("other")) : null,
    netSelect("net-level", w("level"), [["", w("all")], ...LEVELS_HERE.map((level) => [level.id, t(level.label)])], look.level, filtered("level")),
    netSelect("net-only", w("net.only.element"), [["", w("all")], ...elementOptions()], look.only, filtered("only")),
    new Set(told.map((edge) => edge.strength)).size > 1 ? el("label", { for: "net-least", class: "net-range" }, el("span", {}, w("net.least"), ": ", output), slider) : null,
    hasUntold ? el("label", { for: "net-small", class: "net-check" }, small, " ", el("span", {}, w("net.small"))) : null);
}

function netKeyOf(compared, networks = netsShown()) {
  const edges = networks.flatMap((network) => network.edges);
  const [told, untold] = [edges.some(isTold), edges.some((edge) => !isTold(edge))];
  const nodes = networks.flatMap((network) => network.nodes);
  return el("ul", { class: "net-key plain small" },
    told ? el("li", {}, w("net.key.line")) : null, untold ? el("li", {}, w(told ? "net.key.untold" : "net.key.all.untold")) : null,
    nodes.some(hasSize) ? el("li", {}, w("net.key.size")) : null, nodes.every(hasSize) ? null : el("li", {}, w("net.key.unsized")),
    compared ? el("li", {}, w("net.key.only")) : null, compared ? el("li", {}, w("net.key.absent")) : null,
    LEVELS_HERE.map((level) => el("li", {}, el("span", { class: `code ${level.id}` }, level.id), " ", says(level.label))));
}

const netSeenWords = (network, seen) => w("net.seen", { n: seen.lines.get(network.id).length, all: network.edges.length });

// The figures anew, at the width there is; what has the focus keeps it.
function netDraw() {
  const holder = document.getElementById("net-figures");
  if (!holder) return;
  const key = holder.contains(document.activeElement) ? focusKey() : null;
  const networks = netsShown();
  const seen = netSeen(networks);
  const f = Math.round(fontOf(document.documentElement) * 0.86 * 10) / 10;
  const gap = fontOf(document.documentElement) * 1.25;
  const wide = holder.clientWidth;
  if (wide < 8) return;
  const beside = networks.length > 1 && wide >= 56 * f;
  const width = Math.floor((beside ? (wide - gap) / 2 : wide) - 2);
  const ground = netGround(width, Math.round(Math.min(Math.max(window.innerHeight * 0.72, 30 * f), width * 1.5)), f);
  const alike = (network) => [state.language, network.id, ...networks.map(({ id }) => [id, ...seen.nodes.get(id).map((node) => node.id)].join())].join("|");
  const how = (at) => ({ key: at, still: false, other: networks[1 - at] ?? null });
  const before = document.contains(netFigures[0]?.picture ?? null) && netFigures.length === networks.length ? netFigures : [];
  holder.classList.toggle("beside", beside);
  const relined = before.length > 0 && networks.every((network, at) => netRelined(before[at], network, seen, ground, how(at), alike(network)));
  if (!relined) netFigures = networks.map((network, at) => ({ ...netPicture(network, seen, ground, how(at)), alike: alike(network) }));
  for (const figure of relined ? netFigures : []) {
    netRove(figure, figure.items.has(look.at[figure.key]) ? look.at[figure.key] : [...figure.items.values()].find((item) => item.id)?.node.dataset.at);
    figure.seen.textContent = netSeenWords(figure.network, seen);
    netLight(figure, "");
  }
  if (!relined) holder.replaceChildren(...netFigures.map((figure) => {
    figure.seen = el("span", { class: "small" }, netSeenWords(figure.network, seen));
    figure.told = el("p", { class: "net-told small", "aria-hidden": "true" });
    const node = el("figure", { class: "net-figure" },
      el("figcaption", {}, says(figure.network.label, "strong"), " ", figure.seen),
      figure.picture, figure.told, netNotAsked(figure.network).length ? el("p", { class: "small" }, netNotAsked(figure.network)) : null);
    netListen(figure);
    netRove(figure, figure.items.has(look.at[figure.key]) ? look.at[figure.key] : [...figure.items.values()].find((item) => item.id)?.node.dataset.at);
    netLight(figure, "");
    return node;
  }));
  const unnamed = Math.max(0, ...netFigures.map((figure) => figure.unnamed));
  document.getElementById("net-unnamed").textContent = unnamed ? w("net.unnamed") : "";
  const told = networks.map((network) => `${netName(network)}: ${netSeenWords(network, seen)}`);
  const status = document.getElementById("net-status");
  if (status.textContent !== told.join(" ")) status.textContent = told.join(" ");
  const holds = document.getElementById("net-table");
  if (look.table) holds.replaceChildren(...[netTable(networks, seen)].flat().filter(Boolean));
  if (key) refocus(key);
}

function netFill() {
  const details = document.getElementById("net-as-table");
  look.table = details.open;
  if (look.table) {
    const networks = netsShown();
    document.getElementById("net-table").replaceChildren(...netTable(networks, netSeen(networks)).filter(Boolean));
  }
}

function netTake(anchor) {
  const place = netPlaceOf(anchor);
  if (place && place.network !== look.shown && place.network !== look.other) look.shown = place.network;
  if (!NETWORKS.has(look.shown)) {
    look.shown = [homeCase(), "all"].find((id) => NETWORKS.has(id)) ?? PACK.networks[0].id;
  }
  look.chosen = place && (place.edge || place.node) ? anchor : "";
  if (place?.edge) look.at[0] = anchor;
}

views.push({
  id: "networks",
  hidden: !PACK.networks.length,
  title: () => w("net"),
  render(root, anchor) {
    add(root, heading(w("net")));
    if (!PACK.networks.length) return add(root, none(w("net.nothing.here")));
    netTake(anchor);
    const compared = netsShown().length > 1;
    add(root,
      says(NETWORKS.get(look.shown).note, "p", { class: "lead-net" }),
      netControls(netDraw),
      el("p", { role: "status", id: "net-status", class: "sr" }),
      el("div", { class: `net-page${compared ? " compared" : ""}` },
        el("div", { class: "net-left" }, el("div", { id: "net-figures" }), el("p", { class: "small", id: "net-unnamed" }), netKeyOf(compared),
          el("p", { class: "small" }, w("net.keys"))),
        el("section", { id: "net-detail", tabindex: "-1", "aria-labelledby": "net-detail-heading" })),
      el("details", { id: "net-as-table", open: look.table, ontoggle: netFill }, el("summary", { id: "net-as-table-open" }, w("net.table")), el("div", { id: "net-table" })));
    netDetail();
    netDraw();
  },
  texts: () => [labelsOf(NET_ELEMENTS), PACK.networks.map(({ label, note }) => [label, note])],
  slides: () => netsInOrder().map((network) => ({ title: w("net"), at: network.id, texts: () => labelsOf(NET_ELEMENTS), render: (root) => netSlide(root, network) })),
});

// ---- shown on a screen, and on paper: all lines where they are few or none has a number, else the strongest with one ----
function stillLines(network, most) {
  const told = strongest(network.edges).filter(isTold);
  return !told.length || network.edges.length <= most ? network.edges : told.slice(0, most);
}

function netStill(network, ground, most) {
  const lines = stillLines(network, most);
  const seen = { lines: new Map([[network.id, lines]]), nodes: new Map([[network.id, network.nodes]]) };
  return { lines, ...netPicture(network, seen, ground, { still: true }) };
}

function cutShort(network, lines) {
  const [n, told, all] = [lines.length, network.edges.filter(isTold).length, network.edges.length];
  if (n === all) return w("net.seen", { n, all });
  return n === told ? wn("net.told", n, { all }) : w("net.strongest", { n, told, all });
}

function netSlide(root, network) {
  add(root, el("h2", {}, says(network.label), " ", el("span", { class: "small" }, cutShort(network, stillLines(network, 40)), ". ", netNotAsked(network))));
  const whole = root.parentElement;
  const around = parseFloat(getComputedStyle(whole).paddingBottom) || 0;
  const top = root.getBoundingClientRect().bottom - whole.getBoundingClientRect().top + whole.scrollTop;
  const width = Math.floor(root.clientWidth);
  // The body of a slide stands in the middle: what is above it is as high as its title, and the rest is the picture's.
  const used = (whole.firstElementChild?.getBoundingClientRect().height ?? 0) + root.getBoundingClientRect().height + 2 * around + fontOf(root) * 1.6;
  const height = Math.round(Math.max(whole.clientHeight - Math.min(used, top + around), 12 * fontOf(root)));
  // As large as lets every name have its place; where none does, as large as can be read from the back.
  const sizes = [0.64, 0.56, 0.5].map((part) => Math.round(fontOf(root) * part));
  const ground = sizes.map((f) => netGround(width, height, f, false)).find((each) => each.named === NET_PLACES.length) ?? netGround(width, height, sizes[1], false);
  add(root, el("div", { class: "net-slide" }, netStill(network, ground, 40).picture));
}

// Another municipality is the reader's own: networks begin with it, whatever was looked at before.
on("home", () => Object.assign(look, { shown: "", other: "", chosen: "" }));

printParts.push({
  order: 50,
  render(root) {
    if (!PACK.networks.length) return;
    // A page of A4 with its headings, in type of eight points.
    const ground = netGround(940, 1000, 14, false);
    const stills = netsInOrder().map((network) => netStill(network, ground, 60));
    add(root, el("h2", { class: "new-page" }, w("net")), says(PACK.networks[0].note, "p"), netKeyOf(false, PACK.networks),
      stills.map((still, at) => {
        const { network } = still;
        return [
          el("section", { class: `net-paper${at ? " new-page" : ""}` }, says(network.label, "h3"), el("p", { class: "small" }, cutShort(network, still.lines), ". ", netNotAsked(network)), still.picture),
          still.unnamed ? el("p", { class: "small" }, w("net.unnamed.paper")) : null,
        ];
      }),
      // The lists of all of them together: after each picture they would begin a page that the next picture leaves empty.
      stills.map(({ network, lines }) => [network, strongest(lines.filter(isTold)).slice(0, 30)]).filter(([, told]) => told.length).map(([network, told]) => [
        el("p", { class: "small lead-in" }, w("net.table.caption", { where: netName(network) })),
        el("ol", { class: "net-pairs" }, told.map((edge) => el("li", {}, `${pairName(edge.id)}: `, el("b", {}, String(edge.count))))),
      ]));
  },
});

// The window grew or shrank, or its text did: places are worked out anew, once for each frame at most.
let netAsked = 0;
window.addEventListener("resize", () => {
  cancelAnimationFrame(netAsked);
  netAsked = requestAnimationFrame(() => {
    if (state.view === "networks" && !state.presenting && document.getElementById("net-figures")) netDraw();
  });
});
