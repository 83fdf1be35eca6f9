// How much room what is drawn for an image takes: in memory, and in the stream that it is drawn from.

/** Numbers kept for each augmentation of a list: whether it is applied (1 or 0), then what was drawn. */
export const drawnLength = 32;

/** Words of the stream that an image may use: so many augmentations, each with as many words as numbers. */
export const mostAugmentations = 64;
