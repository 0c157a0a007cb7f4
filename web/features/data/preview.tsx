import { effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { Bitmap } from '../../components/bitmap.js';
import { Outline } from '../../components/outline.js';
import { numeric, ScrollTable } from '../../components/table.js';
import { formatShape } from '../../lib/format.js';
import { currentPlan } from './plan.js';
import type { InputLook, Look } from './protocol.js';
import { classNames } from './state.js';
import { words } from './words.js';

/** Which sample is looked at. */
const position = signal(0);
const shown = signal<Look | null>(null);

effect(() => {
  const gallery = currentPlan.value.plan?.gallery;
  const index = Math.min(position.value, (gallery?.count ?? 1) - 1);
  let wanted = true;
  // What is in view stays until the next is there.
  if (!gallery) shown.value = null;
  gallery?.look(index).then(
    (look) => {
      if (wanted) shown.value = look;
    },
    // A file that cannot be read is named where it is used.
    () => {
      if (wanted) shown.value = null;
    },
  );
  return () => {
    wanted = false;
  };
});

function format(value: number): string {
  return Math.abs(value) >= 1000 || (value !== 0 && Math.abs(value) < 0.01)
    ? value.toPrecision(3)
    : value.toFixed(2);
}

function Picture({ bitmap, label }: { bitmap: ImageBitmap; label: string }): JSX.Element {
  return (
    <figure>
      <Bitmap bitmap={bitmap} label={label} class={bitmap.width < 100 ? 'small' : undefined} />
      <figcaption class="help">{label}</figcaption>
    </figure>
  );
}

function Histogram({ look }: { readonly look: InputLook }): JSX.Element {
  const { histogram, stats } = look;
  const most = Math.max(...histogram, 1);
  const [min, max] = [format(stats.min), format(stats.max)];
  // Rare values are seen beside frequent ones by their square roots.
  const bars = histogram
    .map((count, x) => {
      const height = Math.sqrt(count / most);
      return `M${x + 0.1} 1V${1 - height}H${x + 0.9}V1Z`;
    })
    .join('');
  return (
    <div class="value-histogram">
      <svg
        viewBox={`0 0 ${histogram.length} 1`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words.value.histogram(min, max)}
      >
        <path d={bars} />
      </svg>
      <span class="help" aria-hidden="true">
        {min}
      </span>
      <span class="help" aria-hidden="true">
        {max}
      </span>
    </div>
  );
}

function Figures({ look }: { readonly look: InputLook }): JSX.Element {
  const said = words.value;
  const names = look.channels.length === 3 ? said.channels : [said.grey];
  const rows = [
    ...look.channels.map((stats, index) => ({ name: names[index] ?? '', stats })),
    ...(look.channels.length === 1 ? [] : [{ name: said.allValues, stats: look.stats }]),
  ];
  return (
    <details class="disclosure">
      <summary>{said.asTable}</summary>
      <ScrollTable
        label={said.figuresOf(look.name)}
        columns={[
          look.channels.length > 0 ? said.channel : look.name,
          numeric(said.min),
          numeric(said.average),
          numeric(said.max),
        ]}
      >
        <tbody>
          {rows.map(({ name, stats }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{format(stats.min)}</td>
              <td class="number">{format(stats.mean)}</td>
              <td class="number">{format(stats.max)}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </details>
  );
}

function FirstValues({ look }: { readonly look: InputLook }): JSX.Element {
  return (
    <div>
      <p class="help">{words.value.firstValues}</p>
      <ol class="first-values">
        {look.first.map((value, index) => (
          <li key={index}>{format(value)}</li>
        ))}
        {look.first.length < look.shape.reduce((product, size) => product * size, 1) && <li>…</li>}
      </ol>
    </div>
  );
}

function Input({ look, isOnly }: { look: InputLook; isOnly: boolean }): JSX.Element {
  const said = words.value;
  const { stats, shape, outline, after } = look;
  return (
    <div class="input-look">
      {!isOnly && <h4 class="name">{look.name}</h4>}
      {outline && <Outline parts={outline} label={said.soundOutline} />}
      {!after && !outline && <FirstValues look={look} />}
      <Histogram look={look} />
      <p class="help">
        {said.valuesFrom(
          `${formatShape(shape)}${outline ? said.atRate(look.sampleRate) : ''}`,
          format(stats.min),
          format(stats.max),
        )}
      </p>
      <Figures look={look} />
    </div>
  );
}

/** A sample as it is in the file, and as the model is given it. */
export function Preview(): JSX.Element | null {
  const gallery = currentPlan.value.plan?.gallery;
  const look = shown.value;
  if (!gallery || !look) return null;
  const said = words.value;
  const index = Math.min(position.value, gallery.count - 1);
  const known = gallery.classOf(index);
  const [only] = look.inputs.length === 1 ? look.inputs : [];
  return (
    <section class="preview" aria-labelledby="preview-title">
      <h3 id="preview-title">{said.preview}</h3>
      <div class="look-at">
        <label for="preview-position" class="help">
          {said.position(index, gallery.count)}
          {known !== null && `, ${said.classText(classNames.value?.[known] ?? String(known))}`}
        </label>
        {gallery.count > 1 && (
          <input
            id="preview-position"
            type="range"
            min={0}
            max={gallery.count - 1}
            value={index}
            aria-valuetext={said.position(index, gallery.count)}
            onInput={(event) => (position.value = event.currentTarget.valueAsNumber)}
          />
        )}
      </div>
      {(look.before ?? only?.after) && (
        <div class="before-after">
          {look.before && <Picture bitmap={look.before} label={said.before} />}
          {look.before && <span aria-hidden="true">→</span>}
          {look.inputs.map(
            ({ name, after }) => after && <Picture key={name} bitmap={after} label={said.after} />,
          )}
        </div>
      )}
      {look.inputs.map((each) => (
        <Input key={each.name} look={each} isOnly={look.inputs.length === 1} />
      ))}
    </section>
  );
}
