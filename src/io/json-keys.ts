// JSON that says each key once: JSON.parse keeps the last of two and tells nobody, which hides one tensor behind another.
import { FormatError } from "../errors.ts";

/**
 * Parses JSON text and refuses an object that names a key twice. Keys such as `__proto__` are plain data.
 * @param name stands in the error.
 * @throws FormatError
 */
export function parseStrictly(text: string, name: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`${name}: expected JSON, got ${(cause as Error).message}`, { cause });
  }
  refuseDoubleKeys(text, name);
  return value;
}

/** Scans text that JSON.parse accepted: every string before a colon is a key of the innermost object. */
function refuseDoubleKeys(text: string, name: string): void {
  const beforeColon = /[ \t\r\n]*:/y;
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(null);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      const keys = open[open.length - 1];
      beforeColon.lastIndex = end;
      if (keys && beforeColon.test(text)) {
        const key = JSON.parse(text.slice(at, end)) as string;
        if (keys.has(key)) throw new FormatError(`${name}: expected each name once, got ${JSON.stringify(key)} twice`);
        keys.add(key);
      }
      at = end - 1;
    }
  }
}

/** The position behind the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
