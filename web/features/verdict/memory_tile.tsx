import type { BenchmarkReport } from 'octolite';
import type { JSX } from 'preact';
import { BeforeAfter } from '../../components/before_after.js';
import { formatBytes, formatRatio } from '../../lib/format.js';
import { memoryOf } from './measures.js';
import type { Measurement } from './state.js';
import { Figures, Tile } from './tile.js';
import { words } from './words.js';

/** What is held while a model runs. */
export function MemoryTile({ latency }: { readonly latency: Measurement['latency'] }): JSX.Element {
  const { before, after } = latency;
  const { before: beforeLabel, after: afterLabel, memory } = words.value;
  const bar = (label: string, report: BenchmarkReport) => ({
    label,
    text: formatBytes(memoryOf(report)),
    parts: [
      { label: memory.file, value: report.fileBytes },
      { label: memory.packed, value: report.weightBytes },
      { label: memory.arena, value: report.arenaBytes },
    ],
  });
  const row = (label: string, part: 'fileBytes' | 'weightBytes' | 'arenaBytes') =>
    [label, formatBytes(before[part]), formatBytes(after[part])] as const;
  const ratio = memoryOf(before) / memoryOf(after);
  return (
    <Tile
      title={memory.title}
      figure={formatRatio(ratio >= 1 ? ratio : 1 / ratio)}
      figureLabel={ratio >= 1 ? memory.less : memory.more}
    >
      <BeforeAfter before={bar(beforeLabel, before)} after={bar(afterLabel, after)} />
      <p class="help">{memory.help}</p>
      <Figures
        heading={words.value.figure}
        rows={[
          row(memory.file, 'fileBytes'),
          row(memory.packed, 'weightBytes'),
          row(memory.arena, 'arenaBytes'),
        ]}
      />
    </Tile>
  );
}
