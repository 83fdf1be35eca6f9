// Reliability curves: what the probabilities say beside what was true, a dot a bin of images.
import { strokeSample } from "./chart.ts";
import { decimal } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { furtherFigure, newerFields } from "./newer-fields.ts";
import type { ReliabilityPoints } from "./label-curves.ts";
import type { Report } from "./record.ts";
import { squarePlot } from "./square-plot.ts";
import type { Point } from "./square-plot.ts";

/** A bin's dot: its area goes by its images. */
const smallest = 5;
const largest = 16;

/** Nothing where the record has no such curve. */
export function reliabilityPlot(report: Report): Markup {
  const drawn = newerFields(report).curves?.reliability ?? [];
  if (drawn.length === 0) return nothing;
  const most = Math.max(1, ...drawn.flatMap(({ count }) => count));
  const curves = [
    { points: [[0, 0], [1, 1]] as const, stroke: null },
    ...drawn.map((bins, k) => {
      const filled = filledBins(bins);
      const sizes = filled.map(({ count }) => Math.max(smallest, Math.round(largest * Math.sqrt(count / most))));
      return { points: filled.map(({ at }) => at), stroke: k, sizes };
    }),
  ]; // prettier-ignore
  const axes = { x: "mean probability given", y: "share that is of the class" };
  const error = furtherFigure(report, "expectedCalibrationError")?.value ?? null;
  const names = drawn.map(({ class: name }) => name);
  return markup`<figure>
${squarePlot({ ...axes, curves }, `Reliability curves: ${drawn.map(spoken).join("; ")}`)}
<figcaption>
<ul class="legend">
${names.map((name, k) => markup`<li>${strokeSample(k)} ${name}</li>`)}
</ul>
<p>On the dotted diagonal a probability means what it says; below it the network is too sure of the class, above it not sure enough. The larger a dot, the more images.${error === null ? "" : ` Expected calibration error ${decimal(error)}.`}${temperatureSentence(report)}</p>
</figcaption>
</figure>`;
}

/** What was done to the probabilities before; empty where nothing is on record. */
function temperatureSentence(report: Report): string {
  const { decision } = newerFields(report);
  if (!decision) return "";
  return decision.temperature === 1
    ? " The probabilities are the network's own."
    : ` Logits were divided by ${decimal(decision.temperature)}, a temperature that was fitted on the validation set.`;
}

interface FilledBin {
  readonly at: Point;
  readonly count: number;
}

function filledBins({ count, meanProbability, share }: ReliabilityPoints): readonly FilledBin[] {
  return count.flatMap((images, i) => {
    const [given, was] = [meanProbability[i], share[i]];
    return images > 0 && given !== null && was !== null ? [{ at: [given, was] as const, count: images }] : [];
  });
}

function spoken(bins: ReliabilityPoints): string {
  const points = filledBins(bins).map(({ at: [given, was] }) => `${decimal(given, 2)} given, ${decimal(was, 2)} true`);
  return `${bins.class}: ${points.join(", ")}`;
}
