import type { JSX } from 'preact';
import { numeric, ScrollTable, type Column } from '../../components/table.js';
import { formatPercent } from '../../lib/format.js';
import { pairBoxes } from './boxes.js';
import {
  canvasOf,
  classColor,
  COLORS,
  differenceOf,
  drawBoxes,
  drawMask,
  drawMaskDifference,
  drawPoints,
  type Ground,
} from './drawing.js';
import type { Side } from './duel.js';
import type { Box, Boxes, Mask, Picture, Points } from './reading.js';
import { Slider, Stage } from './stage.js';
import { amplification, leastScore, names, opacity, picture } from './state.js';
import { nameOf, words } from './words.js';

export interface Both<Reading> {
  readonly picture: ImageBitmap | null;
  readonly before: Reading | undefined;
  readonly after: Reading | undefined;
}

const SIDES = ['before', 'after'] as const;

/** The headings of both models' numbers. */
function sideColumns(): Column[] {
  return SIDES.map((side) => numeric(words.value[side]));
}

function Caption({ side, ghost }: { readonly side: Side; readonly ghost: boolean }): JSX.Element {
  const { value } = words;
  return (
    <>
      <span class="swatch" style={{ background: COLORS[side] }} aria-hidden="true" /> {value[side]}
      {ghost && <> · {value.ghost}</>}
    </>
  );
}

interface PairProps<Reading> {
  readonly both: Both<Reading>;
  readonly describe: (reading: Reading) => string;
  readonly draw: (ground: Ground, reading: Reading, side: Side, isGhost: boolean) => void;
}

/** A stage for each model; on that of the quantized one, the float model's is there for comparison. */
function Pair<Reading>({ both, describe, draw }: PairProps<Reading>): JSX.Element {
  const { value } = words;
  return (
    <div class="stages-pair">
      {SIDES.map((side) => {
        const own = both[side];
        const ghost = side === 'after' ? both.before : undefined;
        if (!own) return null;
        return (
          <Stage
            key={side}
            label={`${value[side]}: ${describe(own)}`}
            caption={<Caption side={side} ghost={ghost !== undefined} />}
            picture={both.picture}
            draw={(ground) => {
              if (ghost) draw(ground, ghost, 'before', true);
              draw(ground, own, side, false);
            }}
          />
        );
      })}
    </div>
  );
}

function boxName({ category }: Box): string {
  return category === null ? words.value.found : nameOf(names.value, category);
}

export function BoxesView(both: Both<Boxes>): JSX.Element {
  const { value } = words;
  const pairs = both.before && both.after ? pairBoxes(both.before.boxes, both.after.boxes) : [];
  const alone = (boxes: Boxes | undefined, side: 'a' | 'b'): readonly Box[] =>
    (boxes?.boxes ?? []).filter((box) => !pairs.some((pair) => pair[side] === box));
  const rows = [
    ...pairs,
    ...alone(both.before, 'a').map((a) => ({ a, b: null, overlap: 0 })),
    ...alone(both.after, 'b').map((b) => ({ a: null, b, overlap: 0 })),
  ];
  return (
    <>
      <Slider
        id="tryit-least"
        label={value.leastScore}
        value={leastScore.value}
        min={0.05}
        max={0.95}
        step={0.05}
        text={formatPercent(leastScore.value)}
        onInput={(least) => (leastScore.value = least)}
      />
      <Pair
        both={both}
        describe={({ boxes }) => value.boxCount(boxes.length)}
        draw={(ground, boxes, side, isGhost) =>
          drawBoxes(ground, boxes, { color: COLORS[side], dashed: isGhost }, (box) =>
            box.category === null
              ? formatPercent(box.score)
              : `${boxName(box)} ${formatPercent(box.score)}`,
          )
        }
      />
      {rows.length > 0 && (
        <details class="disclosure">
          <summary>{value.asTable}</summary>
          <ScrollTable
            label={value.boxesTable}
            caption={value.boxesTable}
            columns={[value.classColumn, ...sideColumns(), numeric(value.overlapColumn)]}
          >
            <tbody>
              {rows.map(({ a, b, overlap }, i) => (
                <tr key={i}>
                  <th scope="row">{boxName(a ?? b)}</th>
                  <td class="number">{a ? formatPercent(a.score) : '–'}</td>
                  <td class="number">{b ? formatPercent(b.score) : '–'}</td>
                  <td class="number">{a && b ? formatPercent(overlap) : '–'}</td>
                </tr>
              ))}
            </tbody>
          </ScrollTable>
        </details>
      )}
    </>
  );
}

/** More points than that no one reads as a table. */
const MOST_ROWS = 100;

export function PointsView(both: Both<Points>): JSX.Element {
  const { value } = words;
  const { before, after } = both;
  const { width, height } = picture.value?.shape ?? { width: 1, height: 1 };
  const place = (points: Points | undefined, i: number): string => {
    const point = points?.points[i];
    return point ? `${(point.x * width).toFixed(1)}, ${(point.y * height).toFixed(1)}` : '–';
  };
  const count = Math.min((before ?? after)?.points.length ?? 0, MOST_ROWS);
  const presence = Math.max(before?.presence ?? 1, after?.presence ?? 1);
  return (
    <>
      {presence < 0.5 && <p class="help">{value.absent(presence)}</p>}
      <Pair
        both={both}
        describe={({ points }) => value.pointCount(points.length)}
        draw={(ground, points, side, isGhost) =>
          drawPoints(ground, points, { color: COLORS[side], dashed: isGhost })
        }
      />
      <details class="disclosure">
        <summary>{value.asTable}</summary>
        <ScrollTable
          class="tall"
          label={value.pointsTable}
          caption={value.pointsTable}
          columns={[value.point, ...sideColumns()]}
        >
          <tbody>
            {Array.from({ length: count }, (_, i) => (
              <tr key={i}>
                <th scope="row">{i + 1}</th>
                <td class="number">{place(before, i)}</td>
                <td class="number">{place(after, i)}</td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      </details>
    </>
  );
}

/** How much of a mask each class has, 0 to 1. */
function sharesOf(mask: Mask | undefined): Float64Array {
  const shares = new Float64Array(mask?.count ?? 0);
  const share = 1 / (mask?.classes.length ?? 1);
  for (const kind of mask?.classes ?? []) shares[kind]! += share;
  return shares;
}

export function MaskView(both: Both<Mask>): JSX.Element {
  const { value } = words;
  const { before, after } = both;
  const shares = { before: sharesOf(before), after: sharesOf(after) };
  const kinds = Array.from({ length: (before ?? after)?.count ?? 0 }, (_, kind) => kind).filter(
    (kind) => Math.max(shares.before[kind] ?? 0, shares.after[kind] ?? 0) > 0,
  );
  const name = (kind: number): string =>
    names.value[kind] ?? (kind === 0 ? value.background : value.className(kind));
  const describe = (own: Float64Array): string =>
    kinds.map((kind) => `${name(kind)} ${formatPercent(own[kind] ?? 0)}`).join(', ');
  return (
    <>
      <Slider
        id="tryit-opacity"
        label={value.opacity}
        value={opacity.value}
        min={0}
        max={1}
        step={0.05}
        text={formatPercent(opacity.value)}
        onInput={(chosen) => (opacity.value = chosen)}
      />
      <div class="stages-pair">
        {SIDES.map((side) => {
          const own = both[side];
          if (!own) return null;
          return (
            <Stage
              key={side}
              label={`${value[side]}: ${describe(shares[side])}`}
              caption={value[side]}
              picture={both.picture}
              draw={(ground) => drawMask(ground, own, opacity.value)}
            />
          );
        })}
        {before && after && (
          <Stage
            label={value.where}
            caption={value.where}
            picture={both.picture}
            draw={(ground) => drawMaskDifference(ground, before, after)}
          />
        )}
      </div>
      <ScrollTable
        class="mask-classes"
        label={value.masksTable}
        caption={value.masksTable}
        columns={[value.classColumn, ...sideColumns()]}
      >
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind}>
              <th scope="row">
                <span
                  class="swatch"
                  style={{ background: kind ? `rgb(${classColor(kind).join(' ')})` : 'none' }}
                  aria-hidden="true"
                />{' '}
                {name(kind)}
              </th>
              {SIDES.map((side) => (
                <td key={side} class="number">
                  {both[side] ? formatPercent(shares[side][kind] ?? 0) : '–'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </>
  );
}

function canvasOfPicture({ rgba, width, height }: Picture): OffscreenCanvas {
  return canvasOf(new ImageData(rgba, width, height));
}

export function PictureView(both: Both<Picture>): JSX.Element {
  const { value } = words;
  const { before, after } = both;
  const times = amplification.value;
  return (
    <>
      {before && after && (
        <Slider
          id="tryit-times"
          label={value.amplify}
          value={times}
          min={1}
          max={32}
          step={1}
          text={value.times(times)}
          onInput={(chosen) => (amplification.value = chosen)}
        />
      )}
      <div class="stages-pair square">
        {both.picture && <Stage label={value.given} caption={value.given} picture={both.picture} />}
        {SIDES.map((side) => {
          const own = both[side];
          return (
            own && (
              <Stage
                key={side}
                label={value[side]}
                caption={value[side]}
                picture={canvasOfPicture(own)}
                like={both.picture}
              />
            )
          );
        })}
        {before && after && (
          <Stage
            label={value.differenceTimes(times)}
            caption={value.differenceTimes(times)}
            picture={canvasOfPicture(differenceOf(before, after, times))}
            like={both.picture}
          />
        )}
      </div>
    </>
  );
}
