import { computed, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Field, labelled, Segments } from '../../components/choices.js';
import { FileButton } from '../../components/file_button.js';
import { preprocessing } from '../data/state.js';
import { model } from '../open/state.js';
import { fileNameOf } from '../run/file_name.js';
import { pastedText } from './clipboard.js';
import { CopyButton } from './copy_button.js';
import { liteRtRules } from './litert.js';
import { applyDocument, documentOf, isSharing, linkOf } from './share.js';
import { words } from './share_words.js';
import { callOf, snippetsOf, type Snippets } from './snippets.js';
import { settings } from './state.js';

type Form = 'octolite' | 'litert';

const form = signal<Form>('octolite');
const language = signal<keyof Snippets>('javascript');
const pasted = signal('');

const text = computed(() =>
  form.value === 'octolite'
    ? documentOf()
    : `${JSON.stringify(liteRtRules(settings.value), null, 2)}\n`,
);

const snippets = computed(() => {
  const name = model.value?.name ?? 'model.tflite';
  return snippetsOf(settings.value, {
    model: name,
    output: fileNameOf(name, settings.value),
    ...(model.value
      ? callOf(model.value.inspection)
      : { signature: 'serving_default', inputs: ['input'] }),
    preprocessing: preprocessing.value,
  });
});

/** The link and the recipe as JSON, to copy and to save. */
function Outgoing(): JSX.Element {
  const json = useRef<HTMLTextAreaElement>(null);
  const link = linkOf();
  const { help, tooLong, copyLink, copy, forms, formHelp, save } = words.value;
  const href = `data:application/json;charset=utf-8,${encodeURIComponent(text.value)}`;
  return (
    <>
      <p class="help">{link === null ? tooLong : help}</p>
      <Segments
        legend={words.value.form}
        name="recipe-form"
        value={form.value}
        choices={labelled(['octolite', 'litert'], forms)}
        onChange={(value) => (form.value = value)}
      />
      <Field id="recipe-json" label={words.value.json} help={formHelp[form.value]}>
        <textarea
          ref={json}
          id="recipe-json"
          class="code"
          rows={8}
          readOnly
          spellcheck={false}
          value={text}
          aria-describedby="recipe-json-help"
        />
      </Field>
      <div class="row">
        <CopyButton label={copy} text={text.value} shown={json} />
        <a class="button" href={href} download={`${form.value}_recipe.json`}>
          {save}
        </a>
        {link !== null && <CopyButton label={copyLink} text={link} shown={json} />}
      </div>
    </>
  );
}

/** A recipe from elsewhere: pasted, or in a file. */
function Incoming(): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const { pasteLabel, pasteHelp, paste, use, open } = words.value;
  const take = (): void => {
    if (applyDocument(pasted.value, words.value.pasted)) pasted.value = '';
  };
  return (
    <>
      <Field id="recipe-paste" label={pasteLabel} help={pasteHelp}>
        <textarea
          ref={field}
          id="recipe-paste"
          class="code"
          rows={3}
          spellcheck={false}
          value={pasted}
          aria-describedby="recipe-paste-help"
          onInput={(event) => (pasted.value = event.currentTarget.value)}
        />
      </Field>
      <div class="row">
        <button
          type="button"
          onClick={() =>
            void pastedText().then((found) => {
              // Where the clipboard is refused, the field is there to paste into.
              if (found === null) return field.current?.focus();
              pasted.value = found;
              take();
            })
          }
        >
          {paste}
        </button>
        <button type="button" disabled={pasted.value.trim() === ''} onClick={take}>
          {use}
        </button>
        <FileButton
          label={open}
          accept=".json,application/json"
          onFiles={([file]) => {
            void file?.text().then((content) => applyDocument(content, file.name));
          }}
        />
      </div>
    </>
  );
}

function Code(): JSX.Element {
  const code = useRef<HTMLPreElement>(null);
  const { snippets: title, snippetsHelp, languages, copyOf } = words.value;
  const shown = snippets.value[language.value];
  return (
    <>
      <h3>{title}</h3>
      <Segments
        legend={title}
        name="recipe-code"
        value={language.value}
        choices={labelled(['javascript', 'shell', 'python'], languages)}
        onChange={(value) => (language.value = value)}
      />
      <p class="help">{snippetsHelp}</p>
      <pre
        ref={code}
        class="code"
        tabIndex={0}
        role="region"
        aria-label={languages[language.value]}
        lang="en"
      >
        {shown}
      </pre>
      <div class="row">
        <CopyButton label={copyOf(languages[language.value])} text={shown} shown={code} />
      </div>
    </>
  );
}

/** Written only while it is looked at: the recipe of a large model is long. */
export function SharePanel(): JSX.Element {
  return (
    <details
      id="recipe-sharing"
      class="disclosure sharing"
      open={isSharing.value}
      onToggle={(event) => (isSharing.value = event.currentTarget.open)}
    >
      <summary>{words.value.title}</summary>
      {isSharing.value && (
        <>
          <Outgoing />
          <hr />
          <Incoming />
          <hr />
          <Code />
        </>
      )}
    </details>
  );
}
