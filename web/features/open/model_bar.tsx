import type { JSX } from 'preact';
import { FileButton } from '../../components/file_button.js';
import { formatBytes, formatList } from '../../lib/format.js';
import { openFiles } from './open.js';
import { openSample } from './sample.js';
import { model, opening } from './state.js';
import { words } from './words.js';

/** Which model is open, and the way to another. */
export function ModelBar(): JSX.Element | null {
  const open = model.value;
  if (!open) return null;
  return (
    <div class="model-bar">
      <h1>
        <span class="name">{open.name}</span>
        <span class="help">
          {formatList([open.inspection.kind, formatBytes(open.bytes.byteLength)])}
        </span>
      </h1>
      <div class="row">
        <FileButton
          label={words.value.openAnother}
          accept=".tflite"
          multiple
          onFiles={(files) => void openFiles(files)}
        />
        {!open.isSample && (
          <button
            type="button"
            disabled={opening.value !== ''}
            onClick={() => void openSample('shapes')}
          >
            {words.value.useSample}
          </button>
        )}
      </div>
    </div>
  );
}
