// Bundles test/platform/app: `node bundle.mjs BUNDLER APP OUT [thread]`, from the folder where the bundlers are installed.
// "thread" adds the worker's file as an entry of its own, for bundlers that do not follow new Worker(new URL(...)).
import process from "node:process";

const [bundler, app, out, thread] = process.argv.slice(2);
const inputs = { page: `${app}/page.js`, worker: `${app}/worker.js` };
if (thread) inputs.thread = `${app}/node_modules/voxgrad/build/thread.js`;

switch (bundler) {
  case "vite": {
    const { build } = await import("vite");
    await build({ root: app, configFile: false, logLevel: "warn", build: { outDir: out } });
    break;
  }
  case "webpack": {
    const { default: webpack } = await import("webpack");
    const stats = await new Promise((resolve, reject) => {
      const output = { path: out, filename: "page.js" };
      // Codecs are large, which is no fault of the bundle.
      const performance = { hints: false };
      webpack({ mode: "production", context: app, entry: inputs.page, output, performance }, (error, done) =>
        error ? reject(error) : resolve(done),
      );
    });
    const said = stats.toString({ all: false, errors: true, warnings: true });
    if (said) throw new Error(said);
    break;
  }
  case "esbuild": {
    const { build } = await import("esbuild");
    const options = { bundle: true, minify: true, format: "esm", outdir: out, entryNames: "[name]" };
    await build({ ...options, entryPoints: inputs, logLevel: "warning" });
    break;
  }
  case "rollup": {
    const { rollup } = await import("rollup");
    const { nodeResolve } = await import("@rollup/plugin-node-resolve");
    const onwarn = ({ message }) => console.error(message);
    const bundle = await rollup({ input: inputs, plugins: [nodeResolve()], onwarn });
    await bundle.write({ dir: out, format: "es" });
    break;
  }
  default:
    throw new Error(`bundle: expected vite, webpack, esbuild or rollup, got ${bundler}`);
}
