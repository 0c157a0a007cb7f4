import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { RefusalNotice } from '../../../components/notice.js';
import { formatDecibels } from '../../../lib/format.js';
import { heatOfSqnr } from '../heat.js';
import { isSameLayer, type LayerRow } from '../rows.js';
import { selectedLayer } from '../state.js';
import { rows, select } from '../view.js';
import { words } from '../words.js';
import type { GraphLayout } from './layout.js';
import { NODE } from './part.js';
import { drawing, drawingRefusal, layOutAgain, operators, subgraph } from './state.js';

const ZOOM = { least: 0.04, most: 2, step: 1.25 } as const;
/** An operator's name is cut to what fits its node. */
const MOST_LETTERS = 17;

const path = (points: GraphLayout['edges'][number]): string =>
  points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

function Node({
  row,
  x,
  y,
  isSelected,
}: {
  readonly row: LayerRow;
  readonly x: number;
  readonly y: number;
  readonly isSelected: boolean;
}): JSX.Element {
  const { name, operator, output, sqnrDb } = row;
  const heat = sqnrDb === null ? 0 : heatOfSqnr(sqnrDb);
  return (
    <g
      class={isSelected ? 'graph-node selected' : 'graph-node'}
      transform={`translate(${x - NODE.width / 2} ${y - NODE.height / 2})`}
      style={{ '--heat': `${Math.round(100 * heat)}%` }}
      data-operator={operator}
      onClick={() => select(row)}
    >
      <title>{`${name} ${operator}: ${output}`}</title>
      <rect width={NODE.width} height={NODE.height} rx="6" />
      <text x={NODE.width / 2} y="18">
        {name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name}
      </text>
      <text class="graph-figure" x={NODE.width / 2} y="35">
        {`${operator}${sqnrDb === null ? '' : ` · ${formatDecibels(sqnrDb)}`}`}
      </text>
    </g>
  );
}

function Drawing({ layout, zoom }: { readonly layout: GraphLayout; readonly zoom: number }) {
  const { width, height, nodes, edges } = layout;
  const rowOf = new Map(
    rows.value.filter((row) => row.subgraph === subgraph.value).map((row) => [row.operator, row]),
  );
  const chosen = selectedLayer.value;
  return (
    <svg
      width={width * zoom}
      height={height * zoom}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <path class="graph-edges" d={edges.map(path).join('')} />
      {nodes.map(({ index, x, y }) => {
        const row = rowOf.get(index);
        return (
          row && <Node key={index} row={row} x={x} y={y} isSelected={isSameLayer(row, chosen)} />
        );
      })}
    </svg>
  );
}

/**
 * The operators as a graph, coloured like the table, which is its twin for those who do not see it.
 * It is moved by scrolling, with whatever scrolls.
 */
export function LayerGraph(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const zoom = useSignal(1);
  const drawnZoom = useRef(1);
  const layout = drawing.value;
  const chosen = selectedLayer.value;

  const center = (): void => {
    const view = box.current;
    if (!view || !layout) return;
    const place = layout.nodes.find(({ index }) => index === chosen?.operator) ?? layout.nodes[0];
    if (!place) return;
    view.scrollTo({
      left: place.x * zoom.value - view.clientWidth / 2,
      top: place.y * zoom.value - view.clientHeight / 2,
    });
  };
  // Follows what is chosen, and begins there.
  useEffect(center, [layout, chosen]);

  // What is in the middle of the view stays there.
  useLayoutEffect(() => {
    const view = box.current;
    const ratio = zoom.value / drawnZoom.current;
    drawnZoom.current = zoom.value;
    if (!view || ratio === 1) return;
    const [halfWidth, halfHeight] = [view.clientWidth / 2, view.clientHeight / 2];
    view.scrollTo({
      left: (view.scrollLeft + halfWidth) * ratio - halfWidth,
      top: (view.scrollTop + halfHeight) * ratio - halfHeight,
    });
  });

  const zoomTo = (wanted: number): void => {
    zoom.value = Math.min(Math.max(wanted, ZOOM.least), ZOOM.most);
  };
  const fit = (): void => {
    const view = box.current;
    if (!view || !layout) return;
    const { width, height } = layout;
    zoomTo(Math.min(view.clientWidth / width, view.clientHeight / height, 1));
  };
  // Preact's listeners of wheels are passive where the browser has its way.
  useEffect(() => {
    const view = box.current;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomTo(zoom.peek() * ZOOM.step ** (event.deltaY < 0 ? 1 : -1));
    };
    view?.addEventListener('wheel', onWheel, { passive: false });
    return () => view?.removeEventListener('wheel', onWheel);
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Readonly<Record<string, () => void>> = {
      '+': () => zoomTo(zoom.value * ZOOM.step),
      '=': () => zoomTo(zoom.value * ZOOM.step),
      '-': () => zoomTo(zoom.value / ZOOM.step),
      '0': fit,
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };

  const { graphLabel, graphHelp, graphPart, layingOut, legendCold, legendHot } = words.value;
  const { zoomIn, zoomOut, zoomFit, toSelected } = words.value;
  const count = operators.value.length;
  const isPart = layout !== null && layout.nodes.length < count;
  return (
    <div class="layers-graph">
      <div class="row graph-tools">
        <button
          type="button"
          aria-label={zoomOut}
          title={zoomOut}
          onClick={() => zoomTo(zoom.value / ZOOM.step)}
        >
          −
        </button>
        <button
          type="button"
          aria-label={zoomIn}
          title={zoomIn}
          onClick={() => zoomTo(zoom.value * ZOOM.step)}
        >
          +
        </button>
        <button type="button" onClick={fit}>
          {zoomFit}
        </button>
        <button type="button" disabled={!chosen} onClick={center}>
          {toSelected}
        </button>
      </div>
      <div
        ref={box}
        class="graph-box"
        role="region"
        aria-label={graphLabel}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        {drawingRefusal.value ? (
          <RefusalNotice refusal={drawingRefusal.value} onRetry={layOutAgain} />
        ) : layout ? (
          <Drawing layout={layout} zoom={zoom.value} />
        ) : (
          <p class="help">{layingOut}</p>
        )}
      </div>
      <p class="help graph-legend">
        {legendCold} <span class="graph-scale" aria-hidden="true" /> {legendHot}
      </p>
      <p class="help">{isPart ? graphPart(layout.nodes.length, count) : graphHelp}</p>
    </div>
  );
}
