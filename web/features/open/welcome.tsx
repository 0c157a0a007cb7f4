import type { JSX } from 'preact';
import { FileButton } from '../../components/file_button.js';
import { openFiles } from './open.js';
import { openSample } from './sample.js';
import { opening } from './state.js';

/** The page before there is a model: what it does, and the two ways in. */
export function Welcome(): JSX.Element {
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h1 id="welcome-title">
        Make a TensorFlow{'\u00a0'}Lite model smaller and faster. See what it costs.
      </h1>
      <p class="lead">
        Drop a <code>.tflite</code> file anywhere. Octolite quantizes it in this tab, runs the
        original and the result on your machine, and shows size, fidelity and speed side by side.
      </p>
      <div class="drop-zone">
        <p>Drop a model here</p>
        <div class="row">
          <FileButton
            label="Choose a file…"
            accept=".tflite"
            primary
            onFiles={(files) => void openFiles(files)}
          />
          <button type="button" disabled={opening.value !== ''} onClick={() => void openSample()}>
            Use the sample
          </button>
        </div>
        <p class="help">
          The sample tells 16 drawn shapes apart and comes with 480 labelled pictures, so the first
          result is one click away.
        </p>
      </div>
      <ol class="promise">
        <li>
          <strong>Open</strong> See inputs, outputs, operators, and where the bytes are.
        </li>
        <li>
          <strong>Quantize</strong> int8 static, dynamic or weight-only, or float16; calibrated with
          your own pictures.
        </li>
        <li>
          <strong>Decide</strong> Compare both models, then take the smaller file with you.
        </li>
      </ol>
    </section>
  );
}
