import type { Progress } from '../types.js';

const WIDTH = 30;
const STEP_MS = 100;

const LABELS: Readonly<Record<Progress['stage'], string>> = {
  calibrate: 'calibrating',
  quantize: 'quantizing',
  recover: 'recovering',
  compare: 'comparing',
  evaluate: 'evaluating',
  benchmark: 'measuring',
  sensitivity: 'trying operators',
  auto: 'trying mixtures',
};

/** A line on standard error that shows how far a task is; nothing unless that is a terminal. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  #stage: Progress['stage'] | undefined;
  #started = 0;
  #drawn = 0;
  #visible = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  readonly update = ({ stage, done, total }: Progress): void => {
    if (!this.#stream.isTTY) return;
    const now = performance.now();
    if (stage !== this.#stage) {
      this.#stage = stage;
      this.#started = now;
      this.#drawn = 0;
    }
    if (now - this.#drawn < STEP_MS && done !== total) return;
    this.#drawn = now;
    let line = `${LABELS[stage]} ${done}`;
    if (total) {
      const filled = Math.round((WIDTH * Math.min(done, total)) / total);
      const seconds = ((now - this.#started) * (total - done)) / Math.max(done, 1) / 1000;
      const rest = done > 0 && done < total && seconds >= 1 ? `, ${Math.ceil(seconds)} s left` : '';
      line = `${LABELS[stage]} [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done}/${total}${rest}`;
    }
    this.#stream.write(`\r\x1b[K${line}`);
    this.#visible = true;
  };

  /** Takes the line away, so that others can be written. */
  clear(): void {
    if (this.#visible) this.#stream.write('\r\x1b[K');
    this.#visible = false;
  }
}
