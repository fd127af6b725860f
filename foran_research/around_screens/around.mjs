// What every screen does about the notebook that it stands in. It is put behind a screen's own script, so it exports nothing.

/** Wear the notebook's light or dark colours, and keep the focus where it was; gives back how to stop. */
function followNotebook(root) {
  const stops = [wearColours(root), holdFocus(root)];
  return () => { for (const stop of stops) stop(); };
}

function wearColours(root) {
  const isDark = () => {
    const { body } = document;
    if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "false";
    if (/vscode-(dark|high-contrast)/.test(body.className)) return !body.className.includes("vscode-high-contrast-light");
    return matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const wear = () => { root.dataset.theme = isDark() ? "dark" : "light"; };
  wear();
  const watch = new MutationObserver(wear);
  watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  return () => watch.disconnect();
}

// Milliseconds for which no field is told that it has lost the focus by being hidden.
const A_MOMENT = 1000;

/**
 * JupyterLab hides all of itself until the next picture when its colours change, as they do by themselves at dusk where it
 * follows the computer. A busy browser takes the focus away meanwhile, and whoever was typing would type to nobody. What
 * lost the focus by being hidden gets it back once it is seen again, unless something else has it by then or the screen was
 * drawn anew without it. Most fields save what was typed when they are left, and half a word is nothing to save: so a field
 * hears of its loss only when the moment is long, or when the focus does not come back.
 */
function holdFocus(root) {
  let stop = () => {};
  let isReturning = false;

  const wait = (field) => {
    let isTold = false;
    const tellOnce = () => {
      if (!isTold) field.dispatchEvent(new FocusEvent("blur"));
      isTold = true;
    };
    const timer = setTimeout(tellOnce, A_MOMENT);
    const end = () => { clearTimeout(timer); watch.disconnect(); stop = () => {}; };
    // A new observer tells of the first size in any case, so also when nothing was drawn while the screen was hidden.
    const watch = new ResizeObserver(() => {
      if (!root.checkVisibility()) return;
      end();
      if (document.activeElement === document.body) {
        isReturning = !isTold;
        (field.isConnected ? field : root).focus({ preventScroll: true });
        isReturning = false;
      }
      if (document.activeElement !== field) tellOnce();
    });
    watch.observe(root);
    stop = () => { end(); tellOnce(); };
  };

  root.addEventListener("blur", (event) => {
    // What a script tells a field, here or in the screen, is meant for it at once.
    if (!event.isTrusted || event.relatedTarget || !root.isConnected || root.checkVisibility()) return;
    event.stopPropagation();
    stop();
    wait(event.target);
  }, { capture: true });
  root.addEventListener("focus", (event) => { if (isReturning) event.stopPropagation(); }, { capture: true });
  return () => stop();
}
