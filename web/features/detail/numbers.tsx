import type { TensorDetails } from 'octolite';
import type { ComponentChildren, JSX } from 'preact';
import { formatBytes, formatDecibels, formatShape } from '../../lib/format.js';
import { measuredLayers, type Layer } from '../layers/state.js';
import { settledVerdict } from '../verdict/state.js';
import { formatReal } from './real.js';
import { output } from './state.js';
import { words } from './words.js';

function Fact({
  name,
  help,
  isWide,
  children,
}: {
  readonly name: string;
  readonly help?: string;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={isWide ? 'wide' : undefined}>
      <dt>{help ? <abbr title={help}>{name}</abbr> : name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What is known of a layer without a picture. */
export function Numbers({ layer }: { readonly layer: Layer }): JSX.Element {
  const text = words.value;
  const fate = settledVerdict.value?.report.operators.find(
    ({ subgraph, index }) => subgraph === layer.subgraph && index === layer.operator,
  );
  const loaded = output.value.kind === 'ready' ? output.value.value?.tensors : undefined;
  const before: TensorDetails | undefined = loaded?.before;
  const after = loaded?.after;
  const own = measuredLayers.value?.comparison.layers?.find(
    ({ operatorIndex, tensorA }) => operatorIndex === layer.operator && tensorA === layer.tensor,
  );
  const both = (from: string, to: string | undefined): string =>
    to === undefined || to === from ? from : text.arrow(from, to);
  const isQuantized = after && after.quantization.scale > 0;
  return (
    <dl class="facts">
      {fate && <Fact name={text.mode}>{text.modes[fate.mode]}</Fact>}
      {before && <Fact name={text.type}>{both(before.dtype, after?.dtype)}</Fact>}
      {before && <Fact name={text.shape}>{formatShape(before.shape)}</Fact>}
      {isQuantized && <Fact name={text.scale}>{formatReal(after.quantization.scale, 5)}</Fact>}
      {isQuantized && (
        <Fact name={text.zeroPoint}>{formatReal(after.quantization.zeroPoint, 6)}</Fact>
      )}
      {fate && fate.weightBytesBefore > 0 && (
        <Fact name={text.weightBytes}>
          {both(formatBytes(fate.weightBytesBefore), formatBytes(fate.weightBytesAfter))}
        </Fact>
      )}
      {own && (
        <>
          <Fact name={text.sqnr} help={text.sqnrHelp}>
            {formatDecibels(own.sqnrDb)}
          </Fact>
          <Fact name={text.ownSqnr} help={text.ownSqnrHelp}>
            {formatDecibels(own.localSqnrDb)}
          </Fact>
        </>
      )}
      {fate?.reason && (
        <Fact name={text.reason} isWide>
          {fate.reason}
        </Fact>
      )}
    </dl>
  );
}
