// The coder's screen. State flows down from Python as messages, intent flows up as messages, and Python decides:
// what the screen shows as saved, Python has flushed to the disk. Everything that people wrote or said is set as text,
// never as markup. Offsets are UTF-16 units in here and code points on the wire; they are converted where messages
// come in and go out, and nowhere else.

// ---------------------------------------------------------------- pure functions (tested without a browser)

/** Converts places in a text between code points (Python) and UTF-16 units (here). "a😀b" has 3 and 4. */
export function pointMap(text) {
  const wide = []; // the code points that take two units
  if (/[\ud800-\udfff]/.test(text)) {
    let point = 0;
    for (const character of text) {
      if (character.length === 2) wide.push(point);
      point += 1;
    }
  }
  const before = (point) => {
    let low = 0, high = wide.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (wide[middle] < point) low = middle + 1; else high = middle;
    }
    return low;
  };
  return {
    unit: (point) => point + before(point),
    // A unit inside a pair belongs to the character it is half of.
    point: (unit) => {
      let low = 0, high = wide.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (wide[middle] + middle + 1 < unit) low = middle + 1; else high = middle;
      }
      const inside = low < wide.length && wide[low] + low + 1 === unit;
      return inside ? wide[low] : unit - low;
    },
  };
}

/** The stretches of [start, end) between all ends of `spans`, each with the ids of the spans that cover it. */
export function flatten(start, end, spans) {
  const cuts = new Set([start, end]);
  for (const span of spans) {
    if (span.start > start && span.start < end) cuts.add(span.start);
    if (span.end > start && span.end < end) cuts.add(span.end);
  }
  const places = [...cuts].sort((a, b) => a - b);
  const pieces = [];
  for (let i = 0; i + 1 < places.length; i += 1) {
    const [from, to] = [places[i], places[i + 1]];
    pieces.push({ from, to, over: spans.filter((span) => span.start <= from && span.end >= to) });
  }
  return pieces;
}

/** A lane for each span, so that no two overlapping spans share one; the lowest free lane, in order of the text. */
export function lanes(spans) {
  const ends = [];
  const found = new Map();
  const ordered = [...spans].sort((a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1));
  for (const span of ordered) {
    let lane = ends.findIndex((end) => end <= span.start);
    if (lane < 0) lane = ends.length;
    ends[lane] = span.end;
    found.set(span.id, lane);
  }
  return found;
}

/** A text as search compares it: lower case, accents and Norwegian letters folded, so that "hoering" is not needed. */
export function folded(text) {
  return text.toLowerCase().replaceAll("æ", "ae").replaceAll("ø", "o").normalize("NFD").replace(/\p{M}/gu, "");
}

/** How well a folded query fits a folded target: 0 for not at all. Beginnings beat middles beat scattered letters. */
export function fitness(query, target) {
  if (!query) return 1;
  if (target === query) return 100;
  const at = target.indexOf(query);
  if (at === 0) return 90 - Math.min(20, target.length - query.length) / 10;
  if (at > 0) return (/[^\p{L}\p{N}]/u.test(target[at - 1]) ? 75 : 55) - Math.min(at, 100) / 10;
  let place = 0, gaps = 0, last = -1;
  for (const letter of query) {
    const next = target.indexOf(letter, place);
    if (next < 0) return 0;
    // A scattered hit may begin words, but letters strewn at random through a long label are no hit.
    if (last >= 0 && next !== last + 1) gaps += /[^\p{L}\p{N}]/u.test(target[next - 1]) ? 1 : 4;
    last = next;
    place = next + letter.length;
  }
  return gaps > 3 + 2 * query.length ? 0 : Math.max(1, 40 - gaps);
}

/** Entries ranked by how their `keys` (folded texts; the first is the display code) fit; every word must fit one. */
export function ranked(query, entries) {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const scored = [];
  for (const entry of entries) {
    let total = 0;
    for (const word of words) {
      let best = 0;
      entry.keys.forEach((key, i) => {
        const score = fitness(word, key) + (i === 0 && key === word ? 50 : 0);
        if (score > best) best = score;
      });
      if (!best) { total = -1; break; }
      total += best;
    }
    if (total >= 0) scored.push([total, entry]);
  }
  scored.sort((a, b) => b[0] - a[0] || a[1].order - b[1].order);
  return scored.map(([, entry]) => entry);
}

const segmenters = new Map();
function segmenter(kind) {
  if (!segmenters.has(kind)) segmenters.set(kind, new Intl.Segmenter("nb", { granularity: kind }));
  return segmenters.get(kind);
}

/** The words of a text as [start, end) pairs. */
export function wordsOf(text) {
  const found = [];
  for (const part of segmenter("word").segment(text)) {
    if (part.isWordLike) found.push([part.index, part.index + part.segment.length]);
  }
  return found;
}

/** The sentences of a text as [start, end) pairs, blanks around them left out. */
export function sentencesOf(text) {
  const found = [];
  for (const part of segmenter("sentence").segment(text)) {
    const lead = part.segment.length - part.segment.trimStart().length;
    const end = part.index + part.segment.trimEnd().length;
    if (end > part.index + lead) found.push([part.index + lead, end]);
  }
  return found;
}

/** A span moved outwards to whole characters as people see them: no half emoji, no letter without its accent. */
export function whole(text, start, end) {
  const near = (place) => {
    const from = Math.max(0, place - 64);
    for (const part of segmenter("grapheme").segment(text.slice(from, place + 64))) {
      const [a, b] = [from + part.index, from + part.index + part.segment.length];
      if (place < b) return [a, b];
    }
    return [place, place];
  };
  const [first] = near(start);
  const [low, high] = end > 0 ? near(end - 1) : [0, 0];
  return [Math.min(first, start), low < end ? Math.max(end, high) : end];
}

/** A span without blanks and characters of no width at its ends; null when nothing is left. */
export function trimmed(text, start, end) {
  const nothing = /[\s\u200b-\u200d\u2060\ufeff\u00ad]/;
  while (start < end && nothing.test(text[start])) start += 1;
  while (end > start && nothing.test(text[end - 1])) end -= 1;
  return start < end ? [start, end] : null;
}

/** Quick keys 1-9: a new code takes the next free key; a key once given never changes its meaning by itself. */
export function quickKeys(slots, code) {
  const free = slots.indexOf(null);
  return slots.includes(code) || free < 0 ? slots : slots.with(free, code);
}

/** All places where a query stands in a text, capitals or not: [start, end) pairs in units of that text. */
export function findAll(text, query) {
  if (!query) return [];
  // Matched letter for letter in the text itself: some letters change their length with their case.
  const pattern = new RegExp(query.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&"), "giu");
  return [...text.matchAll(pattern)].map((hit) => [hit.index, hit.index + hit[0].length]);
}

/** Whether one codebook version comes after another: 10.0.0 after 9.2.0. */
export function isLater(one, other) {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  const place = a.findIndex((number, i) => number !== b[i]);
  return place >= 0 && a[place] > b[place];
}

/** The place, from the newest, of the act that an undo would take back once the acts on their way are done; negative for one of those. */
export function undoDepth(verbs) {
  return verbs.reduce((depth, verb) => depth + (verb === "undo" ? 1 : -1), 0);
}

// ---------------------------------------------------------------- small helpers for the page

const SIGNS = { fremmer: "+", hemmer: "−", begge: "±", nøytral: "○", "": "" };
const CHUNK = 20; // turns to a stretch
const POLARITIES = ["fremmer", "hemmer", "begge", "nøytral"];
const IS_MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform || "");
let instances = 0;

/** An element with attributes and children; texts become text nodes, never markup. */
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") Object.entries(value).forEach(([key, v]) => node.style.setProperty(key, v));
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  return fill(node, ...children);
}

/** The element with these children in place of what it held; nothing, null and false are left out. */
function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Intents that were not acknowledged when their widget died, by study, document and coder; kept while the page lives. */
const orphans = (globalThis.__foranUnsaved ??= new Map());
/** When this page first showed a study, by study. */
const sittings = (globalThis.__foranSince ??= new Map());

// ---------------------------------------------------------------- the screen

const MEMO_TYPES = ["code", "theoretical", "method", "reflexive", "abductive"];
const MEMO_FIELDS = ["observation", "expectation", "surprise", "explanation", "next_step"];

function render({ model, el }) {
  const uid = `foran${(instances += 1)}`;
  // Part of the id of every wish, and so of the log: no two screens, of any day, may share it.
  const client = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;
  const root = h("div", { class: "foran", lang: "nb", tabindex: -1 });
  const stopFollowing = followNotebook(root);
  el.append(root);

  let wire = null; // the last snapshot
  let map = pointMap("");
  let turns = [];
  let records = new Map(); // id → record, spans in units
  let byTurn = []; // turn index → ids of records with a span that touch it
  let laneOf = new Map();
  let suggestions = [];
  let elsewhere = []; // memos from other documents' logs
  let codeOf = new Map();
  let entries = []; // what the palette searches
  let language = model.get("language") || "nb";
  let turnNow = 0;
  let selection = null; // [start, end) in units
  let active = null; // id of the record in the inspector
  let mode = null; // {kind: "adjust" | "cut", id, …}
  let slots = Array(9).fill(null); // code ids
  let lastCode = null;
  let waiting = new Map(); // intents not yet acknowledged
  let real = new Map(); // client's names of new records → ids
  let refusedNow = null;
  let counter = 0;
  let heard = performance.now();
  let isLost = false;
  let inFlight = null; // the id of the act that the kernel has and has not answered
  let isCut = false; // the kernel has forgotten this screen
  let areShown = true; // suggestions
  let finding = null;
  let paintedTurns = new Set();
  let chunks = []; // stretches of turns that the browser lays out only where they are in sight
  let takingText = null; // the id of the wish to take in an edited text
  let waits = new Map(); // what waits for recoding or a second reading here, as Python told: id → why
  let waitsElsewhere = []; // how much waits in the coder's other documents
  let queueNumber = 0; // of the last news of the queue: a beat with another number says that news were lost
  let asking = null; // the open queue: {kind, id, chosen, more, polarity, isNone, reason, told}
  let answered = new Set(); // decided on, and not yet on the disk
  let details = null; // code id shown in the code pane
  let comparedAt = null; // where a comparison is to open, until it is there
  let isDead = false;
  const parts = {};

  const w = (key, facts = {}) => {
    const text = wire?.words?.[language]?.[key] ?? wire?.words?.nb?.[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (all, name) => (name in facts ? String(facts[name]) : all));
  };
  const label = (texts) => texts?.[language === "en" ? "en" : "nb"] ?? "";
  const codeName = (code) => (code ? `${code.display} ${label(code.label)}` : "?");

  // ------------------------------------------------------------ wire

  function send(content) {
    counter += 1;
    const id = `${client}.${counter}`;
    // After a restart of the kernel the wire is cut for good, and sending throws: an act then waits to be offered again.
    try { model.send({ id, client, ...content }); isCut = false; } catch { isCut = true; }
    return id;
  }

  function act(verb, args, { key = null, optimistic = null } = {}) {
    if (!wire) return;
    if (wire.stopped) { say(w("stopped")); return; }
    counter += 1;
    const id = `${client}.${counter}`;
    waiting.set(id, { id, where: { document: wire.document, coder: wire.coder }, verb, args, key, at: performance.now() });
    if (optimistic) optimistic();
    pump();
    noticeSilence();
    showState();
  }

  // One act at a time: the next is sent when the one before is on the disk, so that no act overtakes the one it builds on.
  function pump() {
    const next = waiting.values().next().value;
    if (next && !next.failed && next.id !== inFlight) transmit(next);
  }

  function transmit(intent) {
    inFlight = intent.id;
    intent.sentAt = performance.now();
    // Under its own id, also when it is sent again: if it was done although nobody heard of it, it is not done twice.
    const { id, where, verb, key } = intent;
    try { model.send({ id, client, do: "act", ...where, verb, arguments: withIds(intent.args), key }); isCut = false; } catch { isCut = true; }
  }

  /** Arguments with the ids of records in place of the names they had before they were saved. */
  function withIds(args) {
    const named = { ...args };
    if (named.record) named.record = known(named.record);
    if (named.records) named.records = named.records.map(known);
    if (named.about?.segment) named.about = { segment: known(named.about.segment) };
    return named;
  }

  // Where this browser was last in the study, so that running the cell again leads back there.
  const rememberedKey = (what) => `foran:${what}:${model.get("study")}`;
  function remembered(what) { try { return localStorage.getItem(rememberedKey(what)); } catch { return null; } }
  function remember(what, value) { try { localStorage.setItem(rememberedKey(what), value); } catch { /* a private window */ } }
  /** When work in this tab began: a page that is loaded again goes on with the same sitting, on the same day. */
  function sittingBegan(now) {
    try {
      const began = sessionStorage.getItem(rememberedKey("since"));
      if (began?.slice(0, 10) === now.slice(0, 10)) return began;
      sessionStorage.setItem(rememberedKey("since"), now);
    } catch { /* a private window */ }
    return now;
  }
  function hello(coder = null) { send({ do: "hello", coder, last: remembered("document") }); }

  const wireSpan = ([start, end]) => ({ start: map.point(start), end: map.point(end) });
  const known = (id) => real.get(id) ?? id;

  function onMessage(message) {
    heard = performance.now();
    if (isLost) { isLost = false; showState(); }
    if (message.kind === "pong") { hearTrouble(message.trouble); hearNumber(message.queue); hearCodebook(message.codebook); return; }
    if (message.kind === "snapshot") { if (!message.to || message.to === client) open(message); return; }
    if (message.kind === "ask") { if (!message.to || message.to === client) ask(message); return; }
    if (message.document && wire && message.document !== wire.document) {
      // An answer that comes after the document was changed concerns what was asked for the one before.
      if (message.kind === "saved") settled(message.re);
      return;
    }
    if (message.kind === "saved") saved(message);
    else if (message.kind === "changed" && wire?.text === undefined) return;
    else if (message.kind === "changed") { takeIn(message.changes); takeQueue(message.queue); afterChange(message); }
    else if (message.kind === "refused") refused(message);
    else if (message.to && message.to !== client) return;
    else if (message.kind === "suggestions") showSuggestions(message.suggestions, message.failed);
    else if (message.kind === "history") showHistory(message);
    else if (message.kind === "documents") showDocuments(message);
    else if (message.kind === "comparison") showComparison(message);
    else if (message.kind === "queue") { takeQueue(message.queue); afterChange(message); }
    else if (message.kind === "rescue") download(message);
  }

  let trouble = null; // what the kernel sees wrong with the disk, before anything is lost by it
  function hearTrouble(next) {
    if (next?.is_final && wire && !wire.stopped) wire.stopped = next;
    if (next?.reason === trouble?.reason) return;
    trouble = next ?? null;
    showState();
    if (trouble) alertNow(w(`refused.${trouble.reason}`, trouble.facts));
  }

  let newBook = ""; // a codebook released since the study was read
  function hearCodebook(version) {
    if ((version ?? "") === newBook) return;
    newBook = version ?? "";
    showNewBook();
    if (newBook) say(w("codebook.new", { version: newBook }));
  }

  function showNewBook() {
    if (!parts.newBook) return;
    parts.newBook.hidden = !newBook;
    parts.newBook.textContent = newBook ? w("codebook.new", { version: newBook }) : "";
  }

  function saved(message) {
    const mine = waiting.get(message.re);
    settled(message.re);
    if (mine?.key) {
      records.delete(mine.key);
      if (message.made) real.set(mine.key, message.made);
      if (active === mine.key) active = message.made ?? null;
      if (mode?.id === mine.key && message.made) mode.id = message.made;
    }
    if (message.at) for (const [id] of message.changes) wire.times[id] = message.at;
    takeIn(message.changes, mine?.key ? [mine.key] : []);
    takeQueue(message.queue);
    if (mine && !mine.key && message.made && ["split", "propose"].includes(mine.verb)) active = message.made;
    afterChange(message, !mine);
    if (mine) announceSaved(mine, message);
    // Whether others' work may be seen now is Python's to say.
    if (mine?.verb === "complete") hello();
    if (wire.compare) send({ do: "compare" });
    // What an undone act had answered is a suggestion again.
    else if (mine && ["undo", "redo"].includes(mine.verb)) send({ do: "suggest" });
    if (root.dataset.acks !== undefined) root.dataset.acks = String(Number(root.dataset.acks) + 1);
    pump();
  }

  // The kernel has answered for good: the act is done, or will never be.
  function settled(id) {
    const { args } = waiting.get(id) ?? {};
    for (const name of [args?.record, ...(args?.records ?? []), ...(args?.others ?? [])]) answered.delete(name);
    waiting.delete(id);
    if (inFlight === id) inFlight = null;
    for (const [key, kept] of orphans) {
      const left = kept.filter((intent) => intent.id !== id);
      if (left.length) orphans.set(key, left); else orphans.delete(key);
    }
  }

  function refused(message) {
    const mine = waiting.get(message.re);
    if (message.stopped) { wire.stopped = message.stopped; }
    if (!mine && message.re && message.re !== takingText) return;
    if (mine && message.reason === "other-document") {
      // Another window has changed the document meanwhile: the act waits for its own to be opened again.
      waiting.delete(mine.id);
      inFlight = null;
      keep(mine);
      pump();
      return;
    }
    if (mine && !message.keeps) {
      settled(message.re);
      if (mine.key) { const old = records.get(mine.key); records.delete(mine.key); if (old) repaint(spanTurns(old)); if (active === mine.key) active = null; }
    } else if (mine) {
      mine.failed = { reason: message.reason, facts: message.facts ?? {} };
      inFlight = null;
    }
    if (!message.keeps) {
      refusedNow = { reason: message.reason, facts: message.facts ?? {}, text: ["memo", "note"].includes(mine?.verb) ? [mine.args.text, ...Object.values(mine.args.fields ?? {})].filter(Boolean).join("\n") : "" };
      if (message.reason === "changed-meanwhile") send({ do: "compare" });
    }
    if (message.changes) takeIn(message.changes);
    afterChange(message);
    alertNow(w(`refused.${message.reason}`, message.facts ?? {}));
    if (!message.keeps) pump();
  }

  function retry() {
    for (const intent of waiting.values()) intent.failed = null;
    inFlight = null;
    pump();
    showState();
  }

  function giveUp() {
    for (const intent of [...waiting.values()]) {
      settled(intent.id);
      if (intent.key && records.has(intent.key)) { const old = records.get(intent.key); records.delete(intent.key); repaint(spanTurns(old)); }
    }
    refusedNow = null;
    active = records.has(active) ? active : null;
    showState(); showSide(); followQueue();
  }

  // ------------------------------------------------------------ records

  function inUnits(record) {
    // What lost its place when the text was edited has places in a text that is not on the screen: it stands nowhere.
    if (record.waiting) {
      const { start, end, ...rest } = record;
      return { ...rest, candidates: record.waiting.candidates.map(([a, b]) => [map.unit(a), map.unit(b)]) };
    }
    return record.start === undefined ? record : { ...record, start: map.unit(record.start), end: map.unit(record.end) };
  }

  function turnAt(place) {
    let low = 0, high = turns.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (turns[middle].start <= place) low = middle; else high = middle - 1;
    }
    return Math.max(0, low);
  }

  function spanTurns(span) {
    const found = [];
    if (!turns.length || span.start === undefined) return found;
    for (let i = turnAt(span.start); i < turns.length && turns[i].start < span.end; i += 1) {
      if (turns[i].end > span.start) found.push(i);
    }
    return found;
  }

  function takeIn(changes, dropped = []) {
    const touched = new Set();
    for (const [id, raw] of changes) {
      const old = records.get(id);
      if (old) spanTurns(old).forEach((i) => { byTurn[i].delete(id); touched.add(i); });
      if (raw) {
        const record = { id, ...inUnits(raw) };
        records.set(id, record);
        spanTurns(record).forEach((i) => { byTurn[i].add(id); touched.add(i); });
      } else records.delete(id);
    }
    for (const id of dropped) byTurn.forEach((ids, i) => { if (ids.delete(id)) touched.add(i); });
    relane();
    if (active && !records.has(active)) active = null;
    if (mode && !records.has(mode.id)) { mode = null; showMode(); }
    repaint(touched);
  }

  function put(record) {
    records.set(record.id, record);
    const touched = spanTurns(record);
    touched.forEach((i) => byTurn[i].add(record.id));
    relane();
    repaint(touched);
  }

  const isSegment = (record) => record.kind === undefined && !record.waiting;
  const displaced = () => [...records.values()].filter((r) => r.waiting && r.kind !== "dismissal").sort((a, b) => (a.candidates[0]?.[0] ?? 0) - (b.candidates[0]?.[0] ?? 0) || (a.id < b.id ? -1 : 1));
  const spans = () => [...records.values()].filter((r) => r.start !== undefined && r.kind !== "dismissal" && r.kind !== "resolution");
  const segments = () => [...records.values()].filter(isSegment);
  function relane() { laneOf = lanes(spans()); }
  const inOrder = (list) => [...list].sort((a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1));
  const at = (place) => inOrder(spans().filter((r) => r.start <= place && place < r.end)).sort((a, b) => (a.end - a.start) - (b.end - b.start));

  function afterChange(message, isOthers = ["changed", "queue"].includes(message.kind)) {
    if ("undo" in message) { wire.undo = message.undo; wire.redo = message.redo; wire.undo_acts = message.undo_acts; }
    if ("done" in message && message.done !== wire.done) { wire.done = message.done; showQuick(); }
    showSide(); showState(); showCounts(); showDisplacedCount(); showQueueCount();
    followQueue(isOthers);
  }

  // ------------------------------------------------------------ opening

  function ask(message) {
    wire = { ...message, stopped: null };
    root.lang = language;
    const name = h("input", { type: "text", maxlength: 20, id: `${uid}-who`, autocomplete: "off", spellcheck: "false" });
    const go = (who) => who && hello(who);
    name.value = remembered("who") ?? "";
    fill(root, h("form", { class: "foran-ask", onsubmit: (e) => { e.preventDefault(); go(name.value.trim()); } },
      h("h2", {}, w("who")), h("p", {}, w("who.help")),
      message.reason && h("p", { class: "foran-alert", role: "alert" }, w(`refused.${message.reason}`, message.facts)),
      h("label", { for: `${uid}-who` }, w("who.label")), name, h("button", { type: "submit" }, w("who.go")),
      message.coders.length > 0 && h("p", {}, w("who.known"), " ", message.coders.map((coder) => h("button", { type: "button", onclick: () => go(coder) }, coder)))));
  }

  function open(snapshot) {
    const t0 = performance.now();
    const hadFocus = root.contains(document.activeElement);
    const isSameDocument = Boolean(wire && wire.document === snapshot.document && wire.coder === snapshot.coder && turns.length);
    const isSame = isSameDocument && !wire.compare && !snapshot.compare;
    const place = isSame ? placeNow() : null;
    if (!isSameDocument && parts.side) for (const area of drafts()) area.dispatchEvent(new Event("blur"));
    if (!isSameDocument && waiting.size) {
      // Another tab has changed the document: what is not saved yet waits for this one to be opened again.
      keepOrphans();
      waiting.clear();
      inFlight = null;
      refusedNow = null;
    }
    wire = snapshot;
    // By the kernel's clock, which dates the acts: what was done since the page was opened is of this sitting.
    wire.since = sittings.get(wire.study) ?? sittingBegan(wire.now);
    sittings.set(wire.study, wire.since);
    remember("document", wire.document);
    remember("who", wire.coder);
    root.lang = language;
    map = pointMap(snapshot.text);
    turns = snapshot.turns.map(([number, speaker, start, end, kind, isInformant, clock]) => ({
      number, speaker, kind, isInformant, clock, start: map.unit(start), end: map.unit(end),
    }));
    byTurn = turns.map(() => new Set());
    records = new Map();
    real = isSameDocument ? real : new Map();
    suggestions = [];
    takeQueue(snapshot.queue);
    if (!isSameDocument) answered = new Set();
    elsewhere = snapshot.memos;
    codeOf = new Map(snapshot.codes.map((code) => [code.id, code]));
    entries = snapshot.codes.filter((code) => code.active).map((code, order) => ({
      code, order, keys: [folded(code.display), folded(code.label.nb), folded(code.label.en), folded(code.brief.nb), folded(code.brief.en)],
    }));
    for (const [id, raw] of snapshot.records) {
      const record = { id, ...inUnits(raw) };
      records.set(id, record);
      spanTurns(record).forEach((i) => byTurn[i].add(id));
    }
    relane();
    slots = storedSlots();
    // At the very first the newest codings of this document give the keys.
    if (!slots.some(Boolean)) {
      for (const record of [...segments()].reverse()) if (codeOf.get(record.code)?.active) slots = quickKeys(slots, record.code);
    }
    if (!isSame) { turnNow = 0; selection = null; active = null; mode = null; finding = null; details = null; lastCode = slots[0]; }
    build();
    paintText();
    if (place) scrollBack(place);
    showAll();
    // What had the focus is gone with the old screen: without it the next key would be the notebook's.
    if (hadFocus) focusText();
    if (snapshot.compare) comparedAt = snapshot.at ?? comparedAt;
    else if (snapshot.at) goTo(snapshot.at);
    if (asking && snapshot.compare) asking = null;
    // The queue goes on in the next document.
    if (asking && !isSame) startAsking(asking.kind); else followQueue();
    root.dataset.acks = root.dataset.acks ?? "0";
    root.dataset.buildMs = (performance.now() - t0).toFixed(1);
    requestAnimationFrame(() => setTimeout(() => {
      root.dataset.paintMs = (performance.now() - t0).toFixed(1);
      root.dataset.ready = "1";
      if (!snapshot.compare) send({ do: "suggest" });
    }, 0));
    if (snapshot.compare) send({ do: "compare" });
  }

  function goTo(place) {
    if (place.missing) { say(w("not.here")); return; }
    if (place.record && records.has(place.record)) { activate(place.record, true); return; }
    if (place.start !== undefined) {
      const span = [map.unit(place.start), map.unit(place.end)];
      setTurn(turnAt(span[0]), true);
      select(span);
    } else if (place.turn !== undefined) {
      const found = turns.findIndex((turn) => turn.number === place.turn);
      if (found >= 0) setTurn(found, true);
    }
  }

  function orphanKey({ document, coder } = wire) { return `${wire.study}\n${document}\n${coder}`; }

  /** What this coder did in the study and no kernel has saved: here, and in other documents. */
  function keptActs() {
    if (wire?.text === undefined) return { here: [], there: [] };
    const mine = [...orphans].filter(([key]) => key.startsWith(`${wire.study}\n`)).flatMap(([, kept]) => kept)
      .filter(({ id, where }) => where.coder === wire.coder && !waiting.has(id));
    return { here: mine.filter(({ where }) => where.document === wire.document), there: mine.filter(({ where }) => where.document !== wire.document) };
  }

  /** The offer to save them; it stands until they are saved or given up. */
  function orphansOffered() {
    const { here, there } = keptActs();
    const save = () => {
      for (const intent of keptActs().here) waiting.set(intent.id, { ...intent, failed: null, at: performance.now() });
      pump(); showState(); focusText();
    };
    const drop = () => { orphans.delete(orphanKey()); showState(); focusText(); };
    const documents = [...new Set(there.map(({ where }) => where.document))];
    return (here.length > 0 || documents.length > 0) && [
      here.length > 0 && [w("orphans", { count: here.length }), " ", button("orphans.save", save), button("orphans.drop", drop)],
      documents.map((id) => [" ", w("orphans.elsewhere", { document: id }), " ", h("button", { type: "button", onclick: () => send({ do: "open", document: id }) }, id)])];
  }

  // ------------------------------------------------------------ building

  function button(key, onclick, extra = {}) {
    const { keys, sign, coder, ...attributes } = extra;
    const words = w(key, { coder });
    return h("button", {
      type: "button",
      title: keys ? `${words} (${keys})` : words,
      // Pressing a button must not clear what is selected in the text.
      onmousedown: (e) => e.preventDefault(),
      onclick, ...attributes,
    }, sign ? h("span", { "aria-hidden": "true" }, sign) : words, sign && h("span", { class: "foran-hidden" }, words));
  }

  const ctrl = IS_MAC ? "⌘" : "Ctrl+";

  function build() {
    parts.state = h("span", { class: "foran-state", role: "status", "aria-live": "polite" });
    parts.banner = h("div", { class: "foran-banner" });
    parts.undo = button("undo", () => undoRedo("undo"), { keys: `${ctrl}Z, Z`, sign: "↶" });
    parts.redo = button("redo", () => undoRedo("redo"), { keys: `${ctrl}Y, Y`, sign: "↷" });
    parts.done = button("complete", toggleDone);
    parts.title = h("strong", { class: "foran-title", title: wire.title }, wire.title);
    parts.progress = h("span", { class: "foran-progress" });
    const bar = h("div", { class: "foran-bar", role: "toolbar", "aria-label": w("toolbar") },
      button("documents", () => send({ do: "documents" }), { keys: "O", sign: "☰" }),
      parts.title, h("span", { class: "foran-meta", title: `${w("codebook")} ${wire.codebook}, ${w("coder")} ${wire.coder}` }, `${wire.document} · ${wire.codebook} · ${wire.coder}`), parts.progress,
      (parts.newBook = h("span", { class: "foran-new-book", hidden: true })),
      h("span", { class: "foran-space" }),
      parts.state, parts.undo, parts.redo,
      button("find", openFind, { keys: `F, ${ctrl}F`, sign: "⌕" }),
      (parts.displaced = h("button", { type: "button", class: "foran-displaced", title: "Shift+L", onmousedown: (e) => e.preventDefault(), onclick: nextDisplaced })),
      (parts.queueCount = h("button", { type: "button", class: "foran-queue-count", title: "Shift+R", onmousedown: (e) => e.preventDefault(), onclick: () => openQueue() })),
      (parts.toggle = button("suggestions.toggle", toggleSuggestions, { keys: "H", "aria-pressed": String(areShown) })),
      button("panel.codes", () => root.classList.toggle("foran-codes-open"), { class: "foran-narrow" }),
      parts.done,
      h("select", { "aria-label": w("language"), onchange: (e) => setLanguage(e.target.value) },
        ["nb", "nn", "en"].map((id) => h("option", { value: id, selected: id === language }, { nb: "Bokmål", nn: "Nynorsk", en: "English" }[id]))),
      button("help", openHelp, { keys: "?", sign: "?" }));
    parts.quick = h("div", { class: "foran-quick", role: "toolbar", "aria-label": w("quick") });
    parts.search = h("input", { type: "search", placeholder: w("codes.search"), "aria-label": w("codes.search"), oninput: showCodes, onkeydown: onSearchKey });
    parts.tree = h("div", { class: "foran-tree", role: "tree", "aria-label": w("codes"), onkeydown: onTreeKey });
    parts.details = h("div", { class: "foran-details", role: "region", "aria-label": w("code.details"), tabindex: 0 });
    parts.list = h("div", { class: "foran-list", role: "list" });
    parts.text = h("div", {
      class: "foran-text", tabindex: 0, role: "application", "aria-roledescription": w("transcript"),
      "aria-label": w("transcript.label", { title: wire.title }), onkeydown: onTextKey, onmouseup: onTextMouse,
      onscroll: () => { if (!paintedTurns.done) paintNear(); },
    }, parts.list);
    parts.find = h("div", { class: "foran-find", hidden: true });
    parts.mode = h("div", { class: "foran-mode", hidden: true, role: "group" });
    parts.queue = h("div", { class: "foran-queue", hidden: true, role: "region", "aria-label": w("queue"), tabindex: -1, onkeydown: onQueueKey });
    parts.side = h("div", { class: "foran-side", role: "region", "aria-label": w("inspector"), tabindex: -1 });
    parts.live = h("div", { class: "foran-hidden", "aria-live": "polite", "aria-atomic": "true" });
    parts.alerts = h("div", { class: "foran-hidden", role: "alert" });
    parts.overlay = h("div", { class: "foran-overlay", hidden: true });
    const middle = wire.compare
      ? h("div", { class: "foran-middle" }, (parts.compare = h("div", { class: "foran-compare", role: "region", tabindex: 0, "aria-label": w("compare") })))
      : h("div", { class: "foran-middle" }, parts.quick, parts.find, parts.mode, parts.text, parts.queue);
    fill(root, 
      bar, parts.banner,
      h("div", { class: "foran-desk" },
        h("div", { class: "foran-codes" }, parts.search, parts.tree, parts.details),
        middle, parts.side),
      parts.live, parts.alerts, parts.overlay);
    root.classList.toggle("foran-comparing", Boolean(wire.compare));
    if (wire.compare) for (const name of ["done", "progress", "toggle"]) parts[name].hidden = true;
  }

  function showAll() { showNewBook(); showDisplacedCount(); showQueueCount(); showQueue(); showCodes(); showQuick(); showSide(); showState(); showCounts(); showTurn(); showStopped(); }

  function setLanguage(next) {
    language = next;
    const place = placeNow();
    root.lang = next;
    build(); paintText(); showAll(); markSelection();
    if (wire.compare) send({ do: "compare" });
    scrollBack(place);
    focusText();
  }

  // The turn at the upper edge and how far it is scrolled past: heights of what is out of sight are guesses.
  function placeNow() {
    if (!parts.text?.isConnected || !turns[0]?.node?.isConnected) return null;
    const edge = parts.text.scrollTop;
    const chunk = chunks.findLast(({ node }) => node.offsetTop <= edge) ?? chunks[0];
    let i = chunk.first;
    while (i < chunk.last && topOf(turns[i + 1].node) <= edge) i += 1;
    return { i, past: edge - topOf(turns[i].node) };
  }

  function scrollBack(place) {
    if (!place || !turns[place.i]?.node) return;
    const go = () => { parts.text.scrollTop = topOf(turns[place.i].node) + place.past; };
    go();
    // What stands above it is now in sight and has its real height.
    go();
  }

  // ------------------------------------------------------------ the text

  function paintText() {
    paintedTurns = new Set();
    if (wire.compare) return;
    const assigned = wire.assigned ? new Set(wire.assigned) : null;
    const fragment = document.createDocumentFragment();
    chunks = [];
    turns.forEach((turn, i) => {
      if (i % CHUNK === 0) {
        // Lines of about 60 characters: a guess at the height until the stretch has been in sight once.
        const lines = turns.slice(i, i + CHUNK).reduce((sum, t) => sum + 1.2 + Math.ceil((t.end - t.start) / 60), 0);
        const node = h("div", { class: "foran-chunk", role: "presentation", style: { "--tall": `${Math.round(lines * 23)}px` } });
        chunks.push({ node, first: i, last: Math.min(turns.length, i + CHUNK) - 1 });
        fragment.append(node);
      }
      const words = h("span", { class: "foran-words" }, wire.text.slice(turn.start, turn.end));
      turn.words = words;
      turn.margin = h("div", { class: "foran-margin" });
      turn.node = h("div", {
        class: `foran-turn foran-${turn.kind}${turn.isInformant ? "" : " foran-asks"}${assigned && !assigned.has(turn.number) ? " foran-unassigned" : ""}`,
        role: "listitem", id: `${uid}-t${i}`, "data-i": i,
      }, h("span", { class: "foran-number" }, String(turn.number)),
      h("div", { class: "foran-body" }, (turn.speaker || turn.clock) && h("span", { class: "foran-speaker" }, turn.speaker ?? "", turn.clock && h("time", {}, turn.clock)), turn.kind === "heading" ? h("span", { role: "heading", "aria-level": 3 }, words) : words), turn.margin);
      chunks.at(-1).node.append(turn.node);
    });
    if (!turns.length) fragment.append(h("p", { class: "foran-empty" }, w("empty")));
    fill(parts.list, fragment);
    paintNear();
    paintRest();
  }

  // What is in sight is coloured at once, the rest in idle moments: the text is there from the first frame.
  function paintNear() {
    const top = parts.text.scrollTop, height = parts.text.clientHeight || 900;
    // Places of whole stretches only: to ask where a turn out of sight is would lay its stretch out. All are asked for
    // before anything is coloured, because the first question after a change lays everything in sight out again.
    const near = chunks.filter(({ node }) => node.offsetTop < top + 2 * height && node.offsetTop + node.offsetHeight > top - height);
    for (const { first, last } of near) for (let i = first; i <= last; i += 1) paintTurn(i, false);
  }

  function paintRest() {
    let next = 0;
    const later = globalThis.requestIdleCallback ?? ((run) => setTimeout(() => run({ timeRemaining: () => 8 }), 16));
    const owner = paintedTurns;
    const step = (deadline) => {
      if (owner !== paintedTurns || isDead) return;
      let count = 0;
      while (next < turns.length && (count < 4 || (deadline.timeRemaining() > 4 && count < CHUNK))) {
        paintTurn(next, false);
        next += 1;
        count += 1;
        // Laid out for good, a stretch at a time: scrolling later finds it ready, and none waits for all.
        if (next % CHUNK === 0 || next === turns.length) chunks[Math.floor((next - 1) / CHUNK)].node.classList.add("foran-laid");
      }
      if (next < turns.length) later(step); else { paintedTurns.done = true; root.dataset.painted = "1"; }
    };
    later(step);
  }

  function repaint(indices) { for (const i of indices) paintTurn(i, true); markSelection(); }

  function shownSuggestions() { return areShown ? suggestions : []; }

  function paintTurn(i, again) {
    if (!again && paintedTurns.has(i)) return;
    paintedTurns.add(i);
    const turn = turns[i];
    if (!turn?.words) return;
    const own = [...byTurn[i]].map((id) => records.get(id)).filter((r) => r && r.kind !== "dismissal" && r.kind !== "resolution");
    const offered = shownSuggestions().filter((s) => s.start < turn.end && s.end > turn.start);
    const all = [...own, ...offered];
    const text = wire.text;
    if (!all.length) {
      if (turn.words.childElementCount) turn.words.textContent = text.slice(turn.start, turn.end);
      if (turn.margin.childElementCount) fill(turn.margin);
      return;
    }
    const fragment = document.createDocumentFragment();
    for (const piece of flatten(turn.start, turn.end, all)) {
      const words = text.slice(piece.from, piece.to);
      if (!piece.over.length) { fragment.append(words); continue; }
      const mine = piece.over.filter((s) => !s.suggested).sort((a, b) => (a.end - a.start) - (b.end - b.start));
      const mark = document.createElement("mark");
      mark.className = "foran-mark";
      mark.dataset.ids = piece.over.map((s) => s.id).join(" ");
      if (mine.length) {
        mark.style.setProperty("--hue", hue(mine[0]));
        if (mine.length > 1) mark.style.backgroundImage = mine.slice(0, 4).map((s) => `linear-gradient(hsl(${hue(s)} 60% var(--foran-line)),hsl(${hue(s)} 60% var(--foran-line)))`).join(",");
        if (mine.length > 1) mark.style.backgroundPosition = mine.slice(0, 4).map((s, n) => `0 calc(100% - ${3 * n}px)`).join(",");
        if (mine.some((s) => s.pending)) mark.classList.add("foran-pending");
        if (mine[0].kind === "proposal") mark.classList.add("foran-proposed");
        if (mine.some((s) => isToRecode(s.id))) mark.classList.add("foran-review");
        if (mine.length > 1) mark.classList.add("foran-several");
      } else mark.classList.add("foran-plain");
      if (piece.over.some((s) => s.suggested)) { mark.classList.add("foran-suggested"); if (!mine.length) mark.style.setProperty("--hue", hue(piece.over[0])); }
      if (active && piece.over.some((s) => s.id === active)) mark.classList.add("foran-on");
      mark.append(words);
      fragment.append(mark);
    }
    fill(turn.words, fragment);
    paintMargin(turn, own, offered);
  }

  function hue(record) { return record.kind === "proposal" ? 300 : codeOf.get(record.code)?.hue ?? 0; }

  function paintMargin(turn, own, offered) {
    const length = Math.max(1, turn.end - turn.start);
    const layers = [], places = [], sizes = [];
    for (const record of own) {
      const lane = laneOf.get(record.id) ?? 0;
      if (lane > 5) continue;
      const top = (Math.max(record.start, turn.start) - turn.start) / length;
      const tall = Math.max(0.08, (Math.min(record.end, turn.end) - Math.max(record.start, turn.start)) / length);
      const colour = `hsl(${hue(record)} 60% var(--foran-line))`;
      layers.push(`linear-gradient(${colour},${colour})`);
      sizes.push(`4px ${(tall * 100).toFixed(1)}%`);
      places.push(`${lane * 6}px ${tall >= 1 ? 0 : ((top / (1 - tall)) * 100).toFixed(1)}%`);
    }
    const stripes = h("span", { class: "foran-stripes", "aria-hidden": "true" });
    stripes.style.backgroundImage = layers.join(",");
    stripes.style.backgroundSize = sizes.join(",");
    stripes.style.backgroundPosition = places.join(",");
    const chips = h("span", { class: "foran-chips" });
    for (const record of inOrder(own)) if (record.start >= turn.start) chips.append(chip(record));
    for (const record of inOrder(offered)) if (record.start >= turn.start) chips.append(chip(record));
    fill(turn.margin, stripes, chips);
  }

  function chipWords(record) {
    if (record.kind === "proposal") return `${w("proposal")}: ${record.label}`;
    const code = codeOf.get(record.code);
    const told = [codeName(code)];
    if (record.suggested) told.push(w("suggestion"));
    else told.push(record.polarity ? w(`polarity.${record.polarity}`) : w("polarity.unset"));
    if (code && !code.active) told.push(w("retired"));
    if (isToRecode(record.id)) told.push(w("queue.waits"));
    if (record.set_aside) told.push(w("set.aside"));
    if (record.memo) told.push(w("has.memo"));
    if (record.pending) told.push(w("unsaved"));
    return told.join(", ");
  }

  function chip(record) {
    const code = codeOf.get(record.code);
    const words = chipWords(record);
    const isOld = isToRecode(record.id);
    const node = h("button", {
      type: "button", tabindex: -1, class: `foran-chip${isOld ? " foran-review" : ""}${record.suggested ? " foran-offer" : ""}${record.kind === "proposal" ? " foran-proposed" : ""}${record.pending ? " foran-pending" : ""}${record.id === active ? " foran-on" : ""}`,
      "data-id": record.id, title: words, "aria-label": words, style: { "--hue": hue(record) },
      onmousedown: (e) => e.preventDefault(), onclick: () => { activate(record.id); focusText(); },
    }, record.kind === "proposal" ? `+ ${record.label.slice(0, 18)}` : `${isOld ? "↻ " : ""}${code?.display ?? "?"}${code && !code.active ? "†" : ""}${isOld ? ` ${label(code?.label)}` : ""}`);
    if (record.set_aside) node.append("∅");
    if (!record.suggested && SIGNS[record.polarity]) node.append(h("b", {}, SIGNS[record.polarity]));
    if (record.memo) node.append("✎");
    return node;
  }

  // ------------------------------------------------------------ selecting

  // Not offsetTop: it counts from the stretch that a turn stands in.
  const topOf = (node) => node.getBoundingClientRect().top - parts.text.getBoundingClientRect().top + parts.text.scrollTop;

  const textOf = (turn) => wire.text.slice(turn.start, turn.end);

  function setTurn(i, centre = false) {
    if (!turns.length) return;
    turns[turnNow]?.node?.classList.remove("foran-now");
    turnNow = Math.min(turns.length - 1, Math.max(0, i));
    showTurn();
    const node = turns[turnNow].node;
    const box = parts.text;
    const top = topOf(node), bottom = top + node.offsetHeight;
    if (centre || top < box.scrollTop || bottom > box.scrollTop + box.clientHeight) {
      box.scrollTop = Math.max(0, node.offsetHeight > box.clientHeight ? top : top - (box.clientHeight - node.offsetHeight) / 3);
    }
  }

  function showTurn() {
    const turn = turns[turnNow];
    if (!turn?.node) return;
    turn.node.classList.add("foran-now");
    parts.text.setAttribute("aria-activedescendant", turn.node.id);
  }

  function speakTurn() {
    const turn = turns[turnNow];
    const codes = spans().filter((r) => r.start < turn.end && r.end > turn.start).map(chipWords);
    say(`${w("turn")} ${turn.number}${turn.speaker ? `, ${turn.speaker}` : ""}: ${textOf(turn)} ${codes.length ? `(${codes.join("; ")})` : ""}`);
  }

  function select(span, { keepActive = false } = {}) {
    selection = span ? trimmed(wire.text, ...whole(wire.text, ...span)) : null;
    if (!keepActive && !mode && !asking) setActive(null);
    markSelection();
    showQuick();
  }

  // Where a place of the text stands on the page; the end of a span belongs to the turn of its last character.
  function point(place, isEnd) {
    const turn = turns[turnAt(isEnd ? place - 1 : place)];
    const walker = document.createTreeWalker(turn.words, NodeFilter.SHOW_TEXT);
    let rest = Math.min(Math.max(0, place - turn.start), turn.end - turn.start);
    let last = null;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (rest < node.length || (isEnd && rest === node.length)) return [node, rest];
      rest -= node.length;
      last = node;
    }
    return last ? [last, last.length] : [turn.words, 0];
  }

  function rangeOf([start, end]) {
    const range = document.createRange();
    range.setStart(...point(start, false));
    range.setEnd(...point(end, true));
    return range;
  }

  const canHighlight = typeof Highlight !== "undefined" && globalThis.CSS?.highlights;

  // Asked for several times in one act, done once when it is over: to select makes the browser lay the page out.
  let isMarking = false;
  function markSelection() {
    if (isMarking) return;
    isMarking = true;
    queueMicrotask(() => { isMarking = false; if (!isDead) markNow(); });
  }

  function markNow() {
    if (wire.compare) return;
    const record = active && !mode ? records.get(active) ?? suggestions.find((s) => s.id === active) : null;
    // The segment in the inspector is outlined; painting it as selected too would hide the colours of its codes.
    const isOutlined = record && selection && record.start === selection[0] && record.end === selection[1];
    if (!selection || !turns.length || isOutlined) {
      if (canHighlight) CSS.highlights.delete("foran-selection");
      if (isOutlined && root.contains(document.activeElement) && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) document.getSelection().removeAllRanges();
      return;
    }
    const range = rangeOf(selection);
    if (canHighlight) CSS.highlights.set("foran-selection", new Highlight(range));
    if (parts.text.contains(document.activeElement) || document.activeElement === parts.text) {
      const native = document.getSelection();
      native.removeAllRanges();
      native.addRange(range);
    }
  }

  function placeOf(node, offset, isEnd) {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const host = element.closest?.(".foran-words");
    const row = element.closest?.(".foran-turn");
    if (host && row) {
      const range = document.createRange();
      range.selectNodeContents(host);
      range.setEnd(node, offset);
      return turns[Number(row.dataset.i)].start + range.toString().length;
    }
    if (!row) return null;
    const i = Number(row.dataset.i);
    const range = document.createRange();
    range.setStart(node, offset);
    range.collapse(true);
    const isBefore = range.comparePoint(turns[i].words, 0) > 0;
    if (isBefore) return isEnd && i > 0 ? turns[i - 1].end : turns[i].start;
    return turns[i].end;
  }

  function onTextMouse(event) {
    if (event.target.closest(".foran-chip")) return;
    // The browser settles a triple click's selection after the event.
    setTimeout(() => {
      if (isDead) return;
      const native = document.getSelection();
      const row = event.target.closest(".foran-turn");
      if (row) setTurnQuietly(Number(row.dataset.i));
      if (!native.rangeCount || native.isCollapsed) {
        const mark = event.target.closest("mark");
        const place = native.rangeCount && row ? placeOf(native.anchorNode, native.anchorOffset, false) : null;
        if (mode?.kind === "cut" && place !== null) { moveCut(place); return; }
        if (mode) return;
        if (mark) {
          const ids = mark.dataset.ids.split(" ");
          activate(ids[(ids.indexOf(active) + 1) % ids.length], false, true);
        } else if (place !== null) select(null);
        return;
      }
      const range = native.getRangeAt(0);
      if (!parts.list.contains(range.startContainer) && !parts.list.contains(range.endContainer)) return;
      const a = parts.list.contains(range.startContainer) ? placeOf(range.startContainer, range.startOffset, false) : turns[0]?.start;
      const b = parts.list.contains(range.endContainer) ? placeOf(range.endContainer, range.endOffset, true) : turns.at(-1)?.end;
      if (a !== null && b !== null && a < b) {
        select([a, b]);
        say(w("selected", { count: wordsOf(wire.text.slice(a, b)).length }));
      }
    }, 0);
  }

  function setTurnQuietly(i) { turns[turnNow]?.node.classList.remove("foran-now"); turnNow = i; showTurn(); }

  // Words and sentences of a turn by their places in the text; a long turn is taken apart once.
  const placed = (i, name, partsOf) => (turns[i][name] ??= partsOf(textOf(turns[i])).map(([a, b]) => [a + turns[i].start, b + turns[i].start]));
  const wordsAround = (i) => placed(i, "wordPlaces", wordsOf);
  const sentencesAround = (i) => placed(i, "sentencePlaces", sentencesOf);

  function nextWord(place, step) {
    let i = turnAt(Math.max(0, place - (step < 0 ? 1 : 0)));
    for (let tries = 0; tries < 50 && i >= 0 && i < turns.length; tries += 1) {
      const words = wordsAround(i);
      const found = step > 0 ? words.find(([a]) => a >= place) : words.findLast(([, b]) => b <= place);
      if (found) return found;
      i += step;
    }
    return null;
  }

  function moveWord(step) {
    const here = selection ? (step > 0 ? selection[1] : selection[0]) : turns[turnNow].start;
    const found = selection || step > 0 ? nextWord(here, step) : nextWord(turns[turnNow].start, -1);
    if (!found) return;
    select(found);
    setTurn(turnAt(found[0]));
    say(wire.text.slice(...found));
  }

  function moveEnd(which, step, byCharacter) {
    if (!selection) { if (which === "end" && step > 0) moveWord(1); return; }
    let [start, end] = selection;
    if (byCharacter) {
      const text = wire.text;
      if (which === "end") end = step > 0 ? whole(text, end, Math.min(text.length, end + 1))[1] : whole(text, Math.max(start, end - 1), end)[0];
      else start = step > 0 ? whole(text, start, start + 1)[1] : whole(text, Math.max(0, start - 1), start)[0];
    } else if (which === "end") {
      if (step > 0) end = nextWord(end, 1)?.[1] ?? end;
      else end = nextWord(nextWord(end, -1)?.[0] ?? end, -1)?.[1] ?? end;
    } else if (step < 0) start = nextWord(start, -1)?.[0] ?? start;
    else start = nextWord(nextWord(start, 1)?.[1] ?? start, 1)?.[0] ?? start;
    if (start >= end) return;
    selection = [start, end];
    if (!mode) setActive(null);
    setTurn(turnAt(which === "end" ? end - 1 : start));
    markSelection();
    say(w("selected", { count: wordsOf(wire.text.slice(start, end)).length }));
  }

  function selectSentence(step) {
    const i = turnAt(selection ? selection[0] : turns[turnNow].start);
    const inTurn = sentencesAround(i);
    if (!inTurn.length) return;
    if (!selection) { select(inTurn[0]); speakSelection(); return; }
    const touched = inTurn.filter(([a, b]) => a < selection[1] && b > selection[0]);
    const isWhole = touched.length && touched[0][0] >= selection[0] && touched.at(-1)[1] <= selection[1];
    if (step < 0) {
      if (touched.length > 1) select([touched[0][0], touched.at(-2)[1]]);
      speakSelection();
      return;
    }
    const last = touched.length ? inTurn.indexOf(touched.at(-1)) : -1;
    const end = isWhole ? inTurn[Math.min(last + 1, inTurn.length - 1)][1] : touched.at(-1)?.[1] ?? inTurn[0][1];
    select([touched[0]?.[0] ?? inTurn[0][0], Math.max(end, selection[1])]);
    speakSelection();
  }

  function selectTurn() {
    const first = selection ? turnAt(selection[0]) : turnNow;
    const isWhole = selection && selection[0] <= turns[first].start + 1 && selection[1] >= turns[turnAt(selection[1] - 1)].end - 1;
    const last = isWhole ? Math.min(turns.length - 1, turnAt(selection[1] - 1) + 1) : first;
    select([turns[first].start, turns[last].end]);
    speakSelection();
  }

  function speakSelection() { if (selection) say(w("selected", { count: wordsOf(wire.text.slice(...selection)).length })); }

  // ------------------------------------------------------------ doing

  let newest = 0;
  function applyCode(id, { keepOpen = false } = {}) {
    const code = codeOf.get(id);
    if (!code) return;
    if (wire.compare) return;
    const wanted = selection ?? (turns[turnNow] ? [turns[turnNow].start, turns[turnNow].end] : null);
    const span = wanted && trimmed(wire.text, ...wanted); // as Python will, so that what is outlined is what is saved
    if (!span) { say(w("nothing.selected")); return; }
    useCode(id);
    const there = segments().find((r) => r.start === span[0] && r.end === span[1] && r.code === id && !r.set_aside);
    if (there) { setActive(there.id); say(w("already", { code: code.display })); return; }
    const offered = selectedSuggestion();
    const key = `${client}+${(newest += 1)}`;
    const optimistic = () => {
      put({ id: key, start: span[0], end: span[1], code: id, polarity: "", codebook_version: wire.codebook, pending: true });
      setActive(key);
    };
    selection = span;
    if (offered && span[0] === offered.start && span[1] === offered.end) {
      hideSuggestion(offered);
      act("accept", { ...wireSpan(span), code: id, polarity: offered.code === id ? offered.polarity : "", suggestion: offered.wire }, { key, optimistic });
    } else act("apply", { ...wireSpan(span), code: id }, { key, optimistic });
    markSelection();
    if (!keepOpen) focusText();
  }

  // Keys belong to the coder, in every document and after every restart. The browser keeps them: ids of codes, no words.
  const slotsKey = () => `foran:keys:${wire.study}:${wire.coder}`;
  function storedSlots() {
    try {
      const stored = JSON.parse(localStorage.getItem(slotsKey()) ?? "[]");
      return Array.from({ length: 9 }, (_, i) => (codeOf.get(stored[i])?.active ? stored[i] : null));
    } catch { return Array(9).fill(null); }
  }
  function setSlots(next) {
    const isNew = next.some((code, i) => code !== slots[i]);
    if (!isNew) return;
    slots = next;
    try { localStorage.setItem(slotsKey(), JSON.stringify(slots)); } catch { /* a private window: they last as long as it */ }
    showCodes();
    showQuick();
  }
  function pinKey(place) {
    const code = records.get(active)?.code ?? lastCode;
    if (!code || !codeOf.get(code)?.active) { say(w("nothing.active")); return; }
    setSlots(slots.map((old, i) => (i === place ? code : old === code ? null : old)));
    say(w("key.pinned", { key: place + 1, code: codeOf.get(code).display }));
  }

  function useCode(id) {
    lastCode = id;
    setSlots(quickKeys(slots, id));
  }

  function selectedSuggestion() { return active ? suggestions.find((s) => s.id === active) : null; }

  function hideSuggestion(suggestion) {
    suggestions = suggestions.filter((s) => s !== suggestion);
    repaint(spanTurns(suggestion));
    showSuggestionCount();
  }

  function activeRecord() {
    const record = active ? records.get(active) : null;
    if (!record) say(w("nothing.active"));
    // Without a place nothing can be done with it but to place it or take it away.
    if (record?.waiting) { say(w("refused.waiting")); return null; }
    return record;
  }

  // ------------------------------------------------------------ what lost its place in an edited text

  function activeDisplaced() { const record = active ? records.get(active) : null; return record?.waiting ? record : null; }

  /** Show one of them: its words as they were beside the words of today, the first guess selected in the text. */
  function goDisplaced(record, which = 0) {
    if (!record) { say(w("displaced.none")); return; }
    if (active !== record.id) setActive(record.id);
    const span = record.candidates[which];
    if (span) { setTurn(turnAt(span[0]), true); selection = [...span]; } else selection = null;
    markSelection();
    showSide();
    const all = displaced();
    say(`${w("displaced.one", { number: all.findIndex((r) => r.id === record.id) + 1, count: all.length })} ${nameOf(record)}. ${w(`displaced.${record.waiting.status}`)}`);
  }

  function nextDisplaced() {
    const all = displaced();
    goDisplaced(all[(all.findIndex((r) => r.id === active) + 1) % (all.length || 1)]);
  }

  function placeDisplaced(record) {
    if (record.kind === "resolution") { say(w("displaced.resolution")); return; }
    if (!selection) { say(w("displaced.select")); return; }
    const next = displaced().find((r) => r.id !== record.id);
    act("adjust", { record: known(record.id), ...wireSpan(selection) });
    if (next) goDisplaced(next);
    focusText();
  }

  function removeDisplaced(record) {
    const next = displaced().find((r) => r.id !== record.id);
    act("remove", { records: [known(record.id)] });
    if (next) goDisplaced(next); else setActive(null);
    focusText();
  }

  const nameOf = (record) => (record.kind === undefined ? codeName(codeOf.get(record.code)) : record.kind === "memo" ? w("memo") : record.kind === "proposal" ? `${w("proposal")}: ${record.label}` : w("resolution"));

  /** Stored text on one line: a new turn as its speaker's name. */
  const onOneLine = (text) => text.replace(/\n+\*\*([^*\n]+):\*\*\s*/gu, " / $1: ").replace(/\s+/gu, " ");

  /** The words of a text; those that the other text lacks stand out. */
  function compared(words, other, tag) {
    const cut = (text) => text.match(/\s+|[^\s]+/gu) ?? [];
    const theirs = new Map();
    for (const word of cut(other)) theirs.set(word, (theirs.get(word) ?? 0) + 1);
    return cut(words).map((word) => {
      const left = theirs.get(word) ?? 0;
      if (left > 0 || /^\s+$/u.test(word)) { theirs.set(word, left - 1); return word; }
      return h(tag, {}, word);
    });
  }

  /** A passage with its surroundings; the words that the other text lacks stand out. */
  function passage(...given) {
    const [before, words, after, other] = given.slice(0, 4).map(onOneLine), tag = given[4];
    return [before && `… ${before}`, h("b", {}, compared(words, other, tag)), after && `${after} …`];
  }

  function sideOfDisplaced(record) {
    const all = displaced();
    const now = record.candidates.map(([a, b]) => wire.text.slice(a, b));
    fill(parts.side, ...[
      h("h3", { style: { "--hue": hue(record) } }, nameOf(record)),
      h("p", { class: "foran-note" }, w("displaced.one", { number: all.findIndex((r) => r.id === record.id) + 1, count: all.length }), " ", w(`displaced.${record.waiting.status}`)),
      h("h4", {}, w("displaced.was")),
      h("p", { class: "foran-passage" }, passage(record.prefix ?? "", record.quote, record.suffix ?? "", now[0] ?? record.quote, "del")),
      now.length > 0 && h("h4", {}, w("displaced.now")),
      record.candidates.map(([a, b], i) => h("p", { class: "foran-passage" },
        passage(wire.text.slice(Math.max(0, a - 32), a), now[i], wire.text.slice(b, b + 32), record.quote, "ins"), " ",
        h("button", { type: "button", "aria-pressed": String(selection?.[0] === a && selection?.[1] === b), "data-focus": `look-${i}`, onclick: () => goDisplaced(record, i) }, w("displaced.look", { number: turns[turnAt(a)].number })))),
      h("p", { class: "foran-hint" }, w(record.kind === "resolution" ? "displaced.resolution" : "displaced.help")),
      record.memo && h("p", {}, h("b", {}, w("memo")), " ", record.memo),
      h("div", { class: "foran-buttons" },
        record.kind !== "resolution" && button("displaced.place", () => placeDisplaced(record), { keys: "A", class: "foran-main", "data-focus": "place" }),
        button("displaced.next", nextDisplaced, { keys: "Shift+L", "data-focus": "next" }),
        button("displaced.remove", () => removeDisplaced(record), { keys: "Delete", "data-focus": "drop" })),
      h("details", { ontoggle: (e) => { if (e.target.open) send({ do: "history", record: known(record.id) }); } }, h("summary", {}, w("history")), (parts.history = h("ol", { class: "foran-history" }))),
    ].flat().filter(Boolean));
  }

  function showDisplacedCount() {
    if (!parts.displaced) return;
    const count = displaced().length;
    parts.displaced.hidden = count === 0;
    parts.displaced.textContent = w("displaced.count", { count });
  }

  // ------------------------------------------------------------ what waits for recoding, and what is to be read again

  const isToRecode = (id) => waits.has(id) && waits.get(id).why !== "reread";
  const kindOf = (entry) => (entry.why === "reread" ? "reread" : "recode");
  const otherKind = (kind) => (kind === "reread" ? "recode" : "reread");
  /** The segments of the open document on one of the two lists, in order of the text. */
  const inQueue = (kind) => inOrder([...waits].filter(([, entry]) => kindOf(entry) === kind).map(([id]) => records.get(id)).filter((r) => r && isSegment(r)));
  const toDecide = (kind) => inQueue(kind).filter((r) => !answered.has(r.id));
  const countElsewhere = (kind) => waitsElsewhere.reduce((sum, one) => sum + one[kind], 0);
  /** The documents in which something waits, beginning after the open one. */
  const nextDocuments = (kind) => waitsElsewhere.filter((one) => one[kind] > 0);
  const changeOf = (entry) => wire.changes[`${entry.version} ${entry.change}`];

  /** News of the queue: all of it, or what has come and gone since the last news. */
  function takeQueue(news) {
    if (!news) return;
    const touched = new Set(news.items.map(([id]) => id));
    if (news.is_whole) { for (const id of waits.keys()) touched.add(id); waits = new Map(news.items); }
    else for (const [id, entry] of news.items) { if (entry) waits.set(id, entry); else waits.delete(id); }
    waitsElsewhere = news.elsewhere;
    queueNumber = news.number;
    if (news.is_whole && !parts.list?.isConnected) return;
    const places = new Set();
    for (const id of touched) if (records.has(id)) spanTurns(records.get(id)).forEach((i) => places.add(i));
    for (const i of places) if (paintedTurns.has(i)) paintTurn(i, true);
    if (places.size) markSelection();
  }

  function hearNumber(number) {
    if (number !== undefined && wire?.text !== undefined && number !== queueNumber) send({ do: "queue" });
  }

  /** How much waits, in a few words; "" when nothing does. */
  function queueWords() {
    const [codes, readings] = ["recode", "reread"].map((kind) => inQueue(kind).length);
    const [codesThere, readingsThere] = ["recode", "reread"].map(countElsewhere);
    return [
      codes && codesThere ? w("queue.count.both", { count: codes, there: codesThere }) : codes ? w("queue.count", { count: codes }) : codesThere ? w("queue.count.elsewhere", { count: codesThere }) : "",
      readings && readingsThere ? w("queue.count.both.reread", { count: readings, there: readingsThere }) : readings ? w("queue.count.reread", { count: readings }) : readingsThere ? w("queue.count.elsewhere.reread", { count: readingsThere }) : "",
    ].filter(Boolean).join(" · ");
  }

  function showQueueCount() {
    if (!parts.queueCount) return;
    const words = wire.compare ? "" : queueWords();
    parts.queueCount.hidden = !words;
    parts.queueCount.textContent = words;
    parts.queueCount.title = words ? `${words} (Shift+R)` : "Shift+R";
    parts.queueCount.setAttribute("aria-pressed", String(Boolean(asking)));
  }

  /** Open the queue, at a segment or where the cursor is; pressed again, change to the other list. */
  function openQueue(id = null) {
    if (wire.compare) return;
    if (id) { asking = { kind: kindOf(waits.get(id)) }; goAsked(id); }
    else if (asking) changeList();
    else if (waits.has(active)) { asking = {}; goAsked(active); }
    else startAsking(inQueue("recode").length || !(inQueue("reread").length + countElsewhere("reread")) || (!inQueue("reread").length && countElsewhere("recode")) ? "recode" : "reread");
    focusText();
  }

  function changeList() {
    const next = otherKind(asking.kind);
    if (inQueue(next).length || countElsewhere(next)) startAsking(next); else say(w("queue.one.list"));
  }

  /** The first on a list from where the cursor is. */
  function startAsking(kind) {
    const all = toDecide(kind), here = selection?.[0] ?? turns[turnNow]?.start ?? 0;
    const first = all.find((r) => r.start >= here) ?? all[0];
    asking = { kind };
    if (first) goAsked(first.id); else endOfList(kind);
  }

  /** Nothing is left on this list here: where to go on is said, and done when the coder says so. */
  function endOfList(kind) {
    asking = { kind, id: null, chosen: [], more: [] };
    setActive(null);
    selection = null;
    markSelection();
    showQueue(); showQueueCount();
    say(askedWords());
  }

  function goAsked(id, keepPlace = false) {
    const record = records.get(id), entry = waits.get(id);
    if (asking.id !== id || !asking.chosen) {
      // A sole candidate is shown as chosen, since choosing is not the question then; what is saved is still the coder's act.
      const sole = entry.candidates.length === 1 ? [...entry.candidates] : [];
      asking = { kind: kindOf(entry), id, chosen: entry.why === "reread" ? [record.code] : sole, more: [], polarity: null, isNone: false, reason: "", told: "" };
    }
    setActive(id);
    spanTurns(record).forEach((i) => paintTurn(i, false));
    selection = [record.start, record.end];
    showQueue();
    showQueueCount();
    if (keepPlace) setTurnQuietly(turnAt(record.start)); else { setTurn(turnAt(record.start), true); intoSight(selection); }
    markSelection();
    say(askedWords());
  }

  /** Scroll within a long turn until a passage is seen. */
  function intoSight(span) {
    const box = parts.text.getBoundingClientRect(), place = rangeOf(span).getBoundingClientRect();
    if (place.top < box.top || place.bottom > box.bottom) parts.text.scrollTop += place.top - box.top - Math.max(8, (box.height - place.height) / 3);
  }

  /** The next to decide on, or the end of the list. `step` goes on without deciding. */
  function nextAsked(step = 1) {
    const all = toDecide(asking.kind), now = records.get(asking.id);
    const others = all.filter((r) => r.id !== asking.id);
    if (!others.length) { if (all.length) say(w("queue.only.one")); else endOfList(asking.kind); return; }
    const isAfter = (r) => !now || r.start > now.start || (r.start === now.start && (r.end < now.end || (r.end === now.end && r.id > now.id)));
    const next = step > 0 ? others.find(isAfter) ?? others[0] : others.findLast((r) => !isAfter(r)) ?? others.at(-1);
    goAsked(next.id);
  }

  /** After every change: what another window has decided on is passed over, and what came back is shown. */
  function followQueue(isOthers = false) {
    if (!asking) return;
    if (asking.id && (!waits.has(asking.id) || !records.has(asking.id))) {
      nextAsked();
      if (isOthers && asking) tellInQueue(w("queue.decided.elsewhere"));
    }
    else if (!asking.id && toDecide(asking.kind).length) startAsking(asking.kind);
    else showQueue();
  }

  function closeQueue() {
    asking = null;
    showQueue(); showQueueCount();
    focusText();
  }

  function openNextDocument() {
    const kind = nextDocuments(asking.kind).length ? asking.kind : otherKind(asking.kind);
    const next = nextDocuments(kind)[0];
    if (!next) { say(w("queue.empty")); return; }
    if (waiting.size) { alertNow(w("wait.first")); return; }
    asking.kind = kind;
    send({ do: "open", document: next.id });
  }

  /** Enter when nothing is left here: the other list of this document, the next document, or back to the text. */
  function goOn() {
    if (nextDocuments(asking.kind).length) openNextDocument();
    else if (toDecide(otherKind(asking.kind)).length) startAsking(otherKind(asking.kind));
    else if (nextDocuments(otherKind(asking.kind)).length) openNextDocument();
    else closeQueue();
  }

  // ------------------------------------------------------------ deciding

  const needsPolarity = (entry) => entry.why === "polarity" || entry.why === "duplicate";
  /** The codes on offer, in the order of their number keys. */
  const candidatesOf = (record, entry) => [...(entry.why === "reread" ? [record.code] : entry.candidates), ...asking.more];

  function toggleCandidate(id) {
    asking.isNone = false;
    untell();
    asking.chosen = asking.chosen.includes(id) ? asking.chosen.filter((one) => one !== id) : [...asking.chosen, id];
    showQueue();
    say(w(asking.chosen.includes(id) ? "queue.chosen" : "queue.dropped", { code: codeOf.get(id)?.display ?? "?" }));
  }

  function addCandidate(id) {
    const record = records.get(asking?.id);
    if (!record) return;
    if (!candidatesOf(record, waits.get(record.id)).includes(id)) asking.more = [...asking.more, id];
    // Who looks for another code when reading again means that one, and may add the old one again.
    if (waits.get(record.id).why === "reread" && asking.chosen.length === 1 && asking.chosen[0] === record.code) asking.chosen = [];
    if (!asking.chosen.includes(id)) toggleCandidate(id); else showQueue();
  }

  function setAskedPolarity(value) {
    const record = records.get(asking.id);
    if (!record) return;
    asking.polarity = value;
    untell();
    showQueue();
    say(w(`polarity.${value}`));
  }

  function askForNone() {
    asking.isNone = !asking.isNone;
    untell();
    showQueue();
    if (asking.isNone) parts.queue.querySelector("input")?.focus(); else focusText();
  }

  /** What was asked for has been given: the alert is gone, for those who listen too. */
  function untell() {
    asking.told = "";
    if (parts.alerts) parts.alerts.textContent = "";
  }

  function tellInQueue(text) {
    asking.told = text;
    showQueue();
    alertNow(text);
  }

  function saveAsked() {
    const record = records.get(asking.id), entry = waits.get(asking.id);
    if (!record || !entry) { goOn(); return; }
    const polarity = newPolarity(record, entry);
    const settle = (rest) => settleAsked(record, entry, rest);
    if (asking.isNone) settle({ codes: [], reason: asking.reason.trim() });
    else if (!asking.chosen.length) { tellInQueue(w("queue.choose")); return; }
    else if (needsPolarity(entry) && polarity === null) { tellInQueue(w("queue.choose.polarity")); return; }
    else if (isStanding(record, entry)) standAsked();
    else settle({ codes: asking.chosen, polarity });
    if (answered.has(record.id)) nextAsked();
    focusText();
  }

  function settleAsked(record, entry, rest) {
    act("settle", { record: known(record.id), others: entry.others, facets: entry.facets ?? {}, ...rest }, { optimistic: () => [record.id, ...entry.others].forEach((id) => answered.add(id)) });
  }

  /** The polarity that is to be saved; null where it stays as it is, or has still to be chosen. */
  function newPolarity(record, entry) {
    const said = asking.polarity ?? (needsPolarity(entry) ? null : entry.polarity);
    return said === record.polarity && !needsPolarity(entry) ? null : said;
  }

  /** Whether to save would say no more than that the code stands. */
  const isStanding = (record, entry) => entry.why === "reread" && newPolarity(record, entry) === null && asking.chosen.length === 1 && asking.chosen[0] === record.code;

  /** Read again, and the code stands; a polarity that was chosen is saved with it. */
  function standAsked() {
    const record = records.get(asking.id), entry = waits.get(asking.id), polarity = newPolarity(record, entry);
    if (polarity !== null) { settleAsked(record, entry, { codes: [record.code], polarity }); return; }
    act("confirm", { records: [known(record.id)] }, { optimistic: () => answered.add(record.id) });
  }

  /** A key while the queue is open: whether it was used, or null when it has its usual meaning. */
  function doQueueKey(k, low, e) {
    const record = records.get(asking.id), entry = waits.get(asking.id);
    const isBig = e.shiftKey && k.length === 1 && k !== low;
    if (k === "Escape") { closeQueue(); return true; }
    if (k === "Enter") { saveAsked(); return true; }
    if (k === "ArrowDown" || k === "ArrowUp") { setTurn(turnNow + (k === "ArrowDown" ? 1 : -1)); speakTurn(); return true; }
    if (k === " ") { parts.queueBody?.scrollBy(0, (e.shiftKey ? -0.8 : 0.8) * parts.queueBody.clientHeight); return true; }
    if (low === "r" && isBig) { changeList(); return true; }
    if (!record || !entry) {
      if (low === "n") { goOn(); return true; }
      return ["z", "y", "o", "f", "/", "?", "i", "l", "PageDown", "PageUp", "Home", "End", "Tab"].includes(low) ? null : k.length === 1 || k === "Delete" || k === "Backspace";
    }
    if (/^[1-9]$/.test(k)) {
      const code = candidatesOf(record, entry)[Number(k) - 1];
      if (code) toggleCandidate(code); else say(w("queue.no.candidate", { key: k }));
      return true;
    }
    switch (low) {
      case "n": if (isBig) openNextDocument(); else nextAsked(); return true;
      case "p": nextAsked(-1); return true;
      case "r": case "c": openPalette("settle"); return true;
      case "x": askForNone(); return true;
      case "a": if (entry.why === "reread") { standAsked(); if (answered.has(record.id)) nextAsked(); } return true;
      case "+": setAskedPolarity("fremmer"); return true;
      case "-": case "−": setAskedPolarity("hemmer"); return true;
      case "b": setAskedPolarity("begge"); return true;
      case "0": setAskedPolarity("nøytral"); return true;
      case "g": goAsked(record.id); return true;
      case "z": case "y": case "o": case "f": case "/": case "?": case "i": case "l": case "m": case "k": case "e": case "d":
      case "Delete": case "PageDown": case "PageUp": case "Home": case "End": case "Tab": return null;
      default: return k.length === 1 || k === "Backspace";
    }
  }

  function onQueueKey(e) {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    const isField = e.target.tagName === "INPUT";
    if (isField && e.key === "Enter") { e.preventDefault(); saveAsked(); return; }
    if (isField && e.key === "Escape") { e.preventDefault(); e.stopPropagation(); askForNone(); return; }
    // Enter and Space press the button that has the focus; Escape leads to the text, as from every pane.
    if (isField || ["Tab", "Escape", "F6", " ", "ArrowUp", "ArrowDown"].includes(e.key) || (e.key === "Enter" && e.target.tagName === "BUTTON")) return;
    const low = e.key.length === 1 ? e.key.toLowerCase() : e.key;
    if (doKey(e.key, low, e)) e.preventDefault();
  }

  // ------------------------------------------------------------ the queue on the screen

  function whyWords(record, entry) {
    const target = codeOf.get(entry.candidates[0]);
    const facts = { code: codeName(codeOf.get(entry.code)), version: entry.version, target: codeName(target), polarity: w(entry.polarity ? `polarity.${entry.polarity}` : "polarity.unset"), says: entry.says ? w(`polarity.${entry.says}`) : "" };
    return w(`queue.why.${entry.why}`, facts);
  }

  /** What the open queue is about, for who listens. */
  function askedWords() {
    const record = records.get(asking?.id), entry = waits.get(asking?.id);
    if (!asking) return "";
    if (!record || !entry) return endWords();
    const options = candidatesOf(record, entry).map((id, i) => `${i + 1} ${codeName(codeOf.get(id))}`).join(", ");
    return `${placeInQueue(record)}. ${codeName(codeOf.get(record.code))}. ${whyWords(record, entry)} ${wire.text.slice(record.start, record.end)} ${options}`;
  }

  const placeInQueue = (record) => { const all = inQueue(asking.kind); return w("queue.place", { number: all.findIndex((r) => r.id === record.id) + 1, count: all.length }); };

  function endWords() {
    const { kind } = asking;
    if (answered.size || waiting.size) return w("state.saving");
    const there = countElsewhere(kind);
    if (there) return w(`queue.done.here.${kind}`, { count: there, documents: nextDocuments(kind).length });
    const other = inQueue(otherKind(kind)).length + countElsewhere(otherKind(kind));
    return other ? w(`queue.done.all.${kind}`, { count: other }) : w("queue.empty");
  }

  function showQueue() {
    if (!parts.queue || wire.compare) return;
    parts.queue.hidden = !asking;
    root.classList.toggle("foran-asking", Boolean(asking));
    if (!asking) { fill(parts.queue); return; }
    const focused = document.activeElement, isInside = parts.queue.contains(focused), at = isInside ? focused.dataset.focus : null;
    const caret = isInside && focused.tagName === "INPUT" ? focused.selectionStart : null;
    const scrolled = parts.queue.dataset.about === String(asking.id) ? parts.queueBody?.scrollTop ?? 0 : 0;
    const record = records.get(asking.id), entry = waits.get(asking.id);
    parts.queue.dataset.about = String(asking.id);
    const lists = ["recode", "reread"].map((kind) => {
      const here = inQueue(kind).length, there = countElsewhere(kind), count = there ? `${here} (+${there})` : here;
      return (here > 0 || there > 0 || kind === asking.kind) && h("button", { type: "button", "aria-pressed": String(kind === asking.kind), title: "Shift+R", "data-focus": `list-${kind}`, onmousedown: (e) => e.preventDefault(), onclick: () => { if (kind !== asking.kind) { startAsking(kind); focusText(); } } }, w(`queue.list.${kind}`, { count }));
    });
    const head = h("div", { class: "foran-queue-head" }, lists,
      record && entry && h("b", {}, placeInQueue(record)),
      (parts.queueMore = h("b", { class: "foran-queue-more", hidden: true })),
      h("span", { class: "foran-hint" }, countElsewhere(asking.kind) > 0 ? w("queue.elsewhere", { count: countElsewhere(asking.kind), documents: nextDocuments(asking.kind).length }) : ""),
      h("span", { class: "foran-space" }),
      button("close", closeQueue, { keys: "Esc", sign: "×", "data-focus": "close" }));
    fill(parts.queue, head, ...(record && entry ? bodyOfQueue(record, entry) : endOfQueue()));
    parts.queueBody?.scrollTo(0, scrolled);
    hintMore();
    if (!isInside || parts.queue.contains(document.activeElement)) return;
    const next = (at && parts.queue.querySelector(`[data-focus="${CSS.escape(at)}"]`)) || parts.queue;
    next.focus({ preventScroll: true });
    if (caret !== null) next.setSelectionRange?.(caret, caret);
  }

  /** Say how many of the codes to choose among are in sight, while there are others to scroll to. */
  function hintMore() {
    const body = parts.queueBody;
    if (!body?.isConnected || !parts.queueMore) return;
    const box = body.getBoundingClientRect();
    const cards = [...body.querySelectorAll(".foran-candidate > button")].map((one) => one.getBoundingClientRect());
    const seen = cards.filter(({ top, bottom }) => bottom <= box.bottom + 1 && top >= box.top - 1).length;
    parts.queueMore.hidden = seen === cards.length || body.scrollHeight <= body.clientHeight + 1;
    parts.queueMore.textContent = w("queue.more", { seen, count: cards.length });
  }

  function bodyOfQueue(record, entry) {
    const change = changeOf(entry);
    const reason = change && [label(change.summary), label(change.reason_empirical), label(change.reason_theoretical)];
    const others = entry.others.map((id) => records.get(id)).filter(Boolean);
    parts.queueBody = h("div", { class: "foran-queue-body foran-candidates", tabindex: 0, role: "group", "aria-label": w("queue.candidates"), onscroll: hintMore },
      h("div", { class: "foran-why" }, h("p", { class: "foran-note" }, h("b", {}, codeName(codeOf.get(record.code)), SIGNS[record.polarity] && ` ${SIGNS[record.polarity]}`), " ", whyWords(record, entry),
        others.map((r) => [" ", chip(r)])),
        change && h("p", { class: "foran-change" }, w("queue.change", { change: entry.change, type: change.is_polarity ? w("change.to_polarity") : w(`change.${change.type}`), version: entry.version }), " ", reason[0], reason[1] && [" ", h("i", {}, w("queue.reason.empirical")), " ", reason[1]], reason[2] && [" ", h("i", {}, w("queue.reason.theoretical")), " ", reason[2]])),
      entry.why === "reread" && definitionCard(record, entry),
      candidatesOf(record, entry).map((id, i) => candidateCard(id, i, record, entry)));
    const isSet = (value) => (asking.polarity ?? (needsPolarity(entry) ? "" : entry.polarity)) === value;
    const polarities = h("div", { class: "foran-queue-polarity", role: "group", "aria-label": w("polarity") }, h("span", { class: "foran-hint" }, w(needsPolarity(entry) ? "queue.polarity.ask" : "polarity")),
      POLARITIES.map((value, i) => h("button", { type: "button", "aria-pressed": String(isSet(value)), title: ["+", "-", "B", "0"][i], "data-focus": `queue-${value}`, onmousedown: (e) => e.preventDefault(), onclick: () => setAskedPolarity(value) }, `${SIGNS[value]} ${w(`polarity.${value}`)}`)));
    const why = asking.isNone && h("label", { class: "foran-queue-none" }, w("queue.none.reason"),
      h("input", { type: "text", value: asking.reason, maxlength: 500, "data-focus": "reason", autocomplete: "off", oninput: (e) => { asking.reason = e.target.value; } }));
    const foot = h("div", { class: "foran-queue-foot" },
      asking.isNone ? why : polarities,
      asking.told && h("p", { class: "foran-red", role: "alert" }, asking.told),
      h("div", { class: "foran-buttons" },
        button(asking.isNone ? "queue.save.none" : isStanding(record, entry) ? "queue.stands" : "queue.save", saveAsked, { keys: "Enter", class: "foran-main", "data-focus": "save" }),
        button("queue.other", () => openPalette("settle"), { keys: "R", "data-focus": "other" }),
        button("queue.none", askForNone, { keys: "X", "aria-pressed": String(asking.isNone), "data-focus": "none" }),
        button("queue.later", () => nextAsked(), { keys: "N", "data-focus": "later" }),
        nextDocuments(asking.kind).length > 0 && button("queue.document", openNextDocument, { keys: "Shift+N", "data-focus": "document" })));
    return [parts.queueBody, foot];
  }

  function texts(code, other = null, tag = "ins") {
    return h("dl", {}, ["definition", "when_to_use", "when_not_to_use"].map((field) => label(code[field]) && [
      h("dt", {}, w(field.replaceAll("_", "."))), h("dd", {}, other ? changed(label(code[field]), label(other[field] ?? {}), tag) : label(code[field]))]));
  }

  /** As `compared`; where little is the same, marks would tell nothing, and the text is left plain. */
  function changed(words, other, tag) {
    const told = compared(words, other, tag), isMarked = (part) => typeof part !== "string";
    return 2 * told.filter(isMarked).length > words.split(/\s+/u).length ? words : told;
  }

  /** The definition that a passage was coded under and the one in force: several versions may have changed it in between. */
  function definitionsOf(record, entry) {
    const since = Object.entries(wire.changes).filter(([key, change]) => change.codes[record.code] && isLater(key.split(" ")[0], record.codebook_version ?? ""));
    return (since[0]?.[1] ?? changeOf(entry))?.codes?.[record.code];
  }

  /** The code as it was defined when the passage was coded. */
  function definitionCard(record, entry) {
    const told = definitionsOf(record, entry);
    return told && h("section", { class: "foran-candidate foran-was", "aria-label": w("queue.was", { version: told.old.version }) }, h("h4", {}, w("queue.was", { version: told.old.version })), texts(told.old, told.new, "del"));
  }

  function candidateCard(id, i, record, entry) {
    const code = codeOf.get(id), isChosen = asking.chosen.includes(id) && !asking.isNone;
    const told = entry.why === "reread" && id === record.code ? definitionsOf(record, entry) : null;
    return h("section", { class: `foran-candidate${isChosen ? " foran-chosen" : ""}`, "aria-label": codeName(code), style: { "--hue": code?.hue ?? 0 } },
      h("button", { type: "button", "aria-pressed": String(isChosen), "data-focus": `candidate-${id}`, onmousedown: (e) => e.preventDefault(), onclick: () => toggleCandidate(id) },
        i < 9 && h("kbd", {}, String(i + 1)), " ", h("b", {}, code?.display ?? "?"), " ", label(code?.label), h("span", { class: "foran-tick", "aria-hidden": "true" }, isChosen ? " ✓" : "")),
      told && h("p", { class: "foran-hint" }, w("queue.now", { version: told.new.version })),
      code && label(code.brief) && h("p", {}, label(code.brief)),
      code && texts(told ? told.new : code, told?.old, "ins"));
  }

  function endOfQueue() {
    const { kind } = asking, next = nextDocuments(kind)[0] ?? nextDocuments(otherKind(kind))[0];
    const isHere = toDecide(otherKind(kind)).length > 0;
    parts.queueBody = null;
    return [h("div", { class: "foran-queue-foot" },
      asking.told && h("p", { class: "foran-red", role: "alert" }, asking.told),
      h("p", { class: "foran-note" }, endWords()),
      h("div", { class: "foran-buttons" },
        isHere && button(`queue.start.${otherKind(kind)}`, () => { startAsking(otherKind(kind)); focusText(); }, { keys: "Shift+R", class: nextDocuments(kind).length ? "" : "foran-main", "data-focus": "other-list" }),
        next && h("button", { type: "button", class: nextDocuments(kind).length || !isHere ? "foran-main" : "", title: `${w("queue.document")} (Enter)`, "data-focus": "document", onmousedown: (e) => e.preventDefault(), onclick: openNextDocument }, w("queue.go", { document: next.id, title: next.title, count: next[kind] || next[otherKind(kind)] })),
        button("queue.close", closeQueue, { keys: "Esc", class: next || isHere ? "" : "foran-main", "data-focus": "end" })))];
  }

  function setPolarity(value) {
    const record = activeRecord();
    if (!record || !isSegment(record)) return;
    act("polarity", { records: [known(active)], polarity: record.polarity === value ? "" : value });
  }

  function removeActive() {
    const offered = selectedSuggestion();
    if (offered) { dismissNow(); return; }
    if (activeDisplaced()) { removeDisplaced(activeDisplaced()); return; }
    const record = activeRecord();
    if (!record) return;
    act("remove", { records: [known(active)] });
  }

  function acceptNow() {
    if (activeDisplaced()) { placeDisplaced(activeDisplaced()); return; }
    const offered = selectedSuggestion() ?? suggestionHere();
    if (!offered) { say(w("no.suggestion")); return; }
    activate(offered.id);
    applyCode(offered.code);
    focusText();
  }

  function dismissNow() {
    const offered = selectedSuggestion() ?? suggestionHere();
    if (!offered) { say(w("no.suggestion")); return; }
    const isGoingThrough = Boolean(selectedSuggestion());
    hideSuggestion(offered);
    act("dismiss", { suggestion: offered.wire });
    active = null;
    showSide();
    say(w("dismissed"));
    if (isGoingThrough && shownSuggestions().length) jump(shownSuggestions(), 1);
  }

  function suggestionHere() {
    const turn = turns[turnNow];
    return turn && inOrder(shownSuggestions()).find((s) => s.start < turn.end && s.end > turn.start);
  }

  function undoRedo(verb) {
    if (!wire[verb]) { say(w(verb === "undo" ? "refused.nothing-to-undo" : "refused.nothing-to-redo")); return; }
    const old = verb === "undo" ? oldActAhead() : null;
    if (old) askBeforeUndo(old); else act(verb, {});
  }

  /** The act that an undo would take back now, when it was not done in this sitting; what is on its way is reckoned with. */
  function oldActAhead() {
    const depth = undoDepth([...waiting.values()].map(({ verb }) => verb));
    if (depth < 0) return null;
    const [when, action] = wire.undo_acts?.[depth] ?? [];
    return when && Date.parse(when) < Date.parse(wire.since) ? { when, action } : null;
  }

  function askBeforeUndo({ when, action }) {
    const title = w("undo.old", { date: localTime(when).slice(0, 10), document: wire.document, action: w(`action.${action}`) });
    overlay(title, (close) => {
      const yes = button("undo", () => { close(); act("undo", {}); }, { class: "foran-main", keys: "Enter" });
      queueMicrotask(() => yes.focus());
      return [h("p", {}, h("b", {}, title)), h("p", { class: "foran-hint" }, w("undo.old.help")), h("div", { class: "foran-buttons" }, yes, button("cancel", () => close(), { keys: "Esc" }))];
    });
  }

  function toggleDone() { act("complete", { is_complete: !wire.done }); }

  function startMode(kind) {
    const record = activeRecord();
    if (!record || (kind === "cut" && !isSegment(record))) return;
    mode = { kind, id: active, old: [record.start, record.end] };
    if (kind === "cut") {
      const first = nextWord(record.start + 1, 1);
      if (!first || first[0] >= record.end) { mode = null; say(w("too.short")); return; }
      const middle = wordsOf(wire.text.slice(record.start, record.end));
      const word = middle[Math.max(1, Math.floor(middle.length / 2))] ?? middle.at(-1);
      selection = [record.start + word[0], record.start + word[1]];
    } else selection = [record.start, record.end];
    showMode(); markSelection(); focusText();
  }

  function moveCut(place) {
    const record = records.get(mode.id);
    const word = wordsAround(turnAt(place)).find(([a, b]) => a <= place && place <= b) ?? nextWord(place, 1);
    if (word && word[0] > record.start && word[0] < record.end) { selection = word; markSelection(); say(wire.text.slice(...word)); }
  }

  function endMode(isConfirmed) {
    const { kind, id, old } = mode;
    mode = null;
    showMode();
    if (isConfirmed && selection) {
      if (kind === "adjust") act("adjust", { record: known(id), ...wireSpan(selection) });
      else act("split", { record: known(id), at: map.point(selection[0]) });
    }
    selection = kind === "adjust" && isConfirmed ? selection : old;
    markSelection();
    focusText();
  }

  function showMode() {
    parts.mode.hidden = !mode;
    if (!mode) { fill(parts.mode); return; }
    fill(parts.mode, w(`mode.${mode.kind}`), " ",
      button("confirm", () => endMode(true), { keys: "Enter" }), button("cancel", () => endMode(false), { keys: "Esc" }));
    say(w(`mode.${mode.kind}`));
  }

  function mergeNow() {
    const record = activeRecord();
    if (!record || !isSegment(record)) return;
    const same = inOrder(segments().filter((r) => r.code === record.code));
    const span = selection ?? [record.start, record.end];
    let chosen = same.filter((r) => r.start <= span[1] && r.end >= span[0]);
    if (chosen.length < 2) chosen = [record, same[same.indexOf(record) + 1]].filter(Boolean);
    if (chosen.length < 2 || turnAt(chosen[1].start) - turnAt(chosen[0].end) > 2) { say(w("nothing.to.merge")); return; }
    act("merge", { records: chosen.map((r) => known(r.id)) });
  }

  // ------------------------------------------------------------ moving

  function setActive(id) {
    if (active === id) { showSide(); return; }
    for (const place of placesOf(active)) for (const node of place.querySelectorAll(".foran-on")) node.classList.remove("foran-on");
    active = id;
    for (const place of placesOf(id)) for (const node of place.querySelectorAll(`[data-ids~="${CSS.escape(id)}"], [data-id="${CSS.escape(id)}"]`)) node.classList.add("foran-on");
    showSide();
  }

  /** Where marks and chips of a record stand: its turns, or anywhere when the record itself is gone. */
  function placesOf(id) {
    if (!id) return [];
    const record = records.get(id) ?? suggestions.find((s) => s.id === id);
    return record?.start === undefined ? [parts.list] : spanTurns(record).map((i) => turns[i].node);
  }

  function activate(id, centre = false, keepPlace = false) {
    const record = records.get(id) ?? suggestions.find((s) => s.id === id);
    if (!record) return;
    if (record.waiting) { goDisplaced(record); return; }
    // Another segment than those of the queue: the keys are for it, and the queue is closed until it is called again.
    if (asking && waits.has(id)) { goAsked(id, keepPlace); return; }
    if (asking) closeQueue();
    spanTurns(record).forEach((i) => paintTurn(i, false));
    setActive(id);
    selection = [record.start, record.end];
    if (keepPlace) setTurnQuietly(turnAt(record.start)); else setTurn(turnAt(record.start), centre);
    markSelection();
    say(`${chipWords(record)}. ${w("turn")} ${turns[turnAt(record.start)].number}`);
    if (details !== record.code && record.code) showDetails(record.code);
  }

  function jump(list, step) {
    const ordered = inOrder(list);
    if (!ordered.length) { say(w("none.left")); return; }
    const now = ordered.findIndex((r) => r.id === active);
    let next;
    if (now >= 0) next = ordered[(now + step + ordered.length) % ordered.length];
    else {
      const here = selection?.[0] ?? turns[turnNow].start;
      next = step > 0 ? ordered.find((r) => r.start >= here) ?? ordered[0] : ordered.findLast((r) => r.start < here) ?? ordered.at(-1);
    }
    activate(next.id);
  }

  function jumpUncoded(step) {
    const assigned = wire.assigned ? new Set(wire.assigned) : null;
    const isOpen = (i) => turns[i].isInformant && turns[i].kind !== "heading" && (!assigned || assigned.has(turns[i].number))
      && ![...byTurn[i]].some((id) => isSegment(records.get(id) ?? { kind: "gone" }));
    for (let n = 1; n <= turns.length; n += 1) {
      const i = (turnNow + step * n + turns.length * n) % turns.length;
      if (isOpen(i)) { select(null); setTurn(i); speakTurn(); return; }
    }
    say(w("none.left"));
  }

  // The stretch whose segments L goes through: that of the segment, or of the selection, where it was first pressed.
  let layers = null;
  function cycleHere() {
    const there = layers && active && layers.ids.includes(active) ? layers.span : selection ?? [turns[turnNow].start, turns[turnNow].end];
    const all = [...spans(), ...shownSuggestions()];
    const ids = inOrder(all.filter((r) => r.start < there[1] && r.end > there[0])).map((r) => r.id);
    if (!ids.length) { say(w("none.left")); return; }
    layers = { span: there, ids };
    activate(ids[(ids.indexOf(active) + 1) % ids.length]);
  }

  // ------------------------------------------------------------ keys

  const isCtrl = (e) => (IS_MAC ? e.metaKey : e.ctrlKey);
  const isSave = (e) => (e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "s"; // the notebook's, wherever one is

  function onTextKey(e) {
    if (e.defaultPrevented) return;
    const k = e.key;
    const low = k.length === 1 ? k.toLowerCase() : k;
    if ((isCtrl(e) || e.ctrlKey) && !e.altKey && ["z", "y", "f"].includes(low)) {
      e.preventDefault(); e.stopPropagation();
      if (low === "f") openFind(); else undoRedo(low === "y" || e.shiftKey ? "redo" : "undo");
      return;
    }
    const arrows = { ArrowLeft: -1, ArrowRight: 1 };
    if (k in arrows) {
      e.preventDefault(); e.stopPropagation();
      if (mode?.kind === "cut") { moveCutBy(arrows[k]); return; }
      if (e.shiftKey) moveEnd(e.altKey ? "start" : "end", arrows[k], e.ctrlKey || e.metaKey);
      else moveWord(arrows[k]);
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return; // the notebook's own keys go through
    if (k === "F6") return; // the screen's, wherever the focus is
    e.stopPropagation();
    const done = doKey(k, low, e);
    if (done) e.preventDefault();
  }

  function moveCutBy(step) {
    const found = nextWord(step > 0 ? selection[1] : selection[0], step);
    if (found) moveCut(found[0]);
  }

  function doKey(k, low, e) {
    if (mode && (k === "Enter" || k === "Escape")) { endMode(k === "Enter"); return true; }
    if (mode?.kind === "cut") return k !== "Tab";
    const isDone = asking && !mode ? doQueueKey(k, low, e) : null;
    if (isDone !== null) return isDone;
    const big = e.shiftKey && k.length === 1 && k !== low;
    if (mode && !["s", "t", "w", "ArrowDown", "ArrowUp"].includes(low)) return k !== "Tab";
    switch (low) {
      case "ArrowDown": case "ArrowUp": if (mode) return true; select(null); setTurn(turnNow + (k === "ArrowDown" ? 1 : -1)); speakTurn(); return true;
      case "PageDown": case "PageUp": pageBy(k === "PageDown" ? 1 : -1); return true;
      case "Home": select(null); setTurn(0); speakTurn(); return true;
      case "End": select(null); setTurn(turns.length - 1); speakTurn(); return true;
      case "w": { const here = selection?.[0] ?? turns[turnNow].start; const word = wordsAround(turnAt(here)).find(([, b]) => b > here); if (word) { select(word); say(wire.text.slice(...word)); } return true; }
      case "s": selectSentence(big ? -1 : 1); return true;
      case "t": selectTurn(); return true;
      case "Escape": if (selection || active) { select(null); setActive(null); } return true;
      case "Enter": case "c": { const offered = selectedSuggestion(); openPalette(offered ? "change" : "apply"); return true; }
      case ".": if (lastCode) applyCode(lastCode); return true;
      case "v": openPalette("apply", selection ? wire.text.slice(...selection).slice(0, 120) : ""); return true;
      case "r": if (big) openQueue(); else if (activeRecord()) openPalette("recode"); return true;
      case "+": setPolarity("fremmer"); return true;
      case "-": case "−": setPolarity("hemmer"); return true;
      case "b": setPolarity("begge"); return true;
      case "0": setPolarity("nøytral"); return true;
      case "n": jump(spans(), big ? -1 : 1); return true;
      case "p": jump(spans(), -1); return true;
      case "u": jumpUncoded(big ? -1 : 1); return true;
      case "g": jump(shownSuggestions(), big ? -1 : 1); return true;
      case "a": acceptNow(); return true;
      case "x": dismissNow(); return true;
      case "h": toggleSuggestions(); return true;
      case "e": startMode("adjust"); return true;
      case "d": startMode("cut"); return true;
      case "j": mergeNow(); return true;
      case "l": if (big) nextDisplaced(); else cycleHere(); return true;
      case "Delete": case "Backspace": removeActive(); return true;
      case "m": focusMemo(); return true;
      case "k": focusFacets(); return true;
      case "i": parts.side.focus(); return true;
      case "q": parts.search.focus(); return true;
      case "o": send({ do: "documents" }); return true;
      case "f": case "/": openFind(); return true;
      case "z": undoRedo("undo"); return true;
      case "y": undoRedo("redo"); return true;
      case "?": openHelp(); return true;
      default:
    }
    // On most keyboards Shift and a digit is a sign: the place of the key tells.
    if (e.shiftKey && /^Digit[1-9]$/.test(e.code)) { pinKey(Number(e.code.at(-1)) - 1); return true; }
    if (/^[1-9]$/.test(k)) {
      const code = slots[Number(k) - 1];
      if (code) applyCode(code); else say(w("free.key", { key: k }));
      return true;
    }
    // Letters without a meaning stay here: in the notebook they would cut or delete cells.
    return k.length === 1 && k !== " " ? true : k === " " ? (pageBy(e.shiftKey ? -1 : 1), true) : false;
  }

  function pageBy(step) {
    const target = parts.text.scrollTop + step * parts.text.clientHeight * 0.9;
    let i = turnNow;
    while (i + step >= 0 && i + step < turns.length && (step > 0 ? topOf(turns[i].node) < target : topOf(turns[i].node) > target)) i += step;
    select(null);
    setTurn(i);
    parts.text.scrollTop = target;
    speakTurn();
  }

  function focusText() { (wire.compare ? parts.compare : parts.text).focus({ preventScroll: true }); markSelection(); }

  // A click beside the buttons leaves the focus in the screen: the notebook would take the next letter for a command.
  root.addEventListener("click", () => { if (!root.contains(document.activeElement) && wire?.text !== undefined) focusText(); });
  let isByMouse = false;
  root.addEventListener("pointerdown", () => { isByMouse = true; }, true);
  root.addEventListener("keydown", () => { isByMouse = false; }, true);
  // After a choice made by mouse the keys are for the text again.
  const backAfterMouse = () => { if (isByMouse) focusText(); };

  // Keys pressed anywhere in the screen belong to it, not to the notebook around it.
  root.addEventListener("keydown", (e) => {
    if (wire?.text === undefined) { if (!isSave(e)) e.stopPropagation(); return; }
    if (!parts.text?.contains(e.target) && (e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "z" && !/^(INPUT|TEXTAREA)$/.test(e.target.tagName)) {
      e.preventDefault(); undoRedo(e.shiftKey ? "redo" : "undo");
    }
    if (e.key === "Escape" && !parts.text?.contains(e.target) && parts.overlay?.hidden) { focusText(); e.preventDefault(); }
    if (e.key === "F6") { e.preventDefault(); nextPane(e.shiftKey ? -1 : 1); }
    if (!isSave(e)) e.stopPropagation();
  });

  function nextPane(step) {
    const panes = [...(asking ? [] : [parts.search]), wire.compare ? parts.compare : parts.text, ...(asking ? [parts.queue] : []), parts.side];
    const now = panes.findIndex((pane) => pane === document.activeElement || pane.contains(document.activeElement));
    panes[(now + step + panes.length) % panes.length].focus();
  }

  // ------------------------------------------------------------ palette

  function overlay(title, body, onclose) {
    const before = document.activeElement;
    const close = (toText = true) => {
      parts.overlay.hidden = true;
      fill(parts.overlay);
      onclose?.();
      if (toText && root.contains(before) && before !== document.body && before.isConnected) before.focus({ preventScroll: true });
      if (toText) markSelection();
    };
    const box = h("div", { class: "foran-box", role: "dialog", "aria-modal": "true", "aria-label": title, onkeydown: (e) => {
      if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(); }
      if (e.key === "Tab") keepInside(e, box);
      if (!isSave(e)) e.stopPropagation();
    } }, body(close));
    fill(parts.overlay, box);
    parts.overlay.hidden = false;
    parts.overlay.onclick = (e) => { if (e.target === parts.overlay) close(); };
    return close;
  }

  function keepInside(e, box) {
    const all = [...box.querySelectorAll("button, input, select, textarea, [tabindex='0']")].filter((n) => !n.disabled);
    if (!all.length) return;
    if (e.shiftKey && document.activeElement === all[0]) { e.preventDefault(); all.at(-1).focus(); }
    else if (!e.shiftKey && document.activeElement === all.at(-1)) { e.preventDefault(); all[0].focus(); }
  }

  function openPalette(purpose, first = "") {
    if (purpose === "apply" && !selection && turns[turnNow]) {
      selection = trimmed(wire.text, turns[turnNow].start, turns[turnNow].end);
      markSelection();
    }
    if (purpose === "apply" && !selection) { say(w("nothing.selected")); return; }
    let rows = [], chosen = 0;
    const input = h("input", { type: "text", class: "foran-query", role: "combobox", "aria-expanded": "true", "aria-controls": `${uid}-hits`, "aria-autocomplete": "list", "aria-label": w(`palette.${purpose}`), placeholder: w("palette.placeholder"), value: first, autocomplete: "off", spellcheck: "false", maxlength: 120 });
    const list = h("div", { id: `${uid}-hits`, class: "foran-hits", role: "listbox", "aria-label": w("codes") });
    const proposals = () => [...new Set([...records.values()].filter((r) => r.kind === "proposal").map((r) => r.label).concat(wire.proposals ?? []))];
    let close;
    const choose = (row, keepOpen) => {
      if (!row) return;
      if (!keepOpen) close(false);
      if (row.label !== undefined) act("propose", { ...wireSpan(selection), label: row.label });
      else if (purpose === "settle") addCandidate(row.code.id);
      else if (purpose === "recode") { useCode(row.code.id); act("recode", { records: [known(active)], code: row.code.id }); }
      else applyCode(row.code.id, { keepOpen });
      if (keepOpen) { input.value = ""; show(); input.focus(); } else focusText();
    };
    const mark = () => {
      [...list.children].forEach((node, i) => node.setAttribute("aria-selected", String(i === chosen)));
      const node = list.children[chosen];
      if (node) { input.setAttribute("aria-activedescendant", node.id); node.scrollIntoView({ block: "nearest" }); } else input.removeAttribute("aria-activedescendant");
    };
    const show = () => {
      const query = input.value.trim();
      const recent = new Map(slots.map((code, i) => [code, i]));
      rows = (query ? ranked(query, entries) : [...entries].sort((a, b) => (recent.get(a.code.id) ?? 99) - (recent.get(b.code.id) ?? 99) || a.order - b.order)).slice(0, 40).map((entry) => ({ code: entry.code }));
      if (purpose === "apply") {
        for (const name of proposals()) if (query && fitness(folded(query), folded(name))) rows.push({ label: name });
        if (query && !proposals().includes(query)) rows.push({ label: query, isNew: true });
      }
      chosen = purpose === "apply" && first && query === first ? rows.length - 1 : 0;
      fill(list, ...rows.map((row, i) => h("div", {
        role: "option", id: `${uid}-hit${i}`, class: "foran-hit", style: { "--hue": row.code ? row.code.hue : 300 },
        onmousedown: (e) => e.preventDefault(), onclick: (e) => choose(row, e.ctrlKey || e.metaKey),
      }, row.code
        ? [h("b", {}, row.code.display), " ", label(row.code.label), quickOf(row.code.id), h("small", {}, label(row.code.brief) || otherLabel(row.code))]
        : [h("b", {}, "+"), " ", w(row.isNew ? "propose.new" : "propose.again", { label: row.label })])));
      mark();
    };
    input.addEventListener("input", show);
    input.addEventListener("keydown", (e) => {
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); chosen = (chosen + (e.key === "ArrowDown" ? 1 : -1) + rows.length) % Math.max(1, rows.length); mark(); }
      if (e.key === "Enter" && !e.isComposing) {
        e.preventDefault(); e.stopPropagation();
        if (e.shiftKey && purpose === "apply" && input.value.trim()) choose({ label: input.value.trim() }, false);
        else choose(rows[chosen], e.ctrlKey || e.metaKey);
      }
    });
    close = overlay(w(`palette.${purpose}`), () => [input, list, h("p", { class: "foran-hint" }, w(`palette.hint.${purpose === "apply" ? "apply" : "other"}`))]);
    show();
    input.focus();
    input.select();
  }

  function otherLabel(code) { return language === "en" ? code.label.nb : code.label.en; }
  function quickOf(id) { const i = slots.indexOf(id); return i >= 0 ? h("kbd", {}, String(i + 1)) : null; }

  // ------------------------------------------------------------ panes

  function showQuick() {
    if (wire.compare) return;
    fill(parts.quick, 
      button("apply", () => openPalette("apply"), { keys: "Enter", class: "foran-main" }),
      ...slots.map((id, i) => codeOf.get(id) && h("button", {
        type: "button", class: "foran-chip", style: { "--hue": codeOf.get(id).hue }, title: `${codeName(codeOf.get(id))} (${i + 1})`,
        onmousedown: (e) => e.preventDefault(), onclick: () => applyCode(id),
      }, h("kbd", {}, String(i + 1)), " ", codeOf.get(id).display, h("span", { class: "foran-hidden" }, ` ${label(codeOf.get(id).label)}`))).filter(Boolean),
      wire.done && h("span", { class: "foran-note" }, w("done.already")),
      h("span", { class: "foran-hint" }, selection ? w("selected", { count: wordsOf(wire.text.slice(...selection)).length }) : w("quick.hint")));
  }

  function countsByCode() {
    const counts = new Map();
    for (const record of segments()) counts.set(record.code, (counts.get(record.code) ?? 0) + 1);
    return counts;
  }

  function showCodes() {
    const query = parts.search.value.trim();
    const counts = countsByCode();
    const hits = query ? new Set(ranked(query, entries).map((entry) => entry.code.id)) : null;
    const rows = [];
    const inDocument = wire.codes.filter((code) => !code.active && counts.has(code.id));
    const add = (code, depth) => {
      const children = wire.codes.filter((c) => c.parent === code.id && c.active);
      const isShown = !hits || hits.has(code.id) || children.some((c) => hits.has(c.id));
      if (!isShown) return;
      rows.push(h("div", {
        role: "treeitem", tabindex: -1, class: `foran-code${code.active ? "" : " foran-retired"}`, "data-code": code.id, "aria-level": depth + 1,
        "aria-selected": String(details === code.id),
        style: { "--hue": code.hue, "--depth": depth },
        onmousedown: (e) => e.preventDefault(),
        onmouseenter: () => { if (document.activeElement?.tagName !== "TEXTAREA" || !parts.details.contains(document.activeElement)) showDetails(code.id); }, onfocus: () => showDetails(code.id),
        onclick: () => { showDetails(code.id); if (selection && code.active && !mode) applyCode(code.id); },
      }, h("b", {}, code.display), " ", h("span", {}, label(code.label)), quickOf(code.id),
      counts.has(code.id) && h("span", { class: "foran-count", title: w("count.here") }, String(counts.get(code.id)))));
      if (!hits || children.some((c) => hits.has(c.id))) children.forEach((c) => add(c, depth + 1));
    };
    for (const level of wire.levels) {
      const own = wire.codes.filter((code) => code.active && !code.parent && code.level === level.id);
      const before = rows.length;
      own.forEach((code) => add(code, 1));
      if (rows.length > before) rows.splice(before, 0, h("div", { role: "treeitem", tabindex: -1, class: "foran-level", "aria-level": 1, "aria-expanded": "true", "aria-selected": "false" }, label(level.label)));
    }
    if (inDocument.length && !hits) {
      rows.push(h("div", { role: "treeitem", tabindex: -1, class: "foran-level", "aria-level": 1, "aria-selected": "false" }, w("codes.retired")));
      inDocument.forEach((code) => add(code, 1));
    }
    if (!rows.length) rows.push(h("div", { role: "treeitem", class: "foran-hint", tabindex: -1, "aria-selected": "false" }, w("no.hits")));
    rows[0].tabIndex = 0;
    fill(parts.tree, ...rows);
    if (!details && !wire.compare) fill(parts.details, h("p", { class: "foran-hint" }, w("code.hint")));
    else if (details) showDetails(details);
  }

  function showCounts() {
    const counts = countsByCode();
    for (const row of parts.tree.querySelectorAll("[data-code]")) {
      const count = counts.get(row.dataset.code);
      let node = row.querySelector(".foran-count");
      if (!count) node?.remove();
      else if (node) node.textContent = String(count);
      else row.append(h("span", { class: "foran-count", title: w("count.here") }, String(count)));
    }
    const told = turns.filter((turn) => turn.isInformant && turn.kind !== "heading");
    const covered = turns.filter((turn, i) => turn.isInformant && turn.kind !== "heading" && [...byTurn[i]].some((id) => isSegment(records.get(id) ?? { kind: "x" }))).length;
    parts.progress.textContent = w("progress", { coded: covered, all: told.length });
    parts.done.textContent = w(wire.done ? "reopen" : "complete");
    parts.done.title = w(wire.done ? "reopen" : "complete");
    showSuggestionCount();
  }

  function onSearchKey(e) {
    if (e.key === "ArrowDown") { e.preventDefault(); parts.tree.querySelector("[data-code]")?.focus(); }
    if (e.key === "Enter") { e.preventDefault(); const first = parts.tree.querySelector("[data-code]"); if (first && parts.search.value.trim()) { applyCode(ranked(parts.search.value, entries)[0].code.id); } }
    if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); if (parts.search.value) { parts.search.value = ""; showCodes(); } focusText(); }
  }

  function onTreeKey(e) {
    const all = [...parts.tree.querySelectorAll("[role=treeitem]")];
    const now = all.indexOf(document.activeElement);
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: all.length - 1 }[e.key];
    if (to !== undefined) { e.preventDefault(); if (to < 0) parts.search.focus(); else all[Math.min(all.length - 1, to)]?.focus(); }
    if ((e.key === "Enter" || e.key === " ") && document.activeElement?.dataset?.code) { e.preventDefault(); applyCode(document.activeElement.dataset.code, { keepOpen: true }); }
  }

  function showDetails(id) {
    const code = codeOf.get(id);
    if (!code) return;
    details = id;
    for (const row of parts.tree.querySelectorAll("[data-code]")) row.setAttribute("aria-selected", String(row.dataset.code === id));
    const field = (key, texts) => label(texts) && [h("dt", {}, w(key)), h("dd", {}, label(texts))];
    const mine = memosAbout("code", id);
    fill(parts.details, 
      h("h3", { style: { "--hue": code.hue } }, h("b", {}, code.display), " ", label(code.label)),
      code.active ? null : h("p", { class: "foran-alert" }, w("retired.in", { version: code.deprecated_in ?? wire.codebook })),
      h("p", {}, label(code.brief)),
      h("dl", {}, field("definition", code.definition), field("when.to.use", code.when_to_use), field("when.not.to.use", code.when_not_to_use), field("example", code.example)),
      memoBlock(w("memo.code"), { code: id }, mine));
  }

  // Memos on a code or the study may have been written while another document was open.
  function memosAbout(kind, id) {
    const here = [...records.values()].filter((r) => r.kind === "memo" && r.about[kind] === id);
    const replaced = new Set([...records.values(), ...elsewhere].map((r) => r.replaces).filter(Boolean));
    return [...elsewhere.filter((r) => r.about[kind] === id), ...here].filter((r) => !replaced.has(r.id) && (r.text || r.fields));
  }

  const linkName = (pair) => Object.entries(pair).map(([kind, id]) => (kind === "code" ? codeOf.get(id)?.display ?? id : id)).join();

  // The newest memo can be changed, earlier ones are shown; `isNew` begins another one.
  function memoBlock(title, about, found, isNew = false) {
    const [[kind, id]] = Object.entries(about);
    const mark = kind === "segment" ? id : kind;
    const own = isNew ? undefined : found.at(-1);
    const earlier = own ? found.slice(0, -1) : found;
    const seen = new Set(found.map((memo) => memo.id));
    // The memo may have come to the disk since the field was drawn.
    const now = () => memosAbout(kind, known(id)).filter((memo) => !isNew || !seen.has(memo.id)).at(-1);
    const area = h("textarea", { rows: own?.text ? Math.min(8, 2 + own.text.split("\n").length) : 2, "aria-label": title, placeholder: title, "data-memo": mark, onkeydown: onMemoKey });
    const type = h("select", { "data-focus": `memo-type-${mark}`, onchange: () => { more.hidden = !hasFields(); note({ type: type.value }); } },
      ["", ...MEMO_TYPES].map((one) => h("option", { value: one, selected: (own?.type ?? "") === one }, w(`memo.type.${one || "none"}`))));
    const areas = MEMO_FIELDS.map(() => h("textarea", { rows: 1, "data-memo": mark, onkeydown: onMemoKey }));
    const hasFields = () => type.value === "abductive" || areas.some((one) => one.value);
    let made = null; // the name of the memo begun here, until its own is known
    const note = (changed) => {
      const memo = now(), text = area.value.trim(), was = area.was;
      area.was = text;
      if (real.has(made) && !records.has(known(made))) made = null; // begun, and undone since
      const record = memo && records.has(memo.id) ? memo.id : made;
      if (record) { act("note", { about, text, record, was, ...changed }); return; }
      const fields = Object.fromEntries(MEMO_FIELDS.map((name, i) => [name, areas[i].value.trim()]));
      // The type alone is no memo: it goes with the first words.
      if (!memo && !text && !Object.values(fields).some(Boolean)) return;
      made = `${client}+${(newest += 1)}`;
      act("note", { about, text, ...(memo ? { replaces: memo.id } : {}), links: memo?.links ?? [], ...changed, type: type.value, fields }, { key: made });
    };
    for (const [one, words, name] of [[area, own?.text, null], ...areas.map((one, i) => [one, own?.fields?.[MEMO_FIELDS[i]], MEMO_FIELDS[i]])]) {
      one.value = words ?? "";
      one.was = words ?? "";
      one.addEventListener("input", showState);
      one.addEventListener("blur", () => {
        const written = one.value.trim();
        if (written === one.was) return;
        if (name) one.was = written;
        note(name ? { fields: { [name]: written } } : {});
      });
    }
    const more = h("div", { hidden: !hasFields() }, areas.map((one, i) => h("label", { class: "foran-facet" }, w(`memo.field.${MEMO_FIELDS[i]}`), one)));
    const linked = h("p", { class: "foran-hint" });
    const showLinks = (links) => { linked.textContent = links?.length ? w("memo.linked", { links: links.map(linkName).join(", ") }) : ""; };
    showLinks(own?.links);
    const linkActive = () => {
      const memo = now(), record = active ? records.get(active) : null;
      if (!memo || !record || !isSegment(record)) { say(w("memo.link.none")); return; }
      const links = [...(memo.links ?? []).filter((pair) => pair.segment !== known(record.id)), { segment: known(record.id) }];
      note({ links });
      showLinks(links);
    };
    const beginNew = (e) => {
      const fresh = memoBlock(title, about, memosAbout(kind, known(id)), true);
      e.target.closest("details").replaceWith(fresh);
      fresh.querySelector("textarea").focus();
    };
    return h("details", { class: "foran-memo", open: Boolean(own) || isNew }, h("summary", {}, title, own ? " ✎" : ""),
      earlier.map((memo) => h("p", { class: "foran-old" }, [memo.text, ...Object.values(memo.fields ?? {})].filter(Boolean).join("\n"))), area, more,
      h("label", { class: "foran-facet" }, w("memo.type"), type), linked,
      h("div", { class: "foran-buttons" }, kind === "code" && button("memo.link", linkActive, { "data-focus": `memo-link-${mark}` }),
        own && button("memo.new", beginNew, { "data-focus": `memo-new-${mark}` })),
      own?.document && own.document !== wire.document && h("p", { class: "foran-hint" }, w("memo.from", { document: own.document })));
  }

  // Memos being written, not saved before the field is left.
  const drafts = () => [...root.querySelectorAll("textarea[data-memo]")].filter((area) => area.was !== undefined && area.value.trim() !== area.was);

  function onMemoKey(e) {
    if (!isSave(e)) e.stopPropagation();
    if (e.key === "Escape" || (e.key === "Enter" && (e.ctrlKey || e.metaKey))) { e.preventDefault(); e.target.blur(); focusText(); }
  }

  function focusMemo() {
    const area = parts.side.querySelector("textarea");
    if (!area) return;
    area.closest("details")?.setAttribute("open", "");
    area.focus();
  }

  function focusFacets() { if (activeRecord()) parts.side.querySelector("select")?.focus(); }

  function showSide() {
    if (!parts.side || wire.compare) return;
    const offered = selectedSuggestion();
    const record = active ? records.get(active) : null;
    // A memo being written is not swept away by an acknowledgement that arrives meanwhile.
    const writing = document.activeElement;
    const isInside = parts.side.contains(writing);
    if (writing?.tagName === "TEXTAREA" && isInside && (active ? known(writing.dataset.memo) === known(active) : ["document", "study"].includes(writing.dataset.memo))) return;
    const hadFocus = isInside ? writing.dataset.focus : null;
    if (offered) sideOfSuggestion(offered);
    else if (record?.waiting) sideOfDisplaced(record);
    else if (record) sideOfRecord(record);
    else sideOfDocument();
    // Focus that fell out of the screen would send the next keys to the notebook's cells.
    if (isInside && !parts.side.contains(document.activeElement)) ((hadFocus && parts.side.querySelector(`[data-focus="${CSS.escape(hadFocus)}"]`)) || parts.side).focus();
  }

  function sideOfSuggestion(offered) {
    fill(parts.side, 
      h("h3", { style: { "--hue": hue(offered) } }, w("suggestion")),
      h("p", {}, h("b", {}, codeName(codeOf.get(offered.code)))),
      offered.polarity && h("p", {}, w("suggestion.hint", { polarity: w(`polarity.${offered.polarity}`) })),
      h("div", { class: "foran-buttons" },
        button("accept", acceptNow, { keys: "A", class: "foran-main", "data-focus": "accept" }),
        button("change", () => openPalette("change"), { keys: "C" }),
        button("dismiss", dismissNow, { keys: "X" })),
      h("p", { class: "foran-hint" }, w("suggestion.note")));
  }

  function sideOfRecord(record) {
    const code = codeOf.get(record.code);
    const others = at(record.start).filter((r) => r.id !== record.id);
    const isOwn = isSegment(record);
    const memo = h("textarea", { rows: 4, "aria-label": w("memo"), placeholder: w("memo.placeholder"), "data-memo": record.id, onkeydown: onMemoKey });
    memo.value = record.memo ?? "";
    memo.was = record.memo ?? "";
    memo.addEventListener("input", showState);
    memo.addEventListener("blur", () => {
      const text = memo.value.trim(), was = memo.was;
      if (text === was) return;
      memo.was = text;
      act("memo", { record: known(record.id), text, was });
    });
    const name = `${uid}-polarity`;
    fill(parts.side, ...[
      h("h3", { style: { "--hue": hue(record) } }, isOwn ? codeName(code) : `${w("proposal")}: ${record.label}`),
      code && !code.active && h("p", { class: "foran-alert" }, w("retired.in", { version: code.deprecated_in ?? wire.codebook }), code.successors.length ? ` ${w("successors")} ${code.successors.map((id) => codeOf.get(id)?.display).filter(Boolean).join(", ")}.` : ""),
      isOwn && h("fieldset", {}, h("legend", {}, w("polarity")), POLARITIES.map((value) => h("label", { class: "foran-radio" },
        h("input", { type: "radio", name, value, checked: record.polarity === value, "data-focus": `pol-${value}`, onchange: () => { act("polarity", { records: [known(record.id)], polarity: value }); backAfterMouse(); } }),
        h("span", {}, `${SIGNS[value]} ${w(`polarity.${value}`)}`))),
        record.polarity && button("polarity.clear", () => act("polarity", { records: [known(record.id)], polarity: "" }))),
      isOwn && wire.facets.map((facet) => h("label", { class: "foran-facet" }, label(facet.label),
        h("select", { "data-focus": `facet-${facet.id}`, onchange: (e) => { act("facet", { records: [known(record.id)], facet: facet.id, value: e.target.value }); backAfterMouse(); } },
          h("option", { value: "" }, "–"), facet.values.map((value) => h("option", { value: value.id, selected: ((record.facets ?? {})[facet.id] ?? (facet.id === "phase" ? record.phase : "")) === value.id }, label(value.label)))))),
      h("label", { class: "foran-facet" }, w("memo"), memo),
      isOwn && !record.pending && memoBlock(w("memo.segment"), { segment: record.id }, memosAbout("segment", record.id)),
      h("div", { class: "foran-buttons" },
        isOwn && button("recode", () => openPalette("recode"), { keys: "R", "data-focus": "recode" }), button("adjust", () => startMode("adjust"), { keys: "E", "data-focus": "adjust" }),
        isOwn && button("split", () => startMode("cut"), { keys: "D" }), isOwn && button("merge", mergeNow, { keys: "J" }),
        button("remove", removeActive, { keys: "Delete" })),
      waits.has(record.id) && h("p", { class: "foran-note" }, w(isToRecode(record.id) ? "queue.waits" : "queue.rereads"), " ", !asking && button("queue.open", () => openQueue(record.id), { keys: "Shift+R", "data-focus": "queue" })),
      record.set_aside && h("p", { class: "foran-note" }, w("set.aside.in", { version: record.set_aside.codebook_version }), record.set_aside.reason && ` ${record.set_aside.reason}`),
      isOwn && spanTurns(record).every((i) => !turns[i].isInformant) && h("p", { class: "foran-note" }, w("not.analysed")),
      others.length > 0 && h("div", {}, h("h4", {}, w("also.here")), others.map((r) => chip(r))),
      h("dl", { class: "foran-facts" },
        h("dt", {}, w("coder")), h("dd", {}, wire.coder),
        wire.times[record.id] && [h("dt", {}, w("when")), h("dd", {}, localTime(wire.times[record.id]))],
        h("dt", {}, w("codebook")), h("dd", {}, record.codebook_version ?? wire.codebook),
        h("dt", {}, w("place")), h("dd", {}, `${w("turn")} ${spanTurns(record).map((i) => turns[i].number).join(", ")}`),
        record.source?.suggested_by && [h("dt", {}, w("origin")), h("dd", {}, w("origin.cue", { cue: record.source.suggested_by, code: codeOf.get(record.source.code)?.display ?? record.source.code }))],
        h("dt", {}, "id"), h("dd", {}, record.pending ? w("unsaved") : record.id)),
      h("details", { ontoggle: (e) => { if (e.target.open) send({ do: "history", record: known(record.id) }); } }, h("summary", {}, w("history")), (parts.history = h("ol", { class: "foran-history" }))),
    ].flat().filter(Boolean));
  }

  // Logs are dated in UTC; people read the clock on their own wall.
  function localTime(at) {
    const date = new Date(at);
    const two = (number) => String(number).padStart(2, "0");
    return Number.isNaN(date.getTime()) ? at : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
  }

  function showHistory(message) {
    if (!parts.history || message.record !== known(active)) return;
    fill(parts.history, ...message.events.map((event) => h("li", {}, h("time", { datetime: event.at }, localTime(event.at)), ` ${event.coder}: ${w(`action.${event.action}`)}`, Object.keys(event.what).length ? ` (${whatWords(event.what)})` : "")));
  }

  function whatWords(what) {
    return Object.entries(what).map(([key, [a, b]]) => {
      const shown = (v) => (key === "code" ? codeOf.get(v)?.display ?? v : key === "polarity" ? v && w(`polarity.${v}`) : v);
      return key === "place" ? w("place") : `${w(key)}: ${shown(a) || "–"} → ${shown(b) || "–"}`;
    }).join("; ");
  }

  function sideOfDocument() {
    const found = [...records.values()];
    fill(parts.side, ...[
      h("h3", {}, wire.title),
      displaced().length > 0 && h("div", {}, h("p", { class: "foran-note" }, w("displaced.why", { count: displaced().length })),
        h("div", { class: "foran-buttons" }, button("displaced.start", nextDisplaced, { keys: "Shift+L", class: "foran-main", "data-focus": "displaced" }))),
      !asking && queueWords() && h("div", {}, h("p", { class: "foran-note" }, queueWords()),
        h("div", { class: "foran-buttons" }, button("queue.open", () => openQueue(), { keys: "Shift+R", class: "foran-main", "data-focus": "queue" }))),
      h("dl", { class: "foran-facts" }, wire.facts.map(([key, value]) => value && [h("dt", {}, w(key)), h("dd", {}, key === "kind" ? w(`kind.${value}`) : value)]),
        h("dt", {}, w("coded.segments")), h("dd", {}, String(found.filter(isSegment).length))),
      wire.assigned && h("p", { class: "foran-note" }, w("assigned", { count: wire.assigned.length })),
      wire.blind && h("p", { class: "foran-note" }, w("blind")),
      wire.others.length > 0 && h("p", {}, w("others"), " ", wire.others.map((other) => button("compare.with", () => send({ do: "side by side", coders: [wire.coder, other] }), { coder: other }))),
      memoBlock(w("memo.document"), { document: wire.document }, memosAbout("document", wire.document)),
      memoBlock(w("memo.study"), { study: wire.study }, memosAbout("study", wire.study)),
      h("p", { class: "foran-hint" }, w("first.help")),
    ].flat().filter(Boolean));
  }

  function showSuggestions(list, failed) {
    if (failed) alertNow(w("suggestions.failed", { error: failed }));
    suggestions = list.map((raw, i) => ({ ...inUnits(raw), id: `offer-${i}`, suggested: true, polarity: raw.polarity, wire: { start: raw.start, end: raw.end, code: raw.code, suggested_by: raw.suggested_by } }));
    const touched = new Set();
    suggestions.forEach((s) => spanTurns(s).forEach((i) => touched.add(i)));
    for (const i of touched) if (paintedTurns.has(i)) paintTurn(i, true);
    markSelection();
    root.dataset.suggestions = String(suggestions.length);
    showSuggestionCount();
  }

  function showSuggestionCount() {
    if (!parts.toggle) return;
    parts.toggle.textContent = w("suggestions.count", { count: root.dataset.suggestions === undefined ? "…" : suggestions.length });
    parts.toggle.setAttribute("aria-pressed", String(areShown));
    parts.toggle.hidden = Boolean(wire.compare) || Boolean(wire.blind);
  }

  function toggleSuggestions() {
    areShown = !areShown;
    const touched = new Set();
    suggestions.forEach((s) => spanTurns(s).forEach((i) => touched.add(i)));
    if (!areShown && selectedSuggestion()) setActive(null);
    repaint(touched);
    showSuggestionCount();
    say(w(areShown ? "suggestions.on" : "suggestions.off"));
  }

  // ------------------------------------------------------------ state, messages

  function say(text) { if (parts.live) parts.live.textContent = text; }
  function alertNow(text) { if (parts.alerts) { parts.alerts.textContent = ""; parts.alerts.textContent = text; } }

  function announceSaved(intent, message) {
    const key = `did.${intent.verb}`;
    const told = w(key, { code: intent.args.code ? codeOf.get(intent.args.code)?.display ?? "" : "" }) + " " + w("saved");
    say(asking ? `${told} ${askedWords()}` : told);
    if (["undo", "redo"].includes(intent.verb) && message.changes.length) {
      const first = message.changes.map(([id]) => records.get(id)).find((r) => r?.start !== undefined);
      // What was decided on in the queue waits there again.
      const again = asking && message.changes.map(([id]) => id).find((id) => waits.has(id));
      if (again) { goAsked(again); say(`${told} ${askedWords()}`); }
      else if (asking?.id) return;
      else if (first) { setActive(first.id); selection = [first.start, first.end]; setTurn(turnAt(first.start)); markSelection(); }
      else if (!records.has(active)) setActive(null);
    }
  }

  function showState() {
    if (!parts.state) return;
    const isLate = [...waiting.values()].some((intent) => performance.now() - intent.at > 1500);
    const heldUp = [...waiting.values()].find((intent) => intent.failed)?.failed;
    const kept = Object.values(keptActs()).flat().length;
    const isRed = isLost || heldUp || wire.stopped || trouble || kept;
    let text = w("state.saved");
    if (wire.stopped) text = w("state.stopped");
    else if (isLost) text = waiting.size ? w("state.lost", { count: waiting.size }) : w("state.gone");
    else if (heldUp) text = w("state.unsaved", { count: waiting.size });
    else if (trouble) text = w("state.trouble");
    else if (!waiting.size && kept) text = w("state.unsaved", { count: kept });
    else if (!waiting.size && drafts().length) text = w("state.draft");
    else if (waiting.size) text = isLate ? w("state.waiting", { count: waiting.size }) : w("state.saving");
    if (parts.state.textContent !== text) parts.state.textContent = text;
    parts.state.className = `foran-state${isRed ? " foran-red" : waiting.size ? " foran-busy" : ""}`;
    parts.undo.setAttribute("aria-disabled", String(!wire.undo));
    parts.redo.setAttribute("aria-disabled", String(!wire.redo));
    parts.undo.title = `${w("undo")}${wire.undo ? `: ${w(`action.${wire.undo}`)}` : ""} (${ctrl}Z, Z)`;
    parts.redo.title = `${w("redo")}${wire.redo ? `: ${w(`action.${wire.redo}`)}` : ""} (${ctrl}Y, Y)`;
    showStopped();
  }

  function showStopped() {
    if (!parts.banner) return;
    let node = null;
    if (wire.stopped) {
      node = h("div", { class: "foran-alert", role: "alert" }, h("b", {}, w("stopped")), " ", w(`refused.${wire.stopped.reason}`, wire.stopped.facts), " ",
        wire.stopped.reason === "text-changed" && button("take.text", () => { refusedNow = null; showStopped(); takingText = send({ do: "take text" }); }, { class: "foran-main" }), " ",
        button("rescue", () => send({ do: "rescue" })),
        refusedNow && [h("br"), w(`refused.${refusedNow.reason}`, refusedNow.facts)]);
    } else if (isLost) {
      node = h("div", { class: "foran-alert", role: "alert" }, h("b", {}, w("lost")), " ", w(waiting.size ? "lost.unsaved" : "lost.safe", { count: waiting.size }));
    } else {
      const heldUp = [...waiting.values()].find((intent) => intent.failed)?.failed;
      const told = [];
      if (heldUp) {
        told.push(w(`refused.${heldUp.reason}`, heldUp.facts), " ", w("kept", { count: waiting.size }), " ", button("retry", retry), button("discard", giveUp));
      }
      if (refusedNow) {
        told.push(heldUp && h("br"), w(`refused.${refusedNow.reason}`, refusedNow.facts), " ");
        if (refusedNow.text) told.push(h("label", {}, w("lost.text"), h("textarea", { rows: 3, readonly: true, value: refusedNow.text })));
        told.push(button("ok", () => { refusedNow = null; showState(); focusText(); }));
      }
      const offered = orphansOffered();
      if (offered) told.push(told.length > 0 && h("br"), offered);
      if (told.length) node = h("div", { class: "foran-alert", role: "alert" }, told);
    }
    if (!node && trouble) node = h("div", { class: "foran-alert", role: "alert" }, w(`refused.${trouble.reason}`, trouble.facts));
    const text = node ? `${node.textContent}${refusedNow?.text ?? ""}` : "";
    if (parts.banner.dataset.text === text) return;
    if (!node && parts.banner.dataset.text === undefined) return;
    parts.banner.dataset.text = text;
    fill(parts.banner, ...(node ? [node] : []));
  }

  function download(message) {
    const link = h("a", { href: URL.createObjectURL(new Blob([message.text], { type: "application/x-ndjson" })), download: message.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // ------------------------------------------------------------ find, help, documents

  function openFind() {
    if (wire.compare) return;
    const input = h("input", { type: "search", "aria-label": w("find"), placeholder: w("find"), value: finding?.query ?? "" });
    const count = h("span", { role: "status" });
    const go = (step) => {
      if (!finding?.hits.length) return;
      finding.now = (finding.now + step + finding.hits.length) % finding.hits.length;
      const hit = finding.hits[finding.now];
      select(hit);
      setTurn(turnAt(hit[0]), true);
      count.textContent = `${finding.now + 1} / ${finding.hits.length}`;
    };
    const search = () => {
      const hits = findAll(wire.text, input.value).filter(([start, end]) => spanTurns({ start, end }).length > 0);
      const here = turns[turnNow]?.start ?? 0;
      finding = { query: input.value, hits, now: Math.max(0, hits.findIndex(([a]) => a >= here)) - 1 };
      count.textContent = input.value ? w("find.count", { count: hits.length }) : "";
      if (canHighlight) {
        if (hits.length) CSS.highlights.set("foran-found", new Highlight(...hits.slice(0, 2000).map(rangeOf))); else CSS.highlights.delete("foran-found");
      }
    };
    const close = () => { parts.find.hidden = true; if (canHighlight) CSS.highlights.delete("foran-found"); focusText(); };
    input.addEventListener("input", search);
    input.addEventListener("keydown", (e) => {
      if (!isSave(e)) e.stopPropagation();
      if (e.key === "Enter") { e.preventDefault(); go(e.shiftKey ? -1 : 1); }
      if (e.key === "Escape") { e.preventDefault(); close(); }
    });
    fill(parts.find, input, count, button("find.previous", () => go(-1), { sign: "↑" }), button("find.next", () => go(1), { sign: "↓" }), button("close", close, { sign: "×" }));
    parts.find.hidden = false;
    input.focus();
    input.select();
    if (input.value) search();
  }

  function openHelp() {
    overlay(w("help"), (close) => {
      const box = h("div", { class: "foran-help", tabindex: 0, role: "region", "aria-label": w("help") }, wire.keys.map(([group, rows]) => h("section", {}, h("h4", {}, w(group)), h("table", {}, h("tbody", {}, rows.map(([keys, key]) => h("tr", {}, h("th", { scope: "row" }, keys.map((k) => [h("kbd", {}, IS_MAC ? k.replace("Ctrl", "⌘").replace("Alt", "⌥") : k), " "]).flat()), h("td", {}, w(key)))))))));
      queueMicrotask(() => box.focus());
      return [h("h3", {}, w("help")), box, button("close", () => close(), { keys: "Esc" })];
    });
  }

  function showDocuments(message) {
    overlay(w("documents"), (close) => {
      const list = h("div", { class: "foran-hits", role: "list" });
      const input = h("input", { type: "search", class: "foran-query", "aria-label": w("documents.search"), placeholder: w("documents.search") });
      const choose = (d) => {
        if (waiting.size) { close(); alertNow(w("wait.first")); return; }
        close(false);
        focusText(); // the new document takes over what has the focus
        send({ do: "open", document: d.id });
      };
      const row = (d) => h("div", { role: "listitem" }, h("button", {
        type: "button", class: "foran-hit", "aria-current": d.id === wire.document ? "true" : null, onclick: () => choose(d),
      }, h("b", {}, d.id), " ", d.title, h("small", {}, w("documents.row", { date: d.date, segments: d.segments, turns: d.turns }), d.done ? ` · ${w("documents.done")}` : "", d.assigned ? ` · ${w("documents.assigned")}` : "")));
      const found = () => message.documents.filter((d) => folded(input.value).split(/\s+/).every((word) => folded(`${d.id} ${d.title} ${d.date}`).includes(word)));
      const show = () => fill(list, found().map(row));
      input.addEventListener("input", show);
      input.addEventListener("keydown", (e) => { if (e.key === "Enter" && found().length && input.value) { e.preventDefault(); choose(found()[0]); } });
      const move = (e) => {
        const all = [input, ...list.querySelectorAll("button")], now = all.indexOf(document.activeElement);
        const to = { ArrowDown: now + 1, ArrowUp: now - 1 }[e.key];
        if (to !== undefined) { e.preventDefault(); all[Math.max(0, Math.min(all.length - 1, to))].focus(); }
      };
      show();
      queueMicrotask(() => input.focus());
      return [h("h3", {}, w("documents")), h("div", { class: "foran-picker", onkeydown: move }, input, list), button("close", () => close(), { keys: "Esc" })];
    });
  }

  // ------------------------------------------------------------ comparing two coders

  function showComparison(message) {
    const { a, b } = message;
    const percent = (value) => (value === null ? "–" : `${(100 * value).toFixed(0)} %`);
    const number = (value) => (value === null ? "–" : value.toFixed(2).replace(".", language === "en" ? "." : ","));
    const open = message.differences.filter((d) => d.kind !== "same");
    fill(parts.compare, 
      h("h3", {}, w("compare.title", { a, b }), " ", button("compare.back", () => send({ do: "side by side", coders: null }))),
      h("p", {}, `${w("compare.units", message.figures)} ${message.figures.is_blind ? w("compare.blind") : w("compare.open")}`),
      h("table", { class: "foran-figures" }, h("thead", {}, h("tr", {}, ["measure", "value"].map((key) => h("th", { scope: "col" }, w(`compare.${key}`))))),
        h("tbody", {}, message.figures.rows.map((row) => h("tr", {}, h("th", { scope: "row" }, w(`compare.${row.measure}`)), h("td", {}, row.measure.endsWith("alpha") || row.measure.endsWith("kappa") ? number(row.value) : percent(row.value), row.reason ? ` (${w(`compare.reason.${row.reason}`)})` : ""))))),
      h("p", { class: "foran-hint" }, w("compare.caution")),
      h("h4", {}, w("compare.differences", { open: open.filter((d) => !d.resolution || d.resolution.stale).length, all: open.length, same: message.differences.length - open.length })),
      h("ol", { class: "foran-differences" }, open.map((difference, i) => differenceRow(difference, i, a, b))));
    root.dataset.differences = String(open.length);
    if (comparedAt) showDifference(open.findIndex((difference) => isAt(difference, comparedAt)));
    comparedAt = null;
  }

  /** Whether a difference is of a place: a segment of one of the two, a stretch of text, or a turn that it touches. */
  function isAt(difference, place) {
    if (place.record) return [...difference.a, ...difference.b].some((s) => s.id === place.record);
    if (place.start !== undefined) return difference.start < place.end && place.start < difference.end;
    const [first, last] = [difference.start, difference.end - 1].map((at) => turns[turnAt(map.unit(at))]?.number);
    return first <= place.turn && place.turn <= last;
  }

  function showDifference(i) {
    const row = parts.compare.querySelectorAll(".foran-differences > li")[i];
    if (!row) return; // settled alike since: the list stands from its top
    row.setAttribute("aria-current", "true");
    row.style.boxShadow = "-4px 0 0 currentColor";
    // Within the pane only: the notebook stays where it is.
    parts.compare.scrollTop += row.getBoundingClientRect().top - parts.compare.getBoundingClientRect().top;
  }

  // A passage over several turns has speakers' labels in it, as the stored text writes them.
  const readable = (words) => words.replace(/\n+\*\*([^*\n]+):\*\* */g, "\n$1: ");

  // What was decided: whose segments stand, or which code was put in their place.
  function outcome({ accepted, added }) {
    const told = [...new Set(accepted)].map((coder) => w("compare.stands", { coder }));
    if (added.length) told.push(added.map((id) => codeName(codeOf.get(id))).join(", "));
    return `${told.join(", ") || w("compare.neither")}.`;
  }

  // Where both sides say the same of promoting or inhibiting, another code in their place says it too.
  function agreedPolarity(difference) {
    const said = new Set([...difference.a, ...difference.b].map((s) => s.polarity));
    return said.size === 1 ? [...said][0] : "";
  }

  function differenceRow(difference, i, a, b) {
    const [start, end] = [map.unit(difference.start), map.unit(difference.end)];
    const text = wire.text;
    const side = (who, list) => h("div", { class: "foran-by" }, h("b", {}, who), list.length ? list.map((s) => h("p", {},
      h("span", { class: "foran-chip", style: { "--hue": codeOf.get(s.code)?.hue ?? 0 } }, codeOf.get(s.code)?.display ?? s.code, SIGNS[s.polarity] && h("b", {}, SIGNS[s.polarity])), " ", label(codeOf.get(s.code)?.label),
      h("q", {}, readable(text.slice(map.unit(s.start), map.unit(s.end)))), s.memo && h("small", {}, s.memo))) : h("p", { class: "foran-hint" }, w("compare.nothing")));
    const reason = h("input", { type: "text", "aria-label": w("compare.reason"), placeholder: w("compare.reason") });
    const other = h("select", { "aria-label": w("compare.other") }, h("option", { value: "" }, w("compare.other")), wire.codes.filter((c) => c.active).map((c) => h("option", { value: c.id }, codeName(c))));
    const settle = (accepted, rejected, code = "") => {
      if (!reason.value.trim()) { reason.focus(); reason.classList.add("foran-wrong"); alertNow(w("refused.reason-missing")); return; }
      act("resolve", { start: difference.start, end: difference.end, accepted, rejected, reason: reason.value, code, polarity: code ? agreedPolarity(difference) : "" });
    };
    const resolution = difference.resolution;
    return h("li", { class: resolution && !resolution.stale ? "foran-settled" : "" },
      h("p", {}, h("b", {}, w(`compare.kind.${difference.kind}`)), ` · ${w("turn")} ${turns[turnAt(start)]?.number ?? ""}`),
      h("p", { class: "foran-context" }, "… ", text.slice(Math.max(turns[turnAt(start)]?.start ?? 0, start - 90), start), h("mark", { class: "foran-mark foran-several", style: { "--hue": 210 } }, readable(text.slice(start, end))), text.slice(end, Math.min(turns[turnAt(end - 1)]?.end ?? end, end + 90)), " …"),
      h("div", { class: "foran-sides" }, side(a, difference.a), side(b, difference.b)),
      resolution && h("p", { class: "foran-note" }, w(resolution.stale ? "compare.stale" : "compare.settled", { coder: resolution.coder }), " ", outcome(resolution), " ", resolution.reason),
      h("div", { class: "foran-buttons" }, reason,
        button("compare.stands", () => settle(difference.a, difference.b), { coder: a }), button("compare.stands", () => settle(difference.b, difference.a), { coder: b }),
        difference.a.length > 0 && difference.b.length > 0 && button("compare.both", () => settle([...difference.a, ...difference.b], [])),
        button("compare.neither", () => settle([], [...difference.a, ...difference.b])),
        other, button("compare.use", () => other.value && settle([], [...difference.a, ...difference.b], other.value))));
  }

  // ------------------------------------------------------------ life

  const beat = setInterval(() => {
    if (isDead || !wire) return;
    if (!root.isConnected) return;
    if (document.visibilityState === "visible") send({ do: "ping" });
    // Heard from since, and still no answer: the wire lost it on the way.
    const sent = waiting.get(inFlight);
    if (sent && heard - sent.sentAt > 8000) transmit(sent);
    noticeSilence();
    showState();
  }, 2000);

  function noticeSilence() {
    const isSilent = isCut || (performance.now() - heard > 7000 && document.visibilityState === "visible");
    if (isSilent !== isLost || isCut) { isLost = isSilent; keepOrphans(); }
  }

  const onVisible = () => { heard = performance.now(); };
  document.addEventListener("visibilitychange", onVisible);

  function keepOrphans() {
    if (wire?.text !== undefined) for (const intent of waiting.values()) keep(intent);
  }

  function keep(intent) {
    const key = orphanKey(intent.where);
    const others = (orphans.get(key) ?? []).filter(({ id }) => id !== intent.id);
    orphans.set(key, [...others, { ...intent, args: withIds(intent.args) }]);
  }

  const onLeave = (e) => { if (waiting.size || orphans.size || drafts().length) { e.preventDefault(); e.returnValue = ""; } };
  window.addEventListener("beforeunload", onLeave);
  model.on("msg:custom", onMessage);
  hello();

  return () => {
    stopFollowing();
    isDead = true;
    if (waiting.size && wire?.text !== undefined) keepOrphans();
    clearInterval(beat);
    document.removeEventListener("visibilitychange", onVisible);
    window.removeEventListener("beforeunload", onLeave);
    model.off("msg:custom", onMessage);
    if (canHighlight) { CSS.highlights.delete("foran-selection"); CSS.highlights.delete("foran-found"); }
  };
}

export default { render };
