import { Choices, NumberField, Select, type Choice } from '../../components/choices.js';
import type { JSX } from 'preact';
import type { IoType } from 'octolite';
import type { Method, RecipeSettings } from './settings.js';
import { change, hasIntegerWeights, isStatic, settings } from './state.js';

export const RECIPES: readonly (Choice<Method> & { readonly help: string })[] = [
  {
    value: 'static',
    label: 'Static int8',
    help: 'Weights and activations in 8 bits. Smallest and fastest; needs calibration data.',
  },
  {
    value: 'dynamic',
    label: 'Dynamic int8',
    help: 'Weights in 8 bits, activations quantized while running. No calibration.',
  },
  {
    value: 'weight_only',
    label: 'Weight-only int8',
    help: 'Weights stored in 8 bits, computed in float. A smaller file at the same speed.',
  },
  {
    value: 'float16',
    label: 'Float16',
    help: 'Weights in 16 bits. Half the size, outputs hardly change.',
  },
];

const GRANULARITIES: readonly Choice<RecipeSettings['granularity']>[] = [
  { value: 'CHANNELWISE', label: 'Per channel' },
  { value: 'TENSORWISE', label: 'Per tensor' },
];

const IO_TYPES: readonly Choice<IoType>[] = [
  { value: 'float32', label: 'float32' },
  { value: 'int8', label: 'int8' },
  { value: 'uint8', label: 'uint8' },
];

export function RecipePanel(): JSX.Element {
  const { method, granularity, observer, percentile, inputType, outputType } = settings.value;
  return (
    <section class="panel" aria-labelledby="recipe-title">
      <h2 id="recipe-title">Recipe</h2>
      <Choices
        legend="How to quantize"
        hideLegend
        name="recipe"
        look="cards"
        value={method}
        choices={RECIPES}
        onChange={(value) => change({ method: value })}
      />
      <details class="disclosure">
        <summary>Options</summary>
        <div class="fields">
          <Select
            id="granularity"
            label="Weight scales"
            help="Per channel: a scale for each output channel, more faithful. Per tensor: one for all, for runtimes that know no other."
            value={granularity}
            choices={GRANULARITIES}
            disabled={!hasIntegerWeights.value}
            onChange={(value) => change({ granularity: value })}
          />
          <Select
            id="observer"
            label="Observer"
            help="Min–max: 8 bits span all that calibration saw. Percentile: rare extremes are clipped, the rest gets finer steps."
            value={observer}
            choices={[
              { value: 'min_max', label: 'Min–max' },
              { value: 'percentile', label: 'Percentile' },
            ]}
            disabled={!isStatic.value}
            onChange={(value) => change({ observer: value })}
          />
          <NumberField
            id="percentile"
            label="Percentile kept"
            help="Share of the values, in percent, that the range holds."
            value={percentile}
            min={50.01}
            max={100}
            step="any"
            disabled={!isStatic.value || observer !== 'percentile'}
            onChange={(value) => change({ percentile: value })}
          />
          <Select
            id="input-type"
            label="Input type"
            help="float32 takes the same input as before; int8 and uint8 leave quantizing to the caller."
            value={inputType}
            choices={IO_TYPES}
            disabled={!isStatic.value}
            onChange={(value) => change({ inputType: value })}
          />
          <Select
            id="output-type"
            label="Output type"
            help="float32 gives real numbers; int8 and uint8 give steps of the output’s scale."
            value={outputType}
            choices={IO_TYPES}
            disabled={!isStatic.value}
            onChange={(value) => change({ outputType: value })}
          />
          <p class="help" hidden={isStatic.value}>
            Observer and types of input and output belong to static int8.
          </p>
        </div>
      </details>
    </section>
  );
}
