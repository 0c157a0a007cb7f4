import { messageOf, OctoliteError } from './errors.js';
import type { RawCustomOp, RawCustomTensor, RawMemory } from './raw.js';
import { arrayOver, elementCount, toTensorBytes, valuesOfBytes } from './tensor_data.js';
import type { DataType, Quantization, TensorInput, TensorValues, TypedArray } from './types.js';

/** A tensor of a custom operator. */
export interface CustomOpTensor {
  readonly name: string;
  /** Index in the subgraph. */
  readonly index: number;
  readonly dtype: DataType;
  /** Of now. While a model is prepared, an output's is what the model declares. */
  readonly shape: readonly number[];
  /** Scale 0 for a tensor that is not quantized. */
  readonly quantization: Quantization;
}

/** An input while a model is prepared. */
export interface CustomOpPreparedInput extends CustomOpTensor {
  /** Its content, copied, where it is known before anything runs; only during prepare. */
  readonly constant: TensorValues | undefined;
  /** A variable: it keeps its content between runs, and the operator may write into it. */
  readonly isVariable: boolean;
}

/** One occurrence of a custom operator in a model, prepared for certain shapes. */
export interface CustomOpContext {
  /** The code that names the operator in the model. */
  readonly name: string;
  /** Null: an optional input that is not given. */
  readonly inputs: readonly (CustomOpPreparedInput | null)[];
  /** As the model declares them. */
  readonly outputs: readonly CustomOpTensor[];
  /** The operator's options as the model has them; most converters write FlexBuffers. */
  readonly options: Uint8Array;
  /** Yours: what prepare found out and invoke wants to know. */
  state: unknown;
}

/** An input while a model runs. */
export interface CustomOpInput extends CustomOpTensor {
  /** A view of the tensor's memory, there only during the call; a copy for strings. */
  readonly data: TensorValues;
}

/** An output while a model runs. */
export interface CustomOpOutput extends CustomOpTensor {
  /**
   * A view of the tensor's memory, to be written to during the call. Not for strings and not for
   * outputs that prepare called 'dynamic'.
   */
  readonly data: TypedArray;
  /** Sets the content, as setTensor does; strings and 'dynamic' outputs take any shape. */
  set(shape: readonly number[], values: TensorInput): void;
}

/** The shape of an output, or that only invoke will know it. */
export type CustomOpShape = readonly number[] | 'dynamic';

/**
 * An operator of your own. Both functions are synchronous and must not call this library; what they
 * throw becomes the cause of an OctoliteError that names the operator.
 */
export interface CustomOp {
  /**
   * Looks at types, shapes and options, throws if it cannot work with them, and returns the shape of
   * every output. Called whenever the shapes of the inputs are others than before.
   */
  prepare(context: CustomOpContext): readonly CustomOpShape[];
  /** Computes the outputs. `context` is the one that prepare had. */
  invoke(
    inputs: readonly (CustomOpInput | null)[],
    outputs: readonly CustomOpOutput[],
    context: CustomOpContext,
  ): void;
}

/** Custom operators by the code that names them in models. */
export type CustomOps = Readonly<Record<string, CustomOp>>;

/** What is kept of an operator between prepare and invoke. */
interface Node {
  readonly op: CustomOp;
  readonly context: CustomOpContext;
  readonly inputs: readonly (CustomOpTensor | null)[];
  readonly outputs: readonly CustomOpTensor[];
  /** Which outputs come with the answer of invoke. */
  readonly dynamic: readonly boolean[];
}

/** Calls the custom operators of one engine for its WebAssembly module. */
export class CustomOpHost {
  readonly #heap: () => Uint8Array;
  #running = false;
  #failure: { readonly cause: unknown } | undefined;

  /** @param heap The module's memory as it is now. */
  constructor(heap: () => Uint8Array) {
    this.#heap = heap;
  }

  /** Whether the caller is called by a custom operator. */
  get running(): boolean {
    return this.#running;
  }

  /** What a custom operator threw since the last time. */
  takeFailure(): { readonly cause: unknown } | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  /** As the module takes them: nothing is thrown into it. */
  wrap(ops: CustomOps | undefined): RawCustomOp[] {
    return Object.entries(checkedOps(ops ?? {})).map(([name, op]) => ({
      name,
      prepare: ({ inputs, outputs, address, bytes }) =>
        this.#protect('prepare', () => {
          const options = this.#bytes({ address, bytes }).slice();
          return this.#prepare(name, op, inputs, outputs, options);
        }),
      invoke: (node, inputs, outputs) =>
        this.#protect('invoke', () => ({ results: this.#invoke(node as Node, inputs, outputs) })),
    }));
  }

  #protect<T extends object>(what: string, function_: () => T): T | { error: string } {
    this.#running = true;
    try {
      return function_();
    } catch (error) {
      this.#failure = { cause: error };
      const message = messageOf(error);
      return { error: `'${what}' of the custom operator failed: ${message}` };
    } finally {
      this.#running = false;
    }
  }

  #prepare(
    name: string,
    op: CustomOp,
    rawInputs: readonly (RawCustomTensor | null)[],
    rawOutputs: readonly RawCustomTensor[],
    options: Uint8Array,
  ) {
    let preparing = true;
    const inputs = rawInputs.map((raw) => raw && formOf(raw));
    const outputs = rawOutputs.map(formOf);
    const context: CustomOpContext = {
      name,
      inputs: rawInputs.map((raw, i) => {
        if (!raw) return null;
        const content = (): TensorValues | undefined =>
          preparing && raw.isConstant ? valuesOfBytes(this.#bytes(raw), raw.dtype) : undefined;
        return {
          ...inputs[i]!,
          isVariable: raw.isVariable,
          get constant() {
            return content();
          },
        };
      }),
      outputs,
      options,
      state: undefined,
    };
    let shapes: readonly CustomOpShape[];
    try {
      shapes = checkedShapes(op.prepare(context), outputs.length);
    } finally {
      preparing = false;
    }
    const dynamic = shapes.map((shape, i) => shape === 'dynamic' || outputs[i]!.dtype === 'string');
    const node: Node = { op, context, inputs, outputs, dynamic };
    return {
      node,
      shapes: shapes.map((shape, i) => (dynamic[i] ? null : [...(shape as readonly number[])])),
    };
  }

  #invoke(
    { op, context, inputs, outputs, dynamic }: Node,
    rawInputs: readonly (RawMemory | null)[],
    rawOutputs: readonly (RawMemory | null)[],
  ) {
    const results: ({ shape: number[]; bytes: Uint8Array } | null)[] = outputs.map(() => null);
    const finished: unknown = op.invoke(
      inputs.map((form, i) => form && this.#input(form, rawInputs[i]!)),
      outputs.map((form, i) => {
        const raw = rawOutputs[i];
        return raw
          ? this.#output(form, raw)
          : dynamicOutput(form, (shape, bytes) => (results[i] = { shape, bytes }));
      }),
      context,
    );
    if (typeof (finished as { then?: unknown } | undefined)?.then === 'function') {
      throw new OctoliteError('CUSTOM_OPERATOR', 'it is not synchronous');
    }
    const unset = results.findIndex((result, i) => dynamic[i] && !result);
    if (unset >= 0) throw new OctoliteError('CUSTOM_OPERATOR', `output ${unset} was not set`);
    return results;
  }

  #input(form: CustomOpTensor, raw: RawMemory): CustomOpInput {
    const view = (): TensorValues =>
      form.dtype === 'string'
        ? valuesOfBytes(this.#bytes(raw), form.dtype)
        : arrayOver(this.#bytes(raw), form.dtype);
    return {
      ...form,
      shape: raw.shape,
      get data() {
        return view();
      },
    };
  }

  #output(form: CustomOpTensor, raw: RawMemory): CustomOpOutput {
    const bytes = (): Uint8Array => this.#bytes(raw);
    const now = { ...form, shape: raw.shape };
    return {
      ...now,
      get data() {
        return arrayOver(bytes(), form.dtype);
      },
      set(shape, values) {
        const content = toTensorBytes(values, { ...now, shape: checkedShape(shape) });
        if (String(shape) !== String(raw.shape)) {
          throw new OctoliteError(
            'SHAPE_MISMATCH',
            `its shape is [${raw.shape.join(', ')}], not [${shape.join(', ')}]`,
            { tensor: form.index, tensorName: form.name, hint: "'dynamic' outputs take any shape" },
          );
        }
        bytes().set(content);
      },
    };
  }

  #bytes({ address, bytes }: Pick<RawMemory, 'address' | 'bytes'>): Uint8Array {
    return new Uint8Array(this.#heap().buffer, address, bytes);
  }
}

function dynamicOutput(
  form: CustomOpTensor,
  keep: (shape: number[], bytes: Uint8Array) => void,
): CustomOpOutput {
  return {
    ...form,
    get data(): TypedArray {
      throw new OctoliteError('INVALID_ARGUMENT', 'its size is not known before', {
        tensor: form.index,
        tensorName: form.name,
        hint: 'give it with set(shape, values)',
      });
    },
    set(shape, values) {
      // Copied: the caller may change the array before it is used.
      keep([...shape], toTensorBytes(values, { ...form, shape: checkedShape(shape) }).slice());
    },
  };
}

function formOf({ index, name, dtype, shape, quantization }: RawCustomTensor): CustomOpTensor {
  return { index, name, dtype, shape, quantization };
}

function checkedOps(ops: CustomOps): CustomOps {
  for (const [name, op] of Object.entries(ops)) {
    if (typeof op?.prepare === 'function' && typeof op.invoke === 'function') continue;
    throw new OctoliteError(
      'INVALID_ARGUMENT',
      `the custom operator '${name}' has no functions prepare and invoke`,
    );
  }
  return ops;
}

function checkedShape(shape: readonly number[]): readonly number[] {
  const isShape =
    isArray(shape) &&
    shape.length <= 8 &&
    shape.every((size) => Number.isInteger(size) && size >= 0 && size < 2 ** 31) &&
    elementCount(shape) < 2 ** 31;
  if (isShape) return shape;
  throw new OctoliteError('CUSTOM_OPERATOR', `'${String(shape)}' is not the shape of a tensor`, {
    hint: "a shape is an array of whole numbers, or 'dynamic' in prepare",
  });
}

function checkedShapes(shapes: unknown, count: number): readonly CustomOpShape[] {
  if (!isArray(shapes) || shapes.length !== count) {
    throw new OctoliteError(
      'CUSTOM_OPERATOR',
      `it did not return an array with the shapes of its ${count} outputs`,
    );
  }
  return (shapes as readonly CustomOpShape[]).map((shape) =>
    shape === 'dynamic' ? shape : checkedShape(shape),
  );
}

/** Without the `any` that Array.isArray makes of the elements. */
function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
