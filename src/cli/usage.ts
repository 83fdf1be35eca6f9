// The error of a command that was called wrongly, and a guess at what was meant.

/** Wrong usage: the command ends with exit code 2 and the message. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** ` Did you mean "epochs"?` when one of the names is near enough; otherwise all of them. */
export function suggest(got: string, names: readonly string[]): string {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const distances = names.map((name) => editDistance(plain(got), plain(name)));
  const nearest = distances.indexOf(Math.min(...distances));
  const near = distances[nearest] <= Math.max(2, Math.floor(names[nearest].length / 3));
  return near ? `Did you mean "${names[nearest]}"?` : `Known are ${names.join(", ")}.`;
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn a into b (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row.push(Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (same ? 0 : 1)));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
