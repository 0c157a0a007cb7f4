import { statsOf } from '../../data/look.js';
import type { PictureShape } from '../../data/preprocess.js';
import { suppress } from '../boxes.js';
import { sigmoid } from '../numbers.js';
import type { Box, Output } from '../reading.js';
import { squeeze, type Adapter, type Task } from './adapter.js';

const MOST_OVERLAP = 0.45;
const STRIDES = [8, 16, 32];

export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly stride: number;
}

/** The cells that the rows of a YOLO head stand for, in their order. */
export function gridCells({ width, height }: Pick<PictureShape, 'width' | 'height'>): Cell[] {
  return STRIDES.flatMap((stride) => {
    const [across, down] = [Math.floor(width / stride), Math.floor(height / stride)];
    return Array.from({ length: across * down }, (_, i) => ({
      x: i % across,
      y: Math.floor(i / across),
      stride,
    }));
  });
}

/** How rows of numbers describe boxes. */
type Form =
  /** Suppressed already: batch, class, score, left, top, right, bottom. */
  | 'rows'
  /** Center, size, whether there is anything, classes. */
  | 'objectness'
  /** One column a box: center, size, classes. */
  | 'columns';

function formOf(shape: readonly number[], cells: number): Form | null {
  const [rows, columns, more] = squeeze(shape);
  if (!rows || !columns || more) return null;
  if ((rows === cells || rows === 3 * cells) && columns > 5) return 'objectness';
  if (columns === cells && rows > 4) return 'columns';
  return columns === 7 && rows <= 1000 ? 'rows' : null;
}

function rowsOf({ values }: Output, { width, height }: PictureShape, least: number): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at < values.length; at += 7) {
    const score = values[at + 2]!;
    if (score < least) continue;
    boxes.push({
      left: values[at + 3]! / width,
      top: values[at + 4]! / height,
      right: values[at + 5]! / width,
      bottom: values[at + 6]! / height,
      score,
      category: values[at + 1]!,
      points: [],
    });
  }
  return boxes;
}

/** Boxes of a head whose rows (or columns) are cells of a grid. */
function cellsOf(
  { values, shape }: Output,
  form: 'objectness' | 'columns',
  size: PictureShape,
  least: number,
): Box[] {
  const [first, second] = squeeze(shape) as [number, number];
  const [count, fields] = form === 'objectness' ? [first, second] : [second, first];
  const at = (box: number, field: number): number =>
    form === 'objectness' ? values[box * fields + field]! : values[field * count + box]!;
  const classesFrom = form === 'objectness' ? 5 : 4;
  // A head that was exported bare gives logarithms of sizes and offsets in cells, maybe also logits.
  let [bare, greatest, logits] = [false, 0, false];
  for (let box = 0; box < count; ++box) {
    bare ||= at(box, 2) < 0 || at(box, 3) < 0;
    greatest = Math.max(greatest, at(box, 2), at(box, 3));
    logits ||= at(box, 4) < 0 || at(box, 4) > 1;
  }
  const cells = bare ? gridCells(size) : [];
  // Sizes are shares of the picture or pixels.
  const [across, down] = !bare && greatest <= 2 ? [1, 1] : [size.width, size.height];
  const toScore = logits ? sigmoid : (value: number) => value;
  const boxes: Box[] = [];
  for (let box = 0; box < count; ++box) {
    const sure = form === 'objectness' ? toScore(at(box, 4)) : 1;
    if (sure < least) continue;
    let category = 0;
    for (let i = 1; i < fields - classesFrom; ++i) {
      if (at(box, classesFrom + i) > at(box, classesFrom + category)) category = i;
    }
    const score = sure * toScore(at(box, classesFrom + category));
    if (score < least) continue;
    let [x, y, width, height] = [at(box, 0), at(box, 1), at(box, 2), at(box, 3)];
    const cell = cells[box];
    if (cell) {
      [x, y] = [(x + cell.x) * cell.stride, (y + cell.y) * cell.stride];
      [width, height] = [Math.exp(width) * cell.stride, Math.exp(height) * cell.stride];
    }
    boxes.push({
      left: (x - width / 2) / across,
      top: (y - height / 2) / down,
      right: (x + width / 2) / across,
      bottom: (y + height / 2) / down,
      score,
      category,
      points: [],
    });
  }
  return suppress(boxes, MOST_OVERLAP);
}

function formFor({ picture }: Task, outputs: readonly Output[]): Form | null {
  const [output, another] = outputs;
  if (!picture || !output || another) return null;
  const cells = gridCells(picture).length;
  const form = formOf(output.shape, cells);
  // Seven numbers a row are boxes only if the first one is the place in a batch of one.
  if (form === 'rows') {
    const { min } = statsOf(output.values.filter((_, i) => i % 7 === 2));
    return output.values.some((value, i) => i % 7 === 0 && value !== 0) || min < 0 ? null : form;
  }
  return form;
}

/** Boxes of YOLO models: with suppression in the graph, or as their heads give them. */
export const yolo: Adapter = {
  id: 'yolo',
  looksLike: (task) => formFor(task, task.outputs) !== null,
  read: (outputs, task) => {
    const form = formFor(task, outputs);
    if (!form || !task.picture) return null;
    const [output, size, least] = [outputs[0]!, task.picture, task.leastScore];
    const boxes =
      form === 'rows'
        ? rowsOf(output, size, least).sort((a, b) => b.score - a.score)
        : cellsOf(output, form, size, least);
    return { kind: 'boxes', boxes };
  },
};
