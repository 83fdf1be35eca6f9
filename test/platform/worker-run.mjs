// Trains in a worker of the bundle, on whatever runs this: the weights and threads as JSON. `node worker-run.mjs BUILD THREADS`
const [build, threads] = process.argv.slice(2);
const { adam, dense, dropout, network, relu, rotate } = await import(`${build}index.js`);
const { connectWorker } = await import(`${build}worker.js`);

const remote = await connectWorker();
const data = { phantoms: { count: 120, seed: 7 } };
const run = await remote.study({ data, seed: 5, threads: Number(threads), forced: true });
const layers = [dense(64), relu(), dropout(0.3), dense(2)];
const options = { network: network(layers), optimizer: adam(), augment: [rotate(10)], batchSize: 8, patience: null };
const epochs = run.train({ ...options, epochs: 3 });
let last;
do last = await epochs.next();
while (!last.done);
const stopped = new AbortController();
const further = run.train({ ...options, epochs: 100000, onStep: () => stopped.abort(), signal: stopped.signal });
const drain = async () => {
  while (!(await further.next()).done);
};
const aborted = await drain().catch((error) => error === stopped.signal.reason);
const ended = (await run.ledger()).find(({ event }) => event === "training ended");
console.log(JSON.stringify({ weights: last.value.weightsSha256, threads: ended.threads, aborted }));
remote.end();
