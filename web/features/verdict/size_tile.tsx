import type { JSX } from 'preact';
import { formatBytes, formatRatio } from '../../lib/format.js';
import { compressAgain, gzipSizeOf, type GzipSize } from './compressed.js';
import { partsOf, type FilePart, type PartKind } from './measures.js';
import type { Verdict } from './state.js';
import { Figures, Tile } from './tile.js';
import { words } from './words.js';

function labelOf({ dtype, kind }: FilePart): string {
  const { weights, graph, metadata } = words.value.size;
  if (dtype) return weights(dtype);
  return kind === 'graph' ? graph : metadata;
}

interface RowProps {
  readonly label: string;
  readonly text: string;
  readonly parts: readonly FilePart[];
  /** Bytes of the whole width. */
  readonly scale: number;
}

/** A file as a bar; the figures below say the same. */
function SizeBar({ label, text, parts, scale }: RowProps): JSX.Element {
  return (
    <div class="bar-row">
      <dt>{label}</dt>
      <dd>{text}</dd>
      <div class="bar parts" aria-hidden="true">
        {parts.map((part) => (
          <span
            key={labelOf(part)}
            class={`part-${part.kind}`}
            title={`${labelOf(part)}: ${formatBytes(part.bytes)}`}
            style={{ width: `${(100 * part.bytes) / scale}%` }}
          />
        ))}
      </div>
    </div>
  );
}

/** In the order of the bars. */
const KINDS: readonly PartKind[] = ['float', 'integer', 'other', 'graph', 'metadata'];

function Legend({ parts }: { readonly parts: readonly FilePart[] }): JSX.Element {
  const types = new Map<PartKind, string[]>();
  for (const part of parts) {
    const labels = types.get(part.kind) ?? [];
    const label = part.dtype ?? labelOf(part);
    if (!labels.includes(label)) types.set(part.kind, [...labels, label]);
  }
  return (
    <ul class="legend">
      {KINDS.filter((kind) => types.has(kind)).map((kind) => (
        <li key={kind}>
          <span class={`swatch part-${kind}`} aria-hidden="true" />
          {types.get(kind)?.join(', ')}
        </li>
      ))}
    </ul>
  );
}

/** Bytes of both files, part by part, and compressed. */
export function SizeTile({ report, inspection, open, bytes }: Verdict): JSX.Element {
  const { bytesBefore, bytesAfter } = report;
  const { before: beforeLabel, after: afterLabel, size } = words.value;
  const before = partsOf(inspection.before);
  const after = partsOf(inspection.after);
  const smaller = bytesAfter <= bytesBefore;
  const scale = Math.max(bytesBefore, bytesAfter);
  const packed = [gzipSizeOf(open.bytes).value, gzipSizeOf(bytes).value] as const;
  const asText = (count: GzipSize): string => {
    if (count === 'compressing') return size.compressing;
    return count === 'failed' ? '–' : formatBytes(count);
  };
  const labels = [...new Set([...before, ...after].map(labelOf))];
  const bytesOf = (parts: readonly FilePart[], label: string): string => {
    const found = parts.find((part) => labelOf(part) === label);
    return found ? formatBytes(found.bytes) : '–';
  };
  return (
    <Tile
      title={size.title}
      figure={formatRatio(smaller ? bytesBefore / bytesAfter : bytesAfter / bytesBefore)}
      figureLabel={smaller ? size.smaller : size.larger}
    >
      <dl class="bars">
        <SizeBar label={beforeLabel} text={formatBytes(bytesBefore)} parts={before} scale={scale} />
        <SizeBar label={afterLabel} text={formatBytes(bytesAfter)} parts={after} scale={scale} />
      </dl>
      <Legend parts={[...before, ...after]} />
      {packed.includes('failed') ? (
        <div class="row">
          <p class="help">{size.notCompressed}</p>
          <button type="button" onClick={() => [open.bytes, bytes].forEach(compressAgain)}>
            {size.tryAgain}
          </button>
        </div>
      ) : (
        <p class="help">{size.compressed(asText(packed[0]), asText(packed[1]))}</p>
      )}
      <Figures
        heading={size.part}
        rows={[
          ...labels.map((label) => [label, bytesOf(before, label), bytesOf(after, label)] as const),
          [size.file, formatBytes(bytesBefore), formatBytes(bytesAfter)],
          [size.gzip, asText(packed[0]), asText(packed[1])],
        ]}
      />
    </Tile>
  );
}
