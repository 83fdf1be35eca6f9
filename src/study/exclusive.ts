// One process at a time: what changes a study does so while it holds the storage's lock.
import type { Storage } from "../storage/storage.ts";

/** Runs what it is given while the lock is held; within one another, and side by side, under the same lock. */
export interface Exclusive {
  <T>(act: () => Promise<T>): Promise<T>;
  /** The same for what yields: the lock is given back when it ends, or is left. */
  generator<T, R>(act: () => AsyncGenerator<T, R>): AsyncGenerator<T, R>;
}

/** @throws StudyStateError from every call while another process holds the lock. */
export function createExclusive(storage: Storage): Exclusive {
  let users = 0;
  let held: Promise<(() => Promise<void>) | undefined> | null = null;
  let released: Promise<void> = Promise.resolve();

  async function enter(): Promise<void> {
    users++;
    held ??= released.then(() => storage.lock?.());
    await held;
  }

  async function leave(): Promise<void> {
    if (--users > 0) return;
    const given = held;
    held = null;
    const release = async () => (await given?.catch(() => undefined))?.();
    released = release().then(() => undefined, () => undefined); // prettier-ignore
    await released;
  }

  async function exclusive<T>(act: () => Promise<T>): Promise<T> {
    try {
      await enter();
      return await act();
    } finally {
      await leave();
    }
  }

  async function* generator<T, R>(act: () => AsyncGenerator<T, R>): AsyncGenerator<T, R> {
    try {
      await enter();
      return yield* act();
    } finally {
      await leave();
    }
  }

  return Object.assign(exclusive, { generator });
}
