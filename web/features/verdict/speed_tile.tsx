import type { BenchmarkReport, RuntimeInfo } from 'octolite';
import type { JSX } from 'preact';
import { BeforeAfter } from '../../components/before_after.js';
import { formatCount, formatMilliseconds, formatRatio } from '../../lib/format.js';
import { isSame } from './measures.js';
import type { Measurement } from './state.js';
import { Figures, Tile } from './tile.js';
import { words } from './words.js';

interface SpeedTileProps {
  readonly latency: Measurement['latency'];
  readonly runtime: RuntimeInfo | null;
}

/** How long a run takes, with its spread. */
export function SpeedTile({ latency: { before, after }, runtime }: SpeedTileProps): JSX.Element {
  const { before: beforeLabel, after: afterLabel, speed } = words.value;
  const bar = (label: string, { medianMs, quartilesMs }: BenchmarkReport) => ({
    label,
    text: formatMilliseconds(medianMs),
    parts: [{ label: speed.median, value: medianMs }],
    spread: quartilesMs,
  });
  const row = (label: string, text: (report: BenchmarkReport) => string) =>
    [label, text(before), text(after)] as const;
  const faster = after.medianMs <= before.medianMs;
  const ratio = before.medianMs / after.medianMs;
  return (
    <Tile
      title={speed.title}
      figure={formatRatio(faster ? ratio : 1 / ratio)}
      figureLabel={isSame(ratio) ? speed.same : faster ? speed.faster : speed.slower}
    >
      <BeforeAfter before={bar(beforeLabel, before)} after={bar(afterLabel, after)} />
      <p class="help">{speed.note(runtime?.threads ?? 1)}</p>
      <Figures
        heading={words.value.figure}
        rows={[
          row(speed.median, ({ medianMs }) => formatMilliseconds(medianMs)),
          row(speed.half, ({ quartilesMs }) => formatMilliseconds(...quartilesMs)),
          row(speed.fastest, ({ minMs, maxMs }) => formatMilliseconds(minMs, maxMs)),
          row(speed.runs, ({ runs }) => formatCount(runs)),
        ]}
      />
    </Tile>
  );
}
