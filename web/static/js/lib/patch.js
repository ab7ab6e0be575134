/** JSON Merge Patch (RFC 7396): what `target` becomes under `patch`. Changes neither; untouched parts are shared. */
export function apply(target, patch) {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, apply(result.get(key), value));
  }
  return Object.fromEntries(result); // defines keys, so that "__proto__" is a key like any other
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
