// How long a call of a list is.

/** Bytes of a call (calls.ts). */
export const callBytes = 128;
