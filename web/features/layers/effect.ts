import { isMeasured, type Verdict } from '../verdict/state.js';
import { worstOutput } from '../verdict/measures.js';

/** What a change of the recipe did to the whole model. */
export interface Effect {
  /** Of the worst output; null where one of the two was not measured. */
  readonly sqnrDb: readonly [before: number, after: number] | null;
  readonly bytes: readonly [before: number, after: number];
}

function sqnrOf({ measurement }: Verdict): number | null {
  return isMeasured(measurement) ? worstOutput(measurement).sqnrDb : null;
}

export function effectOf(previous: Verdict, current: Verdict): Effect {
  const [before, after] = [sqnrOf(previous), sqnrOf(current)];
  return {
    sqnrDb: before === null || after === null ? null : [before, after],
    bytes: [previous.bytes.byteLength, current.bytes.byteLength],
  };
}
