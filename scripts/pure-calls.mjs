// Says of every call at the top of our modules that it may be left out where its result is not used. "sideEffects": false
// says it of files, but a bundle's chunk holds many: without this each would keep the tables of all the others.

/** Calls and `new` in an expression, those inside functions left alone. */
function callsOf(node, found) {
  if (!node || typeof node.type !== "string" || /Function|ClassBody/.test(node.type)) return found;
  if (node.type === "CallExpression" || node.type === "NewExpression") found.push(node.start);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child === "object") callsOf(child, found);
    }
  }
  return found;
}

/** Code with every call in a declaration at its top marked. @param parse as rollup does it. */
export function markPureCalls(code, parse) {
  const tops = parse(code).body.map((node) => (node.type === "ExportNamedDeclaration" ? node.declaration : node));
  const inits = tops.filter((node) => node?.type === "VariableDeclaration").flatMap(({ declarations }) => declarations);
  const starts = new Set(inits.flatMap(({ init }) => callsOf(init, [])));
  let marked = code;
  for (const start of [...starts].sort((a, b) => b - a)) {
    marked = `${marked.slice(0, start)}/*@__PURE__*/${marked.slice(start)}`;
  }
  return marked;
}

/** A plugin of rollup, behind whatever takes the types away. */
export const pureCalls = {
  name: "pure-calls",
  transform(code, id) {
    if (id.includes("node_modules") || !/\/src\/.*\.ts$/.test(id)) return null;
    return { code: markPureCalls(code, (each) => this.parse(each)), map: null };
  },
};
