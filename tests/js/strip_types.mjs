// Jest transform: TypeScript to JavaScript, without checking (tsc does that).
import { transformSync } from 'esbuild';

export default {
  process(source, filename) {
    return transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      sourcefile: filename,
    });
  },
};
