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

/**
 * JupyterLab hides all of itself until the next picture when its colours change, as they do by themselves at dusk where it
 * follows the computer. A busy browser takes the focus away meanwhile, and whoever was typing would type to nobody. What
 * lost the focus by being hidden gets it back once it is seen again, unless something else has it by then.
 */
function holdFocus(root) {
  let watch = null;
  const forget = () => { watch?.disconnect(); watch = null; };
  root.addEventListener("focusin", forget);
  root.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (relatedTarget || root.checkVisibility()) return;
    forget();
    // A new observer tells of the first size in any case, so also when nothing was drawn while the screen was hidden.
    watch = new ResizeObserver(() => {
      if (!root.checkVisibility()) return;
      forget();
      if (document.activeElement === document.body) target.focus({ preventScroll: true });
    });
    watch.observe(root);
  });
  return forget;
}
