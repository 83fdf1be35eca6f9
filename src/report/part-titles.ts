// What the parts of a report are called: the same on the page and in the Markdown, in this order.

export const partTitles = {
  figures: "Figures of the test set",
  answers: "Right and wrong answers",
  images: "Image by image",
  examples: "Single images",
  training: "Training",
  network: "The network",
  data: "The data",
  events: "What happened, in order",
  limits: "Limits",
  claim: "CLAIM 2024 checklist",
  modelCard: "Model card",
  repeat: "To repeat it",
  methods: "How the figures were made",
} as const;
