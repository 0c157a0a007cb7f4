import { render, type JSX } from 'preact';
import { RefusalNotice } from './components/notice.js';
import { engine } from './engine.js';
import { DataPanel } from './features/data/data.js';
import { InspectPanel } from './features/inspect/inspect.js';
import { DropAnywhere } from './features/open/drop.js';
import { ModelBar } from './features/open/model_bar.js';
import { model, opening, openRefusal } from './features/open/state.js';
import { Welcome } from './features/open/welcome.js';
import { RecipePanel } from './features/recipe/recipe.js';
import { RunPanel } from './features/run/run.js';
import { VerdictPanel } from './features/verdict/verdict.js';
import { isolate } from './isolation.js';
import { announcement } from './lib/announce.js';
import { toRefusal } from './lib/refusal.js';

function Header(): JSX.Element {
  return (
    <header>
      <a class="brand" href="./">
        <img src="./icon.svg" alt="" width="28" height="28" />
        Octolite
      </a>
      <p class="private">
        <span aria-hidden="true">●</span> Nothing leaves this tab
      </p>
    </header>
  );
}

/** Where the documentation is, if the site has it beside the page. */
const docs = document.querySelector('link[rel=help]')?.getAttribute('href');

function Footer(): JSX.Element {
  const info = engine.runtime.value;
  return (
    <footer>
      <p>
        Your model and data stay on this machine: this page’s security policy forbids requests to
        anywhere but the place it came from.
      </p>
      <p>
        {info
          ? `Octolite ${info.version}, ${info.variant === 'simd128' ? '128-bit SIMD' : 'relaxed SIMD'}, ${info.threads === 1 ? 'one thread' : `${info.threads} threads`}: ${info.variantReason}.`
          : 'Starting…'}
      </p>
      {docs && (
        <p>
          <a href={docs}>Documentation</a>
        </p>
      )}
    </footer>
  );
}

function Workbench(): JSX.Element {
  return (
    <>
      <ModelBar />
      <div class="workbench">
        <div class="controls">
          <RecipePanel />
          <DataPanel />
        </div>
        <div class="results">
          <RunPanel />
          <VerdictPanel />
          <InspectPanel />
        </div>
      </div>
    </>
  );
}

function App(): JSX.Element {
  return (
    <>
      <Header />
      <main aria-busy={opening.value !== ''}>
        {openRefusal.value && (
          <RefusalNotice refusal={openRefusal.value} onDismiss={() => (openRefusal.value = null)} />
        )}
        {model.value ? <Workbench /> : <Welcome />}
      </main>
      <Footer />
      <DropAnywhere />
      <p class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </p>
    </>
  );
}

const root = document.querySelector('#app');
if (root) render(<App />, root);
// Where it is refused, one thread does the work, and the footer says so.
isolate().catch(() => undefined);
engine.worker().catch((error: unknown) => {
  openRefusal.value = toRefusal(error);
});
