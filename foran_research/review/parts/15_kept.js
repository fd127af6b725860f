// What the browser keeps of the answers while nobody has saved them in a file. Where it keeps nothing, or has no room,
// this window holds them and says so.
//
// keptText(key), keep(key, text), forget(key), keptKeys(prefix), keeping.state "yes" | "refused" | "full"
// Under KEPT stands whose answers are being written; under KEPT:reader what is chosen for that reader; under
// KEPT:reader:answer one answer each, so that two windows never write over each other's answers.

const KEPT = `foran:${PACK.id}`;
const keeping = { state: "yes" };
const held = new Map();
const unkept = new Set();

function browserStore() {
  try {
    return window.localStorage ?? null;
  } catch {
    return null;
  }
}

function keptText(key) {
  if (!unkept.has(key)) {
    try {
      const text = browserStore()?.getItem(key) ?? null;
      if (text !== null) return text;
    } catch {
      // Refused on the way: what this window holds is all there is.
    }
  }
  return held.get(key) ?? null;
}

// What could not be kept is tried again each time, so that room made elsewhere is used.
function keep(key, text) {
  held.set(key, text);
  unkept.delete(key);
  let now = "yes";
  for (const each of [key, ...unkept]) {
    const store = browserStore();
    try {
      store.setItem(each, held.get(each));
      unkept.delete(each);
    } catch (error) {
      unkept.add(key);
      now = error?.name === "QuotaExceededError" && store.length ? "full" : "refused";
      break;
    }
  }
  if (now !== keeping.state) {
    keeping.state = now;
    emit("kept", now);
  }
}

function forget(key) {
  held.delete(key);
  unkept.delete(key);
  try {
    browserStore()?.removeItem(key);
  } catch {
    // Nothing is kept where nothing may be kept.
  }
}

function keptKeys(prefix) {
  const keys = new Set([...held.keys()]);
  try {
    const store = browserStore();
    for (let at = 0; at < (store?.length ?? 0); at += 1) keys.add(store.key(at));
  } catch {
    // As above.
  }
  return [...keys].filter((key) => key.startsWith(prefix)).sort();
}
