import type { Progress } from '../types.js';

const WIDEST = 30;
const STEP_MS = 100;

/** Stages that are not named here are called what they are. */
const LABELS: Readonly<Record<string, string>> = {
  calibrate: 'calibrating',
  quantize: 'quantizing',
  recover: 'recovering',
  compare: 'comparing',
  evaluate: 'evaluating',
  benchmark: 'measuring',
  sensitivity: 'trying operators',
  auto: 'trying mixtures',
  download: 'downloading',
};

/** 95000 -> "1 min 35 s" */
function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** A line on standard error that shows how far a task is; nothing unless that is a terminal. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  #stage: Progress['stage'] | undefined;
  #drawn = 0;
  #visible = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  readonly update = (progress: Progress): void => {
    if (!this.#stream.isTTY || process.env.TERM === 'dumb') return;
    const { stage, done, total } = progress;
    const now = performance.now();
    if (stage === this.#stage && now - this.#drawn < STEP_MS && done !== total) return;
    this.#stage = stage;
    this.#drawn = now;
    this.#stream.write(`\r\x1b[K${this.#line(progress)}`);
    this.#visible = true;
  };

  /** A line that leaves the last column free, where terminals would wrap. */
  #line({ stage, done, total, remainingMs = 0 }: Progress): string {
    const label = LABELS[stage] ?? stage;
    if (!total) return `${label} ${done}`;
    const rest = remainingMs >= 1000 ? `, ${duration(remainingMs)} left` : '';
    const numbers = `${done}/${total}${rest}`;
    const width = Math.min(
      WIDEST,
      (this.#stream.columns || 80) - label.length - numbers.length - 5,
    );
    if (width < 5) return `${label} ${numbers}`.slice(0, (this.#stream.columns || 80) - 1);
    const filled = Math.round((width * Math.min(done, total)) / total);
    return `${label} [${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${numbers}`;
  }

  /** Takes the line away, so that others can be written. */
  clear(): void {
    if (this.#visible) this.#stream.write('\r\x1b[K');
    this.#visible = false;
  }
}
