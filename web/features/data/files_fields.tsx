import type { JSX } from 'preact';
import { FileButton } from '../../components/file_button.js';
import { later } from '../../components/later.js';
import { toRefusal } from '../../lib/refusal.js';
import { model } from '../open/state.js';
import { addDataFiles, addFolder } from './files.js';
import { FileList } from './file_list.js';
import { hasFolderPicker, pickFolder } from './found_files.js';
import { soundLength } from './guess.js';
import { InputsTable } from './inputs_table.js';
import { LabelsFields } from './labels_fields.js';
import { PreprocessingFields } from './preprocessing_fields.js';
import { dataRefusal, device, entries, picture, taking } from './state.js';
import { words } from './words.js';

const CameraFields = later(() => import('./camera.js').then((module) => module.CameraFields));
const MicrophoneFields = later(() =>
  import('./microphone.js').then((module) => module.MicrophoneFields),
);

const ARRAYS = '.npy,.npz,.csv,.gz,.txt';

async function chooseFolder(): Promise<void> {
  try {
    const found = await pickFolder();
    if (found) await addFolder(found);
  } catch (error) {
    dataRefusal.value = toRefusal(error);
  }
}

function FolderButton(): JSX.Element {
  const label = words.value.chooseFolder;
  if (hasFolderPicker) {
    return (
      <button type="button" onClick={() => void chooseFolder()}>
        {label}
      </button>
    );
  }
  return <FileButton label={label} accept="" folder onFiles={(found) => void addFolder(found)} />;
}

function DeviceButton({ which }: { readonly which: 'camera' | 'microphone' }): JSX.Element {
  const isOpen = device.value === which;
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      onClick={() => (device.value = isOpen ? null : which)}
    >
      {words.value[which]}
    </button>
  );
}

/** Files as samples: where they come from, which there are, and what becomes of them. */
export function FilesFields(): JSX.Element {
  const said = words.value;
  const isPicture = picture.value !== null;
  const hasSounds = entries.value.some(({ kind }) => kind === 'sound');
  const isSound = !isPicture && (hasSounds || soundLength(model.value!.inspection) > 0);
  const kind = isPicture ? 'picture' : isSound ? 'sound' : 'array';
  const label = { picture: said.choosePictures, sound: said.chooseSounds, array: said.chooseData };
  return (
    <>
      <div class="row sources">
        <FileButton
          label={label[kind]}
          accept={`${kind === 'array' ? '' : kind === 'picture' ? 'image/*,' : 'audio/*,'}${ARRAYS}`}
          multiple
          onFiles={(added) => void addDataFiles(added)}
        />
        <FolderButton />
        {isPicture && <DeviceButton which="camera" />}
        {isSound && <DeviceButton which="microphone" />}
      </div>
      {isPicture && device.value === 'camera' && <CameraFields />}
      {isSound && device.value === 'microphone' && <MicrophoneFields />}
      {taking.value && <p class="help">{taking.value}</p>}
      {entries.value.length === 0 && <p class="help">{said.dropHint(kind)}</p>}
      <FileList />
      <InputsTable />
      {entries.value.length > 0 && (
        <>
          <LabelsFields />
          <PreprocessingFields />
        </>
      )}
    </>
  );
}
