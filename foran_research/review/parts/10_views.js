// Reading: start, claims, elements, one element, maturity and measures, changes, questions, the sheet.
// What each of them shows stands in functions that the screen, the stage and the printer share.

const ANSWERING = document.documentElement.dataset.answers === "yes";
const POLARITIES = ["promoting", "inhibiting"];

// ---- small things that many pages show ----
// Lines for a pen: borders, since printers leave backgrounds out.
function penLines(n) {
  return el("div", { class: "lines", "aria-hidden": "true" }, Array.from({ length: n }, () => el("div", {})));
}

function mark(polarity) {
  return POLARITIES.includes(polarity) ? el("span", { class: `tag ${polarity}` }, w(`mark.${polarity}`)) : null;
}

function levelMark(level) {
  return el("span", { class: `tag plain ${level}` }, levelName(level));
}

function elementLink(id) {
  const element = thing("element", id);
  if (!element) return el("span", {}, id);
  return el("a", { class: "element-link", href: hashOf("element", id) },
    el("span", { class: `code ${element.level}` }, element.display), " ", says(element.label));
}

function elementLinks(ids) {
  if (!ids.length) return null;
  return el("p", { class: "about" }, el("span", { class: "small" }, w("about.elements"), " "),
    ids.map((id, at) => [at ? ", " : "", elementLink(id)]));
}

function part(title, ...children) {
  return el("section", {}, el("h2", {}, title), children);
}

const none = (words) => el("p", { class: "small" }, words);
const kindOfSource = (kind) => w(`kind.${kind}`);
const inWords = (prefix, value) => (value !== "" && `${prefix}.${value}` in WORDS ? w(`${prefix}.${value}`) : value);

// Who said it, as much as may be told.
function saidBy(quote) {
  return [caseName(quote.case), quote.role ? roleName(quote.role) : "", kindOfSource(quote.kind), month(quote.month)].filter(Boolean).join(" · ");
}

function quoteFigure(quote, more = null) {
  return el("figure", { class: `quote ${quote.polarity}` },
    el("blockquote", { lang: "no", dir: "auto" }, quote.words),
    el("figcaption", {}, mark(quote.polarity), " ", saidBy(quote),
      quote.edited ? el("span", { class: "state" }, ` · ${w("quote.edited")}`) : null),
    more);
}

// A quote with what one can answer to it.
function quoteCard(id) {
  const quote = thing("quote", id);
  if (!quote) return el("p", { class: "small" }, w("quote.missing"));
  const figure = quoteFigure(quote, answerBar({ kind: "quote", id }, { acts: ["agree", "doubt", "comment"] }));
  figure.dataset.anchor = id;
  return figure;
}

function table(caption, heads, rows, attrs = {}) {
  return el("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
    el("table", attrs, el("caption", {}, caption),
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col", class: head.n ? "n" : null }, head.n ?? head)))),
      rows instanceof Node ? rows : el("tbody", {}, rows)));
}

function countCell(n, polarity = "") {
  const nothing = n === null || n === undefined;
  return el("td", { class: "n" }, nothing ? el("span", { class: "small" }, w("count.hidden")) : [n && polarity ? el("span", { class: polarity === "promoting" ? "pro" : "inh", "aria-hidden": "true" }, polarity === "promoting" ? "▲ " : "▼ ") : "", String(n)]);
}

const hiddenNote = (hidden) => (hidden ? el("p", { class: "small" }, w("count.hidden.why")) : null);

// Briefly: on paper, where what is the same for all is said once.
function evidenceTable(element, briefly = false) {
  const cases = PACK.cases.filter((each) => each.id in element.by_case);
  if (!cases.length) return none(w("evidence.none"));
  const all = [element.documents, ...cases.flatMap(({ id }) => Object.values(element.by_case[id]))];
  if (all.every((n) => n === null)) return briefly ? null : none(w("evidence.hidden"));
  if (all.every((n) => n === 0)) return none(w("evidence.zero"));
  const rows = cases.map(({ id }) => {
    const row = element.by_case[id];
    return el("tr", {}, el("th", { scope: "row" }, caseName(id)), countCell(row.promoting, "promoting"), countCell(row.inhibiting, "inhibiting"), countCell(row.documents));
  });
  const told = all.slice(1).some((n) => n !== null);
  return [
    told && table(w("evidence.caption"), [w("case"), { n: w("mark.promoting") }, { n: w("mark.inhibiting") }, { n: w("documents") }], rows, { class: "narrow" }),
    el("p", { class: "small" }, w("evidence.documents", { n: shownCount(element.documents) })),
    hiddenNote(!briefly && all.includes(null)),
  ];
}

// The quotes of an element in order: what promotes, what inhibits, the rest.
function quotesOf(element) {
  const placed = new Set([...element.promoting, ...element.inhibiting]);
  const rest = PACK.quotes.filter((quote) => quote.elements.includes(element.id) && !placed.has(quote.id)).map((quote) => quote.id);
  return [["promoting", element.promoting], ["inhibiting", element.inhibiting], ["other", rest]].filter(([, ids]) => ids.length);
}

function quotePart(polarity, ids) {
  const section = part(w(`said.${polarity}`));
  inPieces(section, ids, quoteCard, 4);
  return section;
}

function leftOutOf(element) {
  const told = Object.entries(element.left_out).filter(([, n]) => n !== 0);
  if (!told.length) return null;
  return el("p", { class: "small" }, w("left.out.here"), " ",
    told.map(([reason, n]) => `${w(`reason.${reason}`)}${n === null ? "" : ` (${n})`}`).join(", "), ".");
}

const scaleOf = (level) => PACK.scale.find((step) => step.level === level);

function levelShown(one) {
  if (one.median === null) return el("span", { class: "level" }, w("maturity.none"));
  const step = scaleOf(one.median);
  return el("span", { class: "level" },
    el("span", { class: "steps", "aria-hidden": "true" }, "■".repeat(one.median) + "□".repeat(Math.max(0, 5 - one.median))), " ",
    el("strong", {}, String(one.median)), step ? [" ", says(step.label)] : "",
    one.low !== null && one.high !== null && one.low !== one.high ? w("maturity.spread", { low: one.low, high: one.high }) : "");
}

function maturityOf(one) {
  return el("li", {}, el("span", { class: "small" }, w(`side.${one.side}`), ": "), levelShown(one),
    !one.count ? "" : el("span", { class: "small" }, ` · ${wn("maturity.count", one.count)}`),
    one.warnings.map((T) => [" ", el("span", { class: "state" }, says(T))]));
}

function maturityTable(element) {
  if (!element.maturity.length) return none(w("maturity.nobody"));
  const cases = PACK.cases.filter(({ id }) => element.maturity.some((one) => one.case === id));
  return el("dl", { class: "facts" }, cases.map(({ id }) => [
    el("dt", {}, caseName(id)),
    el("dd", {}, el("ul", { class: "plain" }, element.maturity.filter((one) => one.case === id).map(maturityOf))),
  ]));
}

function period(step) {
  if (step.from && step.to) return w("period", { from: day(step.from), to: day(step.to) });
  if (step.from) return w("period.from", { from: day(step.from) });
  return step.to ? w("period.to", { to: day(step.to) }) : "";
}

function measureBody(measure) {
  return [
    el("p", {}, el("span", { class: `tag ${measure.addresses}` }, w(`addresses.${measure.addresses}`)), " ", el("span", { class: "small" }, caseName(measure.case)),
      measure.element ? [" · ", elementLink(measure.element)] : ""),
    el("dl", { class: "facts" },
      measure.owner ? [el("dt", {}, w("measure.owner")), el("dd", {}, roleName(measure.owner))] : null,
      measure.priority === null ? null : [el("dt", {}, w("measure.priority")), el("dd", {}, inWords("priority", measure.priority))],
      measure.status ? [el("dt", {}, w("measure.status")), el("dd", {}, w(`status.${measure.status}`))] : null,
      measure.grounds ? [el("dt", {}, w("measure.grounds")), el("dd", { lang: "no" }, measure.grounds)] : null),
    measure.steps.length ? [el("p", { class: "small lead-in" }, w("measure.steps")),
      el("ol", {}, measure.steps.map((step) => el("li", {}, says(step.text), " ",
        el("span", { class: "small" }, [period(step), step.status ? w(`status.${step.status}`) : ""].filter(Boolean).join(" · ")))))] : null,
  ];
}

const REACT = ["agree", "doubt", "comment"];
const react = (kind, id) => answerBar({ kind, id }, { acts: REACT });

function measureCard(measure, level = "h3") {
  return el("article", { class: `card ${measure.addresses}`, "data-anchor": measure.id }, says(measure.title, level), measureBody(measure), react("measure", measure.id));
}

function changeBody(change) {
  return [
    el("p", {}, el("span", { class: "tag plain" }, w(`change.${change.kind}`)), " ", says(change.what)),
    t(change.why) ? el("p", {}, el("span", { class: "small" }, w("change.why"), " "), says(change.why)) : null,
    elementLinks(change.elements),
  ];
}

function changeCard(change) {
  return el("article", { class: "card", "data-anchor": change.id }, changeBody(change), react("change", change.id));
}

// A list that opens when asked for: what it holds is made only then.
function opened(summary, make) {
  const details = el("details", { ontoggle: () => {
    if (details.open && details.childElementCount === 1) details.append(...[make()].flat());
  } }, el("summary", {}, summary));
  return details;
}

function claimCard(claim, level = "h3") {
  return el("article", { class: "card claim", "data-anchor": claim.id },
    says(claim.text, level),
    elementLinks(claim.elements),
    claim.quotes.length ? opened(wn("claim.quotes", claim.quotes.length), () => claim.quotes.map(quoteCard)) : null,
    react("claim", claim.id));
}

const leftOut = () => PACK.left_out.filter((one) => one.count !== 0);

function leftOutList() {
  const told = leftOut();
  if (!told.length) return none(w("left.out.nothing"));
  return el("ul", {}, told.map((one) => el("li", {}, one.count === null ? "" : [el("strong", {}, String(one.count)), " "], says(one.what))));
}

const madeFacts = () =>
  el("dl", { class: "facts" }, PACK.made.map(([name, value]) => [says(name, "dt"), el("dd", {}, value)]));

const about = () => says(PACK.study.title, "p", { class: "lead" });
const shortList = () => el("ul", { class: "short" }, PACK.short.map((T) => says(T, "li")));

// ---- start ----
views.push({
  id: "start",
  title: () => w("start"),
  render(root) {
    const held = [["claims", "claims"], ["elements", "elements"], ["networks", "networks"], ["maturity", "measures"], ["changes", "changes"], ["questions", "questions"]];
    add(root,
      heading(w("start.title", { milestone: t(PACK.milestone.title) })),
      about(),
      PACK.study.is_synthetic ? says(PACK.study.notice, "p", { class: "notice" }) : "",
      el("p", { class: "small" }, w("start.cut", { day: day(PACK.milestone.cut_off) }),
        PACK.arena ? ` ${w("start.arena", { arena: arenaName(PACK.arena) })}` : ""),
      PACK.short.length ? el("section", { class: "box" }, el("h2", {}, w("short")), shortList()) : "",
      ANSWERING ? part(w("how"), el("ol", {}, ["read", "answer", "save", "send"].map((step) => el("li", {}, w(`how.${step}`)))),
        el("p", { class: "small" }, w("how.paper"))) : "",
      part(w("holds"), el("ul", { class: "numbers" }, held.filter(([view, key]) => viewOf(view) && PACK[key].length)
        .map(([view, key]) => el("li", {}, el("a", { href: hashOf(view) }, el("b", {}, String(PACK[key].length)), " ", wn(`holds.${key}`, PACK[key].length))))),
        PACK.quotes.length ? "" : el("p", { class: "notice" }, w("quotes.none"))),
      part(w("left.out"), leftOutList(), el("p", { class: "small" }, w("left.out.why"))),
      ANSWERING ? part(w("whole"), answerBar({ kind: "pack", id: PACK.id }, { acts: ["comment", "new_element"] })) : "",
      part(w("made"), madeFacts()),
    );
  },
  slides: () => PACK.short.map((T) => ({ title: w("short"), render: (root) => add(root, says(T, "p", { class: "say" })) })),
});

// ---- claims ----
views.push({
  id: "claims",
  title: () => w("claims"),
  render(root) {
    add(root, heading(w("claims")));
    if (!PACK.claims.length) return add(root, none(w("claims.none")));
    add(root, el("p", {}, w("claims.lead")));
    inPieces(root, PACK.claims, (claim) => claimCard(claim, "h2"), 5);
  },
  slides: () => PACK.claims.map((claim) => ({
    title: w("claims"), at: claim.id,
    render: (root) => add(root, says(claim.text, "p", { class: "say" }), elementLinks(claim.elements) ?? "",
      ...claim.quotes.slice(0, 2).map((id) => thing("quote", id)).filter(Boolean).map((quote) => quoteFigure(quote))),
  })),
});

// ---- elements ----
const sought = { words: "", level: "", case: "", kind: "" };

// One form of letters: å written in one or two parts is the same å.
const folded = (text) => text.normalize("NFC").toLocaleLowerCase("nb");

function elementsFound() {
  const asked = folded(sought.words).split(/\s+/).filter(Boolean);
  return PACK.elements.filter((element) => {
    const here = sought.case ? element.by_case[sought.case] : null;
    const said = folded(`${element.display} ${t(element.label)} ${t(element.definition)} ${element.id}`);
    return (!sought.level || element.level === sought.level)
      && (!sought.case || (here && (here.promoting !== 0 || here.inhibiting !== 0 || here.documents !== 0)))
      && (!sought.kind || element[sought.kind].length > 0)
      && asked.every((word) => said.includes(word));
  });
}

function evidenceShort(element) {
  const sums = POLARITIES.map((polarity) => {
    const counts = Object.entries(element.by_case).filter(([id]) => !sought.case || id === sought.case).map(([, row]) => row[polarity]);
    return counts.includes(null) ? null : counts.reduce((sum, n) => sum + n, 0);
  });
  return el("span", { class: "evidence" }, POLARITIES.map((polarity, at) => sums[at] === 0 ? null : el("span", { class: polarity === "promoting" ? "pro" : "inh" },
    w(`mark.${polarity}`), sums[at] === null ? "" : ` ${sums[at]}`)));
}

function elementRow(element) {
  return el("li", { class: thing("element", element.parent) ? "child" : null }, elementLink(element.id), " ", evidenceShort(element), says(element.definition, "p", { class: "small" }));
}

// The list is drawn once; what is sought after that only hides and shows.
function elementList(root) {
  const rows = new Map();
  const parts = PACK.levels.map((level) => {
    const list = el("ul", { class: "rows" });
    return { list, ids: PACK.elements.filter((element) => element.level === level.id).map(({ id }) => id), section: el("section", {}, el("h2", {}, says(level.label)), list) };
  });
  let found = new Set();
  const nothing = el("p", { hidden: true }, w("found.none"));
  add(root, parts.map(({ section }) => section), nothing);
  const ordered = parts.flatMap(({ list, ids }) => ids.map((id) => [list, thing("element", id)]));
  const drawn = ([list, element]) => {
    const row = elementRow(element);
    row.hidden = !found.has(element.id);
    rows.set(element.id, row);
    list.append(row);
  };
  return {
    show() {
      found = new Set(elementsFound().map(({ id }) => id));
      for (const { section, ids } of parts) section.hidden = !ids.some((id) => found.has(id));
      for (const [id, row] of rows) row.hidden = !found.has(id);
      nothing.hidden = found.size > 0;
      return found.size;
    },
    draw() {
      pieces.length = 0;
      rows.clear();
      for (const { list } of parts) list.replaceChildren();
      inPieces(null, ordered, drawn, 10);
    },
  };
}

views.push({
  id: "elements",
  title: () => w("elements"),
  render(root) {
    const told = el("p", { role: "status", class: "small" });
    const holder = el("div", {});
    const list = elementList(holder);
    const again = () => (told.textContent = w("found", { n: list.show(), all: PACK.elements.length }));
    // The evidence told of each element depends on the municipality.
    const anew = () => {
      again();
      list.draw();
      drawLater();
    };
    const chosen = (key, label, options) => {
      const select = el("select", { id: `sought-${key}`, onchange: () => { sought[key] = select.value; if (key === "case") anew(); else again(); } },
        [["", w("all")], ...options].map(([value, name]) => el("option", { value, selected: value === sought[key] }, name)));
      return el("label", { for: `sought-${key}` }, el("span", {}, label), select);
    };
    const words = el("input", { id: "sought-words", type: "search", value: sought.words, autocomplete: "off", oninput: () => { sought.words = words.value; again(); } });
    add(root, heading(w("elements")), el("p", {}, w("elements.lead")),
      el("div", { class: "filters", role: "search" },
        el("label", { for: "sought-words" }, el("span", {}, w("search")), words),
        chosen("level", w("level"), PACK.levels.map((level) => [level.id, t(level.label)])),
        chosen("case", w("case"), PACK.cases.map((each) => [each.id, each.label])),
        chosen("kind", w("with"), ["promoting", "inhibiting", "measures", "changed"].map((kind) => [kind, w(`with.${kind}`)]))),
      told, holder);
    anew();
  },
  slides: () => PACK.elements.map((element) => ({ title: w("elements"), at: element.id, render: (root) => elementSlide(root, element) })),
});

function elementSlide(root, element) {
  const first = POLARITIES.map((polarity) => element[polarity][0]).filter(Boolean).map((id) => thing("quote", id)).filter(Boolean);
  add(root,
    el("h2", {}, el("span", { class: `code ${element.level}` }, element.display), " ", says(element.label)),
    says(element.definition, "p", { class: "say" }),
    el("p", {}, levelMark(element.level), " ", evidenceShort(element)),
    ...[...new Set(first)].map((quote) => quoteFigure(quote)));
}

// ---- one element ----
function elementHead(element) {
  return [el("span", { class: `code ${element.level}` }, element.display), " ", says(element.label)];
}

function family(element) {
  const parts = PACK.elements.filter((each) => each.parent === element.id);
  return [
    thing("element", element.parent) ? el("p", {}, w("part.of"), " ", elementLink(element.parent)) : "",
    parts.length ? el("p", {}, w("has.parts"), " ", parts.map((each, at) => [at ? ", " : "", elementLink(each.id)])) : "",
  ];
}

views.push({
  id: "element",
  hidden: true,
  under: "elements",
  title: () => elementName(state.anchor),
  render(root, anchor) {
    const element = thing("element", anchor);
    if (!element) return add(root, heading(w("element.missing")), el("p", {}, el("a", { href: hashOf("elements") }, w("elements.back"))));
    const at = PACK.elements.indexOf(element);
    const beside = (place, id, words) => place ? el("a", { id, href: hashOf("element", place.id) }, `${words}: ${place.display}`) : null;
    const claims = PACK.claims.filter((claim) => claim.elements.includes(element.id));
    add(root,
      el("nav", { class: "beside", "aria-label": w("element.nav") }, el("a", { id: "element-up", href: hashOf("elements") }, w("elements.back")),
        beside(PACK.elements[at - 1], "element-before", w("before")), beside(PACK.elements[at + 1], "element-after", w("after"))),
      heading("", elementHead(element)),
      el("p", {}, levelMark(element.level)),
      says(element.definition, "p", { class: "lead" }),
      ...family(element).filter(Boolean),
      answerBar({ kind: "element", id: element.id }, { acts: ["agree", "doubt", "comment", "rename"] }),
      part(w("evidence"), evidenceTable(element)),
      ...quotesOf(element).map(([polarity, ids]) => quotePart(polarity, ids)),
      quotesOf(element).length ? "" : part(w("said"), none(w("said.none"))),
      leftOutOf(element) ?? "",
      claims.length ? part(w("claims"), claims.map((claim) => claimCard(claim))) : "",
      part(w("maturity"), maturityTable(element),
        ANSWERING ? answerBar({ kind: "element", id: element.id }, { acts: ["maturity"] }) : ""),
      element.measures.length ? part(w("measures"), element.measures.map((id) => thing("measure", id)).filter(Boolean).map((measure) => measureCard(measure))) : "",
      element.changed.length ? part(w("changes"), element.changed.map((id) => thing("change", id)).filter(Boolean).map(changeCard)) : "",
    );
  },
});

// ---- maturity and measures ----
const measured = { case: "" };

const hasMaturity = () => PACK.elements.filter((element) => element.maturity.length);

function maturityOverview(cases, first = Infinity) {
  const shown = hasMaturity().filter((element) => element.maturity.some((one) => cases.some(({ id }) => id === one.case)));
  if (!shown.length) return none(w("maturity.nobody"));
  const body = el("tbody", {});
  cases = cases.filter(({ id }) => shown.some((element) => element.maturity.some((one) => one.case === id)));
  inPieces(body, shown, (element) => el("tr", {}, el("th", { scope: "row" }, elementLink(element.id)), cases.map(({ id }) => {
    const here = element.maturity.filter((one) => one.case === id);
    return el("td", { "data-label": caseName(id) }, here.length ? el("ul", { class: "plain" }, here.map(maturityOf)) : el("span", { class: "small" }, w("maturity.none")));
  })), first);
  return table(w("maturity.caption"), [w("element"), ...cases.map(({ id }) => caseName(id))], body, { class: "cards even" });
}

const scaleList = () => el("dl", { class: "facts" }, PACK.scale.map((step) => [el("dt", {}, String(step.level), " ", says(step.label)), says(step.anchor, "dd")]));

views.push({
  id: "maturity",
  title: () => w("maturity.and.measures"),
  render(root) {
    const body = el("div", {});
    const again = () => {
      const cases = PACK.cases.filter(({ id }) => !measured.case || id === measured.case);
      const measures = PACK.measures.filter((measure) => cases.some(({ id }) => id === measure.case));
      pieces.length = 0;
      const cards = part(w("measures"), measures.length ? "" : none(w("measures.none")));
      body.replaceChildren(part(w("maturity"), maturityOverview(cases, 6)), cards);
      inPieces(cards, measures, (measure) => measureCard(measure), 0);
      drawLater();
    };
    const select = el("select", { id: "measured-case", onchange: () => { measured.case = select.value; again(); } },
      [["", w("all")], ...PACK.cases.map((each) => [each.id, each.label])].map(([value, name]) => el("option", { value, selected: value === measured.case }, name)));
    add(root, heading(w("maturity.and.measures")), el("p", {}, w("maturity.lead")),
      PACK.scale.length ? opened(w("scale"), scaleList) : "",
      el("div", { class: "filters" }, el("label", { for: "measured-case" }, el("span", {}, w("case")), select)), body);
    again();
  },
  slides: () => [
    ...hasMaturity().map((element) => ({ title: w("maturity"), render: (root) => add(root, el("h2", {}, elementHead(element)), maturityTable(element)) })),
    ...PACK.measures.map((measure) => ({ title: w("measures"), at: measure.id, render: (root) => add(root, says(measure.title, "h2"), ...measureBody(measure).filter(Boolean).flat()) })),
  ],
});

// ---- changes ----
const CHANGE_ORDER = ["new", "split", "merged", "renamed", "redefined", "narrowed", "moved", "promoted", "converted", "retired", "strengthened", "weakened", "turned", "rejected"];

const changesInOrder = () => [...PACK.changes].sort((a, b) => CHANGE_ORDER.indexOf(a.kind) - CHANGE_ORDER.indexOf(b.kind));

views.push({
  id: "changes",
  title: () => w("changes"),
  inMenu: () => w("changes.menu"),
  render(root) {
    add(root, heading(w("changes")));
    if (!PACK.changes.length) return add(root, none(PACK.before ? w("changes.none", { before: PACK.before }) : w("changes.first")));
    add(root, el("p", {}, PACK.before ? w("changes.lead", { before: PACK.before }) : w("changes.first")));
    inPieces(root, changesInOrder(), changeCard, 6);
  },
  slides: () => changesInOrder().map((change) => ({ title: w("changes"), at: change.id, render: (root) => add(root, ...changeBody(change).filter(Boolean)) })),
});

// ---- questions ----
function aboutLine(question) {
  return question.about ? el("p", { class: "about" }, el("span", { class: "small" }, w("question.about"), " "), el("a", { href: hrefOf(question.about) }, nameOf(question.about))) : null;
}

views.push({
  id: "questions",
  title: () => w("questions"),
  render(root) {
    add(root, heading(w("questions")));
    if (!PACK.questions.length) return add(root, none(w("questions.none")));
    inPieces(root, PACK.questions, (question) => el("article", { class: "card", "data-anchor": question.id },
      el("h2", {}, `${PACK.questions.indexOf(question) + 1}. `, says(question.text)), aboutLine(question),
      answerBar({ kind: "question", id: question.id }, { acts: ["answer"] })), 6);
  },
  slides: () => PACK.questions.map((question) => ({ title: w("questions"), at: question.id, render: (root) => add(root, says(question.text, "p", { class: "say" })) })),
});

// ---- the sheet that the talk goes round: who keeps the frame and who takes part ----
const SIDES_OF_ARENA = ["practice", "research"];

function arenaCell(responsible, participants) {
  const here = PACK.arenas.filter((arena) => arena.responsible === responsible && arena.participants === participants);
  const now = here.some((arena) => arena.id === PACK.arena);
  return el("td", { class: now ? "now" : null }, here.map((arena) => el("p", {}, says(arena.label, arena.id === PACK.arena ? "strong" : "span"),
    arena.id === PACK.arena ? [" ", el("span", { class: "tag plain" }, w("sheet.now"))] : "")), penLines(2));
}

function sheetBody(level) {
  const asked = PACK.questions.length ? PACK.questions.map((question) => says(question.text, level)) : ["know", "doubt", "missing", "next"].map((each) => el(level, {}, w(`sheet.${each}`)));
  const placed = PACK.arenas.some((arena) => SIDES_OF_ARENA.includes(arena.responsible) && SIDES_OF_ARENA.includes(arena.participants));
  return [
    el("p", { class: "by-hand" }, w("sheet.day"), el("span", { class: "blank" }), w("sheet.present"), el("span", { class: "blank" })),
    placed ? el("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": w("sheet.caption") }, el("table", { class: "matrix" }, el("caption", {}, w("sheet.caption")),
      el("thead", {}, el("tr", {}, el("td", {}), SIDES_OF_ARENA.map((side) => el("th", { scope: "col" }, w(`sheet.takes.${side}`))))),
      el("tbody", {}, SIDES_OF_ARENA.map((responsible) => el("tr", {}, el("th", { scope: "row" }, w(`sheet.keeps.${responsible}`)),
        SIDES_OF_ARENA.map((participants) => arenaCell(responsible, participants))))))) : null,
    asked.map((question) => el("div", { class: "asked" }, question, penLines(asked.length > 3 ? 3 : 4))),
    el("div", { class: "asked" }, el(level, {}, w("sheet.agreed")), penLines(4)),
  ];
}

views.push({
  id: "sheet",
  title: () => w("sheet"),
  render(root) {
    add(root, heading(w("sheet")), el("p", {}, w("sheet.lead")), el("div", { class: "buttons" },
      el("button", { type: "button", id: "print-sheet", onclick: () => printOnly("sheet") }, w("sheet.print"))),
    el("div", { class: "sheet" }, sheetBody("h2")));
  },
});

// ---- on paper: the same, in order, with room for a pen ----
const writing = (few = false) => (ANSWERING ? penLines(few ? 2 : 4) : null);

const boxes = () => (ANSWERING ? el("p", { class: "tick" }, `☐ ${w("paper.agree")}   ☐ ${w("paper.doubt")}   ${w("paper.comment")}`) : null);

printParts.push({
  order: 10,
  render(root) {
    add(root, el("h1", {}, `${PACK.milestone.id} · `, says(PACK.milestone.title)), about(),
      PACK.study.is_synthetic ? says(PACK.study.notice, "p", { class: "notice" }) : "",
      el("p", { class: "small" }, w("start.cut", { day: day(PACK.milestone.cut_off) })),
      ANSWERING ? el("p", {}, w("paper.how")) : "",
      PACK.short.length ? el("h2", {}, w("short")) : "", PACK.short.length ? shortList() : "",
      PACK.quotes.length ? "" : el("p", { class: "notice" }, w("quotes.none")),
      el("h2", {}, w("left.out")), leftOutList());
  },
});

printParts.push({
  order: 20,
  render(root) {
    if (!PACK.claims.length) return;
    add(root, el("h2", {}, w("claims")), ...PACK.claims.map((claim, at) => el("article", { class: "card" },
      el("h3", {}, `${at + 1}. `, says(claim.text)), elementLinks(claim.elements), boxes(), writing(true))));
  },
});

printParts.push({
  order: 40,
  render(root) {
    add(root, el("h2", {}, w("elements")), el("p", { class: "small" }, w("evidence.caption"), ". ", w("count.hidden.why")), ...PACK.elements.map((element) => el("article", { class: "element" },
      el("h3", {}, elementHead(element)), el("p", {}, levelMark(element.level), " ", says(element.definition)), evidenceTable(element, true),
      quotesOf(element).map(([polarity, ids]) => [el("h4", {}, w(`said.${polarity}`)), ids.map((id) => thing("quote", id)).filter(Boolean).map((quote) => quoteFigure(quote))]),
      leftOutOf(element), boxes(), writing())));
  },
});

printParts.push({
  order: 60,
  render(root) {
    if (!hasMaturity().length) return;
    add(root, el("h2", {}, w("maturity")), scaleList(), maturityOverview(PACK.cases));
  },
});

printParts.push({
  order: 65,
  render(root) {
    if (!PACK.measures.length) return;
    add(root, el("h2", {}, w("measures")), ...PACK.measures.map((measure) => el("article", { class: `card ${measure.addresses}` },
      says(measure.title, "h3"), measureBody(measure), boxes(), writing(true))));
  },
});

printParts.push({
  order: 70,
  render(root) {
    if (!PACK.changes.length) return;
    add(root, el("h2", {}, w("changes")), ...changesInOrder().map((change) => el("article", { class: "card" }, changeBody(change))));
  },
});

printParts.push({
  order: 80,
  render(root) {
    if (!PACK.questions.length) return;
    add(root, el("h2", {}, w("questions")), ...PACK.questions.map((question, at) => el("div", { class: "asked" },
      el("h3", {}, `${at + 1}. `, says(question.text)))), ANSWERING ? el("p", { class: "small" }, w("paper.questions")) : "");
  },
});

printParts.push({
  order: 90,
  name: "sheet",
  render(root) {
    if (!ANSWERING) return;
    add(root, el("h2", { class: "new-page" }, w("sheet"), ` · ${PACK.milestone.id}`), ...sheetBody("h3").flat().filter(Boolean));
  },
});

printParts.push({
  order: 110,
  render: (root) => add(root, el("h2", {}, w("made")), madeFacts()),
});
