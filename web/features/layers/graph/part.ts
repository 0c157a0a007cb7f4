import type { InspectedOperator } from 'octolite';

/** What one operator makes and another takes. */
export interface GraphEdge {
  readonly from: number;
  readonly to: number;
}

/** What is laid out: operators by index. */
export interface GraphPart {
  readonly nodes: readonly number[];
  readonly edges: readonly GraphEdge[];
}

/** From maker to taker of each tensor, once for a pair. */
export function edgesOf(
  operators: readonly Pick<InspectedOperator, 'index' | 'inputs' | 'outputs'>[],
): GraphEdge[] {
  const makers = new Map<number, number>();
  for (const { index, outputs } of operators) {
    for (const tensor of outputs) makers.set(tensor, index);
  }
  return operators.flatMap(({ index, inputs }) => {
    const from = new Set(inputs.map((tensor) => makers.get(tensor)));
    return [...from].flatMap((maker) =>
      maker === undefined || maker === index ? [] : [{ from: maker, to: index }],
    );
  });
}

/** Size of a drawn operator, in the units of the drawing. */
export const NODE = { width: 152, height: 44 } as const;

/** Whether a part has an operator with all its neighbours. */
export function hasAround(
  { nodes }: GraphPart,
  edges: readonly GraphEdge[],
  center: number,
): boolean {
  const drawn = new Set(nodes);
  const touching = edges.filter(({ from, to }) => from === center || to === center);
  return drawn.has(center) && touching.every(({ from, to }) => drawn.has(from) && drawn.has(to));
}

/** The operators nearest to one of them, at most so many, with what is between them. */
export function partAround(
  all: readonly number[],
  edges: readonly GraphEdge[],
  center: number,
  most: number,
): GraphPart {
  if (all.length <= most) return { nodes: all, edges };
  const neighbours = new Map<number, number[]>();
  const link = (a: number, b: number): void => {
    const known = neighbours.get(a);
    if (known) known.push(b);
    else neighbours.set(a, [b]);
  };
  for (const { from, to } of edges) {
    link(from, to);
    link(to, from);
  }
  const reached = new Set([all.includes(center) ? center : all[0]!]);
  // Grows while it is walked: nearest first.
  for (const node of reached) {
    for (const next of neighbours.get(node) ?? []) {
      if (reached.size < most) reached.add(next);
    }
  }
  return {
    nodes: [...reached].sort((a, b) => a - b),
    edges: edges.filter(({ from, to }) => reached.has(from) && reached.has(to)),
  };
}
