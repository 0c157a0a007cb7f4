import { effect } from '@preact/signals';
import { render, type JSX } from 'preact';
import { Afterwards } from './components/afterwards.js';
import { later, loadTheRest } from './components/later.js';
import { RefusalNotice } from './components/notice.js';
import { engine, keepSpares } from './engine.js';
import { reader } from './features/data/client.js';
import { items as batchItems } from './features/batch/queue.js';
import { DataPanel } from './features/data/data.js';
import { InspectPanel } from './features/inspect/inspect.js';
import { DropAnywhere } from './features/open/drop.js';
import { openLaunched } from './features/open/launch.js';
import { ModelBar } from './features/open/model_bar.js';
import { fetchSamples } from './features/open/sample.js';
import { ShapesPanel } from './features/open/shapes_panel.js';
import { model, opening, openRefusal } from './features/open/state.js';
import { Welcome } from './features/open/welcome.js';
import { RecipeNotice } from './features/recipe/notice.js';
import { RecipePanel } from './features/recipe/recipe.js';
import { followAddress } from './features/recipe/share.js';
import { RunPanel } from './features/run/run.js';
import { VerdictPanel } from './features/verdict/verdict.js';
import { Header } from './header.js';
import { helper } from './helper.js';
import { Navigation } from './navigation.js';
import { Shortcuts } from './shortcuts.js';
import { applyUpdate, isKept, isWhole, keep, serve, update } from './service.js';
import { announcement } from './lib/announce.js';
import { language } from './lib/language.js';
import { toRefusal } from './lib/refusal.js';
import { followTheme } from './lib/theme.js';
import { words } from './words.js';

/** Where the documentation is, if the site has it beside the page. */
const docs = document.querySelector('link[rel=help]')?.getAttribute('href');

const BatchPanel = later(() =>
  import('./features/batch/batch.js').then((module) => module.BatchPanel),
);
const ComparePanel = later(() =>
  import('./features/compare/compare.js').then((module) => module.ComparePanel),
);
const LayerDetail = later(() =>
  import('./features/detail/detail.js').then((module) => module.LayerDetail),
);
const LayersPanel = later(() =>
  import('./features/layers/layers.js').then((module) => module.LayersPanel),
);
const TryItPanel = later(() =>
  import('./features/tryit/tryit.js').then((module) => module.TryItPanel),
);

function Footer(): JSX.Element {
  const info = engine.runtime.value;
  return (
    <footer>
      <p>{words.value.promise}</p>
      <p>
        {info ? words.value.runtime(info) : words.value.starting}
        {isKept.value && ` ${words.value.kept}`}
        {isWhole.value && ` ${words.value.whole}`}
      </p>
      {docs && (
        <p>
          <a href={docs}>{words.value.documentation}</a>
        </p>
      )}
    </footer>
  );
}

/** Where the fast binary cannot run, what was timed is not what others see. */
function PlainSimd(): JSX.Element | null {
  const info = engine.runtime.value;
  if (info?.variant !== 'simd128') return null;
  return <p class="help">{words.value.plainSimd(info.variantReason)}</p>;
}

function Workbench(): JSX.Element {
  return (
    <>
      <ModelBar />
      <PlainSimd />
      <Navigation />
      <div class="workbench">
        <div class="controls">
          <ShapesPanel />
          <RecipePanel />
          <DataPanel />
        </div>
        <div class="results">
          <RunPanel />
          <VerdictPanel />
          <ComparePanel />
          <TryItPanel />
          <InspectPanel />
        </div>
      </div>
      <Afterwards>
        <LayersPanel />
      </Afterwards>
      <Afterwards>
        <LayerDetail />
      </Afterwards>
    </>
  );
}

/** A newer version never comes by itself: what is on the page would be lost. */
function UpdateNotice(): JSX.Element | null {
  if (!update.value) return null;
  return (
    <aside class="toast" aria-live="polite" aria-label={words.value.newVersion}>
      <p>{words.value.updateReady}</p>
      <button type="button" onClick={applyUpdate}>
        {words.value.reload}
      </button>
    </aside>
  );
}

function App(): JSX.Element {
  return (
    <>
      <Header />
      <main id="main" tabIndex={-1} aria-busy={opening.value !== ''}>
        {!model.value && <RecipeNotice />}
        {openRefusal.value && (
          <RefusalNotice refusal={openRefusal.value} onDismiss={() => (openRefusal.value = null)} />
        )}
        {batchItems.value.length > 0 && <BatchPanel />}
        {model.value ? <Workbench /> : <Welcome />}
      </main>
      <Footer />
      <DropAnywhere />
      <UpdateNotice />
      <Shortcuts />
      <p class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </p>
    </>
  );
}

openLaunched();
followTheme();
followAddress();
effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
  document.title = words.value.title;
});
const root = document.querySelector('#app');
if (root) render(<App />, root);

/** When there is nothing better to do. Safari knows no idle callback. */
const whenIdle = (): Promise<void> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve());
    else setTimeout(resolve, 500);
  });

const succeeds = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );

async function start(): Promise<void> {
  // Where it is refused, one thread does the work, and nothing is kept; the footer says so.
  const serving = serve().catch(() => false);
  const { info } = await engine.worker();
  performance.mark('ready');
  await whenIdle();
  const isAllHere = await succeeds(
    Promise.all([helper.start(), reader.start(), loadTheRest(), fetchSamples()]),
  );
  if ((await serving) && (await keep(info))) return;
  // Where there is no memory for them, the page works, as long as there is a network.
  isWhole.value = (await succeeds(keepSpares())) && isAllHere;
}

start().catch((error: unknown) => {
  openRefusal.value = toRefusal(error);
});
