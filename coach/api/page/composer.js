// @ts-check
// The composer: checks while you type, coaches when asked. Nobody's text is ever read as HTML.

/** @typedef {{start: number, end: number}} Span in UTF-16 code units, as JavaScript slices */
/** @typedef {Span & {text: string}} Change `text` was put where the span stood */
/** @typedef {Span | null} Place null: somebody has changed the text right there */
/** @typedef {{rule: string, severity: "error" | "warning", message: string, why: string, quote: string, suggestion: string | null, span: Place}} Finding */
/** @typedef {{span: Place, original: string, replacement: string, rules: string[], why: string, taken: boolean}} Edit */
/** @typedef {{response: any, edits: Edit[]}} Answer */
/** @typedef {{message: string, facts: string, channel: string, draft: string, policies: Record<string, string>[], answer?: Answer | null, reply?: string}} State */

const CHECK_AFTER_MS = 250;
const STORE = "reply-coach";
const TAGS = { error: "please change", warning: "worth a look" };
/** @type {Record<string, string>} */
const FIELDS = { customer_message: "What the customer wrote", draft: "Your draft", facts: "What you know, line", policies: "Policy" };

/** @type {Map<string, string>} */
const ruleNames = new Map();
/** @type {Answer | null} */
let answer = null;
/** @type {AbortController | null} */
let running = null;
let undoTo = "";

// Small things

/** @param {string} id @returns {any} */
const $ = (id) => document.getElementById(id);
/** @param {string} id of a template @returns {any} */
const copyOf = (id) => $(id).content.firstElementChild.cloneNode(true);
/** @param {number} n @param {string} thing */
const count = (n, thing) => `${n} ${thing}${n === 1 ? "" : "s"}`;
/** Line ends as a text field has them. @param {string} text */
const plain = (text) => text.replace(/\r\n?/g, "\n");
/** @param {string} id */
const ruleName = (id) => ruleNames.get(id) ?? id.replaceAll("-", " ");

/** Put texts into parts of an element; a part without text is hidden. @param {Element} element @param {Record<string, string>} texts */
function fill(element, texts) {
  for (const [selector, text] of Object.entries(texts)) {
    const part = /** @type {HTMLElement} */ (element.querySelector(selector));
    part.textContent = text;
    part.hidden = !text;
  }
}

/** @param {string} id of a list, hidden when it is empty @param {string[]} lines */
function showLines(id, lines) {
  $(id).replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  $(id).hidden = !lines.length;
}

// Where things stand in a text that changes

/** The one change that makes `after` of `before`. @param {string} before @param {string} after @returns {Change} */
function changeBetween(before, after) {
  const shorter = Math.min(before.length, after.length);
  let [start, tail] = [0, 0];
  while (start < shorter && before[start] === after[start]) start++;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}

/** @param {Place} span @param {Change} change somewhere before it @returns {Place} */
function shifted(span, { start, end, text }) {
  const by = text.length - (end - start);
  return span && { start: span.start + by, end: span.end + by };
}

/** @param {Place} span @param {Change} change @returns {Place} */
function moved(span, change) {
  if (!span || span.end <= change.start) return span;
  return span.start >= change.end ? shifted(span, change) : null;
}

/** Findings or edits of the service's, with their spans. @param {any[]} found @returns {any[]} */
const withSpans = (found) => found.map((one) => ({ ...one, span: { start: one.start_utf16, end: one.end_utf16 } }));

// Talking to the service

/** What went wrong, in words for the person at the keyboard. */
class Problem extends Error {
  /** @type {string[]} */
  fields = [];
}

/** @param {any} problem as in RFC 9457 */
function problemOf({ title, detail, errors, retry_after_s: wait }) {
  const words = detail || title || "The coach could not answer.";
  const problem = new Problem(wait ? `${words} Try again in ${count(Math.ceil(wait), "second")}.` : words);
  problem.fields = (errors ?? []).map((/** @type {any} */ { field, message }) => `${fieldName(field)}: ${message}`);
  return problem;
}

/** "policies[1].text" becomes "Policy 2". @param {string} path */
function fieldName(path) {
  const [, name = path, index] = /^(\w+)(?:\W+(\d+))?/.exec(path) ?? [];
  return (FIELDS[name] ?? path) + (index ? ` ${Number(index) + 1}` : "");
}

/** @param {unknown} error @returns {Problem} */
function wordsFor(error) {
  return error instanceof Problem ? error : new Problem("The coach cannot be reached right now. What you typed is safe.");
}

/** @param {string} path @param {object} body @param {AbortSignal} signal @param {string} accept */
async function post(path, body, signal, accept = "application/json") {
  const headers = { "Content-Type": "application/json", Accept: accept };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  if (!response.ok) throw problemOf(await response.json().catch(() => ({})));
  return response;
}

/** The events of a `text/event-stream`. @param {ReadableStream<any>} body */
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let [rest, name, data] = ["", "", /** @type {string[]} */ ([])];
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const lines = (rest + read.value).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [, field, value] = /** @type {string[]} */ (/^([^:]*):? ?(.*)$/.exec(line));
        if (field === "event") name = value;
        if (field === "data") data.push(value);
        if (line) continue;
        if (data.length) yield { name, data: JSON.parse(data.join("\n")) };
        [name, data] = ["", []];
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** What both endpoints are told. Without policies the service goes by its own. */
function context() {
  const lines = /** @type {string[]} */ ($("facts").value.split("\n"));
  const policies = readPolicies()
    .map(({ title, text }, i) => ({ id: `policy-${i + 1}`, title, text: text || title }))
    .filter(({ text }) => text);
  const facts = lines.map((line) => line.trim()).filter(Boolean);
  return { customer_message: $("message").value, facts, ...(policies.length && { policies }) };
}

/** A field that underlines what the check finds, with a list of the reasons. */
class Editor {
  text = "";
  /** @type {Finding[]} */
  findings = [];
  #timer = 0;
  #request = new AbortController();
  #listed = "";

  /** @param {string} name @param {(change: Change, by?: Edit) => void} changed @param {() => void} checked */
  constructor(name, changed, checked = () => {}) {
    this.area = $(name);
    this.mirror = $(`${name}-mirror`);
    this.state = $(`${name}-state`);
    this.list = $(`${name}-findings`);
    this.changed = changed;
    this.checked = checked;
    this.area.addEventListener("input", () => this.#settle(changeBetween(this.text, this.area.value)));
    document.addEventListener("selectionchange", () => this.#pointOut());
  }

  /** @param {Span} span @param {string} text @param {Edit} [by] */
  replace(span, text, by) {
    this.area.setRangeText(text, span.start, span.end, "end");
    this.#settle({ ...span, text }, by);
  }

  /** @param {string} text @param {Finding[]} [findings] where they are known already */
  put(text, findings, language = "") {
    this.replace({ start: 0, end: this.text.length }, text);
    if (findings) clearTimeout(this.#timer);
    if (findings) this.show(findings, language);
  }

  /** @param {Finding[]} findings @param {string} language @param {unknown} [problem] */
  show(findings, language, problem) {
    this.findings = findings;
    this.#drawMirror();
    this.#drawList();
    if (!this.text.trim()) this.state.textContent = "";
    else if (problem) this.state.textContent = `Not checked. ${wordsFor(problem).message}`;
    else if (findings.length) this.state.textContent = `${count(findings.length, "thing")} to look at`;
    else if (["en", "und"].includes(language)) this.state.textContent = "Nothing here that the check minds.";
    else this.state.textContent = "Hardly checked: most rules read English only.";
    this.checked();
  }

  checkSoon() {
    this.#request.abort();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), CHECK_AFTER_MS);
  }

  async #check() {
    const { text } = this;
    const { signal } = (this.#request = new AbortController());
    if (!text.trim()) return this.show([], "");
    try {
      const { findings, language } = await (await post("/v1/checks", { ...context(), text }, signal)).json();
      if (text === this.text) this.show(withSpans(findings), language);
    } catch (problem) {
      if (!signal.aborted) this.show([], "", problem);
    }
  }

  /** @param {Change} change @param {Edit} [by] */
  #settle(change, by) {
    this.text = this.area.value;
    for (const finding of this.findings) finding.span = moved(finding.span, change);
    this.#drawMirror();
    this.changed(change, by);
    this.checkSoon();
  }

  #drawMirror() {
    const nodes = [];
    let done = 0;
    for (const { span, severity } of this.findings) {
      if (!span || span.end <= done) continue;
      const start = Math.max(done, span.start);
      const mark = Object.assign(document.createElement("mark"), { className: severity });
      mark.textContent = this.text.slice(start, span.end);
      nodes.push(this.text.slice(done, start), mark);
      done = span.end;
    }
    this.mirror.replaceChildren(...nodes, `${this.text.slice(done)}\n`);
  }

  /** Draw the list anew only if it reads differently: what has the focus or is folded open must not vanish. */
  #drawList() {
    const listed = JSON.stringify(this.findings.map(({ rule, quote, suggestion }) => [ruleName(rule), quote, suggestion]));
    if (listed === this.#listed) return;
    this.#listed = listed;
    this.list.replaceChildren(...this.findings.map((finding, index) => this.#item(finding, index)));
  }

  /** @param {Finding} finding @param {number} index */
  #item({ rule, severity, message, why, quote, suggestion }, index) {
    const item = copyOf("finding-item");
    const apply = suggestion ? `Write “${suggestion}” instead` : suggestion === "" ? "Take these words out" : "";
    fill(item, { ".rule": ruleName(rule), ".tag": TAGS[severity], ".quote": quote, ".message": message, ".why": why, ".apply": apply });
    item.querySelector(".quote").classList.add(severity);
    item.querySelector(".quote").addEventListener("click", () => this.#select(this.findings[index]));
    item.querySelector(".apply").addEventListener("click", () => this.#apply(this.findings[index]));
    return item;
  }

  /** @param {Finding} finding */
  #select({ span }) {
    this.area.focus();
    if (span) this.area.setSelectionRange(span.start, span.end);
  }

  /** @param {Finding} finding */
  #apply({ span, suggestion, quote }) {
    if (!span || suggestion === null) return;
    offerUndo(`“${quote}” is changed.`, () => this.replace(span, suggestion));
    $("undo").focus();
  }

  /** Show in the list what the cursor stands on. */
  #pointOut() {
    const at = document.activeElement === this.area ? this.area.selectionStart : -1;
    this.findings.forEach(({ span }, i) => this.list.children[i]?.classList.toggle("here", !!span && span.start <= at && at <= span.end));
  }
}

const draft = new Editor("draft", draftChanged);
const reply = new Editor("reply", save, () => answer && showVerdict(answer.response));

// What was typed: kept in this tab, and never lost to a button

/** @param {Record<string, string>} policy */
function addPolicy({ title, text }) {
  const row = copyOf("policy-row");
  row.querySelector(".title").value = title;
  row.querySelector(".text").value = text;
  row.querySelector(".remove").addEventListener("click", () => {
    offerUndo("The policy is removed.", () => row.remove());
    contextChanged();
    $("undo").focus();
  });
  $("policies").append(row);
  return row;
}

function readPolicies() {
  const text = (/** @type {Element} */ row, /** @type {string} */ part) => /** @type {any} */ (row.querySelector(part)).value.trim();
  return [...$("policies").children].map((row) => ({ title: text(row, ".title"), text: text(row, ".text") }));
}

/** @returns {State} */
function read() {
  const [message, facts, channel] = ["message", "facts", "channel"].map((id) => $(id).value);
  return { message, facts, channel, draft: draft.text, policies: readPolicies(), answer, reply: reply.text };
}

/** @param {Partial<State>} state */
function load({ message = "", facts = "", channel = "email", draft: text = "", policies = [], answer: found = null, reply: own }) {
  answer = null;
  Object.entries({ message, facts, channel }).forEach(([id, value]) => ($(id).value = value));
  $("policies").replaceChildren();
  (policies.length ? policies : [{ title: "", text: "" }]).forEach(addPolicy);
  draft.put(text);
  showAnswer(found, own);
}

function save() {
  try {
    sessionStorage.setItem(STORE, JSON.stringify(read()));
  } catch {} // switched off, or full: the page works without
}

function contextChanged() {
  save();
  draft.checkSoon();
}

/** @param {string} done in words @param {() => void} action */
function offerUndo(done, action) {
  const { message, facts, draft: text, policies } = read();
  undoTo = JSON.stringify(read());
  action();
  $("notice").hidden = ![message, facts, text, ...policies.map((policy) => policy.title + policy.text)].some((typed) => typed.trim());
  $("notice-text").textContent = done;
}

function undo() {
  load(JSON.parse(undoTo));
  $("notice").hidden = true;
  draft.area.focus();
}

// Coaching

async function coach() {
  if (running) return;
  if (!$("message").value.trim()) {
    showProblem(new Problem("Paste what the customer wrote first."));
    return $("message").focus();
  }
  const { signal } = (running = new AbortController());
  const request = { ...context(), draft: draft.text, channel: $("channel").value };
  startWriting();
  try {
    const response = await listen(await post("/v1/replies", request, signal, "text/event-stream"), request.draft);
    if (answer && reply.text !== answer.response.reply) offerUndo("A new reply stands in place of the one you changed.", () => {});
    showAnswer(answerOf(response, request.draft));
  } catch (problem) {
    $("writing-title").textContent = "This is only part of a reply";
    if (!signal.aborted) showProblem(wordsFor(problem));
  }
  endWriting(signal.aborted);
}

/** @param {Response} stream @param {string} sent the draft that it is about @returns {Promise<any>} */
async function listen(stream, sent) {
  for await (const { name, data } of eventsOf(/** @type {any} */ (stream.body))) {
    if (name === "check" && data.findings.length && draft.text === sent) draft.show(withSpans(data.findings), "en");
    if (name === "sentence") showSentence(data);
    if (name === "problem") throw problemOf(data);
    if (name === "result") return data;
  }
  throw new Problem("The answer broke off before its end. Please try again.");
}

/** @param {any} response @param {string} sent the draft, which may have changed since @returns {Answer} */
function answerOf(response, sent) {
  const since = changeBetween(sent, draft.text);
  const edits = withSpans(response.edits).map((edit) => ({
    ...edit,
    original: plain(edit.original),
    replacement: plain(edit.replacement),
    span: sent === draft.text ? edit.span : moved(edit.span, since),
    taken: false,
  }));
  return { response: { ...response, reply: response.reply && plain(response.reply) }, edits };
}

/** @param {Problem} [problem] */
function showProblem(problem) {
  $("problem").hidden = !problem;
  $("problem-text").textContent = problem?.message ?? "";
  showLines("problem-fields", problem?.fields ?? []);
}

function startWriting() {
  const started = Date.now();
  const tick = () => {
    $("elapsed").textContent = `${Math.round((Date.now() - started) / 1000)} s`;
    if (running) setTimeout(tick, 1000);
  };
  tick();
  showProblem();
  $("sentences").replaceChildren();
  $("writing-title").textContent = "Writing your reply";
  Object.entries({ result: false, writing: false, elapsed: false, stop: false, answer: true }).forEach(([id, hidden]) => ($(id).hidden = hidden));
  $("coach").disabled = true;
  $("result").scrollIntoView();
  $("stop").focus({ preventScroll: true });
}

/** A sentence under a number that came before takes the place of that one and of all after it. @param {{index: number, text: string}} sentence */
function showSentence({ index, text }) {
  while ($("sentences").children.length > index) $("sentences").lastChild.remove();
  $("sentences").append(Object.assign(document.createElement("span"), { textContent: text }));
}

/** @param {boolean} stopped */
function endWriting(stopped) {
  const done = !stopped && $("problem").hidden;
  const waiting = [$("stop"), document.body].includes(document.activeElement);
  running = null;
  $("coach").disabled = false;
  $("stop").hidden = $("elapsed").hidden = true;
  $("writing").hidden = done || !$("sentences").hasChildNodes();
  $("answer").hidden = !answer;
  $("result").hidden = $("writing").hidden && !answer;
  if (waiting) $(done ? "verdict" : "coach").focus();
}

// The answer

/** @param {Answer | null} next @param {string} [text] the reply as its reader has left it */
function showAnswer(next, text = next?.response.reply ?? "") {
  answer = next;
  reply.put(text, next && text === next.response.reply ? withSpans(next.response.reply_findings) : undefined, next?.response.language);
  $("result").hidden = $("answer").hidden = !next;
  $("writing").hidden = true;
  if (next) drawAnswer(next);
  save();
}

/** @param {Answer} answer */
function drawAnswer({ response, edits }) {
  showVerdict(response);
  $("question").textContent = response.question;
  $("asking").hidden = !response.question;
  $("reply-part").hidden = response.reply === null;
  $("edits-title").textContent = count(edits.length, "change");
  $("edits-part").hidden = !edits.length;
  $("edits").replaceChildren(...edits.map(editItem));
  edits.forEach(drawEdit);
  showLines("promises", (response.commitments ?? []).map(promise));
  $("promises-part").hidden = !response.commitments?.length;
  showLines("advice", response.advice.map((/** @type {any} */ { message }) => message));
  $("made-by").textContent = madeBy(response);
}

/** @param {any} response */
function showVerdict({ outcome, ready, reply: original }) {
  const left = reply.findings.length;
  const own = reply.text !== original;
  const state = outcome === "needs_input" ? "ask" : left || !(ready || own) ? "open" : "good";
  const good = outcome === "unchanged" && draft.text === original ? "Your draft is good as it is" : "Ready to send";
  const open = left ? `Not ready: ${count(left, "thing")} left` : "Not ready: please read it through before you send it";
  $("verdict").className = state;
  $("verdict").textContent = { ask: "One question first", open, good: own ? "Your own wording passes the check" : good }[state];
}

/** @param {Edit} edit @param {number} index */
function editItem({ original, replacement, rules, why }, index) {
  const item = copyOf("edit-item");
  const [old, now] = [original.trim(), replacement.trim()];
  const side = { ".old .side": now ? "Yours" : "Take out", ".new .side": old ? "Now" : "Add" };
  fill(item, { ...side, del: old, ins: now, ".rules": rules.map(ruleName).join(" · "), ".why": old === now ? "Only line breaks or spaces change." : why });
  item.querySelector(".old").hidden = !old;
  item.querySelector(".new").hidden = !now;
  item.querySelector(".accept").addEventListener("click", () => swap(index));
  return item;
}

/** Show whether an edit is in the draft. @param {Edit} edit @param {number} index */
function drawEdit({ taken, span }, index) {
  const item = $("edits").children[index];
  if (!item) return;
  const button = item.querySelector(".accept");
  item.classList.toggle("taken", taken);
  button.textContent = taken ? "Take it back" : "Accept";
  button.setAttribute("aria-label", `${button.textContent}, change ${index + 1}`);
  button.hidden = !span;
  item.querySelector(".stale").hidden = !!span;
}

/** Put an edit into the draft, or take it out again. @param {number} index */
function swap(index) {
  const edit = answer?.edits[index];
  if (!edit?.span) return;
  edit.taken = !edit.taken;
  draft.replace(edit.span, edit.taken ? edit.replacement : edit.original, edit);
}

/** Keep the edits where they belong. @param {Change} change @param {Edit} [by] the edit that was put in or taken out */
function draftChanged(change, by) {
  const edits = answer?.edits ?? [];
  const turn = by ? edits.indexOf(by) : -1;
  edits.forEach((edit, i) => {
    if (!by) edit.span = moved(edit.span, change);
    else if (i === turn) edit.span = { start: change.start, end: change.start + change.text.length };
    else if (i > turn) edit.span = shifted(edit.span, change);
  });
  edits.forEach(drawEdit);
  if (answer) showVerdict(answer.response);
  $("coach").textContent = draft.text.trim() ? "Coach my reply" : "Write a reply for me";
  save();
}

/** @param {{quote: string, backing: string | null}} commitment */
function promise({ quote, backing }) {
  return backing ? `“${quote}” is backed by “${backing}”` : `“${quote}”: nothing you gave backs this. Make sure before you send it.`;
}

/** @param {any} response */
function madeBy({ attempts, model, usage, timings_ms: timings, policies_left_out: left }) {
  const seconds = `${(timings.total / 1000).toFixed(1)} seconds`;
  const room = left.length ? ` There was no room for ${left.length} of the policies.` : "";
  if (!attempts) return `Done in ${seconds}; no model was asked.`;
  return `Written by ${model} in ${seconds}: ${usage.input_tokens} tokens read, ${usage.output_tokens} written.${room}`;
}

async function copyReply() {
  try {
    await navigator.clipboard.writeText(reply.text);
  } catch {
    reply.area.select(); // browsers keep the clipboard for HTTPS and localhost
    document.execCommand("copy");
  }
  $("copied").textContent = "Copied.";
  setTimeout(() => ($("copied").textContent = ""), 3000);
}

// Start

/** @returns {Partial<State>} */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? "{}");
  } catch {
    return {};
  }
}

/** @returns {Partial<State>} */
function example() {
  const text = (/** @type {string} */ name) => plain($("example-case").content.querySelector(`.${name}`).textContent.trim());
  return { message: text("message"), facts: text("facts"), draft: text("draft"), policies: [{ title: text("policy"), text: text("policy-text") }] };
}

/** Call the rules by their names, also where their ids stand already. */
async function learnRules() {
  for (const { id, name } of await (await fetch("/v1/rules")).json()) ruleNames.set(id, name);
  draft.checkSoon();
  reply.checkSoon();
  if (answer) drawAnswer(answer);
}

/** @type {Record<string, () => unknown>} */
const BUTTONS = {
  coach,
  undo,
  copy: copyReply,
  stop: () => running?.abort(),
  example: () => offerUndo("The example is filled in.", () => load(example())),
  next: () => offerUndo("Cleared. Your policies stay.", () => load({ channel: $("channel").value, policies: readPolicies() })),
  "accept-all": () => answer?.edits.forEach((edit, index) => edit.taken || swap(index)),
  "add-policy": () => addPolicy({ title: "", text: "" }).querySelector(".title").focus(),
  "answer-question": () => $("facts").focus(),
};
for (const [id, action] of Object.entries(BUTTONS)) $(id).addEventListener("click", action);
for (const id of ["message", "facts", "policies", "channel"]) $(id).addEventListener("input", contextChanged);
document.addEventListener("input", () => ($("notice").hidden = true));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") running?.abort();
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault(); // the focus moves to Stop, which this very key would press
  coach();
});

load(remembered());
await learnRules().catch(() => {}); // their ids do, too

export {}; // a module, also to the type checker
