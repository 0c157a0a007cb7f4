/** Rows of the layer table: joining, sorting, filtering, windows, advice, and the graph. */
import { describe, expect, test } from '@jest/globals';
import { load, randomSamples, type Inspection } from 'octolite';
import {
  adviceOf,
  isApplied,
  keepingFloat,
  settingsOf,
} from '../../../web/features/layers/advice.js';
import {
  filtered,
  GRAPH_ORDER,
  NO_FILTER,
  nextOrder,
  sorted,
} from '../../../web/features/layers/arrange.js';
import { changedExceptions } from '../../../web/features/layers/exceptions.js';
import { layOut } from '../../../web/features/layers/graph/layout.js';
import { edgesOf, hasAround, NODE, partAround } from '../../../web/features/layers/graph/part.js';
import { heatOfShare, heatOfSqnr } from '../../../web/features/layers/heat.js';
import { layerOf, rowsOf, shortOutput, type LayerRow } from '../../../web/features/layers/rows.js';
import { windowOf } from '../../../web/components/window.js';
import { rowAfterKey, scrollToRow } from '../../../web/features/layers/window.js';
import { DEFAULTS } from '../../../web/features/recipe/settings.js';
import { sampleModelBytes } from '../support/files.js';

function row(place: number, part: Partial<LayerRow> = {}): LayerRow {
  return {
    place,
    subgraph: 0,
    operator: place,
    name: 'CONV_2D',
    scope: `block${place}/conv;`,
    output: `block${place}/conv`,
    tensor: place,
    tensorAfter: place,
    operatorAfter: place + 1,
    type: 'int8',
    bytesBefore: 400,
    bytesAfter: 100,
    sqnrDb: 30,
    localSqnrDb: 40,
    share: 0.1,
    clipped: 0,
    msBefore: 1,
    msAfter: 0.5,
    mode: 'static',
    asked: 'static',
    scheme: 'static_wi8_ai8',
    reason: '',
    ...part,
  };
}

describe('rows of the sample', () => {
  async function quantized(measured: boolean): Promise<{ before: Inspection; rows: LayerRow[] }> {
    const octolite = await load();
    const float = octolite.loadModel(sampleModelBytes());
    const before = octolite.inspect(float);
    const data = randomSamples(before.inputs, 2, 1);
    const { bytes, report } = await octolite.quantize(float, {
      recipe: 'static_wi8_ai8',
      calibration: data,
    });
    const after = octolite.loadModel(bytes);
    const inspection = { before, after: octolite.inspect(after) };
    const time = { profile: true, runs: 2, warmup: 0 };
    const measurement = measured
      ? {
          comparison: await octolite.compare(float, after, data, { perLayer: true }),
          before: await octolite.benchmark(float, time),
          after: await octolite.benchmark(after, time),
        }
      : null;
    for (const model of [float, after]) model.dispose();
    return { before, rows: rowsOf(inspection, report, measurement) };
  }

  test('every operator has its figures, the last one too, whose result is converted', async () => {
    const { before, rows } = await quantized(true);
    const operators = before.subgraphs[0]!.operators;
    expect(rows.map(({ name, output }) => [name, output])).toEqual(
      operators.map(({ name, output }) => [name, output]),
    );
    for (const each of rows) {
      expect(each.sqnrDb).toBeGreaterThan(5);
      expect(each.msBefore).toBeGreaterThan(0);
      expect(each.msAfter).toBeGreaterThan(0);
      expect([each.type, each.mode]).toEqual(['int8', 'static']);
      // The quantized model begins with a QUANTIZE.
      expect(each.operatorAfter).toBe(each.operator + 1);
    }
    expect(rows.reduce((sum, { share }) => sum + (share ?? 0), 0)).toBeCloseTo(1, 5);
    expect(rows[0]).toMatchObject({ bytesBefore: 1792, bytesAfter: 496 });
    expect(Object.keys(layerOf(rows[0]!))).not.toContain('sqnrDb');
  });

  test('what is not measured is null, and places are known without', async () => {
    const { rows } = await quantized(false);
    for (const each of rows) {
      expect([each.sqnrDb, each.share, each.msBefore, each.msAfter]).toEqual(Array(4).fill(null));
      expect(each.type).toBe('int8');
      expect(each.bytesAfter).toBeLessThanOrEqual(each.bytesBefore);
    }
    expect(rows[3]).toMatchObject({ operatorAfter: 4 });
  });
});

describe('an operator that the quantized model lacks', () => {
  const subgraph = (operators: object[]): Inspection =>
    ({ subgraphs: [{ inputs: [{ index: 0 }], operators }] }) as unknown as Inspection;
  const operator = (index: number, name: string, inputs: number[], outputs: number[]): object => ({
    index,
    name,
    inputs,
    outputs,
    output: `t${outputs[0]}`,
    scope: `t${outputs[0]};`,
    weightBytes: 8,
  });

  test('has no place there, and its bytes stay where the report is silent', () => {
    const inspection = {
      before: subgraph([operator(0, 'RESHAPE', [0], [1]), operator(1, 'CONV_2D', [1], [2])]),
      after: subgraph([operator(0, 'CONV_2D', [1], [2])]),
    };
    const [gone, kept] = rowsOf(inspection, { operators: [] }, null);
    expect(gone).toMatchObject({ operatorAfter: null, tensorAfter: null, bytesAfter: 8 });
    expect(kept).toMatchObject({ operatorAfter: 0, tensorAfter: 2, mode: 'float', type: null });
  });

  test('one that unpacks a constant has no row', () => {
    const packed = subgraph([operator(0, 'DEQUANTIZE', [7], [8]), operator(1, 'ADD', [0, 8], [2])]);
    const [only, ...more] = rowsOf({ before: packed, after: packed }, { operators: [] }, null);
    expect(only).toMatchObject({ name: 'ADD', operator: 1, place: 0 });
    expect(more).toEqual([]);
  });

  test('one that only converts leads to the one that computes, unless it is meant itself', () => {
    const after = subgraph([operator(0, 'ADD', [0], [1]), operator(1, 'DEQUANTIZE', [1], [2])]);
    const named = (name: string): Inspection => subgraph([operator(0, name, [0], [2])]);
    const place = (name: string) =>
      rowsOf({ before: named(name), after }, { operators: [] }, null)[0]?.operatorAfter;
    expect(place('ADD')).toBe(0);
    expect(place('DEQUANTIZE')).toBe(1);
  });
});

describe('order', () => {
  const rows = [
    row(0, { share: 0.2, type: 'int8' }),
    row(1, { share: null, type: null }),
    row(2, { share: 0.5, type: 'float32' }),
    row(3, { share: 0.2, type: 'int8' }),
  ];
  const places = (list: readonly LayerRow[]) => list.map(({ place }) => place);

  test('both ways, the unmeasured last, equals as the graph has them', () => {
    expect(places(sorted(rows, { column: 'share', descending: true }))).toEqual([2, 0, 3, 1]);
    expect(places(sorted(rows, { column: 'share', descending: false }))).toEqual([0, 3, 2, 1]);
    expect(places(sorted(rows, { column: 'operator', descending: true }))).toEqual([3, 2, 1, 0]);
    expect(places(sorted(rows, GRAPH_ORDER))).toEqual([0, 1, 2, 3]);
  });

  test('a press shows what matters first, another one the rest', () => {
    const worst = nextOrder(GRAPH_ORDER, 'sqnrDb');
    expect(worst).toEqual({ column: 'sqnrDb', descending: false });
    expect(nextOrder(worst, 'sqnrDb').descending).toBe(true);
    expect(nextOrder(worst, 'share')).toEqual({ column: 'share', descending: true });
  });
});

describe('filter', () => {
  const rows = [
    row(0),
    row(1, { name: 'ADD', mode: 'float', sqnrDb: 12 }),
    row(2, { sqnrDb: null }),
    row(3, { sqnrDb: 8 }),
  ];
  const found = (part: object): number[] =>
    filtered(rows, { ...NO_FILTER, ...part }).map(({ place }) => place);

  test.each([
    [{}, [0, 1, 2, 3]],
    [{ text: 'conv BLOCK2' }, [2]],
    [{ text: 'nothing' }, []],
    [{ kind: 'float' }, [1]],
    [{ kind: 'quantized', text: 'conv_2d' }, [0, 2, 3]],
    [{ kind: 'worse', decibels: 20 }, [1, 3]],
    [{ kind: 'worse', decibels: 10 }, [3]],
  ])('%j', (part, places) => {
    expect(found(part)).toEqual(places);
  });
});

describe('window', () => {
  test('holds what is in view, wherever it is, and never more than a few others', () => {
    for (let top = 0; top <= 2000 * 44 - 500; top += 970) {
      const { start, end } = windowOf(top, 500, 44, 2000);
      expect(start).toBeLessThanOrEqual(Math.floor(top / 44));
      expect(end).toBeGreaterThanOrEqual(Math.min(Math.ceil((top + 500) / 44), 2000));
      expect(end - start).toBeLessThan(40);
    }
    expect(windowOf(0, 500, 44, 3)).toEqual({ start: 0, end: 3 });
    expect(windowOf(1e6, 500, 44, 10)).toEqual({ start: 10, end: 10 });
    expect(windowOf(-30, 500, 44, 100).start).toBe(0);
  });

  test('scrolls as little as may be', () => {
    expect(scrollToRow(0, 440, 44, 5)).toBe(0);
    expect(scrollToRow(0, 440, 44, 10)).toBe(44);
    expect(scrollToRow(440, 440, 44, 3)).toBe(132);
  });

  test('keys lead on and stop at the ends', () => {
    const keys = (from: number) =>
      ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'x'].map((key) =>
        rowAfterKey(key, from, 100, 10),
      );
    expect(keys(50)).toEqual([51, 49, 59, 41, 0, 99, null]);
    expect(keys(99)).toEqual([99, 98, 99, 90, 0, 99, null]);
    // Nothing is chosen yet.
    expect(keys(-1)).toEqual([0, 0, 8, 0, 0, 99, null]);
    expect(rowAfterKey('Home', 0, 0, 10)).toBeNull();
  });
});

test('heat rises with error and stays between 0 and 1', () => {
  expect([300, 45, 25, 5, -20].map(heatOfSqnr)).toEqual([0, 0, 0.5, 1, 1]);
  expect([0, 0.25, 1, 1.5].map(heatOfShare)).toEqual([0, 0.5, 1, 1]);
});

test('names are cut to what says most', () => {
  expect(shortOutput('model/block5/conv;model/block5/bias')).toBe('block5/conv');
  expect(shortOutput('Identity')).toBe('Identity');
});

describe('advice', () => {
  test('the operator that adds most, with what it may gain', () => {
    const [advice, ...more] = adviceOf([row(0), row(1, { share: 0.9 })], DEFAULTS);
    expect(advice).toMatchObject({ kind: 'keep-float', row: { place: 1 } });
    expect(advice?.gainDb).toBeCloseTo(10, 5);
    expect(advice?.change?.overrides).toEqual([
      { scope: 'block1/conv;', operation: 'CONV_2D', precision: 'float' },
    ]);
    expect(more).toEqual([]);
  });

  test('none where nothing stands out, or where it is in float already', () => {
    expect(adviceOf([row(0), row(1)], DEFAULTS)).toEqual([]);
    expect(adviceOf([row(0), row(1, { share: 0.9, mode: 'float' })], DEFAULTS)).toEqual([]);
    expect(adviceOf([row(0, { share: 1 })], DEFAULTS)[0]?.gainDb).toBe(20);
  });

  test('clipping: a wider range, or more data where it is the widest', () => {
    const rows = [row(0, { clipped: 0.05 })];
    const change = { observer: 'min_max' };
    expect(adviceOf(rows, { ...DEFAULTS, observer: 'mse' })[0]).toMatchObject({ change });
    expect(adviceOf(rows, DEFAULTS)[0]).toMatchObject({ kind: 'more-samples', change: null });
  });

  test('what the library suggests becomes settings, by scope', () => {
    const inspection = {
      subgraphs: [{ operators: [row(0), row(1)] }],
    } as unknown as Inspection;
    const kept = settingsOf({ keepFloat: ['^block1/conv;$'] }, DEFAULTS, inspection);
    expect(kept).toEqual(keepingFloat(DEFAULTS, [row(1)]));
    expect(isApplied(kept, DEFAULTS)).toBe(false);
    expect(isApplied(kept, { ...DEFAULTS, ...kept })).toBe(true);
    const observer = settingsOf({ observer: 'percentile', percentile: 99.9 }, DEFAULTS, inspection);
    expect(observer).toEqual({ observer: 'percentile', percentile: 99.9 });
    expect(isApplied(observer, { ...DEFAULTS, observer: 'percentile' })).toBe(false);
  });

  test('another precision of the same operator gives way', () => {
    const overrides = [
      { scope: 'block1/conv;', operation: 'CONV_2D', precision: 'int16' },
      { scope: 'block2/conv;', operation: 'CONV_2D', precision: 'int16' },
    ] as const;
    const kept = keepingFloat({ overrides }, [row(1)]).overrides;
    expect(kept.map(({ scope, precision }) => [scope, precision])).toEqual([
      ['block2/conv;', 'int16'],
      ['block1/conv;', 'float'],
    ]);
  });
});

test('exceptions that two recipes do not share', () => {
  const override = (scope: string, precision: 'float' | 'int16') => ({
    scope,
    operation: 'CONV_2D',
    precision,
  });
  const { scopes, tensors } = changedExceptions(
    { overrides: [override('a;', 'float'), override('b;', 'float')], ranges: { x: [0, 1] } },
    {
      overrides: [override('b;', 'int16'), override('c;', 'float')],
      ranges: { x: [0, 1], y: [0, 2] },
    },
  );
  expect([...scopes].sort()).toEqual(['a;', 'b;', 'c;']);
  expect([...tensors]).toEqual(['y']);
});

describe('graph', () => {
  // 0 -> 1 -> 3, 0 -> 2 -> 3: a residual block. Constants have no maker.
  const block = [
    { index: 0, inputs: [90, 91], outputs: [1] },
    { index: 1, inputs: [1, 92, -1], outputs: [2] },
    { index: 2, inputs: [1], outputs: [3] },
    { index: 3, inputs: [2, 3, 2], outputs: [4] },
  ];

  test('edges follow tensors, once for a pair', () => {
    expect(edgesOf(block)).toEqual([
      { from: 0, to: 1 },
      { from: 0, to: 2 },
      { from: 1, to: 3 },
      { from: 2, to: 3 },
    ]);
  });

  test('of a long chain there is the part around the chosen one', () => {
    const edges = Array.from({ length: 1999 }, (_, from) => ({ from, to: from + 1 }));
    const all = Array.from({ length: 2000 }, (_, index) => index);
    const part = partAround(all, edges, 1000, 21);
    expect(part.nodes).toEqual(Array.from({ length: 21 }, (_, i) => 990 + i));
    expect(part.edges).toHaveLength(20);
    expect(hasAround(part, edges, 1005)).toBe(true);
    expect(hasAround(part, edges, 1010)).toBe(false);
    expect(hasAround(part, edges, 20)).toBe(false);
    expect(partAround(all, edges, 5000, 3).nodes).toEqual([0, 1, 2]);
    expect(partAround([0, 1, 2, 3], edgesOf(block), 0, 10).nodes).toEqual([0, 1, 2, 3]);
  });

  test('the layout goes down along the edges, and nothing overlaps', () => {
    const edges = edgesOf(block);
    const { nodes, edges: bends, width, height } = layOut({ nodes: [0, 1, 2, 3], edges });
    for (const { from, to } of edges) expect(nodes[from]!.y).toBeLessThan(nodes[to]!.y);
    expect(Math.abs(nodes[1]!.x - nodes[2]!.x)).toBeGreaterThanOrEqual(NODE.width);
    for (const { x, y } of [...nodes, ...bends.flat()]) {
      expect(x > 0 && x < width && y > 0 && y < height).toBe(true);
    }
    expect(bends.map((points) => points.length >= 2)).toEqual([true, true, true, true]);
  });
});
