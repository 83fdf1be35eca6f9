// Wide vectors where there is no Node ("#wide" of package.json): browsers, whose engines have no switch for them.

/** @throws RangeError always. */
export function useWide(): Promise<void> {
  throw new RangeError(
    "wide: expected Node 24 or later on an x64 processor with AVX2, got another host. " +
      "Leave wide out: the bits are the same, only slower.",
  );
}
