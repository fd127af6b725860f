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
  const notes = () => [...document.querySelectorAll("[data-question]")]
    .map((one, at) => ({ question: one.dataset.question, place: String(at + 1), text: one.value.trim() })).filter((one) => one.text);
  const isDay = (text) => {
    const day = new Date(`${text}T00:00:00Z`);
    return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
  };
  const checked = () => {
    const answers = elements().filter((one) => one.level !== "");
    const lacking = [];
    if (!/^[A-Z0-9-]{2,24}$/.test(value("assessor").trim())) lacking.push(told.lackAssessor);
    if (!isDay(value("on").trim())) lacking.push(told.lackOn);
    if (!answers.length) lacking.push(told.lackLevels);
    // A reason without a level would be in no file: nothing that was written is left behind unsaid.
    const bare = elements().filter((one) => one.level === "" && one.rationale).map((one) => one.display);
    if (bare.length) lacking.push(told.lackLevel.replace("{elements}", bare.join(", ")));
    const most = Number(told.most);
    const long = elements().filter((one) => [...one.rationale].length > most).map((one) => one.display);
    const longNotes = notes().filter((one) => [...one.text].length > most).map((one) => one.place);
    if (long.length + longNotes.length) lacking.push(told.lackShort.replace("{elements}", [...long, ...longNotes].join(", ")));
    const silent = answers.filter((one) => one.level !== "0" && !one.rationale).map((one) => one.display);
    if (silent.length) lacking.push(told.lackWhy.replace("{elements}", silent.join(", ")));
    return { answers, lacking };
  };
  /** The first field that is in the way of saving gets the focus, so that nobody has to look for it. */
  const lead = () => {
    const most = Number(told.most);
    const isLong = (field) => [...field.value.trim()].length > most;
    const ofElement = (one) => {
      const why = document.querySelector(`[name="why-${one.element}"]`);
      if (one.level === "" && one.rationale) return document.querySelector(`[name="level-${one.element}"]`);
      return isLong(why) || (one.level !== "" && one.level !== "0" && !one.rationale) ? why : null;
    };
    const first = [
      /^[A-Z0-9-]{2,24}$/.test(value("assessor").trim()) ? null : document.querySelector('[name="assessor"]'),
      isDay(value("on").trim()) ? null : document.querySelector('[name="on"]'),
      ...elements().map(ofElement),
      ...[...document.querySelectorAll("[data-question]")].filter(isLong),
      document.querySelector('[name^="level-"]'),
    ].find((field) => field);
    if (first) first.focus();
  };
  const save = () => {
    const { answers, lacking } = checked();
    if (lacking.length) {
      status.className = "status wrong";
      status.textContent = told.lack.replace("{what}", lacking.join("; "));
      lead();
      return;
    }
    const content = {
      kind: told.kind, schema_version: Number(told.schema), form: told.form, study: told.study, milestone: told.milestone,
      case: told.case, codebook_version: told.codebook, assessor: value("assessor").trim(), on: value("on").trim(),
      asked: elements().map((one) => one.element),
      answers: answers.map(({ element, level, confidence, rationale }) => ({ element, level: Number(level), confidence, rationale })),
      notes: notes().map(({ question, text }) => ({ question, text })),
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
