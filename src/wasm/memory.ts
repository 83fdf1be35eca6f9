// One block of memory with named regions: planned by layout.ts, reserved once, never grown.
import { buildHere, isCompiled } from "./build-bytes.ts";
import type { KernelBuild } from "./builds.ts";
import { createMemory, instantiateBuild } from "./kernels.ts";
import type { Address, Kernels } from "./kernels.ts";
import type { Layout } from "./layout.ts";
import { controlBytes } from "./team-sizes.ts";
import type { BeginThread, Team } from "./team.ts";

const pageBytes = 65536;

/** Owns a WebAssembly memory and the kernels instantiated on it. Whoever allocated it frees it. */
export interface Block {
  readonly kernels: Kernels;
  /** The threads that carry lists of calls out with this one; null where there are none. */
  readonly team: Team | null;
  /** The first address of a region. @throws RangeError when there is no such region. */
  address(name: string): Address;
  /** Whether there is such a region. */
  has(name: string): boolean;
  /** A view of a region as it is now; ask again rather than keep it. */
  floats(name: string): Float32Array<ArrayBuffer>;
  integers(name: string): Int32Array<ArrayBuffer>;
  doubles(name: string): Float64Array<ArrayBuffer>;
  bytesOf(name: string): Uint8Array<ArrayBuffer>;
  words(name: string): Uint32Array<ArrayBuffer>;
  /** Bytes reserved. */
  readonly bytes: number;
  /** Lets go of the memory, and ends the threads; every later call throws. */
  free(): void;
  [Symbol.dispose](): void;
}

/** How many threads work on a block's memory, the first included, and how the others begin. */
export interface TeamOptions {
  readonly threads: number;
  readonly begin: BeginThread;
  /** False where lists of calls are too short to gain by threads: those share other work alone. True by default. */
  readonly sharesLists?: boolean;
  /** What the threads share beside lists of calls, by the addresses of regions: told to each as it begins. */
  readonly work?: (address: (region: string) => Address) => unknown;
}

/**
 * Reserves a layout, all zero.
 * @param build tests run the debug build.
 * @param wide as for instantiateBuild().
 * @param options threads, for which the layout has the regions "threads", and "scratch" for each.
 * @throws RangeError when the engine cannot reserve that much, or has no wide vectors and they are asked for.
 * @throws ThreadError when a thread cannot begin.
 */
export async function allocate(
  layout: Layout,
  build: KernelBuild = "reproducible",
  wide = false,
  options: TeamOptions | null = null,
): Promise<Block> {
  const here = buildHere(build, wide);
  const memory = reserve(layout.bytes + pageBytes, options !== null || isCompiled(here));
  const { kernels, module } = await instantiateBuild(memory, here, wide);
  const base = Math.ceil(kernels.heapBase() / 16) * 16;
  const regions = new Map(layout.regions.map((region) => [region.name, region]));
  let buffer: ArrayBuffer | null = memory.buffer;

  const find = (name: string) => {
    const region = regions.get(name);
    if (!region) throw new RangeError(`memory: expected one of ${[...regions.keys()].join(", ")}; got "${name}"`);
    if (!buffer) throw new TypeError("memory: this network was freed; allocate it again");
    return { offset: base + region.offset, bytes: region.bytes, buffer };
  };
  let team: Team | null = null;
  if (options) {
    const { threads, begin, sharesLists = true, work } = options;
    const { beginTeam } = await import("./team.ts");
    const control = find("threads").offset;
    team = await beginTeam(
      begin,
      kernels,
      { module, memory },
      {
        threads,
        control,
        shared: new Int32Array(memory.buffer, control, controlBytes(threads) >> 2),
        scratchStride: find("scratch").bytes / threads,
        work: work?.((region) => find(region).offset) ?? null,
        sharesLists,
      },
    );
  }
  const free = () => {
    buffer = null;
    team?.end();
  };
  return {
    kernels,
    team,
    bytes: layout.bytes,
    address: (name) => find(name).offset,
    has: (name) => regions.has(name),
    floats(name) {
      const { buffer: owned, offset, bytes } = find(name);
      return new Float32Array(owned, offset, bytes >> 2);
    },
    integers(name) {
      const { buffer: owned, offset, bytes } = find(name);
      return new Int32Array(owned, offset, bytes >> 2);
    },
    doubles(name) {
      const { buffer: owned, offset, bytes } = find(name);
      return new Float64Array(owned, offset, bytes >> 3);
    },
    words(name) {
      const { buffer: owned, offset, bytes } = find(name);
      return new Uint32Array(owned, offset, bytes >> 2);
    },
    bytesOf(name) {
      const { buffer: owned, offset, bytes } = find(name);
      return new Uint8Array(owned, offset, bytes);
    },
    free,
    [Symbol.dispose]: free,
  };
}

function reserve(bytes: number, shared: boolean): WebAssembly.Memory {
  if (bytes > 65536 * pageBytes) {
    throw new RangeError(
      `memory: expected at most 4 GiB, got ${bytes.toLocaleString("en-US")} bytes. Use smaller images, a smaller batch or fewer nodes.`,
    );
  }
  try {
    return createMemory(bytes, shared);
  } catch (cause) {
    throw new RangeError(
      `memory: the engine could not reserve ${bytes.toLocaleString("en-US")} bytes. Use smaller images, a smaller batch or fewer nodes.`,
      { cause },
    );
  }
}
