import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^#wide$/, replacement: source("./src/wasm/wide.ts") },
      { find: /^voxgrad\/io$/, replacement: source("./src/io.ts") },
      // Beside whose bundle the files lie.
      { find: /^voxgrad\/wasm$/, replacement: source("./build/wasm.js") },
      { find: /^voxgrad\/report$/, replacement: source("./src/report.ts") },
      { find: /^voxgrad\/worker$/, replacement: source("./src/worker.ts") },
      { find: /^voxgrad$/, replacement: source("./src/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    reporters: process.env["VITEST_JSON"] ? ["default", "json"] : ["default"],
    outputFile: process.env["VITEST_JSON"] ? { json: process.env["VITEST_JSON"] } : undefined,
    setupFiles: ["test/setup.ts"],
    testTimeout: 60_000,
    maxWorkers: 2,
    execArgv: ["--expose-gc"],
  },
});
