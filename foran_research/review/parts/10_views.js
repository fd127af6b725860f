// Reading: start, claims, elements, one element, maturity and measures, changes, questions, the sheet.
// What each of them shows stands in functions that the screen, the stage and the printer share.

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

// Words that begin or end within a sentence are shown with dots that are no part of them.
function cutMarks(words) {
  return [/^\p{Ll}/u.test(words) ? "from-within" : "", /[\p{L}\p{N},;–-]$/u.test(words) ? "goes-on" : ""].filter(Boolean).join(" ") || null;
}

function quoteFigure(quote, more = null) {
  return el("figure", { class: `quote ${quote.polarity}` },
    el("blockquote", { lang: "no", dir: "auto", class: cutMarks(quote.words) }, quote.words),
    el("figcaption", {}, mark(quote.polarity) ? [mark(quote.polarity), " · "] : "", saidBy(quote),
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

function countCell(row, name, label) {
  const n = row[name];
  const polarity = POLARITIES.includes(name) ? name : "";
  return el("td", { class: "n", "data-label": label }, n === null ? el("span", { class: "small" }, shownCount(row, name)) : [n && polarity ? el("span", { class: polarity === "promoting" ? "pro" : "inh", "aria-hidden": "true" }, polarity === "promoting" ? "▲ " : "▼ ") : "", String(n)]);
}

// ---- what is known of an element in a municipality: numbers, or why there are none ----
const NOT_LOOKED_FOR = ["not_asked", "not_codable"];
const UNSAID = [...NOT_LOOKED_FOR, "nothing_said"];
const isUnsaid = (row) => UNSAID.includes(row.state);

// What promotes and what inhibits, in one municipality or in all, where anybody was asked; null where a number may not be
// shown; nothing at all where nothing is known.
function sumsOf(element, only = "") {
  const rows = Object.entries(element.by_case).filter(([id]) => !only || id === only).map(([, row]) => row);
  if (rows.every(isUnsaid)) return null;
  const asked = rows.filter((row) => !NOT_LOOKED_FOR.includes(row.state));
  return POLARITIES.map((polarity) => (asked.some((row) => row[polarity] === null) ? null : asked.reduce((sum, row) => sum + row[polarity], 0)));
}

// Why there are no numbers, and where: "ikke spurt om: Trondheim, Bergen". Beside numbers, that nothing was said in one of
// the municipalities is part of the sum.
function statesSaid(element, only = "") {
  const rows = casesInOrder().filter(({ id }) => id in element.by_case && (!only || id === only)).map(({ id, label }) => [label, element.by_case[id].state]);
  const told = rows.every(([, state]) => UNSAID.includes(state)) ? UNSAID : NOT_LOOKED_FOR;
  return told.map((state) => [state, rows.filter(([, one]) => one === state).map(([label]) => label)]).filter(([, where]) => where.length)
    .map(([state, where]) => (where.length === rows.length ? w(`state.${state}`) : `${w(`state.${state}`)}: ${where.join(", ")}`));
}

const hiddenNote = (hidden) => (hidden ? el("p", { class: "small" }, w("count.hidden.why")) : null);

// Briefly: on paper, where what is the same for all is said once.
function evidenceTable(element, briefly = false) {
  const cases = casesInOrder(PACK.cases.filter((each) => each.id in element.by_case));
  if (!cases.length) return briefly ? null : none(w("evidence.none"));
  const states = new Set(cases.map(({ id }) => element.by_case[id].state));
  const [only] = states;
  if (states.size === 1 && UNSAID.includes(only)) return none(w(`evidence.${only}`));
  const numbers = cases.map(({ id }) => element.by_case[id]).filter((row) => !isUnsaid(row)).flatMap((row) => [row.promoting, row.inhibiting, row.documents]);
  const all = [element.documents, ...numbers];
  const inCases = cases.map(({ id }) => element.by_case[id]).filter((row) => !isUnsaid(row)).map((row) => row.documents);
  const isShared = element.documents !== null && inCases.every((n) => n !== null) && inCases.reduce((sum, n) => sum + n, 0) > element.documents;
  const told = cases.some(({ id }) => isUnsaid(element.by_case[id])) || numbers.some((n) => n !== null)
    || [element, ...cases.map(({ id }) => element.by_case[id])].some((row) => row.at_least);
  if (numbers.length && !told && element.documents === null) return briefly ? null : none(w("evidence.hidden"));
  const rows = cases.map(({ id }) => {
    const row = element.by_case[id];
    return el("tr", {}, el("th", { scope: "row" }, caseName(id)), isUnsaid(row) ? el("td", { colspan: "3", class: "state" }, w(`state.${row.state}`))
      : ["promoting", "inhibiting", "documents"].map((name) => countCell(row, name, w(name === "documents" ? name : `mark.${name}`))));
  });
  return [
    told && table(w("evidence.caption"), [w("case"), { n: w("mark.promoting") }, { n: w("mark.inhibiting") }, { n: w("documents") }], rows, { class: "narrow" }),
    numbers.length && !(briefly && element.documents === null) ? el("p", { class: "small" }, w("evidence.documents", { n: shownCount(element, "documents") }), isShared ? [" ", w("evidence.shared")] : "") : null,
    hiddenNote(!briefly && numbers.length && all.includes(null)),
  ];
}

// The quotes of an element in order: what promotes, what inhibits, the rest.
function quotesOf(element) {
  const placed = new Set([...element.promoting, ...element.inhibiting]);
  const rest = PACK.quotes.filter((quote) => quote.elements.includes(element.id) && !placed.has(quote.id)).map((quote) => quote.id);
  return [["promoting", element.promoting], ["inhibiting", element.inhibiting], ["other", rest]].filter(([, ids]) => ids.length);
}

// Quotes of the municipality that comes first, before those of others.
const ownFirst = (ids) => [true, false].flatMap((own) => ids.filter((id) => (thing("quote", id)?.case === homeCase()) === own));

function quotePart(polarity, ids) {
  const section = part(w(`said.${polarity}`));
  inPieces(section, ownFirst(ids), quoteCard, 4);
  return section;
}

function leftOutOf(element) {
  const told = Object.entries(element.left_out).filter(([, n]) => n !== 0);
  if (!told.length) return null;
  return el("p", { class: "small" }, w("left.out.here"), " ",
    told.map(([reason, n]) => `${w(`reason.${reason}`)}${n === null ? "" : ` (${n})`}`).join(", "), ".");
}

const labelsOf = (ids) => ids.map((id) => thing("element", id)?.label ?? id);
const wordsOf = (ids) => ids.map((id) => thing("quote", id)?.words ?? "");
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
  const cases = casesInOrder(PACK.cases.filter(({ id }) => element.maturity.some((one) => one.case === id)));
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

// What stands in one language only is told where the reader may not expect it: those who read nynorsk read bokmål.
const noteOfLanguage = (T) => (state.language === "en" && languageOf(T) !== "en" ? el("span", { class: "state" }, ` (${w("only.norwegian")})`) : null);

// The elements that a measure stands for: more than one where its own has been split since.
const elementsOf = (measure) => elementsInOrder(measure.elements);

function measureBody(measure) {
  return [
    el("p", {}, el("span", { class: `tag ${measure.addresses}` }, w(`addresses.${measure.addresses}`)), " · ", el("span", { class: "small" }, caseName(measure.case)),
      elementsOf(measure).map((id, at) => [at ? ", " : " · ", elementLink(id)]),
      measure.was ? [" ", el("span", { class: "small" }, `(${w("measure.was", { what: measure.was })})`)] : ""),
    el("dl", { class: "facts" },
      measure.owner ? [el("dt", {}, w("measure.owner")), el("dd", {}, roleName(measure.owner))] : null,
      measure.priority === null ? null : [el("dt", {}, w("measure.priority")), el("dd", {}, inWords("priority", measure.priority))],
      measure.status ? [el("dt", {}, w("measure.status")), el("dd", {}, w(`status.${measure.status}`))] : null,
      measure.effect ? [el("dt", {}, w("measure.effect")), el("dd", {}, w(`effect.${measure.effect}`))] : null,
      t(measure.trouble) ? [el("dt", {}, w("measure.why")), el("dd", {}, says(measure.trouble), noteOfLanguage(measure.trouble))] : null,
      t(measure.grounds) ? [el("dt", {}, w("measure.grounds")), el("dd", {}, says(measure.grounds), noteOfLanguage(measure.grounds))] : null),
    measure.steps.length ? [el("p", { class: "small lead-in" }, w("measure.steps")),
      el("ol", {}, measure.steps.map((step) => el("li", {}, says(step.text), " ",
        el("span", { class: "small" }, [period(step), step.status ? w(`status.${step.status}`) : ""].filter(Boolean).join(" · "),
          t(step.why) ? [": ", says(step.why), noteOfLanguage(step.why)] : ""))))] : null,
  ];
}

const REACT = ["agree", "doubt", "comment"];
const react = (kind, id) => answerBar({ kind, id }, { acts: REACT });

function measureCard(measure, level = "h3") {
  return el("article", { class: `card ${measure.addresses}`, "data-anchor": measure.id }, says(measure.title, level), measureBody(measure), react("measure", measure.id));
}

function changeBody(change) {
  return [
    el("p", {}, el("span", { class: "tag plain" }, w(`change.${change.kind}`)), " · ", says(change.what)),
    t(change.why) ? el("p", {}, el("span", { class: "small" }, w("change.why"), " "), says(change.why), noteOfLanguage(change.why)) : null,
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
    claim.quotes.length ? opened(wn("claim.quotes", claim.quotes.length), () => claim.quotes.map(quoteCard)) : none(w("claim.quotes.none")),
    react("claim", claim.id));
}

const leftOut = () => PACK.left_out.filter((one) => one.count !== 0);

function leftOutList() {
  const told = leftOut();
  if (!told.length) return none(w("left.out.nothing"));
  return el("ul", {}, told.map((one) => el("li", {}, one.count === null ? "" : [el("strong", {}, `${one.count}:`), " "], says(one.what))));
}

// What the pack rests on: how much there is from each municipality.
const restsOn = () => el("ul", {}, ofCases(PACK.rests_on, PACK.cases).map(({ text }) => says(text, "li")));

const madeFacts = () =>
  el("dl", { class: "facts" }, PACK.made.map(([name, value]) => [says(name, "dt"), says(value, "dd")]));

const about = () => says(PACK.study.title, "p", { class: "lead" });
const shortList = () => el("ul", { class: "short" }, PACK.short.map((T) => says(T, "li")));

// An arena's name says little to those who have not been told: who keeps the frame, and who takes part.
const arenaKind = (arena) => (arena?.responsible && arena.participants ? w(`arena.kind.${arena.responsible}.${arena.participants}`) : "");

function abbreviationList() {
  return el("dl", { class: "facts" }, PACK.abbreviations.map(({ short, long, text }) => [el("dt", {}, el("abbr", {}, short)),
    el("dd", {}, says(long), t(text) ? [". ", says(text)] : "")]));
}

// Asked once, on the first page; what is chosen orders what is shown and goes nowhere.
function homeBox() {
  const select = el("select", { id: "my-home", "aria-describedby": "my-home-help", onchange: () => {
    state.home = select.value;
    keepLooks();
    emit("home");
    announce(w(state.home ? "home.chosen" : "home.none.chosen", { where: caseName(state.home) }));
  } }, el("option", { value: "" }, w("choose.none")), PACK.cases.map(({ id, label }) => el("option", { value: id, selected: id === state.home }, label)));
  return el("div", { class: "choose home" }, el("label", { for: "my-home" }, w("home")), select, el("p", { class: "small", id: "my-home-help" }, w("home.help")));
}

// ---- start ----
views.push({
  id: "start",
  title: () => w("start"),
  render(root) {
    const arena = PACK.arenas.find(({ id }) => id === PACK.arena);
    const held = [["claims", "claims"], ["elements", "elements"], ["networks", "networks"], ["maturity", "measures"], ["changes", "changes"], ["questions", "questions"]];
    add(root,
      heading(w("start.title", { milestone: t(PACK.milestone.title) })),
      about(),
      PACK.study.is_synthetic ? says(PACK.study.notice, "p", { class: "notice" }) : "",
      el("p", { class: "small" }, w("start.cut", { day: day(PACK.milestone.cut_off) }),
        PACK.arena ? ` ${w("start.arena", { arena: arenaName(PACK.arena) })} ${arenaKind(arena)}` : ""),
      ANSWERING ? otherEditionsNotice() : "",
      PACK.milestone.case || PACK.cases.length < 2 ? "" : homeBox(),
      PACK.short.length ? el("section", { class: "box" }, el("h2", {}, w("short")), shortList()) : "",
      ANSWERING ? part(w("how"), el("ol", {}, ["read", "answer", "save", "send"].map((step) => el("li", {}, w(`how.${step}`)))),
        el("p", { class: "small" }, w("how.paper"))) : "",
      part(w("holds"), el("ul", { class: "numbers" }, held.filter(([view, key]) => viewOf(view) && PACK[key].length)
        .map(([view, key]) => el("li", {}, el("a", { href: hashOf(view) }, el("b", {}, String(PACK[key].length)), " ", wn(`holds.${key}`, PACK[key].length))))),
        PACK.quotes.length ? "" : el("p", { class: "notice" }, w("quotes.none"))),
      PACK.rests_on.length ? opened(w("rests"), restsOn) : "",
      part(w("left.out"), leftOutList(), el("p", { class: "small" }, w("left.out.why"))),
      ANSWERING ? part(w("whole"), answerBar({ kind: "pack", id: PACK.id }, { acts: ["comment", "new_element"] })) : "",
      PACK.abbreviations.length ? part(w("abbreviations"), abbreviationList()) : "",
      part(w("made"), madeFacts()),
    );
  },
  texts: () => [PACK.study.title, PACK.milestone.title, PACK.short, PACK.left_out.map(({ what }) => what), PACK.made.flat()],
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
  texts: () => PACK.claims.map((claim) => [claim.text, labelsOf(claim.elements), wordsOf(claim.quotes)]),
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

// What is told of a change is told of all municipalities; a quote and a measure are of one.
function isOfCase(id, only) {
  const one = thing("quote", id) ?? thing("measure", id);
  return !only || !one || one.case === only;
}

function elementsFound() {
  const asked = folded(sought.words).split(/\s+/).filter(Boolean);
  return PACK.elements.filter((element) => {
    const here = sought.case ? element.by_case[sought.case] : null;
    const said = folded(`${element.display} ${t(element.label)} ${t(element.brief)} ${t(element.definition)} ${element.id}`);
    return (!sought.level || element.level === sought.level)
      && (!sought.case || (here && !isUnsaid(here)))
      && (!sought.kind || element[sought.kind].some((id) => isOfCase(id, sought.case)))
      && asked.every((word) => said.includes(word));
  });
}

// How many quotes of a polarity are shown, of one municipality or of all.
const quotesShown = (element, polarity, only = "") => element[polarity].map((id) => thing("quote", id)).filter((quote) => quote && (!only || quote.case === only)).length;

// Where no number may be shown, the quotes that are shown can be counted by anybody.
function evidenceOfQuotes(element, only) {
  const found = POLARITIES.map((polarity) => [polarity, quotesShown(element, polarity, only)]).filter(([, n]) => n);
  if (!found.length) return el("span", { class: "state" }, w("model.hidden"));
  return found.map(([polarity, n]) => [el("span", { class: polarity === "promoting" ? "pro" : "inh" }, w(`mark.${polarity}`), ": ", wn("model.quotes", n)), " "]);
}

// A number that is not shown may be nought: the sign stands only beside a number or where it is said that there is none to see.
function evidenceShort(element, only = "") {
  const sums = sumsOf(element, only);
  const row = element.by_case[only];
  const unknown = (polarity) => !row?.at_least?.[polarity];
  const told = !sums ? null : sums.every((sum) => sum === null) && POLARITIES.every(unknown) ? evidenceOfQuotes(element, only)
    : POLARITIES.map((polarity, at) => (sums[at] === 0 ? null : [el("span", { class: polarity === "promoting" ? "pro" : "inh" },
      w(`mark.${polarity}`), sums[at] === null ? [": ", shownCount(row ?? { [polarity]: null }, polarity)] : ` ${sums[at]}`), " "]));
  return el("span", { class: "evidence" }, told, " ", statesSaid(element, only).map((words) => [el("span", { class: "state" }, words), " "]));
}

function elementRow(element) {
  return el("li", { class: thing("element", element.parent) ? "child" : null }, elementLink(element.id), " ", evidenceShort(element, sought.case), says(element.brief, "p", { class: "small" }));
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
        chosen("level", w("level"), LEVELS_HERE.map((level) => [level.id, t(level.label)])),
        chosen("case", w("case"), casesInOrder().map((each) => [each.id, each.label])),
        chosen("kind", w("with"), ["promoting", "inhibiting", "measures", "changed"].map((kind) => [kind, w(`with.${kind}`)]))),
      told, holder);
    anew();
  },
  texts: () => PACK.elements.map(({ label, brief }) => [label, brief]),
  slides: () => PACK.elements.map((element) => ({ title: w("elements"), at: element.id, render: (root) => elementSlide(root, element) })),
});

function elementSlide(root, element) {
  const first = POLARITIES.map((polarity) => ownFirst(element[polarity])[0]).filter(Boolean).map((id) => thing("quote", id)).filter(Boolean);
  add(root,
    el("h2", {}, el("span", { class: `code ${element.level}` }, element.display), " ", says(element.label)),
    says(element.brief, "p", { class: "say" }),
    element.note && !Object.keys(element.by_case).length ? el("p", {}, levelMark(element.level), " ", says(element.note)) : el("p", {}, levelMark(element.level), " ", PACK.milestone.case ? [el("span", { class: "small" }, caseName(PACK.milestone.case), ": "), evidenceShort(element, PACK.milestone.case)] : evidenceShort(element)),
    ...[...new Set(first)].map((quote) => quoteFigure(quote)));
}

// ---- one element ----
function elementHead(element) {
  return [el("span", { class: `code ${element.level}` }, element.display), " ", says(element.label)];
}

const partsOf = (element) => element.children.map((id) => thing("element", id)).filter(Boolean);

function family(element) {
  const parts = partsOf(element);
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
      says(element.brief, "p", { class: "lead" }),
      t(element.definition) && t(element.definition) !== t(element.brief) ? opened(w("definition"), () => says(element.definition, "p")) : "",
      ...family(element).filter(Boolean),
      answerBar({ kind: "element", id: element.id }, { acts: ["agree", "doubt", "comment", "rename"] }),
      part(w("evidence"), element.note && !Object.keys(element.by_case).length ? "" : evidenceTable(element), element.note ? says(element.note, "p", { class: "small" }) : ""),
      ...quotesOf(element).map(([polarity, ids]) => quotePart(polarity, ids)),
      // Of a part, what is said stands with the whole: its note has told so.
      quotesOf(element).length || (element.parent && element.note) ? "" : part(w("said"), none(w("said.none"))),
      leftOutOf(element) ?? "",
      claims.length ? part(w("claims"), claims.map((claim) => claimCard(claim))) : "",
      part(w("maturity"), maturityTable(element),
        ANSWERING ? answerBar({ kind: "element", id: element.id }, { acts: ["maturity"] }) : ""),
      element.measures.length ? part(w("measures"), element.measures.map((id) => thing("measure", id)).filter(Boolean).map((measure) => measureCard(measure))) : "",
      element.changed.length ? part(w("changes"), element.changed.map((id) => thing("change", id)).filter(Boolean).map(changeCard)) : "",
    );
  },
  texts: (anchor) => {
    const element = thing("element", anchor);
    return element ? [element.label, element.brief, element.definition, labelsOf([element.parent, ...element.children]), quotesOf(element).map(([, ids]) => wordsOf(ids)),
      PACK.claims.filter((claim) => claim.elements.includes(element.id)).map((claim) => claim.text), element.measures.map((id) => textsOfMeasure(thing("measure", id))),
      element.changed.map((id) => [thing("change", id)?.what, thing("change", id)?.why])] : [];
  },
});

// ---- maturity and measures ----
const textsOfMeasure = (measure) => (measure ? [measure.title, measure.grounds, measure.trouble, measure.steps.map((step) => [step.text, step.why])] : []);

// Only municipalities of which the pack can tell: a pack of one says nothing of what the others have or lack.
const MEASURED = new Set([PACK.elements.flatMap((element) => element.maturity), PACK.measures, PACK.targets, PACK.next_steps].flat().map((one) => one.case));
const measuredCases = () => casesInOrder().filter(({ id }) => !PACK.milestone.case || id === PACK.milestone.case || MEASURED.has(id));

const measured = { case: "" };

// ---- targets and next steps ----
const reachedWord = (target) => w(target.reached === null ? "target.unknown" : target.reached ? "target.reached" : "target.not.yet");

// Columns that say something of these targets: a municipality where there are more, a day and a reason where any has one.
function targetColumns(targets, briefly) {
  const reasons = new Set(targets.map(({ reason }) => t(reason)));
  const columns = [
    [w("case"), new Set(targets.map((target) => target.case)).size > 1, (target) => caseName(target.case)],
    [w("target.side"), true, (target) => w(`side.${target.side}`)],
    [w("target.level"), true, (target) => [el("b", {}, String(target.level)), scaleOf(target.level) ? [" ", says(scaleOf(target.level).label)] : ""]],
    [w("target.by"), targets.some((target) => t(target.by)), (target) => t(target.by)],
    [w("target.is"), true, (target) => [target.reached ? el("span", { "aria-hidden": "true" }, "✓ ") : "", reachedWord(target)]],
    [w("measure.grounds"), !briefly && reasons.size > 1, (target) => (t(target.reason) ? [says(target.reason), noteOfLanguage(target.reason)] : "")],
  ];
  return columns.filter(([, isShown]) => isShown);
}

// Briefly: on a screen, without reasons.
function targetsTable(targets, briefly = false) {
  const columns = targetColumns(targets, briefly);
  const { reason } = targets[0];
  return [
    // What is said of all of them is said once.
    !briefly && t(reason) && targets.every((target) => t(target.reason) === t(reason)) ? el("p", {}, el("span", { class: "small" }, w("measure.grounds"), ": "), says(reason), noteOfLanguage(reason)) : "",
    table(w("targets.caption"), [w("element"), ...columns.map(([head]) => head)], targets.map((target) => el("tr", {},
      el("th", { scope: "row" }, thing("element", target.element) ? elementLink(target.element) : target.element),
      columns.map(([head, , tell]) => el("td", { "data-label": head, class: tell(target) === "" ? "nothing" : null }, tell(target) || "–")))), { class: "cards" }),
  ];
}

function targetsPart(targets) {
  const known = targets.filter((target) => target.reached !== null);
  return targets.length ? part(w("targets"), known.length ? el("p", {}, wn("targets.reached", known.length, { reached: known.filter((target) => target.reached).length })) : "",
    targetsTable(targets)) : null;
}

function nextList(next) {
  return el("ul", {}, next.map((one) => {
    const measure = thing("measure", one.measure);
    return el("li", {}, PACK.milestone.case ? "" : el("span", { class: "small" }, caseName(one.case), ": "), says(one.text), noteOfLanguage(one.text),
      measure ? el("span", { class: "small" }, " – ", el("a", { href: hrefOf({ kind: "measure", id: measure.id }) }, says(measure.title))) : "");
  }));
}

const ofCases = (all, cases) => casesInOrder(cases).flatMap(({ id }) => all.filter((one) => one.case === id));
const inHands = (all, most) => Array.from({ length: Math.ceil(all.length / most) }, (_, at) => all.slice(at * most, (at + 1) * most));

const hasMaturity = () => PACK.elements.filter((element) => element.maturity.length);

function maturityOverview(cases, first = Infinity) {
  const shown = hasMaturity().filter((element) => element.maturity.some((one) => cases.some(({ id }) => id === one.case)));
  if (!shown.length) return none(w("maturity.nobody"));
  const body = el("tbody", {});
  cases = casesInOrder(cases).filter(({ id }) => shown.some((element) => element.maturity.some((one) => one.case === id)));
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
      const cases = measuredCases().filter(({ id }) => !measured.case || id === measured.case);
      const measures = ofCases(PACK.measures, cases);
      const next = ofCases(PACK.next_steps, cases);
      pieces.length = 0;
      const cards = part(w("measures"), measures.length ? "" : none(w("measures.none")));
      body.replaceChildren();
      add(body, part(w("maturity"), maturityOverview(cases, 6)), targetsPart(ofCases(PACK.targets, cases)),
        next.length ? part(w("next"), nextList(next)) : null, cards);
      inPieces(cards, measures, (measure) => measureCard(measure), 0);
      drawLater();
    };
    const select = el("select", { id: "measured-case", onchange: () => { measured.case = select.value; again(); } },
      [["", w("all")], ...measuredCases().map((each) => [each.id, each.label])].map(([value, name]) => el("option", { value, selected: value === measured.case }, name)));
    add(root, heading(w("maturity.and.measures")), el("p", {}, w("maturity.lead")), ANSWERING && hasMaturity().length ? el("p", {}, w("maturity.how")) : "",
      PACK.scale.length ? opened(w("scale"), scaleList) : "",
      measuredCases().length > 1 ? el("div", { class: "filters" }, el("label", { for: "measured-case" }, el("span", {}, w("case")), select)) : "", body);
    again();
  },
  texts: () => [hasMaturity().map(({ label }) => label), PACK.scale.map(({ label, anchor }) => [label, anchor]), PACK.measures.map(textsOfMeasure),
    labelsOf(PACK.targets.map((target) => target.element)), PACK.targets.map(({ reason }) => reason), PACK.next_steps.map(({ text }) => text)],
  slides: () => [
    ...hasMaturity().map((element) => ({ title: w("maturity"), render: (root) => add(root, el("h2", {}, elementHead(element)), maturityTable(element)) })),
    ...casesInOrder().flatMap(({ id }) => inHands(ofCases(PACK.targets, [{ id }]), 8)).map((targets) => ({ title: w("targets"), render: (root) =>
      add(root, el("h2", {}, `${w("targets")}: ${caseName(targets[0].case)}`), targetsTable(targets, true)) })),
    ...inHands(ofCases(PACK.next_steps, PACK.cases), 6).map((next) => ({ title: w("next"), render: (root) => add(root, el("h2", {}, w("next")), nextList(next)) })),
    ...PACK.measures.map((measure) => ({ title: w("measures"), at: measure.id, render: (root) => add(root, says(measure.title, "h2"), ...measureBody(measure).filter(Boolean).flat()) })),
  ],
});

// ---- changes ----
const CHANGE_ORDER = ["new", "split", "merged", "renamed", "redefined", "narrowed", "moved", "promoted", "converted", "retired", "strengthened", "weakened", "turned", "rejected", "measure_new", "measure_status"];

const changesInOrder = () => [...PACK.changes].sort((a, b) => CHANGE_ORDER.indexOf(a.kind) - CHANGE_ORDER.indexOf(b.kind));

// Since which model changes are told, and what can be compared with it.
function changesSince() {
  if (!PACK.before) return w("changes.first");
  const words = PACK.changes.length ? { same: "changes.lead", other: "changes.lead.other" } : { same: "changes.none", other: "changes.none.other" };
  return w(words[PACK.before_kind], { before: w("changes.before", { id: PACK.before, title: t(PACK.before_title) }) });
}

views.push({
  id: "changes",
  title: () => w("changes"),
  inMenu: () => w("changes.menu"),
  render(root) {
    add(root, heading(w("changes")));
    add(root, el("p", {}, changesSince()));
    inPieces(root, changesInOrder(), changeCard, 6);
  },
  texts: () => PACK.changes.map((change) => [change.what, change.why, labelsOf(change.elements)]),
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
  texts: () => PACK.questions.map((question) => [question.text, question.about ? nameOf(question.about) : ""]),
  slides: () => PACK.questions.map((question) => ({ title: w("questions"), at: question.id, render: (root) => add(root, says(question.text, "p", { class: "say" }), aboutLine(question)) })),
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
  const asked = PACK.questions.length ? PACK.questions.map((question) => [says(question.text, level), aboutLine(question)]) : ["know", "doubt", "missing", "next"].map((each) => el(level, {}, w(`sheet.${each}`)));
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
const writing = (few = false) => (ANSWERING ? penLines(few ? 2 : 3) : null);

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
      PACK.rests_on.length ? [el("h2", {}, w("rests")), restsOn()] : "",
      PACK.abbreviations.length ? [el("h2", {}, w("abbreviations")), abbreviationList()] : "",
      el("h2", {}, w("left.out")), leftOutList());
  },
});

printParts.push({
  order: 20,
  render(root) {
    if (!PACK.claims.length) return;
    add(root, el("h2", {}, w("claims")), ...PACK.claims.map((claim, at) => el("article", { class: "card" },
      el("h3", {}, `${at + 1}. `, says(claim.text)), labelsOf(claim.elements).every((label) => t(claim.text).includes(t(label))) ? "" : elementLinks(claim.elements), boxes(), writing(true))));
  },
});

printParts.push({
  order: 40,
  render(root) {
    add(root, el("h2", { class: "new-page" }, w("elements")), el("p", { class: "small lead-in" }, w("evidence.caption"), ". ", w("count.hidden.why")), ...PACK.elements.map((element) => el("article", { class: "element" },
      el("h3", {}, elementHead(element)), el("p", {}, levelMark(element.level), " ", says(element.brief)), evidenceTable(element, true),
      quotesOf(element).flatMap(([, ids]) => ids.map((id) => thing("quote", id)).filter(Boolean).map((quote) => quoteFigure(quote))), boxes(), writing(Boolean(thing("element", element.parent))))));
  },
});

printParts.push({
  order: 60,
  render(root) {
    if (!hasMaturity().length) return;
    add(root, el("div", { class: "kept-whole" }, el("h2", {}, w("maturity")), scaleList()), maturityOverview(PACK.cases));
  },
});

printParts.push({
  order: 62,
  render(root) {
    const [targets, next] = [ofCases(PACK.targets, PACK.cases), ofCases(PACK.next_steps, PACK.cases)];
    add(root, el("div", { class: "kept-whole" }, targetsPart(targets)), next.length ? part(w("next"), nextList(next)) : null);
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
    add(root, el("h2", {}, w("changes")), el("p", { class: "lead-in" }, changesSince()), ...changesInOrder().map((change) =>
    // A measure stands further ahead with lines of its own.
    el("article", { class: "card" }, changeBody(change), boxes(), change.kind.startsWith("measure_") ? "" : writing(true))));
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
  order: 80,
  render: (root) => add(root, el("div", { class: "kept-whole" }, el("h2", {}, w("made")), madeFacts())),
});
