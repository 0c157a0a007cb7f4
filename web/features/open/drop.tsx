import { signal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { filesOf } from '../data/found_files.js';
import { openFiles } from './open.js';
import { words } from './words.js';

/** How deep a drag is in the page: entering a child comes before leaving its parent. */
const depth = signal(0);

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** Files may be dropped anywhere on the page, or pasted; while they hover, the page says so. */
export function DropAnywhere(): JSX.Element {
  useSignalEffect(() => {
    const listeners = new AbortController();
    const on = (
      type: 'dragenter' | 'dragover' | 'dragleave' | 'drop',
      act: (event: DragEvent, wasTaken: boolean) => void,
    ) =>
      addEventListener(
        type,
        (event) => {
          if (!carriesFiles(event)) return;
          const wasTaken = event.defaultPrevented;
          event.preventDefault();
          act(event, wasTaken);
        },
        { signal: listeners.signal },
      );
    on('dragenter', () => ++depth.value);
    on('dragover', () => undefined);
    on('dragleave', () => (depth.value = Math.max(depth.peek() - 1, 0)));
    addEventListener(
      'paste',
      ({ clipboardData }) => {
        const files = [...(clipboardData?.files ?? [])];
        if (files.length > 0) void openFiles(files);
      },
      { signal: listeners.signal },
    );
    on('drop', (event, wasTaken) => {
      depth.value = 0;
      // Where a part of the page takes what is dropped onto it, it says so.
      if (wasTaken) return;
      if (event.dataTransfer) void filesOf(event.dataTransfer).then(openFiles);
    });
    return () => listeners.abort();
  });
  return (
    <div class="drop-veil" hidden={depth.value === 0} aria-hidden="true">
      <p>{words.value.dropVeil}</p>
    </div>
  );
}
