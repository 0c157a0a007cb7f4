/** What the outputs of a model mean, in the few forms that can be drawn and compared. */

/** Numbers of an output, whatever type the model gives them. */
export interface Output {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Of the picture that the model is given: 0 is left or top, 1 right or bottom. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** As Point. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly score: number;
  /** Null where the model knows one kind only. */
  readonly category: number | null;
  /** Key points that came with the box. */
  readonly points: readonly Point[];
}

export interface Scores {
  readonly kind: 'scores';
  /** Of all classes. */
  readonly values: Float32Array;
  /** Whether softmax was applied to what the model gave. */
  readonly softmaxed: boolean;
}

export interface Boxes {
  readonly kind: 'boxes';
  /** The best first. */
  readonly boxes: readonly Box[];
}

export interface Points {
  readonly kind: 'points';
  readonly points: readonly (Point & { readonly score: number })[];
  /** Pairs of points that a line joins. */
  readonly bones: readonly (readonly [number, number])[];
  /** How sure the model is that there is anything at all; null when it does not say. */
  readonly presence: number | null;
}

export interface Mask {
  readonly kind: 'mask';
  readonly width: number;
  readonly height: number;
  /** The class of each pixel, row by row. */
  readonly classes: Uint8Array;
  /** How many there are. */
  readonly count: number;
}

export interface Picture {
  readonly kind: 'picture';
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

export interface Raw {
  readonly kind: 'raw';
}

export type Reading = Scores | Boxes | Points | Mask | Picture | Raw;
