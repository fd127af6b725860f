// The codebook's screen: codes as a tree, a code with its life, two versions side by side, what waits for recoding, and
// proposals. What is shown comes as messages and is set as text, never as markup. The screen only reads: a passage is
// opened, and coded, in the coder.

// ---------------------------------------------------------------- pure functions (tested without a browser)

/** A text as it is searched: composed letters, small. */
export function folded(text) {
  return String(text ?? "").normalize("NFC").toLowerCase();
}

/** Everything of a code that a search looks through: its names, texts in both languages and cues. */
export function haystack(code) {
  const texts = ["label", "brief", "definition", "when_to_use", "when_not_to_use"].flatMap((name) => Object.values(code[name] ?? {}));
  const cues = Object.values(code.cues ?? {}).flat().map((cue) => cue.words);
  return folded([code.id, code.display, ...texts, ...cues].join("\n"));
}

/** The ids of the codes in which every word of a query stands; null for an empty query. */
export function found(codes, query) {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (!words.length) return null;
  return codes.filter((code) => { const hay = haystack(code); return words.every((word) => hay.includes(word)); }).map((code) => code.id);
}

/** The rows of the tree that are seen, from top to bottom: levels, and below them the codes.
 *  `open` are names of opened rows, `hits` the codes a search has found (or null): they are shown with what is above them. */
export function treeRows(levels, codes, { open, showsOld, hits }) {
  const byId = new Map(codes.map((code) => [code.id, code]));
  const wanted = new Set();
  const matching = hits && new Set(hits);
  for (const code of codes) {
    if ((!showsOld && !code.isActive) || (matching && !matching.has(code.id))) continue;
    for (let one = code; one && !wanted.has(one.id); one = byId.get(one.parent)) wanted.add(one.id);
  }
  const children = new Map();
  for (const code of codes) {
    if (!wanted.has(code.id)) continue;
    const above = byId.has(code.parent) ? code.parent : `level:${code.level}`;
    children.set(above, [...(children.get(above) ?? []), code]);
  }
  const rows = [];
  const add = (name, kind, code, depth, position, size, above) => {
    const below = children.get(name) ?? [];
    const isOpen = below.length > 0 && (Boolean(hits) || open.has(name));
    rows.push({ name, kind, code, depth, position, size, above, hasChildren: below.length > 0, isOpen, isHit: !matching || matching.has(name) });
    if (isOpen) below.forEach((one, at) => add(one.id, "code", one, depth + 1, at + 1, below.length, name));
  };
  const known = levels.map((level) => level.id);
  const others = [...new Set(codes.map((code) => code.level))].filter((id) => !known.includes(id));
  const shown = [...known, ...others].filter((id) => children.has(`level:${id}`));
  shown.forEach((id, at) => add(`level:${id}`, "level", null, 1, at + 1, shown.length, null));
  return rows;
}

/** What a key does in the tree: the row to go to, a row to open or to close; null where it does nothing. */
export function treeKey(rows, current, key) {
  const at = rows.findIndex((row) => row.name === current);
  const row = rows[at];
  if (!row) return rows.length && ["ArrowDown", "Home"].includes(key) ? { to: rows[0].name } : null;
  const to = (place) => (rows[place] ? { to: rows[place].name } : null);
  switch (key) {
    case "ArrowDown": return to(at + 1);
    case "ArrowUp": return to(at - 1);
    case "Home": return to(0);
    case "End": return to(rows.length - 1);
    case "ArrowRight": return !row.hasChildren ? null : row.isOpen ? to(at + 1) : { open: row.name };
    case "ArrowLeft": return row.isOpen ? { close: row.name } : row.above ? { to: row.above } : null;
    case "*": return { openAll: rows.filter((one) => one.above === row.above && one.hasChildren).map((one) => one.name) };
    default: {
      if (key.length !== 1 || !/[\p{L}\p{N}]/u.test(key)) return null;
      const after = [...rows.slice(at + 1), ...rows.slice(0, at)];
      const next = after.find((one) => one.code && folded(one.code.display).startsWith(folded(key)));
      return next ? { to: next.name } : null;
    }
  }
}

// ---------------------------------------------------------------- small helpers for the page

const FEW = 12; // passages that are listed before the rest is asked for
const MOST_CODES = 6; // codes of a change that are named before the rest is folded
const LIFE_AFTER = 200; // milliseconds on a code before its life is asked for, so that arrow keys run freely
const NO_KERNEL = "Jupyter (kjernen) svarer ikke. Kjør cellen igjen. / The kernel does not answer. Run the cell again."; // before words have come
const TABS = ["codes", "compare", "queue", "proposals"];
const TEXTS = ["brief", "definition", "when_to_use", "when_not_to_use", "example"];

/** An element with attributes and children; texts become text nodes, never markup. */
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  return fill(node, ...children);
}

/** The element with these children in place of what it held; nothing, null and false are left out. */
function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// ---------------------------------------------------------------- the screen

function render({ model, el }) {
  const client = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;
  const root = h("div", { class: "foran-cb", lang: "nb" });
  el.append(root);

  let setup = null;
  let language = model.get("language") || "nb";
  let tab = "codes";
  let version = "";
  let pair = { before: "", after: "" };
  let counter = 0;
  let isDead = false;
  let book = null; // { version, codes, counts }
  let query = "";
  let showsOld = false;
  let showsBoth = false;
  let onlyChanges = true;
  const kinds = new Set(); // what happened to the codes that are shown; all when none is chosen
  let open = new Set();
  let current = null; // name of the row of the tree that has the focus
  let life = null; // { code, versions, passages } of the current code
  let compared = null;
  let queue = null;
  let proposals = null;
  let opened = null;
  let alerts = [];
  let lifeTimer = null;
  const waiting = new Map(); // id → what to do with the reply
  const parts = {};

  const w = (key, facts = {}) => {
    const text = setup?.words?.[language]?.[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (all, name) => (name in facts ? String(facts[name]) : all));
  };
  const hasWord = (key) => Boolean(setup?.words?.[language]?.[key]);
  const own = () => (language === "en" ? "en" : "nb");
  const say = (texts) => texts?.[own()] || Object.values(texts ?? {})[0] || "";
  const nameOf = (code) => [code.display, say(code.label)].filter(Boolean).join(" ");
  const codeOf = (id) => book?.codes.find((code) => code.id === id) ?? null;

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
    if (!parts.alert) { fill(root, h("div", { class: "cb-body", role: "alert" }, list.map((text) => h("p", {}, text)))); return; }
    parts.alert.hidden = !list.length;
    fill(parts.alert, list.map((text) => h("p", {}, text)));
  }

  // ------------------------------------------------------------ frame

  const button = (text, onclick, attributes = {}) => h("button", { type: "button", onclick, ...attributes }, text);
  const check = (text, checked, onchange, more = {}) => h("label", { class: "cb-check" }, h("input", { type: "checkbox", checked, onchange: (e) => onchange(e.target.checked), ...more }), text);
  const badge = (text, kind = "") => h("span", { class: "cb-badge", "data-kind": kind || null }, text);
  const versions = (name, chosen, onchange) => h("label", { class: "cb-choice" }, w(name), " ",
    h("select", { "data-field": name, onchange: (e) => onchange(e.target.value) }, setup.versions.map((one) => h("option", { value: one.version, selected: one.version === chosen }, w("version.told", one)))));

  function table(heads, lines, label) {
    return h("table", { "aria-label": label }, h("thead", {}, h("tr", {}, heads.map((text, at) => h("th", { scope: "col", class: lines.some((line) => typeof line.cells[at] === "number") ? "cb-number" : null }, text)))),
      h("tbody", {}, lines.map((line) => h("tr", { class: line.isHere ? "cb-here" : null }, line.cells.map((cell, at) => h(at ? "td" : "th", { scope: at ? null : "row", class: typeof cell === "number" ? "cb-number" : null }, cell instanceof Node || Array.isArray(cell) ? cell : String(cell)))))));
  }

  function paint() {
    root.lang = language;
    const held = root.contains(document.activeElement) ? document.activeElement.dataset?.tab : null;
    const languages = h("select", { "aria-label": w("language"), onchange: (e) => { language = e.target.value; model.set("language", language); model.save_changes(); paint(); root.querySelector(".cb-bar select")?.focus(); } },
      setup.languages.map((one) => h("option", { value: one, selected: one === language }, { nb: "bokmål", nn: "nynorsk", en: "English" }[one])));
    parts.busy = h("span", { class: "cb-busy" });
    parts.live = h("div", { class: "cb-hidden", role: "status", "aria-live": "polite" });
    parts.alert = h("div", { class: "cb-alert", role: "alert", hidden: true });
    parts.opened = h("div", { class: "cb-note", hidden: true });
    parts.body = h("div", { class: "cb-body", role: "tabpanel", id: `${client}-panel`, "aria-labelledby": `${client}-${tab}` });
    const tabs = h("div", { class: "cb-tabs", role: "tablist", "aria-label": w("tabs"), onkeydown: onTabKey }, TABS.map((one) =>
      h("button", { type: "button", role: "tab", id: `${client}-${one}`, "data-tab": one, "aria-selected": String(one === tab), "aria-controls": one === tab ? `${client}-panel` : null, tabindex: one === tab ? 0 : -1, onclick: () => goTab(one) }, w(`tab.${one}`))));
    fill(root,
      h("div", { class: "cb-bar" }, h("h2", {}, w("title"), " – ", say(setup.title)), h("span", { class: "cb-space" }), parts.busy,
        button(w("refresh"), refresh, { class: "cb-refresh" }), languages),
      tabs, parts.live,
      setup.moment ? h("div", { class: "cb-note" }, w("moment", setup)) : null,
      setup.withheld.length ? h("div", { class: "cb-note" }, w("withheld", { pairs: setup.withheld.join(", ") })) : null,
      parts.alert, parts.opened, parts.body);
    complain(alerts);
    paintOpened();
    ({ codes: paintCodes, compare: paintCompare, queue: paintQueue, proposals: paintProposals })[tab]();
    root.dataset.tab = tab;
    root.dataset.ready = "1";
    busy();
    if (held) root.querySelector(`[data-tab="${tab}"]`)?.focus();
  }

  function onTabKey(e) {
    const at = TABS.indexOf(tab);
    const to = { ArrowRight: (at + 1) % TABS.length, ArrowLeft: (at + TABS.length - 1) % TABS.length, Home: 0, End: TABS.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    goTab(TABS[to]);
  }

  function goTab(one) {
    tab = one;
    alerts = [];
    paint();
    root.querySelector(`[data-tab="${tab}"]`)?.focus();
  }

  function refresh() {
    send({ do: "refresh" }, (reply) => {
      take(reply);
      announce(w("refreshed"));
    });
  }

  /** A study that has been read: what was worked out of an earlier one is forgotten. */
  function take(reply) {
    const had = setup?.versions.map((one) => one.version) ?? [];
    setup = reply;
    const all = reply.versions.map((one) => one.version);
    const isNew = all.some((one) => !had.includes(one));
    if (!all.includes(version) || isNew) version = reply.version;
    if (isNew || !all.includes(pair.before)) pair = { before: all[Math.max(0, all.indexOf(version) - 1)], after: version };
    if (pair.before === pair.after && all.length > 1) pair = { before: all[0], after: all[1] };
    book = life = compared = queue = proposals = null;
    alerts = [];
    paint();
  }

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

  const opener = (place) => button(w("open"), () => openPassage(place.document, place.segment), { class: "cb-plain", "aria-label": w("open.at", place) });
  const byDocument = (documents) => h("span", { class: "cb-documents" }, documents.map((one) =>
    button([one.document, " ", h("b", {}, String(one.count))], () => openPassage(one.document, one.segment), { "aria-label": w("queue.open", one) })));

  // ------------------------------------------------------------ the tree of codes

  function paintCodes() {
    parts.tree = h("div", { class: "cb-tree", role: "tree", "aria-label": w("tree", { version }), onkeydown: onTreeKey });
    parts.found = h("p", { class: "cb-help", role: "status" });
    parts.detail = h("div", { class: "cb-detail" });
    const box = h("input", { type: "search", value: query, placeholder: w("search"), "aria-label": w("search"), autocomplete: "off", spellcheck: "false",
      oninput: (e) => { query = e.target.value; paintTree(); },
      onkeydown: (e) => { if (e.key === "ArrowDown" && parts.rows?.length) { e.preventDefault(); focusRow(parts.rows.find((row) => row.code && row.isHit)?.name ?? parts.rows[0].name); } } });
    const isAllOpen = () => parts.rows?.every((row) => !row.hasChildren || row.isOpen);
    fill(parts.body, h("div", { class: "cb-panes" },
      h("div", { class: "cb-side" },
        h("div", { class: "cb-row" }, versions("version", version, (chosen) => { version = chosen; book = life = queue = null; paintCodes(); root.querySelector('[data-field="version"]')?.focus(); })),
        box,
        h("div", { class: "cb-row" }, check(w("show.old"), showsOld, (on) => { showsOld = on; paintTree(); }, { "data-field": "old" }),
          button(w("unfold.all"), () => { const isOpen = isAllOpen(); open = new Set(isOpen ? [] : [...setup.levels.map((one) => `level:${one.id}`), ...book.codes.map((one) => one.id), ...book.codes.map((one) => `level:${one.level}`)]); paintTree(); }, { class: "cb-plain cb-unfold" })),
        parts.found,
        h("div", { class: "cb-heads", "aria-hidden": "true", title: w("tree.help") }, h("span", {}, w("tree.own")), h("span", {}, w("tree.all"))),
        parts.tree),
      parts.detail));
    if (!book) {
      const wanted = version;
      send({ do: "book", version: wanted }, (reply) => {
        if (reply.version !== version) return;
        book = reply;
        if (!open.size) open = new Set(book.codes.map((one) => `level:${one.level}`));
        if (tab === "codes") { paintTree(); paintDetail(); }
      });
    }
    paintTree();
    paintDetail();
  }

  function paintTree() {
    if (!book) return;
    const hits = found(showsOld ? book.codes : book.codes.filter((code) => code.isActive), query);
    const rows = treeRows(setup.levels, book.codes, { open, showsOld, hits });
    parts.rows = rows;
    parts.found.textContent = hits ? (hits.length ? w("search.found", { count: hits.length }) : w("search.none")) : "";
    const stop = rows.some((row) => row.name === current) ? current : rows[0]?.name;
    fill(parts.tree, rows.map((row) => paintRow(row, row.name === stop)));
    const unfold = root.querySelector(".cb-unfold");
    if (unfold) unfold.textContent = w(rows.every((row) => !row.hasChildren || row.isOpen) ? "fold.all" : "unfold.all");
    root.dataset.rows = String(rows.length);
  }

  function paintRow(row, isStop) {
    const { code } = row;
    const level = setup.levels.find((one) => `level:${one.id}` === row.name);
    const counts = code && (book.counts[code.id] ?? { own: 0, all: 0, waiting: 0 });
    const inLevel = code ? 0 : book.codes.filter((one) => `level:${one.level}` === row.name && (showsOld || one.isActive)).length;
    const label = !code ? w("row.level", { label: say(level?.label) || row.name.slice(6), count: inLevel })
      : code.isActive ? w("row", { display: code.display, label: say(code.label), own: counts.own, all: counts.all })
        : w("row.old", { display: code.display, label: say(code.label), fate: fateOf(code) });
    const body = !code ? [h("b", {}, say(level?.label) || row.name.slice(6)), h("small", {}, String(inLevel))]
      : [h("span", { class: "cb-code" }, code.display), h("span", { class: "cb-label" }, say(code.label), code.isActive ? null : h("small", {}, ` ${fateOf(code)}`)),
        code.isActive ? [h("span", { class: "cb-own" }, String(counts.own)), h("span", { class: "cb-all" }, String(counts.all))] : null];
    return h("div", {
      class: "cb-item", role: "treeitem", "data-name": row.name, "data-kind": row.kind, "data-old": code && !code.isActive ? "1" : null, "data-hit": row.isHit && query ? "1" : null,
      "aria-level": row.depth, "aria-posinset": row.position, "aria-setsize": row.size, "aria-expanded": row.hasChildren ? String(row.isOpen) : null,
      "aria-selected": String(Boolean(code) && row.name === current), "aria-label": label, tabindex: isStop ? 0 : -1, style: `--cb-depth:${row.depth - 1}`,
      onclick: (e) => { if (row.hasChildren && (!code || e.target.closest(".cb-twist"))) toggle(row); else focusRow(row.name); },
    }, h("span", { class: "cb-twist", "aria-hidden": "true" }, row.hasChildren ? (row.isOpen ? "▾" : "▸") : ""), body);
  }

  function fateTold({ fate }, to) {
    const answer = [fate.polarity && w(`polarity.${fate.polarity}`), ...Object.values(fate.facets)].filter(Boolean).join(", ");
    return w(`fate.${fate.rule}`, { to, answer, name: fate.name });
  }

  function fateOf(code) {
    if (!code.fate) return "";
    const told = fateTold(code, code.fate.to.map(nameOf).join(" + "));
    return code.fate.version ? w("fate.in", { fate: told, version: code.fate.version }) : told;
  }

  /** The same, with a way to each of the codes it became. */
  function fateLinked(code) {
    if (!code.fate) return "";
    const [before, after = ""] = fateTold(code, "\n").split("\n");
    return [before, code.fate.to.map((one, at) => [at ? " + " : "", linkTo(one)]), after];
  }

  function toggle(row) {
    if (open.has(row.name)) open.delete(row.name); else open.add(row.name);
    paintTree();
    focusRow(row.name);
  }

  function onTreeKey(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const name = e.target.dataset?.name;
    if (e.key === "Enter" || e.key === " ") { e.preventDefault(); const row = parts.rows.find((one) => one.name === name); if (row && !row.code) toggle(row); else if (row) focusRow(name); return; }
    const does = treeKey(parts.rows, name, e.key);
    if (!does) return;
    e.preventDefault();
    if (does.to) { focusRow(does.to); return; }
    if (does.open) open.add(does.open);
    if (does.close) open.delete(does.close);
    for (const one of does.openAll ?? []) open.add(one);
    paintTree();
    focusRow(name);
  }

  /** Go to a row; a code that is gone to is shown beside the tree. */
  function focusRow(name) {
    const isOther = name !== current;
    current = name;
    for (const node of parts.tree.children) {
      const isIt = node.dataset.name === name;
      node.tabIndex = isIt ? 0 : -1;
      if (node.dataset.kind === "code") node.setAttribute("aria-selected", String(isIt));
      if (isIt) { node.focus({ preventScroll: true }); node.scrollIntoView({ block: "nearest" }); }
    }
    if (isOther) { life = null; paintDetail(); }
  }

  /** Show a code of a version, from wherever it was named. */
  function goToCode(id, wanted) {
    tab = "codes";
    current = id;
    query = "";
    life = null;
    if (wanted && wanted !== version) { version = wanted; book = null; }
    const show = () => {
      const code = codeOf(id);
      if (!code) return;
      if (!code.isActive) showsOld = true;
      for (let one = code; one; one = codeOf(one.parent)) { if (one.parent) open.add(one.parent); open.add(`level:${one.level}`); }
    };
    if (book) { show(); paint(); root.querySelector('.cb-item[tabindex="0"]')?.focus(); return; }
    send({ do: "book", version }, (reply) => { book = reply; show(); paint(); root.querySelector('.cb-item[tabindex="0"]')?.focus(); });
  }

  const isSame = (some, others) => some.length === others.length && some.every((code, at) => code.id === others[at].id);

  /** Codes by name, each a way to it; of many only the first ones, the rest folded. */
  function linksTo(codes) {
    const links = (some) => some.map((code, at) => [at ? ", " : "", linkTo(code)]);
    return [links(codes.slice(0, MOST_CODES)), codes.length > MOST_CODES ? h("details", {}, h("summary", {}, w("codes.more", { count: codes.length - MOST_CODES })), links(codes.slice(MOST_CODES))) : null];
  }

  const linkTo = (code, wanted) => (code.isNew ? h("span", {}, nameOf(code), " ", badge(w("proposals.new"), "new")) : button(nameOf(code), () => goToCode(code.id, wanted), { class: "cb-plain" }));

  // ------------------------------------------------------------ one code

  function paintDetail() {
    clearTimeout(lifeTimer);
    const code = current && !current.startsWith("level:") ? codeOf(current) : null;
    if (!code) { fill(parts.detail, h("p", { class: "cb-help" }, current && !current.startsWith("level:") && book ? w("code.gone", { version }) : w("choose"))); root.dataset.code = ""; return; }
    const languages = showsBoth ? ["nb", "en"] : [own()];
    const level = setup.levels.find((one) => one.id === code.level);
    const parent = codeOf(code.parent);
    const text = (name) => (Object.values(code[name]).some(Boolean) ? [h("dt", {}, w(`field.${name}`)), h("dd", { class: showsBoth ? "cb-two" : null }, languages.map((one) => h("span", { lang: one }, code[name][one] || say(code[name]))))] : null);
    const fact = (name, ...value) => [h("dt", {}, w(`field.${name}`)), h("dd", {}, value)];
    parts.life = h("div", { class: "cb-life" });
    fill(parts.detail,
      h("div", { class: "cb-row" }, h("h3", {}, h("span", { class: "cb-code" }, code.display), " ", say(code.label)), h("span", { class: "cb-space" }), check(w("both"), showsBoth, (on) => { showsBoth = on; paintDetail(); root.querySelector('[data-field="both"]')?.focus(); }, { "data-field": "both" })),
      h("p", { class: "cb-help" }, [code.id, say(level?.label), parent && w("code.of", { parent: nameOf(parent) }), w("code.since", { version: code.introduced })].filter(Boolean).join(" · ")),
      code.isActive ? null : h("div", { class: "cb-note" }, h("p", {}, h("b", {}, w("code.old", { version: code.deprecated ?? "" })), ": ", fateLinked(code))),
      h("dl", {}, showsBoth ? text("label") : null, TEXTS.map(text),
        code.source.length ? fact("source", code.source.join(", ")) : null,
        code.polarities.length ? fact("polarity_in_source", code.polarities.map((one) => h("p", {}, badge(w(`polarity.${one.polarity}`), one.polarity), " ", one.source, say(one.note) ? `: ${say(one.note)}` : ""))) : null,
        code.maturity ? fact("maturity", code.maturity) : null,
        Object.entries(code.cues).filter(([, cues]) => cues.length).map(([form, cues]) => fact(hasWord(`field.cues.${form}`) ? `cues.${form}` : "cues", h("ul", { class: "cb-cues" }, cues.map((cue) => h("li", {}, cue.words || w("cue.tokens", { count: cue.tokens }), cue.polarity ? h("small", {}, ` ${w(`polarity.${cue.polarity}`)}`) : null, cue.negated !== "keep" ? h("small", {}, ` ${w(`cue.negated.${cue.negated}`)}`) : null)))))),
      parts.life);
    root.dataset.code = code.id;
    if (life?.code === code.id) paintLife();
    else {
      const asked = { code: code.id, version };
      lifeTimer = setTimeout(() => send({ do: "life", ...asked }, (reply) => {
        if (reply.code !== current || asked.version !== version) return;
        life = reply;
        if (tab === "codes") paintLife();
      }), LIFE_AFTER);
    }
  }

  function paintLife() {
    const dash = w("compare.nothing");
    const list = (documents) => (documents.length ? h("details", {}, h("summary", {}, String(documents.length)), documents.join(", ")) : "0");
    const lines = life.versions.map((one) => ({
      isHere: one.version === version,
      cells: [one.version, one.isThere ? [nameOf(one), one.isActive ? null : [" ", badge(w("life.was_old"), "retired")], one.isRedefined ? [" ", badge(w("life.redefined"), "reworded")] : null] : w("life.not_there"),
        ...(one.isThere ? [one.own, one.all, one.waiting, one.ended, list(one.assessed), list(one.notAssessed)] : [dash, dash, dash, dash, dash, dash])],
    }));
    const changes = [...life.versions].reverse().flatMap((one) => one.changes);
    fill(parts.life,
      h("h4", {}, w("life")), h("div", { class: "cb-scroll", tabindex: 0, role: "group", "aria-label": w("life") }, table([w("life.version"), w("life.code"), w("life.own"), w("life.all"), w("life.waiting"), w("life.ended"), w("life.assessed"), w("life.not_assessed")], lines, w("life"))),
      h("p", { class: "cb-help" }, w("life.help")),
      h("h4", {}, w("changes")), changes.length ? changes.map((one) => changeCard(one)) : h("p", { class: "cb-help" }, w("life.untouched")),
      h("h4", {}, w("passages", { version }), ` (${life.passages.length})`), h("p", { class: "cb-help" }, w("passages.help")), passagesTable(FEW));
    root.dataset.life = life.code;
  }

  function passagesTable(most) {
    if (!life.passages.length) return h("p", { class: "cb-help" }, w("passages.none"));
    const place = h("div", {});
    const shown = life.passages.slice(0, most);
    fill(place,
      h("div", { class: "cb-scroll", tabindex: 0, role: "group", "aria-label": w("passages", { version }) }, table([w("document"), w("turn"), w("coder"), w("polarity"), w("counts.as"), w("segment")],
        shown.map((one) => ({ cells: [one.document, one.turns, one.coder, one.polarity ? w(`polarity.${one.polarity}`) : "", w(`status.${one.status}`), h("span", {}, h("small", {}, one.segment), " ", opener(one))] })), w("passages", { version }))),
      life.passages.length > most ? button(w("more", { count: life.passages.length }), () => place.replaceWith(passagesTable(Infinity))) : null);
    return place;
  }

  function changeCard(one, isShort = false) {
    const who = [one.role && w("change.by", { role: one.role }), one.proposed && w("change.when", { date: one.proposed }), one.decided && w("change.decided", { date: one.decided }), one.decidedBy && w("change.decided.by", { role: one.decidedBy }), say(setup.arenas?.[one.arena]) || one.arena].filter(Boolean).join(" · ");
    const reason = (key, texts) => (say(texts) ? [h("dt", {}, w(`change.${key}`)), h("dd", {}, say(texts))] : null);
    return h("div", { class: "cb-change", "data-change": one.id, "data-rejected": one.isAccepted === false ? "1" : null },
      h("p", {}, badge(one.isPolarity ? w("type.to_polarity") : w(`type.${one.type}`), one.type), one.isAccepted === false ? badge(w("change.rejected"), "rejected") : one.state === "accepted" ? badge(w("change.accepted"), "new") : null, " ", h("b", {}, say(one.summary)), " ", h("small", {}, [one.id, one.version && w("change.in", { version: one.version })].filter(Boolean).join(" "))),
      isShort ? null : h("div", { class: "cb-help cb-codes" }, linksTo(one.from), one.to.length && !isSame(one.from, one.to) ? [" → ", linksTo(one.to)] : null),
      h("dl", {}, reason("empirical", one.empirical), reason("theoretical", one.theoretical), reason("decision", one.decision),
        one.evidence.length ? [h("dt", {}, w("change.evidence")), h("dd", {}, one.evidence.join(", "))] : null),
      who ? h("p", { class: "cb-help" }, who) : null);
  }

  // ------------------------------------------------------------ two versions side by side

  function paintCompare() {
    if (setup.versions.length < 2) { fill(parts.body, h("p", { class: "cb-help" }, w("compare.one", { version }))); return; }
    const choose = (side) => (chosen) => { pair = { ...pair, [side]: chosen }; compared = null; paintCompare(); root.querySelector(`[data-field="${side}"]`)?.focus(); };
    parts.rowsOf = h("div", {});
    parts.told = h("div", { class: "cb-filters", role: "group", "aria-label": w("kinds") });
    fill(parts.body, h("div", { class: "cb-row" }, versions("before", pair.before, choose("before")), versions("after", pair.after, choose("after")),
      check(w("only.changes"), onlyChanges, (on) => { onlyChanges = on; paintPairs(); }, { "data-field": "only" })), parts.told, parts.rowsOf);
    if (pair.before === pair.after) { fill(parts.rowsOf, h("p", { class: "cb-help" }, w("compare.same"))); return; }
    if (compared) { paintPairs(); return; }
    const asked = pair;
    send({ do: "compare", ...asked }, (reply) => { if (asked !== pair) return; compared = reply; if (tab === "compare") paintPairs(); });
  }

  function paintPairs() {
    const changed = compared.rows.filter((row) => row.kinds.length);
    const known = Object.keys(compared.kinds);
    for (const kind of [...kinds]) if (!known.includes(kind)) kinds.delete(kind);
    const rows = kinds.size ? changed.filter((row) => row.kinds.some((kind) => kinds.has(kind))) : onlyChanges ? changed : compared.rows;
    const press = (kind) => () => { if (!kinds.delete(kind)) kinds.add(kind); paintPairs(); root.querySelector(`[data-filter="${kind}"]`)?.focus(); };
    fill(parts.told, known.map((kind) => button([w(`kind.${kind}`), " ", h("b", {}, String(compared.kinds[kind]))], press(kind), { "data-filter": kind, "aria-pressed": String(kinds.has(kind)) })),
      h("span", { class: "cb-help" }, `${w("kind.same")} ${compared.rows.length - changed.length}`));
    const levels = [...new Set(rows.map((row) => (row.after[0] ?? row.before[0]).level))];
    const levelName = (id) => say(setup.levels.find((one) => one.id === id)?.label) || id;
    fill(parts.rowsOf,
      h("div", { class: "cb-pair cb-pair-heads", "aria-hidden": "true" }, h("span", {}, compared.older), h("span", {}), h("span", {}, compared.newer)),
      rows.length ? levels.map((level) => [h("h4", {}, levelName(level)), rows.filter((row) => (row.after[0] ?? row.before[0]).level === level).map(paintPair)]) : h("p", { class: "cb-help" }, w("compare.none")),
      compared.rejected.length && !kinds.size ? [h("h4", {}, w("compare.rejected")), compared.rejected.map((one) => changeCard(compared.changes[one]))] : null);
    root.dataset.pairs = String(rows.length);
  }

  function paintPair(row) {
    const cells = (codes, wanted, side) => h("div", { class: "cb-cells" }, h("span", { class: "cb-hidden" }, `${w(side)}: `), codes.length ? codes.map((code) => h("div", {}, linkTo(code, wanted), " ", h("small", {}, String(code.count)))) : h("span", { class: "cb-help" }, w("compare.nothing")));
    const told = row.kinds.length ? row.kinds : ["same"];
    return h("div", { class: "cb-line", "data-kinds": row.kinds.join(" ") },
      h("div", { class: "cb-pair" }, cells(row.before, compared.older, "before"), h("div", { class: "cb-kinds" }, told.map((one) => badge(w(`kind.${one}`), one))), cells(row.after, compared.newer, "after")),
      row.texts.length ? h("details", {}, h("summary", {}, w("compare.texts", { count: row.texts.length })), wordings(row.texts)) : null,
      row.changes.length ? h("details", {}, h("summary", {}, w("compare.reasons", { count: row.changes.length }), h("small", {}, ` ${row.changes.map((one) => say(compared.changes[one].summary)).join(" ")}`)), row.changes.map((one) => changeCard(compared.changes[one], true))) : null);
  }

  const wordings = (texts) => h("dl", {}, texts.map((one) => [h("dt", {}, one.name ? `${one.name} ` : "", w(`field.${one.field}`)), h("dd", {}, marked(one.parts[own()] ?? one.parts[""] ?? Object.values(one.parts)[0] ?? []))]));
  const marked = (words) => (!words.length ? h("small", {}, w("compare.unshown")) : words.map(([what, text]) => (what === "equal" ? text : h(what === "delete" ? "del" : "ins", {}, h("span", { class: "cb-hidden" }, w(what === "delete" ? "compare.removed" : "compare.added")), text))));

  // ------------------------------------------------------------ recoding

  function paintQueue() {
    const head = h("div", { class: "cb-row" }, versions("version", version, (chosen) => { version = chosen; book = life = queue = null; paintQueue(); root.querySelector('[data-field="version"]')?.focus(); }));
    if (!queue || queue.version !== version) {
      fill(parts.body, head);
      send({ do: "queue", version }, (reply) => { if (reply.version !== version) return; queue = reply; if (tab === "queue") paintQueue(); });
      return;
    }
    const groups = new Map();
    for (const one of queue.waiting) { const key = `${one.change} ${one.why} ${one.version}`; groups.set(key, [...(groups.get(key) ?? []), one]); }
    const total = { count: queue.waiting.reduce((sum, one) => sum + one.count, 0), coders: new Set(queue.waiting.map((one) => one.coder)).size, documents: new Set(queue.waiting.flatMap((one) => one.documents.map((place) => place.document))).size };
    fill(parts.body, head, h("h3", {}, w("queue")), h("p", { class: "cb-help" }, w("queue.help", { version })),
      queue.waiting.length ? [h("p", { class: "cb-total" }, w("queue.total", total)), [...groups.values()].map((entries) => {
        const [first] = entries;
        const codes = [...new Map(entries.flatMap((one) => one.codes).map((code) => [code.id, code])).values()];
        const candidates = [...new Map(entries.flatMap((one) => one.candidates).map((code) => [code.id, code])).values()];
        return h("div", { class: "cb-change", "data-change": first.change },
          h("p", {}, badge(w(`why.${first.why}`)), " ", h("b", {}, say(first.summary)), " ", h("small", {}, [first.change, first.version && w("change.in", { version: first.version })].filter(Boolean).join(" "))),
          h("div", { class: "cb-help cb-codes" }, linksTo(codes), " → ", linksTo(candidates)),
          table([w("coder"), w("queue.waiting"), w("queue.documents")], entries.map((one) => ({ cells: [one.coder, one.count, byDocument(one.documents)] })), `${w("queue")} ${first.change}`));
      })] : h("p", {}, w("queue.none", { version })),
      h("h3", {}, w("rechecks")), h("p", { class: "cb-help" }, w("rechecks.help")),
      queue.rechecks.length ? table([w("queue.change"), w("life.code"), w("coder"), w("rechecks.sample"), w("queue.documents")],
        queue.rechecks.map((one) => ({ cells: [h("span", { class: "cb-nowrap" }, one.change, h("small", {}, ` ${one.version}`)), linkTo(one.code), one.coder, w("rechecks.done", one), byDocument(one.documents)] })), w("rechecks")) : h("p", {}, w("rechecks.none")));
    root.dataset.waiting = String(total.count);
  }

  // ------------------------------------------------------------ proposals

  function paintProposals() {
    if (!proposals) {
      fill(parts.body);
      send({ do: "proposals" }, (reply) => { proposals = reply; if (tab === "proposals") paintProposals(); });
      return;
    }
    fill(parts.body, h("h3", {}, w("proposals.open")),
      proposals.open.length ? proposals.open.map((one) => {
        const card = changeCard(one);
        if (one.texts.length) card.append(h("details", {}, h("summary", {}, w("compare.texts", { count: one.texts.length })), wordings(one.texts)));
        card.append(h("p", { class: "cb-help" }, w(one.state === "open" ? "proposals.command" : "proposals.release")), h("pre", { tabindex: 0, role: "group", "aria-label": w("proposals.command") }, one.command));
        return card;
      }) : h("p", {}, w("proposals.none")),
      h("h3", {}, w("invivo")), h("p", { class: "cb-help" }, w("invivo.help")),
      proposals.inVivo.length ? table([w("invivo.label"), w("invivo.passages"), w("invivo.coders"), w("queue.documents")],
        proposals.inVivo.map((one) => ({ cells: [one.label, one.passages, one.coders.join(", "), byDocument(one.documents)] })), w("invivo")) : h("p", {}, w("invivo.none")));
    root.dataset.proposals = String(proposals.open.length + proposals.inVivo.length);
  }

  // ------------------------------------------------------------ life

  // Keys pressed anywhere in the screen belong to it, not to the notebook around it; to save stays the notebook's.
  root.addEventListener("keydown", (e) => { if (!((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "s")) e.stopPropagation(); });

  const stopFollowing = followNotebook(root);

  model.on("msg:custom", onMessage);
  send({ do: "hello" }, take);

  return () => {
    stopFollowing();
    isDead = true;
    clearTimeout(lifeTimer);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
