// What a run can fill of a model card (Mitchell et al., Model Cards for Model Reporting, 2019), and questions for the rest.
import type { Report } from "./record.ts";
import {
  auditSentences,
  baselineOf,
  divisionSentence,
  figureSentences,
  intervalSentence,
  networkSentence,
  openingSentence,
  preprocessingSentence,
  selectionSentences,
  setSentences,
  softwareSentence,
  taskSentence,
  trainingSentences,
} from "./run-sentences.ts";

/** A part of the card. */
export interface ModelCardPart {
  readonly heading: string;
  /** What the run knows; null where it knows nothing. */
  readonly text: string | null;
  /** What only the author can say; null where the run has said all. */
  readonly question: string | null;
}

/** The card's parts in the paper's order, filled from the record alone. */
export function modelCard(report: Report): readonly ModelCardPart[] {
  const { weightsSha256, perClass } = report;
  return [
    {
      heading: "Model details",
      text: `${networkSentence(report)} ${trainingSentences(report)} ${softwareSentence(report)} Weights: SHA-256 ${weightsSha256}.`,
      question: "Who made it, when, which version is it, under which licence, and whom does one ask?",
    },
    {
      heading: "Intended use",
      text: `${taskSentence(report)} It is not for clinical use.`,
      question: "What is it for, who is to use it, and what must it not be used for?",
    },
    {
      heading: "Factors",
      text: perClass.length > 0 ? "Figures are given by class; other subgroups are not known to the run." : "Subgroups are not known to the run.",
      question: "Which groups of patients, devices and settings may make a difference, and which were looked at, and why those?",
    },
    {
      heading: "Metrics",
      text: `${intervalSentence(report)} ${selectionSentences(report)}`,
      question: "Why these figures, and which threshold fits the use?",
    },
    {
      heading: "Evaluation data",
      text: `${openingSentence(report)} ${auditSentences(report)} ${preprocessingSentence(report)}`,
      question: "Where do the test images come from, and why these?",
    },
    {
      heading: "Training data",
      text: `${setSentences(report)} ${divisionSentence(report)} ${preprocessingSentence(report)}`,
      question: "Where do the training images come from, and whom do they leave out?",
    },
    {
      heading: "Quantitative analyses",
      text: `${figureSentences(report)} Without looking, ${baselineOf(report)}.`,
      question: "How does it do in each subgroup, and where groups overlap?",
    },
    {
      heading: "Ethical considerations",
      text: "The record holds no path, no file name and no DICOM field of a patient.",
      question: "Was there consent and approval, what harm can a wrong answer do, who bears it, and what was done against it?",
    },
    {
      heading: "Caveats and recommendations",
      text: "What the run itself shows stands under Limits in this report.",
      question: "What should be tested before anyone relies on it, and which images would an ideal test set have?",
    },
  ];
} // prettier-ignore
