import dagre from '@dagrejs/dagre';
import { NODE, type GraphPart } from './part.js';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where the middles of nodes are, and the bends of edges. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly (Place & { readonly index: number })[];
  readonly edges: readonly (readonly Place[])[];
}

/** What is used of dagre, whose own declarations do not resolve here. */
interface Graph {
  setGraph(label: object): void;
  setDefaultEdgeLabel(label: () => object): void;
  setNode(name: string, label: object): void;
  setEdge(from: string, to: string): void;
  graph(): { readonly width?: number; readonly height?: number };
  node(name: string): Place;
  edge(from: string, to: string): { readonly points?: readonly Place[] };
}
const { graphlib, layout } = dagre as unknown as {
  readonly graphlib: { readonly Graph: new () => Graph };
  readonly layout: (graph: Graph) => void;
};

export function layOut({ nodes, edges }: GraphPart): GraphLayout {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 16, ranksep: 28, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(String(node), { ...NODE });
  for (const { from, to } of edges) graph.setEdge(String(from), String(to));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: nodes.map((index) => {
      const { x, y } = graph.node(String(index));
      return { index, x, y };
    }),
    edges: edges.map(({ from, to }) => graph.edge(String(from), String(to)).points ?? []),
  };
}
