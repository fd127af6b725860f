// Answers: what a reader thinks of a thing, kept at every stroke, taken back at will, and the bar they are given in.
//
// answerBar(about, {acts}) → HTMLElement      about: {kind, id}; acts: some of ACTS[kind], all of them when left out
// me, answers                                  the reader of this window and the answers, by id
// put(answer, editor), undo(), unsaved(), liveAnswers()
// An answer as kept: as in the file, and slot (what it takes the place of when it changes), n (order of making),
// filed (as in the newest file it is in, or null), seen (how often each window has written it: {window: times}), and
// used (the newest revision in a file that is said not to have come, if there is one).

const ACTS = {
  element: ["agree", "doubt", "comment", "rename", "maturity"],
  quote: ["agree", "doubt", "comment"],
  edge: ["agree", "doubt", "comment"],
  claim: ["agree", "doubt", "comment"],
  measure: ["agree", "doubt", "comment"],
  change: ["agree", "doubt", "comment"],
  question: ["answer"],
  pack: ["comment", "new_element"],
};
const STANCES = ["agree", "doubt"];
const TEXTS = ["comment", "answer", "rename", "new_element"];
const MOST_POINTS = 20000;
const MOST_OF_NAME = 200;
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
const READER_ID = /^r-[a-z2-7]{20}$/;
const ANSWER_ID = /^a-[a-z2-7]{20}$/;

const lettersOf = (bytes) => [...bytes].map((byte) => LETTERS[byte & 31]).join("");
const randomId = (prefix, length = 20) => prefix + lettersOf(crypto.getRandomValues(new Uint8Array(length)));
// A copy has the same id wherever it is made from the same words: it is not made twice.
const idOfCopy = ({ id, act, text, value }) =>
  `a-${lettersOf(sha256Hex(canonicalJson([me.id, id, act, text, value])).match(/../g).slice(0, 20).map((pair) => parseInt(pair, 16)))}`;

const me = { id: "", role: "", arena: "", saved: 0, filed: null };
const answers = new Map();
const WINDOW = randomId("", 6);
let undoable = [];
let bySlot = null;
// The reader that was begun because nobody had begun before, as against one that somebody asked for by a button.
let begun = "";
let asking = false;

// ---- what an answer may be ----
// One form of letters, no halves of pairs, no control characters but tab and line break.
// Signs that nobody sees are no words; an emoji that this browser does not know yet is one.
const SEEN = /[^\p{M}\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{DI}\p{NChar}\u115f\u1160\u3164\uffa0\u2800]/u;

function cleaned(text) {
  const tidy = wellFormed(text).replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "").normalize("NFC").trim();
  return SEEN.test(tidy) ? tidy : "";
}

const pointsOf = (text) => (text.length <= MOST_OF_NAME ? text.length : [...text].length);
const mostOf = (act) => (act === "rename" ? MOST_OF_NAME : MOST_POINTS);
const slotOf = (act) => (STANCES.includes(act) ? "stance" : act);
const keyOf = (about) => `${about.kind}:${about.id}${about.case ? `:${about.case}` : ""}`;

const PLACES = new Map();
function placeIn(about) {
  if (!PLACES.size) {
    const line = (kind, id) => PLACES.set(`${kind}:${id}`, PLACES.size);
    for (const kind of ["question", "claim", "element", "quote"]) for (const id of THINGS[kind].keys()) line(kind, id);
    for (const network of PACK.networks) for (const edge of network.edges) line("edge", `${network.id}/${edge.id}`);
    for (const kind of ["measure", "change"]) for (const id of THINGS[kind].keys()) line(kind, id);
    line("pack", PACK.id);
  }
  return PLACES.get(`${about.kind}:${about.id}`);
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const hasKeys = (value, keys) => isObject(value) && Object.keys(value).sort().join() === [...keys].sort().join();
const isWhole = (value, least, most) => Number.isSafeInteger(value) && value >= least && value <= most;

function isAbout(about, act) {
  const withCase = isObject(about) && "case" in about;
  if (!hasKeys(about, withCase ? ["kind", "id", "case"] : ["kind", "id"])) return false;
  if (typeof about.id !== "string" || !Object.hasOwn(ACTS, about.kind) || placeIn(about) === undefined) return false;
  if (act === "removed") return !withCase || LABELS.cases.has(about.case);
  return ACTS[about.kind].includes(act) && withCase === (act === "maturity") && (!withCase || LABELS.cases.has(about.case));
}

function isAnswer(one) {
  if (!isObject(one) || !ANSWER_ID.test(one.id) || !isWhole(one.revision, 1, 1e9) || !isAbout(one.about, one.act)) return false;
  if (typeof one.text !== "string" || one.text !== cleaned(one.text) || pointsOf(one.text) > mostOf(one.act)) return false;
  if (one.act === "removed") return one.text === "" && one.value === null;
  if (one.act === "maturity") return isWhole(one.value, 0, 5);
  return one.value === null && (STANCES.includes(one.act) ? one.text === "" : one.text !== "");
}

const same = (one, other) => one.act === other.act && one.text === other.text && one.value === other.value;
const contentOf = ({ act, text, value, revision }) => ({ act, text, value, revision });
const REMOVED = { act: "removed", text: "", value: null };

// ---- what is kept of a reader ----
const readerKey = (id) => `${KEPT}:${id}`;
const answerKey = (id, reader = me.id) => `${KEPT}:${reader}:${id}`;

function understood(text) {
  try {
    const value = JSON.parse(text ?? "null");
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function keptAnswer(key) {
  const one = understood(keptText(key));
  const isWell = one && isAnswer(one) && typeof one.slot === "string" && isWhole(one.n, 0, 1e9) && isObject(one.seen)
    && (one.filed === null || isObject(one.filed));
  return isWell ? one : null;
}

function keptReader(id) {
  // Of whom nothing is written yet, such as a new reader before the first answer: the arena is that of the pack.
  const kept = understood(keptText(readerKey(id))) ?? { arena: PACK.arena };
  return {
    id,
    role: LABELS.roles.has(kept.role) ? kept.role : "",
    arena: LABELS.arenas.has(kept.arena) ? kept.arena : "",
    saved: isWhole(kept.saved, 0, 1e9) ? kept.saved : 0,
    filed: isObject(kept.filed) ? kept.filed : null,
  };
}

// Where nothing is written of her yet, what is chosen in a window goes before the arena of the pack.
const keptArena = (id) => (keptText(readerKey(id)) === null ? "" : keptReader(id).arena);

function keptAnswers(id) {
  return keptKeys(`${readerKey(id)}:`).map(keptAnswer).filter(Boolean).sort((a, b) => a.n - b.n);
}

const keptChoice = () => understood(keptText(KEPT)) ?? {};
const keptReaderId = () => {
  const { reader } = keptChoice();
  return READER_ID.test(reader) ? reader : "";
};

function wear(id) {
  Object.assign(me, keptReader(id));
  sayNothing();
  state.reader = id;
  answers.clear();
  bySlot = null;
  for (const one of keptAnswers(id)) {
    answers.set(one.id, one);
    held.set(answerKey(one.id), keptText(answerKey(one.id)));
  }
  undoable = [];
}

function wearNew() {
  Object.assign(me, { id: randomId("r-"), role: "", arena: LABELS.arenas.has(PACK.arena) ? PACK.arena : "", saved: 0, filed: null });
  sayNothing();
  state.reader = me.id;
  answers.clear();
  bySlot = null;
  undoable = [];
}

// A reader is written down at the first answer. Another window may have begun meanwhile: then this one goes on as that reader.
function writeReader() {
  const other = keptReaderId();
  if (other && other !== me.id && !held.has(readerKey(me.id)) && !answers.size) {
    const { role, arena } = me;
    wear(other);
    Object.assign(me, { role: me.role || role, arena: keptArena(other) || arena });
  }
  // Where another window has begun a new reader, that stands; what this one was at belongs to the reader before.
  if (!keptReaderId()) {
    begun = me.id;
    keep(KEPT, JSON.stringify({ reader: me.id, first: true }));
  }
  keep(readerKey(me.id), JSON.stringify({ role: me.role, arena: me.arena, saved: me.saved, filed: me.filed, codebook_version: PACK.milestone.codebook_version, pack_arena: PACK.arena }));
}

// Two windows began at the same moment, before either could see what the other kept: it is one reader, the one the browser
// kept last, and what this window had goes on as hers.
function joinReader(id) {
  const { id: was, role, arena } = me;
  const mine = [...answers.values()];
  for (const editor of editors) if (editor.reader === was) editor.reader = id;
  wear(id);
  begun = id;
  me.arena = keptArena(id) || arena;
  // What she has chosen may not be seen here yet: only a role that was chosen here is written.
  if (role && !me.role) {
    me.role = role;
    writeReader();
  }
  for (const one of mine) if (!answers.has(one.id)) write({ ...one, n: nextN() });
  // Where there was no room for the copy, the old one stays.
  for (const one of mine) if (!unkept.has(answerKey(one.id))) forget(answerKey(one.id, was));
  forget(readerKey(was));
}

// Whether another window, of this edition or of another, has deleted this reader's answers from the browser.
const keysOfReader = () => [readerKey(me.id), ...[...answers.keys()].map((id) => answerKey(id))];
const areDeleted = () => keeping.state === "yes" && answers.size > 0 && !keysOfReader().some(isInStore);

// They go from this window too, and no field writes them again when it is left.
function dropAnswers() {
  for (const editor of editors) editor.reader = "";
  keysOfReader().forEach(forget);
  wearNew();
}

// Somebody has begun, or gone on, as another reader in another window. Nothing that was written here becomes hers; whoever
// had answered here is asked, unless she has just deleted her answers.
async function follow(id) {
  if (areDeleted()) dropAnswers();
  const was = me.id;
  // What was being asked here was asked of her who answered; whoever writes here next begins by choosing where.
  if (!asking) closeQuestions();
  document.activeElement?.blur();
  const hadAnswers = liveAnswers().length > 0;
  wear(id);
  redraw();
  emit("answers");
  if (!hadAnswers || asking) return;
  asking = true;
  const isOther = await ask(w("reader.elsewhere", { id: codeOf(was) }), w("reader.elsewhere.new"), w("reader.elsewhere.back", { id: codeOf(was) }));
  asking = false;
  // Left by Escape it stays as it is: nobody is sent back in the other windows.
  // Nor does anybody go on as a reader who has been deleted meanwhile.
  if (isOther !== false || me.id === was || !keptAnswers(was).length) return;
  wear(was);
  keep(KEPT, JSON.stringify({ reader: was }));
  redraw();
  emit("answers");
}

function chooseOfReader(name, value) {
  me[name] = value;
  writeReader();
  // Where she turns out to have begun in another window, what she chooses now goes before what she chose there.
  if (me[name] !== value) {
    me[name] = value;
    writeReader();
  }
  emit("answers");
}

// ---- answers are written ----
const isIn = (part, whole) => Object.entries(part).every(([name, times]) => (whole[name] ?? 0) >= times);

const nextN = () => Math.max(-1, ...[...answers.values()].map((one) => one.n)) + 1;
const blank = (about, slot) => ({ id: randomId("a-"), about, slot, ...REMOVED, revision: 1, n: nextN(), filed: null, seen: {} });

// A revision is a state that a file has: what changes between two files is one revision, however many strokes it took. A file
// that is said not to have come may come all the same: its revision is not given twice.
const usedUp = (one) => (isWhole(one.used, 1, 1e9) ? one.used : 0);
const isAsFiled = (one) => Boolean(one.filed) && same(one, one.filed) && one.filed.revision >= usedUp(one);

function revisionOf(one) {
  return isAsFiled(one) ? one.filed.revision : Math.max(one.filed?.revision ?? 0, usedUp(one)) + 1;
}

function write(one) {
  const written = { ...one, revision: revisionOf(one), seen: { ...one.seen, [WINDOW]: (one.seen[WINDOW] ?? 0) + 1 } };
  answers.set(written.id, written);
  bySlot = null;
  keep(answerKey(written.id), JSON.stringify(written));
  return written;
}

// The same words under an id of their own. Whoever was writing them goes on there.
function writeCopy(one) {
  const id = idOfCopy(one);
  for (const editor of editors) if (editor.id === one.id && cleaned(editor.node.value) === one.text) editor.id = id;
  if (!answers.has(id)) write({ ...one, id, n: nextN(), filed: null, used: 0, seen: {} });
  tellBoth();
  return answers.get(id);
}

function tellBoth() {
  told.both = true;
  announce(w("answers.both"));
}

// What another window has kept of an answer takes the place of what this one has. Where neither knew of the other, the words
// of this one go on under an id of their own, once: what is there from then on is the other's alone.
function hear(id) {
  const theirs = keptAnswer(answerKey(id));
  const mine = answers.get(id);
  if (!theirs || (mine && isIn(theirs.seen, mine.seen))) return;
  bySlot = null;
  answers.set(id, theirs);
  held.set(answerKey(id), keptText(answerKey(id)));
  if (mine && !isIn(mine.seen, theirs.seen) && mine.text && mine.text !== theirs.text) writeCopy(mine);
}

// editor: the field it is written in. When another window has put other words there than the field had, both are kept.
function put(next, editor = null) {
  const { base: saw = null, session = null } = editor ?? {};
  writeReader();
  hear(next.id);
  const before = answers.get(next.id) ?? null;
  const isOther = saw !== null && before && before.text !== saw && before.text !== "" && before.text !== next.text;
  if (isOther && !next.text) {
    // Emptied here while other words came from another window: theirs are shown.
    editor.base = "";
    emit("answers");
    return before;
  }
  const to = isOther ? { ...next, id: answers.has(idOfCopy(next)) ? randomId("a-") : idOfCopy(next), n: nextN(), filed: null, used: 0, seen: {} } : { ...next, filed: before?.filed ?? next.filed, used: before?.used ?? next.used, seen: before?.seen ?? {} };
  if (isOther) tellBoth();
  if (editor && !isOther) Object.assign(editor, { id: to.id, base: to.text });
  if (before && !isOther && same(before, to)) return before;
  const written = write(to);
  if (editor) Object.assign(editor, { id: written.id, base: written.text });
  const last = undoable.at(-1);
  if (session && last?.session === session && last.id === written.id) last.after = contentOf(written);
  else undoable.push({ id: written.id, about: written.about, before: before && !isOther ? contentOf(before) : null, after: contentOf(written), session });
  emit("answers");
  return written;
}

function remove(id) {
  const one = answers.get(id);
  if (one) put({ ...one, ...REMOVED });
}

// Undoing is an act as well. What another window has changed since is left as it is.
function undo() {
  const last = undoable.pop();
  if (!last) return null;
  hear(last.id);
  const now = answers.get(last.id);
  if (!now || !same(now, last.after)) {
    emit("answers");
    return { last, isDone: false };
  }
  const { act, text, value } = last.before ?? REMOVED;
  write({ ...now, act, text, value });
  emit("answers");
  return { last, isDone: true };
}

function undoAndTell() {
  const done = undo();
  if (done) announce(w(done.isDone ? "undo.done" : "undo.not", { what: nameOfAct(done.last) }));
}

// What an act that can be undone is called: the act, and what it is about; of the whole the act alone.
function nameOfAct({ about, before, after }) {
  const act = after.act === "removed" ? before?.act ?? "removed" : after.act;
  if (about.kind === "pack" && act !== "removed") return w(`undo.pack.${act}`);
  return act === "removed" ? nameOf(about) : `${w(`given.${act}`)}, ${nameOf(about)}`;
}

const isLive = (one) => one.act !== "removed";
const byN = (a, b) => a.n - b.n || (a.id < b.id ? -1 : 1);
const liveAnswers = () => [...answers.values()].filter(isLive).sort((a, b) => placeIn(a.about) - placeIn(b.about) || byN(a, b));
const isForFile = (one) => isLive(one) || Boolean(one.filed) || usedUp(one) > 0;
const hasAnswers = () => [...answers.values()].some(isForFile);
const isUnsaved = (one) => isForFile(one) && !isAsFiled(one);
const isReaderUnsaved = () => Boolean(me.filed) && (me.filed.role !== me.role || me.filed.arena !== me.arena);
const unsaved = () => [...answers.values()].filter(isUnsaved).length + (isReaderUnsaved() ? 1 : 0);

const slotKey = ({ about, slot }) => `${keyOf(about)}|${slot}`;
function inSlot(about, slot) {
  if (!bySlot) {
    bySlot = new Map();
    for (const one of [...answers.values()].sort(byN)) bySlot.set(slotKey(one), [...(bySlot.get(slotKey(one)) ?? []), one]);
  }
  return bySlot.get(slotKey({ about, slot })) ?? [];
}
const liveInSlot = (about, slot) => inSlot(about, slot).filter(isLive);
// What was taken back and is given again is the same answer.
const answerFor = (about, slot) => liveInSlot(about, slot).at(-1) ?? inSlot(about, slot).at(-1) ?? blank(about, slot);

function takeStance(about, act) {
  const one = answerFor(about, "stance");
  put({ ...one, ...REMOVED, act: one.act === act ? "removed" : act });
}

// text: the reason that stood there, where the level was taken away and is given again.
function takeLevel(about, value, text = "") {
  const one = answerFor(about, "maturity");
  put(value === null ? { ...one, ...REMOVED } : { ...one, act: "maturity", value, text: one.text || text });
}

// ---- other windows ----
function heard({ key, newValue }) {
  if (newValue === null && key?.startsWith(`${KEPT}:`) && !key.startsWith(readerKey(me.id))) {
    // A reader who has deleted her answers from the machine is in no window's memory either.
    held.delete(key);
    unkept.delete(key);
    if (state.view === "answers") redraw();
    return;
  }
  if (newValue === null && key === KEPT) {
    // Who chooses after that is somebody else: what was begun here does not become hers.
    held.delete(KEPT);
    unkept.delete(KEPT);
    begun = "";
  }
  if (newValue === null && key?.startsWith(readerKey(me.id)) && areDeleted()) {
    if (!asking) closeQuestions();
    dropAnswers();
    redraw();
    emit("answers");
    return;
  }
  if (key === null) {
    // Somebody has emptied the browser's store: what this window holds goes back into it.
    for (const [each, text] of [...held]) keep(each, text);
  } else if (key === KEPT) {
    const other = keptReaderId();
    if (!other || other === me.id) return;
    if (keptChoice().first && begun === me.id && !me.saved) joinReader(other);
    else return follow(other);
    redraw();
  } else if (key === readerKey(me.id)) {
    Object.assign(me, keptReader(me.id));
  } else if (key.startsWith(`${readerKey(me.id)}:`)) {
    hear(key.slice(readerKey(me.id).length + 1));
  } else return;
  emit("answers");
}

window.addEventListener("beforeunload", (event) => {
  if (!unsaved()) return;
  event.preventDefault();
  event.returnValue = true;
});

// ---- the bar at a thing ----
const bars = new WeakMap();
const editors = new Set();
const unfolded = new Set();
const told = { both: false };
let lastControl = 0;

on("answers", () => {
  for (const bar of document.querySelectorAll(".answer-bar")) bars.get(bar)?.();
});

// A field whose words are an answer. What is too long is not taken, and what was there stays.
function editorOf(about, act, { labelled, isLine = false, rows = 3 }) {
  const slot = slotOf(act);
  const name = `answer-${(lastControl += 1)}`;
  const trouble = el("p", { class: "trouble", role: "alert", id: `${name}-trouble` });
  const node = el(isLine ? "input" : "textarea", {
    id: name, dir: "auto", type: isLine ? "text" : null, rows: isLine ? null : rows, autocomplete: "off", spellcheck: "true",
    "data-key": `${keyOf(about)}|${act}`, "aria-describedby": `${name}-trouble`,
  });
  const editor = { node, reader: me.id, id: null, base: "", session: {}, accepted: "" };
  const tooLong = (length) => {
    trouble.textContent = w("answer.too.long", { n: length, most: mostOf(act) });
    trouble.hidden = false;
  };
  const lengthIf = (more) => pointsOf(cleaned(node.value.slice(0, node.selectionStart) + more + node.value.slice(node.selectionEnd)));
  const take = () => {
    // A field that goes tells of its change: by then it may be another reader who answers.
    if (editor.reader !== me.id) return;
    const text = cleaned(node.value);
    const length = pointsOf(text);
    if (length > mostOf(act)) {
      node.value = editor.accepted;
      tooLong(length);
      return;
    }
    trouble.textContent = "";
    editor.accepted = node.value;
    const one = (editor.id && answers.get(editor.id)) || answerFor(about, slot);
    const next = act === "maturity" ? { ...one, text } : text === "" ? { ...one, ...REMOVED } : { ...one, act, text, value: null };
    if (!editor.id && !text) return;
    const isNew = !editor.id && (liveInSlot(about, slot).length > 0) && act !== "maturity";
    put(isNew ? { ...blank(about, slot), act, text } : next, editor);
  };
  node.addEventListener("beforeinput", (event) => {
    if (!event.data || event.isComposing || event.data.length + node.value.length <= mostOf(act)) return;
    const length = lengthIf(event.data);
    if (length <= mostOf(act)) return;
    event.preventDefault();
    tooLong(length);
  });
  node.addEventListener("input", (event) => {
    if (!event.isComposing) take();
  });
  node.addEventListener("compositionend", take);
  node.addEventListener("change", take);
  node.addEventListener("blur", () => (editor.session = {}));
  editor.show = (one) => {
    editor.reader = me.id;
    // Words that are not kept yet are never written over.
    if (cleaned(node.value) !== editor.base) return;
    editor.id = one?.id ?? null;
    const text = one && isLive(one) ? one.text : "";
    if (text !== editor.base) {
      const at = node.selectionStart;
      node.value = text;
      editor.accepted = text;
      if (document.activeElement === node) node.setSelectionRange(Math.min(at, text.length), Math.min(at, text.length));
    }
    editor.base = text;
  };
  editor.box = el("div", { class: "answer-field" }, el("label", { for: name }, labelled), node, trouble);
  editors.add(editor);
  for (const each of editors) if (each !== editor && !each.node.isConnected && each.wasShown) editors.delete(each);
  setTimeout(() => (editor.wasShown = true), 0);
  return editor;
}

// All texts of one kind about a thing: mostly one. Several when two windows wrote at once, and of new elements as many as wanted.
function textFields(about, act) {
  const box = el("div", { class: "answer-fields" });
  const shown = [];
  const addOne = () => {
    const editor = editorOf(about, act, { labelled: w(`field.${act}`), isLine: act === "rename", rows: act === "new_element" ? 4 : 3 });
    shown.push(editor);
    box.append(editor.box);
    return editor;
  };
  const more = act === "new_element" ? el("button", { type: "button", "data-key": `${keyOf(about)}|more`, onclick: () => addOne().node.focus() }, w("new_element.more")) : null;
  const refresh = () => {
    const live = liveInSlot(about, slotOf(act));
    for (const editor of [...shown]) {
      const one = answers.get(editor.id);
      if (one && isLive(one)) editor.show(one);
      else if (editor.id && shown.length > 1 && document.activeElement !== editor.node) {
        editor.box.remove();
        shown.splice(shown.indexOf(editor), 1);
      } else editor.show(one ?? null);
    }
    for (const one of live.filter(({ id }) => !shown.some((editor) => editor.id === id))) {
      const free = shown.find((editor) => !editor.node.value && (!editor.id || !isLive(answers.get(editor.id) ?? REMOVED)));
      (free ?? addOne()).show(one);
    }
    if (!shown.length) addOne();
    if (more) {
      more.hidden = !live.length;
      box.parentElement?.append(more);
    }
  };
  return { box: el("div", {}, box, more), refresh, focus: () => (shown.find((editor) => !editor.node.value) ?? shown[0]).node.focus() };
}

function levelFields(about) {
  const cases = casesInOrder().filter(({ id }) => !PACK.milestone.case || id === PACK.milestone.case);
  const fields = cases.map(({ id, label }) => {
    const where = { ...about, case: id };
    const name = `answer-${(lastControl += 1)}`;
    // Arrow keys go past "not answered": the reason is there again when they come back.
    let reason = "";
    const take = () => {
      reason = liveInSlot(where, "maturity").at(-1)?.text ?? reason;
      takeLevel(where, select.value === "" ? null : Number(select.value), reason);
    };
    const select = el("select", { id: name, "data-key": `${keyOf(where)}|maturity-level`, onchange: take },
      el("option", { value: "" }, w("level.unanswered")), el("option", { value: "0" }, w("level.unknown")),
      PACK.scale.map((step) => el("option", { value: String(step.level) }, `${step.level} · ${t(step.label)}`)));
    const why = editorOf(where, "maturity", { labelled: w("field.maturity", { where: label }), rows: 2 });
    const refresh = () => {
      const one = liveInSlot(where, "maturity").at(-1) ?? null;
      select.value = one ? String(one.value) : "";
      why.show(one);
      why.box.hidden = !one;
    };
    return { box: el("div", { class: "level-field" }, el("label", { for: name }, label), select, why.box), refresh, focus: () => select.focus() };
  });
  const scale = el("details", {}, el("summary", {}, w("level.scale")), el("ol", {}, PACK.scale.map((step) => el("li", { value: String(step.level) }, says(step.label, "strong"), ": ", says(step.anchor)))));
  return {
    box: el("div", {}, el("p", {}, w("level.ask")), scale, fields.map(({ box }) => box)),
    refresh: () => fields.forEach(({ refresh }) => refresh()),
    focus: () => fields[0]?.focus(),
  };
}

const hasAnswer = (about, act) => (act === "maturity" ? PACK.cases.some(({ id }) => liveInSlot({ ...about, case: id }, act).length) : liveInSlot(about, slotOf(act)).length > 0);

function answerBar(about, { acts = ACTS[about.kind] } = {}) {
  const key = keyOf(about);
  const wanted = ACTS[about.kind].filter((act) => acts.includes(act) && (act !== "maturity" || (PACK.scale.length && PACK.cases.length)));
  const buttons = el("div", { class: "answer-buttons" });
  const bar = el("div", { class: "answer-bar", role: "group", "aria-label": w("answer.to", { what: nameOf(about) }) }, buttons);
  const refreshers = [];
  for (const act of wanted.filter((each) => STANCES.includes(each))) {
    const sign = el("span", { "aria-hidden": "true" });
    const button = el("button", { type: "button", class: `stance ${act}`, "data-key": `${key}|${act}`, onclick: () => takeStance(about, act) }, sign, " ", w(`act.${act}`));
    refreshers.push(() => {
      const isTaken = liveInSlot(about, "stance").at(-1)?.act === act;
      button.setAttribute("aria-pressed", String(isTaken));
      sign.textContent = isTaken ? "✔" : act === "agree" ? "○" : "?";
    });
    buttons.append(button);
  }
  // Fields are made when they are wanted: a page can have hundreds of bars.
  for (const act of wanted.filter((each) => !STANCES.includes(each))) {
    const name = `${key}|${act}`;
    const panel = el("div", { class: "answer-panel", id: `panel-${(lastControl += 1)}`, hidden: true });
    let fields = null;
    const fold = (isOpen) => {
      if (isOpen && !fields) {
        fields = act === "maturity" ? levelFields(about) : textFields(about, act);
        panel.append(fields.box);
      }
      if (isOpen) fields.refresh();
      panel.hidden = !isOpen;
      button?.setAttribute("aria-expanded", String(isOpen));
    };
    const button = act === "answer" ? null : el("button", { type: "button", "data-key": `${name}|open`, "aria-expanded": "false", "aria-controls": panel.id, onclick: () => {
      const isOpen = panel.hidden;
      (isOpen ? unfolded.add(name) : unfolded.delete(name));
      fold(isOpen);
      if (isOpen) fields.focus();
    } }, w(`act.${act}`));
    if (button) buttons.append(button);
    bar.append(panel);
    let wasThere = false;
    refreshers.push(() => {
      const isThere = hasAnswer(about, act);
      button?.classList.toggle("given", isThere);
      if (act === "answer" || unfolded.has(name) || (isThere && !wasThere)) fold(true);
      else fields?.refresh();
      wasThere = isThere;
    });
  }
  const note = el("p", { class: "answer-note small" });
  bar.append(note);
  refreshers.push(() => {
    const last = undoable.at(-1);
    const isMine = last && last.about.kind === about.kind && last.about.id === about.id && wanted.some((act) => slotOf(act) === answers.get(last.id)?.slot);
    note.hidden = !isMine;
    if (!isMine) return note.replaceChildren();
    if (note.childElementCount) return undefined;
    return note.replaceChildren(w("answer.noted"), " ", el("button", { type: "button", class: "link", "data-key": `${key}|undo`, onclick: () => {
      undoAndTell();
      (buttons.querySelector("button") ?? bar.querySelector("textarea"))?.focus();
    } }, w("undo")));
  });
  const refresh = () => refreshers.forEach((one) => one());
  bars.set(bar, refresh);
  refresh();
  return bar;
}

on("begin", () => {
  // Not before: Chromium opens the store as soon as somebody listens for it (see whenNoted).
  window.addEventListener("storage", heard);
  if (keptReaderId()) wear(keptReaderId());
  else wearNew();
  if (keptChoice().first) begun = me.id;
});
