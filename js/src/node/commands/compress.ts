import { wireSize } from '../../compress/wire_size.js';
import type { CompressionReport } from '../../compress/types.js';
import { MODEL, type Command, type Context, type Outcome } from '../command.js';
import {
  COMPRESSION_OPTIONS,
  compressionChoice,
  describeCompression,
  describeSizes,
} from '../compression.js';
import { readFileBytes } from '../files.js';
import { outputOption } from '../options.js';
import type { CompressedResult } from '../results.js';

export const compress: Command<CompressedResult> = {
  summary: "make a model's weights compress better, or undo tflite-micro's compression",
  usage: ['MODEL -o OUT [options]'],
  about:
    'Changes the weights of a model, float or quantized, and says what becomes of them and of the ' +
    'size. Without options it writes the model as it is: of a file for tflite-micro, an ordinary ' +
    'one. The quantize command takes the same options.',
  args: [MODEL],
  options: [{ options: { ...outputOption('OUT'), ...COMPRESSION_OPTIONS } }],
  json: true,
  examples: [
    'octolite compress model.tflite -o small.tflite --prune 0.5 --cluster 32',
    'octolite compress int8.tflite -o micro.tflite --cluster 16 --micro-compress',
    'octolite compress micro.tflite -o ordinary.tflite',
  ],

  async run(context: Context): Promise<Outcome<CompressedResult>> {
    const path = context.arg(0);
    const outputPath = context.outputPath('the model: -o OUT');
    const { prune, cluster, microCompression } = compressionChoice(context);
    const output = await context.output(outputPath, [path]);
    try {
      const octolite = await context.octolite();
      const before = await readFileBytes(path);
      let report: CompressionReport = {};
      let bytes = before;
      if (prune) {
        const model = octolite.loadModel(bytes);
        const pruned = await octolite.prune(model, prune);
        ({ bytes } = pruned);
        report = { ...report, pruned: pruned.tensors };
      }
      if (cluster) {
        const model = octolite.loadModel(bytes);
        const clustered = await octolite.cluster(model, {
          ...cluster,
          keepZeros: prune !== undefined,
        });
        ({ bytes } = clustered);
        report = { ...report, clustered: clustered.tensors };
      }
      {
        const model = octolite.loadModel(bytes);
        if (microCompression) {
          const packed = await octolite.compressForMicro(model);
          ({ bytes } = packed);
          report = { ...report, packed: packed.tensors };
        } else {
          bytes = await octolite.decompress(model);
        }
      }
      await output.commit(bytes);
      const sizes = { before: await wireSize(before), after: await wireSize(bytes) };
      const lines = [
        `${path} -> ${outputPath}`,
        ...describeSizes(sizes.before, sizes.after),
        ...describeCompression(report),
      ];
      return { json: { input: path, output: outputPath, ...report, sizes }, lines };
    } finally {
      await output.abandon();
    }
  },
};
