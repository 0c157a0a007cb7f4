import { useSignal } from '@preact/signals';
import type { TensorDetails } from 'octolite';
import type { JSX } from 'preact';
import { NumberField } from '../../components/choices.js';
import { RefusalNotice } from '../../components/notice.js';
import { formatShape } from '../../lib/format.js';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import { chooseShapes } from './open.js';
import { isOpen, MOST_SIZE, proposedShape, type Shape } from './shapes.js';
import { model, needsShapes, type OpenModel } from './state.js';
import { words } from './words.js';

interface FieldsProps {
  readonly input: TensorDetails;
  readonly shape: Shape;
  readonly onChange: (shape: Shape) => void;
}

/** The open dimensions of one input; the others are fixed. */
function Fields({ input, shape, onChange }: FieldsProps): JSX.Element {
  const text = words.value;
  return (
    <fieldset class="shape">
      <legend>
        <span class="name">{input.name}</span>{' '}
        <span class="help">{formatShape(input.shapeSignature)}</span>
      </legend>
      <div class="fields compact">
        {input.shapeSignature.map(
          (size, axis) =>
            size < 0 && (
              <NumberField
                key={axis}
                id={`shape-${input.index}-${axis}`}
                label={axis === 0 && shape.length > 1 ? text.batch : text.dimension(axis + 1)}
                value={shape[axis] ?? 1}
                min={1}
                max={MOST_SIZE}
                onChange={(value) => onChange(shape.map((old, at) => (at === axis ? value : old)))}
              />
            ),
        )}
      </div>
    </fieldset>
  );
}

function ShapesForm({ open }: { readonly open: OpenModel }): JSX.Element {
  const text = words.value;
  const { inputs } = open.inspection;
  const wanted = useSignal<readonly Shape[]>(
    inputs.map((input) => (open.shapes ? input.shape : proposedShape(input))),
  );
  const refusal = useSignal<Refusal | null>(null);
  const isUsed = inputs.every((input, i) => input.shape.join() === wanted.value[i]?.join());
  const apply = async (): Promise<void> => {
    refusal.value = null;
    try {
      await chooseShapes(open, wanted.value);
    } catch (error) {
      refusal.value = toRefusal(error, open.name);
    }
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <p class="help">{text.shapesHelp}</p>
      {inputs.map(
        (input, i) =>
          isOpen(input) && (
            <Fields
              key={input.index}
              input={input}
              shape={wanted.value[i] ?? input.shape}
              onChange={(shape) =>
                (wanted.value = wanted.value.map((old, at) => (at === i ? shape : old)))
              }
            />
          ),
      )}
      <div class="row">
        <button
          type="submit"
          class={needsShapes.value ? 'primary' : ''}
          disabled={isUsed && !needsShapes.value}
        >
          {text.useShapes}
        </button>
        {isUsed && !needsShapes.value && <p class="help">{text.shapesUsed}</p>}
      </div>
      {refusal.value && <RefusalNotice refusal={refusal.value} />}
    </form>
  );
}

/** Sizes that the model leaves open: asked for where they matter, offered where 1 will do. */
export function ShapesPanel(): JSX.Element | null {
  const open = model.value;
  if (!open?.inspection.inputs.some(isOpen)) return null;
  return (
    <section class="panel" aria-labelledby="shapes-title">
      <details class="disclosure" open={needsShapes.value || open.shapes !== null}>
        <summary>
          <h2 id="shapes-title">{words.value.shapes}</h2>
        </summary>
        <ShapesForm key={`${open.name} ${String(open.shapes)}`} open={open} />
      </details>
    </section>
  );
}
