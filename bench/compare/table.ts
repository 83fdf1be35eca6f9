// The comparison as one Markdown table, with what it was measured on above it and what it leaves open below.
import type { Allocation } from "./allocation.ts";
import { checkedSteps, tolerance } from "./rounds.ts";
import type { Row } from "./rounds.ts";

export interface Machine {
  readonly node: string;
  readonly v8: string;
  readonly processor: string;
  readonly cores: number;
  /** Threads of everybody; one where it is left out. */
  readonly threads?: number;
  readonly system: string;
  /** Load of the last minute, in processes, when the run began. */
  readonly load: number;
  /** Variables of the environment that the peers did not get. */
  readonly leftOut: readonly string[];
}

export interface Result {
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly rows: readonly Row[];
  readonly allocations: readonly Allocation[];
}

const figures = (value: number) => (value < 0.995 ? value.toFixed(3) : value.toPrecision(3));
const times = (value: number | null) => (value === null ? "-" : figures(value));
const milliseconds = (value: number) => (value < 100 ? value.toPrecision(3) : value.toFixed(0));

export function markdown({ date, machine, rounds, rows, allocations }: Result): string {
  return [
    `node ${machine.node} (V8 ${machine.v8}), ${machine.processor}, ${machine.cores} cores, ${machine.threads ?? 1} ${(machine.threads ?? 1) > 1 ? "threads" : "thread"}, ${machine.system}; ${date}; load ${machine.load.toFixed(1)}.`,
    `One training step (forward, softmax cross-entropy, backward, Adam), ${(machine.threads ?? 1) > 1 ? `at most ${machine.threads} threads` : "one thread"}, milliseconds; ${rounds} rounds in turns. ` +
      "Ratios: how many times voxgrad's time it takes, median over the rounds. " +
      "Spread: half of all rounds lie within it around the median. " +
      `Loss: after ${checkedSteps} steps from the same weights on the same batch; more than ${tolerance} from ours is not compared.`,
    `Peers: ${versions(rows)}.`,
    ...(machine.leftOut.length > 0 ? [`Not handed on to the peers: ${machine.leftOut.join(", ")}.`] : []),
    table(
      [
        "network",
        "peer",
        "minimum",
        "median",
        "spread",
        "x reproducible",
        "x fast",
        "x fast wide",
        "loss",
        "from ours",
      ],
      rows.filter(({ timing }) => timing !== null).map(cells),
    ),
    ...notes(rows),
    "Bytes that a step of voxgrad allocates:",
    table(
      ["network", "mode", "steps", "JavaScript heap, bytes a step", "WebAssembly memory before, bytes", "after"],
      allocations.map(({ network, mode, steps, heapBytes, memoryBefore, memoryAfter }) => [
        network.join("-"),
        mode,
        String(steps),
        heapBytes.toFixed(1),
        String(memoryBefore),
        String(memoryAfter),
      ]),
    ),
  ].join("\n\n");
}

function cells({
  network,
  batch,
  peer,
  verdict,
  timing,
  timesReproducible,
  timesFast,
  timesWide,
  loss,
  deviation,
}: Row) {
  return [
    `${network.join("-")}, batch ${batch}`,
    verdict === "same" ? peer : `${peer} (${verdict})`,
    timing ? milliseconds(timing.minimum) : "-",
    timing ? milliseconds(timing.median) : "-",
    timing ? `${(100 * timing.spread).toFixed(0)} %` : "-",
    times(timesReproducible),
    times(timesFast),
    times(timesWide),
    loss?.toPrecision(7) ?? "-",
    deviation?.toExponential(1) ?? "-",
  ];
}

/** One line for everybody who is not compared, and why. */
function notes(rows: readonly Row[]): string[] {
  const open = rows.filter(({ verdict }) => verdict !== "same");
  const reason = ({ network, peer, verdict, note, loss, deviation }: Row) =>
    `- ${network.join("-")}: ${peer}: ${verdict}: ${note ?? `loss ${loss}, ${deviation?.toExponential(1)} from ours`}`;
  return open.length > 0 ? [`Not compared:\n\n${open.map(reason).join("\n")}`] : [];
}

/** Names and versions of all that ran. */
function versions(rows: readonly Row[]): string {
  const found = rows.flatMap(({ peer, version }) => (version === null || peer.startsWith("voxgrad") ? [] : [version]));
  return [...new Set(found)].join(", ");
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...body.map((row) => row[i].length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(line)].join("\n");
}
