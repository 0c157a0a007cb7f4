import type { JSX } from 'preact';

interface FileButtonProps {
  readonly label: string;
  readonly accept: string;
  readonly multiple?: boolean;
  /** Takes all files of a folder. */
  readonly folder?: boolean;
  readonly primary?: boolean;
  readonly onFiles: (files: File[]) => void;
}

/** A file picker that looks like a button and is the browser's own control underneath. */
export function FileButton({
  label,
  accept,
  multiple,
  folder,
  primary,
  onFiles,
}: FileButtonProps): JSX.Element {
  return (
    <label class={`button ${primary ? 'primary' : ''}`}>
      <input
        type="file"
        class="visually-hidden"
        accept={accept}
        multiple={multiple}
        {...(folder && { webkitdirectory: true })}
        onChange={(event) => {
          const input = event.currentTarget;
          const files = [...(input.files ?? [])];
          // So that picking the same file again counts as a change.
          input.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      {label}
    </label>
  );
}
