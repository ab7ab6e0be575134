/** Texts in the page's language, from the JSON block #i18n {lang, messages: {msgid: text | [forms]}}; msgids are English. */
const FORMS = { pl: ["one", "few", "many"] }; // in the order of the catalogue's plural forms
let lang = "en";
let messages = {};
let rules = new Intl.PluralRules(lang);
let numbers = new Intl.NumberFormat(lang);

/** Takes a catalogue; done by itself with the page's block. */
export function load(catalogue) {
  ({ lang, messages = {} } = catalogue);
  rules = new Intl.PluralRules(lang);
  numbers = new Intl.NumberFormat(lang);
}

const block = globalThis.document?.getElementById("i18n");
if (block) load(JSON.parse(block.textContent));

/** The text for `msgid` with its %(name)s filled in. */
export function t(msgid, params = {}) {
  const text = messages[msgid] ?? msgid;
  return fill(Array.isArray(text) ? text[0] : text, params);
}

/** The form for `n`; %(n)s and %(num)s stand for the number as it is written in this language. */
export function tn(one, many, n, params = {}) {
  const entry = messages[one];
  const translated = Array.isArray(entry);
  const forms = translated ? entry : [one, many];
  const index = translated ? (FORMS[lang] ?? ["one", "other"]).indexOf(rules.select(n)) : Number(n !== 1);
  return fill(forms[index] ?? forms.at(-1), { n: number(n), num: number(n), ...params });
}

/** A number as it is written in this language. */
export const number = (value) => numbers.format(value);

function fill(text, params) {
  return text.replace(/%(?:\((\w+)\)[sd]|%)/g, (found, name) => (name ? String(params[name] ?? found) : "%"));
}
