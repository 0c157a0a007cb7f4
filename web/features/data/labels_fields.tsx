import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { Field } from '../../components/choices.js';
import { FileButton } from '../../components/file_button.js';
import { numeric, ScrollTable } from '../../components/table.js';
import { formatCount } from '../../lib/format.js';
import { addDataFiles } from './files.js';
import {
  classNames,
  entries,
  facts,
  folderChoices,
  folderClasses,
  folders,
  labelColumns,
  labels,
  namesFile,
  usesFolders,
} from './state.js';
import { words } from './words.js';

/** A page has so many folders at most; of more the first are shown, all of them count. */
const FOLDERS_SHOWN = 50;
const MOST_CLASSES = 1_000_000;

const isOpen = signal(false);

function Forget({ name, onClick }: { name: string; onClick: () => void }): JSX.Element {
  return (
    <button
      type="button"
      class="quiet icon"
      aria-label={words.value.forget(name)}
      onClick={onClick}
    >
      ×
    </button>
  );
}

function FolderTable(): JSX.Element {
  const said = words.value;
  const counts = new Map<string, number>();
  for (const { folder, refusal } of entries.value) {
    if (!refusal) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const classes = folderClasses.value;
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={usesFolders.value}
          onChange={(event) => (usesFolders.value = event.currentTarget.checked)}
        />
        {said.labelsFromFolders}
      </label>
      {classes && (
        <ScrollTable
          class="folder-table"
          label={said.labels}
          columns={[said.folder, numeric(said.fileCount), said.classNumber]}
        >
          <tbody>
            {folders.value.slice(0, FOLDERS_SHOWN).map((folder) => (
              <tr key={folder}>
                <th scope="row" class="name">
                  {folder}
                </th>
                <td class="number">{formatCount(counts.get(folder) ?? 0)}</td>
                <td>
                  <input
                    class="control"
                    type="number"
                    min={0}
                    max={MOST_CLASSES}
                    required
                    value={classes[folder]}
                    aria-label={said.classOf(folder)}
                    onChange={(event) => {
                      const input = event.currentTarget;
                      if (!input.validity.valid) return;
                      folderChoices.value = {
                        ...folderChoices.value,
                        [folder]: input.valueAsNumber,
                      };
                    }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      )}
    </>
  );
}

/** For each csv file, which of its columns is the label. */
function ColumnFields(): JSX.Element {
  const said = words.value;
  const tables = entries.value
    .map(({ id, file }) => ({ id, file, known: facts.value.get(id) }))
    .filter(({ known }) => known?.columns);
  return (
    <>
      {tables.map(({ id, file, known }) => (
        <Field key={id} id={`label-column-${id}`} label={said.labelsFromColumn(file.name)}>
          <select
            id={`label-column-${id}`}
            onChange={(event) => {
              const { value } = event.currentTarget;
              labelColumns.value = {
                ...labelColumns.value,
                [id]: value === '' ? null : Number(value),
              };
            }}
          >
            <option value="" selected={known!.labelColumn === null}>
              {said.noColumn}
            </option>
            {known!.columns!.map((column, index) => (
              <option key={index} value={index} selected={known!.labelColumn === index}>
                {column}
              </option>
            ))}
          </select>
        </Field>
      ))}
    </>
  );
}

/** What classes are called, where a file says so; it goes with any samples. */
export function NamesField(): JSX.Element | null {
  const given = namesFile.value;
  if (!given) return null;
  return (
    <p class="help with-button">
      {words.value.namesFrom(given.name, given.names.length)}
      <Forget name={given.name} onClick={() => (namesFile.value = null)} />
    </p>
  );
}

/** Where the classes of samples come from. */
export function LabelsFields(): JSX.Element {
  const said = words.value;
  const [given, names] = [labels.value, namesFile.value];
  const hasColumns = [...facts.value.values()].some(({ columns }) => columns);
  const isKnown = given !== null || folders.value.length > 0 || hasColumns;
  return (
    <details
      class="disclosure"
      open={isOpen.value || folders.value.length > 0}
      onToggle={(event) => (isOpen.value = event.currentTarget.open)}
    >
      <summary>{said.labels}</summary>
      {!isKnown && <p class="help">{said.noLabels}</p>}
      {given && (
        <p class="help with-button">
          {said.labelsFrom(given.name)}
          <Forget name={given.name} onClick={() => (labels.value = null)} />
        </p>
      )}
      {!given && folders.value.length > 0 && <FolderTable />}
      {!given && hasColumns && <ColumnFields />}
      {!names && classNames.value && (
        <p class="help">{classNames.value.slice(0, FOLDERS_SHOWN).join(' · ')}</p>
      )}
      <FileButton
        label={said.chooseNames}
        accept=".txt,.csv,.npy,.npz,.gz"
        onFiles={(files) => void addDataFiles(files, 'labels')}
      />
    </details>
  );
}
