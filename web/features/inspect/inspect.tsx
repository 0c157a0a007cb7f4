import type { Inspection, TensorDetails } from 'octolite';
import type { JSX } from 'preact';
import { Notice } from '../../components/notice.js';
import { formatBytes, formatMultiplyAdds, formatShape, plural } from '../../lib/format.js';
import { model, obstacle } from '../open/state.js';

interface OperatorRow {
  readonly name: string;
  readonly supported: boolean;
  readonly count: number;
  readonly weightBytes: number;
  readonly multiplyAdds: number;
}

function operatorRows({ subgraphs }: Inspection): OperatorRow[] {
  const rows = new Map<string, OperatorRow>();
  for (const { operators } of subgraphs) {
    for (const { name, supported, weightBytes, multiplyAdds } of operators) {
      const row = rows.get(name);
      rows.set(name, {
        name,
        supported,
        count: (row?.count ?? 0) + 1,
        weightBytes: (row?.weightBytes ?? 0) + weightBytes,
        multiplyAdds: (row?.multiplyAdds ?? 0) + multiplyAdds,
      });
    }
  }
  return [...rows.values()].sort((a, b) => b.weightBytes - a.weightBytes || b.count - a.count);
}

function Tensors({ tensors }: { readonly tensors: readonly TensorDetails[] }): JSX.Element {
  return (
    <ul class="tensors">
      {tensors.map(({ index, name, dtype, shapeSignature, quantization }) => (
        <li key={index}>
          <span class="name">{name || `tensor ${index}`}</span>{' '}
          <span class="type">
            {dtype} {formatShape(shapeSignature)}
            {quantization.scales.length > 0 &&
              ` · scale ${quantization.scale.toPrecision(4)}, zero point ${quantization.zeroPoint}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What is in the model: inputs, outputs, where its bytes are, its operators. */
export function InspectPanel(): JSX.Element | null {
  const open = model.value;
  if (!open) return null;
  const { inspection } = open;
  const rows = operatorRows(inspection);
  const operators = rows.reduce((sum, row) => sum + row.count, 0);
  const heaviest = Math.max(...rows.map((row) => row.weightBytes), 1);
  const types = Object.entries(inspection.weightBytesByType)
    .sort(([, a], [, b]) => b - a)
    .map(([type, bytes]) => `${formatBytes(bytes)} ${type}`)
    .join(', ');
  return (
    <section class="panel" aria-labelledby="inside-title">
      <h2 id="inside-title">What is inside</h2>
      {inspection.unsupportedOperators.length > 0 && (
        <Notice kind="warning" title="Some operators cannot run here yet">
          <p>
            <span class="name">{inspection.unsupportedOperators.join(', ')}</span>. Static int8
            needs to run the model; weight-only int8 and float16 still work, unmeasured.
          </p>
        </Notice>
      )}
      {obstacle.value && (
        <Notice kind="note" title="Already quantized">
          <p>{obstacle.value}</p>
        </Notice>
      )}
      <dl class="facts">
        <div>
          <dt>State</dt>
          <dd>
            {inspection.kind}
            {inspection.perChannel && ', per channel'}
          </dd>
        </div>
        <div>
          <dt>File</dt>
          <dd>{formatBytes(inspection.fileBytes)}</dd>
        </div>
        <div>
          <dt>Weights</dt>
          <dd>{types || 'none'}</dd>
        </div>
        <div>
          <dt>Graph and names</dt>
          <dd>{formatBytes(inspection.otherBytes + inspection.metadataBytes)}</dd>
        </div>
        <div class="wide">
          <dt>{inspection.inputs.length === 1 ? 'Input' : 'Inputs'}</dt>
          <dd>
            <Tensors tensors={inspection.inputs} />
          </dd>
        </div>
        <div class="wide">
          <dt>{inspection.outputs.length === 1 ? 'Output' : 'Outputs'}</dt>
          <dd>
            <Tensors tensors={inspection.outputs} />
          </dd>
        </div>
      </dl>
      <div class="scroll" tabIndex={0} role="region" aria-label="Operators">
        <table>
          <caption>
            {plural(operators, 'operator')} of {plural(rows.length, 'kind')}
          </caption>
          <thead>
            <tr>
              <th scope="col">Operator</th>
              <th scope="col" class="number">
                Count
              </th>
              <th scope="col" class="number">
                Weights
              </th>
              <th scope="col" class="share">
                <span class="visually-hidden">Share of the weights</span>
              </th>
              <th scope="col" class="number">
                Multiply-adds
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">
                  {row.name}
                  {!row.supported && <span class="tag bad">cannot run</span>}
                </th>
                <td class="number">{row.count}</td>
                <td class="number">{row.weightBytes > 0 ? formatBytes(row.weightBytes) : '–'}</td>
                <td class="share">
                  <span style={{ width: `${(100 * row.weightBytes) / heaviest}%` }} />
                </td>
                <td class="number">{formatMultiplyAdds(row.multiplyAdds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
