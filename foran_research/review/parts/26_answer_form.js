// The answers on paper: one form that can be filled in by hand and handed in without the rest of the pack. At the end of the
// whole pack it asks only for what has no place to write beside it.

const tick = (...words) => el("span", { class: "ticks" }, words.map((word) => el("span", {}, `☐ ${word}`)));

// One row a thing: what it is, two boxes, and room for a word.
function formTable(caption, rows) {
  if (!rows.length) return null;
  return el("table", { class: "form" }, el("caption", {}, caption),
    el("thead", {}, el("tr", {}, [w("form.thing"), w("act.agree"), w("act.doubt"), w("form.comment")].map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, rows.map((one) => el("tr", {}, el("th", { scope: "row" }, one), el("td", {}, "☐"), el("td", {}, "☐"), el("td", {})))));
}

function levelForm() {
  const cases = casesInOrder().filter(({ id }) => !PACK.milestone.case || id === PACK.milestone.case);
  if (!PACK.scale.length || !cases.length || !PACK.elements.length) return null;
  return [
    el("h3", {}, w("form.level")),
    el("p", {}, w("form.level.lead"), " ", PACK.scale.map((step, at) => [at ? " · " : "", `${step.level} = `, says(step.label)]), ` · 0 = ${w("level.unknown.short")}`),
    el("table", { class: "form levels" }, el("caption", {}, w("form.level")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, w("element")), cases.map(({ label }) => el("th", { scope: "col" }, label)), el("th", { scope: "col" }, w("form.why")))),
      el("tbody", {}, PACK.elements.map((element) => el("tr", {}, el("th", { scope: "row" }, el("span", { class: "code" }, element.display), " ", says(element.label)), cases.map(() => el("td", {})), el("td", {}))))),
  ];
}

printParts.push({
  order: 100,
  name: "form",
  render(root) {
    const isAlone = printOf === "form";
    const numbered = PACK.claims.map((claim, at) => [`${w("form.claim")} ${at + 1}. `, says(claim.text)]);
    add(root, el("h2", { class: "new-page" }, w("form.title")),
      el("p", {}, w(isAlone ? "form.lead" : "form.lead.last")), el("p", {}, w("answers.use")),
      el("p", { class: "small" }, `${PACK.id} · ${w("form.codebook", { version: PACK.milestone.codebook_version })}`),
      PACK.roles.length ? el("p", {}, el("strong", {}, w("role"), ": "), tick(...PACK.roles.map(({ label }) => t(label)))) : "",
      PACK.arenas.length ? el("p", {}, el("strong", {}, w("arena"), " "), tick(...PACK.arenas.map(({ label }) => t(label)))) : "",
      PACK.questions.length ? [el("h3", {}, w("questions")), PACK.questions.map((question, at) => el("div", { class: "asked" }, el("p", {}, el("strong", {}, `${at + 1}. `, says(question.text))), aboutLine(question), penLines(4)))] : "",
      isAlone && PACK.claims.length ? [el("h3", {}, w("claims")), formTable(w("form.tick"), numbered)] : "",
      isAlone && PACK.elements.length ? [el("h3", {}, w("elements")), formTable(w("form.tick.elements"), PACK.elements.map((element) => [el("span", { class: "code" }, element.display), " ", says(element.label)]))] : "",
      levelForm(),
      isAlone && PACK.measures.length ? [el("h3", {}, w("measures")), formTable(w("form.tick"), PACK.measures.map((measure) => [`${caseName(measure.case)}: `, says(measure.title)]))] : "",
      isAlone && PACK.changes.length ? [el("h3", {}, w("changes")), formTable(w("form.tick"), PACK.changes.map((change) => says(change.what)))] : "",
      el("h3", {}, w("field.new_element")), penLines(6),
      el("h3", {}, w("form.quotes")), penLines(4),
      el("h3", {}, w("whole")), penLines(6));
  },
});
