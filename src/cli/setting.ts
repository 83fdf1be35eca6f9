// One setting of a study: its flag, the kind of its value, its default, its help.
import type { Kind } from "./values.ts";

export interface Setting<T> {
  readonly flag: string;
  readonly kind: Kind<T>;
  readonly initial: T;
  readonly help: string;
}

export const setting = <T>(flag: string, kind: Kind<T>, initial: NoInfer<T>, help: string): Setting<T> => ({
  flag,
  kind,
  initial,
  help,
});
