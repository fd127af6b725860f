// Answers as a file: saved, and opened again to go on.
//
// answerFile() → {name, text}     what would be saved now
// saveFile() → name               saved, and known as saved
// readAnswerFile(text) → {file} or {why}     whether a text is a file of answers to this pack, unbroken and unedited
// takeIn(file) → {taken, both, here}    its answers among those that are here; nothing is lost on either side

const FILE_FORMAT = "foran-review-answers";
const MOST_BYTES = 5 * 1024 * 1024;
const FILE_KEYS = ["format", "schema_version", "pack", "milestone", "codebook_version", "reader", "role", "arena", "language", "saved", "answers", "sha256"];

const inFile = ({ id, about, act, text, value, revision }) => ({ id, about, act, text, value, revision });
// What was taken back before it was in any file is in none.
const forFile = () => [...answers.values()].filter(isForFile)
  .sort((a, b) => placeIn(a.about) - placeIn(b.about) || (keyOf(a.about) < keyOf(b.about) ? -1 : keyOf(a.about) > keyOf(b.about) ? 1 : 0) || byN(a, b));

function fileOf(said) {
  const body = { format: FILE_FORMAT, schema_version: 1, milestone: PACK.milestone.id, language: state.language, ...said };
  return {
    name: `svar-${PACK.milestone.id.replace(/[^A-Za-z0-9]/g, "")}-${body.reader.slice(2, 10)}-${body.saved}.json`,
    text: `${canonicalJson({ ...body, sha256: sha256Hex(canonicalJson(body)) })}\n`,
  };
}

const answerFile = (saved = me.saved + 1) => fileOf({ pack: PACK.id, codebook_version: PACK.milestone.codebook_version,
  reader: me.id, role: me.role, arena: me.arena, saved, answers: forFile().map(inFile) });

function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = el("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

const isFiled = (one) => isAsFiled(one) && one.filed.revision === one.revision;

function saveFile() {
  // Another window of the same reader may have saved meanwhile.
  me.saved = Math.max(me.saved, keptReader(me.id).saved);
  const file = answerFile();
  const fresh = forFile().filter((one) => !isFiled(one)).map((one) => [one.id, one.filed]);
  // The same saved once more is the same try.
  if (fresh.length || isReaderUnsaved() || lastSave?.id !== me.id) lastSave = { id: me.id, filed: me.filed, answers: fresh };
  download(file.name, file.text);
  me.saved += 1;
  me.filed = { role: me.role, arena: me.arena };
  writeReader();
  for (const one of forFile()) if (!isFiled(one)) write({ ...one, filed: contentOf(one) });
  emit("answers");
  return file;
}

// A browser tells nobody that a download was cancelled. Who sees that no file came says so, and nothing counts as saved.
let lastSave = null;

function unsaveFile() {
  if (lastSave?.id !== me.id) return;
  for (const [id, filed] of lastSave.answers) {
    const now = answers.get(id);
    if (now) write({ ...now, filed, used: now.revision });
  }
  me.filed = lastSave.filed;
  lastSave = null;
  writeReader();
  emit("answers");
}

// ---- opening ----
function isFile(file) {
  return hasKeys(file, FILE_KEYS) && file.schema_version === 1 && READER_ID.test(file.reader) && isWhole(file.saved, 1, 1e9)
    && ["role", "arena", "language"].every((key) => typeof file[key] === "string") && Array.isArray(file.answers)
    && file.answers.every((one) => hasKeys(one, ["id", "about", "act", "text", "value", "revision"]) && isAnswer(one))
    && new Set(file.answers.map(({ id }) => id)).size === file.answers.length;
}

function readAnswerFile(text) {
  const bare = text.replace(/^\ufeff/, "");
  let file;
  try {
    file = JSON.parse(bare);
  } catch {
    // Begins as a file of answers does, and is none: the end is missing.
    return { why: w(!bare.trim() || bare.startsWith('{"answers":[') ? "open.cut" : "open.strange") };
  }
  if (!isObject(file) || file.format !== FILE_FORMAT) return { why: w("open.strange") };
  if (file.pack !== PACK.id) return { why: w(isEdition(String(file.pack)) ? "open.other.edition" : "open.other.pack", { theirs: shortened(String(file.pack), 80), ours: PACK.id }) };
  if (isWhole(file.schema_version, 2, 1e9)) return { why: w("open.newer") };
  const { sha256: said, ...body } = file;
  let isWell = false;
  try {
    isWell = said === sha256Hex(canonicalJson(body));
  } catch {
    // A number that no file of answers has: it was not made here.
  }
  if (!isWell) return { why: w("open.edited") };
  return isFile(file) ? { file } : { why: w("open.edited") };
}

async function readChosen(blob) {
  if (blob.size > MOST_BYTES) return { why: w("open.too.big", { most: MOST_BYTES / 1024 / 1024 }) };
  try {
    return readAnswerFile(new TextDecoder("utf-8", { fatal: true }).decode(await blob.arrayBuffer()));
  } catch {
    return { why: w("open.strange") };
  }
}

// By answer the highest revision. What is here and in no file is kept beside it, and so are two of the same revision.
function takeIn(file) {
  if (file.reader !== me.id) {
    if (answers.size) writeReader();
    const isKnown = keptText(readerKey(file.reader)) !== null;
    wear(file.reader);
    // Where she answered stands in the file.
    if (!isKnown) me.arena = "";
    keep(KEPT, JSON.stringify({ reader: me.id }));
  }
  let taken = 0;
  let both = 0;
  let here = 0;
  for (const one of file.answers) {
    const mine = answers.get(one.id) ?? null;
    const filed = contentOf(one);
    const asHere = { ...one, slot: mine?.slot ?? (one.act === "removed" ? "" : slotOf(one.act)), n: mine?.n ?? nextN(), filed, used: mine?.used ?? 0, seen: mine?.seen ?? {} };
    if (!mine || same(mine, one)) {
      const isKnown = mine?.filed && mine.filed.revision >= one.revision;
      if (!isKnown) write(asHere);
      taken += mine ? 0 : 1;
    } else if (one.revision > mine.revision) {
      if (isUnsaved(mine) && mine.text) {
        writeCopy(mine);
        both += 1;
      }
      write(asHere);
      taken += 1;
    } else if (one.revision === mine.revision) {
      // A choice cannot be both: what was chosen here stands, and the file still says the other.
      if (!one.text) here += 1;
      else if (!answers.has(idOfCopy(one))) {
        writeCopy({ ...asHere, id: one.id });
        both += 1;
      }
    }
  }
  me.saved = Math.max(me.saved, file.saved);
  if (!me.role && LABELS.roles.has(file.role)) me.role = file.role;
  if ((!me.arena || !me.filed) && LABELS.arenas.has(file.arena)) me.arena = file.arena;
  me.filed ??= { role: file.role, arena: file.arena };
  writeReader();
  undoable = [];
  emit("answers");
  return { taken, both, here };
}
