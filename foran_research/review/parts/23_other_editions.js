// Answers that another edition of this pack has left in the browser: a pack that is called back is made anew with an id of
// its own, and the file that they were written in may be gone. They can be saved from here.
//
// otherEditions() → [{pack, reader, answers, n, unsaved}]     by pack and reader
// saveOther(edition) → {name, text}     saved as that edition would have saved them, and known as saved there

const EDITION = /-[0-9a-f]{12}$/;
const FAMILY = PACK.id.replace(EDITION, "");
const isEdition = (pack) => pack !== PACK.id && EDITION.test(pack) && pack.replace(EDITION, "") === FAMILY;

// What an answer there was about may not be in this edition: it is told by its id alone.
function isAnswerThere(one) {
  const isText = typeof one?.text === "string" && one.text === cleaned(one.text) && pointsOf(one.text) <= MOST_POINTS;
  return isText && ANSWER_ID.test(one.id) && isWhole(one.revision, 1, 1e9) && isWhole(one.n, 0, 1e9) && isObject(one.about)
    && Object.hasOwn(ACTS, one.about.kind) && typeof one.about.id === "string" && (one.act === "removed" || ACTS[one.about.kind].includes(one.act))
    && (one.value === null || isWhole(one.value, 0, 5)) && (one.filed === null || isObject(one.filed));
}

function otherEditions() {
  const found = new Map();
  for (const key of keptKeys(`foran:${FAMILY}-`)) {
    const [, pack, reader, id] = key.split(":");
    if (!isEdition(pack) || !READER_ID.test(reader) || !ANSWER_ID.test(id)) continue;
    const one = understood(keptText(key));
    if (!isAnswerThere(one)) continue;
    const name = `foran:${pack}:${reader}`;
    // A pack for another arena is no other edition of this one.
    if ((understood(keptText(name))?.pack_arena ?? PACK.arena) !== PACK.arena) continue;
    if (!found.has(name)) found.set(name, { pack, reader, answers: [] });
    found.get(name).answers.push(one);
  }
  return [...found.values()].map((edition) => ({ ...edition, n: edition.answers.filter(isLive).length, unsaved: edition.answers.filter(isUnsaved).length }))
    .filter(({ n, unsaved: not }) => n || not);
}

function saveOther({ pack, reader, answers: theirs }) {
  const key = `foran:${pack}:${reader}`;
  const kept = understood(keptText(key)) ?? {};
  const saved = (isWhole(kept.saved, 0, 1e9) ? kept.saved : 0) + 1;
  const [role, arena] = ["role", "arena"].map((name) => (typeof kept[name] === "string" ? kept[name] : ""));
  const file = fileOf({ pack, reader, role, arena, saved, codebook_version: kept.codebook_version ?? PACK.milestone.codebook_version,
    answers: theirs.filter(isForFile).sort(byN).map(inFile) });
  download(file.name, file.text);
  keepThere(key, { ...kept, saved, filed: { role, arena } });
  for (const one of theirs.filter(isForFile)) {
    // Counted as a window's writing, so that a window of that edition takes it over.
    const seen = isObject(one.seen) ? one.seen : {};
    keepThere(`${key}:${one.id}`, { ...one, filed: contentOf(one), seen: { ...seen, [WINDOW]: (seen[WINDOW] ?? 0) + 1 } });
  }
  return file;
}

// Not held here, and not tried again later: what is written there meanwhile is newer. Without it they count as unsaved.
function keepThere(key, value) {
  try {
    browserStore().setItem(key, JSON.stringify(value));
  } catch {
    // The file has been saved all the same.
  }
}

// First which reader that edition has, then her answers: a window of it that hears of them finds her gone.
function forgetOther({ pack, reader }) {
  const choice = `foran:${pack}`;
  if (understood(keptText(choice))?.reader === reader) forget(choice);
  const key = `${choice}:${reader}`;
  [key, ...keptKeys(`${key}:`)].forEach(forget);
}

function otherEditionsPart() {
  const editions = otherEditions();
  if (!editions.length) return "";
  const told = el("div", { role: "status" });
  const line = (edition) => {
    const words = ({ n, unsaved: not }) => w("edition.other", { id: codeOf(edition.reader), pack: edition.pack, n, unsaved: not });
    const said = el("span", {}, words(edition));
    // Somebody may be writing in a window of that edition: what stands there now counts.
    const asOfNow = () => otherEditions().find(({ pack, reader }) => pack === edition.pack && reader === edition.reader);
    return el("li", {}, said, " ", el("button", { type: "button", "data-key": `edition|${edition.pack}|${edition.reader}`, onclick: () => {
      const now = asOfNow();
      if (!now) return redraw();
      const file = saveOther(now);
      said.textContent = words({ ...now, unsaved: 0 });
      told.replaceChildren(el("p", { class: "notice done" }, w("saved.as"), " ", el("code", {}, file.name), ". ", w("saved.where")));
      return undefined;
    } }, w("save")), " ", el("button", { type: "button", "data-key": `edition-forget|${edition.pack}|${edition.reader}`, onclick: async () => {
      let now = asOfNow();
      for (let told = ""; now && told !== words(now); now = asOfNow()) {
        told = words(now);
        if (!await ask(`${told} ${w("reader.forget.ask")}`, w("reader.forget.yes"), w("cancel"))) return;
      }
      forgetOther(edition);
      redraw();
      announce(w("reader.forget.done"));
    } }, w("edition.forget")));
  };
  return part(w("editions"), el("p", {}, w("editions.lead")), el("ul", { id: "other-editions" }, editions.map(line)), told);
}

// Told where one begins, as long as any of it is in no file.
function otherEditionsNotice() {
  const n = otherEditions().reduce((sum, edition) => sum + edition.unsaved, 0);
  return n ? el("p", { class: "notice" }, wn("editions.unsaved", n), " ", el("a", { href: hashOf("answers") }, w("answers"))) : "";
}
