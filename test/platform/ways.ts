// The ways to train of bits.mjs, and what each must come to.
import { expect } from "vitest";

/** What bits.mjs says of one way. */
export interface Answer {
  readonly article: string;
  readonly images: string;
  readonly threads: number;
  readonly threadsReason: string | null;
  readonly fused: boolean;
}

export interface Way {
  readonly threads?: number;
  readonly shared?: boolean;
  readonly resumed?: boolean;
  readonly resumedThreads?: number;
  readonly debug?: string;
  readonly mode?: "fast";
  readonly workerUrl?: string;
}

/** `weightsSha256` of the two networks of bits.mjs. Other bits are a change that CHANGELOG.md has to tell of. */
const reproducible = {
  article: "5fc272ffb5e5064d051d0b2bbbbe03c5963b3e8a631f247e0c87f0c97419df42",
  images: "70cc722973e9201bee90d5094efb468077e5d218ec664371e10c4f5c5b754b74",
};

/** The same in the mode fast, where a multiply-add is rounded once. */
const fused = {
  article: "64b25d4b5671b73432d3fbc2b4c81a882b45e358bbef548cbdbf841d7942059d",
  images: "5c8f2838f4ac0e02edcbd9d4a13c9a7e2b7f3621df3d910f8c53a25da3c6c655",
};

/** @param debug where the debug build lies. */
export function waysOf(debug: string): readonly Way[] {
  return [
    { threads: 1 },
    { threads: 2 },
    { threads: 3 },
    { threads: 4 },
    { shared: true },
    { resumed: true },
    { resumed: true, threads: 2, resumedThreads: 3 },
    { debug },
    { debug, threads: 2 },
    { mode: "fast" },
    { mode: "fast", threads: 2 },
  ];
}

/** Each way trained with as many threads as were asked for, to the same bits. */
export function expectSameBits(ways: readonly Way[], answers: readonly Answer[]): void {
  expect(answers).toHaveLength(ways.length);
  for (const [i, { threads = 1, resumedThreads = threads, mode }] of ways.entries()) {
    const { article, images, ...rest } = answers[i];
    const isFused = mode === "fast" && rest.fused;
    expect({ way: ways[i], ...rest }).toEqual({ way: ways[i], threads: resumedThreads, threadsReason: null, fused: isFused });
    expect({ way: ways[i], article, images }).toEqual({ way: ways[i], ...(isFused ? fused : reproducible) });
  } // prettier-ignore
}

/** One thread, for a reason, to the same bits. */
export function expectOneThread(answer: Answer, why: RegExp): void {
  const { article, images, threads, threadsReason } = answer;
  expect({ article, images, threads }).toEqual({ ...reproducible, threads: 1 });
  expect(threadsReason).toMatch(why);
}
