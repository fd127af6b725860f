"use strict";
(() => {
  const page = document.querySelector("[data-form]");
  const status = document.getElementById("status");
  const told = page.dataset;
  let isSaved = true;
  const value = (name) => (document.querySelector(`[name="${name}"]`) || {}).value || "";
  const chosen = (name) => (document.querySelector(`[name="${name}"]:checked`) || {}).value || "";
  const elements = () => [...document.querySelectorAll("[data-element]")].map((one) => ({
    element: one.dataset.element,
    display: one.dataset.display,
    level: chosen(`level-${one.dataset.element}`),
    confidence: chosen(`confidence-${one.dataset.element}`),
    rationale: value(`why-${one.dataset.element}`).trim(),
  }));
  const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toISOString().slice(0, 10) === text;
  const checked = () => {
    const answers = elements().filter((one) => one.level !== "");
    const lacking = [];
    let day = false;
    try { day = isDay(value("on").trim()); } catch { day = false; }
    if (!/^[A-Z0-9-]{2,24}$/.test(value("assessor").trim())) lacking.push(told.lackAssessor);
    if (!day) lacking.push(told.lackOn);
    if (!answers.length) lacking.push(told.lackLevels);
    const silent = answers.filter((one) => one.level !== "0" && !one.rationale).map((one) => one.display);
    if (silent.length) lacking.push(told.lackWhy.replace("{elements}", silent.join(", ")));
    return { answers, lacking };
  };
  const save = () => {
    const { answers, lacking } = checked();
    if (lacking.length) {
      status.className = "status wrong";
      status.textContent = told.lack.replace("{what}", lacking.join("; "));
      return;
    }
    const notes = [...document.querySelectorAll("[data-question]")].map((one) => ({ question: one.dataset.question, text: one.value.trim() })).filter((one) => one.text);
    const content = {
      kind: told.kind, schema_version: Number(told.schema), form: told.form, study: told.study, milestone: told.milestone,
      case: told.case, codebook_version: told.codebook, assessor: value("assessor").trim(), on: value("on").trim(),
      asked: elements().map((one) => one.element),
      answers: answers.map(({ element, level, confidence, rationale }) => ({ element, level: Number(level), confidence, rationale })), notes,
    };
    const name = `${told.name}_${content.assessor}.json`;
    const address = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1) + "\n"], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    isSaved = true;
    status.className = "status";
    status.textContent = told.saved.replace("{name}", name);
  };
  document.addEventListener("input", () => { isSaved = false; status.className = "status"; status.textContent = told.unsaved; });
  document.getElementById("save").addEventListener("click", save);
  window.addEventListener("beforeunload", (event) => { if (!isSaved) event.preventDefault(); });
})();
