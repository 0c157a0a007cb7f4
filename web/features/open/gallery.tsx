import type { JSX } from 'preact';
import { openSample } from './sample.js';
import { SAMPLE_IDS, type SampleId } from './samples.js';
import { opening } from './state.js';
import { words } from './words.js';

/** Heights of the bars that stand for a sound. */
const WAVE = [6, 14, 24, 34, 22, 30, 18, 26, 12, 18, 8, 12, 5, 7];

const PICTURES: Readonly<Record<SampleId, JSX.Element>> = {
  shapes: (
    <>
      <circle cx="24" cy="24" r="13" />
      <path class="second" d="M52 37 66 11 80 37Z" />
      <path d="m104 9 4 10 11 1-8 7 2 11-9-6-9 6 2-11-8-7 11-1Z" />
    </>
  ),
  sounds: (
    <>
      {WAVE.map((height, at) => (
        <rect
          key={at}
          class={at % 2 ? 'second' : undefined}
          x={10 + 8 * at}
          y={24 - height / 2}
          width="5"
          height={height}
          rx="2.5"
        />
      ))}
    </>
  ),
  pump: (
    <>
      {[9, 20, 31].map((y, row) =>
        [12, 39, 66, 93].map((x, column) => (
          <rect
            key={`${x} ${y}`}
            class={row === 0 || column === 3 ? undefined : 'second'}
            x={x}
            y={y}
            width={row > 0 && (row + column) % 3 === 0 ? 14 : 22}
            height="7"
            rx="2"
          />
        )),
      )}
    </>
  ),
};

/** The models that come with the page; one click leads to a verdict. */
export function Gallery(): JSX.Element {
  const text = words.value;
  return (
    <section class="gallery" aria-labelledby="gallery-title">
      <h2 id="gallery-title">{text.galleryTitle}</h2>
      <ul>
        {SAMPLE_IDS.map((id) => (
          <li key={id}>
            <button
              type="button"
              disabled={opening.value !== ''}
              onClick={() => void openSample(id)}
            >
              <svg viewBox="10 0 128 48" aria-hidden="true">
                {PICTURES[id]}
              </svg>
              <span class="gallery-name">{text.samples[id].name}</span>
              <span class="help">{text.samples[id].what}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
