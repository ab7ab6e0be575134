/**
 * Badge codes, wherever they come from: 13 characters of Crockford's alphabet at the end of an address, in a
 * scanner's burst or typed by hand. Scheme and host do not count, I and L read as 1, O as 0.
 */
const LENGTH = 13;
const ADDRESS = /(?:^|[^0-9A-Z])B[^0-9A-Z]+([0-9A-Z][0-9A-Z\s-]*?)[^0-9A-Z]*$/;
const BLANKS = /[\s\u2010-\u2015\u2212-]/g; // and all that looks like a hyphen

/** The code in `text`, or null. */
export function extract(text) {
  const upper = String(text ?? "").toUpperCase().replace(/[?#].*$/, "");
  const runs = upper.match(/[0-9A-Z]+/g) ?? [];
  const last = runs.at(-1) ?? "";
  const swallowed = last.at(-LENGTH - 1) === "B" ? last.slice(-LENGTH) : ""; // a layout on which the slash is a dead key
  return code(upper.match(ADDRESS)?.[1]) ?? code(last) ?? code(swallowed) ?? code(upper);
}

/**
 * All that a scanner may have meant, the likeliest first. `physical` is the same burst read by position of the keys,
 * for a scanner that types on another layout than the computer expects; Y and Z change places between layouts.
 */
export function candidates(text, physical = "") {
  const found = [text, physical].map(extract).filter(Boolean);
  return [...new Set([...found, ...found.map(swapped)])];
}

/** The code with Y and Z exchanged: to be tried when the first is unknown. */
export const swapped = (code) => code.replace(/[YZ]/g, (letter) => (letter === "Y" ? "Z" : "Y"));

/** Typed without any digit, it is rather a long name ("Wojciechowska") than a code. */
export const mayBeName = (text) => !/\d/.test(text);

function code(part) {
  const plain = (part ?? "").replace(BLANKS, "").replace(/[IL]/g, "1").replace(/O/g, "0");
  return plain.length === LENGTH && /^[0-9A-HJKMNP-TV-Z]+$/.test(plain) ? plain : null;
}
