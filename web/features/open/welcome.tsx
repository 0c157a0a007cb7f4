import type { JSX } from 'preact';
import { FileButton } from '../../components/file_button.js';
import { Gallery } from './gallery.js';
import { openFiles } from './open.js';
import { openSample } from './sample.js';
import { opening } from './state.js';
import { words } from './words.js';

/** The page before there is a model: what it does, and the two ways in. */
export function Welcome(): JSX.Element {
  const text = words.value;
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h1 id="welcome-title">{text.title}</h1>
      <p class="lead">
        {text.lead[0]}
        <code>.tflite</code>
        {text.lead[1]}
      </p>
      <div class="drop-zone">
        <p>{text.dropHere}</p>
        <div class="row">
          <FileButton
            label={text.choose}
            accept=".tflite"
            multiple
            primary
            onFiles={(files) => void openFiles(files)}
          />
          <button
            type="button"
            disabled={opening.value !== ''}
            onClick={() => void openSample('shapes')}
          >
            {text.useSample}
          </button>
        </div>
        <p class="help">{text.otherWays}</p>
      </div>
      <Gallery />
      <ol class="promise">
        {text.steps.map(([title, what]) => (
          <li key={title}>
            <strong>{title}</strong> {what}
          </li>
        ))}
      </ol>
    </section>
  );
}
