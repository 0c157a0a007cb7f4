/** Lays graphs out beside the page, which stays responsive meanwhile. */
import { layOut, type GraphLayout } from './layout.js';
import type { GraphPart } from './part.js';

/** What passes between the page and this worker. */
export interface LayoutRequest {
  readonly id: number;
  readonly part: GraphPart;
}
export interface LayoutAnswer {
  readonly id: number;
  readonly layout: GraphLayout;
}

const scope = globalThis as unknown as {
  postMessage(answer: LayoutAnswer): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<LayoutRequest>) => void): void;
};

scope.addEventListener('message', ({ data: { id, part } }) => {
  scope.postMessage({ id, layout: layOut(part) });
});
