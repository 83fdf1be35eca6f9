// Where the lists of calls of a run lie in its memory: of one thread, or of each of a team's.
import {
  callsAThread,
  counterBytes,
  gradientCalls,
  gradientCallsAThread,
  updateBegins,
  updateCalls,
} from "../model/plan.ts";
import type { Network } from "../model/network.ts";
import { bindPass } from "../model/pass.ts";
import { createCallList } from "../wasm/calls.ts";
import type { CallList, Counting } from "../wasm/calls.ts";
import type { Block } from "../wasm/memory.ts";
import type { Team } from "../wasm/team.ts";
import { sharedCapacity } from "../wasm/team-sizes.ts";

export interface Lists {
  /** An empty list for forward, loss and backward of one batch. @param place from 0 to gradientLists - 1. */
  gradients(place: number): CallList;
  /** An empty list for an update. */
  update(): CallList;
  /** An empty list for a forward pass of a team. */
  forward(): CallList;
  /** Where each thread counts what an optimizer counts. */
  readonly counting: Counting;
  /** The same by float64, one thread behind the other. */
  readonly counters: readonly Float64Array[];
}

/** The threads that carry lists out together; null where one does. */
function teamForLists({ team }: Block): Team | null {
  return team?.sharesLists ? team : null;
}

export function bindLists({ placed, parameters }: Network, block: Block): Lists {
  const { kernels } = block;
  const team = teamForLists(block);
  const memory = { address: block.address("calls"), words: block.integers("calls"), numbers: block.doubles("calls") };
  const threads = team?.threads ?? 1;
  const all = callsAThread(placed, parameters, threads);
  const ofLayers = gradientCallsAThread(placed, threads);
  const update = updateBegins(placed, threads);
  const make = (first: number, calls: number): CallList =>
    team ? team.createList(memory, all, first, sharedCapacity(calls)) : createCallList(kernels, memory, first, calls);
  const stride = counterBytes(parameters);
  const numbers = block.doubles("counters");
  return {
    gradients: (place) => make(place * ofLayers, gradientCalls(placed)),
    update: () => make(team ? update + ofLayers : update, updateCalls(parameters)),
    forward: () => make(update, gradientCalls(placed)),
    counting: { address: block.address("counters"), stride },
    counters: Array.from({ length: threads }, (_, i) => numbers.subarray((i * stride) / 8, ((i + 1) * stride) / 8)),
  };
}

/** Sends images forward with dropout off; a promise where another thread is waited for. */
export type Forward = (rows: number) => Promise<unknown> | undefined;

/** Forward by all threads of a block's team; null where there is none. */
export function bindForward(network: Network, block: Block): Forward | null {
  if (!teamForLists(block)) return null;
  const list = bindLists(network, block).forward();
  const pass = bindPass(network, block, true, { kernels: list.recorder });
  let written = 0;
  return (rows) => {
    if (rows !== written) {
      list.clear(rows);
      pass.forward(rows, null);
      written = rows;
    }
    const ran = list.run();
    return typeof ran === "number" ? undefined : ran;
  };
}
