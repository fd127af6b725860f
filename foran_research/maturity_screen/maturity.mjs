// The screen for assessing maturity: one element at a time or all in a table, saved at once. What is shown comes as messages
// and is set as text, never as markup. What could not be saved is told of, kept here, and sent again.

// ---------------------------------------------------------------- pure functions (tested without a browser)

export const LEVELS = [0, 1, 2, 3, 4, 5];
const EMPTY = { level: null, confidence: "", evidence: [], rationale: "", override: "" };

/** What is shown of an element: what was changed here, else what the register has, else nothing. */
export function shownOf(draft, state) {
  return { ...EMPTY, ...(state ?? {}), ...(draft ?? {}) };
}

/** Whether what is shown says something else than the register has. */
export function differs(shown, state) {
  const known = { ...EMPTY, ...(state ?? {}) };
  return shown.level !== known.level || shown.confidence !== known.confidence || shown.rationale.trim() !== known.rationale.trim()
    || shown.override.trim() !== known.override.trim() || shown.evidence.join(" ") !== known.evidence.join(" ");
}

/** What a wish to save carries; null as long as there is no level to save. */
export function wishOf(element, shown) {
  if (shown.level === null) return null;
  const { level, confidence, evidence, rationale, override } = shown;
  // Half a character, as a clumsy paste leaves it, can be written to no file.
  const whole = (text) => text.replace(/\p{Surrogate}/gu, "\ufffd");
  return { element, level, confidence, evidence: [...evidence], rationale: whole(rationale), override: whole(override) };
}

/** What is kept of a change until it is in the register: the fields alone, and the mark of the state that it was made on. */
export function draftOf(shown, part, seen) {
  const { level, confidence, evidence, rationale, override } = { ...shown, ...part };
  return { level, confidence, evidence: [...evidence], rationale, override, seen };
}

/** The texts of a wish that are longer than is taken, as the length of the longest; 0 when none is. Counted in code points. */
export function tooLong(shown, most) {
  const long = [shown.rationale, shown.override].map((text) => (text.length > most ? [...text].length : 0)).filter((length) => length > most);
  return Math.max(0, ...long);
}

/** A list with an item put in or taken out, the order of the rest kept. */
export function toggled(list, item) {
  return list.includes(item) ? list.filter((one) => one !== item) : [...list, item];
}

/** What a key asks for when nobody is writing: { level }, { go }, { open } or null. */
export function keyWish(key, isWriting) {
  if (isWriting) return null;
  if (/^[0-5]$/.test(key)) return { level: Number(key) };
  return { j: { go: 1 }, k: { go: -1 }, b: { open: "evidence" }, t: { open: "earlier" } }[key.toLowerCase()] ?? null;
}

/** A day of the calendar as YYYY-MM-DD. */
export function isDay(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}

/** A code in the form that is asked for. */
export function isCode(text) {
  return /^[A-Z0-9-]{2,24}$/.test(text);
}

// ---------------------------------------------------------------- small helpers for the page

const PAUSE = 1200; // milliseconds without a key after which what is written is saved
const PATIENCE = 8000; // milliseconds without a reply after which it is told that something is not saved
const SIZES = [0.85, 1, 1.2, 1.45, 1.75, 2.1];
const NO_KERNEL = "Jupyter (kjernen) svarer ikke. Kjør cellen igjen. / The kernel does not answer. Run the cell again."; // before words have come

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

// What is not saved outlives the screen it was written on: when the cell is run again, the new screen takes it over. It lies in
// the page, not in the notebook, and is gone when the page is. Who wrote it lies beside it: { who, drafts }.
const SHELF = "foranMaturityDrafts";
const shelf = () => (globalThis[SHELF] ??= new Map());

// ---------------------------------------------------------------- the screen

function render({ model, el }) {
  const client = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;
  const root = h("div", { class: "foran-ms", lang: "nb" });
  el.append(root);

  let setup = null;
  let language = model.get("language") || "nb";
  let counter = 0;
  let isDead = false;
  let size = 1;
  let mode = "one";
  let at = 0;
  let who = null; // what is told of who assesses, once it was accepted
  let given = null; // and what stands in its fields
  let states = {}; // what the register has, by element
  let drafts = {}; // what was changed here and is not in the register
  let notes = {}; // what is lacking or warned of, by element: { kind, what, text }
  let open = { evidence: false, earlier: false };
  let passages = {}; // by language and element
  let earlier = {};
  let alerts = [];
  let isCut = false;
  const waiting = new Map(); // id → { then, content, timer, asked }
  const lastWish = new Map(); // element → id of the newest wish to save it
  const timers = new Map(); // element → pause before what is written is saved
  const parts = {};

  const w = (key, facts = {}) => {
    const text = setup?.words?.[language]?.[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (every, name) => (name in facts ? String(facts[name]) : every));
  };
  const say = (texts) => texts?.[language] || Object.values(texts ?? {})[0] || "";
  const nameOf = (one) => `${one.display} ${say(one.label)}`;
  const here = () => setup.elements[at];
  const shown = (id) => shownOf(drafts[id], states[id]);
  // A wish on its way may change what the register has: until it is answered, nothing is told as saved.
  const isUnsaved = (id) => isSaving(id) || differs(shown(id), states[id]);
  const unsaved = () => (who ? setup.elements.filter((one) => isUnsaved(one.id)).map((one) => one.id) : []);
  const button = (text, onclick, attributes = {}) => h("button", { type: "button", onclick, ...attributes }, text);

  // ------------------------------------------------------------ wire

  function send(content, then, id = null, asked = "") {
    if (id === null) { counter += 1; id = `${client}.${counter}`; }
    const timer = setTimeout(() => { isCut = true; paintState(); }, PATIENCE);
    waiting.set(id, { then, content, timer, asked });
    busy();
    try { model.send({ id, client, language, ...content }); } catch { isCut = true; if (!setup) complain([NO_KERNEL]); else paintState(); }
    return id;
  }

  function onMessage(message) {
    if (message.to !== client) { if (!isDead) overhear(message); return; }
    const sent = waiting.get(message.re);
    if (!sent) return;
    if (isDead) { if (message.kind === "saved") unshelve(shelfKey(sent.content.assessor), sent); return; }
    clearTimeout(sent.timer);
    waiting.delete(message.re);
    isCut = false;
    busy();
    if (message.kind === "refused" || message.kind === "failed") {
      const list = message.kind === "failed" ? [setup ? w("failed", message) : `${message.error} ${message.where}`] : message.faults.length ? message.faults : [message.text];
      if (sent.content.do === "save") { notes[sent.content.element] = { kind: "needs", what: "other", text: list.join(" ") }; announce(w("unsaved")); } else complain(list);
      paintState();
      return;
    }
    sent.then(message);
  }

  /** What another view of this screen saved for the same group is shown here too, unless something else was begun here. */
  function overhear(message) {
    if (message.kind !== "saved" || message.assessor !== who?.assessor || !setup.elements.some((one) => one.id === message.element)) return;
    const wasUnsaved = isUnsaved(message.element);
    states[message.element] = message.state;
    if (!wasUnsaved || !isUnsaved(message.element)) { drop(message.element); notes[message.element] = warned(message.state); refill(message.element); }
    delete earlier[message.element];
    paintState();
  }

  /** What had no reply is sent again under its own id, so that it is done once; an older wish for an element is not. */
  function resend() {
    isCut = false;
    for (const [id, sent] of [...waiting]) { clearTimeout(sent.timer); send(sent.content, sent.then, id, sent.asked); }
    for (const id of unsaved()) if (!isSaving(id)) save(id);
    paintState();
  }

  function busy() {
    root.dataset.busy = waiting.size ? "1" : "";
    // Its place is kept while it is not seen: a bar that breaks into two lines would move what somebody is just clicking.
    if (parts.busy && setup) parts.busy.textContent = w("working");
  }

  function announce(text) { if (parts.live) parts.live.textContent = text; }

  function complain(list) {
    alerts = list;
    if (!parts.alert) { fill(root, h("div", { class: "ms-alert", role: "alert" }, list.map((text) => h("p", {}, text)))); return; }
    parts.alert.hidden = !list.length;
    fill(parts.alert, list.map((text) => h("p", {}, text)));
  }

  // ------------------------------------------------------------ saving

  const shelfKey = (code) => [setup.study, setup.milestone, setup.case, code].join("|");
  const warned = (state) => (state.warnings.length ? { kind: "warn", what: state.warnings[0] } : null);

  function keep(id, draft) {
    drafts[id] = draft;
    const key = shelfKey(who.assessor);
    shelf().set(key, { who, drafts: { ...shelf().get(key)?.drafts, [id]: draft } });
  }

  function drop(id) {
    delete drafts[id];
    const key = shelfKey(who.assessor);
    const kept = { ...shelf().get(key)?.drafts };
    delete kept[id];
    if (Object.keys(kept).length) shelf().set(key, { who, drafts: kept }); else shelf().delete(key);
  }

  /** What was on its way when its screen went, and arrived after all, is no longer offered. */
  function unshelve(key, sent) {
    const id = sent.content.element;
    const drafts = { ...shelf().get(key)?.drafts };
    if (!drafts[id] || JSON.stringify(wishOf(id, shownOf(drafts[id]))) !== sent.asked) return;
    delete drafts[id];
    if (Object.keys(drafts).length) shelf().set(key, { ...shelf().get(key), drafts }); else shelf().delete(key);
  }

  function change(id, part, waits = false) {
    // What is there when somebody begins is what they change; what others write meanwhile is not passed over.
    keep(id, { ...draftOf(shown(id), part, drafts[id]?.seen ?? states[id]?.mark ?? ""), sent: drafts[id]?.sent });
    clearTimeout(timers.get(id));
    if (waits) timers.set(id, setTimeout(() => save(id), PAUSE)); else save(id);
    paintState();
  }

  function save(id) {
    clearTimeout(timers.get(id));
    timers.delete(id);
    if (!who) return;
    if (!isUnsaved(id)) {
      // Changed back to what the register has: nothing is lacking any more.
      if (drafts[id]) { drop(id); notes[id] = states[id] ? warned(states[id]) : null; }
      paintState();
      return;
    }
    const wish = wishOf(id, shown(id));
    if (!wish) { notes[id] = { kind: "needs", what: "level" }; paintState(); return; }
    const long = tooLong(wish, setup.longest);
    if (long) { notes[id] = { kind: "needs", what: "long", text: long }; paintState(); return; }
    const asked = JSON.stringify(wish);
    if (!drafts[id]) keep(id, draftOf(shown(id), {}, states[id]?.mark ?? ""));
    drafts[id].sent = asked;
    for (const [other, sent] of [...waiting]) {
      if (sent.content.do !== "save" || sent.content.element !== id) continue;
      if (sent.asked === asked) { paintState(); return; }
      // All of an element goes with each wish: what was wished before this one has nothing to add.
      clearTimeout(sent.timer);
      waiting.delete(other);
    }
    const wishId = send({ do: "save", ...wish, ...who, seen: drafts[id].seen, wish: `${client}.s${counter + 1}` }, (reply) => {
      const isNewest = lastWish.get(id) === wishId;
      if (reply.kind === "saved") {
        states[id] = reply.state;
        // What has been written since is another wish.
        if (isNewest && JSON.stringify(wishOf(id, shown(id))) === asked) drop(id);
        else if (drafts[id]) drafts[id].seen = reply.state.mark;
        if (isNewest) notes[id] = warned(reply.state);
        if (alerts.length) complain([]);
        delete earlier[id];
        announce(w("saved", { on: reply.state.on }));
      } else if (isNewest) {
        if (reply.what === "overtaken") { if (reply.state) states[id] = reply.state; else delete states[id]; }
        notes[id] = { kind: "needs", what: reply.what, text: reply.text };
        if (reply.what === "overtaken" && !isUnsaved(id)) { drop(id); notes[id] = states[id] ? warned(states[id]) : null; }
        announce(noteText(id));
      }
      paintState();
    }, null, asked);
    lastWish.set(id, wishId);
    paintState();
  }

  const isSaving = (id) => [...waiting.values()].some((sent) => sent.content.do === "save" && sent.content.element === id);

  function noteText(id) {
    const note = notes[id];
    // "Saved, but …" is of what was saved: it is not said of what has been changed since.
    if (!note || (note.kind === "warn" && isUnsaved(id))) return "";
    const facts = { level: shown(id).level ?? "–", text: note.text ?? "", most: setup.longest };
    if (note.what === "overtaken") {
      const theirs = states[id];
      return theirs ? w("needs.overtaken", { level: theirs.level, on: theirs.on, why: theirs.rationale || "–" }) : w("needs.overtaken.gone");
    }
    return w(note.kind === "warn" ? `warn.${note.what}` : `needs.${note.what}`, facts);
  }

  /** Somebody else has saved another thing: what was written here is saved on top of it, or given up for it. */
  function settle(id, isMine) {
    if (isMine) { keep(id, { ...drafts[id], seen: states[id]?.mark ?? "" }); save(id); }
    else { drop(id); notes[id] = states[id] ? warned(states[id]) : null; refill(id); paintState(); }
    parts.main.querySelector("h3")?.focus();
  }

  /** The fields of an element as they are now, without making them anew: focus stays where it is. */
  function refill(id) {
    const now = shown(id);
    const select = parts.main?.querySelector(`select[data-for="${id}"]`);
    if (select) select.value = now.level === null ? "" : String(now.level);
    if (mode !== "one" || here().id !== id || !parts.main?.querySelector(".ms-card")) return;
    for (const input of parts.main.querySelectorAll("[data-level]")) input.checked = Number(input.value) === now.level;
    for (const input of parts.main.querySelectorAll("[data-confidence]")) input.checked = input.value === now.confidence;
    for (const field of ["rationale", "override"]) parts.main.querySelector(`[data-field="${field}"]`).value = now[field];
    for (const input of parts.main.querySelectorAll("[data-segment]")) input.checked = now.evidence.includes(input.dataset.segment);
  }

  function stateText(id) {
    if (isUnsaved(id)) return isSaving(id) && !isCut ? w("saving") : w("unsaved");
    return states[id] ? w("saved", { on: states[id].on }) : w("saved.none");
  }

  // ------------------------------------------------------------ frame

  function take(reply) {
    setup = reply;
    passages = {};
    earlier = {};
    alerts = [];
    at = Math.min(at, Math.max(0, setup.elements.length - 1));
    if (!given) given = { ...setup.first };
    root.dataset.ready = "1";
    paint();
    if (who || isCode(given.assessor)) begin(false);
  }

  function paint() {
    root.lang = language;
    root.style.setProperty("--ms-size", SIZES[size]);
    parts.busy = h("span", { class: "ms-busy" });
    parts.live = h("div", { class: "ms-hidden", role: "status", "aria-live": "polite" });
    parts.alert = h("div", { class: "ms-alert", role: "alert", hidden: !alerts.length }, alerts.map((text) => h("p", {}, text)));
    parts.told = h("span", { role: "alert" });
    parts.unsaved = h("div", { class: "ms-unsaved", hidden: true }, parts.told, " ", button(w("resend"), resend, { "data-do": "resend" }));
    parts.who = h("div", { class: "ms-who" });
    parts.main = h("div", { class: "ms-main" });
    const languages = h("select", { "aria-label": w("language"), "data-field": "language", onchange: (e) => { language = e.target.value; model.set("language", language); model.save_changes(); paint(); root.querySelector('[data-field="language"]')?.focus(); } },
      setup.languages.map((one) => h("option", { value: one, selected: one === language }, { nb: "bokmål", en: "English" }[one])));
    const modes = h("select", { "aria-label": w("mode"), "data-field": "mode", onchange: (e) => { mode = e.target.value; paint(); root.querySelector('[data-field="mode"]')?.focus(); } },
      ["one", "table"].map((one) => h("option", { value: one, selected: one === mode }, w(`mode.${one}`))));
    const resize = (by) => { size = Math.max(0, Math.min(SIZES.length - 1, size + by)); root.style.setProperty("--ms-size", SIZES[size]); };
    fill(root,
      h("div", { class: "ms-bar" },
        h("h2", {}, w("title", { case: say(setup.caseLabel) })), h("span", { class: "ms-about" }, w("about", setup)), h("span", { class: "ms-space" }), parts.busy,
        modes, button("A−", () => resize(-1), { "aria-label": w("smaller"), "data-do": "smaller" }), button("A+", () => resize(1), { "aria-label": w("larger"), "data-do": "larger" }),
        button(w("refresh"), () => send({ do: "refresh" }, (reply) => {
          const isHere = root.contains(document.activeElement) && !isField(document.activeElement);
          take(reply);
          if (isHere) root.querySelector('[data-do="refresh"]')?.focus();
          announce(w("refreshed"));
        }), { "data-do": "refresh" }), languages),
      parts.alert, parts.unsaved, parts.who, parts.main, parts.live);
    if (setup.isSynthetic) root.append(h("p", { class: "ms-notice" }, say(setup.notice)));
    root.append(h("details", { class: "ms-keys" }, h("summary", {}, w("keys")), h("p", {}, w("keys.help"))));
    busy();
    paintWho();
    paintMain();
  }

  // ------------------------------------------------------------ who

  function paintWho() {
    if (who) {
      fill(parts.who, h("p", {}, h("b", {}, `${w("who")}: `), w("who.told", { code: who.assessor, side: w(`side.${who.side}`), on: who.on }), " ",
        button(w("who.change"), () => { if (unsaved().length) { complain([w("who.unsaved")]); return; } who = null; states = {}; notes = {}; drafts = {}; complain([]); paintWho(); paintMain(); parts.who.querySelector("input")?.focus(); }, { "data-do": "change-who" })));
      return;
    }
    const field = (name, label, node) => h("label", {}, h("span", {}, label), node);
    const input = (name, more = {}) => h("input", { type: "text", "data-field": name, autocomplete: "off", spellcheck: "false", value: given[name], oninput: (e) => { given[name] = e.target.value.trim(); }, ...more });
    const select = (name, options) => h("select", { "data-field": name, onchange: (e) => { given[name] = e.target.value; } }, options.map(([value, text]) => h("option", { value, selected: value === given[name] }, text)));
    fill(parts.who,
      h("form", { class: "ms-form", "aria-label": w("who"), onsubmit: (e) => { e.preventDefault(); begin(true); } },
        h("p", {}, w("who.help", { example: `${setup.case}-GRUPPE-1` })),
        keptShown(),
        h("div", { class: "ms-fields" },
          field("assessor", w("who.code"), input("assessor", { maxlength: "24" })),
          field("side", w("who.side"), select("side", setup.sides.map((one) => [one, w(`side.${one}`)]))),
          field("arena", w("who.arena"), select("arena", [["", w("arena.none")], ...setup.arenas.map((one) => [one.id, say(one.label)])])),
          field("on", w("who.on"), input("on", { maxlength: "10", placeholder: setup.cutOff })),
          h("button", { type: "submit", class: "ms-strong", "data-do": "begin" }, w("who.begin")))));
  }

  /** What was written on an earlier screen of this page and is in no register: whose it is, and a way to it. */
  function keptShown() {
    const names = (drafts) => Object.keys(drafts).map((id) => setup.elements.find((one) => one.id === id)?.display).filter(Boolean);
    return [...shelf()].filter(([key, kept]) => key === shelfKey(kept.who.assessor) && names(kept.drafts).length).map(([, kept]) =>
      h("p", { class: "ms-kept" }, w("kept", { count: names(kept.drafts).length, elements: names(kept.drafts).join(", "), code: kept.who.assessor }), " ",
        button(w("kept.take"), () => { given = { ...kept.who }; begin(true); }, { "data-do": "take-kept" })));
  }

  function begin(goes) {
    const asked = { ...given };
    const wrong = [[!isCode(asked.assessor), "assessor", "who.bad.code"], [!isDay(asked.on) || asked.on > setup.cutOff, "on", "who.bad.day"]].filter(([isWrong]) => isWrong);
    if (wrong.length) {
      complain(wrong.map(([, , key]) => w(key, { cutOff: setup.cutOff })));
      for (const field of ["assessor", "on"]) parts.who.querySelector(`[data-field="${field}"]`)?.setAttribute("aria-invalid", String(wrong.some(([, name]) => name === field)));
      if (goes) parts.who.querySelector(`[data-field="${wrong[0][1]}"]`)?.focus();
      return;
    }
    send({ do: "who", ...asked }, (reply) => {
      who = asked;
      states = reply.states;
      notes = Object.fromEntries(Object.entries(states).map(([id, state]) => [id, warned(state)]));
      drafts = { ...shelf().get(shelfKey(who.assessor))?.drafts };
      for (const [id, draft] of Object.entries(drafts)) {
        // Written, and the answer was lost with the kernel: what the register has is this group's own.
        if (draft.sent && states[id] && !differs(shownOf(JSON.parse(draft.sent)), states[id])) draft.seen = states[id].mark;
        if (!isUnsaved(id)) drop(id);
      }
      complain([]);
      paintWho();
      paintMain();
      for (const id of unsaved()) save(id);
      if (goes) parts.main.querySelector("[data-start]")?.focus();
    });
  }

  // ------------------------------------------------------------ elements

  function paintMain() {
    if (!who) { fill(parts.main, h("p", { class: "ms-first" }, w("who.first"))); paintState(); return; }
    fill(parts.main, mode === "table" ? tableShown() : cardShown());
    paintState();
  }

  function go(by) {
    const to = Math.max(0, Math.min(setup.elements.length - 1, at + by));
    if (to === at) return;
    save(here().id);
    at = to;
    open = { evidence: false, earlier: false };
    paintMain();
    parts.main.querySelector("h3")?.focus();
  }

  /** The steps as buttons of which one is pressed: a group that arrow keys and digits walk. */
  function levelsShown(one) {
    const now = shown(one.id);
    const steps = [{ level: 0, label: null }, ...setup.scale];
    return h("fieldset", { class: "ms-levels" }, h("legend", {}, w("level")),
      steps.map((step) => {
        const label = step.level ? say(step.label) : w("level.zero");
        return h("label", { class: "ms-step" },
          h("input", { type: "radio", name: `${client}-${one.id}`, value: String(step.level), checked: now.level === step.level, "data-level": step.level, onchange: () => choose(one, step.level) }),
          h("span", { class: "ms-digit" }, String(step.level)), h("span", { class: "ms-step-text" }, h("b", {}, label), h("small", {}, step.level ? say(step.anchor) : w("level.zero.help"))));
      }));
  }

  function choose(one, level) {
    change(one.id, { level });
    for (const input of parts.main.querySelectorAll(`input[name="${client}-${one.id}"]`)) input.checked = Number(input.value) === level;
    const select = parts.main.querySelector(`select[data-for="${one.id}"]`);
    if (select) select.value = String(level);
    announce(w("chosen", { name: nameOf(one), level }));
  }

  function cardShown() {
    const one = here();
    const now = shown(one.id);
    parts.state = h("p", { class: "ms-state" });
    parts.note = h("p", { class: "ms-note" });
    parts.choice = h("div", { class: "ms-row", hidden: true }, button(w("overtaken.mine"), () => settle(one.id, true), { "data-do": "mine" }), button(w("overtaken.theirs"), () => settle(one.id, false), { "data-do": "theirs" }));
    parts.count = h("p", { class: "ms-help" });
    parts.override = h("label", { class: "ms-text ms-override" }, h("span", {}, w("override")), h("textarea", { rows: "2", "data-field": "override", value: now.override, oninput: (e) => change(one.id, { override: e.target.value }, true), onchange: () => save(one.id) }));
    parts.evidence = h("div", { class: "ms-evidence", hidden: !open.evidence });
    parts.earlier = h("div", { class: "ms-earlier", hidden: !open.earlier });
    const confidence = h("fieldset", { class: "ms-confidence" }, h("legend", {}, w("confidence")), ["", ...setup.confidences].map((key) => h("label", {},
      h("input", { type: "radio", name: `${client}-sure`, value: key, checked: now.confidence === key, "data-confidence": key || "none", onchange: () => change(one.id, { confidence: key }) }), w(`confidence.${key}`))));
    const card = h("section", { class: "ms-card", "aria-label": nameOf(one), "data-element": one.id },
      h("div", { class: "ms-row" }, h("span", { class: "ms-place" }, `${say(one.levelLabel)} · ${w("number", { at: at + 1, of: setup.elements.length })}`), h("span", { class: "ms-space" }),
        button(w("previous"), () => go(-1), { disabled: at === 0, "data-do": "previous" }), button(w("next"), () => go(1), { disabled: at === setup.elements.length - 1, "data-do": "next" })),
      h("h3", { tabindex: "-1", "data-start": true }, nameOf(one)), h("p", { class: "ms-brief" }, say(one.brief)),
      levelsShown(one), parts.state, parts.note, parts.choice, parts.override, confidence,
      h("label", { class: "ms-text" }, h("span", {}, w("rationale")), h("textarea", { rows: "2", "data-field": "rationale", value: now.rationale, oninput: (e) => change(one.id, { rationale: e.target.value }, true), onchange: () => save(one.id) })),
      h("div", { class: "ms-row" }, button("", () => toggle("evidence"), { "data-do": "evidence" }), button("", () => toggle("earlier"), { "data-do": "earlier" })),
      parts.count, parts.evidence, parts.earlier);
    queueMicrotask(() => { paintEvidence(); paintEarlier(); });
    return card;
  }

  function toggle(what) {
    if (mode === "table" || !who) return;
    const isInside = parts[what].contains(document.activeElement);
    open[what] = !open[what];
    if (isInside && !open[what]) parts.main.querySelector(`[data-do="${what}"]`)?.focus();
    if (what === "evidence") paintEvidence(true); else paintEarlier(true);
  }

  function paintEvidence(isAsked = false) {
    const one = here();
    const key = `${language} ${one.id}`;
    const opener = parts.main.querySelector('[data-do="evidence"]');
    if (!opener) return;
    opener.textContent = w(open.evidence ? "evidence.close" : "evidence");
    opener.setAttribute("aria-expanded", String(open.evidence));
    parts.evidence.hidden = !open.evidence;
    if (!open.evidence) return;
    if (!passages[key]) {
      send({ do: "passages", element: one.id }, (reply) => { passages[key] = reply.passages; if (who && here().id === one.id && mode === "one") paintEvidence(isAsked); });
      return;
    }
    const chosen = shown(one.id).evidence;
    const others = chosen.filter((id) => !passages[key].some((place) => place.segment === id)).length;
    fill(parts.evidence,
      h("h4", { tabindex: "-1" }, w("evidence.head", { name: nameOf(one) })), h("p", { class: "ms-help" }, w(passages[key].length ? "evidence.help" : "evidence.none")),
      h("ul", {}, passages[key].map((place) => h("li", {}, h("label", {},
        h("input", { type: "checkbox", checked: chosen.includes(place.segment), "data-segment": place.segment, onchange: () => change(one.id, { evidence: toggled(shown(one.id).evidence, place.segment) }) }),
        h("span", {}, place.words ? h("q", {}, place.words) : h("i", {}, w("no.words")),
          h("small", {}, [w(`polarity.${place.polarity}`), place.actors.join(", "), place.document, place.date].filter(Boolean).join(" · "))))))),
      others ? h("p", { class: "ms-help" }, w("evidence.others", { count: others })) : null);
    // The answer may be late: who is writing by then goes on writing.
    if (isAsked && !isField(document.activeElement)) parts.evidence.querySelector("h4").focus();
  }

  function paintEarlier(isAsked = false) {
    const one = here();
    const opener = parts.main.querySelector('[data-do="earlier"]');
    if (!opener) return;
    opener.textContent = w(open.earlier ? "earlier.close" : "earlier");
    opener.setAttribute("aria-expanded", String(open.earlier));
    parts.earlier.hidden = !open.earlier;
    if (!open.earlier) { fill(parts.earlier); return; }
    if (!earlier[one.id]) {
      send({ do: "earlier", element: one.id }, (reply) => { earlier[one.id] = reply.rounds; if (who && here().id === one.id && mode === "one") paintEarlier(isAsked); });
      return;
    }
    const sides = ["researcher", "self", "joint"];
    fill(parts.earlier, h("h4", { tabindex: "-1" }, w("earlier.head")), earlier[one.id].length
      ? h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, w("earlier.milestone")), sides.map((side) => h("th", { scope: "col" }, w(`earlier.${side}`))))),
        h("tbody", {}, earlier[one.id].map((row) => h("tr", {}, h("th", { scope: "row" }, row.milestone), sides.map((side) => h("td", {}, row[side] === null ? "–" : String(row[side])))))))
      : h("p", {}, w("earlier.none")));
    if (isAsked && !isField(document.activeElement)) parts.earlier.querySelector("h4").focus();
  }

  function tableShown() {
    return h("div", { class: "ms-scroll", tabindex: "0", role: "region", "aria-label": w("mode.table") }, h("table", { class: "ms-table" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, w("table.element")), h("th", { scope: "col" }, w("level")), h("th", { scope: "col" }, w("table.state")))),
      h("tbody", {}, setup.elements.map((one, number) => {
        const now = shown(one.id);
        return h("tr", { "data-row": one.id },
          h("th", { scope: "row" }, button(nameOf(one), () => { at = number; mode = "one"; open = { evidence: false, earlier: false }; paint(); parts.main.querySelector("h3")?.focus(); }, { class: "ms-plain", "aria-label": w("table.open", { name: nameOf(one) }), "data-start": number === 0 }), h("small", {}, say(one.brief))),
          h("td", {}, h("select", { "data-for": one.id, "aria-label": `${w("level")}: ${nameOf(one)}`, onchange: (e) => { if (e.target.value !== "") choose(one, Number(e.target.value)); } },
            h("option", { value: "", selected: now.level === null, disabled: now.level !== null }, w("level.unset")),
            LEVELS.map((level) => h("option", { value: String(level), selected: now.level === level }, level ? `${level} ${say(setup.scale.find((step) => step.level === level).label)}` : `0 ${w("level.zero")}`)))),
          h("td", {}, h("span", { "data-state": one.id })));
      }))));
  }

  /** What changes while people choose and write: states, warnings, counts. Fields are left alone, so that nobody is disturbed. */
  function paintState() {
    if (!setup || !parts.unsaved) return;
    const list = unsaved();
    root.dataset.unsaved = String(list.length);
    const isTold = isCut || list.some((id) => !isSaving(id) && !timers.has(id)) || list.some((id) => notes[id]?.kind === "needs");
    const isHidden = !(isTold && (list.length || isCut));
    // Who pressed the button that goes away is not thrown out of the screen.
    if (isHidden && parts.unsaved.contains(document.activeElement)) (parts.main.querySelector("[data-start]") ?? parts.who.querySelector("button, input"))?.focus();
    parts.unsaved.hidden = isHidden;
    const told = list.map((id) => setup.elements.find((one) => one.id === id)?.display).join(", ");
    const text = [isCut ? w("cut") : "", list.length ? `${w("unsaved.count", { count: list.length })} (${told})` : ""].filter(Boolean).join(" ");
    if (parts.told.textContent !== text) parts.told.textContent = text;
    for (const node of parts.main?.querySelectorAll("[data-state]") ?? []) {
      const id = node.dataset.state;
      // Most notes begin with whether it is saved; that is said once.
      node.textContent = notes[id]?.what === "level" ? `${stateText(id)} · ${noteText(id)}` : noteText(id) || stateText(id);
      node.dataset.kind = isUnsaved(id) ? "unsaved" : notes[id] ? "warn" : states[id] ? "saved" : "";
    }
    if (!who || mode !== "one" || !parts.state?.isConnected) return;
    const one = here();
    const now = shown(one.id);
    parts.state.textContent = stateText(one.id);
    parts.state.dataset.kind = isUnsaved(one.id) ? "unsaved" : states[one.id] ? "saved" : "";
    parts.note.textContent = noteText(one.id);
    parts.note.hidden = !parts.note.textContent;
    parts.choice.hidden = notes[one.id]?.what !== "overtaken";
    const isAsked = ["evidence", "insufficient_evidence", "level_without_evidence"].includes(notes[one.id]?.what);
    parts.override.hidden = !(isAsked || now.override);
    const broad = !isUnsaved(one.id) && states[one.id]?.breadth;
    parts.count.textContent = now.evidence.length ? w("evidence.chosen", { count: now.evidence.length, documents: broad ? broad.documents : "…", actors: broad ? broad.actors : "…", processes: broad ? broad.processes : "…" }) : "";
  }

  // ------------------------------------------------------------ life

  const isField = (node) => node.matches?.('textarea, select, input:not([type="radio"]):not([type="checkbox"])') ?? false;

  // Keys pressed anywhere in the screen belong to it, not to the notebook around it; to save stays the notebook's.
  root.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "s") return;
    e.stopPropagation();
    if (e.ctrlKey || e.metaKey || e.altKey || !who || mode !== "one") return;
    if (e.key === "Escape" && !e.isComposing && parts.main.contains(e.target)) {
      e.preventDefault();
      // Out of a field, so that the keys work again; out of what was opened, back to its button.
      const opened = ["evidence", "earlier"].find((what) => parts[what].contains(e.target));
      if (opened) toggle(opened); else parts.main.querySelector("h3")?.focus();
      return;
    }
    const wish = keyWish(e.key, isField(e.target));
    if (!wish) return;
    e.preventDefault();
    if ("level" in wish) choose(here(), wish.level);
    else if ("go" in wish) go(wish.go);
    else toggle(wish.open);
  });

  const stopFollowing = followNotebook(root);
  const onLeave = (e) => { if (setup && unsaved().length) e.preventDefault(); };
  window.addEventListener("beforeunload", onLeave);

  model.on("msg:custom", onMessage);
  send({ do: "hello" }, take);

  return () => {
    stopFollowing();
    // What was written a moment ago is still sent; should that fail, it lies on the shelf.
    for (const id of [...timers.keys()]) save(id);
    isDead = true;
    for (const timer of timers.values()) clearTimeout(timer);
    for (const sent of waiting.values()) clearTimeout(sent.timer);
    window.removeEventListener("beforeunload", onLeave);
    // What is on its way may still be answered.
    setTimeout(() => model.off("msg:custom", onMessage), waiting.size ? PATIENCE : 0);
  };
}

export default { render };
