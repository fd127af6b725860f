// "Mine svar": everything answered, saved as a file, taken back, gone on with; and the count in the header.

const saying = { file: null, opened: "", isTrouble: false };
// What was told to one reader is not told to the next.
const sayNothing = () => Object.assign(saying, { file: null, opened: "", isTrouble: false });

// ---- the header: how much is in no file yet, and trouble with keeping it ----
function headerOfAnswers() {
  const box = el("p", { class: "unsaved", id: "unsaved-box" });
  drawUnsaved(box);
  return box;
}

function drawUnsaved(box) {
  if (!box) return;
  const n = unsaved();
  const trouble = keeping.state === "yes" ? null : el("span", { class: "trouble" }, w(`keeping.${keeping.state}.short`));
  const words = n ? wn("unsaved", n) : w(hasAnswers() ? "unsaved.none" : "unsaved.nothing");
  const link = box.querySelector("a") ?? el("a", { id: "unsaved", href: hashOf("answers") });
  link.textContent = words;
  box.classList.toggle("has", n > 0);
  const pill = box.firstChild ?? box.appendChild(el("span", { class: "pill" }, link));
  // The link stays the same element: the focus may be on it.
  pill.querySelector(".trouble")?.remove();
  if (trouble) pill.append(" ", trouble);
}

headerParts.push(headerOfAnswers);
on("answers", () => drawUnsaved(document.getElementById("unsaved-box")));
on("kept", () => {
  drawUnsaved(document.getElementById("unsaved-box"));
  if (keeping.state !== "yes") announce(w(`keeping.${keeping.state}`));
  emit("answers");
});

// ---- the view ----
function answerWords(one) {
  const where = one.about.case ? ` · ${caseName(one.about.case)}` : "";
  const step = one.act === "maturity" ? scaleOf(one.value) : null;
  const level = one.act === "maturity" ? `: ${one.value ? `${one.value}${step ? ` · ${t(step.label)}` : ""}` : w("level.unknown")}` : "";
  return [el("strong", {}, w(`given.${one.act}`), where, level), isUnsaved(one) ? [" · ", el("span", { class: "small" }, w("answer.unsaved"))] : ""];
}

function answerLine(one) {
  return el("li", { class: "given" }, el("div", {}, answerWords(one), one.text ? el("p", { class: "own-words", dir: "auto" }, one.text) : ""),
    el("button", { type: "button", "data-key": `remove|${one.id}`, "aria-label": w("remove.what", { what: `${w(`given.${one.act}`)}, ${nameOf(one.about)}` }), onclick: () => removeAndGoOn(one) }, w("remove")));
}

// The card goes with its last answer: the focus then goes to the next one that can be removed.
function removeAndGoOn(one) {
  const buttons = () => [...content().querySelectorAll('[data-key^="remove|"]')];
  const at = buttons().findIndex((button) => button.dataset.key === `remove|${one.id}`);
  remove(one.id);
  announce(w("removed", { what: nameOf(one.about) }));
  (buttons()[Math.min(at, buttons().length - 1)] ?? document.getElementById("undo-last"))?.focus();
}

function answerCard(about, given) {
  const key = keyOf(about);
  const lines = el("ul", { class: "plain" }, given.map(answerLine));
  const edit = el("button", { type: "button", "data-key": `edit|${key}`, "aria-expanded": "false", onclick: () => {
    const isOpen = edit.getAttribute("aria-expanded") !== "true";
    edit.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) box.append(answerBar(about));
    else box.querySelector(".answer-bar").remove();
  } }, w("edit"));
  const box = el("article", { class: "card", "data-about": key },
    el("h4", {}, el("a", { href: hrefOf(about) }, nameOf(about))), lines, el("div", { class: "buttons" }, edit));
  let shown = given;
  const show = (now) => {
    // Answers are never changed, only replaced: the same ones look the same.
    if (now.length === shown.length && now.every((one, at) => one === shown[at])) return;
    shown = now;
    lines.replaceChildren(...now.map(answerLine));
  };
  return { box, show };
}

const aboutOf = ({ kind, id }) => ({ kind, id });

function answerList() {
  const box = el("div", { id: "answer-list" });
  const cards = new Map();
  const refresh = () => {
    const groups = new Map();
    for (const one of liveAnswers()) {
      const key = keyOf(aboutOf(one.about));
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    const focus = focusKey();
    for (const [key, card] of cards) {
      // A card whose field is being written in stays, even while the field is empty.
      if (groups.has(key) || card.box.contains(document.activeElement?.closest?.(".answer-bar") ?? null)) continue;
      card.box.remove();
      cards.delete(key);
    }
    box.querySelector(".none-yet")?.remove();
    const titles = new Map([...box.querySelectorAll("h3")].map((title) => [title.dataset.kind, title]));
    let kind = "";
    let after = null;
    const place = (node) => {
      // What stands where it belongs is left alone: moving it would take the focus out of it.
      if ((after ? after.nextSibling : box.firstChild) !== node) after ? after.after(node) : box.prepend(node);
      after = node;
    };
    for (const [key, given] of groups) {
      const about = aboutOf(given[0].about);
      if (cards.has(key)) cards.get(key).show(given);
      else cards.set(key, answerCard(about, given));
      if (about.kind !== kind) {
        kind = about.kind;
        place(titles.get(kind) ?? el("h3", { "data-kind": kind }, w(`given.kind.${kind}`)));
        titles.delete(kind);
      }
      place(cards.get(key).box);
    }
    for (const title of titles.values()) title.remove();
    if (!groups.size) box.append(el("p", { class: "none-yet" }, w("answers.none")));
    if (!document.activeElement || document.activeElement === document.body) refocus(focus);
  };
  refresh();
  return { box, refresh };
}

// What the study calls a reader.
const codeOf = (id) => `LESER-${id.slice(2, 12).toUpperCase()}`;

function readersHere() {
  const ids = new Set(keptKeys(`${KEPT}:r-`).map((key) => key.slice(KEPT.length + 1).split(":")[0]).filter((id) => READER_ID.test(id)));
  ids.delete(me.id);
  return [...ids].map((id) => {
    const theirs = keptAnswers(id);
    return { ...keptReader(id), n: theirs.filter(isLive).length, unsaved: theirs.filter(isUnsaved).length };
  }).filter(({ n, unsaved: not }) => n || not);
}

async function goOnAs(id) {
  if (!await ask(w("reader.go.on.ask"), w("reader.go.on.yes"), w("cancel"))) return;
  // Deleted meanwhile in another window: there is nobody to go on as.
  if (!keptAnswers(id).length) return redraw();
  wear(id);
  keep(KEPT, JSON.stringify({ reader: id }));
  redraw();
  emit("answers");
}

async function newReader() {
  const n = unsaved();
  const { id } = me;
  if (!await ask(`${n ? `${wn("unsaved", n)}. ` : ""}${w("reader.new.ask")}`, w("reader.new.yes"), w("cancel")) || me.id !== id) return;
  wearNew();
  keep(KEPT, JSON.stringify({ reader: me.id }));
  redraw();
  emit("answers");
  announce(w("reader.new.done"));
}

async function forgetReader() {
  if (!hasAnswers()) return announce(w("answers.none"));
  const { id } = me;
  // What has come from another window meanwhile was not asked about: it is asked again, of the same reader only.
  for (let told = -1; told !== unsaved();) {
    told = unsaved();
    if (!await ask(`${told ? `${wn("unsaved", told)}. ` : ""}${w("reader.forget.ask")}`, w("reader.forget.yes"), w("cancel")) || me.id !== id) return undefined;
  }
  const gone = [readerKey(me.id), ...keptKeys(`${readerKey(me.id)}:`)];
  wearNew();
  // First her answers: another window that hears of the new reader must find them gone.
  gone.forEach(forget);
  keep(KEPT, JSON.stringify({ reader: me.id }));
  redraw();
  emit("answers");
  return announce(w("reader.forget.done"));
}

async function openChosen(input) {
  const chosen = input.files[0];
  if (!chosen) return;
  const { file, why } = await readChosen(chosen);
  input.value = "";
  if (why) return sayOpened(why, true);
  if (file.reader !== me.id && hasAnswers() && !await ask(w("open.other.reader"), w("open.yes"), w("cancel"))) return sayOpened("", false);
  const { taken, both, here } = takeIn(file);
  const said = [taken ? wn("open.taken", taken) : w("open.nothing.new"), both ? wn("open.both", both) : "", here ? wn("open.here", here) : ""].filter(Boolean).join(" ");
  Object.assign(saying, { file: null });
  return sayOpened(said, false);
}

function sayOpened(words, isTrouble) {
  Object.assign(saying, { opened: words, isTrouble });
  if (state.view === "answers") redraw();
  document.getElementById("open-file")?.focus();
  if (words) announce(words);
}

function savedWords() {
  if (!saying.file) return [];
  const { name, text } = saying.file;
  return [
    el("p", { class: "notice done" }, w("saved.as"), " ", el("code", {}, name), ". ", w("saved.where")),
    el("details", { id: "no-file" }, el("summary", {}, w("saved.no.file")), el("p", {}, w("saved.copy")),
      el("textarea", { readonly: true, rows: 4, "aria-label": w("saved.copy.label"), value: text, onfocus: (event) => event.target.select() }),
      el("p", {}, w("saved.not"), " ", el("button", { type: "button", id: "unsave-file", onclick: () => {
        unsaveFile();
        announce(w("saved.not.done"));
        document.getElementById("save-file")?.focus();
      } }, w("saved.not.button")))),
  ];
}

function saveBox() {
  const box = el("section", { class: "box", id: "save-box" });
  const count = el("p", { id: "save-count" });
  const after = el("div", { id: "save-after" }, savedWords());
  const button = el("button", { type: "button", class: "main", id: "save-file", onclick: () => {
    if (!hasAnswers()) return announce(w("answers.none"));
    saying.file = saveFile();
    after.replaceChildren(...savedWords());
    return announce(`${w("saved.as")} ${saying.file.name}`);
  } }, w("save"));
  const back = el("button", { type: "button", id: "undo-last", onclick: () => {
    undoAndTell();
    document.getElementById("undo-last").focus();
  } });
  add(box, el("h2", {}, w("save.title")), count, el("div", { class: "buttons" }, button, back), after);
  const refresh = () => {
    const n = unsaved();
    count.textContent = n ? wn("unsaved.long", n) : w(hasAnswers() ? "unsaved.none.long" : "answers.none");
    const last = undoable.at(-1);
    back.textContent = last ? w("undo.what", { what: shortened(nameOfAct(last), 50) }) : w("undo.nothing");
    // Not disabled: the focus would be lost with it.
    back.setAttribute("aria-disabled", String(!last));
    if (n && saying.file) {
      saying.file = null;
      after.replaceChildren();
    }
  };
  refresh();
  return { box, refresh };
}

function chooseBox(name, label, options, help) {
  const select = el("select", { id: `my-${name}`, "aria-describedby": `my-${name}-help`, onchange: () => chooseOfReader(name, select.value) },
    el("option", { value: "" }, w("choose.none")), options.map(({ id, label: T }) => el("option", { value: id, selected: id === me[name] }, t(T))));
  // Another window may choose as well: what stands here is what the file will say.
  const refresh = () => (select.value = me[name]);
  return { box: el("div", { class: "choose" }, el("label", { for: `my-${name}` }, label), select, el("p", { class: "small", id: `my-${name}-help` }, help)), refresh };
}

// What the arenas are, for those who were not there when they were named.
function arenaList() {
  const told = PACK.arenas.filter(arenaKind);
  return told.length ? el("details", { id: "arenas-told" }, el("summary", {}, w("arenas.told")),
    el("dl", { class: "facts" }, told.map((arena) => [says(arena.label, "dt"), el("dd", {}, arenaKind(arena))]))) : "";
}

function keepingNotice() {
  const box = el("div", { id: "keeping" });
  const refresh = () => box.replaceChildren(...[
    keeping.state === "yes" ? null : el("p", { class: "notice" }, w(`keeping.${keeping.state}`)),
    told.both ? el("p", { class: "notice" }, w("answers.both")) : null,
  ].filter(Boolean));
  refresh();
  return { box, refresh };
}

let partsShown = [];
on("answers", () => {
  partsShown = partsShown.filter(({ box }) => box.isConnected);
  for (const { refresh } of partsShown) refresh();
});

views.push({
  id: "answers",
  title: () => w("answers"),
  render(root) {
    const others = readersHere();
    const file = el("input", { type: "file", id: "open-file", accept: ".json,application/json", "aria-describedby": "open-help", onchange: () => openChosen(file) });
    const chosen = [
      PACK.roles.length ? chooseBox("role", w("role"), PACK.roles, w("role.help")) : null,
      PACK.arenas.length ? chooseBox("arena", w("arena"), PACK.arenas, w("arena.help")) : null,
    ].filter(Boolean);
    const shown = [keepingNotice(), saveBox(), answerList(), ...chosen];
    add(root, heading(w("answers")), el("p", {}, w("answers.lead")), el("p", {}, w("answers.use")),
      el("p", { id: "my-code" }, w("reader.code", { id: codeOf(me.id) })), shown[0].box, shown[1].box,
      part(w("about.you"), el("p", {}, w("about.you.lead")), el("div", { class: "chooses" }, chosen.map(({ box }) => box)), arenaList()),
      part(w("given"), shown[2].box),
      part(w("whole"), answerBar({ kind: "pack", id: PACK.id })),
      part(w("open.title"), el("p", { id: "open-help" }, w("open.lead")), el("p", { class: "choose" }, el("label", { for: "open-file" }, w("open")), file),
        saying.opened ? el("p", { class: saying.isTrouble ? "notice" : "notice done" }, saying.opened) : ""),
      part(w("reader"), el("p", {}, w("reader.lead", { id: codeOf(me.id) })),
        el("div", { class: "buttons" },
          el("button", { type: "button", id: "new-reader", onclick: newReader }, w("reader.new")),
          el("button", { type: "button", id: "forget-reader", onclick: forgetReader }, w("reader.forget"))),
        others.length ? [el("h3", {}, w("reader.others")), el("ul", {}, others.map((other) => el("li", {},
          w("reader.other", { id: codeOf(other.id), n: other.n, unsaved: other.unsaved }), " ",
          el("button", { type: "button", "data-key": `reader|${other.id}`, onclick: () => goOnAs(other.id) }, w("reader.go.on")))))] : ""),
      otherEditionsPart(),
      part(w("form.title"), el("p", {}, w("form.lead.screen")),
        el("div", { class: "buttons" }, el("button", { type: "button", id: "print-form", onclick: () => printOnly("form") }, w("form.print")))));
    partsShown = [...partsShown.filter(({ box }) => box.isConnected), ...shown];
  },
});
