// What the browser keeps of the answers while nobody has saved them in a file. Where it keeps nothing, or has no room,
// this window holds them and says so.
//
// keptText(key), keep(key, text), forget(key), keptKeys(prefix), keeping.state "yes" | "refused" | "full" | "unheard"
// Under KEPT stands whose answers are being written; under KEPT:reader what is chosen for that reader; under
// KEPT:reader:answer one answer each, so that two windows never write over each other's answers.

const KEPT = `foran:${PACK.id}`;
const keeping = { state: "yes", isHeard: true };
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

function isInStore(key) {
  try {
    return (browserStore()?.getItem(key) ?? null) !== null;
  } catch {
    return false;
  }
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
  setKeeping(now);
}

function setKeeping(now) {
  const state = now === "yes" && !keeping.isHeard ? "unheard" : now;
  if (state === keeping.state) return;
  keeping.state = state;
  emit("kept", state);
}

// Whether what is written arrives. Chromium can give a window a store of its own that is gone with it, and shows there all
// that was written. But what has arrived it tells every other frame: so an empty one listens, for one letter.
const PATIENCE = 10000;

function listenForStore() {
  if (!/Chrom(e|ium)\//.test(navigator.userAgent)) return;
  const frame = el("iframe", { hidden: true, title: "" });
  const key = randomId("foran:heard:");
  const settle = (isHeard) => {
    keeping.isHeard = isHeard;
    setKeeping(keeping.state === "unheard" ? "yes" : keeping.state);
    browserStore().removeItem(key);
  };
  const waiting = setTimeout(() => settle(false), PATIENCE);
  document.body.append(frame);
  try {
    frame.contentWindow.addEventListener("storage", (event) => {
      if (event.key !== key || event.newValue === null) return;
      clearTimeout(waiting);
      settle(true);
      frame.remove();
    });
    // A frame that has never looked at the store is told nothing of it.
    frame.contentWindow.localStorage.getItem(key);
    browserStore().setItem(key, "1");
  } catch {
    // Refused or full: that is told where something is to be kept.
    clearTimeout(waiting);
    frame.remove();
  }
}

on("begin", listenForStore);

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
