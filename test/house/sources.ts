// The project's own source files, and what each imports, read by TypeScript's parser.
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";

export interface Source {
  /** From the project's root: "src/train/fit.ts". */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** The file it names, from the project's root; null for packages and node: modules. */
  readonly target: string | null;
  /** Whether it is gone once the types are. */
  readonly typeOnly: boolean;
}

const root = new URL("../../", import.meta.url);

/** Every .ts file of a folder and its subfolders. */
export function readSources(folder: string): readonly Source[] {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .map((path) => posix.join(folder, path.replaceAll("\\", "/")))
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => ({ path, text: readFileSync(new URL(path, root), "utf8") }));
}

/** Static and dynamic imports, and exports from another file. */
export function importsOf({ path, text }: Source): readonly Import[] {
  const found: Import[] = [];
  const add = (node: ts.Expression | undefined, typeOnly: boolean) => {
    if (!node || !ts.isStringLiteral(node)) return;
    const specifier = node.text;
    const target = specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : null;
    found.push({ specifier, target, typeOnly });
  };
  walk(parse({ path, text }), (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
  });
  return found;
}

/** Whether the code, comments apart, uses a name. */
export function names(source: Source, name: string): boolean {
  let isNamed = false;
  walk(parse(source), (node) => {
    if (ts.isIdentifier(node) && node.text === name) isNamed = true;
  });
  return isNamed;
}

function parse({ path, text }: Source): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}
