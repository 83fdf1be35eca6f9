// Paths in commands that are shown: as a shell takes them, when they are copied.

/** A path as one word: in quotes where it has a space, an apostrophe or another sign of the shell's own. */
export function quoted(path: string, platform: string = process.platform): string {
  if (
    /^[\p{L}\p{N}_%+=:,./\\@][\p{L}\p{N}_%+=:,./\\@-]*$/u.test(path) &&
    (platform === "win32" || !path.includes("\\"))
  )
    return path;
  return platform === "win32" ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`;
}
