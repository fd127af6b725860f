// The importer's screen: choose files, look at what was understood, decide on names, import. Names come as messages and
// are set as text, never as markup; nothing of them is kept by the browser, and what is decided is shown as decided only
// when Python has put it into the key.

// ---------------------------------------------------------------- pure functions (tested without a browser)

/** Seconds as a clock: 62 is "00:01:02". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds ?? 0));
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60].map((n) => String(n).padStart(2, "0")).join(":");
}

/** The size of a file as people say it. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, name] = bytes < 999500 ? [1000, "kB"] : [1000000, "MB"];
  const count = bytes / unit;
  return `${count < 9.95 ? count.toFixed(1) : Math.round(count)} ${name}`;
}

/** Labels that somebody wrote with commas between them, each once. */
export function labels(text) {
  return [...new Set(text.split(",").map((label) => label.trim()).filter(Boolean))];
}

/** What a key does in the list of names, in any of the languages; null where it does nothing. */
export function actionOf(key) {
  const keys = { e: "replace", r: "replace", g: "generalise", b: "keep", k: "keep", j: "take", y: "take", d: "scope", n: "next" };
  return keys[key.toLowerCase()] ?? null;
}

/** Where a row's words stand: "A: 0, 3; B: 4" is said as turns, and 0 as a remark. */
export function placesOf(places, turn, remark) {
  return places.split("; ").map((one) => {
    const [document, list = ""] = one.split(": ");
    const numbers = list.split(", ").filter((number) => number && number !== "0");
    const said = [numbers.length ? `${turn} ${numbers.join(", ")}` : "", /(^|, )0(,|$| )/.test(list) ? remark : ""].filter(Boolean);
    return said.length ? `${document}: ${said.join(", ")}` : one;
  }).join("; ");
}

// ---------------------------------------------------------------- small helpers for the page

const ACTIONS = ["replace", "generalise", "keep"];
const MOST_AT_ONCE = 200; // decisions in one message
const MOST_TURNS = 12;
const NO_KERNEL = "Jupyter (kjernen) svarer ikke. Kjør cellen igjen. / The kernel does not answer. Run the cell again."; // before words have come
const OPEN_TEXTS = 4; // previews of more texts than this are folded

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
  const root = h("div", { class: "foran-in", lang: "nb" });
  el.append(root);

  let setup = null;
  let language = model.get("language") || "nb";
  let step = "choose";
  let counter = 0;
  let isDead = false;
  let listing = null;
  let chosen = new Map(); // path → file
  let about = { kind: "interview", case: "", date: "", process: "", arena: "", guide: "", written_form: "", actor_type: "", consent: "analysis", disclosure: "open", id: "" };
  let asking = []; // labels of interviewers
  let pattern = "";
  let isTemplate = false;
  let isAgain = false;
  let isMoreOpen = false;
  let texts = [];
  let rows = [];
  let made = new Map(); // mark → what is decided of the row, and how far it has come
  let queue = new Set(); // marks whose decision is not yet sent
  let inFlight = null; // marks that the kernel has
  let current = null; // mark of the row with the focus
  let reason = "";
  let added = [];
  let note = ""; // a word to the person, above the step
  let alerts = []; // what stands in the way
  const waiting = new Map(); // id → what to do with the reply
  const parts = {};

  const w = (key, facts = {}) => {
    const text = setup?.words?.[language]?.[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (all, name) => (name in facts ? String(facts[name]) : all));
  };
  const hasWord = (key) => Boolean(setup?.words?.[language]?.[key]);
  const label = (term) => term[language === "en" ? "en" : "nb"] || term.id;
  const isKeyNeeded = () => !setup.isSynthetic && !setup.key.isOpen;

  // ------------------------------------------------------------ wire

  /** Send a wish; `then` gets the reply; `otherwise` is called when it is refused or cannot be sent, and may tell why itself. */
  function send(content, then, otherwise = () => {}) {
    counter += 1;
    const id = `${client}.${counter}`;
    const slow = setTimeout(() => { if (waiting.has(id)) busy(w("working.long")); }, 10000);
    waiting.set(id, { then, otherwise, slow });
    busy(w("working"));
    try { model.send({ id, client, ...content }); } catch { settle(id); const told = [setup ? w("cut") : NO_KERNEL]; if (!otherwise(told)) complain(told); }
  }

  function settle(id) {
    const wish = waiting.get(id);
    if (!wish) return null;
    clearTimeout(wish.slow);
    waiting.delete(id);
    if (!waiting.size) busy("");
    return wish;
  }

  function onMessage(message) {
    if (isDead || message.to !== client) return;
    if (message.kind === "progress") { busy(message.text); return; }
    const wish = settle(message.re);
    if (!wish) return;
    if (message.kind === "refused" || message.kind === "failed") {
      const told = message.kind === "failed" ? [setup ? w("failed", message) : `${message.error} ${message.where}`] : message.faults.length ? message.faults : [message.text];
      if (!wish.otherwise(told)) complain(told);
      return;
    }
    wish.then(message);
  }

  const wanted = () => ({
    files: [...chosen.keys()], about: { ...about, interviewers: asking }, pattern, isAgain, reason: step === "names" ? reason : "",
  });

  // ------------------------------------------------------------ frame

  function busy(text) { if (parts.busy) parts.busy.textContent = text; root.dataset.busy = waiting.size ? "1" : ""; }
  function say(text) { if (parts.live) parts.live.textContent = text; }

  function complain(list) {
    alerts = list;
    if (!parts.alert) { fill(root, h("div", { class: "in-body", role: "alert" }, list.map((text) => h("p", {}, text)))); return; }
    parts.alert.hidden = !list.length;
    fill(parts.alert, list.length > 1 || list[0]?.includes(": ") ? h("p", {}, w("refused")) : null, list.map((text) => h("p", {}, text)));
    if (list.length) parts.alert.scrollIntoView({ block: "nearest" });
  }

  function go(next) {
    step = next;
    alerts = [];
    paint();
    parts.heading?.focus({ preventScroll: true });
    if (root.getBoundingClientRect().top < 0) root.scrollIntoView({ block: "start" });
  }

  function paint() {
    root.lang = language;
    const steps = setup.isSynthetic ? ["choose", "look", "done"] : ["choose", "look", "names", "done"];
    const languages = h("select", { "aria-label": w("language"), onchange: (e) => { language = e.target.value; model.set("language", language); model.save_changes(); paint(); } },
      setup.languages.map((one) => h("option", { value: one, selected: one === language }, { nb: "bokmål", nn: "nynorsk", en: "English" }[one])));
    parts.busy = h("span", { class: "in-busy" });
    parts.live = h("div", { class: "in-hidden", role: "status", "aria-live": "polite" });
    parts.alert = h("div", { class: "in-alert", role: "alert", hidden: true });
    const bodies = { choose: paintChoose, look: paintLook, names: paintNames, done: paintDone };
    parts.body = h("div", { class: "in-body" });
    fill(root,
      h("div", { class: "in-bar" }, h("h2", {}, w("title"), " – ", setup.title[language === "en" ? "en" : "nb"]),
        h("ol", { class: "in-steps", "aria-label": w("steps") }, steps.map((one, i) => h("li", { "aria-current": one === step ? "step" : null }, `${i + 1} ${w(`step.${one}`)}`))),
        h("span", { class: "in-space" }), parts.busy, setup.key.isOpen && !setup.isSynthetic ? h("button", { type: "button", onclick: closeKey }, w("key.close")) : null, languages),
      parts.live, parts.body);
    fill(parts.body,
      setup.errors.map((text) => h("div", { class: "in-alert" }, text)), setup.warnings.map((text) => h("div", { class: "in-note" }, text)),
      note ? h("div", { class: "in-note" }, h("p", {}, note)) : null, bodies[step]());
    // Where the person has just pressed a button.
    parts.body.lastElementChild.before(parts.alert);
    complain(alerts);
    root.dataset.step = step;
    root.dataset.ready = "1";
    if (waiting.size) busy(w("working"));
  }

  const heading = (text) => { parts.heading = h("h3", { tabindex: -1 }, text); return parts.heading; };
  const button = (key, onclick, { isMain = false, isOff = false, facts = {} } = {}) =>
    h("button", { type: "button", class: isMain ? "in-main" : null, "aria-disabled": isOff ? "true" : null, onclick }, w(key, facts));
  const check = (text, checked, onchange, more = {}) => h("label", { class: "in-check" }, h("input", { type: "checkbox", checked, onchange: (e) => onchange(e.target.checked), ...more }), text);

  // ------------------------------------------------------------ choosing

  function paintChoose() {
    const box = h("input", { type: "text", value: listing.folder, "aria-label": w("folder"), autocomplete: "off", spellcheck: "false", onkeydown: (e) => { if (e.key === "Enter") { e.preventDefault(); list(box.value); } } });
    parts.folder = box;
    parts.files = h("div", { class: "in-below" });
    parts.chosen = h("div", {});
    paintFiles();
    return [
      heading(w("choose")), h("p", { class: "in-help" }, w("choose.help")),
      setup.isSynthetic ? h("div", { class: "in-note" }, h("p", {}, w("synthetic"))) : null,
      h("fieldset", {}, h("legend", {}, w("folder")),
        h("div", { class: "in-row" }, box, button("folder.show", () => list(box.value)), listing.above ? button("folder.up", () => list(listing.above)) : null),
        parts.files),
      parts.chosen, paintAbout(), isKeyNeeded() ? paintKey() : null,
      h("div", { class: "in-buttons in-foot" }, button("look", look, { isMain: true })),
    ];
  }

  function paintFiles() {
    const pick = (file, isChosen) => { if (isChosen) chosen.set(file.path, file); else chosen.delete(file.path); paintFiles(); };
    const at = root.querySelector(".in-files")?.scrollTop ?? 0;
    const held = root.contains(document.activeElement) ? document.activeElement.dataset?.path : null;
    const files = h("div", { class: "in-files", role: "group", "aria-label": w("files") }, listing.files.map((file) =>
      h("label", { class: "in-file" }, h("input", { type: "checkbox", checked: chosen.has(file.path), "data-path": file.path, onchange: (e) => pick(file, e.target.checked) }), h("span", {}, file.name), file.size ? h("small", {}, size(file.size)) : null)));
    fill(parts.files,
      listing.isInStudy && !setup.isSynthetic ? h("div", { class: "in-alert" }, w("folder.in.study")) : null,
      listing.folders.length ? h("div", { class: "in-folders" }, listing.folders.map((one) => h("button", { type: "button", class: "in-plain", onclick: () => list(one.path) }, `${one.name}/`))) : null,
      listing.files.length ? files : h("p", { class: "in-help" }, w("files.none")),
      listing.left ? h("p", { class: "in-help" }, w("files.left", { count: listing.left })) : null,
      listing.files.length > 1 ? h("div", { class: "in-buttons" },
        button("files.all", () => { listing.files.forEach((file) => chosen.set(file.path, file)); paintFiles(); }),
        button("files.nothing", () => { listing.files.forEach((file) => chosen.delete(file.path)); paintFiles(); })) : null);
    files.scrollTop = at;
    if (held) [...files.querySelectorAll("input")].find((box) => box.dataset.path === held)?.focus();
    fill(parts.chosen, chosen.size ? [
      h("h4", {}, w("files.chosen", { count: chosen.size })),
      h("div", { class: "in-chosen" }, [...chosen.values()].map((file, i) => h("button", { type: "button", "aria-label": w("files.drop", { name: file.name }), onclick: () => { pick(file, false); } }, `${i + 1}. ${file.name} ✕`)))] : null);
  }

  function list(folder) {
    send({ do: "list", folder }, (reply) => { listing = reply; complain([]); paint(); parts.folder.focus(); });
  }

  function paintAbout() {
    const { fields } = setup;
    const field = (name, control, isWide = false) => h("label", { class: isWide ? "in-field in-wide" : "in-field" }, w(`field.${name}`), control);
    const choice = (name, options, { empty = null, onchange = () => {} } = {}) => field(name, h("select", { "data-field": name, onchange: (e) => { about[name] = e.target.value; onchange(); } },
      empty ? h("option", { value: "", selected: !about[name] }, empty) : null, options.map(([value, text]) => h("option", { value, selected: about[name] === value }, text))));
    const terms = (name) => fields[name].map((one) => [one.id, label(one)]);
    const processes = fields.process.filter((one) => one.case === about.case).map((one) => [one.id, one.id]);
    const again = () => { if (!processesOf().includes(about.process)) about.process = ""; const name = document.activeElement?.dataset?.field; repaintAbout(); if (name) root.querySelector(`[data-field="${name}"]`)?.focus(); };
    const processesOf = () => fields.process.filter((one) => one.case === about.case).map((one) => one.id);
    const scopes = new Set(about.consent.split(" ").filter(Boolean));
    parts.about = h("fieldset", {}, h("legend", {}, w("about")), h("div", { class: "in-fields" },
      choice("kind", fields.kind.map((one) => [one, w(`kind.${one}`)]), { onchange: again }),
      choice("case", terms("case"), { empty: w("field.none"), onchange: again }),
      field("date", h("input", { type: "date", value: about.date, "data-field": "date", onchange: (e) => { about.date = e.target.value; } })),
      processes.length ? choice("process", processes, { empty: w("field.none") }) : null,
      about.kind === "workshop_note" ? choice("arena", terms("arena"), { empty: w("field.none") }) : null,
      about.kind === "public_document" ? null : choice("actor_type", terms("actor_type"), { empty: w("field.none") }),
      about.kind === "public_document" ? null : field("interviewers", [
        h("input", { type: "text", value: asking.join(", "), "data-field": "interviewers", autocomplete: "off", onchange: (e) => { asking = labels(e.target.value); } }),
        setup.interviewers.length ? h("small", {}, w("field.interviewers.known", { labels: setup.interviewers.join(", ") })) : null], true),
      about.kind === "public_document" ? null : h("div", { class: "in-field in-wide", role: "group", "aria-label": w("field.consent") }, h("span", {}, w("field.consent")), h("div", {}, fields.consent.map((scope) =>
        check(w(`consent.${scope}`), scopes.has(scope), (on) => { if (on) scopes.add(scope); else scopes.delete(scope); about.consent = fields.consent.filter((one) => scopes.has(one)).join(" "); }, { "data-consent": scope }))))),
      h("details", { open: isMoreOpen, ontoggle: (e) => { isMoreOpen = e.target.open; } }, h("summary", {}, w("about.more")), h("div", { class: "in-fields" },
        choice("guide", terms("guide"), { empty: w("field.none") }),
        choice("disclosure", fields.disclosure.map((one) => [one, w(`disclosure.${one}`)])),
        choice("written_form", fields.written_form.map((one) => [one, w(`written_form.${one}`)]), { empty: w("field.found") }),
        field("id", h("input", { type: "text", value: about.id, placeholder: w("field.made"), autocomplete: "off", onchange: (e) => { about.id = e.target.value.trim(); } })))));
    return parts.about;
  }

  function repaintAbout() { const old = parts.about; old.replaceWith(paintAbout()); }

  function look() {
    if (!chosen.size) { complain([w("files.first")]); return; }
    if (!about.date) { complain([w("date.first")]); root.querySelector('[data-field="date"]')?.focus(); return; }
    send({ do: "preview", ...wanted() }, (reply) => { texts = reply.texts; note = ""; go("look"); });
  }

  // ------------------------------------------------------------ the key

  function paintKey() {
    const place = h("input", { type: "text", value: setup.key.place, autocomplete: "off", spellcheck: "false" });
    // Called a code for one time, since browsers offer to keep passwords, and some carry them to other machines.
    const secret = h("input", { type: "password", autocomplete: "one-time-code", "data-field": "passphrase" });
    const open = (e) => {
      e.preventDefault();
      const passphrase = secret.value;
      secret.value = "";
      send({ do: "open key", path: place.value, passphrase }, () => {
        setup.key = { place: place.value, isOpen: true };
        complain([]);
        // What the key knows may be found now, and who is who is shown.
        if (step === "look") look(); else { note = ""; paint(); }
        say(w("key.is.open"));
      }, () => { secret.focus(); });
    };
    return h("form", { onsubmit: open }, h("fieldset", {}, h("legend", {}, w("key")), h("p", { class: "in-help" }, w("key.help")),
      h("div", { class: "in-fields in-key" }, h("label", { class: "in-field" }, w("key.place"), place), h("label", { class: "in-field" }, w("key.passphrase"), secret)),
      h("button", { type: "submit" }, w("key.open"))));
  }

  function closeKey() {
    send({ do: "close key" }, () => { setup.key.isOpen = false; rows = []; made = new Map(); queue = new Set(); if (step === "names") go("look"); else paint(); });
  }

  // ------------------------------------------------------------ looking

  function paintLook() {
    const own = h("input", { type: "text", value: isTemplate ? pattern : "", hidden: !isTemplate, "aria-label": w("pattern.template", { example: "[{time}] {speaker} –" }), placeholder: "[{time}] {speaker} –", autocomplete: "off", onchange: (e) => { pattern = e.target.value; } });
    const choice = h("select", { "aria-label": w("pattern"), "data-field": "pattern", onchange: (e) => {
      isTemplate = e.target.value === "own";
      own.hidden = !isTemplate;
      pattern = isTemplate ? own.value : e.target.value;
      if (isTemplate) own.focus();
    } }, h("option", { value: "", selected: !pattern && !isTemplate }, w("pattern.auto")),
    setup.fields.pattern.map((one) => h("option", { value: one, selected: !isTemplate && pattern === one }, w(`pattern.${one}`))),
    h("option", { value: "own", selected: isTemplate }, w("pattern.own")));
    const isSame = texts.some((one) => one.same_words_as);
    return [
      heading(w("understood")), h("p", { class: "in-help" }, w("understood.help")),
      h("div", { class: "in-row" }, h("b", {}, w("pattern")), choice, own, button("pattern.again", look)),
      texts.map(paintText),
      isSame ? check(w("again"), isAgain, (on) => { isAgain = on; }) : null,
      setup.isSynthetic ? h("div", { class: "in-note" }, h("p", {}, w("synthetic"))) : isKeyNeeded() ? paintKey() : null,
      h("div", { class: "in-buttons in-foot" }, button("back", () => go("choose")),
        setup.isSynthetic ? button("to.import", bringIn, { isMain: true }) : button("to.names", review, { isMain: !isKeyNeeded(), isOff: isKeyNeeded() })),
    ];
  }

  function paintText(one) {
    const title = [one.file, one.name && ` · ${one.name}`, ` → ${one.document}`].filter(Boolean).join("");
    if (one.is_in_study_as) return h("div", { class: "in-note" }, h("p", {}, h("b", {}, one.file), " ", w("earlier", { document: one.is_in_study_as })));
    const use = (name) => () => { pattern = name; isTemplate = false; look(); };
    const told = (key, ...values) => [h("dt", {}, w(key)), h("dd", {}, values)];
    const counts = [w("fact.size.told", one), one.unlabelled && w("fact.unlabelled", { count: one.unlabelled }), one.headings && w("fact.headings", { count: one.headings })].filter(Boolean).join(", ");
    const name = (key) => (hasWord(`pattern.${key}`) ? w(`pattern.${key}`) : key);
    const others = one.alternatives.map(([key, share]) => [" ", h("button", { type: "button", class: "in-plain", onclick: use(key) }, `${w("pattern.use", { pattern: name(key) })} (${Math.round(share * 100)} %)`)]);
    return h("details", { class: "in-text", open: texts.length <= OPEN_TEXTS }, h("summary", {}, title),
      one.same_words_as ? h("div", { class: "in-alert" }, w("same", { document: one.same_words_as })) : null,
      h("dl", {},
        told("fact.format", one.format, one.encoding && `, ${w("fact.encoding", one)}`),
        told("fact.size", counts),
        told("pattern", `${name(one.pattern)}, ${w("fact.share", { share: Math.round(one.share * 100) })}`, others.length ? h("span", {}, ` · ${w("fact.otherwise")}:`, others) : null),
        told("fact.times", one.timed ? w("fact.times.told", { count: one.timed, last: clock(one.last_time) }) : w("fact.none")),
        told("fact.remarks", one.remarks ? w("fact.remarks.told", { count: one.remarks, anchored: one.anchored }) : w("fact.none"))),
      h("div", { class: "in-pair" },
        h("div", {}, h("h4", {}, w("speakers")), one.speakers.length ? table([w("speaker"), w("turns"), w("becomes"), w("asks")], one.speakers.map((who) => [who.label, who.turns, whoBecomes(who), asks(who)])) : h("p", {}, w("nobody"))),
        h("div", {}, h("h4", {}, w("hits")), one.hits.length ? table([w("hits.kind"), w("hits.count"), w("hits.turns")], one.hits.map((hit) => [w(`hit.${hit.kind}`), hit.count, turnsOf(hit.turns)])) : h("p", {}, w("hits.none"))),
        h("div", {}, h("h4", {}, w("first")), h("div", { class: "in-turns" }, one.first.map(([speaker, time, words]) => h("div", { class: "in-turn" }, speaker || time !== null ? h("b", {}, [speaker, time !== null && `[${clock(time)}]`].filter(Boolean).join(" "), ":") : null, words)))),
        h("div", {}, h("h4", {}, w("findings")), one.findings.length ? table([w("findings.what"), w("hits.count"), w("findings.carried"), w("findings.detail")],
          one.findings.map((found) => [hasWord(`found.${found.what}`) ? w(`found.${found.what}`) : found.what, found.count, w(found.is_carried ? "yes" : "no"), found.detail])) : h("p", {}, w("findings.none")))));
  }

  function whoBecomes(who) {
    if (who.is_interviewer) return w("asks");
    return isKeyNeeded() ? w("becomes.key") : who.becomes;
  }

  /** A box that makes a speaker an interviewer; those of the study itself stay so. */
  function asks(who) {
    const isOwn = asking.some((one) => one.toLowerCase() === who.label.toLowerCase());
    if (who.is_interviewer && !isOwn) return w("yes");
    return h("input", { type: "checkbox", checked: who.is_interviewer, "aria-label": w("asks.label", { label: who.label }), onchange: (e) => {
      asking = asking.filter((one) => one.toLowerCase() !== who.label.toLowerCase());
      if (e.target.checked) asking.push(who.label);
      look();
    } });
  }

  function turnsOf(turns) {
    const shown = turns.slice(0, MOST_TURNS).join(", ");
    return turns.length > MOST_TURNS ? w("hits.more", { turns: shown, count: turns.length - MOST_TURNS }) : shown;
  }

  function table(heads, lines) {
    const used = heads.map((_, column) => lines.some((line) => line[column] !== "" && line[column] !== null));
    return h("table", {}, h("thead", {}, h("tr", {}, heads.filter((_, column) => used[column]).map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, lines.map((line) => h("tr", {}, line.filter((_, column) => used[column]).map((cell) => h("td", { class: typeof cell === "number" ? "in-number" : null }, cell instanceof Node ? cell : String(cell)))))));
  }

  // ------------------------------------------------------------ deciding

  function review() {
    if (isKeyNeeded()) { complain([w("key.first")]); root.querySelector('[data-field="passphrase"]')?.focus(); return; }
    send({ do: "review", ...wanted() }, takeRows);
  }

  function takeRows(reply) {
    rows = reply.rows;
    made = new Map(rows.map((row) => [row.mark, { decision: "", typed: "", scope: "everywhere", state: "open", told: "", problem: "", editing: null, isChanged: false }]));
    queue = new Set();
    current = rows[0]?.mark ?? null;
    note = reply.isAgain ? w("names.again") : "";
    go("names");
  }

  const isDecided = (row) => made.get(row.mark).state === "saved";
  const open = () => rows.filter((row) => !isDecided(row)).length;

  function paintNames() {
    parts.cards = new Map();
    for (const mine of made.values()) mine.editing = null;
    parts.progress = h("span", { class: "in-progress" });
    parts.meter = h("progress", { max: Math.max(1, rows.length), "aria-label": w("names") });
    parts.bulk = h("div", { class: "in-buttons", role: "group", "aria-label": w("bulk.group") });
    parts.go = button("to.import", bringIn, { isMain: true });
    parts.reason = h("fieldset", { class: "in-reason" }, h("legend", {}, w("reason")), h("p", { class: "in-help" }, w("reason.help")),
      h("label", { class: "in-field" }, w("reason.label"), h("input", { type: "text", value: reason, "data-field": "reason", autocomplete: "off", oninput: (e) => { reason = e.target.value; paintProgress(); } })));
    const letter = (name) => h("kbd", {}, w(`letter.${name}`));
    const keys = h("div", { class: "in-keys", role: "group", "aria-label": w("keys") },
      h("span", {}, h("kbd", {}, "↑"), " ", h("kbd", {}, "↓"), ` ${w("keys.rows")}`), h("span", {}, letter("next"), ` ${w("keys.next")}`),
      [...ACTIONS, "take"].map((name) => h("span", {}, letter(name), ` ${w(`do.${name}`).toLowerCase()}`)),
      h("span", {}, letter("scope"), ` ${w("scope").toLowerCase()}`), h("span", {}, h("kbd", {}, "Enter"), ` ${w("keys.edit")}`));
    const found = [
      heading(w("names")),
      rows.length ? h("p", { class: "in-help" }, w("names.help")) : h("div", { class: "in-note" }, h("p", {}, w("names.none"))),
      rows.length ? h("div", { class: "in-top" }, h("div", { class: "in-row" }, parts.progress, parts.meter), parts.bulk, keys) : null,
      rows.length ? h("div", { class: "in-rows", onkeydown: onRowKey }, rows.map((row) => { const card = h("div", {}); parts.cards.set(row.mark, card); return paintRow(row); })) : null,
      rows.length ? parts.reason : null,
      h("div", { class: "in-buttons in-foot" }, button("back", () => { note = ""; reason = ""; look(); }), parts.go),
    ];
    paintProgress();
    return found;
  }

  function paintProgress() {
    if (step !== "names") return;
    const left = open();
    parts.progress.textContent = w("progress", { done: rows.length - left, all: rows.length });
    parts.meter.value = rows.length - left;
    parts.reason.hidden = !left;
    if (left && !reason.trim()) parts.go.setAttribute("aria-disabled", "true"); else parts.go.removeAttribute("aria-disabled");
    const kinds = new Map();
    for (const row of rows) if (row.suggestion && ["open", "failed"].includes(made.get(row.mark).state)) kinds.set(row.kind, (kinds.get(row.kind) ?? 0) + 1);
    const held = parts.bulk.contains(document.activeElement);
    fill(parts.bulk, [...kinds].map(([kind, count]) => button("bulk", () => takeAll(kind), { facts: { kind: w(`hit.${kind}`), count } })));
    if (held) (parts.bulk.querySelector("button") ?? parts.cards.get(current))?.focus();
  }

  /** The card of a row, drawn anew in the place of the old one; the focus stays where it was. */
  function paintRow(row) {
    const mine = made.get(row.mark);
    const old = parts.cards.get(row.mark);
    if (mine.editing) {
      // Somebody is typing in it: only what was decided meanwhile is told.
      old.dataset.state = mine.state;
      old.querySelector(".in-state").textContent = stateOf(row);
      return old;
    }
    const held = old.contains(document.activeElement) ? document.activeElement.dataset?.part ?? "card" : null;
    const isNow = row.mark === current;
    const stop = { tabindex: isNow ? 0 : -1 };
    const input = h("input", { type: "text", "data-part": "replacement", ...stop, value: shownReplacement(row), placeholder: placeholder(row), "aria-label": w("replacement"), autocomplete: "off", disabled: mine.decision === "keep",
      onfocus: () => { if (mine.editing !== input) mine.isChanged = false; mine.editing = input; }, oninput: () => { mine.isChanged = true; },
      // Only when the focus is where it goes may the card be drawn anew.
      onblur: () => setTimeout(() => leave(row, input)),
      onkeydown: (e) => {
        if (e.key !== "Enter" && e.key !== "Escape") return;
        e.preventDefault();
        if (e.key === "Escape") mine.isChanged = false;
        leave(row, input);
        parts.cards.get(row.mark).focus({ preventScroll: true });
      } });
    const act = (name) => h("button", { type: "button", "data-part": name, ...stop, "aria-pressed": name === "take" ? null : String(mine.decision === name), onclick: () => (name === "take" ? take(row) : choose(row, name)) }, h("kbd", { "aria-hidden": "true" }, w(`letter.${name}`)), ` ${w(`do.${name}`)}`);
    const suggestion = row.suggestion ? w(`suggested.${row.suggestion}`, { text: row.suggested || row.general }) : w("suggested.none");
    const card = h("div", { class: "in-decide", role: "group", "aria-label": w("row", { number: row.number, kind: w(`hit.${row.kind}`), surface: row.surface }), "data-mark": row.mark, "data-part": "card", "data-state": mine.state, ...stop, onfocusin: () => setCurrent(row.mark) },
      h("div", {}, h("div", { class: "in-surface" }, row.surface, h("small", {}, [`${row.number}`, w(`hit.${row.kind}`), row.count === 1 ? w("row.once") : w("row.times", { count: row.count }), placesOf(row.places, w("row.turn"), w("row.remark"))].join(" · "))),
        h("p", {}, row.before, row.words ? h("mark", {}, row.words) : null, row.after), h("p", {}, h("small", {}, suggestion))),
      h("div", { class: "in-acts" }, h("div", { class: "in-buttons" }, ACTIONS.map(act), row.suggestion ? act("take") : null),
        h("div", { class: "in-replace" }, input, check(row.documents > 1 ? w("scope.several", { count: row.documents }) : w("scope"), mine.scope === "document", (on) => { mine.scope = on ? "document" : "everywhere"; if (mine.decision) decide(row, mine.decision); }, { "data-part": "scope", ...stop })),
        h("div", { class: "in-state" }, stateOf(row))));
    if (old.isConnected) old.replaceWith(card);
    parts.cards.set(row.mark, card);
    if (held) (held === "card" ? card : card.querySelector(`[data-part="${held}"]`) ?? card).focus({ preventScroll: true });
    return card;
  }

  /** How it went with a row, for those who hear the screen. */
  function tell(mark) {
    const row = rows.find((one) => one.mark === mark);
    if (row) say(`${row.surface}: ${stateOf(row)}. ${w("progress", { done: rows.length - open(), all: rows.length })}`);
  }

  /** The field of a replacement is left: what was changed in it is a decision. */
  function leave(row, input) {
    const mine = made.get(row.mark);
    if (mine?.editing !== input) return;
    mine.editing = null;
    if (!mine.isChanged) { paintRow(row); return; }
    mine.isChanged = false;
    mine.typed = input.value.trim();
    decide(row, mine.decision && mine.decision !== "keep" ? mine.decision : row.suggestion === "generalise" || !row.isName ? "generalise" : "replace");
  }

  function shownReplacement(row) {
    const mine = made.get(row.mark);
    if (mine.decision === "keep") return "";
    return mine.typed || (mine.state === "saved" ? mine.told : "");
  }

  function placeholder(row) {
    const { decision } = made.get(row.mark);
    if (decision === "keep") return "";
    const action = decision || row.suggestion || (row.isName ? "replace" : "generalise");
    if (action === "replace" && row.isName) return row.suggestion === "replace" ? row.suggested : w("replacement.next");
    return row.general;
  }

  function stateOf(row) {
    const mine = made.get(row.mark);
    if (mine.state === "saved") return w(`state.${mine.decision}`, { text: mine.told || row.general });
    if (mine.state === "failed") return `${w("state.failed")} ${mine.problem}`;
    return w(`state.${mine.state}`);
  }

  function setCurrent(mark) {
    if (mark === current) return;
    for (const [one, is] of [[current, false], [mark, true]]) {
      const card = parts.cards.get(one);
      if (!card) continue;
      for (const node of [card, ...card.querySelectorAll("[data-part]")]) node.tabIndex = is ? 0 : -1;
    }
    current = mark;
  }

  function moveTo(place) {
    const row = rows[Math.max(0, Math.min(rows.length - 1, place))];
    if (!row) return;
    setCurrent(row.mark);
    parts.cards.get(row.mark).focus({ preventScroll: true });
    parts.cards.get(row.mark).scrollIntoView({ block: "nearest" });
  }

  function onRowKey(e) {
    const isText = e.target.matches('input[type="text"]');
    if (isText || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    const at = rows.findIndex((row) => row.mark === current);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
    if (e.key in moves) { e.preventDefault(); moveTo(moves[e.key]); return; }
    if (e.key === "Enter" && e.target.matches(".in-decide")) {
      e.preventDefault();
      const input = parts.cards.get(current).querySelector('[data-part="replacement"]');
      if (!input.disabled) { if (!input.value) input.value = input.placeholder === w("replacement.next") ? "" : input.placeholder; input.focus(); input.select(); }
      return;
    }
    const action = e.key.length === 1 ? actionOf(e.key) : null;
    if (!action || at < 0) return;
    e.preventDefault();
    const row = rows[at];
    if (action === "next") {
      const order = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
      const next = order.find((one) => ["open", "failed"].includes(made.get(one.mark).state));
      if (next) moveTo(rows.indexOf(next)); else say(w("none.left"));
    } else if (action === "take") take(row);
    else if (action === "scope") { const mine = made.get(row.mark); mine.scope = mine.scope === "document" ? "everywhere" : "document"; if (mine.decision) decide(row, mine.decision); else paintRow(row); }
    else choose(row, action);
  }

  /** An action chosen anew: what was typed for another one does not go with it. */
  function choose(row, action) {
    const mine = made.get(row.mark);
    if (mine.decision && mine.decision !== action) mine.typed = "";
    decide(row, action);
  }

  function take(row) {
    if (!row.suggestion) { say(w("suggested.none")); return; }
    made.get(row.mark).typed = "";
    decide(row, row.suggestion);
  }

  function takeAll(kind) {
    for (const row of rows) {
      const mine = made.get(row.mark);
      if (row.kind !== kind || !row.suggestion || !["open", "failed"].includes(mine.state)) continue;
      Object.assign(mine, { decision: row.suggestion, typed: "", state: "saving", problem: "" });
      queue.add(row.mark);
      paintRow(row);
    }
    flush();
    paintProgress();
  }

  function decide(row, decision) {
    Object.assign(made.get(row.mark), { decision, state: "saving", problem: "" });
    queue.add(row.mark);
    paintRow(row);
    paintProgress();
    flush();
  }

  // One message at a time: to save the key takes a while, and what is decided meanwhile goes with the next one.
  function flush() {
    if (inFlight || !queue.size) return;
    inFlight = [...queue].slice(0, MOST_AT_ONCE);
    inFlight.forEach((mark) => queue.delete(mark));
    const given = inFlight.map((mark) => { const mine = made.get(mark); return { mark, decision: mine.decision, replacement: mine.decision === "keep" ? "" : mine.typed, scope: mine.scope }; });
    const rowOf = (mark) => rows.find((row) => row.mark === mark);
    send({ do: "decide", rows: given }, (reply) => {
      inFlight = null;
      for (const answer of reply.answers) {
        const mine = made.get(answer.mark);
        // Decided differently meanwhile: the next message tells.
        if (!mine || queue.has(answer.mark)) continue;
        if (answer.problem) Object.assign(mine, { state: "failed", problem: hasWord(answer.problem) ? w(answer.problem) : answer.problem });
        else Object.assign(mine, { state: "saved", decision: answer.action, told: answer.replacement, problem: "" });
        if (step === "names") paintRow(rowOf(answer.mark));
      }
      if (step === "names") { complain([]); paintProgress(); tell(given.at(-1).mark); }
      flush();
    }, (told) => {
      const marks = inFlight ?? [];
      inFlight = null;
      for (const mark of [...marks, ...queue]) {
        const mine = made.get(mark);
        if (mine) Object.assign(mine, { state: "failed", problem: told.join(" ") });
        if (mine && step === "names") paintRow(rowOf(mark));
      }
      queue = new Set();
      paintProgress();
      say(`${w("state.failed")} ${told.join(" ")}`);
      return true;
    });
  }

  // ------------------------------------------------------------ bringing in

  function bringIn() {
    if (waiting.size && !inFlight) return;
    if (inFlight || queue.size) { complain([w("saving.first")]); return; }
    if (step === "names" && open() && !reason.trim()) {
      complain([w("reason.first", { count: open() })]);
      root.querySelector('[data-field="reason"]')?.focus();
      return;
    }
    const content = { do: "import", ...wanted() };
    if (step === "names" && !open()) content.reason = "";
    send(content, (reply) => {
      if (reply.kind === "review") { takeRows(reply); return; }
      added = reply.texts;
      note = "";
      go("done");
    });
  }

  function paintDone() {
    return [
      heading(w("done")),
      added.map((one) => (one.is_new ? h("div", { class: "in-result" }, h("p", {}, h("b", {}, w("done.new", one)), h("small", {}, `  ${one.source}`)),
        [!setup.isSynthetic && w("done.names", one), one.known.length > 0 && w("done.known", { people: one.known.join(", ") }), one.remarks > 0 && w("done.remarks", { count: one.remarks }),
          one.left_out.length > 0 && w("done.left", { what: one.left_out.map(([what, count]) => `${count} ${hasWord(`found.${what}`) ? w(`found.${what}`) : what}`).join(", ") }),
          one.may_identify.length > 0 && w("done.turns", { turns: turnsOf(one.may_identify) }), ...one.notes].filter(Boolean).map((text) => h("p", {}, text)))
        : h("div", { class: "in-result in-old" }, h("p", {}, w("done.old", one))))),
      h("h4", {}, w("next")), setup.isSynthetic ? null : h("p", {}, w("next.read")), h("p", {}, w("next.code")),
      h("div", { class: "in-buttons in-foot" }, button("next.more", () => { chosen = new Map(); texts = []; rows = []; made = new Map(); reason = ""; isAgain = false; about.id = ""; list(listing.folder); go("choose"); }, { isMain: true })),
    ];
  }

  // ------------------------------------------------------------ life

  // Keys pressed anywhere in the screen belong to it, not to the notebook around it; to save stays the notebook's.
  root.addEventListener("keydown", (e) => { if (!((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "s")) e.stopPropagation(); });

  const stopFollowing = followNotebook(root);

  const onLeave = (e) => { if (inFlight || queue.size) { e.preventDefault(); e.returnValue = ""; } };
  window.addEventListener("beforeunload", onLeave);
  model.on("msg:custom", onMessage);
  send({ do: "hello" }, (reply) => {
    setup = reply;
    listing = reply.listing;
    chosen = new Map(reply.files.map((file) => [file.path, file]));
    alerts = reply.problem ? [reply.problem] : [];
    paint();
  });

  return () => {
    stopFollowing();
    isDead = true;
    window.removeEventListener("beforeunload", onLeave);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
