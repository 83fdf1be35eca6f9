// A list of calls that a team of threads carries out: each has a list of its own, of its shares, with meetings between
// calls of which one reads what another thread wrote. The bits are those of one thread.
import { callShape, createCallList, recorderOf } from "./calls.ts";
import type { Callable, CallList, CallMemory } from "./calls.ts";
import type { Kernels } from "./kernels.ts";
import { shareOfElements, shareOfOutputs, shareOfRows, sharingOf } from "./shares.ts";
import type { Share, Sharing } from "./shares.ts";
import type { Team } from "./team.ts";

/**
 * @param memory where the lists of all threads lie, one thread's behind the other's.
 * @param first and `capacity`: where this list begins in a thread's part, and how many calls it may have there.
 */
export function createSharedList(
  kernels: Kernels,
  team: Team,
  memory: CallMemory,
  callsAThread: number,
  first: number,
  capacity: number,
): CallList {
  const { threads, scratchStride } = team;
  const lists = Array.from({ length: threads }, (_, thread) =>
    createCallList(kernels, memory, thread * callsAThread + first, capacity),
  );
  /** Of each call, for each thread: its number in the thread's list, -1 where there is none, and what is added to a block of draws. */
  const places: { readonly numbers: readonly number[]; readonly blocks: readonly number[] }[] = [];
  let rows = 0;
  let before: { readonly sharing: Sharing; readonly name: Callable } | null = null;
  let isEnded = false;
  /** What was counted for last, and whether it is to come. */
  let counted: Callable | null = null;
  let isCounted = false;

  function meet(): void {
    for (const list of lists) list.add("meet", []);
  }

  function shareOf(sharing: Sharing, name: Callable, given: readonly number[], thread: number): Share | null {
    const place = { thread, threads, scratchStride };
    switch (sharing) {
      case "rows":
        return shareOfRows(name, given, rows, place);
      case "parts":
        return shareOfOutputs(name, given, place);
      case "elements":
        return shareOfElements(name, given, callShape(name).words, place);
      case "all":
        return { name, given, blocksBefore: 0 };
      case "single":
        return thread === 0 ? { name, given, blocksBefore: 0 } : null;
    }
  }

  function add(name: Callable, given: readonly number[]): void {
    const sharing = sharingOf(name, rows);
    if (needsMeeting(before, sharing, name)) meet();
    before = { sharing, name };
    if (isCounted) counted = name;
    isCounted = false;
    const shares = lists.map((_, thread) => shareOf(sharing, name, given, thread));
    places.push({
      numbers: shares.map((share, thread) => (share ? lists[thread].length : -1)),
      blocks: shares.map((share) => share?.blocksBefore ?? 0),
    });
    shares.forEach((share, thread) => {
      if (share) lists[thread].add(share.name, share.given);
    });
  }

  /** The first of the threads that has a share of a call. */
  const ownerOf = (call: number) => places[call].numbers.findIndex((number) => number >= 0);
  const recorder = recorderOf(add);

  return {
    recorder,
    requireFinite(x, n) {
      if (needsMeeting(before, "elements", "markFinite")) meet();
      places.push({ numbers: lists.map((list) => list.length), blocks: [] });
      lists.forEach((list, thread) => {
        const place = { thread, threads, scratchStride };
        const { given } = shareOfElements("markFinite", [x, n], 2, place);
        list.add("markFinite", [...given, team.marks + 64 * thread]);
      });
      meet();
      lists.forEach((list) => list.add("requireUnmarked", [team.marks, threads]));
      before = null;
    },
    clear(count = 0) {
      lists.forEach((list) => list.clear());
      places.length = 0;
      rows = count;
      before = null;
      counted = null;
      isCounted = false;
      isEnded = false;
    },
    get length() {
      return places.length;
    },
    run() {
      if (!isEnded) meet();
      isEnded = true;
      for (let thread = 1; thread < threads; thread++) team.assign(thread, lists[thread].address, lists[thread].length);
      return team.run(lists[0].address, lists[0].length);
    },
    setWord(call, word, value) {
      const { numbers, blocks } = places[call];
      for (let thread = 0; thread < threads; thread++) {
        if (numbers[thread] < 0) continue;
        lists[thread].setWord(numbers[thread], word, word === blockWord ? value + blocks[thread] : value);
      }
    },
    setScalar(call, scalar, value) {
      const { numbers } = places[call];
      for (let thread = 0; thread < threads; thread++) {
        if (numbers[thread] >= 0) lists[thread].setScalar(numbers[thread], scalar, value);
      }
    },
    setLastScalar(call, value) {
      const { numbers } = places[call];
      for (let thread = 0; thread < threads; thread++) {
        if (numbers[thread] >= 0) lists[thread].setLastScalar(numbers[thread], value);
      }
    },
    advance(addTo, counters) {
      // No meeting may come between it and the call whose scalars it writes.
      if (before !== null && before.name !== counted) {
        meet();
        before = null;
      }
      isCounted = true;
      places.push({ numbers: lists.map((list) => list.length), blocks: [] });
      lists.forEach((list, thread) => {
        list.advance(addTo, { address: counters.address + counters.stride * thread, stride: 0 });
      });
    },
    result: (call) => lists[ownerOf(call)].result(places[call].numbers[ownerOf(call)]),
  };
}

/** Word of a call that draws a mask which holds the first block of draws: the only word of this number that is ever changed. */
const blockWord = 4;

/** Whether a call may read what another thread wrote since the last meeting, or write what another still reads. */
function needsMeeting(
  before: { readonly sharing: Sharing; readonly name: Callable } | null,
  sharing: Sharing,
  name: Callable,
): boolean {
  if (before === null) return false;
  if (sharing === "single" || before.sharing === "single") return sharing !== before.sharing;
  switch (before.sharing) {
    case "rows":
      return sharing !== "rows";
    // Each layer's gradients have a place of their own, so going back writes nothing that a weight's gradient reads.
    case "parts":
      return sharing !== "parts" && sharing !== "rows";
    // The whole of a loss is read by all; nothing that it reads is written behind it.
    case "all":
      return sharing !== "all" && sharing !== "rows";
    // One kernel moves other arrays with each of its calls.
    case "elements":
      return before.name !== name;
    default:
      return true;
  }
}
