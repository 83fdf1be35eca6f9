// The three phases in Deno, which needs to be allowed nothing: no file is read, nothing is fetched, nothing is written.
//   deno run examples/deno.ts
// In a project of your own the import is "npm:voxgrad".
import { adam, dense, dropout, network, phantoms, relu, reportMarkdown, study } from "voxgrad";

const run = study({ data: phantoms({ count: 200, seed: 7 }), seed: 7 });
const training = run.train({
  network: network([dense(64), relu(), dropout(0.3), dense(2)]),
  optimizer: adam({ learningRate: 1e-3 }),
  epochs: 10,
});
for await (const { epoch, totalError, validation } of training) {
  console.log(
    `epoch ${epoch}: total error ${totalError.toFixed(1)}, validation ROC AUC ${validation.rocAuc?.toFixed(3)}`,
  );
}

const report = await run.test();
console.log((await reportMarkdown(report)).split("\n").slice(0, 12).join("\n"));
console.log(report.weightsSha256); // the same in Node, in Bun and in every browser
