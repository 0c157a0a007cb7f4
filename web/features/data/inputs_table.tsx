import type { JSX } from 'preact';
import { ScrollTable } from '../../components/table.js';
import { formatShape } from '../../lib/format.js';
import { model } from '../open/state.js';
import { assigned, entries, facts } from './state.js';
import { words } from './words.js';

/** Files that can be told an input, at most; of more, names decide. */
const FILES_SHOWN = 20;
const NAMES_SHOWN = 3;

/** Of a model with several inputs: which files feed which. */
export function InputsTable(): JSX.Element | null {
  const inputs = model.value!.inspection.inputs;
  if (inputs.length < 2) return null;
  const said = words.value;
  const known = entries.value
    .map(({ id }) => facts.value.get(id))
    .filter((each) => each !== undefined && each.count > 0);
  const single = entries.value.filter(({ file }) => !/\.npz$/i.test(file.name));
  return (
    <div class="inputs-table">
      <ScrollTable
        label={said.inputsCaption}
        caption={said.inputsCaption}
        columns={[said.input, said.shape, said.fedBy]}
      >
        <tbody>
          {inputs.map(({ index, name, shape, dtype }) => {
            const feeding = known.filter((each) => each!.feeds.includes(name));
            const names = feeding.slice(0, NAMES_SHOWN).map((each) => each!.name);
            return (
              <tr key={index}>
                <th scope="row" class="name">
                  {name}
                </th>
                <td>
                  {dtype} {formatShape(shape)}
                </td>
                <td class="name">
                  {feeding.length > 0 ? said.someOf(names, feeding.length) : said.nothingYet}
                </td>
              </tr>
            );
          })}
        </tbody>
      </ScrollTable>
      <p class="help">{said.inputsHelp}</p>
      {single.length > 0 && single.length <= FILES_SHOWN && (
        <div class="fields">
          {single.map(({ id, file }) => (
            <div class="field" key={id}>
              <label for={`input-of-${id}`}>{said.inputOf(file.name)}</label>
              <select
                id={`input-of-${id}`}
                onChange={(event) =>
                  (assigned.value = { ...assigned.value, [id]: event.currentTarget.value })
                }
              >
                {inputs.map(({ index, name }) => (
                  <option
                    key={index}
                    value={name}
                    selected={(assigned.value[id] ?? facts.value.get(id)?.feeds[0]) === name}
                  >
                    {name}
                  </option>
                ))}
              </select>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
