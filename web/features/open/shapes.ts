import { OctoliteError, type TensorDetails } from 'octolite';

/** The sizes of an input, one for each dimension. */
export type Shape = readonly number[];

/** Sizes larger than this are a slip of the hand. */
export const MOST_SIZE = 65_536;

/** What to propose for a picture's height and width where the model leaves them open. */
const PICTURE_SIZE = 224;

export function isOpen({ shapeSignature }: TensorDetails): boolean {
  return shapeSignature.some((size) => size < 0);
}

/** Whether a size has to be asked for. An open batch alone does not: one sample at a time is run. */
export function asksForShape({ shapeSignature }: TensorDetails): boolean {
  return shapeSignature.some((size, axis) => size < 0 && (axis > 0 || shapeSignature.length === 1));
}

/** A start for the fields: 1 for the batch, a common size for pictures, else what the file has. */
export function proposedShape({ shape, shapeSignature }: TensorDetails): Shape {
  const isPicture = shape.length === 4;
  return shapeSignature.map((size, axis) => {
    if (size >= 0) return size;
    if (axis === 0 && shape.length > 1) return 1;
    const known = shape[axis] ?? 1;
    return known <= 1 && isPicture && axis < 3 ? PICTURE_SIZE : Math.max(known, 1);
  });
}

/** Fields of the tables of the file format, by their number. */
const SUBGRAPHS = 2;
const TENSORS = 0;
const INPUTS = 1;
const SHAPE = 0;

/** What of a FlatBuffer is needed to find the shapes of tensors. The file was verified before. */
class Table {
  constructor(
    private readonly view: DataView,
    private readonly at: number,
  ) {}

  /** Where a field stands, or 0 when the table does not have it. */
  field(number: number): number {
    const vtable = this.at - this.view.getInt32(this.at, true);
    const entry = 4 + 2 * number;
    if (entry >= this.view.getUint16(vtable, true)) return 0;
    const offset = this.view.getUint16(vtable + entry, true);
    return offset === 0 ? 0 : this.at + offset;
  }

  /** Where the elements of a vector begin, and how many there are. */
  vector(number: number): { readonly start: number; readonly length: number } {
    const field = this.field(number);
    if (field === 0) return { start: 0, length: 0 };
    const start = field + this.view.getUint32(field, true);
    return { start: start + 4, length: this.view.getUint32(start, true) };
  }

  tables(number: number): Table[] {
    const { start, length } = this.vector(number);
    return Array.from({ length }, (_, index) => {
      const at = start + 4 * index;
      return new Table(this.view, at + this.view.getUint32(at, true));
    });
  }
}

/**
 * A copy of a model whose inputs have other sizes to begin with. Which dimensions are open stays as
 * it was, so what is made of the copy is as free as the model.
 * @param shapes In the order of the inputs.
 */
export function withInputShapes(bytes: Uint8Array, shapes: readonly Shape[]): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const subgraphs = new Table(view, view.getUint32(0, true)).tables(SUBGRAPHS);
  const tensors = subgraphs.map((subgraph) => subgraph.tables(TENSORS));
  const places = tensors.flat().map((tensor) => tensor.vector(SHAPE).start);
  const inputs = subgraphs[0]?.vector(INPUTS);
  shapes.forEach((shape, position) => {
    const index = inputs ? view.getInt32(inputs.start + 4 * position, true) : -1;
    const { start, length } = tensors[0]?.[index]?.vector(SHAPE) ?? { start: 0, length: -1 };
    // Where tensors share a vector, a change would reach the others.
    if (length !== shape.length || places.filter((place) => place === start).length > 1) {
      throw new OctoliteError('UNSUPPORTED_MODEL', 'the sizes of this input cannot be changed', {
        hint: 'export the model with fixed sizes',
      });
    }
    shape.forEach((size, axis) => view.setInt32(start + 4 * axis, size, true));
  });
  return copy;
}
