// What a disk refused, in words: which file, why, and what to do.
import { StorageError, StudyStateError } from "../errors.ts";

/** The system's code of an error, such as "ENOSPC"; "" when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** The StorageError for a file that could not be `deed` ("written", "read"); a StudyStateError is passed through. */
export function storageError(deed: string, path: string, error: unknown): Error {
  if (error instanceof StudyStateError) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const reason = explain(code) ?? `${message}.${code === "" ? "" : " Check the disk."}`;
  const shown = explain(code) === undefined ? "" : ` (${code})`;
  return new StorageError(`${path} could not be ${deed}${shown}: ${reason}`, { cause: error });
}

function explain(code: string): string | undefined {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full. Free some space, or choose a folder on another disk.";
    case "EROFS":
      return "the disk is read-only. Choose a folder on another disk.";
    case "EACCES":
    case "EPERM":
      return "permission was denied. Choose another folder, or change its permissions.";
    case "ENOTDIR":
    case "EEXIST":
      return "a file stands where a folder is needed. Choose another folder.";
    case "ENOENT":
      return "its folder is missing, and cannot be made. Choose another folder.";
    case "EISDIR":
      return "a folder stands where a file is needed. Choose another folder.";
    case "ENAMETOOLONG":
      return "the path is too long. Choose a shorter one.";
    case "EMFILE":
    case "ENFILE":
      return "too many files are open. Close some, or raise the limit (ulimit -n).";
    default:
      return undefined;
  }
}
