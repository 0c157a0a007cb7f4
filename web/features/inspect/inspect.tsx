import { useSignal } from '@preact/signals';
import type { Inspection, TensorDetails } from 'octolite';
import type { JSX } from 'preact';
import { Notice } from '../../components/notice.js';
import { numeric, ScrollTable } from '../../components/table.js';
import { formatBytes, formatList, formatMultiplyAdds, formatShape } from '../../lib/format.js';
import { model, obstacle } from '../open/state.js';
import { OperatorTable } from './operators.js';
import { words } from './words.js';

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
          <span class="name">{name || words.value.tensor(index)}</span>{' '}
          <span class="type">
            {dtype} {formatShape(shapeSignature)}
            {quantization.scales.length > 0 &&
              ` · ${words.value.quantization(quantization.scale.toPrecision(4), quantization.zeroPoint)}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Operators that compute with integers, as far as the file says. */
function integerOperators({ subgraphs }: Inspection): number {
  const computing = subgraphs
    .flatMap(({ operators }) => operators)
    .filter((each) => !each.usesFloat);
  return computing.filter(({ name }) => name !== 'QUANTIZE' && name !== 'DEQUANTIZE').length;
}

/** What callers and tools use beside the graph. */
function Signatures({ inspection }: { readonly inspection: Inspection }): JSX.Element | null {
  const { signatures, metadata, description } = inspection;
  const text = words.value;
  if (signatures.length === 0 && metadata.length === 0 && description === '') return null;
  return (
    <details class="disclosure">
      <summary>{text.signatures}</summary>
      <dl class="facts">
        {signatures.map(({ key, inputs, outputs }) => (
          <div class="wide" key={key}>
            <dt>{key}</dt>
            <dd class="name">
              {formatList(Object.keys(inputs))} → {formatList(Object.keys(outputs))}
            </dd>
          </div>
        ))}
        {metadata.length > 0 && (
          <div class="wide">
            <dt>{text.metadata}</dt>
            <dd class="name">{formatList(metadata)}</dd>
          </div>
        )}
        {description !== '' && (
          <div class="wide">
            <dt>{text.converter}</dt>
            <dd>{description}</dd>
          </div>
        )}
      </dl>
    </details>
  );
}

/** Open or not: its rows are made when somebody looks. */
function EveryOperator(): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <details class="disclosure" onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>{words.value.everyOperator}</summary>
      {isOpen.value && <OperatorTable />}
    </details>
  );
}

/** What is in the model: inputs, outputs, where its bytes are, its operators. */
export function InspectPanel(): JSX.Element | null {
  const open = model.value;
  if (!open) return null;
  const { inspection } = open;
  const text = words.value;
  const rows = operatorRows(inspection);
  const operators = rows.reduce((sum, row) => sum + row.count, 0);
  const heaviest = Math.max(...rows.map((row) => row.weightBytes), 1);
  const types = Object.entries(inspection.weightBytesByType)
    .sort(([, a], [, b]) => b - a)
    .map(([type, bytes]) => `${formatBytes(bytes)} ${type}`.replaceAll(' ', '\u00a0'));
  return (
    <section class="panel" aria-labelledby="inside-title">
      <h2 id="inside-title">{text.title}</h2>
      {inspection.unsupportedOperators.length > 0 && (
        <Notice kind="warning" title={text.cannotRunTitle}>
          <p>
            <span class="name">{formatList(inspection.unsupportedOperators)}</span>:{' '}
            {text.cannotRun}
          </p>
        </Notice>
      )}
      {!inspection.quantizable && (
        <Notice kind="note" title={text.alreadyTitle}>
          <p>{obstacle.value}</p>
        </Notice>
      )}
      <dl class="facts">
        <div>
          <dt>{text.state}</dt>
          <dd>
            {formatList([inspection.kind, ...(inspection.perChannel ? [text.perChannel] : [])])}
          </dd>
        </div>
        <div>
          <dt>{text.file}</dt>
          <dd>{formatBytes(inspection.fileBytes)}</dd>
        </div>
        <div>
          <dt>{text.weights}</dt>
          <dd>{formatList(types) || text.none}</dd>
        </div>
        <div>
          <dt>{text.graph}</dt>
          <dd>{formatBytes(inspection.otherBytes + inspection.metadataBytes)}</dd>
        </div>
        {inspection.kind !== 'float32' && (
          <div>
            <dt>{text.quantizedTitle}</dt>
            <dd>{text.quantized(integerOperators(inspection), operators)}</dd>
          </div>
        )}
        <div class="wide">
          <dt>{text.inputs(inspection.inputs.length)}</dt>
          <dd>
            <Tensors tensors={inspection.inputs} />
          </dd>
        </div>
        <div class="wide">
          <dt>{text.outputs(inspection.outputs.length)}</dt>
          <dd>
            <Tensors tensors={inspection.outputs} />
          </dd>
        </div>
      </dl>
      <ScrollTable
        label={text.operators}
        caption={text.operatorsOfKinds(operators, rows.length)}
        columns={[
          text.operator,
          numeric(text.count),
          numeric(text.weights),
          { label: <span class="visually-hidden">{text.share}</span>, class: 'share' },
          numeric(text.multiplyAdds),
        ]}
      >
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">
                {row.name}
                {!row.supported && <span class="tag bad">{text.cannotRunTag}</span>}
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
      </ScrollTable>
      <EveryOperator />
      <Signatures inspection={inspection} />
    </section>
  );
}
