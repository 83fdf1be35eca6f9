// Breaks lines of minified code where nothing is a string: bundlers look for new URL("./worker.js", import.meta.url) in the
// text, so that esbuild's lineLimit, which breaks strings too, would hide a worker's file from them.

/** Where a list of nodes may be broken: in front of each, or of each behind a comma. */
const lists = {
  Program: ["body", 0],
  BlockStatement: ["body", 0],
  StaticBlock: ["body", 0],
  ClassBody: ["body", 0],
  SwitchStatement: ["cases", 0],
  SwitchCase: ["consequent", 0],
  ObjectExpression: ["properties", 0],
  CallExpression: ["arguments", 0],
  NewExpression: ["arguments", 0],
  VariableDeclaration: ["declarations", 1],
  SequenceExpression: ["expressions", 1],
  ArrayExpression: ["elements", 1],
};

function placesOf(node, found) {
  const [key, from] = lists[node.type] ?? [];
  if (key) for (const each of node[key].slice(from)) if (each) found.push(each.start);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child.type === "string") placesOf(child, found);
    }
  }
  return found;
}

/** @param parse as rollup does it. @param limit characters of a line, where there is a place to break it. */
export function breakLines(code, parse, limit) {
  const places = [...new Set(placesOf(parse(code), []))].sort((a, b) => a - b);
  let broken = "";
  let begun = 0;
  let last = 0;
  for (const place of [...places, code.length]) {
    if (place - begun > limit && last > begun) {
      broken += `${code.slice(begun, last)}\n`;
      begun = last;
    }
    last = place;
  }
  return broken + code.slice(begun);
}
