// What a run can fill of CLAIM 2024 (Tejani et al., Radiology: Artificial Intelligence 2024;6(4):e240300): answers and questions.
// Numbers, order and sections are those of the published list (https://pubs.rsna.org/page/ai/claim); the words are not.
import type { Report } from "./record.ts";
import { timesOpenedOf } from "./run-facts.ts";
import {
  auditSentences,
  divisionSentence,
  errorSentence,
  figureSentences,
  initializationSentence,
  intervalSentence,
  keyFigure,
  networkSentence,
  openingSentence,
  preprocessingSentence,
  selectionSentences,
  setSentences,
  softwareSentence,
  taskSentence,
  trainingSentences,
  unreadableSentence,
} from "./run-sentences.ts";
import { unlikeWords } from "./unlike-words.ts";
import { namedFigures } from "./named-figures.ts";

/** An item of the checklist. Titles are this project's words for what CLAIM asks; the numbers are CLAIM's. */
export interface ClaimItem {
  /** 1 to 44. */
  readonly item: number;
  readonly section: string;
  readonly title: string;
  /** What the run knows; null where it knows nothing. */
  readonly answer: string | null;
  /** What only the author can say; null where the run has said all. */
  readonly question: string | null;
}

type Row = readonly [title: string, answer: string | null, question: string | null];

/** All 44 items in order, filled from the record alone. */
export function claimItems(report: Report): readonly ClaimItem[] {
  let item = 0;
  return sectionsOf(report).flatMap(([section, rows]) =>
    rows.map(([title, answer, question]) => ({ item: ++item, section, title, answer, question })),
  );
}

function sectionsOf(report: Report): readonly (readonly [section: string, rows: readonly Row[]])[] {
  return [
    ["Title and abstract", [
      ["Says that AI was used, and of which kind", "A dense neural network, trained on images (deep learning).", "Does the title or abstract say so?"],
      ["Summary of design, methods, results, conclusions", `The result in one line: ${keyFigure(report)} on ${report.testSet.size} test images.`, "Is there a structured summary that says this and what it means?"],
    ]],
    ["Introduction", [
      ["Background, intended use and role", null, "What is the clinical background, who is to use the network, for what, and at which step of care?"],
      ["Aims and hypotheses", null, "What was the study to show, and which hypothesis was stated beforehand?"],
    ]],
    ["Methods: design", [
      ["Prospective or retrospective", null, "Were the images collected for this study, or taken from what was there?"],
      ["Goal of the study", taskSentence(report), "Is it a first model, a feasibility study, a comparison with something in use?"],
    ]],
    ["Methods: data", [
      ["Sources of the data", null, "Where do the images come from (institutions, years, public collections with links and versions), and are they such as the network is meant for?"],
      ["Who and what was included and excluded", unreadableSentence(report), "By which criteria, where and when were patients and images chosen before they came here?"],
      ["Preprocessing", preprocessingSentence(report), "What was done to the images before they were given to voxgrad, with which software?"],
      ["Parts of the data that were used", patchesSentence(report), "Were slices, regions or series chosen from larger examinations, and how?"],
      ["De-identification", "The record and the pages hold no path, no file name and no DICOM field of a patient; the page may show single test images.", "How were the images de-identified, text burnt into pixels included?"],
      ["Missing data", unreadableSentence(report), "Were labels, images or examinations missing, and what became of them?"],
      ["How the images were acquired", null, "Which modality, devices, protocols, contrast, resolution?"],
    ]],
    ["Methods: reference standard", [
      ["How the truth was established", null, "What is the reference standard (pathology, follow-up, readers), told so that others can repeat it?"],
      ["Why this standard", null, "Why was it chosen among others, and where is it known to be wrong?"],
      ["Who annotated", null, "Who made the annotations (how many, with what training and experience), or which reports were they taken from?"],
      ["Annotation of the test set", null, "How was the test set annotated: by whom, with which instructions and software of which version, and in another way than the training set?"],
      ["Agreement between and within readers", null, "How far do readers agree with one another, and with themselves, and how were differences settled?"],
    ]],
    ["Methods: partitions", [
      ["How images came into the sets", divisionSentence(report), null],
      ["Level at which the sets are disjoint", auditSentences(report), "Do the group names in the data stand for patients, and were institutions to be kept apart too?"],
    ]],
    ["Methods: testing data", [
      ["Intended size of the test set", `The test set has ${report.testSet.size} images.`, "How was this size settled on: which precision, or which difference, was it meant to reach?"],
    ]],
    ["Methods: model", [
      ["The model in detail", networkSentence(report), null],
      ["Software", softwareSentence(report), null],
      ["First weights", initializationSentence(report), null],
    ]],
    ["Methods: training", [
      ["How it was trained", trainingSentences(report), null],
      ["How the final model was chosen", selectionSentences(report), null],
      ["Ensembles", "None: one network was tested.", null],
    ]],
    ["Methods: evaluation", [
      ["Measures", `${namedFigures(report).map(({ name }) => name).join(", ")}.`, "Why are these the figures that matter for the intended use?"],
      ["Uncertainty and significance", intervalSentence(report), null],
      ["Robustness and sensitivity", refinementSentence(report), "Was it tried on other devices, protocols, subgroups, disturbed images?"],
      ["Explaining predictions", explanationSentence(report), "Did readers look at the maps, and did they find them sensible?"],
      ["Evaluation on internal data", evaluationSentences(report), "Do test images differ from those of training in how they were made or annotated, and what was done about it?"],
      ["Testing on external data", "None on record: the run does not know where the test images come from.", "Was the network tested on images of another institution? If the test set is external, say so."],
      ["Registration of a trial", null, "If it is a clinical trial: where is it registered, under which number?"],
    ]],
    ["Results: data", [
      ["Numbers included and excluded", setSentences(report), "How many patients and examinations were there before, and why was each left out? A flow diagram helps."],
      ["Characteristics of each set", setSentences(report), "Age, sex, severity, devices of each set: the run does not know them."],
    ]],
    ["Results: performance", [
      ["Measures with their uncertainty", figureSentences(report), null],
      ["Diagnostic performance and its precision", figureSentences(report, /^(ROC AUC|Recall|Specificity|Precision|Mean Dice)/), "How does it compare with the reference, or with readers?"],
      ["What went wrong", errorSentence(report), "What do the wrong ones have in common?"],
    ]],
    ["Discussion", [
      ["Limits", "What the run itself shows stands under Limits in this report.", "Which limits of data, reference standard and setting does it not show?"],
      ["What follows for practice", null, "What may the network be used for, and what not yet?"],
    ]],
    ["Other information", [
      ["Full protocol and technical details", "Settings, seeds, the ledger and SHA-256 of weights and sets stand in this report; with the same images the training can be repeated bit for bit.", "Where is the study's protocol?"],
      ["Software, model and data for others", `voxgrad ${report.voxgrad} is open source. Weights: SHA-256 ${report.weightsSha256}.`, "Can others have the trained model and the data, and where?"],
      ["Funding", null, "Who paid, and what part did they take?"],
    ]],
  ];
} // prettier-ignore

/** When it was looked at, and whether it is like the training set. */
function evaluationSentences(report: Report): string {
  return [openingSentence(report), ...(unlikeWords(report)?.sentences.slice(0, 1) ?? [])].join(" ");
}

function patchesSentence({ settings }: Report): string {
  const { training } = settings as { readonly training?: { readonly patches?: unknown } | null };
  return training?.patches
    ? "Training took patches of images; figures are of whole images."
    : "Whole images, as they were given.";
}

function refinementSentence({ phases }: Report): string | null {
  const tried = phases.filter(({ event }) => event === "tried").length;
  if (tried === 0) return null;
  return "Remedies against overfitting were compared on the validation set; the ledger has each with its effect.";
}

function explanationSentence(report: Report): string | null {
  const { examples } = report as { readonly examples?: unknown };
  if (!examples) return null;
  return `Gradient times input, and occlusion by patches, of the most confident errors and right answers${timesOpenedOf(report) > 0 ? ", made after the test set was opened" : ""}.`;
}
