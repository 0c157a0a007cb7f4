// Quantizes a model to int8 with pictures of your own, says what that costs, and writes the result.
//
//   node quantize.js [MODEL.tflite PICTURES ...] [-o int8.tflite] [--recipe NAME] [--range -1,1]
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load, OctoliteError, openDataset } from 'octolite';
import { dataFiles, decodeJpeg } from 'octolite/node';

const sample = (name) => fileURLToPath(new URL(`../sample-model/${name}`, import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    output: { type: 'string', short: 'o', default: 'int8.tflite' },
    recipe: { type: 'string', default: 'static_wi8_ai8' },
    range: { type: 'string', default: '0,1' },
  },
});
const [modelPath, ...pictures] =
  positionals.length > 0
    ? positionals
    : [sample('shapes.tflite'), sample('calibration-images-idx4-ubyte.gz')];

async function main() {
  const octolite = await load();
  const model = octolite.loadModel(await readFile(modelPath));
  const { inputs } = octolite.inspect(model);

  // Files are read one at a time, when a sample is asked for: folders may be as large as they like.
  const files = await dataFiles(pictures);
  const preprocessing = {
    decodeImage: decodeJpeg,
    resize: 'crop',
    range: values.range.split(',').map(Number),
  };
  const all = await openDataset(files, inputs, preprocessing);
  // What a model was calibrated on flatters it, so a quarter is kept back to compare on.
  const heldOut = Math.floor(all.length / 4);
  const calibration = await openDataset(files, inputs, {
    ...preprocessing,
    limit: all.length - heldOut,
  });
  const unseen = await openDataset(files, inputs, {
    ...preprocessing,
    skip: all.length - heldOut,
  });

  const { bytes, report } = await octolite.quantize(model, { recipe: values.recipe, calibration });
  const quantized = octolite.loadModel(bytes);
  const { outputs } = await octolite.compare(model, quantized, heldOut > 0 ? unseen : calibration);

  const inFloat = report.operators.filter(({ mode }) => mode === 'float').length;
  console.log(`calibrated on ${calibration.length} pictures, compared on ${heldOut} others`);
  console.log(`size        ${report.bytesBefore} -> ${report.bytesAfter} bytes`);
  console.log(`in float    ${inFloat} of ${report.operators.length} operators`);
  for (const { name, sqnrDb, top1Agreement } of outputs) {
    console.log(`${name}: SQNR ${sqnrDb.toFixed(1)} dB${agreement(top1Agreement)}`);
  }
  for (const warning of report.warnings) console.log(`warning: ${warning}`);

  await writeFile(values.output, bytes);
  console.log(`wrote ${values.output}`);
  quantized.dispose();
  model.dispose();
}

/** Only class scores have one. */
function agreement(share) {
  return share === undefined ? '' : `, same class for ${(100 * share).toFixed(1)} %`;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof OctoliteError)) throw error;
  // The message says what, where and what to do; a stack trace would add nothing.
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
