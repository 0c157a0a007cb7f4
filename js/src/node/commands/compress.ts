import { wireSize } from '../../compress/wire_size.js';
import type { CompressionReport } from '../../compress/types.js';
import { JSON_OPTION, UsageError, type Command, type Context } from '../command.js';
import {
  COMPRESSION_HELP,
  COMPRESSION_OPTIONS,
  compressionChoice,
  describeCompression,
  describeSizes,
} from '../compression.js';
import { readFileBytes } from '../files.js';
import { OutputFile } from '../output_file.js';

export const compress: Command = {
  summary: "make a model's weights compress better, or undo tflite-micro's compression",
  files: ['MODEL'],
  options: {
    ...JSON_OPTION,
    ...COMPRESSION_OPTIONS,
    output: { type: 'string', short: 'o' },
  },
  help: `Usage: octolite compress MODEL -o OUT [options]

Changes the weights of a model, float or quantized, and says what becomes of them and of the size.
Without options it writes the model as it is: of a file for tflite-micro, an ordinary one. The
quantize command takes the same options.

  -o, --output OUT       the file to write; it appears whole or not at all
${COMPRESSION_HELP}
  --json                 one JSON object on standard output

Examples:
  octolite compress model.tflite -o small.tflite --prune 0.5 --cluster 32
  octolite compress int8.tflite -o micro.tflite --cluster 16 --micro-compress
  octolite compress micro.tflite -o ordinary.tflite`,

  async run(context: Context): Promise<void> {
    const path = context.file(0);
    const outputPath = context.text('output');
    if (outputPath === undefined) throw new UsageError('say where to write the model: -o OUT');
    const { prune, cluster, microCompression } = compressionChoice(context);
    const output = await OutputFile.reserve(outputPath, [path]);
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
      context.result({ input: path, output: outputPath, ...report, sizes }, [
        `${path} -> ${outputPath}`,
        ...describeSizes(sizes.before, sizes.after),
        ...describeCompression(report),
      ]);
    } finally {
      await output.abandon();
    }
  },
};
